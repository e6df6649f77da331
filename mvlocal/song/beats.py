"""Our own beat tracker, needing no weights: from measured features to beats, downbeats and metre.

It chains tempo path, grids at every plausible metrical level, the choice among them, and the bar. It does not
know about sections or files.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mvlocal.song.features import FRAME_RATE_HZ, Floats, SongFeatures, measure_song
from mvlocal.song.level import plausible_ratios
from mvlocal.song.pulse import between_beats, extend_to, refine_beats, track_beats_at
from mvlocal.song.reading import Reading, read_grid
from mvlocal.song.tempo import PULSE_FLOOR, follow_tempo, has_attacks, level_onsets, mix_onsets

Reals = NDArray[np.float64]

ONSET_LAG_S = 0.007
"""How much later than the attack itself the onset envelopes peak."""
_FEWEST_BEATS = 8
_PLACES = (0.0, 1 / 2, 1 / 3, 2 / 3, 1 / 4, 3 / 4)


@dataclass(frozen=True, slots=True)
class TrackedBeats:
    """Beats and downbeats in seconds, strictly increasing; every downbeat is a beat. Empty without a pulse."""

    beats: Reals
    downbeats: Reals
    beats_per_bar: int


NO_PULSE = TrackedBeats(np.zeros(0), np.zeros(0), 4)


def find_beats(samples: Floats, sample_rate_hz: int) -> TrackedBeats:
    """Beats of mono `samples` (n,) in [-1, 1]; an unpulsed or near-silent song gives NO_PULSE."""
    return features_to_beats(measure_song(samples, sample_rate_hz))


def features_to_beats(features: SongFeatures) -> TrackedBeats:
    """As `find_beats`, from features already measured."""
    readings = read_features(features)
    if not readings:
        return NO_PULSE
    best = max(readings, key=lambda reading: reading.score)
    return _to_seconds(refine_beats(best.grid, mix_onsets(level_onsets(features))), best, features)


def read_features(features: SongFeatures) -> list[Reading]:
    """Every plausible reading of the song as beats and bars; none without a pulse."""
    if features.silent or not has_attacks(features):
        return []
    rows = level_onsets(features)
    envelope = mix_onsets(rows)
    path = follow_tempo(envelope)
    if path.strength < PULSE_FLOOR:
        return []
    return [
        reading
        for ratio in plausible_ratios(float(np.median(path.period)))
        for grid in _grids(envelope, rows, path.period * ratio)
        for reading in read_grid(grid, rows, features)
    ]


def _grids(envelope: Reals, rows: Reals, period: Reals) -> list[Reals]:
    """Grids of one metrical level: syncopation and swing put the loudest onsets between the beats."""
    grid = track_beats_at(envelope, rows, period)
    return [between_beats(grid, part) for part in _PLACES] if len(grid) > _FEWEST_BEATS else []


def _to_seconds(grid: Reals, reading: Reading, features: SongFeatures) -> TrackedBeats:
    """Frames to seconds inside the song, downbeats carried over the extended ends."""
    full = extend_to(grid, features.onsets.shape[1])
    first = int(np.searchsorted(full, grid[0]))
    is_downbeat = np.zeros(len(full), dtype=bool)
    is_downbeat[reading.downbeats + first] = True
    if len(reading.downbeats):
        is_downbeat[np.arange(reading.downbeats[0] + first, -1, -reading.beats_per_bar)] = True
        is_downbeat[np.arange(reading.downbeats[-1] + first, len(full), reading.beats_per_bar)] = True
    seconds = full / FRAME_RATE_HZ - ONSET_LAG_S
    inside = (seconds >= 0) & (seconds < features.duration_s)
    inside &= np.concatenate([[True], np.diff(seconds) > 0.05])
    beats = np.round(seconds[inside], 4)
    return TrackedBeats(beats, beats[is_downbeat[inside]], reading.beats_per_bar)
