"""A shot of the plan in the words that image and video models follow: what it shows, who, where, in what light.

It does not know models: tokens are counted by whoever calls. What has no room is left out by priority and told, never
cut; the same shot gives the same words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from mvlocal.schema.story import (
    CameraAngle,
    CameraMove,
    Character,
    Level,
    Location,
    PlaceKind,
    Presence,
    Shot,
    ShotSize,
    StoryBible,
    TimeOfDay,
    Weather,
)
from mvlocal.shots.colour_words import palette_words

CountTokens = Callable[[str], int]

_SIZES: Mapping[ShotSize, str] = {
    "extreme-wide": "extreme wide shot, small in a vast space",
    "wide": "wide shot",
    "full": "full shot, whole body in frame",
    "medium": "medium shot, from the waist up",
    "close-up": "close-up",
    "extreme-close-up": "extreme close-up, macro detail",
}
_NO_PEOPLE: Mapping[ShotSize, str] = {
    "extreme-wide": "extreme wide shot, vast view",
    "full": "full shot",
    "medium": "medium shot",
}
"""Where nobody is in the shot, sizes say nothing of bodies."""
_ANGLES: Mapping[CameraAngle, str] = {
    "eye-level": "",
    "low": "seen from below, low angle",
    "high": "seen from above, high angle",
    "overhead": "seen from straight overhead, top-down",
    "dutch": "tilted horizon, dutch angle",
}
_TIMES: Mapping[TimeOfDay, str] = {
    "dawn": "at dawn, first light",
    "morning": "in the morning",
    "noon": "at noon",
    "afternoon": "in the afternoon",
    "dusk": "at dusk, last light",
    "night": "at night",
}
_WEATHERS: Mapping[Weather, str] = {
    "clear": "",
    "cloudy": "under a cloudy sky",
    "rain": "in the rain, wet surfaces",
    "snow": "in falling snow",
    "fog": "in thick fog",
    "wind": "in strong wind",
}
_LEVELS: Mapping[Level, str] = {
    "present": "",
    "memory": "a memory, faded, soft edges, hazy",
    "dream": "a dream, surreal, floating, unreal light",
}
_MOVES: Mapping[CameraMove, str] = {
    "static": "locked camera",
    "push-in": "the camera slowly moves in",
    "pull-out": "the camera slowly moves back",
    "pan-left": "the camera pans left",
    "pan-right": "the camera pans right",
    "tilt-up": "the camera tilts up",
    "tilt-down": "the camera tilts down",
    "drift": "the camera floats gently sideways",
}
_INDOORS: frozenset[PlaceKind] = frozenset(
    {"train", "room", "window", "stage", "kitchen", "hall", "stairwell", "bar", "church", "car", "airport"}
)
_BEHIND_GLASS: Mapping[Weather, tuple[str, str]] = {
    "rain": ("rain on the windows", "rain runs down the glass"),
    "snow": ("snow outside the windows", "snow falls outside the glass"),
    "fog": ("fog outside the windows", ""),
}
"""Weather indoors: how it looks, and how it moves."""
_AIR: Mapping[Weather, str] = {
    "rain": "rain falls steadily",
    "snow": "snow drifts down",
    "fog": "fog drifts slowly",
    "wind": "wind moves cloth, hair and leaves",
    "clear": "",
    "cloudy": "",
}
_CLOSE: frozenset[ShotSize] = frozenset({"close-up", "extreme-close-up"})
_FAR: frozenset[ShotSize] = frozenset({"wide", "extreme-wide"})
_BELOW_THE_WAIST = re.compile(
    r"\b(trousers|jeans|pants|skirt|shorts|boots?|shoes?|sneakers|sandals|socks|stockings|heels)\b", re.IGNORECASE
)
_FOR_READERS = re.compile(r"\b(photos?|every shot|one and the same|same face|artist of the song)\b", re.IGNORECASE)
"""Clauses that speak to whoever reads the bible, and show nothing."""
_UNWANTED = re.compile(r"^no (?P<what>.+?)(?: in (?:the )?(?:frame|picture|shot))?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ShotPrompt:
    """The words for one still. `shows` is what a picture of it should show, in plain words without trigger words, for
    whoever compares the two. `notes` name what was left out, and why."""

    prompt: str
    negative: str
    shows: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wording:
    """How prompts are written. `called`: the trigger word of the LoRA that a character wears, by the character's id;
    others are described. `budget`: tokens of a prompt. `negative` and `avoid`: what pictures keep out."""

    count: CountTokens
    budget: int
    called: Mapping[str, str] = field(default_factory=dict[str, str])
    negative: str = ""
    avoid: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of a prompt: its rank (0 stays whatever happens; the highest goes first), what it is, and its clauses,
    of which the last goes first."""

    rank: int
    what: str
    clauses: tuple[str, ...]


