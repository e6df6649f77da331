"""The finish of a shot: its raw generated clip in; an H.264 segment of exactly its frames, at the video's size, out.

It does not know who generated the clip, and never sees two shots at once. Frames flow from decoding to encoding
through bounded queues; no picture is written to a file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from mvlocal.backends.base import FrameSpec, Upscaler
from mvlocal.backends.gpu_faults import guarded
from mvlocal.backends.hardware import Hardware
from mvlocal.backends.registry import identity_of, load_backend
from mvlocal.config import FinishSettings, Settings
from mvlocal.edit.finishing.camera import Motion, largest_zoom, plan_windows
from mvlocal.edit.finishing.cube import read_cube
from mvlocal.edit.finishing.curves import Bands, Response, bands_of, shot_curves
from mvlocal.edit.finishing.effects import Box
from mvlocal.edit.finishing.flow import side_by_side
from mvlocal.edit.finishing.grade import Grade, grader
from mvlocal.edit.finishing.retime import Warp, before_drop, drops_of, joined, motion_peak, onto_downbeat
from mvlocal.edit.finishing.shot_stream import FramePlan, RawPictures, Step, dressed, enlarged
from mvlocal.edit.finishing.tweening import Between, Picture, positions, tween
from mvlocal.engine.task import FileInput, Input, Json, OutputOf, Resources, Task, TaskContext, TaskOutputs
from mvlocal.errors import SettingsError
from mvlocal.lettering.shot_words import fonts_of, lettering_of
from mvlocal.schema.edit import Handles
from mvlocal.schema.song import LyricLine, SongMap
from mvlocal.schema.story import Shot
from mvlocal.timing import FrameRate, FrameSpan
from mvlocal.weights import LockedWeights, locked_weights
from mvlocal.weights.needs import finish_needs

if TYPE_CHECKING:
    from mvlocal.media.raw_clip import RawClip
    from mvlocal.media.segments import ShotFrames

STAGE = "finish"
VERSION = 1
BANDS_ID, BANDS_VERSION = "finish/bands", 1
VRAM_GIB = 2.0
LEAST_KEPT_PX = 16
"""What of a tile must be left beside what it shares."""
ENCODER_THREADS = 1
"""One thread a shot, as the drawn clips have: segments join only when they are coded alike."""
HEARD = ("bass", "mid", "high")
"""What of the music must be heard again, since the song's map does not hold it."""


@dataclass(frozen=True, slots=True)
class FinishModels:
    """What finishing runs on: `weights` by what they are for (`interpolate`, `upscale`), and the device."""

    hardware: Hardware = field(default_factory=Hardware)
    weights: Mapping[str, tuple[LockedWeights, ...]] = field(default_factory=dict[str, tuple[LockedWeights, ...]])


@dataclass(frozen=True, slots=True)
class FinishScene:
    """What finishing shares between shots. `lut` is `finish.lut` where it lies; `bands` are what `read_bands` gives."""

    settings: Settings
    frame: FrameSpec
    song: SongMap
    models: FinishModels = field(default_factory=FinishModels)
    lut: Path | None = None
    bands: Bands | None = None


@dataclass(frozen=True, slots=True)
class ShotToFinish:
    """One shot: its frames `span` of the video, its raw `clip` (see `mvlocal.media.raw_clip`), words and windows.

    `words` and `lines` are what `lettering_of` takes. `palette` is its place's, darkest first. `heads` are boxes of
    people's heads at home. The camera moves as `shot.camera` says.
    """

    shot: Shot
    span: FrameSpan
    clip: OutputOf
    words: Mapping[str, Json]
    lines: Sequence[LyricLine] = ()
    handles: Handles = field(default_factory=Handles)
    palette: Sequence[str] = ()
    heads: Sequence[Box] = ()
    seed: int = 0
    phase: int = 8


def finish_models(settings: FinishSettings, hardware: Hardware) -> FinishModels:
    """The weights that these settings ask for, found.

    Raises:
        MissingError: they are not here.
        UserError: they are not what the lock says, or tiles would not get on.
    """
    if settings.upscale == "realesrgan" and 0 < settings.tile < 2 * settings.tile_overlap + LEAST_KEPT_PX:
        raise SettingsError(
            f"tiles of {settings.tile} pixels cannot share {settings.tile_overlap} with each neighbour",
            where="finish.tile_overlap",
            mend="make tiles at least twice the overlap and 16 pixels more, or set finish.tile to 0",
        )
    found = {
        kind: tuple(locked_weights(need.folder, need.name, where=need.where) for need in needs)
        for kind, needs in finish_needs(settings).items()
    }
    return FinishModels(hardware, found)


