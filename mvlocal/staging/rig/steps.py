"""Where feet stand and when they move, so that a planted foot never slides. It knows no body above the ankles.

A tread is a timetable of steps: each foot stands for a share of its cycle and then swings to its next place.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import cos, floor, radians, sin, sqrt

from mvlocal.schema.staging import Pulse
from mvlocal.staging.rig.attitude import Foot
from mvlocal.staging.rig.space import clamped, ease, hump

Place = tuple[float, float, float]
"""A ground point (x, z) and a yaw in degrees."""


@dataclass(frozen=True, slots=True)
class Tread:
    """`first_s`: when the left foot's step 0 lands; the right's lands one `step_s` later. `duty`: share of its cycle
    that a foot stands. `place` gives where foot `side` (0 left, 1 right) stands after step `k`. `heel_deg` and
    `toe_deg`: how far it leaves over the ball and lands on the heel."""

    first_s: float
    step_s: float
    duty: float
    place: Callable[[int, int], Place]
    lift: float
    heel_deg: float = 0.0
    toe_deg: float = 0.0
    snap: float = 0.0
    """How much of its speed over the ground a foot keeps when it lands and leaves."""
    marks: bool = False
    """Steps are taken even where they lead to the same place."""


def foot_at(tread: Tread, side: int, t_s: float) -> Foot:
    """Foot `side` at time `t_s`."""
    cycle = 2 * tread.step_s
    turns = (t_s - tread.first_s - side * tread.step_s) / cycle
    k = floor(turns)
    p = turns - k
    x, z, yaw = tread.place(side, k)
    if p < tread.duty:
        q = p / tread.duty
        landing = -tread.toe_deg * (1 - ease(q / 0.16))
        leaving = tread.heel_deg * ease((q - 0.55) / 0.45)
        return Foot((x, z), yaw, landing + leaving)
    s = (p - tread.duty) / (1 - tread.duty)
    to_x, to_z, to_yaw = tread.place(side, k + 1)
    share = ease(s) * (1 - tread.snap) + s * tread.snap
    still = abs(to_x - x) + abs(to_z - z) + abs(to_yaw - yaw) < 1e-9
    if still and not tread.marks:
        return Foot((x, z), yaw)
    pitch = tread.heel_deg * (1 - ease(s / 0.55)) - tread.toe_deg * ease((s - 0.55) / 0.45)
    at = (x + (to_x - x) * share, z + (to_z - z) * share)
    return Foot(at, yaw + (to_yaw - yaw) * share, pitch, tread.lift * hump(s), planted=False)


@dataclass(frozen=True, slots=True)
class Line:
    """A straight way over the ground at constant speed."""

    start: tuple[float, float]
    velocity: tuple[float, float]

    def at(self, t_s: float) -> tuple[float, float]:
        return self.start[0] + self.velocity[0] * t_s, self.start[1] + self.velocity[1] * t_s

    @property
    def speed(self) -> float:
        return sqrt(self.velocity[0] ** 2 + self.velocity[1] ** 2)


def beside(at: tuple[float, float], yaw_deg: float, left: float, forward: float = 0.0) -> tuple[float, float]:
    """The ground point `left` and `forward` of `at` for somebody who faces `yaw_deg`."""
    c, s = cos(radians(yaw_deg)), sin(radians(yaw_deg))
    return at[0] + left * c + forward * s, at[1] - left * s + forward * c


STATURE_M = 1.7
WALK_RATIO = 0.0065
"""Step length in metres over steps a minute.

Source: Sekiya et al., "The invariant relationship between step length and step rate during free walking", Journal of
Human Movement Studies 30 (1996).
"""


def walking_step_s(speed: float, height: float, pulse: Pulse) -> float:
    """Seconds a step for `speed` in grown body heights a second: a person's own cadence, or the beat if it is near."""
    metres_a_minute = speed * STATURE_M * 60
    own = sqrt(metres_a_minute / WALK_RATIO) / sqrt(height)
    cadence = clamped(own, 52.0, 168.0)
    step_s = on_beat(60 / cadence, pulse)
    return min(step_s, 0.50 * height / max(speed, 1e-6))


def running_step_s(speed: float, height: float, pulse: Pulse) -> float:
    """As `walking_step_s`, for a run: 150 to 200 steps a minute, steps up to 0.88 of the body."""
    cadence = clamped(150 + 14 * (speed / height - 1.2), 150.0, 205.0)
    return min(on_beat(60 / cadence, pulse), 0.88 * height / max(speed, 1e-6))


def on_beat(step_s: float, pulse: Pulse, most: float = 0.22) -> float:
    """`step_s`, or the nearest simple multiple of the beat where that is within `most` of it."""
    if pulse.beat_s <= 0:
        return step_s
    near = min((pulse.beat_s * share for share in (0.25, 0.5, 1.0, 2.0)), key=lambda s: abs(s / step_s - 1))
    return near if abs(near / step_s - 1) <= most else step_s
