"""Raw clips: generated frames kept without loss, with their exact rate and the frames before which they jump.

It does not know how frames are generated. A raw clip is FFV1 in Matroska, RGB for RGB: frame i shows second i / rate.
Rate and jumps stand in a tag, since Matroska rounds times to milliseconds.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import av
import numpy as np
from av.container import OutputContainer
from av.error import FFmpegError
from av.video.stream import VideoStream

from mvlocal.errors import CheckFailed, TaskError
from mvlocal.media.decode import open_video
from mvlocal.media.faults import writing
from mvlocal.media.frame import Rgb
from mvlocal.timing import FrameRate

_TAG = "COMMENT"


@dataclass(frozen=True, slots=True)
class RawClip:
    """A raw clip: its size, rate and number of frames. Before each frame of `jumps` the picture jumps."""

    path: Path
    width: int
    height: int
    rate: FrameRate
    frames: int
    jumps: tuple[int, ...] = ()

    @property
    def length_s(self) -> float:
        """Seconds that it shows."""
        return float(self.frames / self.rate.value)


class RawClipWriter:
    """Writes a raw clip; use it in a `with` block. On an exception the unfinished file is removed."""

    def __init__(self, path: Path, width: int, height: int, rate: FrameRate, jumps: Sequence[int] = ()) -> None:
        """Opens `path`, which ends in .mkv and is overwritten. Sides may be odd.

        Raises:
            ValueError: another ending.
            ExhaustedError, TaskError: the file cannot be written.
        """
        if path.suffix.lower() != ".mkv":
            raise ValueError(f"a raw clip is an .mkv file, not {path.name}")
        self.path = path
        self.frames = 0
        self._shape = (height, width, 3)
        with writing(path):
            self._container = av.open(f"file:{path}", "w", format="matroska", container_options={"fflags": "+bitexact"})
            self._container.metadata[_TAG] = json.dumps({"rate": str(rate), "jumps": sorted(jumps)})
            self._stream = _add_ffv1(self._container, width, height, rate)
            self._container.start_encoding()

    def write(self, picture: Rgb) -> None:
        """Appends one frame.

        Raises:
            ValueError: another size or type.
            ExhaustedError, TaskError: the file cannot be written.
        """
        if picture.shape != self._shape or picture.dtype != np.uint8:
            raise ValueError(f"a frame is {picture.shape} {picture.dtype}; {self._shape} uint8 is due")
        with writing(self.path):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), "rgb24").reformat(format="bgr0")
            frame.pts = self.frames
            self._container.mux(self._stream.encode(frame))
        self.frames += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None and self.frames:
            with writing(self.path):
                self._container.mux(self._stream.encode(None))
                self._container.close()
            return
        try:
            self._container.close()
        except (FFmpegError, OSError):
            pass  # closing may fail again on a full disk; the first error is the one to show
        finally:
            self.path.unlink(missing_ok=True)
        if kind is None:
            raise TaskError("a raw clip of no frames was asked for", where=str(self.path))


def read_raw_clip(path: Path) -> RawClip:
    """What a raw clip is. Every frame is counted, none decoded.

    Raises:
        CheckFailed: not a raw clip, or one without frames.
    """
    with open_video(path) as container:
        given: Any = _tag_of(container.metadata, path)
        stream = container.streams.video[0]
        width, height = stream.width, stream.height
        frames = sum(packet.size > 0 for packet in container.demux(stream))
    if not frames:
        raise CheckFailed(f"{path.name} holds no frames", where=str(path))
    return RawClip(path, width, height, FrameRate(Fraction(given["rate"])), frames, tuple(given["jumps"]))


def raw_frames(path: Path) -> Iterator[Rgb]:
    """Every frame (H, W, 3) of a raw clip in order; exactly what was written.

    Raises:
        CheckFailed: the file cannot be opened, or a frame is damaged.
    """
    with open_video(path) as container:
        stream = container.streams.video[0]
        stream.codec_context.options = {"err_detect": "explode"}
        try:
            for frame in container.decode(stream):
                if frame.is_corrupt:
                    raise CheckFailed(f"{path.name}: the frame at {frame.time} s is damaged", where=str(path))
                yield frame.to_ndarray(format="rgb24").astype(np.uint8, copy=False)
        except (FFmpegError, OSError) as error:
            raise CheckFailed(f"{path.name} cannot be decoded to its end: {error}", where=str(path)) from error


def _add_ffv1(container: OutputContainer, width: int, height: int, rate: FrameRate) -> VideoStream:
    options = {"level": "3", "g": "1", "slices": "4", "slicecrc": "1", "coder": "1", "context": "0"}
    stream = container.add_stream("ffv1", rate=Fraction(rate.value), options=options)
    context = stream.codec_context
    context.width, context.height, context.pix_fmt = width, height, "bgr0"
    context.time_base = 1 / rate.value
    context.thread_count = 1
    return stream


def _tag_of(metadata: dict[str, str], path: Path) -> Any:
    text = next((value for name, value in metadata.items() if name.upper() == _TAG), "")
    try:
        given: Any = json.loads(text)
        return {"rate": str(given["rate"]), "jumps": [int(frame) for frame in given["jumps"]]}
    except (ValueError, KeyError, TypeError) as error:
        raise CheckFailed(f"{path.name} is not a raw clip: it does not say its rate", where=str(path)) from error
