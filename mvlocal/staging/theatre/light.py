"""Light that answers the music: one gain, one glow and one fade a frame. It knows nothing of pictures.

Times are seconds from the shot's first frame unless they say song.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mvlocal.backends.base import ShotMusic
from mvlocal.schema.story import Transition
from mvlocal.timing import FrameRate, FrameSpan

Floats = NDArray[np.float64]

ATTACK_S = 0.07
DECAY_S = 0.34
"""A pulse rises this fast and falls to a third in this time."""

PULSE_CALM, PULSE_LOUD = 0.012, 0.042
"""Gain that a downbeat adds in the quietest and in the loudest section."""

DRIFT = 0.06
"""Gain between the shot's mean energy and full energy."""

_FADES: dict[Transition, tuple[float, float]] = {"dip": (0.5, 0.0), "dissolve": (0.55, 0.42)}
"""Seconds a transition lasts, and the share of light that it starts from."""


@dataclass(frozen=True, slots=True)
class Light:
    """Per frame (n,): `gain` of luma about 1; `glow` of lamps and sky, 0 to 1; `fade` from black, 0 to 1."""

    gain: Floats
    glow: Floats
    fade: Floats


def shot_light(music: ShotMusic, span: FrameSpan, rate: FrameRate, transition: Transition) -> Light:
    """The light over a shot of frames `span`."""
    times = np.array([rate.time_of(frame) for frame in range(span.start, span.end)])
    pulse = pulses(times, music.downbeats)
    strength = PULSE_CALM + (PULSE_LOUD - PULSE_CALM) * music.section_energy
    energy = smoothed(_fitted(music.energy, len(span)), max(round(0.5 / rate.frame_s), 1))
    drift = DRIFT * (energy - energy.mean()) if len(energy) else energy
    beat = 0.35 * pulses(times, music.beats)
    glow = np.clip((0.25 + 0.75 * music.section_energy) * np.maximum(pulse, beat), 0, 1)
    return Light(1 + drift + strength * pulse, glow, fade_in(times, transition))


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


def fade_in(times: Floats, transition: Transition) -> Floats:
    """Light at the start of a shot: 1 throughout after a cut."""
    if transition not in _FADES or len(times) == 0:
        return np.ones(len(times))
    length_s, start = _FADES[transition]
    length_s = min(length_s, 0.35 * (times[-1] - times[0] + 1e-9))
    u = np.clip((times - times[0]) / max(length_s, 1e-9), 0, 1)
    return start + (1 - start) * u * u * (3 - 2 * u)


def _fitted(energy: NDArray[np.floating], frames: int) -> Floats:
    """One value a frame, the last held where the curve is short by a frame.

    Raises:
        ValueError: there is no value at all for a shot that has frames.
    """
    values = np.asarray(energy, np.float64)[:frames]
    if frames and len(values) == 0:
        raise ValueError("ShotMusic.energy is empty: it holds one value a frame of the shot")
    return np.pad(values, (0, frames - len(values)), mode="edge") if frames else values
