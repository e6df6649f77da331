"""The place of a staged shot, drawn as layers through its lens. It knows nothing of people, music or motion."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from mvlocal.backends.base import FrameSpec
from mvlocal.media.photos import load_photo
from mvlocal.schema.staging import Staging
from mvlocal.schema.story import Location, ShotSize
from mvlocal.staging.geometry import CLOSE, Geometry, Lens, Spot, geometry_of
from mvlocal.staging.paint.canvas import Canvas, View
from mvlocal.staging.paint.develop import Look, developed
from mvlocal.staging.paint.noise import rng_of
from mvlocal.staging.paint.palette import mix, place_tones
from mvlocal.staging.plates.land_parts import grass
from mvlocal.staging.plates.registry import PLACES
from mvlocal.staging.plates.scene import Scene
from mvlocal.staging.theatre.actors import Actors
from mvlocal.staging.theatre.drawn import DENSITY, DrawnShot, even, margins_for
from mvlocal.staging.theatre.hung_photo import hang_photo
from mvlocal.staging.theatre.wardrobe import Papers, papers_of

Box = tuple[float, float, float, float]

_BLUR: dict[ShotSize, float] = {"medium": 0.0035, "close-up": 0.009, "extreme-close-up": 0.015}
"""Radius in frame heights by which what lies behind a person is out of focus."""

DUTCH_DEG = 5.0

NEAR_BLUR = 0.0017
"""What frames the picture stands a little out of focus: radius in frame heights."""


def draw_shot(staging: Staging, location: Location, frame: FrameSpec, photo: Path | None = None) -> DrawnShot:
    """Draws the layers of a staged shot's place: `back`, `mid`, `fore` where grass hides feet, and `near`.

    `photo` is what a frame, screen or poster in the world shows. People and things are not painted: they move, so
    `Players` lays them over every frame.

    Raises:
        InputError: the photo cannot be read.
    """
    place = PLACES[staging.place]
    geometry = geometry_of(staging)
    slide = even(place.slide * frame.width * DENSITY)
    scene = wide(scene_of(staging, location, frame, geometry), slide)
    plate = place.draw(scene)
    if photo is not None and staging.photo is not None:
        hang_photo(plate, scene, load_photo(photo, max_side_px=max(frame.width, frame.height)))
    close = bool(staging.figures or staging.props) and staging.camera.size in CLOSE
    layers: dict[str, Canvas] = {"back": plate.back, "mid": plate.mid}
    if place.grass and staging.figures and not close:
        layers["fore"] = scene.canvas()
        _grass_before(layers["fore"], scene, _spots(staging, geometry))
    if plate.near is not None and staging.camera.size not in CLOSE:
        layers["near"] = plate.near
    home = ((scene.view.width - 2 * slide - 1) / 2, (scene.view.height - 1) / 2)
    subject = subject_of(staging, geometry, papers_of(staging, scene.tones, location.palette))
    return DrawnShot(
        _developed(layers, _Shape(close, slide, staging, frame)),
        home,
        subject,
        slide=slide,
        ground_y=plate.ground_y,
        water=None if close or tilt_of(staging) else plate.water,
        remarks=plate.remarks,
    )


def subject_of(staging: Staging, geometry: Geometry, papers: Papers) -> Box | None:
    """What must stay in the frame: people (their heads when they are close) from the shot's start to its end.

    Left, top, right, bottom in fractions of the home frame; None where nobody is.
    """
    corners: list[tuple[float, float]] = []
    people = {figure.character: figure for figure in staging.figures}
    for cut in Actors(staging, geometry, papers).at(0.0):
        if cut.head is None:
            continue
        box = np.array(cut.head if staging.camera.size in CLOSE else cut.box).reshape(2, 2)
        corners += [geometry.in_frame(x, y) for x, y in box.tolist()]
        if staging.camera.size not in CLOSE:
            goal = geometry.spot(geometry.ground(people[cut.name].end))
            moved = (box - cut.foot) * (goal.scale / cut.scale) + (goal.x, goal.y)
            corners += [geometry.in_frame(x, y) for x, y in moved.tolist()]
    if not corners:
        return None
    low, high = np.clip(np.min(corners, axis=0), 0, 1), np.clip(np.max(corners, axis=0), 0, 1)
    if (high - low).min() <= 0:
        return None
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def tilt_of(staging: Staging) -> float:
    """Degrees by which the camera leans."""
    return DUTCH_DEG if staging.camera.angle == "dutch" else 0.0


def scene_of(staging: Staging, location: Location, frame: FrameSpec, geometry: Geometry) -> Scene:
    """The place as this shot sees it."""
    return Scene(
        view=_view(staging, frame, geometry.lens),
        aspect=geometry.aspect,
        horizon=geometry.horizon,
        tones=place_tones(location.palette, staging.time_of_day, staging.weather),
        time=staging.time_of_day,
        weather=staging.weather,
        seed=staging.seed,
        side=geometry.side,
        stand=geometry.stand,
        frame_px=frame.height * DENSITY,
        state=staging.state,
    )


def _spots(staging: Staging, geometry: Geometry) -> list[Spot]:
    """Where people's feet are, from the start of the shot to its end."""
    spots: list[Spot] = []
    for figure in staging.figures:
        (x0, z0), (x1, z1) = geometry.ground(figure.start), geometry.ground(figure.end)
        spots += [geometry.spot((x0 + (x1 - x0) * u, z0 + (z1 - z0) * u)) for u in np.linspace(0, 1, 6).tolist()]
    return spots


