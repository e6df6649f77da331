"""How long a transition lasts, and how much of two shots it may take. It knows neither frames nor pictures."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from mvlocal.schema.story import Transition
from mvlocal.timing import Seconds

LONGEST_S: dict[Transition, float] = {"dissolve": 1.0, "dip": 1.0, "whip": 0.45, "match": 0.6}
"""A transition lasts a beat, or as many halves of it as fit this."""
SHORTEST_S: dict[Transition, float] = {"dissolve": 0.3, "dip": 0.3, "whip": 0.2, "match": 0.2}
MOST_OF_SHOT = 1 / 3
"""A transition takes at most this share of either of its shots, so that each is seen by itself."""
USUAL_BEAT_S = 0.5
_FEW = 5


def transition_s(kind: Transition, beat_s: Seconds) -> Seconds:
    """How long a transition lasts at a tempo: a beat, halved or doubled until it lies within its kind's limits."""
    length = beat_s
    while length > LONGEST_S[kind]:
        length /= 2
    while length < SHORTEST_S[kind]:
        length *= 2
    return length


def beat_near(beats: Sequence[Seconds], t: Seconds) -> Seconds:
    """Seconds from beat to beat about song second `t`: the median of the nearest few; half a second where none is."""
    here = bisect_left(beats, t)
    steps = [(abs(a - t), b - a) for a, b in pairwise(beats[max(here - _FEW - 1, 0) : here + _FEW + 1])]
    return median(step for _, step in sorted(steps)[:_FEW]) if steps else USUAL_BEAT_S


def spared_s(before_s: Seconds, shot_s: Seconds) -> Seconds:
    """The longest transition that two shots of these lengths have room for, half of it in each."""
    return 2 * MOST_OF_SHOT * min(before_s, shot_s)
