"""What a drawn figure consists of: shapes from far to near, key points, grips. It knows not how they are made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

ShapeTone = Literal["skin", "hair", "garment", "garment_dark", "legs", "shoes", "accent", "mark"]
"""`mark` is a fine line on skin (brow, eyelid, mouth, ear): a little darker than skin; in a silhouette it is ink."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A closed outline (n, 2) in the drawing plane (grown body heights, x right, y down, origin on the ground under
    the hips). Larger `depth` is nearer."""

    outline: NDArray[np.float64]
    tone: ShapeTone
    depth: float


@dataclass(frozen=True, slots=True)
class Grip:
    """Where a hand holds things. `angle_deg`: the way the fingers point, 0 to the right, 90 down.

    `depth` is a shape's: what is held goes just before it.
    """

    point: tuple[float, float]
    angle_deg: float
    depth: float


@dataclass(frozen=True, slots=True)
class FigureDrawing:
    """`shapes` far to near; `keypoints` (18, 2) in OpenPose's order and `visible` (18,); grips of the left and right
    hand; the head's box (left, top, right, bottom)."""

    shapes: tuple[Shape, ...]
    keypoints: NDArray[np.float64]
    visible: NDArray[np.bool_]
    hands: tuple[Grip, Grip]
    head: tuple[float, float, float, float]
