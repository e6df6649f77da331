"""Likeness: what models are given, vectors against photos, who is held out and who is in a shot, and drift."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from cast_pictures import face, scene
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from small_eyes import HARDWARE, SIDE, eyes, photos_on_disk, picture_of, run_here

from mvlocal.backends.picture_inputs import prepare, read_picture_input
from mvlocal.backends.pool import worker_pool
from mvlocal.backends.registry import load_backend
from mvlocal.cast.choice.task import references_task
from mvlocal.cast.drift import DriftPoint, drift_of
from mvlocal.cast.drift_chart import draw_drift
from mvlocal.cast.likeness import (
    LEAST_HEAD_PX,
    ReferenceSet,
    level_of,
    likeness_to,
    part_to_compare,
    read_references,
    score_parts,
)
from mvlocal.cast.members import Member, cast_of_bible, loras_for, nobody_plays, with_triggers
from mvlocal.cast.split import held_out
from mvlocal.errors import InputError, UserError
from mvlocal.schema.story import Camera, Character, Presence, Shot, StoryBible, Wardrobe
from mvlocal.weights.folders import LockedFolder, locked_folder

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module", autouse=True)
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A models folder with a small DINOv2 and a small CLIP."""
    folder = tmp_path_factory.mktemp("models")
    if str(ROOT / "scripts") not in sys.path:
        sys.path.insert(0, str(ROOT / "scripts"))
    from make_tiny_models import make_tiny_models

    make_tiny_models(folder, ("dinov2", "clip"))
    return folder


@pytest.fixture(autouse=True)
def _in_use(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MVLOCAL_MODELS", str(models))


def small(name: str) -> LockedFolder:
    return locked_folder("clip_vision", name, where="cast.likeness_model")


# --- what looks ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["tiny-dinov2", "tiny-clip"])
@pytest.mark.parametrize(("width", "height"), [(130, 90), (90, 131), (64, 64), (40, 41)])
def test_pictures_are_prepared_as_the_model_s_own_library_does(name: str, width: int, height: int) -> None:
    from transformers import AutoImageProcessor

    picture = scene(1, width, height)
    folder = small(name).path
    theirs = AutoImageProcessor.from_pretrained(folder, local_files_only=True, backend="pil")
    wanted = theirs(images=[picture], return_tensors="np")["pixel_values"][0]
    ours = prepare(picture, read_picture_input(folder))
    assert ours.shape == wanted.shape
    assert np.abs(ours - wanted).max() < 1e-5


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"size": 5, "image_mean": [1], "image_std": [1, 1, 1]}'])
def test_a_strange_preprocessor_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "preprocessor_config.json").write_text(text)
    with pytest.raises(UserError, match="does not say how pictures are prepared") as caught:
        read_picture_input(tmp_path)
    assert str(tmp_path) in caught.value.where


@pytest.mark.parametrize(("name", "folder", "size"), [("dinov2", "tiny-dinov2", 48), ("clip", "tiny-clip", 24)])
def test_vectors_have_unit_length_and_know_no_neighbours(name: str, folder: str, size: int) -> None:
    embedder = load_backend("likeness", name, folder=small(folder), hardware=HARDWARE)
    pictures = [scene(number, 120 + 10 * number, 100) for number in range(3)]
    rows = embedder.embed_pictures(pictures)
    assert rows.shape == (3, size)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert np.array_equal(embedder.embed_pictures(pictures[1:2])[0], rows[1])
    assert embedder.embed_pictures([]).shape == (0, 0)
    worker_pool().take_events()
    load_backend("likeness", name, folder=small(folder), hardware=HARDWARE).embed_pictures(pictures)
    assert worker_pool().take_events() == []  # the model is still there


