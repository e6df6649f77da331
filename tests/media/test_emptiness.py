"""Emptiness: black and flat pictures are empty, a lamp in the night is not; a fade to black has lost nothing."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from mvlocal.edit.finishing.emptiness import require_picture
from mvlocal.errors import CheckFailed
from mvlocal.media.emptiness import brightest_of, is_empty, luma_of, spread_of

RNG = np.random.default_rng(5)
PICTURE = np.kron(RNG.integers(20, 230, (9, 16, 3), np.uint8), np.ones((12, 12, 1), np.uint8))
BLACK = np.zeros_like(PICTURE)
GREY = np.full_like(PICTURE, 90)


def faded(peak: int) -> NDArray[np.uint8]:
    """The picture with its lightest level at `peak`."""
    return (PICTURE * (peak / PICTURE.max())).astype(np.uint8)


def test_luma_brightest_and_spread_are_those_of_each_picture() -> None:
    green = np.zeros((4, 8, 3), np.uint8)
    green[:, :4, 1] = 100
    luma = luma_of(np.stack([green, green // 2]))
    assert luma.shape == (2, 2, 4)
    assert brightest_of(luma) == pytest.approx([71.52, 35.76])
    assert spread_of(luma) == pytest.approx([35.76, 17.88])


@pytest.mark.parametrize(("picture", "empty"), [(PICTURE, False), (BLACK, True), (BLACK + 9, True), (GREY, True)])
def test_black_and_flat_pictures_are_empty(picture: NDArray[np.uint8], empty: bool) -> None:
    assert is_empty(picture) is empty


def test_a_lamp_in_the_night_is_something() -> None:
    night = np.full((400, 600, 3), 6, np.uint8)
    night[100:130, 300:330] = 220
    assert not is_empty(night)


@pytest.mark.parametrize("lost", [BLACK, GREY])
def test_a_picture_that_is_lost_is_refused_unless_there_was_none(lost: NDArray[np.uint8]) -> None:
    with pytest.raises(CheckFailed, match="enlarging gave a picture that is black or one flat colour") as caught:
        require_picture(lost, [PICTURE, PICTURE], task_id="finish/s01", what="enlarging")
    assert caught.value.where == "finish/s01"
    require_picture(lost, [PICTURE, BLACK], task_id="finish/s01", what="enlarging")
    require_picture(PICTURE, [PICTURE], task_id="finish/s01", what="enlarging")


def test_a_slow_fade_to_black_has_lost_nothing_at_any_frame() -> None:
    for peak in range(60, 0, -1):
        require_picture(faded(peak - 1), [faded(peak)], task_id="finish/s01", what="enlarging")
