"""LUTs, the standing grade, and what the music does to a picture."""

from __future__ import annotations

import contextlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from moving_pictures import moment

from mvlocal.edit.finishing.cube import Cube, parse_cube, read_cube
from mvlocal.edit.finishing.effects import NAMES, apply_effects, glowing, grainy, lit, parted, saturated
from mvlocal.edit.finishing.grade import LUMA, Grade, graded_colours, grader, palette_tint
from mvlocal.errors import InputError

PALETTE = ("#101a30", "#304a70", "#557799", "#c08040", "#f0e0c0")


def cube_text(points: int = 5, change: str = "", head: str = "") -> str:
    axis = np.linspace(0, 1, points)
    rows = [f"{red:.6f} {green:.6f} {blue:.6f}" for blue in axis for green in axis for red in axis]
    text = f'TITLE "test"\n# a comment\n{head}LUT_3D_SIZE {points}\n\n' + "\n".join(rows) + "\n"
    return text if not change else change.join(text.split("0.250000 0.000000 0.000000", 1))


def parsed(text: str) -> Cube:
    return parse_cube(text, Path("look.cube"))


def test_an_identity_lut_changes_no_pixel(tmp_path: Path) -> None:
    path = tmp_path / "same.cube"
    path.write_text(cube_text(33))
    picture = moment(0.1)
    graded = grader(Grade(cube=read_cube(path)))(picture)
    assert np.abs(graded.astype(int) - picture).max() <= 1
    colours = np.random.default_rng(1).random((500, 3))
    assert np.allclose(read_cube(path).apply(colours), colours, atol=2e-6)


def test_red_runs_fastest_and_points_are_joined_by_lines() -> None:
    text = "LUT_3D_SIZE 2\n0 0 0\n.5 0 0\n0 1 0\n1 1 0\n0 0 1\n1 0 1\n0 1 1\n1 1 1\n"
    cube = parsed(text)
    assert cube.apply(np.array([[1.0, 0, 0]])).tolist() == [[0.5, 0, 0]]
    assert cube.apply(np.array([[0.5, 0, 0]]))[0, 0] == pytest.approx(0.25)


def test_1d_tables_and_domains() -> None:
    inverted = parsed("LUT_1D_SIZE 2\n1 1 1\n0 0 0\n")
    assert inverted.apply(np.array([[0.2, 0.5, 1.0]])).tolist() == [[0.8, 0.5, 0.0]]
    wide = parsed("DOMAIN_MIN 0 0 0\nDOMAIN_MAX 2 2 2\nLUT_1D_SIZE 3\n0 0 0\n.5 .5 .5\n1 1 1\n")
    assert wide.apply(np.array([[1.0, 2.0, 3.0]])).tolist() == [[0.5, 1.0, 1.0]]
    ranged = parsed("LUT_1D_SIZE 2\nLUT_1D_INPUT_RANGE 0.0 4.0\n0 0 0\n1 1 1\n")
    assert ranged.high == (4, 4, 4)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "does not say LUT_3D_SIZE"),
        ("LUT_3D_SIZE 5\nLUT_1D_SIZE 5\n", "both a 1D and a 3D"),
        ("LUT_3D_SIZE 1\n0 0 0\n", "1 points a side"),
        ("LUT_3D_SIZE 200\n", "200 points a side"),
        ("LUT_3D_SIZE 2.5\n", "2.5 points"),
        ("LUT_3D_SIZE 2 2\n", "2 numbers where 1 are due"),
        ("LUT_3D_SIZE 2\nLUT_3D_SIZE 2\n", "twice"),
        ("LUT_3D_SIZE 2\n0 0 0\n", "1 colours, not 8"),
        ("LUT_3D_SIZE 2\n" + "0 0 0\n" * 9, "9 colours, not 8"),
        ("LUT_3D_SIZE 2\n0 0\n", "2 numbers where 3"),
        ("LUT_3D_SIZE 2\n0 nan 0\n", "no colour"),
        ("LUT_3D_SIZE 2\n1e9 0 0\n", "no colour"),
        ("LUT_3D_SIZE 2\n0 zero 0\n", "not a number"),
        ("LUT_4D_SIZE 2\n", "unknown keyword"),
        ("DOMAIN_MIN 1 1 1\nLUT_1D_SIZE 2\n0 0 0\n1 1 1\n", "DOMAIN_MAX"),
        (cube_text(5, change="0.25 0"), "2 numbers"),
    ],
)
def test_a_lut_with_a_fault_is_refused_with_its_line(text: str, says: str) -> None:
    with pytest.raises(InputError, match=says) as error:
        parsed(text)
    assert "look.cube" in error.value.where
    assert error.value.mend


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(text: str) -> None:
    with contextlib.suppress(InputError):
        parsed("LUT_1D_SIZE 2\n" + text)


def test_files_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.cube"
    path.write_bytes(b"\xff\xfe\x00LUT")
    with pytest.raises(InputError, match="not a text file"):
        read_cube(path)
    with pytest.raises(InputError, match="cannot be read"):
        read_cube(tmp_path / "none.cube")


