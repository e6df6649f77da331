"""Where someone sings, without models: singers glide between and around their notes, most instruments do not.

It knows no words. It is a hint, not a transcript: bowed strings and slides can fool it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from mvlocal.schema.song import Span
from mvlocal.song.features import SLOW_RATE_HZ, SongFeatures

Reals = NDArray[np.float64]

_LEAST_SHARE = 0.105
"""Share of gliding partials below which nobody sings."""
_CLEAR_SHARE = 0.2
_SHORTEST_S, _CLOSE_GAP_S = 0.7, 0.6


def voice_activity(features: SongFeatures) -> Reals:
    """How likely someone sings in each slow frame: (m,) in [0, 1]."""
    if features.silent:
        return np.zeros(len(features.wobble))
    share = ndimage.uniform_filter1d(features.wobble.astype(np.float64), 7, mode="nearest")
    middle = features.bands_db[2].astype(np.float64)
    audible = middle > np.percentile(middle, 95) - 30
    border = _border(share[audible]) if audible.any() else _LEAST_SHARE
    overall = 1 / (1 + np.exp(-(share - border) / (0.25 * border)))
    return np.where(audible, 0.5 * overall + 0.5 * _against_surroundings(share, border), 0.0)


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


def _against_surroundings(share: Reals, border: float) -> Reals:
    """The same question asked within half a minute: a loud band hides part of a singer, but not when she pauses."""
    window = round(24 * SLOW_RATE_HZ)
    low = np.asarray(ndimage.percentile_filter(share, 15, window, mode="nearest"), np.float64)
    high = np.asarray(ndimage.percentile_filter(share, 85, window, mode="nearest"), np.float64)
    spread = np.maximum(high - low, 0.5 * border)
    return 1 / (1 + np.exp(-8 * ((share - low) / spread - 0.5)))


def _border(share: Reals) -> float:
    """The value that parts singing from playing best (Otsu), kept where either is believable.

    Source: Otsu (1979).
    """
    counts, edges = np.histogram(share, bins=64, range=(0.0, 0.6))
    centres = (edges[:-1] + edges[1:]) / 2
    below = np.cumsum(counts)
    above = below[-1] - below
    sums = np.cumsum(counts * centres)
    low = sums / np.maximum(below, 1)
    high = (sums[-1] - sums) / np.maximum(above, 1)
    between = below * above * (high - low) ** 2
    return float(np.clip(centres[int(np.argmax(between))], _LEAST_SHARE, _CLEAR_SHARE))
