"""A drawn shot: what photo shots and plate shots both hand to the backend."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mvlocal.schema.story import CameraMove

DENSITY = 1.16
"""Plate pixels a frame pixel at home: a little over one keeps pushes sharp and pans from pulsing."""

DEPTHS = {"back": 0.5, "mid": 1.0, "fore": 1.0, "picture": 1.0, "card": 1.0, "near": 1.55}
"""How far each layer follows the camera: 1 where people stand, less beyond. A photo fills the frame as `picture`."""


@dataclass(frozen=True, slots=True)
class DrawnShot:
    """Layers far to near in uint8 (the first RGB, the others RGBA), all of one size with even sides.

    `slide`: the first layer alone is this many pixels wider on each side, to pass by behind the others.

    `home`: the layers' pixel under the middle of the frame; `density`: their pixels a frame pixel; `subject`:
    (left, top, right, bottom) in fractions of the frame, or None; `ground_y`: scene height where a wall meets the
    floor; `water`: scene heights between which there is water in the first layer; `remarks`: plain facts for the notes.
    """

    layers: dict[str, NDArray[np.uint8]]
    home: tuple[float, float]
    subject: tuple[float, float, float, float] | None
    density: float = DENSITY
    slide: int = 0
    ground_y: float | None = None
    water: tuple[float, float] | None = None
    remarks: tuple[str, ...] = ()

    @property
    def order(self) -> list[tuple[str, float]]:
        """Layer names with their depths, far to near."""
        return [(name, depth) for name, depth in DEPTHS.items() if name in self.layers]

    @property
    def plate_size(self) -> tuple[int, int]:
        """Width and height in pixels that all layers share."""
        height, width = self.layers[self.order[0][0]].shape[:2]
        return width - 2 * self.slide, height


@dataclass(frozen=True, slots=True)
class Margins:
    """Plate beyond the frame on each side, in fractions of the frame."""

    x: float
    y: float


def margins_for(move: CameraMove) -> Margins:
    """Room for a move at the nearest layer."""
    if move in ("pan-left", "pan-right"):
        return Margins(0.115, 0.035)
    if move in ("tilt-up", "tilt-down"):
        return Margins(0.035, 0.115)
    return Margins(0.065, 0.055) if move != "static" else Margins(0.02, 0.02)


def even(value: float) -> int:
    """The nearest even whole number."""
    return round(value / 2) * 2
