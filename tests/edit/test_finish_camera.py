"""The finish's camera: every window inside the canvas, still where nothing moves, exact to fractions of a pixel."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from moving_pictures import moment, psnr

from mvlocal.edit.finishing.camera import (
    Motion,
    Window,
    canvas_size,
    ease,
    largest_zoom,
    onto_canvas,
    plan_windows,
    shown,
)
from mvlocal.schema.story import CameraMove

MOVES = get_args(CameraMove)
FRAME = (192, 108)


def seconds(length_s: float, frames: int = 60) -> list[float]:
    return [length_s * n / frames for n in range(-4, frames + 5)]


@given(
    st.sampled_from(MOVES),
    st.floats(0.1, 12),
    st.floats(0, 1),
    st.floats(0, 1),
    st.floats(0, 1),
    st.lists(st.sampled_from(["push", "shake", "sway"]), unique=True),
    st.integers(0, 99),
)
def test_no_window_ever_reaches_beyond_the_canvas(
    move: CameraMove, length_s: float, amount: float, handheld: float, energy: float, driven: list[str], seed: int
) -> None:
    times = seconds(length_s)
    rng = np.random.default_rng(seed)
    curves = {name: rng.random(len(times)).tolist() for name in driven}
    for window in plan_windows(Motion(move, length_s, amount, handheld, energy, seed), times, curves):
        half = 0.5 / window.zoom
        assert max(abs(window.x), abs(window.y)) + half <= 0.5 + 1e-12
        assert 1 <= window.zoom < 1.6


@pytest.mark.parametrize("move", MOVES)
def test_a_move_never_shows_what_lies_beyond_the_edge(move: CameraMove) -> None:
    # The canvas is bright, and what the warp takes beyond its border would be its border: mark that.
    canvas = np.full((216, 384, 3), 200, np.uint8)
    canvas[[0, 1, -1, -2]] = canvas[:, [0, 1, -1, -2]] = 0
    times = seconds(4)
    curves = {"shake": [1.0] * len(times), "push": [0.3] * len(times)}
    for window in plan_windows(Motion(move, 4, 1.0, 1.0, 1.0, 3), times, curves):
        picture = shown(canvas, window, FRAME)
        # A window that touches the border shows at most those two dark lines, once, and never a wider band of them.
        assert (picture[3:-3, 3:-3] > 150).all()


def test_static_without_a_hand_touches_no_pixel() -> None:
    windows = plan_windows(Motion("static", 3.0), seconds(3), {})
    assert all(window.whole for window in windows)
    canvas = moment(0.2)
    assert shown(canvas, windows[0], FRAME) is canvas


@pytest.mark.parametrize(
    ("move", "axis", "sign"),
    [("pan-left", "x", -1), ("pan-right", "x", 1), ("tilt-up", "y", -1), ("tilt-down", "y", 1)],
)
def test_pans_and_tilts_go_their_way_evenly(move: CameraMove, axis: str, sign: int) -> None:
    windows = plan_windows(Motion(move, 4.0), [4 * n / 48 for n in range(48)], {})
    steps = np.diff([getattr(window, axis) for window in windows]) * sign
    assert (steps > 0).all()
    assert steps.max() < 2.4 * steps.min()
    other = "y" if axis == "x" else "x"
    assert all(getattr(window, other) == 0 for window in windows)


def test_pushes_and_pulls_zoom_and_amount_scales_them() -> None:
    times = [4 * n / 48 for n in range(48)]
    push = [w.zoom for w in plan_windows(Motion("push-in", 4.0), times, {})]
    pull = [w.zoom for w in plan_windows(Motion("pull-out", 4.0), times, {})]
    assert (np.diff(push) > 0).all()
    assert (np.diff(pull) < 0).all()
    assert push[0] == pytest.approx(1, abs=1e-6)
    assert pull[-1] == pytest.approx(1, abs=5e-3)
    half = [w.zoom for w in plan_windows(Motion("push-in", 4.0, amount=0.5), times, {})]
    assert 1 < half[-1] < push[-1] < 1.11


def test_easing_goes_on_beyond_its_ends_for_the_transitions() -> None:
    u = np.linspace(-0.2, 1.2, 141)
    assert (np.diff(ease(u)) > 0).all()
    assert ease(np.array([0.0, 0.5, 1.0])).tolist() == pytest.approx([0, 0.5, 1])


def test_a_window_samples_to_fractions_of_a_pixel() -> None:
    # A canvas twice as fine, shifted by half a frame pixel, is the picture shifted by that.
    fine = moment(0.3, 384, 216)
    same = shown(fine, Window(0, 0, 1), FRAME)
    shifted = shown(fine, Window(1 / 384, 0, 1), FRAME)
    truth = shown(np.roll(fine, -1, axis=1), Window(0, 0, 1), FRAME)
    assert psnr(shifted[:, 2:-2], truth[:, 2:-2]) > 50 > psnr(same[:, 2:-2], truth[:, 2:-2])


def test_a_canvas_is_as_sharp_as_the_picture_and_as_large_as_the_zoom_needs() -> None:
    assert canvas_size((1024, 576), (1280, 720), 1.1) == (1280, 720)
    assert canvas_size((2048, 1152), (1280, 720), 1.1) == (1408, 792)
    assert canvas_size((1312, 738), (1280, 720), 1.1) == (1312, 738)
    assert canvas_size((2048, 1152), (1280, 720), 1.0) == (1280, 720)


@pytest.mark.parametrize("size", [(1280, 720), (100, 100), (720, 1280), (191, 107)])
def test_any_picture_covers_the_canvas_from_its_middle(size: tuple[int, int]) -> None:
    canvas = onto_canvas(moment(0.1), size)
    assert canvas.shape == (size[1], size[0], 3)
    middle = canvas[size[1] // 2 - 2 : size[1] // 2 + 2, size[0] // 2 - 2 : size[0] // 2 + 2].mean(axis=(0, 1))
    truth = moment(0.1)[52:56, 94:98].mean(axis=(0, 1))
    assert np.abs(middle - truth).max() < 12


def test_boxes_move_with_the_window() -> None:
    window = Window(0.1, 0, 2)
    assert window.of_box((0.35, 0.25, 0.85, 0.75)) == pytest.approx((0, 0, 1, 1))
    assert largest_zoom([Window(0, 0, 1), window]) == 2
