"""The finish of a shot: its raw generated clip in; an H.264 segment of exactly its frames, at the video's size, out.

It does not know who generated the clip, and never sees two shots at once. Frames flow from decoding to encoding
through bounded queues; no picture is written to a file.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from mvlocal.backends.base import Upscaler
from mvlocal.backends.gpu_faults import guarded
from mvlocal.backends.hardware import Hardware
from mvlocal.backends.registry import load_backend
from mvlocal.edit.finishing.camera import Motion, largest_zoom, plan_windows
from mvlocal.edit.finishing.cube import read_cube
from mvlocal.edit.finishing.effects import Box
from mvlocal.edit.finishing.emptiness import require_picture
from mvlocal.edit.finishing.grade import Grade, grader
from mvlocal.edit.finishing.retime import Warp, before_drop, joined, motion_peak, onto_downbeat
from mvlocal.edit.finishing.shot_stream import FramePlan, RawPictures, Step, dressed, enlarged
from mvlocal.edit.finishing.stuck import require_motion
from mvlocal.edit.finishing.task import ENCODER_THREADS
from mvlocal.edit.finishing.tweening import Between, Picture, positions, tween
from mvlocal.engine.task import Json, TaskContext, TaskOutputs
from mvlocal.lettering.shot_words import lettering_of
from mvlocal.media.flow import side_by_side
from mvlocal.schema.edit import Handles
from mvlocal.schema.song import LyricLine
from mvlocal.timing import FrameRate, FrameSpan
from mvlocal.weights import LockedWeights

if TYPE_CHECKING:
    from mvlocal.media.raw_clip import RawClip
    from mvlocal.media.segments import ShotFrames


def run_finish(context: TaskContext) -> TaskOutputs:
    """Finishes one shot, frame by frame, and encodes exactly its frames."""
    from mvlocal.lettering.overlay import build_overlays
    from mvlocal.media.decode import check_segment
    from mvlocal.media.encode import X264Settings
    from mvlocal.media.planes import rgb_to_yuv420
    from mvlocal.media.raw_clip import raw_frames, read_raw_clip
    from mvlocal.media.segments import ShotEncoder

    given: Any = context.params
    frames = _shot_frames(given)
    clip = read_raw_clip(context.inputs["clip"])
    warp = _warp(given["retime"], clip, len(frames.span) * frames.rate.frame_s)
    plan = _frame_plan(given, frames, clip.rate, warp, context.seed or 0)
    words = build_overlays(frames.width, frames.height, lettering_of(given["words"], _lines(given)))
    tally = _Tally(context, len(frames.span))
    between, enlarge = _interpolator(context), tally.counting(_upscaler(context))
    grade = grader(_grade(given["grade"], context.inputs.get("lut")))
    raw = RawPictures(raw_frames(clip.path), clip.rate, clip.frames, clip.jumps)
    x264 = X264Settings(threads=ENCODER_THREADS, **given["encode"])
    with ExitStack() as stack:
        large = stack.enter_context(side_by_side(enlarged(raw, plan, enlarge)))
        smooth = stack.enter_context(side_by_side(tween(large, plan.places, between)))
        planes = stack.enter_context(side_by_side(map(rgb_to_yuv420, dressed(smooth, plan, grade)), tally.waiting))
        encoder = stack.enter_context(ShotEncoder(context.workdir, frames, x264))
        for number, picture in enumerate(planes, start=plan.first):
            encoder.keep(number, picture)
            words.overlay.draw(picture, frames.rate.time_of(number))
            encoder.write(number, picture)
            tally.wrote(encoder.written)
    check_segment(encoder.files["main"], frames=len(frames.span), width=frames.width, height=frames.height)
    notes: dict[str, Json] = {
        "frames": len(frames.span),
        "interpolate": given["interpolate"],
        "upscale": given["upscale"]["backend"],
        "clip": [clip.width, clip.height, str(clip.rate), clip.frames],
        "pictures": tally.enlarged,
        "warp": None if warp.plain else [list(warp.shot), list(warp.clip)],
        "zoom": round(largest_zoom(plan.windows), 4),
    }
    return TaskOutputs(encoder.files, notes=notes, warnings=tuple((w.what, "", w.mend) for w in words.warnings))


class _Tally:
    """How far a shot is: pictures enlarged (in one thread) and frames written (in another), told to the task."""

    def __init__(self, context: TaskContext, total: int) -> None:
        self.enlarged = 0
        self._context, self._total = context, total
        self._written = self._told = 0

    def counting(self, enlarge: Step) -> Step:
        """`enlarge`, counted; a GPU's faults named."""

        def counted(picture: Picture) -> Picture:
            task_id, what = self._context.task_id, "enlarging a picture"
            large = guarded(lambda: enlarge(picture), task_id=task_id, what=what)
            require_picture(large, [picture], task_id=task_id, what=what)
            self.enlarged += 1
            return large

        return counted

    def wrote(self, frames: int) -> None:
        """Tells every twenty-four frames."""
        self._written = frames
        if frames % 24 == 0 or frames == self._total:
            self._tell()

    def waiting(self) -> None:
        """While no frame is ready, tells when another picture was enlarged: a sign of life where models are slow."""
        if self._told != self.enlarged:
            self._tell()

    def _tell(self) -> None:
        self._told = self.enlarged
        self._context.progress(self._written / self._total, f"frame {self._written} of {self._total}")


