"""How far a picture has drifted from the still that its shot began with, and the colours that bring it back.

It knows arrays only: no models, no shots. Colours are measured in CIE L*a*b*, where equal steps look about equal.

Source: Reinhard et al., Color transfer between images, IEEE CG&A 21 (2001): means and spreads carried over; Pech-
Pacheco et al., Diatom autofocusing in brightfield microscopy, ICPR 2000: variance of the Laplacian as sharpness.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from math import exp, hypot, log
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

Rgb = NDArray[np.uint8]
Lab = NDArray[np.float32]

LIGHTNESS = 8.0
TINT = 6.0
CONTRAST = log(1.25)
SATURATION = log(1.35)
SOFTENING = log(2.0)
LIKENESS = 0.25
"""What each part of drift may come to before the whole counts as 1: L*, a* and b*, factors (as logarithms), cosine."""

MAX_LIGHTNESS = 12.0
MAX_TINT = 9.0
MAX_CONTRAST = log(1.3)
MAX_SATURATION = log(1.4)
"""The most that colours are put right: what lies beyond is more likely a scene that changed than a drifting model."""
UNSEEN = 0.02
"""Corrections below this (in the units of `Drift.score`) nobody sees. They are left out: pixels stay as made."""
_FLOOR, _SHARP_FLOOR = 0.5, 0.01
"""Spreads and saturations, and sharpness, below these are those of an empty picture, and count as these."""


@dataclass(frozen=True, slots=True)
class Look:
    """A picture in five figures: mean and spread of L* (0 to 100), mean a* and b*, mean chroma; and its sharpness."""

    lightness: float
    contrast: float
    red_green: float
    yellow_blue: float
    saturation: float
    sharpness: float


@dataclass(frozen=True, slots=True)
class Drift:
    """From one look to another: differences in L*, in a* and b* (as a distance), natural logarithms of the ratios of
    contrast, saturation and sharpness, and the likeness that was lost (0 where nobody measures it)."""

    lightness: float
    tint: float
    contrast: float
    saturation: float
    sharpness: float
    likeness: float = 0.0

    @property
    def score(self) -> float:
        """The worst of its parts, each in units of what it may come to. A picture that got sharper has not drifted."""
        return max(
            abs(self.lightness) / LIGHTNESS,
            self.tint / TINT,
            abs(self.contrast) / CONTRAST,
            abs(self.saturation) / SATURATION,
            max(0.0, -self.sharpness) / SOFTENING,
            max(0.0, self.likeness) / LIKENESS,
        )

    def to_json(self) -> dict[str, float]:
        """As plain JSON, for a record's notes; ratios as factors."""
        return {
            "lightness": round(self.lightness, 2),
            "tint": round(self.tint, 2),
            "contrast": round(exp(self.contrast), 3),
            "saturation": round(exp(self.saturation), 3),
            "sharpness": round(exp(self.sharpness), 3),
            "likeness_lost": round(self.likeness, 3),
            "score": round(self.score, 3),
        }


@dataclass(frozen=True, slots=True)
class Correction:
    """What is done to colours: L* about `pivot` by a factor and then raised, chroma by a factor and then shifted.

    Factors are natural logarithms, so that half of a correction is half of each number.
    """

    pivot: float
    lightness: float = 0.0
    contrast: float = 0.0
    red_green: float = 0.0
    yellow_blue: float = 0.0
    saturation: float = 0.0

    def towards(self, other: Self, share: float) -> Correction:
        """`share` (0 to 1) of the way from this correction to `other`."""
        return Correction(*(a + (b - a) * share for a, b in zip(astuple(self), astuple(other), strict=True)))

    @property
    def strength(self) -> float:
        """How much it does, in the units of `Drift.score`."""
        return max(
            abs(self.lightness) / LIGHTNESS,
            hypot(self.red_green, self.yellow_blue) / TINT,
            abs(self.contrast) / CONTRAST,
            abs(self.saturation) / SATURATION,
        )


def look_of(picture: Rgb) -> Look:
    """The look of an sRGB picture (H, W, 3)."""
    lab = _to_lab(picture)
    lightness, red_green, yellow_blue = (lab[..., axis] for axis in range(3))
    return Look(
        lightness=float(lightness.mean()),
        contrast=float(lightness.std()),
        red_green=float(red_green.mean()),
        yellow_blue=float(yellow_blue.mean()),
        saturation=float(np.hypot(red_green, yellow_blue).mean()),
        sharpness=float(cv2.Laplacian(lightness, cv2.CV_32F).var()),
    )


def drift_of(reference: Look, seen: Look, likeness_lost: float = 0.0) -> Drift:
    """How far `seen` lies from `reference`. Contrast that changes alters sharpness with it; that part is taken out."""
    contrast = _ratio(seen.contrast, reference.contrast)
    sharpness = _ratio(seen.sharpness, reference.sharpness, _SHARP_FLOOR) / 2 - contrast  # a variance, beside a spread
    return Drift(
        lightness=seen.lightness - reference.lightness,
        tint=hypot(seen.red_green - reference.red_green, seen.yellow_blue - reference.yellow_blue),
        contrast=contrast,
        saturation=_ratio(seen.saturation, reference.saturation),
        sharpness=sharpness,
        likeness=likeness_lost,
    )


def correction_of(seen: Look, wanted: Look) -> Correction:
    """What gives a picture that looks like `seen` the colours of `wanted`, within the bounds above."""
    saturation = _within(_ratio(wanted.saturation, seen.saturation), MAX_SATURATION)
    red_green = wanted.red_green - seen.red_green * exp(saturation)
    yellow_blue = wanted.yellow_blue - seen.yellow_blue * exp(saturation)
    too_far = max(1.0, hypot(red_green, yellow_blue) / MAX_TINT)
    return Correction(
        pivot=seen.lightness,
        lightness=_within(wanted.lightness - seen.lightness, MAX_LIGHTNESS),
        contrast=_within(_ratio(wanted.contrast, seen.contrast), MAX_CONTRAST),
        red_green=red_green / too_far,
        yellow_blue=yellow_blue / too_far,
        saturation=saturation,
    )


def corrected(picture: Rgb, correction: Correction) -> Rgb:
    """The picture (H, W, 3) with its colours put right; colours that no screen shows are clipped."""
    if correction.strength < UNSEEN:
        return picture
    lab = _to_lab(picture)
    lab[..., 0] = (lab[..., 0] - correction.pivot) * exp(correction.contrast) + correction.pivot + correction.lightness
    lab[..., 1:] *= exp(correction.saturation)
    lab[..., 1] += correction.red_green
    lab[..., 2] += correction.yellow_blue
    np.clip(lab[..., 0], 0, 100, out=lab[..., 0])
    rgb = cv2.cvtColor(lab, cv2.COLOR_Lab2RGB)
    return (np.clip(rgb, 0, 1) * 255 + 0.5).astype(np.uint8)


def _to_lab(picture: Rgb) -> Lab:
    return np.asarray(cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_RGB2Lab), np.float32)


def _ratio(value: float, base: float, floor: float = _FLOOR) -> float:
    """The natural logarithm of value / base."""
    return log(max(value, floor) / max(base, floor))


def _within(value: float, bound: float) -> float:
    return max(-bound, min(bound, value))
