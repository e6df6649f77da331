"""The head: a skull with a face as level curves, seen from any side. It knows no hair and no neck.

Head units: 1 from chin to crown. `u` is the height over the chin, `f` forwards and `l` to the left of the neck's axis.
The outline is found level by level: at each height the farthest of skull and nose ridge to either side.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import atan2, cos, hypot, sin

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mvlocal.staging.figures.outline import Points, table_curve
from mvlocal.staging.rig.pose import Pose

PIVOT = 0.14
"""Height of the neck's top over the chin."""

# height, middle of the face (nose, lips, chin), face beside it, back, half width
_LEVELS = (
    (0.000, 0.235, 0.225, 0.150, 0.050),
    (0.012, 0.295, 0.275, 0.130, 0.098),
    (0.035, 0.338, 0.312, 0.100, 0.135),
    (0.068, 0.352, 0.325, 0.060, 0.168),
    (0.100, 0.346, 0.322, 0.015, 0.196),
    (0.132, 0.330, 0.312, -0.060, 0.220),
    (0.158, 0.350, 0.318, -0.190, 0.236),
    (0.180, 0.368, 0.326, -0.255, 0.246),
    (0.196, 0.362, 0.330, -0.278, 0.253),
    (0.206, 0.346, 0.332, -0.290, 0.257),
    (0.216, 0.368, 0.334, -0.300, 0.261),
    (0.236, 0.382, 0.338, -0.318, 0.268),
    (0.258, 0.372, 0.342, -0.334, 0.276),
    (0.278, 0.376, 0.344, -0.348, 0.283),
    (0.294, 0.420, 0.346, -0.358, 0.288),
    (0.312, 0.466, 0.348, -0.368, 0.292),
    (0.332, 0.482, 0.350, -0.378, 0.296),
    (0.352, 0.476, 0.352, -0.388, 0.300),
    (0.400, 0.443, 0.352, -0.408, 0.309),
    (0.450, 0.414, 0.344, -0.424, 0.318),
    (0.490, 0.388, 0.336, -0.434, 0.324),
    (0.520, 0.390, 0.350, -0.440, 0.328),
    (0.560, 0.412, 0.388, -0.444, 0.332),
    (0.610, 0.424, 0.406, -0.444, 0.335),
    (0.680, 0.420, 0.408, -0.436, 0.335),
    (0.750, 0.396, 0.388, -0.414, 0.324),
    (0.820, 0.350, 0.344, -0.372, 0.298),
    (0.880, 0.286, 0.282, -0.312, 0.256),
    (0.930, 0.208, 0.206, -0.238, 0.200),
    (0.965, 0.136, 0.136, -0.166, 0.142),
    (0.988, 0.066, 0.066, -0.096, 0.082),
    (1.000, -0.010, -0.010, -0.020, 0.010),
)  # fmt: skip
_MOUTH = 0.206


@dataclass(frozen=True, slots=True)
class View:
    """How the head is seen: drawing-plane point of its pivot, its up and its sideways on the paper, the share of
    forwards (`ahead`) and of left (`aside`) that goes sideways, and how forwards goes up or down (`tip`)."""

    pivot: tuple[float, float]
    up: tuple[float, float]
    across: tuple[float, float]
    ahead: float
    aside: float
    near_ahead: float
    near_aside: float
    tip: float
    size: float
    rise: float

    def put(self, u: NDArray[np.float64], across: NDArray[np.float64], forward: NDArray[np.float64] | float) -> Points:
        """Paper points of heights `u` and offsets `across` at depths `forward`."""
        up = ((u - PIVOT) * self.rise + np.asarray(forward) * self.tip) * self.size
        side = across * self.size
        points = np.empty((len(up), 2))
        points[:, 0] = self.pivot[0] + up * self.up[0] + side * self.across[0]
        points[:, 1] = self.pivot[1] + up * self.up[1] + side * self.across[1]
        return points

    def point(self, u: float, left: float, forward: float) -> tuple[float, float]:
        """A single point of the head on paper."""
        up = (u - PIVOT) * self.rise * self.size + forward * self.tip * self.size
        side = (left * self.aside + forward * self.ahead) * self.size
        return (
            self.pivot[0] + up * self.up[0] + side * self.across[0],
            self.pivot[1] + up * self.up[1] + side * self.across[1],
        )

    def towards(self, left: float, forward: float) -> float:
        """How far a direction points to whoever looks."""
        return left * self.near_aside + forward * self.near_ahead


def view_of(pose: Pose) -> View:
    """How the pose's head is seen in the drawing plane."""
    left, up, forward = pose.head_axes
    at = pose.at("head")
    rise = hypot(up[0], up[1])
    if rise > 0.25:
        paper_up = (up[0] / rise, -up[1] / rise)
    else:
        turn = atan2(up[0], up[1])
        paper_up = (sin(turn), -cos(turn))
    across = (-paper_up[1], paper_up[0])
    return View(
        pivot=(float(at[0]) - pose.root[0], -float(at[1])),
        up=paper_up,
        across=across,
        ahead=forward[0] * across[0] - forward[1] * across[1],
        aside=left[0] * across[0] - left[1] * across[1],
        near_ahead=forward[2],
        near_aside=left[2],
        tip=forward[0] * paper_up[0] - forward[1] * paper_up[1],
        size=pose.skeleton.head,
        rise=max(rise, 0.75),
    )


