"""What a plate is drawn from: the frame, its tones, hour, weather, seed, and where light and people stand.

It knows nothing of single places.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from numpy.random import Generator

from mvlocal.schema.story import TimeOfDay, Weather
from mvlocal.staging.paint.canvas import Canvas, View
from mvlocal.staging.paint.noise import rng_of
from mvlocal.staging.paint.palette import Tones
from mvlocal.staging.plates.state_words import State, states_in

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Stand:
    """Where somebody stands: scene x, scene y of the feet, body height in scene units."""

    x: float
    y: float
    height: float


_LIGHT: dict[TimeOfDay, tuple[float, float]] = {
    "dawn": (0.9, 0.05),
    "morning": (1.35, 0.30),
    "noon": (0.4, 0.86),
    "afternoon": (1.2, 0.26),
    "dusk": (0.8, 0.075),
    "night": (-0.95, 0.40),
}
"""Where sun or moon stands: in thirds from the middle, and over the horizon."""


def light_place(time: TimeOfDay, third: float, horizon: float) -> tuple[float, float]:
    """Scene point of sun or moon."""
    thirds, above = _LIGHT[time]
    return third * thirds, horizon - above


@dataclass(frozen=True, slots=True)
class Scene:
    """One place at one hour, to be drawn through `view`. Scene units are explained in canvas.

    `aspect`: frame width over height; `horizon`: its scene y; `side`: -1 or 1, where the weight of the picture lies;
    `seed`: the place's own; `stand`: where somebody stands;
    `frame_px`: layer pixels a frame height; `state`: words for what the story did to the place (see state_words).
    """

    view: View
    aspect: float
    horizon: float
    tones: Tones
    time: TimeOfDay
    weather: Weather
    seed: int
    side: int
    stand: Stand
    frame_px: float
    state: tuple[str, ...] = ()

    def rng(self, name: str) -> Generator:
        """The generator of one part of the place: the same for every visit."""
        return rng_of(self.seed, name)

    @property
    def third(self) -> float:
        """Scene x of the third on the weighted side."""
        return self.side * self.aspect / 2 * 0.36

    def has(self, state: State) -> bool:
        """Whether the story has done this to the place."""
        return state in states_in(self.state)

    @property
    def lit(self) -> float:
        """How far lamps and windows are lit, 0 to 1. The story may have put them out, or all on."""
        if self.has("dark"):
            return 0.0
        if self.has("lit"):
            return 1.0
        gloomy = 0.25 if self.weather in ("rain", "fog", "snow") else 0.0
        return min({"night": 1.0, "dusk": 0.8, "dawn": 0.45}.get(self.time, 0.0) + gloomy, 1.0)

    @property
    def dark(self) -> bool:
        return self.time == "night"

    @property
    def daylight(self) -> bool:
        return self.time in ("morning", "noon", "afternoon")

    @property
    def veiled(self) -> float:
        """How far cloud hides sun, moon and stars, 0 to 1."""
        return {"clear": 0.0, "wind": 0.15, "cloudy": 0.6, "rain": 0.85, "snow": 0.75, "fog": 0.8}[self.weather]

    @property
    def sun(self) -> tuple[float, float]:
        """Where sun or moon stands."""
        return light_place(self.time, self.third, self.horizon)

    def canvas(self) -> Canvas:
        """A clear layer."""
        return Canvas(self.view)

    def backdrop(self) -> Canvas:
        """A covered layer."""
        return Canvas(self.view, self.tones.haze)


@dataclass(frozen=True, slots=True)
class Surface:
    """A flat thing in the place that may show a photo: what it is and its four corners in scene units,
    clockwise from the top left as the viewer sees them. It is painted on `layer`."""

    stands_as: Literal["frame", "screen", "poster"]
    corners: tuple[Point, Point, Point, Point]
    layer: Literal["back", "mid"] = "mid"


@dataclass(frozen=True, slots=True)
class Plate:
    """A drawn place, far to near. People stand on `mid`; `near` frames the picture and may be missing.

    The rest are facts, in scene units, for whoever makes the place live or measures it. `lights`: (x, y, radius) of
    lamps and lit windows that may flicker or swell; `water`: scene y where water begins and ends; `clouds`: share of
    the sky that may drift, 0 indoors; `surface`: where a photo may hang; `ground_y`: scene y where the ground ends
    at the back (a wall's foot; None: at the horizon); `ground`: its outline where walls
    bound it; `remarks`: plain facts for the notes.
    """

    back: Canvas
    mid: Canvas
    near: Canvas | None = None
    lights: tuple[tuple[float, float, float], ...] = ()
    water: tuple[float, float] | None = None
    clouds: float = 0.0
    surface: Surface | None = None
    ground_y: float | None = None
    ground: tuple[Point, ...] = ()
    remarks: tuple[str, ...] = ()
