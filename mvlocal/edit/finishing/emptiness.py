"""Whether a model lost a picture: what it made is black or one flat colour, where what it was given is not.

It does not know which model, nor what the picture shows.
"""

from __future__ import annotations

from collections.abc import Sequence

from mvlocal.edit.finishing.tweening import Picture
from mvlocal.errors import CheckFailed
from mvlocal.media.emptiness import is_empty

_NEARLY = 2.0
"""What is this near to the limits may come out on their other side: a fade to black loses nothing."""


def require_picture(made: Picture, given: Sequence[Picture], *, task_id: str, what: str) -> None:
    """Raises where `made` is empty and every picture that it was made from is clearly not.

    Raises:
        CheckFailed: names the task, and the settings that do without the model.
    """
    if is_empty(made) and not any(is_empty(one, slack=_NEARLY) for one in given):
        raise CheckFailed(
            f"{what} gave a picture that is black or one flat colour",
            where=task_id,
            mend="use machine.dtype: bfloat16 or float32, another driver, or finish.upscale=lanczos and "
            "finish.interpolate=motion",
        )
