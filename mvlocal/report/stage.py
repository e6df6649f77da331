"""What the report needs of the song and is made once for it: how loud it is, and its map as a picture.

It does not know what a report looks like.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import cast

from mvlocal.engine.task import FileInput, Json, Task, TaskContext, TaskOutputs
from mvlocal.schema.song import SongMap

STAGE = "finish"
VERSION = 1
LOUDNESS = "finish/loudness"
PLOT = "finish/song-plot"
PHASE = 9


def song_account_tasks(song: Path, song_map: SongMap, title: str) -> list[Task]:
    """Measures the song's loudness (in the notes), and plots its map (`main`, PNG)."""
    loudness = Task(
        id=LOUDNESS,
        stage=STAGE,
        version=VERSION,
        run="mvlocal.report.stage:run_loudness",
        inputs={"song": FileInput(song)},
        phase=PHASE,
        expected_s=2.0,
    )
    plot = Task(
        id=PLOT,
        stage=STAGE,
        version=VERSION,
        run="mvlocal.report.stage:run_plot",
        params={"title": title, "map": cast("Json", song_map.model_dump(mode="json", by_alias=True))},
        inputs={"song": FileInput(song)},
        phase=PHASE,
        expected_s=3.0,
    )
    return [loudness, plot]


def run_loudness(context: TaskContext) -> TaskOutputs:
    """Measures the whole song."""
    # Imported here: whoever only names this task (every command does) need not wait for what runs it.
    from mvlocal.media.loudness import measure_loudness

    heard = measure_loudness(context.inputs["song"])
    note = context.workdir / "loudness.json"
    note.write_text(f"{heard}\n", encoding="utf-8")
    return TaskOutputs({"main": note}, notes=asdict(heard))


def run_plot(context: TaskContext) -> TaskOutputs:
    """Draws the song's map over its waveform."""
    from mvlocal.media.audio import read_song
    from mvlocal.song.plot import song_map_png
    from mvlocal.song.stage import ANALYSIS_RATE_HZ

    song = read_song(context.inputs["song"], ANALYSIS_RATE_HZ)
    heard = SongMap.model_validate_json(json.dumps(context.params["map"]))
    out = context.workdir / "song.png"
    title = str(context.params["title"])
    out.write_bytes(song_map_png(heard, song.samples, song.sample_rate_hz, title))
    return TaskOutputs({"main": out})
