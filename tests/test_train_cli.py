"""`mvlocal train` from a folder of photos to the chosen LoRA, with small models, and every way around it."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_song import make_project

from mvlocal.cast.split import held_out
from mvlocal.cli.app import run
from mvlocal.cli.terminal import take_terminal_options
from mvlocal.errors import InputError, MissingError, SettingsError, UserError
from mvlocal.events import Event, TaskDone, Warned
from mvlocal.project import Project
from mvlocal.studio import RenderRequest, open_studio
from mvlocal.train import Trained, train_project
from mvlocal.training import cast_in_force, make_cast

ROOT = Path(__file__).parent.parent
for _folder in ("scripts", "tests/cast"):
    if str(ROOT / _folder) not in sys.path:
        sys.path.insert(0, str(ROOT / _folder))

SMALL = (
    "keyframes.backend=sdxl", "keyframes.model=tiny-sdxl", "keyframes.config=", "clips.backend=svd",
    "finish.interpolate=none", "cast.likeness_model=tiny-dinov2", "cast.agreement_model=tiny-clip", "train.steps=4",
    "train.every=2", "train.rank=2", "train.resolution=64", "train.sample_steps=2", "train.sample_seeds=1",
    "machine.device=cpu", "run.workers=2",
)  # fmt: skip


def request(*more: str) -> RenderRequest:
    return RenderRequest(profile="animatic", overrides=(*SMALL, *more))


def fill(folder: Path, count: int, start: int = 0) -> None:
    from cast_pictures import save, scene

    folder.mkdir(parents=True, exist_ok=True)
    for number in range(start, start + count):
        save(folder, f"photo {number}.jpg", scene(number, 700, 700))


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A models folder with a small SDXL, a small DINOv2, a small CLIP and a small BLIP."""
    from make_tiny_models import make_tiny_models

    folder = tmp_path_factory.mktemp("models")
    make_tiny_models(folder, ("sdxl", "dinov2", "clip", "blip"))
    return folder


