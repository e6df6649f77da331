"""What people do to the music on their feet: dancing, singing, guitar, clapping. It knows the beat, not the song."""

from __future__ import annotations

from dataclasses import replace
from math import cos, pi, radians, sin

from mvlocal.staging.rig.attitude import Arm, Attitude, Motion, Target, arm, between, hang, to
from mvlocal.staging.rig.cue import Cue
from mvlocal.staging.rig.gait import ground, stepping
from mvlocal.staging.rig.space import clamped, ease

_STEP_TOUCH = (
    (0.125, 0.02, 14.0), (-0.035, 0.01, -8.0), (0.050, -0.03, 8.0), (-0.120, -0.01, -14.0),
    (0.110, 0.00, 14.0), (-0.040, 0.05, -6.0), (0.040, 0.03, 6.0), (-0.125, 0.00, -14.0),
)  # fmt: skip
_ROCKING = (
    (0.060, 0.025, 8.0), (-0.070, 0.030, -8.0), (0.075, 0.000, 8.0), (-0.060, -0.025, -8.0),
)  # fmt: skip


def dance(cue: Cue) -> Motion:
    """A step a beat to either side, hips and shoulders against each other, arms as high as the music is strong."""
    high = 0.25 + 0.75 * cue.energy
    base = ground(cue) if cue.moving else stepping(cue, _STEP_TOUCH, 1.0, 0.045)
    bounce = cue.on_beats()
    sway = sin(pi * cue.beats)
    phrase = ease(0.5 + 0.8 * sin(pi * cue.beats / 8))
    arms = tuple(_dancing_arm(side, sway, high, phrase) for side in (1.0, -1.0))
    wish = replace(
        base,
        arms=(arms[0], arms[1]),
        hips_up=base.hips_up - 0.016 - 0.014 * bounce * high,
        hips_left=base.hips_left + 0.018 * sway * high,
        hips_roll=-5 * sway * high,
        hips_yaw=9 * sway * high,
        side=5 * sway * high,
        twist=-15 * sway * high,
        bend=3 + 3 * bounce * high,
        head_pitch=2 + 6 * bounce * high,
        head_roll=4 * sway,
        grasp=("relaxed", "relaxed"),
    )
    return Motion(wish, cue.facing_deg)


def _dancing_arm(side: float, sway: float, high: float, phrase: float) -> Arm:
    swing = 0.5 + 0.5 * sway * side
    low = between(
        arm(side, (0.45, -0.85, -0.15), (0.05, 0.05, 1.0)), arm(side, (0.62, -0.70, 0.30), (0.15, 0.75, 0.65)), swing
    )
    up = between(
        arm(side, (0.78, 0.22, 0.30), (-0.05, 0.98, 0.20)), arm(side, (0.55, 0.75, 0.15), (-0.30, 0.95, 0.10)), swing
    )
    return between(low, up, high * (0.25 + 0.75 * phrase) * (0.65 + 0.35 * swing))


def dance_slow(cue: Cue) -> Motion:
    """Two who sway in each other's arms; somebody alone sways with their arms round a memory."""
    base = ground(cue) if cue.moving else stepping(cue, _ROCKING, 2.0, 0.020)
    sway = sin(pi * cue.beats / 2)
    arms = _slow_hold(cue)
    wish = replace(
        base,
        arms=arms,
        hips_left=base.hips_left + 0.012 * sway,
        hips_roll=-2.5 * sway,
        side=3.5 * sway,
        twist=4 * sway,
        bend=3,
        head_roll=7 + 3 * sway,
        head_pitch=5,
        grasp=("grip", "flat"),
    )
    turn = 0.0 if cue.to_partner is None else clamped(cue.to_partner[1], -60, 60)
    return Motion(wish, cue.facing_deg + turn)


def _slow_hold(cue: Cue) -> tuple[Arm | Target, Arm | Target]:
    """Whoever stands at the frame's left leads: their left hand holds the other's right."""
    if cue.partner is None or cue.to_partner is None:
        return (
            to(1.0, (0.02, -0.10, 0.19), (0.9, -0.5, 0.1)),
            to(-1.0, (0.03, -0.06, 0.20), (0.9, -0.5, 0.1)),
        )
    x, z = cue.way.at(cue.t_s) if cue.moving else cue.way.start
    yaw = radians(cue.facing_deg + clamped(cue.to_partner[1], -60, 60))
    lead = (x, z) < cue.partner
    side = 1.0 if lead else -1.0
    aside = side * 0.17
    middle = (
        (x + cue.partner[0]) / 2 + aside * cos(yaw),
        0.70 + 0.012 * sin(pi * cue.beats / 2),
        (z + cue.partner[1]) / 2 - aside * sin(yaw),
    )
    joined = Target("world", middle, (side * 0.8, -0.6, -0.1), hang(side))
    far = clamped(cue.to_partner[0] / cue.bones.height + 0.03, 0.10, 0.26)
    other = to(-side, (0.055, -0.12 if lead else 0.02, far), (1.0, -0.4, 0.1))
    return (joined, other) if lead else (other, joined)


