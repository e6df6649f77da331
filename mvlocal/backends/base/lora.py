"""How a LoRA is trained and used. It knows no model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol, Self, cast

from mvlocal.backends.base.progress import Progress
from mvlocal.engine.task import Json
from mvlocal.media.frame import Rgb


@dataclass(frozen=True, slots=True)
class LoraUse:
    """A LoRA in safetensors (any layout that diffusers reads) and how strongly it acts; 1 is as it was trained."""

    path: Path
    weight: float


@dataclass(frozen=True, slots=True)
class LoraRecipe:
    """How a LoRA is trained: the settings of `train`, with every choice made.

    `optimizer` is a name (`adamw`, `adamw8bit`, `prodigy`), `targets` are endings of the names of trained layers;
    `prior` counts pictures that the base makes of `class_words`.
    """

    steps: int
    every: int
    rank: int
    alpha: float
    targets: tuple[str, ...]
    resolution: int
    batch: int
    accumulate: int
    optimizer: str
    learning_rate: float
    schedule: str
    warmup: int
    min_snr_gamma: float
    checkpointing: bool
    prior: int
    prior_weight: float
    class_words: str
    sample_prompts: tuple[str, ...]
    sample_seeds: int
    sample_steps: int
    sample_guidance: float

    def to_json(self) -> dict[str, Json]:
        """As plain JSON, for a task's parameters."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """What `to_json` wrote."""
        given: dict[str, Any] = {
            name: tuple(cast("list[str]", value)) if isinstance(value, list) else value for name, value in data.items()
        }
        return cls(**given)


@dataclass(frozen=True, slots=True)
class LoraPicture:
    """A picture to learn from, or to measure by (`held_out`). `load` gives it (height, width, 3).

    `original` is the width and height in pixels of what it was made from, before it was brought to its size.
    """

    caption: str
    width: int
    height: int
    original: tuple[int, int]
    load: Callable[[], Rgb]
    held_out: bool = False


@dataclass(frozen=True, slots=True)
class LoraTraining:
    """One training. `folder` is its own: what is found there is taken up again, and it stays after the training.

    `about` is metadata for the files: plain text by key, no path and no file name.
    """

    title: str
    trigger: str
    recipe: LoraRecipe
    pictures: Sequence[LoraPicture]
    folder: Path
    seed: int
    about: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class TrainedLora:
    """What a training left in its folder: LoRAs and sheets of samples by step, and the log. `notes` are plain facts."""

    loras: Mapping[int, Path]
    sheets: Mapping[int, Path]
    log: Path
    notes: Mapping[str, Json] = field(default_factory=dict[str, Json])
    warnings: tuple[tuple[str, str, str], ...] = ()


class LoraTrainer(Protocol):
    """Trains a LoRA."""

    name: str

    def train(self, training: LoraTraining, progress: Progress) -> TrainedLora:
        """Trains to the recipe's last step, from the last whole checkpoint in the training's folder.

        On a CPU, and with the same versions, it ends with the same weights however often it was interrupted.

        Raises:
            OutOfVram: by way of `mvlocal.backends.gpu_faults.guarded`, around it.
            NotFinite: the loss is no longer a number.
        """
        ...
