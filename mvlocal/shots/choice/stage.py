"""The choice: a shot's candidates measured, ranked by a stated formula, and the best (or the picked) one taken.

It does not know how candidates were made.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from mvlocal.backends.base import Embedder, FaceFinder, TextMatcher
from mvlocal.backends.gpu_faults import guarded
from mvlocal.backends.hardware import Hardware
from mvlocal.backends.registry import load_backend
from mvlocal.cast.likeness import part_to_compare, read_references, score_parts
from mvlocal.engine.task import FileInput, Input, Json, OutputOf, Resources, Task, TaskContext, TaskOutputs
from mvlocal.errors import NotFinite, UserError
from mvlocal.media.frame import Rgb
from mvlocal.schema.cast import SubjectSeen
from mvlocal.schema.picks import ShotPick
from mvlocal.schema.staging import Staging
from mvlocal.schema.story import Shot
from mvlocal.shots.crew import Crew
from mvlocal.shots.gates import is_dark_on_purpose, still_faults
from mvlocal.shots.ranking import Measured, best_of, framing_of, score_of, soundness_of
from mvlocal.shots.stage import KEYFRAMES, PHASES, ShotScene, plain, still_staging
from mvlocal.shots.stills.stage import Round
from mvlocal.shots.words.stage import PROMPTS
from mvlocal.weights import LockedWeights

SCORES = "scores"
VERSION, OWN_VERSION, SCORES_VERSION = 1, 1, 1
ANCHORS = 2
"""At the most so many of the next best candidates are kept at hand for clips that drift."""


def scores_task(scene: ShotScene, shot: Shot, crew: Crew, rounds: Sequence[Round]) -> Task:
    """The task that measures a shot's candidates: output `main`, JSON, a score and its parts for each.

    Nothing is measured by those whom the crew lacks.
    """
    people = [person for person in crew.people.get(shot.id, ()) if person.references is not None]
    judges = {"likeness": crew.likeness if people else None, "agreement": crew.agreement, "faces": crew.faces}
    working = {name: maker for name, maker in judges.items() if maker is not None}
    torch = any(name in working for name in ("likeness", "agreement"))
    inputs = _candidates(shot, rounds)
    inputs["text"] = OutputOf(PROMPTS, f"{shot.id}.text")
    inputs |= {f"references.{person.name}": cast("Input", person.references) for person in people}
    return Task(
        id=f"{SCORES}/{shot.id}",
        stage=SCORES,
        version=SCORES_VERSION,
        run="mvlocal.shots.choice.stage:run_scores",
        params={
            "names": [name for one in rounds for name in one.names],
            "staging": plain(still_staging(scene.stagings[shot.id])),
            "people": [person.name for person in people],
            "judges": {name: maker.backend for name, maker in working.items()},
            "dark": is_dark_on_purpose(shot, scene.location_of(shot)),
        },
        inputs=inputs,
        identity={name: maker.key for name, maker in working.items()},
        resources=Resources(gpu=True, vram_gib=4.0) if torch else Resources(),
        phase=PHASES[SCORES],
        expected_s=0.5,
        silence_s=900.0,
        placement={name: {"models": maker.models, "hardware": maker.hardware_at(0)} for name, maker in working.items()},
    )


def choice_task(shot: Shot, pick: ShotPick, rounds: Sequence[Round]) -> Task:
    """The task that takes one of a shot's candidates: output `image`, and the next best `anchor0` and on, PNG.

    `rounds` are those whose candidates take part; the best is one of the last. Every score is in the notes.
    """
    return Task(
        id=f"{KEYFRAMES}/{shot.id}",
        stage=KEYFRAMES,
        version=VERSION,
        run="mvlocal.shots.choice.stage:run_choice",
        params={
            "newest": [*rounds[-1].names],
            "pick": f"c{pick.pick}" if pick.pick is not None else None,
            "anchors": anchors_of(rounds[-1].count),
        },
        inputs={"scores": OutputOf(f"{SCORES}/{shot.id}"), **_candidates(shot, rounds)},
        phase=PHASES[KEYFRAMES],
        expected_s=0.2,
    )


def _candidates(shot: Shot, rounds: Sequence[Round]) -> dict[str, Input]:
    return {name: OutputOf(one.task_id(shot.id), name) for one in rounds for name in one.names}


def anchors_of(candidates: int) -> int:
    """How many further stills the choice puts out (`anchor0` and on): the next best of so many candidates."""
    return min(candidates - 1, ANCHORS)


def own_still_task(scene: ShotScene, shot: Shot, picture: Path, size: tuple[int, int]) -> Task:
    """The task that takes a person's own picture for a shot's still, brought to `size`: output `image`, PNG."""
    subject = scene.settings.photos.subjects.get(picture.name)
    return Task(
        id=f"{KEYFRAMES}/{shot.id}",
        stage=KEYFRAMES,
        version=OWN_VERSION,
        run="mvlocal.shots.choice.stage:run_own_still",
        params={"size": [*size], "subject": list(subject) if subject else None},
        inputs={"still": FileInput(picture)},
        phase=PHASES[KEYFRAMES],
        expected_s=0.3,
    )


def run_own_still(context: TaskContext) -> TaskOutputs:
    """Cuts and scales a picture to the still's size, about its subject."""
    from mvlocal.media.image import save_png
    from mvlocal.media.photos import load_photo
    from mvlocal.shots.fitting import fitted

    given: Any = context.params
    width, height = given["size"]
    picture = load_photo(context.inputs["still"], 4 * max(width, height))
    subject = tuple(given["subject"]) if given["subject"] else None
    out = context.workdir / "image.png"
    save_png(out, fitted(picture, width, height, subject))
    return TaskOutputs({"image": out}, notes={"own": True})


