"""Crops brought to the resolution that is trained at. It knows no photos."""

from __future__ import annotations

from mvlocal.schema.cast import CropPlan

PLANNED_AT = 1024
"""Crops are planned in the sizes of about one megapixel."""
_STEP, _SMALL_STEP = 32, 16
_SMALL = 512


def at_resolution(crop: CropPlan, resolution: int) -> CropPlan:
    """The crop at about `resolution` squared pixels: the bucket's sides become multiples of 32 (below 512 of 16).

    The crop is trimmed evenly to the new shape, by a few hundredths of a side, rather than stretched.
    """
    width, height = _side(crop.bucket_width, resolution), _side(crop.bucket_height, resolution)
    inner_width = min(crop.width, max(round(crop.height * width / height), 1))
    inner_height = min(crop.height, max(round(crop.width * height / width), 1))
    return CropPlan(
        left=crop.left + (crop.width - inner_width) // 2,
        top=crop.top + (crop.height - inner_height) // 2,
        width=inner_width,
        height=inner_height,
        bucket_width=width,
        bucket_height=height,
    )


def square_side(resolution: int) -> int:
    """The side of the square bucket."""
    return _side(PLANNED_AT, resolution)


def _side(pixels: int, resolution: int) -> int:
    step = _STEP if resolution >= _SMALL else _SMALL_STEP
    return max(round(pixels * resolution / PLANNED_AT / step) * step, step)
