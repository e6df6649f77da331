"""What the story has done to places, things and motifs by the time a shot begins, folded from the facts of the plan.

It does not know how any of it is drawn.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from mvlocal.schema.song import SongMap
from mvlocal.schema.story import Motif, Shot, StoryBible

_IS = re.compile(r"^([a-z][a-z0-9_-]*) is (.+)$")
_ENDS = re.compile(r"^(?:no longer|not|never|free of|without)\s+(?:the\s+)?(.+)$")
_OPPOSITES = (
    ("flooded", "dry"), ("dark", "lit"), ("dark", "bright"), ("empty", "crowded"), ("empty", "full"),
    ("open", "closed"),
    ("open", "shut"), ("open", "locked"), ("broken", "mended"), ("broken", "repaired"), ("burning", "burnt"),
    ("snowed-in", "thawed"), ("overgrown", "cleared"), ("decorated", "bare"), ("lit", "out"), ("torn", "mended"),
    ("burning", "out"), ("ruined", "rebuilt"), ("dirty", "clean"), ("wet", "dry"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class World:
    """States in words by id: of places, things and people. A later word ends an earlier one that it contradicts."""

    states: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])

    def of(self, name: str) -> tuple[str, ...]:
        return self.states.get(name, ())


def after(world: World, facts: Iterable[str]) -> World:
    """The world once `facts` (`platform is flooded`) hold; facts of other kinds change nothing here."""
    states = dict(world.states)
    for fact in facts:
        match = _IS.match(fact)
        if match is not None:
            name, words = match.group(1), match.group(2).strip().lower()
            states[name] = _with(states.get(name, ()), words)
    return World(states)


def _with(before: tuple[str, ...], words: str) -> tuple[str, ...]:
    ended = _ENDS.match(words)
    if ended is not None:
        return tuple(state for state in before if state not in ended.group(1))
    told = set(words.replace(",", " ").split())
    gone = {a for pair in _OPPOSITES for a, b in (pair, pair[::-1]) if b in told}
    kept = tuple(state for state in before if not gone & set(state.split()) and state != words)
    return (*kept, words)[-4:]


def motif_states(bible: StoryBible, song: SongMap, shots: Sequence[Shot]) -> tuple[Mapping[str, str], ...]:
    """For each shot, what each motif has become, in words, by the motif's id: its changes follow the choruses."""
    found: list[Mapping[str, str]] = []
    chorus, last = -1, -1
    for shot in shots:
        label = song.sections[shot.section].label if shot.section < len(song.sections) else ""
        if label == "chorus" and shot.section != last:
            chorus += 1
            last = shot.section
        found.append({motif.id: _change(motif, chorus) for motif in bible.motifs})
    return tuple(found)


def _change(motif: Motif, chorus: int) -> str:
    return motif.changes[min(chorus, len(motif.changes) - 1)] if motif.changes and chorus >= 0 else ""
