"""Light that answers the music: one gain and one glow a frame. It knows nothing of pictures.

Times are seconds from the shot's first frame unless they say song.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mvlocal.backends.base import ShotMusic
from mvlocal.timing import FrameRate, FrameSpan

Floats = NDArray[np.float64]

ATTACK_S = 0.07
DECAY_S = 0.34
"""A pulse rises this fast and falls to a third in this time."""

PULSE_CALM, PULSE_LOUD = 0.012, 0.042
"""Gain that a downbeat adds in the quietest and in the loudest section."""

DRIFT = 0.06
"""Gain between the shot's mean energy and full energy."""


@dataclass(frozen=True, slots=True)
class Light:
    """Per frame (n,): `gain` of luma about 1; `glow` of lamps and sky, 0 to 1."""

    gain: Floats
    glow: Floats


def shot_light(music: ShotMusic, span: FrameSpan, rate: FrameRate, before: int = 0, after: int = 0) -> Light:
    """The light over a shot of frames `span`, and `before` and `after` it, where energy is held."""
    times = np.array([rate.time_of(frame) for frame in range(span.start - before, span.end + after)])
    pulse = pulses(times, music.downbeats)
    strength = PULSE_CALM + (PULSE_LOUD - PULSE_CALM) * music.section_energy
    energy = smoothed(_fitted(music.energy, len(span)), max(round(0.5 / rate.frame_s), 1))
    drift = np.pad(DRIFT * (energy - energy.mean()), (before, after), mode="edge") if len(energy) else energy
    beat = 0.35 * pulses(times, music.beats)
    glow = np.clip((0.25 + 0.75 * music.section_energy) * np.maximum(pulse, beat), 0, 1)
    return Light(1 + drift + strength * pulse, glow)


def pulses(times: Floats, hits: object) -> Floats:
    """Sum of decaying pulses (n,), at most 1, at seconds `hits`: a fast smooth rise, then an exponential fall."""
    total = np.zeros(len(times))
    for hit in np.asarray(hits, np.float64).reshape(-1):
        since = times - hit
        rise = np.clip((since + ATTACK_S) / ATTACK_S, 0, 1)
        fall = np.exp(-np.maximum(since, 0) / DECAY_S)
        total = np.maximum(total, rise * rise * (3 - 2 * rise) * fall)
    return total


def smoothed(values: Floats, reach: int) -> Floats:
    """Weighted mean over `reach` frames to each side, ends held, so that the exposure never flickers."""
    if len(values) == 0:
        return values
    weights = np.hanning(2 * reach + 3)[1:-1]
    padded = np.pad(values, reach, mode="edge")
    return np.asarray(np.convolve(padded, weights / weights.sum(), mode="valid"), np.float64)


def _fitted(energy: NDArray[np.floating], frames: int) -> Floats:
    """One value a frame, the last held where the curve is short by a frame.

    Raises:
        ValueError: there is no value at all for a shot that has frames.
    """
    values = np.asarray(energy, np.float64)[:frames]
    if frames and len(values) == 0:
        raise ValueError("ShotMusic.energy is empty: it holds one value a frame of the shot")
    return np.pad(values, (0, frames - len(values)), mode="edge") if frames else values
