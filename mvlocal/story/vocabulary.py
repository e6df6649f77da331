"""The words, places and images that lyrics are read with, loaded once from the data files beside this module.

It does not know any song.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal, cast, get_args

from ruamel.yaml import YAML

from mvlocal.schema.story import Colours, PlaceKind

Mood = Literal["tender", "longing", "grief", "anger", "joy", "calm", "wonder", "fear", "defiance"]
MOODS: tuple[Mood, ...] = get_args(Mood)
Form = Literal["base", "third", "past", "part", "ing"]
Setting = Literal["indoors", "town", "wild"]
Hint = Literal["close", "wide", "perform", ""]


@dataclass(frozen=True, slots=True)
class Noun:
    """A noun as it stands in a line: its singular, what it is, and its number."""

    lemma: str
    kind: str
    plural: bool


@dataclass(frozen=True, slots=True)
class VerbForm:
    """A verb as it stands in a line. `seen` means a camera can see it done."""

    lemma: str
    form: Form
    seen: bool


@dataclass(frozen=True, slots=True)
class ImageText:
    """A sentence with placeholders ({S}, {O}, {spot}...), its framing hint and the kind of place it needs."""

    text: str
    hint: Hint = ""
    place: PlaceKind | None = None


@dataclass(frozen=True, slots=True)
class Idea:
    """Alternative word patterns (each a set of dictionary forms) and the images that stand for them."""

    patterns: tuple[frozenset[str], ...]
    images: tuple[ImageText, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A place that a story can return to, with ready phrases for it. `at`: `on the iron bridge`."""

    id: str
    kind: PlaceKind
    setting: Setting
    name: str
    at: str
    description: str
    light: str
    moods: frozenset[str]
    words: frozenset[str]
    palettes: tuple[Colours, ...]
    spots: tuple[str, ...]
    tails: tuple[str, ...]
    wides: tuple[str, ...]
    details: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """The lexicon: form -> reading."""

    nouns: Mapping[str, Noun]
    verbs: Mapping[str, tuple[VerbForm, ...]]
    third: Mapping[str, str]
    does: Mapping[str, str]
    adjectives: frozenset[str]
    adverbs: frozenset[str]
    prepositions: frozenset[str]
    determiners: frozenset[str]
    conjunctions: frozenset[str]
    subordinators: frozenset[str]
    modals: frozenset[str]
    negations: frozenset[str]
    colours: frozenset[str]
    moods: Mapping[Mood, frozenset[str]]

    def lemmas(self, word: str) -> frozenset[str]:
        """The dictionary forms a word may stand for, itself among them."""
        found = {word} | {verb.lemma for verb in self.verbs.get(word, ())}
        noun = self.nouns.get(word)
        return frozenset(found | {noun.lemma} if noun else found)


@dataclass(frozen=True, slots=True)
class Images:
    """Sentences to choose from: by idea, by mood, by weather, and for the ends of the song; clauses on the light."""

    ideas: tuple[Idea, ...]
    gestures: Mapping[Mood, tuple[ImageText, ...]]
    weather: Mapping[str, tuple[str, ...]]
    openings: tuple[ImageText, ...]
    endings: tuple[ImageText, ...]
    between: tuple[ImageText, ...]
    lights: tuple[str, ...]


def _load(name: str) -> dict[str, Any]:
    text = resources.files("mvlocal.story").joinpath("data", name).read_text(encoding="utf-8")
    return cast("dict[str, Any]", YAML(typ="safe", pure=True).load(text))


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def image_text(line: str) -> ImageText:
    """Reads `close: A hand opens @room`."""
    hint: Hint = ""
    for known in ("close", "wide", "perform"):
        if line.startswith(f"{known}: "):
            hint = cast("Hint", known)
            line = line.removeprefix(f"{known}: ")
    body, _, place = line.partition(" @")
    return ImageText(body, hint, cast("PlaceKind", place) if place else None)


@cache
def images() -> Images:
    """All sentences."""
    data = _load("images.yaml")
    ideas = tuple(
        Idea(
            tuple(frozenset(pattern.split()) for pattern in key.split(" | ")),
            tuple(image_text(line) for line in _lines(body)),
        )
        for key, body in data["ideas"].items()
    )

    def texts(body: str) -> tuple[ImageText, ...]:
        return tuple(image_text(line) for line in _lines(body))

    return Images(
        ideas,
        {mood: texts(data["gestures"][mood]) for mood in MOODS},
        {name: _lines(body) for name, body in data["weather"].items()},
        texts(data["openings"]),
        texts(data["endings"]),
        texts(data["between"]),
        _lines(data["lights"]),
    )


