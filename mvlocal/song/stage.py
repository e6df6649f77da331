"""The song stage: song and lyrics files in, a SongMap out, by way of stems where they are asked for.

It does not know who asks for it, nor how any model hears.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from mvlocal.backends.registry import identity_of, load_backend
from mvlocal.config import SongSettings
from mvlocal.engine.task import FileInput, Input, Json, OutputOf, Resources, Task, TaskContext, TaskOutputs
from mvlocal.schema.song import SongMap
from mvlocal.weights import LockedWeights

STAGE = "analyze"
VERSION = 2
STEMS_VERSION = 1
MARKERS_VERSION = 1
TASK_ID = "analyze/song"
HEARD_ID = "analyze/heard"
STEMS_ID = "analyze/stems"
ANALYSIS_RATE_HZ = 22050
STEMS_RATE_HZ = 44100
VOICE = "vocals"
MODEL_SILENCE_S = 3600.0
"""A network may be silent for long: one call hears a whole song, on a CPU in about its length."""
VRAM_GIB = {"beats": 1.0, "stems": 3.0, "lyrics": 10.0}


@dataclass(frozen=True, slots=True)
class SongFiles:
    """The user's files that the song stage reads."""

    song: Path
    lyrics: Path | None = None
    markers: Path | None = None


@dataclass(frozen=True, slots=True)
class SongModels:
    """Weights by what they are for (`beats`, `stems`, `lyrics`), and where models run: `cpu` or `cuda`."""

    weights: Mapping[str, LockedWeights] = field(default_factory=dict[str, LockedWeights])
    device: str = "cpu"
    threads: int = 1


def song_tasks(settings: SongSettings, files: SongFiles, models: SongModels | None = None) -> list[Task]:
    """The tasks that hear the song; the last one (`TASK_ID`) makes the SongMap, a JSON document.

    A person's markers are a task of their own, so that correcting them hears nothing again.
    """
    models = models or SongModels()
    stems = [_stems_task(settings, files, models)] if settings.stems != "none" else []
    if files.markers is None:
        return [*stems, _hearing_task(TASK_ID, settings, files, models)]
    return [*stems, _hearing_task(HEARD_ID, settings, files, models), _markers_task(files.markers)]


def _stems_task(settings: SongSettings, files: SongFiles, models: SongModels) -> Task:
    """Stems are a task of their own: later stages use them, and other lyrics or beats do not make them again."""
    return Task(
        id=STEMS_ID,
        stage=STAGE,
        version=STEMS_VERSION,
        run="mvlocal.song.stage:run_stems",
        check="mvlocal.song.stage:check_stems",
        params={"stems": settings.stems, **_digests(models, ("stems",))},
        inputs={"song": FileInput(files.song)},
        identity=identity_of("stems", settings.stems),
        resources=_resources(models, ("stems",)),
        expected_s=120.0,
        silence_s=MODEL_SILENCE_S,
        placement=_placement(models, ("stems",)),
    )


def _markers_task(markers: Path) -> Task:
    return Task(
        id=TASK_ID,
        stage=STAGE,
        version=MARKERS_VERSION,
        run="mvlocal.song.stage:run_markers",
        check="mvlocal.song.stage:check_song_map",
        inputs={"heard": OutputOf(HEARD_ID), "markers": FileInput(markers)},
    )


def _hearing_task(task_id: str, settings: SongSettings, files: SongFiles, models: SongModels) -> Task:
    kinds = tuple(kind for kind in ("beats", "lyrics") if kind in models.weights)
    inputs: dict[str, Input] = {"song": FileInput(files.song)}
    params: dict[str, Json] = {"beats": settings.beats, **_digests(models, kinds)}
    identity = identity_of("beats", settings.beats)
    if files.lyrics is not None:
        inputs["lyrics"] = FileInput(files.lyrics)
    if settings.stems != "none":
        inputs["voice"] = OutputOf(STEMS_ID, VOICE)
    if settings.lyrics_by != "rules":
        half = models.device != "cpu"  # a GPU writes down in half precision: other numbers
        params |= {"lyrics_by": settings.lyrics_by, "language": settings.language, "half_precision": half}
        identity |= {"lyrics": identity_of("lyrics", settings.lyrics_by)}
    return Task(
        id=task_id,
        stage=STAGE,
        version=VERSION,
        run="mvlocal.song.stage:run_analyze",
        check="mvlocal.song.stage:check_song_map",
        params=params,
        inputs=inputs,
        identity=identity,
        resources=_resources(models, kinds),
        expected_s=60.0 if kinds else 8.0,
        silence_s=MODEL_SILENCE_S if kinds else 300.0,
        placement=_placement(models, kinds),
    )


