"""Decodes our own videos back to planes, counts and checks frames. It knows nothing of people's files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import av
from av.container import InputContainer
from av.error import FFmpegError
from av.video.frame import VideoFrame

from mvlocal.errors import CheckFailed
from mvlocal.media.frame import Yuv420
from mvlocal.media.planes import frame_to_planes, planes_to_array

_DEMUXERS = {
    ".mp4": "mov,mp4,m4a,3gp,3g2,mj2",
    ".mov": "mov,mp4,m4a,3gp,3g2,mj2",
    ".mkv": "matroska,webm",
}


def open_video(path: Path) -> InputContainer:
    """Opens a video that mvlocal wrote, by the demuxer of its ending; no other file or format can be reached.

    Raises:
        CheckFailed: not there, not a video container, or without a picture track.
    """
    demuxer = _DEMUXERS.get(path.suffix.lower())
    if demuxer is None:
        raise CheckFailed(f"{path.name} is not an .mp4, .mov or .mkv video", where=str(path))
    options = {"protocol_whitelist": "file", "format_whitelist": demuxer}
    try:
        container = av.open(
            f"file:{path}",
            "r",
            format=demuxer.partition(",")[0],
            container_options=options,
            metadata_errors="replace",
        )
    except (FFmpegError, OSError) as error:
        raise CheckFailed(f"{path.name} cannot be opened as video: {error}", where=str(path)) from error
    if not container.streams.video:
        container.close()
        raise CheckFailed(f"{path.name} holds no pictures", where=str(path))
    return container


def decode_frames(path: Path) -> Iterator[Yuv420]:
    """Yields every frame of the video in the order shown.

    Raises:
        CheckFailed: the file cannot be opened, or a frame is damaged.
    """
    with open_video(path) as container:
        for frame in _decoded(container, path):
            yield frame_to_planes(frame)


def count_frames(path: Path) -> int:
    """The number of frames that the video decodes to.

    Raises:
        CheckFailed: the file cannot be opened, or a frame is damaged.
    """
    with open_video(path) as container:
        return sum(1 for _ in _decoded(container, path))


def frame_hashes(path: Path) -> list[str]:
    """SHA-256 of each decoded frame's pixels (Y, then U, then V), in the order shown, as hex.

    Raises:
        CheckFailed: the file cannot be opened, or a frame is damaged.
    """
    return [hashlib.sha256(planes_to_array(planes).tobytes()).hexdigest() for planes in decode_frames(path)]


def check_segment(path: Path, *, frames: int, width: int, height: int) -> None:
    """Makes sure that a segment just encoded here holds exactly `frames` frames, and that its key frames decode.

    Decoding every frame would cost a sixth of encoding them, and finds only what the store's hash finds as well.

    Raises:
        CheckFailed: it does not; the message says what was found and what was due.
    """
    with open_video(path) as container:
        found = sum(packet.size > 0 for packet in container.demux(video=0))
    if found != frames:
        raise CheckFailed(f"{path.name} holds {found} frames, not {frames}", where=str(path))
    with open_video(path) as container:
        for frame in _decoded(container, path, {"skip_frame": "nokey"}):
            _require_size(frame, path, width, height)


def check_video(path: Path, *, frames: int, width: int, height: int) -> None:
    """Makes sure that the video decodes, without damage, to exactly `frames` frames of `width` x `height`.

    Raises:
        CheckFailed: it does not; the message says what was found and what was due.
    """
    found = 0
    with open_video(path) as container:
        # Deblocking is most of the work and finds no damage: it is left out where nobody looks.
        for frame in _decoded(container, path, {"skip_loop_filter": "all"}):
            _require_size(frame, path, width, height)
            found += 1
    if found != frames:
        raise CheckFailed(f"{path.name} decodes to {found} frames, not {frames}", where=str(path))


def _require_size(frame: VideoFrame, path: Path, width: int, height: int) -> None:
    if (frame.width, frame.height) != (width, height):
        found = f"{frame.width}x{frame.height}"
        raise CheckFailed(f"{path.name}: a frame is {found}, not {width}x{height}", where=str(path))


def _decoded(
    container: InputContainer, path: Path, options: Mapping[str, str] = MappingProxyType({})
) -> Iterator[VideoFrame]:
    stream = container.streams.video[0]
    stream.thread_type = "AUTO"
    # "explode" makes the decoder report damage that it would otherwise paint over.
    stream.codec_context.options = {"err_detect": "explode", **options}
    try:
        for frame in container.decode(stream):
            if frame.is_corrupt:
                raise CheckFailed(f"{path.name}: the frame at {frame.time} s is damaged", where=str(path))
            yield frame
    except (FFmpegError, OSError) as error:
        raise CheckFailed(f"{path.name} cannot be decoded to its end: {error}", where=str(path)) from error
