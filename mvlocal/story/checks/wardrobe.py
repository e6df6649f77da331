"""The rule on clothes: they hold through a scene, in ids and in words."""

from __future__ import annotations

from collections.abc import Mapping

from mvlocal.schema.story import Presence, Shot
from mvlocal.story.checks.case import Case, Found, problem
from mvlocal.story.senses import denied, senses, words_of
from mvlocal.story.world import StatedFact

_ARTICLES = frozenset({"the", "a", "an", "her", "his", "their", "this", "that"})


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
    told = _clash(worn, shot.visual, others) or _clash(worn, f"{presence.position} {presence.emotion}", others)
    if told and (len(shot.characters) == 1 or case.called.get(presence.id, frozenset()) & set(words_of(shot.visual))):
        yield problem(
            "wardrobe-continuity", "error" if told[1] else "warning", [shot],
            f"in {shot.id} {presence.id} has {told[0]}, but wears {presence.wardrobe}: {worn[:120]}",
            "tell the clothes as the wardrobe has them, or leave them out of the visual",
        )  # fmt: skip


def _clash(worn: str, told: str, others: str) -> tuple[str, bool] | None:
    """What `told` says of clothes that `worn` denies, and whether it is a plain contradiction."""
    groups = senses().groups["garments"]
    words = words_of(told)
    have = {groups[w]: n for n, w in enumerate(words_of(worn)) if w in groups}
    others_have = {groups[w] for w in words_of(others) if w in groups}
    for n, word in enumerate(words):
        kind = groups.get(word) or groups.get(word.removesuffix("s"))
        if denied(words, n):
            continue
        if kind is None or word == "bare":
            clash = _bare_or_outfit(words, n, worn, frozenset(have))
        elif kind in others_have:
            continue
        elif kind == "bare":
            limb = n + 1 < len(words) and words[n + 1] in {"feet", "foot", "hand", "hands", "eye", "flame", "bulb"}
            clash = (f"“{word}”", bool(have)) if word in _UNDRESSED and not limb else None
        else:
            clash = _garment(words, n, kind, words_of(worn), have)
        if clash is not None:
            return clash
    return None


def _garment(
    words: tuple[str, ...], n: int, kind: str, worn: tuple[str, ...], have: Mapping[str, int]
) -> tuple[str, bool] | None:
    """A garment that is not worn, or is worn in another colour or material."""
    if kind not in have:
        foreign = kind in {"outer", "dress", "suit", "skirt"} and _is_worn(words, n)
        return (f"a {words[n]}", True) if foreign else None
    own, said_of_it = _attributes(worn, have[kind]), _attributes(words, n)
    for family in ("colours", "materials"):
        table = senses().groups[family]
        mine = {table[a] for a in own if a in table}
        said = {table[a] for a in said_of_it if a in table}
        if said and mine and not said & mine:
            return f"a {' '.join([*sorted(said), words[n]])}", True
        if said and not mine and family == "colours" and _is_worn(words, n):
            return f"a {' '.join([*sorted(said), words[n]])}", False
    return None


def _bare_or_outfit(words: tuple[str, ...], n: int, worn: str, have: frozenset[str]) -> tuple[str, bool] | None:
    """`bare shoulders` under a coat, `a white outfit` for a black one."""
    after = words[n + 1] if n + 1 < len(words) else ""
    if words[n] == "bare" and after in _SKIN:
        return f"bare {after}", bool({"outer", "top", "suit"} & have)
    colours = senses().groups["colours"]
    if words[n] in colours and after in {"outfit", "clothes", "clothing"}:
        mine = {colours[w] for w in words_of(worn) if w in colours}
        if mine and colours[words[n]] not in mine:
            return f"{words[n]} {after}", True
    return None


_SKIN = frozenset({"shoulders", "shoulder", "chest", "torso", "back", "arms"})
_UNDRESSED = frozenset({
    "naked", "nude", "undressed", "unclothed", "bikini", "swimsuit", "swimwear", "underwear", "lingerie", "sleeveless",
    "bare-shouldered", "bare-chested", "topless", "shirtless", "barechested",
})  # fmt: skip
_WORN_BY = frozenset({"wearing", "wears", "in", "dressed", "her", "his", "their", "with"})


def _is_worn(words: tuple[str, ...], n: int) -> bool:
    return bool(_WORN_BY & set(words[max(0, n - 5) : n]))


def _attributes(words: tuple[str, ...], n: int) -> tuple[str, ...]:
    """The up to three words before a noun that may describe it, up to the noun before."""
    kept: list[str] = []
    for word in reversed(words[max(0, n - 3) : n]):
        if word in _ARTICLES or word in {"and", "over", "of", "with", "in"} or word in senses().groups["garments"]:
            break
        kept.extend([word, *word.split("-")])
    return tuple(kept)
