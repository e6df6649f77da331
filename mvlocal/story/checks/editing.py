"""Rules on the sequence: framing that varies, a wide shot for a new place, an arc that turns and answers."""

from __future__ import annotations

import re
from collections import Counter

from mvlocal.schema.story import Shot
from mvlocal.story.checks.case import Case, Found, problem
from mvlocal.story.senses import alike, content, words_of

_WIDE = frozenset({"wide", "extreme-wide", "full"})
_RUN = 4
_EMPTY_TURN = re.compile(
    r"\b(nothing (?:changes|happens)|no (?:turn|change)|unchanged|stays the same|as before|goes on as|tbd|todo|none)\b",
    re.I,
)


def monotony(case: Case) -> Found:
    """One framing twice or one size four times running; no wide shot of a new place; the line crossed."""
    for before, shot in case.pairs():
        if before.camera == shot.camera:
            yield problem(
                "monotony", "error", [before, shot],
                f"{before.id} and {shot.id} have one framing ({shot.camera.words})",
                "change the size, the angle or the move of one of them",
            )  # fmt: skip
    for n in range(len(case.shots) - _RUN + 1):
        run = case.shots[n : n + _RUN]
        fresh = n == 0 or case.shots[n - 1].camera.size != run[0].camera.size
        if fresh and len({shot.camera.size for shot in run}) == 1:
            yield problem(
                "monotony", "warning", run, f"{run[0].id} to {run[-1].id} are all {run[0].camera.size}",
                "break the run with another size",
            )  # fmt: skip
    yield from _moves_and_angles(case)
    yield from _no_wide(case)
    yield from _line_crossed(case)


def _moves_and_angles(case: Case) -> Found:
    """Six times one move other than static, or ten times one angle other than eye level."""
    for name, most, plain in (("move", 6, "static"), ("angle", 12, "eye-level")):
        start = 0
        values = [getattr(shot.camera, name) for shot in case.shots]
        for n in range(1, len(values) + 1):
            if n == len(values) or values[n] != values[start]:
                if n - start >= most and values[start] != plain:
                    run = case.shots[start:n]
                    yield problem(
                        "monotony", "warning", run, f"{run[0].id} to {run[-1].id} all have the {name} {values[start]}",
                        f"break the run with another {name}",
                    )  # fmt: skip
                start = n


def _no_wide(case: Case) -> Found:
    seen: set[str] = set()
    for n, shot in enumerate(case.shots):
        if shot.location in seen:
            continue
        seen.add(shot.location)
        visit = [shot]
        for following in case.shots[n + 1 : n + 3]:
            if following.location != shot.location:
                break
            visit.append(following)
        if not any(one.camera.size in _WIDE for one in visit):
            yield problem(
                "monotony", "warning", visit, f"{shot.location} is new in {shot.id} and is not shown wide",
                f"make {shot.id} wide, so that one knows where one is",
            )  # fmt: skip


def _line_crossed(case: Case) -> Found:
    """Two people change sides of the frame from one shot to the next of a scene."""
    for before, shot in case.pairs():
        if not case.same_scene(before, shot):
            continue
        was, now = _sides(before), _sides(shot)
        both = sorted(was.keys() & now.keys())
        for i, one in enumerate(both):
            for other in both[i + 1 :]:
                if (was[one] - was[other]) * (now[one] - now[other]) < 0:
                    yield problem(
                        "monotony", "warning", [before, shot],
                        f"{one} and {other} change sides between {before.id} and {shot.id}: the line is crossed",
                        "keep each on the side where the scene began",
                    )  # fmt: skip


def _sides(shot: Shot) -> dict[str, int]:
    sides: dict[str, int] = {}
    for presence in shot.characters:
        words = set(words_of(presence.position))
        if words & {"left", "left-hand", "frame-left"}:
            sides[presence.id] = -1
        elif words & {"right", "right-hand", "frame-right"}:
            sides[presence.id] = 1
        elif words & {"centre", "center", "middle"}:
            sides[presence.id] = 0
    return sides


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
        if len(words) < 3 or _EMPTY_TURN.search(act.turn):
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
        words = [content(text) for text in changes]
        for n in range(1, len(words)):
            if changes[n] != changes[n - 1] and words[n] and words[n] == words[n - 1]:
                yield problem(
                    "arc", "error", (), f"the motif {motif.id} returns unchanged (“{motif.changes[n][:60]}”)",
                    "say how it differs each time",
                )  # fmt: skip
        for text in motif.changes:
            if not content(text) or _EMPTY_TURN.search(text):
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
