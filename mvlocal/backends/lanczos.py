"""Enlarging without a model: pictures pass as they are, and the finish scales them once, straight to the frame.

It knows no model. Scaling twice would only blur.
"""

from __future__ import annotations

from mvlocal.media.frame import Rgb


class LanczosUpscaler:
    """Leaves enlarging to the one Lanczos scaling that every picture goes through on its way to the frame."""

    name = "lanczos"
    scale = 1

    def enlarge(self, picture: Rgb) -> Rgb:
        """The picture itself."""
        return picture


def make() -> LanczosUpscaler:
    """The backend, for the registry."""
    return LanczosUpscaler()
