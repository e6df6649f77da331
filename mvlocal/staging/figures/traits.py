"""What tells one silhouette from another, read from the bible's words: appearance, age, clothes.

A name decides nothing. It knows no shapes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import product
from typing import TypeVar, get_args
from zlib import crc32

from mvlocal.schema.staging import Build, Garment, Hair, Headwear, Tone, Traits
from mvlocal.schema.story import Character, Colour, Wardrobe

Value = TypeVar("Value")

_COUNTED = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
)
_NUMBERS = {word: number for number, word in enumerate(_COUNTED.split())}
_NUMBER = rf"(\d{{1,3}}|{'|'.join(_NUMBERS)})"
_AGES = (
    rf"\b{_NUMBER}[- ]years?(?:[- ]old)?\b",
    rf"\b(?:of|aged|age|is|about|around|maybe) {_NUMBER}\b(?! (?:feet|foot|metres?|meters?|inches|buttons|rings))",
    rf"^\s*{_NUMBER}\s*$",
)
_CHILD_AGES = (
    (1.5, r"\b(?:baby|infant|toddler)\b"),
    (8.0, r"\b(?:child|kid|little (?:girl|boy)|small (?:girl|boy)|young (?:girl|boy)|schoolgirl|schoolboy)\b"),
    (10.0, r"\b(?:girl|boy)\b"),
    (14.0, r"\b(?:teenager|teen|teenage|adolescent)\b"),
)
_GROWN = (
    r"\b(?:wom[ae]n|m[ae]n|adult|grown|old|elderly|grand(?:mother|father)|mother|father|lady|girlfriend|boyfriend)\b"
)
_HEIGHTS = ((2, 0.50), (4, 0.60), (6, 0.68), (8, 0.75), (10, 0.81), (12, 0.87), (14, 0.93), (16, 0.98), (18, 1.0))

_PEOPLE = r"(?:wom[ae]n|m[ae]n|girl|boy|person|figure|singer|stranger|lady|guy|fellow|teenager)"
_TALL = r"\b(?:very tall|tall|towering|lanky|long-legged)\b"
_SMALL = rf"\b(?:petite|tiny|short(?:,? \w+)? {_PEOPLE}|small(?:,? \w+)? {_PEOPLE}|diminutive|not tall)\b"

_BUILDS: tuple[tuple[Build, str], ...] = (
    ("slim", r"\b(?:slim|slender|thin|lean|skinny|slight|lanky|wiry|gaunt|willowy|petite|delicate|narrow)\b"),
    (
        "broad",
        r"\b(?:broad|broad-shouldered|stocky|heavy|heavyset|burly|muscular|big|large|stout|plump|round|fat|sturdy|"
        r"strong|thickset|bulky)(?! (?:eyes|hands|coat|jacket|hat|hair|scarf|glasses|jumper|sweater|dress|face))\b",
    ),
)
_BETWEEN = r"(?:[ ,]+(?:and )?[\w-]+){0,4}[ ,]+"
_HAIRS: tuple[tuple[Hair, str], ...] = (
    ("bald", r"\b(?:bald|balding|hairless|shaven-headed|shaved head|shaven head)\b"),
    ("bun", r"\b(?:bun|topknot|chignon|updo|(?:hair|tied|pinned)(?: \w+){0,2} (?:up|back)|pinned[- ]up)\b"),
    ("curly", rf"\b(?:curls|curly|afro|frizzy|ringlets|coils|(?:wild|kinky){_BETWEEN}?hair)\b"),
    ("bob", r"\b(?:bob|bobbed|chin[- ]length|jaw[- ]length|shoulder[- ]length|pageboy|fringe)\b"),
    (
        "long",
        rf"\b(?:long|loose|flowing|waist-length){_BETWEEN}?(?:hair|locks|braids?|plaits?|tresses)\b|\blong-haired\b|"
        r"\bhair (?:\w+ ){0,3}(?:waist|back|elbows)\b|\b(?:braids?|plaits?|dreadlocks|ponytail)\b|"
        r"\bhair (?:is |worn )?long\b",
    ),
    (
        "short",
        rf"\b(?:short|cropped|close-cropped|buzzed|spiky){_BETWEEN}?hair\b|\b(?:crew cut|buzz cut|pixie|crop)\b|"
        r"\bshort-haired\b",
    ),
)  # fmt: skip
_GARMENTS: tuple[tuple[Garment, str], ...] = (
    ("dress", r"\b(?:dress(?! shirt)|gown|robe|kimono|sari|nightgown|frock|wedding dress)\b"),
    ("coat", r"\b(?:coat|overcoat|raincoat|trench ?coat|greatcoat|parka|cloak|cape|mantle|duffel|peacoat|poncho)\b"),
    ("hoodie", r"\b(?:hoodie|hooded|sweatshirt|tracksuit)\b"),
    ("suit", r"\b(?:suit|tuxedo|blazer|tails|dinner jacket|waistcoat)\b"),
    ("skirt", r"\bskirt\b"),
    ("jacket", r"\b(?:jacket|bomber|anorak|windbreaker|leathers|denim|uniform|biker)\b"),
    (
        "shirt",
        r"\b(?:shirt|t-shirt|tee|blouse|vest|sweater|jumper|pullover|cardigan|top|tank top|dungarees|overalls|jeans)\b",
    ),
)  # fmt: skip
_HEADWEAR: tuple[tuple[Headwear, str], ...] = (
    ("crown", r"\b(?:crown|tiara|diadem|crowned)\b"),
    ("cap", r"\b(?:cap|beanie|baseball cap|flat cap|beret|bobble hat|woolly hat|knit hat)\b"),
    ("hat", r"\b(?:hat|fedora|trilby|bowler|stetson|sombrero|straw hat|top hat)\b"),
    ("hood", r"\b(?:hood up|hood|hooded (?:figure|stranger|man|woman)|headscarf|hijab|veil)\b"),
)
_TONES: tuple[tuple[Tone, str], ...] = (
    (3, r"\b(?:red|scarlet|crimson|orange|yellow|mustard|gold|golden|pink|magenta|rust|bright)\b"),
    (4, r"\b(?:white|cream|ivory|pale|silver|light)\b"),
    (2, r"\b(?:grey|gray|blue|green|teal|olive|beige|tan|khaki|lilac|purple|violet|turquoise)\b"),
)
_COLOURS: tuple[tuple[Colour, str], ...] = (
    ("#b03a2c", r"\b(?:red|scarlet|crimson|ruby|vermilion)\b"),
    ("#7a2e35", r"\b(?:burgundy|maroon|wine|oxblood)\b"),
    ("#c9722e", r"\b(?:orange|rust|rusty|copper|amber|terracotta)\b"),
    ("#d3a238", r"\b(?:yellow|mustard|gold|golden|ochre)\b"),
    ("#5d7a4a", r"\b(?:green|olive|moss|emerald|khaki)\b"),
    ("#3f7f82", r"\b(?:teal|turquoise)\b"),
    ("#2b3f66", r"\b(?:navy|dark blue|midnight blue|indigo)\b"),
    ("#4a6f9c", r"\b(?:blue|denim|jeans)\b"),
    ("#77588c", r"\b(?:purple|violet|lilac|lavender|plum)\b"),
    ("#c77f8e", r"\b(?:pink|rose|magenta)\b"),
    ("#7c5a40", r"\b(?:brown|tan|camel|chestnut|leather)\b"),
    ("#c9b48c", r"\b(?:beige|sand|straw|wheat)\b"),
    ("#8b8d90", r"\b(?:grey|gray|silver|charcoal)\b"),
    ("#e6dfd0", r"\b(?:white|cream|ivory)\b"),
    ("#24242a", r"\b(?:black|jet)\b"),
)
"""Colours of clothes, muted as dyed paper is."""
_CLOTHES_NOUN = (
    r"(?:coat|overcoat|raincoat|jacket|dress|gown|robe|skirt|shirt|t-shirt|tee|blouse|suit|hoodie|sweater|jumper|"
    r"cardigan|vest|parka|cloak|cape|uniform|top|sweatshirt|pullover|overalls|dungarees|tuxedo|kimono|poncho|anorak)"
)
_DENIED = (
    r"\b(?:no|without(?: an?| any| the| her| his| their)?|never wears?(?: an?)?|not (?:an?|wearing an?))\s+(?:\w+ )?"
)


def traits_of(character: Character, wardrobe: Wardrobe | None) -> Traits:
    """The character's silhouette in these clothes; without any, in the first the bible gives them.

    Words decide: "a tall woman with long dark hair", "old man, beard, cap", "a girl of nine". Where they say nothing
    of hair and clothes, the character's id picks, always the same.
    """
    body = f"{character.appearance} . {character.age}".lower()
    worn = wardrobe or (character.wardrobe[0] if character.wardrobe else None)
    clothes = worn.description.lower() if worn else ""
    text = _without_denials(f"{clothes} . {body}")
    seed = crc32(character.id.encode())
    person = _without_denials(body)
    build: Build | None = _first(person, _BUILDS)
    hair: Hair | None = _first(text, _HAIRS)
    garment: Garment | None = _first(_without_denials(clothes), _GARMENTS) or _first(person, _GARMENTS)
    headwear: Headwear | None = _first(text, _HEADWEAR)
    tone: Tone | None = _first(clothes, _TONES)
    colour = _garment_colour(_without_denials(clothes)) or _garment_colour(person)
    return Traits(
        height=_height(person, character.age.lower()),
        build=build or "medium",
        hair=hair or _likely_hair(person, seed),
        garment=garment or _likely_garment(person, seed),
        colour=colour,
        headwear=headwear or "none",
        scarf=bool(re.search(r"\b(?:scarf|shawl|neckerchief|bandana)\b", text)),
        glasses=bool(re.search(r"\b(?:glasses|spectacles|sunglasses|goggles)\b", text)),
        beard=bool(re.search(r"\b(?:beard|bearded|whiskers|goatee|unshaven)\b", text)),
        tone=tone or 1,
    )


def _garment_colour(text: str) -> Colour | None:
    """The colour said of a garment: at most three words before its noun."""
    found = re.search(rf"((?:[\w-]+[ ,]+){{1,4}}){_CLOTHES_NOUN}\b", text)
    return _first(found.group(1), _COLOURS) if found else None


def _without_denials(text: str) -> str:
    """`text` without what it says is not there."""
    return re.sub(_DENIED + r"[\w-]+", " ", re.sub(r"\bclean[- ]shaven\b|\bbare-?headed\b", " ", text))


def _first(text: str, table: tuple[tuple[Value, str], ...]) -> Value | None:
    return next((value for value, pattern in table if re.search(pattern, text)), None)


def _likely_hair(text: str, seed: int) -> Hair:
    if re.search(r"\b(?:woman|girl|lady|mother|grandmother|she|her)\b", text):
        return ("bob", "long", "bun")[seed % 3]
    if re.search(r"\b(?:man|boy|guy|father|grandfather|he|his)\b", text):
        return "short"
    return ("short", "bob")[seed % 2]


def _likely_garment(text: str, seed: int) -> Garment:
    if re.search(r"\b(?:girl|bride|princess|ballerina)\b", text):
        return "dress"
    return ("jacket", "shirt", "coat")[seed // 3 % 3]


def _age(text: str, age: str) -> float | None:
    for source in (age, text):
        for pattern in _AGES:
            found = re.search(pattern, source)
            if found:
                word = found.group(1)
                return float(_NUMBERS.get(word) or word) if not word.isdigit() else float(word)
        for years, pattern in _CHILD_AGES:
            if re.search(pattern, source) and not re.search(_GROWN, source):
                return years
    return None


def _height(text: str, age: str) -> float:
    years = _age(text, age)
    height = 1.0
    if years is not None and years < 18:
        after = next(place for place, (limit, _) in enumerate(_HEIGHTS) if years < limit)
        (low, low_h), (high, high_h) = _HEIGHTS[max(after - 1, 0)], _HEIGHTS[max(after, 1)]
        height = low_h + (high_h - low_h) * max(years - low, 0) / (high - low)
    if re.search(_TALL, text) and not re.search(r"\bnot tall\b", text):
        height *= 1.06
    elif re.search(_SMALL, text):
        height *= 0.93
    return round(min(max(height, 0.4), 1.2), 3)


def tell_apart(cast: Sequence[Traits]) -> tuple[Traits, ...]:
    """The same people, changed as little as needed so that any two differ at a glance.

    Two differ where hair, headwear or what they wear does, or where their heights are 0.12 apart; the first keep
    their looks, later ones give way: first in garment and hair, then with a scarf or something on the head.
    """
    told: list[Traits] = []
    for traits in cast:
        told.append(_unlike(traits, told))
    return tuple(told)


def unlikeness(a: Traits, b: Traits) -> float:
    """How far apart two silhouettes are; 1 and more is told at a glance."""
    apart = 0.0
    apart += 0.6 * (a.hair != b.hair and "hood" not in (a.headwear, b.headwear))
    apart += 1.0 * (a.headwear != b.headwear)
    apart += 0.6 * (a.garment != b.garment) + 0.3 * (_long(a) != _long(b))
    apart += 0.5 * (a.build != b.build) + 0.4 * (a.scarf != b.scarf) + 0.4 * (a.beard != b.beard)
    return apart + min(abs(a.height - b.height) / 0.12, 1.5)


def _long(traits: Traits) -> bool:
    return traits.garment in ("coat", "dress")


def _unlike(traits: Traits, others: Sequence[Traits]) -> Traits:
    def fits(candidate: Traits) -> bool:
        return all(unlikeness(candidate, other) >= 1 for other in others)

    if fits(traits):
        return traits
    hairs: tuple[Hair, ...] = ("short", "bob", "bun", "curly") if traits.hair != "bald" else ("bald",)
    garments: tuple[Garment, ...] = ("coat", "jacket", "hoodie", "shirt")
    for scarf, head in product((traits.scarf, True), (traits.headwear, "cap", "hat", "hood")):
        for garment, hair in product((traits.garment, *garments), (traits.hair, *hairs)):
            changed = {"garment": garment, "hair": hair, "scarf": scarf, "headwear": head}
            candidate = traits.model_copy(update=changed)
            if fits(candidate):
                return candidate
    return _by_build(traits, fits)


def _by_build(traits: Traits, fits: Callable[[Traits], bool]) -> Traits:
    """A crowd beyond what hair and clothes can tell apart: differs in build and height too, as far as it goes."""
    for build, height in product(get_args(Build), (0.94, 1.06, 0.88, 1.12)):
        candidate = traits.model_copy(update={"build": build, "height": round(min(traits.height * height, 1.2), 3)})
        if fits(candidate):
            return candidate
    return traits
