"""The rule on places: a person is in one place, and gets from one to the next in a way that is stated."""

from __future__ import annotations

from collections.abc import Iterable

from mvlocal.schema.story import Location, Shot
from mvlocal.story.checks.case import Case, Found, problem
from mvlocal.story.senses import among, denied, senses, stem, words_of
from mvlocal.story.world import StatedFact


def location_continuity(case: Case) -> Found:
    """A character in two places, or moved with no travel, cut in time or stated change."""
    last: dict[str, Shot] = {}
    for n, shot in enumerate(case.shots):
        yield from _twice_in_one(shot)
        for text in shot.needs:
            fact = StatedFact.parse(text)
            if fact.relation == "at" and not _may_be_at(case, n, shot, fact):
                yield problem(
                    "location-continuity", "error", [shot],
                    f"{shot.id} needs {fact.subject} to be at {fact.value}, and that is not so here",
                    f"state the move before it (`{fact.subject} at {fact.value}` in `changes`)",
                )  # fmt: skip
        for presence in shot.characters:
            before = last.get(presence.id)
            if before is not None and _moved_unseen(case, before, shot, presence.id):
                yield problem(
                    "location-continuity", "error", [before, shot],
                    f"{presence.id} is at {before.location} in {before.id} and at {shot.location} in {shot.id}, "
                    "with no travel, jump or section border between",
                    f"add `{presence.id} at {shot.location}` to the changes of {shot.id}, or a `jump`",
                )  # fmt: skip
            last[presence.id] = shot
        yield from _elsewhere_in_words(case, shot)
    yield from _world_texts_disagree(case)


def _twice_in_one(shot: Shot) -> Found:
    ids = [presence.id for presence in shot.characters]
    for name in {name for name in ids if ids.count(name) > 1}:
        yield problem(
            "location-continuity", "error", [shot], f"{name} stands twice in {shot.id}",
            "list each character once a shot",
        )  # fmt: skip


def _may_be_at(case: Case, n: int, shot: Shot, fact: StatedFact) -> bool:
    if any(presence.id == fact.subject for presence in shot.characters):
        return fact.value == shot.location
    return case.world.before[n].holds(fact)


def _moved_unseen(case: Case, before: Shot, shot: Shot, who: str) -> bool:
    if before.location == shot.location or before.level != shot.level or shot.level != "present":
        return False
    if shot.jump or (before.section != shot.section and shot.continues is None):
        return False
    between = case.shots[case.order[before.id] : case.order[shot.id] + 1]
    moved = f"{who} at "
    return not any(text.startswith(moved) for one in between for text in one.changes)


def _elsewhere_in_words(case: Case, shot: Shot) -> Found:
    """The visual, a position or a world text puts the people of the shot in another registered place."""
    own = case.locations.get(shot.location)
    if own is None or not shot.characters:
        return
    texts = [shot.visual, *(presence.position for presence in shot.characters)]
    for text in texts:
        named = _place_named(case, text, own)
        if named is not None:
            yield problem(
                "location-continuity", "error", [shot],
                f"{shot.id} plays at {own.id}, but says “{text[:90]}”, which is {named.id}",
                f"set its location to {named.id}, or tell it at {own.name}",
            )  # fmt: skip
            return


def _place_named(case: Case, text: str, own: Location) -> Location | None:
    """Another registered place that `text` puts somebody in (`in the kitchen`, `across the pier`)."""
    words = words_of(text)
    if _names(words, own):
        return None
    for place in case.bible.locations:
        if place.id != own.id and place.kind != own.kind and _stands_in(words, place, own):
            return place
        if place.id != own.id and _stands_in_by_name(words, place, own):
            return place
    return None


