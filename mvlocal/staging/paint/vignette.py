"""The lens's falling off towards the corners, as a plane to multiply with."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from mvlocal.media.frame import Plane


@lru_cache(maxsize=4)
def vignette(width: int, height: int, corner: float = 0.70) -> Plane:
    """The share of light (255 = all) over the frame: whole in the middle, falling to `corner` in the corners.

    Shots share it: read only.
    """
    x = (np.arange(width) + 0.5) / width * 2 - 1
    y = (np.arange(height) + 0.5) / height * 2 - 1
    away = (x[None] ** 2 + y[:, None] ** 2) / 2
    fall = np.clip((away - 0.12) / 0.88, 0, 1) ** 1.4
    dither = np.random.default_rng(7).random((height, width)) - 0.5
    plane = np.clip(np.rint(255 * (1 - (1 - corner) * fall) + dither), 0, 255).astype(np.uint8)
    plane.setflags(write=False)
    return plane
