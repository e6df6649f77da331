"""Which pictures of a clip are shown when, and between which two of them others are made.

It does not know how pictures are made. Positions are counted in the clip's own frames: 2.5 is halfway from frame 2 to
frame 3. Nothing is ever made across a jump, and a picture that was repeated is not taken for two.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

import numpy as np
from numpy.typing import NDArray

from mvlocal.edit.finishing.retime import Warp
from mvlocal.timing import FrameRate, FrameSpan

Picture = NDArray[np.uint8]
Between = Callable[[Picture, Picture, Sequence[float]], Sequence[Picture]]
"""Makes one picture a time between two pictures; times are between 0 and 1."""

LONGEST_REPEAT_S = 0.35
"""A picture that stands still for longer is meant to."""
_NEAR = 1e-6
_SAME_LEVELS = 0.05


@dataclass(frozen=True, slots=True)
class Anchor:
    """A picture that the clip has at frame `index`. `still`: it is the one before; `jump`: it is another scene."""

    index: int
    picture: Picture
    still: bool = False
    jump: bool = False


def positions(span: FrameSpan, around: FrameSpan, video: FrameRate, clip: FrameRate, warp: Warp) -> list[Fraction]:
    """Where in the clip each frame of `around` lies, exactly where time is not warped; `span.start` is its second 0."""
    shown = [Fraction(n - span.start) / video.value for n in range(around.start, around.end)]
    if warp.plain:
        return [t * clip.value for t in shown]
    return [Fraction(warp.at(float(t))) * clip.value for t in shown]


def frames_needed(places: Sequence[Fraction], frames: int) -> int:
    """How many of a clip's `frames`, from its first on, these positions reach."""
    return max(1, min(frames, ceil(max(places)) + 1))


def anchors(pictures: Iterable[Picture], jumps: Collection[int], rate: FrameRate) -> Iterator[Anchor]:
    """The pictures that a clip truly has: repeats are left out, unless they stand for longer than a repeat would."""
    longest = max(1, int(LONGEST_REPEAT_S * rate.value))
    last: Picture | None = None
    index = first = 0
    for index, picture in enumerate(pictures):
        if last is None:
            yield Anchor(index, picture)
        elif index not in jumps and alike(last, picture):
            continue
        else:
            jump = index in jumps
            if index - 1 > first and (jump or index - first > longest):
                yield Anchor(index - 1, last, still=True)
            yield Anchor(index, picture, jump=jump)
        last, first = picture, index
    if last is not None and index > first:
        yield Anchor(index, last, still=True)


def alike(one: Picture, other: Picture) -> bool:
    """Whether two frames of a clip are the same picture; coding noise under a twentieth of a level is none."""
    if np.array_equal(one, other):
        return True
    coarse = np.abs(one[::4, ::4].astype(np.int16) - other[::4, ::4])
    return float(coarse.mean()) < _SAME_LEVELS and int(coarse.max()) <= 1


def tween(shown: Iterator[Anchor], places: Sequence[Fraction], between: Between | None) -> Iterator[Picture]:
    """One picture for each position, in order; positions never go back.

    Before the first anchor and after the last, that one is held. Without `between`, the nearest earlier one is.
    """
    before = next(shown)
    after = next(shown, None)
    waiting: list[float] = []
    for place in places:
        while after is not None and place >= after.index:
            yield from _made(before, after, waiting, between)
            waiting = []
            before, after = after, next(shown, None)
        waiting.append(_share(before, after, place))
    yield from _made(before, after, waiting, between)


def _share(before: Anchor, after: Anchor | None, place: Fraction) -> float:
    """How far from `before` to `after`; 0 where `before` is held."""
    if after is None or after.still or after.jump or place <= before.index:
        return 0.0
    share = float((place - before.index) / (after.index - before.index))
    return 0.0 if share < _NEAR else min(share, 1 - _NEAR)


def _made(before: Anchor, after: Anchor | None, shares: list[float], between: Between | None) -> Iterator[Picture]:
    """The pictures at these shares; all that lie between two anchors are asked for at once."""
    made: Iterator[Picture] = iter(())
    moving = [share for share in shares if share > 0]
    if moving and after is not None and between is not None:
        made = iter(between(before.picture, after.picture, moving))
    for share in shares:
        yield before.picture if share == 0 or between is None else next(made)
