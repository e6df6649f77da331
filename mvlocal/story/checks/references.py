"""The rule on names: every id that a plan uses exists."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Iterator

from mvlocal.schema.story import Presence, Problem, Shot
from mvlocal.story.checks.case import Case, Found, problem
from mvlocal.story.world import StatedFact

_RULE = "unknown-reference"


def unknown_reference(case: Case) -> Found:
    """Ids of characters, locations, wardrobe, props, shots, sections and photos that do not exist or stand twice."""
    yield from _doubles(case)
    sections = len(case.song.sections)
    for act in case.bible.acts:
        if act.last_section >= sections or act.first_section > act.last_section:
            yield problem(
                _RULE, "error", (), f"act {act.name} spans sections {act.first_section} to {act.last_section}; "
                f"the song has 0 to {sections - 1}", "use sections that exist, in order",
            )  # fmt: skip
    for n, shot in enumerate(case.shots):
        if shot.section >= sections:
            yield problem(
                _RULE, "error", [shot], f"{shot.id} is in section {shot.section}; the song has 0 to {sections - 1}",
                f"use section {case.song.section_at(shot.start_s)}",
            )  # fmt: skip
        if shot.location not in case.locations:
            yield _missing(shot, "location", shot.location, case.locations)
        for presence in shot.characters:
            yield from _presence(case, shot, presence)
        for prop in shot.props:
            if prop not in _props(case):
                yield _missing(shot, "prop", prop, _props(case))
        yield from _continues(case, n, shot)
        for text in (*shot.needs, *shot.changes):
            yield from _fact(case, shot, StatedFact.parse(text))
        photos = case.limits.photos
        if shot.photo is not None and photos is not None and shot.photo not in photos:
            yield _missing(shot, "photo", shot.photo, photos)


def _doubles(case: Case) -> Found:
    kinds: Iterator[tuple[str, list[str]]] = iter(
        [
            ("shot", [shot.id for shot in case.shots]),
            ("character", [person.id for person in case.bible.characters]),
            ("location", [place.id for place in case.bible.locations]),
        ]
    )
    for kind, ids in kinds:
        for name, count in Counter(ids).items():
            if count > 1:
                yield problem(
                    _RULE, "error", [name] if kind == "shot" else (), f"{count} {kind}s are called {name}",
                    "give each its own id",
                )  # fmt: skip


def _props(case: Case) -> frozenset[str]:
    return frozenset(case.bible.props) | {prop for person in case.bible.characters for prop in person.props}


def _presence(case: Case, shot: Shot, presence: Presence) -> Found:
    person = case.characters.get(presence.id)
    if person is None:
        yield _missing(shot, "character", presence.id, case.characters)
        return
    wardrobes = [wardrobe.id for wardrobe in person.wardrobe]
    if presence.wardrobe not in wardrobes:
        yield _missing(shot, f"wardrobe of {person.id}", presence.wardrobe, wardrobes)
    for prop in presence.props:
        if prop not in _props(case):
            yield _missing(shot, "prop", prop, _props(case))


def _continues(case: Case, n: int, shot: Shot) -> Found:
    if shot.continues is None:
        return
    if shot.continues not in case.by_id:
        yield _missing(shot, "shot", shot.continues, case.by_id)
    elif case.order[shot.continues] >= n:
        yield problem(
            _RULE, "error", [shot], f"{shot.id} continues {shot.continues}, which does not come before it",
            "continue a shot that comes before, or start from a fresh keyframe",
        )  # fmt: skip


def _fact(case: Case, shot: Shot, fact: StatedFact) -> Found:
    subjects = {**case.characters, **case.locations, **dict.fromkeys(_props(case))}
    if fact.subject not in subjects:
        yield _missing(shot, "subject of a fact", fact.subject, subjects)
        return
    if fact.relation in {"wears", "carries", "drops", "at", "knows"} and fact.subject not in case.characters:
        yield _missing(shot, "character in a fact", fact.subject, case.characters)
        return
    known: Iterable[str] | None = None
    if fact.relation == "at":
        known = case.locations
    elif fact.relation == "wears":
        known = [wardrobe.id for wardrobe in case.characters[fact.subject].wardrobe]
    elif fact.relation in {"carries", "drops"}:
        known = _props(case)
    if known is not None and fact.value not in known:
        yield _missing(shot, f"what {fact.subject} {fact.relation}", fact.value, known)


def _missing(shot: Shot, kind: str, name: str, known: Iterable[str]) -> Problem:
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    mend = f"did you mean {near[0]}?" if near else f"known: {', '.join(names[:12]) or 'none'}"
    return problem(_RULE, "error", [shot], f"{shot.id} names a {kind} that does not exist: {name}", mend)
