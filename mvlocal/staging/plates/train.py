"""A seat by the window of a train."""

from __future__ import annotations

import numpy as np

from mvlocal.staging.paint.canvas import Canvas, Fade, blurred, polygons
from mvlocal.staging.paint.curves import closed_curve
from mvlocal.staging.paint.palette import mix
from mvlocal.staging.plates.city_parts import Points, box, paint_towers, paint_windows, tower_row
from mvlocal.staging.plates.land_parts import conifer, hazed, layered, ridge
from mvlocal.staging.plates.scene import Plate, Scene
from mvlocal.staging.plates.sky_parts import disc, mist, paint_sky


def draw(scene: Scene) -> Plate:
    """Land going by outside, the dark carriage with two windows, lamps along its ceiling, a seat in front."""
    back, mid, near = scene.backdrop(), scene.canvas(), scene.canvas()
    _outside(back, scene)
    _carriage(mid, scene)
    _seats(mid, scene)
    _frame(near, scene)
    return Plate(back, mid, near, clouds=0.8)


def _outside(back: Canvas, scene: Scene) -> None:
    paint_sky(back, scene, 0.8)
    h, tones = scene.horizon, scene.tones
    for name, rise, tall, cell, distance in (("far", 0.07, 0.08, 0.8, 0.78), ("middle", 0.015, 0.05, 0.5, 0.5)):
        back.fill(
            [ridge(scene.rng(name), back.view, h - rise, tall, cell, 4)],
            layered(scene, tones.mid, h - rise - tall, 0.15, distance),
        )
    towers = [t for t in tower_row(scene.rng("town"), h + 0.02, 0.015, 0.06, (0.03, 0.07)) if int(abs(t.x0) * 50) % 3]
    paint_towers(back, towers, scene.rng("town roofs"), hazed(scene, tones.mid, 0.45), 0.01)
    paint_windows(back, scene, towers, "town windows", 0.010, scene.lit)
    mist(back, scene, h + 0.01, 0.05, 0.4)
    rng = scene.rng("firs")
    firs = [conifer(x, h + 0.09, rng.uniform(0.05, 0.12), rng) for x in rng.uniform(-1.6, 1.6, 40)]
    back.fill(firs, hazed(scene, tones.near, 0.25))
    back.fill(
        [ridge(rng, back.view, h + 0.075, 0.02, 0.4)],
        Fade(hazed(scene, tones.near, 0.25), tones.near, h + 0.05, h + 0.2),
    )


def _opening(x0: float, y0: float, x1: float, y1: float, radius: float = 0.045) -> Points:
    """A rectangle with round corners."""
    corners = (
        (x1 - radius, y0 + radius, -np.pi / 2),
        (x1 - radius, y1 - radius, 0.0),
        (x0 + radius, y1 - radius, np.pi / 2),
        (x0 + radius, y0 + radius, np.pi),
    )
    return np.concatenate([
        [(cx + radius * np.cos(start + t), cy + radius * np.sin(start + t)) for t in np.linspace(0, np.pi / 2, 10)]
        for cx, cy, start in corners
    ])  # fmt: skip


