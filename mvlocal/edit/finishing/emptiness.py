"""Whether a model made nothing of a picture: black or one flat colour, where what it was given is not.

It does not know which model, nor what the picture shows.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mvlocal.edit.finishing.tweening import Picture
from mvlocal.errors import CheckFailed

BLACK = 16
"""A picture whose lightest level is no higher than this shows nothing."""
FLAT = 2.0
"""Levels that vary (as a standard deviation) by less than this are one flat colour."""


def is_empty(picture: Picture) -> bool:
    """Whether (H, W, 3) is black or one flat colour; every fourth row and column is enough."""
    few = picture[::4, ::4].mean(axis=-1)
    return bool(np.max(few) <= BLACK) or float(few.std()) < FLAT


def require_picture(made: Picture, given: Sequence[Picture], *, task_id: str, what: str) -> None:
    """Raises where `made` is empty and every picture that it was made from is not.

    Raises:
        CheckFailed: names the task, and the settings that do without the model.
    """
    if is_empty(made) and not any(is_empty(one) for one in given):
        raise CheckFailed(
            f"{what} gave a picture that is black or one flat colour",
            where=task_id,
            mend="use machine.dtype: bfloat16 or float32, another driver, or finish.upscale=lanczos and "
            "finish.interpolate=motion",
        )
