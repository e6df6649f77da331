"""The training of one person's LoRA as a task: photos, crops and captions in; a LoRA and samples a checkpoint out.

It does not know how a LoRA is trained, nor which checkpoint is the best.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from mvlocal.backends.base import LoraPicture, LoraRecipe, LoraTrainer, LoraTraining, TrainedLora
from mvlocal.backends.gpu_faults import guarded
from mvlocal.backends.hardware import Hardware
from mvlocal.backends.registry import identity_of, load_backend
from mvlocal.backends.sdxl.models import Checkpoint
from mvlocal.cast.crops import cut_crop
from mvlocal.cast.training.buckets import at_resolution
from mvlocal.cast.training.choices import PACKAGES, RATES, TARGETS, choose_optimizer
from mvlocal.cast.training.schedule import checkpoint_steps
from mvlocal.config import TrainSettings
from mvlocal.engine.hashing import digest_of, digest_of_file
from mvlocal.engine.task import FileInput, Json, Resources, Task, TaskContext, TaskOutputs
from mvlocal.errors import InputError
from mvlocal.media.frame import Rgb
from mvlocal.schema.cast import CropPlan
from mvlocal.weights import LockedWeights

STAGE = "train"
VERSION = 1
PHASE = 2
LOG, PLOT = "log", "plot"
FOLDER = "folder"
"""The note with the name of the folder where checkpoints lay: once the outputs are stored, nothing there is needed."""
TRAINING_GIB = 7.0
SILENCE_S = 3600.0
"""Loading a large model and sampling from it may take minutes without a sign of life."""
_WHOLE_SIDE_PX = 1_000_000


@dataclass(frozen=True, slots=True)
class TrainingPhoto:
    """A photo to train on: its file, its crop as curated, and its caption as in force.

    One that is `held_out` is not trained on: only its loss is measured, at every checkpoint.
    """

    path: Path
    crop: CropPlan
    caption: str
    held_out: bool = False


@dataclass(frozen=True, slots=True)
class TrainingRequest:
    """Who is trained (`name`, called by the word `trigger`), on what, from which base and how.

    `vae` stands in for the base's own. `folder` is where trainings lie between runs; each has a folder of its own in
    it, by what is trained.
    """

    name: str
    trigger: str
    photos: Sequence[TrainingPhoto]
    settings: TrainSettings
    base: Checkpoint
    hardware: Hardware
    folder: Path
    seed: int
    vae: LockedWeights | None = None


def task_id(name: str) -> str:
    """The id of a character's training task."""
    return f"{STAGE}/{name}"


def lora_output(step: int) -> str:
    """The name of the output that is the LoRA of a checkpoint."""
    return f"step-{step}"


def sample_output(step: int) -> str:
    """The name of the output that is the sheet of samples of a checkpoint: a row a prompt, a column a seed."""
    return f"sample-{step}"


def training_task(request: TrainingRequest) -> Task:
    """The task that trains one person's LoRA. Its outputs are named by `lora_output`, `sample_output`, LOG and PLOT.

    Raises:
        InputError: there is no photo to train on.
        MissingError: the optimizer or the backend asked for is not installed.
    """
    if not any(not photo.held_out for photo in request.photos):
        raise InputError(
            f"there are no photos to train {request.name!r} on",
            where="photos.folder",
            mend="put 15 to 20 varied photos there; mvlocal photos says which can be used",
        )
    hardware, settings = request.hardware, request.settings
    recipe = recipe_of(settings, request.trigger, hardware.device)
    rows: list[Json] = [
        {"crop": photo.crop.model_dump(), "caption": photo.caption, "held_out": photo.held_out}
        for photo in request.photos
    ]
    params: dict[str, Json] = {
        "name": request.name,
        "trigger": request.trigger,
        "backend": settings.backend,
        "recipe": recipe.to_json(),
        "photos": rows,
        "weights": {"base": request.base.digest, "vae": request.vae.sha256 if request.vae else None},
        "hardware": hardware.identity,
    }
    steps = checkpoint_steps(recipe.steps, recipe.every)
    identity = {**identity_of("lora", settings.backend), "optimizer": _optimizer_version(recipe.optimizer)}
    on_cpu = hardware.device == "cpu"
    return Task(
        id=task_id(request.name),
        stage=STAGE,
        version=VERSION,
        run="mvlocal.cast.training.stage:run_training",
        check="mvlocal.cast.training.stage:check_training",
        params=params,
        inputs={_photo_name(number): FileInput(photo.path) for number, photo in enumerate(request.photos)},
        identity=identity,
        seed=request.seed,
        resources=Resources(cpu=hardware.threads) if on_cpu else Resources(gpu=True, vram_gib=TRAINING_GIB),
        phase=PHASE,
        expected_s=60.0 + recipe.steps * recipe.accumulate * (0.1 if on_cpu else 0.8) + 10.0 * len(steps),
        silence_s=SILENCE_S,
        placement={
            "folder": str(request.folder),
            "made_by": digest_of(identity),
            "hardware": hardware.to_json(),
            "base": request.base.to_json(),
            "vae": request.vae.to_json() if request.vae else None,
        },
    )


