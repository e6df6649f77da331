"""Curation: every photo is used or left out with a reason, and the set says what it lacks."""

from __future__ import annotations

import pytest
from cast_pictures import face, measures, shares
from hypothesis import given, settings
from hypothesis import strategies as st

from mvlocal.cast.curation import ENOUGH, LEAST, MOST, SAME_BITS, curate, require_enough
from mvlocal.cast.variety import farthest_first
from mvlocal.errors import InputError
from mvlocal.schema.cast import CuratedSet, Exposure, FaceSeen, PhotoLook, PhotoMeasures


def looks(*photos: PhotoMeasures) -> dict[str, PhotoLook]:
    return {f"{number:02}.jpg": PhotoLook(measures=photo) for number, photo in enumerate(photos)}


def light(median: float = 0.45, dark: float = 0.0, bright: float = 0.0, contrast: float = 0.5) -> Exposure:
    return Exposure(median=median, clipped_dark=dark, clipped_bright=bright, contrast=contrast)


@pytest.mark.parametrize(
    ("photo", "says"),
    [
        (measures(width_px=500, height_px=500), "too small: 500x500"),
        (measures(sharpness=3.0), "blurred"),
        (measures(exposure=light(median=0.03)), "too dark"),
        (measures(exposure=light(dark=0.8)), "too dark"),
        (measures(exposure=light(median=0.97)), "too bright"),
        (measures(exposure=light(bright=0.6)), "60% of the subject is burnt out"),
        (measures(exposure=light(contrast=0.01)), "nothing can be made out"),
        (measures(faces=()), "no face was found"),
        (measures(faces=(face(0.1, 0.1, 0.4, 0.4), face(0.6, 0.1, 0.9, 0.35))), "2 faces"),
    ],
)
def test_a_photo_that_will_not_do_is_left_out_and_says_why(photo: PhotoMeasures, says: str) -> None:
    found = curate(looks(photo), "none").photos[0]
    assert not found.used
    assert says in found.why
    assert found.mend
    assert found.crop is None


def test_a_photo_that_cannot_be_read_is_left_out_with_its_reason() -> None:
    found = curate({"a.jpg": PhotoLook(reason="a HEIC picture", mend="export it as JPEG")}, "none").photos[0]
    assert (found.used, found.why, found.mend) == (False, "a HEIC picture", "export it as JPEG")


def test_small_faces_behind_and_a_box_by_hand_do_not_matter() -> None:
    passers = (face(0.3, 0.1, 0.6, 0.5), face(0.8, 0.2, 0.85, 0.3))
    found = curate(looks(measures(faces=passers)), "yunet").photos[0]
    assert found.used
    assert "the largest of its faces" in found.why
    assert curate(looks(measures(faces=(), subject_by="hand")), "yunet").photos[0].used


def test_what_was_done_to_a_used_photo_is_said() -> None:
    small = curate(looks(measures(width_px=800, height_px=800)), "none").photos[0]
    assert "enlarged 1.3 times" in small.why
    assert "a little soft" in curate(looks(measures(sharpness=20.0)), "none").photos[0].why
    wide = measures(width_px=2000, height_px=2000, keep=(0.0, 0.0, 1.0, 1.0), subject=(0.0, 0.0, 1.0, 1.0))
    assert "cut by the edge" not in curate(looks(wide), "none").photos[0].why
    slim = measures(width_px=900, height_px=4000, keep=(0.0, 0.0, 1.0, 1.0), subject=(0.0, 0.0, 1.0, 1.0))
    assert "the subject is cut by the edge of the crop" in curate(looks(slim), "none").photos[0].why


def test_of_nearly_the_same_pictures_the_better_one_is_used() -> None:
    code = "00ff00ff00ff00ff"
    near = f"{int(code, 16) ^ (2**SAME_BITS - 1):016x}"
    far = f"{int(code, 16) ^ (2 ** (SAME_BITS + 1) - 1):016x}"
    first, second = measures(phash=code, sharpness=200.0), measures(phash=near, sharpness=400.0)
    found = curate(looks(first, second), "none")
    assert [photo.used for photo in found.photos] == [False, True]
    assert "nearly the same picture as 01.jpg" in found.photos[0].why
    assert all(photo.used for photo in curate(looks(first, measures(phash=far)), "none").photos)
    large = measures(phash=code, sharpness=50.0)
    small = measures(phash=near, sharpness=900.0, width_px=800, height_px=800)
    assert [photo.used for photo in curate(looks(large, small), "none").photos] == [True, False]