def _carriage(mid: Canvas, scene: Scene) -> None:
    tones, h = scene.tones, scene.horizon
    wall = mix(mix(tones.ink, tones.near, 0.5), tones.lamp, 0.06 * scene.lit)
    top, bottom = h - 0.40, h + 0.135
    centre = scene.third * 0.42
    spans = [(centre - 0.52, centre + 0.52), (centre - 1.72, centre - 0.66), (centre + 0.66, centre + 1.72)]
    holes = [_opening(a, top, b, bottom) for a, b in spans]
    coverage = np.ones((mid.view.height, mid.view.width), np.float32)
    cut = polygons(mid.view, holes)
    if cut is not None:
        coverage[cut.window] -= cut.coverage
    mid.wash(coverage, Fade(mix(wall, tones.ink, 0.3), wall, top - 0.2, bottom))
    mid.stroke(holes, 0.013, mix(tones.ink, tones.near, 0.2), closed=True)
    mid.stroke(holes, 0.0026, mix(wall, tones.horizon, 0.55), 0.8, closed=True)
    panel = mix(wall, tones.ink, 0.35)
    mid.fill([box(-4, bottom + 0.045, 4, 4)], Fade(panel, tones.ink, bottom + 0.04, bottom + 0.3))
    mid.stroke([[(-4, bottom + 0.045), (4, bottom + 0.045)]], 0.004, mix(wall, tones.horizon, 0.28), 0.8)
    rack = top - 0.055
    mid.stroke([[(-4, rack), (4, rack)]], 0.007, mix(wall, tones.horizon, 0.22))
    if scene.lit > 0.02:
        for x in np.arange(-1.6, 1.7, 0.42):
            strip = box(centre + x - 0.11, rack - 0.05, centre + x + 0.11, rack - 0.042)
            mid.fill([strip], mix(tones.lamp, tones.light, 0.4), scene.lit)
            mid.glow((centre + x, rack - 0.046), 0.20, tones.lamp, 0.30 * scene.lit)
    _reflections(mid, scene, holes)


def _reflections(mid: Canvas, scene: Scene, holes: list[Points]) -> None:
    """Two slanting reflections on each pane."""
    for hole in holes:
        left, right, top, bottom = hole[:, 0].min(), hole[:, 0].max(), hole[:, 1].min(), hole[:, 1].max()
        wide = right - left
        for at, thick in ((0.62, 0.13), (0.80, 0.035)):
            x = left + wide * at
            streak = [
                (x, top + 0.004),
                (x + wide * thick, top + 0.004),
                (x + wide * (thick - 0.16), bottom - 0.004),
                (x - wide * 0.16, bottom - 0.004),
            ]
            mask = polygons(mid.view, [streak])
            if mask is not None:
                mid.cover(blurred(mask, 0.002 * mid.view.unit), scene.tones.pale, 0.055)


def _seat(x: float, y: float, side: int, size: float) -> Points:
    """A high-backed seat from the side, its back towards `side`."""
    outline = [
        (0.34, -0.02),
        (0.40, -0.30),
        (0.455, -0.62),
        (0.435, -0.70),
        (0.37, -0.70),
        (0.33, -0.62),
        (0.27, -0.26),
        (0.20, -0.19),
        (-0.14, -0.185),
        (-0.185, -0.14),
        (-0.17, -0.07),
        (-0.10, -0.045),
        (0.0, -0.04),
        (0.02, 0.45),
        (0.30, 0.45),
    ]
    return closed_curve(outline, 6) * (side * size, size) + (x, y)


def _seats(mid: Canvas, scene: Scene) -> None:
    tones, h, side = scene.tones, scene.horizon, scene.side
    dark = mix(tones.ink, tones.near, 0.10)
    x, y = scene.stand.x, h + 0.25
    other = x - side * 0.74
    for at, way in ((x + side * 0.02, side), (other, -side)):
        seat = _seat(at, y, way, 0.50)
        mid.fill([seat], Fade(mix(dark, tones.accent, 0.10), tones.ink, y - 0.35, y))
        mid.stroke([seat[: len(seat) // 2]], 0.003, mix(dark, tones.horizon, 0.35), 0.6)
    table = x - side * 0.36
    mid.fill([box(table - 0.13, h + 0.150, table + 0.13, h + 0.163)], tones.ink)
    brace = [(table - 0.02, h + 0.16), (table + 0.02, h + 0.16), (table - side * 0.05, h + 0.30)]
    cup = table - side * 0.07
    mid.fill([brace, box(cup - 0.015, h + 0.112, cup + 0.015, h + 0.152)], tones.ink)
    mid.stroke([disc(cup - side * 0.018, h + 0.130, 0.009, points=20)], 0.004, tones.ink, closed=True)


def _frame(near: Canvas, scene: Scene) -> None:
    x = -scene.side * scene.aspect * 0.5
    near.fill([_seat(x + scene.side * 0.14, 1.14, -scene.side, 0.86)], scene.tones.ink)
