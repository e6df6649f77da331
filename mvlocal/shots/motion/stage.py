"""Generated motion: a shot's still in; the frames that a model makes of it, as a raw clip, and their last one, out.

It does not know how models work, nor how frames are brought to the video's size and rate.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import numpy as np

from mvlocal.backends.base import Embedder, MotionMaker
from mvlocal.backends.gpu_faults import guarded
from mvlocal.backends.hardware import Hardware
from mvlocal.backends.pool import worker_pool
from mvlocal.backends.registry import load_backend
from mvlocal.engine.task import Input, Json, OutputOf, Resources, Task, TaskContext, TaskOutputs
from mvlocal.media.frame import Rgb
from mvlocal.schema.story import Shot
from mvlocal.shots.attempts import Attempt, Best, best_of
from mvlocal.shots.chaining import Chain, MotionResult, chain_links
from mvlocal.shots.crew import Crew, Maker
from mvlocal.shots.fitting import fitted
from mvlocal.shots.gates import Fault, clip_faults, is_dark_on_purpose, likeness_faults, still_faults
from mvlocal.shots.previews import preview_folder, previewing, stopping
from mvlocal.shots.stage import ANIMATE, KEYFRAMES, PHASES, ShotScene, music_of, seed_of, span_of
from mvlocal.weights import LockedWeights
from mvlocal.weights.folders import LockedFolder

VERSION = 1
RETRIES = 2
"""A clip with a fault is made again so many times: decoded in full precision, then with another seed."""
USUAL_WIDTH, USUAL_HEIGHT, USUAL_FPS = 1024, 576, 10
RAW_BYTES_A_PIXEL = 2.0
"""FFV1 of graded pictures takes 1 to 1.6; of noise, 3."""
_LOOKS = 5
"""So many frames of a clip are compared with the still for likeness."""


def motion_task(
    scene: ShotScene, shot: Shot, crew: Crew, maker: Maker, *, anchors: int = 0, before: str | None = None
) -> Task:
    """The task that animates a shot's still: outputs `main`, a raw clip, and `last`, the picture at its end, PNG.

    The clip begins with the shot and is as long as it, or as the transition out of it reaches.

    `before` is the shot that it continues: it begins with the last frame of that one. `anchors` are further stills of
    the shot that a clip which drifts may go on from.
    """
    task_id = f"{ANIMATE}/{shot.id}"
    span, rate = span_of(shot, scene.frame.rate), scene.frame.rate
    around = scene.handles_of(shot).around(span)
    rung = crew.ladder.rung_of(maker.family, task_id)
    location = scene.location_of(shot)
    dice = [
        seed_of(scene.settings.seed, location.seed, shot.id, ANIMATE, max(attempt - 1, 0))
        for attempt in range(RETRIES + 1)
    ]
    judge = crew.likeness if crew.people.get(shot.id) else None
    inputs: dict[str, Input] = {"image": OutputOf(f"{KEYFRAMES}/{shot.id}", "image")}
    inputs |= {f"anchor{n}": OutputOf(f"{KEYFRAMES}/{shot.id}", f"anchor{n}") for n in range(anchors)}
    if before is not None:
        inputs["before"] = OutputOf(f"{ANIMATE}/{before}", "last")
    placement: dict[str, Json] = {
        "models": maker.models,
        "hardware": maker.hardware_at(rung),
        "preview": crew.preview,
        "likeness": {"models": judge.models, "hardware": judge.hardware_at(0)} if judge else None,
    }
    return Task(
        id=task_id,
        stage=ANIMATE,
        version=VERSION,
        run="mvlocal.shots.motion.stage:run_motion",
        params={
            "backend": maker.backend,
            "shot": shot.id,
            "length_s": str(Fraction(around.end - span.start) / rate.value),
            "ends_s": str(Fraction(len(span)) / rate.value),
            "seeds": [*dice],
            "strengths": [*strengths_of(scene, shot)],
            "prompt": crew.motion_words.get(shot.id, ("", ""))[0],
            "negative": crew.motion_words.get(shot.id, ("", ""))[1],
            "dark": is_dark_on_purpose(shot, location),
            "budget": crew.drift_budget,
            "aim": crew.aim,
            "anchors": anchors,
            "likeness": judge.backend if judge else None,
            "options": maker.options_at(rung),
        },
        inputs=inputs,
        identity={**maker.key, **({"likeness": judge.key} if judge else {})},
        resources=Resources(gpu=True, vram_gib=maker.vram_gib),
        phase=PHASES[ANIMATE],
        expected_s=20.0,
        silence_s=3600.0,
        placement=placement,
    )


def raw_bytes(params: Mapping[str, Any]) -> int:
    """About how large the raw clip becomes of a task that animates a shot or walks; 0 for that of a drawn one."""
    if "length_s" not in params:
        return 0
    options = params["options"]
    if "fps" in params:  # a walk, as large as its still
        width, height, fps = *params["frame"][:2], params["fps"]
    else:
        width, height, fps = options["width"], options["height"], options["fps"]
    pixels = (width or USUAL_WIDTH) * (height or USUAL_HEIGHT)
    return round(float(Fraction(params["length_s"])) * (fps or USUAL_FPS) * pixels * RAW_BYTES_A_PIXEL)


def strengths_of(scene: ShotScene, shot: Shot) -> tuple[float, ...]:
    """How much moves over the shot, from 0 to 1: with the music's energy, more where the camera or a body moves."""
    music: Any = music_of(scene, shot, span_of(shot, scene.frame.rate))
    energy = np.asarray(music["energy"] or [music["section_energy"]], float)
    pieces = [piece.mean() for piece in np.array_split(energy, min(4, len(energy)))]
    held = 0.0 if shot.camera.move == "static" and not shot.motion else 0.1
    return tuple(round(min(max(0.2 + 0.6 * float(piece) + held, 0.0), 1.0), 3) for piece in pieces)


