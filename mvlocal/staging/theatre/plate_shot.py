"""A shot without a photo: its place drawn as layers through the lens of the shot, with whoever is in it.

It knows nothing of the music or of how layers move.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from mvlocal.backends.base import KeyframeRequest
from mvlocal.schema.story import CameraAngle, ShotSize
from mvlocal.staging.paint.canvas import Canvas, View
from mvlocal.staging.paint.develop import Look, developed
from mvlocal.staging.paint.noise import rng_of
from mvlocal.staging.paint.palette import place_tones
from mvlocal.staging.plates.registry import PLACES, Place
from mvlocal.staging.plates.scene import Scene, Stand, light_place
from mvlocal.staging.theatre.drawn import DENSITY, DrawnShot, even, margins_for
from mvlocal.staging.theatre.people import (
    Cast,
    paint_close,
    paint_grass_before,
    paint_seated,
    paint_standing,
    subject_close,
    subject_standing,
)

_LENS: dict[ShotSize, float] = {
    "extreme-wide": 0.86,
    "wide": 1.0,
    "full": 1.25,
    "medium": 1.55,
    "close-up": 2.1,
    "extreme-close-up": 2.9,
}
_DETAIL_LENS: dict[ShotSize, float] = {"medium": 1.7, "close-up": 2.6, "extreme-close-up": 3.6}
"""The lens for a close shot of the place itself."""

_HORIZON: dict[CameraAngle, float] = {
    "eye-level": 0.62,
    "low": 0.73,
    "high": 0.50,
    "overhead": 0.42,
    "dutch": 0.62,
}
_BLUR: dict[ShotSize, float] = {"medium": 0.0035, "close-up": 0.009, "extreme-close-up": 0.015}
"""Radius in frame heights by which what lies behind a person is out of focus."""

DUTCH_DEG = 5.0

NEAR_BLUR = 0.0017
"""What frames the picture stands a little out of focus: radius in frame heights."""


def draw_place(request: KeyframeRequest) -> DrawnShot:
    """Draws the layers of a shot without a photo."""
    shot, place = request.shot, PLACES[request.location.kind]
    cast = Cast.of(request)
    slide = even(place.slide * request.frame.width * DENSITY)
    scene = _wide(scene_of(request, place), slide)
    plate = place.draw(scene)
    close = bool(cast.people) and shot.camera.size in _BLUR
    subject: tuple[float, float, float, float] | None = None
    layers: dict[str, Canvas] = {"back": plate.back, "mid": plate.mid}
    if close:
        layers["figure"] = scene.canvas()
        paint_close(layers["figure"], scene, cast)
        subject = subject_close(scene, cast)
    elif cast.people and place.seated:
        paint_seated(plate.mid, scene, cast)
        subject = subject_standing(scene, cast)
    elif cast.people:
        paint_standing(plate.mid, scene, cast, place.mirror)
        if place.grass:
            paint_grass_before(plate.mid, scene)
        subject = subject_standing(scene, cast)
    if plate.near is not None and shot.camera.size not in _DETAIL_LENS:
        layers["near"] = plate.near
    home = ((scene.view.width - 2 * slide - 1) / 2, (scene.view.height - 1) / 2)
    return DrawnShot(_developed(layers, request, _Shape(close, slide)), home, subject, slide=slide)


@dataclass(frozen=True, slots=True)
class _Shape:
    """Whether people stand close before the lens, and how much wider on each side the back is."""

    close: bool
    slide: int


def scene_of(request: KeyframeRequest, place: Place) -> Scene:
    """The place as this shot sees it."""
    shot, location, frame = request.shot, request.location, request.frame
    aspect = frame.width / frame.height
    horizon = _HORIZON[shot.camera.angle] + place.horizon
    side = 1 if rng_of(location.seed, "side").random() < 0.5 else -1
    stand = Stand(side * aspect / 2 * 0.36 * place.thirds, horizon + place.below, place.height)
    return Scene(
        view=_view(request, _aim(request, place, stand, horizon)),
        aspect=aspect,
        horizon=horizon,
        tones=place_tones(location.palette, shot.time_of_day, shot.weather),
        time=shot.time_of_day,
        weather=shot.weather,
        seed=location.seed,
        side=side,
        stand=stand,
        frame_px=frame.height * DENSITY,
    )


@dataclass(frozen=True, slots=True)
class _Aim:
    """What the lens does: its length against the wide lens, and the scene point in the middle of the picture."""

    zoom: float
    x: float
    y: float


def _aim(request: KeyframeRequest, place: Place, stand: Stand, horizon: float) -> _Aim:
    """Along the horizon when wide; at people when they are there; otherwise, when close, at a detail of the place."""
    size, people = request.shot.camera.size, bool(request.shot.characters)
    if size == "full" and people:
        return _Aim(min(max(0.56 / stand.height, 1.1), 2.3), stand.x * 0.54, stand.y - stand.height * 0.62)
    if size in _DETAIL_LENS and not people:
        return _detail_aim(request, place, stand.x / place.thirds, horizon)
    closer, aside = (1.0, 0.0) if people else _variation(request.seed)
    zoom = _LENS[size] * closer
    share = max(1 - 1 / zoom, -0.2)
    return _Aim(zoom, stand.x * 0.7 * share + aside, 0.5 + (horizon - 0.55) * share)


def _detail_aim(request: KeyframeRequest, place: Place, third: float, horizon: float) -> _Aim:
    """At one of the things that the place is known by."""
    thirds, below = place.details[int(rng_of(request.seed, "detail").integers(len(place.details)))]
    light_x, light_y = light_place(request.shot.time_of_day, third, horizon)
    zoom = _DETAIL_LENS[request.shot.camera.size]
    x = light_x if thirds is None else third * thirds
    y = light_y if below is None else horizon + below
    return _Aim(zoom, x, min(max(y, 0.42 / zoom), 1 - 0.42 / zoom))


def _variation(seed: int) -> tuple[float, float]:
    """A lens a little longer and a step aside, so that views of an empty place are not all one picture."""
    rng = rng_of(seed, "view")
    return float(rng.uniform(1.0, 1.22)), float(rng.uniform(-0.14, 0.14))


def _view(request: KeyframeRequest, aim: _Aim) -> View:
    """The layers' pixels for a lens: the frame, and room around it for the camera's move."""
    frame, margins = request.frame, margins_for(request.shot.camera.move)
    width = even(frame.width * DENSITY * (1 + 2 * margins.x))
    height = even(frame.height * DENSITY * (1 + 2 * margins.y))
    unit = frame.height * DENSITY * aim.zoom
    return View(width, height, unit, (width / 2 - aim.x * unit, height / 2 - aim.y * unit))


def _wide(scene: Scene, reach: int) -> Scene:
    """The scene with `reach` more pixels on both sides."""
    view, (x, y) = scene.view, scene.view.origin
    return replace(scene, view=View(view.width + 2 * reach, view.height, view.unit, (x + reach, y)))


def _developed(layers: dict[str, Canvas], request: KeyframeRequest, shape: _Shape) -> dict[str, NDArray[np.uint8]]:
    """Canvases as uint8 pictures: out of focus where they should be, tilted; all but a sliding back cut to size."""
    camera, unit = request.shot.camera, request.frame.height * DENSITY
    made: dict[str, NDArray[np.uint8]] = {}
    for name, canvas in layers.items():
        radius = _BLUR[camera.size] * unit if shape.close and name in ("back", "mid") else 0.0
        look = Look(NEAR_BLUR * unit if name == "near" else radius, DUTCH_DEG if camera.angle == "dutch" else 0.0)
        picture = developed(canvas, look, rng_of(request.location.seed, f"dither {name}"))
        cut = shape.slide if name != "back" else 0
        made[name] = np.ascontiguousarray(picture[:, cut : picture.shape[1] - cut])
    if shape.close and not shape.slide:
        made = {"back": _flattened(made["back"], made["mid"]), "figure": made["figure"]}
    return made


def _flattened(back: NDArray[np.uint8], over: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Two layers in one where both are out of focus: one less to move."""
    if over.shape[2] == 3:
        return over
    alpha = cv2.merge([over[..., 3]] * 3)
    keep = cv2.multiply(back, cv2.bitwise_not(alpha), scale=1 / 255)
    return np.asarray(cv2.add(keep, cv2.multiply(over[..., :3], alpha, scale=1 / 255)), np.uint8)
