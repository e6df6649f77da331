"""What people do sitting down: resting, driving, writing, rowing, piano and drums. It knows no chair."""

from __future__ import annotations

from dataclasses import replace
from math import cos, pi, sin

from mvlocal.staging.rig.attitude import Attitude, Foot, Motion, Target, to
from mvlocal.staging.rig.cue import Cue
from mvlocal.staging.rig.space import clamped, ease
from mvlocal.staging.rig.steps import beside


def seated(cue: Cue, apart: float = 0.062) -> Attitude:
    """On a seat as high as the action's `seat` (share of standing hips), feet `feet_ahead`, hands in the lap."""
    at = cue.way.at(cue.t_s) if cue.moving else cue.way.start
    h, yaw, ahead = cue.bones.height, cue.facing_deg, cue.value("feet_ahead")
    feet = (
        Foot(beside(at, yaw, apart * h, (ahead + 0.012) * h), yaw + 8),
        Foot(beside(at, yaw, -apart * h, (ahead - 0.020) * h), yaw - 8),
    )
    sway = cue.drift(9.0)
    return Attitude(
        arms=(
            to(1.0, (0.045, 0.347, 0.155), (0.75, -0.7, -0.5), "root"),
            to(-1.0, (0.040, 0.347, 0.165), (0.75, -0.7, -0.5), "root"),
        ),
        feet=feet,
        hips_up=cue.value("seat"),
        hips_pitch=cue.value("back_deg"),
        bend=9.0,
        side=1.2 * sway,
        hips_free=True,
    )


def sit(cue: Cue) -> Motion:
    """Hands in the lap, looking about a little."""
    base = seated(cue)
    return Motion(replace(base, head_pitch=4 + 4 * cue.drift(8.0), head_yaw=10 * cue.drift(9.0, 0.4)), cue.facing_deg)


def drive(cue: Cue) -> Motion:
    """Both hands on the wheel, small corrections, a look aside."""
    steer = 7 * cue.drift(3.3) + 4 * cue.drift(1.7, 0.3)
    c, s = cos(steer * pi / 180), sin(steer * pi / 180)
    glance = ease(3 * cue.drift(9.0, 0.2) - 0.8)
    hands = tuple(
        to(side, (0.098 * c, 0.535 + 0.098 * s * side, 0.265), (0.55, -1.0, -0.1), "root") for side in (1.0, -1.0)
    )
    wish = replace(
        seated(cue),
        arms=(hands[0], hands[1]),
        bend=7 + 0.8 * cue.drift(0.8),
        head_pitch=2 + 0.8 * cue.on_beats() * cue.energy,
        head_yaw=26 * glance,
        grasp=("grip", "grip"),
    )
    return Motion(wish, cue.facing_deg)


def write(cue: Cue) -> Motion:
    """Bent over the page; the hand goes along the line and back."""
    line = (cue.loose_s / 4.0) % 1.0
    along = ease(line / 0.86) - ease((line - 0.86) / 0.14)
    small = sin(2 * pi * cue.loose_s * 2.3) * (0.3 + 0.7 * clamped(0.5 + cue.drift(2.1)))
    wish = replace(
        seated(cue),
        arms=(
            to(1.0, (0.085, 0.445, 0.225), (0.8, -0.5, -0.2), "root"),
            to(-1.0, (0.075 - 0.06 * along, 0.455 + 0.004 * small, 0.235 + 0.004 * small), (0.9, -0.5, -0.2), "root"),
        ),
        bend=20.0,
        head_pitch=20 + 1.5 * cue.drift(4.0),
        head_yaw=4 - 6 * along,
        head_roll=5.0,
        grasp=("flat", "grip"),
    )
    return Motion(wish, cue.facing_deg)


def row(cue: Cue) -> Motion:
    """Forward with straight arms, back with the stroke; one stroke every `strokes_beats` beats."""
    turn = 2 * pi * (cue.beats / cue.value("stroke_beats"))
    pull = 0.5 - 0.5 * cos(turn + 0.35 * sin(turn))
    raised = sin(turn)
    hands = tuple(
        to(side, (0.075, 0.360 - 0.030 * raised, 0.44 - 0.29 * pull), (0.8, -0.6, -0.3), "root") for side in (1.0, -1.0)
    )
    wish = replace(
        seated(cue),
        arms=(hands[0], hands[1]),
        hips_pitch=10 - 26 * pull,
        bend=26 - 22 * pull,
        head_pitch=-10 + 10 * pull,
        grasp=("grip", "grip"),
    )
    return Motion(wish, cue.facing_deg)


def play_piano(cue: Cue) -> Motion:
    """Hands over the keys, pressing by turns, the body leaning into the phrase."""
    sway = sin(pi * cue.beats / 4)
    hands = tuple(_key_hand(cue, side) for side in (1.0, -1.0))
    wish = replace(
        seated(cue),
        arms=(hands[0], hands[1]),
        bend=8 + 5 * sway * (0.4 + 0.6 * cue.energy),
        side=4 * sin(pi * cue.beats / 8 + 1),
        twist=3 * cue.drift(6.0),
        head_pitch=12 + 5 * sway + 3 * cue.on_beats() * cue.energy,
        grasp=("relaxed", "relaxed"),
    )
    return Motion(wish, cue.facing_deg)


def _key_hand(cue: Cue, side: float) -> Target:
    press = 0.5 + 0.5 * cue.on_beats(1.0 if side > 0 else 2.0, 0.0 if side > 0 else 0.25)
    roam = 0.055 * sin(pi * cue.beats / 4 + side) + 0.03 * cue.drift(3.0, 0.2 * side)
    return to(side, (0.105 + roam, 0.440 - 0.020 * press, 0.285), (0.6, -0.9, -0.2), "root")


def drum(cue: Cue) -> Motion:
    """The right hand on every beat, twice as often when the music is strong; the left on the second and fourth."""
    often = 2.0 if cue.energy > 0.6 and cue.beat_s > 0.45 else 1.0
    right = abs(sin(pi * cue.beats * often)) ** 1.2
    left = abs(sin(pi * (cue.beats - 1) / 2)) ** 1.4
    strong = 0.6 + 0.4 * cue.energy
    bounce = cue.on_beats()
    wish = replace(
        seated(cue, apart=0.10),
        arms=(
            to(1.0, (0.055, 0.475 + 0.165 * left * strong, 0.25 - 0.05 * left), (0.9, -0.6, -0.2), "root"),
            to(-1.0, (0.125, 0.500 + 0.120 * right * strong, 0.25 - 0.03 * right), (0.9, -0.6, -0.2), "root"),
        ),
        bend=10 + 3 * bounce * strong,
        twist=5 * sin(pi * cue.beats),
        head_pitch=5 + 7 * bounce * strong,
        head_yaw=12 * cue.drift(5.0),
        grasp=("grip", "grip"),
    )
    return Motion(wish, cue.facing_deg)
