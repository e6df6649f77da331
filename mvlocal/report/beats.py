"""How well cuts keep to the beat, beside what cuts at random would do. It knows no pages.

Times are seconds of the song.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from mvlocal.timing import Seconds

NEAR_S = 0.04
"""A cut this near to a beat is seen as on it. Source: ITU-R BT.1359-1, detectability of sound against picture."""


@dataclass(frozen=True, slots=True)
class OnBeat:
    """Cuts near to beats: `share` of all cuts, what cuts at random would reach on average, and the worst of them."""

    share: float
    by_chance: float
    worst_s: Seconds
    median_s: Seconds

    @property
    def times_chance(self) -> float:
        """How many times more often than by chance."""
        return self.share / self.by_chance if self.by_chance else 0.0


def measure(cuts: Sequence[Seconds], beats: Sequence[Seconds], duration_s: Seconds, near_s: Seconds) -> OnBeat | None:
    """How many cuts lie within `near_s` of a beat; None where there are no cuts or no beats."""
    if not cuts or not beats:
        return None
    away = sorted(abs(offset(cut, beats)) for cut in cuts)
    share = sum(one <= near_s + 1e-9 for one in away) / len(away)
    return OnBeat(share, chance(beats, duration_s, near_s), away[-1], away[len(away) // 2])


def offset(cut: Seconds, beats: Sequence[Seconds]) -> Seconds:
    """Seconds from the nearest beat to the cut; negative: the cut is early."""
    at = bisect_left(beats, cut)
    near = min((beat for beat in beats[max(at - 1, 0) : at + 1]), key=lambda beat: abs(cut - beat))
    return cut - near


def chance(beats: Sequence[Seconds], duration_s: Seconds, near_s: Seconds) -> float:
    """The share of the song that lies within `near_s` of a beat: what a cut at any moment would hit."""
    covered, reached = 0.0, 0.0
    for beat in beats:
        start, end = max(beat - near_s, reached, 0.0), min(beat + near_s, duration_s)
        covered += max(end - start, 0.0)
        reached = max(reached, end)
    return covered / duration_s


def widest_gap(beats: Sequence[Seconds]) -> Seconds:
    """The longest time between two beats."""
    return max((b - a for a, b in pairwise(beats)), default=0.0)
