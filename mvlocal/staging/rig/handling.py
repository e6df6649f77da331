"""What people do with a thing in their hands: a door, a letter, a phone, a glass, a flame. It knows no music."""

from __future__ import annotations

from dataclasses import replace
from math import pi, sin

from mvlocal.staging.rig.attitude import Motion, hang, to
from mvlocal.staging.rig.cue import Cue
from mvlocal.staging.rig.gait import ground, standing
from mvlocal.staging.rig.space import clamped, mixed, ramp


def open_door(cue: Cue) -> Motion:
    """The hand to the handle, a turn, and a push with the weight behind it."""
    w = cue.gesture(1.0, 1.1, 1.0)
    push = ramp(cue.t_s, cue.peak_s + 0.1, cue.peak_s + 1.0)
    base = ground(cue)
    hand = to(-1.0, (0.09, 0.52 - 0.015 * cue.arrival(0.3), 0.29 + 0.11 * push), (0.8, -0.7, -0.3), "root", w)
    return Motion(
        replace(
            base,
            arms=(hang(1.0, 3 - 12 * push, 8), hand),
            hips_forward=0.055 * push,
            bend=base.bend + 3 * w + 5 * push,
            twist=8 * w,
            head_pitch=10 * w * (1 - push) - 2,
            grasp=("relaxed", "grip"),
        ),
        cue.facing_deg,
    )


def read_letter(cue: Cue) -> Motion:
    """Both hands before the chest, the eyes going from line to line."""
    base = ground(cue)
    line = cue.loose_s / 1.9
    scan = 1 - 2 * (line - int(line))
    low = 0.012 * cue.drift(6.0)
    return Motion(
        replace(
            base,
            arms=(
                to(1.0, (0.055, -0.135 + low, 0.185), (0.55, -0.9, -0.1)),
                to(-1.0, (0.055, -0.135 + low, 0.185), (0.55, -0.9, -0.1)),
            ),
            head_pitch=23 + 2 * cue.drift(9.0),
            head_yaw=3.5 * sin(pi / 2 * scan),
            bend=base.bend + 4,
            grasp=("grip", "grip"),
        ),
        cue.facing_deg,
    )


def carry(cue: Cue) -> Motion:
    """Something of weight in both arms before the belly."""
    cue = cue.along_way()
    base = ground(cue)
    arms = (
        to(1.0, (0.062, -0.185, 0.155), (0.75, -0.8, -0.45)),
        to(-1.0, (0.062, -0.185, 0.155), (0.75, -0.8, -0.45)),
    )
    wish = replace(base, arms=arms, bend=base.bend - 4, hips_pitch=base.hips_pitch - 2, grasp=("grip", "grip"))
    return Motion(wish, cue.facing_deg)


def phone(cue: Cue) -> Motion:
    """One hand at the ear, the other on the elbow, a few steps of the weight."""
    base = ground(cue)
    return Motion(
        replace(
            base,
            arms=(
                to(1.0, (-0.045, -0.155, 0.105), (0.8, -0.7, -0.2)),
                to(-1.0, (0.060, 0.112, 0.028), (0.55, -1.0, 0.45)),
            ),
            head_roll=-6 + 2 * cue.drift(5.0),
            head_pitch=6 + 4 * cue.drift(4.1, 0.3),
            head_yaw=9 * cue.drift(6.3, 0.6),
            mouth=clamped(0.5 * cue.drift(0.9) * clamped(2 * cue.drift(6.0, 0.1) + 0.4)),
            grasp=("relaxed", "grip"),
        ),
        cue.facing_deg,
    )


def drink(cue: Cue) -> Motion:
    """A glass held low, brought to the lips once, and down."""
    w = cue.gesture(1.0, 0.9, 1.1)
    base = ground(cue)
    hand = mixed((0.085, -0.150, 0.150), (0.008, 0.098, 0.088), w)
    return Motion(
        replace(
            base,
            arms=(base.arms[0], to(-1.0, hand, (0.75, -0.75, 0.05 + 0.2 * w))),
            head_pitch=base.head_pitch - 15 * w,
            bend=base.bend - 2 * w,
            grasp=("relaxed", "grip"),
        ),
        cue.facing_deg,
    )


def light_candle(cue: Cue) -> Motion:
    """A flame brought to the wick, the other hand round it."""
    w = cue.arrival(1.4)
    base = standing(cue, shift=0.5)
    return Motion(
        replace(
            base,
            arms=(
                to(1.0, (0.052, -0.085, 0.205), (0.6, -0.9, -0.1), weight=0.25 + 0.75 * w),
                to(-1.0, mixed((0.11, -0.16, 0.13), (0.020, -0.062, 0.205), w), (0.75, -0.7, 0.0)),
            ),
            head_pitch=8 + 9 * w,
            bend=base.bend + 5 * w,
            grasp=("flat", "grip"),
        ),
        cue.facing_deg,
    )
