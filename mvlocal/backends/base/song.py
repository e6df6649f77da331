"""What is heard in a song: beats, words, stems. It knows no model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from mvlocal.backends.base.progress import Progress


@dataclass(frozen=True, slots=True)
class BeatGrid:
    """Beats and downbeats in seconds, strictly increasing; every downbeat is a beat."""

    beats: NDArray[np.float64]
    downbeats: NDArray[np.float64]
    beats_per_bar: int


class BeatTracker(Protocol):
    """Finds beats and downbeats."""

    name: str

    def track_beats(self, samples: NDArray[np.float32], sample_rate_hz: int) -> BeatGrid:
        """Tracks mono `samples` (n,) in [-1, 1]; an unpulsed song gives an empty grid."""
        ...


@dataclass(frozen=True, slots=True)
class HeardWord:
    """One sung word and when; `confidence` is 0 to 1."""

    text: str
    start_s: float
    end_s: float
    confidence: float


@dataclass(frozen=True, slots=True)
class HeardLine:
    """One sung line and when, in song seconds; `confidence` is 0 to 1, `words` may be empty."""

    text: str
    start_s: float
    end_s: float
    confidence: float
    words: tuple[HeardWord, ...] = ()


class LyricAligner(Protocol):
    """Finds when given words are sung."""

    name: str

    def align_lyrics(
        self, samples: NDArray[np.float32], sample_rate_hz: int, lines: Sequence[str], language: str | None
    ) -> Sequence[HeardLine | None]:
        """Aligns `lines`, in song order, with mono `samples` (n,): one entry a line, None where no place was found."""
        ...


class Transcriber(Protocol):
    """Writes down what is sung."""

    name: str

    def transcribe(
        self, samples: NDArray[np.float32], sample_rate_hz: int, language: str | None
    ) -> tuple[str, Sequence[HeardLine]]:
        """The language (a code such as `en`) and the lines sung in mono `samples` (n,), in song order."""
        ...


class StemSeparator(Protocol):
    """Takes a mix apart."""

    name: str

    def separate(
        self, samples: NDArray[np.float32], sample_rate_hz: int, progress: Progress
    ) -> Iterator[Mapping[str, NDArray[np.float32]]]:
        """Separates `samples` (channels, n) and yields blocks of named stems (channels, m) that follow each other.

        Together the blocks are as long as `samples`; the voice is called `vocals`.
        """
        ...
