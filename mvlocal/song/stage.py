"""The song stage: song and lyrics files in, a SongMap out. It does not know who asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mvlocal.backends.registry import identity_of, load_backend
from mvlocal.config import SongSettings
from mvlocal.engine.task import FileInput, Input, Json, Task, TaskContext, TaskOutputs
from mvlocal.schema.song import SongMap

STAGE = "analyze"
VERSION = 1
TASK_ID = "analyze/song"
ANALYSIS_RATE_HZ = 22050


@dataclass(frozen=True, slots=True)
class SongFiles:
    """The user's files that the song stage reads."""

    song: Path
    lyrics: Path | None = None
    markers: Path | None = None


def analyze_task(settings: SongSettings, files: SongFiles) -> Task:
    """The task that makes the SongMap; its output `main` is a JSON document."""
    inputs: dict[str, Input] = {"song": FileInput(files.song)}
    params: dict[str, Json] = {"beats": settings.beats}
    if files.lyrics is not None:
        inputs["lyrics"] = FileInput(files.lyrics)
    if files.markers is not None:
        inputs["markers"] = FileInput(files.markers)
    return Task(
        id=TASK_ID,
        stage=STAGE,
        version=VERSION,
        run="mvlocal.song.stage:run_analyze",
        check="mvlocal.song.stage:check_song_map",
        params=params,
        inputs=inputs,
        identity=identity_of("beats", settings.beats),
        phase=0,
        expected_s=8.0,
    )


def run_analyze(context: TaskContext) -> TaskOutputs:
    """Decodes the song, hears its structure and times its lyrics."""
    # Imported here: whoever only names this task (every command does) need not wait for what runs it.
    from mvlocal.media.audio import read_song
    from mvlocal.song.lyrics import read_lyrics

    song = read_song(context.inputs["song"], ANALYSIS_RATE_HZ)
    lyrics = read_lyrics(context.inputs["lyrics"]) if "lyrics" in context.inputs else None
    context.progress(0.1, "decoded")

    from mvlocal.song.markers import apply_markers, read_markers  # later, so that bad files are refused at once
    from mvlocal.song.song_map import make_song_map

    tracker = load_backend("beats", str(context.params["beats"]))
    heard = make_song_map(
        song.samples,
        song.sample_rate_hz,
        song.duration_s,
        tracker,
        lyrics=lyrics,
        progress=lambda fraction, note: context.progress(0.1 + 0.9 * fraction, note),
    )
    song_map = heard.song_map
    if "markers" in context.inputs:
        song_map = apply_markers(song_map, read_markers(context.inputs["markers"]))
    out = context.workdir / "song_map.json"
    out.write_text(song_map.to_json(), encoding="utf-8")
    return TaskOutputs({"main": out}, warnings=tuple(heard.warnings))


def check_song_map(_name: str, path: Path) -> None:
    """Raises unless `path` holds a whole SongMap."""
    SongMap.from_json(path.read_bytes(), where=str(path))
