"""Where things stand: marks of the frame to points on the ground, and ground points to the picture.

A pinhole camera over flat ground, `eye` grown bodies high, looking level; a longer lens is a crop. It knows no pixels.
Scene units: x right from the middle of the wide view, y down from its top, both in frame heights.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from mvlocal.schema.staging import Mark, Staging
from mvlocal.schema.story import CameraAngle, ShotSize
from mvlocal.staging.paint.noise import rng_of
from mvlocal.staging.plates.registry import PLACES, Place
from mvlocal.staging.plates.scene import Stand, light_place

FOCAL = 1.2
"""Focal length of the wide lens in frame heights: 73 degrees across a 16:9 frame."""

CLOSE: frozenset[ShotSize] = frozenset({"medium", "close-up", "extreme-close-up"})
"""Sizes whose feet are out of the picture: people in them hang on the eye line, not on the ground."""

EYE_LINE: dict[ShotSize, float] = {"medium": 0.36, "close-up": 0.40, "extreme-close-up": 0.42}
"""Where the eyes of somebody upright lie, in frame heights from the top."""

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
_LOWEST_FOOT, _HIGHEST_HEAD = 0.945, 0.05
"""Frame heights between which the people of a wide or full shot stand, where the lens can hold them."""


@dataclass(frozen=True, slots=True)
class Lens:
    """Length against the wide lens, and the scene point in the middle of the picture."""

    zoom: float
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Spot:
    """A ground point in the picture: scene x and y, and scene units that a grown body is tall there."""

    x: float
    y: float
    scale: float


@dataclass(frozen=True, slots=True)
class Geometry:
    """A staged shot's camera. `side`: -1 or 1, where the weight of the place lies; `stand`: where the place was
    composed for somebody; `eye`: height of the camera in grown bodies."""

    aspect: float
    horizon: float
    side: int
    stand: Stand
    lens: Lens
    far: float = 4.0
    """How many times farther than the stand the free ground goes: nobody stands in the wall behind it."""

    @property
    def eye(self) -> float:
        return (self.stand.y - self.horizon) / self.stand.height

    @property
    def stand_distance(self) -> float:
        """From the camera to the stand, in grown bodies."""
        return FOCAL / self.stand.height

    def ground(self, mark: Mark) -> tuple[float, float]:
        """The world point (x, z) of a mark, in grown bodies; z is negative away from the camera.

        A mark too small for the place is as far away as the place goes.
        """
        distance = min(FOCAL * self.lens.zoom / mark.body, self.far * self.stand_distance)
        scene_x = self.lens.x + mark.x * self.aspect / 2 / self.lens.zoom
        return scene_x * distance / FOCAL, -distance

    def spot(self, point: tuple[float, float]) -> Spot:
        """Where a ground point (x, z) lies in the scene."""
        x, z = point
        scale = FOCAL / -z
        return Spot(x * scale, self.horizon + self.eye * scale, scale)

    def depth(self, point: tuple[float, float]) -> float:
        """How far a point follows the camera: 1 at the stand, less beyond."""
        return min(max(self.stand_distance / -point[1], 0.5), 1.5)

    def in_frame(self, x: float, y: float) -> tuple[float, float]:
        """A scene point as fractions of the home frame, (0, 0) its top left."""
        zoom = self.lens.zoom
        return (x - self.lens.x) * zoom / self.aspect + 0.5, (y - self.lens.y) * zoom + 0.5


def side_of(seed: int) -> int:
    """On which side of the picture a place has its weight: -1 left, 1 right."""
    return 1 if rng_of(seed, "side").random() < 0.5 else -1


def geometry_of(staging: Staging) -> Geometry:
    """The camera of a staged shot."""
    place = PLACES[staging.place]
    side = side_of(staging.seed)
    horizon = _HORIZON[staging.camera.angle] + place.horizon
    stand = Stand(side * staging.aspect / 2 * 0.36 * place.thirds, horizon + place.below, place.height)
    lens = _lens(staging, place, stand, horizon)
    geometry = Geometry(staging.aspect, horizon, side, stand, lens, place.far)
    if staging.camera.size in CLOSE or not staging.figures:
        return geometry
    return _held(geometry, staging)


def _held(geometry: Geometry, staging: Staging) -> Geometry:
    """The lens raised or lowered as little as it takes to hold everybody from head to foot."""
    zoom, y = geometry.lens.zoom, geometry.lens.y
    feet: list[float] = []
    heads: list[float] = []
    for figure in staging.figures:
        for mark in (figure.start, figure.end):
            spot = geometry.spot(geometry.ground(mark))
            feet.append(spot.y)
            heads.append(spot.y - spot.scale * figure.traits.height)
    y = max(y, max(feet) - (_LOWEST_FOOT - 0.5) / zoom)
    y = min(y, min(heads) + (0.5 - _HIGHEST_HEAD) / zoom)
    return replace(geometry, lens=Lens(zoom, geometry.lens.x, y))


def _lens(staging: Staging, place: Place, stand: Stand, horizon: float) -> Lens:
    """Along the horizon when wide; at people when they are there; otherwise, when close, at a detail of the place."""
    size, people = staging.camera.size, bool(staging.figures)
    if size == "full" and people:
        return Lens(min(max(0.56 / stand.height, 1.1), 2.3), stand.x * 0.54, stand.y - stand.height * 0.62)
    if size in _DETAIL_LENS and not people and not staging.props:
        return _detail(staging, place, (stand.x / place.thirds, horizon))
    closer, aside = (1.0, 0.0) if people else _variation(staging)
    zoom = _LENS[size] * closer
    share = max(1 - 1 / zoom, -0.2)
    return Lens(zoom, stand.x * 0.7 * share + aside, 0.5 + (horizon - 0.55) * share)


def _detail(staging: Staging, place: Place, third_horizon: tuple[float, float]) -> Lens:
    """At one of the things that the place is known by."""
    third, horizon = third_horizon
    thirds, below = place.details[int(rng_of(staging.seed, f"detail {staging.shot}").integers(len(place.details)))]
    light_x, light_y = light_place(staging.time_of_day, third, horizon)
    zoom = _DETAIL_LENS[staging.camera.size]
    x = light_x if thirds is None else third * thirds
    y = light_y if below is None else horizon + below
    return Lens(zoom, x, min(max(y, 0.42 / zoom), 1 - 0.42 / zoom))


def _variation(staging: Staging) -> tuple[float, float]:
    """A lens a little longer and a step aside, so that views of an empty place are not all one picture."""
    rng = rng_of(staging.seed, f"view {staging.shot}")
    return float(rng.uniform(1.0, 1.22)), float(rng.uniform(-0.14, 0.14))
