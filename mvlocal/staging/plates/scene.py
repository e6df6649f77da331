"""What a plate is drawn from: the frame, its tones, hour, weather, seed, and where light and people stand.

It knows nothing of single places.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from mvlocal.schema.story import TimeOfDay, Weather
from mvlocal.staging.paint.canvas import Canvas, View
from mvlocal.staging.paint.noise import rng_of
from mvlocal.staging.paint.palette import Tones


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
    `frame_px`: layer pixels a frame height.
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

    def rng(self, name: str) -> Generator:
        """The generator of one part of the place: the same for every visit."""
        return rng_of(self.seed, name)

    @property
    def third(self) -> float:
        """Scene x of the third on the weighted side."""
        return self.side * self.aspect / 2 * 0.36

    @property
    def lit(self) -> float:
        """How far lamps and windows are lit, 0 to 1."""
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

    def frame_box(self, left: float, top: float, right: float, bottom: float) -> tuple[float, float, float, float]:
        """A box in scene units as fractions of the home frame, cut to it."""
        view = self.view
        corners = view.px([(left, top), (right, bottom)]) - (view.width / 2, view.height / 2)
        shares = corners / (self.frame_px * self.aspect, self.frame_px) + 0.5
        x0, y0, x1, y1 = np.clip(shares, 0, 1).ravel().tolist()
        return x0, y0, x1, y1

    def canvas(self) -> Canvas:
        """A clear layer."""
        return Canvas(self.view)

    def backdrop(self) -> Canvas:
        """A covered layer."""
        return Canvas(self.view, self.tones.haze)


@dataclass(frozen=True, slots=True)
class Plate:
    """A drawn place, far to near. People stand on `mid`; `near` frames the picture and may be missing."""

    back: Canvas
    mid: Canvas
    near: Canvas | None = None