def test_agreement_reads_whole_sentences_and_then_whole_words() -> None:
    matcher = load_backend("agreement", "clip", folder=small("tiny-clip"), hardware=HARDWARE)
    short = "a person by the sea"
    long = "a person by the sea. it is night, with rain. " + "the waves are high and the light is far away. " * 3
    read = matcher.fitted([short, long, "word " * 60, "x" * 200, "  "])
    assert read[0] == short
    assert read[1] == "a person by the sea. it is night, with rain. the waves are high and the light is far away."
    assert set(read[2].split()) == {"word"}
    assert set(read[3]) == {"x"}
    assert len(read[3]) == 75  # one token a letter, and two for begin and end
    assert read[4] == ""
    pictures = [scene(number, 100, 100) for number in range(2)]
    cosines = matcher.match(pictures, [short, long])
    assert cosines.shape == (2, 2)
    assert (np.abs(cosines) <= 1).all()
    assert np.allclose(matcher.match(pictures, [read[1]])[:, 0], cosines[:, 1], atol=1e-6)
    assert matcher.match([], [short]).shape == (0, 1)


def test_a_changed_or_another_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="holds no dinov2 model"):
        load_backend("likeness", "dinov2", folder=small("tiny-clip"), hardware=HARDWARE).embed_pictures([scene(1)])
    found = small("tiny-dinov2")
    weights = found.path / "model.safetensors"
    content = weights.read_bytes()
    weights.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    worker_pool().clear()
    try:
        with pytest.raises(UserError, match="not what the lock says"):
            load_backend("likeness", "dinov2", folder=found, hardware=HARDWARE).embed_pictures([scene(1)])
    finally:
        weights.write_bytes(content)


# --- likeness --------------------------------------------------------------------------------------------


def unit(*values: float) -> list[float]:
    row = np.array(values, np.float64)
    return [float(value) for value in row / np.linalg.norm(row)]


def test_likeness_is_the_mean_of_the_three_nearest() -> None:
    references = np.array([unit(1, 0), unit(0, 1), unit(1, 1), unit(-1, 0)], np.float32)
    (likeness,) = likeness_to(np.array([unit(1, 0)], np.float32), references)
    assert likeness == pytest.approx((1 + 0 + np.sqrt(0.5)) / 3, abs=1e-6)
    (few,) = likeness_to(np.array([unit(1, 0)], np.float32), references[:2])
    assert few == pytest.approx(0.5, abs=1e-6)
    with pytest.raises(ValueError, match="nothing to compare with"):
        likeness_to(references, references[:0])


def test_the_level_is_that_of_photos_among_themselves() -> None:
    references = np.array([unit(1, 0), unit(1, 0), unit(0, 1)], np.float32)
    assert level_of(references) == pytest.approx((0.5 + 0.5 + 0.0) / 3, abs=1e-6)
    assert level_of(references[:1]) == 1.0


def test_heads_are_compared_with_heads_and_the_rest_with_wholes() -> None:
    picture = scene(1, 400, 400)
    large, small_face = face(0.3, 0.3, 0.6, 0.6), face(0.3, 0.3, 0.34, 0.34)
    head = part_to_compare(picture, (large,), heads_known=True)
    assert head.kind == "head"
    assert LEAST_HEAD_PX <= min(head.rgb.shape[:2]) < 400
    assert part_to_compare(picture, (small_face,), heads_known=True).kind == "whole"
    assert part_to_compare(picture, (large,), heads_known=False).kind == "whole"
    assert part_to_compare(picture, (), heads_known=True).kind == "whole"
    assert part_to_compare(picture, None, heads_known=True).kind == "whole"
    references = ReferenceSet(np.array([unit(1, 0)], np.float32), np.array([unit(0, 1)], np.float32), 1.0)
    rows = np.array([unit(1, 0), unit(1, 0)], np.float32)
    assert score_parts(["head", "whole"], rows, references).tolist() == pytest.approx([1.0, 0.0])


