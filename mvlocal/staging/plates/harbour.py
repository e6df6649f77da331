"""A harbour quay with its boats."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from mvlocal.staging.paint.canvas import Canvas, Fade, Mask, blurred, polygons
from mvlocal.staging.paint.palette import mix
from mvlocal.staging.plates.city_parts import box, lamp, paint_towers, paint_windows, tower_row
from mvlocal.staging.plates.interior_parts import Light, corners_of, pool
from mvlocal.staging.plates.land_parts import hazed, layered, ridge
from mvlocal.staging.plates.scene import Plate, Scene, Surface
from mvlocal.staging.plates.sky_parts import disc, mist, paint_birds, paint_sky
from mvlocal.staging.plates.space_parts import Block, Space, aerial, contact_shadow, faces, paint_block
from mvlocal.staging.plates.water_parts import hull, lamp_column, paint_water

_EDGE = -0.75
"""How far aside the quay ends; the water lies beyond it, away from the weighted side."""


def draw(scene: Scene) -> Plate:
    """A paved quay running out to a lighthouse, masts beside it, cranes across the basin, lamps and their columns."""
    back, mid, near = scene.backdrop(), scene.canvas(), scene.canvas()
    space = Space.of(scene, 0.35)
    paint_sky(back, scene, 0.7)
    _far_side(back, scene, space)
    paint_water(back, scene, 0.55)
    _columns(back, scene, space)
    if not scene.dark:
        paint_birds(back, scene, 6)
    _boats(back, scene, space)
    _quay(mid, scene, space)
    bill = _sheds(mid, scene, space)
    lights = _lamps(mid, scene, space)
    if not scene.has("empty"):
        _things(mid, scene, space)
    _frame(near, scene)
    quay = tuple((float(x), float(y)) for x, y in space.floor(_EDGE, 60, 0.2, 26))
    return Plate(back, mid, near, lights, (scene.horizon, 1.2), 0.7, bill, ground=quay)


def _far_side(back: Canvas, scene: Scene, space: Space) -> None:
    h, tones, side = scene.horizon, scene.tones, scene.side
    back.fill(
        [ridge(scene.rng("hills"), back.view, h - 0.02, 0.07, 0.7)], layered(scene, tones.mid, h - 0.09, 0.1, 0.75)
    )
    towers = tower_row(scene.rng("town"), h + 0.004, 0.012, 0.06, (0.03, 0.08))
    paint_towers(back, towers, scene.rng("town roofs"), layered(scene, tones.mid, h - 0.06, 0.07, 0.6), 0.008)
    paint_windows(back, scene, towers, "town windows", 0.009, 0.7 * scene.lit)
    steel = hazed(scene, mix(tones.near, tones.ink, 0.3), 0.42)
    for at, size in ((1.75, 0.20), (1.25, 0.155), (0.9, 0.12)):
        x = scene.third * 0.35 - side * at * 0.42 * min(scene.aspect, 1.9)
        legs = [[(x + k * size, h), (x + k * size * 0.8, h - size * 0.95)] for k in (-0.28, 0.28)]
        boom = [(x - side * size * 0.95, h - size * 1.02), (x + side * size * 0.75, h - size * 1.02)]
        stays = [[boom[0], (x, h - size * 1.5), boom[1]], [(x, h - size * 0.95), (x, h - size * 1.5)]]
        back.stroke([*legs, boom], size * 0.045, steel)
        back.stroke(
            [*stays, [(x - size * 0.26, h - size * 0.4), (x + size * 0.26, h - size * 0.4)]], size * 0.018, steel
        )
        lamp(back, scene, x, h - size * 1.5, 0.003)
    _lighthouse(back, scene, space)
    mist(back, scene, h, 0.03, 0.4)


def _lighthouse(back: Canvas, scene: Scene, space: Space) -> None:
    h, tones = scene.horizon, scene.tones
    x, tall = space.at(_EDGE - 3.4, 0, 9)[0], 0.17
    stone = hazed(scene, mix(tones.mid, tones.pale, 0.35 if not scene.dark else 0.08), 0.35)
    back.fill(
        [[(x - 0.15, h + 0.004), (x - 0.10, h - 0.010), (x + 0.3, h - 0.010), (x + 0.34, h + 0.004)]],
        hazed(scene, tones.near, 0.35),
    )
    back.fill([[(x - 0.014, h - 0.008), (x + 0.014, h - 0.008), (x + 0.009, h - tall), (x - 0.009, h - tall)]], stone)
    dark = hazed(scene, tones.ink, 0.25)
    back.fill([box(x - 0.0125, h - tall * 0.62, x + 0.0125, h - tall * 0.42)], hazed(scene, tones.accent, 0.35), 0.8)
    back.fill(
        [
            box(x - 0.013, h - tall - 0.004, x + 0.013, h - tall),
            box(x - 0.007, h - tall - 0.022, x + 0.007, h - tall - 0.004),
        ],
        dark,
    )
    top = (x, h - tall - 0.012)
    if scene.lit > 0.02:
        for way in (-1, 1):
            beam = [top, (x + way * 1.6, top[1] - 0.13), (x + way * 1.6, top[1] + 0.02)]
            mask = polygons(back.view, [beam])
            if mask is not None:
                away = np.abs(back.view.columns()[mask.window[1]] - x)
                fall = (np.clip(1 - away / 0.9, 0, 1) ** 1.5).astype(np.float32)
                soft = blurred(mask, 0.004 * back.view.unit)
                back.cover(Mask(soft.x, soft.y, soft.coverage * fall), tones.lamp, 0.30 * scene.lit)
    lamp(back, scene, *top, 0.008)


def _columns(back: Canvas, scene: Scene, space: Space) -> None:
    """Lights of the far side on the water."""
    if scene.lit:
        rng = scene.rng("columns")
        for x in rng.uniform(-1.1, 1.1, 16):
            lamp_column(back, scene, (float(x), scene.horizon + 0.006), (0.006, float(rng.uniform(0.05, 0.13))))
        lamp_column(back, scene, (space.at(_EDGE - 3.4, 0, 9)[0], scene.horizon + 0.006), (0.010, 0.20))


def _boats(back: Canvas, scene: Scene, space: Space) -> None:
    """Fishing boats and yachts moored along the quay, far ones first."""
    tones, side = scene.tones, scene.side
    rng = scene.rng("boats")
    for distance, aside, long in ((5.5, -2.4, 1.9), (3.9, -2.6, 2.1), (2.7, -3.0, 2.2), (1.95, -2.75, 2.3)):
        thick = aerial(distance) * 0.8
        ink = hazed(scene, mix(tones.ink, tones.near, 0.15), thick)
        x, y = space.at(aside, -0.22, distance)
        length = space.size(long, distance)
        body = hull(x, y, length, -side)
        back.fill([(body - (0, y)) * (1, -0.8) + (0, y)], ink, 0.35)
        back.fill([body], Fade(mix(ink, hazed(scene, tones.accent, thick), 0.20), ink, y - length * 0.17, y))
        back.stroke(
            [[(x + side * 0.5 * length, y - 0.112 * length), (x - side * 0.55 * length, y - 0.172 * length)]],
            0.008 / distance,
            mix(ink, tones.horizon, 0.4),
        )
        mast = x - side * length * float(rng.uniform(-0.05, 0.15))
        tall = length * float(rng.uniform(0.75, 1.05))
        deck = y - length * 0.11
        back.stroke([[(mast, deck), (mast, deck - tall)]], 0.012 / distance, ink)
        stays = [[(mast, deck - tall), (x + k * length * 0.5, y - 0.12 * length)] for k in (-1, 1)]
        boom = [(mast, deck - tall * 0.16), (mast + side * length * 0.38, deck - tall * 0.14)]
        back.stroke([*stays, boom], 0.0016 if distance > 3 else 0.002, ink, 0.9)
        cabin = x + side * length * 0.16
        back.fill([box(cabin - length * 0.11, deck - length * 0.14, cabin + length * 0.11, deck + 0.004)], ink)
        panes = [
            box(
                cabin + k * length * 0.06 - length * 0.022,
                deck - length * 0.115,
                cabin + k * length * 0.06 + length * 0.022,
                deck - length * 0.07,
            )
            for k in (-1, 1)
        ]
        back.fill(panes, tones.lamp, 0.12 + 0.8 * scene.lit)
        lamp(back, scene, mast, deck - tall, 0.009 / distance, 0.8)


def _quay(mid: Canvas, scene: Scene, space: Space) -> None:
    tones, y = scene.tones, scene.horizon
    stone = mix(mix(tones.near, tones.mid, 0.32), tones.ink, 0.18)
    top = space.floor(_EDGE, 60, 0.2, 26)
    mid.fill([space.wall(_EDGE, -0.5, 0, 0.2, 26)], Fade(hazed(scene, tones.near, 0.5), tones.ink, y, y + 0.25))
    mid.fill([top], Fade(hazed(scene, mix(stone, tones.horizon, 0.2), 0.5), mix(stone, tones.ink, 0.5), y, y + 0.38))
    runs = [[space.at(a, 0, 0.3), space.at(a, 0, 18)] for a in np.arange(_EDGE + 0.75, 9, 0.75)]
    rows = [[space.at(_EDGE, 0, float(d)), space.at(30, 0, float(d))] for d in 1 / np.linspace(1 / 0.45, 1 / 9, 26)]
    mid.stroke([*runs, *rows], 0.0013, tones.ink, 0.30)
    mid.fill(
        [space.floor(_EDGE, _EDGE + 0.22, 0.2, 26)],
        Fade(hazed(scene, tones.mid, 0.4), mix(stone, tones.horizon, 0.22), y, y + 0.3),
        0.8,
    )
    if scene.weather == "rain":
        rng = scene.rng("puddles")
        for _ in range(8):
            x, py = space.at(float(rng.uniform(-0.4, 3)), 0, float(rng.uniform(0.8, 2.2)))
            mid.fill([disc(x, py, float(rng.uniform(0.03, 0.09)), 0.14, 40)], mix(tones.horizon, stone, 0.35), 0.6)


def _sheds(mid: Canvas, scene: Scene, space: Space) -> Surface:
    """Store houses along the landward side; a bill on the nearest wall."""
    tones, aside = scene.tones, 3.1
    cuts = (12.0, 7.2, 4.6, 3.0, 1.9)
    for number, (far, near) in enumerate(pairwise(cuts)):
        thick = aerial(near)
        wall = hazed(scene, mix(mix(tones.near, tones.mid, 0.45), tones.accent, 0.06 * (number % 2)), thick)
        tall = 1.65 + 0.25 * (number % 2)
        ridge_d = 2 / (1 / near + 1 / far)
        gable = [
            space.at(aside, 0, near),
            space.at(aside, tall, near),
            space.at(aside, tall + 0.6, ridge_d),
            space.at(aside, tall, far),
            space.at(aside, 0, far),
        ]
        mid.fill([gable], Fade(wall, mix(wall, tones.ink, 0.35), space.y - 0.2, space.y + 0.1))
        mid.fill(
            [
                [
                    space.at(aside, 0, near),
                    space.at(aside, tall, near),
                    space.at(aside + 6, tall, near),
                    space.at(aside + 6, 0, near),
                ]
            ],
            mix(wall, tones.ink, 0.30),
        )
        a, b = 1 / near, 1 / far
        door = space.wall(aside, 0, 1.15, 1 / (a + (b - a) * 0.35), 1 / (a + (b - a) * 0.68))
        mid.fill([door], mix(wall, tones.ink, 0.6))
        mid.fill(
            [space.wall(aside, 1.3, 1.55, 1 / (a + (b - a) * 0.42), 1 / (a + (b - a) * 0.6))],
            tones.lamp,
            0.1 + 0.8 * scene.lit * (number % 2),
        )
    wall = mix(mix(tones.near, tones.mid, 0.3), tones.ink, 0.35)
    mid.fill([space.front(aside + 0.5, aside + 1.5, 0, 1.1, 1.9)], mix(wall, tones.ink, 0.55))
    mid.stroke([[space.at(aside + 1.0, 0, 1.9), space.at(aside + 1.0, 1.1, 1.9)]], 0.002, tones.ink)
    panes = [space.front(aside + a, aside + a + 0.22, 1.25, 1.5, 1.9) for a in (0.55, 0.9, 1.25)]
    mid.fill(panes, mix(wall, tones.lamp, 0.15 + 0.75 * scene.lit))
    sheet = space.wall(aside * 0.998, 0.62, 1.3, 2.02, 2.26)
    mid.fill([sheet], mix(mix(tones.near, tones.pale, 0.45), tones.ink, 0.3 if scene.dark else 0.05))
    return Surface("poster", corners_of(sheet))


def _lamps(mid: Canvas, scene: Scene, space: Space) -> tuple[Light, ...]:
    tones, found = scene.tones, list[Light]()
    for distance in (8.0, 5.2, 3.5, 2.4, 1.65):
        colour = hazed(scene, tones.ink, aerial(distance))
        foot, head = space.at(_EDGE + 0.45, 0, distance), space.at(_EDGE + 0.45, 1.85, distance)
        mid.stroke([[foot, head]], 0.011 / distance, colour)
        arm = space.at(_EDGE + 0.18, 1.92, distance)
        mid.stroke([[head, arm]], 0.007 / distance, colour)
        lamp(mid, scene, arm[0], arm[1] + 0.01 / distance, 0.016 / distance)
        pool(
            mid,
            scene,
            space.at(_EDGE + 0.7, 0, distance),
            (space.size(1.0, distance), space.size(0.15, distance)),
            0.35 * scene.lit,
        )
        found.append((arm[0], arm[1] + 0.01 / distance, 0.016 / distance))
    return tuple(found)


def _things(mid: Canvas, scene: Scene, space: Space) -> None:
    """Bollards, a coil of rope, crates."""
    tones = scene.tones
    ink = mix(tones.ink, tones.near, 0.12)
    for distance in (4.2, 2.9, 2.0, 1.32, 0.93):
        x, y = space.at(_EDGE + 0.14, 0, distance)
        size = space.size(0.10, distance)
        colour = hazed(scene, ink, aerial(distance))
        mid.fill(
            [
                box(x - size * 0.55, y - size * 2.1, x + size * 0.55, y),
                disc(x, y - size * 2.2, size, 0.55, 30),
                disc(x, y, size * 0.8, 0.3, 24),
            ],
            colour,
        )
    for block in (
        Block(2.05, 2.6, 0, 0.42, 1.9, 0.5),
        Block(2.15, 2.5, 0.42, 0.74, 1.95, 0.35),
        Block(1.6, 1.95, 0, 0.3, 1.75, 0.35),
    ):
        contact_shadow(mid, space, Block(block.left, block.right, 0, 0, block.near, block.deep), tones.ink, 0.3)
        paint_block(mid, space, block, faces(scene, mix(mix(tones.near, tones.accent, 0.14), tones.ink, 0.3), 1.1))
        slats = [
            [space.at(block.left, u, block.near), space.at(block.right, u, block.near)]
            for u in np.linspace(block.low, block.high, 5)[1:-1]
        ]
        mid.stroke(slats, 0.0018, tones.ink, 0.6)
    x, y = space.at(-0.15, 0.02, 1.12)
    for k in range(3):
        mid.stroke(
            [disc(x, y - 0.007 * k, 0.040 - 0.003 * k, 0.3, 36)],
            0.006,
            mix(ink, tones.mid, 0.15 + 0.12 * k),
            closed=True,
        )


def _frame(near: Canvas, scene: Scene) -> None:
    """Rigging that hangs into the picture, and a mooring line."""
    ink, edge = scene.tones.ink, -scene.side * scene.aspect * 0.5
    ropes = [
        [(edge * 1.1, -0.1), (edge * 0.62, -0.15)],
        [(edge * 1.05, 0.42), (edge * 0.74, -0.1)],
        [(edge * 1.05, 0.62), (edge * 0.86, -0.1)],
    ]
    near.stroke(ropes, 0.005, ink)
    rungs = [
        [(edge * (1.02 - 0.02 * k), 0.38 - 0.09 * k), (edge * (0.97 - 0.028 * k), 0.40 - 0.09 * k)] for k in range(5)
    ]
    near.stroke(rungs, 0.004, ink)
