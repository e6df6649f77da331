"""Trying again: the first try without a fault is taken, else the least bad one, and no picture is refused."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from mvlocal.errors import CheckFailed, NotFinite
from mvlocal.shots.attempts import Attempt, Best, best_of
from mvlocal.shots.gates import NOTHING, Fault

BLACK = Fault("black", 3.0, 16.0)
STUCK = Fault("stuck", 0.0, 0.02)
FLICKER = Fault("flicker", 9.0, 6.0)


def best_among(rows: Sequence[tuple[Fault, ...] | NotFinite]) -> Best[int]:
    def make(number: int) -> Attempt[int]:
        row = rows[number]
        if isinstance(row, NotFinite):
            raise row
        return Attempt(number, row)

    return best_of(make, len(rows))


@pytest.mark.parametrize(
    ("rows", "taken", "tries"),
    [
        ([(), (STUCK,)], 0, 1),
        ([(STUCK,), (), (STUCK,)], 1, 2),
        ([(STUCK, FLICKER), (FLICKER,), (STUCK,)], 1, 3),
        ([(BLACK,), (STUCK, FLICKER)], 1, 2),
        ([NotFinite("the decoder gave nan"), (STUCK,)], 1, 2),
    ],
    ids=["first", "until-right", "first-of-the-least-bad", "a-picture-before-none", "no-number"],
)
def test_the_least_bad_is_taken_and_nothing_is_made_after_a_right_one(
    rows: Sequence[tuple[Fault, ...]], taken: int, tries: int
) -> None:
    best = best_among(rows)
    assert best.picture_of("s01", "clip", task_id="animate/s01", mend="m") == taken
    assert best.notes() == {"tries": tries, "faults": [fault.to_json() for fault in best.attempt.faults]}


@pytest.mark.parametrize(
    ("row", "said"), [((BLACK,), "its walk is black, 3 times"), (NotFinite("nan"), f"its walk is {NOTHING.words}")]
)
def test_what_is_no_picture_is_refused_and_says_how_often(row: tuple[Fault, ...] | NotFinite, said: str) -> None:
    best = best_among([row] * 3)
    with pytest.raises(CheckFailed, match=said) as caught:
        best.picture_of("s01", "walk", task_id="animate/s01", mend="another still")
    assert (caught.value.where, caught.value.mend) == ("animate/s01", "another still")


def test_other_errors_are_not_tried_again() -> None:
    def make(number: int) -> Attempt[int]:
        raise ValueError(f"a bug in try {number}")

    with pytest.raises(ValueError, match="a bug in try 0"):
        best_of(make, 3)
