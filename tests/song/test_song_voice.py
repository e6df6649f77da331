"""Hearing the voice: where someone sings, how high, and who finds the words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from mvlocal.backends.base import HeardLine, HeardWord
from mvlocal.backends.librosa_beats import make
from mvlocal.schema.song import LyricLine, SongMap
from mvlocal.song.features import measure_song
from mvlocal.song.lyric_times import place_lyrics
from mvlocal.song.lyrics import parse_lyrics
from mvlocal.song.placing import SongFrame, Stretch
from mvlocal.song.registers import add_registers, line_pitch, split_registers
from mvlocal.song.song_map import make_song_map
from mvlocal.song.vocals import find_vocals, hear_voice

RATE_HZ = 22050
BEAT_S = 0.5
Sound = NDArray[np.float32]


def organ(beats: int) -> Sound:
    """Chords without any movement, one a bar, and a click a beat."""
    t = np.arange(int(beats * BEAT_S * RATE_HZ)) / RATE_HZ
    out = np.zeros(len(t))
    for bar in range(0, beats, 4):
        here = (t >= bar * BEAT_S) & (t < (bar + 4) * BEAT_S)
        for note in (48, 60, 64, 67):
            hz = 440 * 2 ** ((note + (0, 5, 7, 5)[bar // 4 % 4] - 69) / 12)
            out[here] += sum(np.sin(2 * np.pi * hz * k * t[here]) / k for k in range(1, 6)) / 8
    rng = np.random.default_rng(1)
    for beat in range(beats):
        start = int(beat * BEAT_S * RATE_HZ)
        hit = rng.standard_normal(800) * np.exp(-np.arange(800) / 150) * (0.9 if beat % 4 == 0 else 0.5)
        out[start : start + 800] += hit
    return (out * 0.2).astype(np.float32)


def sing(note: float, length_s: float, rng: np.random.Generator) -> Sound:
    """One sung note: a scoop into it, then vibrato; harmonics up to 4 kHz under two formants."""
    t = np.arange(int(length_s * RATE_HZ)) / RATE_HZ
    wave = 0.35 * np.clip((t - 0.1) / 0.2, 0, 1) * np.sin(2 * np.pi * rng.uniform(5, 6) * t + rng.uniform(0, 6))
    hz = 440 * 2 ** ((note + wave - 1.2 * np.exp(-t / 0.035) - 69) / 12)
    phase = 2 * np.pi * np.cumsum(hz) / RATE_HZ
    out = np.zeros(len(t))
    for number in range(1, int(4000 / hz.mean())):
        gain = (
            0.05
            + np.exp(-(((number * hz.mean() - 650) / 250) ** 2))
            + 0.5 * np.exp(-(((number * hz.mean() - 1700) / 300) ** 2))
        )
        out += gain / number**0.5 * np.sin(number * phase)
    rise = np.minimum(np.minimum(t / 0.02, (length_s - t) / 0.04), 1)
    return (0.25 * out * rise).astype(np.float32)


@dataclass
class SungSong:
    """A song of `beats` with lines sung at given beats: (beat, syllables, note)."""

    beats: int
    rows: Sequence[tuple[float, int, float]]
    band: Sound = field(init=False)
    voice: Sound = field(init=False)

    def __post_init__(self) -> None:
        rng = np.random.default_rng(7)
        self.band = organ(self.beats)
        self.voice = np.zeros_like(self.band)
        for beat, syllables, note in self.rows:
            for step in range(syllables):
                start = int((beat + step / 2) * BEAT_S * RATE_HZ)
                sound = sing(note + rng.integers(0, 3), 0.24, rng)
                self.voice[start : start + len(sound)] += sound[: len(self.voice) - start]

    @property
    def mix(self) -> Sound:
        return self.band + self.voice

    @property
    def spans(self) -> list[tuple[float, float]]:
        return [(beat * BEAT_S, (beat + syllables / 2) * BEAT_S) for beat, syllables, _ in self.rows]


VERSE = [(16 + 8 * i, 8, 57.0) for i in range(4)]
CHORUS = [(56 + 8 * i, 10, 66.0) for i in range(2)]
AGAIN = [(80 + 8 * i, 8, 57.0) for i in range(4)] + [(120 + 8 * i, 10, 66.0) for i in range(2)]


@pytest.fixture(scope="module")
def song() -> SungSong:
    return SungSong(144, [*VERSE, *CHORUS, *AGAIN])


def overlap(spans: Sequence[tuple[float, float]], found: SongMap) -> float:
    at = np.arange(0, found.duration_s, 0.05)
    one = np.asarray([any(a <= t < b for a, b in spans) for t in at])
    two = np.asarray([any(v.start_s <= t < v.end_s for v in found.vocals) for t in at])
    return 2 * int((one & two).sum()) / int(one.sum() + two.sum())


def test_singing_is_found_over_a_band_and_none_in_the_band_alone(song: SungSong) -> None:
    duration_s = len(song.mix) / RATE_HZ
    heard = make_song_map(song.mix, RATE_HZ, duration_s, make()).song_map
    assert overlap(song.spans, heard) > 0.85
    band = measure_song(song.band, RATE_HZ)
    alone = hear_voice(song.band, RATE_HZ, band)
    assert sum(span.length_s for span in find_vocals(alone.activity, duration_s)) < 0.05 * duration_s


def test_a_stem_is_heard_where_it_sounds_and_bleed_is_no_voice(song: SungSong) -> None:
    features = measure_song(song.mix, RATE_HZ)
    duration_s = len(song.mix) / RATE_HZ
    stem = hear_voice(song.mix, RATE_HZ, features, stem=song.voice + 0.002 * song.band)
    found = find_vocals(stem.activity, duration_s)
    assert min(abs(found[0].start_s - start) for start, _ in song.spans) < 0.15
    assert abs(sum(span.length_s for span in found) - sum(b - a for a, b in song.spans)) < 0.2 * duration_s
    bleed = hear_voice(song.mix, RATE_HZ, features, stem=0.01 * song.band)
    assert not bleed.activity.any()
    silent = hear_voice(song.mix, RATE_HZ, features, stem=np.zeros_like(song.mix))
    assert not silent.activity.any()


@pytest.mark.parametrize("by_stem", [False, True])
def test_two_singers_are_told_apart_by_pitch(song: SungSong, by_stem: bool) -> None:
    rows = [(start, end, note) for (start, end), (_, _, note) in zip(song.spans, song.rows, strict=True)]
    lines = [LyricLine(text="la", start_s=a, end_s=b, confidence=1.0) for a, b, _ in rows]
    features = measure_song(song.mix, RATE_HZ)
    voice = hear_voice(song.mix, RATE_HZ, features, stem=song.voice if by_stem else None, syllables=100)
    pitches = [line_pitch(line, voice.singing, voice.activity) for line in lines]
    assert np.abs(np.asarray(pitches) - [note + 1 for _, _, note in rows]).max() < 2.0
    told = [line.sung_register for line in add_registers(lines, voice.singing, voice.activity)]
    assert told == ["low" if note < 60 else "high" for _, _, note in rows]


def test_a_low_voice_is_not_heard_an_octave_up() -> None:
    song = SungSong(48, [(8 * i, 10, 46.0) for i in range(1, 5)])
    features = measure_song(song.mix, RATE_HZ)
    voice = hear_voice(song.mix, RATE_HZ, features, syllables=40)
    lines = [LyricLine(text="la", start_s=a, end_s=b, confidence=1.0) for a, b in song.spans]
    pitches = [line_pitch(line, voice.singing, voice.activity) for line in lines]
    assert np.abs(np.asarray(pitches) - 47).max() < 2.0


def test_one_singer_has_no_register() -> None:
    even = np.linspace(57, 69, 24)
    assert split_registers(even) == [None] * 24
    assert split_registers(np.asarray([60.0, 60.5, 61.0, 62.0, 63.0, 64.0])) == [None] * 6
    assert split_registers(np.asarray([50.0, 62.0])) == [None, None]
    assert split_registers(np.asarray([50.0, np.nan, 51.0, 62.0, 63.0])) == ["low", None, "low", "high", "high"]
    assert split_registers(np.zeros(0)) == []


def test_plain_lines_land_where_they_are_sung_and_choruses_at_their_own_times(song: SungSong) -> None:
    verse = "under the river lights are burning\n" * 4
    chorus = "never again will we ever go over\n" * 2
    text = f"[Verse]\n{verse}\n[Chorus]\n{chorus}\n[Verse]\n{verse}\n[Chorus]\n{chorus}"
    duration_s = len(song.mix) / RATE_HZ
    heard = make_song_map(song.mix, RATE_HZ, duration_s, make(), lyrics=parse_lyrics(text, "a.txt")).song_map
    starts = np.asarray([line.start_s for line in heard.lyrics])
    assert len(starts) == 12
    assert np.abs(starts - [start for start, _ in song.spans]).mean() < 0.5
    assert heard.backends["lyrics"] == "aligned without models"


# --- models that hear words -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ear:
    """A model's answers, written down beforehand, in the real values of the seam."""

    lines: tuple[HeardLine | None, ...]
    name: str = "whisper"

    def align_lyrics(
        self, samples: Sound, sample_rate_hz: int, lines: Sequence[str], language: str | None
    ) -> Sequence[HeardLine | None]:
        assert len(samples) > sample_rate_hz
        assert language is None
        return self.lines

    def transcribe(self, samples: Sound, sample_rate_hz: int, language: str | None) -> tuple[str, Sequence[HeardLine]]:
        assert len(samples) > sample_rate_hz
        assert language is None
        return "de", [line for line in self.lines if line is not None]


