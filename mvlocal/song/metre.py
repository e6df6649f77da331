"""Which beats are the one: 3/4 against 4/4 and the bar's phase. It does not move beats.

Each beat is described by its kick, its snare, how the harmony, the bass and the sound change there; a Viterbi
search over bar positions, where skipping a beat is dear, gives the downbeats.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mvlocal.song.features import FRAME_RATE_HZ, SLOW_RATE_HZ, SongFeatures
from mvlocal.song.level import strike_levels

Reals = NDArray[np.float64]

CUES = ("kick", "snare", "notes", "harmony", "bass", "harmony_wide", "sound", "crash")
_WEIGHTS = np.asarray([0.5, 0.6, 0.35, 0.9, 0.9, 0.7, 0.5, 0.25])
_TEMPLATES: dict[int, Reals] = {
    4: np.asarray(
        [
            [1.0, -0.7, 0.4, -0.7],
            [-0.8, 0.9, -0.8, 0.7],
            [0.9, -0.4, 0.0, -0.5],
            [1.0, -0.43, -0.15, -0.42],
            [1.0, -0.43, -0.15, -0.42],
            [1.0, -0.3, -0.3, -0.4],
            [1.0, -0.3, -0.3, -0.4],
            [1.0, -0.3, -0.4, -0.3],
        ]
    ),
    3: 0.82  # a shorter bar stands out from its own mean more easily; this makes the two comparable
    * np.asarray(
        [
            [1.1, -0.55, -0.55],
            [-0.9, 0.45, 0.45],
            [0.8, -0.4, -0.4],
            [1.0, -0.5, -0.5],
            [1.0, -0.5, -0.5],
            [1.0, -0.5, -0.5],
            [1.0, -0.5, -0.5],
            [1.0, -0.5, -0.5],
        ]
    ),
}
_SKIP_COST = 14.0
_TRIPLE_PENALTY = 0.06
"""Mean score a beat by which 3/4 must beat 4/4: it is rarer."""


@dataclass(frozen=True, slots=True)
class Metre:
    """Beats a bar, indices of the beats that are downbeats, and the mean fit a beat."""

    beats_per_bar: int
    downbeats: NDArray[np.intp]
    fit: float


def find_metre(grid: Reals, rows: Reals, features: SongFeatures) -> Metre:
    """The metre and downbeats of a grid of beat frames (k,), at least two."""
    cues = describe_beats(grid, rows, features)
    found: list[Metre] = []
    for per_bar, template in _TEMPLATES.items():
        scores = (_WEIGHTS[:, None] * cues).T @ template  # (k, positions)
        positions, total = _follow_bars(scores)
        fit = total / len(grid) - (_TRIPLE_PENALTY if per_bar == 3 else 0.0)
        found.append(Metre(per_bar, np.flatnonzero(positions == 0), fit))
    return max(found, key=lambda metre: metre.fit)


def describe_beats(grid: Reals, rows: Reals, features: SongFeatures) -> Reals:
    """CUES at each beat, each standardised over the song: (8, k)."""
    strikes = strike_levels(rows, grid)
    slow = grid / FRAME_RATE_HZ * SLOW_RATE_HZ
    cues = [
        strikes[0],
        strikes[2] + strikes[3],
        strikes[5] + 0.5 * strikes[1],
        _change(features.chroma, slow, 1),
        _change(features.bass, slow, 1),
        _change(features.chroma, slow, 2) + _change(features.bass, slow, 2),
        _step(_scaled(np.vstack([features.timbre[1:], features.bands_db])), slow, 4),
        np.maximum(_rise(features.bands_db[4], slow, 2), 0.0),
    ]
    return np.stack([_standard(cue) for cue in cues])


def _standard(cue: Reals) -> Reals:
    spread = float(cue.std())
    if spread < 1e-6:
        return np.zeros(len(cue))
    return np.clip((cue - cue.mean()) / spread, -2.0, 2.5)


def _scaled(rows: NDArray[np.float32]) -> Reals:
    return (rows - rows.mean(axis=1, keepdims=True)) / np.maximum(rows.std(axis=1, keepdims=True), 1.0)


def _means(rows: NDArray[np.float32] | Reals, borders: Reals) -> Reals:
    """Means of rows (d, m) between successive borders in slow frames: (d, len(borders) - 1)."""
    sums = np.concatenate([np.zeros((len(rows), 1)), np.cumsum(rows, axis=1, dtype=np.float64)], axis=1)
    at = np.clip(borders, 0, rows.shape[1])
    low = np.minimum(np.floor(at).astype(int), rows.shape[1] - 1)
    value = sums[:, low] + (at - low) * (sums[:, low + 1] - sums[:, low])
    return np.diff(value, axis=1) / np.maximum(np.diff(at), 0.25)


def _sides(rows: NDArray[np.float32] | Reals, slow: Reals, reach: int) -> tuple[Reals, Reals]:
    """Means over the `reach` beats before and after each beat: two (d, k)."""
    count = len(slow)
    step = float(np.median(np.diff(slow)))
    extended = np.concatenate(
        [slow[0] - step * np.arange(reach, 0, -1), slow, slow[-1] + step * np.arange(1, reach + 1)]
    )
    means = _means(rows, extended + 0.3)
    windows = np.lib.stride_tricks.sliding_window_view(means, reach, axis=1).mean(axis=2)
    return windows[:, :count], windows[:, reach : reach + count]


def _change(rows: NDArray[np.float32], slow: Reals, reach: int) -> Reals:
    """One minus the cosine between what sounds before and after each beat: (k,)."""
    before, after = _sides(rows, slow, reach)
    norms = np.linalg.norm(before, axis=0) * np.linalg.norm(after, axis=0)
    cosine = (before * after).sum(axis=0) / np.maximum(norms, 1e-6)
    return np.where(norms > 1e-4, 1 - cosine, 0.0)


def _step(rows: Reals, slow: Reals, reach: int) -> Reals:
    before, after = _sides(rows, slow, reach)
    return np.linalg.norm(after - before, axis=0)


def _rise(row: NDArray[np.float32], slow: Reals, reach: int) -> Reals:
    before, after = _sides(row[None, :], slow, reach)
    return (after - before)[0]


def _follow_bars(scores: Reals) -> tuple[NDArray[np.intp], float]:
    """Best bar position of each beat and the total score; only a dear skip breaks the count."""
    count, positions = scores.shape
    best = scores[0].copy()
    back = np.zeros((count, positions), dtype=np.intp)
    onward = (np.arange(positions) - 1) % positions
    for beat in range(1, count):
        top = int(np.argmax(best))
        skip = best[top] - _SKIP_COST
        jumps = skip > best[onward]
        back[beat] = np.where(jumps, top, onward)
        best = np.where(jumps, skip, best[onward]) + scores[beat]
    path = np.empty(count, dtype=np.intp)
    path[-1] = int(np.argmax(best))
    for beat in range(count - 1, 0, -1):
        path[beat - 1] = back[beat, path[beat]]
    return path, float(best.max())
