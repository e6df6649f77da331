"""From a wish to a body: forward kinematics of the trunk, two bones to a target for arms and legs, within the limits.

It knows no action.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import acos, asin, atan2, cos, degrees, radians, sin, sqrt

from mvlocal.staging.rig.attitude import Arm, Attitude, Foot, Leg, Target
from mvlocal.staging.rig.skeleton import LIMITS_DEG, Skeleton
from mvlocal.staging.rig.space import (
    WORLD,
    Axes,
    Vec,
    add,
    along,
    clamped,
    cross,
    dot,
    inward,
    length,
    outward,
    pitched,
    rolled,
    scaled,
    soft_min,
    sub,
    swung,
    unit,
    yawed,
)

REACH = 0.9965
"""A straight leg's share of its bones: knees never lock."""
_FOLD = cos(radians(180 - LIMITS_DEG["knee"][1]))


@dataclass(frozen=True, slots=True)
class Frames:
    """The trunk's axes."""

    hips: Axes
    chest: Axes
    head: Axes


@dataclass(frozen=True, slots=True)
class Solved:
    """World points by joint name, and the trunk's axes."""

    points: dict[str, Vec]
    frames: Frames


def solve(bones: Skeleton, wish: Attitude, root: tuple[float, float], yaw_deg: float) -> Solved:
    """The body nearest to `wish` at ground point `root` (x, z), turned by `yaw_deg`."""
    facing = yawed(WORLD, yaw_deg)
    hips_axes = rolled(pitched(yawed(facing, wish.hips_yaw), wish.hips_pitch), wish.hips_roll)
    h = bones.height
    offset = outward(facing, (wish.hips_left * h, 0.0, wish.hips_forward * h))
    ankles = _ankles(bones, wish.feet) if wish.feet else None
    up = _hips_up(bones, wish, hips_axes, add((root[0], 0.0, root[1]), offset), ankles)
    hips = (root[0] + offset[0], up, root[1] + offset[2])
    points: dict[str, Vec] = {"pelvis": hips}
    frames = _trunk(bones, wish, hips_axes, points)
    for place, side in enumerate((1.0, -1.0)):
        name = "lr"[place]
        points[f"{name}_hip"] = along(hips, hips_axes[0], side * bones.hip)
        if ankles is not None and wish.feet is not None:
            _standing_leg(bones, wish.feet[place], ankles[place], hips_axes, points, name)
        elif wish.legs is not None:
            _free_leg(bones, wish.legs[place], side, hips_axes, points, name)
        arm = wish.arms[place]
        if isinstance(arm, Target):
            arm = _reaching(bones, arm, frames.chest, points, (root, facing), side)
        _arm(bones, arm, frames.chest, points, name)
    return Solved(points, frames)


def _ankles(bones: Skeleton, feet: tuple[Foot, Foot]) -> tuple[tuple[Vec, Axes], tuple[Vec, Axes]]:
    """Ankle points and the feet's axes."""
    return _ankle(bones, feet[0]), _ankle(bones, feet[1])


def _ankle(bones: Skeleton, foot: Foot) -> tuple[Vec, Axes]:
    flat = yawed(WORLD, foot.yaw_deg)
    axes = pitched(flat, foot.pitch_deg)
    ground = (foot.at[0], foot.lift, foot.at[1])
    reach = bones.ball if foot.pitch_deg > 0 else -bones.heel
    pivot = along(ground, flat[2], reach)
    return along(along(pivot, axes[2], -reach), axes[1], bones.ankle), axes


def _hips_up(
    bones: Skeleton, wish: Attitude, axes: Axes, ground: Vec, ankles: tuple[tuple[Vec, Axes], ...] | None
) -> float:
    """The hips' height: as wished, but low enough for both legs to reach their feet."""
    wanted = wish.hips_up * bones.hip_height
    if ankles is None or wish.hips_free:
        return wanted
    bounds = [wanted]
    for (ankle, _), side in zip(ankles, (1.0, -1.0), strict=True):
        hip = along(ground, axes[0], side * bones.hip)
        away2 = (hip[0] - ankle[0]) ** 2 + (hip[2] - ankle[2]) ** 2
        longest = (bones.leg * REACH) ** 2
        bounds.append(ankle[1] + sqrt(max(longest - away2, (0.3 * bones.leg) ** 2)) - (hip[1] - ground[1]))
    return soft_min(tuple(bounds), 0.004 * bones.height)


