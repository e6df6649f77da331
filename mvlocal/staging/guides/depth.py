"""Inverse depth of a staged shot, near = white, as depth-guided generators expect. It knows nothing of colours.

Distances come from the staging's own camera: the ground recedes by perspective, layers and people stand where the
staging puts them. Source: Ranftl et al. (2020) for relative inverse depth as the convention.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mvlocal.staging.geometry import FOCAL, Geometry

Reals = NDArray[np.float32]

SKY = 0.03
"""Inverse depth of the sky against the stand's: not 0, so that the farthest layer is still told from nothing."""

_BACK, _MID, _NEAR = 0.18, 0.8, 1.9
"""Inverse depth of what rises above the ground in each layer, against the stand's."""


@dataclass(frozen=True, slots=True)
class LayerCover:
    """A layer as the frame sees it: its name and its coverage (H, W) in [0, 1]."""

    name: str
    cover: Reals


def ground_inverse(geometry: Geometry, rows: Reals, wall_y: float | None) -> Reals:
    """Inverse depth of the ground at scene heights `rows` (H, 1), against the stand's; 0 above the horizon.

    `wall_y` is the scene height where a wall meets the floor: it is as far there as the floor is.
    """
    below = np.maximum(rows - geometry.horizon, 0)
    inverse = below / max(FOCAL * geometry.eye, 1e-6) * geometry.stand_distance
    if wall_y is not None and wall_y > geometry.horizon:
        wall = (wall_y - geometry.horizon) / (FOCAL * geometry.eye) * geometry.stand_distance
        inverse = np.maximum(inverse, wall)
    return inverse.astype(np.float32)


def layered_inverse(layers: list[LayerCover], ground: Reals, indoors: bool) -> Reals:
    """Inverse depth (H, W) of a place's layers far to near, against the stand's."""
    shape = layers[0].cover.shape
    depth = np.broadcast_to(np.maximum(ground, SKY), shape).copy()
    for layer in layers:
        if layer.name == "back":
            if indoors:
                depth = np.maximum(depth, np.float32(_BACK))
            continue
        base = _NEAR if layer.name == "near" else _MID
        own = np.maximum(ground, np.float32(base))
        solid = layer.cover > 0.5
        depth = np.where(solid, np.maximum(np.broadcast_to(own, shape), depth), depth)
    return depth


def to_picture(inverse: Reals) -> NDArray[np.uint8]:
    """(H, W) uint8, the nearest white."""
    return np.rint(inverse / max(float(inverse.max()), 1e-6) * 255).astype(np.uint8)
