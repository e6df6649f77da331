"""Hair, beard, glasses and the fine lines of a face, laid round the head of `head.py` and seen from any side.

It knows no body. Hair that hangs below the chin falls downwards and trails after the head.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import atan2, pi

import numpy as np
from numpy.typing import NDArray

from mvlocal.schema.staging import Hair
from mvlocal.staging.figures.head import View, extents, volume
from mvlocal.staging.figures.outline import Points, hull, table_curve
from mvlocal.staging.rig.pose import Pose

# height, front, back, half width: the volume that the hair fills
_SHORT = (
    (0.10, 0.200, -0.255, 0.215),
    (0.17, 0.240, -0.300, 0.250),
    (0.30, 0.325, -0.392, 0.288),
    (0.42, 0.340, -0.440, 0.316),
    (0.56, 0.380, -0.472, 0.338),
    (0.70, 0.436, -0.472, 0.360),
    (0.80, 0.432, -0.444, 0.348),
    (0.90, 0.376, -0.366, 0.290),
    (0.97, 0.268, -0.262, 0.212),
    (1.015, 0.140, -0.150, 0.124),
    (1.035, 0.000, -0.010, 0.010),
)
_SLEEK = (
    (0.12, 0.220, -0.250, 0.215),
    (0.24, 0.280, -0.335, 0.270),
    (0.42, 0.340, -0.428, 0.326),
    (0.56, 0.390, -0.458, 0.342),
    (0.70, 0.420, -0.452, 0.346),
    (0.82, 0.372, -0.396, 0.314),
    (0.91, 0.276, -0.300, 0.242),
    (0.975, 0.140, -0.170, 0.140),
    (1.015, -0.010, -0.020, 0.010),
)
_BOB = (
    (-0.065, 0.120, -0.300, 0.270),
    (-0.040, 0.160, -0.350, 0.345),
    (0.030, 0.190, -0.405, 0.388),
    (0.160, 0.215, -0.452, 0.402),
    (0.320, 0.260, -0.482, 0.398),
    (0.500, 0.340, -0.498, 0.390),
    (0.660, 0.424, -0.494, 0.382),
    (0.800, 0.424, -0.450, 0.352),
    (0.900, 0.360, -0.368, 0.290),
    (0.970, 0.240, -0.260, 0.208),
    (1.015, 0.120, -0.140, 0.116),
    (1.034, -0.010, -0.020, 0.010),
)
_LONG = (
    (-1.160, -0.185, -0.265, 0.060),
    (-1.090, -0.150, -0.330, 0.165),
    (-0.920, -0.105, -0.400, 0.270),
    (-0.640, -0.060, -0.450, 0.350),
    (-0.340, 0.010, -0.458, 0.385),
    (-0.060, 0.095, -0.448, 0.384),
    (0.200, 0.190, -0.462, 0.384),
    (0.400, 0.280, -0.484, 0.384),
    (0.560, 0.380, -0.494, 0.382),
    (0.700, 0.430, -0.486, 0.374),
    (0.810, 0.420, -0.446, 0.346),
    (0.900, 0.360, -0.368, 0.290),
    (0.970, 0.240, -0.260, 0.208),
    (1.015, 0.120, -0.140, 0.116),
    (1.034, -0.010, -0.020, 0.010),
)
_CURLY = (
    (-0.040, 0.060, -0.330, 0.300),
    (0.060, 0.140, -0.450, 0.410),
    (0.220, 0.220, -0.530, 0.470),
    (0.420, 0.300, -0.575, 0.495),
    (0.620, 0.420, -0.580, 0.490),
    (0.790, 0.480, -0.530, 0.455),
    (0.920, 0.440, -0.430, 0.380),
    (1.020, 0.330, -0.310, 0.285),
    (1.090, 0.180, -0.170, 0.165),
    (1.120, 0.000, -0.010, 0.020),
)

# degrees from the front, height of the hair's lower edge there
_EDGES: dict[str, tuple[tuple[float, float], ...]] = {
    "short": (
        (0, 0.800), (26, 0.800), (44, 0.740), (54, 0.640), (66, 0.610), (74, 0.400), (84, 0.370), (90, 0.530),
        (106, 0.500), (120, 0.330), (138, 0.250), (160, 0.205), (180, 0.200),
    ),
    "bob": (
        (0, 0.655), (20, 0.660), (38, 0.670), (50, 0.610), (58, 0.420), (64, 0.160), (70, -0.030), (84, -0.052),
        (180, -0.045),
    ),
    "long": (
        (0, 0.815), (14, 0.800), (34, 0.740), (50, 0.620), (58, 0.430), (63, 0.100), (67, -0.350), (72, -0.700),
        (90, -0.860), (120, -1.000), (150, -1.090), (180, -1.110),
    ),
    "bun": (
        (0, 0.815), (26, 0.800), (44, 0.740), (56, 0.650), (70, 0.590), (80, 0.480), (90, 0.550), (106, 0.500),
        (122, 0.330), (142, 0.220), (180, 0.165),
    ),
    "curly": (
        (0, 0.760), (24, 0.745), (42, 0.680), (54, 0.540), (64, 0.320), (74, 0.120), (90, 0.020), (180, 0.000),
    ),
}  # fmt: skip
_VOLUMES: dict[str, tuple[tuple[float, float, float, float], ...]] = {
    "short": _SHORT,
    "bob": _BOB,
    "long": _LONG,
    "bun": _SLEEK,
    "curly": _CURLY,
}
_HANGS_FROM = 0.25


@dataclass(frozen=True, slots=True)
class Fall:
    """How hair falls: where down is, and how far its ends trail, in head units on paper."""

    down: tuple[float, float]
    drag: tuple[float, float]
    gust: float


def fall_of(pose: Pose, view: View) -> Fall:
    """From the pose's trailing and its gust."""
    drag = pose.drag[0]
    size = view.size
    up = view.up
    mixed = (0.2 * -up[0], 0.2 * -up[1] + 0.8)
    reach = (mixed[0] ** 2 + mixed[1] ** 2) ** 0.5
    return Fall((mixed[0] / reach, mixed[1] / reach), (drag[0] / size, -drag[1] / size), pose.gust)


