"""Pieces of land that several places share: ridges, ground, trees, grass."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from mvlocal.staging.paint.canvas import Canvas, Fade, Paint, View
from mvlocal.staging.paint.noise import line
from mvlocal.staging.paint.palette import Floats, mix
from mvlocal.staging.plates.scene import Scene

Points = NDArray[np.float64]


def across(view: View, step: float = 0.006) -> NDArray[np.float64]:
    """Scene x positions over the whole width of the layer, always the same grid."""
    first, last = np.floor(view.left / step) - 1, np.ceil(view.right / step) + 1
    return np.arange(first, last + 1) * step


def ridge(rng: Generator, view: View, y: float, height: float, cell: float, octaves: int = 5) -> Points:
    """A skyline of hills about scene y `y`, `height` high, closed below the layer."""
    x = across(view)
    top = y - height * line(rng, x, cell, octaves)
    return below(x, top.astype(np.float64), view)


def below(x: NDArray[np.float64], top: NDArray[np.float64], view: View) -> Points:
    """The area under the curve (x, top), as a polygon that reaches below the layer."""
    floor = max(view.bottom, float(top.max())) + 0.1
    return np.concatenate([np.stack([x, top], axis=1), [(x[-1], floor), (x[0], floor)]])


def hazed(scene: Scene, colour: Floats, distance: float) -> Floats:
    """`colour` seen through the air: 0 is here, 1 is the horizon."""
    thick = 0.75 + 0.25 * (scene.weather == "fog")
    return mix(colour, scene.tones.haze, thick * distance)


def layered(scene: Scene, colour: Floats, y: float, depth: float, distance: float) -> Fade:
    """Paint of a far body: its colour at the top, thicker air towards its foot."""
    top = hazed(scene, colour, distance)
    return Fade(top, mix(top, scene.tones.haze, 0.25 + 0.45 * distance), y, y + depth)


def conifer(x: float, foot: float, height: float, rng: Generator) -> Points:
    """A fir as one polygon with drooping tiers."""
    tiers = 7 + int(rng.integers(0, 3))
    left: list[tuple[float, float]] = []
    right: list[tuple[float, float]] = []
    for tier in range(tiers):
        t = (tier + 0.6) / tiers
        y = foot - height * (1 - t * 0.94)
        half = height * 0.19 * t**0.85 * rng.uniform(0.82, 1.15)
        left += [(x - half, y + height * 0.035), (x - half * 0.42, y + height * 0.01)]
        right += [(x + half * rng.uniform(0.85, 1.1), y + height * 0.03), (x + half * 0.42, y + height * 0.01)]
    trunk = height * 0.016
    base = [(x + trunk, foot - height * 0.06), (x + trunk, foot), (x - trunk, foot), (x - trunk, foot - height * 0.06)]
    return np.array([(x, foot - height), *right, *base, *reversed(left)])


def crown(x: float, y: float, radius: float, rng: Generator, squash: float = 0.8) -> Points:
    """The leafy head of a tree: a round outline with many small lobes."""
    turn = np.linspace(0, 2 * np.pi, 140, endpoint=False)
    lobes = rng.uniform(0, 2 * np.pi, 5)
    wobble = sum(
        amount * np.sin(turn * count + lobe)
        for amount, count, lobe in zip((0.08, 0.06, 0.05, 0.035, 0.03), (3, 5, 9, 17, 29), lobes, strict=True)
    )
    rough = rng.normal(0, 0.018, len(turn))
    reach = radius * (1 + wobble + rough)
    return np.stack([x + reach * np.cos(turn), y + squash * reach * np.sin(turn)], axis=1)


def limbs(
    x: float, y: float, length: float, rng: Generator, lean: float = 0.0, depth: int = 7
) -> list[tuple[Points, float]]:
    """A bare tree from its foot upwards: tapering limbs as (path, width), thick ones first."""
    drawn: list[tuple[Points, float]] = []
    todo = [(np.array([x, y]), -np.pi / 2 + lean, length * 0.34, length * 0.034, depth)]
    while todo:
        start, angle, reach, width, left = todo.pop(0)
        bend = rng.normal(0, 0.16)
        middle = start + 0.5 * reach * np.array([np.cos(angle), np.sin(angle)])
        end = middle + 0.5 * reach * np.array([np.cos(angle + bend), np.sin(angle + bend)])
        drawn.append((np.array([start, middle, end]), width))
        if left > 1:
            for side in (-1, 1):
                turned = angle + bend + side * rng.uniform(0.22, 0.62)
                todo.append((end, turned, reach * rng.uniform(0.66, 0.86), width * 0.66, left - 1))
    return drawn


def paint_limbs(canvas: Canvas, drawn: list[tuple[Points, float]], paint: Paint) -> None:
    """Paints limbs, grouped by thickness."""
    for width in sorted({round(w, 6) for _, w in drawn}, reverse=True):
        canvas.stroke([path for path, w in drawn if round(w, 6) == width], width, paint)


def grass(view: View, rng: Generator, y: float, height: float, gap: float, lean: float = 0.25) -> list[Points]:
    """Blades along scene y `y`, each a curved sliver."""
    count = int(4.4 / gap)
    xs = -2.2 + (np.arange(count) + rng.uniform(-0.5, 0.5, count)) * gap
    heights = height * rng.uniform(0.35, 1.0, count)
    leans = lean * heights * rng.uniform(-0.4, 1.6, count)
    feet = y + rng.uniform(0, 0.02, count)
    width = gap * 0.32
    blades: list[Points] = []
    for x, tall, tip, foot in zip(xs, heights, leans, feet, strict=True):
        if view.left - height < x < view.right + height:
            bow_x, bow_y, thin = x + tip * 0.3, foot - tall * 0.6, width * 0.7
            left, right = [(x - width, foot), (bow_x - thin, bow_y)], [(bow_x + thin, bow_y), (x + width, foot)]
            blades.append(np.array([*left, (x + tip, foot - tall), *right]))
    return blades
