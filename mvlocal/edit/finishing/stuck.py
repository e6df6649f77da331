"""Whether what makes pictures between two is stuck: it gives one of the two back where they are clearly not alike.

It does not know which model made them, nor what the pictures show.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mvlocal.edit.finishing.tweening import Picture
from mvlocal.errors import CheckFailed

_CLEARLY = 4.0
"""Two pictures that differ by so many levels on average are not alike."""
_SAME_SHARE = 0.05
"""What lies no further from one of the two than this share of the way between them is that one."""
_NEAR_AN_END = 0.2
"""A picture asked for nearer than this to one of the two may well look like it."""


def require_motion(
    made: Sequence[Picture], times: Sequence[float], before: Picture, after: Picture, *, task_id: str, what: str
) -> None:
    """Raises where all that was `made` for times well between `before` (0) and `after` (1) is one of these two.

    Raises:
        CheckFailed: names the task, and the setting that does without the model.
    """
    judged = [picture for picture, t in zip(made, times, strict=True) if _NEAR_AN_END <= t <= 1 - _NEAR_AN_END]
    way = _levels_apart(before, after)
    if not judged or way < _CLEARLY:
        return
    for end, name in ((before, "first"), (after, "second")):
        if all(_levels_apart(picture, end) <= _SAME_SHARE * way for picture in judged):
            raise CheckFailed(
                f"{what} gave the {name} of the two back, unchanged",
                where=task_id,
                mend="use another driver or another finish.rife_model, or finish.interpolate=motion",
            )


def _levels_apart(one: Picture, other: Picture) -> float:
    """The mean difference of two pictures (H, W, 3), 0 to 255; every fourth row and column is enough."""
    return float(np.abs(one[::4, ::4].astype(np.int16) - other[::4, ::4]).mean())
