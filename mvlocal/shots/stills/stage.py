"""Generated stills: the candidates of every shot, from its words, guides, people and style.

It does not know how models work (backends do), nor which candidate is taken.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import numpy as np

from mvlocal.backends.base import FrameSpec, Guide, LoraUse, StillMaker, StillRequest
from mvlocal.backends.gpu_faults import guarded
from mvlocal.backends.hardware import Hardware
from mvlocal.backends.pool import worker_pool
from mvlocal.backends.registry import load_backend
from mvlocal.engine.task import FileInput, Input, Json, OutputOf, Resources, Task, TaskContext, TaskOutputs
from mvlocal.errors import CheckFailed, NotFinite
from mvlocal.media.frame import Rgb
from mvlocal.schema.staging import Staging
from mvlocal.schema.story import Location, Shot
from mvlocal.shots.crew import Crew, Maker
from mvlocal.shots.fitting import fitted
from mvlocal.shots.gates import NOTHING, Fault, is_dark_on_purpose, still_faults
from mvlocal.shots.own_guides import Kind, OwnGuide, picture_to_guide, require_weight
from mvlocal.shots.previews import preview_folder, previewing, stopping
from mvlocal.shots.stage import KEYFRAMES, PHASES, ShotScene, plain, read_frame, seed_of, still_staging
from mvlocal.shots.words.stage import PROMPTS

CANDIDATES = "candidates"
CANDIDATES_VERSION = 1
STYLE_SIDE_PX = 1024
GUIDE_SIDE_PX = 2048
EXPECTED_S = 3.0
"""About what one picture takes."""
RETRIES = 2
"""A candidate that is no picture is made again, with other seeds, so many times."""


@dataclass(frozen=True, slots=True)
class Round:
    """One roll of a shot's candidates: which (0 is the first), and how many. Numbers go on from roll to roll."""

    number: int
    count: int

    @property
    def names(self) -> tuple[str, ...]:
        """Outputs, `c1` and on."""
        return tuple(f"c{n}" for n in range(self.number * self.count + 1, (self.number + 1) * self.count + 1))

    def task_id(self, shot: str) -> str:
        """The id of the task that makes them."""
        return f"{CANDIDATES}/{shot}" + (f".r{self.number}" if self.number else "")

    @classmethod
    def holding(cls, candidate: int, count: int) -> Round:
        """The round that a candidate's number belongs to."""
        return cls((candidate - 1) // count, count)


@dataclass(frozen=True, slots=True)
class Recipe:
    """What every picture of a shot's still is made from but its seed: a task's parameters and inputs."""

    params: Mapping[str, Json]
    inputs: Mapping[str, Input]


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a shot's stills begin from beside words. `start` is the shot whose still shows the same place (None: they
    begin from noise); `own` are a person's guides, in the place of the staging's."""

    start: str | None = None
    own: Mapping[Kind, OwnGuide] = field(default_factory=dict[Kind, OwnGuide])


FROM_NOISE = Beginning()


def recipe_of(scene: ShotScene, shot: Shot, crew: Crew, options: Mapping[str, Json], begin: Beginning) -> Recipe:
    """What a shot's stills are made from, for the backend's `options` on the rung in force.

    Raises:
        InputError: a person's guide has no weight.
    """
    location, chosen, weights = scene.location_of(shot), scene.settings.keyframes, _weights_of_guides(scene)
    people = crew.people.get(shot.id, ())
    extras: dict[str, Json] = {}
    inputs: dict[str, Input] = {"words": OutputOf(PROMPTS, shot.id)}
    inputs |= {f"lora.{person.name}": cast("Input", person.lora) for person in people}
    for kind, guide in begin.own.items():
        require_weight(guide, cast("float", weights[kind]))
        inputs[f"guide.{kind}"] = FileInput(guide.path)
    if begin.own:
        extras["own_guides"] = {kind: [guide.path.suffix.lower(), guide.drawn] for kind, guide in begin.own.items()}
    if crew.style is not None:
        inputs["style"] = FileInput(Path(crew.style))
        extras["style_weight"] = chosen.style_weight
    if begin.start is not None:
        inputs["start"] = OutputOf(f"{KEYFRAMES}/{begin.start}", "image")
        extras["start_strength"] = chosen.same_place_strength
    params: dict[str, Json] = {
        "shot": shot.id,
        "frame": [options["width"], options["height"], str(scene.frame.rate)],
        "staging": plain(still_staging(scene.stagings[shot.id])),
        "location": plain(location),
        "guides": weights,
        "loras": [[person.name, person.weight] for person in people],
        "dark": is_dark_on_purpose(shot, location),
        "options": {name: value for name, value in options.items() if name not in ("width", "height")},
        **extras,
    }
    return Recipe(params, inputs)


def candidates_task(
    scene: ShotScene, shot: Shot, crew: Crew, maker: Maker, of: Round, begin: Beginning = FROM_NOISE
) -> Task:
    """The task that makes one round of a shot's candidates: outputs `c1` and on, PNG.

    Raises:
        InputError: a person's guide has no weight.
    """
    location = scene.location_of(shot)
    task_id = of.task_id(shot.id)
    rung = crew.ladder.rung_of(maker.family, task_id)
    recipe = recipe_of(scene, shot, crew, maker.options_at(rung), begin)
    seeds = [
        [
            seed_of(scene.settings.seed, location.seed, shot.id, CANDIDATES, of.number, name, attempt)
            for attempt in range(RETRIES + 1)
        ]
        for name in of.names
    ]
    return Task(
        id=task_id,
        stage=CANDIDATES,
        version=CANDIDATES_VERSION,
        run="mvlocal.shots.stills.stage:run_candidates",
        params={
            "backend": maker.backend,
            "names": [*of.names],
            "seeds": cast("Json", seeds),
            **recipe.params,
        },
        inputs={"text": OutputOf(PROMPTS, f"{shot.id}.text"), **recipe.inputs},
        identity=maker.key,
        resources=Resources(gpu=True, vram_gib=maker.vram_gib),
        phase=PHASES[CANDIDATES],
        expected_s=EXPECTED_S * of.count,
        silence_s=1800.0,
        placement={"models": maker.models, "hardware": maker.hardware_at(rung), "preview": crew.preview},
    )


def run_candidates(context: TaskContext) -> TaskOutputs:
    """Makes the candidates; one that is no picture is made again with other seeds, a few times.

    Raises:
        CheckFailed: none of them is a picture.
    """
    from mvlocal.media.image import save_png
    from mvlocal.shots.stills.texts import still_texts

    given: Any = context.params
    made = guarded(lambda: _make_all(context, given), task_id=context.task_id, what=f"making stills of {given['shot']}")
    if all(one.failed for one in made):
        raise CheckFailed(
            f"no picture came out for {given['shot']}: it is {made[0].faults[0].words}, {RETRIES + 1} times over",
            where=context.task_id,
            mend="use machine.dtype: bfloat16 or float32, another checkpoint, or a still of your own "
            f"(mvlocal keyframes --still {given['shot']}=FILE)",
        )
    files = {one.name: context.workdir / f"{one.name}.png" for one in made}
    said: Any = json.loads(context.inputs["text"].read_text(encoding="utf-8"))
    for one in made:
        save_png(files[one.name], one.picture, still_texts(given, said, one.seed))
    notes: dict[str, Json] = {
        "candidates": [one.to_json() for one in made],
        "pool": cast("Json", worker_pool().take_notes()),
    }
    return TaskOutputs(files, notes=notes)


@dataclass(slots=True)
class _Made:
    """A candidate as far as it is made: its seed, its picture (black where none came out), its faults, tries so far."""

    name: str
    seeds: Sequence[int]
    picture: Rgb
    faults: tuple[Fault, ...] = (NOTHING,)
    tries: int = 0

    @property
    def seed(self) -> int:
        """The seed of the last try."""
        return self.seeds[max(self.tries - 1, 0)]

    @property
    def failed(self) -> bool:
        """Whether there is no picture."""
        return any(fault.hard for fault in self.faults)

    def to_json(self) -> dict[str, Json]:
        """As plain JSON, for the record's notes."""
        faults = cast("list[Json]", [fault.to_json() for fault in self.faults])
        return {"name": self.name, "seed": self.seed, "tries": self.tries, "faults": faults}


