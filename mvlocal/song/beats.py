"""Our own beat tracker, needing no weights: from measured features to beats, downbeats and metre.

It chains tempo path, grids at every plausible metrical level, the choice among them, and the bar. It does not
know about sections or files.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mvlocal.song.features import FRAME_RATE_HZ, Floats, SongFeatures, measure_song
from mvlocal.song.level import plausible_ratios, weigh_level
from mvlocal.song.metre import Metre, find_metre
from mvlocal.song.pulse import bridge_slips, extend_to, refine_beats, track_levels
from mvlocal.song.tempo import PULSE_FLOOR, follow_tempo, has_attacks, level_onsets, mix_onsets

Reals = NDArray[np.float64]

ONSET_LAG_S = 0.007
"""How much later than the attack itself the onset envelopes peak."""
_FEWEST_BEATS = 4


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
    if features.silent or not has_attacks(features):
        return NO_PULSE
    rows = level_onsets(features)
    envelope = mix_onsets(rows)
    path = follow_tempo(envelope)
    ratios = plausible_ratios(float(np.median(path.period)))
    if path.strength < PULSE_FLOOR or not ratios:
        return NO_PULSE
    grids = track_levels([envelope] * len(ratios), [path.period * ratio for ratio in ratios])
    grids = [bridge_slips(grid) for grid in grids if len(grid) > _FEWEST_BEATS]
    # In syncopated music the loudest onsets fall between the beats, so every grid is also judged half a beat late.
    grids += [(grid[1:] + grid[:-1]) / 2 for grid in grids]
    if not grids:
        return NO_PULSE
    metres = [find_metre(grid, rows, features) for grid in grids]
    scores = [weigh_level(grid, rows, metre.fit).score for grid, metre in zip(grids, metres, strict=True)]
    best = int(np.argmax(scores))
    return _to_seconds(refine_beats(grids[best], envelope), metres[best], features)


def _to_seconds(grid: Reals, metre: Metre, features: SongFeatures) -> TrackedBeats:
    """Frames to seconds inside the song, downbeats carried over the extended ends."""
    full = extend_to(grid, features.onsets.shape[1])
    first = int(np.searchsorted(full, grid[0]))
    is_downbeat = np.zeros(len(full), dtype=bool)
    is_downbeat[metre.downbeats + first] = True
    if len(metre.downbeats):
        is_downbeat[np.arange(metre.downbeats[0] + first, -1, -metre.beats_per_bar)] = True
        is_downbeat[np.arange(metre.downbeats[-1] + first, len(full), metre.beats_per_bar)] = True
    seconds = full / FRAME_RATE_HZ - ONSET_LAG_S
    inside = (seconds >= 0) & (seconds < features.duration_s)
    inside &= np.concatenate([[True], np.diff(seconds) > 0.05])
    beats = np.round(seconds[inside], 4)
    return TrackedBeats(beats, beats[is_downbeat[inside]], metre.beats_per_bar)
