"""How a person's likeness holds over a video: a series, its trend, and shots that fall out. It draws nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

LOW_SHARE = 0.75
"""Shots below this share of what the photos reach among themselves are named."""


@dataclass(frozen=True, slots=True)
class DriftPoint:
    """One measure: the shot, the song's second it belongs to, and the likeness of what is seen then."""

    shot: str
    time_s: float
    likeness: float


@dataclass(frozen=True, slots=True)
class Drift:
    """A person's likeness over the video, in order of time.

    `level` is what the person's photos reach among themselves. `slope_a_minute` is the change of the likeness in a
    minute, by least squares; None with fewer than three points or all at one time. `low` are shots with a point below
    `LOW_SHARE` of the level.
    """

    name: str
    level: float
    points: tuple[DriftPoint, ...]
    mean: float
    least: DriftPoint
    slope_a_minute: float | None
    low: tuple[str, ...]


def drift_of(name: str, points: Sequence[DriftPoint], level: float) -> Drift:
    """The series of one person.

    Raises:
        ValueError: there are no points.
    """
    if not points:
        raise ValueError(f"nothing was measured of {name}")
    ordered = tuple(sorted(points, key=lambda point: (point.time_s, point.shot)))
    likeness = np.array([point.likeness for point in ordered])
    minutes = np.array([point.time_s for point in ordered]) / 60
    slope = None
    if len(ordered) >= 3 and np.ptp(minutes) > 0:
        slope = float(np.polyfit(minutes, likeness, 1)[0])
    low = dict.fromkeys(point.shot for point in ordered if point.likeness < LOW_SHARE * level)
    least = ordered[int(likeness.argmin())]
    return Drift(name, level, ordered, float(likeness.mean()), least, slope, tuple(low))
