"""What a voice sounds like in a mix: whole series of harmonics that glide together, and the pitch they glide on.

It does not decide where someone sings (`vocals` does) and knows no words.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from mvlocal.song.features import ANALYSIS_RATE_HZ, SLOW_HOP, magnitudes, resample_for_analysis

Floats = NDArray[np.float32]

SINGING_HOP = 441
SINGING_RATE_HZ = ANALYSIS_RATE_HZ / SINGING_HOP
"""Frames a second of pitch: 50."""

_WINDOW = 2048
_LAG = 3
_STEP_HZ = ANALYSIS_RATE_HZ / _WINDOW
_FIRST, _LAST = round(130 / _STEP_HZ), round(3600 / _STEP_HZ)
_LOWEST_HZ, _HIGHEST_HZ = 70.0, 1000.0
_HARMONICS = 30
_STILL_CENTS, _FARTHEST_CENTS, _CLEAR_CENTS = 8.0, 60.0, 30.0
_LEVEL_STEP = 0.7
"""Nepers (about 6 dB) that a partial's level may change while it glides: more is a new note."""
_SMOOTH_S = 0.7
_HEARD_LATE_S = 0.12


@dataclass(frozen=True, slots=True)
class Singing:
    """How a voice moves in a song of k frames (50 Hz) and m slow frames (10 Hz).

    glide: (m,), 0 and up: how much of the sound glides as one series of harmonics, as singers do.
    pitch_hz: (k,), the pitch of that series; pitch_weight: (k,), 0 and up, how clearly it is heard.
    level_db: (m,), level of the sound itself below full scale.
    """

    glide: Floats
    pitch_hz: Floats
    pitch_weight: Floats
    level_db: Floats


def measure_singing(samples: Floats, sample_rate_hz: int, *, alone: bool = False) -> Singing:
    """Measures mono `samples` (n,) in [-1, 1]; time and memory grow linearly.

    Strings and keys hold their partials still and drums glide on no series of harmonics; singers scoop into their
    notes and waver on them, with all harmonics at once. Where the voice is `alone` (a separated stem), its held
    notes count for the pitch too.
    """
    sound = resample_for_analysis(samples, sample_rate_hz)
    past: Floats | None = None
    parts: list[tuple[Floats, Floats, Floats, Floats, Floats]] = []
    for chunk in magnitudes(sound, _WINDOW, SINGING_HOP):
        earlier = chunk[:1].repeat(_LAG, axis=0) if past is None else past
        series = np.concatenate([earlier, chunk])
        past = series[-_LAG:]
        parts.append(_hear(series, alone=alone))
    glide, rise, pitch, weight, level = (np.concatenate(rows) for rows in zip(*parts, strict=True))
    slow_frames = 1 + len(sound) // SLOW_HOP
    steady = _reach_back(_weigh_steady(np.sqrt(glide), rise))
    return Singing(_to_slow(steady, slow_frames), pitch, weight, _to_slow(level, slow_frames))


def _weigh_steady(glide: Floats, rise: Floats) -> Floats:
    """Mean glide over two thirds of a second, in which frames where new notes begin count for little."""
    frames = round(_SMOOTH_S * SINGING_RATE_HZ)
    trust = 1 / (1 + (rise / (np.median(rise) + 1e-3)) ** 2)
    top = ndimage.uniform_filter1d(glide * trust, frames, mode="nearest")
    return np.asarray(top / (ndimage.uniform_filter1d(trust, frames, mode="nearest") + 1e-3), np.float32)


