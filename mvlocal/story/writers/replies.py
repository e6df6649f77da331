"""What a model fills in: small pydantic models with short strings of plain characters and ids from given lists.

It does not know documents: ids, times, seeds and lyric lines are the program's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Literal, cast

from pydantic import AfterValidator, Field, StringConstraints, ValidationInfo, WithJsonSchema

from mvlocal.schema.document import Part
from mvlocal.schema.story import CameraAngle, Level, PlaceKind, ShotSize, TimeOfDay, Weather
from mvlocal.story.reading import clean
from mvlocal.story.vocabulary import Mood

Ids = Mapping[str, Sequence[str]]
"""The ids that a reply may name, by what they are (`places`, `props`)."""
PROSE = " !%&'(),.0-9:;?A-Za-z\u00c0-\u024f\u2013\u2014\u2019\u2026-"
"""The characters of plan text, as a character class: Latin letters, digits and plain punctuation.

No quotation mark, slash, bracket, brace or control character, so that no path, address or markup can be written; no
other script, since the checks read English, image models too, and models drift into the language they know best.
"""
_PROSE = re.compile(f"[{PROSE}]*")


def _plain_words(value: str) -> str:
    match = _PROSE.match(value)
    end = match.end() if match else 0
    if end < len(value):
        raise ValueError(f"use plain words: the character U+{ord(value[end]):04X} may not stand in it")
    kept = clean(value, max(len(value), 1))
    if value and not kept:
        raise ValueError("it holds no words")
    return kept


def is_plain(text: str) -> bool:
    """Whether `text` could stand in plan text."""
    return _PROSE.fullmatch(text) is not None


def _text(least: int, most: int) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": f"^[{PROSE}]{{{least},{most}}}$"})


def _one_of(kind: str) -> Callable[[str, ValidationInfo], str]:
    def check(value: str, info: ValidationInfo) -> str:
        known = cast("Ids", info.context or {}).get(kind, ())
        if value not in known:
            raise ValueError(f"{value[:60]!r} is not one of: {', '.join(known[:30]) or 'none'}")
        return value

    return check


def _ids(kind: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "enum": [f"@{kind}"]})


_checked = AfterValidator(_plain_words)
_SLUG = r"^[a-z][a-z-]{1,18}[a-z]$"
Name = Annotated[str, StringConstraints(min_length=1, max_length=40), _checked, _text(1, 40)]
Words = Annotated[str, StringConstraints(min_length=1, max_length=60), _checked, _text(1, 60)]
MaybeWords = Annotated[str, StringConstraints(max_length=60), _checked, _text(0, 60)]
Phrase = Annotated[str, StringConstraints(min_length=1, max_length=140), _checked, _text(1, 140)]
Sentence = Annotated[str, StringConstraints(min_length=1, max_length=240), _checked, _text(1, 240)]
Thing = Annotated[str, StringConstraints(pattern=_SLUG), WithJsonSchema({"type": "string", "pattern": _SLUG})]
PlaceId = Annotated[str, AfterValidator(_one_of("places")), _ids("places")]
DressedId = Annotated[str, AfterValidator(_one_of("dressed")), _ids("dressed")]
PropId = Annotated[str, AfterValidator(_one_of("props")), _ids("props")]
KindId = Annotated[str, AfterValidator(_one_of("kinds")), _ids("kinds")]
MoveId = Annotated[str, AfterValidator(_one_of("moves")), _ids("moves")]
TransitionId = Annotated[str, AfterValidator(_one_of("transitions")), _ids("transitions")]
FactText = Annotated[str, AfterValidator(_one_of("facts")), _ids("facts")]
PhotoId = Annotated[str, AfterValidator(_one_of("photos")), _ids("photos")]
ShotId = Annotated[str, AfterValidator(_one_of("shots")), _ids("shots")]
Age = Literal["child", "teenager", "young adult", "adult", "middle-aged", "old"]


class Story(Part):
    """The story in one sentence, and the look that every shot shares."""

    logline: Sentence
    style: Phrase


class Turn(Part):
    """What is different at the end of an act."""

    turn: Sentence


class Lead(Part):
    """The singer, of whom there are photos: clothes in the order of the story, and what is carried from the start."""

    age: Age
    wardrobe: Annotated[list[Phrase], Field(min_length=1, max_length=3)]
    carries: Annotated[list[Thing], Field(max_length=2)]


class DrawnLead(Lead):
    """The singer where there is no photo."""

    looks: Phrase


class Other(Part):
    """Somebody else in the story."""

    name: Name
    looks: Phrase
    age: Age
    wears: Phrase
    carries: Annotated[list[Thing], Field(max_length=1)]


class Others(Part):
    """Everybody else in the story."""

    people: Annotated[list[Other], Field(max_length=2)]


class Place(Part):
    """A place, told once for all shots."""

    name: Name
    kind: PlaceKind
    description: Sentence
    light: Words
    mood: Mood


class World(Part):
    """The places of the story, and things that lie about in it."""

    places: Annotated[list[Place], Field(min_length=2, max_length=6)]
    things: Annotated[list[Thing], Field(max_length=4)]


class Return(Part):
    """What the choruses return to."""

    motif: Sentence


class Change(Part):
    """How the motif is different this time."""

    change: Phrase


class Heard(Part):
    """A sung line read."""

    who: Words
    action: Words
    object: Words
    place: Words
    filmable: bool


class Person(Part):
    """Somebody in a shot: `ilse/first` is a person in a set of clothes."""

    dressed: DressedId
    position: Literal["left third", "left of centre", "centre", "right of centre", "right third"]
    emotion: Name
    holds: Annotated[list[PropId], Field(max_length=2)]


class Take(Part):
    """One shot."""

    visual: Sentence
    kind: KindId
    place: PlaceId
    people: Annotated[list[Person], Field(max_length=3)]
    time: TimeOfDay
    weather: Weather
    level: Level
    jump: MaybeWords
    size: ShotSize
    angle: CameraAngle
    move: MoveId
    motion: Phrase
    changes: Annotated[list[FactText], Field(max_length=3)]
    place_becomes: MaybeWords
    continues: bool
    transition: TransitionId
    photo: PhotoId


class Remark(Part):
    """What the critic found."""

    shots: Annotated[list[ShotId], Field(min_length=1, max_length=3)]
    message: Sentence
    mend: Phrase


class Remarks(Part):
    """All that the critic found, the worst first."""

    remarks: Annotated[list[Remark], Field(max_length=8)]


Reply = Part
"""Any of the above."""


def schema_of(model: type[Reply], ids: Ids) -> dict[str, Any]:
    """The JSON schema of a reply: definitions written out, every list of ids filled in, nothing optional.

    A list whose items have no id to choose from becomes a list of none.
    """
    whole = model.model_json_schema()
    return _filled(whole, whole.get("$defs", {}), ids)


def _filled(node: Mapping[str, Any], definitions: Mapping[str, Any], ids: Ids) -> dict[str, Any]:
    if "$ref" in node:
        return _filled(definitions[str(node["$ref"]).rsplit("/", 1)[-1]], definitions, ids)
    kind = node["type"]
    if kind == "object":
        inner = {name: _filled(part, definitions, ids) for name, part in node["properties"].items()}
        return {"type": "object", "properties": inner, "required": list(inner), "additionalProperties": False}
    if kind == "array":
        items = _filled(node["items"], definitions, ids)
        none = items.get("enum") == []
        least, most = node.get("minItems", 0), 0 if none else node["maxItems"]
        return {"type": "array", "items": {"type": "string"} if none else items, "minItems": least, "maxItems": most}
    if "enum" in node:
        values = [str(value) for value in node["enum"]]
        given = ids.get(values[0].removeprefix("@"), ()) if values[0].startswith("@") else values
        return {"type": "string", "enum": list(given)}
    return {key: node[key] for key in ("type", "pattern") if key in node}
