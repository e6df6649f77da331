"""A plan written by a language model: what a request holds, handed to the writers' room, and its answer handed back.

It does not know which model writes: `llama` and `server` share it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from mvlocal.backends.base import PlannedStory, PlanRequest, Progress, WritesJson
from mvlocal.story.verify import Limits
from mvlocal.story.writers.asking import Desk
from mvlocal.story.writers.commission import Commission
from mvlocal.story.writers.room import write_story


class Minutes:
    """How far planning has come: a sign of life while the model reads and writes, and which pass it is at."""

    def __init__(self, progress: Progress, questions: int) -> None:
        self._progress = progress
        self._questions = max(questions, 1)
        self._asked = 0
        self._note = "reading"

    def question(self, name: str) -> None:
        """A new question is put."""
        self._asked += 1
        self._note = name
        self.beat()

    def beat(self) -> None:
        """The model is at work."""
        done = min(self._asked, self._questions) - 1
        self._progress(max(0.0, min(0.99, done / self._questions)), self._note)


@dataclass(frozen=True, slots=True)
class Manner:
    """How a model is worked with: what it can read and write at once, the most it may write, and the critic.

    `memory` is a folder in which usable replies are kept, so that a stopped planning goes on from there.
    """

    context_tokens: int
    reply_tokens: int
    critic: bool = True
    memory: Path | None = None

    @classmethod
    def of(cls, options: Mapping[str, Any], memory: Path | None) -> Self:
        """From the planner's settings."""
        return cls(options["context"], options["max_tokens"], options["critic"], memory)


def commission_of(request: PlanRequest, manner: Manner) -> Commission:
    """What is to be planned."""
    photos = tuple(photo.name for photo in request.photos)
    return Commission(
        title=request.title,
        artist=request.artist,
        brief=request.brief,
        song=request.song,
        spans=request.spans,
        photos=photos,
        seed=request.seed,
        limits=Limits(
            rate=request.rate,
            max_shot_s=request.max_shot_s,
            brief=request.brief,
            moves=request.moves,
            photos=frozenset(photos),
        ),
        context_tokens=manner.context_tokens,
        reply_tokens=manner.reply_tokens,
        critic=manner.critic,
    )


def questions_of(job: Commission) -> int:
    """About how many questions a plan takes: spine, cast, shots, two repairs, the critic."""
    return 4 + len(job.batches) + job.critic


def write_with(
    writer: WritesJson, job: Commission, minutes: Minutes, memory: Path | None, identity: str
) -> PlannedStory:
    """Plans the whole song with `writer`; `identity` tells its replies from another model's in the `memory`.

    Raises:
        PlanError: the model gave no usable reply to one of the passes; names it.
    """
    desk = Desk(writer.write_json, job.seed, job.reply_tokens, minutes.question, memory, identity)
    found = write_story(desk, job)
    return PlannedStory(found.bible, found.shots, found.remarks, found.warnings)
