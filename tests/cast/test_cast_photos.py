"""The `photos` command end to end: sheets, captions that a person may edit, and hostile names that stay data."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from cast_pictures import ROTATED, blurred, save, scene
from PIL import Image
from small_song import make_project
from small_yunet import small_yunet

from mvlocal.cast.stage import run_photos
from mvlocal.casting import Casting, cast_photos
from mvlocal.cli.app import run
from mvlocal.cli.terminal import Terminal, take_terminal_options
from mvlocal.engine.task import TaskContext
from mvlocal.errors import InputError, MissingError, UserError
from mvlocal.events import Event, TaskDone, Warned
from mvlocal.pipeline import RenderRequest
from mvlocal.project import Project
from mvlocal.schema.cast import PhotoSet
from mvlocal.weights.lock import add_to_lock
from mvlocal.weights.sound import measure

SCRIPT = "<script>alert(1)</script>"
HOSTILE = 'x" onerror="alert(1)<b>&\n.jpg'


def fill(folder: Path) -> None:
    """Photos that will do, and one of every kind that will not."""
    for number in range(2):
        save(folder, f"good {number}.jpg", scene(number))
    save(folder, "large.png", scene(2, 1300, 1800))
    save(folder, "on its side.jpg", np.rot90(scene(3, 1000, 1400)).copy(), orientation=ROTATED, text=SCRIPT)
    save(folder, HOSTILE, scene(4), text=SCRIPT)
    save(folder, "good 0 again.jpg", scene(0)[::2, ::2].repeat(2, 0).repeat(2, 1), quality=60)
    save(folder, "blurred.jpg", blurred(scene(5), 9))
    save(folder, "dark.jpg", scene(6, light=0.05))
    save(folder, "tiny.jpg", scene(7, 320, 200))
    (folder / "cut.jpg").write_bytes((folder / "good 1.jpg").read_bytes()[:9000])
    (folder / "notes.txt").write_text("not a photo")


GOOD = {"good 0.jpg", "good 1.jpg", "large.png", "on its side.jpg", HOSTILE}
BAD = {
    "good 0 again.jpg": "nearly the same picture as good 0.jpg",
    "blurred.jpg": "blurred",
    "dark.jpg": "too dark",
    "tiny.jpg": "too small: 320x200",
    "cut.jpg": "cannot be read to its end",
    "notes.txt": "not JPEG, PNG or WebP",
}


@pytest.fixture(scope="module")
def cast_once(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, Casting]:
    """A project whose photos were looked at, once for all tests of this module."""
    project = make_project(tmp_path_factory.mktemp("cast"), 1.0)
    fill(project.root / "photos")
    return project, cast_photos(project, RenderRequest())


@pytest.fixture
def cast(cast_once: tuple[Project, Casting], tmp_path: Path) -> Project:
    """A project of one's own whose photos were looked at."""
    shutil.copytree(cast_once[0].root.parent, tmp_path, dirs_exist_ok=True)
    return Project(tmp_path / "video")


def test_every_photo_is_used_or_left_out_with_its_reason(cast_once: tuple[Project, Casting]) -> None:
    curated = cast_once[1].curated
    assert {photo.name for photo in curated.used} == GOOD
    left = {photo.name: photo.why for photo in curated.photos if not photo.used}
    assert left.keys() == BAD.keys()
    for name, says in BAD.items():
        assert says in left[name]
    assert "only 5 photos" in curated.advice.casefold()


def test_a_photo_held_sideways_is_measured_upright(cast_once: tuple[Project, Casting]) -> None:
    photo = next(photo for photo in cast_once[1].curated.photos if photo.name == "on its side.jpg")
    assert photo.measures is not None
    assert photo.crop is not None
    assert (photo.measures.width_px, photo.measures.height_px) == (1000, 1400)
    assert photo.crop.bucket_height > photo.crop.bucket_width


