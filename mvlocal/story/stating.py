"""What a clause says, as a sentence in the present, third person.

It knows words only, no song; how a clause is found in a line is the grammar's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from mvlocal.story.vocabulary import Words

SINGER = "{S}"
OTHER = "{O}"
_UNSEEN_OF_OTHER = frozenset({"face", "eye", "lip", "mouth", "tongue", "cheek"})
_DEFAULT_VERB = {
    "person": "stand", "animal": "wait", "body": "rest", "clothing": "lie", "thing": "lie", "vehicle": "wait",
    "building": "stand", "nature": "stand", "food": "stand", "ground": "lie", "weather": "move", "sky": "hang",
    "glow": "lie",
}  # fmt: skip


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