def about_tokens(text: str) -> int:
    """Roughly how many tokens CLIP sees in a text: one a word or mark, and more for long words. Needs no model."""
    words = re.findall(r"[^\W\d_]+|\d|[^\w\s]+", text)
    return sum(1 + (len(word) - 1) // 8 if word.isalpha() else 1 for word in words)


def shot_prompt(bible: StoryBible, shot: Shot, wording: Wording, state: Sequence[str] = ()) -> ShotPrompt:
    """The words for the still of a shot. `state` is what the story did to the place (`flooded`)."""
    look, unwanted = _style(bible.style)
    pieces, notes = _pieces(bible, shot, wording, look, state)
    prompt, left_out = _within(pieces, wording)
    negative = ", ".join(dict.fromkeys([*_listed(wording.negative), *wording.avoid, *unwanted]))
    shows = _plain(shot.visual, bible.characters)
    return ShotPrompt(prompt, negative, shows, (*notes, *left_out))


def motion_prompt(bible: StoryBible, shot: Shot) -> str:
    """What moves in a shot, for models that animate a still by words: no looks, no names, no clothes."""
    said = shot.motion or _MOVES[shot.camera.move]
    place = next(one for one in bible.locations if one.id == shot.location)
    air = _BEHIND_GLASS.get(shot.weather, ("", ""))[1] if place.kind in _INDOORS else _AIR[shot.weather]
    parts = [_plain(shot.visual, bible.characters), said, air]
    return " ".join(_sentence(part) for part in parts if part)


def _pieces(
    bible: StoryBible, shot: Shot, wording: Wording, look: Sequence[str], state: Sequence[str]
) -> tuple[list[_Piece], list[str]]:
    """Everything that could be said, in the order in which it is said, and notes on what shows nothing."""
    place = next(one for one in bible.locations if one.id == shot.location)
    scene = _place(place, shot)
    notes: list[str] = []
    pieces = [
        _Piece(1, "style", tuple(look[:1])),
        _Piece(0, "framing", _framing(shot)),
        _Piece(0, "visual", (_called(shot.visual, bible.characters, wording.called),)),
    ]
    for presence in shot.characters:
        person = next(one for one in bible.characters if one.id == presence.id)
        pieces += _person(person, presence, shot, wording.called.get(person.id, ""), notes)
    pieces += [
        _Piece(4, "things", tuple(_things(shot))),
        _Piece(1, "place", scene[:1]),
        _Piece(2, "place", scene[1:2]),
        _Piece(4, "place", scene[2:]),
        _Piece(2, "state of the place", tuple(state)),
        _Piece(1, "time", _listed(_TIMES[shot.time_of_day])),
        _Piece(2, "weather", _listed(_weather(shot, place))),
        _Piece(1, "level", _listed(_LEVELS[shot.level])),
        _Piece(5, "light", _listed(place.light)),
        _Piece(6, "style", tuple(look[1:])),
        _Piece(7, "palette", (palette_words(place.palette),)),
    ]
    return [piece for piece in pieces if any(piece.clauses)], notes


def _framing(shot: Shot) -> tuple[str, ...]:
    size = shot.camera.size
    words = _SIZES[size] if shot.characters else _NO_PEOPLE.get(size, _SIZES[size])
    return _listed(f"{words}, {_ANGLES[shot.camera.angle]}")


def _person(person: Character, presence: Presence, shot: Shot, trigger: str, notes: list[str]) -> list[_Piece]:
    """Who is in the shot, in what clothes, where and how."""
    size = shot.camera.size
    worn = next(one.description for one in person.wardrobe if one.id == presence.wardrobe)
    clothes = [part for part in _clauses(worn) if not (size in _CLOSE and _BELOW_THE_WAIST.search(part))]
    named = trigger or _described(person)
    said = _clauses(person.appearance)
    looks = [part for part in said if not _FOR_READERS.search(part)]
    if len(looks) < len(said):
        idle = ", ".join(part for part in said if part not in looks)
        notes.append(f"not said of {person.name}, since it shows nothing: {idle}")
    feeling = f"looking {presence.emotion}" if presence.emotion and size not in _FAR else ""
    return [
        _Piece(1, f"{person.name}'s clothes", (f"{named} wearing {', '.join(clothes)}",) if clothes else (named,)),
        _Piece(2, f"{person.name}'s looks", tuple(looks)),
        _Piece(4, f"{person.name}'s feeling", (feeling,)),
        _Piece(5, f"where {person.name} is", (_where(presence.position),)),
    ]


def _described(person: Character) -> str:
    """Someone without a LoRA: by a name that says something, or by age."""
    if not person.name[:1].isupper():
        return person.name
    return f"{_article(person.age)} {person.age}" if person.age.isalpha() else "a person"


def _where(position: str) -> str:
    whole = position.removeprefix("in the ").removeprefix("the ")
    return f"in the {whole} of the frame" if whole.endswith(("third", "centre")) and " of " not in whole else position


def _weather(shot: Shot, place: Location) -> str:
    if place.kind in _INDOORS:
        return _BEHIND_GLASS.get(shot.weather, ("", ""))[0]
    return _WEATHERS[shot.weather]


def _things(shot: Shot) -> list[str]:
    """Things in the shot that its visual does not name."""
    held = [prop for presence in shot.characters for prop in presence.props]
    names = dict.fromkeys(prop.replace("-", " ").replace("_", " ") for prop in (*held, *shot.props))
    unsaid = (name for name in names if not re.search(rf"\b{re.escape(name)}s?\b", shot.visual, re.IGNORECASE))
    return [f"{_article(name)} {name}" for name in unsaid]


def _place(place: Location, shot: Shot) -> tuple[str, ...]:
    """Its name and the registry's words; at the closest the place is what is behind."""
    if shot.camera.size == "extreme-close-up":
        return (f"{place.name} out of focus behind",)
    return (place.name, *_clauses(place.description))


def _style(style: str) -> tuple[list[str], list[str]]:
    """The clauses of the style line, and what it says that no picture should show (`No legible writing in frame`)."""
    wanted: list[str] = []
    unwanted: list[str] = []
    for sentence in re.split(r"[.;]\s*", style):
        found = _UNWANTED.match(sentence.strip())
        if found:
            unwanted.append(found["what"])
        elif sentence.strip():
            wanted.append(sentence.strip())
    return wanted, unwanted


def _within(pieces: Sequence[_Piece], wording: Wording) -> tuple[str, list[str]]:
    """The prompt, and notes on what had no room: the last clause of the highest rank goes first."""
    kept = [list(piece.clauses) for piece in pieces]
    gone: dict[int, list[str]] = {}
    while wording.count(_joined(kept)) > wording.budget:
        last = max(
            (n for n, piece in enumerate(pieces) if piece.rank > 0 and kept[n]),
            key=lambda n: (pieces[n].rank, n),
            default=None,
        )
        if last is None:
            over = wording.count(_joined(kept))
            return _joined(kept), [*_told(pieces, gone), f"{over} tokens, more than {wording.budget}: all are used"]
        gone.setdefault(last, []).insert(0, kept[last].pop())
    return _joined(kept), _told(pieces, gone)


def _told(pieces: Sequence[_Piece], gone: Mapping[int, list[str]]) -> list[str]:
    return [f"no room for {pieces[n].what}: {', '.join(clauses)}" for n, clauses in sorted(gone.items())]


def _joined(kept: Sequence[Sequence[str]]) -> str:
    clauses = (clause.strip().rstrip(".,;") for piece in kept for clause in piece)
    return ", ".join(dict.fromkeys(clause for clause in clauses if clause))


def _clauses(text: str) -> list[str]:
    """A description's parts, at sentence ends, semicolons and commas."""
    return [part.strip() for part in re.split(r"[.;,]\s+|\.$", text) if part.strip()]


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _called(text: str, characters: Sequence[Character], called: Mapping[str, str]) -> str:
    """The text with the trigger words of those who have one in the place of their names, and `a person` for others."""
    return _renamed(text, [(one, called.get(one.id) or _other_name(one)) for one in characters])


def _plain(text: str, characters: Sequence[Character]) -> str:
    return _renamed(text, [(one, _other_name(one)) for one in characters])


def _other_name(person: Character) -> str:
    """A proper name says nothing to a model; `the grey figure` does."""
    return "the person" if person.name[:1].isupper() else person.name


def _renamed(text: str, names: Sequence[tuple[Character, str]]) -> str:
    for person, name in names:
        first = person.name.split()[0]
        known = [person.name, *([first] if first[:1].isupper() and len(first) > 2 else [])]
        pattern = rf"\b(?:{'|'.join(map(re.escape, known))})\b"
        text = re.sub(pattern, lambda _found, name=name: name, text)
    return f"T{text[1:]}" if text.startswith("the ") else text


def _article(noun: str) -> str:
    return "an" if noun[:1].lower() in "aeiou" else "a"


def _sentence(text: str) -> str:
    text = text.strip().rstrip(".")
    return f"{text[:1].upper()}{text[1:]}."
