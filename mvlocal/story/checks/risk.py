"""The rule on risks: what image and video models draw badly, with a safer framing for each."""

from __future__ import annotations

from mvlocal.schema.story import Problem, Shot
from mvlocal.story.checks.case import Case, Found, problem
from mvlocal.story.senses import among, denied, phrases_in, sentences_of, words_of
from mvlocal.story.vocabulary import words as lexicon

_RISK = "risk"


def risk(case: Case) -> Found:
    """Hands on instruments, crowds, mirrors, small text."""
    for shot in case.shots:
        for sentence in sentences_of(shot.visual):
            words = among("risk_instruments", sentence)
            played = set(among("risk_playing", sentence)) - set(words[:1])
            if words and (played or _in_use(sentence, words)):
                yield _risk(
                    shot, f"hands on an instrument (“{words[0]}”)",
                    "frame the face or the silhouette, hands out of frame",
                )  # fmt: skip
                break
        crowd = among("risk_crowds", shot.visual) or _many(shot.visual)
        if crowd:
            yield _risk(
                shot, f"a crowd (“{crowd[0]}”)",
                "a few backs out of focus in the foreground, or only their sound and light",
            )  # fmt: skip
        mirror = among("risk_mirrors", shot.visual)
        if mirror:
            yield _risk(
                shot, f"a mirror (“{mirror[0]}”)", "look past the mirror's frame, or show the face without the mirror"
            )
        phrases = phrases_in("risk_phrases", shot.visual)
        if phrases:
            yield _risk(shot, f"what cannot be drawn well (“{phrases[0]}”)", "show one clear thing in the place of it")
        text = among("risk_text", shot.visual)
        if text:
            yield _risk(shot, f"small text (“{text[0]}”)", "keep it out of focus or seen from behind")


_AMBIGUOUS = frozenset({"strings", "bow", "horn", "organ", "bass", "keyboard", "harp", "fretboard", "ivories", "drum"})
_QUANTITY = frozenset(
    {"hundred", "thousand", "dozen", "hundreds", "thousands", "countless", "innumerable", "fifty", "forty"}
)


def _in_use(sentence: str, instruments: tuple[str, ...]) -> bool:
    """An instrument named together with no word of resting, hanging or carrying: somebody does something to it."""
    return not _AMBIGUOUS.issuperset(instruments) and not among("resting", sentence)


def _many(text: str) -> tuple[str, ...]:
    """`a hundred dancers`: a large number just before a plural word for people."""
    nouns = lexicon().nouns
    for words in map(words_of, sentences_of(text)):
        for n, word in enumerate(words):
            after = words[n + 1 : n + 4] if word in _QUANTITY and not denied(words, n) else ()
            for other in after:
                noun = nouns.get(other)
                if (noun is not None and noun.kind == "person" and noun.plural) or other.endswith("ers"):
                    return (f"{word} {other}",)
    return ()


def _risk(shot: Shot, what: str, safer: str) -> Problem:
    return problem(_RISK, "warning", [shot], f"{shot.id} shows {what}, which models draw badly", f"safer: {safer}")
