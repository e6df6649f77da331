"""The whole hearing: sections, energy, vocals, lyrics and the odd songs."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from song_sounds import RATE_HZ, TestSong, play_song

from mvlocal.backends.librosa_beats import make
from mvlocal.errors import InputError
from mvlocal.schema.song import EnergyCurve, SongMap
from mvlocal.song.energy import find_lifts
from mvlocal.song.lyrics import parse_lyrics
from mvlocal.song.plot import plot_song_map
from mvlocal.song.song_map import SongAnalysis, make_song_map


@pytest.fixture(scope="module")
def song() -> TestSong:
    return play_song(120, bars=32)


@pytest.fixture(scope="module")
def heard(song: TestSong) -> SongAnalysis:
    lyrics = parse_lyrics("[Verse]\nunder the river\nlights are burning\n\n[Chorus]\nnever again\nnever again", "l.txt")
    return make_song_map(song.samples, RATE_HZ, song.duration_s, make(), lyrics=lyrics)


def test_sections_tile_the_song_and_the_loud_half_begins_one(song: TestSong, heard: SongAnalysis) -> None:
    sections = heard.song_map.sections
    assert sections[0].start_s == 0
    assert sections[-1].end_s == song.duration_s
    assert min(abs(s.start_s - song.sections[1][0]) for s in sections) < 0.5
    first, last = sections[0], max(sections, key=lambda s: s.energy)
    assert first.energy < last.energy
    assert last.start_s > song.duration_s / 3


def test_energy_covers_the_song_and_rises_in_the_loud_half(song: TestSong, heard: SongAnalysis) -> None:
    energy = heard.song_map.energy
    assert abs(len(energy.values) * energy.step_s - song.duration_s) < 0.2
    half = len(energy.values) // 2
    assert np.mean(energy.values[half:]) > np.mean(energy.values[:half]) + 0.1


def test_every_plain_line_is_placed_in_order_or_reported(heard: SongAnalysis) -> None:
    lines = heard.song_map.lyrics
    assert len(lines) + len(heard.song_map.unplaced_lyrics) == 4
    assert all(a.start_s <= b.start_s for a, b in pairwise(lines))
    assert all(0 < line.confidence < 1 for line in lines)


def test_the_map_survives_json_and_names_its_backends(heard: SongAnalysis) -> None:
    again = SongMap.from_json(heard.song_map.to_json())
    assert again == heard.song_map
    assert again.backends == {"beats": "librosa", "lyrics": "aligned without models"}


def test_timed_lyrics_are_exact_and_lines_past_the_end_are_reported(song: TestSong) -> None:
    text = "[00:01.25]<00:01.25>first <00:02.00>words <00:02.50>\n[00:04.00]second\n[00:09.00]\n[59:00.00]too late\n"
    result = make_song_map(song.samples, RATE_HZ, song.duration_s, make(), lyrics=parse_lyrics(text, "a.lrc"))
    lines = result.song_map.lyrics
    assert [(line.start_s, line.confidence) for line in lines] == [(1.25, 1.0), (4.0, 1.0)]
    assert [(w.text, w.start_s, w.end_s) for w in lines[0].words] == [("first", 1.25, 2.0), ("words", 2.0, 2.5)]
    assert lines[0].end_s == 2.5
    assert 6 < lines[1].end_s <= 9
    assert result.song_map.unplaced_lyrics == ("too late",)
    assert "1 lyric line has no place" in result.warnings[0][0]


def test_a_silent_song_is_one_section_with_a_warning() -> None:
    lyrics = parse_lyrics("la la la\nlo lo lo", "l.txt")
    result = make_song_map(np.zeros(5 * RATE_HZ, np.float32), RATE_HZ, 5.0, make(), lyrics=lyrics)
    found = result.song_map
    assert found.beats == ()
    assert [(s.label, s.start_s, s.end_s, s.energy) for s in found.sections] == [("inst", 0.0, 5.0, 0.0)]
    assert found.unplaced_lyrics == ("la la la", "lo lo lo")
    assert "silent" in result.warnings[0][0]


def test_too_short_and_broken_samples_are_refused() -> None:
    with pytest.raises(InputError, match="at least 1 s"):
        make_song_map(np.zeros(2000, np.float32), RATE_HZ, 0.09, make())
    broken = np.full(3 * RATE_HZ, np.nan, np.float32)
    with pytest.raises(InputError, match="not numbers"):
        make_song_map(broken, RATE_HZ, 3.0, make())


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(length_s=st.floats(1.0, 9.0), seed=st.integers(0, 99), level=st.sampled_from([1e-4, 0.01, 1.0]))
def test_any_short_sound_gives_a_valid_map(length_s: float, seed: int, level: float) -> None:
    rng = np.random.default_rng(seed)
    samples = (level * rng.standard_normal(int(length_s * RATE_HZ)) * rng.random()).astype(np.float32)
    duration_s = len(samples) / RATE_HZ
    found = make_song_map(
        samples, RATE_HZ, max(duration_s, 1.0), make(), lyrics=parse_lyrics("a b\n" * 30, "x")
    ).song_map
    assert len(found.lyrics) + len(found.unplaced_lyrics) == 30
    if duration_s < 7:
        assert len(found.sections) == 1


def test_a_drop_and_the_build_before_it_are_found() -> None:
    values = [0.5] * 100 + list(np.linspace(0.2, 0.6, 80)) + [0.95] * 120
    curve = EnergyCurve(step_s=0.1, values=tuple(values))
    lifts = find_lifts(curve, [float(t) for t in range(0, 30, 2)])
    assert [(lift.kind, lift.end_s) for lift in lifts] == [("build", 18.0), ("drop", 18.0)]


def test_the_plot_is_a_picture_of_its_width(tmp_path: Path, song: TestSong, heard: SongAnalysis) -> None:
    out = tmp_path / "map.png"
    plot_song_map(heard.song_map, song.samples, RATE_HZ, out, title="A $song")
    head = out.read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(head[16:20], "big") == 1920
    with pytest.raises(InputError, match="cannot be written"):
        plot_song_map(heard.song_map, song.samples, RATE_HZ, tmp_path / "no" / "map.png")
