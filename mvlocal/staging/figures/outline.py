"""Smooth closed outlines: limbs from centre lines and widths, hulls. It knows nobody's body.

Points are (n, 2) in the drawing plane: x to the right, y down.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import CubicSpline, PchipInterpolator

Points = NDArray[np.float64]

_CAP = np.linspace(0, np.pi, 15)[1:-1]
_TURNED = np.array([1.0, -1.0])
_CAP_COS, _CAP_SIN = np.cos(_CAP)[:, None], np.sin(_CAP)[:, None]


@lru_cache(maxsize=64)
def basis(at: tuple[float, ...], steps: int) -> NDArray[np.float64]:
    """Weights (steps, n) that give a smooth curve's values from those at `at` in [0, 1]."""
    return CubicSpline(at, np.eye(len(at)), bc_type="natural")(np.linspace(0, 1, steps))


def table_curve(table: ArrayLike, at: ArrayLike) -> NDArray[np.float64]:
    """Values at `at` of curves through rows (position, value, value ...), without overshoot; (n,) or (n, m)."""
    rows = np.asarray(table, np.float64)
    values = PchipInterpolator(rows[:, 0], rows[:, 1:])(np.asarray(at, np.float64))
    return values[:, 0] if values.shape[1] == 1 else values


def ribbon(centres: Points, left: ArrayLike, right: ArrayLike, start_cap: float = 1.0, end_cap: float = 1.0) -> Points:
    """The outline round a centre line (n, 2): `left` and `right` of it by (n,), ends rounded by a share of the width.

    Left is counter-clockwise of the line's direction as drawn.
    """
    return ribbons(centres[None], np.asarray(left)[None], np.asarray(right)[None], start_cap, end_cap)[0]


def ribbons(
    centres: NDArray[np.float64],
    left: NDArray[np.float64],
    right: NDArray[np.float64],
    start_cap: float = 1.0,
    end_cap: float = 1.0,
) -> NDArray[np.float64]:
    """`ribbon` for many lines at once: (k, n, 2), (k, n) and (k, n) give (k, m, 2)."""
    count = centres.shape[1]
    caps = len(_CAP)
    tangent = np.empty_like(centres)
    tangent[:, 1:-1] = centres[:, 2:] - centres[:, :-2]
    tangent[:, 0], tangent[:, -1] = centres[:, 1] - centres[:, 0], centres[:, -1] - centres[:, -2]
    tangent /= np.hypot(tangent[..., 0], tangent[..., 1])[..., None] + 1e-12
    normal = tangent[..., ::-1] * _TURNED
    outline = np.empty((len(centres), 2 * (count + caps), 2))
    port, starboard = outline[:, :count], outline[:, 2 * count + caps - 1 : count + caps - 1 : -1]
    port[:] = centres + normal * left[..., None]
    starboard[:] = centres - normal * right[..., None]
    _cap(outline[:, count : count + caps], port[:, -1], starboard[:, -1], tangent[:, -1], end_cap)
    _cap(outline[:, 2 * count + caps :], starboard[:, 0], port[:, 0], -tangent[:, 0], start_cap)
    return outline


def _cap(
    into: NDArray[np.float64],
    start: NDArray[np.float64],
    end: NDArray[np.float64],
    outward: NDArray[np.float64],
    share: float,
) -> None:
    middle, half = (start + end) / 2, (start - end) / 2
    reach = outward * (np.hypot(half[:, 0], half[:, 1])[:, None] * share)
    into[:] = middle[:, None] + half[:, None] * _CAP_COS + reach[:, None] * _CAP_SIN


def loft(at: tuple[float, ...], rows: ArrayLike, steps: int, start_cap: float = 1.0, end_cap: float = 1.0) -> Points:
    """`ribbon` through rows (n, 4) of x, y, left, right given at positions `at` from 0 to 1."""
    fine = basis(at, steps) @ np.asarray(rows, np.float64)
    return ribbon(fine[:, :2], np.maximum(fine[:, 2], 1e-4), np.maximum(fine[:, 3], 1e-4), start_cap, end_cap)


def hull(points: ArrayLike) -> Points:
    """The convex hull of points (n, 2)."""
    found = cv2.convexHull(np.asarray(points, np.float32))
    return np.asarray(found, np.float64).reshape(-1, 2)


def rounded_hull(points: ArrayLike, radius: float) -> Points:
    """The convex hull of circles of `radius` round points (n, 2)."""
    p = np.asarray(points, np.float64)
    return hull((p[:, None, :] + radius * _CIRCLE).reshape(-1, 2))


def hull_of_circles(centres: ArrayLike, radii: ArrayLike) -> Points:
    """The convex hull of circles round `centres` (n, 2) with `radii` (n,)."""
    p, r = np.asarray(centres, np.float64), np.asarray(radii, np.float64)
    return hull((p[:, None, :] + r[:, None, None] * _CIRCLE).reshape(-1, 2))


_ROUND = np.linspace(0, 2 * np.pi, 29)[:-1]
_CIRCLE = np.stack([np.cos(_ROUND), np.sin(_ROUND)], axis=1)