def volume(rows: ArrayLike, at: ArrayLike) -> NDArray[np.float64]:
    """Level rows (u, middle, face, back, half width) at heights `at` from a table of (u, front, back, half width).

    Squares are interpolated, so that a volume which closes at its top is round there.
    """
    table, heights = np.asarray(rows, np.float64), np.asarray(at, np.float64)
    u, front, back, wide = table.T
    inner = np.column_stack([u, (front + back) / 2, ((front - back) / 2) ** 2, wide**2])
    centre, deep2, wide2 = table_curve(inner, heights).T
    deep = np.sqrt(np.maximum(deep2, 0))
    return np.column_stack([heights, centre + deep, centre + deep, centre - deep, np.sqrt(np.maximum(wide2, 0))])


@cache
def _levels() -> NDArray[np.float64]:
    rows = np.array(_LEVELS)
    top = 1 - (1 - np.linspace(0.45, 1, 26)) ** 1.8
    at = np.unique(np.concatenate([rows[:, 0], np.linspace(0.14, 0.265, 22), np.linspace(0.27, 0.5, 24), top]))
    levels = volume(rows[:, [0, 2, 3, 4]], at)
    ridge = np.asarray(table_curve(rows[:, :2], at))
    levels[:, 1] = np.where(at < 0.64, ridge, levels[:, 2])
    return levels


def _open_mouth(levels: NDArray[np.float64], mouth: float) -> NDArray[np.float64]:
    """The jaw let down by `mouth`, and a gap between the lips."""
    gap = 0.055 * mouth
    lower, upper = levels[levels[:, 0] < _MOUTH], levels[levels[:, 0] >= _MOUTH]
    lower = lower - np.array([gap, 0.018 * mouth, 0, 0, 0])
    corner = np.stack([upper[0], upper[0]])
    corner[:, 0] = _MOUTH - gap * np.array([0.62, 0.22])
    corner[:, 1] -= np.array([0.085, 0.120]) * mouth
    corner[:, 2] -= np.array([0.070, 0.105]) * mouth
    return np.concatenate([lower, corner, upper])


@dataclass(frozen=True, slots=True)
class Extents:
    """Left and right edges across the view at heights `u`, with the depths where they lie."""

    u: NDArray[np.float64]
    left: NDArray[np.float64]
    right: NDArray[np.float64]
    left_f: NDArray[np.float64]
    right_f: NDArray[np.float64]


def extents(view: View, levels: NDArray[np.float64], nose: bool = True) -> Extents:
    """Of level rows (u, middle, face, back, half width)."""
    u, ridge, face, back, wide = levels.T
    centre, deep = (face + back) / 2, (face - back) / 2
    reach = np.sqrt((wide * view.aside) ** 2 + (deep * view.ahead) ** 2) + 1e-9
    middle = centre * view.ahead
    left, right = middle - reach, middle + reach
    lean = deep * deep * view.ahead / reach
    left_f, right_f = centre - lean, centre + lean
    if nose:
        half = 0.055 * abs(view.aside)
        tip = ridge * view.ahead
        right_f = np.where(tip + half > right, ridge, right_f)
        left_f = np.where(tip - half < left, ridge, left_f)
        right, left = np.maximum(right, tip + half), np.minimum(left, tip - half)
    return Extents(u, left, right, left_f, right_f)


def head_outline(view: View, mouth: float) -> Points:
    """The bare head's outline; `mouth` opens the lips from 0 to 1."""
    levels = _levels() if mouth < 0.01 else _open_mouth(_levels(), mouth)
    edges = extents(view, levels)
    right = view.put(edges.u, edges.right, edges.right_f)
    left = view.put(edges.u, edges.left, edges.left_f)
    return np.concatenate([right, left[::-1]])


def ear_outline(view: View, side: float) -> Points:
    """The ear on `side` (1 left): an oval that stands a little off the skull."""
    turn = np.linspace(0, 2 * np.pi, 17)[:-1]
    u = 0.405 + 0.098 * np.cos(turn) * (1 - 0.12 * np.sin(turn))
    forward = -0.035 - 0.055 * np.sin(turn) - 0.018 * np.cos(turn)
    left = side * (0.318 + 0.045 * (0.5 - 0.5 * np.sin(turn)) + 0.012 * np.cos(turn))
    return view.put(u, left * view.aside + forward * view.ahead, forward)


def ear_fold(view: View, side: float) -> Points:
    """The line inside the ear."""
    ear = ear_outline(view, side)
    middle = ear.mean(axis=0)
    return np.concatenate([middle + 0.70 * (ear[2:10] - middle), middle + 0.52 * (ear[9:1:-1] - middle)])


def chin_shade(view: View) -> Points:
    """The shade of the jaw on the neck."""
    levels = _levels()
    levels = levels[levels[:, 0] < 0.24].copy()
    levels[:, 0] -= 0.05
    levels[:, 3] = np.minimum(levels[:, 3], -0.02)
    edges = extents(view, levels, nose=False)
    middle = (edges.left + edges.right) / 2
    right, left = middle + 0.80 * (edges.right - middle), middle + 0.80 * (edges.left - middle)
    lowest = view.put(edges.u, right, edges.right_f)
    return np.concatenate([lowest, view.put(edges.u, left, edges.left_f)[::-1]])
