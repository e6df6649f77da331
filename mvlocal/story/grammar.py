"""A small grammar of plain clauses: every way to read a run of words as phrases, predicates and sentences.

It knows words only, no song; whatever it cannot read whole it leaves alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from mvlocal.story.stating import OTHER, SINGER, NounPhrase, Predicate, Stated, state
from mvlocal.story.vocabulary import Noun, VerbForm, Words

PRONOUNS: dict[str, tuple[str, bool]] = {
    "i": (SINGER, False), "me": (SINGER, False), "you": (OTHER, False), "he": ("a man", False),
    "him": ("a man", False), "she": ("a woman", False), "someone": ("somebody", False),
    "somebody": ("somebody", False), "we": ("{S} and {O}", True), "us": ("{S} and {O}", True),
}  # fmt: skip
_OWNERS = {"my": SINGER, "your": OTHER, "our": "", "his": "his", "her": "her", "its": "its", "their": "their"}
_OWN_KINDS = frozenset({"body", "clothing"})
NOT_SUBJECTS = frozenset({"sound", "text", "time", "gold"})
BE = frozenset({"is", "are", "am", "was", "were", "'s", "'re", "'m", "be", "been", "being"})
_HAVE = frozenset({"have", "has", "had", "'ve"})
_DO = frozenset({"do", "does", "did"})
_LINKING = frozenset({"turn", "run", "grow", "burn", "stand", "lie", "shine", "go", "fall", "glow", "hang", "set"})
_UNCOUNTED = frozenset({"weather", "glow", "food", "gold", "time", "sound", "text"})
_PAIRS = frozenset({"hand", "eye", "arm", "knee", "foot", "shoulder", "ear", "lip", "palm", "fist", "cheek"})
_NUMBERS = frozenset({"one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"})


class Grammar:
    """Reads one segment of a line; every method yields each reading with the index after it, longest first."""

    def __init__(self, words: Words, tokens: Sequence[str]) -> None:
        self.words = words
        self.tokens = tokens

    def at(self, i: int) -> str:
        return self.tokens[i] if i < len(self.tokens) else ""

    def noun(self, i: int) -> Noun | None:
        return self.words.nouns.get(self.at(i))

    def verbs(self, i: int) -> tuple[VerbForm, ...]:
        return self.words.verbs.get(self.at(i), ())

    def modifies(self, i: int) -> bool:
        """Whether the word can stand before a noun."""
        word = self.at(i)
        parts = any(verb.form in {"part", "ing"} and verb.lemma not in {"be", "have"} for verb in self.verbs(i))
        return word in self.words.adjectives or word in self.words.nouns or parts

    def phrase(self, i: int, subject: str = "") -> Iterator[tuple[NounPhrase, int]]:
        """Noun phrases at `i`; `subject` is who acts, so that `my hands` can be told as `both hands`."""
        for first, j in self._plain_phrase(i, subject):
            if self.at(j) in {"of", "and"}:
                link = self.at(j)
                for second, k in self._plain_phrase(j + 1, subject):
                    joined = link == "and"
                    yield (
                        replace(
                            first,
                            text=f"{first.text} {link} {second.text}",
                            plural=first.plural or joined,
                            nouns=first.nouns + second.nouns,
                        ),
                        k,
                    )
            yield first, j

    def _plain_phrase(self, i: int, subject: str) -> Iterator[tuple[NounPhrase, int]]:
        word = self.at(i)
        if word in PRONOUNS:
            text, many = PRONOUNS[word]
            yield NounPhrase(text, word, "person", many), i + 1
            if word != "her":
                return
        owner, determiner, j = "", "", i
        if word in _OWNERS:
            owner, j = word, i + 1
        elif word in self.words.determiners:
            determiner, j = word, i + 1
            if word in {"no", "any"}:
                return
        if not owner and not determiner and word in self.words.adverbs:
            return
        for end in reversed(self._heads(j)):
            yield self._make_phrase(j, end, owner, determiner, subject), end + 1

    def _heads(self, j: int) -> list[int]:
        """Where a phrase whose words start at `j` may have its head: every noun before it breaks off."""
        ends: list[int] = []
        k = j
        while k < len(self.tokens):
            if self.noun(k) is not None:
                ends.append(k)
            owns = self.at(k) == "'s" and k > j and self.noun(k - 1) is not None and self.modifies(k + 1)
            if not owns and not self.modifies(k):
                break
            k += 1
        return ends

    def _make_phrase(self, start: int, end: int, owner: str, determiner: str, subject: str) -> NounPhrase:
        head = self.words.nouns[self.tokens[end]]
        body = " ".join(self.tokens[start : end + 1]).replace(" 's", "'s")
        opening = self._opening(head, owner, determiner, subject)
        if owner and opening == "the" and "'s" in body:
            opening = "a"
        if opening in {"both", "one"}:
            body = self.tokens[end] if start == end else body
        if not opening and not head.plural and head.kind not in _UNCOUNTED and self.at(start) not in _NUMBERS:
            opening = "the"
        nouns = tuple(
            found.lemma for k in range(start, end + 1) if (found := self.words.nouns.get(self.tokens[k])) is not None
        )
        return NounPhrase(f"{opening} {body}".strip(), head.lemma, head.kind, head.plural, nouns)

    def _opening(self, head: Noun, owner: str, determiner: str, subject: str) -> str:
        if not owner:
            return {"this": "the", "that": "the", "these": "the", "those": "the"}.get(determiner, determiner)
        person = _OWNERS[owner]
        if person in {SINGER, OTHER}:
            if head.kind not in _OWN_KINDS | {"person"}:
                return "the"
            if person != subject or head.kind == "person":
                return f"{{{person[1]}'s}}"
            if head.lemma in _PAIRS:
                return "both" if head.plural else "one"
            return "the"
        return person or "the"

    def predicate(self, i: int, subject: str) -> Iterator[tuple[Predicate, int]]:
        """Verb phrases at `i` told by `subject`."""
        while self.at(i) in {"just", "still", "only", "really", "slowly", "softly", "quietly", "gently", "always"}:
            i += 1
        word, after = self.at(i), self.at(i + 1)
        if word in self.words.modals or word == "'ll":
            yield from self.with_form(i + 1, {"base"}, subject)
            return
        if word in _DO and any(verb.form == "base" for verb in self.verbs(i + 1)):
            yield from self.with_form(i + 1, {"base"}, subject)
            return
        if word in _HAVE and after == "been":
            word, i = after, i + 1
        elif word in _HAVE and after:
            yield from self.with_form(i + 1, {"part"}, subject)
            return
        if word in BE:
            yield from self.with_form(i + 1, {"ing"}, subject)
            yield from self._linked(i + 1, subject)
            return
        yield from self.with_form(i, {"base", "third", "past"}, subject)

    def _linked(self, i: int, subject: str) -> Iterator[tuple[Predicate, int]]:
        word = self.at(i)
        part = any(verb.form == "part" and verb.seen for verb in self.verbs(i))
        if word in self.words.adjectives or part:
            for rest, nouns, j in self.tail(i + 1, subject):
                yield Predicate("be", f"{word} {rest}".strip(), nouns, linked=True), j
        for rest, nouns, j in self.tail(i, subject):
            if rest:
                yield Predicate("be", rest, nouns, linked=True), j

    def with_form(self, i: int, forms: set[str], subject: str) -> Iterator[tuple[Predicate, int]]:
        for verb in self.verbs(i):
            if not verb.seen or verb.form not in forms:
                continue
            for rest, nouns, obj, j in self._complement(i + 1, verb.lemma, subject):
                made = Predicate(verb.lemma, rest, nouns, obj)
                if self.at(j) == "and":
                    for more, k in self.predicate(j + 1, subject):
                        yield replace(made, also=more, nouns=made.nouns + more.nouns), k
                yield made, j

    def _complement(self, i: int, verb: str, subject: str) -> Iterator[tuple[str, tuple[str, ...], str, int]]:
        particle = ""
        if self.at(i) in self.words.adverbs and self.at(i) in {"up", "down", "out", "off", "away", "back", "on"}:
            particle = self.at(i)
            for obj, j in self.phrase(i + 1, subject):
                if self._can_take(verb, obj):
                    for rest, nouns, k in self.tail(j, subject):
                        yield f"{particle} {obj.text} {rest}".strip(), obj.nouns + nouns, obj.head, k
        for obj, j in self.phrase(i, subject):
            if self._can_take(verb, obj):
                for rest, nouns, k in self.tail(j, subject):
                    yield f"{obj.text} {rest}".strip(), obj.nouns + nouns, obj.head, k
        if verb in _LINKING and (self.at(i) in self.words.adjectives or self._is_gold(i)):
            for rest, nouns, k in self.tail(i + 1, subject):
                yield f"{self.at(i)} {rest}".strip(), nouns, "", k
        for rest, nouns, k in self.tail(i, subject):
            yield rest, nouns, "", k

    def _is_gold(self, i: int) -> bool:
        noun = self.noun(i)
        return noun is not None and noun.kind == "gold"

    def _can_take(self, verb: str, obj: NounPhrase) -> bool:
        if obj.kind in {"text", "time"} or (verb in {"drink", "eat"} and obj.kind not in {"food", "thing"}):
            return False
        return obj.kind != "sound" or verb in {"sing", "play", "hum", "whistle", "follow"}

    def tail(self, i: int, subject: str) -> Iterator[tuple[str, tuple[str, ...], int]]:
        """Prepositional phrases, adverbs and subordinate clauses, longest first; at the end the empty tail."""
        word = self.at(i)
        if word in self.words.prepositions:
            start = (
                i + 2 if word in {"out", "up", "down", "off"} and self.at(i + 1) in {"of", "to", "on", "in"} else i + 1
            )
            opening = " ".join(self.tokens[i:start])
            for obj, j in self.phrase(start, subject):
                for rest, nouns, k in self.tail(j, subject):
                    yield f"{opening} {obj.text} {rest}".strip(), obj.nouns + nouns, k
        if word in self.words.adverbs and word not in {"again", "still", "forever", "always", "like", "now"}:
            for rest, nouns, k in self.tail(i + 1, subject):
                yield f"{word} {rest}".strip(), nouns, k
        if word in self.words.subordinators:
            for inner, k in self.sentence(i + 1):
                yield f"{'as' if word == 'when' else word} {inner.text}", inner.nouns, k
        yield "", (), i

    def sentence(self, i: int) -> Iterator[tuple[Stated, int]]:
        """Subject and predicate."""
        for subject, j in self.phrase(i):
            if subject.kind in NOT_SUBJECTS or self.at(i) in {"me", "him", "us"}:
                continue
            if subject.text == f"the {self.at(i)}" and self.noun(j) is not None:
                continue  # `taxi lights` is one thing, not a taxi that lights
            for predicate, k in self.predicate(j, subject.text):
                made = state(self.words, subject, predicate)
                if made is not None:
                    yield made, k
