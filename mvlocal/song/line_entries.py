"""From a search's picks to lines of the song map: exact entries, ends, and how sure each is. It searches nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mvlocal.schema.song import LyricLine
from mvlocal.song.lyrics.model import SungLine
from mvlocal.song.search_space import SearchSpace

Reals = NDArray[np.float64]

_MOST_CONFIDENT_GUESS = 0.85
_SAME_S = 1.0
"""Two readings agree on a line when they start it within a second."""
_SCORE_SPREAD = 4.0
_NEAR_S = 0.35


@dataclass(frozen=True, slots=True)
class Reading:
    """Indices of candidate starts, one a placed line, and what the whole placing is worth."""

    picks: tuple[int, ...]
    score: float

    @property
    def rank(self) -> tuple[int, float]:
        """More lines first, then the better score."""
        return len(self.picks), self.score


def readings_to_lines(
    lines: Sequence[SungLine],
    counts: NDArray[np.intp],
    space: SearchSpace,
    readings: Sequence[Reading],
    duration_s: float,
) -> tuple[LyricLine, ...]:
    """The best reading's lines; each is the surer the clearer its entry and the more readings agree on it."""
    best = max(readings, key=lambda reading: reading.rank)
    starts = [_to_entry(space, float(space.times[pick])) for pick in best.picks]
    starts = np.maximum.accumulate([0.0, *starts])[1:]
    lengths = np.maximum(space.syllable_s * 1.15 * counts[: len(starts)], 1.0)
    ends = np.minimum(np.minimum(starts + lengths, np.append(starts[1:], duration_s)), duration_s)
    ends = np.maximum(ends, starts)
    cover = (space.sung_until(ends) - space.sung_until(starts)) / np.maximum(ends - starts, 0.1)
    entry = np.clip(space.entry[list(best.picks)], 0.0, 1.0)
    sure = 0.1 + 0.25 * entry + 0.2 * np.minimum(cover, 1.0) + 0.3 * _agreement(space, readings, best)
    sure = np.minimum(sure, _MOST_CONFIDENT_GUESS)
    return tuple(
        LyricLine(
            text=lines[index].text,
            start_s=round(float(starts[index]), 3),
            end_s=round(max(float(ends[index]), round(float(starts[index]), 3)), 3),
            confidence=round(float(sure[index]), 3),
        )
        for index in range(len(starts))
    )


def _agreement(space: SearchSpace, readings: Sequence[Reading], best: Reading) -> Reals:
    """For each line, the share of other readings (the better, the weightier) that start it at the same time."""
    chosen = space.times[list(best.picks)]
    votes, weights = np.zeros(len(chosen)), 1e-6
    for reading in readings:
        if reading is best or len(reading.picks) < len(chosen):
            continue
        weight = float(np.exp((reading.score - best.score) / _SCORE_SPREAD / np.sqrt(len(chosen))))
        votes += weight * (np.abs(space.times[list(reading.picks[: len(chosen)])] - chosen) < _SAME_S)
        weights += weight
    return votes / weights


def _to_entry(space: SearchSpace, start_s: float) -> float:
    """Moved to where singing sets in within a third of a second, else the candidate itself."""
    around = start_s + np.linspace(-_NEAR_S, _NEAR_S, 15)
    around = around[around >= 0]
    after = space.sung_until(around + 0.4) - space.sung_until(around)
    before = space.sung_until(around) - space.sung_until(around - 0.4)
    jump = after - before
    best = int(np.argmax(jump - 0.15 * np.abs(around - start_s)))
    return float(around[best]) if jump[best] > 0.15 else start_s
