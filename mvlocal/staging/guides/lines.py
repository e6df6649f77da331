"""Lines of a picture: hard edges and soft line art, white on black. It knows nothing of scenes.

Source: Canny (1986) with ControlNet's usual thresholds of 100 and 200; soft lines are the normalised gradient.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

_LOW, _HIGH = 100, 200


def edges(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Canny edges (H, W) of a picture (H, W, 3): 0 or 255."""
    return np.asarray(cv2.Canny(cv2.GaussianBlur(rgb, (3, 3), 0), _LOW, _HIGH), np.uint8)


def soft_lines(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Line art (H, W): the strength of change, stretched so that the strongest per cent is white."""
    grey = cv2.GaussianBlur(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), (0, 0), max(rgb.shape[0] / 720, 0.6))
    across, down = cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)
    strength = np.sqrt(np.square(across) + np.square(down))
    top = max(float(np.percentile(strength, 99)), 1.0)
    return np.rint(np.clip(strength / top, 0, 1) * 255).astype(np.uint8)
