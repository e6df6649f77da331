"""What stays of a model's description of a photo: clothes, place and light, but not the person, whom the trigger names.

It does not know which model wrote it, and trusts nothing of it: what comes out is one short line of plain words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

MAX_CHARACTERS = 200
_PERSON = (
    "person", "woman", "man", "girl", "boy", "lady", "guy", "gentleman", "male", "female", "child", "kid",
    "teenager", "adult", "model", "singer", "musician", "artist", "performer", "figure", "someone", "somebody",
    "blonde", "brunette",
)  # fmt: skip
_HEADLESS = ("photo", "photograph", "photography", "picture", "image", "portrait", "view")
"""What a description may call itself without saying anything by it."""
_TRAITS = (
    "hair", "hairs", "haircut", "beard", "moustache", "mustache", "goatee", "eyes", "eyebrows", "eyelashes",
    "face", "skin", "complexion", "nose", "lips", "cheeks", "freckles", "wrinkles", "dreadlocks", "braids",
    "ponytail", "pigtails",
)  # fmt: skip
"""Parts of the person, who is to be learned: named in a caption, they would not be."""
_SMALL = (
    "and", "or", "in", "on", "at", "of", "with", "without", "by", "near", "from", "to", "while", "wearing",
    "holding", "standing", "sitting", "walking", "looking",
)  # fmt: skip
"""Words that end what belongs to a noun."""
_ARTICLES = ("a", "an", "the", "one")

_ODD = re.compile(r"[^\w\s,'-]|_")
_ARAFED = re.compile(r"\baraf\w*\s*", re.IGNORECASE)
"""A word of no language that large BLIP begins with."""
_LEAD = re.compile(r"^(?:there (?:is|are)|this is|it is|we see|the \w+ (?:shows|features))\s+", re.IGNORECASE)
_LINK = re.compile(r"^(?:(?:that|who|which)\s+)?(?:(?:is|are|was|has been)\s+)?", re.IGNORECASE)
_HELPING = re.compile(r"\b(?:is|are)\s+(?=\w+ing\b)", re.IGNORECASE)
_INNER = rf"(?:(?!(?:{'|'.join(_SMALL)})\b)[\w'-]+\s+){{0,4}}"
_TRAIT = re.compile(
    rf"(?:^|[\s,]+)(?P<glue>with|and|has|having)\s+{_INNER}(?:{'|'.join(_TRAITS)})\b(?!\s+(?:closed|open|shut|covered))"
    r"(?P<more>\s+and\b)?",
    re.IGNORECASE,
)


def without_person(description: str, class_words: str = "", trigger: str = "") -> str:
    """What a description says besides the person, at most `MAX_CHARACTERS` long; empty where nothing is left.

    `a woman in a red coat in a street` becomes `in a red coat in a street`: the trigger word stands for her. Only the
    first person is taken out, since a second one is not to be learned. `class_words` are what else the person may be
    called; `trigger` is not left in it.
    """
    text = _LEAD.sub("", _ARAFED.sub("", plain_line(description)))
    kept = " ".join(word for word in text.split() if word.strip(",'-").casefold() != trigger.casefold())
    head, rest = _split_at_person(kept, {*_PERSON, *class_words.casefold().split()[-1:]})
    if head is not None:
        rest = re.sub(r"^and\b", "with", _HELPING.sub("", _LINK.sub("", rest, count=1)))
    rest = _without_traits(rest)
    return _cut(", ".join(part for part in (head or "", rest.strip(" ,'-")) if part))


def plain_line(text: str) -> str:
    """A text as one line of letters, digits, commas, apostrophes and hyphens."""
    shown = "".join(" " if unicodedata.category(one)[0] in "CZ" else one for one in unicodedata.normalize("NFKC", text))
    return re.sub(r"\s+,", ",", " ".join(_ODD.sub(" ", shown).split())).strip(" ,'-")


def _split_at_person(text: str, called: set[str]) -> tuple[str | None, str]:
    """What stands before the first person (framing, a place, an expression) and after; (None, all) without one."""
    words = text.split()
    place = next((n for n, word in enumerate(words) if word.strip(",'-").casefold() in called), None)
    if place is None:
        return None, text
    start = _start_of_phrase(words, place)
    before = words[:start]
    while before and before[-1].strip(",").casefold() in (*_SMALL, "next"):
        before.pop()
    expression = " ".join(word.strip(",") for word in words[start:place] if word.strip(",").endswith("ing"))
    head = ", ".join(part for part in (_worth_saying(before), expression) if part)
    return head, " ".join(words[place + 1 :])


def _start_of_phrase(words: Sequence[str], place: int) -> int:
    """Where `a young woman` begins, whose last word is at `place`; `young and tall` belongs to it."""
    start = place
    while start:
        before, first = words[start - 1].casefold(), words[start].casefold()
        of_two = before == "and" and first not in _ARTICLES and start < place
        if before.endswith(",") or (before in _SMALL and not of_two):
            break
        start -= 1
    return start


def _worth_saying(before: Sequence[str]) -> str:
    """`a black and white photo`, a place; empty for `a photo`, which says nothing."""
    return (
        " ".join(before).rstrip(",") if any(word.casefold() not in (*_ARTICLES, *_HEADLESS) for word in before) else ""
    )


def _without_traits(text: str) -> str:
    """A text without `with long brown hair` and the like; what is joined to it by `and` stays."""

    def left(found: re.Match[str]) -> str:
        return f" {found['glue']}" if found["more"] else ""

    before = ""
    while text != before:
        before, text = text, _TRAIT.sub(left, text).strip(" ,")
    return text


def _cut(text: str) -> str:
    if len(text) <= MAX_CHARACTERS:
        return text
    return text[: MAX_CHARACTERS + 1].rpartition(" ")[0][:MAX_CHARACTERS].rstrip(" ,") or text[:MAX_CHARACTERS]
