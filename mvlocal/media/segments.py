"""Writes a shot: the segment of exactly its frames, and its handles for the transitions at its ends.

It knows nothing of what a transition looks like.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self

from mvlocal.media.encode import VideoEncoder, X264Settings
from mvlocal.media.frame import Yuv420
from mvlocal.schema.edit import NO_HANDLES, Handles
from mvlocal.timing import FrameRate, FrameSpan

HANDLE_CRF = 8.0
"""Handles are coded twice: this finely, no trace of the first time is seen."""


@dataclass(frozen=True, slots=True)
class ShotFrames:
    """What is written of a shot: `width` x `height` at `rate`, its frames `span` of the video, and its windows."""

    width: int
    height: int
    rate: FrameRate
    span: FrameSpan
    handles: Handles = NO_HANDLES

    @property
    def around(self) -> FrameSpan:
        """The frames that must be made."""
        return self.handles.around(self.span)

    @property
    def borders(self) -> frozenset[int]:
        """Frames before which the segment can be cut: where windows end and begin."""
        head, tail = self.handles.head, self.handles.tail
        return frozenset(([head.end] if head else []) + ([tail.start] if tail else []))


class ShotEncoder:
    """Writes `clip.mp4`, and `head.mp4` and `tail.mp4` where the shot has such windows; use it in a `with` block.

    Every frame of `frames.around` is given in order: first to `keep`, as the transition wants it, then to `write`.
    """

    def __init__(self, folder: Path, frames: ShotFrames, settings: X264Settings) -> None:
        """Opens the files.

        Raises:
            ExhaustedError, TaskError: they cannot be written.
        """
        self._frames = frames
        self._settings = settings
        self._folder = folder
        self._stack = ExitStack()
        self._clip = self._open("clip", settings)
        fine = replace(settings, crf=min(settings.crf, HANDLE_CRF))
        windows = {"head": frames.handles.head, "tail": frames.handles.tail}
        self._windows = {name: (span, self._open(name, fine)) for name, span in windows.items() if span is not None}

    def _open(self, name: str, settings: X264Settings) -> VideoEncoder:
        frames = self._frames
        path = self._folder / f"{name}.mp4"
        return self._stack.enter_context(VideoEncoder(path, frames.width, frames.height, frames.rate, settings))

    @property
    def files(self) -> dict[str, Path]:
        """What is written, by name: `main`, and `head` and `tail` where there are such windows."""
        return {"main": self._clip.path, **{name: encoder.path for name, (_, encoder) in self._windows.items()}}

    @property
    def written(self) -> int:
        """Frames of the shot's own written so far."""
        return self._clip.frames

    def keep(self, number: int, picture: Yuv420) -> None:
        """Keeps frame `number` of the video for the transitions it belongs to; it has no words yet.

        Raises:
            ExhaustedError, TaskError: the file cannot be written.
        """
        for span, encoder in self._windows.values():
            if span.start <= number < span.end:
                encoder.write(picture)

    def write(self, number: int, picture: Yuv420) -> None:
        """Appends frame `number` of the video to the shot's segment; one beyond its span is left out.

        Raises:
            ExhaustedError, TaskError: the file cannot be written.
        """
        if self._frames.span.start <= number < self._frames.span.end:
            self._clip.write(picture, key=number in self._frames.borders)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)