def test_the_page_needs_nothing_else_and_names_stay_text(cast_once: tuple[Project, Casting]) -> None:
    page = cast_once[1].page.read_text(encoding="utf-8")
    assert "<script" not in page
    assert 'onerror="' not in page
    assert "x&quot; onerror=&quot;alert(1)&lt;b&gt;&amp;" in page
    assert page.count("data:image/jpeg;base64,") == len(GOOD) + len(BAD) - 2
    assert "://" not in page
    assert "prefers-color-scheme: dark" in page
    assert "@media print" in page
    assert page.count('<figure class="used">') == len(GOOD)
    assert page.count('<figure class="left">') == len(BAD)
    assert "Nobody looked for faces" in page


def test_the_picture_shows_the_crop_on_every_used_photo(cast_once: tuple[Project, Casting]) -> None:
    with Image.open(cast_once[1].picture) as sheet:
        assert sheet.width == 1754
        assert sheet.height > 1000
        white = (np.asarray(sheet) == 255).all(axis=2)
    framed = white[:900].sum(axis=1)
    assert framed.max() > 200  # the frames about the crops are the only pure white on the sheet


def test_every_used_photo_has_a_caption_with_the_trigger_first(cast_once: tuple[Project, Casting]) -> None:
    captions = cast_once[1].captions
    assert captions.keys() == GOOD
    for name, caption in captions.items():
        assert caption.path.name == f"{name}.txt"
        assert caption.path.read_text(encoding="utf-8") == f"{caption.text}\n"
        assert caption.text.split(",")[0] == "mvlartist"
        assert "script" not in caption.text


def test_edited_captions_stay_and_untouched_ones_follow(cast: Project) -> None:
    folder = cast.root / "cast" / "artist" / "captions"
    edited, untouched = folder / "good 0.jpg.txt", folder / "good 1.jpg.txt"
    edited.write_text("mvlartist, by a river\n", encoding="utf-8")
    warned: list[Event] = []
    request = RenderRequest(overrides=("cast.notes=a studio",))
    again = cast_photos(cast, request, warned.append)
    assert edited.read_text(encoding="utf-8") == "mvlartist, by a river\n"
    assert again.captions["good 0.jpg"].text == "mvlartist, by a river"
    assert [name for name, caption in again.captions.items() if caption.edited] == ["good 0.jpg"]
    assert untouched.read_text(encoding="utf-8").startswith("mvlartist, a studio")
    assert not [event for event in warned if isinstance(event, Warned)]
    over = cast_photos(cast, RenderRequest(rewrite=True))
    assert not over.captions["good 0.jpg"].edited
    assert "river" not in edited.read_text(encoding="utf-8")


def test_an_edit_without_the_trigger_is_kept_with_a_warning_and_an_empty_one_refused(cast: Project) -> None:
    caption = cast.root / "cast" / "artist" / "captions" / "good 0.jpg.txt"
    caption.write_text("a photo by a river", encoding="utf-8")
    heard: list[Event] = []
    cast_photos(cast, RenderRequest(), heard.append)
    assert any(isinstance(event, Warned) and "'mvlartist'" in event.what for event in heard)
    caption.write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="is empty"):
        cast_photos(cast, RenderRequest())


def test_the_command_tells_what_was_used_and_left_out(cast: Project, capsys: pytest.CaptureFixture[str]) -> None:
    def command(*arguments: str) -> tuple[int, str]:
        opened, rest = take_terminal_options([*arguments, "--no-color"])
        assert isinstance(opened, Terminal)
        code = run(rest, opened)
        return code, capsys.readouterr().out

    code, said = command("photos", str(cast.root))
    assert code == 0
    assert "left out blurred.jpg: blurred" in said
    assert "used     good 1.jpg: sharp" in said
    assert "photos.html" in said
    assert "\\n.jpg: " in said  # a line break in a name is shown as such
    code, said = command("photos", str(cast.root), "--json")
    document = json.loads(said)
    assert code == 0
    assert {photo["name"] for photo in document["photos"] if photo["used"]} == GOOD
    assert document["captions"]["good 1.jpg"]["text"].startswith("mvlartist")
    assert document["schema"] == "mvlocal.curated_set/1"


def test_looking_again_measures_nothing_again_and_another_photo_only_itself(cast: Project) -> None:
    photos = cast.root / "photos"
    (photos / "good 1.jpg").rename(photos / "renamed.jpg")
    save(photos, "new.jpg", scene(20))
    heard: list[Event] = []
    again = cast_photos(cast, RenderRequest(), heard.append)
    done = [event for event in heard if isinstance(event, TaskDone) and not event.cached]
    assert len(done) == 1
    assert {"renamed.jpg", "new.jpg"} <= {photo.name for photo in again.curated.used}


