"""The task that finishes a shot: its raw generated clip, and all that is to be done to it, as plain values.

It does not know who generated the clip, nor what happens when the task runs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from mvlocal.backends.base import FrameSpec
from mvlocal.backends.hardware import Hardware
from mvlocal.backends.registry import identity_of
from mvlocal.config import FinishSettings, Settings
from mvlocal.edit.finishing.curves import Bands, Response, shot_curves
from mvlocal.edit.finishing.effects import Box
from mvlocal.edit.finishing.retime import drops_of
from mvlocal.engine.task import FileInput, Input, Json, OutputOf, Resources, Task
from mvlocal.errors import SettingsError
from mvlocal.lettering.shot_words import fonts_of, lettering_of
from mvlocal.schema.edit import Handles
from mvlocal.schema.song import LyricLine, SongMap
from mvlocal.schema.story import Shot
from mvlocal.timing import FrameSpan
from mvlocal.weights import LockedWeights, locked_weights
from mvlocal.weights.needs import finish_needs

STAGE = "finish"
VERSION = 1
VRAM_GIB = 2.0
LEAST_KEPT_PX = 16
"""What of a tile must be left beside what it shares."""
ENCODER_THREADS = 1
"""One thread a shot, as the drawn clips have: segments join only when they are coded alike."""
HEARD = ("bass", "mid", "high")
"""What of the music must be heard again, since the song's map does not hold it."""


@dataclass(frozen=True, slots=True)
class FinishModels:
    """What finishing runs on: `weights` by what they are for (`interpolate`, `upscale`), and the device."""

    hardware: Hardware = field(default_factory=Hardware)
    weights: Mapping[str, tuple[LockedWeights, ...]] = field(default_factory=dict[str, tuple[LockedWeights, ...]])


@dataclass(frozen=True, slots=True)
class FinishScene:
    """What finishing shares between shots. `lut` is `finish.lut` where it lies; `bands`: see `bands.stage`."""

    settings: Settings
    frame: FrameSpec
    song: SongMap
    models: FinishModels = field(default_factory=FinishModels)
    lut: Path | None = None
    bands: Bands | None = None


@dataclass(frozen=True, slots=True)
class ShotToFinish:
    """One shot: its frames `span` of the video, its raw `clip` (see `mvlocal.media.raw_clip`), words and windows.

    `words` and `lines` are what `lettering_of` takes. `palette` is its place's, darkest first. `heads` are boxes of
    people's heads at home. The camera moves as `shot.camera` says.
    """

    shot: Shot
    span: FrameSpan
    clip: OutputOf
    words: Mapping[str, Json]
    lines: Sequence[LyricLine] = ()
    handles: Handles = field(default_factory=Handles)
    palette: Sequence[str] = ()
    heads: Sequence[Box] = ()
    seed: int = 0
    phase: int = 8


def finish_models(settings: FinishSettings, hardware: Hardware) -> FinishModels:
    """The weights that these settings ask for, found.

    Raises:
        MissingError: they are not here.
        UserError: they are not what the lock says, or tiles would not get on.
    """
    if settings.upscale == "realesrgan" and 0 < settings.tile < 2 * settings.tile_overlap + LEAST_KEPT_PX:
        raise SettingsError(
            f"tiles of {settings.tile} pixels cannot share {settings.tile_overlap} with each neighbour",
            where="finish.tile_overlap",
            mend="make tiles at least twice the overlap and 16 pixels more, or set finish.tile to 0",
        )
    found = {
        kind: tuple(locked_weights(need.folder, need.name, where=need.where) for need in needs)
        for kind, needs in finish_needs(settings).items()
    }
    return FinishModels(hardware, found)


def wants_bands(settings: FinishSettings) -> bool:
    """Whether the song must be heard again before shots are finished: see `bands.stage`."""
    return settings.driven_by in HEARD and bool(_driven(settings))


def wants_heads(settings: FinishSettings) -> bool:
    """Whether it matters where people's heads are: something is laid over the picture that they are to be spared."""
    return settings.spare_faces and max(settings.glow, settings.chroma, settings.grain) > 0


def finish_task(scene: FinishScene, work: ShotToFinish) -> Task:
    """The task `finish/sNN`: output `main`, and `head` and `tail` for the shot's transitions (see `ShotEncoder`)."""
    settings, frame, chosen = scene.settings, scene.frame, scene.settings.finish
    around = work.handles.around(work.span)
    inputs: dict[str, Input] = {"clip": work.clip}
    if scene.lut is not None and chosen.lut_amount > 0:
        inputs["lut"] = FileInput(scene.lut)
    on_gpu = bool(_uses(chosen)) and scene.models.hardware.device != "cpu"
    return Task(
        id=f"{STAGE}/{work.shot.id}",
        stage=STAGE,
        version=VERSION,
        run="mvlocal.edit.finishing.stage:run_finish",
        params={
            "frame": [frame.width, frame.height, str(frame.rate)],
            "span": [work.span.start, work.span.end],
            "handles": cast("Json", work.handles.to_json()),
            "interpolate": _interpolate_params(chosen),
            "upscale": _upscale_params(chosen),
            "retime": _retime_params(scene, work),
            "camera": _camera_params(scene, work),
            "grade": _grade_params(chosen, work, scene.lut),
            "curves": _curve_params(scene, around),
            "heads": [[round(side, 4) for side in box] for box in work.heads] if wants_heads(chosen) else [],
            "words": dict(work.words),
            "lines": [cast("Json", line.model_dump(mode="json")) for line in work.lines],
            "encode": {"preset": settings.encode.preset, "crf": settings.encode.crf},
        },
        inputs=inputs,
        identity={
            **_identity(scene),
            "encoder_threads": ENCODER_THREADS,
            "fonts": fonts_of(lettering_of(work.words, work.lines)),
        },
        seed=work.seed,
        resources=Resources(gpu=True, vram_gib=VRAM_GIB) if on_gpu else Resources(),
        phase=work.phase,
        expected_s=0.15 * len(around),
        placement=_placement(scene),
    )


