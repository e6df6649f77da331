"""The timeline: which clip stands where, and which cuts are transitions. It knows nothing of how clips were made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Self, cast

from pydantic import Field, model_validator

from mvlocal.schema.document import Document, Id, Line, Part
from mvlocal.schema.story import Transition
from mvlocal.timing import FrameSpan


class TimelineClip(Part):
    """A shot's clip on frames `start` up to but not including `end` of the video."""

    shot: Id
    start: int = Field(ge=0)
    end: int = Field(ge=1)


class TimelineJoin(Part):
    """How `shot` comes in where it is not a plain cut: over frames `start` up to `end` of the video, its cut inside.

    At the head of the video the window begins at frame 0, and the shot comes out of black.
    """

    shot: Id
    kind: Transition
    start: int = Field(ge=0)
    end: int = Field(ge=1)


@dataclass(frozen=True, slots=True)
class Handles:
    """The windows of a shot's transitions in frames of the video: the one it comes in by, the one it goes out by."""

    head: FrameSpan | None = None
    tail: FrameSpan | None = None

    def around(self, span: FrameSpan) -> FrameSpan:
        """All frames that must be made of a shot of frames `span`: its own, and what its windows reach beyond."""
        start = min(span.start, self.head.start) if self.head else span.start
        end = max(span.end, self.tail.end) if self.tail else span.end
        return FrameSpan(start, end)

    def to_json(self) -> dict[str, Any]:
        """As plain JSON, for a task's parameters."""
        return {
            name: [window.start, window.end] if window else None
            for name, window in (("head", self.head), ("tail", self.tail))
        }

    @classmethod
    def of_json(cls, value: Any) -> Self:
        """Reads what `to_json` wrote."""
        head, tail = (FrameSpan(*value[name]) if value[name] else None for name in ("head", "tail"))
        return cls(head, tail)


NO_HANDLES = Handles()
"""Those of a shot between two cuts."""


class Timeline(Document):
    """Clips that tile the video from frame 0 on, at one constant rate, and the transitions between them."""

    kind: ClassVar[str] = "mvlocal.timeline/2"

    fps: Line
    clips: tuple[TimelineClip, ...] = Field(min_length=1)
    joins: tuple[TimelineJoin, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _upgraded(cls, data: Any) -> Any:
        """A timeline of version 1 knew cuts only."""
        if isinstance(data, dict) and cast("dict[str, Any]", data).get("schema") == "mvlocal.timeline/1":
            return {**data, "schema": cls.kind}
        return cast("Any", data)

    @model_validator(mode="after")
    def _tiles(self) -> Self:
        expected = 0
        for clip in self.clips:
            if clip.start != expected or clip.end <= clip.start:
                raise ValueError(f"shot {clip.shot} starts at frame {clip.start}, not at {expected}")
            expected = clip.end
        return self

    @model_validator(mode="after")
    def _joins_fit(self) -> Self:
        order = {clip.shot: number for number, clip in enumerate(self.clips)}
        free = 0
        for join in sorted(self.joins, key=lambda join: join.start):
            number = order.get(join.shot)
            if number is None or join.kind == "cut":
                raise ValueError(f"there is no transition into {join.shot}")
            clip, before = self.clips[number], self.clips[number - 1] if number else None
            inside = join.start < clip.start < join.end if before else join.start == 0
            if not inside or join.end >= clip.end or join.start < free:
                raise ValueError(f"the transition into {join.shot} does not lie about its cut")
            if before and join.start <= before.start:
                raise ValueError(f"the transition into {join.shot} leaves nothing of {before.shot}")
            free = join.end + 1
        return self

    @property
    def frames(self) -> int:
        """Length of the video in frames."""
        return self.clips[-1].end

    def join_of(self, shot: str) -> TimelineJoin | None:
        """The transition by which `shot` comes in; None after a plain cut."""
        return next((join for join in self.joins if join.shot == shot), None)

    def before(self, shot: str) -> TimelineClip | None:
        """The clip before `shot`; None for the first."""
        number = next(n for n, clip in enumerate(self.clips) if clip.shot == shot)
        return self.clips[number - 1] if number else None

    def handles_of(self, shot: str) -> Handles:
        """The windows of the transitions into and out of `shot`."""
        number = next(n for n, clip in enumerate(self.clips) if clip.shot == shot)
        after = self.clips[number + 1].shot if number + 1 < len(self.clips) else None
        head, tail = self.join_of(shot), self.join_of(after) if after else None
        return Handles(
            FrameSpan(head.start, head.end) if head else None, FrameSpan(tail.start, tail.end) if tail else None
        )