def test_an_aligners_times_win_and_lines_it_did_not_find_are_reported(song: SungSong) -> None:
    found = HeardLine("one two", 9.0, 11.0, 0.7, (HeardWord("one", 8.9, 9.5, 0.7), HeardWord("two", 9.5, 11.2, 0.7)))
    ear = Ear((found, None, HeardLine("late", 500.0, 501.0, 0.9), HeardLine("early", 8.0, 8.5, 1.4)))
    lyrics = parse_lyrics("one two\nthree\nlate\nearly\n", "a.txt")
    heard = make_song_map(song.mix, RATE_HZ, 72.0, make(), lyrics=lyrics, aligner=ear, voice_samples=song.voice)
    early, first = heard.song_map.lyrics
    assert (early.text, early.start_s, early.confidence) == ("early", 8.0, 1.0)
    assert (first.text, first.start_s, first.end_s, first.confidence) == ("one two", 9.0, 11.0, 0.7)
    assert [(w.text, w.start_s, w.end_s) for w in first.words] == [("one", 9.0, 9.5), ("two", 9.5, 11.0)]
    assert heard.song_map.unplaced_lyrics == ("three", "late")
    assert heard.song_map.backends == {"beats": "librosa", "lyrics": "whisper"}
    assert "2 lyric lines have no place" in heard.warnings[0][0]
    with pytest.raises(ValueError, match="answered for 1 lines of 4"):
        make_song_map(song.mix, RATE_HZ, 72.0, make(), lyrics=lyrics, aligner=replace(ear, lines=(None,)))


