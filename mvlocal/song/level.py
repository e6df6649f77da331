"""Which metrical level of a pulse is the beat that a listener taps. It does not place beats or bars.

Each candidate grid is judged by what sounds on its beats, between them, and on every other one of them.
Source of the tempo preference: the resonance around 110 bpm of van Noorden & Moelants (1999).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mvlocal.song.features import FRAME_RATE_HZ

Reals = NDArray[np.float64]

RATIOS = (1 / 3, 1 / 2, 2 / 3, 1.0, 3 / 2, 2.0, 3.0)
SLOWEST_BPM, FASTEST_BPM = 46.0, 224.0

_BANDS = np.asarray([0.35, 0.15, 0.2, 0.15, 0.0, 0.15])
"""How much low, low middle, middle, high, air and tonal onsets say about strong and weak beats."""
_LOW, _HIGH = [0], [2, 3]
_PREFERRED_BPM, _SPREAD_OCTAVES = 108.0, 0.55


@dataclass(frozen=True, slots=True)
class LevelEvidence:
    """What speaks for a grid being the beat; `score` weighs it all.

    filled: how much sounds on its beats. over_halves, over_thirds: how clearly beats outweigh what lies between.
    alternation: how far every other beat outweighs the rest, as at twice the true tempo. backbeat: how far kick and
    snare alternate from beat to beat. uneven: mean change of the beat's length, as a share. crumbs: how much sounds
    on eighths of a beat, as at half the true tempo. bar_fit: how well a bar explains the grid.
    """

    bpm: float
    filled: float
    over_halves: float
    over_thirds: float
    alternation: float
    backbeat: float
    uneven: float
    crumbs: float
    bar_fit: float

    @property
    def score(self) -> float:
        """Higher is likelier. Weights: a logistic fit to half of the benchmark and to the tests' songs, rounded."""
        octaves = np.log2(self.bpm / _PREFERRED_BPM)
        prior = -0.5 * (octaves / _SPREAD_OCTAVES) ** 2
        edge = max(0.0, 58 - self.bpm) / 6 + max(0.0, self.bpm - 200) / 12
        return float(
            0.7 * prior
            - 0.6 * edge
            + 1.6 * np.log(max(self.filled, 1e-3))
            + 2.0 * float(np.clip(self.over_halves, -0.1, 0.35))
            + 1.4 * min(self.over_thirds, 0.35)
            - 1.5 * self.alternation
            + 1.1 * self.backbeat
            - 3.0 * self.uneven
            - 0.3 * self.crumbs / (self.filled + 0.2)
            + 1.2 * self.bar_fit
        )


def plausible_ratios(period_frames: float) -> list[float]:
    """The ratios of RATIOS that keep a median period within the range of tempi people tap."""
    bpm = 60 * FRAME_RATE_HZ / period_frames
    return [ratio for ratio in RATIOS if SLOWEST_BPM <= bpm / ratio <= FASTEST_BPM]


def weigh_level(grid: Reals, rows: Reals, bar_fit: float) -> LevelEvidence:
    """Evidence for a grid of beat frames (k,), at least four, against levelled onsets (6, n)."""
    steps = np.diff(grid)
    on = strike_levels(rows, grid[:-1])
    half = strike_levels(rows, grid[:-1] + steps / 2)
    early = strike_levels(rows, grid[:-1] + steps / 3)
    late = strike_levels(rows, grid[:-1] + steps * 2 / 3)
    crumbs = [strike_levels(rows, grid[:-1] + steps * part, 2).mean() for part in (1 / 8, 3 / 8, 5 / 8, 7 / 8)]
    alternation, backbeat = _alternation(on)
    return LevelEvidence(
        bpm=float(60 * FRAME_RATE_HZ / np.median(steps)),
        filled=float(_BANDS @ np.minimum(on, 1.2).mean(axis=1)),
        over_halves=_dominance(on.mean(axis=1), half.mean(axis=1)),
        over_thirds=_dominance(on.mean(axis=1), np.maximum(early.mean(axis=1), late.mean(axis=1))),
        alternation=alternation,
        backbeat=backbeat,
        uneven=float(np.mean(np.abs(np.diff(steps))) / np.median(steps)) if len(steps) > 2 else 0.0,
        crumbs=float(np.mean(crumbs)),
        bar_fit=bar_fit,
    )


def strike_levels(rows: Reals, frames: Reals, reach: int = 3) -> Reals:
    """Strongest onset in each band within `reach` frames of each position: (6, k)."""
    centre = np.round(frames).astype(int)
    around = np.clip(centre[:, None] + np.arange(-reach, reach + 2)[None, :], 0, rows.shape[1] - 1)
    return rows[:, around].max(axis=2)


def _contrast(strong: Reals, weak: Reals) -> Reals:
    return (strong - weak) / (strong + weak + 0.15)


def _dominance(strong: Reals, weak: Reals) -> float:
    """How clearly `strong` outweighs `weak` in all bands together (-1 to 1); bands that disagree count twice."""
    contrast = _contrast(strong, weak)
    return float(_BANDS @ contrast - _BANDS @ np.maximum(-contrast, 0.0))


def _alternation(on: Reals, run: int = 16) -> tuple[float, float]:
    """How far every other beat outweighs its neighbours, and how far kick and snare alternate instead."""
    uneven: list[float] = []
    backbeat: list[float] = []
    for first in range(0, max(on.shape[1] - run + 1, 1), run):
        part = on[:, first : first + run]
        if part.shape[1] < 4:
            continue
        contrast = _contrast(part[:, ::2].mean(axis=1), part[:, 1::2].mean(axis=1))
        total = float(_BANDS @ contrast)
        agreed = contrast * (1.0 if total >= 0 else -1.0)
        uneven.append(float(_BANDS @ agreed - _BANDS @ np.maximum(-agreed, 0.0)))
        low, high = float(contrast[_LOW].mean()), float(contrast[_HIGH].mean())
        backbeat.append(max(abs(high - low) - 0.8 * abs(high + low), 0.0))
    if not uneven:
        return 0.0, 0.0
    return max(float(np.mean(uneven)), 0.0), float(np.mean(backbeat))
