"""How intense the song feels from moment to moment, and where it builds and drops. It knows no sections.

Energy is loudness over the song's own range (weighted like hearing), lifted a little by how busy the onsets are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from mvlocal.schema.song import EnergyCurve
from mvlocal.song.features import FRAME_RATE_HZ, SongFeatures

Reals = NDArray[np.float64]

STEP_S = 0.1
_WIDEST_RANGE_DB = 36.0
_NARROWEST_RANGE_DB = 9.0
_BUSY_SHARE = 0.3
_DROP_RISE = 0.16
_BUILD_RISE = 0.18


@dataclass(frozen=True, slots=True)
class Lift:
    """A build (start_s to end_s, energy rising) or a drop (both the same second, where it lands)."""

    kind: Literal["build", "drop"]
    start_s: float
    end_s: float
    rise: float


def features_to_energy(features: SongFeatures) -> EnergyCurve:
    """The curve of a song, one value every 0.1 s, all zero for a silent song."""
    count = max(int(np.ceil(features.duration_s / STEP_S)), 1)
    if features.silent:
        return EnergyCurve(step_s=STEP_S, values=(0.0,) * count)
    power = _every_step(10 ** (features.loudness_db.astype(np.float64) / 10), count)
    loudness = 10 * np.log10(ndimage.gaussian_filter1d(power, 7.0, mode="nearest") + 1e-8)
    top = float(np.percentile(loudness, 98))
    bottom = float(np.percentile(loudness, 4))
    span = min(max(top - bottom, _NARROWEST_RANGE_DB), _WIDEST_RANGE_DB)
    level = np.clip((loudness - top + span) / span, 0, 1)
    busy = _every_step(features.onsets.sum(axis=0, dtype=np.float64), count)
    busy = ndimage.gaussian_filter1d(busy, 10.0, mode="nearest")
    busy = np.clip(busy / max(float(np.percentile(busy, 97)), 1e-9), 0, 1)
    energy = level * (1 - _BUSY_SHARE + _BUSY_SHARE * busy)
    energy = energy / max(float(energy.max()), 1e-9)
    return EnergyCurve(step_s=STEP_S, values=tuple(np.round(np.clip(energy, 0, 1), 4).tolist()))


def mean_energy(curve: EnergyCurve, start_s: float, end_s: float) -> float:
    """Mean of the curve over [start_s, end_s), 0 to 1."""
    first = min(int(start_s / curve.step_s), len(curve.values) - 1)
    last = max(min(int(np.ceil(end_s / curve.step_s)), len(curve.values)), first + 1)
    return round(float(np.mean(curve.values[first:last])), 4)


def find_lifts(curve: EnergyCurve, downbeats: Sequence[float]) -> tuple[Lift, ...]:
    """Builds and drops in time order; both land on a downbeat, a build often right before a drop."""
    lifts: list[Lift] = []
    for at in downbeats:
        before, after = _around(curve, at, 2.0)
        rise = after - before
        if rise >= _DROP_RISE and after >= 0.55:
            lifts.append(Lift("drop", at, at, round(rise, 4)))
    drops = _strongest_nearby(lifts, 6.0)
    heard = [build for at in downbeats if (build := _build_into(curve, at)) is not None]
    builds = [build for build in heard if not any(build.start_s < drop.start_s < build.end_s for drop in drops)]
    return tuple(sorted([*drops, *_strongest_nearby(builds, 8.0)], key=lambda lift: (lift.start_s, lift.kind)))


def _every_step(frames: Reals, count: int) -> Reals:
    """Means of ~100 Hz frames over each step."""
    borders = np.minimum((np.arange(count) * STEP_S * FRAME_RATE_HZ).astype(int), len(frames) - 1)
    sums = np.add.reduceat(frames, borders)
    return sums / np.maximum(np.diff([*borders, len(frames)]), 1)


def _around(curve: EnergyCurve, at: float, reach_s: float) -> tuple[float, float]:
    return mean_energy(curve, max(at - reach_s, 0.0), at), mean_energy(curve, at, at + reach_s)


def _build_into(curve: EnergyCurve, at: float) -> Lift | None:
    """The build that ends at second `at`: at least three seconds of mostly rising energy."""
    values = np.asarray(curve.values)
    end = min(int(at / curve.step_s), len(values) - 1)
    for length_s in (12.0, 8.0, 5.0, 3.0):
        start = end - round(length_s / curve.step_s)
        if start < 0:
            continue
        part = values[start : end + 1]
        rise = float(part[-5:].mean() - part[:5].mean())
        rising = np.corrcoef(part, np.arange(len(part)))[0, 1] if part.std() > 1e-6 else 0.0
        if rise >= _BUILD_RISE and rising > 0.85:
            return Lift("build", round(start * curve.step_s, 3), at, round(rise, 4))
    return None


def _strongest_nearby(lifts: Sequence[Lift], reach_s: float) -> list[Lift]:
    kept: list[Lift] = []
    for lift in sorted(lifts, key=lambda lift: -lift.rise):
        if all(abs(lift.end_s - other.end_s) > reach_s for other in kept):
            kept.append(lift)
    return kept