def _trunk(bones: Skeleton, wish: Attitude, hips: Axes, points: dict[str, Vec]) -> Frames:
    bend = clamped(wish.bend, *LIMITS_DEG["spine_flexion"])
    side = clamped(wish.side, *LIMITS_DEG["spine_side"])
    twist = clamped(wish.twist, *LIMITS_DEG["spine_twist"])
    low = yawed(rolled(pitched(hips, 0.3 * bend), 0.3 * side), 0.3 * twist)
    waist = along(points["pelvis"], low[1], bones.waist)
    middle = yawed(rolled(pitched(low, 0.35 * bend), 0.35 * side), 0.35 * twist)
    chest = yawed(rolled(pitched(middle, 0.35 * bend), 0.35 * side), 0.35 * twist)
    neck = along(along(waist, middle[1], 0.5 * bones.chest), chest[1], 0.5 * bones.chest)
    nod = clamped(wish.head_pitch, *LIMITS_DEG["neck_flexion"])
    turn = clamped(wish.head_yaw, *LIMITS_DEG["neck_turn"])
    neck_axes = rolled(pitched(yawed(chest, 0.3 * turn), 12 + 0.4 * nod), 0.4 * wish.head_roll)
    skull = rolled(pitched(yawed(chest, turn), nod), wish.head_roll)
    head = along(neck, neck_axes[1], bones.neck)
    points["waist"], points["neck"], points["head"] = waist, neck, head
    points["chest"] = along(neck, chest[1], -0.32 * bones.chest)
    points["crown"] = along(head, skull[1], bones.skull)
    slope = along(neck, chest[1], (-0.047 + 0.03 * wish.shrug) * bones.height)
    for name, way in (("l", 1.0), ("r", -1.0)):
        points[f"{name}_shoulder"] = along(slope, chest[0], way * bones.shoulder)
    return Frames(hips, chest, skull)


def two_bones(start: Vec, end: Vec, first: float, second: float, pole: Vec) -> Vec:
    """The middle joint of two bones from `start` to `end`, bent towards the direction `pole`.

    Where `end` is too far the bones point at it, nearly straight.
    """
    line = sub(end, start)
    reach = clamped(length(line), abs(first - second) + 1e-6, (first + second) * 0.9999)
    way = unit(line)
    near = (reach * reach + first * first - second * second) / (2 * reach)
    out = sqrt(max(first * first - near * near, 0.0))
    bent = unit(sub(pole, scaled(way, dot(pole, way))))
    return along(along(start, way, near), bent, out)


def _standing_leg(
    bones: Skeleton, foot: Foot, place: tuple[Vec, Axes], hips: Axes, points: dict[str, Vec], name: str
) -> None:
    ankle, axes = place
    flat = yawed(WORLD, foot.yaw_deg)
    pole = unit(add(add(scaled(hips[2], 0.55), scaled(flat[2], 0.8)), scaled(hips[0], 0.10 if name == "l" else -0.10)))
    if foot.pitch_deg > 60:
        pole = unit(add(pole, (0.0, 0.8, 0.0)))
    points[f"{name}_knee"] = two_bones(points[f"{name}_hip"], ankle, bones.thigh, bones.shank, pole)
    points[f"{name}_ankle"] = ankle
    _sole(bones, ankle, axes, flat if foot.pitch_deg > 0 else axes, points, name)


