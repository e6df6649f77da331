"""The rule on framing: it varies from shot to shot, a new place is shown wide, and directions hold."""

from __future__ import annotations

from mvlocal.story.checks.case import Case, Found, problem
from mvlocal.story.checks.direction import screen_direction

_WIDE = frozenset({"wide", "extreme-wide", "full"})
_RUN = 4


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
    yield from screen_direction(case)


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
