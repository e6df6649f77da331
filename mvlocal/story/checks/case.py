"""What every rule is given: the plan, its song, its limits and the folded world; and how a rule reports.

It does not know any rule.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate, pairwise
from typing import Literal

from mvlocal.schema.song import SongMap
from mvlocal.schema.story import (
    Brief,
    CameraMove,
    Character,
    Location,
    Problem,
    Shot,
    SkippedLine,
    StoryBible,
)
from mvlocal.story.meaning import EmbedsText, likeness
from mvlocal.story.moves import EVERY_MOVE
from mvlocal.story.senses import content, words_of
from mvlocal.story.vocabulary import words
from mvlocal.story.world import Folded, fold
from mvlocal.timing import FrameRate

Severity = Literal["error", "warning"]
LEAST_VOICED_S = 0.05
"""A shot is sung when it shares more than this with a span of singing."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What the video backend and the brief allow.

    `max_shot_s` is the longest shot that can be held; `chain_budget` how many shots may follow on from one
    keyframe; `photos` the file names that exist (None: not checked); `embedder` compares meanings where one is
    plugged in.
    """

    rate: FrameRate
    max_shot_s: float
    brief: Brief = field(default_factory=Brief)
    moves: frozenset[CameraMove] = EVERY_MOVE
    chain_budget: int = 3
    photos: frozenset[str] | None = None
    embedder: EmbedsText | None = None

    def means_the_same(self, one: str, other: str, least: float) -> bool:
        """Whether the embedder, where there is one, finds the cosine of two sentences at `least` or above."""
        return self.embedder is not None and likeness(self.embedder, one, other) >= least


@dataclass(frozen=True)
class Case:
    """A plan under judgement."""

    bible: StoryBible
    shots: tuple[Shot, ...]
    skipped: tuple[SkippedLine, ...]
    song: SongMap
    limits: Limits

    @cached_property
    def world(self) -> Folded:
        return fold(self.bible, self.shots)

    @cached_property
    def characters(self) -> Mapping[str, Character]:
        return {person.id: person for person in self.bible.characters}

    @cached_property
    def locations(self) -> Mapping[str, Location]:
        return {place.id: place for place in self.bible.locations}

    @cached_property
    def by_id(self) -> Mapping[str, Shot]:
        return {shot.id: shot for shot in self.shots}

    @cached_property
    def order(self) -> Mapping[str, int]:
        return {shot.id: n for n, shot in enumerate(self.shots)}

    @cached_property
    def content(self) -> tuple[frozenset[str], ...]:
        """Meaningful words of each shot's visual."""
        return tuple(content(shot.visual) for shot in self.shots)

    @cached_property
    def called(self) -> Mapping[str, frozenset[str]]:
        """For each character the words that can only mean her or him: names, trigger, id."""
        found: dict[str, frozenset[str]] = {}
        common = {"the", "a", "an", "figure", "man", "woman", "singer", "girl", "boy", "child", "other", "old", "young"}
        common |= {"in", "of", "de", "and", "one", "grey", "black", "red", "who", "is", "sung", "to", "her", "his"}
        for person in self.bible.characters:
            names = {word for word in words_of(person.name) if len(word) > 2} | {person.id}
            plain = {word for word in names if word in words().nouns or word in words().adjectives}
            found[person.id] = frozenset(names | {person.trigger.lower()} - {""}) - common - plain
        return found

    @cached_property
    def voiced(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Where singing starts, in order, and by each start the latest end of what has begun by then."""
        spans = sorted((span.start_s, span.end_s) for span in (*self.song.vocals, *self.song.lyrics))
        spans = [(start, end) for start, end in spans if end - start > LEAST_VOICED_S]
        return tuple(start for start, _ in spans), tuple(accumulate((end for _, end in spans), max))

    def pairs(self) -> Iterator[tuple[Shot, Shot]]:
        """Neighbouring shots."""
        return pairwise(self.shots)

    def same_scene(self, one: Shot, other: Shot) -> bool:
        """Whether time runs on unbroken from `one` to `other`: one section, one place, one level, no jump."""
        return (
            one.section == other.section
            and one.location == other.location
            and one.level == other.level
            and not other.jump
        )

    def beat_near(self, t: float) -> float | None:
        """The beat nearest to second `t`."""
        beats = self.song.beats
        if not beats:
            return None
        n = bisect_left(beats, t)
        return min(beats[max(0, n - 1) : n + 1], key=lambda beat: abs(beat - t))

    def beat_s(self, t: float) -> float:
        """The length of the beat around `t`; a quarter of a second where there is no pulse."""
        beats = self.song.beats
        if len(beats) < 2:
            return 0.25
        n = min(max(bisect_left(beats, t + 1e-6), 1), len(beats) - 1)
        return beats[n] - beats[n - 1]


Found = Iterator[Problem]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule's name, what it catches in a few words, and its function."""

    name: str
    catches: str
    check: Callable[[Case], Found]


def problem(rule: str, severity: Severity, shots: Sequence[Shot | str], message: str, mend: str) -> Problem:
    """One finding, its texts held to the schema's length."""
    ids = tuple(shot if isinstance(shot, str) else shot.id for shot in shots)
    return Problem(rule=rule, severity=severity, shots=ids, message=message[:1000], mend=mend[:1000])
