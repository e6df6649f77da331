"""Trying again: what comes out with a fault is made once more, and the least bad of all tries is taken or refused.

It does not know what is made, nor what changes from one try to the next.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from mvlocal.errors import CheckFailed, NotFinite
from mvlocal.shots.gates import NOTHING, Fault

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Attempt(Generic[T]):
    """What came of one try (None: numbers that make no picture), and what is wrong with it."""

    made: T | None
    faults: tuple[Fault, ...]

    @property
    def badness(self) -> tuple[bool, int]:
        """Worse is larger."""
        return any(fault.hard for fault in self.faults), len(self.faults)


@dataclass(frozen=True, slots=True)
class Best(Generic[T]):
    """The least bad attempt, the first of equals, and how many were made."""

    attempt: Attempt[T]
    tries: int

    def picture_of(self, shot: str, kind: str, *, task_id: str, mend: str) -> T:
        """What was made, whatever else is wrong with it; `kind` is what it is called, as `clip`.

        Raises:
            CheckFailed: there is no picture in it.
        """
        made, faults = self.attempt.made, self.attempt.faults
        if made is None or any(fault.hard for fault in faults):
            raise CheckFailed(
                f"no picture came out for {shot}: its {kind} is {faults[0].words}, {self.tries} times over",
                where=task_id,
                mend=mend,
            )
        return made

    def notes(self) -> dict[str, int | list[dict[str, str | float]]]:
        """As plain JSON, for a record's notes."""
        return {"tries": self.tries, "faults": [fault.to_json() for fault in self.attempt.faults]}


def best_of(make: Callable[[int], Attempt[T]], tries: int) -> Best[T]:
    """Makes until nothing is wrong, `tries` times at most: `make` is called with 0, 1 and on.

    Only the least bad so far is kept, for clips are large.
    """
    best = _attempted(make, 0)
    made = 1
    while best.faults and made < tries:
        best = min(best, _attempted(make, made), key=lambda one: one.badness)
        made += 1
    return Best(best, made)


def _attempted(make: Callable[[int], Attempt[T]], number: int) -> Attempt[T]:
    try:
        return make(number)
    except NotFinite:
        return Attempt(None, (NOTHING,))
