"""Draws a shot's clip with handles: its own frames as they are, led and followed by more.

It knows nothing of editors.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mvlocal.engine.task import Task, TaskContext, TaskOutputs
from mvlocal.schema.story import Shot
from mvlocal.shots.drawn.stage import clip_task, start_clip
from mvlocal.shots.stage import ENCODER_THREADS, ShotScene
from mvlocal.timing import FrameSpan

CLIPS = "clips/"
VERSION = 1
CRF = 12
"""Editors code clips once more: finer than what is only watched."""
KEYINT_S = 0.5


def handle_task(scene: ShotScene, shot: Shot, around: FrameSpan) -> Task:
    """The task that draws frames `around` of the video of a shot, whose own span they hold; output `main`, an MP4.

    The shot's own frames are those of its clip; a scene without words gives them without.
    """
    clip = clip_task(scene, shot)
    return replace(
        clip,
        id=f"{CLIPS}{shot.id}",
        version=VERSION,
        run="mvlocal.shots.drawn.handles.stage:run_handles",
        params={**clip.params, "handles": {"head": None, "tail": None}, "around": [around.start, around.end]},
        expected_s=0.02 * len(around),
    )


def run_handles(context: TaskContext) -> TaskOutputs:
    """Animates and encodes every frame of `around`."""
    from mvlocal.media.decode import check_segment
    from mvlocal.media.encode import VideoEncoder, X264Settings

    given: Any = context.params
    work = start_clip(given, context.inputs["layers"], context.seed or 0, FrameSpan(*given["around"]))
    frame, total = work.frame, len(work.around)
    x264 = X264Settings(preset=given["encode"]["preset"], crf=CRF, threads=ENCODER_THREADS, keyint_s=KEYINT_S)
    out = context.workdir / "clip.mp4"
    with VideoEncoder(out, frame.width, frame.height, frame.rate, x264) as encoder:
        for picture in work.pictures:
            encoder.write(picture)
            if encoder.frames % 24 == 0:
                context.progress(encoder.frames / total, f"frame {encoder.frames} of {total}")
    check_segment(out, frames=total, width=frame.width, height=frame.height)
    return TaskOutputs({"main": out}, notes={"frames": total}, warnings=work.warnings)
