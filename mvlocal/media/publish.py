"""Encodes pictures and sound into one finished file as a stream: MP4 for platforms, MOV for editors.

It knows nothing of shots, songs or tables. Pictures and sound begin at 0 without an edit list, the index comes first,
and every frame's time is computed from its number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from heapq import merge
from pathlib import Path
from typing import Any

import av
import numpy as np
from av import AudioFrame, Packet
from av.codec import codecs_available
from av.codec.context import Flags
from av.container import OutputContainer
from av.error import FFmpegError
from av.video.stream import VideoStream

from mvlocal.errors import MissingError, TaskError
from mvlocal.media.audio import Samples
from mvlocal.media.codecs import BFRAMES, ENCODERS, PIXELS, PictureCoding
from mvlocal.media.cut_sound import RATE_HZ
from mvlocal.media.encode import exact_timescale
from mvlocal.media.faults import writing
from mvlocal.media.frame import Yuv420
from mvlocal.media.planes import planes_to_array, require_even
from mvlocal.media.soundtrack import add_soundtrack
from mvlocal.timing import FrameRate

AAC_BITS = 384_000
_BT709 = 1
_LIMITED = 1


@dataclass(frozen=True, slots=True)
class Published:
    """What was written: frames of pictures, samples of sound."""

    frames: int
    samples: int


@dataclass(frozen=True, slots=True)
class Publication:
    """A file to write: `.mp4` or `.mov` by the ending of `out`."""

    out: Path
    width: int
    height: int
    rate: FrameRate
    coding: PictureCoding
    tags: dict[str, str]


def publish(
    to: Publication,
    pictures: Iterator[Yuv420],
    sound: Iterator[Samples] | Path | None,
    heard: Callable[[int], None] = lambda _frames: None,
) -> Published:
    """Encodes `pictures` and `sound`: 48 kHz stereo blocks become AAC, a song's path its exact samples as PCM.

    `heard` is told the number of frames written so far. The file appears when it is complete.

    Raises:
        MissingError: the encoder is not part of this FFmpeg, or its device is not here.
        InputError: the song cannot be used.
        ExhaustedError, TaskError: the file cannot be written.
    """
    require_even(to.width, to.height)
    partial = to.out.with_name(f".{to.out.stem}.partial{to.out.suffix}")
    with writing(partial):
        with _open(partial, to) as container:
            stream = _add_pictures(container, to)
            counts = [0, 0]
            packets = [_picture_packets(to, stream, pictures, counts, heard)]
            if isinstance(sound, Path):
                packets.append(add_soundtrack(container, sound, "lossless").packets)
            elif sound is not None:
                packets.append(_sound_packets(container, sound, counts))
            for packet in merge(*packets, key=_decoding_time):
                container.mux_one(packet)
        if not counts[0]:
            raise TaskError("a video of no frames was asked for", where=str(to.out))
        partial.replace(to.out)
    return Published(counts[0], counts[1])


def _open(path: Path, to: Publication) -> OutputContainer:
    options = {
        "fflags": "+bitexact",
        "movflags": "+faststart+negative_cts_offsets",
        "use_editlist": "0",
        "video_track_timescale": str(exact_timescale(to.rate)),
    }
    container = av.open(f"file:{path}", "w", format=to.out.suffix[1:], container_options=options)
    container.metadata.update({name: text for name, text in to.tags.items() if text})
    return container


def _add_pictures(container: OutputContainer, to: Publication) -> VideoStream:
    encoder = ENCODERS[to.coding.codec]
    if encoder not in codecs_available:
        mend = "set deliver.codec: h264"
        raise MissingError(
            f"this FFmpeg has no {encoder} encoder", where=f"deliver.codec: {to.coding.codec}", mend=mend
        )
    stream = container.add_stream(encoder, rate=Fraction(to.rate.value), options=to.coding.options(to.rate))
    if not isinstance(stream, VideoStream):
        raise TypeError(f"{encoder} codes no pictures")
    context = stream.codec_context
    context.width, context.height, context.pix_fmt = to.width, to.height, PIXELS[to.coding.codec]
    context.time_base = 1 / to.rate.value
    context.thread_count = to.coding.threads
    context.color_primaries = context.color_trc = context.colorspace = _BT709
    context.color_range = _LIMITED
    context.gop_size = to.coding.gop(to.rate)
    if to.coding.kbps:
        context.bit_rate = to.coding.kbps * 1000
    if to.coding.codec in ("h264", "h265", "nvenc"):
        context.max_b_frames = BFRAMES
        context.flags |= Flags.closed_gop
    if to.coding.codec == "h265":
        context.codec_tag = "hvc1"  # what Apple's players ask for
    try:
        context.open()
    except FFmpegError as error:
        what = f"the encoder {encoder} cannot start here for {to.width}x{to.height}: {error}"
        mend = "set deliver.codec: h264, which needs no device" if to.coding.codec == "nvenc" else ""
        raise MissingError(what, where=f"deliver.codec: {to.coding.codec}", mend=mend) from error
    return stream


def _picture_packets(
    to: Publication, stream: VideoStream, pictures: Iterator[Yuv420], counts: list[int], heard: Callable[[int], None]
) -> Iterator[Packet[Any]]:
    for planes in pictures:
        frame = av.VideoFrame.from_ndarray(planes_to_array(planes), "yuv420p")
        frame.color_range, frame.colorspace = _LIMITED, _BT709
        if PIXELS[to.coding.codec] != "yuv420p":
            frame = frame.reformat(format=PIXELS[to.coding.codec])
        frame.color_primaries = frame.color_trc = _BT709  # ProRes writes a frame's own tags, not the stream's
        frame.pts, frame.time_base = counts[0], 1 / to.rate.value
        counts[0] += 1
        heard(counts[0])
        yield from _timed(stream.encode(frame), to.rate)
    yield from _timed(stream.encode(None), to.rate)


def _timed(packets: list[Packet[Any]], rate: FrameRate) -> Iterator[Packet[Any]]:
    for packet in packets:
        if packet.time_base != 1 / rate.value:
            raise TaskError(f"the encoder changed its clock to {packet.time_base}")
        packet.duration = 1
        yield packet


def _sound_packets(container: OutputContainer, blocks: Iterator[Samples], counts: list[int]) -> Iterator[Packet[Any]]:
    """AAC at 384 kb/s. Its first packet only primes the decoder: it is left out, so that sound begins at 0 without an
    edit list; this fades in the first 21 ms."""
    stream = container.add_stream("aac", rate=RATE_HZ)
    context = stream.codec_context
    context.layout, context.format = "stereo", "fltp"
    context.time_base = Fraction(1, RATE_HZ)
    context.flags |= Flags.bitexact
    stream.bit_rate = AAC_BITS

    def packets() -> Iterator[Packet[Any]]:
        for samples in blocks:
            frame = AudioFrame.from_ndarray(np.ascontiguousarray(samples).reshape(1, -1), "flt", "stereo")
            frame.sample_rate, frame.pts, frame.time_base = RATE_HZ, counts[1], Fraction(1, RATE_HZ)
            counts[1] += len(samples)
            yield from stream.encode(frame)
        yield from stream.encode(None)

    return (packet for packet in packets() if (packet.pts or 0) >= 0)


def _decoding_time(packet: Packet[Any]) -> Fraction:
    return Fraction(0 if packet.dts is None else packet.dts) * packet.time_base
