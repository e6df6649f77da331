"""Reading planes between their pixels."""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from staging_support import shift_between

from mvlocal.staging.theatre.sample import Sampler, Window, plan_reading


@pytest.fixture(scope="module")
def plane() -> NDArray[np.uint8]:
    noise = np.random.default_rng(0).integers(0, 255, (420, 700), dtype=np.uint8)
    soft = cv2.GaussianBlur(noise, (0, 0), 2.5)
    return np.asarray(cv2.normalize(soft, None, 0, 255, cv2.NORM_MINMAX), np.uint8)


def exact(plane: NDArray[np.uint8], window: Window, width: int, height: int) -> NDArray[np.float64]:
    """Bilinear reading in double precision."""
    x, y = window.x + np.arange(width) * window.scale, window.y + np.arange(height) * window.scale
    xi, yi = np.floor(x).astype(int), np.floor(y).astype(int)
    fx, fy = (x - xi)[None], (y - yi)[:, None]
    p = plane.astype(np.float64)
    top = p[yi][:, xi] * (1 - fx) + p[yi][:, xi + 1] * fx
    low = p[yi + 1][:, xi] * (1 - fx) + p[yi + 1][:, xi + 1] * fx
    return top * (1 - fy) + low * fy


@pytest.mark.parametrize("scale", [1.04, 1.1316, 1.16, 1.2, 1.25, 1.3333, 0.29])
def test_a_window_is_read_to_a_level_or_two(plane: NDArray[np.uint8], scale: float) -> None:
    sampler = Sampler(320, 180)
    for step in range(12):
        window = Window(90 + 0.37 * step, 85 + 0.11 * step, scale)
        got = sampler.read(plane, plan_reading(window, (320, 180), plane)).astype(float)
        off = np.abs(got - exact(plane, window, 320, 180))
        assert got.shape == (180, 320)
        assert off.max() < 9
        assert off.mean() < 0.75


def test_a_slow_pan_does_not_jitter(plane: NDArray[np.uint8]) -> None:
    sampler = Sampler(320, 180)
    frames = []
    for step in range(30):
        window = Window(90 + 0.21 * step, 80 + 0.0 * step, 1.16)
        frames.append(sampler.read(plane, plan_reading(window, (320, 180), plane)).astype(np.float32))
    moved = [shift_between(a, b)[0] for a, b in pairwise(frames)]
    assert np.mean(moved) == pytest.approx(-0.21 / 1.16, abs=0.01)
    assert np.abs(np.array(moved) - np.mean(moved)).max() < 0.05


def test_the_edge_of_a_plane_is_read_without_going_beyond(plane: NDArray[np.uint8]) -> None:
    height, width = plane.shape
    window = Window(width - 1 - 319 * 1.16, height - 1 - 179 * 1.16, 1.16)
    got = Sampler(320, 180).read(plane, plan_reading(window, (320, 180), plane))
    assert int(got[-1, -1]) == pytest.approx(int(plane[-1, -1]), abs=3)
