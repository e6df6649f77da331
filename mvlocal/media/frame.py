"""Pictures as the encoder wants them: YUV 4:2:0 planes, BT.709, limited range.

It knows nothing of files or codecs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.uint8]
Rgb = NDArray[np.uint8]
"""(H, W, 3) sRGB-coded picture, 0 to 255."""


@dataclass(frozen=True, slots=True)
class Yuv420:
    """One frame: `y` (H, W), `u` and `v` (H/2, W/2), uint8, BT.709 limited range (Y 16-235, UV 16-240).

    H and W are even. The arrays may be drawn on in place by whoever owns the frame.
    """

    y: Plane
    u: Plane
    v: Plane

    @classmethod
    def empty(cls, width: int, height: int) -> Yuv420:
        """A black frame in one contiguous buffer (y, then u, then v)."""
        buffer = np.full(width * height * 3 // 2, 128, np.uint8)
        luma, chroma = width * height, width * height // 4
        y = buffer[:luma].reshape(height, width)
        y[:] = 16
        u = buffer[luma : luma + chroma].reshape(height // 2, width // 2)
        v = buffer[luma + chroma :].reshape(height // 2, width // 2)
        return cls(y, u, v)

    @property
    def width(self) -> int:
        return int(self.y.shape[1])

    @property
    def height(self) -> int:
        return int(self.y.shape[0])
