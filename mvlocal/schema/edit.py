"""The timeline: which clip stands where. It knows nothing of how clips were made."""

from __future__ import annotations

from typing import ClassVar, Self

from pydantic import Field, model_validator

from mvlocal.schema.document import Document, Id, Line, Part


class TimelineClip(Part):
    """A shot's clip on frames `start` up to but not including `end` of the video."""

    shot: Id
    start: int = Field(ge=0)
    end: int = Field(ge=1)


class Timeline(Document):
    """Clips that tile the video from frame 0 on, at one constant rate."""

    kind: ClassVar[str] = "mvlocal.timeline/1"

    fps: Line
    clips: tuple[TimelineClip, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _tiles(self) -> Self:
        expected = 0
        for clip in self.clips:
            if clip.start != expected or clip.end <= clip.start:
                raise ValueError(f"shot {clip.shot} starts at frame {clip.start}, not at {expected}")
            expected = clip.end
        return self

    @property
    def frames(self) -> int:
        """Length of the video in frames."""
        return self.clips[-1].end
