"""Beats by the Beat This! model: its own network, spectrogram and peak picking. It fetches and unpickles nothing.

Source: Foscarin, Schlüter, Widmer: Beat this! Accurate beat tracking without DBN postprocessing (ISMIR 2024), and the
package of the same name.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mvlocal.backends.base import BeatGrid
from mvlocal.backends.processor import ready_processor
from mvlocal.weights import LockedWeights

if TYPE_CHECKING:
    from torch import Tensor, nn

KLASS = "beat_this.model.beat_tracker.BeatThis"
MODEL_RATE_HZ = 22050
HOP = 441
"""Samples a frame: the model hears 50 frames a second."""
FRAMES_PER_S = MODEL_RATE_HZ // HOP
EDGE_FRAMES = 2
"""Frames that a spectrogram's padding touches at each end (half a window of 1024 samples is less than two hops)."""
BLOCK_FRAMES = 6000
"""Frames of spectrogram made at once: two minutes, so that an hour needs no more memory than that at a time."""
CHUNK_FRAMES, BORDER_FRAMES = 1500, 6
"""Length and discarded edge of what the network hears at once: as it was trained (30 s)."""
MOST_BEATS_PER_BAR = 16
"""What lies further apart is no bar: the model heard no downbeats there."""
USUAL_BEATS_PER_BAR = 4


class BeatThisTracker:
    """Beats and downbeats from a network; the same on the same device and versions."""

    name = "beat_this"

    def __init__(self, weights: LockedWeights, device: str, threads: int) -> None:
        self._weights = weights
        self._device = device
        self._threads = threads
        self._model: nn.Module | None = None

    def track_beats(self, samples: NDArray[np.float32], sample_rate_hz: int) -> BeatGrid:
        """Tracks mono `samples` (n,) in [-1, 1]; an unpulsed song gives an empty grid.

        Raises:
            UserError: the weights are not what the lock says.
        """
        import torch
        from beat_this.inference import split_predict_aggregate
        from beat_this.model.postprocessor import Postprocessor

        if sample_rate_hz != MODEL_RATE_HZ:
            import soxr

            samples = soxr.resample(samples, sample_rate_hz, MODEL_RATE_HZ).astype(np.float32)
        if self._model is None:
            self._model = _build(self._weights, self._device, self._threads)
        with torch.inference_mode():
            spectrogram = _spectrogram(samples, self._device)  # (T, 128)
            heard = split_predict_aggregate(spectrogram, CHUNK_FRAMES, BORDER_FRAMES, "keep_first", self._model)
            beats, downbeats = Postprocessor(type="minimal", fps=FRAMES_PER_S)(
                heard["beat"].float().cpu(), heard["downbeat"].float().cpu()
            )
        return frames_to_grid(np.asarray(beats, np.float64), np.asarray(downbeats, np.float64))


def frames_to_grid(beats: NDArray[np.float64], downbeats: NDArray[np.float64]) -> BeatGrid:
    """A grid of strictly increasing beats (seconds); downbeats that are no beats are left out."""
    unique = np.unique(beats)
    ones = np.intersect1d(downbeats, unique)
    return BeatGrid(unique, ones, beats_in_bars(unique, ones))


def beats_in_bars(beats: NDArray[np.float64], downbeats: NDArray[np.float64]) -> int:
    """Beats in most bars; 4 where there is no whole one of 2 to 16. Of equally many, the smaller number."""
    places = np.searchsorted(beats, downbeats)
    lengths = [int(length) for length in np.diff(places) if 1 < length <= MOST_BEATS_PER_BAR]
    counted = Counter(lengths)
    return min(counted, key=lambda length: (-counted[length], length)) if counted else USUAL_BEATS_PER_BAR


def _build(weights: LockedWeights, device: str, threads: int) -> nn.Module:
    from beat_this.model.beat_tracker import BeatThis

    from mvlocal.weights.load import read_model_state

    ready_processor(threads)
    state = read_model_state(weights, KLASS)
    model = BeatThis(**state.kwargs)
    model.load_state_dict(dict(state.tensors))
    return model.to(device).eval()


def _spectrogram(samples: NDArray[np.float32], device: str) -> Tensor:
    """The log mel spectrogram (T, 128), made block by block; the same as of the whole song at once.

    A block begins on a frame and has spare frames at inner edges, so that no kept frame sees its padding.
    """
    import torch
    from beat_this.preprocessing import LogMelSpect

    spect: Any = LogMelSpect(device=device)
    frames = 1 + len(samples) // HOP
    blocks: list[Tensor] = []
    for first in range(0, frames, BLOCK_FRAMES):
        end = min(first + BLOCK_FRAMES, frames)
        left = EDGE_FRAMES if first else 0
        stop = len(samples) if end == frames else (end + EDGE_FRAMES) * HOP
        piece = torch.from_numpy(np.ascontiguousarray(samples[(first - left) * HOP : stop])).to(device)
        blocks.append(spect(piece)[left : left + end - first])
    return torch.cat(blocks)


def make(weights: LockedWeights, device: str, threads: int = 1) -> BeatThisTracker:
    """The registry's factory."""
    return BeatThisTracker(weights, device, threads)
