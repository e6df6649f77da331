"""A small song with known beats, and projects around it."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np

from mvlocal.project import NewProject, Project, create_project
from mvlocal.schema.story import ShotList

SAMPLE_RATE_HZ = 22050


def write_song(path: Path, duration_s: float, *, bpm: float = 120.0) -> Path:
    """A 16-bit mono WAV: a kick on every beat, louder on each bar, over a chord that changes every four bars."""
    n = round(duration_s * SAMPLE_RATE_HZ)
    t = np.arange(n) / SAMPLE_RATE_HZ
    bar_s = 240.0 / bpm
    root_hz = np.array([220.0, 174.6, 261.6, 196.0])[(t // (4 * bar_s)).astype(int) % 4]
    song = 0.05 * sum(np.sin(2 * np.pi * root_hz * ratio * t) for ratio in (1.0, 1.26, 1.5))
    for index in range(int(duration_s * bpm / 60)):
        start = round(index * 60 / bpm * SAMPLE_RATE_HZ)
        length = min(round(0.12 * SAMPLE_RATE_HZ), n - start)
        tail = np.arange(length) / SAMPLE_RATE_HZ
        level = 0.7 if index % 4 == 0 else 0.4
        song[start : start + length] += level * np.exp(-tail * 40) * np.sin(2 * np.pi * 80 * tail)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE_HZ)
        file.writeframes((np.clip(song, -1, 1) * 32767).astype("<i2").tobytes())
    return path


LYRICS = """[ti:Small Song]
[00:01.00]I leave the house in the rain
[00:04.00]You wave from the window
[00:07.00]A train goes over the bridge
"""


def make_project(folder: Path, duration_s: float = 12.0) -> Project:
    """A project in `folder`/video; small frames so that a render takes seconds."""
    song = write_song(folder / "song.wav", duration_s)
    lyrics = folder / "song.lrc"
    lyrics.write_text(LYRICS, encoding="utf-8")
    made = create_project(NewProject(folder / "video", song, lyrics, title="Small Song", artist="Nobody"))
    with made.settings_file.open("a", encoding="utf-8") as file:
        file.write("\nvideo: {width: 128, height: 128}\nencode: {preset: ultrafast}\nrun: {workers: 2}\n")
    return made


def with_abstract(shots: ShotList, shot: str) -> ShotList:
    """The shots, of which one shows smoke that turns to gold, and nobody."""
    change = {"kind": "abstract", "characters": (), "props": (), "needs": (), "changes": (), "photo": None} | {
        "visual": "Smoke fills the window.",
        "motion": "the smoke turns to gold; the camera drifts",
    }
    changed = [one.model_copy(update=change) if one.id == shot else one for one in shots.shots]
    return shots.model_copy(update={"shots": tuple(changed)})
