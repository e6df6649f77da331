"""Trunk, limbs and shoes of a pose as outlines. It knows no head and no words.

Widths are shares of the body's own height: half of what is seen from the front, half of what is seen from the side.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from mvlocal.schema.staging import Traits
from mvlocal.staging.figures.hands import hand_outline
from mvlocal.staging.figures.outline import Points, basis, hull_of_circles, loft, ribbons, rounded_hull
from mvlocal.staging.rig.pose import Pose
from mvlocal.staging.rig.skeleton import INDEX
from mvlocal.staging.rig.space import Axes, Vec, along, cross, dot, sub, unit

# place along the trunk (0 hips, 1 where the neck leaves), half width, half depth, forward offset
_TRUNK = np.array([
    (-0.13, 0.080, 0.060, -0.010),
    (0.02, 0.091, 0.066, -0.013),
    (0.14, 0.088, 0.062, -0.009),
    (0.32, 0.073, 0.051, 0.001),
    (0.46, 0.075, 0.054, 0.006),
    (0.62, 0.088, 0.062, 0.010),
    (0.75, 0.096, 0.063, 0.008),
    (0.845, 0.099, 0.054, 0.000),
    (0.905, 0.095, 0.046, -0.006),
    (0.960, 0.064, 0.039, -0.011),
    (1.03, 0.034, 0.033, -0.012),
])  # fmt: skip
_TRUNK_AT = tuple(float(v) for v in (_TRUNK[:, 0] + 0.13) / 1.16)

_UPPER_ARM = ((0.0, 0.0285), (0.18, 0.034), (0.45, 0.0305), (0.8, 0.0245), (1.0, 0.0235))
_FOREARM = ((0.0, 0.0235), (0.22, 0.0265), (0.55, 0.0215), (0.88, 0.0155), (1.0, 0.0150))
_THIGH = ((0.0, 0.056), (0.18, 0.055), (0.5, 0.047), (0.82, 0.0355), (1.0, 0.0325))
_SHANK = ((0.0, 0.0320), (0.14, 0.0320), (0.34, 0.0345), (0.62, 0.0265), (0.88, 0.0205), (1.0, 0.0205))
_CALF = (0.0, 0.004, 0.010, 0.006, 0.0, 0.0)
_QUAD = (0.0, 0.004, 0.006, 0.003, 0.0)


@dataclass(frozen=True, slots=True)
class Cut:
    """How clothes hang on the body: what they add to trunk, arms and legs, and what of the legs shows."""

    trunk: float = 0.006
    waist: float = 0.006
    sleeve: float = 0.004
    cuff: float = 0.007
    trouser: float = 0.003
    bottom: float = 0.010
    hem: float = -0.13
    """How far down the trunk piece goes, in trunk lengths from the hips."""


CUTS: dict[str, Cut] = {
    "jacket": Cut(0.007, 0.009, 0.004, 0.008, 0.004, 0.011, -0.22),
    "coat": Cut(0.009, 0.008, 0.007, 0.011, 0.003, 0.009, -0.13),
    "dress": Cut(0.000, -0.002, -0.003, -0.001, -0.002, -0.001, -0.10),
    "skirt": Cut(0.001, 0.000, -0.001, 0.003, -0.002, -0.001, -0.10),
    "shirt": Cut(0.003, 0.004, 0.002, 0.005, 0.003, 0.011, -0.20),
    "suit": Cut(0.006, 0.005, 0.004, 0.006, 0.004, 0.009, -0.26),
    "hoodie": Cut(0.011, 0.016, 0.009, 0.010, 0.005, 0.012, -0.22),
}
GIRTH = {"slim": 0.90, "medium": 1.0, "broad": 1.15}


@dataclass(frozen=True, slots=True)
class Flat:
    """A pose on paper: joints (J, 2), how near each is (J,), the body's height and girth, its clothes' cut."""

    pose: Pose
    xy: Points
    z: NDArray[np.float64]
    height: float
    girth: float
    cut: Cut
    traits: Traits
    hanging: float
    """1 where the thighs hang down from the hips, 0 where somebody sits on them."""

    def at(self, joint: str) -> Points:
        return self.xy[INDEX[joint]]

    def depth(self, joint: str) -> float:
        return float(self.z[INDEX[joint]])


def flat_of(pose: Pose, traits: Traits) -> Flat:
    """The pose in the drawing plane."""
    xy = np.stack([pose.joints[:, 0] - pose.root[0], -pose.joints[:, 1]], axis=1)
    z = pose.joints[:, 2] - pose.root[1]
    return Flat(pose, xy, z, pose.skeleton.height, GIRTH[traits.build], CUTS[traits.garment], traits, _hanging(pose))


def _hanging(pose: Pose) -> float:
    x, y, z = (pose.at("l_knee") + pose.at("r_knee")) / 2 - pose.at("pelvis")
    up = pose.hips_axes[1]
    down = -(x * up[0] + y * up[1] + z * up[2]) / (sqrt(x * x + y * y + z * z) + 1e-9)
    return min(max(1.6 * down - 0.45, 0.0), 1.0)


def _paper(axes: Axes) -> NDArray[np.float64]:
    """Left, up and forward as seen on paper, (3, 2)."""
    return np.array(axes)[:, :2] * (1.0, -1.0)


def trunk(flat: Flat) -> Points:
    """From the hem to the neck."""
    spine = np.stack([flat.at("pelvis"), flat.at("waist"), (flat.at("waist") + flat.at("neck")) / 2, flat.at("neck")])
    hips, chest = _paper(flat.pose.hips_axes), _paper(flat.pose.chest_axes)
    at = _TRUNK[:, 0].copy()
    at[0] = -0.06 + (flat.cut.hem + 0.06) * flat.hanging
    share = np.clip((at - 0.15) / 0.7, 0, 1)[:, None]
    mix = hips * (1 - share[:, :, None]) + chest * share[:, :, None]
    size = flat.height * flat.girth
    loose = flat.cut.trunk * np.array([1.4, 1, 1, 1, 1, 1, 1, 1, 0.7, 0.3, 0.0])
    loose = loose + (flat.cut.waist - flat.cut.trunk) * np.array([0.8, 0.4, 1, 1, 1, 0.5, 0, 0, 0, 0, 0])
    wide, deep = (_TRUNK[:, 1] + loose) * size, (_TRUNK[:, 2] + loose) * size
    frame = pose_shoulder_ratio(flat)
    wide = wide * np.where(at > 0.6, frame, 1.0)
    knots = np.array([0.0, 0.40, 0.70, 1.0])
    centre = np.stack([np.interp(at, knots, spine[:, k]) for k in (0, 1)], axis=1)
    down = spine[1] - spine[0]
    centre += np.minimum(at, 0)[:, None] * down / 0.40 + np.maximum(at - 1, 0)[:, None] * (spine[3] - spine[2]) / 0.3
    centre += mix[:, 2] * (_TRUNK[:, 3] * flat.height)[:, None]
    line = spine[3] - spine[0]
    tangent = np.gradient(np.stack([np.interp(at, knots, spine[:, k]) for k in (0, 1)], axis=1), axis=0)
    tangent = tangent + 0.02 * line
    tangent /= np.sqrt((tangent**2).sum(axis=1, keepdims=True)) + 1e-9
    normal = tangent[:, ::-1] * (1.0, -1.0)
    reach = np.sqrt((wide * (mix[:, 0] * normal).sum(axis=1)) ** 2 + (deep * (mix[:, 2] * normal).sum(axis=1)) ** 2)
    reach = np.maximum(reach, 0.02 * flat.height)
    return loft(_TRUNK_AT, np.column_stack([centre, reach, reach]), 44, 0.22, 0.4)


def yoke(flat: Flat) -> Points:
    """From the neck over both shoulders, so that they slope."""
    h, loose = flat.height, flat.cut.trunk
    neck = flat.at("neck") + 0.12 * (flat.at("head") - flat.at("neck"))
    low = (0.0255 + loose + 0.012 * (flat.girth - 1)) * h
    return hull_of_circles([flat.at("l_shoulder"), flat.at("r_shoulder"), neck], [low, low, 0.024 * h])


def pose_shoulder_ratio(flat: Flat) -> float:
    """How wide these shoulders are beside a grown, medium body's, without the girth."""
    bones = flat.pose.skeleton
    return bones.shoulder / (0.098 * bones.height) / flat.girth


