"""The rule on transitions: each has room, two shots to lie between, a reason to be there, and few beside it.

It does not know what a transition looks like.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import get_args

from mvlocal.schema.story import Shot, ShotSize
from mvlocal.schema.transitions import MOST_OF_SHOT, SHORTEST_S, beat_near, spared_s, transition_s
from mvlocal.story.checks.case import Case, Found, problem

_RULE = "transition"
_SIZES: tuple[ShotSize, ...] = get_args(ShotSize)
_RUN = 3
"""So many transitions on end are a manner, not a reason."""
_MOST, _FROM = 1 / 3, 9
"""Of a plan's cuts, if it has at least so many, this share may be transitions."""
_APART_S = 8.0
"""Two whips stand at least this far apart."""


def transition(case: Case) -> Found:
    """Transitions without room, along a chain or within a scene; matches of nothing; too many."""
    if not case.shots:
        return
    yield from _at_the_ends(case.shots)
    for before, shot in case.pairs():
        if shot.transition != "cut":
            yield from _room(case, before, shot)
            yield from _reason(case, before, shot)
    yield from _crowded(case.shots)


def _at_the_ends(shots: Sequence[Shot]) -> Found:
    first, last = shots[0], shots[-1]
    if first.transition in ("whip", "match"):
        yield problem(
            _RULE, "error", [first], f"{first.id} is the first shot: there is nothing to {first.transition} from",
            "begin on it (cut), or bring it out of black (dip)",
        )  # fmt: skip
    if len(shots) > 1 and last.transition == "whip":
        yield problem(
            _RULE, "warning", [shots[-2], last], f"a whip leads into {last.id}, the last shot: it should come to rest",
            "cut to it, or dissolve",
        )  # fmt: skip


def _room(case: Case, before: Shot, shot: Shot) -> Found:
    """An edit takes at most a third of either shot: what is left of the transition must still be one."""
    kind = shot.transition
    spared = spared_s(before.length_s, shot.length_s)
    short = min(before, shot, key=lambda one: one.length_s)
    if spared < SHORTEST_S[kind]:
        yield problem(
            _RULE, "error", [before, shot],
            f"the {kind} into {shot.id} has no room: {short.id} lasts {short.length_s:.2f} s and spares {spared:.2f} s",
            f"cut to {shot.id}, or let {short.id} last {SHORTEST_S[kind] / (2 * MOST_OF_SHOT):.2f} s or more",
        )  # fmt: skip
        return
    wanted = transition_s(kind, beat_near(case.song.beats, shot.start_s)) if case.song.beats else 0.0
    if wanted > spared + case.limits.rate.frame_s:
        yield problem(
            _RULE, "warning", [before, shot],
            f"the {kind} into {shot.id} would last {wanted:.2f} s on the beat; {short.id} can spare {spared:.2f} s",
            f"cut to {shot.id}, or make {short.id} longer",
        )  # fmt: skip


def _reason(case: Case, before: Shot, shot: Shot) -> Found:
    kind = shot.transition
    if shot.continues == before.id:
        yield problem(
            _RULE, "error", [before, shot],
            f"{shot.id} goes on from the last frame of {before.id} and comes in by a {kind}: it would cover itself",
            "cut, or start it from a fresh keyframe (remove `continues`)",
        )  # fmt: skip
    elif kind != "whip" and case.same_scene(before, shot):
        yield problem(
            _RULE, "warning", [before, shot],
            f"the {kind} into {shot.id} stands within one scene, where no time passes and nothing changes",
            f"cut to {shot.id}, or say what has passed (`jump`)",
        )  # fmt: skip
    if kind == "match":
        yield from _match(case, before, shot)


def _match(case: Case, before: Shot, shot: Shot) -> Found:
    if not (_things(before) & _things(shot) or case.content[case.order[before.id]] & case.content[case.order[shot.id]]):
        yield problem(
            _RULE, "error", [before, shot], f"{before.id} and {shot.id} share nobody and nothing for a match to hold",
            "cut, or let the same person, thing or movement be in both",
        )  # fmt: skip
    elif abs(_SIZES.index(before.camera.size) - _SIZES.index(shot.camera.size)) > 1:
        yield problem(
            _RULE, "warning", [before, shot],
            f"a match leads from {before.camera.size} to {shot.camera.size}: what is matched changes its size",
            f"give {shot.id} the size of {before.id}, or cut",
        )  # fmt: skip


def _things(shot: Shot) -> frozenset[str]:
    """Who and what is in a shot."""
    held = {prop for one in shot.characters for prop in one.props}
    return frozenset({one.id for one in shot.characters} | held | set(shot.props))


def _crowded(shots: Sequence[Shot]) -> Found:
    joined = [n for n in range(1, len(shots)) if shots[n].transition != "cut"]
    known = frozenset(joined)
    for n in joined:
        run = range(n, n + _RUN)
        if n - 1 not in known and known.issuperset(run):
            yield problem(
                _RULE, "warning", [shots[one] for one in run],
                f"{_RUN} shots on end come in by a transition, from {shots[n].id} on",
                "keep the one that the story needs and cut the others",
            )  # fmt: skip
    if len(shots) > _FROM and len(joined) > _MOST * (len(shots) - 1):
        yield problem(
            _RULE, "warning", [shots[n] for n in joined],
            f"{len(joined)} of {len(shots) - 1} cuts are transitions; cuts keep the time",
            f"keep at most {int(_MOST * (len(shots) - 1))}, where the story or the song turns",
        )  # fmt: skip
    whips = [shots[n] for n in joined if shots[n].transition == "whip"]
    for one, other in pairwise(whips):
        if other.start_s - one.start_s < _APART_S:
            yield problem(
                _RULE, "warning", [one, other],
                f"{one.id} and {other.id} both come in by a whip within {other.start_s - one.start_s:.1f} s",
                "keep one of them and cut to the other",
            )  # fmt: skip
