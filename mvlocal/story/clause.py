"""Reads one segment of a lyric line whole: a clause, a bare noun phrase, or nothing.

It knows words only, no song; a segment may go on from the one before (`and kissed the dog`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from mvlocal.story.grammar import BE, NOT_SUBJECTS, PRONOUNS, Grammar
from mvlocal.story.stating import OTHER, SINGER, NounPhrase, Predicate, Stated, default_verb, finite, state
from mvlocal.story.vocabulary import Words

MAX_WORDS = 14
_ENDEARMENTS = frozenset({"baby", "darling", "honey", "babe", "love", "dear", "girl", "boy", "sweetheart"})
_CALLED = frozenset({"vehicle", "animal", "person", "sky", "nature", "weather"})


@dataclass(frozen=True, slots=True)
class Carried:
    """What one segment leaves for the next: who acted last, and who was called upon."""

    subject: NounPhrase | None = None
    called: NounPhrase | None = None


def read_segment(words: Words, tokens: Sequence[str], carried: Carried) -> tuple[Stated | NounPhrase | None, Carried]:
    """Reads one segment: a clause, a bare noun phrase, or nothing.

    What cannot be read whole is read up to its first `and` or `but`, where that is a clause.
    """
    joined = bool(tokens) and tokens[0] in words.conjunctions
    body = list(tokens[1:] if joined else tokens)
    found, left = _read_body(words, body, carried, joined=joined)
    if found is None:
        cut = next((n for n, word in enumerate(body) if n > 1 and word in {"and", "but"}), None)
        first, after = _read_body(words, body[:cut], carried, joined=joined) if cut else (None, carried)
        if isinstance(first, Stated):
            return first, after
    return found, left


def _read_body(
    words: Words, body: Sequence[str], carried: Carried, *, joined: bool
) -> tuple[Stated | NounPhrase | None, Carried]:
    if not body or len(body) > MAX_WORDS or set(body) & (words.negations | {"n't"}):
        return None, carried
    grammar = Grammar(words, body)
    end = len(body)
    if body[0] in {"here", "there"} and grammar.at(1) in BE:
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
        subject = carried.called or _asked(grammar)
    elif forms & {"past", "third", "base"}:
        subject = carried.subject
    elif "ing" in forms:
        for predicate, k in grammar.with_form(0, {"ing"}, SINGER):
            if k == end:
                return state(grammar.words, singer, predicate)
    if subject is None or subject.kind in NOT_SUBJECTS:
        return None
    for predicate, k in grammar.predicate(0, subject.text):
        if k == end and not predicate.linked:
            made = state(grammar.words, subject, predicate)
            bare = asked and subject.text == OTHER and predicate.obj and made and SINGER[:2] not in made.text
            return None if bare else made
    return None


def _asked(grammar: Grammar) -> NounPhrase:
    """Who does what a line asks for: `dance with me` the one sung to, `run till the road ends` the singer too."""
    takes = next((predicate.obj for predicate, k in grammar.predicate(0, SINGER) if k == len(grammar.tokens)), "")
    if takes or {"me", "my", "us", "our", "your", "yourself"} & set(grammar.tokens):
        return NounPhrase(OTHER, "you", "person")
    return NounPhrase(SINGER, "i", "person")


def _fragment(grammar: Grammar, end: int, carried: Carried) -> tuple[Stated | NounPhrase | None, Carried]:
    """A noun phrase alone, or with a place: `rain on the yellow station clock`."""
    tokens = grammar.tokens
    if len(tokens) == 1 and tokens[0] in _ENDEARMENTS:
        return None, Carried(carried.subject, NounPhrase(OTHER, "you", "person"))
    for phrase, j in grammar.phrase(0):
        if phrase.kind in NOT_SUBJECTS or tokens[0] in PRONOUNS:
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
