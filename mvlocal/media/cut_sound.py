"""A stretch of the song as 48 kHz stereo with faded ends and a gain, as deliveries carry it. It writes no file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from av import AudioFrame, AudioResampler
from numpy.typing import NDArray

from mvlocal.media.audio import LAYOUTS, Block, Samples, decode_blocks

Floats = NDArray[np.float64]

RATE_HZ = 48_000
# Twice swresample's default length, for a steeper edge below half the target rate.
_RESAMPLER_OPTIONS = {"filter_size": "64", "cutoff": "0.96"}


@dataclass(frozen=True, slots=True)
class SoundCut:
    """Seconds `start_s` to `end_s` of the song; None: to its end. Fades are raised cosines at its two ends."""

    start_s: float = 0.0
    end_s: float | None = None
    fade_in_s: float = 0.0
    fade_out_s: float = 0.0
    gain_db: float = 0.0


def cut_sound(song: Path, cut: SoundCut) -> Iterator[Samples]:
    """Blocks of (n, 2) float32 at 48 kHz: a mono song on both sides, more channels mixed down to two.

    Raises:
        InputError: not a song, cut or damaged.
    """
    first, last = round(cut.start_s * RATE_HZ), None if cut.end_s is None else round(cut.end_s * RATE_HZ)
    at = 0
    for samples in _stereo(decode_blocks(song)):
        begin, end = max(first - at, 0), len(samples) if last is None else min(last - at, len(samples))
        if begin < end:
            yield _shaped(samples[begin:end], at + begin - first, None if last is None else last - first, cut)
        at += len(samples)
        if last is not None and at >= last:
            return


def _stereo(blocks: Iterator[Block]) -> Iterator[Samples]:
    resampler = AudioResampler("flt", "stereo", RATE_HZ, options=_RESAMPLER_OPTIONS)
    for block in blocks:
        channels = block.samples.shape[1]
        samples = np.repeat(block.samples, 2, axis=1) if channels == 1 else block.samples
        frame = AudioFrame.from_ndarray(np.ascontiguousarray(samples).reshape(1, -1), "flt", LAYOUTS[max(channels, 2)])
        frame.sample_rate = block.sample_rate_hz
        for part in resampler.resample(frame):
            yield part.to_ndarray().reshape(-1, 2).astype(np.float32, copy=False)
    for part in resampler.resample(None):
        yield part.to_ndarray().reshape(-1, 2).astype(np.float32, copy=False)


def _shaped(samples: Samples, at: int, total: int | None, cut: SoundCut) -> Samples:
    """Gain and fades for samples that begin `at` samples into the cut of `total` samples."""
    gain = np.full(len(samples), 10 ** (cut.gain_db / 20))
    position = np.arange(at, at + len(samples))
    if cut.fade_in_s > 0:
        gain *= _raised(position / (cut.fade_in_s * RATE_HZ))
    if cut.fade_out_s > 0 and total is not None:
        gain *= _raised((total - 1 - position) / (cut.fade_out_s * RATE_HZ))
    return (samples * gain[:, None]).astype(np.float32)


def _raised(x: Floats) -> Floats:
    """0 to 1 over x from 0 to 1, held beyond."""
    return 0.5 - 0.5 * np.cos(np.pi * np.clip(x, 0, 1))
