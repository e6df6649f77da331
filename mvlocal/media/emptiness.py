"""Whether there is anything in a picture: its luma, its lightest parts, and how much it varies.

It knows neither codecs nor models; whoever calls it decides what follows. Figures are of luma, 0 to 255.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mvlocal.media.frame import Rgb

BLACK = 16.0
"""A picture whose brightest thousandth is no lighter than this shows nothing."""
FLAT = 2.0
"""Luma that varies (as a standard deviation) by less than this is one flat colour."""


def luma_of(frames: NDArray[np.uint8], *, step: int = 2) -> NDArray[np.float32]:
    """Rec. 709 luma, (..., H, W), of frames (..., H, W, 3) of which every `step`-th row and column is enough."""
    small = frames[..., ::step, ::step, :].astype(np.float32)
    return small @ np.array([0.2126, 0.7152, 0.0722], np.float32)


def brightest_of(luma: NDArray[np.float32]) -> NDArray[np.float32]:
    """What all but the brightest thousandth of each picture (..., H, W) is no lighter than, (...,)."""
    return np.quantile(luma, 0.999, axis=(-2, -1))


def spread_of(luma: NDArray[np.float32]) -> NDArray[np.float32]:
    """How much each picture (..., H, W) varies: its standard deviation, (...,)."""
    return luma.std(axis=(-2, -1))


def is_empty(picture: Rgb, *, slack: float = 1.0) -> bool:
    """Whether a picture (H, W, 3) is black or one flat colour; `slack` multiplies both limits."""
    luma = luma_of(picture, step=4)
    return float(spread_of(luma)) < FLAT * slack or float(brightest_of(luma)) <= BLACK * slack
