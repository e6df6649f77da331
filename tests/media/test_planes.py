"""BT.709 limited range, by the formulas of the standard."""

from __future__ import annotations

import numpy as np
import pytest

from mvlocal.media.frame import Yuv420
from mvlocal.media.planes import planes_to_array, rgb_to_yuv420, yuv420_to_rgb


def patches(seed: int) -> np.ndarray:
    corners = [(r, g, b) for r in (0, 255) for g in (0, 255) for b in (0, 255)]
    noise = np.random.default_rng(seed).integers(0, 256, (56, 3))
    return np.concatenate([np.array(corners), noise]).astype(np.uint8).reshape(8, 8, 3)


def expected(rgb: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    r, g, b = np.moveaxis(rgb.astype(np.float64) / 255, -1, 0)
    y = 0.2126 * r + 0.7152 * g + 0.0722 * b
    return 16 + 219 * y, 128 + 224 * (b - y) / 1.8556, 128 + 224 * (r - y) / 1.5748


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_patches_follow_the_standard_and_come_back(seed: int) -> None:
    colours = patches(seed)
    planes = rgb_to_yuv420(colours.repeat(16, 0).repeat(16, 1))
    y, u, v = expected(colours)
    assert np.abs(planes.y[8::16, 8::16] - y).max() <= 0.6
    assert np.abs(planes.u[4::8, 4::8] - u).max() <= 0.6
    assert np.abs(planes.v[4::8, 4::8] - v).max() <= 0.6
    back = yuv420_to_rgb(planes)[8::16, 8::16].astype(int)
    assert np.abs(back - colours).max() <= 2


def test_black_and_white_are_the_ends_of_the_range() -> None:
    for level, luma in ((0, 16), (255, 235)):
        planes = rgb_to_yuv420(np.full((10, 18, 3), level, np.uint8))
        assert set(planes.y.flat) == {luma}
        assert set(planes.u.flat) == set(planes.v.flat) == {128}
        assert set(yuv420_to_rgb(planes).flat) == {level}


def test_shapes_types_and_layout() -> None:
    planes = rgb_to_yuv420(np.zeros((50, 70, 3), np.uint8)[:, ::-1])
    assert planes.y.shape == (50, 70)
    assert planes.u.shape == planes.v.shape == (25, 35)
    assert planes_to_array(planes).shape == (75, 70)
    for bad in (np.zeros((51, 70, 3), np.uint8), np.zeros((50, 70), np.uint8), np.zeros((50, 70, 3), np.uint16)):
        with pytest.raises(ValueError, match=r"even|RGB"):
            rgb_to_yuv420(bad)
    with pytest.raises(ValueError, match="even"):
        planes_to_array(Yuv420(*(np.zeros((3, 2), np.uint8),) * 3))
