"""Lying, kneeling, falling, climbing, floating: what people do otherwise than upright. It knows no ground but y = 0."""

from __future__ import annotations

from dataclasses import replace
from math import pi, sin

from mvlocal.staging.rig.attitude import Arm, Attitude, Foot, Leg, Motion, arm, between, hang, to
from mvlocal.staging.rig.cue import Cue
from mvlocal.staging.rig.gait import standing
from mvlocal.staging.rig.space import ease, mixed, ramp
from mvlocal.staging.rig.steps import beside


def lie(cue: Cue) -> Motion:
    """On the back across the view, one knee up, a hand on the belly."""
    across = 90.0 if cue.facing_deg >= 0 else -90.0
    slow = cue.drift(8.0)
    wish = Attitude(
        arms=(
            to(1.0, (0.020, -0.205, 0.085), (0.9, -0.5, 0.1)),
            arm(-1.0, (0.60, 0.72, -0.12), (-0.50, 0.86, -0.02)),
        ),
        feet=None,
        legs=(Leg(52 + 2 * slow, 4, 96 + 3 * slow, 12), Leg(3, 7, 6, 28)),
        hips_up=0.135,
        hips_pitch=-90.0,
        bend=4.0,
        head_pitch=14 + 4 * slow,
        head_yaw=12 * cue.drift(10.0, 0.4),
        hips_free=True,
    )
    return Motion(wish, across)


def _knelt_feet(cue: Cue, ahead: float) -> tuple[Foot, Foot]:
    at, h, yaw = cue.way.start, cue.bones.height, cue.facing_deg
    return (
        Foot(beside(at, yaw, 0.055 * h, ahead * h), yaw + 2, 78.0),
        Foot(beside(at, yaw, -0.055 * h, ahead * h), yaw - 2, 78.0),
    )


def kneel(cue: Cue) -> Motion:
    """On both knees, hands on the thighs, the head bowed."""
    low = ease(0.5 + 0.7 * cue.drift(9.0))
    if cue.moving:
        cue = replace(cue, way=replace(cue.way, start=cue.way.at(cue.t_s), velocity=(0.0, 0.0)))
    wish = Attitude(
        arms=(
            to(1.0, (0.050, 0.345, 0.075), (0.8, -0.5, -0.5), "root"),
            to(-1.0, (0.050, 0.345, 0.080), (0.8, -0.5, -0.5), "root"),
        ),
        feet=_knelt_feet(cue, -0.275),
        hips_up=0.515,
        hips_pitch=3,
        bend=10 + 4 * low,
        head_pitch=18 + 8 * low,
        hips_free=True,
    )
    return Motion(wish, cue.facing_deg)


def fall(cue: Cue) -> Motion:
    """The knees give way on the peak; down on hands and knees, the head hanging."""
    t, p = cue.t_s, cue.peak_s
    sag = ramp(t, p - 0.9, p - 0.1)
    drop = ramp(t, p - 0.35, p + 0.35)
    hands = ramp(t, p + 0.0, p + 0.65)
    base = standing(cue, width=0.06, shift=0.5 * (1 - drop))
    at, h, yaw = cue.way.start, cue.bones.height, cue.facing_deg
    feet = tuple(Foot(beside(at, yaw, side * 0.058 * h, 0.0), yaw + side * 6, 78.0 * drop) for side in (1.0, -1.0))
    down = mixed((0.12, 0.42, 0.30), (0.115, 0.045, 0.62), hands)
    arms = tuple(
        replace(to(side, down, (0.6, 0.1, -0.8), "root"), weight=hands, rest=_flung(side, sag * (1 - hands)))
        for side in (1.0, -1.0)
    )
    wish = replace(
        base,
        arms=(arms[0], arms[1]),
        feet=(feet[0], feet[1]),
        hips_up=base.hips_up - 0.10 * sag - 0.37 * drop,
        hips_forward=0.03 * sag + 0.245 * drop,
        hips_left=base.hips_left * (1 - drop),
        hips_pitch=6 * sag + 30 * hands,
        bend=12 * sag + 34 * hands,
        head_pitch=-12 * sag + 34 * hands,
        hips_free=drop > 0.999,
        grasp=("flat", "flat"),
    )
    return Motion(wish, cue.facing_deg)


def _flung(side: float, much: float) -> Arm:
    return between(hang(side), arm(side, (0.70, -0.15, 0.45), (0.40, 0.25, 0.85)), much)


def float_(cue: Cue) -> Motion:
    """Off the ground as if in water, arms wide, legs trailing."""
    slow, other = cue.drift(7.0), cue.drift(6.1, 0.35)
    arms = tuple(
        arm(
            side,
            (0.90, 0.12 + 0.22 * cue.drift(5.0, 0.3 * side), 0.12 + 0.12 * other),
            (0.75, 0.35 + 0.30 * cue.drift(5.0, 0.3 * side - 0.12), 0.30),
        )
        for side in (1.0, -1.0)
    )
    wish = Attitude(
        arms=(arms[0], arms[1]),
        feet=None,
        legs=(Leg(10 + 9 * slow, 6, 34 + 14 * other, 52), Leg(-6 - 8 * slow, 5, 22 - 10 * other, 56)),
        hips_up=cue.value("up") + 0.05 * sin(2 * pi * cue.loose_s / 4.6),
        hips_pitch=12 + 5 * slow,
        hips_roll=5 * other,
        bend=-10 + 4 * other,
        twist=6 * slow,
        head_pitch=-16 + 6 * other,
        head_roll=6 * slow,
        hips_free=True,
    )
    return Motion(wish, cue.facing_deg + 14 * cue.drift(11.0, 0.6))


def climb(cue: Cue) -> Motion:
    """Hand over hand up something before the body; what is climbed passes downwards."""
    turn = cue.beats / cue.value("cycle_beats")
    at = cue.way.at(cue.t_s) if cue.moving else cue.way.start
    h, yaw = cue.bones.height, cue.facing_deg
    arms = tuple(
        to(side, (0.105, 1.10 + 0.11 * _rung(turn + shift), 0.165), (0.8, -0.7, -0.1), "root")
        for side, shift in ((1.0, 0.0), (-1.0, 0.5))
    )
    feet = tuple(
        Foot(
            beside(at, yaw, side * 0.062 * h, 0.055 * h),
            yaw + side * 10,
            22.0,
            (0.115 + 0.11 * _rung(turn + shift)) * h,
            planted=False,
        )
        for side, shift in ((1.0, 0.5), (-1.0, 0.0))
    )
    sway = sin(2 * pi * turn)
    wish = Attitude(
        arms=(arms[0], arms[1]),
        feet=(feet[0], feet[1]),
        hips_up=1.03,
        hips_left=-0.022 * sway,
        hips_roll=4 * sway,
        side=-5 * sway,
        twist=5 * sway,
        bend=2,
        head_pitch=-18,
        grasp=("grip", "grip"),
    )
    return Motion(wish, cue.facing_deg)


def _rung(turn: float) -> float:
    """-1 to 1: sinks evenly while it holds on, then reaches up."""
    p = turn % 1.0
    return 1 - 2 * p / 0.66 if p < 0.66 else -1 + 2 * ease((p - 0.66) / 0.34)
