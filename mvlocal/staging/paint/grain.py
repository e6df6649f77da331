"""A fine grain as of paper or film: one tile, added to the light of every layer. It also hides banding."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

STRENGTH = 2.1
"""Standard deviation in levels of 255."""

_SIDE = 512


@cache
def _tiles() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """What is added and what is taken away, (side, side), repeating without a seam."""
    noise = np.random.default_rng(1977).standard_normal((_SIDE, _SIDE)).astype(np.float32)
    fine = cv2.GaussianBlur(np.tile(noise, (3, 3)), (0, 0), 0.8)[_SIDE : 2 * _SIDE, _SIDE : 2 * _SIDE]
    levels = np.rint(fine / fine.std() * STRENGTH)
    return np.maximum(levels, 0).astype(np.uint8), np.maximum(-levels, 0).astype(np.uint8)


def add_grain(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A plane (H, W) or the colours (H, W, 3) with grain on them; what is black or white stays within range."""
    height, width = picture.shape[:2]
    repeats = (height // _SIDE + 1, width // _SIDE + 1)
    more, less = (np.tile(tile, repeats)[:height, :width] for tile in _tiles())
    if picture.ndim == 3:
        more, less = (cv2.merge([tile] * picture.shape[2]) for tile in (more, less))
    return np.asarray(cv2.subtract(cv2.add(picture, more), less), np.uint8)