def wants_bands(settings: FinishSettings) -> bool:
    """Whether the song must be heard again before shots are finished: run `bands_task`, then `read_bands`."""
    return settings.driven_by in HEARD and bool(_driven(settings))


def wants_heads(settings: FinishSettings) -> bool:
    """Whether it matters where people's heads are: something is laid over the picture that they are to be spared."""
    return settings.spare_faces and max(settings.glow, settings.chroma, settings.grain) > 0


def bands_task(song: Path) -> Task:
    """The task that measures how loud the song's bass, middle and high notes are; its output `main` is JSON."""
    return Task(
        id=BANDS_ID,
        stage=STAGE,
        version=BANDS_VERSION,
        run="mvlocal.edit.finishing.stage:run_bands",
        inputs={"song": FileInput(song)},
        phase=1,
        expected_s=3.0,
    )


def run_bands(context: TaskContext) -> TaskOutputs:
    """Measures the song's bands."""
    from mvlocal.media.audio import read_song

    heard = read_song(context.inputs["song"], 22_050)
    out = context.workdir / "bands.json"
    out.write_text(bands_of(heard.samples, heard.sample_rate_hz).to_json(), encoding="utf-8")
    return TaskOutputs({"main": out})


def read_bands(path: Path) -> Bands:
    """What `run_bands` wrote."""
    return Bands.of_json(path.read_text(encoding="utf-8"))


def finish_task(scene: FinishScene, work: ShotToFinish) -> Task:
    """The task `finish/sNN`: output `main`, and `head` and `tail` for the shot's transitions (see `ShotEncoder`)."""
    settings, frame, chosen = scene.settings, scene.frame, scene.settings.finish
    around = work.handles.around(work.span)
    inputs: dict[str, Input] = {"clip": work.clip}
    if scene.lut is not None and chosen.lut_amount > 0:
        inputs["lut"] = FileInput(scene.lut)
    on_gpu = bool(_uses(chosen)) and scene.models.hardware.device != "cpu"
    return Task(
        id=f"{STAGE}/{work.shot.id}",
        stage=STAGE,
        version=VERSION,
        run="mvlocal.edit.finishing.stage:run_finish",
        params={
            "frame": [frame.width, frame.height, str(frame.rate)],
            "span": [work.span.start, work.span.end],
            "handles": cast("Json", work.handles.to_json()),
            "interpolate": _interpolate_params(chosen),
            "upscale": _upscale_params(chosen),
            "retime": _retime_params(scene, work),
            "camera": _camera_params(scene, work),
            "grade": _grade_params(chosen, work, scene.lut),
            "curves": _curve_params(scene, around),
            "heads": [[round(side, 4) for side in box] for box in work.heads] if wants_heads(chosen) else [],
            "words": dict(work.words),
            "lines": [cast("Json", line.model_dump(mode="json")) for line in work.lines],
            "encode": {"preset": settings.encode.preset, "crf": settings.encode.crf},
        },
        inputs=inputs,
        identity={
            **_identity(scene),
            "encoder_threads": ENCODER_THREADS,
            "fonts": fonts_of(lettering_of(work.words, work.lines)),
        },
        seed=work.seed,
        resources=Resources(gpu=True, vram_gib=VRAM_GIB) if on_gpu else Resources(),
        phase=work.phase,
        expected_s=0.15 * len(around),
        placement=_placement(scene),
    )


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
            large = guarded(lambda: enlarge(picture), task_id=self._context.task_id, what="enlarging a picture")
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
    return lambda before, after, times: guarded(
        lambda: between(before, after, times), task_id=context.task_id, what="making frames between two"
    )


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


# --- what is asked for, as plain JSON ----------------------------------------------------------------------


def _interpolate_params(chosen: FinishSettings) -> dict[str, Json] | None:
    return {"backend": chosen.interpolate} if chosen.interpolate != "none" else None


