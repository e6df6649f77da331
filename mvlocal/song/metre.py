"""The place of each beat in the bar, for a given number of beats a bar. It moves no beats and picks no metre.

Each beat is described by its kick, its snare, how the harmony, the bass and the sound change there and whether the
bass plays the root; a Viterbi search over bar positions, where skipping a beat is dear, counts the bars.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mvlocal.song.features import FRAME_RATE_HZ, SLOW_RATE_HZ, SongFeatures
from mvlocal.song.level import strike_levels

Reals = NDArray[np.float64]

CUES = ("kick", "snare", "notes", "harmony", "bass", "harmony_wide", "sound", "crash", "root")
_WEIGHTS = np.asarray([0.5, 0.6, 0.35, 0.9, 0.9, 0.7, 0.5, 0.25, 0.5])
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
            [1.0, -0.3, -0.4, -0.3],
        ]
    ),
    3: 0.82  # a shorter bar stands out from its own mean more easily; this makes the two comparable
    * np.outer([1.1, -0.9, 0.8, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0], [1.0, -0.5, -0.5]),
    2: np.outer([0.9, -0.8, 0.6, 0.7, 0.7, 0.7, 0.7, 0.7, 0.7], [1.0, -1.0]),
}
"""What each of CUES is worth at each place of the bar."""
_SKIP_COST = 14.0


def count_bars(cues: Reals, per_bar: int) -> NDArray[np.intp]:
    """Place in the bar (0 is the one) of each beat described by `cues` (9, k); only a dear skip breaks the count."""
    return _follow_bars((_WEIGHTS[:, None] * cues).T @ _TEMPLATES[per_bar])


def describe_beats(grid: Reals, rows: Reals, features: SongFeatures) -> Reals:
    """CUES at each beat, each standardised over the song: (9, k)."""
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
        _root(features, slow),
    ]
    return np.stack([_standard(cue) for cue in cues])


def change_on_and_between(rows: NDArray[np.float32], grid: Reals) -> tuple[float, float]:
    """How much `rows` (d, m) change, on average, at the beats (k,) and half way between them."""
    slow = grid / FRAME_RATE_HZ * SLOW_RATE_HZ
    both = np.empty(2 * len(slow) - 1)
    both[::2], both[1::2] = slow, (slow[:-1] + slow[1:]) / 2
    change = _change(rows, both, 1)
    return float(change[::2].mean()), float(change[1::2].mean())


def _root(features: SongFeatures, slow: Reals) -> Reals:
    """How much the bass of each beat is the root of the chord of the four beats that it opens: (k,)."""
    _, chord = _sides(features.chroma, slow, 4)
    salience = chord + 0.6 * np.roll(chord, -7, axis=0) + 0.4 * np.maximum(np.roll(chord, -3, 0), np.roll(chord, -4, 0))
    salience = salience - salience.mean(axis=0)
    _, bass = _sides(features.bass, slow, 1)
    norms = np.linalg.norm(salience, axis=0) * np.linalg.norm(bass, axis=0)
    return (salience * bass).sum(axis=0) / np.maximum(norms, 1e-6)


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


def _follow_bars(scores: Reals) -> NDArray[np.intp]:
    """Best bar position of each beat; only a dear skip breaks the count."""
    count, positions = scores.shape
    rows = scores.tolist()
    best: list[float] = rows[0]
    back: list[list[int]] = []
    for row in rows[1:]:
        top = max(range(positions), key=best.__getitem__)
        skip = best[top] - _SKIP_COST
        origin = [top if skip > best[place - 1] else (place - 1) % positions for place in range(positions)]
        best = [max(best[place - 1], skip) + row[place] for place in range(positions)]
        back.append(origin)
    path = [max(range(positions), key=best.__getitem__)]
    for origin in reversed(back):
        path.append(origin[path[-1]])
    return np.asarray(path[::-1], np.intp)[:count]
