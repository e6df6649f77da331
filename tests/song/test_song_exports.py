"""The MIDI tempo map and the click track: both hold the beat grid exactly."""

from __future__ import annotations

import io
from itertools import pairwise
from pathlib import Path

import mido
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mvlocal.errors import InputError, UserError
from mvlocal.listen import Listening, export_song_map
from mvlocal.media.audio import Block, read_song
from mvlocal.media.wave import write_wav
from mvlocal.schema.song import EnergyCurve, LyricLine, LyricWord, Section, SongMap
from mvlocal.song.exports import song_map_to_midi
from mvlocal.song.exports.clicks import add_clicks
from mvlocal.song.exports.midi import TICKS_PER_BEAT, make_beat_clock

RATE_HZ = 8000


def make_map(beats: list[float], per_bar: int = 4, first: int = 0, duration_s: float = 20.0) -> SongMap:
    return SongMap(
        duration_s=duration_s,
        tempo_bpm=120.0,
        beats_per_bar=per_bar,
        beats=tuple(beats),
        downbeats=tuple(beats[first::per_bar]),
        sections=(
            Section(label="verse", start_s=0.0, end_s=8.25, energy=0.3),
            Section(label="chorus", start_s=8.25, end_s=duration_s, energy=0.9),
        ),
        energy=EnergyCurve(step_s=0.1, values=(0.5,) * 10),
        lyrics=(
            LyricLine(
                text="say Ängste",
                start_s=1.25,
                end_s=3.0,
                confidence=1.0,
                words=(
                    LyricWord(text="say", start_s=1.25, end_s=1.5),
                    LyricWord(text="Ängste", start_s=1.5, end_s=3.0),
                ),
            ),
            LyricLine(text="three", start_s=9.0, end_s=11.0, confidence=1.0),
        ),
    )


def read_midi(data: bytes) -> tuple[list[tuple[int, float, mido.MetaMessage | mido.Message]], mido.MidiFile]:
    """Every event with its tick and its second, by the file's own tempos."""
    midi = mido.MidiFile(file=io.BytesIO(data), charset="utf-8")
    tick, second, tempo = 0, 0.0, 500_000
    found = []
    for message in mido.merge_tracks(midi.tracks):
        tick += message.time
        second += message.time * tempo / 1e6 / midi.ticks_per_beat
        if message.type == "set_tempo":
            tempo = message.tempo
        found.append((tick, second, message))
    return found, midi


def seconds_of_ticks(data: bytes, ticks: list[int]) -> list[float]:
    events, midi = read_midi(data)
    changes = [(0, 0.0, 500_000), *((t, s, m.tempo) for t, s, m in events if m.type == "set_tempo")]
    out = []
    for tick in ticks:
        at, second, tempo = next(change for change in reversed(changes) if change[0] <= tick)
        out.append(second + (tick - at) * tempo / 1e6 / midi.ticks_per_beat)
    return out


@given(
    lead_s=st.floats(0, 40),
    steps=st.lists(st.floats(0.2, 3.0) | st.floats(16, 40), min_size=2, max_size=40),
)
def test_the_tempo_map_holds_every_beat(lead_s: float, steps: list[float]) -> None:
    beats = np.round(lead_s + np.concatenate([[0.0], np.cumsum(steps)]), 4).tolist()
    song_map = make_map(beats, duration_s=beats[-1] + 10.0)
    clock = make_beat_clock(beats, song_map.duration_s)
    assert all(b > a for a, b in pairwise(clock.seconds))
    ticks = [clock.tick_at(t) for t in beats]
    assert all(tick % TICKS_PER_BEAT == 0 for tick in ticks)
    told = seconds_of_ticks(song_map_to_midi(song_map), ticks)
    assert told == pytest.approx(beats, abs=1e-4)
    between = [(a + b) / 2 for a, b in pairwise(beats)]
    told = seconds_of_ticks(song_map_to_midi(song_map), [clock.tick_at(t) for t in between])
    assert told == pytest.approx(between, abs=max(steps) / TICKS_PER_BEAT)


