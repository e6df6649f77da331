"""Which part of a photo is trained on, and at which of SDXL's sizes: the head stays whole where it can.

It knows no training.

Source of the sizes: Podell and others, "SDXL: Improving Latent Diffusion Models for High-Resolution Image Synthesis"
(2023), appendix I; the nine of about one megapixel that its model card recommends.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from mvlocal.schema.cast import CropPlan, PhotoMeasures, PictureBox

BUCKETS = (
    (1024, 1024), (896, 1152), (1152, 896), (832, 1216), (1216, 832), (768, 1344), (1344, 768), (640, 1536),
    (1536, 640),
)  # fmt: skip
"""(width, height) in pixels."""
MAX_ENLARGED = 1.5
"""No photo is enlarged by more than this: what is not there cannot be learned."""
_ROOM = 1.6
"""A subject whose place is known gets a crop of at least this many times its own box."""


def plan_crop(photo: PhotoMeasures) -> CropPlan | None:
    """The crop that keeps the most of what must stay, then the most of the subject, then the most of the photo.

    Where the subject is known, by its face or by hand, it is rather the closest crop that keeps both, but never so
    close that it had to be enlarged for it. None where every crop would have to be enlarged more than `MAX_ENLARGED`
    times.
    """
    options = [crop for crop in _options(photo) if crop.scale <= MAX_ENLARGED]
    if not options:
        return None

    def worth(crop: CropPlan) -> tuple[float, float, float, float]:
        area = crop.width * crop.height / (photo.width_px * photo.height_px)
        kept_head, kept_body = held(crop, photo.keep, photo), held(crop, photo.subject, photo)
        return (
            round(kept_head, 2),
            round(kept_body, 2),
            round(-area if _known(photo) else area, 3),
            -abs(crop.scale - 1),
        )

    return max(options, key=worth)


def cut_crop(rgb: NDArray[np.uint8], crop: CropPlan) -> NDArray[np.uint8]:
    """The crop of the full upright photo (H, W, 3), at its bucket's size."""
    part = rgb[crop.top : crop.top + crop.height, crop.left : crop.left + crop.width]
    how = cv2.INTER_AREA if crop.scale <= 1 else cv2.INTER_LANCZOS4
    return np.asarray(cv2.resize(part, (crop.bucket_width, crop.bucket_height), interpolation=how), np.uint8)


def held(crop: CropPlan, box: PictureBox, photo: PhotoMeasures) -> float:
    """The share of `box` (fractions of the photo) that the crop shows, 0 to 1."""
    x0, y0, x1, y1 = _in_pixels(box, photo)
    wide = min(x1, crop.left + crop.width) - max(x0, crop.left)
    tall = min(y1, crop.top + crop.height) - max(y0, crop.top)
    return max(wide, 0.0) * max(tall, 0.0) / max((x1 - x0) * (y1 - y0), 1e-9)


def _options(photo: PhotoMeasures) -> Iterator[CropPlan]:
    keep, subject = _in_pixels(photo.keep, photo), _in_pixels(photo.subject, photo)
    for bucket in BUCKETS:
        width, height = _size(bucket, photo, subject)
        across = _Side((subject[0], subject[2]), (keep[0], keep[2]), photo.width_px)
        # Of people who are taller than the crop the upper end stays; of a face that is too large, the middle.
        down = _Side((subject[1], subject[3]), (keep[1], keep[3]), photo.height_px, from_start=not photo.faces)
        yield CropPlan(
            left=across.place(width),
            top=down.place(height),
            width=width,
            height=height,
            bucket_width=bucket[0],
            bucket_height=bucket[1],
        )


def _size(bucket: tuple[int, int], photo: PhotoMeasures, subject: PictureBox) -> tuple[int, int]:
    """Width and height of the bucket's shape: the largest in the photo, or closer about a small known subject."""
    aspect = bucket[0] / bucket[1]
    largest = min(photo.width_px, photo.height_px * aspect)
    width = largest
    if _known(photo):
        wanted = _ROOM * max(subject[2] - subject[0], (subject[3] - subject[1]) * aspect)
        width = min(largest, max(wanted, bucket[0]))
    return max(int(width + 1e-6), 1), max(int(width / aspect + 1e-6), 1)


@dataclass(frozen=True, slots=True)
class _Side:
    """One side of a photo in pixels: where the subject and what must stay lie on it, and its length."""

    subject: tuple[float, float]
    keep: tuple[float, float]
    whole: int
    from_start: bool = False

    def place(self, length: int) -> int:
        """Where a crop of `length` starts: about the subject, moved to hold what must stay."""
        low, high = self.keep
        start = (sum(self.subject) - length) / 2
        if high - low <= length:
            start = min(max(start, high - length), low)
        else:
            start = low if self.from_start else (low + high - length) / 2
        return min(max(round(start), 0), self.whole - length)


def _known(photo: PhotoMeasures) -> bool:
    return photo.subject_by in ("face", "hand")


def _in_pixels(box: PictureBox, photo: PhotoMeasures) -> tuple[float, float, float, float]:
    width, height = photo.width_px, photo.height_px
    return box[0] * width, box[1] * height, box[2] * width, box[3] * height
