"""What is measured of a photo: hash, colours, sharpness and light, with real pictures."""

from __future__ import annotations

from io import BytesIO

import cv2
import numpy as np
import pytest
from cast_pictures import blurred, face, scene
from PIL import Image

from mvlocal.cast.colours import NAMES, colour_shares, dominant
from mvlocal.cast.curation import BLURRED, BRIGHT, DARK, SAME_BITS
from mvlocal.cast.heads import body_of_face, head_of_face
from mvlocal.cast.measures import JUDGED_SIDE_PX, measure_photo, small_enough
from mvlocal.cast.phash import hamming, perceptual_hash
from mvlocal.schema.cast import PhotoMeasures, SubjectSeen

NOBODY = SubjectSeen(faces=None, box=None)


def measured(rgb: np.ndarray, seen: SubjectSeen = NOBODY) -> PhotoMeasures:
    return measure_photo(small_enough(rgb), (rgb.shape[1], rgb.shape[0]), seen, None)


def hashed(rgb: np.ndarray) -> str:
    return perceptual_hash(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY))


def saved_again(rgb: np.ndarray, quality: int) -> np.ndarray:
    file = BytesIO()
    Image.fromarray(rgb).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file))


def test_a_picture_saved_again_smaller_or_brighter_keeps_its_hash() -> None:
    for seed in range(6):
        rgb = scene(seed)
        half = cv2.resize(rgb, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        brighter = np.clip(rgb * 1.15 + 8, 0, 255).astype(np.uint8)
        for other in (saved_again(half, 50), brighter, blurred(rgb, 2)):
            assert hamming(hashed(rgb), hashed(other)) <= SAME_BITS


def test_different_pictures_have_hashes_far_apart() -> None:
    codes = [hashed(scene(seed)) for seed in range(12)]
    distances = [hamming(one, other) for n, one in enumerate(codes) for other in codes[:n]]
    assert min(distances) > 2 * SAME_BITS
    assert hamming(codes[0], hashed(scene(0)[:, ::-1])) > SAME_BITS


def test_a_hash_is_sixty_four_bits_and_knows_no_brightness() -> None:
    flat = np.full((40, 60), 90.0)
    code = perceptual_hash(flat)
    assert len(code) == 16
    assert hamming("0" * 16, "f" * 16) == 64
    ramp = np.tile(np.linspace(20, 200, 64), (64, 1))
    assert perceptual_hash(ramp) == perceptual_hash(ramp + 30)


@pytest.mark.parametrize(
    ("rgb", "name"),
    [
        ((0, 0, 0), "black"), ((128, 128, 128), "grey"), ((250, 250, 250), "white"), ((200, 20, 20), "red"),
        ((240, 130, 20), "orange"), ((100, 60, 25), "brown"), ((225, 190, 160), "beige"), ((240, 220, 30), "yellow"),
        ((40, 160, 60), "green"), ((20, 170, 170), "teal"), ((30, 60, 190), "blue"), ((120, 40, 190), "purple"),
        ((240, 120, 170), "pink"),
    ],
)  # fmt: skip
def test_plain_colours_have_their_plain_names(rgb: tuple[int, int, int], name: str) -> None:
    found = colour_shares(np.full((4, 4, 3), rgb, np.uint8))
    assert sum(found) == pytest.approx(1)
    assert dominant(found, 1.0) == name


def test_only_masked_pixels_count() -> None:
    rgb = np.zeros((2, 2, 3), np.uint8)
    rgb[0] = (200, 20, 20)
    mask = np.array([[True, True], [False, False]])
    assert colour_shares(rgb, mask)[NAMES.index("red")] == 1.0
    assert sum(colour_shares(rgb, np.zeros((2, 2), np.bool_))) == 0.0
    assert dominant(colour_shares(rgb), 0.6) == ""


def test_sharpness_falls_with_blur_and_is_measured_at_one_size() -> None:
    rgb = scene(3, 2048, 1700)
    values = [measured(blurred(rgb, sigma)).sharpness for sigma in (0.5, 2, 4, 8)]
    assert values == sorted(values, reverse=True)
    assert values[0] > 5 * BLURRED
    assert values[-1] < BLURRED
    small = small_enough(rgb)
    assert max(small.shape[:2]) == JUDGED_SIDE_PX
    assert measured(small).sharpness == pytest.approx(measured(rgb).sharpness, rel=1e-6)


def test_only_the_subject_is_asked_to_be_sharp_and_light() -> None:
    rgb = blurred(scene(4, 1000, 1000), 8)
    rgb[300:700, 300:700] = scene(5, 400, 400)
    seen = SubjectSeen(faces=None, box=(0.3, 0.3, 0.7, 0.7))
    assert measured(rgb, seen).sharpness > 5 * BLURRED
    assert measured(rgb, SubjectSeen(faces=None, box=(0.0, 0.0, 0.25, 0.25))).sharpness < BLURRED


def test_light_is_measured() -> None:
    assert measured(scene(6, light=0.08)).exposure.median < DARK
    burnt = np.full((300, 300, 3), 255, np.uint8)
    exposure = measured(burnt).exposure
    assert (exposure.median, exposure.clipped_bright, exposure.clipped_dark, exposure.contrast) == (1.0, 1.0, 0.0, 0.0)
    assert exposure.median > BRIGHT
    warm, cool = (np.full((64, 64, 3), rgb, np.uint8) for rgb in ((200, 150, 80), (80, 120, 200)))
    assert measured(warm).warmth > 10
    assert measured(cool).warmth < -10


def test_a_face_gives_the_head_the_body_and_the_colour_of_clothes() -> None:
    rgb = np.full((1000, 800, 3), (40, 160, 60), np.uint8)
    rgb[150:350, 300:500] = (225, 190, 160)
    rgb[400:, 200:600] = (30, 60, 190)
    found = measured(rgb, SubjectSeen(faces=(face(0.375, 0.15, 0.625, 0.35),), box=None))
    assert found.subject_by == "face"
    assert found.clothes_colour == "blue"
    assert found.keep[1] == pytest.approx(0.05)
    assert dominant(found.surround_colours, 0.5) == "green"
    bare = measured(
        np.full((900, 800, 3), (225, 190, 160), np.uint8), SubjectSeen(faces=(face(0.4, 0.1, 0.6, 0.3),), box=None)
    )
    assert bare.clothes_colour == ""


def test_a_box_by_hand_wins_and_chooses_among_faces() -> None:
    small = small_enough(scene(7))
    seen = SubjectSeen(faces=(face(0.6, 0.2, 0.9, 0.6), face(0.1, 0.3, 0.2, 0.45)), box=None)
    found = measure_photo(small, (1200, 1000), seen, (0.05, 0.2, 0.4, 0.9))
    assert (found.subject_by, found.subject) == ("hand", (0.05, 0.2, 0.4, 0.9))
    assert found.faces == (seen.faces or ())[1:]


@pytest.mark.parametrize("box", [(0.0, 0.0, 0.1, 0.1), (0.9, 0.9, 1.0, 1.0), (0.0, 0.0, 1.0, 1.0)])
def test_heads_and_bodies_stay_in_the_picture(box: tuple[float, float, float, float]) -> None:
    for made in (head_of_face(face(*box)), body_of_face(face(*box))):
        assert 0 <= made[0] < made[2] <= 1
        assert 0 <= made[1] < made[3] <= 1


@pytest.mark.parametrize("shape", [(1, 1), (1, 900), (900, 1), (3, 5)])
def test_pictures_of_any_shape_are_measured(shape: tuple[int, int]) -> None:
    rgb = np.random.default_rng(0).integers(0, 256, (*shape, 3)).astype(np.uint8)
    found = measured(rgb)
    assert (found.height_px, found.width_px) == shape
