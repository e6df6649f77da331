"""What the placing of lyrics works from and gives: the song as the aligner hears it, and lines with their times.

It places nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mvlocal.schema.song import LyricLine, SectionLabel


@dataclass(frozen=True, slots=True)
class Stretch:
    """A section as heard; sections of one `group` sound alike."""

    start_s: float
    end_s: float
    label: SectionLabel
    group: int


@dataclass(frozen=True, slots=True)
class SongFrame:
    """What the aligner hears of a song: singing (m,) in [0, 1] at 10 Hz, beats, downbeats and sections."""

    duration_s: float
    voice: NDArray[np.float64]
    beats: Sequence[float]
    downbeats: Sequence[float]
    stretches: Sequence[Stretch]


@dataclass(frozen=True, slots=True)
class PlacedLyrics:
    """Lines in song order with the block each came from, and the texts that found no place."""

    lines: tuple[LyricLine, ...]
    blocks: tuple[int, ...]
    unplaced: tuple[str, ...]
