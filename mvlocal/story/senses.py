"""Words that mean nearly one thing, so that the verifier recognises a paraphrase.

It does not know rules or stories. The families stand in `data/senses.yaml`; a word with a star there stands for all
its forms (`carry*`: carries, carried, carrying), and in a phrase `_` is any word and `~` up to three.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import cast

from ruamel.yaml import YAML

from mvlocal.story import vocabulary

_WORD = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_SENTENCE = re.compile(r"[.;:!?…]+")
_NEGATIONS = frozenset({
    "no", "not", "never", "without", "nobody", "nothing", "none", "neither", "nor", "isn", "aren", "cannot", "hardly",
    "barely", "instead", "unlike", "doesn", "don", "didn", "wasn", "weren", "hasn", "haven", "hadn", "won", "wouldn",
    "nowhere", "lacks", "lacking", "minus",
})  # fmt: skip
_SCOPE = 3
_GAP = 3
_STOP = frozenset({
    "a", "an", "and", "are", "as", "at", "be", "by", "for", "from", "has", "have", "he", "her", "him", "his", "in",
    "into", "is", "it", "its", "of", "off", "on", "onto", "or", "out", "over", "she", "that", "the", "their", "them",
    "they", "this", "to", "under", "up", "was", "were", "who", "will", "with", "down", "about", "been", "had", "there",
    "then", "while", "how", "which", "whether",
})  # fmt: skip
_GROUPS = (
    "places", "colours", "materials", "conditions", "garments", "props", "times", "weathers", "synonyms", "features",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Family:
    """Words as they stand, stems of starred words, and phrases by the stem of their first word."""

    words: frozenset[str]
    stems: frozenset[str]
    phrases: Mapping[str, tuple[tuple[str, ...], ...]]

    def has(self, word: str) -> bool:
        """Whether the family names `word` in this form."""
        return word in self.words or not self.stems.isdisjoint(stems(word))


@dataclass(frozen=True, slots=True)
class Senses:
    """Group name of each word, by family (`garments`: `jacket` -> `outer`), and the families without groups."""

    groups: Mapping[str, Mapping[str, str]]
    families: Mapping[str, Family]


@cache
def senses() -> Senses:
    """The families, loaded once."""
    text = resources.files("mvlocal.story").joinpath("data", "senses.yaml").read_text(encoding="utf-8")
    data = cast("dict[str, str]", YAML(typ="safe", pure=True).load(text))
    groups = {family: _grouped(data[family]) for family in _GROUPS}
    return Senses(groups, {key: _family(key, body) for key, body in data.items() if key not in groups})


def _grouped(body: str) -> dict[str, str]:
    table: dict[str, str] = {}
    for line in body.splitlines():
        name, *members = line.split() or [""]
        for member in (name, *members):
            if member:
                table.setdefault(member, name)
    return table


def _family(key: str, body: str) -> Family:
    if key.endswith("_phrases"):
        phrases: defaultdict[str, list[tuple[str, ...]]] = defaultdict(list)
        for line in body.splitlines():
            first, *rest = line.split()
            for one in first.split("/"):
                phrases[_key(one)].append((one, *rest))
        return Family(frozenset(), frozenset(), {key: tuple(found) for key, found in phrases.items()})
    words = body.split()
    starred = frozenset(stem(word[:-1]) for word in words if word.endswith("*"))
    return Family(frozenset(word for word in words if not word.endswith("*")), starred, {})


def _key(token: str) -> str:
    return stem(token.removesuffix("*"))


@lru_cache(maxsize=4096)
def words_of(text: str) -> tuple[str, ...]:
    """Lower-case words in order, possessives stripped; hyphenated words stay whole."""
    plain = text.lower().replace("’", "'")
    return tuple(_WORD.findall(re.sub(r"'s?\b", " ", plain)))


@lru_cache(maxsize=4096)
def commas_of(text: str) -> frozenset[int]:
    """The indices in `words_of(text)` of words that a comma follows."""
    at: set[int] = set()
    count = 0
    for part in text.split(",")[:-1]:
        count += len(words_of(part))
        at.add(count - 1)
    return frozenset(at)


@lru_cache(maxsize=4096)
def sentences_of(text: str) -> tuple[str, ...]:
    """The sentences and half-sentences of `text`, empty ones left out."""
    return tuple(part for part in _SENTENCE.split(text) if part.strip())


@lru_cache(maxsize=16384)
def stem(word: str) -> str:
    """A rough stem that puts plural, -ing and -ed forms together."""
    for ending, least in (("ies", 5), ("ing", 6), ("ied", 5), ("ed", 5), ("es", 5), ("s", 4)):
        if word.endswith(ending) and len(word) >= least and not word.endswith("ss"):
            base = word[: -len(ending)]
            if ending in {"ies", "ied"}:
                return base + "y"
            if ending in {"ing", "ed"} and len(base) > 2 and base[-1] == base[-2] and base[-1] not in "ls":
                return base[:-1]
            return base.removesuffix("e")
    return word.removesuffix("e")


@lru_cache(maxsize=16384)
def stems(word: str) -> frozenset[str]:
    """The stems that `word` may have, irregular verbs and plurals among them (`sold`: `sell`)."""
    return frozenset({stem(word)} | {stem(lemma) for lemma in vocabulary.words().lemmas(word)})


@lru_cache(maxsize=16384)
def head_stem(word: str) -> str:
    """One stem for all forms of a word, an irregular verb's being that of its infinitive."""
    forms = vocabulary.words().verbs.get(word, ())
    return stem(forms[0].lemma) if forms and word not in vocabulary.words().nouns else stem(word)


