"""How shots that a model wrote hang together: what cannot hold is a plain cut, and no shot is written anew for it.

It does not know which model writes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mvlocal.schema.story import Problem, Shot

RULES = frozenset({"transition", "chain-budget"})
"""The rules on what a shot comes in by, and on what it goes on from."""


def with_sound_joins(shots: Sequence[Shot], errors_of: Callable[[Sequence[Shot]], Sequence[Problem]]) -> list[Shot]:
    """The shots, those whose joins the verifier's errors name with a plain cut instead.

    It asks again until no such error is left: taking one join away may free another.
    """
    now = list(shots)
    for _ in shots:
        refused = {problem.shots[-1] for problem in errors_of(now) if problem.rule in RULES and problem.shots}
        joined = {shot.id for shot in now if shot.id in refused and (shot.continues or shot.transition != "cut")}
        if not joined:
            break
        plain = {"continues": None, "transition": "cut"}
        now = [shot.model_copy(update=plain) if shot.id in joined else shot for shot in now]
    return now
