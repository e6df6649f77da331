"""The rule on things in hand: none comes from nowhere, none vanishes."""

from __future__ import annotations

from collections.abc import Set
from itertools import pairwise

from mvlocal.schema.story import Shot
from mvlocal.story.checks.case import Case, Found, problem
from mvlocal.story.senses import among, denied, group_of, senses, sentences_of, words_of
from mvlocal.story.world import StatedFact


def prop_continuity(case: Case) -> Found:
    """Things in hand that come from nowhere, were given up, or vanish between shots of one scene."""
    dropped: set[StatedFact] = set()
    for n, shot in enumerate(case.shots):
        world = case.world.before[n]
        for presence in shot.characters:
            carried = world.carries.get(presence.id, frozenset())
            got = {
                f.value
                for f in map(StatedFact.parse, shot.changes)
                if f.subject == presence.id and f.relation == "carries"
            }
            for prop in presence.props:
                if prop not in carried | got and shot.level == "present":
                    yield problem(
                        "prop-continuity", "error", [shot],
                        f"{presence.id} holds {prop} in {shot.id}, and does not have it by then",
                        f"have it picked up before (`{presence.id} carries {prop}` in `changes`), or list it under "
                        f"the character's props",
                    )  # fmt: skip
        for text in shot.needs:
            fact = StatedFact.parse(text)
            if fact.relation in {"carries", "drops"} and not world.holds(fact):
                yield problem(
                    "prop-continuity", "error", [shot], f"{shot.id} needs `{text}`, and that is not so by then",
                    "state the change in an earlier shot",
                )  # fmt: skip
        yield from _given_up_in_words(case, n, shot, dropped)
        if shot.level == "present":
            dropped |= {fact for fact in map(StatedFact.parse, shot.changes) if fact.relation == "drops"}
    yield from _flicker(case)


def _flicker(case: Case) -> Found:
    """A thing in hand before and after a shot of one scene, and not in it; or gone in a shot that continues."""
    for before, shot in pairwise(case.shots):
        for presence in before.characters:
            now = next((p for p in shot.characters if p.id == presence.id), None)
            if now is None or not case.same_scene(before, shot):
                continue
            dropped = {
                f.value for f in map(StatedFact.parse, (*before.changes, *shot.changes)) if f.relation == "drops"
            }
            gone = set(presence.props) - set(now.props) - dropped
            came_in_hand = gone - set(case.characters[presence.id].props if presence.id in case.characters else ())
            at = case.order[shot.id] + 1
            following = case.shots[at : at + 1]
            returns = {
                p
                for one in following
                if case.same_scene(shot, one)
                for q in one.characters
                if q.id == presence.id
                for p in q.props
            }
            for prop in sorted(gone):
                if shot.continues == before.id or prop in came_in_hand or prop in returns:
                    plain = shot.continues == before.id or prop in came_in_hand
                    yield problem(
                        "prop-continuity", "error" if plain else "warning", [before, shot],
                        f"{presence.id} holds {prop} in {before.id} and not in {shot.id}; nothing says why",
                        f"keep {prop} in hand, or add `{presence.id} drops {prop}` to the changes",
                    )  # fmt: skip


def _given_up_in_words(case: Case, n: int, shot: Shot, dropped: Set[StatedFact]) -> Found:
    """The visual puts a thing in somebody's hands that was given up before (`dropped`) or that nobody has."""
    table = senses().groups["props"]
    held = {table.get(p, p) for presence in shot.characters for p in presence.props} | {
        table.get(p, p) for p in shot.props
    }
    words = words_of(shot.visual)
    for presence in shot.characters:
        gone = {fact.value for fact in dropped if fact.subject == presence.id} - case.world.before[n].carries.get(
            presence.id, frozenset()
        )
        for prop in sorted(gone):
            hit = _mentioned(shot.visual, table.get(prop, prop))
            if hit is not None:
                word, in_hand = hit
                yield problem(
                    "prop-continuity", "error" if in_hand else "warning", [shot],
                    f"{presence.id} has {word} in hand in {shot.id}, but gave {prop} up before"
                    if in_hand
                    else f"{shot.id} shows {word} beside {presence.id}, who gave {prop} up before",
                    "take it out of the visual, or have it found again in an earlier shot",
                )  # fmt: skip
    if not shot.characters or shot.level != "present":
        return
    bible_props = {table.get(p, p) for p in (*case.bible.props, *(q for c in case.bible.characters for q in c.props))}
    carried = {table.get(p, p) for q in shot.characters for p in case.world.after[n].carries.get(q.id, frozenset())}
    for k, word in enumerate(words):
        sense = table.get(word)
        grip = [w for w in words[max(0, k - 4) : k] if w in _GRIPS]
        if sense in bible_props and sense not in held | carried and grip and not denied(words, k):
            yield problem(
                "prop-continuity", "warning", [shot], f"{shot.id} tells of {word} in hand; its props do not",
                "add it to the props of the shot, or take it out of the visual",
            )  # fmt: skip
            return


def _mentioned(text: str, sense: str) -> tuple[str, bool] | None:
    """The first word of `text` for a thing, and whether its sentence has somebody handle it."""
    for sentence in sentences_of(text):
        words = words_of(sentence)
        for k, word in enumerate(words):
            if (group_of("props", word) or word) == sense and not denied(words, k):
                return word, bool(among("holding", sentence))
    return None


_GRIPS = frozenset(
    [
        "holds",
        "holding",
        "carries",
        "carrying",
        "grips",
        "gripping",
        "clutches",
        "clutching",
        "wields",
        "swings",
        "cradles",
        "brandishes",
    ]
)
