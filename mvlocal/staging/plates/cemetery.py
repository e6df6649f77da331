"""An old cemetery on a hill."""

from __future__ import annotations

import numpy as np

from mvlocal.staging.paint.canvas import Canvas, Fade
from mvlocal.staging.paint.palette import Floats, mix
from mvlocal.staging.plates.city_parts import box, lamp
from mvlocal.staging.plates.interior_parts import Light
from mvlocal.staging.plates.land_parts import Points, grass, hazed, layered, limbs, paint_limbs, ridge
from mvlocal.staging.plates.scene import Plate, Scene
from mvlocal.staging.plates.sky_parts import disc, mist, paint_birds, paint_sky
from mvlocal.staging.plates.space_parts import Space, aerial

_PATH = 0.55


def draw(scene: Scene) -> Plate:
    """Rows of stones in the mist, a chapel, a bare tree with a crow, a path, small lights on some graves."""
    back, mid, near = scene.backdrop(), scene.canvas(), scene.canvas()
    space = Space.of(scene, -0.15)
    paint_sky(back, scene, 0.75)
    _hills(back, scene)
    chapel = _chapel(back, scene)
    if not scene.dark:
        paint_birds(back, scene, 7)
    _ground(mid, scene, space)
    lights = _graves(mid, scene, space)
    _tree(mid, scene, space)
    _gate(near, scene)
    return Plate(back, mid, near, (chapel, *lights), clouds=0.75)


def _hills(back: Canvas, scene: Scene) -> None:
    h, tones = scene.horizon, scene.tones
    for name, rise, tall, cell, distance in (("far", 0.06, 0.08, 0.8, 0.78), ("middle", 0.02, 0.05, 0.5, 0.52)):
        shape = ridge(scene.rng(name), back.view, h - rise, tall, cell)
        back.fill([shape], layered(scene, tones.mid, h - rise - tall, rise + tall + 0.03, distance))
        mist(back, scene, h - rise * 0.3, 0.05, 0.35)


def _chapel(back: Canvas, scene: Scene) -> Light:
    h, tones, x = scene.horizon, scene.tones, scene.third * -0.55
    stone = hazed(scene, mix(tones.near, tones.mid, 0.25), 0.36)
    roof = hazed(scene, mix(tones.ink, tones.near, 0.4), 0.30)
    side = scene.side
    back.fill([box(x - 0.06, h - 0.085, x + 0.06, h + 0.03)], stone)
    back.fill([[(x - 0.07, h - 0.083), (x - 0.05, h - 0.135), (x + 0.05, h - 0.135), (x + 0.07, h - 0.083)]], roof)
    t = x - side * 0.075
    back.fill([box(t - 0.022, h - 0.165, t + 0.022, h + 0.03)], stone)
    back.fill([[(t - 0.026, h - 0.163), (t, h - 0.285), (t + 0.026, h - 0.163)]], roof)
    back.stroke([[(t, h - 0.31), (t, h - 0.28)], [(t - 0.007, h - 0.302), (t + 0.007, h - 0.302)]], 0.002, roof)
    panes = [
        [
            (x + k - 0.008, h - 0.02),
            (x + k - 0.008, h - 0.052),
            (x + k, h - 0.066),
            (x + k + 0.008, h - 0.052),
            (x + k + 0.008, h - 0.02),
        ]
        for k in (-0.032, 0.0, 0.032)
    ]
    back.fill(panes, mix(roof, tones.lamp, max(scene.lit, 0.1)), 0.95)
    back.glow((x, h - 0.045), 0.10, tones.lamp, 0.32 * scene.lit)
    mist(back, scene, h + 0.02, 0.05, 0.35)
    return x, h - 0.045, 0.03