def _digests(models: SongModels, kinds: tuple[str, ...]) -> dict[str, Json]:
    """Weights count in the key by their content, as the lock has it; whoever loads them compares."""
    return {"weights": {kind: models.weights[kind].sha256 for kind in kinds}} if kinds else {}


def _placement(models: SongModels, kinds: tuple[str, ...]) -> dict[str, Json]:
    if not kinds:
        return {}
    weights: dict[str, Json] = {kind: models.weights[kind].to_json() for kind in kinds}
    return {"weights": weights, "device": models.device, "threads": models.threads}


def _resources(models: SongModels, kinds: tuple[str, ...]) -> Resources:
    if not kinds:
        return Resources()
    if models.device == "cpu":
        return Resources(cpu=models.threads)
    return Resources(gpu=True, vram_gib=max(VRAM_GIB[kind] for kind in kinds))


def run_stems(context: TaskContext) -> TaskOutputs:
    """Takes the song apart; outputs are FLAC files by the names of the stems."""
    from mvlocal.media.stems import StemFile, song_to_stereo

    song = song_to_stereo(context.inputs["song"], STEMS_RATE_HZ, context.workdir / "song.f32")
    separator = _backend(context, "stems", str(context.params["stems"]))
    files: dict[str, StemFile] = {}
    with ExitStack() as stack:
        for block in separator.separate(song, STEMS_RATE_HZ, context.progress):
            for name, samples in block.items():
                if name not in files:
                    files[name] = stack.enter_context(StemFile(context.workdir / f"{name}.flac", STEMS_RATE_HZ))
                files[name].write(samples)
    limited: dict[str, Json] = {name: file.clipped_samples for name, file in files.items()}
    return TaskOutputs({name: file.path for name, file in files.items()}, notes={"limited_samples": limited})


def run_analyze(context: TaskContext) -> TaskOutputs:
    """Decodes the song, hears its structure and times its lyrics."""
    # Imported here: whoever only names this task (every command does) need not wait for what runs it.
    from mvlocal.media.audio import read_song
    from mvlocal.song.lyrics import read_lyrics

    song = read_song(context.inputs["song"], ANALYSIS_RATE_HZ)
    lyrics = read_lyrics(context.inputs["lyrics"]) if "lyrics" in context.inputs else None
    voice = read_song(context.inputs["voice"], ANALYSIS_RATE_HZ).samples if "voice" in context.inputs else None
    context.progress(0.1, "decoded")

    from mvlocal.song.song_map import make_song_map  # later, so that bad files are refused at once

    words = _backend(context, "lyrics", str(context.params["lyrics_by"])) if "lyrics_by" in context.params else None
    heard = make_song_map(
        song.samples,
        song.sample_rate_hz,
        song.duration_s,
        _backend(context, "beats", str(context.params["beats"])),
        lyrics=lyrics,
        voice_samples=voice,
        aligner=words,
        transcriber=words,
        progress=lambda fraction, note: context.progress(0.1 + 0.9 * fraction, note),
    )
    return TaskOutputs({"main": _written(context, heard.song_map)}, warnings=tuple(heard.warnings))


def run_markers(context: TaskContext) -> TaskOutputs:
    """Puts a person's beats and sections in the place of those that were heard."""
    from mvlocal.song.markers import apply_markers, read_markers

    markers = read_markers(context.inputs["markers"])
    heard = SongMap.from_json(context.inputs["heard"].read_bytes())
    return TaskOutputs({"main": _written(context, apply_markers(heard, markers))})


def _written(context: TaskContext, song_map: SongMap) -> Path:
    out = context.workdir / "song_map.json"
    out.write_text(song_map.to_json(), encoding="utf-8")
    return out


def _backend(context: TaskContext, kind: str, name: str) -> Any:
    """The backend, with its weights and its place where it has weights."""
    weights = cast("Mapping[str, Mapping[str, Json]]", context.placement.get("weights", {}))
    if kind not in weights:
        return load_backend(kind, name)
    language = {"language": str(context.params["language"]) or None} if kind == "lyrics" else {}
    return load_backend(
        kind,
        name,
        **language,
        weights=LockedWeights.from_json(weights[kind]),
        device=str(context.placement["device"]),
        threads=int(cast("int", context.placement["threads"])),
    )


def check_song_map(_name: str, path: Path) -> None:
    """Raises unless `path` holds a whole SongMap."""
    SongMap.from_json(path.read_bytes(), where=str(path))


def check_stems(_name: str, path: Path) -> None:
    """Raises unless `path` holds a whole stem."""
    from mvlocal.media.stems import check_stem

    check_stem(path)
