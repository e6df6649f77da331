"""The rule on presence: who acts is there, and singing is seen only where that singer sings."""

from __future__ import annotations

from bisect import bisect_left

from mvlocal.schema.story import Shot
from mvlocal.story.checks.case import LEAST_VOICED_S, Case, Found, problem
from mvlocal.story.senses import among, phrases_in, words_of

_UNVOICED = frozenset({"performing", "performs", "microphone"})
"""Words of the stage that may stand in an instrumental: nobody need open the mouth."""


def presence(case: Case) -> Found:
    """A character acts who is not in the shot; singing where nobody sings; the wrong singer."""
    for shot in case.shots:
        yield from _named_but_absent(case, shot)
        yield from _singing(case, shot)


def _named_but_absent(case: Case, shot: Shot) -> Found:
    here = {presence.id for presence in shot.characters}
    said = set(words_of(shot.visual))
    for person, names in case.called.items():
        hits = said & names
        owned_elsewhere = any(hits <= case.called[other] for other in here if other in case.called)
        if person not in here and hits and not owned_elsewhere:
            yield problem(
                "presence", "error", [shot],
                f"the visual of {shot.id} names {case.characters[person].name}, who is not in the shot",
                f"add {person} to its characters, or take the name out of the visual",
            )  # fmt: skip


def _singing(case: Case, shot: Shot) -> Found:
    sung = _is_sung(case, shot)
    singers = [p for p in shot.characters if p.id in case.characters and case.characters[p.id].sings]
    voiced = [word for word in among("singing", shot.visual) if word not in _UNVOICED]
    voiced += phrases_in("singing_phrases", shot.visual)
    if shot.kind == "performance" and not sung:
        yield problem(
            "presence", "error", [shot], f"{shot.id} is a performance, but nobody sings from {shot.start_s:.2f} s on",
            "make it narrative, detail or landscape",
        )  # fmt: skip
    elif shot.kind == "performance" and not singers:
        who = ", ".join(p.id for p in shot.characters) or "nobody"
        yield problem(
            "presence", "error", [shot], f"{shot.id} is a performance by {who}, whose voice the line is not",
            "put the singer of the line into the shot",
        )  # fmt: skip
    elif voiced and not sung and any(p.id in case.characters for p in shot.characters):
        yield problem(
            "presence", "error", [shot], f"in {shot.id} somebody sings (“{voiced[0]}”), in an instrumental",
            "close the mouth: let them listen, wait or move",
        )  # fmt: skip
    elif voiced and shot.characters and not singers:
        yield problem(
            "presence", "error", [shot], f"{shot.characters[0].id} sings in {shot.id}, but the voice is another's",
            "give the line to its singer",
        )  # fmt: skip


def _is_sung(case: Case, shot: Shot) -> bool:
    starts, ends = case.voiced
    begun = bisect_left(starts, shot.end_s - LEAST_VOICED_S)
    return bool(begun) and shot.length_s > LEAST_VOICED_S and ends[begun - 1] - shot.start_s > LEAST_VOICED_S
