"""What people do on their feet with all of the body: standing, going, turning, bowing. It knows no music but beats."""

from __future__ import annotations

from dataclasses import replace
from math import pi, sin

from mvlocal.staging.rig.attitude import Foot, Motion, hang, to
from mvlocal.staging.rig.cue import Cue
from mvlocal.staging.rig.gait import going, ground, standing
from mvlocal.staging.rig.space import ramp
from mvlocal.staging.rig.steps import Place, Tread, beside, foot_at


def stand(cue: Cue) -> Motion:
    """Weight from one leg to the other; walks if there is a way to go."""
    cue = cue.along_way()
    return Motion(ground(cue), cue.facing_deg)


def breathe(cue: Cue) -> Motion:
    """A deep breath every few seconds: chest up, arms a little off, the head back."""
    deep = 0.5 - 0.5 * sin(2 * pi * cue.loose_s / cue.value("period_s") + pi / 2)
    base = ground(cue)
    return Motion(
        replace(
            base,
            arms=(hang(1.0, -4 * deep, 8 + 7 * deep), hang(-1.0, -4 * deep, 8 + 7 * deep)),
            bend=base.bend + 2 - 6 * deep,
            shrug=0.55 * deep,
            head_pitch=3 - 12 * deep,
        ),
        cue.facing_deg,
    )


def walk(cue: Cue) -> Motion:
    """Along the way; marking time where there is none."""
    cue = cue.along_way()
    return Motion(going(cue), cue.facing_deg)


def run(cue: Cue) -> Motion:
    """As `walk`, with both feet off the ground at times."""
    cue = cue.along_way()
    return Motion(going(cue, run=True), cue.facing_deg)


def turn(cue: Cue) -> Motion:
    """From facing away round to the facing, in short steps, the head first."""
    angle, takes = cue.value("angle_deg"), cue.value("takes_s")
    way = -1.0 if cue.facing_deg > 0 else 1.0
    start = cue.peak_s - 0.75 * takes

    def yaw_at(t_s: float) -> float:
        return cue.facing_deg - way * angle * (1 - ramp(t_s, start, start + takes))

    step_s = takes / 5
    at, h = cue.way.start, cue.bones.height

    def place(side: int, k: int) -> Place:
        landed = start + (2 * k + side + 1) * step_s
        yaw = yaw_at(landed + 0.8 * step_s)
        sign = 1 - 2 * side
        x, z = beside(at, yaw, sign * 0.06 * h)
        return x, z, yaw + sign * 9

    tread = Tread(start + step_s, step_s, 0.56, place, 0.028 * h, heel_deg=12)
    yaw = yaw_at(cue.t_s)
    early = yaw_at(cue.t_s + 0.18) - yaw
    wish = replace(
        standing(cue, shift=0.3),
        feet=(foot_at(tread, 0, cue.t_s), foot_at(tread, 1, cue.t_s)),
        head_yaw=0.8 * early,
        twist=0.4 * early,
        hips_up=0.976,
    )
    return Motion(wish, yaw)


def look_up(cue: Cue) -> Motion:
    """The head goes back, the chest opens."""
    w = cue.value("from") + (1 - cue.value("from")) * cue.arrival(1.6)
    base = ground(cue)
    return Motion(
        replace(
            base,
            arms=(hang(1.0, -3 * w, 8 + 4 * w), hang(-1.0, -4 * w, 8 + 3 * w)),
            head_pitch=base.head_pitch - 34 * w,
            bend=base.bend - 8 * w,
        ),
        cue.facing_deg,
    )


def look_back(cue: Cue) -> Motion:
    """Over the shoulder that is nearer to whoever looks, shoulders following."""
    cue = cue.along_way()
    w = cue.gesture(0.9, cue.value("holds_s"), 1.2)
    side = -1.0 if cue.facing_deg > 0 else 1.0
    base = ground(cue)
    wish = replace(
        base,
        hips_yaw=base.hips_yaw + 8 * side * w,
        twist=base.twist + 26 * side * w,
        head_yaw=base.head_yaw + 66 * side * w,
        head_pitch=base.head_pitch - 2 * w,
    )
    return Motion(wish, cue.facing_deg)


def lean(cue: Cue) -> Motion:
    """The back against something, arms folded, one foot before the other."""
    at, h, yaw = cue.way.start, cue.bones.height, cue.facing_deg
    feet = (
        Foot(beside(at, yaw, 0.030 * h, 0.115 * h), yaw + 10),
        Foot(beside(at, yaw, -0.050 * h, 0.055 * h), yaw - 16),
    )
    base = standing(cue, shift=0.3)
    return Motion(
        replace(
            base,
            feet=feet,
            arms=(
                to(1.0, (-0.085, -0.118, 0.080), (0.75, -0.75, 0.15)),
                to(-1.0, (-0.075, -0.100, 0.095), (0.75, -0.75, 0.15)),
            ),
            hips_up=0.962,
            hips_pitch=-7,
            bend=4,
            head_pitch=6 + 3 * cue.drift(5.0),
            head_yaw=14 * cue.drift(8.0, 0.3),
        ),
        cue.facing_deg,
    )


def bow(cue: Cue) -> Motion:
    """From the hips, and up again."""
    w = cue.gesture(1.0, 0.8, 1.3)
    base = standing(cue, shift=0.3)
    return Motion(
        replace(
            base,
            arms=(hang(1.0, 10 + 34 * w, 7, 14), to(-1.0, (-0.02, -0.19, 0.085), (0.8, -0.5, 0.0), weight=w)),
            hips_pitch=26 * w,
            hips_forward=-0.045 * w,
            bend=base.bend + 34 * w,
            head_pitch=16 * w,
        ),
        cue.facing_deg,
    )
