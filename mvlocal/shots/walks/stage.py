"""Walks: an abstract shot's still in; the pictures on its way to another look, stepping on beats, as a raw clip, out.

It does not know how models work, nor how frames are brought to the video's size and rate. Pictures are written as they
come; only small ones are kept, for the gates.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import numpy as np

from mvlocal.backends.base import StillWalker, WalkRequest
from mvlocal.backends.gpu_faults import guarded
from mvlocal.backends.hardware import Hardware
from mvlocal.backends.pool import worker_pool
from mvlocal.backends.registry import load_backend
from mvlocal.engine.task import Json, OutputOf, Resources, Task, TaskContext, TaskOutputs
from mvlocal.media.frame import Rgb
from mvlocal.schema.story import Shot
from mvlocal.shots.attempts import Attempt, Best, best_of
from mvlocal.shots.crew import Crew, Maker
from mvlocal.shots.gates import clip_faults
from mvlocal.shots.previews import preview_folder, previewing, stopping
from mvlocal.shots.stage import ANIMATE, KEYFRAMES, WALKS_PHASE, ShotScene, seed_of, span_of
from mvlocal.shots.stills.stage import EXPECTED_S, Beginning, recipe_of, request_of
from mvlocal.shots.walk import WalkPlan, plan_walk
from mvlocal.shots.words.stage import turned_words
from mvlocal.timing import FrameRate

VERSION = 2
RETRIES = 2
"""A walk with a fault is made again so many times, each time to other noise."""
_SMALLER = 4
"""Of the pictures that the gates see, every so many-th pixel is kept."""


def walk_task(scene: ShotScene, shot: Shot, crew: Crew, maker: Maker, begin: Beginning) -> Task:
    """The task that walks from a shot's still: outputs as those of `motion_task`, `main` and `last`.

    It begins with the still as it was chosen, and ends in other noise and in words of where it leads (see `turned`).
    `begin` is what the still itself began from.
    """
    task_id = f"{ANIMATE}/{shot.id}"
    rung, rate = crew.ladder.rung_of(maker.family, task_id), scene.frame.rate
    span = span_of(shot, rate)
    length_s = Fraction(scene.handles_of(shot).around(span).end - span.start) / rate.value
    fps = scene.settings.clips.walk_fps
    recipe = recipe_of(scene, shot, crew, maker.options_at(rung), begin)
    location = scene.location_of(shot)
    return Task(
        id=task_id,
        stage=ANIMATE,
        version=VERSION,
        run="mvlocal.shots.walks.stage:run_walk",
        params={
            "backend": maker.backend,
            **recipe.params,
            "length_s": str(length_s),
            "ends_s": str(Fraction(len(span)) / rate.value),
            "fps": fps,
            "beats": [*beats_of(scene, span.start, float(length_s))],
            "seeds": [
                seed_of(scene.settings.seed, location.seed, shot.id, "walk", attempt) for attempt in range(RETRIES + 1)
            ],
        },
        inputs={**recipe.inputs, "turned": turned_words(shot.id), "image": OutputOf(f"{KEYFRAMES}/{shot.id}", "image")},
        identity=maker.key,
        resources=Resources(gpu=True, vram_gib=maker.vram_gib),
        phase=WALKS_PHASE,
        expected_s=EXPECTED_S * float(length_s) * fps,
        silence_s=1800.0,
        placement={"models": maker.models, "hardware": maker.hardware_at(rung), "preview": crew.preview},
    )


def beats_of(scene: ShotScene, frame: int, length_s: float) -> list[float]:
    """The song's beats in `length_s` seconds from a frame of the video on, counted from it.

    A cut is the frame nearest to its beat: one that is a little earlier than the frame is a step at once.
    """
    rate = scene.frame.rate
    start_s, early_s = rate.time_of(frame), rate.frame_s / 2
    return [round(max(t - start_s, 0.0), 4) for t in scene.song.beats if -early_s <= t - start_s < length_s]


def run_walk(context: TaskContext) -> TaskOutputs:
    """Walks; a walk with a fault is made again to other noise, and what is still wrong then is refused or told.

    Raises:
        CheckFailed: there is no picture in it.
    """
    from mvlocal.media.image import save_png

    given: Any = context.params
    plan = plan_walk(Fraction(given["length_s"]), FrameRate(Fraction(given["fps"])), given["beats"])
    best = guarded(lambda: _best(context, given, plan), task_id=context.task_id, what=f"walking {given['shot']}")
    walk = best.picture_of(
        given["shot"],
        "walk",
        task_id=context.task_id,
        mend="use machine.dtype: bfloat16 or float32, or clips.walks: none, or leave the shot out "
        f"(mvlocal skip {given['shot']})",
    )
    last = context.workdir / "last.png"
    save_png(last, walk.last)
    notes: dict[str, Json] = {
        "walk": {"seed": walk.seeds[0], "towards": walk.seeds[1], "beats": len(given["beats"])},
        "off_still": walk.off_still,
        "frames": len(plan.shares),
        **cast("dict[str, Json]", best.notes()),
        "pool": cast("Json", worker_pool().take_notes()),
    }
    mend = f"look at it, then: mvlocal keyframes --shots {given['shot']} --reroll, or clips.walks: none"
    faults = best.attempt.faults
    warnings = tuple((f"the walk of {given['shot']}: {fault.words}", given["shot"], mend) for fault in faults)
    return TaskOutputs({"main": walk.clip, "last": last}, notes=notes, warnings=warnings)


@dataclass(frozen=True, slots=True)
class _Walk:
    """A walk as it came out: its clip, the seeds of its two looks, the picture at the shot's end, and how far the
    model's own first picture is from the still (the largest difference of a level; None where memory made the walk
    smaller)."""

    clip: Path
    seeds: tuple[int, int]
    last: Rgb
    off_still: int | None


def _best(context: TaskContext, given: Any, plan: WalkPlan) -> Best[_Walk]:
    from mvlocal.media.image import read_png

    still = read_png(context.inputs["image"])
    seed = int(json.loads(still.texts["mvlocal"])["seed"])
    walker: StillWalker = load_backend(
        "walks",
        given["backend"],
        models=cast("Any", context.placement["models"]),
        hardware=Hardware.from_json(cast("Any", context.placement["hardware"])),
        options=given["options"],
    )
    request = WalkRequest(replace(request_of(context, given), seeds=(seed,)), context.inputs["turned"], 0, plan.shares)

    def attempt(number: int) -> Attempt[_Walk]:
        clip = context.workdir / f"walk{number + 1}.mkv"
        return _walk(context, walker, replace(request, seed=given["seeds"][number]), plan, still.rgb, clip)

    return best_of(attempt, len(given["seeds"]))


def _walk(
    context: TaskContext, walker: StillWalker, request: WalkRequest, plan: WalkPlan, still: Rgb, clip: Path
) -> Attempt[_Walk]:
    """One walk, written picture by picture.

    Raises:
        NotFinite: a picture of it is none.
    """
    from mvlocal.media.raw_clip import RawClipWriter

    given: Any = context.params
    folder = preview_folder(context.placement)
    tell, show = stopping(folder, given["shot"], context.progress), previewing(folder, given["shot"])
    end = min(round(Fraction(given["ends_s"]) * plan.rate.value), len(plan.shares) - 1)
    first, last, small = still, still, list[Rgb]()
    with RawClipWriter(clip, request.first.width, request.first.height, plan.rate) as writer:
        for number, made in enumerate(walker.walk(request, tell, show)):
            first = made if number == 0 else first
            # The model's own first picture may be off by a rounding: the clip begins with the still itself.
            picture = still if number == 0 and made.shape == still.shape else made
            writer.write(picture)
            small.append(made[::_SMALLER, ::_SMALLER].copy())
            last = picture if number == end else last
    faults = clip_faults(np.stack(small), dark=given["dark"])
    walk = _Walk(clip, (request.first.seeds[0], request.seed), last, _off(first, still))
    return Attempt(walk, tuple(faults))


def _off(first: Rgb, still: Rgb) -> int | None:
    """The largest difference between two pictures of one size; None where memory made the walk smaller."""
    return int(np.abs(first.astype(np.int16) - still).max()) if first.shape == still.shape else None
