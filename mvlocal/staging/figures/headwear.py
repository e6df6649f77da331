"""Hats, caps, hoods and crowns on the head of `head.py`. It knows no hair."""

from __future__ import annotations

from functools import cache
from math import pi

import numpy as np
from numpy.typing import NDArray

from mvlocal.schema.staging import Headwear
from mvlocal.staging.figures.head import View, extents, volume
from mvlocal.staging.figures.outline import Points, hull

_TURN = np.linspace(0, 2 * pi, 33)[:-1]

# height, front, back, half width
_VOLUMES = {
    "hat": (
        (0.655, 0.455, -0.485, 0.375),
        (0.740, 0.450, -0.480, 0.372),
        (0.900, 0.420, -0.455, 0.345),
        (1.020, 0.385, -0.420, 0.318),
        (1.080, 0.345, -0.360, 0.285),
        (1.092, 0.250, -0.250, 0.200),
        (1.096, 0.060, -0.060, 0.060),
    ),
    "cap": (
        (0.660, 0.450, -0.485, 0.372),
        (0.760, 0.448, -0.482, 0.370),
        (0.880, 0.405, -0.425, 0.335),
        (0.970, 0.320, -0.320, 0.262),
        (1.030, 0.200, -0.200, 0.168),
        (1.055, 0.000, -0.010, 0.015),
    ),
    "hood": (
        (-0.140, 0.160, -0.480, 0.330),
        (0.000, 0.230, -0.530, 0.395),
        (0.200, 0.280, -0.575, 0.430),
        (0.450, 0.350, -0.610, 0.445),
        (0.700, 0.440, -0.600, 0.430),
        (0.880, 0.450, -0.520, 0.370),
        (1.000, 0.380, -0.390, 0.275),
        (1.075, 0.220, -0.240, 0.150),
        (1.100, 0.000, -0.060, 0.015),
    ),
    "crown": (
        (0.700, 0.440, -0.475, 0.372),
        (0.900, 0.455, -0.490, 0.388),
    ),
}


@cache
def _levels(name: str) -> NDArray[np.float64]:
    rows = np.array(_VOLUMES[name])
    at = rows[0, 0] + (rows[-1, 0] - rows[0, 0]) * (1 - (1 - np.linspace(0, 1, 26)) ** 1.6)
    return volume(rows, at)


def headwear(view: View, worn: Headwear) -> list[Points]:
    """The outlines of what is worn on the head, nearest last."""
    if worn == "hat":
        return [_disc(view, 0.665, 0.735, 0.60, 0.05, curl=0.055), _dome(view, "hat")]
    if worn == "cap":
        return [_dome(view, "cap"), _peak(view)]
    if worn == "hood":
        return _hood(view)
    if worn == "crown":
        return [_crown(view)]
    return []


def _dome(view: View, name: str) -> Points:
    sides = extents(view, _levels(name), nose=False)
    right, left = view.put(sides.u, sides.right, sides.right_f), view.put(sides.u, sides.left, sides.left_f)
    return np.concatenate([right, left[::-1]])


def _disc(view: View, u: float, deep: float, wide: float, thick: float, curl: float) -> Points:
    """A brim: as an ellipse round the head, its sides turned up by `curl`."""
    left, forward = wide * np.sin(_TURN), deep * np.cos(_TURN) - 0.01
    height = u + curl * np.sin(_TURN) ** 2 - 0.02 * np.cos(_TURN)
    across = left * view.aside + forward * view.ahead
    upper, lower = (
        view.put(height + thick / 2, across, forward * 0.6),
        view.put(height - thick / 2, across, forward * 0.6),
    )
    return hull(np.concatenate([upper, lower])) if abs(view.tip) > 0.25 else _lens(upper, lower)


def _lens(upper: Points, lower: Points) -> Points:
    return hull(np.concatenate([upper, lower]))


def _peak(view: View) -> Points:
    turn = np.linspace(-1, 1, 15)
    left, forward = 0.285 * np.sin(turn * 1.35), 0.36 + 0.40 * np.cos(turn * 1.35)
    height = 0.665 - 0.10 * (forward - 0.40)
    points = [view.put(height + lift, left * view.aside + forward * view.ahead, forward) for lift in (0.022, -0.022)]
    return hull(np.concatenate(points))


def _crown(view: View) -> Points:
    """A band with points, seen from the side that faces the view."""
    angles = np.linspace(-pi, pi, 41)
    wide, deep = 0.385, 0.475
    tops = 0.90 + 0.16 * (np.arange(41) % 4 == 2) + 0.06 * (np.arange(41) % 4 != 0)
    left, forward = wide * np.sin(angles), deep * np.cos(angles) - 0.015
    seen = left * view.near_aside + forward * view.near_ahead >= -0.02
    left, forward, tops = left[seen], forward[seen], tops[seen]
    across = left * view.aside + forward * view.ahead
    order = np.argsort(across)
    top = view.put(tops[order], across[order], forward[order])
    base = view.put(np.full(len(order), 0.715), across[order] * 0.97, forward[order])
    return np.concatenate([top, base[::-1]])


def hood_lining(view: View) -> Points:
    """The inside of a hood, behind the face."""
    return _dome(view, "hood")


def _hood(view: View) -> list[Points]:
    """A hood round the head, open at the face."""
    levels = _levels("hood")
    sides = extents(view, levels, nose=False)
    right, left = view.put(sides.u, sides.right, sides.right_f), view.put(sides.u, sides.left, sides.left_f)
    outline = np.concatenate([right, left[::-1]])
    if view.near_ahead < 0.15:
        return [outline]
    turn = np.linspace(0, 2 * pi, 33)[:-1]
    wide = 0.30 * np.sin(turn)
    u, forward = 0.37 + 0.43 * np.cos(turn), 0.30 - 0.9 * wide**2
    opening = view.put(u, wide * view.aside + forward * view.ahead, forward)
    low, high = outline.min(axis=0), outline.max(axis=0)
    opening = np.clip(opening, low, high)
    start = int(np.argmin(outline[:, 1]))
    ring = np.roll(outline, -start, axis=0)
    first = int(np.argmin(opening[:, 1]))
    hole = np.roll(opening, -first, axis=0)
    return [np.concatenate([ring, ring[:1], hole, hole[:1]])]
