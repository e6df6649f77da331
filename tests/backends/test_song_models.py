"""The song room's models, run for real with small random weights: they prove code, shapes and seeds, and no hearing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from small_song import make_project
from song_models import ROOT, clicks, make_small_models

from mvlocal.backends.base import BeatTracker, HeardLine, HeardWord
from mvlocal.backends.beat_this import _spectrogram, beats_in_bars, frames_to_grid
from mvlocal.backends.demucs_stems import loudness_of, overlap_add
from mvlocal.backends.registry import BACKENDS, load_backend
from mvlocal.backends.whisper_words import loudest_window, words_to_lines
from mvlocal.engine.executor.serial import SerialExecutor
from mvlocal.engine.scheduler import run_graph
from mvlocal.engine.store import Store
from mvlocal.errors import UserError
from mvlocal.events import Event, TaskDone, ignore
from mvlocal.media.audio import song_duration
from mvlocal.media.stems import StemFile, check_stem, song_to_stereo
from mvlocal.pipeline import RenderRequest, settings_for, song_tasks
from mvlocal.project import Project
from mvlocal.schema.song import SongMap
from mvlocal.song import stage as song_stage
from mvlocal.weights import locked_weights

FAMILIES = ("beats", "whisper", "demucs")
NAMES = {"beats": ("beats", "tiny"), "lyrics": ("whisper", "tiny-random"), "stems": ("demucs", "tiny")}
RATE_HZ = 22050


@pytest.fixture(scope="module")
def small_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    make_small_models(folder, FAMILIES)
    return folder


@pytest.fixture
def models(small_models: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MVLOCAL_MODELS", str(small_models))
    return small_models


def backend(kind: str, name: str, **more: Any) -> Any:
    """A backend, with its small weights where it has weights."""
    if (kind, name) == ("beats", "librosa"):
        return load_backend(kind, name)
    weights = locked_weights(*NAMES[kind], where="test")
    return load_backend(kind, name, weights=weights, device="cpu", threads=1, **more)


# --- every beat tracker ----------------------------------------------------------------------------------

TRACKERS = sorted(BACKENDS["beats"])


@pytest.mark.parametrize("name", TRACKERS)
@pytest.mark.parametrize("duration_s", [1.0, 7.3, 33.0])
def test_a_grid_is_increasing_inside_the_song_and_its_downbeats_are_beats(
    models: Path, name: str, duration_s: float
) -> None:
    tracker: BeatTracker = backend("beats", name)
    assert tracker.name == name
    grid = tracker.track_beats(clicks(duration_s, 100, RATE_HZ), RATE_HZ)
    assert grid.beats.dtype == np.float64
    assert np.all(np.diff(grid.beats) > 0)
    assert np.all((grid.beats >= 0) & (grid.beats <= duration_s))
    assert np.isin(grid.downbeats, grid.beats).all()
    assert np.all(np.diff(grid.downbeats) > 0)
    assert 2 <= grid.beats_per_bar <= 16


@pytest.mark.parametrize("name", TRACKERS)
def test_a_tracker_repeats_itself_and_takes_other_rates(models: Path, name: str) -> None:
    song = clicks(12.0, 120, RATE_HZ)
    first, second = (backend("beats", name).track_beats(song, RATE_HZ) for _ in range(2))
    assert np.array_equal(first.beats, second.beats)
    assert np.array_equal(first.downbeats, second.downbeats)
    other = backend("beats", name).track_beats(clicks(12.0, 120, 44100), 44100)
    assert np.all((other.beats >= 0) & (other.beats <= 12.0))


# --- beat_this -------------------------------------------------------------------------------------------


def test_the_small_network_finds_some_beats_and_downbeats(models: Path) -> None:
    grid = backend("beats", "beat_this").track_beats(clicks(40.0, 100, RATE_HZ), RATE_HZ)
    assert len(grid.beats) > 10
    assert 0 < len(grid.downbeats) < len(grid.beats)


def test_beat_this_agrees_with_its_own_package(models: Path) -> None:
    import torch
    from beat_this.inference import split_predict_aggregate
    from beat_this.model.postprocessor import Postprocessor
    from beat_this.preprocessing import LogMelSpect

    song = clicks(40.0, 100, RATE_HZ)
    tracker = backend("beats", "beat_this")
    grid = tracker.track_beats(song, RATE_HZ)
    with torch.inference_mode():
        whole = LogMelSpect()(torch.from_numpy(song))
        heard = split_predict_aggregate(whole, 1500, 6, "keep_first", tracker._model)
        beats, downbeats = Postprocessor()(heard["beat"], heard["downbeat"])
    assert np.array_equal(grid.beats, np.unique(beats))
    assert np.array_equal(grid.downbeats, np.unique(downbeats))


def test_a_spectrogram_in_blocks_is_the_spectrogram_of_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch
    from beat_this.preprocessing import LogMelSpect

    from mvlocal.backends import beat_this

    song = np.random.default_rng(3).standard_normal(RATE_HZ * 9 + 123).astype(np.float32) * 0.1
    whole = LogMelSpect()(torch.from_numpy(song))
    for block in (100, 333, 450):
        monkeypatch.setattr(beat_this, "BLOCK_FRAMES", block)
        found = _spectrogram(song, "cpu")
        assert found.shape == whole.shape
        assert torch.allclose(found, whole, atol=1e-5)


def test_bars_are_counted_by_majority() -> None:
    beats = np.arange(20.0)
    assert beats_in_bars(beats, beats[[0, 3, 6, 9, 13, 16]]) == 3
    assert beats_in_bars(beats, beats[[5]]) == 4
    assert beats_in_bars(beats, beats[:0]) == 4
    assert beats_in_bars(beats, beats[[0, 4, 7]]) == 3  # equally many: the smaller


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(0, 400), max_size=60),
    st.lists(st.integers(0, 400), max_size=20),
)
def test_any_frames_make_a_sound_grid(beats: list[int], downbeats: list[int]) -> None:
    grid = frames_to_grid(np.array(beats, np.float64) / 50, np.array(downbeats, np.float64) / 50)
    assert np.all(np.diff(grid.beats) > 0)
    assert np.isin(grid.downbeats, grid.beats).all()
    assert set(grid.beats.tolist()) == {beat / 50 for beat in beats}
    assert grid.beats_per_bar >= 2


# --- whisper ---------------------------------------------------------------------------------------------

LINES = ("I leave the house in the rain", "", "You wave from the window", "  A train   goes over the bridge ")


def require_sound_lines(lines: list[HeardLine], duration_s: float) -> None:
    for line in lines:
        assert 0 <= line.start_s < line.end_s <= duration_s
        assert 0 <= line.confidence <= 1
        assert line.text == " ".join(line.text.split()) != ""
        for word in line.words:
            assert line.start_s <= word.start_s < word.end_s <= line.end_s
            assert 0 <= word.confidence <= 1


def test_whisper_aligns_every_line_or_says_that_it_could_not(models: Path) -> None:
    words = backend("lyrics", "whisper", language="en")
    song = clicks(14.0, 100, RATE_HZ)
    found = words.align_lyrics(song, RATE_HZ, LINES, None)
    assert len(found) == len(LINES)
    assert found[1] is None
    heard = [line for line in found if line is not None]
    assert heard
    require_sound_lines(heard, 14.0)
    assert all(line.text in {" ".join(text.split()) for text in LINES} for line in heard)
    assert found == backend("lyrics", "whisper").align_lyrics(song, RATE_HZ, LINES, "en")


def test_whisper_writes_down_a_song(models: Path) -> None:
    words = backend("lyrics", "whisper")
    song = clicks(12.0, 100, 16000)
    language, lines = words.transcribe(song, 16000, None)
    assert 2 <= len(language) <= 3
    assert lines
    require_sound_lines(list(lines), 12.0)
    assert [line.start_s for line in lines] == sorted(line.start_s for line in lines)


def test_other_scripts_and_nothing_at_all(models: Path) -> None:
    words = backend("lyrics", "whisper")
    assert words.align_lyrics(clicks(2.0, 100, 16000), 16000, ["", " "], None) == [None, None]
    assert words.align_lyrics(np.zeros(0, np.float32), 16000, ["la"], None) == [None]
    found = words.align_lyrics(clicks(6.0, 100, 16000), 16000, ["猫がいる", "привет, мир", "شمس"], "ja")
    assert len(found) == 3


def test_an_unknown_language_is_refused(models: Path) -> None:
    with pytest.raises(UserError, match="no language 'xx'"):
        backend("lyrics", "whisper").transcribe(clicks(2.0, 100, 16000), 16000, "xx")


def test_the_loudest_half_minute_is_found() -> None:
    song = np.zeros(16000 * 90, np.float32)
    song[16000 * 41 : 16000 * 60] = 0.5
    window = loudest_window(song)
    assert len(window) == 16000 * 30
    assert float(np.square(window).sum()) == float(np.square(song).sum())
    assert len(loudest_window(song[: 16000 * 7])) == 16000 * 7


def word(text: str, start_s: float, end_s: float) -> HeardWord:
    return HeardWord(text, start_s, end_s, 0.5)


def test_words_go_back_to_their_lines_by_their_letters() -> None:
    words = [word("Oh", 1, 2), word("la", 2, 3), word("la", 3, 3), word("don't", 4, 5), word("go", 5, 5)]
    lines = words_to_lines(words, ["Oh la la", "", "don't go", "never sung"], 10.0)
    assert lines[0] == HeardLine("Oh la la", 1, 3, pytest.approx(1 / 3), ())  # one of three words has no length
    assert lines[1] is None
    assert lines[2] is not None
    assert (lines[2].start_s, lines[2].end_s) == (4, 5)
    assert lines[3] is None


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_every_line_gets_its_own_words(data: st.DataObject) -> None:
    texts = data.draw(st.lists(st.lists(st.text("abcé猫", min_size=1, max_size=4), max_size=5), max_size=6))
    at = 0.0
    words: list[HeardWord] = []
    for line in texts:
        for text in line:
            words.append(word(text, at, at + 1))
            at += 1
    lines = words_to_lines(words, [" ".join(line) for line in texts], at + 1)
    assert [line is not None for line in lines] == [bool(line) for line in texts]
    for line, texts_of_line in zip(lines, texts, strict=True):
        if line is not None:
            assert [word.text for word in line.words] == texts_of_line


def test_hearing_words_opens_no_connection_and_no_program(models: Path) -> None:
    # Modules are loaded first: some of them look at their own files and programs while they are.
    code = (
        "import sys, numpy as np\n"
        "def watch(event, args):\n"
        "    if event in ('socket.connect', 'socket.getaddrinfo', 'urllib.Request', 'subprocess.Popen', 'os.system'):\n"
        "        raise RuntimeError(f'{event} {args}')\n"
        "from mvlocal.backends.whisper_words import make\n"
        "from mvlocal.weights import locked_weights\n"
        "words = make(locked_weights('whisper', 'tiny-random', where='test'), 'cpu')\n"
        "words._loaded()\n"
        "import stable_whisper\n"
        "sys.addaudithook(watch)\n"
        "song = np.sin(np.arange(64000) / 9).astype(np.float32)\n"
        "words.align_lyrics(song, 16000, ['la la', 'la'], None)\n"
        "words.transcribe(song, 16000, None)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=os.environ)
    assert done.returncode == 0, done.stderr


# --- demucs ----------------------------------------------------------------------------------------------

Stems = Mapping[str, NDArray[np.float32]]


def joined(blocks: list[Stems]) -> dict[str, NDArray[np.float32]]:
    return {name: np.concatenate([block[name] for block in blocks], axis=1) for name in blocks[0]}


def stereo(duration_s: float) -> NDArray[np.float32]:
    song = clicks(duration_s, 100, 44100)
    return np.stack([song, np.roll(song, 50)])


def test_stems_are_as_long_as_the_song_and_repeat(models: Path) -> None:
    song, told = stereo(7.7), list[float]()
    separator = backend("stems", "demucs")
    found = joined(list(separator.separate(song, 44100, lambda part, _note: told.append(part))))
    assert sorted(found) == ["bass", "drums", "other", "vocals"]
    for stem in found.values():
        assert stem.shape == song.shape
        assert stem.dtype == np.float32
        assert np.isfinite(stem).all()
    assert told == sorted(told)
    assert told[-1] == 1.0
    again = joined(list(backend("stems", "demucs").separate(song, 44100, lambda *_: None)))
    assert all(np.array_equal(found[name], again[name]) for name in found)


def test_stems_agree_with_the_packages_own_way(models: Path) -> None:
    import torch
    from demucs.apply import apply_model

    song = stereo(9.0)
    separator = backend("stems", "demucs")
    found = joined(list(separator.separate(song, 44100, lambda *_: None)))
    mean, spread = loudness_of(song)
    with torch.inference_mode():
        mix = torch.from_numpy((song - mean) / spread)[None]
        theirs = apply_model(separator._model, mix, shifts=0, split=True, overlap=0.25)[0].numpy() * spread + mean
    whole = song.shape[1] - 2 * round(1.95 * 44100)  # before the segments that are filled up at the end
    for index, name in enumerate(separator._model.sources):
        assert np.allclose(found[name][:, :whole], theirs[index][:, :whole], atol=1e-5)


def test_stems_refuse_what_the_model_does_not_hear(models: Path) -> None:
    with pytest.raises(ValueError, match="not what the model hears"):
        next(iter(backend("stems", "demucs").separate(stereo(1.0), 22050, lambda *_: None)))


@settings(max_examples=60, deadline=None)
@given(count=st.integers(1, 400), segment=st.integers(2, 90), overlap=st.floats(0, 0.9), channels=st.integers(1, 2))
def test_overlapping_segments_give_back_what_is_not_changed(
    count: int, segment: int, overlap: float, channels: int
) -> None:
    song = np.random.default_rng(count).standard_normal((channels, count)).astype(np.float32)
    blocks = list(overlap_add(song, segment, overlap, lambda piece: np.stack([piece, 2 * piece])))
    found = np.concatenate(blocks, axis=-1)
    assert found.shape == (2, channels, count)
    assert np.allclose(found[0], song, atol=1e-4)
    assert np.allclose(found[1], 2 * song, atol=2e-4)


def test_loudness_is_that_of_the_mono_mix() -> None:
    song = np.random.default_rng(1).standard_normal((2, 50000)).astype(np.float32) + 0.25
    mean, spread = loudness_of(song)
    assert mean == pytest.approx(song.mean(axis=0).mean(), abs=1e-5)
    assert spread == pytest.approx(song.mean(axis=0).std(), rel=1e-4)
    assert loudness_of(np.zeros((2, 10), np.float32)) == (0.0, 1.0)


def test_stem_files_hold_16_bits_and_count_what_they_limit(tmp_path: Path) -> None:
    song = np.clip(stereo(1.5), -0.9, 0.9)
    song[0, 100:103] = 1.5
    with StemFile(tmp_path / "drums.flac", 44100) as file:
        for first in range(0, song.shape[1], 10000):
            file.write(song[:, first : first + 10000])
    assert file.clipped_samples == 3
    check_stem(tmp_path / "drums.flac")
    back = song_to_stereo(tmp_path / "drums.flac", 44100, tmp_path / "back.f32")
    assert back.shape == song.shape
    assert np.abs(back - np.clip(song, -1, 1)).max() <= 1 / 32768


# --- the song stage --------------------------------------------------------------------------------------


def project_of(folder: Path, **song: str) -> Project:
    project = make_project(folder, 6.0)
    text = project.settings_file.read_text()
    lines = "".join(f"  {key}: {value}\n" for key, value in song.items())
    kept = "".join(f"{line}\n" for line in text.splitlines() if line.strip().split(":")[0] not in song)
    project.settings_file.write_text(kept.replace("\nsong:\n", f"\nsong:\n{lines}"))
    return project


def hear(project: Project, events: list[Event]) -> SongMap:
    """Hears a project's song in this process; what happened goes to `events`."""
    tasks = song_tasks(project, settings_for(project, RenderRequest()).settings)
    with Store.open(project.state / "store") as store:
        records = run_graph(
            tasks, store=store, executor=SerialExecutor(), emit=events.append, wanted=[song_stage.TASK_ID]
        )
        return SongMap.from_json(store.path_of(records[song_stage.TASK_ID].outputs["main"]).read_bytes())