def test_references_are_a_file_that_keeps_its_bytes(tmp_path: Path) -> None:
    photos = photos_on_disk(tmp_path, 4, held_out=(1, 2))
    task = references_task("me", photos, eyes())
    inputs = {name: photo.path for name, photo in zip(task.inputs, photos, strict=True)}
    first = run_here(task, inputs, tmp_path / "one")
    again = run_here(task, inputs, tmp_path / "two")
    assert first.files["main"].read_bytes() == again.files["main"].read_bytes()
    references = read_references(first.files["main"])
    assert references.wholes.shape == (4, 48)
    assert references.heads.shape == (0, 48)
    embedder = load_backend("likeness", "dinov2", folder=small("tiny-dinov2"), hardware=HARDWARE)
    assert np.array_equal(references.wholes[2], embedder.embed_pictures([picture_of(2)])[0])
    assert references.level == pytest.approx(level_of(references.wholes))
    assert first.notes["photos"] == 4


def test_references_of_heads_where_faces_were_found(tmp_path: Path) -> None:
    photos = photos_on_disk(tmp_path, 4, held_out=(0,))
    boxes = {1: (0.2, 0.2, 0.7, 0.7), 3: (0.4, 0.4, 0.45, 0.45)}  # the second is too small to compare
    given_heads = [type(p)(p.path, p.crop, boxes.get(n), p.held_out) for n, p in enumerate(photos)]
    task = references_task("me", given_heads, eyes())
    inputs = {name: photo.path for name, photo in zip(task.inputs, photos, strict=True)}
    references = read_references(run_here(task, inputs, tmp_path / "one").files["main"])
    assert references.heads.shape == (1, 48)
    cut = picture_of(1)[round(0.2 * SIDE) : round(0.7 * SIDE), round(0.2 * SIDE) : round(0.7 * SIDE)]
    embedder = load_backend("likeness", "dinov2", folder=small("tiny-dinov2"), hardware=HARDWARE)
    assert float(references.heads[0] @ embedder.embed_pictures([cut])[0]) > 0.999


def test_names_of_photos_are_in_no_key(tmp_path: Path) -> None:
    photos = photos_on_disk(tmp_path, 3, held_out=(0,))
    task = references_task("me", photos, eyes())
    said = json.dumps([task.params, list(task.inputs), task.identity])
    assert "photo 1" not in said
    assert str(tmp_path) not in said


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x80\x04pickle"])
def test_damaged_references_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "references.npz"
    path.write_bytes(content)
    with pytest.raises(InputError, match="cannot be read"):
        read_references(path)


# --- who is held out -------------------------------------------------------------------------------------

HASHES = st.lists(st.text("0123456789abcdef", min_size=16, max_size=16), min_size=4, max_size=40, unique=True)