@cache
def places() -> Mapping[str, Place]:
    """All places by id."""
    found: dict[str, Place] = {}
    for name, body in _load("places.yaml").items():
        found[name] = Place(
            id=name,
            kind=body["kind"],
            setting=body["setting"],
            name=body["name"],
            at=f"{body.get('at', 'at')} {body['name']}",
            description=body["description"],
            light=body["light"],
            moods=frozenset(body["moods"].split()),
            words=frozenset(body["words"].split()),
            palettes=tuple(cast("Colours", tuple(line.split())) for line in _lines(body["palettes"])),
            spots=_lines(body["spots"]),
            tails=_lines(body["tails"]),
            wides=_lines(body["wides"]),
            details=_lines(body["details"]),
        )
    return found


@cache
def words() -> Words:
    """The lexicon."""
    data = _load("words.yaml")
    verbs, third = _verbs(data)
    sets = {
        name: frozenset(data[name].split())
        for name in (
            "adjectives", "adverbs", "prepositions", "determiners", "conjunctions", "subordinators", "modals",
            "negations", "colours",
        )
    }  # fmt: skip
    return Words(
        nouns=_nouns(data["nouns"]),
        verbs=verbs,
        third=third,
        does=data["does"],
        moods={mood: frozenset(data["moods"][mood].split()) for mood in MOODS},
        **sets,
    )


_IRREGULAR_PLURALS = {
    "men": "man", "women": "woman", "children": "child", "ladies": "lady", "feet": "foot", "leaves": "leaf",
    "people": "people", "knives": "knife", "wolves": "wolf", "loaves": "loaf", "sheep": "sheep", "mice": "mouse",
    "thieves": "thief", "shelves": "shelf", "scarves": "scarf", "teeth": "tooth", "stairs": "stair",
    "sparks": "spark", "woods": "woods", "rails": "rail", "words": "word", "lines": "line", "names": "name",
    "footsteps": "footstep", "bells": "bell", "ashes": "ash", "jeans": "jeans", "embers": "ember",
    "fireworks": "firework", "lights": "light", "headlights": "headlight", "spotlights": "spotlight",
}  # fmt: skip


def _nouns(data: Mapping[str, str]) -> dict[str, Noun]:
    found: dict[str, Noun] = {}
    for kind, body in data.items():
        for word in body.split():
            if word in _IRREGULAR_PLURALS:
                found.setdefault(word, Noun(_IRREGULAR_PLURALS[word], kind, plural=True))
                continue
            found.setdefault(word, Noun(word, kind, plural=False))
            if kind != "gold":
                found.setdefault(plural(word), Noun(word, kind, plural=True))
    return found


def plural(noun: str) -> str:
    """The regular plural."""
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return noun[:-1] + "ies"
    if noun.endswith(("s", "x", "z", "ch", "sh")):
        return noun + "es"
    return noun + "s"


def _verbs(data: Mapping[str, str]) -> tuple[dict[str, tuple[VerbForm, ...]], dict[str, str]]:
    unseen = set(data["unseen"].split())
    seen = set(data["verbs"].split())
    irregular = {parts[0]: parts for parts in (line.split() for line in _lines(data["irregular"]))}
    forms: dict[str, list[VerbForm]] = {}
    third: dict[str, str] = {}
    for lemma in sorted(seen | unseen | set(irregular)):
        is_seen = lemma in seen
        table = irregular.get(lemma) or [lemma, plural(lemma), _past(lemma), _past(lemma)]
        third[lemma] = table[1]
        kinds: Iterable[tuple[str, Form]] = (
            (lemma, "base"), (table[1], "third"), (table[2], "past"), (table[3], "part"), (_ing(lemma), "ing"),
        )  # fmt: skip
        for form, name in kinds:
            forms.setdefault(form, []).append(VerbForm(lemma, name, is_seen))
    return {form: tuple(found) for form, found in forms.items()}, third


def _doubles(verb: str) -> bool:
    vowels = "aeiou"
    groups = sum(1 for n, c in enumerate(verb) if c in vowels and (n == 0 or verb[n - 1] not in vowels))
    ends = len(verb) > 2 and verb[-1] not in vowels + "wxy" and verb[-2] in vowels and verb[-3] not in vowels
    return groups == 1 and ends


def _past(verb: str) -> str:
    if verb.endswith("e"):
        return verb + "d"
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return verb[:-1] + "ied"
    return verb + (verb[-1] if _doubles(verb) else "") + "ed"


def _ing(verb: str) -> str:
    if verb.endswith("ie"):
        return verb[:-2] + "ying"
    if verb.endswith("e") and not verb.endswith("ee") and verb != "be":
        return verb[:-1] + "ing"
    return verb + (verb[-1] if _doubles(verb) else "") + "ing"
