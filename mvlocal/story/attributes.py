"""What a sentence says of a thing: the colours and materials before its noun and after it.

It does not know rules or stories.
"""

from __future__ import annotations

from collections.abc import Collection

from mvlocal.story.senses import commas_of, senses, words_of
from mvlocal.story.vocabulary import words as lexicon

_BREAKS = frozenset({
    "the", "a", "an", "her", "his", "their", "this", "that", "and", "over", "of", "with", "in", "on", "at", "by",
})  # fmt: skip
_LINKS = frozenset({
    "is", "are", "was", "were", "be", "been", "being", "has", "have", "of", "in", "from", "as", "made", "cut", "sewn",
    "knitted", "woven", "carved", "painted", "dyed", "which", "looks", "turns", "turned", "wears", "worn", "laid",
    "paved", "built", "clad", "covered", "lined", "gleams", "glows", "shines", "glitters", "flashes", "done", "hewn",
    "she", "he", "that", "with", "around", "under", "beneath", "beside", "behind", "before", "near", "round", "her",
    "him", "them", "over", "above", "below",
})  # fmt: skip
_DEGREES = frozenset({
    "all", "a", "an", "the", "up", "out", "very", "so", "bright", "deep", "loud", "pure", "polished", "plain", "rough",
    "smooth", "solid", "old", "short", "long", "straight", "curly", "now", "entirely", "mostly",
})  # fmt: skip
_REACH = 6


def before(sentence: str, n: int, stops: Collection[str] = ()) -> tuple[str, ...]:
    """The up to three words before word `n` of a sentence that may describe it, nearest first."""
    words, commas = words_of(sentence), commas_of(sentence)
    kept: list[str] = []
    for k in range(n - 1, max(0, n - 3) - 1, -1):
        word = words[k]
        listed = k in commas and not _is_attribute(word)
        if listed or word in _BREAKS or word in stops:
            break
        kept.extend([word, *word.split("-")] if "-" in word else [word])
    return tuple(kept)


def after(sentence: str, n: int, names: Collection[str] = ()) -> tuple[str, ...]:
    """Colours and materials said after word `n` of a sentence: `the jacket is of green tweed`, `a coat, red as rust`.

    `names` may stand between (`the jacket Jonas wears is green`). What belongs to the next thing (`with a red lamp`),
    or covers this one (`white with dust`), is not said of it.
    """
    words, commas = words_of(sentence), commas_of(sentence)
    said: list[str] = []
    linked = n in commas
    for k in range(*_span_after(words, commas, n)):
        word = words[k]
        if _is_attribute(word) and linked:
            follows = words[k + 1] if k + 1 < len(words) and k not in commas else ""
            if follows == "with" or (_is_thing(follows) and not _is_attribute(follows)):
                return ()
            said.append(word)
        elif word in _LINKS or word in names:
            linked = True
        elif said or word not in _DEGREES:
            break
    return tuple(said)


def _span_after(words: tuple[str, ...], commas: frozenset[int], n: int) -> tuple[int, int]:
    """Where to look for what is said after word `n`; an aside between commas (`, once plain,`) is left out."""
    start = n + 1
    if n in commas:
        closing = next((k for k in sorted(commas) if k > n), None)
        aside = closing is not None and not any(_is_attribute(word) for word in words[start : closing + 1])
        start = closing + 1 if closing is not None and aside else start
    return start, min(start + _REACH, len(words))


def _is_attribute(word: str) -> bool:
    groups = senses().groups
    return word in groups["colours"] or word in groups["materials"]


def _is_thing(word: str) -> bool:
    return word in lexicon().nouns and word not in lexicon().verbs
