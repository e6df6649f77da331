"""The choice of a checkpoint: photos as vectors, samples scored against them, and the LoRA that is taken.

It does not know how a LoRA is trained or what a sample was made with.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np

from mvlocal.backends.base import Embedder, FaceFinder, TextMatcher
from mvlocal.backends.hardware import Hardware
from mvlocal.backends.registry import load_backend
from mvlocal.cast.choice.task import LORA, photo_input
from mvlocal.engine.task import Json, TaskContext, TaskOutputs
from mvlocal.errors import TaskError
from mvlocal.schema.cast import CastChoice, CastScores, CheckpointScore, CropPlan, OwnLora, PictureBox
from mvlocal.weights import LockedWeights
from mvlocal.weights.folders import LockedFolder

_WHOLE_SIDE_PX = 1_000_000


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


def run_references(context: TaskContext) -> TaskOutputs:
    """Looks at every photo: at all of its crop, and at its head where there is one."""
    from mvlocal.cast.crops import cut_crop
    from mvlocal.cast.likeness import LEAST_HEAD_PX, PhotoVectors, cut_box, save_vectors
    from mvlocal.cast.phash import picture_hashes
    from mvlocal.media.photos import load_photo

    embedder = _embedder(context)
    rows = cast("list[dict[str, Any]]", context.params["photos"])
    wholes: list[Any] = []
    heads: list[Any] = []
    head_of: list[int] = []
    hashes: list[str] = []
    for number, row in enumerate(rows):
        rgb = load_photo(context.inputs[photo_input(number)], _WHOLE_SIDE_PX)
        crop = cut_crop(rgb, CropPlan.model_validate(row["crop"]))
        wholes.append(embedder.embed_pictures([crop])[0])
        hashes.append(picture_hashes(crop)[0])
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


def run_scores(context: TaskContext) -> TaskOutputs:
    """Measures and judges every sample, checkpoint by checkpoint."""
    from mvlocal.cast.choice.judging import Judge, Lookers
    from mvlocal.cast.choosing import score_checkpoint
    from mvlocal.cast.likeness import read_vectors
    from mvlocal.media.image import read_png

    steps, words = cast("list[int]", context.params["steps"]), cast("list[str]", context.params["words"])
    lookers = Lookers(_embedder(context), _finder(context), _matcher(context))
    judge = Judge(lookers, read_vectors(context.inputs["references"]), words, cast("int", context.params["seeds"]))
    checkpoints: list[CheckpointScore] = []
    for index, step in enumerate(steps):
        samples = judge.judge_sheet(read_png(context.inputs[f"sample.{step}"]).rgb)
        checkpoints.append(score_checkpoint(step, samples, judge.reached))
        context.progress((index + 1) / len(steps), f"step {step}")
    scores = CastScores(
        likeness_by=str(context.params["likeness"]),
        agreement_by=str(context.params["agreement"]),
        faces_by=str(context.params["faces"]),
        held_out=len(judge.held_out.wholes),
        trained_on=len(judge.trained),
        reached=round(judge.reached, 4),
        copy_cosine=round(judge.limit, 4),
        prompts=tuple(cast("list[str]", context.params["prompts"])),
        prompts_read=tuple(judge.read),
        checkpoints=tuple(checkpoints),
    )
    out = context.workdir / "scores.json"
    out.write_text(scores.to_json(), encoding="utf-8")
    return TaskOutputs({"main": out}, warnings=tuple(_warnings(words, judge.read)))


def check_scores(_name: str, path: Path) -> None:
    """Raises unless `path` holds a whole CastScores."""
    CastScores.from_json(path.read_bytes(), where=str(path))


def _warnings(words: Sequence[str], read: Sequence[str]) -> list[tuple[str, str, str]]:
    cut = [text for text, known in zip(words, read, strict=False) if " ".join(text.split()) != known]
    if not cut:
        return []
    what = f"{len(cut)} of {len(words)} sample prompts are too long for CLIP: only their first parts were compared"
    return [(what, "train.sample_prompts", "shorten them to about 50 words")]


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
