"""The pulse of a song over time, up to the octave, from autocorrelated onsets. It does not place beats.

Source: tempograms after Grosche & Müller (2011); the path through them is a Viterbi search.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from mvlocal.song.features import FRAME_RATE_HZ, SongFeatures

Reals = NDArray[np.float64]

WINDOW_S = 10.0
STEP_S = 0.5
SHORTEST_PERIOD_S = 0.26
LONGEST_PERIOD_S = 1.3
BINS_PER_OCTAVE = 72
PULSE_FLOOR = 0.17
"""Periodicity (0 to 1) below which a stretch has no pulse worth following."""

_BAND_WEIGHTS = (1.0, 0.8, 0.9, 0.8, 0.45)
_TONAL_WEIGHT = 0.9
_LEAST_ATTACK = 0.04
"""Typical rise of log magnitude below which nothing is an attack: a held tone or slow swell, not a quiet song."""


@dataclass(frozen=True, slots=True)
class TempoPath:
    """Period in frames at every onset frame (n,), and how periodic the song is (0 to 1)."""

    period: Reals
    strength: float


def level_onsets(features: SongFeatures) -> Reals:
    """Onset envelopes (6, n), bands then tonal, each brought to the same local level; about 1 on onsets."""
    rows = np.vstack([features.onsets, features.tonal[None, :]]).astype(np.float64)
    reach = round(4 * FRAME_RATE_HZ)
    rows = rows - ndimage.uniform_filter1d(rows, reach // 8, axis=1, mode="nearest")
    rows = np.maximum(rows, 0.0)
    local = np.sqrt(np.maximum(ndimage.uniform_filter1d(rows**2, 2 * reach, axis=1, mode="nearest"), 0.0))
    overall = np.sqrt(np.mean(rows**2, axis=1, keepdims=True))
    loudest = float(overall.max(initial=1e-9))
    floor = np.maximum(0.25 * overall, 0.08 * loudest)
    return np.minimum(rows / (local + floor) / 2.0, 2.5)


def has_attacks(features: SongFeatures) -> bool:
    """Whether anything in the song begins sharply enough to be a beat."""
    return bool(np.sqrt(np.mean(np.square(features.onsets), axis=1)).max() >= _LEAST_ATTACK)


def mix_onsets(rows: Reals, weights: tuple[float, ...] = (*_BAND_WEIGHTS, _TONAL_WEIGHT)) -> Reals:
    """One envelope (n,) from the levelled bands, smoothed by about 15 ms and squeezed."""
    mixed = np.tensordot(np.asarray(weights) / sum(weights), rows, axes=1)
    return np.sqrt(np.maximum(ndimage.gaussian_filter1d(mixed, 1.6), 0.0))


def follow_tempo(envelope: Reals) -> TempoPath:
    """The most likely period at every frame of an onset envelope (n,); octaves are settled elsewhere."""
    periods = SHORTEST_PERIOD_S * 2 ** (np.arange(_bin_count()) / BINS_PER_OCTAVE)
    salience = _salience(envelope, periods * FRAME_RATE_HZ)
    steps = _cheapest_path(salience)
    steps = _same_octave(steps)
    strength = float(np.median(salience[np.arange(len(steps)), np.clip(steps, 0, len(periods) - 1)]))
    chosen = SHORTEST_PERIOD_S * 2 ** (steps / BINS_PER_OCTAVE) * FRAME_RATE_HZ
    chosen = ndimage.gaussian_filter1d(chosen, 1.0, mode="nearest") if _steady(steps) else chosen
    at = np.arange(len(envelope)) / FRAME_RATE_HZ / STEP_S
    return TempoPath(np.interp(at, np.arange(len(chosen)), chosen), strength)


def _bin_count() -> int:
    return int(np.log2(LONGEST_PERIOD_S / SHORTEST_PERIOD_S) * BINS_PER_OCTAVE) + 1


def _salience(envelope: Reals, periods: Reals) -> Reals:
    """Comb-summed autocorrelation (steps, periods), about 0 without a pulse, 1 for a machine."""
    window = round(WINDOW_S * FRAME_RATE_HZ)
    step = STEP_S * FRAME_RATE_HZ
    half = window // 2
    padded = np.pad(envelope, half)
    count = max(int(len(envelope) / step) + 1, 1)
    starts = np.minimum((np.arange(count) * step).astype(int), len(padded) - window)
    lags = int(4.2 * FRAME_RATE_HZ)
    out = np.empty((count, len(periods)))
    taper = np.hanning(window + 2)[1:-1] ** 0.5
    size = 1 << (2 * window - 1).bit_length()
    overlap = np.fft.irfft(np.abs(np.fft.rfft(taper, size)) ** 2, size)[:lags]
    for first in range(0, count, 256):
        pick = starts[first : first + 256]
        frames = padded[pick[:, None] + np.arange(window)[None, :]]
        frames = (frames - frames.mean(axis=1, keepdims=True)) * taper
        power = np.abs(np.fft.rfft(frames, size, axis=1)) ** 2
        raw = np.fft.irfft(power, size, axis=1)[:, :lags]
        raw = raw / np.maximum(raw[:, :1], 1e-6) * (overlap[0] / overlap)
        out[first : first + 256] = _comb(raw, periods)
    return out


def _comb(autocorrelation: Reals, periods: Reals) -> Reals:
    """Mean of the autocorrelation at one to four periods, those within reach."""
    lags = autocorrelation.shape[1]
    total = np.zeros((len(autocorrelation), len(periods)))
    weight = np.zeros(len(periods))
    for multiple in range(1, 5):
        at = periods * multiple
        fits = at < lags - 1
        low = np.floor(np.where(fits, at, 0)).astype(int)
        part = np.where(fits, at - low, 0.0)
        value = autocorrelation[:, low] * (1 - part) + autocorrelation[:, low + 1] * part
        total += np.where(fits, value, 0.0)
        weight += fits
    return total / weight


def _cheapest_path(salience: Reals) -> NDArray[np.intp]:
    """Viterbi: follows drift bin by bin and jumps only where a new tempo holds for several seconds."""
    bins = salience.shape[1]
    distance = np.abs(np.arange(bins)[:, None] - np.arange(bins)[None, :]).astype(float)
    cost = np.minimum(0.02 * distance**1.5, 1.6)
    octaves = np.arange(bins) / BINS_PER_OCTAVE + np.log2(SHORTEST_PERIOD_S / 0.55)
    prior = -0.04 * octaves**2
    score = salience[0] + prior
    back = np.zeros(salience.shape, dtype=np.intp)
    for step in range(1, len(salience)):
        options = score[:, None] - cost
        back[step] = np.argmax(options, axis=0)
        score = options[back[step], np.arange(bins)] + salience[step] + prior
    path = np.empty(len(salience), dtype=np.intp)
    path[-1] = int(np.argmax(score))
    for step in range(len(salience) - 1, 0, -1):
        path[step - 1] = back[step, path[step]]
    return path


def _steady(steps: NDArray[np.intp]) -> bool:
    return bool(np.all(np.abs(np.diff(steps)) < BINS_PER_OCTAVE * 0.1))


def _same_octave(steps: NDArray[np.intp]) -> NDArray[np.intp]:
    """Stretches that jumped by an octave or a third are brought back to the longest stretch's level."""
    jumps = np.flatnonzero(np.abs(np.diff(steps)) > BINS_PER_OCTAVE * 0.1) + 1
    stretches = np.split(np.arange(len(steps)), jumps)
    home = float(np.median(steps[max(stretches, key=len)]))
    out = steps.copy()
    for stretch in stretches:
        away = float(np.median(steps[stretch])) - home
        for ratio in (1 / 3, 1 / 2, 2, 3):
            level = BINS_PER_OCTAVE * np.log2(ratio)
            if abs(away - level) < BINS_PER_OCTAVE * 0.07:
                out[stretch] = steps[stretch] - round(level)
    return out