def _upscale_params(chosen: FinishSettings) -> dict[str, Json]:
    params: dict[str, Json] = {"backend": chosen.upscale}
    if chosen.upscale == "realesrgan":
        params |= {"tile": chosen.tile, "overlap": chosen.tile_overlap}
    if chosen.upscale == "ncnn":
        params |= {"model": chosen.ncnn_model, "tile": chosen.tile}
    return params


def _retime_params(scene: FinishScene, work: ShotToFinish) -> dict[str, Json]:
    """Moments of the music in seconds from the shot's start, as far as the settings bend time by them."""
    chosen, shot, params = scene.settings.finish, work.shot, dict[str, Json]()
    if chosen.retime == "downbeat":
        params["downbeats"] = [t - shot.start_s for t in scene.song.downbeats if shot.start_s < t < shot.end_s]
    if chosen.ramp > 0 or chosen.hold_s > 0:
        drop = next((t for t in drops_of(scene.song) if shot.start_s < t < shot.end_s), None)
        if drop is not None:
            params |= {"drop": drop - shot.start_s, "ramp": chosen.ramp, "hold_s": chosen.hold_s}
    return params


def _camera_params(scene: FinishScene, work: ShotToFinish) -> dict[str, Json]:
    chosen = scene.settings.finish
    move = work.shot.camera.move if chosen.camera > 0 else "static"
    params: dict[str, Json] = {"move": move, "handheld": chosen.handheld}
    if move != "static":
        energy = scene.song.sections[work.shot.section].energy
        params |= {"amount": chosen.camera, "energy": energy}
    return params


def _grade_params(chosen: FinishSettings, work: ShotToFinish, lut: Path | None) -> dict[str, Json]:
    params: dict[str, Json] = {
        "lift": chosen.lift,
        "gamma": chosen.gamma,
        "gain": chosen.gain,
        "saturation": chosen.saturation,
        "palette": list(work.palette) if chosen.palette > 0 else [],
        "palette_amount": chosen.palette,
    }
    return {**params, "cube_amount": chosen.lut_amount} if lut is not None else params


def _driven(chosen: FinishSettings) -> dict[str, float]:
    """The amounts of what the music drives."""
    names = ("push", "shake", "sway", "light", "vivid", "glow", "chroma", "grain")
    return {name: amount for name in names if (amount := float(getattr(chosen, name))) > 0}


def _curve_params(scene: FinishScene, around: FrameSpan) -> dict[str, Json] | None:
    """The music's strengths; None while the song's bands are not measured yet: such a task is only planned."""
    chosen = scene.settings.finish
    if scene.bands is None and wants_bands(chosen):
        return None
    response = Response(chosen.driven_by, chosen.threshold, chosen.attack_s, chosen.decay_s, chosen.sections)
    curves = shot_curves(_driven(chosen), scene.song, response, (scene.frame.rate, around), scene.bands)
    return cast("dict[str, Json]", curves)


def _uses(chosen: FinishSettings) -> dict[str, dict[str, Json]]:
    """Which steps run on a device of the settings' choice, and which of its options are no part of the pixels."""
    uses: dict[str, dict[str, Json]] = {}
    if chosen.interpolate == "rife":
        uses["interpolate"] = {"vulkan_device": chosen.vulkan_device}
    if chosen.upscale == "ncnn":
        uses["upscale"] = {"vulkan_device": chosen.vulkan_device}
    if chosen.upscale == "realesrgan":
        uses["upscale"] = {}
    return uses


def _identity(scene: FinishScene) -> dict[str, Json]:
    """What changes a shot's pixels besides its task's parameters: backends, weights, the device where one is used."""
    chosen, models = scene.settings.finish, scene.models
    identity: dict[str, Json] = {"upscale": identity_of("upscale", chosen.upscale)}
    if chosen.interpolate != "none":
        identity["interpolate"] = identity_of("interpolate", chosen.interpolate)
    for kind, files in models.weights.items():
        identity[f"{kind}_weights"] = [file.sha256 for file in files]
    if _uses(chosen):
        identity["hardware"] = models.hardware.identity
    return identity


def _placement(scene: FinishScene) -> dict[str, Json]:
    models = scene.models
    weights: dict[str, Json] = {kind: [file.to_json() for file in files] for kind, files in models.weights.items()}
    return {
        "weights": weights,
        "hardware": models.hardware.to_json(),
        "uses": cast("Json", _uses(scene.settings.finish)),
    }
