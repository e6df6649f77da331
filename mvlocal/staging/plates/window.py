"""A window close up, the world beyond it out of focus."""

from __future__ import annotations

import cv2
import numpy as np

from mvlocal.staging.paint.canvas import Canvas, Fade, Mask, blurred, polygons
from mvlocal.staging.paint.palette import mix
from mvlocal.staging.plates.city_parts import Points, box, paint_towers, paint_windows, tower_row
from mvlocal.staging.plates.land_parts import layered
from mvlocal.staging.plates.scene import Plate, Scene
from mvlocal.staging.plates.sky_parts import disc, paint_sky


def draw(scene: Scene) -> Plate:
    """Soft lights of a town through the glass, drops on it when it rains, the frame, a sill with a plant."""
    back, mid, near = scene.backdrop(), scene.canvas(), scene.canvas()
    _outside(back, scene)
    if scene.weather == "rain":
        _drops(back, scene)
    _frame(mid, scene)
    _sill(mid, scene)
    _curtain(near, scene)
    return Plate(back, mid, near)


def _outside(back: Canvas, scene: Scene) -> None:
    """Drawn sharp, then put out of focus as a whole."""
    paint_sky(back, scene, 0.6)
    h, tones = scene.horizon, scene.tones
    for number, (rise, tall, distance) in enumerate(((0.05, 0.30, 0.62), (0.22, 0.42, 0.30))):
        towers = tower_row(scene.rng(f"row {number}"), h + rise, 0.06, tall, (0.08, 0.19))
        roof = min(tower.roof for tower in towers)
        paint_towers(back, towers, scene.rng(f"roofs {number}"), layered(scene, tones.mid, roof, 0.5, distance), 0.02)
        paint_windows(back, scene, towers, f"windows {number}", 0.022 + 0.01 * number, 0.9 * scene.lit)
    sigma = 0.0055 * back.view.unit
    for plane in back.colour:
        plane[:] = cv2.GaussianBlur(plane, (0, 0), sigma)
    rng = scene.rng("lights")
    for _ in range(int(34 * max(scene.lit, 0.12))):
        x, y, radius = rng.uniform(-1.2, 1.2), h + rng.normal(0.06, 0.09), rng.uniform(0.010, 0.028)
        colour = tones.accent if rng.random() < 0.25 else mix(tones.lamp, tones.light, rng.uniform(0, 0.5))
        back.fill([disc(x, y, radius, points=40)], colour, rng.uniform(0.16, 0.5))


def _drops(back: Canvas, scene: Scene) -> None:
    rng, tones = scene.rng("drops"), scene.tones
    spots = rng.uniform((-1.2, -0.1), (1.2, 1.0), (420, 2))
    sizes = rng.uniform(0.0016, 0.0062, 420) * rng.uniform(0.5, 1.0, 420)
    back.fill(
        [disc(x, y, r, 1.15, 20) for (x, y), r in zip(spots, sizes, strict=True)], mix(tones.near, tones.mid, 0.4), 0.35
    )
    lights = [disc(x - r * 0.15, y + r * 0.35, r * 0.55, 0.8, 14) for (x, y), r in zip(spots, sizes, strict=True)]
    back.fill(lights, mix(tones.horizon, tones.light, 0.5), 0.7)
    trails = []
    for _ in range(16):
        x, y = rng.uniform(-1.1, 1.1), rng.uniform(-0.1, 0.5)
        step = np.cumsum(rng.normal(0, 0.0022, 16))
        trails.append(np.stack([x + step, y + np.linspace(0, rng.uniform(0.15, 0.45), 16)], 1))
    back.stroke(trails, 0.0032, mix(tones.horizon, tones.mid, 0.4), 0.4)


def _frame(mid: Canvas, scene: Scene) -> None:
    tones = scene.tones
    dark = mix(tones.ink, tones.near, 0.30)
    half, top, sill = scene.aspect * 0.39, 0.05, scene.horizon + 0.21
    outer: list[Points] = [box(-4, -3, -half, 4), box(half, -3, 4, 4), box(-4, -3, 4, top), box(-4, sill, 4, 4)]
    bar = -scene.third * 0.20
    bars = [box(bar - 0.012, top, bar + 0.012, sill), box(-half, top + 0.255, half, top + 0.273)]
    mid.fill([*outer, *bars], Fade(mix(dark, tones.ink, 0.4), dark, 0.0, 0.7))
    lit = mix(dark, tones.horizon, 0.55)
    edges = [
        [(-half, top), (-half, sill)],
        [(half, top), (half, sill)],
        [(bar - 0.012, top), (bar - 0.012, sill)],
        [(-half, top + 0.255), (half, top + 0.255)],
    ]
    mid.stroke(edges, 0.0028, lit, 0.8)


def _sill(mid: Canvas, scene: Scene) -> None:
    tones, y = scene.tones, scene.horizon + 0.21
    dark = mix(tones.ink, tones.near, 0.35)
    mid.fill(
        [box(-4, y, 4, y + 0.035)], Fade(mix(dark, tones.horizon, 0.45), mix(dark, tones.horizon, 0.12), y, y + 0.035)
    )
    mid.fill([box(-4, y + 0.035, 4, 4)], Fade(mix(tones.ink, tones.near, 0.3), tones.ink, y + 0.03, y + 0.2))
    x = -scene.third * 1.35
    mid.fill(
        [[(x - 0.045, y - 0.085), (x + 0.045, y - 0.085), (x + 0.034, y + 0.004), (x - 0.034, y + 0.004)]], tones.ink
    )
    rng = scene.rng("plant")
    leaves = []
    for angle in np.linspace(-2.75, -0.4, 13):
        long = rng.uniform(0.10, 0.21)
        tip = np.array([x + long * np.cos(angle) * 0.95, y - 0.085 + long * np.sin(angle)])
        across = np.array([-np.sin(angle), np.cos(angle)]) * rng.uniform(0.010, 0.018)
        middle = np.array([x, y - 0.085]) * 0.45 + tip * 0.55
        leaves.append(np.array([(x, y - 0.08), middle + across, tip, middle - across]))
    mid.fill(leaves, tones.ink)
    cup = x + scene.side * 0.23
    mid.fill([box(cup - 0.026, y - 0.058, cup + 0.026, y + 0.004)], tones.ink)
    mid.stroke([disc(cup + scene.side * 0.030, y - 0.030, 0.015, points=24)], 0.006, tones.ink, closed=True)


def _curtain(near: Canvas, scene: Scene) -> None:
    """A gathered curtain on the weighted side's far edge, thin enough for the light."""
    tones, side = scene.tones, -scene.side
    edge = side * scene.aspect * 0.5
    cloth = mix(mix(tones.near, tones.mid, 0.5), tones.horizon, 0.18)
    for fold in range(7):
        a, wide = edge - side * (0.005 + fold * 0.034), 0.045
        shape = [
            (a - wide / 2, -0.4),
            (a + wide / 2, -0.4),
            (a + wide * 0.6 + side * 0.03, 1.4),
            (a - wide * 0.6 + side * 0.03, 1.4),
        ]
        mask = polygons(near.view, [shape])
        if mask is not None:
            soft = blurred(mask, 0.006 * near.view.unit)
            tone = mix(cloth, tones.ink, 0.15 + 0.5 * (fold % 2))
            near.cover(Mask(soft.x, soft.y, soft.coverage), tone, 0.88 - 0.06 * fold)
