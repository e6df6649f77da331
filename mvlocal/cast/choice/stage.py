"""The choice of a checkpoint: photos as vectors, samples scored against them, and the LoRA that is taken.

It does not know how a LoRA is trained or what a sample was made with.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np

from mvlocal.backends.base import Embedder, FaceFinder, TextMatcher
from mvlocal.backends.hardware import Hardware
from mvlocal.backends.registry import identity_of, load_backend
from mvlocal.cast.members import Member
from mvlocal.engine.task import FileInput, Input, Json, OutputOf, Resources, Task, TaskContext, TaskOutputs
from mvlocal.errors import TaskError
from mvlocal.media.frame import Rgb
from mvlocal.schema.cast import CastChoice, CastScores, CropPlan, FaceSeen, OwnLora, PictureBox, SampleScore
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
_WHOLE_SIDE_PX = 1_000_000
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


def run_own(context: TaskContext) -> TaskOutputs:
    """Reads the LoRA, and notes what it is.

    Raises:
        InputError: it is no LoRA for SDXL, or not whole.
    """
    from mvlocal.backends.lora_layouts import read_lora

    found = read_lora(context.inputs["lora"])
    out = context.workdir / "own.json"
    own = OwnLora(layout=found.layout, ranks=found.ranks, layers=len(found.layers.modules))
    out.write_text(own.to_json(), encoding="utf-8")
    return TaskOutputs({"main": out})


def check_own(_name: str, path: Path) -> None:
    """Raises unless `path` holds a whole OwnLora."""
    OwnLora.from_json(path.read_bytes(), where=str(path))


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
        inputs={_photo_input(number): FileInput(photo.path) for number, photo in enumerate(photos)},
        identity=eyes.identity(words=False),
        resources=eyes.resources,
        phase=PHASE,
        expected_s=2.0 + 0.5 * len(photos),
        placement=eyes.placement(),
    )


def run_references(context: TaskContext) -> TaskOutputs:
    """Looks at every photo: at all of its crop, and at its head where there is one."""
    from mvlocal.cast.crops import cut_crop
    from mvlocal.cast.likeness import LEAST_HEAD_PX, PhotoVectors, cut_box, save_vectors
    from mvlocal.media.photos import load_photo

    embedder = _embedder(context)
    rows = cast("list[dict[str, Any]]", context.params["photos"])
    wholes: list[Any] = []
    heads: list[Any] = []
    head_of: list[int] = []
    hashes: list[str] = []
    for number, row in enumerate(rows):
        rgb = load_photo(context.inputs[_photo_input(number)], _WHOLE_SIDE_PX)
        crop = cut_crop(rgb, CropPlan.model_validate(row["crop"]))
        wholes.append(embedder.embed_pictures([crop])[0])
        hashes.append(_hashes(crop)[0])
        if row["head"] is not None:
            head = cut_box(rgb, cast("PictureBox", tuple(row["head"])))
            if min(head.shape[:2]) >= LEAST_HEAD_PX:
                heads.append(embedder.embed_pictures([head])[0])
                head_of.append(number)
        context.progress((number + 1) / len(rows), "looking at photos")
    held_out = frozenset(number for number, row in enumerate(rows) if row["held_out"])
    seen = np.stack(wholes)
    vectors = PhotoVectors(
        wholes=seen,
        heads=np.stack(heads) if heads else np.zeros((0, seen.shape[1]), np.float32),
        head_of=tuple(head_of),
        hashes=tuple(hashes),
        held_out=held_out,
    )
    out = context.workdir / "references.npz"
    save_vectors(out, vectors)
    notes: dict[str, Json] = {"photos": len(rows), "heads": len(heads), "level": round(vectors.everyone.level, 4)}
    return TaskOutputs({"main": out}, notes=notes)


def check_references(_name: str, path: Path) -> None:
    """Raises unless `path` holds vectors of unit length."""
    from mvlocal.cast.likeness import read_vectors

    rows = read_vectors(path).wholes
    if not len(rows) or not np.allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-2):
        raise TaskError("the photos' vectors are not of unit length", where=str(path))


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


def run_scores(context: TaskContext) -> TaskOutputs:
    """Measures and judges every sample, checkpoint by checkpoint."""
    from mvlocal.cast.choosing import copy_cosine, score_checkpoint
    from mvlocal.cast.likeness import likeness_to, read_vectors

    vectors = read_vectors(context.inputs["references"])
    held_out, trained = vectors.select(held_out=True), vectors.select(held_out=False)
    heads = bool(len(held_out.heads) and len(trained.heads))
    reached = float(
        (likeness_to(trained.heads, held_out.heads) if heads else likeness_to(trained.wholes, held_out.wholes)).mean()
    )
    steps = cast("list[int]", context.params["steps"])
    prompts = cast("list[str]", context.params["prompts"])
    matcher = _matcher(context)
    words = cast("list[str]", context.params["words"])
    read = list(matcher.fitted(words)) if matcher is not None else []
    judge = _Judge(context, vectors, matcher, read, copy_cosine(trained.wholes))
    checkpoints = []
    for index, step in enumerate(steps):
        samples = judge.sheet(context.inputs[f"sample.{step}"])
        checkpoints.append(score_checkpoint(step, samples, reached))
        context.progress((index + 1) / len(steps), f"step {step}")
    scores = CastScores(
        likeness_by=str(context.params["likeness"]),
        agreement_by=str(context.params["agreement"]),
        faces_by=str(context.params["faces"]),
        held_out=len(held_out.wholes),
        trained_on=len(trained.wholes),
        reached=round(reached, 4),
        copy_cosine=round(judge.limit, 4),
        prompts=tuple(prompts),
        prompts_read=tuple(read),
        checkpoints=tuple(checkpoints),
    )
    out = context.workdir / "scores.json"
    out.write_text(scores.to_json(), encoding="utf-8")
    return TaskOutputs({"main": out}, warnings=tuple(_warnings(words, read)))


def check_scores(_name: str, path: Path) -> None:
    """Raises unless `path` holds a whole CastScores."""
    CastScores.from_json(path.read_bytes(), where=str(path))


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


def run_choice(context: TaskContext) -> TaskOutputs:
    """Chooses, and copies the LoRA that was chosen."""
    from mvlocal.cast.choosing import choose

    scores = CastScores.from_json(context.inputs["scores"].read_bytes())
    choice = choose(scores, int(cast("int", context.params["checkpoint"])))
    out, lora = context.workdir / "choice.json", context.workdir / "lora.safetensors"
    out.write_text(choice.to_json(), encoding="utf-8")
    shutil.copyfile(context.inputs[f"lora.{choice.step}"], lora)
    return TaskOutputs({"main": out, LORA: lora})


def check_choice(name: str, path: Path) -> None:
    """Raises unless `path` holds a whole CastChoice, or a LoRA."""
    if name == LORA:
        from mvlocal.backends.lora_layouts import read_lora

        read_lora(path)
    else:
        CastChoice.from_json(path.read_bytes(), where=str(path))


# --- looking ---------------------------------------------------------------------------------------------


def cut_sheet(sheet: Rgb, rows: int, columns: int) -> list[Rgb]:
    """The pictures of a sheet (H, W, 3), row by row; all of them have one size and there is nothing between them.

    Raises:
        TaskError: the sheet cannot be cut so.
    """
    height, width = sheet.shape[0] // rows, sheet.shape[1] // columns
    if (height * rows, width * columns) != sheet.shape[:2]:
        raise TaskError(f"a sheet of {sheet.shape[1]}x{sheet.shape[0]} does not hold {columns}x{rows} samples")
    return [
        sheet[row * height : (row + 1) * height, column * width : (column + 1) * width]
        for row in range(rows)
        for column in range(columns)
    ]


class _Judge:
    """Judges the samples of one training, sheet by sheet. `limit` is the cosine that only a copy passes."""

    def __init__(
        self, context: TaskContext, vectors: Any, matcher: TextMatcher | None, read: Sequence[str], limit: float
    ) -> None:
        self.limit = limit
        self._prompts = len(cast("list[str]", context.params["prompts"]))
        self._seeds = int(cast("int", context.params["seeds"]))
        self._embedder = _embedder(context)
        self._finder = _finder(context)
        self._matcher = matcher
        self._read = read
        self._held_out = vectors.select(held_out=True)
        self._trained = vectors.select(held_out=False).wholes
        self._hashes = [text for number, text in enumerate(vectors.hashes) if number not in vectors.held_out]

    def sheet(self, path: Path) -> list[SampleScore]:
        """Scores of every sample of a sheet, prompt by prompt and seed by seed."""
        from mvlocal.cast.choosing import MeasuredSample, judge_sample, nearest_photo
        from mvlocal.cast.likeness import part_to_compare, score_parts
        from mvlocal.media.image import read_png

        pictures = cut_sheet(read_png(path).rgb, self._prompts, self._seeds)
        heads = bool(len(self._held_out.heads))
        parts = [part_to_compare(picture, self._faces(picture), heads_known=heads) for picture in pictures]
        wholes = self._embedder.embed_pictures(pictures)
        rows = np.stack(
            [
                wholes[n] if part.kind == "whole" else self._embedder.embed_pictures([part.rgb])[0]
                for n, part in enumerate(parts)
            ]
        )
        likeness = score_parts([part.kind for part in parts], rows, self._held_out)
        agreed = self._agreements(pictures)
        scores: list[SampleScore] = []
        for number, picture in enumerate(pictures):
            sample = MeasuredSample(
                *divmod(number, self._seeds), float(likeness[number]), parts[number].kind, wholes[number],
                _hashes(picture),
            )  # fmt: skip
            nearness = nearest_photo(sample, self._trained, self._hashes)
            scores.append(judge_sample(sample, nearness, self.limit, agreed[number]))
        return scores

    def _faces(self, picture: Rgb) -> tuple[FaceSeen, ...] | None:
        return self._finder.find_faces(picture).faces if self._finder is not None else None

    def _agreements(self, pictures: Sequence[Rgb]) -> list[tuple[float, float | None] | None]:
        """The cosine of each picture with its prompt, and the probability of it among all; None: nobody judges."""
        from mvlocal.cast.choosing import following

        if self._matcher is None:
            return [None] * len(pictures)
        texts = list(dict.fromkeys(self._read))
        own = [texts.index(self._read[number // self._seeds]) for number in range(len(pictures))]
        cosines = self._matcher.match(pictures, texts)
        followed = following(cosines, own).tolist() if len(texts) > 1 else [None] * len(pictures)
        return [(float(cosines[n, text]), followed[n]) for n, text in enumerate(own)]


def _warnings(words: Sequence[str], read: Sequence[str]) -> list[tuple[str, str, str]]:
    cut = [text for text, known in zip(words, read, strict=False) if " ".join(text.split()) != known]
    if not cut:
        return []
    what = f"{len(cut)} of {len(words)} sample prompts are too long for CLIP: only their first parts were compared"
    return [(what, "train.sample_prompts", "shorten them to about 50 words")]


def _hashes(picture: Rgb) -> tuple[str, str]:
    """The picture's perceptual hash, and that of its mirror image."""
    from mvlocal.cast.phash import perceptual_hash

    luma = picture.astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32)
    return perceptual_hash(luma), perceptual_hash(np.ascontiguousarray(luma[:, ::-1]))


def _hardware(context: TaskContext) -> Hardware:
    return Hardware.from_json(cast("Mapping[str, Any]", context.placement["hardware"]))


def _folder(context: TaskContext, name: str) -> LockedFolder:
    return LockedFolder.from_json(cast("Mapping[str, Any]", context.placement[name]))


def _embedder(context: TaskContext) -> Embedder:
    folder = _folder(context, "likeness_folder")
    return load_backend("likeness", str(context.params["likeness"]), folder=folder, hardware=_hardware(context))


def _matcher(context: TaskContext) -> TextMatcher | None:
    name = str(context.params["agreement"])
    if name == "none":
        return None
    folder = _folder(context, "agreement_folder")
    return load_backend("agreement", name, folder=folder, hardware=_hardware(context))


def _finder(context: TaskContext) -> FaceFinder | None:
    """Who finds faces; None where nobody does."""
    name, weights = str(context.params["faces"]), context.placement["faces_weights"]
    if name == "none" or weights is None:
        return None
    return load_backend("faces", name, weights=LockedWeights.from_json(cast("Mapping[str, Json]", weights)))


def _photo_input(number: int) -> str:
    return f"photo.{number:02d}"
