"""Who is in the story: the singer, the one sung to, what they wear and carry.

It does not know shots.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from mvlocal.schema.story import Character, Wardrobe
from mvlocal.story import vocabulary
from mvlocal.story.reading import Reading, clean
from mvlocal.story.scenery import stable
from mvlocal.story.tokens import normalise, tokens_of
from mvlocal.story.vocabulary import Mood

OTHER_ID = "other"
OTHER_NAME = "the grey figure"
FIRST, LAST = "first", "last"
PORTABLE = frozenset({
    "letter", "key", "suitcase", "case", "bag", "lantern", "umbrella", "phone", "telephone", "flower", "rose", "candle",
    "photograph", "photo", "picture", "ring", "bottle", "cup", "book", "coin", "map", "match", "knife", "gun", "guitar",
    "envelope", "kite", "balloon", "stone", "cigarette", "watch", "card", "rope", "glass", "coat", "hat", "doll",
})  # fmt: skip
_AT_HAND = frozenset({"glass", "cup", "bottle", "cigarette", "stone", "match"})
_GIVEN_UP = frozenset({"drop", "leave", "throw", "lose", "give", "bury", "burn", "break", "toss", "steal"})
_OPENS = frozenset({"coat", "overcoat", "jacket", "cloak", "cardigan"})
_UNDER = "a plain charcoal jumper, dark trousers and worn boots"
_LATER = "a white collarless shirt with the sleeves rolled, dark trousers, worn boots"
_OVERCOAT = "a dark wool overcoat over a plain grey jumper, black trousers, worn boots"
_DENIM = "a faded denim jacket over a white shirt, dark trousers, canvas shoes"
_GREEN = "a long moss-green coat, a cream roll-neck, brown boots"
_CORDUROY = "a rust-coloured corduroy jacket, a navy jumper, dark trousers"
_SUIT = "a black suit jacket over an open white shirt, black trousers"
_LEATHER = "a black leather jacket over a torn grey shirt, black jeans, heavy boots"
_CARDIGAN = "a long cream cardigan over a pale blue shirt, dark trousers"
_CLOTHES: Mapping[Mood, tuple[str, ...]] = {
    "tender": (_CARDIGAN, _CORDUROY, _GREEN), "longing": (_OVERCOAT, _GREEN, _CORDUROY), "grief": (_OVERCOAT, _SUIT),
    "anger": (_LEATHER, _DENIM), "joy": (_DENIM, _CORDUROY), "calm": (_CARDIGAN, _GREEN),
    "wonder": (_GREEN, _CARDIGAN), "fear": (_OVERCOAT, _SUIT), "defiance": (_LEATHER, _SUIT, _DENIM),
}  # fmt: skip
EMOTIONS: Mapping[Mood, tuple[str, ...]] = {
    "tender": ("tender", "at ease", "careful"),
    "longing": ("yearning", "far away in thought", "waiting"),
    "grief": ("stricken", "numb", "holding back tears"),
    "anger": ("furious", "clenched", "defiant"),
    "joy": ("elated", "laughing", "light"),
    "calm": ("calm", "absorbed", "at rest"),
    "wonder": ("amazed", "open", "hushed"),
    "fear": ("wary", "afraid", "alert"),
    "defiance": ("resolute", "proud", "unafraid"),
}


@dataclass(frozen=True, slots=True)
class Cast:
    """The singer, how sentences name her or him, and what she or he carries from the start."""

    singer: Character
    called: str
    carried: tuple[str, ...]

    @property
    def other(self) -> Character:
        """The one the song is sung to: always there, never seen in the face."""
        return Character(
            id=OTHER_ID,
            name=OTHER_NAME,
            trigger="greyfigure",
            appearance="Seen from behind, at the edge of frame or out of focus; slim; the face is never shown.",
            age="adult",
            wardrobe=(Wardrobe(id="grey", description="a long pale grey coat with the collar up"),),
            sings=False,
        )


def plan_cast(artist: str, readings: Sequence[Reading], mood: Mood, seed: int) -> Cast:
    """The cast for an artist (may be empty) and the lyrics' own clothes and things."""
    name = clean(artist, 60) or "the singer"
    carried = _carried(readings)
    worn = _worn(readings) or _CLOTHES[mood][stable(seed, "clothes", mood) % len(_CLOTHES[mood])]
    first = worn.split(" over ")[0].split(",")[0]
    later = f"{first}, open, over {_LATER}" if _OPENS & set(first.split()) else f"{worn}, a long pale cardigan over it"
    singer = Character(
        id=_id_of(name),
        name=name,
        trigger=_trigger(name),
        appearance="The artist of the song, as in the photos; one and the same face, hair and build in every shot.",
        age="adult",
        wardrobe=(Wardrobe(id=FIRST, description=worn), Wardrobe(id=LAST, description=later)),
        props=carried,
        sings=True,
    )
    return Cast(singer, _called(name), carried)


def gives_up(reading: Reading) -> str | None:
    """The prop that the singer parts with in this line, if it says so."""
    if reading.who == "the singer" and reading.action in _GIVEN_UP and reading.object in PORTABLE:
        return reading.object
    return None


def _carried(readings: Sequence[Reading]) -> tuple[str, ...]:
    """Portable things that the lyrics give the singer: `my keys`, `your letter`, or named twice."""
    counts: Counter[str] = Counter()
    for reading in readings:
        tokens = tokens_of(normalise(reading.text))
        for n, token in enumerate(tokens):
            noun = vocabulary.words().nouns.get(token)
            if noun is not None and noun.lemma in PORTABLE and noun.kind != "clothing":
                owned = n > 0 and tokens[n - 1] in {"my", "your", "one", "a", "the"}
                counts[noun.lemma] += 2 if n > 0 and tokens[n - 1] in {"my", "your"} else 1 if owned else 0
    return tuple(name for name, count in counts.most_common(3) if count >= 2 and name not in _AT_HAND)


def _worn(readings: Sequence[Reading]) -> str:
    """`a red coat` in the lyrics dresses the singer."""
    words = vocabulary.words()
    for reading in readings:
        tokens = tokens_of(normalise(reading.text))
        if set(tokens) & {"you", "your", "she", "he", "her", "his", "they"}:
            continue
        for before, word in pairwise(tokens):
            noun = words.nouns.get(word)
            if noun is None or noun.kind != "clothing" or before not in words.colours or noun.plural:
                continue
            if noun.lemma in {"coat", "jacket", "cloak", "jumper", "sweater"}:
                return f"a {before} {noun.lemma} over {_UNDER}"
            if noun.lemma in {"dress", "gown", "suit", "uniform"}:
                return f"a {before} {noun.lemma}, plain shoes"
            return f"a {before} {noun.lemma}, with {_UNDER}"
    return ""


def _ascii(name: str) -> str:
    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()


def _id_of(name: str) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", _ascii(name)).strip("-")[:30].strip("-")
    return slug if slug and slug[0].isalpha() and slug != OTHER_ID else "singer"


def _trigger(name: str) -> str:
    letters = re.sub(r"[^a-z]", "", _ascii(name))[:16]
    return letters if len(letters) >= 3 else "mvsinger"


def _called(name: str) -> str:
    """How sentences name the singer: a first name where it is one, else `the singer`."""
    parts = name.split()
    band = {"the", "and", "&", "dj", "mc", "band", "orchestra", "of", "los", "les", "die"}
    if any(part.lower() in band for part in parts) or any(c.isdigit() for c in name):
        return "the singer"
    if 1 <= len(parts) <= 3 and all(part[0].isalpha() for part in parts) and len(parts[0]) > 1:
        return parts[0]
    return "the singer"
