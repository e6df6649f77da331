"""The words of data/words.yaml, read once: phrases that mean actions, what misleads, and the small words of grammar.

It does not read sentences.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal, cast

from ruamel.yaml import YAML

from mvlocal.staging.props.vocabulary import PROPS

Who = Literal["first", "other", "both", "third"]
MISLEADING = ""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that stand together; each is a set of alternatives, `~` up to three others, `_` one. `means`: an action
    or a thing; empty: it only looks like one."""

    parts: tuple[frozenset[str], ...]
    means: str

    @property
    def weight(self) -> int:
        """How many words it fixes."""
        return sum(1 for part in self.parts if part not in (_GAP, _ANY))


Index = Mapping[str, tuple[Phrase, ...]]
"""Phrases by each alternative of their first word, the most exact first."""

_GAP, _ANY = frozenset({"~"}), frozenset({"_"})


@dataclass(frozen=True, slots=True)
class Tongue:
    """What one language says: function words it is known by, actions, things."""

    known_by: frozenset[str]
    actions: Index
    things: Index


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All of it."""

    tongues: Mapping[str, Tongue]
    subjects: Mapping[str, Who]
    still_subjects: frozenset[str]
    negations: frozenset[str]
    not_after: frozenset[str]
    determiners: frozenset[str]
    noun_too: frozenset[str]
    verbs_too: frozenset[str]
    emotions: Mapping[str, str]
    moods: Mapping[str, frozenset[str]]
    places: Mapping[str, frozenset[str]]
    places_show: Mapping[str, frozenset[str]]
    surfaces: Mapping[str, frozenset[str]]
    people: Mapping[str, frozenset[str]]
    irregular: Mapping[str, frozenset[str]]


@cache
def lexicon() -> Lexicon:
    """The lexicon."""
    text = resources.files("mvlocal.staging").joinpath("data", "words.yaml").read_text(encoding="utf-8")
    data = cast("dict[str, Any]", YAML(typ="safe", pure=True).load(text))
    tongues = {"en": _english(data)}
    tongues |= {name: _tongue(body) for name, body in data["languages"].items()}

    def words(name: str) -> frozenset[str]:
        return frozenset(data[name].split())

    def table(name: str) -> dict[str, frozenset[str]]:
        return {key: frozenset(body.split()) for key, body in data[name].items()}

    return Lexicon(
        tongues=tongues,
        subjects={word: cast("Who", who) for who, body in data["subjects"].items() for word in body.split()},
        still_subjects=words("still_subjects"),
        negations=words("negations"),
        not_after=words("not_after"),
        determiners=words("determiners"),
        noun_too=words("noun_too"),
        verbs_too=words("verbs_too"),
        emotions={word: action for action, body in data["emotions"].items() for word in body.split()},
        moods=table("moods"),
        places=table("places"),
        places_show=table("places_show"),
        surfaces=table("surfaces"),
        people=table("people"),
        irregular=_irregular(data["irregular"]),
    )


_ENGLISH = frozenset({
    "i", "you", "the", "a", "and", "to", "of", "in", "is", "it", "my", "me", "on", "that", "for", "with", "was", "are",
    "be", "at", "your", "we", "this", "but", "all", "have", "so", "no", "when", "up",
})  # fmt: skip


def _english(data: Mapping[str, Any]) -> Tongue:
    actions = [_phrase(words, action) for action, body in data["actions"].items() for words in _commas(body)]
    actions += [_phrase(words, MISLEADING) for words in _commas(data["misleading"])]
    things = [
        _phrase(words, thing) for thing, facts in PROPS.items() for words in (thing.replace("-", " "), *facts.words)
    ]
    return Tongue(_ENGLISH, _index(actions), _index(things))


def _tongue(body: Mapping[str, str]) -> Tongue:
    return Tongue(frozenset(body["known_by"].split()), _listed(body["actions"]), _listed(body["props"]))


def _listed(body: str) -> Index:
    """`walk: caminar camino me_voy, run: ...`: forms as they stand; `_` joins the words of a phrase."""
    found: list[Phrase] = []
    for entry in _commas(body):
        means, _, forms = entry.partition(":")
        found += [_phrase(form.replace("_", " "), means.strip()) for form in forms.split()]
    return _index(found)


def _commas(body: str) -> list[str]:
    return [" ".join(part.split()) for part in body.split(",") if part.strip()]


def _phrase(words: str, means: str) -> Phrase:
    return Phrase(tuple(frozenset(word.lower().split("/")) for word in words.split()), means)


def _index(phrases: list[Phrase]) -> Index:
    found: dict[str, list[Phrase]] = {}
    for phrase in phrases:
        for word in sorted(phrase.parts[0]):
            found.setdefault(word, []).append(phrase)
    return {word: tuple(sorted(group, key=lambda one: (-one.weight, one.means != MISLEADING)))
            for word, group in found.items()}  # fmt: skip


def _irregular(body: str) -> dict[str, frozenset[str]]:
    table: dict[str, set[str]] = {}
    for row in _commas(body):
        lemma, *forms = row.split()
        for form in forms:
            table.setdefault(form, set()).add(lemma)
    return {form: frozenset(lemmas) for form, lemmas in table.items()}
