"""What two people do with each other, each by their own: an embrace, hands that hold. It knows no music."""

from __future__ import annotations

from dataclasses import replace
from math import pi, sin

from mvlocal.staging.rig.attitude import Arm, Motion, Target, hang, to
from mvlocal.staging.rig.cue import Cue
from mvlocal.staging.rig.gait import ground, standing
from mvlocal.staging.rig.space import clamped


def embrace(cue: Cue) -> Motion:
    """Arms round the partner, the head beside theirs; alone, arms round oneself."""
    w = cue.value("from") + (1 - cue.value("from")) * cue.arrival(1.4)
    base = standing(cue, shift=0.5)
    sway = cue.drift(5.0)
    if cue.to_partner is None:
        arms = (
            to(1.0, (-0.105, -0.085, 0.075), (0.55, -0.8, 0.5), weight=w),
            to(-1.0, (-0.105, -0.115, 0.085), (0.55, -0.8, 0.5), weight=w),
        )
        more = replace(base, head_pitch=14 * w, bend=base.bend + 6 * w)
    else:
        far = clamped(cue.to_partner[0] / cue.bones.height + 0.045, 0.12, 0.27)
        low = -0.13 if cue.phase < 0.5 else -0.03
        arms = (
            to(1.0, (-0.02, low, far), (1.0, -0.35, 0.2), weight=w),
            to(-1.0, (-0.05, low + 0.05, far), (1.0, -0.35, 0.2), weight=w),
        )
        more = replace(base, head_pitch=6 * w, head_roll=10 * w, head_yaw=14 * w, bend=base.bend + 5 * w)
    wish = replace(more, arms=arms, side=base.side + 1.5 * sway, shrug=0.25 * w, grasp=("flat", "flat"))
    return Motion(wish, _facing_partner(cue))


def _facing_partner(cue: Cue) -> float:
    return cue.facing_deg if cue.to_partner is None else cue.facing_deg + clamped(cue.to_partner[1], -60, 60)


def hold_hands(cue: Cue) -> Motion:
    """One hand in the partner's, half-way between the two."""
    cue = cue.along_way()
    base = ground(cue)
    side = 1.0 if cue.to_partner is None or cue.to_partner[1] > 0 else -1.0
    if cue.to_partner is None or cue.partner is None:
        held: Arm | Target = hang(side, 8 + 3 * cue.drift(4.0), 24, 14)
    else:
        x, z = cue.way.at(cue.t_s) if cue.moving else cue.way.start
        middle = ((x + cue.partner[0]) / 2, 0.415 + 0.012 * sin(2 * pi * cue.t_s / 3.1), (z + cue.partner[1]) / 2)
        held = Target("world", middle, (side * 0.5, -0.2, -0.9), hang(side))
    arms = (held, base.arms[1]) if side > 0 else (base.arms[0], held)
    wish = replace(base, arms=arms, head_yaw=base.head_yaw + 14 * side * (0.5 + 0.5 * cue.drift(6.0)))
    return Motion(wish, cue.facing_deg)
