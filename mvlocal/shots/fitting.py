"""Brings a picture to another size and shape: cut about its subject, then scaled. It does not know what is in it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Box = tuple[float, float, float, float]
_MIDDLE: Box = (0.5, 0.42, 0.5, 0.42)
"""Where nobody says what matters: the middle, a little above it."""


def fitted(rgb: NDArray[np.uint8], width: int, height: int, subject: Box | None = None) -> NDArray[np.uint8]:
    """The largest part of (H, W, 3) of the wanted shape, as near its subject's middle as it goes, at that size.

    `subject` is left, top, right, bottom in fractions of the picture.
    """
    tall, wide = rgb.shape[:2]
    if (wide, tall) == (width, height):
        return rgb
    scale = min(wide / width, tall / height)
    cut_w, cut_h = min(round(width * scale), wide), min(round(height * scale), tall)
    left, top, right, bottom = subject or _MIDDLE
    x = _placed((left + right) / 2 * wide, cut_w, wide)
    y = _placed((top + bottom) / 2 * tall, cut_h, tall)
    part = np.ascontiguousarray(rgb[y : y + cut_h, x : x + cut_w])
    way = cv2.INTER_AREA if cut_w > width else cv2.INTER_LANCZOS4
    return np.asarray(cv2.resize(part, (width, height), interpolation=way), np.uint8)


def _placed(middle: float, length: int, room: int) -> int:
    return min(max(round(middle - length / 2), 0), room - length)
