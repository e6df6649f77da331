"""Skeletons as OpenPose draws them: 18 COCO points, standard colours. It knows nothing of scenes.

Source: Cao et al., "OpenPose" (2019), for the order of points, the limbs and their colours; ControlNet's annotator for
limbs at 0.6 of their colour and for widths of 4 pixels in a picture of 512.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

NAMES = (
    "nose", "neck", "right-shoulder", "right-elbow", "right-wrist", "left-shoulder", "left-elbow", "left-wrist",
    "right-hip", "right-knee", "right-ankle", "left-hip", "left-knee", "left-ankle",
    "right-eye", "left-eye", "right-ear", "left-ear",
)  # fmt: skip
LIMBS = (
    (1, 2), (1, 5), (2, 3), (3, 4), (5, 6), (6, 7), (1, 8), (8, 9), (9, 10), (1, 11), (11, 12), (12, 13),
    (1, 0), (0, 14), (14, 16), (0, 15), (15, 17),
)  # fmt: skip
COLOURS = (
    (255, 0, 0), (255, 85, 0), (255, 170, 0), (255, 255, 0), (170, 255, 0), (85, 255, 0), (0, 255, 0), (0, 255, 85),
    (0, 255, 170), (0, 255, 255), (0, 170, 255), (0, 85, 255), (0, 0, 255), (85, 0, 255), (170, 0, 255),
    (255, 0, 255), (255, 0, 170), (255, 0, 85),
)  # fmt: skip
_LIMB_SHARE = 0.6
_WIDTH_AT_512 = 4


@dataclass(frozen=True, slots=True)
class SeenSkeleton:
    """Points (18, 2) in pixels and which of them are seen (18,)."""

    points: NDArray[np.float64]
    visible: NDArray[np.bool_]


def draw_pose(skeletons: Sequence[SeenSkeleton], width: int, height: int) -> NDArray[np.uint8]:
    """The picture (height, width, 3) RGB on black: limbs first, points over them."""
    picture = np.zeros((height, width, 3), np.uint8)
    thick = max(_WIDTH_AT_512 * min(width, height) / 512, 1.0)
    for skeleton in skeletons:
        for (a, b), colour in zip(LIMBS, COLOURS, strict=False):
            if skeleton.visible[a] and skeleton.visible[b]:
                dark = tuple(int(value * _LIMB_SHARE) for value in colour)
                cv2.fillConvexPoly(picture, _limb(skeleton.points[a], skeleton.points[b], thick), dark)
    for skeleton in skeletons:
        for point, seen, colour in zip(skeleton.points, skeleton.visible, COLOURS, strict=True):
            if seen:
                x, y = np.rint(point).astype(int).tolist()
                cv2.circle(picture, (x, y), max(round(thick), 1), colour, thickness=-1)
    return picture


def _limb(a: NDArray[np.float64], b: NDArray[np.float64], thick: float) -> NDArray[np.int32]:
    """A slim ellipse between two points, `thick` pixels to each side."""
    middle, along = (a + b) / 2, (b - a) / 2
    half = float(np.hypot(*along)) or 1e-6
    across = np.array([-along[1], along[0]]) / half * thick
    turn = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    outline = middle + np.cos(turn)[:, None] * along + np.sin(turn)[:, None] * across
    return np.rint(outline).astype(np.int32)
