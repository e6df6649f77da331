"""The rule on places: a person is in one place, and gets from one to the next in a way that is stated."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from mvlocal.schema.story import Location, PlaceKind, Shot
from mvlocal.story.checks.case import Case, Found, problem
from mvlocal.story.senses import among, denied, senses, sentences_of, stem, words_of
from mvlocal.story.vocabulary import places
from mvlocal.story.vocabulary import words as lexicon
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
        for sentence in sentences_of(text):
            named = _place_named(case, sentence, own)
            if named is not None:
                place, sure = named
                yield problem(
                    "location-continuity", "error" if sure else "warning", [shot],
                    f"{shot.id} plays at {own.id}, but says “{text[:90]}”, which is {place.id}",
                    f"set its location to {place.id}, or tell it at {own.name}",
                )  # fmt: skip
                return


def _place_named(case: Case, sentence: str, own: Location) -> tuple[Location, bool] | None:
    """Another registered place that a sentence puts somebody in (`in the kitchen`: True) or just names (False)."""
    words = words_of(sentence)
    if _names(words, own):
        return None
    for place in case.bible.locations:
        if place.id == own.id:
            continue
        if _stands_in_by_name(words, place, own) or (place.kind != own.kind and _stands_in(words, place, own)):
            return place, True
        if _is_named(case, words, place, own):
            return place, False
    return None


def _is_named(case: Case, words: tuple[str, ...], place: Location, own: Location) -> bool:
    """The noun of a place's name, with nothing before it that keeps it at a distance (`looks at the pier`)."""
    far = senses().families["distance"]
    people = frozenset({"she", "he", "they"}).union(*case.called.values())
    acts = bool(set(words[:2]) & people)  # `a gull from the pier` is elsewhere, `she waves from the pier` is there
    own_words = {stem(word) for word in words_of(f"{own.description} {own.name}")}
    heads = {stem(word) for word in words_of(place.name)[-1:] if not _is_thing(word)} - own_words
    return any(
        stem(word) in heads
        and not denied(words, n)
        and not any(far.has(w) and not (acts and w == "from") for w in words[:n])
        for n, word in enumerate(words)
    )


def _is_thing(word: str) -> bool:
    """A window or a bed is a place of some stories and a thing in all."""
    noun = lexicon().nouns.get(word)
    return noun is not None and noun.kind == "thing"


_INTO = frozenset({
    "in", "on", "at", "across", "inside", "through", "along", "into", "onto", "under", "down", "beside", "by", "within",
    "upon", "up", "among", "amongst", "amid", "amidst", "atop", "around", "round", "throughout", "about", "below",
    "beneath", "underneath", "between", "against", "near",
})  # fmt: skip
_PARTS = frozenset({
    "middle", "centre", "center", "heart", "edge", "end", "top", "floor", "foot", "corner", "eaves", "depths", "midst",
    "quiet", "hush", "silence", "gloom", "dark", "darkness", "shade", "shadow", "shadows", "lee", "back", "front",
    "mouth",
    "threshold", "doorway", "steps", "bottom", "rim", "brink", "far", "side", "rail", "warmth", "cool", "light",
})  # fmt: skip


_PLAIN = frozenset({
    "the", "of", "a", "an", "in", "without", "old", "open", "empty", "small", "long", "dark", "high", "walls", "side",
    "bare", "flat", "back", "front",
})  # fmt: skip


def _key_words(place: Location) -> frozenset[str]:
    """The words of a place's name that identify it: no adjectives in -ed, nothing that stands in many places."""
    words = (*words_of(place.name), place.id)
    return frozenset(word for word in words if word not in _PLAIN and not word.endswith("ed") and not _is_thing(word))


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
    wanted -= {groups.get(word) for word in (*words_of(own.description), *_parts_of(own.kind))}
    return any(groups.get(word) in wanted and not _is_thing(word) and _is_put(words, n) for n, word in enumerate(words))


@cache
def _parts_of(kind: PlaceKind) -> frozenset[str]:
    """The words for where one can be in a place of this kind: a train has a corridor, a beach the crest of a dune."""
    return frozenset(
        word for place in places().values() if place.kind == kind for word in words_of(" ".join(place.spots))
    )


def _stands_in_by_name(words: tuple[str, ...], place: Location, own: Location) -> bool:
    keys = {stem(word) for word in _key_words(place)} - {
        stem(word) for word in words_of(own.description + " " + own.name)
    }
    return any(_is_put(words, n) and stem(word) in keys for n, word in enumerate(words))


def _is_put(words: tuple[str, ...], n: int) -> bool:
    """Whether word `n` is what somebody is in, on or at, with at most three words between.

    `looks at the roofs` puts nobody there, and neither does `a gull from the pier`; `looks out from the pier` does.
    """
    if denied(words, n):
        return False
    for back in range(1, min(4, n) + 1):
        at = n - back
        word, earlier = words[at], words[at - 1] if at else ""
        if word == "of" and earlier in _PARTS:
            return True
        if word == "from":
            return earlier in _OUT
        if word in _INTO or senses().families["place_verbs"].has(word):
            looking = word in _INTO and any(senses().families["looking"].has(w) for w in words[max(0, at - 2) : at])
            return not looking and (back > 1 or words[n] not in {"sea", "sky"})
    return False


_OUT = frozenset({"out", "down", "up", "over"})


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
