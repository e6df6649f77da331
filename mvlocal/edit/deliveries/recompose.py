"""Cuts a window out of a frame's planes at any position and scale, and blends frames. It knows nothing of shots.

Planes are Y (H, W), U and V (H/2, W/2), uint8; chroma samples lie on even columns, between rows (as H.264 has it).
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from mvlocal.edit.deliveries.windows import Window

Plane = NDArray[np.uint8]
Planes = tuple[Plane, Plane, Plane]


def recomposed(planes: Planes, window: Window, size: tuple[int, int]) -> Planes:
    """The window as a frame of `size` (width, height) pixels, both even."""
    width, height = size
    scale = window.width / width
    y = _read(planes[0], (window.x, window.y), scale, (width, height))
    half = (window.x / 2 + (scale - 1) / 4, window.y / 2)
    u, v = (_read(plane, half, scale, (width // 2, height // 2)) for plane in planes[1:])
    return y, u, v


def _read(plane: Plane, at: tuple[float, float], scale: float, size: tuple[int, int]) -> Plane:
    """Pixel i of the result is centred on `at` + (i + 0.5) `scale` of the plane."""
    if scale > 1:  # a smaller picture: softened first, so that nothing flickers
        sigma = 0.45 * (scale - 1)
        plane = np.asarray(cv2.GaussianBlur(plane, (0, 0), max(sigma, 0.01)), np.uint8)
    x, y = (start + 0.5 * scale - 0.5 for start in at)
    matrix = np.array([[scale, 0, x], [0, scale, y]])
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(plane, matrix, size, None, flags, cv2.BORDER_REPLICATE), np.uint8)


def blended(one: Planes, other: Planes, share: float) -> Planes:
    """`share` (0 to 1) of the other frame, the rest of the one."""
    y, u, v = (
        np.asarray(cv2.addWeighted(a, 1 - share, b, share, 0), np.uint8) for a, b in zip(one, other, strict=True)
    )
    return y, u, v


def small_luma(planes: Planes, side: int = 160) -> Plane:
    """The frame's luma, `side` pixels wide: enough to measure how it moves."""
    height, width = planes[0].shape
    size = (side, max(round(side * height / width), 1))
    return np.asarray(cv2.resize(planes[0], size, interpolation=cv2.INTER_AREA), np.uint8)
