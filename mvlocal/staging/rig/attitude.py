"""What an action asks of a body at one moment: hips, back, head, arms, legs, mouth. It knows no bone lengths.

Angles are degrees, lengths are shares of the body's own height unless a name says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, radians, sin
from typing import Literal

from mvlocal.staging.rig.space import Vec, swung, unit

Grasp = Literal["relaxed", "flat", "fist", "point", "grip"]
Frame = Literal["root", "chest", "world"]


@dataclass(frozen=True, slots=True)
class Arm:
    """Directions of upper arm and forearm in the chest's axes (left, up, forward)."""

    upper: Vec
    fore: Vec


@dataclass(frozen=True, slots=True)
class Target:
    """A place for the palm and a direction for the elbow, taken up by `weight` from `rest`.

    `frame` says what `at` is measured in: `root` (left, up, forward of the ground point under the hips, with the
    body's yaw), `chest` (from the middle of the shoulders) or `world` (grown body heights).
    """

    frame: Frame
    at: Vec
    elbow: Vec
    """In the chest's axes."""
    rest: Arm
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Leg:
    """A leg that stands on nothing: thigh forwards and outwards from hanging down, knee, sole (toes down positive)."""

    flex: float
    out: float
    knee: float
    sole: float = 20.0


@dataclass(frozen=True, slots=True)
class Foot:
    """A foot on its way over the ground: the point under the ankle when flat (world x, z), its yaw, the heel raised
    about the ball (positive) or the toes about the heel (negative), and its height over the ground."""

    at: tuple[float, float]
    yaw_deg: float
    pitch_deg: float = 0.0
    lift: float = 0.0
    planted: bool = True


@dataclass(frozen=True, slots=True)
class Attitude:
    """A body's wish. `hips_up` is the hips' height as a share of standing; feet or legs, never both."""

    arms: tuple[Arm | Target, Arm | Target]
    feet: tuple[Foot, Foot] | None
    legs: tuple[Leg, Leg] | None = None
    hips_up: float = 0.995
    hips_left: float = 0.0
    hips_forward: float = 0.0
    hips_yaw: float = 0.0
    hips_pitch: float = 0.0
    hips_roll: float = 0.0
    bend: float = 0.0
    side: float = 0.0
    twist: float = 0.0
    shrug: float = 0.0
    head_yaw: float = 0.0
    head_pitch: float = 0.0
    head_roll: float = 0.0
    mouth: float = 0.0
    grasp: tuple[Grasp, Grasp] = ("relaxed", "relaxed")
    hips_free: bool = False
    """The hips' height is meant as it is, even where feet would not reach."""


def hang(side: float, flex: float = 4.0, out: float = 7.0, elbow: float = 16.0, inward: float = 25.0) -> Arm:
    """An arm by its joints; `side` is 1 for the left.

    `flex` raises it forwards, `out` sideways; `inward` turns the bend of the elbow towards the body's middle.
    """
    f, o, e, i = radians(flex), radians(out), radians(elbow), radians(inward)
    upper = (sin(o), -cos(o) * cos(f), cos(o) * sin(f))
    ahead = (0.0, sin(f), cos(f))
    across = (-cos(o), -sin(o) * cos(f), sin(o) * sin(f))
    bend = tuple(a * cos(i) + c * sin(i) for a, c in zip(ahead, across, strict=True))
    fore = tuple(u * cos(e) + b * sin(e) for u, b in zip(upper, bend, strict=True))
    return Arm((upper[0] * side, upper[1], upper[2]), unit((fore[0] * side, fore[1], fore[2])))


def between(a: Arm, b: Arm, share: float) -> Arm:
    """From `a` (0) to `b` (1)."""
    return Arm(swung(a.upper, b.upper, share), swung(a.fore, b.fore, share))


@dataclass(frozen=True, slots=True)
class Motion:
    """A body's wish and where it faces."""

    attitude: Attitude
    yaw_deg: float


def arm(side: float, upper: Vec, fore: Vec) -> Arm:
    """An arm by directions (out to its own side, up, forward); `side` is 1 for the left."""
    return Arm(unit((upper[0] * side, upper[1], upper[2])), unit((fore[0] * side, fore[1], fore[2])))


def to(side: float, at: Vec, elbow: Vec = (0.7, -0.8, -0.2), frame: Frame = "chest", weight: float = 1.0) -> Target:
    """A target for the arm on `side`, with its place and elbow as (out to its own side, up, forward)."""
    return Target(frame, (at[0] * side, at[1], at[2]), unit((elbow[0] * side, elbow[1], elbow[2])), hang(side), weight)
