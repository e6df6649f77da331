"""Stems on disk: the song as stereo samples to take apart, and what comes of it as FLAC. It separates nothing.

Samples lie in files, not in memory: an hour of stereo is more than a gigabyte, and its stems four times that.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import numpy as np
from av import AudioFrame, AudioResampler
from numpy.typing import NDArray

from mvlocal.errors import InputError
from mvlocal.media.audio import LAYOUTS, Block, decode_blocks, song_duration

_FULL_16 = 1 << 15


def song_to_stereo(path: Path, sample_rate_hz: int, scratch: Path) -> NDArray[np.float32]:
    """Decodes a song into the file `scratch`; returns it as (2, n) float32 at `sample_rate_hz`, still on disk.

    A mono song is heard on both sides; more channels are mixed down to two.

    Raises:
        InputError: not a song, cut or damaged.
    """
    count, native_hz = 0, sample_rate_hz
    resampler = AudioResampler("flt", "stereo", sample_rate_hz)
    with scratch.open("wb") as file:
        for block in decode_blocks(path):
            count, native_hz = count + len(block.samples), block.sample_rate_hz
            for part in resampler.resample(_frame(block)):
                file.write(part.to_ndarray().astype(np.float32).tobytes())
        for part in resampler.resample(None):
            file.write(part.to_ndarray().astype(np.float32).tobytes())
    written = scratch.stat().st_size // 8
    wanted = min(written, -(-count * sample_rate_hz // native_hz))
    return np.memmap(scratch, np.float32, "r", shape=(wanted, 2)).T


def _frame(block: Block) -> AudioFrame:
    samples = np.ascontiguousarray(block.samples)
    frame = AudioFrame.from_ndarray(samples.reshape(1, -1), "flt", LAYOUTS[samples.shape[1]])
    frame.sample_rate = block.sample_rate_hz
    return frame


class StemFile:
    """Writes one stereo stem as 16-bit FLAC, block by block. Samples past full scale are limited and counted."""

    def __init__(self, path: Path, sample_rate_hz: int) -> None:
        self.path = path
        self.samples = 0
        self.clipped_samples = 0
        self._container = av.open(str(path), "w", format="flac")
        self._stream = self._container.add_stream("flac", rate=sample_rate_hz)
        self._stream.codec_context.layout = "stereo"
        self._stream.codec_context.format = "s16"
        self._rate_hz = sample_rate_hz

    def write(self, block: NDArray[np.float32]) -> None:
        """Adds a block (2, m)."""
        whole = np.rint(block.T.astype(np.float64) * _FULL_16)
        held = np.clip(whole, -_FULL_16, _FULL_16 - 1)
        self.clipped_samples += int(np.count_nonzero(held != whole))
        frame = AudioFrame.from_ndarray(held.astype(np.int16).reshape(1, -1), "s16", "stereo")
        frame.sample_rate, frame.pts, frame.time_base = self._rate_hz, self.samples, Fraction(1, self._rate_hz)
        self.samples += block.shape[-1]
        self._container.mux(self._stream.encode(frame))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        if kind is None:
            self._container.mux(self._stream.encode(None))
        self._container.close()


def check_stem(path: Path) -> None:
    """Raises unless `path` is a whole stem.

    Raises:
        InputError: cut, damaged or empty.
    """
    if song_duration(path) <= 0:
        raise InputError("the stem holds no sound", where=str(path))