@cache
def _volume(hair: str) -> NDArray[np.float64]:
    rows = np.array(_VOLUMES[hair])
    top = 1 - (1 - np.linspace(0, 1, 26)) ** 1.6
    at = rows[0, 0] + (rows[-1, 0] - rows[0, 0]) * np.unique(np.concatenate([top, np.linspace(0, 1, 14)]))
    return volume(rows, at)


@cache
def _edge(hair: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    angles = np.linspace(0, 180, 91)
    return angles, np.asarray(table_curve(np.array(_EDGES[hair]), angles))


def _placed(view: View, fall: Fall, u: NDArray[np.float64], x: NDArray[np.float64], f: NDArray[np.float64]) -> Points:
    """Points of hair on paper: rigid on the skull, hanging below it."""
    points = view.put(u, x, f)
    low = np.maximum(_HANGS_FROM - u, 0.0)
    swing = (low / 1.3) ** 1.35
    flutter = 0.035 * np.sin(2 * pi * (fall.gust - 0.55 * low)) * np.minimum(low, 1.2) ** 1.5
    size = view.size
    away = 1.0 * swing
    points[:, 0] += size * (low * (fall.down[0] + view.up[0] * view.rise) + away * fall.drag[0] + flutter)
    points[:, 1] += size * (low * (fall.down[1] + view.up[1] * view.rise) + away * fall.drag[1])
    return points


def _facing_angles(view: View, wide: float, deep: float) -> NDArray[np.float64]:
    """Azimuths (radians from the front to the left) from the left edge of the view to the right along what is seen."""
    right = atan2(wide * view.aside, deep * view.ahead)
    middle = right + pi / 2
    seen = wide * np.sin(middle) * view.near_aside + deep * np.cos(middle) * view.near_ahead
    sign = 1.0 if seen > 0 else -1.0
    return right + sign * np.linspace(pi, 0, 91)


def _ring(
    view: View, fall: Fall, levels: NDArray[np.float64], u: NDArray[np.float64], angles: NDArray[np.float64]
) -> Points:
    front, back, wide = (np.interp(u, levels[:, 0], levels[:, k]) for k in (2, 3, 4))
    left = wide * np.sin(angles)
    forward = (front + back) / 2 + (front - back) / 2 * np.cos(angles)
    return _placed(view, fall, u, left * view.aside + forward * view.ahead, forward)


def _sheet(
    view: View, fall: Fall, levels: NDArray[np.float64], u: NDArray[np.float64], angles: NDArray[np.float64]
) -> Points:
    """What is seen of a volume above the edge `u` along `angles` (from the left of the view to its right)."""
    edge = _ring(view, fall, levels, u, angles)
    sides = extents(view, levels, nose=False)
    up = levels[:, 0] > u[-1]
    right = _placed(view, fall, sides.u[up], sides.right[up], sides.right_f[up])
    up = levels[:, 0] > u[0]
    left = _placed(view, fall, sides.u[up], sides.left[up], sides.left_f[up])
    return np.concatenate([edge, right, left[::-1]])


def hair_front(view: View, fall: Fall, hair: Hair) -> Points | None:
    """The hair that lies before the head as seen, None for a bald head."""
    if hair == "bald":
        return None
    levels = _volume(hair)
    angles = _facing_angles(view, 0.34, 0.44)
    at, height = _edge(hair)
    folded = np.abs((np.degrees(angles) + 180) % 360 - 180)
    outline = _sheet(view, fall, levels, np.interp(folded, at, height), angles)
    return _curled(outline, view) if hair == "curly" else outline


def hair_under(view: View, fall: Fall, hair: Hair) -> Points | None:
    """What of the hair shows past the far side of the head: to be laid behind it."""
    if hair == "bald":
        return None
    levels = _volume(hair)
    angles = _facing_angles(view, 0.34, 0.44)
    at, height = _edge(hair)
    folded = np.abs((np.degrees(angles[[0, -1]]) + 180) % 360 - 180)
    first, last = np.interp(folded, at, height)
    sides = extents(view, levels, nose=False)
    right, left = levels[:, 0] > last, levels[:, 0] > first
    outline = np.concatenate(
        [
            _placed(view, fall, sides.u[right], sides.right[right], sides.right_f[right]),
            _placed(view, fall, sides.u[left], sides.left[left], sides.left_f[left])[::-1],
        ]
    )
    return _curled(outline, view) if hair == "curly" else outline


def hair_back(view: View, fall: Fall, hair: Hair) -> Points | None:
    """The hair that hangs behind head and neck, None where there is none."""
    if hair not in ("bob", "long", "curly"):
        return None
    levels = _volume(hair)
    sides = extents(view, levels, nose=False)
    right, left = sides.right, sides.left
    if view.near_ahead > -0.3 and abs(view.ahead) > 0.3:
        inner = 0.42 * abs(view.aside) ** 0.5 + np.interp(sides.u, [-1.2, 0.0, 0.3], [-0.12, -0.10, 0.0]) * abs(
            view.ahead
        )
        right = np.minimum(right, inner) if view.ahead > 0 else right
        left = np.maximum(left, -inner) if view.ahead < 0 else left
    outline = np.concatenate(
        [
            _placed(view, fall, sides.u, right, sides.right_f),
            _placed(view, fall, sides.u, left, sides.left_f)[::-1],
        ]
    )
    return _curled(outline, view) if hair == "curly" else outline


def _curled(outline: Points, view: View) -> Points:
    """Locks along the outline."""
    closed = np.concatenate([outline, outline[:1]])
    run = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(closed, axis=0).T))])
    count = 150
    at = np.linspace(0, run[-1], count, endpoint=False)
    points = np.stack([np.interp(at, run, closed[:, k]) for k in (0, 1)], axis=1)
    tangent = np.roll(points, -2, 0) - np.roll(points, 2, 0)
    tangent /= np.sqrt((tangent**2).sum(axis=1, keepdims=True)) + 1e-9
    normal = tangent[:, ::-1] * (1.0, -1.0)
    turn = 2 * pi * at / run[-1]
    bumps = 0.5 * np.abs(np.sin(9.5 * turn)) + 0.35 * np.abs(np.sin(15 * turn + 1.1)) - 0.4
    area = float(np.sum(points[:, 0] * np.roll(points[:, 1], -1) - points[:, 1] * np.roll(points[:, 0], -1)))
    return points + normal * (0.055 * view.size * bumps * np.sign(-area))[:, None]


