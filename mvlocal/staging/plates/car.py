"""The inside of a car on the road, seen from beside the driver."""

from __future__ import annotations

import numpy as np

from mvlocal.staging.paint.canvas import Canvas, Fade, blurred, polygons
from mvlocal.staging.paint.curves import closed_curve
from mvlocal.staging.paint.palette import mix
from mvlocal.staging.plates.city_parts import Points, box, lamp, paint_towers, paint_windows, tower_row
from mvlocal.staging.plates.interior_parts import Light, cover_but
from mvlocal.staging.plates.land_parts import across, below, conifer, hazed, layered, ridge
from mvlocal.staging.plates.scene import Plate, Scene
from mvlocal.staging.plates.sky_parts import disc, mist, paint_sky


def draw(scene: Scene) -> Plate:
    """Land and lights going by, the dark cabin round its windows, dashboard, wheel, mirror, two seats."""
    back, mid, near = scene.backdrop(), scene.canvas(), scene.canvas()
    _outside(back, scene)
    holes = _holes(scene)
    _cabin(mid, scene, holes)
    if scene.weather in ("rain", "snow"):
        _drops(mid, scene, holes)
    lights = _dashboard(mid, scene)
    _mirror(mid, scene)
    _seats(mid, scene)
    _frame(near, scene)
    return Plate(back, mid, near, lights, clouds=0.6)


def _outside(back: Canvas, scene: Scene) -> None:
    """Hills, a town, trees, a barrier along the road, lamps that will pass."""
    paint_sky(back, scene, 0.7)
    h, tones = scene.horizon, scene.tones
    for name, rise, tall, cell, distance in (("far", 0.05, 0.07, 0.8, 0.78), ("middle", 0.012, 0.045, 0.5, 0.5)):
        shape = ridge(scene.rng(name), back.view, h - rise, tall, cell, 4)
        back.fill([shape], layered(scene, tones.mid, h - rise - tall, 0.15, distance))
    towers = [t for t in tower_row(scene.rng("town"), h + 0.02, 0.015, 0.08, (0.03, 0.07)) if int(abs(t.x0) * 50) % 3]
    paint_towers(back, towers, scene.rng("town roofs"), hazed(scene, tones.mid, 0.45), 0.01)
    paint_windows(back, scene, towers, "town windows", 0.010, scene.lit)
    mist(back, scene, h + 0.01, 0.05, 0.4)
    rng = scene.rng("firs")
    firs = [conifer(float(x), h + 0.08, float(rng.uniform(0.04, 0.10)), rng) for x in rng.uniform(-1.9, 1.9, 30)]
    back.fill(firs, hazed(scene, tones.near, 0.25))
    back.fill(
        [ridge(rng, back.view, h + 0.07, 0.012, 0.5)],
        Fade(hazed(scene, tones.near, 0.25), tones.near, h + 0.05, h + 0.2),
    )
    x = across(back.view, 0.02)
    back.fill([below(x, np.full(len(x), h + 0.115), back.view)], mix(tones.ink, tones.near, 0.4))
    back.fill([box(-4, h + 0.088, 4, h + 0.102)], mix(tones.mid, tones.horizon, 0.3), 0.8)
    back.fill(
        [box(float(p) - 0.003, h + 0.09, float(p) + 0.003, h + 0.12) for p in np.arange(-2.4, 2.4, 0.16)], tones.ink
    )
    for p in np.arange(-2.25, 2.3, 0.62):
        px = float(p)
        back.stroke([[(px, h + 0.1), (px, h - 0.20), (px + 0.05, h - 0.215)]], 0.0042, hazed(scene, tones.ink, 0.1))
        lamp(back, scene, px + 0.055, h - 0.21, 0.008)
    streaks = [
        [(float(a), h + 0.128 + float(k)), (float(a + w), h + 0.128 + float(k))]
        for a, w, k in zip(rng.uniform(-2, 2, 12), rng.uniform(0.1, 0.35, 12), rng.uniform(0, 0.03, 12), strict=True)
    ]
    back.stroke(streaks[:6], 0.003, tones.accent, 0.6 * scene.lit)
    back.stroke(streaks[6:], 0.003, tones.lamp, 0.7 * scene.lit)


def _at(scene: Scene, forward: float, up: float) -> tuple[float, float]:
    """A point of the cabin: `forward` of the driver's place towards the lighter side, `up` over the horizon."""
    return scene.stand.x - scene.side * forward, scene.horizon - up


def _outline(scene: Scene, points: list[tuple[float, float]]) -> Points:
    return np.array([_at(scene, *point) for point in points])


