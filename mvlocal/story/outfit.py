"""What somebody wears, as a wardrobe describes it, and what a sentence says against it.

It does not know shots or rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mvlocal.story.attributes import after, before
from mvlocal.story.senses import among, denied, group_of, phrases_in, senses, sentences_of, words_of

_CLOTHED = frozenset({"outer", "top", "suit", "dress"})
_FOREIGN = frozenset({"outer", "dress", "suit", "skirt"})
_LIMBS = frozenset({"feet", "foot", "toes", "hand", "hands", "eye", "eyes", "flame", "bulb", "head"})
_BY = frozenset({"wearing", "wears", "in", "dressed", "her", "his", "their", "with"})
_CLOTHES = frozenset({"outfit", "clothes", "clothing", "garb", "attire"})

Clash = tuple[str, bool]
"""What a sentence says, and whether it plainly contradicts what is worn."""


@dataclass(frozen=True, slots=True)
class Outfit:
    """The kinds of garment worn, each with what is said of it; `others`: kinds that somebody else in the shot wears."""

    kinds: Mapping[str, frozenset[str]]
    colours: frozenset[str]
    others: frozenset[str]
    names: frozenset[str]

    @classmethod
    def of(cls, worn: str, others: str = "", names: frozenset[str] = frozenset()) -> Outfit:
        """Reads a wardrobe's description; `names` are those of who wears it."""
        words = words_of(worn)
        garments = senses().groups["garments"]
        kinds = {
            kind: frozenset((*before(worn, n, garments), *after(worn, n)))
            for n, word in enumerate(words)
            if (kind := group_of("garments", word))
        }
        colours = frozenset(senses().groups["colours"][word] for word in words if word in senses().groups["colours"])
        theirs = frozenset(kind for word in words_of(others) if (kind := group_of("garments", word)))
        return cls(kinds, colours, theirs, names)

    def clash(self, text: str) -> Clash | None:
        """The first thing that `text` says of clothes and this outfit denies."""
        bare = phrases_in("bare_phrases", text)
        if bare and _CLOTHED & self.kinds.keys():
            return f"“{bare[0]}”", True
        for sentence in sentences_of(text):
            words = words_of(sentence)
            for n in range(len(words)):
                found = None if denied(words, n) else self._at(words, n, sentence)
                if found is not None:
                    return found
        return None

    def _at(self, words: tuple[str, ...], n: int, sentence: str) -> Clash | None:
        word = words[n]
        kind = group_of("garments", word)
        if word in _CLOTHES:
            return self._whole(sentence, n)
        if kind is None or (kind in self.others and kind not in self.kinds):
            return None
        if kind == "bare":
            limb = n + 1 < len(words) and words[n + 1] in _LIMBS
            return None if word == "bare" or limb else (f"“{word}”", bool(self.kinds))
        if kind in self.others:
            return None
        if kind not in self.kinds:
            put_on = (
                _is_worn(words, n)
                or set(among("dressing", sentence)) - {word}
                or self.names & set(words[n + 1 : n + 4])
            )
            return (f"a {word}", True) if kind in _FOREIGN and put_on else None
        return self._told_otherwise(sentence, n, kind)

    def _told_otherwise(self, sentence: str, n: int, kind: str) -> Clash | None:
        """A garment that is worn, in another colour or material."""
        words = words_of(sentence)
        said_of_it = {*before(sentence, n, senses().groups["garments"]), *after(sentence, n, self.names)}
        for family in ("colours", "materials"):
            table = senses().groups[family]
            mine = {table[word] for word in self.kinds[kind] if word in table}
            said = {table[word] for word in said_of_it if word in table}
            if said and mine and not said & mine:
                return f"a {' '.join([*sorted(said), words[n]])}", True
            if said and not mine and family == "colours" and _is_worn(words, n):
                return f"a {' '.join([*sorted(said), words[n]])}", False
        return None

    def _whole(self, sentence: str, n: int) -> Clash | None:
        """`a white outfit` for a black one."""
        table = senses().groups["colours"]
        said = {table[word] for word in (*before(sentence, n), *after(sentence, n)) if word in table}
        if said and self.colours and not said & self.colours:
            return f"{sorted(said)[0]} {words_of(sentence)[n]}", True
        return None


def _is_worn(words: tuple[str, ...], n: int) -> bool:
    return bool(_BY & set(words[max(0, n - 5) : n]))