# --- what is asked for, as plain JSON ----------------------------------------------------------------------


def _interpolate_params(chosen: FinishSettings) -> dict[str, Json] | None:
    return {"backend": chosen.interpolate} if chosen.interpolate != "none" else None


def _upscale_params(chosen: FinishSettings) -> dict[str, Json]:
    params: dict[str, Json] = {"backend": chosen.upscale}
    if chosen.upscale == "realesrgan":
        params |= {"tile": chosen.tile, "overlap": chosen.tile_overlap}
    if chosen.upscale == "ncnn":
        params |= {"model": chosen.ncnn_model, "tile": chosen.tile}
    return params


def _retime_params(scene: FinishScene, work: ShotToFinish) -> dict[str, Json]:
    """Moments of the music in seconds from the shot's start, as far as the settings bend time by them."""
    chosen, shot, params = scene.settings.finish, work.shot, dict[str, Json]()
    if chosen.retime == "downbeat":
        params["downbeats"] = [t - shot.start_s for t in scene.song.downbeats if shot.start_s < t < shot.end_s]
    if chosen.ramp > 0 or chosen.hold_s > 0:
        drop = next((t for t in drops_of(scene.song) if shot.start_s < t < shot.end_s), None)
        if drop is not None:
            params |= {"drop": drop - shot.start_s, "ramp": chosen.ramp, "hold_s": chosen.hold_s}
    return params


def _camera_params(scene: FinishScene, work: ShotToFinish) -> dict[str, Json]:
    chosen = scene.settings.finish
    move = work.shot.camera.move if chosen.camera > 0 else "static"
    params: dict[str, Json] = {"move": move, "handheld": chosen.handheld}
    if move != "static":
        energy = scene.song.sections[work.shot.section].energy
        params |= {"amount": chosen.camera, "energy": energy}
    return params


def _grade_params(chosen: FinishSettings, work: ShotToFinish, lut: Path | None) -> dict[str, Json]:
    params: dict[str, Json] = {
        "lift": chosen.lift,
        "gamma": chosen.gamma,
        "gain": chosen.gain,
        "saturation": chosen.saturation,
        "palette": list(work.palette) if chosen.palette > 0 else [],
        "palette_amount": chosen.palette,
    }
    return {**params, "cube_amount": chosen.lut_amount} if lut is not None else params


def _driven(chosen: FinishSettings) -> dict[str, float]:
    """The amounts of what the music drives."""
    names = ("push", "shake", "sway", "light", "vivid", "glow", "chroma", "grain")
    return {name: amount for name in names if (amount := float(getattr(chosen, name))) > 0}


def _curve_params(scene: FinishScene, around: FrameSpan) -> dict[str, Json] | None:
    """The music's strengths; None while the song's bands are not measured yet: such a task is only planned."""
    chosen = scene.settings.finish
    if scene.bands is None and wants_bands(chosen):
        return None
    response = Response(chosen.driven_by, chosen.threshold, chosen.attack_s, chosen.decay_s, chosen.sections)
    curves = shot_curves(_driven(chosen), scene.song, response, (scene.frame.rate, around), scene.bands)
    return cast("dict[str, Json]", curves)


def _uses(chosen: FinishSettings) -> dict[str, dict[str, Json]]:
    """Which steps run on a device of the settings' choice, and which of its options are no part of the pixels."""
    uses: dict[str, dict[str, Json]] = {}
    if chosen.interpolate == "rife":
        uses["interpolate"] = {"vulkan_device": chosen.vulkan_device}
    if chosen.upscale == "ncnn":
        uses["upscale"] = {"vulkan_device": chosen.vulkan_device}
    if chosen.upscale == "realesrgan":
        uses["upscale"] = {}
    return uses


def _identity(scene: FinishScene) -> dict[str, Json]:
    """What changes a shot's pixels besides its task's parameters: backends, weights, the device where one is used."""
    chosen, models = scene.settings.finish, scene.models
    identity: dict[str, Json] = {"upscale": identity_of("upscale", chosen.upscale)}
    if chosen.interpolate != "none":
        identity["interpolate"] = identity_of("interpolate", chosen.interpolate)
    for kind, files in models.weights.items():
        identity[f"{kind}_weights"] = [file.sha256 for file in files]
    if _uses(chosen):
        identity["hardware"] = models.hardware.identity
    return identity


def _placement(scene: FinishScene) -> dict[str, Json]:
    models = scene.models
    weights: dict[str, Json] = {kind: [file.to_json() for file in files] for kind, files in models.weights.items()}
    return {
        "weights": weights,
        "hardware": models.hardware.to_json(),
        "uses": cast("Json", _uses(scene.settings.finish)),
    }
