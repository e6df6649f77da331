"""A small grammar of plain clauses: what a lyric states outright is told over in the present, third person.

It knows words only, no song; whatever it cannot read whole it leaves alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from mvlocal.story.vocabulary import Noun, VerbForm, Words

SINGER = "{S}"
OTHER = "{O}"
MAX_WORDS = 14
_PRONOUNS: dict[str, tuple[str, bool]] = {
    "i": (SINGER, False), "me": (SINGER, False), "you": (OTHER, False), "he": ("a man", False),
    "him": ("a man", False), "she": ("a woman", False), "someone": ("somebody", False),
    "somebody": ("somebody", False), "we": ("{S} and {O}", True), "us": ("{S} and {O}", True),
}  # fmt: skip
_OWNERS = {"my": SINGER, "your": OTHER, "our": "", "his": "his", "her": "her", "its": "its", "their": "their"}
_OWN_KINDS = frozenset({"body", "clothing"})
_NOT_SUBJECTS = frozenset({"sound", "text", "time", "gold"})
_BE = frozenset({"is", "are", "am", "was", "were", "'s", "'re", "'m", "be", "been", "being"})
_HAVE = frozenset({"have", "has", "had", "'ve"})
_DO = frozenset({"do", "does", "did"})
_LINKING = frozenset({"turn", "run", "grow", "burn", "stand", "lie", "shine", "go", "fall", "glow", "hang", "set"})
_ENDEARMENTS = frozenset({"baby", "darling", "honey", "babe", "love", "dear", "girl", "boy", "sweetheart"})
_DEFAULT_VERB = {
    "person": "stand", "animal": "wait", "body": "rest", "clothing": "lie", "thing": "lie", "vehicle": "wait",
    "building": "stand", "nature": "stand", "food": "stand", "ground": "lie", "weather": "move", "sky": "hang",
    "glow": "lie",
}  # fmt: skip
_CALLED = frozenset({"vehicle", "animal", "person", "sky", "nature", "weather"})
_UNCOUNTED = frozenset({"weather", "glow", "food", "gold", "time", "sound", "text"})
_UNSEEN_OF_OTHER = frozenset({"face", "eye", "lip", "mouth", "tongue", "cheek"})
_PAIRS = frozenset({"hand", "eye", "arm", "knee", "foot", "shoulder", "ear", "lip", "palm", "fist", "cheek"})
_TOKEN = re.compile(r"\bn't\b|[a-z]+(?:-[a-z]+)*|'(?:s|re|m|ve|ll|d)\b")
_SPLIT = re.compile(r"[,;:.!?()\[\]\"“”…]+|\s[-–—]+\s|—")


@dataclass(frozen=True, slots=True)
class NounPhrase:
    """A phrase as it will stand in a sentence, with its head."""

    text: str
    head: str
    kind: str
    plural: bool = False
    nouns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Predicate:
    """A verb and what follows it. `verb` is a dictionary form; `linked` means it is only a form of `be`."""

    verb: str
    rest: str = ""
    nouns: tuple[str, ...] = ()
    obj: str = ""
    linked: bool = False
    also: Predicate | None = None


@dataclass(frozen=True, slots=True)
class Stated:
    """One clause told over: a sentence core with placeholders, without capital or full stop."""

    text: str
    subject: NounPhrase
    verb: str
    obj: str
    nouns: tuple[str, ...]
    fragment: bool = False


def normalise(text: str) -> str:
    """Lower case with plain apostrophes; `walkin'` becomes `walking`."""
    text = text.lower().replace("’", "'").replace("‘", "'").replace("`", "'")
    return re.sub(r"\b([a-z]{2,}in)'(?=\s|$|,)", r"\1g", text)


def tokens_of(text: str) -> list[str]:
    """Words of normalised text, with contractions taken apart (`i'm` is `i`, `'m`)."""
    text = text.replace("can't", "cannot").replace("won't", "will n't").replace("'cause", "because")
    text = re.sub(r"([a-z])n't\b", r"\1 n't", text)
    return _TOKEN.findall(text)


def segments_of(text: str) -> list[list[str]]:
    """Token lists between punctuation marks, empty ones left out."""
    return [tokens for part in _SPLIT.split(normalise(text)) if (tokens := tokens_of(_FILLERS.sub(" ", part)))]


def finite(words: Words, subject: NounPhrase, predicate: Predicate) -> str:
    """`subject` and `predicate` as a present-tense sentence core."""
    parts = [f"{subject.text} {_agree(words, subject, predicate)}"]
    follow = predicate.also
    while follow:
        parts.append(_agree(words, subject, follow))
        follow = follow.also
    return " and ".join(parts) if len(parts) < 3 else ", ".join(parts[:-1]) + " and " + parts[-1]


def _agree(words: Words, subject: NounPhrase, predicate: Predicate) -> str:
    if predicate.verb == "be":
        verb = "are" if subject.plural else "is"
    else:
        verb = predicate.verb if subject.plural else words.third[predicate.verb]
    return f"{verb} {predicate.rest}".strip()


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
        if word in _PRONOUNS:
            text, many = _PRONOUNS[word]
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
        if word in _BE:
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
            if subject.kind in _NOT_SUBJECTS or self.at(i) in {"me", "him", "us"}:
                continue
            if subject.text == f"the {self.at(i)}" and self.noun(j) is not None:
                continue  # `taxi lights` is one thing, not a taxi that lights
            for predicate, k in self.predicate(j, subject.text):
                made = state(self.words, subject, predicate)
                if made is not None:
                    yield made, k


_NUMBERS = frozenset({"one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"})
_FILLERS = re.compile(
    r"\b(?:all (?:night|day|summer|winter)(?: long)?|every (?:night|day)|(?:oh|ooh|yeah|hey|la|na|uh|well|please|now|"
    r"again|tonight|just|really|so|very|ever|even)\b)"
)


def state(words: Words, subject: NounPhrase, predicate: Predicate) -> Stated | None:
    """The clause as a sentence; None where there is nothing to see (`I am cold`)."""
    if predicate.linked:
        found = _state_link(words, subject, predicate)
        if found is None:
            return None
        predicate = found
    if subject.text == OTHER and predicate.obj in _UNSEEN_OF_OTHER:
        return None
    if predicate.verb == "lay" and not predicate.obj:
        predicate = replace(predicate, verb="lie")
    text = re.sub(r"\b(?:beneath|under) both feet\b", "underfoot", finite(words, subject, predicate))
    return Stated(text, subject, predicate.verb, predicate.obj, subject.nouns + predicate.nouns)


def _state_link(words: Words, subject: NounPhrase, predicate: Predicate) -> Predicate | None:
    """`The letter is warm in my pocket` is seen as `lies warm in...`; a person's bare state cannot be seen."""
    first = predicate.rest.split(" ")[0]
    has_place = bool(predicate.nouns)
    if subject.kind in {"person", "animal"}:
        return replace(predicate, verb="stand", linked=False) if has_place else None
    if subject.kind == "body":
        return predicate if first in words.colours or first in {"wet", "bare", "folded", "closed", "open"} else None
    if has_place and subject.kind in _DEFAULT_VERB:
        return replace(predicate, verb=default_verb(words, subject), linked=False)
    return predicate


