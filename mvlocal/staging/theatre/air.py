"""What moves in front of everything: rain, snow, fog and drifting specks, as planes or specks added to luma.

It knows nothing of places or cameras. Speeds are in frame heights a second.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from mvlocal.media.frame import Plane
from mvlocal.schema.story import Weather
from mvlocal.staging.paint.noise import rng_of, soft_field
from mvlocal.staging.theatre.planes import BLACK
from mvlocal.staging.theatre.sample import Sampler, Window, plan_reading


class Air(Protocol):
    """Finishes the luma of a frame: adds the offset of black, and whatever floats in the air."""

    def add_to(self, luma: Plane, index: int) -> None:
        """Adds what is in the air at frame `index` to `luma` (which is less 16)."""
        ...


@dataclass(frozen=True, slots=True)
class AirSetting:
    """Frame size in pixels, frames a second, frames of the shot, energy 0 to 1, seed."""

    width: int
    height: int
    frames_a_second: float
    frames: int
    energy: float
    seed: int


def make_air(weather: Weather, setting: AirSetting) -> Air:
    """What the weather puts in front of the lens."""
    match weather:
        case "rain":
            return Rain(setting)
        case "snow":
            return Specks(setting, _SNOW)
        case "wind":
            return Specks(setting, _DUST)
        case "fog":
            return Mist(setting)
        case "clear" | "cloudy":
            return ClearAir(setting)


class ClearAir:
    """Nothing but the offset of black."""

    def __init__(self, setting: AirSetting) -> None:
        self._black = np.full((setting.height, setting.width), BLACK, np.uint8)

    def add_to(self, luma: Plane, index: int) -> None:  # noqa: ARG002 - as the protocol has it
        cv2.add(luma, self._black, luma)


class Rain:
    """Two sheets of slanted streaks, the nearer one longer and faster, each a texture that repeats."""

    def __init__(self, setting: AirSetting) -> None:
        rng = rng_of(setting.seed, "rain")
        amount = 0.6 + 0.7 * setting.energy
        self._height, self._width = setting.height, setting.width
        far = _streaks(rng, setting, count=int(260 * amount), length=0.045, bright=(6, 16), thick=1)
        near = _streaks(rng, setting, count=int(60 * amount), length=0.13, bright=(8, 22), thick=2)
        self._sheets = [cv2.add(far, np.full_like(far, BLACK)), near]
        self._steps = [_step(setting, 1.5), _step(setting, 2.6)]

    def add_to(self, luma: Plane, index: int) -> None:
        for sheet, (dx, dy) in zip(self._sheets, self._steps, strict=True):
            x, y = (-dx * index) % self._width, (-dy * index) % self._height
            cv2.add(luma, sheet[y : y + self._height, x : x + self._width], luma)


_SLANT = -0.12
"""Sideways over down: how far rain leans."""


def _step(setting: AirSetting, speed: float) -> tuple[int, int]:
    """Whole pixels a frame, across and down."""
    down = max(round(speed * setting.height / setting.frames_a_second), 1)
    return round(down * _SLANT), down


def _streaks(
    rng: Generator, setting: AirSetting, *, count: int, length: float, bright: tuple[int, int], thick: int
) -> Plane:
    """A texture (2H, 2W) of streaks that repeats every frame size."""
    height, width = setting.height, setting.width
    tile = np.zeros((height, width), np.uint8)
    long = length * height
    for x, y, light, stretch in zip(
        rng.random(count) * width,
        rng.random(count) * height,
        rng.uniform(*bright, count),
        rng.uniform(0.6, 1.3, count),
        strict=True,
    ):
        for shift_x in (0, width):
            for shift_y in (0, height):
                start = (x - shift_x, y - shift_y)
                end = (start[0] + long * stretch * _SLANT, start[1] + long * stretch)
                _line(tile, start, end, light, max(round(thick * height / 1080), 1))
    soft = cv2.GaussianBlur(tile, (0, 0), 0.6 * max(height / 1080, 0.5), borderType=cv2.BORDER_REFLECT)
    return np.tile(np.asarray(soft, np.uint8), (2, 2))


def _line(tile: Plane, start: tuple[float, float], end: tuple[float, float], light: float, thick: int) -> None:
    a = (round(start[0] * 16), round(start[1] * 16))
    b = (round(end[0] * 16), round(end[1] * 16))
    cv2.line(tile, a, b, (float(light),), thick, cv2.LINE_AA, 4)


class Mist:
    """A slow bank of fog, a soft field that slides sideways."""

    SHRINK = 8

    def __init__(self, setting: AirSetting) -> None:
        self._height, self._width = setting.height, setting.width
        self._speed = 0.02 * setting.height / setting.frames_a_second
        travel = int(self._speed * setting.frames) + 16
        shape = (setting.height // self.SHRINK + 20, (setting.width + travel) // self.SHRINK + 20)
        cell = (setting.height / self.SHRINK * 0.9, setting.height / self.SHRINK * 0.28)
        cloud = soft_field(rng_of(setting.seed, "mist"), shape, cell, 4)
        fall = np.linspace(0.35, 1.0, shape[0], dtype=np.float32)[:, None]
        self._cloud = np.clip(BLACK + 42 * fall * np.clip((cloud - 0.38) * 2.2, 0, 1), 0, 255).astype(np.uint8)
        self._room = float(shape[1] - (setting.width // self.SHRINK + 4))
        self._sampler = Sampler(setting.width, setting.height)

    def add_to(self, luma: Plane, index: int) -> None:
        x = min(max(8 + self._speed * index / self.SHRINK, 0.0), self._room)
        window = Window(x, 8, 1 / self.SHRINK)
        reading = plan_reading(window, (self._width, self._height), self._cloud, 0.1)
        cv2.add(luma, self._sampler.read(self._cloud, reading), luma)


@dataclass(frozen=True, slots=True)
class SpeckKind:
    """Specks a frame of 16:9, radii in thousandths of the frame height, speed across and down, sway, light."""

    count: int
    radii: tuple[float, float]
    across: tuple[float, float]
    down: tuple[float, float]
    sway: float
    light: float


_SNOW = SpeckKind(250, (1.3, 6.2), (-0.03, 0.02), (0.06, 0.2), 0.014, 150)
_DUST = SpeckKind(46, (0.8, 2.4), (-0.75, -0.3), (-0.03, 0.08), 0.03, 60)


class Specks:
    """Single soft specks on paths of their own, each placed to a quarter of a pixel."""

    def __init__(self, setting: AirSetting, kind: SpeckKind) -> None:
        rng = rng_of(setting.seed, "specks")
        self._setting = setting
        self._black = np.full((setting.height, setting.width), BLACK, np.uint8)
        self._margin = max(round(0.012 * setting.height), 4)
        count = int(kind.count * (0.6 + 0.7 * setting.energy))
        near = rng.random(count) ** 2
        self._start = rng.random((count, 2)) * self._room()
        rates = np.stack([rng.uniform(*kind.across, count), rng.uniform(*kind.down, count)], axis=1)
        self._step = rates * (0.5 + near[:, None]) * setting.height / setting.frames_a_second
        self._sway = kind.sway * setting.height * rng.uniform(0.3, 1, count)
        self._turn = rng.uniform(0.5, 1.6, count) / setting.frames_a_second
        self._phase = rng.uniform(0, 6.28, count)
        radii = (kind.radii[0] + (kind.radii[1] - kind.radii[0]) * near) * setting.height / 1000
        self._stamps = _stamps(radii, kind.light * (0.35 + 0.65 * rng.random(count)) * (0.55 + 0.45 * near))

    def _room(self) -> NDArray[np.float64]:
        return np.array([self._setting.width, self._setting.height], np.float64) + 2 * self._margin

    def add_to(self, luma: Plane, index: int) -> None:
        cv2.add(luma, self._black, luma)
        at = (self._start + self._step * index) % self._room() - self._margin
        at[:, 0] += self._sway * np.sin(self._phase + self._turn * index)
        quarter = np.floor(at * 4).astype(int)
        whole, phase = quarter >> 2, quarter & 3
        for (x, y), (px, py), stamps in zip(whole.tolist(), phase.tolist(), self._stamps, strict=True):
            _stamp(luma, stamps[py * 4 + px], x, y)


def _stamps(radii: NDArray[np.float64], light: NDArray[np.float64]) -> list[list[Plane]]:
    """For each speck its sixteen pictures, a quarter of a pixel apart."""
    made: list[list[Plane]] = []
    for radius, bright in zip(radii, light, strict=True):
        half = int(np.ceil(radius * 1.6)) + 1
        grid = np.arange(-half, half + 2, dtype=np.float64)
        pictures: list[Plane] = []
        for py in range(4):
            for px in range(4):
                away = np.hypot(grid[None] - px / 4, grid[:, None] - py / 4) / max(radius, 0.6)
                body = np.clip(1.35 - away, 0, 1) ** 1.2 * bright * min(radius / 0.9, 1)
                pictures.append(body.astype(np.uint8))
        made.append(pictures)
    return made


def _stamp(luma: Plane, picture: Plane, x: int, y: int) -> None:
    """Adds a small picture whose top left pixel is x, y where it lies wholly in the frame."""
    height, width = picture.shape
    if x >= 0 and y >= 0 and x + width <= luma.shape[1] and y + height <= luma.shape[0]:
        target = luma[y : y + height, x : x + width]
        cv2.add(target, picture, target)