def _holes(scene: Scene) -> list[Points]:
    """The windscreen seen aslant, the driver's window, the rear window."""
    screen = closed_curve(
        [
            (0.66, -0.055),
            (0.70, 0.02),
            (0.50, 0.34),
            (0.515, 0.36),
            (0.86, 0.345),
            (1.6, 0.32),
            (1.6, -0.02),
            (1.1, -0.05),
        ],
        6,
    )
    door = [
        (0.545, -0.075),
        (0.575, -0.03),
        (0.39, 0.28),
        (0.33, 0.325),
        (0.2, 0.338),
        (-0.20, 0.33),
        (-0.235, 0.29),
        (-0.245, -0.06),
        (-0.22, -0.085),
        (0.2, -0.09),
    ]
    rear = [
        (-0.335, -0.085),
        (-0.325, 0.28),
        (-0.36, 0.325),
        (-0.62, 0.295),
        (-0.88, 0.16),
        (-1.0, 0.0),
        (-0.98, -0.07),
        (-0.7, -0.088),
    ]
    shapes = [screen, closed_curve(door, 6), closed_curve(rear, 6)]
    return [shape * (-scene.side, -1) + (scene.stand.x, scene.horizon) for shape in shapes]


def _cabin(mid: Canvas, scene: Scene, holes: list[Points]) -> None:
    tones, h = scene.tones, scene.horizon
    wall = mix(mix(tones.ink, tones.near, 0.45), tones.lamp, 0.05 * scene.lit)
    cover_but(mid, box(-4, -3, 4, 4), holes, Fade(mix(wall, tones.ink, 0.45), wall, h - 0.52, h + 0.1))
    mid.stroke(holes, 0.011, mix(tones.ink, tones.near, 0.15), closed=True)
    mid.stroke(holes, 0.0024, mix(wall, tones.horizon, 0.5), 0.8, closed=True)
    panel = mix(wall, tones.ink, 0.3)
    mid.fill(
        [_outline(scene, [(3, -0.12), (-3, -0.12), (-3, -2), (3, -2)])], Fade(panel, tones.ink, h + 0.12, h + 0.36)
    )
    mid.stroke([[_at(scene, 0.5, -0.125), _at(scene, -1.0, -0.125)]], 0.004, mix(wall, tones.horizon, 0.3), 0.8)
    rest = _outline(scene, [(0.36, -0.205), (-0.22, -0.19), (-0.24, -0.225), (0.34, -0.235)])
    mid.fill([rest], mix(panel, tones.horizon, 0.14))
    handle = _outline(scene, [(0.30, -0.150), (0.22, -0.150), (0.22, -0.162), (0.30, -0.162)])
    mid.fill([handle], mix(panel, tones.horizon, 0.4))
    for hole in holes:
        left, right, top, bottom = hole[:, 0].min(), hole[:, 0].max(), hole[:, 1].min(), hole[:, 1].max()
        wide = right - left
        streak = [
            (left + wide * 0.55, top + 0.02),
            (left + wide * 0.66, top + 0.02),
            (left + wide * 0.50, bottom - 0.02),
            (left + wide * 0.39, bottom - 0.02),
        ]
        mask = polygons(mid.view, [streak])
        if mask is not None:
            mid.cover(blurred(mask, 0.002 * mid.view.unit), tones.pale, 0.05)


def _drops(mid: Canvas, scene: Scene, holes: list[Points]) -> None:
    """Drops on the panes, drawn back by the wind."""
    rng, tones = scene.rng("drops"), scene.tones
    for hole in holes:
        low, high = hole.min(axis=0) + 0.02, hole.max(axis=0) - 0.02
        spots = rng.uniform(np.maximum(low, -1.3), np.minimum(high, 1.3), (110, 2))
        trails = [
            [(float(x), float(y)), (float(x) + scene.side * float(k), float(y) + float(k) * 0.25)]
            for (x, y), k in zip(spots, rng.uniform(0.006, 0.03, 110), strict=True)
            if _inside(hole, float(x), float(y))
        ]
        mid.stroke(trails, 0.0018, mix(tones.horizon, tones.light, 0.3), 0.5)


def _inside(hole: Points, x: float, y: float) -> bool:
    """Whether a point lies in an outline, by crossings to its right."""
    a, b = hole, np.roll(hole, -1, axis=0)
    crosses = (a[:, 1] > y) != (b[:, 1] > y)
    rise = np.where(crosses, b[:, 1] - a[:, 1], 1.0)
    at = a[:, 0] + (y - a[:, 1]) * (b[:, 0] - a[:, 0]) / rise
    return bool(np.count_nonzero(crosses & (x < at)) % 2)