def default_verb(words: Words, subject: NounPhrase) -> str:
    """What a thing does when the line does not say (dictionary form)."""
    given = words.does.get(subject.head)
    if given is not None:
        return next((verb.lemma for verb in words.verbs.get(given, ()) if verb.seen), given)
    return _DEFAULT_VERB.get(subject.kind, "lie")


@dataclass(frozen=True, slots=True)
class Carried:
    """What one segment leaves for the next: who acted last, and who was called upon."""

    subject: NounPhrase | None = None
    called: NounPhrase | None = None


def read_segment(words: Words, tokens: Sequence[str], carried: Carried) -> tuple[Stated | NounPhrase | None, Carried]:
    """Reads one segment whole: a clause, a bare noun phrase, or nothing."""
    joined = bool(tokens) and tokens[0] in words.conjunctions
    body = list(tokens[1:] if joined else tokens)
    if not body or len(body) > MAX_WORDS or set(body) & (words.negations | {"n't"}):
        return None, carried
    grammar = Grammar(words, body)
    end = len(body)
    if body[0] in {"here", "there"} and grammar.at(1) in _BE:
        return _fragment(Grammar(words, body[2:]), end - 2, carried)[0], carried
    made = next((made for made, k in grammar.sentence(0) if k == end), None)
    if made is not None:
        return made, Carried(_definite(made.subject), carried.called)
    found, left = _fragment(grammar, end, carried)
    if found is not None and not joined:
        return found, left
    done = _subjectless(grammar, carried, joined=joined)
    if done is not None:
        return done, Carried(_definite(done.subject), carried.called)
    return found, left


