"""The rule on clothes: they hold through a scene, in ids and in words."""

from __future__ import annotations

from mvlocal.schema.story import Presence, Shot
from mvlocal.story.checks.case import Case, Found, problem
from mvlocal.story.outfit import Outfit
from mvlocal.story.senses import words_of
from mvlocal.story.world import StatedFact


def wardrobe_continuity(case: Case) -> Found:
    """Clothes that change within a scene with nothing said, or that the visual tells otherwise."""
    last: dict[str, tuple[Shot, str]] = {}
    for n, shot in enumerate(case.shots):
        for presence in shot.characters:
            known = last.get(presence.id)
            if known is not None and known[1] != presence.wardrobe and not _changed(shot, presence):
                before = known[0]
                close = before.section == shot.section or before.location == shot.location or shot.continues
                if before.level == shot.level and not shot.jump:
                    yield problem(
                        "wardrobe-continuity", "error" if close else "warning", [before, shot],
                        f"{presence.id} wears {known[1]} in {before.id} and {presence.wardrobe} in {shot.id}, unsaid",
                        f"keep {known[1]}, or add `{presence.id} wears {presence.wardrobe}` to its changes",
                    )  # fmt: skip
            last[presence.id] = (shot, presence.wardrobe)
            yield from _clothes_in_words(case, shot, presence)
        for text in shot.needs:
            fact = StatedFact.parse(text)
            if fact.relation == "wears" and not _wears(case, n, shot, fact):
                yield problem(
                    "wardrobe-continuity", "error", [shot],
                    f"{shot.id} needs {fact.subject} to wear {fact.value}, and that is not so here",
                    "state the change in an earlier shot",
                )  # fmt: skip


def _wears(case: Case, n: int, shot: Shot, fact: StatedFact) -> bool:
    for presence in shot.characters:
        if presence.id == fact.subject:
            return presence.wardrobe == fact.value
    return case.world.before[n].holds(fact)


def _changed(shot: Shot, presence: Presence) -> bool:
    return f"{presence.id} wears {presence.wardrobe}" in shot.changes


def _clothes_in_words(case: Case, shot: Shot, presence: Presence) -> Found:
    person = case.characters.get(presence.id)
    if person is None:
        return
    worn = next((w.description for w in person.wardrobe if w.id == presence.wardrobe), "")
    others = " ".join(
        w.description
        for p in shot.characters
        if p.id != presence.id and p.id in case.characters
        for w in case.characters[p.id].wardrobe
    )
    if not worn:
        return
    names = case.called.get(presence.id, frozenset())
    outfit = Outfit.of(worn, others, names)
    told = outfit.clash(shot.visual) or outfit.clash(f"{presence.position} {presence.emotion}")
    if told and (len(shot.characters) == 1 or names & set(words_of(shot.visual))):
        yield problem(
            "wardrobe-continuity", "error" if told[1] else "warning", [shot],
            f"in {shot.id} {presence.id} has {told[0]}, but wears {presence.wardrobe}: {worn[:120]}",
            "tell the clothes as the wardrobe has them, or leave them out of the visual",
        )  # fmt: skip
