"""Plain words for how a face is turned and from how far it is seen. It does not measure."""

from __future__ import annotations

from typing import Literal

from mvlocal.schema.cast import CropPlan, PhotoMeasures

View = Literal["front", "three-quarter", "profile"]
Distance = Literal["close-up", "head and shoulders", "to the waist", "from farther away"]

_FRONT_DEG, _PROFILE_DEG = 20.0, 50.0
_DISTANCES: tuple[tuple[float, Distance], ...] = (
    (0.4, "close-up"), (0.2, "head and shoulders"), (0.1, "to the waist"), (0.0, "from farther away"),
)  # fmt: skip
"""(face's height in heights of the crop from which it is so called, words)."""


def view_of(yaw_deg: float) -> View:
    """How a face turned by `yaw_deg` (0: to the camera) is seen."""
    turned = abs(yaw_deg)
    return "front" if turned < _FRONT_DEG else "three-quarter" if turned < _PROFILE_DEG else "profile"


def distance_of(photo: PhotoMeasures, crop: CropPlan) -> Distance | None:
    """From how far the largest face is seen in the crop; None where no face is known."""
    if not photo.faces:
        return None
    top, bottom = photo.faces[0].box[1], photo.faces[0].box[3]
    share = (bottom - top) * photo.height_px / crop.height
    return next(words for least, words in _DISTANCES if share >= least)
