"""Shares of plainly named colours in a picture. It does not know what is in it.

Borders between names are our own, set by eye on a colour wheel.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

NAMES = (
    "black", "grey", "white", "red", "orange", "brown", "beige", "yellow", "green", "teal", "blue", "purple", "pink",
)  # fmt: skip
SKIN_LIKE = frozenset({"orange", "brown", "beige"})
"""Names that skin of any tone falls under: they do not tell clothes from skin."""

_HUES = ((15, "red"), (45, "orange"), (70, "yellow"), (165, "green"), (195, "teal"), (255, "blue"), (290, "purple"),
         (345, "pink"), (361, "red"))  # fmt: skip
"""(hue in degrees below which, name), in order."""


def colour_shares(rgb: NDArray[np.uint8], mask: NDArray[np.bool_] | None = None) -> tuple[float, ...]:
    """The share of each of `NAMES` among the pixels of (H, W, 3), where `mask` (H, W) is true; zeros where none is."""
    named = _name_pixels(rgb)
    chosen = named if mask is None else named[mask]
    counts = np.bincount(chosen.ravel(), minlength=len(NAMES))
    return tuple(round(float(count) / max(chosen.size, 1), 4) for count in counts)


def _name_pixels(rgb: NDArray[np.uint8]) -> NDArray[np.intp]:
    hsv = np.asarray(cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2HSV))
    hue, saturation, value = (hsv[..., channel] for channel in range(3))
    colourful = np.searchsorted([border for border, _ in _HUES], hue, side="right")
    named = np.array([NAMES.index(name) for _, name in _HUES])[colourful]
    orange, red = named == NAMES.index("orange"), named == NAMES.index("red")
    named[orange & (value < 0.6)] = NAMES.index("brown")
    named[orange & (value >= 0.6) & (saturation < 0.45)] = NAMES.index("beige")
    named[red & (value >= 0.6) & (saturation < 0.5)] = NAMES.index("pink")
    pale = saturation < 0.14
    named[pale] = NAMES.index("grey")
    named[pale & (value >= 0.8)] = NAMES.index("white")
    named[(value < 0.16) | (pale & (value < 0.25))] = NAMES.index("black")
    return named


def dominant(shares: Sequence[float], least: float) -> str:
    """The name with a share of at least `least`, the largest of them; empty where none has."""
    best = int(np.argmax(shares))
    return NAMES[best] if shares[best] >= least else ""