def _definite(subject: NounPhrase) -> NounPhrase:
    text = re.sub(r"^(a|an|one) ", "the ", subject.text)
    return replace(subject, text=text)


def _subjectless(grammar: Grammar, carried: Carried, *, joined: bool) -> Stated | None:
    """`and kissed the dog`, `take me to water`, `walking down the street`."""
    end = len(grammar.tokens)
    forms = {verb.form for verb in grammar.verbs(0) if verb.seen}
    singer = NounPhrase(SINGER, "i", "person")
    subject: NounPhrase | None = None
    asked = "base" in forms and not joined
    if asked:
        subject = carried.called or NounPhrase(OTHER, "you", "person")
    elif forms & {"past", "third", "base"}:
        subject = carried.subject
    elif "ing" in forms:
        for predicate, k in grammar.with_form(0, {"ing"}, SINGER):
            if k == end:
                return state(grammar.words, singer, predicate)
    if subject is None or subject.kind in _NOT_SUBJECTS:
        return None
    for predicate, k in grammar.predicate(0, subject.text):
        if k == end and not predicate.linked:
            made = state(grammar.words, subject, predicate)
            bare = asked and subject.text == OTHER and predicate.obj and made and SINGER[:2] not in made.text
            return None if bare else made
    return None


def _fragment(grammar: Grammar, end: int, carried: Carried) -> tuple[Stated | NounPhrase | None, Carried]:
    """A noun phrase alone, or with a place: `rain on the yellow station clock`."""
    tokens = grammar.tokens
    if len(tokens) == 1 and tokens[0] in _ENDEARMENTS:
        return None, Carried(carried.subject, NounPhrase(OTHER, "you", "person"))
    for phrase, j in grammar.phrase(0):
        if phrase.kind in _NOT_SUBJECTS or tokens[0] in _PRONOUNS:
            continue
        if j == end:
            hears = phrase.kind in _CALLED and not re.match(r"(a|an|one) ", phrase.text)
            return phrase, Carried(_definite(phrase), _definite(phrase) if hears else carried.called)
        for rest, nouns, k in grammar.tail(j, phrase.text):
            if k == end and nouns:
                predicate = Predicate(default_verb(grammar.words, phrase), rest, nouns)
                text = finite(grammar.words, phrase, predicate)
                made = Stated(text, phrase, predicate.verb, "", phrase.nouns + nouns, fragment=True)
                return made, Carried(_definite(phrase), carried.called)
    return None, carried


def called_at_end(words: Words, tokens: Sequence[str]) -> NounPhrase | None:
    """Who a line calls upon in its last segment: `lay down, my soldier`."""
    found, _ = _fragment(Grammar(words, tokens), len(tokens), Carried())
    if (
        isinstance(found, NounPhrase)
        and found.kind in {"person", "animal"}
        and not found.text.startswith(("a ", "an "))
    ):
        return found
    return None