def run_scores(context: TaskContext) -> TaskOutputs:
    """Measures the candidates."""
    from mvlocal.media.image import read_png

    given: Any = context.params
    pictures = [read_png(context.inputs[name]).rgb for name in given["names"]]
    measured = guarded(
        lambda: _measure(context, given, pictures), task_id=context.task_id, what=f"judging {context.task_id}"
    )
    scores = {name: _to_json(one) for name, one in zip(given["names"], measured, strict=True)}
    out = context.workdir / "scores.json"
    out.write_text(json.dumps({"judges": given["judges"], "scores": scores}, sort_keys=True), encoding="utf-8")
    return TaskOutputs({"main": out})


def run_choice(context: TaskContext) -> TaskOutputs:
    """Takes the best of the newest candidates, or the one that a person picked, and the next best, as they are."""
    given: Any = context.params
    found: Any = json.loads(context.inputs["scores"].read_text(encoding="utf-8"))
    totals = {name: float(score["score"]) for name, score in found["scores"].items()}
    newest = list[str](given["newest"])
    chosen = given["pick"] or newest[best_of([totals[name] for name in newest])]
    ranked = sorted((name for name in newest if name != chosen), key=lambda name: -totals[name])
    files = {"image": chosen, **{f"anchor{n}": name for n, name in enumerate(ranked[: given["anchors"]])}}
    outs = {name: context.workdir / f"{name}.png" for name in files}
    for name, candidate in files.items():
        shutil.copyfile(context.inputs[candidate], outs[name])
    notes: dict[str, Json] = {**found, "chosen": chosen, "picked": given["pick"] is not None}
    mend = f"roll again: mvlocal keyframes --shots {context.task_id.rpartition('/')[2]} --reroll"
    faults = found["scores"][chosen]["faults"]
    warnings = [(f"the still is {fault['words']}", context.task_id, mend) for fault in faults]
    return TaskOutputs(outs, notes=notes, warnings=tuple(warnings))


def check_pick(pick: ShotPick, shot: str, rounds: Sequence[Round], where: str) -> None:
    """Raises unless the picked candidate is one of those that there are.

    Raises:
        UserError: names the candidates.
    """
    most = (rounds[-1].number + 1) * rounds[-1].count
    if pick.pick is not None and pick.pick > most:
        raise UserError(
            f"{shot} has no candidate {pick.pick}",
            where=where,
            mend=f"choose from 1 to {most} (out/keyframes.html shows them), or make more with --reroll",
        )