def _reach_back(glide: Floats) -> Floats:
    """A glide is heard once its partials have stood for window and lag: the voice began that much earlier."""
    frames = round(_HEARD_LATE_S * SINGING_RATE_HZ)
    return np.asarray(ndimage.maximum_filter1d(glide, frames + 1, origin=-(frames // 2), mode="nearest"), np.float32)


def _to_slow(fine: Floats, slow_frames: int) -> Floats:
    at = np.arange(slow_frames) * (SLOW_HOP / SINGING_HOP)
    return np.interp(at, np.arange(len(fine)), fine).astype(np.float32)


def _hear(series: Floats, *, alone: bool) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """Glide, rise, pitch, its weight and level of each frame after the first `_LAG`."""
    middle = series[_LAG:, _FIRST:_LAST]
    earlier = series[:-_LAG, _FIRST:_LAST]
    move, weight = _moves(series)
    comb = _comb()
    together = np.abs((weight * move) @ comb)
    whole = np.maximum(np.sqrt((weight * weight).sum(axis=1)), 1e-4)
    heard = weight @ comb if alone else together
    best = heard.argmax(axis=1)
    root = np.sqrt(middle)
    rise = np.maximum(root - np.sqrt(earlier), 0.0).sum(axis=1) / np.maximum(root.sum(axis=1), 1e-4)
    level = 10 * np.log10((middle * middle).sum(axis=1) + 1e-10)
    return together.max(axis=1) / whole, rise, _pitches_hz()[best], heard.max(axis=1) / whole, level


def _moves(series: Floats) -> tuple[Floats, Floats]:
    """How each partial moved within 60 ms (-1 to 1, 0 where it stood still or began), and its weight: (frames, bins).

    Partials are peaks of the spectrum, placed between bins by a parabola.
    """
    left, mid, right = (series[:, _FIRST + shift : _LAST + shift] for shift in (-1, 0, 1))
    peak = (mid > left) & (mid >= right) & (mid > 0.03 * mid.max(axis=1, keepdims=True) + 1e-5)
    exact = np.arange(_FIRST, _LAST) + 0.5 * (left - right) / np.minimum(left - 2 * mid + right, -1e-9)
    exact = exact.astype(np.float32)
    now, then = exact[_LAG:], np.where(peak, exact, np.float32(np.nan))[:-_LAG]
    level, past = mid[_LAG:], mid[:-_LAG]
    gap = np.full(now.shape, np.inf, np.float32)
    before = np.ones(now.shape, np.float32)
    for shift in (-1, 0, 1):
        other = now - np.roll(then, shift, axis=1)
        nearer = np.abs(other) < np.abs(gap)
        gap = np.where(nearer, other, gap)
        before = np.where(nearer, np.roll(past, shift, axis=1), before)
    cents = (1200 / np.log(2)) * gap / now
    ratio = level / np.maximum(before, 1e-9)
    held = (ratio > np.exp(-_LEVEL_STEP)) & (ratio < np.exp(_LEVEL_STEP))
    glides = held & (np.abs(cents) > _STILL_CENTS) & (np.abs(cents) < _FARTHEST_CENTS)
    move = np.where(glides, np.clip(cents / _CLEAR_CENTS, -1, 1), 0.0)
    weight = np.where(peak[_LAG:], np.sqrt(level), 0.0)
    return move.astype(np.float32), weight.astype(np.float32)


def _pitches_hz() -> Floats:
    """Candidate pitches a quarter tone apart."""
    count = int(24 * np.log2(_HIGHEST_HZ / _LOWEST_HZ)) + 1
    return (_LOWEST_HZ * 2 ** (np.arange(count) / 24)).astype(np.float32)


@cache
def _comb() -> Floats:
    """(bins, pitches): the harmonics of each pitch, weaker with their number.

    Columns are not brought to one length: a pitch an octave too low would then win by its narrower teeth.
    """
    hz = (np.arange(_FIRST, _LAST) * _STEP_HZ)[:, None]
    pitches = _pitches_hz()[None, :].astype(np.float64)
    comb = np.zeros((len(hz), pitches.shape[1]))
    for number in range(1, _HARMONICS + 1):
        centre = pitches * number
        width = np.maximum(0.02 * centre, 0.6 * _STEP_HZ)
        near = np.abs(hz - centre) < 2.5 * np.maximum(width, _STEP_HZ)
        comb += near * (centre <= 3600) * np.exp(-0.5 * ((hz - centre) / width) ** 2) / np.sqrt(number)
    return comb.astype(np.float32)