def _dashboard(mid: Canvas, scene: Scene) -> tuple[Light, ...]:
    """The board with its instruments, the steering wheel from the side."""
    tones, h = scene.tones, scene.horizon
    dark = mix(tones.ink, tones.near, 0.16)
    top = [
        (0.50, -0.30),
        (0.475, -0.16),
        (0.50, -0.105),
        (0.60, -0.075),
        (0.72, -0.06),
        (1.1, -0.05),
        (2.5, -0.03),
        (2.5, -1.5),
        (0.52, -1.5),
    ]
    mid.fill([_outline(scene, top)], Fade(mix(dark, tones.near, 0.3), tones.ink, h + 0.05, h + 0.3))
    mid.stroke([_outline(scene, top[1:7])], 0.003, mix(dark, tones.horizon, 0.45), 0.8)
    glow = 0.0 if scene.has("dark") else max(scene.lit, 0.35)
    dials = [_at(scene, 0.515, -0.15), _at(scene, 0.55, -0.185), _at(scene, 0.58, -0.15)]
    for number, (x, y) in enumerate(dials):
        mid.fill(
            [disc(x, y, 0.013 if number != 1 else 0.008, 1.25, 24)], mix(tones.accent, tones.lamp, 0.4), 0.75 * glow
        )
        mid.glow((x, y), 0.09, tones.accent, 0.35 * glow)
    radio = _outline(scene, [(0.66, -0.19), (0.84, -0.18), (0.84, -0.215), (0.66, -0.225)])
    mid.fill([radio], tones.lamp, 0.5 * glow)
    rim = closed_curve(
        [(0.345, 0.02), (0.375, 0.07), (0.365, -0.02), (0.315, -0.13), (0.275, -0.165), (0.285, -0.09)], 6
    )
    wheel = rim * (-scene.side, -1) + (scene.stand.x, scene.horizon)
    mid.stroke([wheel], 0.013, tones.ink, closed=True)
    mid.stroke([[_at(scene, 0.325, -0.05), _at(scene, 0.50, -0.17)]], 0.020, tones.ink)
    mid.stroke([wheel[:24]], 0.0024, mix(tones.ink, tones.horizon, 0.5), 0.8)
    return tuple((x, y, 0.013) for x, y in dials)


def _mirror(mid: Canvas, scene: Scene) -> None:
    """The mirror under the roof, with lights of the road behind, and a thing hung from it."""
    tones = scene.tones
    glass = _outline(scene, [(0.60, 0.285), (0.75, 0.295), (0.75, 0.25), (0.60, 0.24)])
    mid.stroke([[_at(scene, 0.66, 0.37), _at(scene, 0.67, 0.28)]], 0.006, tones.ink)
    mid.fill([glass + (glass - glass.mean(axis=0)) * 0.12], tones.ink)
    mid.fill([glass], mix(mix(tones.near, tones.sky, 0.5), tones.horizon, 0.15 if scene.dark else 0.5))
    for k in (0.64, 0.70):
        x, y = _at(scene, k, 0.267)
        mid.fill([disc(x, y, 0.0045, points=14)], tones.lamp, scene.lit)
        mid.glow((x, y), 0.04, tones.lamp, 0.5 * scene.lit)
    x, y = _at(scene, 0.67, 0.165)
    mid.stroke([[_at(scene, 0.67, 0.245), (x, y)]], 0.0018, tones.ink)
    mid.fill([disc(x, y + 0.012, 0.013, 1.3, 20)], mix(tones.accent, tones.ink, 0.45))


def _seat(scene: Scene, forward: float) -> list[Points]:
    """A car seat from the side with its head rest; `forward` is where the sitter's hips are."""
    shell = closed_curve(
        [
            (0.24, -0.20),
            (0.25, -0.13),
            (0.05, -0.115),
            (-0.10, -0.10),
            (-0.15, 0.0),
            (-0.18, 0.09),
            (-0.205, 0.115),
            (-0.25, 0.105),
            (-0.262, 0.05),
            (-0.25, -0.12),
            (-0.22, -0.30),
            (0.0, -0.34),
            (0.20, -0.32),
        ],
        6,
    )
    rest = closed_curve(
        [(-0.195, 0.145), (-0.19, 0.205), (-0.215, 0.228), (-0.255, 0.205), (-0.262, 0.15), (-0.23, 0.132)], 6
    )
    bar = np.array([(-0.215, 0.14), (-0.235, 0.14), (-0.235, 0.09), (-0.215, 0.09)])
    where = _at(scene, forward, 0)
    return [shape * (-scene.side, -1) + where for shape in (shell, rest, bar)]


def _seats(mid: Canvas, scene: Scene) -> None:
    tones, h = scene.tones, scene.horizon
    dark = mix(tones.ink, tones.near, 0.12)
    for forward in (-0.62, 0.0):
        shapes = _seat(scene, forward)
        mid.fill(shapes, Fade(mix(mix(dark, tones.accent, 0.10), tones.near, 0.15), tones.ink, h - 0.1, h + 0.34))
        mid.stroke([shapes[0][24:60], shapes[1]], 0.0028, mix(dark, tones.horizon, 0.40), 0.6)


def _frame(near: Canvas, scene: Scene) -> None:
    """The edge of the near door and its pillar."""
    ink, x = scene.tones.ink, scene.side * scene.aspect * 0.5
    pillar = [(x * 0.96, -1), (x * 1.8, -1), (x * 1.8, 2), (x * 0.80, 2), (x * 0.86, 0.95), (x * 0.93, 0.5)]
    near.fill([pillar, [(-4, 1.01), (4, 0.99), (4, 3), (-4, 3)]], ink)