@given(HASHES)
def test_one_photo_in_five_is_held_out_whatever_the_order(hashes: list[str]) -> None:
    apart = held_out(hashes)
    assert len(apart) == max(2, len(hashes) // 5)
    turned = held_out(hashes[::-1])
    assert {hashes[number] for number in apart} == {hashes[::-1][number] for number in turned}


@given(HASHES)
def test_one_photo_more_changes_at_most_one_of_those_held_out(hashes: list[str]) -> None:
    before = {hashes[:-1][number] for number in held_out(hashes[:-1])}
    after = {hashes[number] for number in held_out(hashes)}
    assert len(before - after) <= 1


def test_two_photos_cannot_be_split() -> None:
    with pytest.raises(ValueError, match="cannot be split"):
        held_out(["a", "b"])


# --- who is in a shot ------------------------------------------------------------------------------------


def person(name: str, trigger: str = "", *, sings: bool = False) -> Character:
    clothes = (Wardrobe(id="first", description="a coat"),)
    return Character(id=name, name=name.title(), trigger=trigger, appearance="x", wardrobe=clothes, sings=sings)


def bible_of(*people: Character) -> StoryBible:
    return StoryBible.model_construct(characters=people)


def shot_with(*names: str) -> Shot:
    there = tuple(Presence(id=name, wardrobe="first") for name in names)
    return Shot(
        id="s01", start_s=0, end_s=2, section=0, kind="narrative", visual="x", location="here", time_of_day="noon",
        camera=Camera(size="wide"), characters=there,
    )  # fmt: skip


ARTIST, BEN = Member("artist", "mvlartist"), Member("ben", "mvlben", lora_weight=0.8)


def test_members_play_by_trigger_then_by_name_then_the_artist_sings() -> None:
    bible = bible_of(person("mara", "maravale", sings=True), person("x1", "MVLBEN"), person("ben"))
    played = cast_of_bible(bible, (ARTIST, BEN))
    assert {name: member.name for name, member in played.items()} == {"mara": "artist", "x1": "ben"}
    by_name = cast_of_bible(bible_of(person("mara", sings=True), person("ben")), (ARTIST, BEN))
    assert {name: member.name for name, member in by_name.items()} == {"mara": "artist", "ben": "ben"}
    nobody = bible_of(person("mara"), person("stranger"))
    assert cast_of_bible(nobody, (ARTIST, BEN)) == {}
    assert nobody_plays(nobody, (ARTIST, BEN)) == (ARTIST, BEN)


def test_a_shot_asks_for_just_those_in_it_and_two_share() -> None:
    bible = bible_of(person("mara", sings=True), person("ben"), person("stranger"))
    members = (ARTIST, BEN)
    assert loras_for(shot_with(), bible, members) == ()
    assert loras_for(shot_with("stranger"), bible, members) == ()
    (alone,) = loras_for(shot_with("ben", "stranger"), bible, members)
    assert (alone.member, alone.weight) == ("ben", 0.8)
    both = loras_for(shot_with("ben", "mara"), bible, members)
    assert [one.member for one in both] == ["artist", "ben"]
    assert both[0].weight == pytest.approx(1 / np.sqrt(2), abs=1e-4)
    assert both[1].weight == pytest.approx(0.8 / np.sqrt(2), abs=1e-4)


def test_the_bible_gets_the_trigger_words_that_a_lora_knows() -> None:
    bible = bible_of(person("mara", "maravale", sings=True), person("other", "greyfigure"))
    assert [one.trigger for one in with_triggers(bible, (ARTIST,)).characters] == ["mvlartist", ""]


# --- drift -----------------------------------------------------------------------------------------------


def test_drift_has_a_trend_and_names_shots_that_fall_out() -> None:
    points = [DriftPoint(f"s{n:02d}", 10.0 * n, 0.8 - 0.01 * n) for n in range(12)]
    points[7] = DriftPoint("s07", 70.0, 0.3)
    drift = drift_of("me", points[::-1], 0.8)
    assert [point.shot for point in drift.points] == [f"s{n:02d}" for n in range(12)]
    assert drift.low == ("s07",)
    assert drift.least.shot == "s07"
    straight = drift_of("me", [point for point in points if point.shot != "s07"], 0.8)
    assert straight.slope_a_minute == pytest.approx(-0.06)
    assert straight.low == ()
    assert drift_of("me", points[:2], 0.8).slope_a_minute is None
    assert drift_of("me", [points[0]] * 3, 0.8).slope_a_minute is None
    with pytest.raises(ValueError, match="nothing was measured"):
        drift_of("me", [], 0.8)


def test_the_drift_chart_is_a_picture_with_a_line_a_person(tmp_path: Path) -> None:
    one = drift_of("me", [DriftPoint(f"s{n}", 5.0 * n, 0.7) for n in range(5)], 0.75)
    two = drift_of("ben", [DriftPoint(f"s{n}", 5.0 * n, 0.3) for n in range(5)], 0.75)
    path = tmp_path / "drift.png"
    path.write_bytes(draw_drift([one, two], 25.0))
    with Image.open(path) as chart:
        assert chart.size == (1600, 576)
        pixels = np.asarray(chart.convert("RGB")).reshape(-1, 3)
    for colour in ((0x2F, 0x6F, 0x8F), (0xB3, 0x59, 0x2B)):
        assert (pixels == colour).all(axis=1).sum() > 500
    assert draw_drift([one], 25.0) == draw_drift([one], 25.0)
    with pytest.raises(ValueError, match="no series"):
        draw_drift([], 25.0)
