"""The words of generated stills: every shot's prompt, within its budget, encoded by the model's own encoders.

It does not know how encoders work (backends do), nor what is made from the words.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

from mvlocal.backends.base import PromptEncoder
from mvlocal.backends.gpu_faults import guarded
from mvlocal.backends.hardware import Hardware
from mvlocal.backends.registry import load_backend
from mvlocal.engine.task import Json, OutputOf, Resources, Task, TaskContext, TaskOutputs
from mvlocal.schema.story import Shot, StoryBible
from mvlocal.shots.crew import Crew, Maker
from mvlocal.shots.prompts import Wording, shot_prompt
from mvlocal.shots.stage import PHASES, ShotScene, plain, still_view

PROMPTS = "prompts"
VERSION = 1
TURNED = "turned"
_OF_THE_CAMERA = re.compile(r"\b(camera|frame|push|pull|pans?|tilts?|drifts?|dolly|zooms?)\b", re.IGNORECASE)


def prompts_task(
    scene: ShotScene, crew: Crew, encoder: Maker, shots: Sequence[Shot], walks: Sequence[Shot] = ()
) -> Task:
    """The task that writes and encodes the words of these shots: outputs `<shot>`, safetensors, and `<shot>.text`.

    They are written there and not before, since their length is counted by the model's own tokenizer. Of those that are
    `walks`, the words of where they lead too: `<shot>.turned`, and `<shot>.turned.text`.
    """
    seen = {presence.id for shot in shots for presence in shot.characters}
    places = {shot.location for shot in shots}
    bible = scene.plan.bible.model_copy(
        update={
            "characters": tuple(one for one in scene.plan.bible.characters if one.id in seen),
            "locations": tuple(one for one in scene.plan.bible.locations if one.id in places),
            "acts": (),
            "motifs": (),
        }
    )
    return Task(
        id=PROMPTS,
        stage=PROMPTS,
        version=VERSION,
        run="mvlocal.shots.words.stage:run_prompts",
        params={
            "backend": encoder.backend,
            "bible": plain(bible),
            "shots": [plain(still_view(shot)) for shot in shots],
            "states": {shot.id: [*scene.stagings[shot.id].state] for shot in shots},
            "wording": dict(crew.wording),
            **({"walks": [shot.id for shot in walks]} if walks else {}),
        },
        identity=encoder.key,
        resources=Resources(gpu=True, vram_gib=encoder.vram_gib),
        phase=PHASES[PROMPTS],
        expected_s=2.0 + 0.05 * (len(shots) + len(walks)),
        silence_s=900.0,
        placement={"models": encoder.models, "hardware": encoder.hardware_at(0)},
    )


def run_prompts(context: TaskContext) -> TaskOutputs:
    """Writes and encodes all prompts in one go, so that the text encoders are loaded once."""
    given: Any = context.params
    encoder: PromptEncoder = load_backend(
        "prompts",
        given["backend"],
        models=cast("Any", context.placement["models"]),
        hardware=Hardware.from_json(cast("Mapping[str, Any]", context.placement["hardware"])),
    )
    bible = StoryBible.model_validate_json(json.dumps(given["bible"]))
    wording = Wording(count=encoder.count_tokens, **given["wording"])
    shots = [Shot.model_validate_json(json.dumps(shot)) for shot in given["shots"]]
    named = {shot.id: shot for shot in shots}
    named |= {f"{name}.{TURNED}": turned(named[name]) for name in given.get("walks", ())}
    words = {name: shot_prompt(bible, shot, wording, given["states"][shot.id]) for name, shot in named.items()}
    files = {name: context.workdir / f"{name}.safetensors" for name in words}
    guarded(
        lambda: encoder.encode_prompts(
            [(one.prompt, one.negative) for one in words.values()], list(files.values()), context.progress
        ),
        task_id=context.task_id,
        what="encoding prompts",
    )
    texts = {f"{name}.text": context.workdir / f"{name}.json" for name in words}
    for name, one in words.items():
        said = {"prompt": one.prompt, "negative": one.negative, "shows": one.shows}
        texts[f"{name}.text"].write_text(json.dumps(said, ensure_ascii=False, sort_keys=True), encoding="utf-8")
    left_out = {name: [*one.notes] for name, one in words.items() if one.notes}
    return TaskOutputs({**files, **texts}, notes={"left_out": cast("Json", left_out)})


def turned(shot: Shot) -> Shot:
    """Where a walk leads: the shot once what its `motion` says has happened, seen as a dream (a dream: as a memory).

    What `motion` says of the camera is left out: finishing moves that.
    """
    said = [part.strip() for part in re.split(r"[;.]", shot.motion) if part.strip()]
    happens = [part for part in said if not _OF_THE_CAMERA.search(part)]
    visual = ", ".join([shot.visual.rstrip(" ."), *happens])
    return shot.model_copy(update={"visual": visual, "level": "memory" if shot.level == "dream" else "dream"})


def turned_words(shot: str) -> OutputOf:
    """The encoded words of where a shot's walk leads."""
    return OutputOf(PROMPTS, f"{shot}.{TURNED}")
