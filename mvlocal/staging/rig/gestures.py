"""What people do on their feet: standing, going, turning, and single gestures. It knows no music but the beat."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from math import pi, sin

from mvlocal.staging.rig.attitude import Arm, Attitude, Foot, Motion, Target, arm, between, hang, to
from mvlocal.staging.rig.cue import Cue
from mvlocal.staging.rig.gait import going, ground, standing
from mvlocal.staging.rig.space import clamped, mixed, ramp
from mvlocal.staging.rig.steps import Place, Tread, beside, foot_at


def _on(cue: Cue, wish: Attitude) -> Motion:
    return Motion(wish, cue.facing_deg)


def stand(cue: Cue) -> Motion:
    """Weight from one leg to the other; walks if there is a way to go."""
    cue = cue.along_way()
    return _on(cue, ground(cue))


def breathe(cue: Cue) -> Motion:
    """A deep breath every few seconds: chest up, arms a little off, the head back."""
    deep = 0.5 - 0.5 * sin(2 * pi * cue.loose_s / cue.value("period_s") + pi / 2)
    base = ground(cue)
    return _on(
        cue,
        replace(
            base,
            arms=(hang(1.0, -4 * deep, 8 + 7 * deep), hang(-1.0, -4 * deep, 8 + 7 * deep)),
            bend=base.bend + 2 - 6 * deep,
            shrug=0.55 * deep,
            head_pitch=3 - 12 * deep,
        ),
    )


def walk(cue: Cue) -> Motion:
    """Along the way; marking time where there is none."""
    cue = cue.along_way()
    return _on(cue, going(cue))


def run(cue: Cue) -> Motion:
    """As `walk`, with both feet off the ground at times."""
    cue = cue.along_way()
    return _on(cue, going(cue, run=True))


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


def reach(cue: Cue) -> Motion:
    """The right arm goes out, the body after it."""
    w = cue.arrival(1.1)
    base = ground(cue)
    out = arm(-1.0, (0.10, 0.06, 1.0), (-0.06, 0.30, 1.0))
    return _on(
        cue,
        replace(
            base,
            arms=(hang(1.0, -10 * w, 10), between(hang(-1.0), out, w)),
            bend=base.bend + 9 * w,
            twist=14 * w,
            hips_forward=0.03 * w,
            head_pitch=-8 * w,
            grasp=("relaxed", "flat"),
        ),
    )


def wave_hand(cue: Cue) -> Motion:
    """The right hand up, to and fro once a beat, and down again."""
    w = cue.gesture(0.7, cue.value("holds_s"), 0.8)
    swing = sin(2 * pi * cue.beats) * w
    up = arm(-1.0, (0.80, 0.10 + 0.05 * swing, 0.40), (0.10 + 0.42 * swing, 0.95, 0.15))
    base = ground(cue)
    return _on(
        cue,
        replace(
            base,
            arms=(base.arms[0], _raised(-1.0, up, w)),
            side=base.side - 4 * w,
            head_roll=3 * w,
            grasp=("relaxed", "flat"),
        ),
    )


def _raised(side: float, up: Arm, w: float) -> Arm:
    """From hanging to `up` by way of a bent elbow, so that the hand comes up close to the body."""
    middle = arm(side, (0.35, -0.75, 0.35), (0.10, 0.45, 0.90))
    first = between(hang(side), middle, clamped(2 * w))
    return between(first, up, clamped(2 * w - 1) if w > 0.5 else 0.0) if w > 0.5 else first


def point(cue: Cue) -> Motion:
    """A straight arm and one finger."""
    w = cue.gesture(0.6, cue.value("holds_s"), 0.9)
    out = arm(-1.0, (0.08, 0.03, 1.0), (0.02, 0.06, 1.0))
    base = ground(cue)
    return _on(
        cue,
        replace(
            base,
            arms=(base.arms[0], _raised(-1.0, out, w)),
            twist=base.twist + 16 * w,
            head_yaw=-10 * w,
            bend=base.bend + 2 * w,
            grasp=("relaxed", "point" if w > 0.35 else "relaxed"),
        ),
    )


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
    return _on(cue, wish)


def open_door(cue: Cue) -> Motion:
    """The hand to the handle, a turn, and a push with the weight behind it."""
    w = cue.gesture(1.0, 1.1, 1.0)
    push = ramp(cue.t_s, cue.peak_s + 0.1, cue.peak_s + 1.0)
    base = ground(cue)
    hand = to(-1.0, (0.09, 0.52 - 0.015 * cue.arrival(0.3), 0.29 + 0.11 * push), (0.8, -0.7, -0.3), "root", w)
    return _on(
        cue,
        replace(
            base,
            arms=(hang(1.0, 3 - 12 * push, 8), hand),
            hips_forward=0.055 * push,
            bend=base.bend + 3 * w + 5 * push,
            twist=8 * w,
            head_pitch=10 * w * (1 - push) - 2,
            grasp=("relaxed", "grip"),
        ),
    )


def read_letter(cue: Cue) -> Motion:
    """Both hands before the chest, the eyes going from line to line."""
    base = ground(cue)
    line = cue.loose_s / 1.9
    scan = 1 - 2 * (line - int(line))
    low = 0.012 * cue.drift(6.0)
    return _on(
        cue,
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
    )


def look_up(cue: Cue) -> Motion:
    """The head goes back, the chest opens."""
    w = cue.value("from") + (1 - cue.value("from")) * cue.arrival(1.6)
    base = ground(cue)
    return _on(
        cue,
        replace(
            base,
            arms=(hang(1.0, -3 * w, 8 + 4 * w), hang(-1.0, -4 * w, 8 + 3 * w)),
            head_pitch=base.head_pitch - 34 * w,
            bend=base.bend - 8 * w,
        ),
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
    return _on(cue, wish)


def carry(cue: Cue) -> Motion:
    """Something of weight in both arms before the belly."""
    cue = cue.along_way()
    base = ground(cue)
    arms = (
        to(1.0, (0.062, -0.185, 0.155), (0.75, -0.8, -0.45)),
        to(-1.0, (0.062, -0.185, 0.155), (0.75, -0.8, -0.45)),
    )
    wish = replace(base, arms=arms, bend=base.bend - 4, hips_pitch=base.hips_pitch - 2, grasp=("grip", "grip"))
    return _on(cue, wish)


def _keyed(t_s: float, keys: tuple[tuple[float, float], ...]) -> float:
    """Eased from value to value at the times of `keys`; holds outside."""
    value = keys[0][1]
    for (start, _), (end, goal) in pairwise(keys):
        value += (goal - value) * ramp(t_s, start, end)
    return value


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
    return _on(
        cue,
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
    )


def cry(cue: Cue) -> Motion:
    """The face in both hands, sobs that come and go."""
    w = cue.value("from") + (1 - cue.value("from")) * cue.arrival(1.2)
    burst = clamped(0.5 + 0.9 * cue.drift(3.7))
    sob = abs(sin(2 * pi * cue.loose_s * 1.15)) * burst
    base = standing(cue, shift=0.4) if not cue.moving else going(cue)
    low = -0.010 * sob
    return _on(
        cue,
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
    )


def phone(cue: Cue) -> Motion:
    """One hand at the ear, the other on the elbow, a few steps of the weight."""
    base = ground(cue)
    return _on(
        cue,
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
    )


def drink(cue: Cue) -> Motion:
    """A glass held low, brought to the lips once, and down."""
    w = cue.gesture(1.0, 0.9, 1.1)
    base = ground(cue)
    hand = mixed((0.085, -0.150, 0.150), (0.008, 0.098, 0.088), w)
    return _on(
        cue,
        replace(
            base,
            arms=(base.arms[0], to(-1.0, hand, (0.75, -0.75, 0.05 + 0.2 * w))),
            head_pitch=base.head_pitch - 15 * w,
            bend=base.bend - 2 * w,
            grasp=("relaxed", "grip"),
        ),
    )


def light_candle(cue: Cue) -> Motion:
    """A flame brought to the wick, the other hand round it."""
    w = cue.arrival(1.4)
    base = standing(cue, shift=0.5)
    return _on(
        cue,
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
    )


def lean(cue: Cue) -> Motion:
    """The back against something, arms folded, one foot before the other."""
    at, h, yaw = cue.way.start, cue.bones.height, cue.facing_deg
    feet = (
        Foot(beside(at, yaw, 0.030 * h, 0.115 * h), yaw + 10),
        Foot(beside(at, yaw, -0.050 * h, 0.055 * h), yaw - 16),
    )
    base = standing(cue, shift=0.3)
    return _on(
        cue,
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
    return _on(
        cue,
        replace(
            base,
            arms=(arms[0], arms[1]),
            hips_up=base.hips_up - 0.018 * (1 - pump),
            bend=base.bend - 5 * w,
            head_pitch=-14 * w,
            mouth=0.7 * w,
            grasp=("fist", "fist"),
        ),
    )


def bow(cue: Cue) -> Motion:
    """From the hips, and up again."""
    w = cue.gesture(1.0, 0.8, 1.3)
    base = standing(cue, shift=0.3)
    return _on(
        cue,
        replace(
            base,
            arms=(hang(1.0, 10 + 34 * w, 7, 14), to(-1.0, (-0.02, -0.19, 0.085), (0.8, -0.5, 0.0), weight=w)),
            hips_pitch=26 * w,
            hips_forward=-0.045 * w,
            bend=base.bend + 34 * w,
            head_pitch=16 * w,
        ),
    )