def sing(cue: Cue) -> Motion:
    """The mouth to the words, one hand at the microphone if one is held, the other telling the story."""
    base = ground(cue)
    held = cue.holds if any(cue.holds) else (False, False)
    open_ = _vowels(cue)
    swell = clamped(0.45 + 0.55 * sin(pi * cue.beats / 8 + 0.6) * (0.5 + 0.5 * cue.energy) + 0.15 * cue.drift(5.0))
    arms = tuple(
        to(side, (0.010, 0.048, 0.122), (0.75, -0.75, 0.0)) if holds else _telling(cue, side, swell)
        for side, holds in zip((1.0, -1.0), held, strict=True)
    )
    bounce = cue.on_beats()
    sway = sin(pi * cue.beats / 2)
    wish = replace(
        base,
        arms=(arms[0], arms[1]),
        hips_up=base.hips_up - 0.007 * (1 + bounce) * (0.4 + cue.energy),
        hips_left=base.hips_left + 0.010 * sway,
        side=base.side + 2.5 * sway,
        bend=base.bend - 4 * swell + 1.5 * bounce * cue.energy,
        head_pitch=base.head_pitch - 7 * swell * open_ + 2.5 * bounce,
        head_roll=3 * sway,
        mouth=open_,
        grasp=("grip" if held[0] else "relaxed", "grip" if held[1] else "relaxed"),
    )
    return Motion(wish, cue.facing_deg)


def _vowels(cue: Cue) -> float:
    """How far the mouth is open: two syllables a beat of different weight, closed at the end of every other bar."""
    beats = cue.beats
    syllable = 0.5 - 0.5 * cos(2 * pi * beats * 2)
    held = 0.5 + 0.5 * sin(2 * pi * beats / 2.7 + 1)
    rest = ease(6 * abs(((beats / 8 + 0.06) % 1.0) - 0.5) - 0.1)
    strength = 0.45 + 0.55 * held
    return clamped(rest * strength * (0.35 * held + (1 - 0.35 * held) * syllable))


def _telling(cue: Cue, side: float, swell: float) -> Arm:
    """A free arm of a singer: from the side up and open as the line swells."""
    mine = clamped(swell + 0.25 * cue.drift(4.3, 0.3 + 0.2 * side) - (0.15 if side > 0 else 0.0))
    near = arm(side, (0.30, -0.92, 0.12), (0.10, 0.10, 0.95))
    wide = arm(side, (0.66, -0.58, 0.42), (0.42, 0.62, 0.70))
    return between(between(hang(side), near, clamped(2 * mine)), wide, clamped(2 * mine - 0.7))


def play_guitar(cue: Cue) -> Motion:
    """The left hand on the neck, the right strumming eighths, the head with the beat."""
    base = ground(cue)
    strum = sin(2 * pi * cue.beats + pi / 2)
    slide = 0.5 + 0.5 * sin(pi * cue.beats / 8 + cue.phase)
    bounce = cue.on_beats()
    wish = replace(
        base,
        arms=(
            to(1.0, (0.195 + 0.045 * slide, -0.105 + 0.02 * slide, 0.120), (0.55, -1.0, -0.1)),
            to(-1.0, (0.005 - 0.010 * strum, -0.205 + 0.030 * strum, 0.115), (1.0, -0.35, -0.25)),
        ),
        hips_up=base.hips_up - 0.006 * (1 + bounce) * (0.3 + cue.energy),
        bend=base.bend + 3 + 2 * bounce * cue.energy,
        side=base.side + 2 * sin(pi * cue.beats / 2),
        twist=base.twist + 6,
        head_pitch=12 + 5 * bounce * (0.3 + 0.7 * cue.energy),
        head_yaw=16 * ease(0.5 + cue.drift(7.0)),
        grasp=("grip", "fist"),
    )
    return Motion(wish, cue.facing_deg)


def clap(cue: Cue) -> Motion:
    """Hands together on every beat."""
    apart = 0.5 - 0.5 * cue.on_beats()
    base = ground(cue)
    arms = tuple(to(side, (0.012 + 0.085 * apart, -0.05, 0.185), (0.8, -0.7, -0.1)) for side in (1.0, -1.0))
    wish: Attitude = replace(
        base,
        arms=(arms[0], arms[1]),
        head_pitch=3 - 3 * apart,
        hips_up=base.hips_up - 0.008 * (1 - apart),
        grasp=("flat", "flat"),
    )
    return Motion(wish, cue.facing_deg)