def _grass_before(fore: Canvas, scene: Scene, spots: list[Spot]) -> None:
    """Blades before the feet of whoever stands or walks in tall grass."""
    colour = mix(scene.tones.ink, scene.tones.near, 0.5)
    for spot in sorted(set(spots), key=lambda spot: spot.scale):
        blades = grass(fore.view, scene.rng("feet"), spot.y + 0.045 * spot.scale, spot.scale * 0.30, 0.0075, lean=0.4)
        reach = spot.scale * 0.62
        fore.fill([blade for blade in blades if abs(blade[0, 0] - spot.x) < reach], colour)


def _view(staging: Staging, frame: FrameSpec, lens: Lens) -> View:
    """The layers' pixels for a lens: the frame, and room around it for the camera's move."""
    margins = margins_for(staging.camera.move)
    width = even(frame.width * DENSITY * (1 + 2 * margins.x))
    height = even(frame.height * DENSITY * (1 + 2 * margins.y))
    unit = frame.height * DENSITY * lens.zoom
    return View(width, height, unit, (width / 2 - lens.x * unit, height / 2 - lens.y * unit))


def wide(scene: Scene, reach: int) -> Scene:
    """The scene with `reach` more pixels on both sides."""
    view, (x, y) = scene.view, scene.view.origin
    return replace(scene, view=View(view.width + 2 * reach, view.height, view.unit, (x + reach, y)))


@dataclass(frozen=True, slots=True)
class _Shape:
    """Whether somebody stands close before the lens, and how much wider on each side the back is."""

    close: bool
    slide: int
    staging: Staging
    frame: FrameSpec


def _developed(layers: dict[str, Canvas], shape: _Shape) -> dict[str, NDArray[np.uint8]]:
    """Canvases as uint8 pictures: out of focus where they should be, tilted; all but a sliding back cut to size."""
    camera, unit = shape.staging.camera, shape.frame.height * DENSITY
    made: dict[str, NDArray[np.uint8]] = {}
    for name, canvas in layers.items():
        radius = _BLUR[camera.size] * unit if shape.close and name in ("back", "mid") else 0.0
        look = Look(NEAR_BLUR * unit if name == "near" else radius, tilt_of(shape.staging))
        picture = developed(canvas, look, rng_of(shape.staging.seed, f"dither {name}"))
        cut = shape.slide if name != "back" else 0
        made[name] = np.ascontiguousarray(picture[:, cut : picture.shape[1] - cut])
    if shape.close and not shape.slide:
        made = {"back": _flattened(made["back"], made["mid"])}
    return made


def _flattened(back: NDArray[np.uint8], over: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Two layers in one where both are out of focus: one less to move."""
    if over.shape[2] == 3:
        return over
    alpha = cv2.merge([over[..., 3]] * 3)
    keep = cv2.multiply(back, cv2.bitwise_not(alpha), scale=1 / 255)
    return np.asarray(cv2.add(keep, cv2.multiply(over[..., :3], alpha, scale=1 / 255)), np.uint8)
