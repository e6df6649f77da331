"""The stage that makes transitions: the handles of two shots in, the segment between their bodies out.

It does not know how shots are made, nor why a transition stands where it does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from mvlocal.config import Settings
from mvlocal.engine.task import Input, Json, OutputOf, Task, TaskContext, TaskOutputs
from mvlocal.lettering.overlay import Overlay, build_overlays
from mvlocal.lettering.shot_words import fonts_of, lettering_of
from mvlocal.media.frame import Yuv420
from mvlocal.schema.edit import Timeline, TimelineJoin
from mvlocal.schema.song import LyricLine
from mvlocal.schema.staging import Staging
from mvlocal.timing import FrameRate

STAGE = "finish"
VERSION = 1
TASK = "join/"
PHASE = 8
ENCODER_THREADS = 1
"""As clips: x264's pixels depend on its thread count."""
EYES_CLOSE, EYES_FAR = 0.42, 0.5
"""How low in the frame the eye rests in a close picture of somebody, and in any other."""


@dataclass(frozen=True, slots=True)
class Written:
    """What is written over a shot, as its own task has it: words and lyric lines, plain JSON."""

    words: Mapping[str, Json]
    lyrics: list[Json]


@dataclass(frozen=True, slots=True)
class Joining:
    """What all transitions share: what is written over each shot, how it is blocked, and which task makes it, by id."""

    settings: Settings
    timeline: Timeline
    written: Mapping[str, Written]
    stagings: Mapping[str, Staging]
    segments: Mapping[str, str]


def join_tasks(joining: Joining) -> list[Task]:
    """A task for every transition of the timeline; its output `main` is a segment of exactly its frames."""
    return [_join_task(joining, join) for join in joining.timeline.joins]


def _join_task(joining: Joining, join: TimelineJoin) -> Task:
    settings = joining.settings
    before = joining.timeline.before(join.shot)
    cut = next(clip.start for clip in joining.timeline.clips if clip.shot == join.shot)
    shots = {"gone": before.shot if before else None, "come": join.shot}
    handles = {"gone": "tail", "come": "head"}
    inputs: dict[str, Input] = {
        side: OutputOf(joining.segments[shot], handles[side]) for side, shot in shots.items() if shot
    }
    written = {side: joining.written[shot] for side, shot in shots.items() if shot}
    subjects = [
        _subject(joining.stagings[shot], at_end=side == "gone") if shot else [0.5, 0.5] for side, shot in shots.items()
    ]
    encode: dict[str, Json] = {"preset": settings.encode.preset, "crf": settings.encode.crf}
    fonts = {side: fonts_of(lettering_of(one.words, _lines(one.lyrics))) for side, one in written.items()}
    return Task(
        id=f"{TASK}{join.shot}",
        stage=STAGE,
        version=VERSION,
        run="mvlocal.edit.joining.stage:run_join",
        params={
            "kind": join.kind,
            "frames": [join.start, cut, join.end],
            "frame": [settings.video.width, settings.video.height, joining.timeline.fps],
            "subjects": cast("Json", subjects if join.kind == "match" else None),
            "words": {side: dict(one.words) for side, one in written.items()},
            "lyrics": {side: one.lyrics for side, one in written.items()},
            "encode": encode,
        },
        inputs=inputs,
        identity={"encoder_threads": ENCODER_THREADS, "fonts": cast("Json", fonts)},
        phase=PHASE,
        expected_s=0.02 * (join.end - join.start),
    )


def _subject(staging: Staging, *, at_end: bool) -> list[Json]:
    """Where the eye rests as the shot ends or begins, as fractions of the frame; the middle where nobody is."""
    if not staging.figures or staging.photo is not None:
        return [0.5, 0.5]
    figure = staging.figures[0]
    mark = figure.end if at_end else figure.start
    eyes = EYES_CLOSE if staging.camera.size in ("medium", "close-up", "extreme-close-up") else EYES_FAR
    return [round(min(max((mark.x + 1) / 2, 0.1), 0.9), 4), eyes]


def _lines(lyrics: Any) -> list[LyricLine]:
    return [LyricLine.model_validate(line) for line in lyrics]


def run_join(context: TaskContext) -> TaskOutputs:
    """Makes a transition's frames out of both shots' handles, sets the words on them and encodes them."""
    # Imported here: whoever only names this task (every command does) need not wait for what runs it.
    from mvlocal.media.decode import check_segment
    from mvlocal.media.encode import VideoEncoder, X264Settings

    given: Any = context.params
    start, cut, end = given["frames"]
    width, height, fps = given["frame"]
    rate = FrameRate.parse(fps)
    words = {side: _overlay(given, side, width, height) for side in given["words"]}
    out = context.workdir / "join.mp4"
    x264 = X264Settings(threads=ENCODER_THREADS, **given["encode"])
    with VideoEncoder(out, width, height, rate, x264) as encoder:
        for number, picture in zip(range(start, end), _pictures(given, context.inputs), strict=True):
            side = "gone" if number < cut and "gone" in words else "come"
            words[side].draw(picture, rate.time_of(number))
            encoder.write(picture)
    check_segment(out, frames=end - start, width=width, height=height)
    return TaskOutputs({"main": out}, notes={"frames": end - start, "kind": given["kind"]})


def _overlay(given: Any, side: str, width: int, height: int) -> Overlay:
    return build_overlays(width, height, lettering_of(given["words"][side], _lines(given["lyrics"][side]))).overlay


def _pictures(given: Any, inputs: Mapping[str, Path]) -> Iterator[Yuv420]:
    """The frames of the transition, without words. The head of the video comes out of black."""
    from mvlocal.edit.transitions import CENTRE, black_like, blend, mixed, times_of
    from mvlocal.media.decode import decode_frames

    start, _, end = given["frames"]
    times = times_of(end - start)
    come = decode_frames(inputs["come"])
    if "gone" not in inputs:
        for u, picture in zip(times, come, strict=True):
            planes = (picture.y, picture.u, picture.v)
            yield Yuv420(*mixed(black_like(planes), planes, u))
        return
    (ax, ay), (bx, by) = given["subjects"] or (CENTRE, CENTRE)
    for u, old, new in zip(times, decode_frames(inputs["gone"]), come, strict=True):
        pair = ((old.y, old.u, old.v), (new.y, new.u, new.v))
        yield Yuv420(*blend(given["kind"], *pair, u, ((ax, ay), (bx, by))))
