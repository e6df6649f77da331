"""Training a LoRA: order and rates, checkpoints that survive kills, full disks and flipped bits, and what comes out."""

from __future__ import annotations

import errno
import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.torch import load_file
from small_training import SECRET, TRIGGER, context_of, draw_photos, request_of, train, write_small_base

from mvlocal.backends.loading import quiet
from mvlocal.backends.pool import worker_pool
from mvlocal.backends.sdxl_lora.noise import NoiseSchedule
from mvlocal.cast.training.buckets import at_resolution, square_side
from mvlocal.cast.training.checkpoints import LORA, STATE, file_of, find_checkpoint
from mvlocal.cast.training.log import LogRow, csv_to_rows, rows_to_csv, smoothed
from mvlocal.cast.training.plot import draw_plot
from mvlocal.cast.training.schedule import batch_at, checkpoint_steps, learning_rate_factor, seed_of
from mvlocal.cast.training.stage import TrainingPhoto, check_training, run_training, training_task
from mvlocal.engine.durable import Disk
from mvlocal.engine.task import TaskOutputs
from mvlocal.errors import ExhaustedError, InputError, MissingError, NotFinite
from mvlocal.media.image import read_png
from mvlocal.schema.cast import CropPlan

Killed = KeyboardInterrupt


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A models folder with a small base, in use for all tests here."""
    folder = tmp_path_factory.mktemp("models")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MVLOCAL_MODELS", str(folder))
        write_small_base(folder)
        yield folder
    worker_pool().clear()


@pytest.fixture(scope="module")
def photos(models: Path, tmp_path_factory: pytest.TempPathFactory) -> list[TrainingPhoto]:
    return draw_photos(tmp_path_factory.mktemp("photos"))


@pytest.fixture(scope="module")
def whole(photos: list[TrainingPhoto], tmp_path_factory: pytest.TempPathFactory) -> tuple[TaskOutputs, Path]:
    """A training that nothing disturbed: its outputs, and where its checkpoints lie."""
    folder = tmp_path_factory.mktemp("whole")
    worker_pool().clear()
    worker_pool().take_events()
    return train(request_of(photos, folder / "training"), folder / "work"), folder / "training"


def only_cache(training: Path, target: Path) -> None:
    """A training's folder as it is before the first checkpoint."""
    own = next(training.iterdir())
    (target / own.name).mkdir(parents=True)
    for name in ("cache.safetensors", "cache.sha256"):
        shutil.copy(own / name, target / own.name / name)


def same_weights(one: TaskOutputs, other: TaskOutputs, step: int = 4) -> bool:
    left, right = (load_file(str(outputs.files[f"step-{step}"])) for outputs in (one, other))
    return left.keys() == right.keys() and all(torch.equal(left[name], right[name]) for name in left)


# --- order, rates, crops, log ----------------------------------------------------------------------------


