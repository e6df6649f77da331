"""Standing, walking and running: hips, feet and the arms' swing, over any way at any speed. It knows no gesture."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, floor, pi, sin

from mvlocal.staging.rig.attitude import Attitude, Foot, hang
from mvlocal.staging.rig.cue import Cue
from mvlocal.staging.rig.space import clamped, ease
from mvlocal.staging.rig.steps import Place, Tread, beside, foot_at, running_step_s, walking_step_s

RUN_FROM = 1.15
"""Own body heights a second at which a walk becomes a run. Source: the walk-run change at about 2 m/s, Hreljac,
"Preferred and energetically optimal gait transition speeds", Med. Sci. Sports Exerc. 25 (1993)."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How somebody goes: `run` 0..1, stance width and toes' outward turn."""

    run: float
    width: float = 0.042
    toes_out: float = 7.0


def standing(cue: Cue, width: float = 0.062, toes_out: float = 11.0, shift: float = 1.0) -> Attitude:
    """Both feet on the ground, the weight wandering from one to the other."""
    at, h = cue.way.start, cue.bones.height
    weight = cue.drift(9.0, 0.2) * shift
    feet = (
        Foot(beside(at, cue.facing_deg, width * h, 0.012 * h), cue.facing_deg + toes_out),
        Foot(beside(at, cue.facing_deg, -width * h, -0.012 * h), cue.facing_deg - toes_out),
    )
    return Attitude(
        arms=(hang(1.0, 3 + 2 * cue.drift(7.0)), hang(-1.0, 4 + 2 * cue.drift(6.1, 0.4))),
        feet=feet,
        hips_up=0.995 - 0.004 * abs(weight),
        hips_left=0.020 * weight,
        hips_roll=-2.6 * weight,
        hips_yaw=2.5 * cue.drift(11.0, 0.7) * shift,
        side=3.2 * weight,
        bend=1.0,
    )


def going(cue: Cue, run: bool = False) -> Attitude:
    """On the way from start to end, or marking time where there is none."""
    speed = cue.way.speed / cue.bones.height
    fast = ease((speed - RUN_FROM + 0.2) / 0.4)
    manner = Manner(max(fast, 1.0 if run else 0.0))
    step_s = _step_s(cue, manner)
    tread = _tread(cue, manner, step_s)
    return _stride(cue, manner, tread)


def _step_s(cue: Cue, manner: Manner) -> float:
    height, pulse = cue.bones.height, cue.moment.pulse
    speed = cue.way.speed
    if not cue.moving:
        return cue.beat_s / (2 if manner.run > 0.5 and cue.beat_s > 0.5 else 1)
    if manner.run > 0.5:
        return running_step_s(speed, height, pulse)
    return walking_step_s(speed, height, pulse)


def _tread(cue: Cue, manner: Manner, step_s: float) -> Tread:
    run, way, h = manner.run, cue.way, cue.bones.height
    duty = 0.62 - run * (0.24 + 0.08 * clamped((way.speed / h - 1.2) / 2.5))
    stride = way.speed * step_s / h
    strong = clamped(stride / 0.40)
    pulse = cue.moment.pulse
    first = pulse.first_s + (step_s if cue.phase >= 0.5 else 0.0)
    over = (0.46 + 0.04 * run) * duty * 2 * step_s
    yaw = _feet_deg(cue)
    turn = ((cue.way_deg - yaw + 180) % 360 - 180) if cue.moving else 0.0
    wide = 0.012 + manner.width * (1 - 0.45 * run) + 0.25 * stride * abs(sin(turn * pi / 180))

    def place(side: int, k: int) -> Place:
        landed = first + side * step_s + k * 2 * step_s
        sign = 1 - 2 * side
        x, z = beside(way.at(landed + over) if cue.moving else way.start, yaw, sign * wide * h)
        return x, z, yaw + sign * manner.toes_out

    forwards = clamped(cos(turn * pi / 180) * 1.2)
    return Tread(
        first_s=first,
        step_s=step_s,
        duty=duty,
        place=place,
        lift=(0.022 + 0.02 * strong + 0.085 * run) * h,
        heel_deg=(14 + 24 * strong + 14 * run) * (0.35 + 0.65 * forwards),
        toe_deg=(3 + 15 * strong) * (1 - 0.7 * run) * forwards,
        marks=True,
        snap=0.35 + 0.35 * run,
    )