# --- measuring -------------------------------------------------------------------------------------------


def _measure(context: TaskContext, given: Any, pictures: Sequence[Rgb]) -> list[Measured]:
    seen = _faces(context, given, pictures)
    agreement = _agreement(context, given, pictures)
    likeness = _likeness(context, given, pictures, seen)
    staging = Staging.model_validate_json(json.dumps(given["staging"]))
    return [
        Measured(
            agreement=agreement[place] if agreement else None,
            likeness={name: values[place] for name, values in likeness.items()},
            framing=framing_of(staging, seen[place]),
            soundness=soundness_of(picture),
            faults=tuple(still_faults(picture, dark=given["dark"])),
        )
        for place, picture in enumerate(pictures)
    ]


def _agreement(context: TaskContext, given: Any, pictures: Sequence[Rgb]) -> list[float]:
    if "agreement" not in given["judges"]:
        return []
    matcher: TextMatcher = _judge(context, given, "agreement")
    shows = json.loads(context.inputs["text"].read_text(encoding="utf-8"))["shows"]
    return _numbers(matcher.match(pictures, [shows])[:, 0], context, "agreement")


def _likeness(
    context: TaskContext, given: Any, pictures: Sequence[Rgb], seen: Sequence[SubjectSeen]
) -> dict[str, list[float]]:
    """By person: likeness of each picture to the photos, over that of the photos to each other, 0 to 1."""
    if "likeness" not in given["judges"]:
        return {}
    embedder: Embedder = _judge(context, given, "likeness")
    found: dict[str, list[float]] = {}
    for person in given["people"]:
        references = read_references(context.inputs[f"references.{person}"])
        parts = [
            part_to_compare(picture, one.faces, heads_known=len(references.heads) > 0)
            for picture, one in zip(pictures, seen, strict=True)
        ]
        rows = embedder.embed_pictures([part.rgb for part in parts])
        scores = score_parts([part.kind for part in parts], rows, references) / max(references.level, 1e-6)
        found[person] = _numbers(np.clip(scores, 0.0, 1.0), context, "likeness")
    return found


def _numbers(values: NDArray[np.floating], context: TaskContext, judge: str) -> list[float]:
    """The values (n,), which no choice may rest on unless they are finite.

    Raises:
        NotFinite: they are not.
    """
    if not np.isfinite(values).all():
        raise NotFinite(
            f"the {judge} of a still is not a finite number",
            where=context.task_id,
            mend=f"use machine.dtype: bfloat16 or float32, or another model in cast.{judge}",
        )
    return [float(value) for value in values]


def _faces(context: TaskContext, given: Any, pictures: Sequence[Rgb]) -> list[SubjectSeen]:
    if given["judges"].get("faces", "none") == "none":
        return [SubjectSeen(faces=None, box=None)] * len(pictures)
    place: Any = context.placement["faces"]
    finder: FaceFinder = load_backend(
        "faces", given["judges"]["faces"], weights=LockedWeights.from_json(place["models"])
    )
    return [finder.find_faces(picture) for picture in pictures]


def _judge(context: TaskContext, given: Any, name: str) -> Any:
    from mvlocal.weights.folders import LockedFolder

    place: Any = context.placement[name]
    hardware = Hardware.from_json(cast("Mapping[str, Any]", place["hardware"]))
    return load_backend(name, given["judges"][name], folder=LockedFolder.from_json(place["models"]), hardware=hardware)


def _to_json(measured: Measured) -> dict[str, Json]:
    score = score_of(measured)
    parts = {name: round(value, 4) for name, value in score.parts.items()}
    return {
        "score": round(score.total, 4),
        "parts": cast("Json", parts),
        "agreement": None if measured.agreement is None else round(measured.agreement, 4),
        "likeness": cast("Json", {name: round(value, 4) for name, value in measured.likeness.items()}),
        "faults": [{**fault.to_json(), "words": fault.words} for fault in measured.faults],
    }
