"""Makes a separate clip of a finished shot: its segment, with what its transitions already hold beyond both ends.

It does not know how shots are made. Where a shot has no transition there is nothing beyond it, and no handle; where it
comes in by one, its first frame stands still until the shot begins, since nothing was generated before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mvlocal.config import Settings
from mvlocal.engine.task import Input, OutputOf, Task, TaskContext, TaskOutputs
from mvlocal.schema.edit import Handles, TimelineClip
from mvlocal.timing import FrameRate, FrameSpan

STAGE, VERSION = "finish", 1
CLIPS = "clips/"
PHASE = 10
CRF, KEYINT_S, THREADS = 12, 0.5, 1


@dataclass(frozen=True, slots=True)
class Spliced:
    """A finished shot to splice: where it stands, its transitions' windows, and the task that made it."""

    clip: TimelineClip
    handles: Handles
    segment: str

    @property
    def around(self) -> FrameSpan:
        """All frames of the video that there are of this shot."""
        return self.handles.around(FrameSpan(self.clip.start, self.clip.end))


def splice_task(settings: Settings, spliced: Spliced) -> Task:
    """The task that writes frames `spliced.around` of a shot; output `main`, an MP4."""
    video, clip, handles = settings.video, spliced.clip, spliced.handles
    inputs: dict[str, Input] = {"main": OutputOf(spliced.segment)}
    inputs |= {"head": OutputOf(spliced.segment, "head")} if handles.head else {}
    inputs |= {"tail": OutputOf(spliced.segment, "tail")} if handles.tail else {}
    return Task(
        id=f"{CLIPS}{clip.shot}",
        stage=STAGE,
        version=VERSION,
        run="mvlocal.edit.handover.stage:run_splice",
        params={
            "frame": [video.width, video.height, str(video.rate)],
            "span": [clip.start, clip.end],
            "handles": handles.to_json(),
            "preset": settings.encode.preset,
        },
        inputs=inputs,
        identity={"encoder_threads": THREADS},
        phase=PHASE,
        expected_s=0.01 * len(spliced.around),
    )


def run_splice(context: TaskContext) -> TaskOutputs:
    """Decodes what precedes the shot, the shot, and what follows it, and encodes them as one."""
    from mvlocal.media.decode import decode_frames
    from mvlocal.media.encode import VideoEncoder, X264Settings

    given: Any = context.params
    width, height, fps = given["frame"]
    span, handles = FrameSpan(*given["span"]), Handles.of_json(given["handles"])
    around = handles.around(span)
    x264 = X264Settings(preset=given["preset"], crf=CRF, threads=THREADS, keyint_s=KEYINT_S)
    out = context.workdir / "clip.mp4"
    with VideoEncoder(out, width, height, FrameRate.parse(fps), x264) as encoder:
        for name, first in (("head", handles.head), ("main", span), ("tail", handles.tail)):
            if first is None:
                continue
            for number, planes in enumerate(decode_frames(context.inputs[name]), start=first.start):
                beyond = number < span.start if name == "head" else number >= span.end
                if name == "main" or (beyond and number in range(around.start, around.end)):
                    encoder.write(planes)
                    context.progress(encoder.frames / len(around), f"frame {encoder.frames}")
    return TaskOutputs({"main": out}, notes={"frames": len(around)})
