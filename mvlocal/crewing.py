"""Who works on generated shots: backends, their models as found here, hardware, and what each gives up when the GPU's
memory runs out. It loads no model and knows no task.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from mvlocal.backends.hardware import Hardware
from mvlocal.backends.registry import has_backend, identity_of
from mvlocal.cast.members import cast_of_bible, loras_for
from mvlocal.config import Settings
from mvlocal.engine.hashing import digest_of
from mvlocal.errors import InputError, SettingsError
from mvlocal.machine import find_gpu
from mvlocal.media.photos import load_photo
from mvlocal.model_choice import hardware_of, still_models, still_options, still_size_of
from mvlocal.project import Project
from mvlocal.schema.story import ApprovedPlan
from mvlocal.shots.crew import Crew, Maker, Person
from mvlocal.shots.ladder import Ladder, Rung
from mvlocal.shots.prompts import motion_prompt
from mvlocal.training import CastInForce
from mvlocal.weights import LockedWeights
from mvlocal.weights.folders import LockedFolder
from mvlocal.weights.needs import cast_needs, motion_needs, photo_needs
from mvlocal.weights.required import locked_need

DRAWN = "animatic"
STILLS, MOTION = "stills", "motion"
"""Families that share a ladder."""
_SMALLER = 0.75
_STYLE_GLANCE_PX = 64
_STEP_PX = 64
_USUAL_SIZES = {"svd": (1024, 576), "wan": (1280, 704), "ltx": (1216, 704)}


def crew_of(settings: Settings, plan: ApprovedPlan, cast: CastInForce, ladder: Ladder, project: Project) -> Crew:
    """The crew of the settings; empty where everything is drawn.

    Raises:
        MissingError: weights or a device are not here.
    """
    if settings.clips.backend == DRAWN:
        return Crew(ladder)
    hardware = hardware_of(settings, find_gpu())
    stills = settings.keyframes.backend != DRAWN
    looks = _looking(settings, hardware) if stills else {}
    made = _stills(settings, hardware) if stills else None
    return Crew(
        ladder=ladder,
        prompts=_prompts(settings, hardware) if stills else None,
        stills=made,
        motion=_motion(settings, hardware),
        walks=_walks(settings, plan, made) if made is not None else None,
        likeness=looks.get("likeness"),
        agreement=looks.get("agreement"),
        faces=_faces(settings, hardware) if stills else None,
        people=_people(plan, cast),
        wording=_wording(settings, plan, cast) if stills else {},
        motion_words={shot.id: (motion_prompt(plan.bible, shot), settings.clips.negative) for shot in plan.shots},
        drift_budget=settings.clips.drift_budget,
        aim=settings.clips.aim,
        style=_style(settings, project) if stills else None,
        preview=str(project.previews),
    )


def _style(settings: Settings, project: Project) -> str | None:
    """The picture whose look stills take over, where the settings name one.

    Raises:
        InputError: it is not there, or not a picture.
    """
    name = settings.keyframes.style_from
    if not name:
        return None
    path = project.resolve(name)
    if not path.is_file():
        raise InputError("the style picture is not there", where=f"keyframes.style_from: {path}", mend="check the path")
    load_photo(path, _STYLE_GLANCE_PX)  # before anything is made with it
    return str(path)


def _prompts(settings: Settings, hardware: Hardware) -> Maker:
    models, name = still_models(settings.keyframes), settings.keyframes.backend
    return Maker(
        backend=name,
        identity={**identity_of("prompts", name), "weights": models.checkpoint.digest},
        models=models.to_json(),
        hardware=hardware.to_json(),
        hardware_identity=hardware.identity,
        vram_gib=3.0,
    )


def _stills(settings: Settings, hardware: Hardware) -> Maker:
    models, name = still_models(settings.keyframes), settings.keyframes.backend
    width, height = still_size_of(settings)
    options = {**still_options(settings).to_json(), "width": width, "height": height}
    return Maker(
        backend=name,
        identity={**identity_of("stills", name), "weights": models.digests},
        models=models.to_json(),
        hardware=hardware.to_json(),
        hardware_identity=hardware.identity,
        options=options,
        rungs=_rungs([("decodes in tiles", {"tiles": True}), ("one still at a time", {"batch": 1})], options, hardware),
        family=_family(STILLS, name, options),
        vram_gib=8.0,
    )


def _walks(settings: Settings, plan: ApprovedPlan, stills: Maker) -> Maker | None:
    """The maker of stills as one that walks; None where no shot is to.

    Raises:
        SettingsError: it cannot.
    """
    walking = [shot.id for shot in plan.shots if shot.kind == "abstract"]
    if settings.clips.walks == "none" or not walking:
        return None
    if not has_backend("walks", stills.backend):
        raise SettingsError(
            f"{stills.backend} makes stills, and cannot walk between two looks as {walking[0]} is to",
            where="clips.walks: abstract",
            mend="set clips.walks: none, and abstract shots are animated as all others",
        )
    return replace(stills, identity={**stills.identity, **identity_of("walks", stills.backend)})


def _motion(settings: Settings, hardware: Hardware) -> Maker:
    clips = settings.clips
    found = [locked_need(need) for need in motion_needs(clips)]
    models = dict(zip(("model", "few"), found, strict=False))
    width, height = _USUAL_SIZES[clips.backend]
    options = {
        **clips.options,
        "compile": settings.machine.compile,
        "channels_last": settings.machine.channels_last,
    }
    sized = {**options, "width": clips.width or width, "height": clips.height or height}
    steps: list[tuple[str, dict[str, Any]]] = (
        [
            ("decodes 4 frames at once", {"decode_chunk": 4}),
            ("decodes 2 frames at once, in parts", {"decode_chunk": 2, "forward_chunk": 1}),
        ]
        if clips.backend == "svd"
        else [("decodes in tiles", {"tiling": True})]
    )
    return Maker(
        backend=clips.backend,
        identity={
            **identity_of("motion", clips.backend),
            "weights": {name: _digest(one) for name, one in models.items()},
        },
        models={name: one.to_json() for name, one in models.items()},
        hardware=hardware.to_json(),
        hardware_identity=hardware.identity,
        options=options,
        rungs=_rungs(steps, sized, hardware),
        family=_family(MOTION, clips.backend, options),
        vram_gib=8.0,
    )


def _rungs(steps: Sequence[tuple[str, dict[str, Any]]], options: Mapping[str, Any], hardware: Hardware) -> list[Rung]:
    """What a family gives up, in order; what it lacks already is no rung. Resolution goes last."""
    rungs = [Rung("works as the profile says")]
    for words, changes in steps:
        if any(_costs_less(options.get(name), value) for name, value in changes.items()):
            rungs.append(Rung(words, changes))
    if hardware.device != "cpu":
        places = {"none": ("model", "group"), "model": ("group",), "group": ()}[hardware.offload]
        rungs += [
            Rung(f"weights rest in the computer's memory ({place} by {place})", offload=place) for place in places
        ]
    smaller = {side: max(round(int(options[side]) * _SMALLER / _STEP_PX), 1) * _STEP_PX for side in ("width", "height")}
    if any(smaller[side] < int(options[side]) for side in smaller):
        rungs.append(Rung(f"makes smaller pictures: {smaller['width']}x{smaller['height']}", smaller))
    return rungs


def _family(kind: str, backend: str, options: Mapping[str, Any]) -> str:
    """Other settings begin at the top of a ladder of their own."""
    return f"{kind} {backend} {digest_of(dict(options))[:12]}"


def _costs_less(now: Any, then: Any) -> bool:
    """Whether a value is a step down: something switched on, or a smaller number (0: as much as there is)."""
    return now is not then if isinstance(then, bool) else not now or then < now


def _looking(settings: Settings, hardware: Hardware) -> dict[str, Maker]:
    names = {"likeness": settings.cast.likeness, "agreement": settings.cast.agreement}
    makers: dict[str, Maker] = {}
    for kind, need in cast_needs(settings).items():
        found = locked_need(need)
        makers[kind] = Maker(
            backend=names[kind],
            identity={**identity_of(kind, names[kind]), "weights": _digest(found)},
            models=found.to_json(),
            hardware=hardware.to_json(),
            hardware_identity=hardware.identity,
            vram_gib=2.0,
        )
    return makers


def _faces(settings: Settings, hardware: Hardware) -> Maker | None:
    """Who finds faces in candidates: whoever finds them in photos; nobody, where those are guessed."""
    needs = photo_needs(settings.photos)
    if not needs:
        return None
    found = locked_need(needs[0])
    name = settings.photos.faces
    return Maker(
        backend=name,
        identity={**identity_of("faces", name), "weights": _digest(found)},
        models=found.to_json(),
        hardware=hardware.to_json(),
    )


def _digest(found: LockedWeights | LockedFolder) -> str:
    return found.digest if isinstance(found, LockedFolder) else found.sha256


def _people(plan: ApprovedPlan, cast: CastInForce) -> dict[str, tuple[Person, ...]]:
    """Who of the cast is in each shot, with the weight of the LoRA there."""
    by_name = {one.member.name: one for one in cast.members}
    members = [one.member for one in cast.members]
    return {
        shot.id: tuple(
            Person(use.member, use.weight, by_name[use.member].lora, by_name[use.member].references)
            for use in loras_for(shot, plan.bible, members)
        )
        for shot in plan.shots
    }


def _wording(settings: Settings, plan: ApprovedPlan, cast: CastInForce) -> dict[str, Any]:
    """How prompts are written: how long at the most, who is called by which word, what pictures keep out."""
    played = cast_of_bible(plan.bible, [one.member for one in cast.members])
    return {
        "budget": settings.keyframes.prompt_tokens,
        "called": {character: member.trigger for character, member in played.items()},
        "negative": settings.keyframes.negative,
        "avoid": [*settings.brief.avoid],
    }