@given(steps=st.integers(1, 3000), every=st.integers(1, 3000))
def test_checkpoints_come_every_so_often_and_at_the_end(steps: int, every: int) -> None:
    found = checkpoint_steps(steps, every)
    assert found[-1] == steps
    assert list(found) == sorted(set(found))
    assert all(step % every == 0 for step in found[:-1])
    assert len(found) == -(-steps // every)


@given(steps=st.integers(1, 2000), warmup=st.integers(0, 500), schedule=st.sampled_from(("constant", "cosine")))
def test_the_learning_rate_rises_then_holds_or_falls(steps: int, warmup: int, schedule: Any) -> None:
    factors = [learning_rate_factor(step, steps, warmup, schedule) for step in range(1, steps + 1)]
    assert all(0 < factor <= 1 for factor in factors)
    top = factors.index(max(factors))
    assert factors[: top + 1] == sorted(factors[: top + 1])
    assert factors[top:] == sorted(factors[top:], reverse=True)
    assert top <= min(warmup, steps // 10)


@given(sizes=st.lists(st.integers(1, 9), min_size=1, max_size=4), size=st.integers(1, 4), seed=st.integers(0, 99))
@hypothesis_settings(max_examples=50, deadline=None)
def test_an_epoch_shows_every_picture_and_batches_have_one_shape(sizes: list[int], size: int, seed: int) -> None:
    numbers = iter(range(100))
    groups = [[next(numbers) for _ in range(count)] for count in sizes]
    per_epoch = sum(-(-count // size) for count in sizes)
    for epoch in range(2):
        batches = [batch_at(groups, size, epoch * per_epoch + n, seed) for n in range(per_epoch)]
        assert {picture for batch in batches for picture in batch} == {n for group in groups for n in group}
        assert all(len(batch) == size and any(set(batch) <= set(group) for group in groups) for batch in batches)
    orders = {tuple(batch_at([range(40)], 1, n, seed)[0] for n in range(k, k + 40)) for k in (0, 40, 80)}
    assert len(orders) == 3


def test_seeds_differ_by_purpose_and_stay_what_they_are() -> None:
    assert len({seed_of(7, "step", n) for n in range(50)} | {seed_of(8, "step", 0), seed_of(7, "prior", 0)}) == 52
    assert seed_of(7, "step", 1) == seed_of(7, "step", 1) < 2**63


@given(
    bucket=st.sampled_from([(1024, 1024), (640, 1536), (896, 1152), (1344, 768)]),
    resolution=st.integers(64, 2048),
    width=st.integers(64, 4000),
)
def test_crops_keep_their_shape_at_every_resolution(bucket: tuple[int, int], resolution: int, width: int) -> None:
    crop = CropPlan(
        left=3, top=5, width=width, height=round(width * bucket[1] / bucket[0]),
        bucket_width=bucket[0], bucket_height=bucket[1],
    )  # fmt: skip
    brought = at_resolution(crop, resolution)
    step = 32 if resolution >= 512 else 16
    assert brought.bucket_width % step == 0 == brought.bucket_height % step
    assert brought.left >= 3
    assert brought.top >= 5
    assert brought.left + brought.width <= 3 + crop.width
    assert brought.top + brought.height <= 5 + crop.height
    stretched = (brought.bucket_width / brought.width) / (brought.bucket_height / brought.height)
    assert abs(stretched - 1) < 1.5 / min(brought.width, brought.height)
    assert square_side(1024) == 1024


def test_the_log_comes_back_as_it_was_written() -> None:
    rows = [LogRow(0, None, 0.0, 0.0, 1.25), LogRow(1, 0.5, 1e-4, 0.25), LogRow(2, 0.125, 5e-5, 0.5, 1.125)]
    assert csv_to_rows(rows_to_csv(rows)) == rows
    assert smoothed([4.0, 2.0, 0.0], 2) == [4.0, 3.0, 1.0]
    with pytest.raises(ValueError, match="header"):
        csv_to_rows("a,b\n1,2\n")


def test_the_plot_is_a_picture_even_of_one_step(tmp_path: Path) -> None:
    draw_plot([LogRow(1, 0.5, 1e-4, 0.25)], "one", tmp_path / "plot.png")
    assert read_png(tmp_path / "plot.png").rgb.std() > 5


def test_min_snr_caps_what_clean_pictures_count() -> None:
    kept = torch.tensor([0.99, 0.9, 0.5, 0.1])
    times, snr = torch.arange(4), kept / (1 - kept)
    plain = NoiseSchedule(kept, "epsilon").weights(times, 5.0) * snr
    velocity = NoiseSchedule(kept, "v_prediction").weights(times, 5.0) * (snr + 1)
    assert torch.allclose(plain, snr.clamp(max=5.0))
    assert torch.allclose(velocity, snr.clamp(max=5.0))
    assert NoiseSchedule(kept, "epsilon").weights(times, 0.0).tolist() == [1.0] * 4


# --- what a training makes -------------------------------------------------------------------------------


def test_a_training_leaves_a_lora_and_samples_a_checkpoint(whole: tuple[TaskOutputs, Path]) -> None:
    outputs, _ = whole
    assert sorted(outputs.files) == ["log", "plot", "sample-2", "sample-4", "step-2", "step-4"]
    for name, path in outputs.files.items():
        check_training(name, path)
    rows = csv_to_rows(outputs.files["log"].read_text())
    assert [row.step for row in rows] == [0, 1, 2, 3, 4]
    assert [row.step for row in rows if row.held_out_loss is not None] == [0, 2, 4]
    assert read_png(outputs.files["sample-4"]).rgb.shape == (64, 128, 3)
    assert outputs.notes["optimizer"] == "adamw"
    assert outputs.notes["trained_on"] == 3
    assert not same_weights(outputs, replace(outputs, files={"step-4": outputs.files["step-2"]}))


def test_encoders_are_dropped_before_the_training_and_the_vae_but_for_samples(whole: tuple[TaskOutputs, Path]) -> None:
    pool: Any = whole[0].notes["pool"]
    events = [event.split("/")[0] for event in pool]
    assert sorted(events[:3]) == ["load sdxl.text_encoder", "load sdxl.text_encoder_2", "load sdxl.vae"]
    network = events.index("load sdxl.unet-training")
    assert {"drop sdxl.text_encoder", "drop sdxl.text_encoder_2", "drop sdxl.vae"} <= set(events[:network])
    assert events[network + 1 :] == ["load sdxl.vae", "drop sdxl.vae"] * 2
    assert not [name for name in worker_pool().names if "training" in name]


def test_metadata_says_what_it_is_and_names_no_photo(whole: tuple[TaskOutputs, Path]) -> None:
    path = whole[0].files["step-4"]
    with safe_open(str(path), framework="pt") as file:
        metadata = file.metadata()
    assert metadata["ss_network_module"] == "networks.lora"
    assert (metadata["ss_network_dim"], metadata["ss_network_alpha"], metadata["ss_steps"]) == ("2", "2", "4")
    assert metadata["ss_num_train_images"] == "3"
    assert metadata["modelspec.sai_model_spec"] == "1.0.1"
    assert metadata["modelspec.architecture"] == "stable-diffusion-xl-v1-base/lora"
    assert metadata["modelspec.trigger_phrase"] == TRIGGER
    for output in whole[0].files.values():
        assert SECRET.encode() not in output.read_bytes()
    assert "/" not in json.dumps({k: v for k, v in metadata.items() if k not in _WITH_SLASH})


_WITH_SLASH = ("modelspec.architecture", "modelspec.implementation")


def test_the_file_gives_the_same_pictures_in_a_plain_pipeline(
    whole: tuple[TaskOutputs, Path], photos: list[TrainingPhoto], tmp_path: Path
) -> None:
    from diffusers import StableDiffusionXLPipeline

    request = request_of(photos, tmp_path)
    path = whole[0].files["step-4"]
    pipeline: Any = StableDiffusionXLPipeline.from_pretrained(str(request.base.folder.path), local_files_only=True)
    pipeline.set_progress_bar_config(disable=True)
    prompt = f"{TRIGGER}, near, middle, greysky, greenfloor"

    def draw() -> NDArray[np.int16]:
        with quiet():
            return np.hstack([np.asarray(picture, np.int16) for picture in row_of()])

    def row_of() -> list[Any]:
        return [
            pipeline(
                prompt,
                height=64,
                width=64,
                num_inference_steps=2,
                guidance_scale=5.0,
                generator=torch.Generator().manual_seed(seed_of(7, "sample", number)),
            ).images[0]
            for number in range(2)
        ]

    before = draw()
    pipeline.load_lora_weights(str(path.parent), weight_name=path.name, local_files_only=True)
    ours = read_png(whole[0].files["sample-4"]).rgb.astype(np.int16)
    assert np.abs(draw() - ours).max() <= 1
    assert np.abs(before - ours).max() > 8


# --- kills, full disks, flipped bits ---------------------------------------------------------------------


@pytest.mark.parametrize("step", [1, 2, 3, 4])
def test_killed_at_any_step_it_ends_with_the_same_weights(
    step: int, whole: tuple[TaskOutputs, Path], photos: list[TrainingPhoto], tmp_path: Path
) -> None:
    only_cache(whole[1], tmp_path / "training")
    request = request_of(photos, tmp_path / "training")

    def kill(_done: float, note: str) -> None:
        if note.startswith(f"step {step} of"):
            raise Killed

    with pytest.raises(Killed):
        train(request, tmp_path / "first", kill)
    resumed = train(request, tmp_path / "second")
    assert resumed.notes["resumed_from"] == (2 if step > 2 else 0)
    assert same_weights(resumed, whole[0])
    assert [row.step for row in csv_to_rows(resumed.files["log"].read_text())] == [0, 1, 2, 3, 4]
    assert resumed.files["sample-4"].read_bytes() == whole[0].files["sample-4"].read_bytes()


KILLED = """
import sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from small_training import draw_photos, request_of, train
photos, training, work = map(Path, sys.argv[2:5])
def progress(_done, note):
    print(note, flush=True)
    if note.startswith(sys.argv[5]):
        time.sleep(60)
train(request_of(draw_photos(photos), training), work, progress)
"""


def test_killed_by_the_system_it_ends_with_the_same_weights(
    whole: tuple[TaskOutputs, Path], photos: list[TrainingPhoto], tmp_path: Path
) -> None:
    """SIGKILL, which nothing can catch: before the first checkpoint, then after it."""
    drawn, training = photos[0].path.parent.parent, tmp_path / "training"
    for number, step in enumerate((1, 3)):
        at = f"step {step} of"
        given = (Path(__file__).parent, drawn, training, tmp_path / f"work-{number}", at)
        command = [sys.executable, "-c", KILLED, *map(str, given)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as child:
            assert child.stdout is not None
            assert any(line.startswith(at) for line in child.stdout)
            child.kill()
        assert child.returncode == -signal.SIGKILL
    resumed = train(request_of(photos, training), tmp_path / "last")
    assert resumed.notes["resumed_from"] == 2
    assert [row.step for row in csv_to_rows(resumed.files["log"].read_text())] == [0, 1, 2, 3, 4]
    check_training("step-4", resumed.files["step-4"])
    assert same_weights(resumed, whole[0])


class FullDisk:
    """Renames fail from the `nth` on, as on a disk that is full."""

    def __init__(self, nth: int) -> None:
        self.left = nth
        self.rename: Callable[..., None] = Disk.rename

    def __call__(self, disk: Disk, source: Path, target: Path) -> None:
        self.left -= 1
        if self.left <= 0:
            raise OSError(errno.ENOSPC, "No space left on device", str(target))
        self.rename(disk, source, target)


@pytest.mark.parametrize("nth", [6, 8, 10])
def test_a_failed_write_leaves_the_last_checkpoint_whole(
    nth: int,
    whole: tuple[TaskOutputs, Path],
    photos: list[TrainingPhoto],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    only_cache(whole[1], tmp_path / "training")
    request = request_of(photos, tmp_path / "training")
    with monkeypatch.context() as patch:
        full = FullDisk(nth)
        patch.setattr(Disk, "rename", lambda disk, source, target: full(disk, source, target))
        with pytest.raises(ExhaustedError, match="disk is full"):
            train(request, tmp_path / "first")
    own = next((tmp_path / "training").iterdir())
    found = find_checkpoint(own, (2, 4))
    assert found.last is not None
    assert found.last.step == 2
    assert found.set_aside == ()
    assert not list(own.glob(".*"))
    resumed = train(request, tmp_path / "second")
    assert resumed.notes["resumed_from"] == 2
    assert same_weights(resumed, whole[0])


@pytest.mark.parametrize("kind", [STATE, LORA])
def test_a_checkpoint_that_changed_is_set_aside_and_said(
    kind: str, whole: tuple[TaskOutputs, Path], photos: list[TrainingPhoto], tmp_path: Path
) -> None:
    shutil.copytree(whole[1], tmp_path / "training")
    own = next((tmp_path / "training").iterdir())
    broken = file_of(own, kind, 4)
    data = bytearray(broken.read_bytes())
    data[-9] ^= 1
    broken.write_bytes(data)
    again = train(request_of(photos, tmp_path / "training"), tmp_path / "work")
    assert again.notes["resumed_from"] == 2
    assert same_weights(again, whole[0])
    assert "step 4" in again.warnings[0][0]
    assert broken.with_name(f"{broken.name}.broken").exists()


def test_a_broken_cache_is_made_again(
    whole: tuple[TaskOutputs, Path], photos: list[TrainingPhoto], tmp_path: Path
) -> None:
    only_cache(whole[1], tmp_path / "training")
    cache = next((tmp_path / "training").iterdir()) / "cache.safetensors"
    cache.write_bytes(cache.read_bytes()[:-40])
    again = train(request_of(photos, tmp_path / "training"), tmp_path / "work")
    assert same_weights(again, whole[0])


def test_what_is_done_is_not_done_again(
    whole: tuple[TaskOutputs, Path], photos: list[TrainingPhoto], tmp_path: Path
) -> None:
    notes: list[str] = []
    again = train(request_of(photos, whole[1]), tmp_path / "work", lambda _done, note: notes.append(note))
    assert not [note for note in notes if note.startswith("step")]
    assert same_weights(again, whole[0])


def test_prodigy_resumes_to_the_same_weights(photos: list[TrainingPhoto], tmp_path: Path) -> None:
    given = {"optimizer": "prodigy", "steps": 3, "every": 1, "prior": 0, "accumulate": 1, "learning_rate": 0}

    def kill(_done: float, note: str) -> None:
        if note.startswith("step 3 of"):
            raise Killed

    request = request_of(photos, tmp_path / "one", **given)
    straight = train(request, tmp_path / "straight")
    shutil.rmtree(tmp_path / "one")
    with pytest.raises(Killed):
        train(request, tmp_path / "killed", kill)
    resumed = train(request, tmp_path / "resumed")
    assert resumed.notes["learning_rate"] == 1.0
    assert resumed.notes["resumed_from"] == 2
    assert same_weights(resumed, straight, step=3)


# --- what is refused -------------------------------------------------------------------------------------


def test_without_photos_nothing_is_trained(photos: list[TrainingPhoto], tmp_path: Path) -> None:
    for none in ([], [replace(photo, held_out=True) for photo in photos]):
        with pytest.raises(InputError, match="no photos") as caught:
            training_task(request_of(none, tmp_path))
        assert "15 to 20" in caught.value.mend


def test_an_optimizer_that_is_not_here_is_named(photos: list[TrainingPhoto], tmp_path: Path) -> None:
    with pytest.raises(MissingError) as caught:
        training_task(request_of(photos, tmp_path, optimizer="adamw8bit"))
    assert "adamw" in caught.value.mend


def test_a_loss_that_is_no_number_ends_the_training(photos: list[TrainingPhoto], tmp_path: Path) -> None:
    context = context_of(request_of(photos, tmp_path / "training"), tmp_path / "work")
    recipe: Any = dict(context.params["recipe"])  # pyright: ignore[reportArgumentType, reportCallIssue]
    wild = replace(context, params={**context.params, "recipe": {**recipe, "learning_rate": 1e30}})
    with pytest.raises(NotFinite, match="loss of step") as caught:
        run_training(wild)
    assert "learning_rate" in caught.value.mend
    assert not worker_pool().names


def test_the_key_holds_what_is_trained_and_no_name(photos: list[TrainingPhoto], tmp_path: Path) -> None:
    task = training_task(request_of(photos, tmp_path))
    moved = training_task(request_of(photos, tmp_path / "elsewhere"))
    assert (task.params, task.identity) == (moved.params, moved.identity)
    assert SECRET not in json.dumps([dict(task.params), dict(task.identity), list(task.inputs)])
    edited = training_task(request_of([replace(photos[0], caption="else"), *photos[1:]], tmp_path))
    assert edited.params != task.params
