"""A walk between two looks: how far along it each frame of an abstract shot is, in steps that fall on beats.

It knows arrays and times only; a backend makes the pictures.

Source: Shoemake, Animating rotation with quaternion curves, SIGGRAPH 1985 (slerp): between two noises it keeps the
spread that a denoiser expects, which a straight line would not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

import numpy as np
from numpy.typing import NDArray

from mvlocal.timing import FrameRate

STEP_S = 0.4
"""A step takes this long, or until the next beat if that comes earlier."""
SHORTEST_STEP_S = 0.01
"""A beat nearer than this to the one before it, or to the shot's end, is no step of its own."""
GLIDE = 0.25
"""This share of the way is walked evenly, so that the picture never stands still between beats."""


@dataclass(frozen=True, slots=True)
class WalkPlan:
    """Frame i shows second i / `rate` of the shot, `shares[i]` of the way (0 to 1); the last frame is its end."""

    rate: FrameRate
    shares: tuple[float, ...]


def plan_walk(length_s: Fraction, rate: FrameRate, beats_s: Sequence[float]) -> WalkPlan:
    """The walk of a shot of `length_s` seconds, at `rate` or just above it; `beats_s` are counted from its start.

    Each beat inside the shot is one step, all of them equally long. Without beats the walk is even.

    Raises:
        ValueError: no length.
    """
    if length_s <= 0:
        raise ValueError(f"no walk for {length_s} s")
    steps = ceil(length_s * rate.value)
    times = np.arange(steps + 1, dtype=np.float64) * float(length_s / steps)
    shares = shares_at(times, float(length_s), beats_s)
    return WalkPlan(FrameRate(steps / length_s), tuple(float(share) for share in shares))


def shares_at(times_s: NDArray[np.floating], length_s: float, beats_s: Sequence[float]) -> NDArray[np.floating]:
    """How far along the walk each moment is: 0 at the start, 1 at the end, never back."""
    even = np.clip(times_s / length_s, 0.0, 1.0)
    starts = _step_starts(length_s, beats_s)
    if not starts:
        return even
    ends = np.minimum(np.add(starts, STEP_S), [*starts[1:], length_s])
    gone = np.clip((times_s[:, None] - starts) / (ends - starts), 0.0, 1.0)
    stepped = (gone * gone * (3 - 2 * gone)).mean(axis=1)
    return GLIDE * even + (1 - GLIDE) * stepped


def _step_starts(length_s: float, beats_s: Sequence[float]) -> list[float]:
    starts: list[float] = []
    for beat in sorted(beats_s):
        if 0 <= beat <= length_s - SHORTEST_STEP_S and (not starts or beat - starts[-1] >= SHORTEST_STEP_S):
            starts.append(beat)
    return starts


def slerp(start: NDArray[np.float32], end: NDArray[np.float32], share: float) -> NDArray[np.float32]:
    """`share` (0 to 1) of the way from one noise to another of the same shape, along the sphere that both lie near."""
    flat, other = start.ravel().astype(np.float64), end.ravel().astype(np.float64)
    cosine = float(flat @ other / (np.linalg.norm(flat) * np.linalg.norm(other)))
    angle = float(np.arccos(np.clip(cosine, -1.0, 1.0)))
    if np.sin(angle) < 1e-6:
        return (start + (end - start) * np.float32(share)).astype(np.float32)
    weights = np.sin((1 - share) * angle) / np.sin(angle), np.sin(share * angle) / np.sin(angle)
    return (weights[0] * start + weights[1] * end).astype(np.float32)