def recipe_of(settings: TrainSettings, trigger: str, device: str) -> LoraRecipe:
    """The recipe for a device (`cpu`, `cuda:0`); `{trigger}` in sample prompts becomes the trigger word.

    Raises:
        MissingError: the optimizer asked for is not installed, or does not run on this device.
    """
    optimizer = choose_optimizer(settings.optimizer, device)
    return LoraRecipe(
        steps=settings.steps,
        every=settings.every,
        rank=settings.rank,
        alpha=settings.alpha or float(settings.rank),
        targets=TARGETS[settings.layers],
        resolution=settings.resolution,
        batch=settings.batch,
        accumulate=settings.accumulate,
        optimizer=optimizer,
        learning_rate=settings.learning_rate or RATES[optimizer],
        schedule=settings.schedule,
        warmup=settings.warmup,
        min_snr_gamma=settings.min_snr_gamma,
        checkpointing=settings.checkpointing,
        prior=settings.prior,
        prior_weight=settings.prior_weight,
        class_words=settings.class_words,
        sample_prompts=tuple(prompt.replace("{trigger}", trigger) for prompt in settings.sample_prompts),
        sample_seeds=settings.sample_seeds,
        sample_steps=settings.sample_steps,
        sample_guidance=settings.sample_guidance,
    )


def run_training(context: TaskContext) -> TaskOutputs:
    """Trains to the end, from the last checkpoint of an earlier attempt where there is one."""
    from mvlocal.cast.training.log import csv_to_rows
    from mvlocal.cast.training.plot import draw_plot

    training = _training_of(context)
    trainer = _trainer_of(context)
    done: TrainedLora = guarded(
        lambda: trainer.train(training, context.progress), task_id=context.task_id, what="training a LoRA"
    )
    files: dict[str, Path] = {}
    for step, path in done.loras.items():
        files[lora_output(step)] = _copied(path, context.workdir / f"{lora_output(step)}.safetensors")
    for step, path in done.sheets.items():
        files[sample_output(step)] = _copied(path, context.workdir / f"{sample_output(step)}.png")
    files[LOG] = _copied(done.log, context.workdir / "log.csv")
    files[PLOT] = context.workdir / "plot.png"
    draw_plot(csv_to_rows(files[LOG].read_text(encoding="utf-8")), _title(training), files[PLOT])
    return TaskOutputs(files, notes={**done.notes, FOLDER: training.folder.name}, warnings=done.warnings)


def check_training(name: str, path: Path) -> None:
    """Raises unless `path` holds what the output called `name` should: a LoRA, a picture, a log."""
    from mvlocal.backends.lora_layouts import read_lora
    from mvlocal.cast.training.log import csv_to_rows
    from mvlocal.media.image import read_png

    if name.startswith("step-"):
        read_lora(path)
    elif name == LOG:
        csv_to_rows(path.read_text(encoding="utf-8"))
    else:
        read_png(path)


def _training_of(context: TaskContext) -> LoraTraining:
    params = cast("Mapping[str, Any]", context.params)
    recipe = LoraRecipe.from_json(params["recipe"])
    paths = [context.inputs[_photo_name(number)] for number in range(len(params["photos"]))]
    pictures = [_picture_of(path, row, recipe.resolution) for path, row in zip(paths, params["photos"], strict=True)]
    seed = context.seed or 0
    # What is trained, by content: another set, caption, base or version never resumes this one's checkpoints.
    made_by = context.placement["made_by"]
    trained = digest_of([STAGE, VERSION, made_by, params, seed, [digest_of_file(path).digest for path in paths]])
    return LoraTraining(
        title=str(params["name"]),
        trigger=str(params["trigger"]),
        recipe=recipe,
        pictures=pictures,
        folder=Path(str(context.placement["folder"])) / f"{params['name']}-{trained[:16]}",
        seed=seed,
    )


def _picture_of(path: Path, row: Mapping[str, Any], resolution: int) -> LoraPicture:
    from mvlocal.media.photos import load_photo

    crop = at_resolution(CropPlan.model_validate(row["crop"]), resolution)

    def load() -> Rgb:
        return cut_crop(load_photo(path, _WHOLE_SIDE_PX), crop)

    return LoraPicture(
        caption=str(row["caption"]),
        width=crop.bucket_width,
        height=crop.bucket_height,
        original=(crop.width, crop.height),
        load=load,
        held_out=bool(row["held_out"]),
    )


def _trainer_of(context: TaskContext) -> LoraTrainer:
    place = cast("Mapping[str, Any]", context.placement)
    return load_backend(
        "lora",
        str(context.params["backend"]),
        base=Checkpoint.from_json(place["base"]),
        vae=LockedWeights.from_json(place["vae"]) if place["vae"] else None,
        hardware=Hardware.from_json(place["hardware"]),
    )


def _optimizer_version(optimizer: str) -> Json:
    from importlib.metadata import version

    package = PACKAGES.get(optimizer)
    return {package: version(package)} if package else None


def _photo_name(number: int) -> str:
    return f"photo-{number:03d}"


def _copied(source: Path, target: Path) -> Path:
    shutil.copyfile(source, target)
    return target


def _title(training: LoraTraining) -> str:
    recipe = training.recipe
    return f"{training.title}: rank {recipe.rank}, {recipe.steps} steps at {recipe.resolution} px, {recipe.optimizer}"