def test_of_too_many_photos_the_varied_ones_are_used() -> None:
    alike = [measures(number, sharpness=500.0) for number in range(MOST + 5)]
    odd = [
        measures(100 + number, sharpness=100.0, surround_colours=shares(**{name: 1.0}))
        for number, name in enumerate(("green", "white", "pink"))
    ]
    found = curate(looks(*alike, *odd), "none")
    assert len(found.used) == MOST
    assert all(photo.used for photo in found.photos[-3:])
    left = [photo for photo in found.photos if not photo.used]
    assert len(left) == 8
    assert all("others are more varied" in photo.why for photo in left)


def test_the_farthest_comes_first() -> None:
    photos = [measures(brightness=value) for value in (0.5, 0.52, 0.9, 0.1, 0.5)]
    order = farthest_first(photos, 0)
    assert order[:3] in ([0, 2, 3], [0, 3, 2])
    assert sorted(order) == [0, 1, 2, 3, 4]


def look_of(
    number: int, sharpness: float, median: float, contrast: float, size: int, faces: tuple[FaceSeen, ...] | None
) -> PhotoLook:
    photo = measures(
        number,
        sharpness=sharpness,
        exposure=light(median=median, contrast=contrast),
        width_px=size,
        height_px=round(size * 1.3),
        faces=faces,
    )
    return PhotoLook(measures=photo)


TWO = (face(0.1, 0.1, 0.4, 0.4), face(0.6, 0.1, 0.9, 0.4))
photo_looks = st.one_of(
    st.builds(PhotoLook, reason=st.just("damaged"), mend=st.just("copy it again")),
    st.builds(
        look_of,
        st.integers(0, 20),
        st.floats(0, 500),
        st.floats(0, 1),
        st.floats(0, 1),
        st.integers(1, 5000),
        st.sampled_from([None, (), TWO[:1], TWO]),
    ),
)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.text(min_size=1, max_size=20), photo_looks, max_size=45))
def test_every_photo_is_used_with_a_crop_or_left_out_with_a_reason(given_looks: dict[str, PhotoLook]) -> None:
    found = curate(given_looks, "none")
    assert [photo.name for photo in found.photos] == sorted(given_looks)
    assert all(photo.why for photo in found.photos)
    assert all((photo.crop is not None) == photo.used for photo in found.photos)
    assert all(photo.mend for photo in found.photos if not photo.used)
    assert len(found.used) <= MOST
    assert bool(found.advice) == (len(found.used) < ENOUGH)
    assert CuratedSet.from_json(found.to_json()) == found
    assert curate(dict(reversed(given_looks.items())), "none") == found


@pytest.mark.parametrize("count", [0, 1, LEAST - 1, LEAST, ENOUGH])
def test_few_photos_are_a_warning_and_very_few_a_refusal_to_train(count: int) -> None:
    found = curate(looks(*(measures(number) for number in range(count))), "none")
    assert len(found.used) == count
    assert bool(found.advice) == (count < ENOUGH)
    if count >= LEAST:
        require_enough(found, "photos")
        return
    with pytest.raises(InputError) as caught:
        require_enough(found, "photos")
    assert caught.value.where == "photos"
    assert caught.value.mend
    assert str(LEAST) in caught.value.what


def varied(number: int, **given: object) -> PhotoMeasures:
    """Photos that differ in light, surroundings, angle and distance."""
    names = ("blue", "green", "white", "red", "black", "pink")
    size = (0.12, 0.3, 0.5)[number % 3]
    found = face(0.3, 0.1, 0.3 + size, 0.1 + size, (0.0, 35.0, -70.0)[number % 3])
    return measures(
        number, faces=(found,), brightness=0.2 + 0.1 * (number % 6), clothes_colour=names[(number + 1) % 6],
        surround_colours=shares(**{names[number % 6]: 1.0}), **given,
    )  # fmt: skip


def test_a_varied_set_lacks_nothing() -> None:
    assert curate(looks(*(varied(number) for number in range(12))), "yunet").missing == ()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"faces": (face(0.3, 0.1, 0.6, 0.4),)}, "no profile"),
        ({"faces": (face(0.3, 0.1, 0.6, 0.4, 80.0),)}, "no face towards the camera"),
        ({"faces": (face(0.3, 0.1, 0.6, 0.4),)}, "from the same distance"),
        ({"surround_colours": shares(grey=1.0)}, "the surroundings are much alike"),
        ({"brightness": 0.4}, "as bright as each other"),
        ({"clothes_colour": "red"}, "the clothes are red in every photo"),
    ],
)
def test_what_a_set_lacks_is_said(change: dict[str, object], says: str) -> None:
    photos = [varied(number).model_copy(update=change) for number in range(8)]
    assert any(says in lack for lack in curate(looks(*photos), "yunet").missing)


def test_nothing_is_said_of_what_was_not_measured() -> None:
    photos = [varied(number).model_copy(update={"faces": None, "clothes_colour": ""}) for number in range(8)]
    assert curate(looks(*photos), "none").missing == ()
