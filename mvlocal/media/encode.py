"""Streams YUV planes into H.264 segments that join by stream copy. It knows nothing of sound.

Segments are MP4 files: their clock is exact at every frame rate (Matroska rounds to milliseconds), their
parameter sets lie in the header where two segments can be compared, and anyone can play them. Composition
offsets may be negative and no edit list is written, so frame 0 is shown at 0 although B-frames are decoded
out of order.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import numpy as np
from av.container import OutputContainer
from av.error import FFmpegError
from av.video.frame import PictureType
from av.video.plane import VideoPlane
from av.video.stream import VideoStream

from mvlocal.errors import TaskError
from mvlocal.media.faults import writing
from mvlocal.media.frame import Plane, Yuv420
from mvlocal.media.planes import require_even
from mvlocal.timing import FrameRate

PRESETS = ("ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow")

_BT709 = 1  # primaries, transfer and matrix alike in ITU-T H.273
_LIMITED = 1


@dataclass(frozen=True, slots=True)
class X264Settings:
    """All that decides the coded pixels besides the pictures: part of a task's key.

    `crf` 0-51, lower is better, 0 is lossless; `threads` >= 1, pinned since another count gives other pixels;
    `keyint_s` is the longest time between key frames; `bframes` 0-16 in a row; `tune` is one of x264's or "".
    """

    preset: str = "veryfast"
    crf: float = 18.0
    threads: int = 2
    keyint_s: float = 2.0
    bframes: int = 2
    tune: str = ""

    def __post_init__(self) -> None:
        if self.preset not in PRESETS:
            raise ValueError(f"unknown x264 preset {self.preset!r}; one of {', '.join(PRESETS)}")
        if not 0 <= self.crf <= 51:
            raise ValueError(f"crf is 0 to 51, not {self.crf}")
        if self.threads < 1 or not 0 <= self.bframes <= 16 or self.keyint_s <= 0:
            raise ValueError(f"threads >= 1, 0 <= bframes <= 16 and keyint_s > 0 needed: {self}")

    def to_options(self, rate: FrameRate) -> dict[str, str]:
        """FFmpeg's options for libx264 at this frame rate.

        Source: x264's `x264_param_parse`; `cpu-independent` keeps results the same across processors.
        """
        keyint = max(1, round(self.keyint_s * rate.value))
        params = {
            "open-gop": 0,
            "keyint": keyint,
            "bframes": self.bframes,
            "threads": self.threads,
            "lookahead-threads": 1,
            "sliced-threads": 0,
            "cpu-independent": 1,
        }
        options = {"preset": self.preset, "crf": f"{self.crf:g}", "forced-idr": "1"}
        options["x264-params"] = ":".join(f"{name}={value}" for name, value in params.items())
        return options | ({"tune": self.tune} if self.tune else {})


class VideoEncoder:
    """Writes one segment; use it in a `with` block. On an exception the unfinished file is removed.

    Frames are numbered from 0 at the constant `rate`. Encoding runs inside `write` with the interpreter lock
    released, so that another thread can draw meanwhile; the planes may be reused when `write` returns.
    """

    def __init__(
        self, path: Path, width: int, height: int, rate: FrameRate, settings: X264Settings | None = None
    ) -> None:
        """Opens `path`, which ends in .mp4 and is overwritten.

        Raises:
            ValueError: odd sides or another ending.
            ExhaustedError, TaskError: the file cannot be written.
        """
        require_even(width, height)
        if path.suffix.lower() != ".mp4":
            raise ValueError(f"a segment is an .mp4 file, not {path.name}")
        self.path = path
        self.frames = 0
        with writing(path):
            self._container = _open_segment(path, rate)
            self._stream = _add_x264(self._container, width, height, rate, settings or X264Settings())
            self._container.start_encoding()
        self._frame = av.VideoFrame(width, height, "yuv420p")
        self._frame.time_base = 1 / rate.value
        self._targets = tuple(_plane_view(plane) for plane in self._frame.planes)

    def write(self, planes: Yuv420, *, key: bool = False) -> None:
        """Appends one frame; with `key` the file can be cut before it without coding anything again.

        Raises:
            ValueError: the planes' sizes or type do not fit.
            ExhaustedError, TaskError: the file cannot be written.
        """
        with writing(self.path):
            for target, plane in zip(self._targets, (planes.y, planes.u, planes.v), strict=True):
                if plane.shape != target.shape or plane.dtype != np.uint8:
                    raise ValueError(f"a plane is {plane.shape} {plane.dtype}; {target.shape} uint8 is due")
                np.copyto(target, plane)
            self._frame.pts = self.frames
            self._frame.pict_type = PictureType.I if key else PictureType.NONE
            self._container.mux(self._stream.encode(self._frame))
        self.frames += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._abandon()
            return
        with writing(self.path):
            if not self.frames:
                self._abandon()
                raise TaskError("a video segment of no frames was asked for", where=str(self.path))
            self._container.mux(self._stream.encode(None))
            self._container.close()

    def _abandon(self) -> None:
        # Closing may fail again on a full disk; the file goes either way, the first error is the one to show.
        try:
            self._container.close()
        except (FFmpegError, OSError):
            pass
        finally:
            self.path.unlink(missing_ok=True)


def exact_timescale(rate: FrameRate) -> int:
    """Ticks a second, at least 10000, such that every frame of `rate` starts on a whole tick."""
    numerator = rate.value.numerator
    return numerator * -(-10_000 // numerator)


def _open_segment(path: Path, rate: FrameRate) -> OutputContainer:
    options = {
        "movflags": "+negative_cts_offsets",
        "use_editlist": "0",
        "video_track_timescale": str(exact_timescale(rate)),
        "fflags": "+bitexact",
    }
    return av.open(f"file:{path}", "w", format="mp4", container_options=options)


def _add_x264(
    container: OutputContainer, width: int, height: int, rate: FrameRate, settings: X264Settings
) -> VideoStream:
    stream = container.add_stream("libx264", rate=Fraction(rate.value), options=settings.to_options(rate))
    context = stream.codec_context
    context.width, context.height, context.pix_fmt = width, height, "yuv420p"
    context.time_base = 1 / rate.value
    context.thread_count = settings.threads
    context.color_primaries = context.color_trc = context.colorspace = _BT709
    context.color_range = _LIMITED
    return stream


def _plane_view(plane: VideoPlane) -> Plane:
    rows = np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, plane.line_size)
    return rows[:, : plane.width]