def test_sections_words_metre_and_the_long_note_are_in_the_tempo_map() -> None:
    song_map = make_map([0.3 + 0.5 * i for i in range(39)], per_bar=3, first=2)
    events, midi = read_midi(song_map_to_midi(song_map))
    assert (midi.type, len(midi.tracks)) == (1, 2)
    marks = [(m.text, round(s, 2)) for _, s, m in events if m.type == "marker"]
    assert marks == [("verse", 0.0), ("chorus", 8.25)]
    words = [(m.text, s) for _, s, m in events if m.type == "lyrics"]
    assert [text for text, _ in words] == ["say ", "Ängste\r", "three\r"]
    assert [s for _, s in words] == pytest.approx([1.25, 1.5, 9.0], abs=0.001)
    metres = [(tick // TICKS_PER_BEAT, m.numerator) for tick, _, m in events if m.type == "time_signature"]
    assert metres == [(0, 3)]  # one beat before the first, then two of the first bar
    notes = [(m.type, s) for _, s, m in events if m.type in ("note_on", "note_off")]
    assert [kind for kind, _ in notes] == ["note_on", "note_off"]
    assert [s for _, s in notes] == pytest.approx([0.0, 20.0], abs=0.001)


def test_a_bar_of_another_length_gets_its_own_time_signature() -> None:
    beats = [0.5 * i for i in range(20)]
    song_map = make_map(beats).model_copy(update={"downbeats": (beats[0], beats[4], beats[7], beats[11], beats[15])})
    events, _ = read_midi(song_map_to_midi(song_map))
    metres = [(tick // TICKS_PER_BEAT, m.numerator) for tick, _, m in events if m.type == "time_signature"]
    assert metres == [(0, 4), (4, 3), (7, 4)]


@pytest.mark.parametrize("beats", [[], [3.0]])
def test_a_song_without_pulse_has_a_tempo_map_of_its_length(beats: list[float]) -> None:
    song_map = make_map([]).model_copy(update={"beats": tuple(beats)})
    events, _ = read_midi(song_map_to_midi(song_map))
    assert events[-1][1] == pytest.approx(20.0, abs=0.001)


@pytest.mark.parametrize("block", [160_000, 777])
def test_clicks_begin_on_the_beats_however_the_song_comes_in(block: int) -> None:
    song_map = make_map([0.25 + 0.5 * i for i in range(38)])
    quiet = np.zeros((RATE_HZ * 20, 2), np.float32)
    blocks = [quiet[i : i + block] for i in range(0, len(quiet), block)]
    out = np.concatenate(list(add_clicks(blocks, RATE_HZ, song_map)))
    assert out.shape == quiet.shape
    loud = np.abs(out[:, 0]) > 0.01
    starts = np.flatnonzero(
        loud & ~np.concatenate([[False], [loud[max(i - 200, 0) : i].any() for i in range(1, len(loud))]])
    )
    assert starts / RATE_HZ == pytest.approx(song_map.beats, abs=2 / RATE_HZ)
    spectrum = [np.abs(np.fft.rfft(out[start : start + 320, 0])).argmax() * RATE_HZ / 320 for start in starts]
    assert [hz > 1300 for hz in spectrum] == [t in song_map.downbeats for t in song_map.beats]
    full = np.concatenate(list(add_clicks([quiet + 1], RATE_HZ, song_map)))
    assert np.abs(full).max() <= 1.0


def write_song(path: Path) -> Path:
    tone = 0.5 * np.sin(np.arange(RATE_HZ * 20) * 0.1).astype(np.float32)
    write_wav([Block(tone[:, None], RATE_HZ)], path)
    return path


def test_a_click_track_is_the_song_with_clicks(tmp_path: Path) -> None:
    song, song_map = write_song(tmp_path / "song.wav"), make_map([0.25 + 0.5 * i for i in range(38)])
    export_song_map(Listening(song, song_map), tmp_path / "clicks.wav")
    plain, clicked = read_song(song, RATE_HZ), read_song(tmp_path / "clicks.wav", RATE_HZ)
    assert len(clicked.samples) == len(plain.samples)
    clicks = clicked.samples - 0.6 * plain.samples
    assert np.abs(clicks[: int(0.24 * RATE_HZ)]).max() < 1e-3
    assert np.abs(clicks[int(0.25 * RATE_HZ) : int(0.26 * RATE_HZ)]).max() > 0.2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["clicks.wav", "song.wav"]


def test_a_click_track_never_replaces_the_song(tmp_path: Path) -> None:
    song = write_song(tmp_path / "song.wav")
    before = song.read_bytes()
    heard = Listening(song, make_map([0.5, 1.0]))
    with pytest.raises(UserError, match="replace the song"):
        export_song_map(heard, song)
    assert song.read_bytes() == before
    with pytest.raises(InputError, match="cannot be written"):
        export_song_map(heard, tmp_path / "no" / "clicks.wav")
    with pytest.raises(InputError, match="no export") as caught:
        export_song_map(heard, tmp_path / "map.xyz")
    assert ".mid" in caught.value.mend
    assert ".wav" in caught.value.mend