def _ground(mid: Canvas, scene: Scene, space: Space) -> None:
    tones, y = scene.tones, scene.horizon
    turf = mix(mix(tones.near, tones.mid, 0.30), tones.ink, 0.1)
    mid.fill(
        [ridge(scene.rng("brow"), mid.view, y + 0.012, 0.008, 0.6)],
        Fade(hazed(scene, turf, 0.5), mix(turf, tones.ink, 0.55), y, y + 0.4),
    )
    gravel = mix(mix(tones.mid, tones.horizon, 0.22), tones.near, 0.45)
    path = space.floor(-_PATH, _PATH, 0.2, 14)
    mid.fill([path], Fade(hazed(scene, gravel, 0.5), mix(gravel, tones.ink, 0.45), y, y + 0.4), 0.85)
    edges = [space.floor(a - 0.03, a + 0.03, 0.2, 14) for a in (-_PATH, _PATH)]
    mid.fill(edges, tones.ink, 0.35)
    rng = scene.rng("turf")
    for depth in np.geomspace(0.03, 0.4, 12):
        d = (space.eye * space.body) / depth
        left, right = sorted((space.at(-_PATH, 0, d)[0], space.at(_PATH, 0, d)[0]))
        blades = grass(mid.view, rng, y + depth, 0.005 + 0.07 * depth, 0.006 + 0.02 * depth)
        mid.fill([b for b in blades if not left < b[0, 0] < right], mix(turf, tones.ink, 0.3 + 0.7 * depth), 0.6)


def _stone(kind: int, half: float, tall: float) -> list[list[tuple[float, float]]]:
    """Outlines (aside, up) of a gravestone about 0."""
    t = np.linspace(0, np.pi, 14)
    if kind == 0:
        head = [(half * float(np.cos(a)), tall - half + half * float(np.sin(a))) for a in t]
        return [[(half, 0.0), *head, (-half, 0.0)], _plinth(half)]
    if kind == 1:
        arm, w = half * 0.95, half * 0.26
        upright = [(-w, 0.0), (-w, tall * 1.15), (w, tall * 1.15), (w, 0.0)]
        cross = [(-arm, tall * 0.72), (arm, tall * 0.72), (arm, tall * 0.72 + 2 * w), (-arm, tall * 0.72 + 2 * w)]
        return [upright, cross, _plinth(half * 0.7)]
    if kind == 2:
        w = half * 0.55
        return [
            [(-w, 0.0), (-w * 0.7, tall * 1.4), (0.0, tall * 1.6), (w * 0.7, tall * 1.4), (w, 0.0)],
            _plinth(half * 0.9),
        ]
    peak = [
        (-half, 0.0),
        (-half, tall * 0.8),
        (-half * 0.5, tall * 0.86),
        (0.0, tall),
        (half * 0.5, tall * 0.86),
        (half, tall * 0.8),
        (half, 0.0),
    ]
    return [peak, _plinth(half)]


def _plinth(half: float) -> list[tuple[float, float]]:
    return [(-half * 1.3, 0.0), (-half * 1.3, 0.05), (half * 1.3, 0.05), (half * 1.3, 0.0)]


def _graves(mid: Canvas, scene: Scene, space: Space) -> tuple[Light, ...]:
    """Rows of stones on both sides of the path, far ones first; some carry a light."""
    rng, found = scene.rng("graves"), list[Light]()
    for distance in (7.0, 5.0, 3.7, 2.75, 2.05, 1.55, 1.14):
        reach = scene.aspect * 0.62 * distance / space.body + 0.5
        asides = np.arange(1.05, reach, 1.0)
        for side in (-1, 1):
            for aside in asides:
                at = side * (float(aside) + float(rng.uniform(-0.14, 0.14)))
                kind, tall = int(rng.integers(0, 4)), float(rng.uniform(0.34, 0.56))
                half, lean, missing = float(rng.uniform(0.13, 0.19)), float(rng.normal(0, 0.05)), rng.random() < 0.15
                alight = rng.random() < 0.16
                close = distance < 1.3 and 0.5 < space.aside_of(scene.stand.x) - at < 2.2 and side > 0
                if missing or close:
                    continue
                _grave(mid, scene, space, _Grave(at, distance, kind, half, tall, lean))
                if alight:
                    found.append(_light(mid, scene, space, at + 0.1, distance))
        if distance in (5.0, 2.75):
            mist(mid, scene, space.at(0, 0.15, distance)[1], 0.035, 0.22)
    return tuple(found)


class _Grave:
    """Where a stone stands, its kind, half its width, its height, and how far it leans."""

    __slots__ = ("aside", "distance", "half", "kind", "lean", "tall")

    def __init__(self, aside: float, distance: float, kind: int, half: float, tall: float, lean: float) -> None:
        self.aside, self.distance, self.kind, self.half, self.tall, self.lean = aside, distance, kind, half, tall, lean


