"""A flat roof high over a city."""

from __future__ import annotations

import numpy as np

from mvlocal.staging.paint.canvas import Canvas, Fade
from mvlocal.staging.paint.palette import mix
from mvlocal.staging.plates.city_parts import lamp, paint_towers, paint_windows, tower_row
from mvlocal.staging.plates.interior_parts import Light, corners_of, inset, pool
from mvlocal.staging.plates.land_parts import hazed, layered
from mvlocal.staging.plates.scene import Plate, Scene, Surface
from mvlocal.staging.plates.sky_parts import disc, mist, paint_sky
from mvlocal.staging.plates.space_parts import Block, Space, contact_shadow, faces, paint_block

_EDGE = 2.3
"""Distance of the parapet."""


def draw(scene: Scene) -> Plate:
    """Tarred roof with a low parapet, a stair hut with its lamp, chimneys, a water tank, the city beyond and below."""
    back, mid, near = scene.backdrop(), scene.canvas(), scene.canvas()
    space = Space.of(scene, -0.25)
    paint_sky(back, scene, 0.6)
    _city(back, scene)
    board = _billboard(back, scene, space)
    _roof(mid, scene, space)
    _tank(mid, scene, space)
    light = _hut(mid, scene, space)
    _chimneys(mid, scene, space)
    _frame(near, scene)
    edge = space.at(0, 0, _EDGE)[1]
    return Plate(back, mid, near, light, clouds=0.6, surface=board, ground_y=edge)


def _city(back: Canvas, scene: Scene) -> None:
    h, tones = scene.horizon, scene.tones
    rows = ((0.03, 0.15, (0.025, 0.06), 0.80), (0.08, 0.24, (0.035, 0.08), 0.56), (0.20, 0.30, (0.05, 0.12), 0.30))
    for number, (drop, tall, wide, distance) in enumerate(rows):
        towers = tower_row(scene.rng(f"row {number}"), h + drop, 0.03, tall, wide)
        roof = min(tower.roof for tower in towers)
        paint = layered(scene, mix(tones.mid, tones.near, 0.2 * number), roof, h + 0.14 - roof, distance)
        paint_towers(back, towers, scene.rng(f"roofs {number}"), paint, 0.012 + 0.003 * number)
        paint_windows(
            back, scene, towers, f"windows {number}", 0.010 + 0.003 * number, (0.4 + 0.2 * number) * scene.lit
        )
        mist(back, scene, h + 0.05 + 0.02 * number, 0.08, 0.45 - 0.1 * number)


def _billboard(back: Canvas, scene: Scene, space: Space) -> Surface:
    """A board on stilts upon a neighbouring roof."""
    tones = scene.tones
    d = 3.6
    board = space.front(-3.3, -1.75, 1.35, 2.35, d)
    dark = hazed(scene, tones.ink, 0.35)
    legs = [[space.at(a, 0.2, d), space.at(a, 1.4, d)] for a in (-3.1, -2.5, -1.95)]
    braces = [[space.at(-3.1, 0.4, d), space.at(-2.5, 1.35, d)], [space.at(-2.5, 0.4, d), space.at(-1.95, 1.35, d)]]
    back.stroke([*legs, *braces], 0.0036, dark)
    back.fill([space.front(-3.9, -1.2, -1.2, 0.35, d)], hazed(scene, mix(tones.mid, tones.near, 0.5), 0.30))
    back.fill([board], dark)
    face = inset(board, 0.05)
    back.fill([face], mix(hazed(scene, mix(tones.mid, tones.pale, 0.35), 0.2), tones.lamp, 0.35 * scene.lit))
    middle = face.mean(axis=0)
    back.fill([disc(float(middle[0]), float(middle[1]), 0.035)], mix(tones.accent, tones.mid, 0.3), 0.7)
    if scene.lit:
        back.glow((float(middle[0]), float(middle[1])), 0.22, tones.lamp, 0.25 * scene.lit)
    return Surface("poster", corners_of(face), "back")


def _roof(mid: Canvas, scene: Scene, space: Space) -> None:
    tones = scene.tones
    tar = mix(mix(tones.near, tones.mid, 0.22), tones.ink, 0.25)
    y = space.at(0, 0, _EDGE)[1]
    mid.fill([space.floor(-14, 14, 0.2, _EDGE)], Fade(hazed(scene, tar, 0.12), mix(tar, tones.ink, 0.45), y, y + 0.36))
    seams = [[space.at(a, 0, 0.3), space.at(a, 0, _EDGE)] for a in np.arange(-9, 9.1, 0.75)]
    laps = [[space.at(-14, 0, d), space.at(14, 0, d)] for d in (0.78, 1.02, 1.34, 1.75)]
    mid.stroke([*seams, *laps], 0.0016, tones.ink, 0.42)
    if scene.weather == "rain":
        shine = mix(tones.horizon, tar, 0.35)
        rng = scene.rng("puddles")
        for _ in range(7):
            x, py = space.at(float(rng.uniform(-4, 4)), 0, float(rng.uniform(0.8, 1.9)))
            mid.fill([disc(x, py, float(rng.uniform(0.04, 0.11)), 0.13, 40)], shine, 0.6)
    wall = mix(tones.near, tones.ink, 0.35)
    mid.fill([space.front(-14, 14, 0, 0.30, _EDGE)], Fade(wall, mix(wall, tones.ink, 0.5), y - 0.06, y))
    mid.fill([space.floor(-14, 14, _EDGE, space.beyond(_EDGE, 0.3), 0.30)], mix(wall, tones.horizon, 0.40))
    mid.stroke([[space.at(-14, 0.3, _EDGE), space.at(14, 0.3, _EDGE)]], 0.0018, mix(wall, tones.horizon, 0.55), 0.8)


