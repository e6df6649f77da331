"""The world of the story, folded shot by shot from the bible and the facts that shots state.

It does not judge; the checks do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, cast

from mvlocal.schema.story import Level, Shot, StoryBible, TimeOfDay, Weather

Relation = Literal["at", "wears", "carries", "drops", "knows", "is"]


@dataclass(frozen=True, slots=True)
class StatedFact:
    """`ilse carries letter` taken apart."""

    subject: str
    relation: Relation
    value: str

    @classmethod
    def parse(cls, text: str) -> StatedFact:
        """Reads a fact that the schema has let through."""
        subject, relation, value = text.split(" ", 2)
        return cls(subject, cast("Relation", relation), value.strip())


@dataclass(frozen=True, slots=True)
class WorldState:
    """What is true between two shots. Places and people that nothing is known of are simply missing."""

    at: Mapping[str, str] = field(default_factory=dict[str, str])
    wears: Mapping[str, str] = field(default_factory=dict[str, str])
    carries: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    knows: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    states: Mapping[str, str] = field(default_factory=dict[str, str])
    time: TimeOfDay | None = None
    weather: Weather | None = None
    level: Level = "present"

    def holds(self, fact: StatedFact) -> bool:
        """Whether `fact` is true here."""
        subject, value = fact.subject, fact.value
        match fact.relation:
            case "at":
                return self.at.get(subject, value) == value
            case "wears":
                return self.wears.get(subject, value) == value
            case "carries":
                return value in self.carries.get(subject, frozenset())
            case "drops":
                return value not in self.carries.get(subject, frozenset())
            case "knows":
                return value in self.knows.get(subject, frozenset())
            case "is":
                return self.states.get(subject, "").casefold() == value.casefold()


@dataclass(frozen=True, slots=True)
class Folded:
    """The world before and after each shot, in order."""

    before: tuple[WorldState, ...]
    after: tuple[WorldState, ...]


def first_world(bible: StoryBible) -> WorldState:
    """The world before the first shot: everyone carries their own props."""
    return WorldState(carries={person.id: frozenset(person.props) for person in bible.characters})


def fold(bible: StoryBible, shots: Sequence[Shot]) -> Folded:
    """Folds the shots in order. A memory or a dream changes nothing in the present."""
    world = first_world(bible)
    before: list[WorldState] = []
    after: list[WorldState] = []
    for shot in shots:
        before.append(world)
        world = step(world, shot) if shot.level == "present" else replace(world, level=shot.level)
        after.append(world)
    return Folded(tuple(before), tuple(after))


def step(world: WorldState, shot: Shot) -> WorldState:
    """The world after `shot`: who is in it is there and wears that, then its changes hold."""
    at, wears = dict(world.at), dict(world.wears)
    for presence in shot.characters:
        at[presence.id] = shot.location
        wears[presence.id] = presence.wardrobe
    world = replace(world, at=at, wears=wears, time=shot.time_of_day, weather=shot.weather, level=shot.level)
    for text in shot.changes:
        world = apply(world, StatedFact.parse(text))
    return world


def apply(world: WorldState, fact: StatedFact) -> WorldState:
    """The world with `fact` made true."""
    subject, value = fact.subject, fact.value
    match fact.relation:
        case "at":
            return replace(world, at={**world.at, subject: value})
        case "wears":
            return replace(world, wears={**world.wears, subject: value})
        case "carries":
            held = world.carries.get(subject, frozenset()) | {value}
            return replace(world, carries={**world.carries, subject: held})
        case "drops":
            held = world.carries.get(subject, frozenset()) - {value}
            return replace(world, carries={**world.carries, subject: held})
        case "knows":
            known = world.knows.get(subject, frozenset()) | {value}
            return replace(world, knows={**world.knows, subject: known})
        case "is":
            return replace(world, states={**world.states, subject: value})
