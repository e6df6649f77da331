"""Families that make only some numbers of frames (4k + 1, 8k + 1): which to make, and which of them to keep.

It knows no model.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def frames_to_make(asked: int, step: int) -> int:
    """The smallest number of the form k * `step` + 1, with k at least 1, that is not below `asked`."""
    return max(1, -(-(asked - 1) // step)) * step + 1


def kept(frames: NDArray[np.uint8], asked: int, *, to_the_end: bool) -> NDArray[np.uint8]:
    """`asked` of the frames that were made (n, H, W, 3), the first among them.

    `to_the_end`: the last one too, because the link arrives somewhere; then those that are left out lie evenly in
    between. Otherwise the end is left out, so that the link keeps its pace.
    """
    if not to_the_end or len(frames) == asked:
        return frames[:asked]
    return frames[np.round(np.linspace(0, len(frames) - 1, asked)).astype(int)]