def bun(view: View) -> Points:
    """The knot at the back of the head."""
    turn = np.linspace(0, 2 * pi, 21)[:-1]
    x, y = view.point(0.90, 0.0, -0.43)
    return np.stack([x + 0.185 * view.size * np.cos(turn), y + 0.165 * view.size * np.sin(turn)], axis=1)


_BEARD = np.array([
    (-0.105, 0.200, 0.060, 0.060),
    (-0.075, 0.305, -0.020, 0.150),
    (-0.020, 0.372, -0.120, 0.205),
    (0.060, 0.386, -0.200, 0.236),
    (0.130, 0.374, -0.250, 0.260),
    (0.200, 0.378, -0.280, 0.276),
    (0.260, 0.385, -0.300, 0.292),
    (0.420, 0.360, -0.300, 0.324),
])  # fmt: skip
_BEARD_TOP = np.array([(0, 0.150), (15, 0.165), (23, 0.228), (36, 0.205), (60, 0.265), (78, 0.400), (90, 0.400)])


def beard(view: View, fall: Fall) -> Points | None:
    """Cheeks and chin; None from behind."""
    if view.near_ahead < -0.45:
        return None
    fine = np.linspace(-0.105, 0.42, 24)
    levels = np.column_stack([fine, *(np.interp(fine, _BEARD[:, 0], _BEARD[:, k]) for k in (1, 1, 2, 3))])
    angles = _facing_angles(view, 0.28, 0.22)
    folded = np.abs((np.degrees(angles) + 180) % 360 - 180)
    keep = folded <= 90
    if keep.sum() < 4:
        return None
    angles, folded = angles[keep], folded[keep]
    top = _ring(view, fall, levels, np.interp(folded, _BEARD_TOP[:, 0], _BEARD_TOP[:, 1]), angles)
    sides = extents(view, levels[::-1], nose=False)
    limit = [float(np.interp(folded[k], _BEARD_TOP[:, 0], _BEARD_TOP[:, 1])) for k in (0, -1)]
    right = sides.u < limit[1]
    left = sides.u < limit[0]
    behind = 0.05 * abs(view.ahead) + 0.33 * abs(view.aside)
    right_x = np.minimum(sides.right, behind) if view.ahead < 0 else sides.right
    left_x = np.maximum(sides.left, -behind) if view.ahead > 0 else sides.left
    down = view.put(sides.u[right], right_x[right], sides.right_f[right])
    up = view.put(sides.u[left], left_x[left], sides.left_f[left])[::-1]
    return np.concatenate([top, down, up])