@pytest.fixture(autouse=True)
def _in_use(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MVLOCAL_MODELS", str(models))


@pytest.fixture(scope="module")
def trained_once(tmp_path_factory: pytest.TempPathFactory, models: Path) -> tuple[Project, Trained, list[Event]]:
    """A project that was trained, once for all tests of this module."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MVLOCAL_MODELS", str(models))
        project = make_project(tmp_path_factory.mktemp("trained"), 1.0)
        fill(project.root / "photos", 9)
        heard: list[Event] = []
        return project, train_project(project, request(), heard.append), heard


@pytest.fixture
def trained(trained_once: tuple[Project, Trained, list[Event]], tmp_path: Path) -> Project:
    """A project of one's own that was trained: a store moves with its folder."""
    shutil.copytree(trained_once[0].root.parent, tmp_path, dirs_exist_ok=True)
    return Project(tmp_path / "video")


def ran(events: list[Event]) -> set[str]:
    return {event.task_id for event in events if isinstance(event, TaskDone) and not event.cached}


def command(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    opened, rest = take_terminal_options([*arguments, "--no-color"])
    code = run(rest, opened)
    said = capsys.readouterr()
    return code, said.out, said.err


def settings_of(*values: str) -> list[str]:
    return [part for value in (*SMALL, *values) for part in ("--set", value)]


# --- a whole training ------------------------------------------------------------------------------------


def test_photos_become_a_chosen_lora_with_its_files(trained_once: tuple[Project, Trained, list[Event]]) -> None:
    project, done, _ = trained_once
    (member,) = done.members
    folder = project.root / "cast" / "artist"
    assert member.lora == folder / "artist.safetensors"
    assert {path.name for path in folder.iterdir()} == {
        "artist.safetensors", "captions", "photos.html", "photos.png", "samples", "training.csv", "training.html",
        "training.png",
    }  # fmt: skip
    assert {path.name for path in (folder / "samples").iterdir()} == {"step-2.png", "step-4.png"}
    assert member.choice is not None
    assert member.scores is not None
    assert [one.step for one in member.scores.checkpoints] == [2, 4]
    assert member.choice.step == member.choice.best in (2, 4)
    assert (member.scores.held_out, member.scores.trained_on) == (2, 7)
    assert (folder / "training.csv").read_text().count("\n") >= 5
    page = (folder / "training.html").read_text()
    assert page.count("data:image/jpeg;base64,") == 4
    assert member.choice.why in page
    assert "photo 1.jpg" not in page


def test_a_finished_training_leaves_no_checkpoints_beside_the_store(
    trained_once: tuple[Project, Trained, list[Event]],
) -> None:
    trainings = trained_once[0].state / "training"
    assert [path.name for path in trainings.iterdir()] == ["artist.files.json"]


def test_the_lora_loads_in_stock_diffusers_names(trained_once: tuple[Project, Trained, list[Event]]) -> None:
    from mvlocal.backends.lora_layouts import read_lora

    found = read_lora(trained_once[1].members[0].lora)
    assert found.layout == "kohya"
    assert found.ranks == (2,)
    assert found.metadata["modelspec.trigger_phrase"] == "mvlartist"
    assert str(trained_once[0].root) not in json.dumps(dict(found.metadata))


def test_photos_that_are_held_out_are_never_trained_on(
    trained_once: tuple[Project, Trained, list[Event]],
) -> None:
    project = trained_once[0]
    with open_studio(project, request()) as studio:
        tasks = {task.id: task for task in cast_in_force(studio, dry=True).tasks}
        assert make_cast(studio).records["train/artist"].notes["trained_on"] == 7
    rows: Any = tasks["train/artist"].params["photos"]
    apart = [number for number, row in enumerate(rows) if row["held_out"]]
    assert len(apart) == 2
    looked: Any = tasks["train/artist/references"].params["photos"]
    assert [row["held_out"] for row in looked] == [row["held_out"] for row in rows]
    paths = [str(getattr(one, "path", "")) for one in tasks["train/artist"].inputs.values()]
    looked_paths = [str(getattr(one, "path", "")) for one in tasks["train/artist/references"].inputs.values()]
    assert paths == looked_paths
    hashes = [photo.measures.phash for photo in _used(project) if photo.measures is not None]
    names = [photo.name for photo in _used(project)]
    assert {Path(paths[number]).name for number in apart} == {names[number] for number in held_out(hashes)}


def _used(project: Project) -> list[Any]:
    from mvlocal.casting import cast_photos

    return sorted(cast_photos(project, request()).curated.used, key=lambda photo: photo.measures.phash)


def test_a_second_run_trains_nothing_and_leaves_every_file(trained: Project) -> None:
    folder = trained.root / "cast" / "artist"
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    # the copy's photos have another path and the same content
    heard: list[Event] = []
    again = train_project(trained, request(), heard.append)
    assert ran(heard) == set()
    assert again.tasks_run == 0
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_renaming_a_photo_trains_nothing_and_another_caption_trains_again(trained: Project) -> None:
    photos, captions = trained.root / "photos", trained.root / "cast" / "artist" / "captions"
    (photos / "photo 1.jpg").rename(photos / "me.jpg")
    with open_studio(trained, request()) as studio:
        make_cast(studio)
        before = {task.id for task in cast_in_force(studio, dry=True).tasks}
    heard: list[Event] = []
    train_project(trained, request(), heard.append)
    assert "train/artist" not in ran(heard)
    assert "train/artist" in before
    (captions / "photo 2.jpg.txt").write_text("mvlartist, in a garden", encoding="utf-8")
    with open_studio(trained, request()) as studio:
        task = next(one for one in cast_in_force(studio, dry=True).tasks if one.id == "train/artist")
    assert "mvlartist, in a garden" in json.dumps(task.params)


def test_a_person_s_checkpoint_wins_and_only_the_choice_runs_again(trained: Project) -> None:
    first = train_project(trained, request()).members[0]
    assert first.choice is not None
    other = 2 if first.choice.step == 4 else 4
    heard: list[Event] = []
    chosen = train_project(trained, request(f"cast.checkpoint={other}"), heard.append).members[0]
    assert ran(heard) == {"train/artist/choice"}
    assert chosen.choice is not None
    assert (chosen.choice.step, chosen.choice.best, chosen.choice.by) == (other, first.choice.best, "hand")
    assert "by hand" in (trained.root / "cast" / "artist" / "training.html").read_text()
    with pytest.raises(SettingsError, match="no checkpoint at step 3") as caught:
        train_project(trained, request("cast.checkpoint=3"))
    assert "2, 4" in caught.value.mend


def test_a_person_s_own_file_stays_and_is_told(trained: Project) -> None:
    lora = trained.root / "cast" / "artist" / "artist.safetensors"
    lora.write_bytes(b"mine")
    sample = trained.root / "cast" / "artist" / "samples" / "step-2.png"
    sample.unlink()
    heard: list[Event] = []
    train_project(trained, request(), heard.append)
    assert lora.read_bytes() == b"mine"
    assert sample.is_file()
    assert any(isinstance(one, Warned) and "left as it is" in one.what and "cast.lora" in one.mend for one in heard)


def test_what_an_earlier_training_left_goes_with_it(trained: Project) -> None:
    samples = trained.root / "cast" / "artist" / "samples"
    mine = samples / "notes.txt"
    mine.write_text("keep me")
    train_project(trained, request("train.every=4"))
    assert {path.name for path in samples.iterdir()} == {"step-4.png", "notes.txt"}


# --- captions --------------------------------------------------------------------------------------------


def test_the_tiny_profile_has_photos_described_by_blip_and_edits_win(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from mvlocal.casting import cast_photos

    project = make_project(tmp_path, 1.0)
    fill(project.root / "photos", 5)
    described = RenderRequest(profile="tiny", overrides=("run.workers=2",))
    heard: list[Event] = []
    casting = cast_photos(project, described, heard.append)
    asked = {one for one in ran(heard) if one.endswith("/description")}
    assert len(asked) == 5
    assert casting.captioner == "blip"
    assert {caption.by for caption in casting.captions.values()} == {"blip"}
    template = cast_photos(
        project, RenderRequest(profile="tiny", overrides=("run.workers=2", "cast.captions=template"))
    )
    assert template.captioner == "template"
    for name, caption in casting.captions.items():
        plain = template.captions[name].text
        assert caption.text.startswith("mvlartist, ")
        assert caption.text != plain
        assert caption.text.endswith(plain.removeprefix("mvlartist"))
    edited = casting.captions["photo 1.jpg"].path
    edited.write_text("mvlartist, by a river\n", encoding="utf-8")
    heard.clear()
    again = cast_photos(project, described, heard.append)
    assert not [one for one in ran(heard) if one.endswith("/description")]
    assert (again.captions["photo 1.jpg"].text, again.captions["photo 1.jpg"].by) == ("mvlartist, by a river", "hand")
    assert {caption.by for caption in again.captions.values()} == {"blip", "hand"}
    page = again.page.read_text()
    assert page.count("caption (template and blip):") == 4
    assert page.count("caption (yours):") == 1
    assert "what blip saw besides the person" in page
    code, out, err = command(capsys, "photos", str(project.root), "--profile", "tiny", "--json")
    assert code == 0, err
    assert json.loads(out)["captioner"] == "blip"


def test_auto_takes_what_is_there_and_blip_asks_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from mvlocal.casting import cast_photos

    project = make_project(tmp_path, 1.0)
    fill(project.root / "photos", 4)
    found = cast_photos(project, request())  # the usual weights are not here
    assert found.captioner == "template"
    assert "no model described the photos" in found.page.read_text()
    with pytest.raises(MissingError) as caught:
        cast_photos(project, request("cast.captions=blip"))
    assert "blip-image-captioning-large" in caught.value.mend


def test_a_dry_look_names_descriptions_that_are_not_made(tmp_path: Path) -> None:
    from mvlocal.casting import cast_photos

    project = make_project(tmp_path, 1.0)
    fill(project.root / "photos", 4)
    cast_photos(project, request("cast.captions=template"))
    with open_studio(project, request("cast.caption_model=tiny-blip")) as studio:
        found = cast_in_force(studio, dry=True)
    assert not found.complete
    assert sum(task.id.endswith("/description") for task in found.tasks) == 4


# --- a LoRA of one's own ---------------------------------------------------------------------------------


def test_a_lora_of_one_s_own_skips_training(trained: Project) -> None:
    mine = trained.root / "mine.safetensors"
    shutil.copy(trained.root / "cast" / "artist" / "artist.safetensors", mine)
    before = mine.read_bytes()
    heard: list[Event] = []
    done = train_project(trained, request("cast.lora=mine.safetensors", "cast.lora_weight=0.7"), heard.append)
    assert ran(heard) == {"train/artist/own", "train/artist/references"}
    (member,) = done.members
    assert member.own is not None
    assert (member.own.layout, member.own.ranks) == ("kohya", (2,))
    assert member.choice is None
    assert member.member.lora_weight == 0.7
    assert mine.read_bytes() == before
    (trained.root / "photos").rename(trained.root / "gone")
    with open_studio(trained, request("cast.lora=mine.safetensors")) as studio:
        (one,) = make_cast(studio).cast.members
        assert one.references is None


def others() -> Mapping[str, dict[str, np.ndarray[Any, Any]]]:
    """LoRAs of other models, by what they are for: the names and shapes that such files have."""
    one = np.zeros((4, 320), np.float32)
    early = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k"
    return {
        "SD 1.5": {f"{early}.lora_down.weight": np.zeros((4, 768)), f"{early}.lora_up.weight": np.zeros((320, 4))},
        "Flux": {
            "transformer.single_transformer_blocks.0.attn.to_k.lora_A.weight": np.zeros((4, 3072)),
            "transformer.single_transformer_blocks.0.attn.to_k.lora_B.weight": np.zeros((3072, 4)),
        },
        "Flux of kohya": {
            "lora_unet_double_blocks_0_img_attn_qkv.lora_down.weight": np.zeros((4, 3072)),
            "lora_unet_double_blocks_0_img_attn_qkv.lora_up.weight": np.zeros((9216, 4)),
        },
        "no LoRA": {"model.diffusion_model.input_blocks.0.0.weight": one},
        "nothing": {},
    }


@pytest.mark.parametrize("family", list(others()))
def test_loras_of_other_models_are_refused(family: str, tmp_path: Path) -> None:
    from safetensors.numpy import save_file

    project = make_project(tmp_path, 1.0)
    save_file({name: value.astype(np.float32) for name, value in others()[family].items()}, tmp_path / "x.safetensors")
    with pytest.raises(InputError, match="SDXL") as caught:
        train_project(project, request("cast.lora=../x.safetensors"))
    assert "x.safetensors" in f"{caught.value.what} {caught.value.where}"
    assert caught.value.mend


BROKEN = [
    ("x.pt", b"PK\x03\x04"),
    ("x.safetensors", b"\x80\x02pickle"),
    ("x.safetensors", b""),
    ("x.safetensors", b"\x10" + bytes(40)),
]


@pytest.mark.parametrize(("name", "content"), BROKEN)
def test_pickles_and_cut_files_are_refused(tmp_path: Path, name: str, content: bytes) -> None:
    project = make_project(tmp_path, 1.0)
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UserError) as caught:
        train_project(project, request(f"cast.lora=../{name}"))
    assert name in f"{caught.value.what} {caught.value.where}"
    assert caught.value.mend
    with pytest.raises(InputError, match="no LoRA called"):
        train_project(project, request("cast.lora=gone.safetensors"))


# --- several people --------------------------------------------------------------------------------------


def test_everybody_has_a_lora_and_a_folder_of_their_own(trained: Project) -> None:
    fill(trained.root / "photos" / "ben", 8, start=20)
    heard: list[Event] = []
    ben = "cast.others={ben: {photos: photos/ben, trigger: mvlben, notes: a stage}}"
    done = train_project(trained, request(ben), heard.append)
    assert [member.member.name for member in done.members] == ["artist", "ben"]
    started = {one for one in ran(heard) if one.startswith("train/")}
    assert started == {f"train/ben{rest}" for rest in ("", "/references", "/scores", "/choice")}
    assert (trained.root / "cast" / "ben" / "ben.safetensors").is_file()
    caption = next((trained.root / "cast" / "ben" / "captions").iterdir()).read_text()
    assert caption.startswith("mvlben, a stage")
    with open_studio(trained, request(ben)) as studio:
        assert [one.member.trigger for one in cast_in_force(studio, dry=True).members] == ["mvlartist", "mvlben"]
    missing = "cast.others={cleo: {photos: photos-cleo}}"
    with pytest.raises(InputError, match="cannot be read"):
        train_project(trained, request(missing))


# --- what cannot be --------------------------------------------------------------------------------------


def test_too_few_photos_are_refused_and_few_are_a_warning(tmp_path: Path) -> None:
    project = make_project(tmp_path, 1.0)
    with pytest.raises(InputError, match="nobody to train"):
        train_project(project, request())
    fill(project.root / "photos", 3)
    with pytest.raises(InputError, match="only 3 photos") as caught:
        train_project(project, request())
    assert str(project.root / "photos") in caught.value.where
    fill(project.root / "photos", 5)
    heard: list[Event] = []
    with open_studio(project, request(), heard.append) as studio:
        cast_in_force(studio)
        assert not [one for one in heard if isinstance(one, Warned)]
        cast_in_force(studio, tell=True)
    assert any(isinstance(one, Warned) and "Only 5 photos" in one.what for one in heard)


def test_before_photos_are_looked_at_a_dry_look_knows_no_more_and_writes_nothing(tmp_path: Path) -> None:
    project = make_project(tmp_path, 1.0)
    fill(project.root / "photos", 4)
    with open_studio(project, request()) as studio:
        found = cast_in_force(studio, dry=True)
    assert not found.complete
    assert found.members == ()
    assert {task.stage for task in found.tasks} == {"photos"}
    assert not (project.root / "cast").exists()


def test_where_pictures_are_drawn_nobody_is_trained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = make_project(tmp_path, 1.0)
    fill(project.root / "photos", 4)
    code, out, err = command(capsys, "train", str(project.root), "--profile", "animatic")
    assert code == 2
    assert out == ""
    assert "the profile animatic draws its pictures" in err
    assert "--profile rtx-12gb" in err
    with open_studio(project, RenderRequest(profile="animatic")) as studio:
        assert cast_in_force(studio).members == ()


def test_missing_weights_say_what_to_fetch(tmp_path: Path) -> None:
    project = make_project(tmp_path, 1.0)
    fill(project.root / "photos", 4)
    with pytest.raises(MissingError) as caught:
        train_project(
            project, request("cast.likeness_model=dinov2-base", "cast.captions=blip", "keyframes.vae=sdxl_vae_fp16_fix")
        )
    assert "models fetch blip-image-captioning-large dinov2-base sdxl-vae-fp16-fix" in caught.value.mend


# --- the command -----------------------------------------------------------------------------------------


def test_the_command_tells_what_was_chosen_and_why(trained: Project, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["train", str(trained.root), "--profile", "animatic", *settings_of()]
    code, out, err = command(capsys, *arguments)
    assert code == 0, err
    assert "artist, step 2: score" in out
    assert out.count("<- chosen") == 1
    assert "0 tasks run" in out
    assert out.splitlines()[-1].endswith("training.html")
    code, out, _ = command(capsys, *arguments, "--json")
    document = json.loads(out)
    assert code == 0
    assert document["cast"][0]["choice"]["schema"] == "mvlocal.cast_choice/1"
    assert document["cast"][0]["trigger"] == "mvlartist"
    assert Path(document["cast"][0]["lora"]).is_file()
    assert document["tasks_run"] == 0