_STEPS = 18


def _fine(table: tuple[tuple[float, float], ...], aside: tuple[float, ...] | None = None) -> NDArray[np.float64]:
    """Place, radius and sideways shift at `_STEPS` even places along a bone, (3, n)."""
    at = tuple(row[0] for row in table)
    shift = aside or (0.0,) * len(table)
    return basis(at, _STEPS) @ np.column_stack([at, [row[1] for row in table], shift]).astype(np.float64)


@cache
def _limb_tables() -> NDArray[np.float64]:
    """Of upper arm, forearm, thigh and shank: (4, n, 3) of place, radius, sideways shift."""
    calf = tuple(-v for v in _CALF)
    return np.stack([_fine(_UPPER_ARM), _fine(_FOREARM), _fine(_THIGH, _QUAD), _fine(_SHANK, calf)])


_BONES = np.array([
    [[INDEX[f"{side}_{joint}"] for joint in pair] for pair in (
        ("shoulder", "elbow"), ("elbow", "wrist"), ("hip", "knee"), ("knee", "ankle"))]
    for side in "lr"
])  # fmt: skip
"""Start and end joint of each limb's bones, (2, 4, 2)."""


@dataclass(frozen=True, slots=True)
class Limbs:
    """Outlines in their sleeves and trousers; left and right."""

    upper_arm: tuple[Points, Points]
    forearm: tuple[Points, Points]
    thigh: tuple[Points, Points]
    shank: tuple[Points, Points]


