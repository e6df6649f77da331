"""Reads a window of a plane at any position and scale, to a fraction of a pixel. It knows nothing of layers.

`cv2.resize` is about three times faster than `cv2.warpAffine` and takes its scale exactly, but starts at whole
pixels only. Resizing a slightly larger part and starting some columns and rows later gives offsets in fine steps;
where no step comes close enough the affine warp is used. Both are bilinear and agree to one level.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor

import cv2
import numpy as np

from mvlocal.media.frame import Plane

TOLERANCE_PX = 0.025
"""How far from the asked position a window may start, in pixels of the plane."""

REACH_PX = 56
"""How many columns or rows later a window may start in order to hit its position."""


@dataclass(frozen=True, slots=True)
class Window:
    """Pixel i, j of the result shows the plane at (`x` + i `scale`, `y` + j `scale`), pixel centres being whole."""

    x: float
    y: float
    scale: float


@dataclass(frozen=True, slots=True)
class Start:
    """Resize `length` pixels from `first` to `drawn` pixels, of which the first `skip` are left out."""

    first: int
    length: int
    drawn: int
    skip: int


@dataclass(frozen=True, slots=True)
class Reading:
    """How to read a window of `width` x `height` pixels: by two starts, or by an affine warp where there is none."""

    window: Window
    width: int
    height: int
    column: Start | None
    row: Start | None


def plan_reading(window: Window, size: tuple[int, int], plane: Plane, tolerance_px: float = TOLERANCE_PX) -> Reading:
    """How to read `window` as a picture of `size` (width, height) from `plane`, or any plane of its shape."""
    width, height = size
    column = find_start(window.x, window.scale, (width, plane.shape[1]), tolerance_px)
    row = find_start(window.y, window.scale, (height, plane.shape[0]), tolerance_px) if column else None
    return Reading(window, width, height, column, row)


def find_start(at: float, scale: float, sizes: tuple[int, int], tolerance_px: float) -> Start | None:
    """A start on one axis that lands within tolerance of `at`; None when there is none inside the plane.

    `sizes` are the pixels wanted and the pixels there are.
    """
    wanted, available = sizes
    for skip in range(REACH_PX):
        exact = at + 0.5 - (skip + 0.5) * scale
        first = round(exact)
        if abs(exact - first) <= tolerance_px and first >= 0:
            break
    else:
        return None
    length = min(ceil((wanted + skip + 1) * scale), available - first)
    drawn = _rounded(length / scale)
    return Start(first, length, drawn, skip) if drawn >= wanted + skip else None


def _rounded(value: float) -> int:
    """To the nearest whole number, halves to even: how OpenCV sizes a resized picture."""
    low = floor(value)
    rest = value - low
    if rest == 0.5:
        return low + low % 2
    return low + (rest > 0.5)


class Sampler:
    """Owns scratch memory for windows of up to `width` x `height` pixels."""

    def __init__(self, width: int, height: int) -> None:
        self._scratch = np.empty((height + REACH_PX + 2, width + REACH_PX + 2), np.uint8)

    def read(self, plane: Plane, reading: Reading) -> Plane:
        """The window's pixels (height, width): a view of scratch memory, good until the next read."""
        column, row, scale = reading.column, reading.row, reading.window.scale
        if column is None or row is None:
            return self._warped(plane, reading)
        part = plane[row.first : row.first + row.length, column.first : column.first + column.length]
        out = self._scratch[: row.drawn, : column.drawn]
        cv2.resize(part, None, out, 1 / scale, 1 / scale, cv2.INTER_LINEAR)
        return out[row.skip : row.skip + reading.height, column.skip : column.skip + reading.width]

    def _warped(self, plane: Plane, reading: Reading) -> Plane:
        window, size = reading.window, (reading.width, reading.height)
        out = self._scratch[: reading.height, : reading.width]
        matrix = np.array([[window.scale, 0, window.x], [0, window.scale, window.y]])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        cv2.warpAffine(plane, matrix, size, out, flags, cv2.BORDER_REPLICATE)
        return out
