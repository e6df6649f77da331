"""The rule on the arc: acts turn, motifs return changed, the end answers the beginning."""

from __future__ import annotations

import re
from collections import Counter

from mvlocal.story.checks.case import Case, Found, problem
from mvlocal.story.senses import alike, content, phrases_in

_STILL = frozenset({"still", "yet", "again", "always", "just", "ever", "it", "once", "more", "same"})


def arc(case: Case) -> Found:
    """An act with no turn, a motif that returns unchanged, a last shot that answers nothing in the first."""
    yield from _acts(case)
    yield from _motifs(case)
    if len(case.shots) > 2 and not _answers(case):
        first, last = case.shots[0], case.shots[-1]
        yield problem(
            "arc", "warning", [first, last],
            f"{last.id} answers nothing in {first.id}: no person, place, thing or image returns",
            "bring back something of the first shot, changed",
        )  # fmt: skip


def _acts(case: Case) -> Found:
    names = [act.name for act in case.bible.acts]
    if names != ["setup", "confrontation", "resolution"]:
        yield problem(
            "arc", "error", (), f"the acts are {', '.join(names) or 'missing'}",
            "have setup, confrontation and resolution, in this order",
        )  # fmt: skip
    told: list[tuple[str, frozenset[str]]] = []
    for act in case.bible.acts:
        words = content(act.turn)
        if len(words) < 3 or phrases_in("unturned_phrases", act.turn):
            yield problem(
                "arc", "error", (), f"act {act.name} has no turn (“{act.turn[:60]}”)",
                "say what is different at its end",
            )  # fmt: skip
        for name, before in told:
            if alike(words, before) >= 0.9 and len(words) >= 3:
                yield problem(
                    "arc", "error", (), f"acts {name} and {act.name} have one and the same turn",
                    "let each change something else",
                )  # fmt: skip
        told.append((act.name, words))


def _motifs(case: Case) -> Found:
    choruses = sum(section.label == "chorus" for section in case.song.sections)
    for motif in case.bible.motifs:
        changes = [_plain(text) for text in motif.changes]
        for text, count in Counter(changes).items():
            if count > 1:
                yield problem(
                    "arc", "error", (), f"the motif {motif.id} returns unchanged ({count} times “{text[:60]}”)",
                    "say how it differs each time",
                )  # fmt: skip
        words = [content(text) - _STILL for text in changes]
        for n in range(1, len(words)):
            if changes[n] != changes[n - 1] and words[n] and words[n] == words[n - 1]:
                yield problem(
                    "arc", "error", (), f"the motif {motif.id} returns unchanged (“{motif.changes[n][:60]}”)",
                    "say how it differs each time",
                )  # fmt: skip
        for text in motif.changes:
            if not content(text) or phrases_in("unturned_phrases", text):
                yield problem(
                    "arc", "error", (), f"the motif {motif.id} returns unchanged (“{text[:60]}”)",
                    "say how it differs each time",
                )  # fmt: skip
        if choruses > 1 and len(motif.changes) < 2:
            yield problem(
                "arc", "warning", (), f"the motif {motif.id} has {len(motif.changes)} change for {choruses} choruses",
                "say how it differs each time",
            )  # fmt: skip


def _plain(text: str) -> str:
    return re.sub(r"^\s*(chorus|time|return)?\s*\d+\s*[:.)-]\s*", "", text.casefold()).strip()


def _answers(case: Case) -> bool:
    first, last = case.shots[0], case.shots[-1]
    people = {p.id for p in first.characters} & {p.id for p in last.characters}
    things = {*first.props} & {*last.props}
    return bool(people or things or first.location == last.location or case.content[0] & case.content[-1])
