"""Crops: SDXL's shapes, the head whole, nothing enlarged too far."""

from __future__ import annotations

import numpy as np
import pytest
from cast_pictures import face, measures
from hypothesis import given, settings
from hypothesis import strategies as st

from mvlocal.cast.crops import BUCKETS, MAX_ENLARGED, cut_crop, held, plan_crop
from mvlocal.cast.heads import body_of_face, head_of_face

places = st.floats(0.02, 0.98)


@settings(max_examples=120, deadline=None)
@given(
    width=st.integers(1, 6000),
    height=st.integers(1, 6000),
    middle=st.tuples(places, places),
    size=st.floats(0.02, 0.5),
    known=st.booleans(),
)
def test_every_crop_has_a_bucket_s_shape_and_holds_the_head_where_one_can(
    width: int, height: int, middle: tuple[float, float], size: float, known: bool
) -> None:
    sides = middle[0] - size / 2, middle[1] - size / 2, middle[0] + size / 2, middle[1] + size / 2
    found = face(*(min(max(side, 0.0), 1.0) for side in sides))
    keep, body = head_of_face(found), body_of_face(found)
    photo = measures(
        width_px=width,
        height_px=height,
        faces=(found,) if known else None,
        keep=keep,
        subject=body if known else keep,
        subject_by="face" if known else "estimate",
    )
    crop = plan_crop(photo)
    if crop is None:
        assert min(width, height * 2.4) < 1536 / MAX_ENLARGED or min(height, width * 2.4) < 1536 / MAX_ENLARGED
        assert min(width, height) * MAX_ENLARGED < 1024 + 2
        return
    assert (crop.bucket_width, crop.bucket_height) in BUCKETS
    assert crop.scale <= MAX_ENLARGED
    assert crop.left + crop.width <= width
    assert crop.top + crop.height <= height
    assert crop.width / crop.height == pytest.approx(crop.bucket_width / crop.bucket_height, rel=0.004)
    wide, tall = (keep[2] - keep[0]) * width, (keep[3] - keep[1]) * height
    if wide <= min(width, height) - 2 and tall <= min(width, height) - 2 and min(width, height) * MAX_ENLARGED >= 1026:
        assert held(crop, keep, photo) > 0.97


def test_a_small_subject_with_a_face_is_cropped_closer_but_not_enlarged_for_it() -> None:
    found = face(0.49, 0.4, 0.506, 0.424)
    head, body = head_of_face(found), body_of_face(found)
    near = plan_crop(measures(width_px=6000, height_px=4000, faces=(found,), keep=head, subject=body))
    far = plan_crop(measures(width_px=6000, height_px=4000))
    assert near is not None
    assert far is not None
    assert near.width < far.width / 2
    assert near.scale == pytest.approx(1, abs=0.002)


def test_small_photos_are_enlarged_up_to_the_limit_and_not_beyond() -> None:
    crop = plan_crop(measures(width_px=700, height_px=700))
    assert crop is not None
    assert crop.scale == pytest.approx(1024 / 700, rel=0.01)
    assert plan_crop(measures(width_px=640, height_px=640)) is None


def test_of_someone_taller_than_the_crop_the_upper_end_stays() -> None:
    photo = measures(width_px=1000, height_px=4000, keep=(0.3, 0.1, 0.7, 0.95), subject=(0.3, 0.1, 0.7, 0.95))
    crop = plan_crop(photo)
    assert crop is not None
    assert (crop.bucket_width, crop.bucket_height) == (640, 1536)
    assert crop.top == pytest.approx(400, abs=1)


def test_what_is_cut_out_is_what_was_planned() -> None:
    rgb = np.zeros((1500, 2400, 3), np.uint8)
    photo = measures(width_px=2400, height_px=1500, keep=(0.4, 0.2, 0.6, 0.5), subject=(0.4, 0.2, 0.6, 0.9))
    crop = plan_crop(photo)
    assert crop is not None
    rgb[crop.top : crop.top + crop.height, crop.left : crop.left + crop.width] = (10, 200, 30)
    cut = cut_crop(rgb, crop)
    assert cut.shape == (crop.bucket_height, crop.bucket_width, 3)
    assert np.abs(cut.astype(int) - (10, 200, 30)).max() == 0
