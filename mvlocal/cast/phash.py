"""A perceptual hash of a picture, and how far two lie apart. It does not know what counts as the same picture.

Source: Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions" (2010), section 3.2.1 (pHash).
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

_SIDE, _KEPT = 32, 8


def perceptual_hash(luma: NDArray[np.number]) -> str:
    """64 bits as hexadecimal digits: which of the lowest 8x8 frequencies of `luma` (H, W) lie above their median."""
    small = cv2.resize(np.asarray(luma, np.float32), (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
    low = np.asarray(cv2.dct(small))[:_KEPT, :_KEPT].ravel()
    bits = low > np.median(low[1:])  # the first is the mean brightness, which would say nothing
    return np.packbits(bits).tobytes().hex()


def hamming(one: str, other: str) -> int:
    """Bits in which two hashes differ, 0 to 64."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def picture_hashes(rgb: NDArray[np.uint8]) -> tuple[str, str]:
    """The perceptual hash of a picture (H, W, 3), and that of its mirror image."""
    luma = rgb.astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32)
    return perceptual_hash(luma), perceptual_hash(np.ascontiguousarray(luma[:, ::-1]))
