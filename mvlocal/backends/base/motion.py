"""What motion is generated from, one link at a time. It knows no model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from mvlocal.backends.base.progress import Preview, Progress
from mvlocal.engine.task import Json
from mvlocal.media.frame import Rgb
from mvlocal.timing import FrameRate


@dataclass(frozen=True, slots=True)
class LinkRequest:
    """One link of motion to generate from a still: what a family makes in one go, at its own size and rate.

    `image` (H, W, 3) has the family's size; `last` is where it should arrive, where the family can do that. `strength`
    is how much moves (0 to 1). `prompt` reaches families that follow words. `precise`: decode in full precision, after
    a fault.
    """

    image: Rgb
    frames: int
    rate: FrameRate
    strength: float
    seed: int
    prompt: str = ""
    negative: str = ""
    last: Rgb | None = None
    precise: bool = False


class MotionMaker(Protocol):
    """Animates a still, one link at a time.

    What it makes in one go: `frames` at the most (the first shows the request's `image`), of `width` x `height` pixels,
    at the `rate` it was trained at; `rates` are all those that it may be asked for, the fastest first. `takes_words`
    and `takes_last` say what of a request reaches it. `notes` are plain facts of the link that was made last, such as
    the precision it was decoded in.
    """

    name: str
    frames: int
    width: int
    height: int
    rate: FrameRate
    rates: Sequence[FrameRate]
    takes_words: bool
    takes_last: bool
    notes: Mapping[str, Json]

    def make_link(self, request: LinkRequest, progress: Progress, preview: Preview | None = None) -> NDArray[np.uint8]:
        """(request.frames, H, W, 3); the same request gives the same pixels."""
        ...
