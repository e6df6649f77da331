"""Metrical levels that a pulse may be read at, and how hard each place of a grid is struck. It chooses no level."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mvlocal.song.features import FRAME_RATE_HZ

Reals = NDArray[np.float64]

RATIOS = (1 / 3, 1 / 2, 2 / 3, 1.0, 3 / 2, 2.0, 3.0)
SLOWEST_BPM, FASTEST_BPM = 46.0, 224.0


def plausible_ratios(period_frames: float) -> list[float]:
    """The ratios of RATIOS that keep a median period within the range of tempi people tap."""
    bpm = 60 * FRAME_RATE_HZ / period_frames
    return [ratio for ratio in RATIOS if SLOWEST_BPM <= bpm / ratio <= FASTEST_BPM]


def strike_levels(rows: Reals, frames: Reals, reach: int = 3) -> Reals:
    """Strongest onset in each band within `reach` frames of each position: (6, k)."""
    centre = np.round(frames).astype(int)
    around = np.clip(centre[:, None] + np.arange(-reach, reach + 2)[None, :], 0, rows.shape[1] - 1)
    return rows[:, around].max(axis=2)
