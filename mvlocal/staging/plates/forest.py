"""Tall trunks in mist."""

from __future__ import annotations

import numpy as np

from mvlocal.staging.paint.canvas import Canvas, Fade, Mask, blurred, polygons
from mvlocal.staging.paint.noise import line
from mvlocal.staging.paint.palette import mix
from mvlocal.staging.plates.city_parts import Points
from mvlocal.staging.plates.land_parts import conifer, grass, hazed, ridge
from mvlocal.staging.plates.scene import Plate, Scene
from mvlocal.staging.plates.sky_parts import mist


def draw(scene: Scene) -> Plate:
    """Four depths of trunks, light falling between them, a floor of ferns."""
    back, mid, near = scene.backdrop(), scene.canvas(), scene.canvas()
    _air(back, scene)
    for number, distance in enumerate((0.86, 0.66, 0.42)):
        _trunks(back, scene, number, distance)
    _shafts(back, scene)
    _floor(mid, scene)
    _frame(near, scene)
    return Plate(back, mid, near)


def _air(back: Canvas, scene: Scene) -> None:
    tones, h = scene.tones, scene.horizon
    deep = mix(tones.zenith, tones.mid, 0.4)
    back.sky(
        [
            (-0.15, deep),
            (h - 0.25, mix(tones.haze, deep, 0.35)),
            (h, mix(tones.horizon, tones.haze, 0.5)),
            (h + 0.3, tones.haze),
        ]
    )
    back.glow((scene.third * 0.4, h - 0.16), 0.62, tones.light, 0.8)
    rng = scene.rng("far firs")
    firs = [conifer(x, h + 0.03, rng.uniform(0.16, 0.34), rng) for x in rng.uniform(-1.6, 1.6, 46)]
    back.fill(firs, hazed(scene, tones.mid, 0.86), 0.75)
    mist(back, scene, h, 0.12, 0.55)


def _trunk(x: float, wide: float, foot: float, rng: np.random.Generator) -> list[Points]:
    """A trunk that runs out of the picture, with its root flare and two or three dead branches."""
    y = np.linspace(foot, -0.6, 120)
    lean = rng.normal(0, 0.012)
    bend = x + lean * (foot - y) + wide * 0.25 * line(rng, y, 0.35, 3)
    half = wide * (0.42 + 0.58 * np.exp(-(foot - y) / 0.05) * 0.55 + 0.1 * (foot - y < 0.5)) * 0.75
    shapes = [np.concatenate([np.stack([bend - half, y], 1), np.stack([bend + half, y], 1)[::-1]]).astype(np.float64)]
    for _ in range(rng.integers(2, 5)):
        at, side = rng.uniform(0.05, foot - 0.25), rng.choice([-1, 1])
        long, thick = rng.uniform(0.05, 0.16) * (wide / 0.05) ** 0.5, wide * 0.10
        tip = (x + side * long, at - long * rng.uniform(0.1, 0.5))
        shapes.append(np.array([(x, at - thick), tip, (x, at + thick)]))
    return shapes


def _trunks(back: Canvas, scene: Scene, number: int, distance: float) -> None:
    rng, tones, h = scene.rng(f"trunks {number}"), scene.tones, scene.horizon
    count, wide, foot = ((34, 0.020, 0.03), (22, 0.034, 0.075), (12, 0.056, 0.14))[number]
    xs = np.linspace(-1.7, 1.7, count) + rng.uniform(-0.5, 0.5, count) * 3.4 / count
    clearing = scene.third * 0.4
    shapes = [
        shape
        for x in xs
        if abs(x - clearing) > 0.05 + 0.10 * number
        for shape in _trunk(float(x), wide * rng.uniform(0.6, 1.25), h + foot * rng.uniform(0.8, 1.2), rng)
    ]
    colour = hazed(scene, mix(tones.near, tones.ink, 0.25), distance)
    back.fill(shapes, Fade(colour, hazed(scene, tones.near, min(distance + 0.12, 1)), h - 0.4, h + 0.1))
    ground = ridge(rng, back.view, h + foot, 0.02, 0.35)
    back.fill(
        [ground],
        Fade(hazed(scene, tones.mid, distance), hazed(scene, tones.near, distance * 0.6), h + foot, h + foot + 0.12),
    )
    mist(back, scene, h + foot * 0.8, 0.06 + 0.02 * number, 0.42 - 0.06 * number)


def _shafts(back: Canvas, scene: Scene) -> None:
    """Beams of light through the crowns, where the hour has any."""
    strength = {"dawn": 0.20, "morning": 0.26, "noon": 0.16, "afternoon": 0.24, "dusk": 0.16, "night": 0.08}[scene.time]
    strength *= 1 - 0.8 * scene.veiled
    rng, x = scene.rng("shafts"), scene.third * 0.4
    for _ in range(7):
        top, spread = x + rng.uniform(-0.5, 0.35), rng.uniform(0.015, 0.055)
        foot = top + scene.side * -0.42
        beam = [(top - spread, -0.3), (top + spread, -0.3), (foot + spread * 2.2, 1.0), (foot - spread * 2.2, 1.0)]
        mask = polygons(back.view, [beam])
        if mask is not None:
            soft = blurred(mask, 0.010 * back.view.unit)
            rows = back.view.rows()[mask.window[0]]
            fall = np.clip(1.15 - rows / (scene.horizon + 0.16), 0, 1).astype(np.float32)[:, None]
            back.cover(Mask(soft.x, soft.y, soft.coverage * fall), scene.tones.light, strength * rng.uniform(0.5, 1))


def _floor(mid: Canvas, scene: Scene) -> None:
    tones, h, rng = scene.tones, scene.horizon, scene.rng("floor")
    y = h + 0.17
    trunks = [
        shape
        for x in (-scene.side * 0.62, scene.side * 0.78, -scene.side * 1.15)
        for shape in _trunk(x, 0.085 * rng.uniform(0.8, 1.2), y + 0.06, rng)
    ]
    mid.fill(trunks, mix(tones.near, tones.ink, 0.55))
    mid.fill([ridge(rng, mid.view, y, 0.025, 0.5)], Fade(hazed(scene, tones.near, 0.28), tones.ink, y - 0.02, y + 0.3))
    for number, depth in enumerate((0.0, 0.05, 0.12, 0.2)):
        blades = grass(mid.view, scene.rng(f"ferns {number}"), y + depth + 0.01, 0.03 + 0.02 * number, 0.012, lean=1.2)
        mid.fill(blades, mix(hazed(scene, tones.near, 0.2), tones.ink, 0.25 * number + 0.1))


def _frame(near: Canvas, scene: Scene) -> None:
    rng = scene.rng("frame")
    x = -scene.side * scene.aspect * 0.46
    near.fill(_trunk(x, 0.19, 1.15, rng), scene.tones.ink)
    near.fill(_trunk(-x * 1.12, 0.12, 1.15, rng), scene.tones.ink)
