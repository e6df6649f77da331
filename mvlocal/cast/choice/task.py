"""What choosing a checkpoint asks for: photos as vectors, samples scored against them, the LoRA that is taken.

It does not know how pictures are looked at, how a LoRA is trained, or what a sample was made with.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mvlocal.backends.hardware import Hardware
from mvlocal.backends.registry import identity_of
from mvlocal.cast.members import Member
from mvlocal.engine.task import FileInput, Input, Json, OutputOf, Resources, Task
from mvlocal.schema.cast import CropPlan, PictureBox
from mvlocal.weights import LockedWeights
from mvlocal.weights.folders import LockedFolder

STAGE = "train"
REFERENCES_VERSION = 1
SCORES_VERSION = 1
CHOICE_VERSION = 1
OWN_VERSION = 1
PHASE = 3
"""After all training, so that the models that look are loaded once."""
LORA = "lora"
_LOOKING_GIB = 4.0


@dataclass(frozen=True, slots=True)
class CastMember:
    """A member with a LoRA: where it comes from, and the references of her or his likeness (None: no photos)."""

    member: Member
    lora: Input
    references: OutputOf | None


@dataclass(frozen=True, slots=True)
class Eyes:
    """Who looks at pictures: for likeness, for faces (`none`: nobody), for agreement with words (`none`: nobody)."""

    likeness: str
    likeness_folder: LockedFolder
    agreement: str
    agreement_folder: LockedFolder | None
    faces: str
    faces_weights: LockedWeights | None
    hardware: Hardware

    @property
    def resources(self) -> Resources:
        """What looking takes."""
        if self.hardware.device == "cpu":
            return Resources(cpu=self.hardware.threads)
        return Resources(gpu=True, vram_gib=_LOOKING_GIB)

    def params(self, *, words: bool) -> dict[str, Json]:
        """Who looks, with the digests of their weights; with `words`, also at texts."""
        said: dict[str, Json] = {
            "likeness": self.likeness,
            "likeness_weights": self.likeness_folder.digest,
            "faces": self.faces,
            "faces_weights": self.faces_weights.sha256 if self.faces_weights else None,
        }
        if not words:
            return said
        folder = self.agreement_folder
        return {**said, "agreement": self.agreement, "agreement_weights": folder.digest if folder else None}

    def identity(self, *, words: bool) -> dict[str, Json]:
        """What else of them changes what they see."""
        kinds = [("likeness", self.likeness), ("faces", self.faces)]
        kinds += [("agreement", self.agreement)] if words and self.agreement != "none" else []
        known: dict[str, Json] = {kind: identity_of(kind, name) for kind, name in kinds}
        return {**known, "hardware": self.hardware.identity}

    def placement(self) -> dict[str, Json]:
        """Where their weights lie, and what they run on."""
        return {
            "likeness_folder": self.likeness_folder.to_json(),
            "agreement_folder": self.agreement_folder.to_json() if self.agreement_folder else None,
            "faces_weights": self.faces_weights.to_json() if self.faces_weights else None,
            "hardware": self.hardware.to_json(),
        }


@dataclass(frozen=True, slots=True)
class ReferencePhoto:
    """A used photo: its file, the crop that is trained on, its head where a face was found, and whether it is held
    out of training."""

    path: Path
    crop: CropPlan
    head: PictureBox | None
    held_out: bool


@dataclass(frozen=True, slots=True)
class Samples:
    """The sample sheets of a training: one a step, a row a prompt and a column a seed, outputs of the task `task_id`.

    `words` are the prompts as a model can read them that was never told the trigger word. `loras` and `sheets` are
    names of its outputs, by step.
    """

    task_id: str
    prompts: Sequence[str]
    words: Sequence[str]
    seeds: int
    loras: Mapping[int, str]
    sheets: Mapping[int, str]


def references_id(name: str) -> str:
    """The id of a member's references task."""
    return f"{STAGE}/{name}/references"


def choice_id(name: str) -> str:
    """The id of a member's choice task."""
    return f"{STAGE}/{name}/choice"


def scores_id(name: str) -> str:
    """The id of a member's scoring task."""
    return f"{STAGE}/{name}/scores"


def own_id(name: str) -> str:
    """The id of the task that reads a member's own LoRA."""
    return f"{STAGE}/{name}/own"


def own_task(name: str, lora: Path) -> Task:
    """Reads a LoRA of the person's own once, so that one that cannot be used is refused before anything is made."""
    return Task(
        id=own_id(name),
        stage=STAGE,
        version=OWN_VERSION,
        run="mvlocal.cast.choice.stage:run_own",
        check="mvlocal.cast.choice.stage:check_own",
        inputs={"lora": FileInput(lora)},
        phase=PHASE,
        expected_s=5.0,
    )


def references_task(name: str, photos: Sequence[ReferencePhoto], eyes: Eyes) -> Task:
    """Turns a member's photos into vectors; the output `main` is what `read_references` reads.

    Names of photos are not in the key.
    """
    rows: list[Json] = [
        {"crop": photo.crop.model_dump(), "head": list(photo.head) if photo.head else None, "held_out": photo.held_out}
        for photo in photos
    ]
    return Task(
        id=references_id(name),
        stage=STAGE,
        version=REFERENCES_VERSION,
        run="mvlocal.cast.choice.stage:run_references",
        check="mvlocal.cast.choice.stage:check_references",
        params={**eyes.params(words=False), "photos": rows},
        inputs={photo_input(number): FileInput(photo.path) for number, photo in enumerate(photos)},
        identity=eyes.identity(words=False),
        resources=eyes.resources,
        phase=PHASE,
        expected_s=2.0 + 0.5 * len(photos),
        placement=eyes.placement(),
    )


def photo_input(number: int) -> str:
    """The name of a photo as an input of `references_task`."""
    return f"photo.{number:02d}"


def scores_task(name: str, samples: Samples, eyes: Eyes) -> Task:
    """Scores the samples of every checkpoint; the output `main` is a CastScores document."""
    return Task(
        id=scores_id(name),
        stage=STAGE,
        version=SCORES_VERSION,
        run="mvlocal.cast.choice.stage:run_scores",
        check="mvlocal.cast.choice.stage:check_scores",
        params={
            **eyes.params(words=True),
            "prompts": list(samples.prompts),
            "words": list(samples.words),
            "seeds": samples.seeds,
            "steps": list(samples.sheets),
        },
        inputs={
            "references": OutputOf(references_id(name)),
            **{f"sample.{step}": OutputOf(samples.task_id, sheet) for step, sheet in samples.sheets.items()},
        },
        identity=eyes.identity(words=True),
        resources=eyes.resources,
        phase=PHASE,
        expected_s=3.0 + 0.3 * len(samples.sheets) * len(samples.prompts) * samples.seeds,
        placement=eyes.placement(),
    )


def choice_task(member: Member, samples: Samples) -> Task:
    """Takes the best checkpoint, or the one that the member's settings name: outputs `lora` and a CastChoice."""
    return Task(
        id=choice_id(member.name),
        stage=STAGE,
        version=CHOICE_VERSION,
        run="mvlocal.cast.choice.stage:run_choice",
        check="mvlocal.cast.choice.stage:check_choice",
        params={"checkpoint": member.checkpoint},
        inputs={
            "scores": OutputOf(scores_id(member.name)),
            **{f"lora.{step}": OutputOf(samples.task_id, lora) for step, lora in samples.loras.items()},
        },
        phase=PHASE,
        expected_s=1.0,
    )
