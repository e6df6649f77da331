"""How many generated frames a shot gets, at which rate they are shown, and how they are shared out among links.

It does not know how links are made.

A shot's generated frames lie evenly from its first moment to its last: frame i shows second i / rate of the shot, and
the last frame exactly its end. So finishing finds a frame on either side of every moment, and a shot that continues
another begins with the picture that the other ended with, at the same moment. The rate is therefore the shot's own,
near the family's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from mvlocal.timing import FrameRate


@dataclass(frozen=True, slots=True)
class Pace:
    """`frames` of a shot, shown at `rate`; `told` is the nearest of the family's own rates, which its model is told."""

    frames: int
    rate: FrameRate
    told: FrameRate


def pace_of(length_s: Fraction, most: int, rates: Sequence[FrameRate]) -> Pace:
    """The pace of a shot of `length_s` seconds for a family that makes `most` frames in one go, at any of `rates`.

    As fast as the fastest rate asks for; but where that takes more links than the slowest rate would, just slow enough
    to save them, since every link costs as much as the one before and drifts further.

    Raises:
        ValueError: no length, or a family that makes fewer than two frames.
    """
    if length_s <= 0 or most < 2 or not rates:
        raise ValueError(f"no pace for {length_s} s with links of {most} frames at {len(rates)} rates")
    fastest, slowest = max(rates).value, min(rates).value
    steps = ceil(length_s * fastest)
    room = ceil(length_s * slowest / (most - 1)) * (most - 1)
    steps = min(steps, room)
    rate = FrameRate(steps / length_s)
    told = min(rates, key=lambda one: (abs(one.value - rate.value), one.value))
    return Pace(steps + 1, rate, told)


def next_link(steps_left: int, most: int) -> int:
    """How many frames the next link has when `steps_left` more are due after the picture that it starts from.

    The links that are left are about equally long: the end of a long link has drifted most.
    """
    links = ceil(steps_left / (most - 1))
    return ceil(steps_left / links) + 1
