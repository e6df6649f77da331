"""Words that mean nearly one thing, so that the verifier recognises a paraphrase.

It does not know rules or stories.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import cast

from ruamel.yaml import YAML

_WORD = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_NEGATIONS = frozenset({"no", "not", "never", "without", "nobody", "nothing", "none", "neither", "nor", "isn", "aren"})
_STOP = frozenset(
    [
        "a", "an", "and", "are", "as", "at", "be", "by", "for", "from", "has", "have", "he", "her", "him", "his", "in",
        "into",
        "is",
        "it", "its", "of", "off", "on", "onto", "or", "out", "over", "she", "that", "the", "their", "them", "they",
        "this",
        "to", "under", "up", "was", "were", "who", "will", "with", "down", "about", "been", "had", "there", "then",
        "while",
    ]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Senses:
    """Group name of each word, by family (`garments`: `jacket` -> `outer`), plain word sets and phrases."""

    groups: Mapping[str, Mapping[str, str]]
    sets: Mapping[str, frozenset[str]]
    phrases: Mapping[str, tuple[str, ...]]


_GROUPS = ("places", "colours", "materials", "conditions", "garments", "props", "times", "weathers")


@cache
def senses() -> Senses:
    """The families, loaded once."""
    text = resources.files("mvlocal.story").joinpath("data", "senses.yaml").read_text(encoding="utf-8")
    data = cast("dict[str, str]", YAML(typ="safe", pure=True).load(text))
    groups: dict[str, dict[str, str]] = {}
    for family in _GROUPS:
        table: dict[str, str] = {}
        for line in data[family].splitlines():
            name, *members = line.split() or [""]
            for member in (name, *members):
                if member:
                    table.setdefault(member, name)
        groups[family] = table
    phrases = {key: tuple(data[key].split("\n")[:-1]) for key in data if key.endswith("_phrases")}
    sets = {key: frozenset(data[key].split()) for key in data if key not in groups and key not in phrases}
    return Senses(groups, sets, phrases)


@lru_cache(maxsize=4096)
def words_of(text: str) -> tuple[str, ...]:
    """Lower-case words in order, possessives stripped; hyphenated words stay whole."""
    plain = text.lower().replace("’", "'")
    return tuple(_WORD.findall(re.sub(r"'s?\b", " ", plain)))


@lru_cache(maxsize=16384)
def stem(word: str) -> str:
    """A rough stem that puts plural, -ing and -ed forms together."""
    for ending, least in (("ies", 5), ("ing", 6), ("ied", 5), ("ed", 5), ("es", 5), ("s", 4)):
        if word.endswith(ending) and len(word) >= least and not word.endswith("ss"):
            base = word[: -len(ending)]
            if ending in {"ies", "ied"}:
                return base + "y"
            if ending in {"ing", "ed"} and len(base) > 3 and base[-1] == base[-2] and base[-1] not in "ls":
                return base[:-1]
            return base.removesuffix("e")
    return word.removesuffix("e")


def content(text: str) -> frozenset[str]:
    """Stems of the words that carry meaning, synonyms folded to one."""
    return frozenset(_fold(word) for word in words_of(text) if word not in _STOP)


@cache
def _fold(word: str) -> str:
    for family in ("props", "garments", "colours"):
        name = senses().groups[family].get(word)
        if name is not None and family == "props":
            return stem(name)
    return stem(word)


def alike(one: Iterable[str], other: Iterable[str]) -> float:
    """How much of the smaller set lies in the larger, 0 to 1."""
    a, b = frozenset(one), frozenset(other)
    return len(a & b) / min(len(a), len(b)) if a and b else 0.0


def found(family: str, text: str) -> dict[str, str]:
    """Words of `text` in a family of groups, each with its group's name; what is denied is left out."""
    table = senses().groups[family]
    words = words_of(text)
    hits: dict[str, str] = {}
    for n, word in enumerate(words):
        parts = [word, *word.split("-")] if "-" in word else [word]
        for part in parts:
            name = table.get(part) or table.get(part.removesuffix("s"))
            if name is not None and not denied(words, n):
                hits[part] = name
                break
    return hits


def among(family: str, text: str) -> tuple[str, ...]:
    """Words of `text` in a plain set, in order; what is denied (`no mirror`) is left out."""
    known = senses().sets[family]
    words = words_of(text)
    return tuple(word for n, word in enumerate(words) if word in known and not denied(words, n))


def phrases_in(family: str, text: str) -> tuple[str, ...]:
    """Phrases of a family that stand in `text` as whole words, not denied."""
    words = words_of(text)
    line = " " + " ".join(words) + " "
    hits: list[str] = []
    for phrase in senses().phrases[family]:
        at = line.find(f" {phrase} ")
        if at >= 0 and not denied(words, line[: at + 1].count(" ") - 1):
            hits.append(phrase)
    return tuple(hits)


def denied(words: tuple[str, ...], index: int) -> bool:
    """Whether one of the three words before `index` is a negation."""
    return any(word in _NEGATIONS for word in words[max(0, index - 3) : index])
