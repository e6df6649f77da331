"""The rule on knowledge: nobody acts on what happens only later."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mvlocal.schema.story import Shot
from mvlocal.story.checks.case import Case, Found, problem
from mvlocal.story.senses import alike, among, content, denied, head_stem, phrases_in, words_of
from mvlocal.story.world import StatedFact

_LIKE = 0.66
_LEAST = 2
_SAME_MEANING = 0.8
"""Cosine of two sentence embeddings above which they claim one thing."""
_UNKNOWING = re.compile(
    r"\b(?:no idea|unaware|ignorant|not (?:yet )?(?:know|told|heard)|never (?:learn|hear|knew|know))"
)


def knowledge(case: Case) -> Found:
    """Acting on what is learnt, or becomes true, only later."""
    for n, shot in enumerate(case.shots):
        for text in shot.needs:
            fact = StatedFact.parse(text)
            if fact.relation in {"knows", "is"} and not case.world.before[n].holds(fact):
                later = next((s for s in case.shots[n:] if text in s.changes), None)
                told = f", which comes about only in {later.id}" if later else ""
                yield problem(
                    "knowledge", "error", [shot, later] if later and later is not shot else [shot],
                    f"{shot.id} needs `{text}`{told}", f"move {shot.id} after it, or bring the change forward",
                )  # fmt: skip
    yield from _known_too_early(case)


@dataclass(frozen=True, slots=True)
class _News:
    """What somebody learns: in which shot, the words of it, and the sentence."""

    at: int
    source: Shot
    words: frozenset[str]
    text: str


def _known_too_early(case: Case) -> Found:
    """`Mara learns that the letter is false` in a late shot, `Mara knows the letter is false` in an early one."""
    news = [one for n, shot in enumerate(case.shots) for one in _learnt(n, shot)]
    if not news:
        return
    for n, shot in enumerate(case.shots):
        later = [one for one in news if one.at > n]
        for text in (shot.visual, shot.world_before, shot.world_after, shot.why) if later else ():
            for sentence in re.split(r"[.;!?]+", text):
                for one in later:
                    sure = _claims(case, sentence, one)
                    if sure is not None:
                        yield problem(
                            "knowledge", "error" if sure else "warning", [shot, one.source],
                            f"{shot.id} acts on what is learnt only in {one.source.id}: “{text[:100]}”",
                            f"move {shot.id} after {one.source.id}, or let it act without knowing",
                        )  # fmt: skip
                        return


def _claims(case: Case, sentence: str, news: _News) -> bool | None:
    """Whether `sentence` has somebody know `news` (True), or only tells it beside somebody (False); else None."""
    said = content(sentence)
    words = words_of(sentence)
    same = alike(news.words, said) >= _LIKE and len(news.words & said) >= _LEAST
    if not same and not case.limits.means_the_same(sentence, news.text, _SAME_MEANING):
        return None
    if _UNKNOWING.search(sentence.lower()) or any(
        denied(words, n) for n, word in enumerate(words) if word in {"know", "knows", "knew", "told", "aware", "learnt"}
    ):
        return None
    if among("knowing", sentence) or phrases_in("knowing_phrases", sentence):
        return True
    others = {head_stem(name) for names in case.called.values() for name in names} - news.words
    return False if said & others else None


def _learnt(n: int, shot: Shot) -> Iterator[_News]:
    """What the sentences of a shot say is found out. After a colon follows what it is."""
    for text in (shot.visual, shot.world_after):
        for sentence in re.split(r"[.!?]+", text):
            if not (among("learning", sentence) or phrases_in("learning_phrases", sentence)):
                continue
            told = _LEADS.fullmatch(sentence.strip())
            if told is None and text is shot.visual:
                continue  # `sees the river` is seen, not found out
            words = _news_in(sentence, told)
            if len(words) >= _LEAST:
                yield _News(n, shot, words, sentence)


_LEADS = re.compile(r".*?(?:\bthat\b|\bhow\b|\bwhether\b|:|;)\s*(.*)", re.S)


def _news_in(sentence: str, told: re.Match[str] | None) -> frozenset[str]:
    """The content of `sentence` after `that`, `how` or a colon, where one stands, without the verbs of finding out."""
    words = content(told.group(1)) if told else frozenset[str]()
    if len(words) >= _LEAST:
        return words
    heads = {head_stem(word) for word in (*among("learning", sentence), *among("knowing", sentence))}
    return content(sentence) - heads