def content(text: str) -> frozenset[str]:
    """Stems of the words that carry meaning, synonyms folded to one."""
    return frozenset(_fold(word) for word in words_of(text) if word not in _STOP)


@cache
def _fold(word: str) -> str:
    for family in ("props", "synonyms"):
        name = senses().groups[family].get(word)
        if name is not None:
            return stem(name)
    return head_stem(word)


def alike(one: Iterable[str], other: Iterable[str]) -> float:
    """How much of the smaller set lies in the larger, 0 to 1."""
    a, b = frozenset(one), frozenset(other)
    return len(a & b) / min(len(a), len(b)) if a and b else 0.0


def group_of(family: str, word: str) -> str | None:
    """The group of `word`, in the singular or plural."""
    table = senses().groups[family]
    return table.get(word) or table.get(word.removesuffix("s")) or table.get(word.removesuffix("es"))


def names_of(family: str, word: str) -> frozenset[str]:
    """Every word of the group that `word` belongs to, itself among them."""
    table = senses().groups[family]
    name = table.get(word)
    return frozenset({word} | {other for other, group in table.items() if name is not None and group == name})


def found(family: str, text: str) -> dict[str, str]:
    """Words of `text` in a family of groups, each with its group's name; what is denied is left out."""
    hits: dict[str, str] = {}
    for words in map(words_of, sentences_of(text)):
        for n, word in enumerate(words):
            parts = [word, *word.split("-")] if "-" in word else [word]
            known = next((part for part in parts if group_of(family, part) is not None), None)
            if known is not None and not denied(words, n):
                hits[known] = group_of(family, known) or ""
    return hits


@lru_cache(maxsize=65536)
def among(family: str, text: str) -> tuple[str, ...]:
    """Words of `text` in a plain family, in order; what is denied (`no mirror`) is left out."""
    known = senses().families[family]
    sentences = map(words_of, sentences_of(text))
    return tuple(
        word for words in sentences for n, word in enumerate(words) if known.has(word) and not denied(words, n)
    )


@lru_cache(maxsize=65536)
def phrases_in(family: str, text: str) -> tuple[str, ...]:
    """Phrases of a family that stand in one sentence of `text`, as they stand there, not denied."""
    phrases = senses().families[family].phrases
    hits: list[str] = []
    for sentence in sentences_of(text):
        words = words_of(sentence)
        for n, word in enumerate(words):
            starts = {key for key in stems(word) if key in phrases}
            for phrase in (phrase for key in sorted(starts) for phrase in phrases[key]):
                end = _match(phrase, words, n)
                if end is not None and not denied(words, n):
                    hits.append(" ".join(words[n:end]))
    return tuple(hits)


def _match(phrase: tuple[str, ...], words: tuple[str, ...], n: int) -> int | None:
    """The index after `phrase` where it stands in `words` at `n`, else None."""
    if not phrase:
        return n
    if phrase[0] == "~":
        tries: Iterator[int] = iter(range(n, min(n + _GAP, len(words)) + 1))
        return next((end for k in tries if (end := _match(phrase[1:], words, k)) is not None), None)
    if n >= len(words) or not _is(phrase[0], words[n]):
        return None
    return _match(phrase[1:], words, n + 1)


def _is(part: str, word: str) -> bool:
    if part == "_":
        return True
    if part.endswith("*"):
        return stem(part[:-1]) in stems(word)
    return word in part.split("/")


def denied(words: tuple[str, ...], index: int) -> bool:
    """Whether one of the three words before `index` is a negation (`no longer` and `nothing but` are none)."""
    for n in range(max(0, index - _SCOPE), index):
        if words[n] in _NEGATIONS and (n + 1 >= len(words) or words[n + 1] not in {"but", "longer", "more", "less"}):
            return True
    return False
