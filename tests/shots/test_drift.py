from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from mvlocal.shots.drift import (
    CONTRAST,
    LIGHTNESS,
    MAX_CONTRAST,
    MAX_LIGHTNESS,
    MAX_TINT,
    Correction,
    corrected,
    correction_of,
    drift_of,
    look_of,
)

Picture = NDArray[np.uint8]


@pytest.fixture
def still() -> Picture:
    random = np.random.default_rng(1)
    soft = cv2.resize(random.uniform(70, 180, (6, 9, 3)), (144, 96), interpolation=cv2.INTER_CUBIC)
    return np.clip(soft + random.normal(0, 5, soft.shape), 0, 255).astype(np.uint8)


def changed(picture: Picture, *, raised: float = 0, spread: float = 1, red: float = 0) -> Picture:
    grey = picture.astype(float)
    mean = grey.mean()
    return np.clip((grey - mean) * spread + mean + raised + np.array([red, 0, 0]), 0, 255).astype(np.uint8)


def test_a_picture_has_not_drifted_from_itself(still: Picture) -> None:
    drift = drift_of(look_of(still), look_of(still))
    assert drift.score == 0
    assert drift.to_json()["contrast"] == 1


def test_grey_has_known_figures() -> None:
    look = look_of(np.full((8, 8, 3), 119, np.uint8))
    assert look.lightness == pytest.approx(50.0, abs=0.2)
    assert look.contrast == 0
    assert look.saturation == pytest.approx(0, abs=0.1)
    assert look.sharpness == pytest.approx(0, abs=1e-6)


def test_each_kind_of_drift_shows_in_its_own_figure(still: Picture) -> None:
    base = look_of(still)
    bright = drift_of(base, look_of(changed(still, raised=25)))
    assert bright.lightness == pytest.approx(10, abs=1.5)
    harsh = drift_of(base, look_of(changed(still, spread=1.3)))
    assert harsh.contrast == pytest.approx(np.log(1.3), abs=0.04)
    assert abs(harsh.sharpness) < 0.08
    warm = drift_of(base, look_of(changed(still, red=25)))
    assert warm.tint > 8
    soft = drift_of(base, look_of(cv2.GaussianBlur(still, (0, 0), 1.5).astype(np.uint8)))
    assert soft.sharpness < -0.8
    assert soft.score > 1


def test_getting_sharper_is_no_drift(still: Picture) -> None:
    random = np.random.default_rng(2)
    sharper = np.clip(still + random.normal(0, 12, still.shape), 0, 255).astype(np.uint8)
    drift = drift_of(look_of(still), look_of(sharper))
    assert drift.sharpness > 0.5
    assert drift.score < 1


def test_likeness_counts(still: Picture) -> None:
    assert drift_of(look_of(still), look_of(still), 0.5).score == 2
    assert drift_of(look_of(still), look_of(still), -0.5).score == 0


@pytest.mark.parametrize(
    "change", [{"raised": 20.0}, {"spread": 1.2}, {"spread": 0.85}, {"red": 12.0}, {"raised": -15.0, "red": -9.0}]
)
def test_a_correction_brings_the_look_back(still: Picture, change: dict[str, float]) -> None:
    off = changed(still, **change)
    base = look_of(still)
    assert drift_of(base, look_of(off)).score > 0.4
    back = corrected(off, correction_of(look_of(off), base))
    assert drift_of(base, look_of(back)).score < 0.15


def test_a_correction_is_bounded(still: Picture) -> None:
    black = np.zeros_like(still)
    correction = correction_of(look_of(black), look_of(still))
    assert correction.lightness == MAX_LIGHTNESS
    assert correction.contrast == MAX_CONTRAST
    red = changed(still, red=120)
    shift = correction_of(look_of(red), look_of(still))
    assert np.hypot(shift.red_green, shift.yellow_blue) == pytest.approx(MAX_TINT)


def test_half_of_a_correction_is_half_of_its_numbers() -> None:
    none, full = Correction(50.0), Correction(50.0, LIGHTNESS, CONTRAST, 2.0, -2.0, 0.1)
    half = none.towards(full, 0.5)
    assert (half.lightness, half.contrast, half.yellow_blue) == (LIGHTNESS / 2, CONTRAST / 2, -1.0)
    assert none.strength == 0
    assert full.strength == pytest.approx(1)


def test_a_correction_that_does_nothing_changes_no_pixel(still: Picture) -> None:
    assert corrected(still, Correction(40.0)) is still


def test_corrected_colours_stay_within_the_screen() -> None:
    bright = np.full((4, 4, 3), 250, np.uint8)
    assert corrected(bright, Correction(90.0, 12.0, 0.2, 5.0, 5.0, 0.3)).max() == 255
