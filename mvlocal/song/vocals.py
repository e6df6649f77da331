"""Where someone sings, without models: singers glide between and around their notes, most instruments do not.

It knows no words. It is a hint, not a transcript: bowed strings and slides can fool it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from mvlocal.schema.song import Span
from mvlocal.song.features import SLOW_RATE_HZ, SongFeatures
from mvlocal.song.singing import Singing, measure_singing

Reals = NDArray[np.float64]

_LEAST_GLIDE, _CLEAR_GLIDE = 0.22, 0.46
"""Glide below which nobody sings for certain, and above which someone surely does."""
_SOFT_GLIDE = 0.04
_SYLLABLE_S = 0.3
_FREE_STRAIN, _STRAIN_COST = 0.4, 0.3
"""Singing may take half or twice the time that its syllables usually need (log scale) before it is held unlikely."""
_AUDIBLE_DB, _STEM_DB, _SOFT_DB = 30.0, 24.0, 3.0
_SHORTEST_S, _CLOSE_GAP_S = 0.7, 0.6
_BLEED_DB = 30.0
"""A stem so far below its song holds no voice, only what the separation left in it."""


@dataclass(frozen=True, slots=True)
class Voice:
    """How the voice moves, and how likely someone sings in each slow frame: (m,) in [0, 1]."""

    singing: Singing
    activity: Reals


def hear_voice(
    samples: NDArray[np.float32],
    sample_rate_hz: int,
    features: SongFeatures,
    *,
    stem: NDArray[np.float32] | None = None,
    syllables: int = 0,
) -> Voice:
    """Hears the voice in a mono mix (n,) with its features, or on its own `stem` (n,) where there is one.

    `syllables` above 0: so many are sung.
    """
    if stem is None or features.silent:
        singing = measure_singing(samples, sample_rate_hz)
        return Voice(singing, voice_activity(singing, features, syllables=syllables))
    singing = measure_singing(stem, sample_rate_hz, alone=True)
    count = features.chroma.shape[1]
    holds_voice = _loud_db(stem, sample_rate_hz) > _loud_db(samples, sample_rate_hz) - _BLEED_DB
    return Voice(singing, stem_activity(singing, count) if holds_voice else np.zeros(count))


def is_hardly_sung(voice: Voice) -> bool:
    """Whether next to nothing glides as a voice does, so that what is taken for singing is a guess."""
    return float(np.mean((voice.activity > 0.5) & (voice.singing.glide[: len(voice.activity)] > _LEAST_GLIDE))) < 0.03


def voice_activity(singing: Singing, features: SongFeatures, *, syllables: int = 0) -> Reals:
    """How likely someone sings in each slow frame of a mix: (m,) in [0, 1].

    `syllables` above 0 says that so many are sung: the border then lies where the song's own two sorts of sound
    part and leaves a believable time for them, however faint the voice.
    """
    count = features.chroma.shape[1]
    if features.silent:
        return np.zeros(count)
    glide = _fitted(singing.glide, count)
    middle = features.bands_db[2].astype(np.float64)
    audible = middle > np.percentile(middle, 95) - _AUDIBLE_DB
    least = 0.0 if syllables else _LEAST_GLIDE
    border = np.clip(_border(glide[audible], syllables), least, _CLEAR_GLIDE)
    return np.where(audible, 1 / (1 + np.exp(-(glide - border) / _SOFT_GLIDE)), 0.0)


def stem_activity(singing: Singing, count: int) -> Reals:
    """How likely someone sings in each of `count` slow frames of a voice's own stem, by its level: (count,)."""
    level = _fitted(singing.level_db, count)
    loud = float(np.percentile(level, 95))
    return 1 / (1 + np.exp(-(level - (loud - _STEM_DB)) / _SOFT_DB))


def find_vocals(activity: Reals, duration_s: float) -> tuple[Span, ...]:
    """Stretches of singing from `voice_activity`, short gaps closed and short blips dropped."""
    sung = activity > 0.5
    closed = np.asarray(ndimage.binary_closing(sung, np.ones(round(_CLOSE_GAP_S * SLOW_RATE_HZ))), bool)
    long = ndimage.binary_opening(closed | sung, np.ones(round(_SHORTEST_S * SLOW_RATE_HZ)))
    sung = np.asarray(long, bool)
    edges = np.diff(np.concatenate([[0], sung.astype(int), [0]]))
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    spans: list[Span] = []
    for start, end in zip(starts, ends, strict=True):
        start_s = max(start / SLOW_RATE_HZ - 0.05, 0.0)
        end_s = min(end / SLOW_RATE_HZ + 0.05, duration_s)
        if end_s > start_s:
            spans.append(Span(start_s=round(start_s, 3), end_s=round(end_s, 3)))
    return tuple(spans)


def _loud_db(samples: NDArray[np.float32], sample_rate_hz: int) -> float:
    """Level of the louder parts of mono samples, below full scale."""
    block = max(sample_rate_hz // 4, 1)
    starts = np.arange(0, max(len(samples), 1), block)
    power = np.add.reduceat(np.square(samples, dtype=np.float32), starts) / block if len(samples) else np.zeros(1)
    return float(10 * np.log10(np.percentile(power, 95) + 1e-10))


def _fitted(curve: NDArray[np.float32], count: int) -> Reals:
    """Exactly `count` slow frames, the last one held."""
    return np.pad(curve, (0, max(count - len(curve), 0)), mode="edge")[:count].astype(np.float64)


def _border(glide: Reals, syllables: int) -> float:
    """The value that parts singing from playing best (Otsu), less what the time above it would strain the words.

    Source: Otsu (1979).
    """
    counts, edges = np.histogram(glide, bins=70, range=(0.0, 0.7))
    centres = (edges[:-1] + edges[1:]) / 2
    below = np.cumsum(counts)
    above = below[-1] - below
    sums = np.cumsum(counts * centres)
    low = sums / np.maximum(below, 1)
    high = (sums[-1] - sums) / np.maximum(above, 1)
    worth = below * above * (high - low) ** 2
    worth = worth / max(float(worth.max()), 1e-9)
    if syllables:
        strain = np.abs(np.log(np.maximum(above, 1) / SLOW_RATE_HZ / (_SYLLABLE_S * syllables)))
        worth = worth - _STRAIN_COST * np.maximum(strain - _FREE_STRAIN, 0.0)
    return float(edges[1:][int(np.argmax(worth))])
