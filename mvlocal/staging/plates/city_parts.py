"""Pieces of town that several places share: towers with windows, lamps, one-point perspective."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from mvlocal.staging.paint.canvas import Canvas, Paint
from mvlocal.staging.paint.palette import mix
from mvlocal.staging.plates.scene import Scene
from mvlocal.staging.plates.sky_parts import disc

Points = NDArray[np.float64]


def box(x0: float, y0: float, x1: float, y1: float) -> Points:
    """An upright rectangle."""
    return np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)])


@dataclass(frozen=True, slots=True)
class Tower:
    """A building seen straight on: left, right, roof, foot."""

    x0: float
    x1: float
    roof: float
    foot: float


def tower_row(rng: Generator, foot: float, low: float, high: float, width: tuple[float, float]) -> list[Tower]:
    """Towers side by side from far left to far right, their roofs between `low` and `high` above `foot`."""
    towers: list[Tower] = []
    x = -2.2
    while x < 2.2:
        wide = rng.uniform(*width)
        tall = low + (high - low) * rng.random() ** 1.6
        towers.append(Tower(x, x + wide, foot - tall, foot))
        x += wide * rng.uniform(0.86, 1.0)
    return towers


def tower_shapes(tower: Tower, rng: Generator, detail: float) -> list[Points]:
    """The outline of a tower with what stands on its roof; `detail` is the size of that."""
    shapes = [box(tower.x0, tower.roof, tower.x1, tower.foot + 0.5)]
    wide = tower.x1 - tower.x0
    kind = rng.integers(0, 6)
    middle = tower.x0 + wide * rng.uniform(0.3, 0.7)
    if kind == 0:
        shapes.append(box(middle - wide * 0.22, tower.roof - detail, middle + wide * 0.22, tower.roof))
        shapes.append(box(middle - wide * 0.012, tower.roof - detail * 2.6, middle + wide * 0.012, tower.roof))
    elif kind == 1:
        shapes.append(box(middle - 0.0014, tower.roof - detail * 2.2, middle + 0.0014, tower.roof))
    elif kind == 2:
        shapes += tank(middle, tower.roof, detail * 1.1)
    elif kind == 3:
        inset = wide * 0.18
        shapes.append(box(tower.x0 + inset, tower.roof - detail * 1.3, tower.x1 - inset, tower.roof))
    elif kind == 4:
        top = tower.roof - detail * 1.2
        shapes.append(np.array([(tower.x0, tower.roof), (tower.x0, top), (tower.x1, tower.roof)]))
    return shapes


def tank(x: float, roof: float, size: float) -> list[Points]:
    """A water tank on legs."""
    half, leg = size * 0.42, size * 0.4
    top = roof - leg - size * 0.8
    cone = np.array([(x - half * 1.08, top), (x, top - size * 0.4), (x + half * 1.08, top)])
    legs = [box(x + half * k - 0.0012, roof - leg, x + half * k + 0.0012, roof) for k in (-0.8, 0.0, 0.8)]
    return [box(x - half, top, x + half, roof - leg), cone, *legs]


def window_shapes(tower: Tower, rng: Generator, pitch: float, lit: float, floor: float) -> list[Points]:
    """The lit windows of a tower above scene y `floor`: a grid `pitch` apart, some floors dark, a share `lit` on."""
    wide = tower.x1 - tower.x0
    columns = max(int(wide / pitch * 0.8), 1)
    rows = int((min(tower.foot, floor) - tower.roof) / (pitch * 1.35))
    if rows < 1:
        return []
    busy = rng.random(rows) ** 1.5 * 1.5
    on = rng.random((rows, columns)) < lit * busy[:, None]
    gap = wide / (columns + 0.6)
    w, h = gap * 0.46, pitch * 0.62
    shapes: list[Points] = []
    for row, column in np.argwhere(on):
        x = tower.x0 + gap * (0.57 + column)
        y = tower.roof + pitch * (0.7 + 1.35 * row)
        shapes.append(box(x, y, x + w, y + h))
    return shapes


def paint_towers(canvas: Canvas, towers: list[Tower], rng: Generator, paint: Paint, detail: float) -> None:
    """Towers in one paint."""
    shapes = [shape for tower in towers for shape in tower_shapes(tower, rng, detail)]
    canvas.fill(shapes, paint)


def paint_windows(canvas: Canvas, scene: Scene, towers: list[Tower], name: str, pitch: float, strength: float) -> None:
    """Lit windows in two warmths of lamp light."""
    rng = scene.rng(name)
    warm, cool = scene.tones.lamp, mix(scene.tones.lamp, scene.tones.pale, 0.5)
    shapes = [window_shapes(tower, rng, pitch, 0.12 + 0.42 * scene.lit, scene.horizon + 0.6) for tower in towers]
    first = [shape for number, group in enumerate(shapes) for shape in group if (number + len(group)) % 3]
    second = [shape for number, group in enumerate(shapes) for shape in group if not (number + len(group)) % 3]
    canvas.fill(first, warm, strength)
    canvas.fill(second, cool, strength * 0.75)


def lamp(canvas: Canvas, scene: Scene, x: float, y: float, size: float, strength: float = 1.0) -> None:
    """A lamp's light: a hot core and its glow, as strong as the hour has lamps lit."""
    lit = scene.lit * strength
    if lit <= 0.02:
        return
    halo = 1 + 0.7 * scene.veiled
    canvas.glow((x, y), size * 12 * halo, scene.tones.lamp, 0.36 * lit)
    canvas.glow((x, y), size * 3.4 * halo, scene.tones.lamp, 0.70 * lit)
    canvas.fill([disc(x, y, size * 0.62, points=24)], mix(scene.tones.lamp, scene.tones.light, 0.65), lit)


@dataclass(frozen=True, slots=True)
class Vanishing:
    """One-point perspective onto scene point (`x`, `y`): near things lie `near` from the point, at distance 1."""

    x: float
    y: float

    def at(self, side: float, height: float, distance: float) -> tuple[float, float]:
        """The scene point of a thing `side` to the right and `height` below the eye line at `distance` 1 and on."""
        return self.x + side / distance, self.y + height / distance

    def quad(self, a: tuple[float, float], b: tuple[float, float], near: float, far: float) -> Points:
        """The strip between rails `a` and `b` (side, height) from distance `near` to `far`."""
        return np.array([self.at(*a, near), self.at(*b, near), self.at(*b, far), self.at(*a, far)])
