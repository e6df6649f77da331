"""A road over open land, telephone poles along it."""

from __future__ import annotations

import numpy as np

from mvlocal.staging.paint.canvas import Canvas, Fade
from mvlocal.staging.paint.palette import mix
from mvlocal.staging.plates.city_parts import Vanishing
from mvlocal.staging.plates.land_parts import grass, hazed, layered, ridge
from mvlocal.staging.plates.scene import Plate, Scene
from mvlocal.staging.plates.sky_parts import mist, paint_birds, paint_sky

EYE = 0.27
_POLES = (12.0, 8.0, 5.6, 4.0, 2.85, 2.0, 1.4, 0.95)


def draw(scene: Scene) -> Plate:
    """Two ridges far off, a straight road with its marks, wires that swing from pole to pole."""
    back, mid, near = scene.backdrop(), scene.canvas(), scene.canvas()
    to = Vanishing(scene.third * 0.75, scene.horizon)
    paint_sky(back, scene, 0.75)
    _hills(back, scene)
    if scene.time != "night":
        paint_birds(back, scene)
    _land(mid, scene, to)
    _poles(mid, scene, to)
    near.fill(grass(near.view, scene.rng("grass"), 1.03, 0.13, 0.011), scene.tones.ink)
    return Plate(back, mid, near, clouds=0.75)


def _hills(back: Canvas, scene: Scene) -> None:
    h, tones = scene.horizon, scene.tones
    for name, rise, tall, cell, distance in (("far", 0.055, 0.075, 0.7, 0.72), ("middle", 0.012, 0.05, 0.4, 0.42)):
        shape = ridge(scene.rng(name), back.view, h - rise, tall, cell)
        back.fill([shape], layered(scene, tones.mid, h - rise - tall, rise + tall + 0.03, distance))
    mist(back, scene, h, 0.05, 0.4)


def _land(mid: Canvas, scene: Scene, to: Vanishing) -> None:
    tones, y = scene.tones, to.y
    field = mix(tones.near, tones.mid, 0.45)
    mid.fill(
        [[(-5, y), (5, y), (5, 4), (-5, 4)]], Fade(hazed(scene, field, 0.55), mix(field, tones.ink, 0.55), y, y + 0.42)
    )
    rng = scene.rng("furrows")
    for depth in np.geomspace(0.012, 0.4, 9):
        tall = depth * rng.uniform(0.10, 0.2)
        shape = ridge(rng, mid.view, y + depth, tall, depth * 4)
        mid.fill([shape], mix(field, tones.ink, 0.25 + 0.8 * min(depth / 0.42, 1)), 0.22)
    road = mix(tones.ink, tones.near, 0.35)
    shoulder = to.quad((-0.45, EYE), (0.45, EYE), 0.3, 200)
    mid.fill([shoulder], Fade(hazed(scene, tones.mid, 0.6), mix(tones.near, tones.mid, 0.3), y, y + 0.3), 0.8)
    surface = Fade(hazed(scene, mix(road, tones.horizon, 0.4), 0.5), road, y, y + 0.25)
    mid.fill([to.quad((-0.36, EYE), (0.36, EYE), 0.3, 200)], surface)
    paint = mix(tones.pale, tones.mid, 0.25 if not scene.dark else 0.6)
    edges = [to.quad((side * 0.325, EYE), (side * 0.34, EYE), 0.3, 60) for side in (-1, 1)]
    mid.fill(edges, paint, 0.6)
    dashes = [to.quad((-0.011, EYE), (0.011, EYE), d, d * 1.22) for d in np.geomspace(0.52, 20, 11)]
    mid.fill(dashes, mix(tones.lamp, paint, 0.4), 0.85)


def _poles(mid: Canvas, scene: Scene, to: Vanishing) -> None:
    side, tones = -scene.side, scene.tones
    tips = []
    for distance in _POLES:
        colour = hazed(scene, tones.ink, float(np.clip(1 - 1.5 / distance, 0, 0.75)))
        foot, top = to.at(side * 0.62, EYE, distance), to.at(side * 0.62, -0.52, distance)
        bars = [[to.at(side * 0.62 + k, -h, distance) for k in (-0.085, 0.085)] for h in (0.47, 0.41)]
        mid.stroke([[foot, top]], 0.014 / distance, colour)
        mid.stroke(bars, 0.008 / distance, colour)
        pins = [
            [to.at(side * 0.62 + k, -h, distance), to.at(side * 0.62 + k, -h - 0.018, distance)]
            for h in (0.47, 0.41)
            for k in (-0.08, 0.08)
        ]
        mid.stroke(pins, 0.007 / distance, colour)
        tips.append(distance)
    for far, close in zip(tips, [*tips[1:], 0.62], strict=True):
        for offset, height in ((-0.08, 0.488), (0.08, 0.488), (-0.08, 0.428), (0.08, 0.428)):
            t = np.linspace(0, 1, 14)
            inverse = 1 / far + (1 / close - 1 / far) * t
            sag = 0.075 * t * (1 - t) * 4
            path = np.stack([to.x + (side * 0.62 + offset) * inverse, to.y - (height - sag) * inverse], axis=1)
            mid.stroke([path], 0.0026 / (0.5 * (far + close)) + 0.0006, tones.ink, 0.85)
