"""The model-free tracker against songs with exact truth."""

from __future__ import annotations

import mir_eval
import numpy as np
import pytest
from song_sounds import RATE_HZ, play_song

from mvlocal.backends.librosa_beats import LibrosaBeats, make


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
        ("tempo change", {"bpm": 100, "change": 1.25, "bars": 24}),
    ],
)
def test_beats_downbeats_and_metre_are_found(name: str, settings: dict[str, float]) -> None:
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
