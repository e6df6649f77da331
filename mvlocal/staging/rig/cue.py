"""What a motion is told: time, music, body, way over the ground; and the timing that all motions share.

It knows no motion.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from math import atan2, degrees, floor, pi, sin, sqrt

from mvlocal.schema.staging import Pulse
from mvlocal.staging.rig.skeleton import Skeleton
from mvlocal.staging.rig.space import drift, ramp
from mvlocal.staging.rig.steps import Line

MOVING = 0.02
"""Body heights a second below which somebody stays where they are."""


@dataclass(frozen=True, slots=True)
class Travel:
    """Ground points (x, z) in grown body heights where somebody is when the shot begins and ends; equal: they stay."""

    start: tuple[float, float]
    end: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Moment:
    """`t_s` from the shot's start, the shot's length, its beat, and the music's energy in [0, 1]."""

    t_s: float
    length_s: float
    pulse: Pulse
    energy: float


@dataclass(frozen=True)
class Cue:
    """One figure at one moment. `values` are the action's numbers; `partner` is the partner's ground point."""

    moment: Moment
    bones: Skeleton
    way: Line
    facing_deg: float
    phase: float
    values: dict[str, float]
    partner: tuple[float, float] | None
    holds: tuple[bool, bool]
    """Something is in the left, the right hand."""

    @property
    def t_s(self) -> float:
        return self.moment.t_s

    @property
    def energy(self) -> float:
        return self.moment.energy

    @cached_property
    def moving(self) -> bool:
        return self.way.speed / self.bones.height > MOVING

    @cached_property
    def way_deg(self) -> float:
        """The yaw of the travel; the facing where there is none."""
        vx, vz = self.way.velocity
        return degrees(atan2(vx, vz)) if self.moving else self.facing_deg

    @cached_property
    def beat_s(self) -> float:
        """The beat that a body moves to: the music's, halved or doubled into 0.38 to 0.76 s; without music 0.55 s."""
        beat = self.moment.pulse.beat_s
        if beat <= 0:
            return 0.55
        while beat < 0.38:
            beat *= 2
        while beat >= 0.76:
            beat /= 2
        return beat

    @cached_property
    def beats(self) -> float:
        """Beats since a downbeat, with the figure's phase as whole beats, so that nobody leaves the beat."""
        shift = floor(self.phase * 3.999)
        return (self.t_s - self.moment.pulse.first_s) / self.beat_s + shift

    @cached_property
    def loose_s(self) -> float:
        """Time for what keeps no beat, shifted by the figure's phase."""
        return self.t_s + 17.3 * self.phase

    def along_way(self) -> Cue:
        """The same, faced where the way goes."""
        return replace(self, facing_deg=self.way_deg) if self.moving else self

    def value(self, name: str) -> float:
        return self.values[name]

    @cached_property
    def peak_s(self) -> float:
        """When a single gesture is at its height: the downbeat nearest to 0.45 of the shot, or a beat if none is."""
        wanted = 0.45 * self.moment.length_s
        pulse = self.moment.pulse
        for step in (pulse.beat_s * pulse.beats_per_bar, pulse.beat_s):
            if step > 0:
                near = pulse.first_s + step * round((wanted - pulse.first_s) / step)
                if abs(near - wanted) <= 0.3 * self.moment.length_s:
                    return near
        return wanted

    def gesture(self, lead_s: float, hold_s: float, back_s: float) -> float:
        """0, rising over `lead_s` to 1 at the peak, held, and back to 0."""
        peak = self.peak_s
        return ramp(self.t_s, peak - lead_s, peak) * (1 - ramp(self.t_s, peak + hold_s, peak + hold_s + back_s))

    def arrival(self, lead_s: float) -> float:
        """0, rising to 1 at the peak, and held."""
        return ramp(self.t_s, self.peak_s - lead_s, self.peak_s)

    def on_beats(self, per_beat: float = 1.0, shift: float = 0.0) -> float:
        """A sine in [-1, 1], 1 on the beat."""
        return sin(2 * pi * (self.beats * per_beat + shift) + pi / 2)

    def drift(self, period_s: float, phase: float = 0.0) -> float:
        """A slow wander in [-1, 1], each figure's its own."""
        return drift(self.loose_s, period_s, phase + self.phase)

    @cached_property
    def to_partner(self) -> tuple[float, float] | None:
        """(distance, yaw in degrees from the figure's facing, positive to its left) of the partner."""
        if self.partner is None:
            return None
        x, z = self.way.at(self.t_s)
        dx, dz = self.partner[0] - x, self.partner[1] - z
        turn = degrees(atan2(dx, dz)) - self.facing_deg
        return sqrt(dx * dx + dz * dz), (turn + 180) % 360 - 180
