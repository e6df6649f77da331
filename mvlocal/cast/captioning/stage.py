"""The description of one photo as a task: the photo and its crop in, a model's sentence out.

It does not know what a caption takes over of it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from mvlocal.backends.base import PhotoDescriber
from mvlocal.backends.hardware import Hardware
from mvlocal.backends.registry import identity_of, load_backend
from mvlocal.engine.task import FileInput, Resources, Task, TaskContext, TaskOutputs
from mvlocal.schema.cast import CropPlan
from mvlocal.weights.folders import LockedFolder

STAGE = "photos"
VERSION = 1
PHASE = 1
"""After all photos were measured, so that the model is loaded once."""
TEXT = "main"
MAX_WRITTEN = 1000
_WHOLE_SIDE_PX = 1_000_000
_GIB = 3.0


@dataclass(frozen=True, slots=True)
class Captioner:
    """Who describes photos: a backend's name, its weights, and what it runs on."""

    name: str
    folder: LockedFolder
    hardware: Hardware


def description_task(photo: Path, crop: CropPlan, captioner: Captioner) -> Task:
    """The task that describes one photo as it is cropped. The photo's name is not in its key."""
    hardware = captioner.hardware
    on_cpu = hardware.device == "cpu"
    return Task(
        id=f"{STAGE}/{hashlib.sha256(os.fsencode(photo.name)).hexdigest()[:12]}/description",
        stage=STAGE,
        version=VERSION,
        run="mvlocal.cast.captioning.stage:run_description",
        check="mvlocal.cast.captioning.stage:check_description",
        params={
            "captioner": captioner.name,
            "crop": crop.model_dump(),
            "weights": captioner.folder.digest,
            "hardware": hardware.identity,
        },
        inputs={"photo": FileInput(photo)},
        identity=identity_of("captions", captioner.name),
        resources=Resources(cpu=hardware.threads) if on_cpu else Resources(gpu=True, vram_gib=_GIB),
        phase=PHASE,
        expected_s=8.0 if on_cpu else 0.5,
        placement={"folder": captioner.folder.to_json(), "hardware": hardware.to_json()},
    )


def run_description(context: TaskContext) -> TaskOutputs:
    """Shows the crop to the model; what it writes is kept as one line of at most `MAX_WRITTEN` characters."""
    from mvlocal.cast.captioning.words import plain_line
    from mvlocal.cast.crops import cut_crop
    from mvlocal.media.photos import load_photo

    place = cast("Mapping[str, Any]", context.placement)
    describer: PhotoDescriber = load_backend(
        "captions",
        str(context.params["captioner"]),
        folder=LockedFolder.from_json(place["folder"]),
        hardware=Hardware.from_json(place["hardware"]),
    )
    crop = CropPlan.model_validate(context.params["crop"])
    written = describer.describe(cut_crop(load_photo(context.inputs["photo"], _WHOLE_SIDE_PX), crop))
    out = context.workdir / "description.txt"
    out.write_text(f"{plain_line(written[:MAX_WRITTEN])}\n", encoding="utf-8")
    return TaskOutputs({TEXT: out})


def check_description(_name: str, path: Path) -> None:
    """Raises unless `path` holds one line of text."""
    if path.read_text(encoding="utf-8").count("\n") != 1:
        raise ValueError(f"{path.name} is not one line")