def _feet_deg(cue: Cue) -> float:
    """Where the toes point: along the way, or half-way to it for somebody who goes sideways or backwards."""
    if not cue.moving:
        return cue.facing_deg
    turn = (cue.way_deg - cue.facing_deg + 180) % 360 - 180
    if abs(turn) > 115:
        turn = turn - 180 if turn > 0 else turn + 180
    return cue.facing_deg + clamped(turn, -55, 55)


def _stride(cue: Cue, manner: Manner, tread: Tread) -> Attitude:
    run = manner.run
    t = cue.t_s
    turns = (t - tread.first_s) / (2 * tread.step_s)
    turn = 2 * pi * turns
    stride = cue.way.speed * tread.step_s / cue.bones.height
    strong = clamped(stride / 0.42) if cue.moving else 0.35
    fore = cos(turn)
    """1 when the left foot lands ahead."""
    bob = cos(2 * turn)
    swing = (13 + 14 * strong + 14 * run) * fore
    elbow = 14 + 10 * strong + 62 * run
    lean = 1.5 + 2.5 * strong + 8 * run
    feet_yaw = _feet_deg(cue) - cue.facing_deg
    sway = sin(turn)
    return Attitude(
        arms=(
            hang(1.0, -swing + 5 + 6 * run, 6 + 5 * run, elbow + 9 * clamped(-fore) - 4 * fore, 30 + 8 * run),
            hang(-1.0, swing + 5 + 6 * run, 6 + 5 * run, elbow + 9 * clamped(fore) + 4 * fore, 30 + 8 * run),
        ),
        feet=(foot_at(tread, 0, t), foot_at(tread, 1, t)),
        hips_up=0.996 - 0.010 * strong - 0.008 * bob * strong - run * (0.028 + 0.030 * cos(2 * turn - 1.9)),
        hips_left=0.014 * sway * (1 - 0.6 * run),
        hips_yaw=0.6 * feet_yaw - (3 + 5 * strong) * fore,
        hips_roll=-2.2 * sway,
        hips_pitch=0.4 * lean,
        bend=0.6 * lean + 0.8 * bob,
        side=2.0 * sway,
        twist=-0.6 * feet_yaw + (5 + 8 * strong + 5 * run) * fore,
        head_yaw=-(1 + 2 * strong) * fore * 0.5,
        head_pitch=-0.55 * lean - 0.7 * bob,
        grasp=("fist", "fist") if run > 0.5 else ("relaxed", "relaxed"),
    )


def ground(cue: Cue) -> Attitude:
    """Standing or going, as the travel says: what every upright gesture stands on."""
    return going(cue) if cue.moving else standing(cue)


def stepping(cue: Cue, places: tuple[tuple[float, float, float], ...], beats_a_step: float, lift: float) -> Attitude:
    """In place, foot by foot in time: `places` (left, forward, yaw) hold the left foot's and the right's by turns.

    Step k lands on beat k * `beats_a_step` with the left foot first; each foot goes through its own entries in a ring.
    """
    step_s = beats_a_step * cue.beat_s
    at, h = cue.way.start, cue.bones.height
    first = cue.t_s - cue.beats * cue.beat_s
    rings = (places[0::2], places[1::2])

    def place(side: int, k: int) -> Place:
        left, forward, yaw = rings[side][k % len(rings[side])]
        x, z = beside(at, cue.facing_deg, left * h, forward * h)
        return x, z, cue.facing_deg + yaw

    tread = Tread(first, step_s, 0.62, place, lift * h, heel_deg=16.0, marks=False)
    feet = (foot_at(tread, 0, cue.t_s), foot_at(tread, 1, cue.t_s))
    middle = [(_loc(cue, foot)) for foot in feet]
    load = [1.0 - 0.85 * clamped(foot.lift / (lift * h) if lift else 0.0) for foot in feet]
    share = load[0] / (load[0] + load[1])
    left = (middle[0][0] * share + middle[1][0] * (1 - share)) / h
    forward = (middle[0][1] * share + middle[1][1] * (1 - share)) / h
    stand = standing(cue, shift=0.0)
    return Attitude(arms=stand.arms, feet=feet, hips_left=left, hips_forward=forward, hips_up=0.965)


def _loc(cue: Cue, foot: Foot) -> tuple[float, float]:
    """A foot's ground point, left and forward of the figure's own."""
    dx, dz = foot.at[0] - cue.way.start[0], foot.at[1] - cue.way.start[1]
    c, s = cos(cue.facing_deg * pi / 180), sin(cue.facing_deg * pi / 180)
    return dx * c - dz * s, dx * s + dz * c


def beat_floor(cue: Cue) -> int:
    """Which beat this is."""
    return floor(cue.beats)
