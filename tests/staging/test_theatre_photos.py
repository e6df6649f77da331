"""Framing photos: subjects whole, odd shapes, estimates."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from staging_support import clip_request, shot, staged, stand_in_photo, still_request

from mvlocal.backends.animatic import create
from mvlocal.backends.base import KeyframeRequest
from mvlocal.errors import InputError
from mvlocal.schema.story import CameraMove, Shot, ShotSize
from mvlocal.staging.theatre.photo_framing import PhotoSize, fills, frame_crop, plan_card
from mvlocal.staging.theatre.subject import estimate_subject

SIZES: tuple[ShotSize, ...] = get_args(ShotSize)
MOVES: tuple[CameraMove, ...] = get_args(CameraMove)
shares = st.floats(0, 1)


def photo_request(of: Shot, frame: tuple[int, int], path: Path) -> KeyframeRequest:
    request = still_request(of, width=frame[0], height=frame[1])
    return replace(request, photo=path, staging=staged(of, aspect=frame[0] / frame[1], photo=path.name))


@settings(max_examples=200, deadline=None)
@given(
    width=st.integers(64, 6000),
    height=st.integers(64, 6000),
    box=st.tuples(shares, shares, shares, shares),
    aspect=st.sampled_from([16 / 9, 9 / 16, 1.0, 2.39]),
    size=st.sampled_from(SIZES),
    move=st.sampled_from(MOVES),
)
def test_a_photo_that_fills_the_frame_shows_its_subject_whole(
    width: int,
    height: int,
    box: tuple[float, float, float, float],
    aspect: float,
    size: ShotSize,
    move: CameraMove,
) -> None:
    left, right = sorted(box[:2])
    top, bottom = sorted(box[2:])
    photo = PhotoSize(width, height, (left, top, right, bottom))
    if not fills(photo, aspect, size, move):
        plan = plan_card(photo, aspect, size, 1)
        assert 0 <= plan.box[0] < plan.box[2] <= 1
        assert 0 <= plan.box[1] < plan.box[3] <= 1
        if plan.panel:
            assert plan.crop.holds(photo.subject_px())
        return
    crop = frame_crop(photo, 1280, aspect, size, move)
    assert crop.width / crop.height == pytest.approx(aspect)
    assert crop.x >= 0
    assert crop.y >= 0
    assert crop.x + crop.width <= width + 1e-6
    assert crop.y + crop.height <= height + 1e-6
    if (right - left) * width <= crop.width and (bottom - top) * height <= crop.height:
        assert crop.holds(photo.subject_px())


def test_closer_sizes_show_less_of_a_photo() -> None:
    photo = PhotoSize(3000, 2000, (0.4, 0.2, 0.6, 0.5))
    widths = [frame_crop(photo, 1280, 16 / 9, size, "static").width for size in SIZES]
    assert widths == sorted(widths, reverse=True)
    assert widths[0] > 2 * widths[-1]


def test_a_portrait_stands_in_a_wide_frame_and_fills_an_upright_one() -> None:
    portrait = PhotoSize(1000, 1500, (0.25, 0.15, 0.75, 0.6))
    assert not fills(portrait, 16 / 9, "wide", "push-in")
    assert fills(portrait, 9 / 16, "wide", "push-in")
    card = plan_card(portrait, 16 / 9, "wide", 1)
    assert (card.crop.width, card.crop.height) == pytest.approx((1000, 1500))
    assert (card.box[0] + card.box[2]) / 2 > 0.6


@pytest.mark.parametrize("at", [(0.3, 0.4), (0.5, 0.45), (0.68, 0.5)])
def test_the_estimate_finds_a_face_on_plain_ground(at: tuple[float, float]) -> None:
    y, x = np.mgrid[0:300, 0:450]
    picture = np.full((300, 450, 3), (70, 90, 120), np.uint8)
    picture[np.hypot(x - at[0] * 450, (y - at[1] * 300) * 0.8) < 40] = (224, 172, 142)
    left, top, right, bottom = estimate_subject(picture)
    assert left < at[0] < right
    assert top < at[1] < bottom
    assert right - left < 0.6


@pytest.mark.parametrize("shape", [(64, 64), (2000, 200), (200, 2000), (40, 64), (1, 1), (3, 900)])
@pytest.mark.parametrize("frame", [(320, 180), (180, 320), (200, 200)])
def test_odd_photos_make_whole_shots(shape: tuple[int, int], frame: tuple[int, int], tmp_path: Path) -> None:
    path = tmp_path / "photo.png"
    Image.fromarray(stand_in_photo(*shape)).save(path)
    backend = create()
    request = photo_request(shot(move="pan-left", size="medium"), frame, path)
    keyframe = backend.make_keyframe(request)
    assert keyframe.image.shape == (frame[1], frame[0], 3)
    frames = list(backend.animate(clip_request(request, keyframe, 4)))
    assert len(frames) == 4
    assert frames[0].y.shape == (frame[1], frame[0])


def test_a_given_subject_is_kept_and_an_estimate_is_said_to_be_one(tmp_path: Path) -> None:
    path = tmp_path / "photo.png"
    Image.fromarray(stand_in_photo(640, 400)).save(path)
    request = photo_request(shot(), (320, 180), path)
    assert create().make_keyframe(request).notes["remarks"]
    given_box = replace(photo_request(shot(), (320, 180), path), subject=(0.4, 0.3, 0.6, 0.6))
    assert create().make_keyframe(given_box).notes["remarks"] == []


def test_a_file_that_is_no_photo_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(b"not a photo")
    request = photo_request(shot(), (320, 180), path)
    with pytest.raises(InputError):
        create().make_keyframe(request)
