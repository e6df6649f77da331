"""What a planner works from, and the plan that it gives. It knows no model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Protocol, get_args

from mvlocal.backends.base.progress import Progress
from mvlocal.schema.song import SongMap
from mvlocal.schema.story import Brief, CameraMove, Problem, ShotList, StoryBible
from mvlocal.timing import FrameRate


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo of the artist or her world: its file name, and its width over its height."""

    name: str
    aspect: float


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """What a planner works from. `spans` are the shots' borders in song seconds, already on the beat grid.

    `rate`, `max_shot_s` and `moves` are what the verifier will hold the plan to.
    """

    title: str
    artist: str
    brief: Brief
    song: SongMap
    spans: Sequence[tuple[float, float]]
    photos: Sequence[Photo]
    seed: int
    rate: FrameRate = field(default_factory=lambda: FrameRate(Fraction(24)))
    max_shot_s: float = 7.5
    moves: frozenset[CameraMove] = frozenset(get_args(CameraMove))


@dataclass(frozen=True, slots=True)
class PlannedStory:
    """A plan: what a critic says of it, and what went wrong on the way (what, where, mend)."""

    bible: StoryBible
    shots: ShotList
    remarks: tuple[Problem, ...] = ()
    warnings: tuple[tuple[str, str, str], ...] = ()


class Planner(Protocol):
    """Turns a song and a brief into a story."""

    name: str

    def plan_story(self, request: PlanRequest, progress: Progress) -> PlannedStory:
        """Plans the whole song: exactly one shot a span."""
        ...


class WritesJson(Protocol):
    """Writes JSON that follows a schema: what a planner asks of a language model."""

    def write_json(self, prompt: str, schema: Mapping[str, Any], seed: int, max_tokens: int) -> str:
        """The reply's text, of at most `max_tokens`; one that ran into that bound is returned as it is, unfinished.

        `seed` is from 0 to 2**31 - 1; the same prompt, schema and seed give the same text where the model allows it.
        Nothing is promised of the text: whoever asked validates it.
        """
        ...