def _tank(mid: Canvas, scene: Scene, space: Space) -> None:
    """A water tank on legs, against the sky."""
    tones = scene.tones
    d, middle = 1.9, -1.15 - 1.0 * min(scene.aspect / 1.78, 1.0)
    body = mix(tones.ink, tones.near, 0.22)
    half = 0.52
    legs = [
        [space.at(middle + k * half, 0, d), space.at(middle + k * half * 0.92, 0.95, d)] for k in (-0.9, -0.3, 0.3, 0.9)
    ]
    cross = [
        [space.at(middle + a * half, 0.1, d), space.at(middle + b * half, 0.9, d)]
        for a, b in ((-0.9, 0.3), (0.3, -0.9), (-0.3, 0.9), (0.9, -0.3))
    ]
    mid.stroke(legs, 0.007, body)
    mid.stroke(cross, 0.003, body)
    left, right = middle - half, middle + half
    mid.fill([space.front(left, right, 0.92, 1.92, d)], body)
    mid.fill([space.flat([(left - 0.05, 1.9), (middle, 2.28), (right + 0.05, 1.9)], d)], mix(body, tones.ink, 0.4))
    staves = [[space.at(a, 0.94, d), space.at(a, 1.9, d)] for a in np.linspace(left, right, 11)]
    hoops = [[space.at(left, u, d), space.at(right, u, d)] for u in (1.05, 1.35, 1.65, 1.85)]
    mid.stroke(staves, 0.0012, tones.ink, 0.6)
    mid.stroke(hoops, 0.0022, mix(body, tones.horizon, 0.28), 0.7)


def _hut(mid: Canvas, scene: Scene, space: Space) -> tuple[Light, ...]:
    """The stair's door out onto the roof, a lamp over it."""
    tones = scene.tones
    shift = 2.0 * min(scene.aspect / 1.78, 1.0) - 0.35
    hut = Block(shift, shift + 1.3, 0, 1.45, 1.75, 1.4)
    contact_shadow(mid, space, hut, tones.ink, 0.4)
    wall = mix(mix(tones.near, tones.mid, 0.35), tones.ink, 0.2)
    paint_block(mid, space, hut, faces(scene, wall, 1.2))
    mid.fill([space.front(shift - 0.05, shift + 1.35, 1.42, 1.5, 1.74)], mix(wall, tones.ink, 0.5))
    door = space.front(shift + 0.18, shift + 0.68, 0, 1.1, 1.745)
    mid.fill([door], mix(mix(tones.ink, tones.accent, 0.14), tones.lamp, 0.35 * scene.lit))
    mid.fill([space.front(shift + 0.30, shift + 0.56, 0.68, 0.96, 1.744)], tones.lamp, 0.15 + 0.85 * scene.lit)
    x, y = space.at(shift + 0.43, 1.24, 1.74)
    lamp(mid, scene, x, y, 0.011)
    pool(mid, scene, space.at(shift + 0.43, 0, 1.6), (space.size(0.9, 1.6), space.size(0.14, 1.6)), 0.45 * scene.lit)
    return ((x, y, 0.011),)


def _chimneys(mid: Canvas, scene: Scene, space: Space) -> None:
    tones = scene.tones
    brick = mix(tones.ink, tones.near, 0.35)
    blocks = (
        Block(-0.75, -0.32, 0, 0.86, 2.1, 0.5),
        Block(0.15, 0.5, 0, 0.34, 1.9, 0.4),
        Block(-3.1, -2.6, 0, 0.3, 1.3, 0.6),
    )
    for block in blocks:
        contact_shadow(mid, space, block, tones.ink, 0.4)
        paint_block(mid, space, block, faces(scene, brick, 1.0))
    sky = Block(-3.1, -2.6, 0, 0.3, 1.3, 0.6)
    glass = space.floor(sky.left + 0.05, sky.right - 0.05, 1.31, space.beyond(1.3, 0.55), 0.3)
    mid.fill([glass], mix(mix(tones.mid, tones.horizon, 0.5), tones.lamp, scene.lit), 0.35 + 0.6 * scene.lit)
    mid.glow(space.at(-2.85, 0.4, 1.38), 0.12, tones.lamp, 0.35 * scene.lit)
    pots = [space.front(a, a + 0.10, 0.86, 1.06, 2.12) for a in (-0.70, -0.58, -0.46)]
    mid.fill(pots, tones.ink)
    mast = space.at(0.32, 0.3, 1.95)
    top = space.at(0.32, 1.75, 1.95)
    bars = [
        [space.at(0.32 - k, u, 1.95), space.at(0.32 + k, u, 1.95)] for k, u in ((0.2, 1.7), (0.16, 1.55), (0.12, 1.4))
    ]
    mid.stroke([[mast, top], *bars], 0.003, tones.ink)


def _frame(near: Canvas, scene: Scene) -> None:
    """Wires that cross the picture, and the head of a vent."""
    ink, x = scene.tones.ink, np.linspace(-2.4, 2.4, 60)
    for drop in (0.0, 0.05):
        y = 0.11 + drop + 0.05 * (x * scene.side * 0.5 + 0.2) ** 2 - 0.04 * x * scene.side
        near.stroke([np.stack([x, y], axis=1)], 0.004, ink, 0.9)
    edge = scene.side * scene.aspect * 0.44
    near.fill(
        [[(edge - 0.03, 2), (edge - 0.03, 0.94), (edge + 0.03, 0.94), (edge + 0.03, 2)], disc(edge, 0.93, 0.05, 0.6)],
        ink,
    )
