"""What hangs on the body beyond its own outline: coat tails, dresses, skirts, collars, hoods on the back, scarves.

It knows no head. Cloth follows the hips with a lag and stirs a little in the air.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import pi, sin

import numpy as np
from numpy.typing import NDArray

from mvlocal.staging.figures.body import Flat
from mvlocal.staging.figures.outline import Points, loft, ribbon, rounded_hull


@dataclass(frozen=True, slots=True)
class Hem:
    """A skirt: how far down the leg it goes (shares of the leg), half widths at the hips and at the hem, stiffness."""

    down: float
    hips: float
    hem: float
    loose: float


HEMS = {
    "coat": Hem(0.62, 0.088, 0.082, 0.8),
    "dress": Hem(0.80, 0.080, 0.128, 1.2),
    "skirt": Hem(0.46, 0.082, 0.098, 1.0),
}
_ROWS = np.array([0.0, 0.12, 0.28, 0.45, 0.62, 0.8, 1.0])


def skirt(flat: Flat) -> list[Points]:
    """The part of coat, dress or skirt below the hips; one piece, or two where it is bent over knees."""
    hem = HEMS.get(flat.traits.garment)
    if hem is None:
        return []
    spread, middle = _leg_rows(flat, hem)
    drag = np.array([flat.pose.drag[1][0], -flat.pose.drag[1][1]])
    late = (_ROWS**1.6)[:, None]
    stir = np.sin(2 * pi * (flat.pose.gust - 0.5 * _ROWS)) * 0.010 * hem.loose * _ROWS * flat.height
    middle = middle + drag * late * 0.75 * hem.loose * min(hem.down / 0.6, 1.2)
    middle[:, 0] += stir
    middle[:, 1] = np.minimum(middle[:, 1], -0.006)
    size = flat.height * (0.3 + 0.7 * flat.girth)
    radius = (hem.hips + (hem.hem - hem.hips) * _ROWS**1.1) * size
    radius = radius * np.array([1.0, 1.03, 1.02, 1.0, 1.0, 1.0, 1.0])
    tangent = np.gradient(middle, axis=0)
    tangent /= np.sqrt((tangent**2).sum(axis=1, keepdims=True)) + 1e-9
    normal = tangent[:, ::-1] * (1.0, -1.0)
    apart = np.abs((spread * normal).sum(axis=1))
    side = np.abs(np.array(flat.pose.hips_axes[0])[0])
    radius = radius * (0.74 + 0.26 * side)
    reach = np.sqrt(radius**2 + (0.9 * apart) ** 2) + 0.25 * apart
    rows = np.column_stack([middle, reach, reach])
    if _bent(middle):
        rows[:, 2:] *= np.array([1.0, 0.95, 0.85, 0.74, 0.68, 0.72, 0.78])[:, None]
        return [_piece(rows[:5], 0.5, 0.9), _piece(rows[3:], 0.9, 0.05)]
    return [_piece(rows, 0.25, 0.06)]


def _piece(rows: NDArray[np.float64], start: float, end: float) -> Points:
    at = tuple(float(v) for v in np.linspace(0, 1, len(rows)))
    outline = loft(at, rows, 24, start, end)
    outline[:, 1] = np.minimum(outline[:, 1], -0.003)
    return outline


def _bent(middle: Points) -> bool:
    first, last = middle[2] - middle[0], middle[-1] - middle[-3]
    turn = float(first @ last) / (float(np.hypot(*first)) * float(np.hypot(*last)) + 1e-9)
    return turn < 0.75


def _leg_rows(flat: Flat, hem: Hem) -> tuple[Points, Points]:
    """Half the vector between the legs and their middle, (7, 2) each, down to the hem; below the knee cloth hangs."""
    bones = flat.pose.skeleton
    reach = _ROWS[:, None] * hem.down * bones.leg
    paths: list[Points] = []
    for name in "lr":
        hip, knee, ankle = (flat.at(f"{name}_{joint}") for joint in ("hip", "knee", "ankle"))
        shin = (ankle - knee) / bones.shank
        shin = 0.55 * shin + 0.45 * np.array([0.0, 1.0])
        upper = hip + (knee - hip) * np.minimum(reach / bones.thigh, 1.0)
        paths.append(upper + shin * np.maximum(reach - bones.thigh, 0.0))
    return (paths[0] - paths[1]) / 2, (paths[0] + paths[1]) / 2


def collar(flat: Flat) -> list[Points]:
    """A collar or a hood lying on the shoulders."""
    garment = flat.traits.garment
    base, top = flat.at("neck"), flat.at("head")
    h, up = flat.height, top - base
    side = abs(flat.pose.chest_axes[0][0])
    ahead = np.array([flat.pose.chest_axes[2][0], -flat.pose.chest_axes[2][1]])
    if garment in ("coat", "jacket", "suit"):
        high = {"coat": 0.72, "jacket": 0.45, "suit": 0.40}[garment]
        wide = (0.040 + 0.010 * side) * h
        start, end = base - up * 0.32 - ahead * 0.004 * h, base + up * high - ahead * 0.010 * h
        rows = np.array([
            (*start, wide * 1.25, wide * 1.25), (*((start + end) / 2), wide, wide), (*end, wide * 0.98, wide * 0.98)
        ])  # fmt: skip
        return [loft((0.0, 0.5, 1.0), rows, 9, 0.2, 0.12)]
    if garment == "hoodie" and flat.traits.headwear != "hood":
        behind = base - ahead * 0.030 * h + up * 0.05
        across = np.array([side * 0.048 * h, 0.0])
        return [rounded_hull(np.array([behind - across, behind + across, base - up * 0.3]), 0.030 * h)]
    return []


def scarf(flat: Flat) -> list[Points]:
    """A scarf wound round the neck, and its end, which trails and flutters."""
    base, top = flat.at("neck"), flat.at("head")
    h, up = flat.height, top - base
    side, ahead = abs(flat.pose.chest_axes[0][0]), flat.pose.chest_axes[2][0]
    middle = base + up * 0.42
    across = np.array([(0.016 + 0.022 * side) * h, 0.0])
    wound = rounded_hull(np.array([middle - across, middle + across]), 0.028 * h)
    run = np.linspace(0, 1, 10)
    drag = np.array([flat.pose.drag[0][0], -flat.pose.drag[0][1]])
    start = base + np.array([(-0.030 * ahead + 0.012 * side) * h, 0.006 * h])
    down = np.stack([-0.030 * ahead * run * h, 0.205 * run * h], axis=1)
    speed = float(np.hypot(*drag)) / h
    stir = np.sin(2 * pi * (3.1 * flat.pose.gust - 0.9 * run)) * (0.006 + 0.25 * min(speed, 0.12)) * run * h
    lift = min(speed * 3.2, 0.55)
    tail = start + down * (1 - lift) + drag * (run**1.2)[:, None] * 2.3
    tail[:, 1] += stir * (0.3 + lift)
    tail[:, 0] += stir * (1 - lift) + 0.003 * h * sin(2 * pi * flat.pose.gust)
    width = (0.017 + 0.009 * run) * h
    return [wound, ribbon(tail, width, width, 0.5, 0.08)]