def ran(events: list[Event]) -> list[str]:
    return [event.task_id for event in events if isinstance(event, TaskDone) and not event.cached]


ALL_MODELS = {
    "beats": "beat_this",
    "beats_model": "tiny",
    "stems": "demucs",
    "stems_model": "tiny",
    "lyrics_by": "whisper",
    "whisper_model": "tiny-random",
    "language": "en",
}


def test_a_song_is_heard_by_models_from_end_to_end(models: Path, tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("[Verse]\nI leave the house in the rain\nYou wave from the window\n")
    project = project_of(tmp_path, **ALL_MODELS, lyrics="../words.txt")
    events: list[Event] = []
    song = hear(project, events)
    assert ran(events) == [song_stage.STEMS_ID, song_stage.TASK_ID]
    assert song.backends == {"beats": "beat_this", "lyrics": "whisper"}
    texts = [line.text for line in song.lyrics] + list(song.unplaced_lyrics)
    assert sorted(texts) == ["I leave the house in the rain", "You wave from the window"]
    text = project.settings_file.read_text()
    project.settings_file.write_text(text.replace("  lyrics: ../words.txt\n", ""))
    events.clear()
    written = hear(project, events)
    assert ran(events) == [song_stage.TASK_ID]  # the stems are kept
    assert written.backends["lyrics"] == "transcribed by whisper"


def test_stems_are_kept_whole_and_weights_count_by_content(models: Path, tmp_path: Path) -> None:
    project = project_of(tmp_path, stems="demucs", stems_model="tiny", beats="beat_this", beats_model="tiny")
    stems, song = song_tasks(project, settings_for(project, RenderRequest()).settings)
    assert song.params["weights"] == {"beats": locked_weights("beats", "tiny", where="test").sha256}
    assert str(models) not in json.dumps([dict(stems.params), dict(song.params), dict(song.identity)])
    with Store.open(tmp_path / "store") as store:
        record = run_graph([stems], store=store, executor=SerialExecutor(), emit=ignore, wanted=[stems.id])[stems.id]
        assert sorted(record.outputs) == ["bass", "drums", "other", "vocals"]
        assert set(dict(record.notes["limited_samples"])) == set(record.outputs)
        for blob in record.outputs.values():
            check_stem(store.path_of(blob))
            assert song_duration(store.path_of(blob)) == pytest.approx(6.0, abs=1e-4)


def test_corrected_markers_hear_nothing_again(tmp_path: Path) -> None:
    (tmp_path / "beats.txt").write_text("0.5\t0.5\tdownbeat\n1.0\t1.0\tbeat\n1.5\t1.5\tbeat\n")
    project = project_of(tmp_path, markers="../beats.txt")
    events: list[Event] = []
    hear(project, events)
    assert ran(events) == [song_stage.HEARD_ID, song_stage.TASK_ID]
    (tmp_path / "beats.txt").write_text("0.6\t0.6\tdownbeat\n1.1\t1.1\tbeat\n1.6\t1.6\tbeat\n")
    events.clear()
    song = hear(project, events)
    assert ran(events) == [song_stage.TASK_ID]
    assert song.beats[:3] == (0.6, 1.1, 1.6)
    project.settings_file.write_text(project.settings_file.read_text().replace("  markers: ../beats.txt\n", ""))
    events.clear()
    hear(project, events)
    assert ran(events) == []  # what was heard before the markers is the whole answer without them


def test_swapped_weights_stop_the_task_that_loads_them(
    small_models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "models"
    for name in ("beats/tiny.safetensors", "lock.yaml"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes((small_models / name).read_bytes())
    monkeypatch.setenv("MVLOCAL_MODELS", str(folder))
    path = folder / "beats/tiny.safetensors"
    changed = bytearray(path.read_bytes())
    changed[-1] ^= 1
    path.write_bytes(changed)
    with pytest.raises(UserError, match="not what the lock says"):
        hear(project_of(tmp_path, beats="beat_this", beats_model="tiny"), [])


def test_weights_of_another_class_are_refused(models: Path) -> None:
    weights = locked_weights("whisper", "tiny-random", where="test")
    with pytest.raises(UserError, match=r"holds no beat_this"):
        load_backend("beats", "beat_this", weights=weights, device="cpu").track_beats(clicks(2, 100, RATE_HZ), RATE_HZ)


@pytest.mark.parametrize("family", FAMILIES)
def test_small_models_are_the_same_bytes_each_time(small_models: Path, tmp_path: Path, family: str) -> None:
    make_small_models(tmp_path, (family,))
    for path in (tmp_path / NAMES_OF[family][0]).iterdir():
        assert path.read_bytes() == (small_models / path.relative_to(tmp_path)).read_bytes()


NAMES_OF = {"beats": NAMES["beats"], "whisper": NAMES["lyrics"], "demucs": NAMES["stems"]}


# --- upstream's own files --------------------------------------------------------------------------------


def test_an_upstream_beat_this_checkpoint_is_converted_whole(small_models: Path, tmp_path: Path) -> None:
    import torch
    from safetensors import safe_open
    from safetensors.torch import load_file

    from mvlocal.weights.convert import convert_pickle

    source = small_models / "beats/tiny.safetensors"
    with safe_open(str(source), "pt") as file:
        arguments = json.loads(file.metadata()["kwargs"])
    state = {f"model.{name}": value for name, value in load_file(source).items()}
    torch.save({"hyper_parameters": {**arguments, "lr": 0.1}, "state_dict": state}, tmp_path / "final0.ckpt")
    convert_pickle(tmp_path / "final0.ckpt", tmp_path / "made.safetensors", "beat_this", "final0")
    assert (tmp_path / "made.safetensors").read_bytes() == source.read_bytes()


def test_an_upstream_whisper_file_is_converted_with_its_alignment_heads(small_models: Path, tmp_path: Path) -> None:
    import torch
    from safetensors import safe_open
    from safetensors.torch import load_file

    from mvlocal.weights.convert import convert_pickle

    source = small_models / "whisper/tiny-random.safetensors"
    with safe_open(str(source), "pt") as file:
        dims = json.loads(file.metadata()["kwargs"])
    torch.save({"dims": dims, "model_state_dict": load_file(source)}, tmp_path / "tiny.pt")
    convert_pickle(tmp_path / "tiny.pt", tmp_path / "tiny.safetensors", "whisper", "tiny")
    with safe_open(str(tmp_path / "tiny.safetensors"), "pt") as file:
        assert file.metadata()["alignment_heads"].startswith("ABzY8")
        assert json.loads(file.metadata()["kwargs"]) == dims
    made = load_file(tmp_path / "tiny.safetensors")
    assert all(torch.equal(made[name], value) for name, value in load_file(source).items())


def test_the_script_is_a_program_of_its_own(tmp_path: Path) -> None:
    script = ROOT / "scripts" / "make_tiny_models.py"
    done = subprocess.run([sys.executable, str(script), "--help"], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert "random weights" in done.stdout
