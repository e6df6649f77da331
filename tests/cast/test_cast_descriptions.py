"""Descriptions by a captioning model: the person goes, clothes, place and light stay, and nothing of it is trusted."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from cast_pictures import save, scene
from hypothesis import given
from hypothesis import strategies as st
from small_eyes import HARDWARE, run_here

from mvlocal.backends.blip_captions import make
from mvlocal.backends.pool import worker_pool
from mvlocal.cast.captioning.stage import TEXT, Captioner, description_task
from mvlocal.cast.captioning.words import MAX_CHARACTERS, without_person
from mvlocal.errors import UserError
from mvlocal.schema.cast import CropPlan
from mvlocal.weights.folders import LockedFolder, locked_folder

SCRIPTS = Path(__file__).parent.parent.parent / "scripts"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("a woman in a red coat in a street", "in a red coat in a street"),
        ("arafed woman in a red coat standing in front of a building", "in a red coat standing in front of a building"),
        ("there is a woman that is smiling and holding a guitar", "smiling and holding a guitar"),
        ("a man in a suit is standing in a dark room", "in a suit standing in a dark room"),
        ("a picture of a singer wearing a green dress", "wearing a green dress"),
        ("a black and white photo of a young man on a bench", "a black and white photo, on a bench"),
        ("a stage with red lights and a woman singing", "a stage with red lights, singing"),
        ("a red car parked in the street", "a red car parked in the street"),
        ("a woman", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_the_person_goes_and_clothes_place_and_light_stay(said: str, kept: str) -> None:
    assert without_person(said) == kept


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("a smiling young woman with long brown hair and a red coat", "smiling, with a red coat"),
        ("a man with a hat and a long grey beard", "with a hat"),
        ("a beautiful tall woman with blue eyes in a white shirt", "in a white shirt"),
        ("a girl in a green dress with blonde hair, standing in a field", "in a green dress, standing in a field"),
        ("a man with his eyes closed", "with his eyes closed"),
    ],
)
def test_what_belongs_to_the_person_is_left_to_be_learned(said: str, kept: str) -> None:
    assert without_person(said) == kept


def test_a_second_person_is_named_since_she_is_not_to_be_learned() -> None:
    assert without_person("a man and a woman sitting on a bench") == "with a woman sitting on a bench"


def test_what_the_settings_call_the_person_goes_too() -> None:
    assert without_person("a robot in a garden", "a robot") == "in a garden"
    assert without_person("a robot in a garden") == "a robot in a garden"


def test_the_trigger_is_never_said_twice() -> None:
    assert without_person("mvlanna woman, MVLANNA in a garden", trigger="mvlanna") == "in a garden"


@given(st.text(max_size=400), st.sampled_from(["", "a woman ", "a photo of a man with "]))
def test_whatever_a_model_writes_becomes_one_short_line(text: str, before: str) -> None:
    kept = without_person(before + text, "a person", "mvlanna")
    assert len(kept) <= MAX_CHARACTERS
    assert kept == kept.strip() == " ".join(kept.split())
    assert all(letter.isalnum() or letter.isspace() or letter in ",'-" or not letter.isascii() for letter in kept)
    assert not {"mvlanna"} & set(kept.casefold().replace(",", " ").split())


# --- the model -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if str(SCRIPTS) not in sys.path:
        sys.path.insert(0, str(SCRIPTS))
    from make_tiny_models import make_tiny_models

    folder = tmp_path_factory.mktemp("models")
    make_tiny_models(folder, ("blip", "clip"))
    return folder


@pytest.fixture
def blip(models: Path, monkeypatch: pytest.MonkeyPatch) -> LockedFolder:
    monkeypatch.setenv("MVLOCAL_MODELS", str(models))
    return locked_folder("blip", "tiny-blip", where="test")


def test_blip_says_the_same_of_the_same_picture_and_else_of_another(blip: LockedFolder) -> None:
    describer = make(blip, HARDWARE)
    pictures = [scene(number, 90, 70) for number in range(6)]
    said = [describer.describe(picture) for picture in pictures]
    worker_pool().clear()
    assert [make(blip, HARDWARE).describe(picture) for picture in reversed(pictures)] == said[::-1]
    assert len(set(said)) > 1
    assert not any("[" in text for text in said)


def test_a_photo_is_described_as_it_is_cropped(blip: LockedFolder, tmp_path: Path) -> None:
    photo = save(tmp_path, "one.png", np.hstack([scene(1, 200, 200), scene(2, 200, 200)]))
    captioner = Captioner("blip", blip, HARDWARE)
    said: list[str] = []
    for left in (0, 200):
        crop = CropPlan(left=left, top=0, width=200, height=200, bucket_width=200, bucket_height=200)
        task = description_task(photo, crop, captioner)
        outputs = run_here(task, {"photo": photo}, tmp_path / f"work{left}")
        said.append(outputs.files[TEXT].read_text().strip())
    assert said == [make(blip, HARDWARE).describe(scene(number, 200, 200)).strip() for number in (1, 2)]


def test_the_key_holds_weights_and_crop_and_no_name(blip: LockedFolder, tmp_path: Path) -> None:
    crop = CropPlan(left=0, top=0, width=9, height=9, bucket_width=9, bucket_height=9)
    tasks = [description_task(tmp_path / name, crop, Captioner("blip", blip, HARDWARE)) for name in ("a", "b")]
    assert (tasks[0].params, tasks[0].identity) == (tasks[1].params, tasks[1].identity)
    assert tasks[0].params["weights"] == blip.digest
    moved = description_task(tmp_path / "a", crop.model_copy(update={"left": 1}), Captioner("blip", blip, HARDWARE))
    assert moved.params != tasks[0].params


def test_another_model_in_its_place_is_refused(blip: LockedFolder, models: Path) -> None:
    other = locked_folder("clip_vision", "tiny-clip", where="test")
    with pytest.raises(UserError, match="holds no blip model"):
        make(other, HARDWARE).describe(scene(1, 64, 64))
