"""One-point perspective in the measure of the people who stand in it, and boxes drawn by it.

It knows no single place.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mvlocal.staging.paint.canvas import Canvas, Paint, polygons
from mvlocal.staging.paint.palette import Floats, mix
from mvlocal.staging.plates.land_parts import hazed
from mvlocal.staging.plates.scene import Point, Scene

Points = NDArray[np.float64]

FOCAL = 1.2
"""Focal length of the wide lens in frame heights, as the staging's geometry has it."""


@dataclass(frozen=True, slots=True)
class Space:
    """Perspective onto scene point (`x`, `y`), which lies on the horizon.

    A grown body is `body` scene units tall at distance 1, where the stand is; the camera's eye is `eye` body heights
    over the ground. Places in it are (aside, up, distance): body heights towards the weighted side, body heights over
    the ground, and distance in units of the stand's.
    """

    x: float
    y: float
    body: float
    eye: float
    side: int

    @classmethod
    def of(cls, scene: Scene, thirds: float) -> Space:
        """The space whose vanishing point lies `thirds` from the middle and in which the stand is at distance 1."""
        stand = scene.stand
        below = stand.y - scene.horizon
        return cls(scene.third * thirds, scene.horizon, stand.height, below / stand.height, scene.side)

    def at(self, aside: float, up: float, distance: float) -> Point:
        """The scene point of a place."""
        scale = self.body / distance
        return self.x + self.side * aside * scale, self.y + (self.eye - up) * scale

    def size(self, bodies: float, distance: float) -> float:
        """How many scene units so many body heights are at `distance`."""
        return bodies * self.body / distance

    def beyond(self, distance: float, bodies: float) -> float:
        """The distance that lies so many body heights behind `distance`."""
        return distance + bodies * self.body / FOCAL

    def aside_of(self, x: float, distance: float = 1.0) -> float:
        """How far aside scene x is at `distance`."""
        return (x - self.x) * self.side * distance / self.body

    def floor(self, left: float, right: float, near: float, far: float, up: float = 0.0) -> Points:
        """A strip of level ground `up` over the floor."""
        at = self.at
        return np.array([at(left, up, near), at(right, up, near), at(right, up, far), at(left, up, far)])

    def wall(self, aside: float, low: float, high: float, near: float, far: float) -> Points:
        """A strip of a wall that runs away from the camera."""
        at = self.at
        return np.array([at(aside, low, near), at(aside, high, near), at(aside, high, far), at(aside, low, far)])

    def front(self, left: float, right: float, low: float, high: float, distance: float) -> Points:
        """An upright rectangle that faces the camera."""
        at = self.at
        return np.array([
            at(left, high, distance), at(right, high, distance), at(right, low, distance), at(left, low, distance)
        ])  # fmt: skip

    def flat(self, points: list[Point], distance: float) -> Points:
        """An upright outline (aside, up) that faces the camera."""
        return np.array([self.at(aside, up, distance) for aside, up in points])


@dataclass(frozen=True, slots=True)
class Block:
    """A box with level sides: from `left` to `right`, `low` to `high` in body heights, its front at distance `near`,
    `deep` body heights long."""

    left: float
    right: float
    low: float
    high: float
    near: float
    deep: float


@dataclass(frozen=True, slots=True)
class Faces:
    """Paint of a block's front, its sides, and its top or underside."""

    front: Paint
    side: Paint
    top: Paint


def faces(scene: Scene, colour: Floats, distance: float = 1.0) -> Faces:
    """Paint of a block of one colour in the place's light, in the air of `distance`."""
    thick = aerial(distance)
    front = hazed(scene, colour, thick)
    dark, pale = mix(colour, scene.tones.ink, 0.45), mix(colour, scene.tones.horizon, 0.30)
    return Faces(front, hazed(scene, dark, thick), hazed(scene, pale, thick))


def aerial(distance: float) -> float:
    """How far air has changed what stands at `distance`: 0 near, to 0.85 far away."""
    return float(np.clip(1 - 1.3 / max(distance, 0.1), 0, 0.85))


def paint_block(canvas: Canvas, space: Space, block: Block, paints: Faces) -> None:
    """The sides of a block that the camera sees."""
    near, far = block.near, space.beyond(block.near, block.deep)
    if block.left > 0:
        canvas.fill([space.wall(block.left, block.low, block.high, near, far)], paints.side)
    if block.right < 0:
        canvas.fill([space.wall(block.right, block.low, block.high, near, far)], paints.side)
    if block.high < space.eye:
        canvas.fill([space.floor(block.left, block.right, near, far, block.high)], paints.top)
    if block.low > space.eye:
        canvas.fill([space.floor(block.left, block.right, near, far, block.low)], paints.top)
    canvas.fill([space.front(block.left, block.right, block.low, block.high, near)], paints.front)


def shade_towards(canvas: Canvas, shape: Points, ends: tuple[float, float], paint: Floats, strength: float) -> None:
    """Lays paint over a shape, from nothing at scene x `ends[0]` to `strength` at `ends[1]`."""
    mask = polygons(canvas.view, [shape])
    if mask is None:
        return
    columns = canvas.view.columns()[mask.window[1]]
    ramp = np.clip((columns - ends[0]) / (ends[1] - ends[0]), 0, 1).astype(np.float32)
    canvas.cover(type(mask)(mask.x, mask.y, mask.coverage * ramp), paint, strength)


def contact_shadow(canvas: Canvas, space: Space, block: Block, ink: Floats, strength: float = 0.4) -> None:
    """The dark line that a thing leaves on the ground round its foot."""
    grown = 0.05
    shape = space.floor(
        block.left - grown, block.right + grown, block.near * 0.985, space.beyond(block.near, block.deep + grown)
    )
    canvas.fill([shape], ink, strength)
