"""Smooth closed curves through points, for outlines of land, things and people alike. It knows none of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Points = NDArray[np.float64]


def closed_curve(points: ArrayLike, steps: int = 8) -> Points:
    """A closed curve through `points` (n, 2).

    Source: Catmull and Rom, "A class of local interpolating splines" (1974); uniform, tension one half.
    """
    p = np.asarray(points, np.float64)
    before, after, beyond = np.roll(p, 1, 0), np.roll(p, -1, 0), np.roll(p, -2, 0)
    t = (np.arange(steps) / steps)[:, None, None]
    curve = 0.5 * (
        2 * p
        + (after - before) * t
        + (2 * before - 5 * p + 4 * after - beyond) * t**2
        + (3 * p - before - 3 * after + beyond) * t**3
    )
    return curve.transpose(1, 0, 2).reshape(-1, 2)