# Fine lines of a face: (height, degrees from the front, half thickness) along each, for the left side.
_BROW = ((0.545, 11, 0.006), (0.568, 22, 0.012), (0.574, 33, 0.012), (0.565, 43, 0.009), (0.545, 52, 0.004))
_LID = ((0.486, 14, 0.003), (0.472, 21, 0.007), (0.465, 29, 0.010), (0.468, 38, 0.009), (0.482, 46, 0.004))
_LIPS = ((0.214, -19, 0.003), (0.207, -9, 0.009), (0.209, 0, 0.008), (0.207, 9, 0.009), (0.214, 19, 0.003))
_FACE_LINES = np.array([_BROW, _BROW, _LID, _LID, _LIPS])
_FACE_LINES[1:4:2, :, 1] *= -1
_FACE = ((0.0, 0.330, 0.05), (0.2, 0.352, 0.235), (0.35, 0.352, 0.290), (0.48, 0.345, 0.31), (0.57, 0.395, 0.33))


def face_lines(view: View, mouth: float, blink: float) -> list[Points]:
    """Brows, lids and lips as thin closed shapes, as far as they can be seen."""
    if view.near_ahead < -0.1:
        return []
    table = _FACE_LINES.copy()
    table[2:4, :, 0] -= 0.018 * blink
    table[4, :, 0] -= 0.02 * mouth
    table[4, 1:4, 2] += 0.030 * mouth * np.array([0.7, 1.0, 0.7])
    u, angle, thick = table[..., 0], np.radians(table[..., 1]), table[..., 2]
    rows = np.array(_FACE)
    front, wide = np.interp(u, rows[:, 0], rows[:, 1]), np.interp(u, rows[:, 0], rows[:, 2])
    left, forward = wide * np.sin(angle), -0.06 + (front + 0.06) * np.cos(angle)
    near = np.sin(angle) * view.near_aside + np.cos(angle) * view.near_ahead
    across = left * view.aside + forward * view.ahead
    upper = view.put((u + thick).ravel(), across.ravel(), forward.ravel()).reshape(5, 5, 2)
    lower = view.put((u - thick).ravel(), across.ravel(), forward.ravel()).reshape(5, 5, 2)
    seen = near > 0.0
    return [
        np.concatenate([upper[line][seen[line]], lower[line][seen[line]][::-1]])
        for line in range(5)
        if np.count_nonzero(near[line] > 0.12) >= 2 and not (line == 4 and mouth > 0.05 and abs(view.ahead) > 0.75)
    ]


def glasses(view: View) -> list[Points]:
    """Two rims and a bridge; from the side, what stands out from the face."""
    shapes: list[Points] = []
    turn = np.linspace(0, 2 * pi, 19)
    if view.near_ahead < -0.35:
        return shapes
    for side in (1.0, -1.0):
        if view.towards(0.75 * side, 0.6) < 0.12:
            continue
        rings: list[Points] = []
        for radius in (0.105, 0.086):
            u = 0.470 + 0.88 * radius * np.sin(turn)
            left = side * 0.145 + radius * np.cos(turn)
            forward = 0.415 - 0.55 * np.abs(left) ** 1.6
            rings.append(view.put(u, left * view.aside + forward * view.ahead, forward))
        shapes.append(np.concatenate([rings[0], rings[1][::-1]]))
        arm = [
            view.point(u, side * left, f)
            for u, left, f in ((0.50, 0.25, 0.34), (0.47, 0.25, 0.34), (0.44, 0.325, -0.03), (0.46, 0.325, -0.03))
        ]
        shapes.append(np.array(arm))
    bridge = [view.point(u, left, 0.425) for u, left in ((0.505, -0.05), (0.505, 0.05), (0.482, 0.05), (0.482, -0.05))]
    shapes.append(hull(np.array(bridge)))
    return shapes
