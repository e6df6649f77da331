"""What people do with their arms: reaching, pointing, cheering, throwing, weeping. It knows no music but the beat."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from math import pi, sin

from mvlocal.staging.rig.attitude import Arm, Motion, arm, between, hang, to
from mvlocal.staging.rig.cue import Cue
from mvlocal.staging.rig.gait import going, ground, standing
from mvlocal.staging.rig.space import clamped, ramp


def reach(cue: Cue) -> Motion:
    """The right arm goes out, the body after it."""
    w = cue.arrival(1.1)
    base = ground(cue)
    out = arm(-1.0, (0.10, 0.06, 1.0), (-0.06, 0.30, 1.0))
    return Motion(
        replace(
            base,
            arms=(hang(1.0, -10 * w, 10), between(hang(-1.0), out, w)),
            bend=base.bend + 9 * w,
            twist=14 * w,
            hips_forward=0.03 * w,
            head_pitch=-8 * w,
            grasp=("relaxed", "flat"),
        ),
        cue.facing_deg,
    )


def wave_hand(cue: Cue) -> Motion:
    """The right hand up, to and fro once a beat, and down again."""
    w = cue.gesture(0.7, cue.value("holds_s"), 0.8)
    swing = sin(2 * pi * cue.beats) * w
    up = arm(-1.0, (0.80, 0.10 + 0.05 * swing, 0.40), (0.10 + 0.42 * swing, 0.95, 0.15))
    base = ground(cue)
    return Motion(
        replace(
            base,
            arms=(base.arms[0], _raised(-1.0, up, w)),
            side=base.side - 4 * w,
            head_roll=3 * w,
            grasp=("relaxed", "flat"),
        ),
        cue.facing_deg,
    )


def point(cue: Cue) -> Motion:
    """A straight arm and one finger."""
    w = cue.gesture(0.6, cue.value("holds_s"), 0.9)
    out = arm(-1.0, (0.08, 0.03, 1.0), (0.02, 0.06, 1.0))
    base = ground(cue)
    return Motion(
        replace(
            base,
            arms=(base.arms[0], _raised(-1.0, out, w)),
            twist=base.twist + 16 * w,
            head_yaw=-10 * w,
            bend=base.bend + 2 * w,
            grasp=("relaxed", "point" if w > 0.35 else "relaxed"),
        ),
        cue.facing_deg,
    )


def cheer(cue: Cue) -> Motion:
    """Both arms up, with the beat in the knees."""
    w = cue.value("from") + (1 - cue.value("from")) * cue.arrival(0.6)
    pump = 0.5 + 0.5 * cue.on_beats()
    base = ground(cue)
    arms = tuple(
        _raised(side, arm(side, (0.42 + 0.05 * pump, 0.85, 0.12), (0.18, 0.97, 0.10 + 0.15 * pump)), w)
        for side in (1.0, -1.0)
    )
    return Motion(
        replace(
            base,
            arms=(arms[0], arms[1]),
            hips_up=base.hips_up - 0.018 * (1 - pump),
            bend=base.bend - 5 * w,
            head_pitch=-14 * w,
            mouth=0.7 * w,
            grasp=("fist", "fist"),
        ),
        cue.facing_deg,
    )


def _raised(side: float, up: Arm, w: float) -> Arm:
    """From hanging to `up` by way of a bent elbow, so that the hand comes up close to the body."""
    middle = arm(side, (0.35, -0.75, 0.35), (0.10, 0.45, 0.90))
    first = between(hang(side), middle, clamped(2 * w))
    return between(first, up, clamped(2 * w - 1) if w > 0.5 else 0.0) if w > 0.5 else first


def throw(cue: Cue) -> Motion:
    """Back, over the shoulder and away; the hand lets go on the peak."""
    t, p = cue.t_s, cue.peak_s
    back = ramp(t, p - 1.2, p - 0.50)
    away = ramp(t, p - 0.50, p + 0.10)
    through = ramp(t, p + 0.04, p + 0.55)
    rest = ramp(t, p + 0.6, p + 1.7)
    pose = between(hang(-1.0), arm(-1.0, (0.62, 0.16, -0.72), (0.20, 0.95, -0.20)), back)
    pose = between(pose, arm(-1.0, (0.40, 0.55, 0.75), (0.05, 0.75, 0.75)), away)
    pose = between(pose, arm(-1.0, (-0.20, -0.50, 0.85), (-0.40, -0.75, 0.60)), through)
    pose = between(pose, hang(-1.0), rest)
    aim = between(hang(1.0), arm(1.0, (0.20, -0.20, 0.95), (0.0, 0.20, 1.0)), back * (1 - away))
    base = ground(cue)
    turn = _keyed(t, ((p - 1.1, 0.0), (p - 0.4, -30.0), (p + 0.15, 26.0), (p + 1.6, 0.0)))
    lean = _keyed(t, ((p - 1.1, 0.0), (p - 0.4, -8.0), (p + 0.3, 18.0), (p + 1.6, 0.0)))
    return Motion(
        replace(
            base,
            arms=(aim, pose),
            twist=turn,
            hips_yaw=0.35 * turn,
            bend=base.bend + lean,
            hips_forward=0.0022 * lean,
            head_yaw=-0.8 * turn,
            hips_up=base.hips_up - 0.02 * back * (1 - rest),
            grasp=("relaxed", "fist" if t < p else "flat"),
        ),
        cue.facing_deg,
    )


def _keyed(t_s: float, keys: tuple[tuple[float, float], ...]) -> float:
    """Eased from value to value at the times of `keys`; holds outside."""
    value = keys[0][1]
    for (start, _), (end, goal) in pairwise(keys):
        value += (goal - value) * ramp(t_s, start, end)
    return value


def cry(cue: Cue) -> Motion:
    """The face in both hands, sobs that come and go."""
    w = cue.value("from") + (1 - cue.value("from")) * cue.arrival(1.2)
    burst = clamped(0.5 + 0.9 * cue.drift(3.7))
    sob = abs(sin(2 * pi * cue.loose_s * 1.15)) * burst
    base = standing(cue, shift=0.4) if not cue.moving else going(cue)
    low = -0.010 * sob
    return Motion(
        replace(
            base,
            arms=(
                to(1.0, (0.030, 0.078 + low, 0.105), (0.45, -1.0, 0.15), weight=w),
                to(-1.0, (0.030, 0.078 + low, 0.105), (0.45, -1.0, 0.15), weight=w),
            ),
            bend=base.bend + (13 + 2.5 * sob) * w,
            head_pitch=(20 + 3 * sob) * w,
            shrug=(0.35 + 0.45 * sob) * w,
            grasp=("flat", "flat"),
        ),
        cue.facing_deg,
    )
