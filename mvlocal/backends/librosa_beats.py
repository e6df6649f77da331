"""The beat tracker that needs no weights: librosa's filter banks and our own search. It reads no files."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mvlocal.backends.base import BeatGrid
from mvlocal.song.beats import TrackedBeats, features_to_beats, find_beats
from mvlocal.song.features import SongFeatures


class LibrosaBeats:
    """Beats, downbeats and metre on any machine, the same every time."""

    name = "librosa"
    version = "3"

    def track_beats(self, samples: NDArray[np.float32], sample_rate_hz: int) -> BeatGrid:
        """Tracks mono `samples` (n,) in [-1, 1]; an unpulsed song gives an empty grid."""
        return _to_grid(find_beats(samples, sample_rate_hz))

    def track_features(self, features: SongFeatures) -> BeatGrid:
        """As `track_beats`, from features already measured: they are most of the work."""
        return _to_grid(features_to_beats(features))


def _to_grid(found: TrackedBeats) -> BeatGrid:
    return BeatGrid(found.beats, found.downbeats, found.beats_per_bar)


def make() -> LibrosaBeats:
    """The registry's factory."""
    return LibrosaBeats()
