"""Encodes or copies the song into a video file as a stream. It knows nothing of the pictures beside it.

How `lossless` keeps the song:

| song                                  | .mp4         | .mkv        | .mov         |
|---------------------------------------|--------------|-------------|--------------|
| integer, up to 16 bits                | FLAC, exact  | FLAC, exact | PCM 16, exact|
| integer, up to 24 bits                | FLAC, exact  | FLAC, exact | PCM 24, exact|
| lossy (MP3, AAC, Vorbis, Opus)        | FLAC 24 bits | FLAC 24 bits| PCM 24       |
| float, or integer of more than 24 bits| FLAC 24 bits | PCM float   | PCM float    |

"24 bits" means rounded once, to the nearest; samples beyond full scale are limited and counted. Decoding is
in float32, whose 24 bits hold all of the exact cases; wider integers and doubles are rounded to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import Any, Literal

import numpy as np
from av import AudioFrame, Packet
from av.audio.stream import AudioStream
from av.codec.context import Flags
from av.container import OutputContainer
from av.stream import Stream
from numpy.typing import NDArray

from mvlocal.errors import InputError
from mvlocal.media.audio import LAYOUTS, Block, Samples, decode_blocks, resampling, song_duration
from mvlocal.media.flow import side_by_side
from mvlocal.media.probe import SongInfo, open_song, probe_song

AudioChoice = Literal["lossless", "aac", "copy"]

AAC_RATE_HZ = 48_000
AAC_BITS_PER_CHANNEL = 160_000

_FULL_24 = 1 << 23
_SAMPLE_FORMATS = {
    "flac 16": ("flac", "s16"),
    "flac 24": ("flac", "s32"),
    "pcm 16": ("pcm_s16le", "s16"),
    "pcm 24": ("pcm_s24le", "s32"),
    "pcm float": ("pcm_f32le", "flt"),
}
# These decode to the same samples after the copy (tests hold it). MP3, Vorbis and, outside MP4, AAC lose the
# note of their encoder's delay and would begin late.
_COPYABLE = {
    "mp4": ("aac", "alac", "flac"),
    "mov": ("aac", "alac"),
    "matroska": ("alac", "flac", "opus", "libopus"),
}


@dataclass(slots=True)
class SoundTrack:
    """The song as a stream of an output file; the counts are complete when `packets` is used up."""

    stream: Stream
    codec: str
    rate_hz: int
    packets: Iterator[Packet[Any]]
    samples: int = 0
    clipped_samples: int = 0


def needs_edit_list(song: Path, audio: AudioChoice) -> bool:
    """Whether the song can begin at 0 only by an edit list: a copied AAC stream carries its encoder's delay.

    Raises:
        InputError: the song cannot be used.
    """
    return audio == "copy" and probe_song(song).codec == "aac"


def add_soundtrack(container: OutputContainer, song: Path, audio: AudioChoice) -> SoundTrack:
    """Adds the song to an output file before its first packet.

    `lossless` follows the table above; `aac` is 48 kHz at 160 kb/s a channel; `copy` takes the packets as
    they are. In MP4 and MOV, AAC's first packet, which only primes the decoder, is left out, so that sound
    begins at 0 without an edit list; this fades in the first 21 ms. Matroska notes the delay instead.

    Raises:
        InputError: the song cannot be used, or `copy` cannot carry its coding exactly in this container.
    """
    info = probe_song(song)
    if audio == "copy":
        return _copy(container, song, info)
    blocks = decode_blocks(song)
    first = next(blocks)
    channels = first.samples.shape[1]
    blocks = chain([first], blocks)
    if audio == "aac":
        stream = _add(container, "aac", "fltp", AAC_RATE_HZ, channels)
        stream.bit_rate = AAC_BITS_PER_CHANNEL * channels
        track = SoundTrack(stream, "aac", AAC_RATE_HZ, iter(()))
        pieces = _resampled(blocks, first.sample_rate_hz, channels)
        packets = _encode(track, stream, pieces, "flt")
        keep_delay = container.format.name == "matroska"
        track.packets = (packet for packet in packets if keep_delay or (packet.pts or 0) >= 0)
        return track
    codec, sample_format = _SAMPLE_FORMATS[_lossless_coding(info, container.format.name)]
    stream = _add(container, codec, sample_format, first.sample_rate_hz, channels)
    track = SoundTrack(stream, codec, first.sample_rate_hz, iter(()))
    track.packets = _encode(track, stream, (block.samples for block in blocks), sample_format)
    return track


def _lossless_coding(info: SongInfo, container: str) -> str:
    bits = info.bits if info.bits is not None else 24
    if (info.is_float or bits > 24) and container != "mp4":
        return "pcm float"
    family = "pcm" if container == "mov" else "flac"
    return f"{family} {16 if bits <= 16 and not info.is_float else 24}"


def _add(container: OutputContainer, codec: str, sample_format: str, rate_hz: int, channels: int) -> AudioStream:
    stream = container.add_stream(codec, rate=rate_hz)
    if not isinstance(stream, AudioStream):
        raise TypeError(f"{codec} is no audio coding")
    stream.codec_context.layout = LAYOUTS[channels]
    stream.codec_context.format = sample_format
    stream.codec_context.time_base = Fraction(1, rate_hz)
    stream.codec_context.flags |= Flags.bitexact
    return stream


def _resampled(blocks: Iterator[Block], source_hz: int, channels: int) -> Iterator[Samples]:
    if source_hz == AAC_RATE_HZ:
        yield from (block.samples for block in blocks)
        return
    resample = resampling(source_hz, AAC_RATE_HZ, channels)
    for block in blocks:
        yield resample(block.samples)
    yield resample(None)


def _encode(
    track: SoundTrack, stream: AudioStream, pieces: Iterator[Samples], sample_format: str
) -> Iterator[Packet[Any]]:
    """Packets of the pieces, which are read and resampled in a thread of their own while others are encoded."""
    with side_by_side(pieces) as ready:
        for piece in ready:
            if not len(piece):
                continue
            data = _to_format(piece, sample_format, track)
            frame = AudioFrame.from_ndarray(data.reshape(1, -1), sample_format, stream.codec_context.layout)
            frame.sample_rate, frame.pts, frame.time_base = (
                track.rate_hz,
                track.samples,
                Fraction(1, track.rate_hz),
            )
            track.samples += len(piece)
            yield from stream.encode(frame)
    yield from stream.encode(None)


def _to_format(samples: Samples, sample_format: str, track: SoundTrack) -> NDArray[Any]:
    if sample_format == "flt":
        return np.ascontiguousarray(samples)
    if sample_format == "s16":  # only sources of at most 16 bits come here: nothing is rounded
        return np.rint(samples * np.float32(32768)).astype(np.int16)
    whole = np.rint(samples.astype(np.float64) * _FULL_24)
    held = np.clip(whole, -_FULL_24, _FULL_24 - 1)
    track.clipped_samples += int(np.count_nonzero(held != whole))
    return held.astype(np.int32) << 8  # 24 bits lie in the upper part of 32


def _copy(container: OutputContainer, song: Path, info: SongInfo) -> SoundTrack:
    if info.codec not in _COPYABLE[container.format.name] or info.container == "aac":
        raise InputError(
            f"the song {song.name!r} ({info.codec}) cannot be copied exactly into {container.format.name}",
            where=str(song),
            mend="choose lossless, which keeps every sample, or aac",
        )
    duration_s = song_duration(song)  # a copy would not notice that the song is cut
    with open_song(song) as source:
        stream = container.add_stream_from_template(source.stream, opaque=True)
    samples = round(duration_s * info.sample_rate_hz)
    return SoundTrack(stream, info.codec, info.sample_rate_hz, _copied_packets(song, stream), samples)


def _copied_packets(song: Path, stream: AudioStream) -> Iterator[Packet[Any]]:
    with open_song(song) as source:
        for packet in source.container.demux(source.stream):
            if packet.dts is not None:
                packet.stream = stream
                yield packet
