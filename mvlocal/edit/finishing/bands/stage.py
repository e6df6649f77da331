"""Hears the song again, for how loud its bass, middle and high notes are at every moment.

It does not know what follows the music.
"""

from __future__ import annotations

from pathlib import Path

from mvlocal.edit.finishing.curves import Bands, bands_of
from mvlocal.engine.task import FileInput, Task, TaskContext, TaskOutputs

STAGE, VERSION = "finish", 1
BANDS_ID = "finish/bands"
RATE_HZ = 22_050


def bands_task(song: Path) -> Task:
    """The task that measures how loud the song's bass, middle and high notes are; its output `main` is JSON."""
    return Task(
        id=BANDS_ID,
        stage=STAGE,
        version=VERSION,
        run="mvlocal.edit.finishing.bands.stage:run_bands",
        inputs={"song": FileInput(song)},
        phase=1,
        expected_s=3.0,
    )


def run_bands(context: TaskContext) -> TaskOutputs:
    """Measures the song's bands."""
    from mvlocal.media.audio import read_song

    heard = read_song(context.inputs["song"], RATE_HZ)
    out = context.workdir / "bands.json"
    out.write_text(bands_of(heard.samples, heard.sample_rate_hz).to_json(), encoding="utf-8")
    return TaskOutputs({"main": out})


def read_bands(path: Path) -> Bands:
    """What `run_bands` wrote."""
    return Bands.of_json(path.read_text(encoding="utf-8"))
