"""The rule on knowledge: nobody acts on what happens only later."""

from __future__ import annotations

from collections.abc import Iterable

from mvlocal.schema.story import Shot
from mvlocal.story.checks.case import Case, Found, problem
from mvlocal.story.senses import alike, among, content, senses, stem
from mvlocal.story.world import StatedFact


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


def _known_too_early(case: Case) -> Found:
    """`Mara learns that the letter is false` in a late shot, `Mara knows the letter is false` in an early one."""
    learnt = [(n, shot, found_out) for n, shot in enumerate(case.shots) for found_out in _learnt(shot)]
    for n, shot in enumerate(case.shots):
        for text in (shot.visual, shot.world_before, shot.world_after, shot.why):
            if not (among("knowing", text)) or not text:
                continue
            claimed = content(text) - _VERBS
            for later, source, what in learnt:
                if later > n and len(what) >= 2 and alike(what, claimed) >= 0.66 and len(what & claimed) >= 2:
                    yield problem(
                        "knowledge", "error", [shot, source],
                        f"{shot.id} acts on what is learnt only in {source.id}: “{text[:100]}”",
                        f"move {shot.id} after {source.id}, or let it act without knowing",
                    )  # fmt: skip
                    return


_VERBS = frozenset(stem(word) for family in ("learning", "knowing") for word in senses().sets[family])


def _learnt(shot: Shot) -> Iterable[frozenset[str]]:
    for text in (shot.visual, shot.world_after):
        if among("learning", text):
            yield content(text) - _VERBS
