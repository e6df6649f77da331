"""A stuck interpolator is found; pictures that truly lie between, and still ones, are let through."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from moving_pictures import moment

from mvlocal.backends.motion_frames import MotionInterpolator
from mvlocal.edit.finishing import stage
from mvlocal.edit.finishing.stuck import require_motion
from mvlocal.edit.finishing.tweening import Picture
from mvlocal.engine.task import Json, TaskContext
from mvlocal.errors import CheckFailed

BEFORE, AFTER = moment(0.0, 256, 144), moment(0.4, 256, 144)
TIMES = (0.25, 0.5, 0.75)


def check(made: Sequence[Picture], times: Sequence[float], after: Picture = AFTER) -> None:
    require_motion(made, times, BEFORE, after, task_id="finish/s01", what="making frames between two")


@pytest.mark.parametrize(("given", "name"), [(BEFORE, "first"), (AFTER, "second")])
def test_one_of_the_two_given_back_for_every_time_is_refused(given: Picture, name: str) -> None:
    noisy = np.clip(given.astype(np.int16) + np.random.default_rng(1).integers(-1, 2, given.shape), 0, 255)
    for picture in (given, noisy.astype(np.uint8)):
        with pytest.raises(CheckFailed, match=f"making frames between two gave the {name} of the two back") as caught:
            check([picture] * 3, TIMES)
        assert caught.value.where == "finish/s01"
        assert "finish.interpolate=motion" in caught.value.mend


def test_pictures_that_lie_between_are_let_through() -> None:
    check(MotionInterpolator().between(BEFORE, AFTER, TIMES), TIMES)
    check([((1 - t) * BEFORE + t * AFTER).astype(np.uint8) for t in TIMES], TIMES)
    check([BEFORE, ((BEFORE.astype(np.int16) + AFTER) // 2).astype(np.uint8)], (0.2, 0.5))


def test_near_an_end_and_between_two_alike_nothing_is_judged() -> None:
    check([BEFORE, AFTER], (0.05, 0.95))
    slow = np.clip(BEFORE.astype(np.int16) + 2, 0, 255).astype(np.uint8)
    check([BEFORE], (0.5,), after=slow)
    check([], ())


class _Stuck:
    """An interpolator that gives its first picture back."""

    def between(self, before: Picture, after: Picture, times: Sequence[float]) -> Sequence[Picture]:
        return [before for _ in times]


def test_a_shots_finish_asks_for_motion(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def load_stuck(_kind: str, _name: str, **_options: object) -> _Stuck:
        return _Stuck()

    monkeypatch.setattr(stage, "load_backend", load_stuck)
    params: dict[str, Json] = {"interpolate": {"backend": "rife"}}
    placement: dict[str, Json] = {"weights": {}, "uses": {}}
    context = TaskContext("finish/s07", params, {}, 0, tmp_path, lambda _fraction, _note: None, placement)
    between = stage._interpolator(context)  # pyright: ignore[reportPrivateUsage]
    assert between is not None
    with pytest.raises(CheckFailed) as caught:
        between(BEFORE, AFTER, TIMES)
    assert caught.value.where == "finish/s07"