def test_timed_lyrics_need_no_aligner(song: SungSong) -> None:
    lyrics = parse_lyrics("[00:01.00]one\n[00:05.00]two\n", "a.lrc")
    heard = make_song_map(song.mix, RATE_HZ, 72.0, make(), lyrics=lyrics, aligner=Ear(())).song_map
    assert [line.start_s for line in heard.lyrics] == [1.0, 5.0]
    assert heard.backends["lyrics"] == "lrc"


def test_a_song_without_lyrics_is_written_down_or_said_to_be_instrumental(song: SungSong) -> None:
    ear = Ear((HeardLine("und noch einmal", 28.0, 30.0, 0.5), HeardLine("im Licht", 8.0, 11.0, 0.8)))
    heard = make_song_map(song.mix, RATE_HZ, 72.0, make(), transcriber=ear)
    assert [(line.text, line.start_s) for line in heard.song_map.lyrics] == [
        ("im Licht", 8.0),
        ("und noch einmal", 28.0),
    ]
    assert heard.song_map.language == "de"
    assert heard.song_map.backends["lyrics"] == "transcribed by whisper"
    assert heard.warnings == ()
    plain = make_song_map(song.mix, RATE_HZ, 72.0, make())
    assert plain.song_map.lyrics == ()
    assert "instrumental" in plain.warnings[0][0]
    empty = make_song_map(song.mix, RATE_HZ, 72.0, make(), transcriber=Ear(()))
    assert empty.song_map.lyrics == ()


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 999),
    duration_s=st.floats(1.0, 60.0),
    stanzas=st.lists(st.integers(1, 5), min_size=1, max_size=8),
    beat_s=st.sampled_from([0.0, 0.35, 0.6]),
)
def test_every_line_is_placed_in_order_or_reported(
    seed: int, duration_s: float, stanzas: list[int], beat_s: float
) -> None:
    rng = np.random.default_rng(seed)
    voice = np.repeat(rng.random(int(duration_s) + 2) > 0.5, 10)[: int(duration_s * 10) + 1].astype(float)
    beats = np.arange(0.2, duration_s, beat_s).tolist() if beat_s else []
    half = duration_s / 2
    stretches = [Stretch(0.0, half, "verse", 0), Stretch(half, duration_s, "chorus", 1)]
    text = "\n\n".join("\n".join(["words of a line"] * count) for count in stanzas)
    found = place_lyrics(parse_lyrics(text, "a.txt"), SongFrame(duration_s, voice, beats, beats[::4], stretches))
    assert len(found.lines) + len(found.unplaced) == sum(stanzas)
    assert all(a.start_s <= b.start_s and a.end_s <= b.start_s + 1e-9 for a, b in pairwise(found.lines))
    assert all(0 <= line.start_s <= line.end_s <= duration_s + 1e-3 for line in found.lines)
    assert all(0 < line.confidence <= 0.85 for line in found.lines)