# --- the grade ---------------------------------------------------------------------------------------------


def test_a_grade_that_changes_nothing_gives_the_picture_itself() -> None:
    picture = moment(0)
    assert grader(Grade())(picture) is picture
    assert grader(Grade(palette=PALETTE, palette_amount=0))(picture) is picture


def test_lift_gamma_and_gain() -> None:
    levels = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2)
    lifted = grader(Grade(lift=0.1, gain=0.9))(levels)[0, :, 0]
    assert lifted[0] == 26
    assert lifted[255] == 230
    assert (np.diff(lifted.astype(int)) >= 0).all()
    bent = grader(Grade(gamma=2.0))(levels)[0, :, 0]
    assert bent[0] == 0
    assert bent[255] == 255
    assert bent[64] == round(255 * (64 / 255) ** 0.5)


def test_saturation_keeps_lightness_and_zero_is_grey() -> None:
    colours = np.random.default_rng(2).random((200, 3)) * 0.5 + 0.25
    grey = graded_colours(colours, Grade(saturation=0))
    assert np.allclose(grey, grey[:, :1])
    assert np.allclose(grey @ LUMA, colours @ LUMA)
    assert np.allclose(graded_colours(colours, Grade(saturation=1.2)) @ LUMA, colours @ LUMA, atol=0.01)


def test_the_palette_tints_and_leaves_lightness() -> None:
    luma = np.linspace(0, 1, 20)
    tint = palette_tint(luma, PALETTE)
    assert np.allclose(tint @ LUMA, 0, atol=1e-9)
    assert tint[1, 2] > tint[1, 0]
    assert tint[-2, 0] > tint[-2, 2]
    assert np.array_equal(tint, palette_tint(luma, PALETTE[::-1]))


def test_half_a_lut_is_half_its_change() -> None:
    cube = parsed("LUT_1D_SIZE 2\n1 1 1\n0 0 0\n")
    colours = np.array([[0.2, 0.6, 0.9]])
    assert graded_colours(colours, Grade(cube=cube, cube_amount=0.5)).tolist()[0] == pytest.approx([0.5, 0.5, 0.5])


# --- the music's effects -----------------------------------------------------------------------------------


def test_without_strengths_the_picture_is_the_same_object() -> None:
    picture = moment(0)
    assert apply_effects(picture, {}, 3) is picture
    assert apply_effects(picture, dict.fromkeys(NAMES, 0.0), 3, heads=[(0, 0, 1, 1)]) is picture


@pytest.mark.parametrize("name", NAMES)
def test_each_effect_does_something_and_repeats(name: str) -> None:
    picture = moment(0.2)
    once, again = (apply_effects(picture, {name: 0.7}, 12) for _ in range(2))
    assert np.array_equal(once, again)
    assert not np.array_equal(once, picture)
    assert once.shape == picture.shape
    assert once.dtype == np.uint8


def test_light_keeps_black_and_white_and_lifts_the_middle() -> None:
    levels = np.array([[[0] * 3, [128] * 3, [255] * 3]], np.uint8)
    out = lit(levels, 1.0)[0, :, 0]
    assert out[0] == 0
    assert out[2] == 255
    assert out[1] > 140


def test_vivid_leaves_grey_alone_and_glow_never_darkens() -> None:
    grey = np.full((32, 32, 3), 90, np.uint8)
    assert np.abs(saturated(grey, 1.0).astype(int) - 90).max() <= 1
    picture = moment(0.3)
    assert (glowing(picture, 1.0).astype(int) - picture >= -1).all()
    assert np.array_equal(glowing(grey, 1.0), grey)  # nothing bright, nothing spills


def test_grain_differs_by_frame_has_no_bias_and_its_size_follows_strength() -> None:
    grey = np.full((200, 300, 3), 128, np.uint8)
    one, other = grainy(grey, 1.0, 1), grainy(grey, 1.0, 2)
    assert not np.array_equal(one, other)
    assert abs(float(one.mean()) - 128) < 0.3
    assert 7 < float(one.astype(int).std()) < 11
    assert float(grainy(grey, 0.5, 1).std()) < float(one.std()) / 1.7


def test_parted_channels_stay_together_in_the_middle_and_show_no_edge() -> None:
    picture = np.full((109, 193, 3), 60, np.uint8)
    picture[:, ::8] = 220
    out = parted(picture, 1.0)
    assert np.abs(out[:, 94:99].astype(int) - picture[:, 94:99]).max() < 30
    assert np.array_equal(out[..., 2], picture[..., 2])
    assert not np.array_equal(out[:, :20, 0], picture[:, :20, 0])


def test_heads_are_spared() -> None:
    picture = moment(0.2)
    changed = apply_effects(picture, {"grain": 1.0, "chroma": 1.0}, 5, heads=[(0.4, 0.3, 0.6, 0.7)])
    middle = (slice(43, 65), slice(85, 107))
    assert np.array_equal(changed[middle], picture[middle])
    assert not np.array_equal(changed[:20, :20], picture[:20, :20])
