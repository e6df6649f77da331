"""Face finders: the contract they share, and YuNet run for real by OpenCV with a small network of its shape."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
from cast_pictures import face, scene
from hypothesis import given
from hypothesis import strategies as st
from small_yunet import FACE_CELLS, small_yunet

from mvlocal.backends.base import FaceFinder
from mvlocal.backends.registry import load_backend
from mvlocal.backends.yunet_faces import rows_to_faces, without_doubles, yaw_of
from mvlocal.errors import UserError
from mvlocal.weights import LockedWeights


def locked(folder: Path, content: bytes) -> LockedWeights:
    path = folder / "small.onnx"
    path.write_bytes(content)
    return LockedWeights(path, "faces/small.onnx", len(content), hashlib.sha256(content).hexdigest())


@pytest.fixture
def yunet(tmp_path: Path) -> FaceFinder:
    return load_backend("faces", "yunet", weights=locked(tmp_path, small_yunet()))


@pytest.fixture(params=["none", "yunet"])
def finder(request: pytest.FixtureRequest, tmp_path: Path) -> FaceFinder:
    given_weights = {"weights": locked(tmp_path, small_yunet())} if request.param == "yunet" else {}
    return load_backend("faces", request.param, **given_weights)


def red_squares(*middles: tuple[int, int], width: int = 640, height: int = 480) -> np.ndarray:
    """Black, with a red square in the cell of 32 pixels about each point."""
    rgb = np.zeros((height, width, 3), np.uint8)
    for x, y in middles:
        rgb[y // 32 * 32 : y // 32 * 32 + 32, x // 32 * 32 : x // 32 * 32 + 32, 0] = 255
    return rgb


@pytest.mark.parametrize("shape", [(480, 640), (700, 300), (1024, 1024), (9, 40), (1, 1)])
def test_finders_see_the_same_in_the_same_picture(finder: FaceFinder, shape: tuple[int, int]) -> None:
    rgb = scene(1, shape[1], shape[0])
    before = rgb.copy()
    seen = finder.find_faces(rgb)
    assert finder.find_faces(rgb) == seen
    assert np.array_equal(rgb, before)
    for box in [*(found.box for found in seen.faces or ()), *([seen.box] if seen.box else [])]:
        assert 0 <= box[0] < box[2] <= 1
        assert 0 <= box[1] < box[3] <= 1


def test_without_a_face_model_no_face_is_claimed() -> None:
    rgb = np.full((300, 400, 3), 90, np.uint8)
    rgb[60:240, 150:260] = (224, 172, 140)
    seen = load_backend("faces", "none").find_faces(rgb)
    assert seen.faces is None
    assert seen.box is not None
    assert seen.box[0] < 0.5 < seen.box[2]


def test_yunet_s_boxes_are_fractions_of_the_picture(yunet: FaceFinder) -> None:
    seen = yunet.find_faces(red_squares((320, 240)))
    assert seen.faces is not None
    assert seen.box is None
    found = seen.faces[0]
    side = 32 * FACE_CELLS
    middle = 320 + 16, 224 + 16
    expected = (
        (middle[0] - side / 2) / 640, (middle[1] - side / 2) / 480, (middle[0] + side / 2) / 640,
        (middle[1] + side / 2) / 480,
    )  # fmt: skip
    assert found.box == pytest.approx(expected, abs=0.005)
    assert found.score == pytest.approx(1, abs=0.01)
    assert found.yaw_deg == pytest.approx(0, abs=1)


def test_yunet_takes_colours_as_they_are_and_finds_several_faces(yunet: FaceFinder) -> None:
    blue = red_squares((320, 240))[..., ::-1].copy()
    assert yunet.find_faces(blue).faces == ()
    seen = yunet.find_faces(red_squares((100, 100), (500, 380)))
    assert seen.faces is not None
    assert len(seen.faces) == 2


def test_a_large_picture_is_looked_at_small(yunet: FaceFinder) -> None:
    large = np.kron(red_squares((320, 240)), np.ones((3, 3, 1), np.uint8))
    small = yunet.find_faces(red_squares((320, 240))).faces
    seen = yunet.find_faces(large).faces
    assert seen is not None
    assert small is not None
    assert seen[0].box == pytest.approx(small[0].box, abs=0.005)


def test_weights_that_are_not_a_detector_s_or_not_the_lock_s_are_refused(tmp_path: Path) -> None:
    rgb = scene(1, 64, 64)
    nonsense = load_backend("faces", "yunet", weights=locked(tmp_path, b"nothing of the kind"))
    with pytest.raises(UserError, match="does not work as a face detector") as caught:
        nonsense.find_faces(rgb)
    assert "photos.faces_model" in caught.value.where
    weights = locked(tmp_path, small_yunet())
    weights.path.write_bytes(small_yunet()[:-1] + b"\x0c")
    with pytest.raises(UserError, match="not what the lock says"):
        load_backend("faces", "yunet", weights=weights).find_faces(rgb)


def row(x: float, y: float, wide: float, tall: float, score: float = 0.9) -> list[float]:
    eyes_and_nose = [x + 0.3 * wide, y + 0.4 * tall, x + 0.7 * wide, y + 0.4 * tall, x + 0.5 * wide, y + 0.6 * tall]
    return [x, y, wide, tall, *eyes_and_nose, x, y, x, y, score]


def test_boxes_are_cut_at_the_edges_and_those_outside_are_none() -> None:
    rows = np.array([row(-20, 10, 100, 50), row(300, 300, 50, 50)], np.float32)
    found = rows_to_faces(rows, 200, 100)
    assert [one.box for one in found] == [(0.0, 0.1, 0.4, 0.6)]


@given(st.lists(st.lists(st.floats(-2000, 2000, width=32), min_size=15, max_size=15), max_size=5))
def test_rows_of_any_numbers_give_sound_faces(numbers: list[list[float]]) -> None:
    for found in rows_to_faces(np.array(numbers, np.float32).reshape(-1, 15), 640, 480):
        assert 0 <= found.box[0] < found.box[2] <= 1
        assert 0 <= found.box[1] < found.box[3] <= 1
        assert -90 <= found.yaw_deg <= 90


@pytest.mark.parametrize(("nose_x", "yaw"), [(50.0, 0.0), (74.0, 45.0), (26.0, -45.0), (170.0, 78.7)])
def test_a_nose_beside_the_middle_of_the_eyes_is_a_turned_head(nose_x: float, yaw: float) -> None:
    assert yaw_of([30, 40, 70, 40, nose_x, 60]) == pytest.approx(yaw, abs=0.1)


def test_a_tilted_head_is_not_a_turned_one() -> None:
    points = np.array([[30, 40], [70, 40], [50, 62]], np.float64)
    angle = np.radians(35)
    turned = points @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    assert yaw_of(turned.ravel()) == pytest.approx(0, abs=0.1)
    assert abs(yaw_of([5, 5, 5, 5, 9, 9])) == 90


def test_a_face_seen_at_both_sizes_counts_once() -> None:
    near, twin, far = face(0.1, 0.1, 0.4, 0.4), face(0.11, 0.1, 0.41, 0.4), face(0.6, 0.6, 0.8, 0.8)
    assert without_doubles([near, twin, far]) == [near, far]
