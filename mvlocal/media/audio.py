"""Decodes a song to float samples, streaming, and refuses one that is cut. It knows nothing of music.

Time 0 is the first sample after the encoder's delay, which FFmpeg trims; memory is one block, or for
`read_song` the samples it returns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from av import AudioFrame, AudioResampler
from av.error import FFmpegError
from numpy.typing import NDArray

from mvlocal.errors import InputError
from mvlocal.media.extent import Extent, read_extent
from mvlocal.media.probe import SONG_MEND, OpenSong, declared_duration, open_song

Samples = NDArray[np.float32]

LAYOUTS = {1: "mono", 2: "stereo", 3: "3.0", 4: "4.0", 5: "5.0", 6: "5.1", 7: "6.1", 8: "7.1"}

_INTEGER_SCALES = {"uint8": 1 / 128, "int16": 1 / 32768, "int32": 1 / 2147483648}
# Twice swresample's default length, for a steeper edge below half the target rate.
_RESAMPLER_OPTIONS = {"filter_size": "64", "cutoff": "0.96"}


@dataclass(frozen=True, slots=True)
class Block:
    """Consecutive samples: (n, channels) float32, full scale +-1 (float sources may exceed it)."""

    samples: Samples
    sample_rate_hz: int


@dataclass(frozen=True, slots=True)
class Song:
    """A decoded song.

    `samples` is (n,) if mono was asked for, else (n, channels), float32 at `sample_rate_hz`; `duration_s` is
    the exact length: samples in the file over the file's own rate.
    """

    samples: Samples
    sample_rate_hz: int
    duration_s: float


def decode_song(path: Path) -> Iterator[Samples]:
    """Yields the song's samples at its own rate in blocks of (n, channels) float32, as they are decoded.

    Raises:
        InputError: not a song, cut or damaged; a cut one is known as such only at the end of the iteration.
    """
    for block in decode_blocks(path):
        yield block.samples


def read_song(path: Path, sample_rate_hz: int, mono: bool = True, *, min_duration_s: float = 1.0) -> Song:
    """Decodes a whole song at `sample_rate_hz`; mono is the mean of the channels.

    Raises:
        InputError: not a song, cut, damaged, or shorter than `min_duration_s`.
        ValueError: `sample_rate_hz` is not positive.
    """
    if sample_rate_hz <= 0:
        raise ValueError(f"a sample rate is positive, not {sample_rate_hz}")
    data, count, native_hz, channels = bytearray(), 0, 0, 1
    resample: Callable[[Samples | None], Samples] | None = None
    for block in decode_blocks(path):
        samples = block.samples.mean(axis=1, dtype=np.float32, keepdims=True) if mono else block.samples
        count, native_hz, channels = count + len(samples), block.sample_rate_hz, samples.shape[1]
        if native_hz == sample_rate_hz:
            data += samples.tobytes()
            continue
        resample = resample or resampling(native_hz, sample_rate_hz, channels)
        data += resample(samples).tobytes()
    if resample is not None:
        data += resample(None).tobytes()
    if count < min_duration_s * native_hz:
        raise _too_short(path, count, native_hz, min_duration_s)
    whole = np.frombuffer(data, np.float32).reshape(-1, channels)[: -(-count * sample_rate_hz // native_hz)]
    return Song(whole[:, 0] if mono else whole, sample_rate_hz, count / native_hz)


def song_duration(path: Path) -> float:
    """The exact length in seconds, by decoding the whole song and counting; however short it is.

    Raises:
        InputError: not a song, cut or damaged.
    """
    count, rate_hz = 0, 1
    for block in decode_blocks(path):
        count, rate_hz = count + len(block.samples), block.sample_rate_hz
    return count / rate_hz


def decode_blocks(path: Path) -> Iterator[Block]:
    """As `decode_song`, with the sample rate of each block (one rate for the whole song).

    Raises:
        InputError: not a song, cut or damaged; a cut one is known as such only at the end of the iteration.
    """
    with open_song(path) as song:
        extent = read_extent(path, song.info.container, declared_duration(song.stream))
        count, first, fault = 0, None, False
        for block in _decoded(song):
            if block is None:
                fault = True
                continue
            first = first or block
            if fault and count:
                raise _damaged(path, count, first.sample_rate_hz, "the sound cannot be decoded")
            _check_alike(path, first, block, count)
            kept = _trim_end(song, block, count)
            count, fault = count + len(kept.samples), False
            yield kept
        if fault and song.info.container != "mp3":  # MP3 files often end in tags that look like a frame
            extent = Extent(extent.declared_s, extent.slack_s, extent.broken or "its last part is damaged")
        _check_whole(path, extent, count, first.sample_rate_hz if first else 1)


def _decoded(song: OpenSong) -> Iterator[Block | None]:
    """Blocks in order, and None for each packet that could not be decoded."""
    song.stream.codec_context.options = {"err_detect": "crccheck+bitstream+buffer+explode"}
    try:
        for packet in song.container.demux(song.stream):
            try:
                frames = packet.decode()
            except FFmpegError:
                yield None
                continue
            for frame in frames:
                if frame.samples:
                    yield Block(_to_float(frame), frame.sample_rate)
    except (FFmpegError, OSError):
        yield None


def _trim_end(song: OpenSong, block: Block, count: int) -> Block:
    """Drops the padding after the length that an MP4 file declares; FFmpeg trims it for all others."""
    declared_s = declared_duration(song.stream) if song.info.container == "mp4" else None
    if declared_s is None:
        return block
    left = max(0, round(declared_s * block.sample_rate_hz) - count)
    return Block(block.samples[:left], block.sample_rate_hz)


def _to_float(frame: AudioFrame) -> Samples:
    data = frame.to_ndarray()
    # (channels, n) if planar, else (1, n * channels)
    samples = data.T if frame.format.is_planar else data.reshape(-1, frame.layout.nb_channels)
    scale = _INTEGER_SCALES.get(data.dtype.name)
    if scale is None:
        return np.ascontiguousarray(samples, np.float32)
    centred = samples.astype(np.float32) - (128 if data.dtype == np.uint8 else 0)
    return np.ascontiguousarray(centred * np.float32(scale))


def resampling(source_hz: int, target_hz: int, channels: int) -> Callable[[Samples | None], Samples]:
    """A function that takes blocks of (n, channels) in order, then None, and gives what is ready of the
    result, equally shaped.
    """
    layout = LAYOUTS[channels]
    resampler = AudioResampler("flt", layout, target_hz, options=_RESAMPLER_OPTIONS)

    def resample(samples: Samples | None) -> Samples:
        frame = None
        if samples is not None:
            frame = AudioFrame.from_ndarray(samples.reshape(1, -1), "flt", layout)
            frame.sample_rate = source_hz
        ready = [part.to_ndarray().reshape(-1, channels) for part in resampler.resample(frame)]
        return np.concatenate(ready, dtype=np.float32) if ready else np.empty((0, channels), np.float32)

    return resample


def _check_alike(path: Path, first: Block, block: Block, count: int) -> None:
    if (block.sample_rate_hz, block.samples.shape[1]) != (first.sample_rate_hz, first.samples.shape[1]):
        raise _damaged(path, count, first.sample_rate_hz, "the sample rate or the number of channels changes")
    if not np.isfinite(block.samples).all():
        raise _damaged(path, count, first.sample_rate_hz, "it holds samples that are not numbers")


def _check_whole(path: Path, extent: Extent, count: int, rate_hz: int) -> None:
    found_s = Fraction(count, rate_hz)
    if not extent.broken and (extent.declared_s is None or extent.declared_s - found_s <= extent.slack_s):
        if count:
            return
        raise InputError(f"the song {path.name!r} holds no sound", where=str(path), mend=SONG_MEND)
    declared = "" if extent.declared_s is None else f" of the {_clock(extent.declared_s)} that it declares"
    reason = f" ({extent.broken})" if extent.broken else ""
    raise InputError(
        f"the song {path.name!r} is cut: only {_clock(found_s)}{declared} can be read{reason}",
        where=str(path),
        mend=f"copy it again in full, or {SONG_MEND}",
    )


def _damaged(path: Path, count: int, rate_hz: int, what: str) -> InputError:
    return InputError(
        f"the song {path.name!r} is damaged: at {_clock(Fraction(count, rate_hz))} {what}",
        where=str(path),
        mend=SONG_MEND,
    )


def _too_short(path: Path, count: int, rate_hz: int, min_duration_s: float) -> InputError:
    return InputError(
        f"the song {path.name!r} is too short: {count} samples, {_clock(Fraction(count, rate_hz))}",
        where=str(path),
        mend=f"give a song of at least {min_duration_s:g} s",
    )


def _clock(seconds: Fraction) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{minutes}:{float(rest):06.3f}"