def _make_all(context: TaskContext, given: Any) -> list[_Made]:
    width, height, _ = given["frame"]
    made = [
        _Made(name, seeds, np.zeros((height, width, 3), np.uint8))
        for name, seeds in zip(given["names"], given["seeds"], strict=True)
    ]
    maker: StillMaker = load_backend(
        "stills",
        given["backend"],
        models=_models(context),
        hardware=_hardware(context),
        options=given["options"],
    )
    request = request_of(context, given)
    for _ in range(RETRIES + 1):
        wanted = [one for one in made if one.failed]
        for one in wanted:
            one.tries += 1
        _make_some(context, maker, request, wanted, dark=given["dark"])
    return made


def _make_some(
    context: TaskContext, maker: StillMaker, request: StillRequest, wanted: Sequence[_Made], *, dark: bool
) -> None:
    """One go at the wanted candidates: together, or one by one where one of them is not finite."""
    if not wanted:
        return
    shot = str(context.params["shot"])
    folder = preview_folder(context.placement)
    tell, show = stopping(folder, shot, context.progress), previewing(folder, shot)
    try:
        pictures = maker.make_stills(replace(request, seeds=[one.seed for one in wanted]), tell, show)
    except NotFinite:
        for one in wanted if len(wanted) > 1 else ():
            _make_some(context, maker, request, [one], dark=dark)
        return
    for one, picture in zip(wanted, pictures, strict=True):
        one.picture, one.faults = picture, tuple(still_faults(picture, dark=dark))


