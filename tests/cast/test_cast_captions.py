"""Captions: the trigger first, only what was measured, and file names that hold."""

from __future__ import annotations

from pathlib import Path

import pytest
from cast_pictures import face, measures, shares
from hypothesis import given
from hypothesis import strategies as st

from mvlocal.cast.captions import (
    MAX_CHARACTERS,
    Caption,
    begins_with,
    caption_file_name,
    read_caption,
    write_caption,
)
from mvlocal.cast.crops import plan_crop
from mvlocal.errors import InputError
from mvlocal.schema.cast import Exposure, PhotoMeasures


def caption(photo: PhotoMeasures, notes: str = "") -> str:
    crop = plan_crop(photo)
    assert crop is not None
    return write_caption("mvlanna", notes, photo, crop).text


def test_without_measures_or_notes_there_is_only_the_trigger() -> None:
    plain = measures(surround_colours=shares(blue=0.4, green=0.4, red=0.2))
    assert caption(plain) == "mvlanna"


def test_notes_follow_the_trigger_on_one_line() -> None:
    plain = measures(surround_colours=shares(blue=0.4, green=0.4, red=0.2))
    assert caption(plain, " on a stage,\n with a  guitar ") == "mvlanna, on a stage, with a guitar"


def test_what_was_measured_is_named() -> None:
    found = face(0.3, 0.1, 0.6, 0.4, 62.0)
    photo = measures(
        faces=(found,), brightness=0.15, warmth=20.0, clothes_colour="green",
        exposure=Exposure(median=0.2, clipped_dark=0, clipped_bright=0, contrast=0.9),
        surround_colours=shares(black=0.8, blue=0.2),
    )  # fmt: skip
    assert caption(photo) == (
        "mvlanna, head and shoulders, face in profile, dim light, strong contrast, warm colours, green clothes, "
        "mostly black surroundings"
    )


@given(st.text(alphabet=st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=255))
def test_every_photo_has_a_caption_file_of_its_own_that_fits(name: str) -> None:
    made = caption_file_name(name)
    assert len(made.encode()) <= 255
    assert made.endswith(".txt")
    assert "/" not in made
    assert made != caption_file_name(f"{name}x")


def test_a_caption_is_read_as_one_line(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(b"\xef\xbb\xbfmvlanna,\r\nby a river \n")
    assert read_caption(file) == Caption("mvlanna, by a river")


@pytest.mark.parametrize("content", [b"", b" \n", b"\xff\xfe\xff", b"a" * (MAX_CHARACTERS + 1)])
def test_a_caption_that_will_not_do_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_caption(file)
    assert caught.value.where == str(file)
    assert caught.value.mend


@pytest.mark.parametrize(
    ("text", "first"),
    [("mvlanna, by a river", True), ("mvlanna by", True), ("a photo of mvlanna", False), ("mvlannas", False)],
)
def test_the_trigger_comes_first(text: str, first: bool) -> None:
    assert begins_with(Caption(text), "mvlanna") is first
