"""Lyric lines read for who, does what, to what, where, in what mood, and whether a camera could see it.

It does not know shots, places chosen for the song, or what a line will finally show.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mvlocal.story import vocabulary
from mvlocal.story.clause import Carried, called_at_end, read_segment
from mvlocal.story.stating import OTHER, SINGER, NounPhrase, Stated
from mvlocal.story.tokens import normalise, segments_of, tokens_of
from mvlocal.story.vocabulary import ImageText, Mood, Words

_WIDE_KINDS = frozenset({"sky", "vehicle", "building", "ground", "weather"})
_CLOSE_KINDS = frozenset({"body", "clothing", "thing", "food", "glow"})
_WIDE_VERBS = frozenset(
    {"walk", "run", "ride", "drive", "sail", "fly", "cross", "pass", "gallop", "march", "race", "wander", "climb"}
)
_CLOSE_VERBS = frozenset(
    {"drop", "light", "strike", "write", "tie", "lock", "button", "count", "kiss", "touch", "sew", "fold", "pour"}
)
_DONE_TO = frozenset({"thing", "food", "clothing", "vehicle", "animal", "building", "body"})
_WAITING: Mapping[str, str] = {"person": "stand", "animal": "stand", "building": "stand", "nature": "stand"}
_SHOWN_ALONE = frozenset({"person", "animal", "clothing", "thing", "vehicle", "food", "nature"})


@dataclass(frozen=True, slots=True)
class Reading:
    """One line read. `stated` tells the line over where it could be read whole; `ideas` are images for it.

    `place_votes` counts, for each place id, the words that call for it. `understood` is false for a line in
    words this reader does not know, such as another language.
    """

    text: str
    who: str = ""
    action: str = ""
    object: str = ""
    place_votes: Mapping[str, float] = field(default_factory=dict[str, float])
    mood: Mood | None = None
    stated: ImageText | None = None
    ideas: tuple[ImageText, ...] = ()
    strong_idea: bool = False
    nouns: tuple[str, ...] = ()
    understood: bool = True

    @property
    def filmable(self) -> bool:
        return self.stated is not None or bool(self.ideas)

    @property
    def account(self) -> str:
        """`the singer / drop / key` for the proof sheet, or what kept it from being read."""
        if not self.understood:
            return "not in words this reader knows"
        parts = [part for part in (self.who, self.action, self.object) if part]
        return " / ".join(parts) if parts else "no action stated"


def clean(text: str, limit: int = 200) -> str:
    """`text` as one line of printable characters, at most `limit` of them."""
    kept = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in text)
    kept = re.sub(r"\s+", " ", kept.replace("{", "(").replace("}", ")")).strip()
    return kept if len(kept) <= limit else kept[: limit - 1].rstrip() + "…"


def read_lines(lines: Sequence[str]) -> tuple[Reading, ...]:
    """Reads lines in order: a line may go on from the one before (`and kissed the dog`)."""
    words = vocabulary.words()
    carried = Carried()
    readings: list[Reading] = []
    for line in lines:
        reading, carried = _read_line(words, clean(line), carried)
        readings.append(reading)
    return tuple(readings)


def _read_line(words: Words, text: str, carried: Carried) -> tuple[Reading, Carried]:
    tokens = tokens_of(normalise(text))
    if not _understood(words, text, tokens):
        return Reading(text, understood=False), Carried()
    lemmas = [words.lemmas(token) for token in tokens]
    bag = frozenset().union(*lemmas) if lemmas else frozenset[str]()
    made: list[Stated | NounPhrase] = []
    if "?" not in text:
        segments = segments_of(text)
        called = called_at_end(words, segments[-1]) if len(segments) > 1 else None
        carried = Carried(carried.subject, called) if called else carried
        for segment in segments:
            found, carried = read_segment(words, segment, carried)
            if found is not None:
                made.append(found)
    ideas, strong = _ideas(bag, tokens)
    clauses = [part for part in made if isinstance(part, Stated)]
    first = clauses[0] if clauses else None
    nouns = tuple(
        noun.lemma
        for token, follows in zip(tokens, [*tokens[1:], ""], strict=True)
        if (noun := words.nouns.get(token)) is not None and follows not in words.nouns
    )
    return Reading(
        text=text,
        who=_who(first.subject) if first else "",
        action=first.verb if first else "",
        object=first.obj if first else "",
        place_votes=_place_votes(bag),
        mood=_mood(words, lemmas),
        stated=_stated(words, [] if {"here", "there"} & set(tokens[1:]) or tokens[0] == "here" else made, clauses),
        ideas=ideas,
        strong_idea=strong and not (first is not None and _is_deed(words, first)),
        nouns=nouns,
    ), carried


def _understood(words: Words, text: str, tokens: Sequence[str]) -> bool:
    """Most letters are Latin and half of the words are known."""
    letters = [c for c in text if c.isalpha()]
    latin = sum(c.isascii() for c in letters)
    if not tokens or latin < 0.85 * len(letters):
        return False
    return sum(_known(words, token) for token in tokens) * 2 > len(tokens)


def _known(words: Words, token: str) -> bool:
    return (
        token in words.nouns or token in words.verbs or token in words.adjectives or token in _FUNCTION_WORDS
    ) or any(
        token in group
        for group in (
            words.adverbs, words.prepositions, words.determiners, words.conjunctions, words.subordinators,
            words.modals, words.negations,
        )
    )  # fmt: skip


_FUNCTION_WORDS = frozenset({
    "i", "you", "he", "she", "it", "we", "they", "me", "him", "her", "us", "them", "my", "your", "his", "our", "their",
    "its", "mine", "yours", "what", "who", "why", "how", "if", "because", "than", "too", "not", "'s", "'m", "'re",
    "'ve", "'ll", "'d", "oh", "yeah", "love", "heart", "time", "life", "world", "baby", "only", "more", "much",
    "something", "everything", "someone", "myself", "yourself", "let", "got", "way", "thing", "things",
})  # fmt: skip


def _is_deed(words: Words, clause: Stated) -> bool:
    """Whether a clause has somebody do something to a thing: it is shown as told, whatever else it may mean."""
    noun = words.nouns.get(clause.obj)
    return noun is not None and noun.kind in _DONE_TO


def _who(subject: NounPhrase) -> str:
    if subject.text == SINGER:
        return "the singer"
    return (
        "the one sung to"
        if subject.text == OTHER
        else subject.text.replace(SINGER, "the singer").replace(OTHER, "the one sung to")
    )


def _place_votes(bag: frozenset[str]) -> dict[str, float]:
    votes: dict[str, float] = {}
    for place in vocabulary.places().values():
        hits = bag & place.words
        if hits:
            votes[place.id] = len(hits) + (1.0 if place.kind in hits or place.id in hits else 0.0)
    return votes


def _mood(words: Words, lemmas: Sequence[frozenset[str]]) -> Mood | None:
    counts: Counter[Mood] = Counter()
    for mood, known in words.moods.items():
        counts[mood] = sum(bool(found & known) for found in lemmas)
    mood, count = max(counts.items(), key=lambda item: item[1])
    return mood if count else None


def _ideas(bag: frozenset[str], tokens: Sequence[str]) -> tuple[tuple[ImageText, ...], bool]:
    """Images of every idea found, longest pattern first, then in the order of the line."""
    words = vocabulary.words()
    lemmas = [words.lemmas(token) for token in tokens]
    known = (bag | set(tokens) | ({"don't"} if "n't" in tokens and "do" in bag else set())) - _denied(tokens)
    found: list[tuple[int, int, tuple[ImageText, ...]]] = []
    for idea in vocabulary.images().ideas:
        pattern = max((p for p in idea.patterns if p <= known), key=len, default=None)
        if pattern is not None:
            last = max((n for n, found_at in enumerate(lemmas) if found_at & pattern), default=0)
            found.append((-len(pattern), -last, idea.images))
    found.sort(key=lambda item: item[:2])
    strong = bool(found) and found[0][0] <= -2
    rows = [images for _, _, images in found]
    mixed = [row[n] for n in range(max(map(len, rows), default=0)) for row in rows if n < len(row)]
    return tuple(mixed), strong


def _denied(tokens: Sequence[str]) -> set[str]:
    """Words right after a `not`: the line says that they do not happen."""
    words = vocabulary.words()
    denied: set[str] = set()
    for n, word in enumerate(tokens[:-1]):
        if word in words.negations or word == "n't":
            denied |= words.lemmas(tokens[n + 1])
    return denied


def _stated(words: Words, made: Sequence[Stated | NounPhrase], clauses: Sequence[Stated]) -> ImageText | None:
    """The line told over as one sentence, with a framing hint from what it is about."""
    if not clauses:
        return _list_of_things(words, [part for part in made if isinstance(part, NounPhrase)])
    kept = [c for n, c in enumerate(clauses) if not any(more.text.startswith(c.text) for more in clauses[n + 1 :])]
    text = ", and ".join(clause.text for clause in kept[:2])
    first = kept[0]
    if first.verb in _WIDE_VERBS or first.subject.kind in _WIDE_KINDS:
        return ImageText(text, "wide")
    if first.verb in _CLOSE_VERBS or first.subject.kind in _CLOSE_KINDS:
        return ImageText(text, "close")
    return ImageText(text)


def _list_of_things(words: Words, phrases: Sequence[NounPhrase]) -> ImageText | None:
    """`A red coat, one small case` waits where the story is."""
    shown = [phrase for phrase in phrases if phrase.kind in _SHOWN_ALONE]
    if not shown or len(shown) < len(phrases) or (len(shown) == 1 and len(shown[0].nouns) < 2):
        return None
    texts = [phrase.text for phrase in shown]
    subject = texts[0] if len(texts) == 1 else ", ".join(texts[:-1]) + " and " + texts[-1]
    verb = _WAITING.get(shown[0].kind, "wait")
    many = len(shown) > 1 or shown[0].plural
    return ImageText(f"{subject} {verb if many else words.third[verb]} {{spot}}", "close")
