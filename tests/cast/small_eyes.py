"""Small models that look at pictures, photos on disk, and tasks that are run in this process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cast_pictures import save, scene
from numpy.typing import NDArray

from mvlocal.backends.hardware import Hardware
from mvlocal.cast.choice.task import Eyes, ReferencePhoto
from mvlocal.engine.task import Task, TaskContext, TaskOutputs
from mvlocal.schema.cast import CropPlan
from mvlocal.weights.folders import locked_folder

SIDE = 256
HARDWARE = Hardware(threads=2)


def eyes(agreement: str = "clip") -> Eyes:
    """The small DINOv2 and CLIP of the models folder in use."""
    return Eyes(
        likeness="dinov2",
        likeness_folder=locked_folder("clip_vision", "tiny-dinov2", where="cast.likeness_model"),
        agreement=agreement,
        agreement_folder=locked_folder("clip_vision", "tiny-clip", where="cast.agreement_model"),
        faces="none",
        faces_weights=None,
        hardware=HARDWARE,
    )


def photos_on_disk(folder: Path, count: int, held_out: Sequence[int]) -> list[ReferencePhoto]:
    """Square scenes as PNG, each used as a whole at `SIDE` pixels."""
    crop = CropPlan(left=0, top=0, width=SIDE, height=SIDE, bucket_width=SIDE, bucket_height=SIDE)
    paths = [save(folder, f"photo {number}.png", picture_of(number)) for number in range(count)]
    return [ReferencePhoto(path, crop, None, number in held_out) for number, path in enumerate(paths)]


def picture_of(number: int) -> NDArray[Any]:
    """What photo `number` shows."""
    return scene(100 + number, SIDE, SIDE)


def run_here(task: Task, inputs: Mapping[str, Path], work: Path) -> TaskOutputs:
    """Runs a task's function in this process and checks every output, as a worker does."""
    module, _, name = task.run.partition(":")
    work.mkdir(parents=True)
    context = TaskContext(
        task.id, task.params, inputs, task.seed, work, lambda _fraction, _note: None, placement=task.placement
    )
    outputs: TaskOutputs = _function(module, name)(context)
    if task.check is not None:
        check = _function(*task.check.split(":"))
        for output, path in outputs.files.items():
            check(output, path)
    return outputs


def _function(module: str, name: str) -> Any:
    from importlib import import_module

    return getattr(import_module(module), name)
