"""Trainings that take a second: a small SDXL that has learned nothing, and pictures of drawn figures."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from mvlocal.backends.hardware import Hardware
from mvlocal.backends.sdxl.models import Checkpoint
from mvlocal.cast.training.stage import TrainingPhoto, TrainingRequest, run_training, training_task
from mvlocal.config import TrainSettings
from mvlocal.engine.task import FileInput, TaskContext, TaskOutputs
from mvlocal.schema.cast import CropPlan
from mvlocal.weights.folders import locked_folder
from mvlocal.weights.lock import add_to_lock
from mvlocal.weights.sound import measure

SCRIPTS = Path(__file__).parent.parent.parent / "scripts"
TRIGGER = "mvlnova"
SECRET = "holiday-in-Rome"
"""In the names and paths of the photos; it may be found in no file that is made of them."""
SMALL = {
    "steps": 4,
    "every": 2,
    "rank": 2,
    "resolution": 64,
    "accumulate": 2,
    "learning_rate": 1e-2,
    "warmup": 0,
    "prior": 1,
    "sample_prompts": ("{trigger}, near, middle, greysky, greenfloor",),
    "sample_seeds": 2,
    "sample_steps": 2,
}


def write_small_base(models: Path) -> Checkpoint:
    """Writes the figures' SDXL into `models` as it is before it has learned anything, and records it."""
    if str(SCRIPTS) not in sys.path:
        sys.path.insert(0, str(SCRIPTS))
    from tiny_models.figures import small_unet, write_base

    write_base(models / "checkpoints" / "small", lambda _encoders: small_unet())
    files = [path for path in (models / "checkpoints").rglob("*") if path.is_file()]
    add_to_lock(models, {path.relative_to(models).as_posix(): measure(path) for path in files})
    return small_base()


def small_base() -> Checkpoint:
    """The base in the models folder in use."""
    return Checkpoint(locked_folder("checkpoints", "small", where="test", index="model_index.json"))


def draw_photos(folder: Path, count: int = 4) -> list[TrainingPhoto]:
    """Pictures of one figure; the last one is held out."""
    if str(SCRIPTS) not in sys.path:
        sys.path.insert(0, str(SCRIPTS))
    from tiny_models.figure_pictures import NOVA, draw_figure, scene_words, some_scene

    random = np.random.default_rng(3)
    folder = folder / SECRET
    folder.mkdir(parents=True, exist_ok=True)
    crop = CropPlan(left=0, top=0, width=96, height=96, bucket_width=1024, bucket_height=1024)
    photos: list[TrainingPhoto] = []
    for number in range(count):
        scene = some_scene(random)
        path = folder / f"{SECRET}-{number}.png"
        Image.fromarray(draw_figure(NOVA, scene, 96)).save(path)
        photos.append(TrainingPhoto(path, crop, f"{TRIGGER}, {scene_words(scene)}", held_out=number == count - 1))
    return photos


def request_of(photos: Sequence[TrainingPhoto], folder: Path, **given: Any) -> TrainingRequest:
    """A training of these photos whose checkpoints lie in `folder`."""
    settings = TrainSettings.model_validate(SMALL | given)
    return TrainingRequest("nova", TRIGGER, photos, settings, small_base(), Hardware(), folder, seed=7)


def context_of(
    request: TrainingRequest, workdir: Path, progress: Callable[[float, str], None] = lambda _done, _note: None
) -> TaskContext:
    """What the task's function is given."""
    task = training_task(request)
    workdir.mkdir(parents=True)
    inputs = {name: one.path for name, one in task.inputs.items() if isinstance(one, FileInput)}
    return TaskContext(task.id, task.params, inputs, task.seed, workdir, progress, task.placement)


def train(request: TrainingRequest, workdir: Path, progress: Callable[[float, str], None] | None = None) -> TaskOutputs:
    """Runs the task's function in this process."""
    context = context_of(request, workdir, progress) if progress else context_of(request, workdir)
    return run_training(context)