def _shot_frames(given: Any) -> ShotFrames:
    from mvlocal.media.segments import ShotFrames

    width, height, rate = given["frame"]
    handles = Handles.of_json(given["handles"])
    return ShotFrames(width, height, FrameRate.parse(rate), FrameSpan(*given["span"]), handles)


def _frame_plan(given: Any, frames: ShotFrames, clip_rate: FrameRate, warp: Warp, seed: int) -> FramePlan:
    span, around = frames.span, frames.around
    seconds = [float(Fraction(n - span.start) / frames.rate.value) for n in range(around.start, around.end)]
    motion = Motion(length_s=len(span) * frames.rate.frame_s, seed=seed, **given["camera"])
    return FramePlan(
        size=(frames.width, frames.height),
        places=positions(span, around, frames.rate, clip_rate, warp),
        windows=plan_windows(motion, seconds, given["curves"]),
        curves=given["curves"],
        heads=[cast("Box", tuple(box)) for box in given["heads"]],
        first=around.start,
    )


def _warp(given: Any, clip: RawClip, length_s: float) -> Warp:
    """How the shot's time is bent, from its own motion and the music's moments; plain where nothing asks for it."""
    warp = Warp()
    if given.get("downbeats"):
        peak_s = motion_peak(_motion(clip), float(clip.rate.value))
        if peak_s is not None:
            warp = onto_downbeat(peak_s, given["downbeats"], length_s)
    if given.get("drop") is not None:
        warp = joined(warp, before_drop(given["drop"], length_s, given["ramp"], given["hold_s"]))
    return warp


def _motion(clip: RawClip) -> NDArray[np.float64]:
    """How much changes between each two neighbouring frames of a clip: mean levels at an eighth of its size."""
    from mvlocal.media.raw_clip import raw_frames

    changes: list[float] = []
    before: NDArray[np.int16] | None = None
    for index, picture in enumerate(raw_frames(clip.path)):
        small = picture[4::8, 4::8].astype(np.int16)
        if before is not None:
            changes.append(0.0 if index in clip.jumps else float(np.abs(small - before).mean()))
        before = small
    return np.asarray(changes)


def _interpolator(context: TaskContext) -> Between | None:
    given: Any = context.params
    name = str(given["interpolate"]["backend"]) if given["interpolate"] else ""
    if not name:
        return None
    between: Between = load_backend("interpolate", name, **_given_models(context, "interpolate")).between
    task_id, what = context.task_id, "making frames between two"

    def checked(before: Picture, after: Picture, times: Sequence[float]) -> Sequence[Picture]:
        made = guarded(lambda: between(before, after, times), task_id=task_id, what=what)
        for picture in made:
            require_picture(picture, [before, after], task_id=task_id, what=what)
        require_motion(made, times, before, after, task_id=task_id, what=what)
        return made

    return checked


def _upscaler(context: TaskContext) -> Step:
    given: Any = context.params
    name = str(given["upscale"]["backend"])
    upscaler: Upscaler = load_backend("upscale", name, **_given_models(context, "upscale"))
    return upscaler.enlarge


def _given_models(context: TaskContext, kind: str) -> dict[str, Any]:
    """What a backend's factory is given: plain options, weights where it has such, and the device."""
    placement: Any = context.placement
    options: Any = context.params[kind]
    weights = [LockedWeights.from_json(one) for one in placement["weights"].get(kind, [])]
    given = {name: value for name, value in options.items() if name != "backend"}
    if weights:
        given["weights"] = weights
    if kind in placement["uses"]:
        given |= {"hardware": Hardware.from_json(placement["hardware"]), **placement["uses"][kind]}
    return given


def _grade(given: Any, lut: Path | None) -> Grade:
    return Grade(**given, cube=read_cube(lut) if lut else None)


def _lines(given: Any) -> list[LyricLine]:
    return [LyricLine.model_validate_json(json.dumps(line)) for line in given["lines"]]
