"""Measures one upright photo: sharpness, light, colours and a hash. It does not judge.

Source: Pech-Pacheco and others, "Diatom autofocusing in brightfield microscopy" (2000), for the variance of the
Laplacian as a measure of sharpness.
"""

from __future__ import annotations

from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from mvlocal.cast.colours import SKIN_LIKE, colour_shares, dominant
from mvlocal.cast.heads import body_of_face, clothes_of_face, head_of_face
from mvlocal.cast.phash import perceptual_hash
from mvlocal.schema.cast import Exposure, FaceSeen, PhotoMeasures, PictureBox, SubjectSeen, SubjectSource

JUDGED_SIDE_PX = 1024
"""Longer side at which photos are measured: the size they are trained at. Smaller photos are not enlarged."""
_CLOTHES_SHARE = 0.55
"""A colour that covers as much of the body is the clothes' colour."""
_LEAST_SIDE_PX = 16
Scalar = TypeVar("Scalar", bound=np.generic)
_WHOLE: PictureBox = (0.0, 0.0, 1.0, 1.0)


def small_enough(rgb: NDArray[np.uint8], side_px: int = JUDGED_SIDE_PX) -> NDArray[np.uint8]:
    """The photo (H, W, 3) with a longer side of at most `side_px`: as it is measured, unless told otherwise."""
    height, width = rgb.shape[:2]
    shrink = side_px / max(height, width)
    if shrink >= 1:
        return rgb
    size = (max(round(width * shrink), 1), max(round(height * shrink), 1))
    return np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)


def measure_photo(
    small: NDArray[np.uint8], full_size: tuple[int, int], seen: SubjectSeen, by_hand: PictureBox | None
) -> PhotoMeasures:
    """Measures the photo `small` (H, W, 3), as `small_enough` gives it, of `full_size` (width, height) pixels.

    A subject's box given by hand wins over what was seen.
    """
    luma = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8)
    faces = seen.faces if by_hand is None else _faces_within(seen, by_hand)
    subject, source = _subject(seen.model_copy(update={"faces": faces}), by_hand)
    outside = np.ones(luma.shape, np.bool_)
    _part(outside, subject)[:] = False
    face = faces[0] if faces else None
    lab = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2LAB))
    return PhotoMeasures(
        width_px=full_size[0],
        height_px=full_size[1],
        subject=subject,
        subject_by=source,
        keep=head_of_face(face) if face else subject,
        faces=faces,
        sharpness=round(float(cv2.Laplacian(_part(luma, subject), cv2.CV_64F).var()), 2),
        exposure=_exposure(_part(luma, subject)),
        brightness=round(float(luma.mean()) / 255, 4),
        warmth=round(float(lab[..., 2].mean()) - 128, 2),
        phash=perceptual_hash(luma),
        subject_colours=colour_shares(_part(small, subject)),
        surround_colours=colour_shares(small, outside),
        clothes_colour=_clothes_colour(_part(small, clothes_of_face(face))) if face else "",
    )


def _faces_within(seen: SubjectSeen, box: PictureBox) -> tuple[FaceSeen, ...] | None:
    if seen.faces is None:
        return None
    left, top, right, bottom = box
    middles = [((f.box[0] + f.box[2]) / 2, (f.box[1] + f.box[3]) / 2) for f in seen.faces]
    inside = [left <= x <= right and top <= y <= bottom for x, y in middles]
    return tuple(face for face, within in zip(seen.faces, inside, strict=True) if within)


def _subject(seen: SubjectSeen, by_hand: PictureBox | None) -> tuple[PictureBox, SubjectSource]:
    if by_hand is not None:
        return by_hand, "hand"
    if seen.faces:
        return body_of_face(seen.faces[0]), "face"
    return (seen.box, "estimate") if seen.box is not None else (_WHOLE, "whole")


def _part(picture: NDArray[Scalar], box: PictureBox) -> NDArray[Scalar]:
    """The pixels of `picture` (H, W, ...) in `box`: at least one, as a view."""
    height, width = picture.shape[:2]
    left, top = min(int(box[0] * width), width - 1), min(int(box[1] * height), height - 1)
    right, bottom = max(round(box[2] * width), left + 1), max(round(box[3] * height), top + 1)
    return picture[top:bottom, left:right]


def _exposure(luma: NDArray[np.uint8]) -> Exposure:
    low, median, high = (float(value) for value in np.percentile(luma, (5, 50, 95)))
    return Exposure(
        median=round(median / 255, 4),
        clipped_dark=round(float((luma <= 4).mean()), 4),
        clipped_bright=round(float((luma >= 251).mean()), 4),
        contrast=round((high - low) / 255, 4),
    )


def _clothes_colour(body: NDArray[np.uint8]) -> str:
    """One colour that covers most of the body; empty where there is none, or where it may as well be skin."""
    if min(body.shape[:2]) < _LEAST_SIDE_PX:
        return ""
    name = dominant(colour_shares(body), _CLOTHES_SHARE)
    return "" if name in SKIN_LIKE else name