def limbs(flat: Flat) -> Limbs:
    """All eight, drawn in one go."""
    h, girth, cut = flat.height, flat.girth, flat.cut
    tables = _limb_tables()
    place = tables[:, :, 0]
    stout = np.array([0.35 + 0.65 * girth] * 2 + [0.3 + 0.7 * girth] * 2)[:, None]
    first = np.array([cut.sleeve, cut.sleeve, cut.trouser, cut.trouser])[:, None]
    last = np.array([cut.sleeve, cut.cuff, cut.trouser, cut.bottom])[:, None]
    radius = (tables[:, :, 1] * stout + first + (last - first) * place**1.5) * h
    ends = flat.xy[_BONES]
    centres = ends[:, :, None, 0] + (ends[:, :, None, 1] - ends[:, :, None, 0]) * place[None, :, :, None]
    full = 1.0 if cut.bottom < 0.005 else 0.6
    for side, name in enumerate("lr"):
        ahead = _knee_ahead(flat, name) * h
        centres[side, 2] += tables[2, :, 2:] * ahead
        centres[side, 3] += tables[3, :, 2:] * ahead * full
    both = np.concatenate([radius, radius])
    drawn = ribbons(centres.reshape(8, _STEPS, 2), both, both, 0.9, 1.0)
    return Limbs((drawn[0], drawn[4]), (drawn[1], drawn[5]), (drawn[2], drawn[6]), (drawn[3], drawn[7]))


def hand(flat: Flat, name: str) -> Points:
    """The hand as it is held."""
    place = 0 if name == "l" else 1
    elbow, wrist = flat.pose.at(f"{name}_elbow"), flat.pose.at(f"{name}_wrist")
    fore = wrist - elbow
    fore = fore / (np.linalg.norm(fore) + 1e-9)
    left, up, ahead = (np.array(axis) for axis in flat.pose.chest_axes)
    inside = -left if name == "l" else left
    thumb = ahead * 0.9 + inside * 0.5 + up * 0.35
    if fore @ up > 0.2:
        thumb = inside + ahead * 0.25
    thumb = thumb - fore * (thumb @ fore)
    thumb = thumb / (np.linalg.norm(thumb) + 1e-9)
    paper = np.array([1.0, -1.0])
    size = flat.pose.skeleton.hand * 1.04
    start = flat.at(f"{name}_wrist")
    return hand_outline(start, fore[:2] * paper, thumb[:2] * paper, size, flat.pose.grasp[place])


