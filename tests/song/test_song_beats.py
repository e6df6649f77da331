"""The model-free tracker against songs with exact truth."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import mir_eval
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from song_sounds import RATE_HZ, play_song

from mvlocal.backends.librosa_beats import LibrosaBeats, make
from mvlocal.schema.song import EnergyCurve
from mvlocal.song.beats import features_to_beats
from mvlocal.song.features import FRAME_RATE_HZ, SLOW_RATE_HZ, SongFeatures, measure_song
from mvlocal.song.metre import CUES, count_bars
from mvlocal.song.pulse import refine_beats, track_beats_at
from mvlocal.song.sections import find_segments


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("slow", {"bpm": 64, "bars": 12}),
        ("hip-hop pace", {"bpm": 89}),
        ("middle", {"bpm": 120}),
        ("fast", {"bpm": 174, "bars": 24}),
        ("waltz", {"bpm": 132, "per_bar": 3, "bars": 24}),
        ("drift", {"bpm": 104, "drift": 0.05}),
        ("no drums", {"bpm": 96, "drums": False}),
        ("waltz without drums", {"bpm": 110, "per_bar": 3, "drums": False, "bars": 20}),
        ("very fast", {"bpm": 188, "bars": 24}),
        ("tempo change", {"bpm": 100, "change": 1.25, "bars": 24}),
        ("six-eight", {"bpm": 62, "per_bar": 2, "bars": 24, "between": (1 / 3, 2 / 3)}),
        ("shuffle", {"bpm": 108, "between": (2 / 3,)}),
        ("twelve-eight", {"bpm": 66, "between": (1 / 3, 2 / 3)}),
    ],
)
def test_beats_downbeats_and_metre_are_found(name: str, settings: dict[str, object]) -> None:
    song = play_song(**settings)  # type: ignore[arg-type]
    grid = make().track_beats(song.samples, RATE_HZ)
    assert mir_eval.beat.f_measure(song.beats, grid.beats) >= 0.9, name
    assert mir_eval.beat.f_measure(song.downbeats, grid.downbeats) >= 0.85, name
    assert grid.beats_per_bar == settings.get("per_bar", 4)


def test_beats_fall_on_the_attacks_within_a_frame_and_a_half() -> None:
    song = play_song(120)
    beats = make().track_beats(song.samples, RATE_HZ).beats
    off = np.asarray([np.abs(beats - t).min() for t in song.beats[2:-2]])
    assert np.median(off) < 0.012
    assert off.max() < 0.04


def test_the_grid_is_increasing_and_covers_a_quiet_lead_in() -> None:
    song = play_song(120, lead_s=4.5)
    grid = make().track_beats(song.samples, RATE_HZ)
    assert (np.diff(grid.beats) > 0).all()
    assert grid.beats[0] < 1.0
    assert grid.beats[-1] > song.duration_s - 1.2
    assert set(grid.downbeats) <= set(grid.beats)


@pytest.mark.parametrize("kind", ["silence", "noise", "tone", "click", "tiny"])
def test_what_has_no_pulse_gives_an_empty_grid(kind: str) -> None:
    t = np.arange(20 * RATE_HZ) / RATE_HZ
    sounds = {
        "silence": np.zeros(len(t)),
        "noise": np.random.default_rng(1).normal(0, 0.1, len(t)),
        "tone": 0.3 * np.sin(2 * np.pi * 220 * t),
        "click": np.where(np.arange(len(t)) == 5 * RATE_HZ, 0.9, 0.0),
        "tiny": np.zeros(40),
    }
    grid = make().track_beats(sounds[kind].astype(np.float32), RATE_HZ)
    assert len(grid.beats) == 0
    assert len(grid.downbeats) == 0


def test_other_rates_and_loudness_change_nothing_much() -> None:
    song = play_song(100)
    again = make().track_beats(np.repeat(song.samples, 2) * np.float32(0.02), 2 * RATE_HZ)
    assert mir_eval.beat.f_measure(song.beats, again.beats) >= 0.9


def test_tracking_is_repeatable() -> None:
    song = play_song(110, bars=8)
    tracker = LibrosaBeats()
    one, two = (tracker.track_beats(song.samples, RATE_HZ) for _ in range(2))
    assert one.beats.tolist() == two.beats.tolist()


def test_features_measured_once_give_the_same_grid() -> None:
    song = play_song(100, bars=8)
    tracker = make()
    one = tracker.track_beats(song.samples, RATE_HZ)
    two = tracker.track_features(measure_song(song.samples, RATE_HZ))
    assert one.beats.tolist() == two.beats.tolist()
    assert one.downbeats.tolist() == two.downbeats.tolist()


@pytest.mark.parametrize("off", [0.25, 0.5])
def test_a_break_whose_only_notes_fall_off_the_beat_keeps_the_phase(off: float) -> None:
    """Kick on the beat and bass off it; in the break the bass is alone."""
    period, beats, lag = 50, 96, round(off * 50)
    rows = np.zeros((6, beats * period))
    for beat in range(beats):
        rows[1, beat * period + lag] = 1.5
        if not 40 <= beat < 64:
            rows[0, beat * period] = 1.5
    envelope = np.sqrt(rows[0] + 0.8 * rows[1])
    grid = track_beats_at(envelope, rows, np.full(rows.shape[1], float(period)))
    phase = (grid[2:-2] - grid[2]) / period
    assert np.abs(phase - np.round(phase)).max() < 0.06  # on or off the beat throughout: the reading settles which


def test_beats_move_to_their_onsets_together_and_jitter_of_single_hands_is_evened_out() -> None:
    rng = np.random.default_rng(3)
    frames = np.linspace(20, 20 + 50 * 63, 64, dtype=np.float64)
    played = np.round(frames + 2.0 + rng.normal(0, 1.0, len(frames))).astype(int)
    envelope = np.zeros(int(frames[-1]) + 60)
    envelope[played] = 1.0
    off = refine_beats(frames, envelope) - frames
    assert abs(float(off.mean()) - 2.0) < 0.3
    assert float(off.std()) < 0.6


def test_beats_without_onsets_stay_where_they_are() -> None:
    frames = np.linspace(20, 20 + 50 * 15, 16, dtype=np.float64)
    assert refine_beats(frames, np.zeros(900)).tolist() == frames.tolist()


def test_a_song_of_fewer_than_eight_beats_has_no_grid() -> None:
    assert len(track_beats_at(np.ones(300), np.ones((6, 300)), np.full(300, 50.0))) == 0


@pytest.mark.parametrize("per_bar", [3, 4])
def test_bars_are_counted_from_the_harmony_when_nothing_else_speaks(per_bar: int) -> None:
    cues = np.zeros((len(CUES), 60))
    cues[CUES.index("harmony"), 2::per_bar] = 2.0
    assert np.flatnonzero(count_bars(cues, per_bar) == 0).tolist() == list(range(2, 60, per_bar))


@given(seed=st.integers(0, 10_000), seconds=st.floats(8.0, 25.0), busy=st.floats(0.0, 0.3))
@settings(max_examples=12, deadline=None)
def test_any_sound_gives_an_increasing_grid_and_sections_that_tile(seed: int, seconds: float, busy: float) -> None:
    rng = np.random.default_rng(seed)
    frames, slow = int(seconds * FRAME_RATE_HZ) + 1, int(seconds * SLOW_RATE_HZ) + 1
    onsets = np.where(rng.random((5, frames)) < busy, rng.random((5, frames)), 0.0).astype(np.float32)
    features = measure_song(rng.normal(0, 0.1, int(seconds * RATE_HZ)).astype(np.float32), RATE_HZ)
    features = _with_onsets(features, onsets[:, : features.onsets.shape[1]])
    grid = features_to_beats(features)
    assert (np.diff(grid.beats) > 0).all()
    assert set(grid.downbeats) <= set(grid.beats)
    assert not len(grid.beats) or (grid.beats[0] >= 0 and grid.beats[-1] < features.duration_s)
    flat = EnergyCurve(step_s=0.1, values=(0.5,) * (slow + 1))
    segments = find_segments(features, grid.downbeats.tolist(), flat, np.zeros(features.chroma.shape[1]))
    assert segments[0].start_s == 0
    assert segments[-1].end_s == features.duration_s
    assert all(a.end_s == b.start_s and a.start_s < a.end_s for a, b in pairwise(segments))


def _with_onsets(features: SongFeatures, onsets: np.ndarray) -> SongFeatures:
    padded = np.pad(onsets, ((0, 0), (0, features.onsets.shape[1] - onsets.shape[1])))
    return replace(features, onsets=padded, tonal=padded[0])
