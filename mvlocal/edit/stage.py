"""The edit stage: clips and song in, the finished master out, by stream copy.

It does not know how clips are made.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

from mvlocal.config import Settings
from mvlocal.engine.task import FileInput, Input, Json, OutputOf, Task, TaskContext, TaskOutputs
from mvlocal.schema.edit import Timeline
from mvlocal.timing import FrameRate, FrameSpan

STAGE = "finish"
VERSION = 1
TASK_ID = "finish/master"


def master_task(settings: Settings, timeline: Timeline, song: Path, clip_stage: str, ending: str) -> Task:
    """The task that joins every clip with the song; its output `main` ends in `ending` (`.mp4` ...)."""
    inputs: dict[str, Input] = {f"clip.{clip.shot}": OutputOf(f"{clip_stage}/{clip.shot}") for clip in timeline.clips}
    inputs["song"] = FileInput(song)
    return Task(
        id=TASK_ID,
        stage=STAGE,
        version=VERSION,
        run="mvlocal.edit.stage:run_master",
        params={
            "timeline": cast("dict[str, Json]", timeline.model_dump(mode="json", by_alias=True)),
            "audio": settings.master.audio,
            "title": settings.title,
            "artist": settings.artist,
            "ending": ending,
        },
        inputs=inputs,
        phase=5,
        expected_s=5.0,
    )


def run_master(context: TaskContext) -> TaskOutputs:
    """Copies the clips' pictures one after another and muxes the song, untouched unless asked otherwise."""
    # Imported here: whoever only names this task (every command does) need not wait for what runs it.
    from mvlocal.media.mux import Segment, assemble

    given: Any = context.params
    timeline = Timeline.model_validate_json(json.dumps(given["timeline"]))
    segments = [
        Segment(context.inputs[f"clip.{clip.shot}"], FrameSpan(clip.start, clip.end)) for clip in timeline.clips
    ]
    out = context.workdir / f"master{given['ending']}"
    made = assemble(
        segments,
        context.inputs["song"],
        out,
        rate=FrameRate.parse(timeline.fps),
        audio=given["audio"],
        title=given["title"],
        artist=given["artist"],
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