def _free_leg(bones: Skeleton, leg: Leg, side: float, hips: Axes, points: dict[str, Vec], name: str) -> None:
    f = radians(clamped(leg.flex, *LIMITS_DEG["hip_flexion"]))
    o = radians(clamped(leg.out, *LIMITS_DEG["hip_abduction"]))
    k = radians(clamped(leg.knee, *LIMITS_DEG["knee"]))
    thigh = outward(hips, (side * sin(o), -cos(o) * cos(f), cos(o) * sin(f)))
    back = outward(hips, (-side * sin(o) * 0.4, -sin(f), -cos(f)))
    back = unit(sub(back, scaled(thigh, dot(back, thigh))))
    shank = unit(add(scaled(thigh, cos(k)), scaled(back, sin(k))))
    knee = along(points[f"{name}_hip"], thigh, bones.thigh)
    ankle = along(knee, shank, bones.shank)
    points[f"{name}_knee"], points[f"{name}_ankle"] = knee, ankle
    ahead = unit(add(scaled(thigh, sin(k)), scaled(back, -cos(k))))
    square: Axes = (cross(scaled(shank, -1.0), ahead), scaled(shank, -1.0), ahead)
    axes = pitched(square, clamped(leg.sole, *LIMITS_DEG["ankle"]))
    _sole(bones, ankle, axes, axes, points, name)


def _sole(bones: Skeleton, ankle: Vec, axes: Axes, toes: Axes, points: dict[str, Vec], name: str) -> None:
    under = along(ankle, axes[1], -bones.ankle)
    points[f"{name}_heel"] = along(under, axes[2], -bones.heel)
    ball = along(under, axes[2], bones.ball)
    points[f"{name}_ball"] = ball
    points[f"{name}_toe"] = along(ball, toes[2], bones.toe)


def _reaching(
    bones: Skeleton,
    target: Target,
    chest: Axes,
    points: dict[str, Vec],
    ground: tuple[tuple[float, float], Axes],
    side: float,
) -> Arm:
    """Directions that bring the palm to the target, mixed with its rest by its weight."""
    root, facing = ground
    shoulder = points["l_shoulder" if side > 0 else "r_shoulder"]
    at = target.at
    if target.frame == "root":
        at = add((root[0], 0.0, root[1]), outward(facing, scaled(at, bones.height)))
    elif target.frame == "chest":
        middle = scaled(add(points["l_shoulder"], points["r_shoulder"]), 0.5)
        at = add(middle, outward(chest, scaled(at, bones.height)))
    palm = 0.5 * bones.hand
    line = sub(at, shoulder)
    upper_arm, lower = bones.upper_arm, bones.forearm + palm
    low = sqrt(upper_arm**2 + lower**2 - 2 * upper_arm * lower * cos(radians(33)))
    reach = clamped(length(line), low, (upper_arm + lower) * 0.995)
    at = along(shoulder, unit(line), reach)
    elbow = two_bones(shoulder, at, upper_arm, lower, outward(chest, target.elbow))
    upper, fore = inward(chest, unit(sub(elbow, shoulder))), inward(chest, unit(sub(at, elbow)))
    if target.weight >= 1:
        return Arm(upper, fore)
    return Arm(swung(target.rest.upper, upper, target.weight), swung(target.rest.fore, fore, target.weight))


def _arm(bones: Skeleton, arm: Arm, chest: Axes, points: dict[str, Vec], name: str) -> None:
    most = radians(LIMITS_DEG["elbow"][1])
    upper, fore = arm.upper, arm.fore
    angle = acos(clamped(dot(upper, fore), -1.0, 1.0))
    if angle > most:
        aside = unit(sub(fore, scaled(upper, dot(fore, upper))))
        fore = add(scaled(upper, cos(most)), scaled(aside, sin(most)))
    upper, fore = outward(chest, upper), outward(chest, fore)
    elbow = along(points[f"{name}_shoulder"], upper, bones.upper_arm)
    wrist = along(elbow, fore, bones.forearm)
    points[f"{name}_elbow"], points[f"{name}_wrist"] = elbow, wrist
    points[f"{name}_hand"] = along(wrist, fore, 0.5 * bones.hand)


def yaw_of(direction: Vec) -> float:
    """Degrees: 0 towards the camera, 90 to the frame's right."""
    return degrees(atan2(direction[0], direction[2]))


def pitch_of(axes: Axes) -> float:
    """Degrees that a part looks down."""
    return -degrees(asin(clamped(axes[2][1], -1.0, 1.0)))
