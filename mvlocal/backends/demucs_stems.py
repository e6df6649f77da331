"""Takes a mix apart into drums, bass, other and vocals with HTDemucs, a segment at a time. It reads no audio file.

Source: Rouard, Massa, Défossez: Hybrid transformers for music source separation (ICASSP 2023); overlap and weights of
segments as in the package's own `apply_model`, which holds every stem of the whole song in memory at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mvlocal.backends.base import Progress
from mvlocal.backends.processor import ready_processor
from mvlocal.weights import LockedWeights

if TYPE_CHECKING:
    from torch import nn

KLASS = "demucs.htdemucs.HTDemucs"
OVERLAP = 0.25

Samples = NDArray[np.float32]


class DemucsSeparator:
    """HTDemucs on one device; deterministic: the random shifts of the original are not used."""

    name = "demucs"

    def __init__(self, weights: LockedWeights, device: str, threads: int) -> None:
        self._weights = weights
        self._device = device
        self._threads = threads
        self._model: nn.Module | None = None

    def separate(self, samples: Samples, sample_rate_hz: int, progress: Progress) -> Iterator[Mapping[str, Samples]]:
        """Separates `samples` (channels, n) and yields blocks of named stems (channels, m) that follow each other.

        Together the blocks are as long as `samples`. Memory: one block, whatever the length of the song.

        Raises:
            UserError: the weights are not what the lock says.
            ValueError: another rate or number of channels than the model's.
        """
        import torch

        model: Any = self._loaded()
        if sample_rate_hz != model.samplerate or samples.shape[0] != model.audio_channels:
            raise ValueError(f"{sample_rate_hz} Hz and {samples.shape[0]} channels are not what the model hears")
        segment = int(model.samplerate * model.segment)
        mean, spread = loudness_of(samples)

        def apply(piece: Samples) -> Samples:
            with torch.inference_mode():
                mix = torch.from_numpy((piece - mean) / spread).to(self._device)
                stems = model(mix[None])[0]  # (stems, channels, segment)
            return np.asarray(stems.float().cpu().numpy() * spread + mean, np.float32)

        done = 0
        for block in overlap_add(samples, segment, OVERLAP, apply):
            done += block.shape[-1]
            progress(done / samples.shape[-1], "separating")
            yield dict(zip(model.sources, block, strict=True))

    def _loaded(self) -> nn.Module:
        if self._model is None:
            self._model = _build(self._weights, self._device, self._threads)
        return self._model


def loudness_of(samples: Samples) -> tuple[np.float32, np.float32]:
    """Mean and standard deviation of the mono mix of `samples` (channels, n); the latter is never 0.

    In blocks and in double precision, so that a song on disk stays there.
    """
    count, total, squares = samples.shape[-1], 0.0, 0.0
    for first in range(0, count, 1 << 20):
        mono = samples[:, first : first + (1 << 20)].mean(axis=0, dtype=np.float64)
        total += float(mono.sum())
        squares += float(np.square(mono).sum())
    mean = total / count
    spread = max(squares / count - mean * mean, 0.0) ** 0.5
    return np.float32(mean), np.float32(spread if spread > 1e-8 else 1.0)


def overlap_add(
    samples: Samples, segment: int, overlap: float, apply: Callable[[Samples], Samples]
) -> Iterator[Samples]:
    """Applies `apply` ((channels, segment) -> (stems, channels, segment)) to overlapping segments and joins them.

    Yields (stems, channels, m) in order, n samples in all. Segments are weighted by a triangle, and every sample by
    the sum of its weights, so that an `apply` that returns its input gives it back. The last segment is filled up
    with silence.
    """
    count, stride = samples.shape[-1], max(1, int((1 - overlap) * segment))
    ramp = np.concatenate([np.arange(1, segment // 2 + 1), np.arange(segment - segment // 2, 0, -1)])
    weight = (ramp / ramp.max()).astype(np.float32)
    held: Samples = np.zeros((0, 0, 0), np.float32)  # what the next segment still adds to ...
    weights = np.zeros(segment, np.float32)  # ... and the weights it has so far
    for first in range(0, count, stride):
        piece = np.zeros((samples.shape[0], segment), np.float32)
        part = samples[:, first : first + segment]
        piece[:, : part.shape[-1]] = part
        made = apply(piece) * weight
        held = made + held if first else made
        weights += weight
        ready = min(stride, count - first)
        yield held[..., :ready] / weights[:ready]
        held, weights = _moved(held, stride), _moved(weights, stride)


def _moved(values: Samples, stride: int) -> Samples:
    """Values moved to the front by `stride`, with zeros after them."""
    moved = np.zeros_like(values)
    moved[..., : values.shape[-1] - stride] = values[..., stride:]
    return moved


def _build(weights: LockedWeights, device: str, threads: int) -> nn.Module:
    from demucs.htdemucs import HTDemucs

    from mvlocal.weights.load import read_model_state

    ready_processor(threads)
    state = read_model_state(weights, KLASS)
    model = HTDemucs(*state.args, **state.kwargs)
    model.load_state_dict({name: tensor.float() for name, tensor in state.tensors.items()})
    return model.to(device).eval()


def make(weights: LockedWeights, device: str, threads: int = 1) -> DemucsSeparator:
    """The registry's factory."""
    return DemucsSeparator(weights, device, threads)
