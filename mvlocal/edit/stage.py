"""The edit stage: clips and song in, the finished master out, by stream copy.

It does not know how clips are made.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from mvlocal.config import Settings
from mvlocal.edit.joining.stage import TASK as JOIN
from mvlocal.engine.task import FileInput, Input, Json, OutputOf, Task, TaskContext, TaskOutputs
from mvlocal.schema.edit import Timeline
from mvlocal.timing import FrameRate, FrameSpan

if TYPE_CHECKING:
    from mvlocal.media.mux import Segment

STAGE = "finish"
VERSION = 2
TASK_ID = "finish/master"
NO_TAGS: Mapping[str, str] = {}


def master_task(
    settings: Settings,
    timeline: Timeline,
    song: Path,
    segments: Mapping[str, str],
    ending: str,
    tags: Mapping[str, str] = NO_TAGS,
) -> Task:
    """The task that joins every shot's segment with the song; its output `main` ends in `ending` (`.mp4` ...).

    `segments` names the task that makes each shot's segment, by shot id. Transitions are made by tasks of their own
    (see `joining.stage`) and stand between what is left of the shots' segments. `tags` go into the file.
    """
    inputs: dict[str, Input] = {f"clip.{clip.shot}": OutputOf(segments[clip.shot]) for clip in timeline.clips}
    inputs |= {f"join.{join.shot}": OutputOf(f"{JOIN}{join.shot}") for join in timeline.joins}
    inputs["song"] = FileInput(song)
    return Task(
        id=TASK_ID,
        stage=STAGE,
        version=VERSION,
        run="mvlocal.edit.stage:run_master",
        params={
            "timeline": cast("dict[str, Json]", timeline.model_dump(mode="json", by_alias=True)),
            "audio": settings.master.audio,
            "tags": dict(tags),
            "ending": ending,
        },
        inputs=inputs,
        phase=9,
        expected_s=5.0,
    )


def segments_of(timeline: Timeline, files: Mapping[str, Path]) -> list[Segment]:
    """What stands where, in order: the bodies of the shots' files (`clip.<shot>`) and transitions (`join.<shot>`)."""
    from mvlocal.media.mux import Segment

    segments: list[Segment] = []
    for clip in timeline.clips:
        handles = timeline.handles_of(clip.shot)
        start = handles.head.end if handles.head else clip.start
        end = handles.tail.start if handles.tail else clip.end
        if handles.head is not None:
            segments.append(Segment(files[f"join.{clip.shot}"], handles.head))
        segments.append(Segment(files[f"clip.{clip.shot}"], FrameSpan(start, end), skip=start - clip.start))
    return segments


def run_master(context: TaskContext) -> TaskOutputs:
    """Copies the clips' pictures one after another and muxes the song, untouched unless asked otherwise."""
    # Imported here: whoever only names this task (every command does) need not wait for what runs it.
    from mvlocal.media.mux import assemble

    given: Any = context.params
    timeline = Timeline.model_validate_json(json.dumps(given["timeline"]))
    segments = segments_of(timeline, context.inputs)
    out = context.workdir / f"master{given['ending']}"
    made = assemble(
        segments,
        context.inputs["song"],
        out,
        rate=FrameRate.parse(timeline.fps),
        audio=given["audio"],
        tags=given["tags"],
        progress=lambda fraction: context.progress(fraction, "joining"),
    )
    notes: dict[str, Json] = {
        "frames": made.frames,
        "duration_s": made.duration_s,
        "audio_codec": made.audio_codec,
        "audio_samples": made.audio_samples,
    }
    warnings: list[tuple[str, str, str]] = []
    if made.clipped_samples:
        mend = "set master.audio: copy with a .mkv or .mov, or lower the song's peak"
        warnings.append(
            (f"{made.clipped_samples} samples of the song are beyond full scale and were clipped", "", mend)
        )
    return TaskOutputs({"main": out}, notes=notes, warnings=tuple(warnings))