def _knee_ahead(flat: Flat, name: str) -> Points:
    """The direction in which the shin faces, on paper."""
    pose = flat.pose
    toes = pose.at(f"{name}_ball") - pose.at(f"{name}_heel")
    shank = pose.at(f"{name}_knee") - pose.at(f"{name}_ankle")
    shank = shank / (np.linalg.norm(shank) + 1e-9)
    ahead = toes - shank * (toes @ shank)
    ahead = ahead / (np.linalg.norm(ahead) + 1e-9)
    return ahead[:2] * (1.0, -1.0)


# along from the heel (0) to the ball (1), height over the sole, half width
_REAR = np.array([
    (-0.06, 0.006, 0.016), (-0.07, 0.024, 0.016), (0.02, 0.050, 0.019), (0.46, 0.052, 0.020), (0.66, 0.042, 0.024),
    (1.02, 0.026, 0.030), (1.0, 0.005, 0.031), (0.0, 0.004, 0.018),
])  # fmt: skip
# along from the ball (0) to the toes (1)
_FRONT = np.array([
    (-0.12, 0.027, 0.029), (0.35, 0.024, 0.029), (0.80, 0.017, 0.023), (0.98, 0.009, 0.014), (0.90, 0.003, 0.016),
    (0.0, 0.003, 0.030),
])  # fmt: skip


def shoe(flat: Flat, name: str) -> tuple[Points, Points]:
    """The shoe's rear up to the ball, and its front, which bends where the heel is raised."""
    pose, h = flat.pose, flat.height
    heel, ball, toe, ankle = (
        (float(p[0]), float(p[1]), float(p[2]))
        for p in (pose.at(f"{name}_{joint}") for joint in ("heel", "ball", "toe", "ankle"))
    )
    sole, tips = sub(ball, heel), sub(toe, ball)
    way, ahead = unit(sole), unit(tips)
    rise = sub(ankle, heel)
    up = unit(along(rise, way, -dot(rise, way)))
    side = cross(up, way)
    over = unit(along(up, ahead, -dot(up, ahead)))
    rear = _sides(flat, heel, sole, (up, side), _REAR)
    front = _sides(flat, ball, tips, (over, side), _FRONT)
    return rounded_hull(rear, 0.0035 * h), rounded_hull(front, 0.0035 * h)


def _sides(flat: Flat, start: Vec, sole: Vec, axes: tuple[Vec, Vec], table: NDArray[np.float64]) -> Points:
    """A shoe's table on paper, its left and its right side."""
    h, (up, side) = flat.height, axes
    frame = np.array([
        [sole[0], -sole[1]], [up[0] * h, -up[1] * h], [side[0] * h, -side[1] * h],
    ])  # fmt: skip
    corner = (start[0] - flat.pose.root[0], -start[1])
    return np.concatenate([table @ frame, (table * _OTHER_SIDE) @ frame]) + corner


_OTHER_SIDE = np.array([1.0, 1.0, -1.0])


def neck(flat: Flat) -> Points:
    """From between the shoulders into the skull."""
    h = flat.height
    base, top = flat.at("neck"), flat.at("head")
    bones = flat.pose.skeleton
    thick = (0.0282 + 0.05 * (bones.head / h - 0.134)) * h * (0.6 + 0.4 * flat.girth)
    start = base + (base - top) * 0.2
    end = top + (top - base) * 0.35
    middle = (start + end) / 2
    rows = np.array([
        (*start, thick * 1.35, thick * 1.35), (*middle, thick, thick), (*end, thick * 1.0, thick * 1.0)
    ])  # fmt: skip
    return loft((0.0, 0.5, 1.0), rows, 15)
