"""Looks at a finished video as a stranger would: its boxes, its packets, its decoded frames. It judges nothing."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

from av import Packet
from av.container import InputContainer
from av.error import FFmpegError
from av.video.frame import PictureType
from av.video.stream import VideoStream

from mvlocal.errors import CheckFailed
from mvlocal.media.boxes import Track, read_boxes
from mvlocal.media.decode import open_video
from mvlocal.schema.delivery import SoundFacts, VideoFacts

_NAMES = {"hevc": "h265", "dnxhd": "dnxhr", "libdav1d": "av1"}


def inspect_video(path: Path) -> VideoFacts:
    """What an MP4 or MOV file holds; every frame and all of its sound are decoded.

    Raises:
        CheckFailed: it cannot be opened, or not be decoded to its end.
    """
    boxes = read_boxes(path)
    pictures = next((track for track in boxes.tracks if track.kind == "vide"), None)
    sound = next((track for track in boxes.tracks if track.kind == "soun"), None)
    if pictures is None or len(pictures.steps) == 0:
        raise CheckFailed(f"{path.name} has no picture track", where=str(path))
    with open_video(path) as container:
        stream = container.streams.video[0]
        keys, size = _packets(container, stream)
    with open_video(path) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        frames, sizes, bframes = _decoded(container, stream, path)
        context = stream.codec_context
        colours = (context.color_primaries, context.color_trc, context.colorspace, context.color_range)
        name = context.codec.name
        profile = context.profile or ""
        pixels = context.pix_fmt or ""
    rate = Fraction(pictures.timescale, pictures.steps[0])
    return VideoFacts(
        codec=_NAMES.get(name, name),
        profile=profile,
        pixels=pixels,
        sizes=tuple(sorted(sizes)),
        rate=str(rate),
        constant_rate=len(pictures.steps) == 1,
        frames=frames,
        starts_s=pictures.first_s,
        colours=tuple(int(value) for value in colours),
        kbps=size * 8 / 1000 / float(frames / rate) if frames else 0.0,
        longest_gop=max((b - a for a, b in pairwise([*keys, frames])), default=0),
        first_is_key=bool(keys) and keys[0] == 0,
        longest_b_run=bframes,
        edit_list=any(track.edit_list for track in boxes.tracks),
        index_first=boxes.index_first,
        sound=None if sound is None else _sound(path, sound),
    )


def _packets(container: InputContainer, stream: VideoStream) -> tuple[list[int], int]:
    """Numbers of key packets in decoding order, and bytes of all packets."""
    keys: list[int] = []
    size = count = 0
    for packet in container.demux(stream):
        if not packet.size:
            continue
        size += packet.size
        if packet.is_keyframe:
            keys.append(count)
        count += 1
    return keys, size


def _decoded(container: InputContainer, stream: VideoStream, path: Path) -> tuple[int, set[tuple[int, int]], int]:
    """Frames, their sizes, and the longest run of B-frames."""
    stream.codec_context.options = {"err_detect": "explode"}
    frames, sizes, run, longest = 0, set[tuple[int, int]](), 0, 0
    try:
        for frame in container.decode(stream):
            frames += 1
            sizes.add((frame.width, frame.height))
            run = run + 1 if frame.pict_type == PictureType.B else 0
            longest = max(longest, run)
    except (FFmpegError, OSError) as error:
        raise CheckFailed(f"{path.name} cannot be decoded to its end: {error}", where=str(path)) from error
    return frames, sizes, longest


def _sound(path: Path, track: Track) -> SoundFacts:
    with open_video(path) as container:
        stream = container.streams.audio[0]
        packets: list[Packet[Any]] = [packet for packet in container.demux(stream) if packet.size]
        size = sum(packet.size for packet in packets)
    samples = 0
    with open_video(path) as container:
        stream = container.streams.audio[0]
        try:
            for frame in container.decode(stream):
                samples += frame.samples
        except (FFmpegError, OSError) as error:
            raise CheckFailed(f"the sound of {path.name} cannot be decoded: {error}", where=str(path)) from error
        context = stream.codec_context
        seconds = samples / context.sample_rate
        return SoundFacts(
            codec=context.codec.name,
            sample_rate_hz=context.sample_rate,
            channels=context.channels,
            kbps=size * 8 / 1000 / seconds if seconds else 0.0,
            duration_s=seconds,
            starts_s=track.first_s,
        )