def run_motion(context: TaskContext) -> TaskOutputs:
    """Animates the still; a clip with a fault is made again, and what is still wrong then is refused or told.

    Raises:
        CheckFailed: there is no picture in it.
    """
    from mvlocal.media.image import save_png

    given: Any = context.params
    best = guarded(lambda: _best(context, given), task_id=context.task_id, what=f"animating {given['shot']}")
    clip = best.picture_of(
        given["shot"],
        "clip",
        task_id=context.task_id,
        mend=f"use machine.dtype: bfloat16 or float32, or another still (mvlocal keyframes --shots "
        f"{given['shot']} --reroll), or leave the shot out (mvlocal skip {given['shot']})",
    )
    files = {"main": context.workdir / "clip.mkv", "last": context.workdir / "last.png"}
    _write(files["main"], clip)
    end = round(Fraction(given["ends_s"]) * clip.rate.value)
    save_png(files["last"], clip.frames[min(end, len(clip.frames) - 1)])
    notes: dict[str, Json] = {
        "links": cast("Json", [*clip.links]),
        "frames": len(clip.frames),
        **cast("dict[str, Json]", best.notes()),
        "pool": cast("Json", worker_pool().take_notes()),
    }
    warnings = tuple(_warning(given["shot"], fault) for fault in best.attempt.faults)
    return TaskOutputs(files, notes=notes, warnings=warnings)


def _best(context: TaskContext, given: Any) -> Best[MotionResult]:
    maker = _maker(context, given)
    chain, likeness = _chain(context, given, maker), _likeness(context, given)

    def attempt(number: int) -> Attempt[MotionResult]:
        another = replace(chain, seed=given["seeds"][number], precise=number > 0)
        return _clip(context, given, maker, another, likeness)

    return best_of(attempt, RETRIES + 1)


def _clip(
    context: TaskContext, given: Any, maker: MotionMaker, chain: Chain, likeness: Callable[[Rgb], float] | None
) -> Attempt[MotionResult]:
    folder = preview_folder(context.placement)
    clip = chain_links(
        maker,
        chain,
        stopping(folder, given["shot"], context.progress),
        anchor=_anchors(context, given, maker),
        likeness=likeness,
        preview=previewing(folder, given["shot"]),
    )
    faults = clip_faults(clip.frames, dark=given["dark"], still=max(given["strengths"]) == 0)
    if likeness is not None:
        places = np.linspace(0, len(clip.frames) - 1, _LOOKS).round().astype(int)
        still = chain.image if chain.reference is None else chain.reference
        faults += likeness_faults(likeness(still), [likeness(clip.frames[place]) for place in places])
    return Attempt(clip, tuple(faults))


def _chain(context: TaskContext, given: Any, maker: MotionMaker) -> Chain:
    still = _picture(context, "image", maker)
    begins = _picture(context, "before", maker) if "before" in context.inputs else still
    return Chain(
        image=begins,
        reference=still,
        length_s=Fraction(given["length_s"]),
        seed=given["seeds"][0],
        strengths=given["strengths"],
        prompt=given["prompt"],
        negative=given["negative"],
        budget=given["budget"],
        aim=given["aim"],
    )


def _anchors(context: TaskContext, given: Any, maker: MotionMaker) -> Callable[[int], Rgb | None]:
    def anchor(number: int) -> Rgb | None:
        if number >= given["anchors"]:
            return None
        fresh = _picture(context, f"anchor{number}", maker)
        return None if still_faults(fresh, dark=given["dark"]) else fresh

    return anchor


def _picture(context: TaskContext, name: str, maker: MotionMaker) -> Rgb:
    from mvlocal.media.image import read_png

    return fitted(read_png(context.inputs[name]).rgb, maker.width, maker.height)


def _likeness(context: TaskContext, given: Any) -> Callable[[Rgb], float] | None:
    """Cosine to the shot's own still: whoever is in it should stay so."""
    from mvlocal.media.image import read_png

    if given["likeness"] is None:
        return None
    place: Any = context.placement["likeness"]
    embedder: Embedder = load_backend(
        "likeness",
        given["likeness"],
        folder=LockedFolder.from_json(place["models"]),
        hardware=Hardware.from_json(place["hardware"]),
    )
    own = embedder.embed_pictures([read_png(context.inputs["image"]).rgb])[0]
    return lambda rgb: float(embedder.embed_pictures([rgb])[0] @ own)


def _maker(context: TaskContext, given: Any) -> MotionMaker:
    place: Any = context.placement
    return load_backend(
        "motion",
        given["backend"],
        hardware=Hardware.from_json(place["hardware"]),
        options=given["options"],
        **{name: locked_of(one) for name, one in place["models"].items()},
    )


def locked_of(data: Mapping[str, Any] | None) -> LockedFolder | LockedWeights | None:
    """A folder or a file of weights, as a placement carries it."""
    if data is None:
        return None
    return LockedFolder.from_json(data) if "files" in data else LockedWeights.from_json(data)


def _write(path: Path, result: MotionResult) -> None:
    from mvlocal.media.raw_clip import RawClipWriter

    height, width = result.frames.shape[1:3]
    with RawClipWriter(path, width, height, result.rate, result.jumps) as clip:
        for frame in result.frames:
            clip.write(frame)


def _warning(shot: str, fault: Fault) -> tuple[str, str, str]:
    mend = f"look at it, then: mvlocal keyframes --shots {shot} --reroll, or clips.* settings with less motion"
    return (
        f"the clip of {shot} has {fault.words}" if fault.kind != "stuck" else f"the clip of {shot} is {fault.words}",
        shot,
        mend,
    )
