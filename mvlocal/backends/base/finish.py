"""What makes more or larger pictures of those that there are. It knows no model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from mvlocal.media.frame import Rgb


class Interpolator(Protocol):
    """Makes pictures between two that follow each other in one shot."""

    name: str

    def between(self, before: Rgb, after: Rgb, times: Sequence[float]) -> Sequence[Rgb]:
        """One picture a time; `times` are between 0 (`before`) and 1 (`after`), both excluded."""
        ...


class Upscaler(Protocol):
    """Makes pictures larger by `scale`."""

    name: str
    scale: int

    def enlarge(self, picture: Rgb) -> Rgb:
        """(H, W, 3) to (scale * H, scale * W, 3)."""
        ...