def _grave(mid: Canvas, scene: Scene, space: Space, grave: _Grave) -> None:
    tones, d = scene.tones, grave.distance
    stone: Floats = hazed(scene, mix(mix(tones.near, tones.mid, 0.85), tones.horizon, 0.12), aerial(d) * 0.85)
    x, foot = space.at(grave.aside, 0, d)
    mid.fill([disc(x, foot, space.size(0.26, d), 0.17, 24)], tones.ink, 0.35)
    shapes = [
        space.flat([(grave.aside + a + u * grave.lean, u) for a, u in outline], d)
        for outline in _stone(grave.kind, grave.half, grave.tall)
    ]
    towards = float(np.sign(scene.sun[0] - x)) or 1.0
    edge = [shape + np.array([towards * space.size(0.018, d), -space.size(0.006, d)]) for shape in shapes]
    mid.fill(edge, mix(stone, tones.horizon, 0.45), 0.85)
    top, low = float(shapes[0][:, 1].min()), foot
    mid.fill(shapes, Fade(mix(stone, tones.horizon, 0.10), mix(stone, tones.ink, 0.45), top, low))
    if grave.kind in (0, 3) and d < 3.5:
        rows = [
            [
                space.at(grave.aside + grave.lean * u * grave.tall + k * grave.half, u * grave.tall, d)
                for k in (-wide, wide)
            ]
            for u, wide in ((0.66, 0.5), (0.54, 0.62), (0.42, 0.4))
        ]
        mid.stroke(rows, 0.004 / d, tones.ink, 0.45)


def _light(mid: Canvas, scene: Scene, space: Space, aside: float, distance: float) -> Light:
    x, y = space.at(aside, 0.08, distance)
    size = space.size(0.03, distance)
    mid.fill([box(x - size, y - size, x + size, y + size * 2.4)], mix(scene.tones.accent, scene.tones.ink, 0.3))
    lamp(mid, scene, x, y, size * 0.6)
    return x, y, size


def _tree(mid: Canvas, scene: Scene, space: Space) -> None:
    """A bare tree on the weighted side with a crow in it."""
    tones, d = scene.tones, 1.6
    x, y = space.at(0.9 + 1.25 * min(scene.aspect / 1.78, 1.0), 0, d)
    ink = mix(tones.ink, tones.near, 0.08)
    boughs = limbs(x, y + 0.01, 0.72, scene.rng("tree"), -0.10 * scene.side, 8)
    paint_limbs(mid, boughs, ink)
    roots: list[Points] = [
        np.array([(x - 0.035, y + 0.012), (x - 0.012, y - 0.05), (x + 0.012, y - 0.05), (x + 0.04, y + 0.012)])
    ]
    mid.fill(roots, ink)
    perch = boughs[5][0][1]
    body = disc(float(perch[0]), float(perch[1]) - 0.010, 0.012, 0.75, 20)
    head = disc(float(perch[0]) - scene.side * 0.011, float(perch[1]) - 0.020, 0.0062, points=16)
    tail = [
        (perch[0] + scene.side * 0.006, perch[1] - 0.012),
        (perch[0] + scene.side * 0.028, perch[1] + 0.002),
        (perch[0] + scene.side * 0.008, perch[1] - 0.003),
    ]
    beak = [
        (perch[0] - scene.side * 0.014, perch[1] - 0.023),
        (perch[0] - scene.side * 0.024, perch[1] - 0.018),
        (perch[0] - scene.side * 0.014, perch[1] - 0.017),
    ]
    mid.fill([body, head, tail, beak], tones.ink)


def _gate(near: Canvas, scene: Scene) -> None:
    """The iron fence that one looks through, on the lighter side, with its gate post."""
    ink, edge = scene.tones.ink, -scene.side * scene.aspect * 0.5
    post = edge * 0.80
    near.fill(
        [
            box(post - 0.020, 0.56, post + 0.020, 2),
            box(post - 0.030, 0.545, post + 0.030, 0.565),
            disc(post, 0.52, 0.024),
        ],
        ink,
    )
    bars: list[Points] = []
    for k in np.arange(0.05, 0.6, 0.042):
        x = post - scene.side * float(k)
        bars.append(box(x - 0.0042, 0.62, x + 0.0042, 2))
        bars.append(np.array([(x - 0.011, 0.625), (x, 0.585), (x + 0.011, 0.625)]))
    x0, x1 = sorted((post, post - scene.side * 0.7))
    near.fill([*bars, box(x0, 0.665, x1, 0.676), box(x0, 0.93, x1, 0.942)], ink)
    near.fill(grass(near.view, scene.rng("grass"), 1.05, 0.12, 0.012), ink)
