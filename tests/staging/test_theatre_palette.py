"""Tones of a place: ordered, restrained, of the palette."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
from staging_support import PALETTE

from mvlocal.schema.story import TimeOfDay, Weather
from mvlocal.staging.paint.palette import hex_to_rgb, mix, oklab_to_rgb, place_tones, rgb_to_oklab, tones_as_rows
from mvlocal.staging.theatre.grade import toned_colours

HOURS: tuple[TimeOfDay, ...] = get_args(TimeOfDay)


def test_oklab_goes_there_and_back() -> None:
    colours = np.random.default_rng(0).random((200, 3))
    assert oklab_to_rgb(rgb_to_oklab(colours)) == pytest.approx(colours, abs=1e-4)
    assert rgb_to_oklab(np.ones(3)) == pytest.approx([1, 0, 0], abs=1e-3)


@pytest.mark.parametrize("time", HOURS)
@pytest.mark.parametrize("weather", get_args(Weather))
def test_tones_darken_from_the_horizon_to_the_ink(time: TimeOfDay, weather: Weather) -> None:
    tones = place_tones(PALETTE, time, weather)
    light = [float(rgb_to_oklab(tone)[0]) for tone in (tones.horizon, tones.far, tones.mid, tones.near, tones.ink)]
    assert light == sorted(light, reverse=True)
    assert tones_as_rows(tones).min() >= 0
    assert tones_as_rows(tones).max() <= 1


def test_night_is_darker_than_noon() -> None:
    night, noon = (
        rgb_to_oklab(tones_as_rows(place_tones(PALETTE, t, "clear")))[:, 0].mean() for t in ("night", "noon")
    )
    assert night < 0.7 * noon


def test_mixing_ends_at_its_ends() -> None:
    a, b = hex_to_rgb("#102030"), hex_to_rgb("#f0a050")
    assert mix(a, b, 0) == pytest.approx(a, abs=1e-4)
    assert mix(a, b, 1) == pytest.approx(b, abs=1e-4)


def test_grading_keeps_skin_like_skin_and_greys_in_order() -> None:
    tones = place_tones(PALETTE, "night", "clear")
    skin = np.array([[0.85, 0.66, 0.55], [0.45, 0.30, 0.22]])
    lab = rgb_to_oklab(toned_colours(skin, tones, "night"))
    hue = np.degrees(np.arctan2(lab[:, 2], lab[:, 1]))
    assert np.all((hue > 20) & (hue < 95))
    greys = np.linspace(0, 1, 33)[:, None] * np.ones(3)
    assert np.all(np.diff(rgb_to_oklab(toned_colours(greys, tones, "night"))[:, 0]) > 0)