def test_names_that_are_not_utf8_or_very_long_are_only_names(tmp_path: Path) -> None:
    project = make_project(tmp_path, 1.0)
    photos = project.root / "photos"
    shutil.copy(save(tmp_path, "a.jpg", scene(1)), photos / ("l" * 251 + ".jpg"))
    save(photos, "plain.jpg", scene(2))
    shutil.copy(save(tmp_path, "b.jpg", scene(3)), os.fsdecode(os.fsencode(photos) + b"/caf\xe9.jpg"))
    done = cast_photos(project, RenderRequest())
    assert {photo.name for photo in done.curated.used} == {"l" * 251 + ".jpg", "plain.jpg", "caf\\xe9.jpg"}
    assert len(list((project.root / "cast" / "artist" / "captions").iterdir())) == 3


def test_faces_are_found_when_asked_for_with_weights_from_the_models_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast = make_project(tmp_path, 1.0)
    save(cast.root / "photos", "good 1.jpg", scene(1))
    models = cast.root / "models"
    monkeypatch.setenv("MVLOCAL_MODELS", str(models))
    request = RenderRequest(overrides=("photos.faces=yunet", "photos.faces_model=small.onnx"))
    with pytest.raises(MissingError) as caught:
        cast_photos(cast, request)
    assert "photos.faces_model" in caught.value.where
    assert "faces/small.onnx" in caught.value.where
    weights = models / "faces" / "small.onnx"
    weights.parent.mkdir(parents=True)
    weights.write_bytes(small_yunet())
    add_to_lock(models, {"faces/small.onnx": measure(weights)})
    rgb = scene(30, 1280, 1280, light=0.6)
    rgb[..., 0] //= 2
    rgb[640:704, 640:704] = (255, 0, 0)
    save(cast.root / "photos", "face.png", rgb)
    curated = cast_photos(cast, request).curated
    found = {photo.name: photo for photo in curated.photos}
    assert curated.faces == "yunet"
    assert found["face.png"].used
    assert found["good 1.jpg"].why == "no face was found"


def test_no_photos_or_no_folder_is_a_refusal(tmp_path: Path) -> None:
    project = make_project(tmp_path, 1.0)
    with pytest.raises(UserError, match="there are no photos"):
        cast_photos(project, RenderRequest())
    (project.root / "photos").rmdir()
    with pytest.raises(UserError, match="cannot be read"):
        cast_photos(project, RenderRequest())


def test_a_subject_of_a_photo_that_is_not_there_is_a_warning(cast: Project) -> None:
    heard: list[Event] = []
    request = RenderRequest(overrides=("photos.subjects={gone.jpg: [0, 0, 1, 1], blurred.jpg: [0, 0, 0.5, 1]}",))
    curated = cast_photos(cast, request, heard.append).curated
    assert any(isinstance(event, Warned) and "gone.jpg" in event.what for event in heard)
    blurry = next(photo for photo in curated.photos if photo.name == "blurred.jpg")
    assert blurry.measures is not None
    assert blurry.measures.subject_by == "hand"


def test_photos_whose_names_a_plan_cannot_hold_are_left_out_of_it(tmp_path: Path) -> None:
    names = [b"l" * 251 + b".jpg", b"caf\xe9.jpg", b"a:b.jpg", b"line\n.jpg", b"fine one.jpg", b" led.jpg"]
    inputs: dict[str, Path] = {}
    photo = save(tmp_path, "a.jpg", scene(1, 64, 64))
    for raw in names:
        path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + raw))
        shutil.copy(photo, path)
        inputs[path.name] = path
    work = tmp_path / "work"
    work.mkdir()
    outputs = run_photos(TaskContext("analyze/photos", {}, inputs, None, work, lambda _fraction, _note: None))
    found = PhotoSet.from_json(outputs.files["main"].read_bytes())
    assert [fact.name for fact in found.photos] == ["fine one.jpg"]
    assert len(found.refused) == len(names) - 1
    assert all("rename it" in one.mend for one in found.refused)