def request_of(context: TaskContext, given: Any) -> StillRequest:
    """The request for a picture of a shot's still, without seeds, from a task that a `Recipe` went into."""
    from mvlocal.media.image import read_png
    from mvlocal.media.photos import load_photo

    frame = read_frame(given["frame"])
    start, style = context.inputs.get("start"), context.inputs.get("style")
    return StillRequest(
        width=frame.width,
        height=frame.height,
        embeddings=context.inputs["words"],
        seeds=(),
        guides={
            **guides_of(
                Staging.model_validate_json(json.dumps(given["staging"])),
                Location.model_validate_json(json.dumps(given["location"])),
                frame,
                given["guides"],
            ),
            **_own_guides(context, given, frame),
        },
        loras=[LoraUse(context.inputs[f"lora.{name}"], weight) for name, weight in given["loras"]],
        start=fitted(read_png(start).rgb, frame.width, frame.height) if start else None,
        start_strength=given.get("start_strength", 1.0),
        style=load_photo(style, STYLE_SIDE_PX) if style else None,
        style_weight=given.get("style_weight", 0.0),
    )


def _own_guides(context: TaskContext, given: Any, frame: FrameSpec) -> dict[str, Guide]:
    """A person's guides, each in the place of the staging's of its kind; of a video, its first frame."""
    from mvlocal.media.moment import picture_at
    from mvlocal.media.photos import load_photo

    guides: dict[str, Guide] = {}
    for kind, (ending, drawn) in given.get("own_guides", {}).items():
        path = context.inputs[f"guide.{kind}"]
        guide = OwnGuide(kind, path.with_suffix(ending), drawn)
        picture = picture_at(path, 0.0) if guide.is_video else load_photo(path, GUIDE_SIDE_PX)
        guides[kind] = Guide(picture_to_guide(picture, guide, frame.width, frame.height), given["guides"][kind])
    return guides


def guides_of(staging: Staging, location: Location, frame: FrameSpec, weights: Mapping[str, float]) -> dict[str, Guide]:
    """The staging's own pictures for a generator, of the frame's size, by name: those that have a weight."""
    strong = {name: weight for name, weight in weights.items() if weight > 0}
    if not strong:
        return {}
    from mvlocal.staging.guides import draw_guides
    from mvlocal.staging.theatre.show import show_of

    drawn = draw_guides(show_of(staging, location, frame), 0.0)
    pictures = {"pose": drawn.pose, "depth": drawn.depth, "lines": drawn.soft_lines}
    return {name: Guide(pictures[name], weight) for name, weight in strong.items()}


def _weights_of_guides(scene: ShotScene) -> dict[str, Json]:
    chosen = scene.settings.keyframes
    return {"pose": chosen.guide_pose, "depth": chosen.guide_depth, "lines": chosen.guide_lines}


def _models(context: TaskContext) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", context.placement["models"])


def _hardware(context: TaskContext) -> Hardware:
    return Hardware.from_json(cast("Mapping[str, Any]", context.placement["hardware"]))