_INTO = frozenset({
    "in", "on", "at", "across", "inside", "through", "along", "into", "onto", "under", "down", "beside", "by", "from",
    "within", "upon", "enters", "entered", "entering", "reaches", "reached", "crosses", "crossing", "climbs", "roams",
})  # fmt: skip
_PARTS = frozenset({"middle", "centre", "center", "heart", "edge", "end", "top", "floor", "foot", "corner"})
_ARTICLES = frozenset({"the", "a", "an", "her", "his", "their", "this", "that"})


def _key_words(place: Location) -> frozenset[str]:
    """The nouns of a place's name that identify it."""
    plain = {
        "the",
        "of",
        "a",
        "an",
        "in",
        "without",
        "old",
        "open",
        "empty",
        "small",
        "long",
        "dark",
        "high",
        "walls",
        "side",
    }
    return frozenset(word for word in words_of(place.name) if word not in plain) | {place.id}


def _names(words: tuple[str, ...], place: Location) -> bool:
    stems = {stem(word) for word in words}
    if stems & {stem(word) for word in _key_words(place)}:
        return True
    groups = senses().groups["places"]
    own = {groups.get(word) for word in _key_words(place)} - {None} | {place.kind}
    return any(groups.get(word) in own for word in words)


def _stands_in(words: tuple[str, ...], place: Location, own: Location) -> bool:
    groups = senses().groups["places"]
    wanted = {groups.get(word) for word in _key_words(place)} - {None} | {place.kind}
    wanted -= {groups.get(word) for word in words_of(own.description)}
    return any(_is_put(words, n) and groups.get(word) in wanted for n, word in enumerate(words))


def _stands_in_by_name(words: tuple[str, ...], place: Location, own: Location) -> bool:
    keys = {stem(word) for word in _key_words(place)} - {
        stem(word) for word in words_of(own.description + " " + own.name)
    }
    return any(_is_put(words, n) and stem(word) in keys for n, word in enumerate(words))


def _is_put(words: tuple[str, ...], n: int) -> bool:
    """Whether word `n` is what somebody is in, on or at, with at most two words between."""
    if denied(words, n):
        return False
    for back in range(1, 5):
        if n - back < 0:
            return False
        word = words[n - back]
        if word == "of" and n - back > 0 and words[n - back - 1] in _PARTS:
            return True
        if word in _INTO:
            return back > 1 or words[n] not in {"sea", "sky"}
        if back > 1 and word in _ARTICLES:
            continue
    return False


def _world_texts_disagree(case: Case) -> Found:
    """`world_after` puts somebody in one place, the next `world_before` in another."""
    left: dict[str, tuple[Shot, str]] = {}
    for shot in case.shots:
        for who, place in _placed(case, shot.world_before):
            if place != shot.location and any(presence.id == who for presence in shot.characters):
                yield problem(
                    "location-continuity", "error", [shot],
                    f"{shot.id} begins with {who} at {place}, and plays at {shot.location}",
                    f"set its location to {place}, or correct its world_before",
                )  # fmt: skip
            known = left.get(who)
            if known is not None and known[1] != place and not shot.jump and known[0].level == shot.level:
                travelled = among("travel", known[0].visual) and case.same_scene(known[0], shot)
                if not travelled:
                    yield problem(
                        "location-continuity", "error", [known[0], shot],
                        f"{who} is left at {known[1]} after {known[0].id} and is at {place} before {shot.id}",
                        "show or state the way there, or correct one of the two",
                    )  # fmt: skip
        for who, place in _placed(case, shot.world_after):
            left[who] = (shot, place)


def _placed(case: Case, text: str) -> Iterable[tuple[str, str]]:
    """(character, location) wherever one sentence of `text` names both."""
    for sentence in text.replace(";", ".").split("."):
        words = words_of(sentence)
        for who, names in case.called.items():
            if not names & set(words):
                continue
            for place in case.bible.locations:
                keys = {stem(word) for word in _key_words(place)}
                if any(_is_put(words, n) and stem(word) in keys for n, word in enumerate(words)):
                    yield who, place.id
                    break
