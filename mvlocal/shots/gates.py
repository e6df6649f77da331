"""What must not pass for a picture or a clip: nothing, black, flat, stuck, stuttering, flickering, someone else.

It measures arrays and knows no model; whoever calls it decides what a fault leads to. Figures are of luma, 0 to 255.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from mvlocal.media.emptiness import BLACK, FLAT, brightest_of, luma_of, spread_of
from mvlocal.schema.story import Location, Shot

FaultKind = Literal["not-finite", "black", "flat", "stuck", "duplicates", "flicker", "likeness"]
Frames = NDArray[np.uint8]
"""(n, H, W, 3)."""

SAME = 0.02
"""Two pictures whose luma differs by less than this on average are the same picture."""
DUPLICATES = 0.2
"""More than this share of frames that repeat the one before, and the clip stutters."""
FLICKER = 6.0
"""Brightness that jumps up and down by more than this from frame to frame flickers."""
LIKENESS_LOSS = 0.25
"""How much less like herself a person may be in a clip than in its still."""
_DARK_WORDS = ("black", "blackout", "darkness", "pitch dark", "fade out", "lights out")
_HARD: frozenset[FaultKind] = frozenset({"not-finite", "black", "flat"})


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, the figure that says so, and the limit that it broke."""

    kind: FaultKind
    value: float
    limit: float

    @property
    def hard(self) -> bool:
        """Whether there is no picture at all: such a one is never used."""
        return self.kind in _HARD

    @property
    def words(self) -> str:
        """In plain words, after `it is` or `it has`."""
        return {
            "not-finite": "not a picture: numbers that are not finite",
            "black": "black",
            "flat": "one flat colour",
            "stuck": "one picture repeated",
            "duplicates": f"{self.value:.0%} of its frames twice",
            "flicker": f"flicker of {self.value:.0f} levels",
            "likeness": f"lost {self.value:.2f} of the likeness of its still",
        }[self.kind]

    def to_json(self) -> dict[str, str | float]:
        """As plain JSON, for a record's notes."""
        return {"kind": self.kind, "value": round(self.value, 4), "limit": self.limit}


NOTHING = Fault("not-finite", 1.0, 0.0)
"""A model gave no numbers that make a picture."""


def is_dark_on_purpose(shot: Shot, location: Location) -> bool:
    """Whether the plan wants this shot black: it says so, or its place is the void."""
    said = shot.visual.casefold()
    return location.kind == "void" or any(word in said for word in _DARK_WORDS)


def finite_faults(values: NDArray[np.floating]) -> list[Fault]:
    """The fault of an array with NaN or infinity in it; `value` is their share."""
    bad = 1.0 - float(np.isfinite(values).mean())
    return [Fault("not-finite", bad, 0.0)] if bad else []


def still_faults(rgb: NDArray[np.uint8], *, dark: bool = False) -> list[Fault]:
    """What is wrong with one picture (H, W, 3). `dark`: the plan wants it black."""
    return [] if dark else _empty_faults(luma_of(rgb[None]))


def clip_faults(frames: Frames, *, dark: bool = False, still: bool = False) -> list[Fault]:
    """What is wrong with a clip. `dark`: the plan wants it black; `still`: it wants nothing to move.

    A clip that is black for some frames only is black: the theatre fades at cuts, models do not.
    """
    luma = luma_of(frames)
    faults = [] if dark else _empty_faults(luma)
    if len(luma) < 3:
        return faults
    steps = np.abs(np.diff(luma, axis=0)).mean(axis=(1, 2))
    same = steps < SAME
    if same.all():
        return faults if still or dark else [*faults, Fault("stuck", float(steps.max()), SAME)]
    if not still and (share := float(same.mean())) > DUPLICATES:
        faults.append(Fault("duplicates", share, DUPLICATES))
    if (level := flicker_of(luma.mean(axis=(1, 2)))) > FLICKER:
        faults.append(Fault("flicker", level, FLICKER))
    return faults


def flicker_of(brightness: NDArray[np.floating]) -> float:
    """How far brightness (n,) jumps off the line between its neighbours, on the median: a fade has 0, a strobe much."""
    if len(brightness) < 3:
        return 0.0
    aside = brightness[1:-1] - (brightness[:-2] + brightness[2:]) / 2
    return float(np.median(np.abs(aside)))


def likeness_faults(still: float, clip: Sequence[float]) -> list[Fault]:
    """The fault of a person who is less like herself in a clip (at some moments) than in its still (cosines)."""
    loss = still - float(np.median(np.asarray(clip))) if clip else 0.0
    return [Fault("likeness", loss, LIKENESS_LOSS)] if loss > LIKENESS_LOSS else []


def _empty_faults(luma: NDArray[np.float32]) -> list[Fault]:
    brightest = float(brightest_of(luma).min())
    if brightest <= BLACK:
        return [Fault("black", brightest, BLACK)]
    spread = float(spread_of(luma).max())
    return [Fault("flat", spread, FLAT)] if spread < FLAT else []
