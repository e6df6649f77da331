"""A kitchen with a window over the sink."""

from __future__ import annotations

import numpy as np

from mvlocal.staging.paint.canvas import Canvas, Fade
from mvlocal.staging.paint.palette import Floats, mix
from mvlocal.staging.plates.interior_parts import (
    Light,
    Shell,
    ground_of,
    paint_casing,
    paint_floor,
    paint_outside,
    paint_picture,
    paint_tiles,
    paint_walls,
    pendant,
    pool,
    sun_patch,
)
from mvlocal.staging.plates.scene import Plate, Scene
from mvlocal.staging.plates.sky_parts import disc
from mvlocal.staging.plates.space_parts import Block, Points, Space, contact_shadow, faces, paint_block

_SHELL = Shell(-2.5, 2.2, 2.15, 1.4)
_WINDOW = (-0.72, 0.42, 0.74, 1.62)
"""Left, right, low, high on the end wall."""


def draw(scene: Scene) -> Plate:
    """Chequered floor, a counter with cupboards along the end wall, a table with its lamp, a cold cupboard."""
    back, mid, near = scene.backdrop(), scene.canvas(), scene.canvas()
    space = Space.of(scene, 0.15)
    left, right, low, high = _WINDOW
    hole = space.front(left, right, low, high, _SHELL.end)
    paint_outside(back, scene)
    wall = paint_walls(back, scene, space, _SHELL, [hole])
    paint_casing(back, scene, hole, (2, 2), 0.010)
    _curtain(back, scene, space, wall)
    picture = paint_picture(back, scene, space.front(-1.42, -1.04, 1.12, 1.52, _SHELL.end), "back")
    back.glow(tuple(hole.mean(axis=0).tolist()), 0.5, mix(scene.tones.horizon, wall, 0.3), 0.3)
    back.glow(space.at(-1.2, 1.0, _SHELL.end), 0.62, scene.tones.lamp, 0.24 * scene.lit)
    _floor(mid, scene, space)
    lights: list[Light] = []
    if not scene.has("empty"):
        _cupboards(back, mid, scene, space)
        _table(mid, scene, space)
        lights.append(_lamp(mid, scene, space))
        _frame(near, scene)
    return Plate(
        back,
        mid,
        near,
        tuple(lights),
        surface=picture,
        ground_y=space.at(0, 0, _SHELL.end)[1],
        ground=ground_of(space, _SHELL),
    )


def _floor(mid: Canvas, scene: Scene, space: Space) -> None:
    tones = scene.tones
    base = mix(tones.near, tones.mid, 0.25 if scene.dark else 0.45)
    paint_floor(mid, scene, space, _SHELL, base)
    y = space.at(0, 0, _SHELL.end)[1]
    paint_tiles(mid, space, _SHELL, 0.24, Fade(mix(base, tones.ink, 0.35), tones.ink, y, y + 0.5), 0.55)
    left, right, _, _ = _WINDOW
    middle = (left + right) / 2
    lean = -0.5
    quads = [
        np.array([space.at(a, 0, 1.12), space.at(b, 0, 1.12), space.at(b + lean, 0, 0.82), space.at(a + lean, 0, 0.82)])
        for a, b in ((left, middle - 0.02), (middle + 0.02, right))
    ]
    sun_patch(mid, scene, quads, 0.45)


def _curtain(back: Canvas, scene: Scene, space: Space, wall: Floats) -> None:
    """Half a curtain before the lower panes, on a rod, and a short one above."""
    tones = scene.tones
    left, right, low, high = _WINDOW
    cloth = mix(wall, tones.pale, 0.30)
    for fold in range(12):
        a = left + (right - left) * fold / 12
        b = a + (right - left) / 12
        tone = mix(cloth, tones.accent, 0.12) if fold % 2 else mix(cloth, tones.ink, 0.18)
        back.fill([space.front(a, b, high - 0.16, high + 0.03, _SHELL.end)], tone, 0.95)
    back.fill([space.front(left - 0.06, right + 0.06, low - 0.04, low, _SHELL.end)], mix(wall, tones.horizon, 0.4))


def _cupboards(back: Canvas, mid: Canvas, scene: Scene, space: Space) -> None:
    """The counter with its stove, shelves over it, and the cold cupboard at its end."""
    tones = scene.tones
    body = mix(mix(tones.near, tones.mid, 0.35), tones.ink, 0.25)
    end = _SHELL.end - 0.005
    counter = Block(-1.5, 1.05, 0, 0.52, 1.22, 0.55)
    paints = faces(scene, body)
    contact_shadow(mid, space, counter, tones.ink, 0.45)
    paint_block(mid, space, counter, paints)
    mid.fill([space.front(-1.52, 1.07, 0.495, 0.53, 1.217)], mix(body, tones.horizon, 0.35))
    mid.fill([space.front(-1.5, 1.05, 0, 0.05, 1.22)], tones.ink, 0.6)
    _doors(mid, scene, space, body)
    for a, b in ((-2.0, -1.52), (0.56, 1.06)):
        back.fill([space.front(a, b, 1.06, 1.62, end)], mix(body, tones.ink, 0.15))
        back.stroke([space.front(a, b, 1.06, 1.62, end)], 0.002, tones.ink, 0.6, closed=True)
    _on_counter(mid, scene, space)
    fridge = Block(1.12, 1.62, 0, 1.12, 1.2, 0.6)
    contact_shadow(mid, space, fridge, tones.ink, 0.5)
    pale = mix(mix(tones.mid, tones.pale, 0.30), tones.ink, 0.42 if scene.dark else 0.15)
    paint_block(mid, space, fridge, faces(scene, pale))
    mid.fill([space.front(1.12, 1.62, 0.745, 0.757, 1.2)], tones.ink, 0.6)
    mid.stroke([[space.at(1.17, u, 1.2) for u in pair] for pair in ((0.50, 0.70), (0.80, 0.92))], 0.004, tones.ink)


def _doors(mid: Canvas, scene: Scene, space: Space, body: Floats) -> None:
    tones = scene.tones
    for k in range(6):
        a = -1.5 + 2.55 * k / 6
        door = space.front(a + 0.03, a + 2.55 / 6 - 0.03, 0.08, 0.47, 1.22)
        mid.stroke([door], 0.0022, mix(body, tones.ink, 0.6), 0.8, closed=True)
        knob = space.at(a + (0.08 if k % 2 else 0.34), 0.40, 1.22)
        mid.fill([disc(*knob, 0.0035, points=12)], mix(body, tones.lamp, 0.5))
    oven = space.front(0.62, 1.0, 0.10, 0.40, 1.219)
    mid.fill([oven], tones.ink, 0.75)


def _on_counter(mid: Canvas, scene: Scene, space: Space) -> None:
    """A tap, a kettle, jars, a row of pans on hooks."""
    tones, ink = scene.tones, scene.tones.ink
    d, top = 1.3, 0.525
    tap = [space.at(a, u, d) for a, u in ((-0.1, top), (-0.1, 0.70), (-0.06, 0.74), (0.01, 0.74), (0.03, 0.69))]
    mid.stroke([tap], 0.006, ink)
    x, y = space.at(0.80, top, d)
    size = space.size(0.10, d)
    mid.fill([disc(x, y - size * 0.7, size * 0.8, 0.9), [(x - size, y - size * 0.3), (x - size * 1.6, y - size * 1.2),
             (x - size * 1.3, y - size * 1.3), (x - size * 0.5, y - size)]], ink)  # fmt: skip
    mid.stroke([disc(x, y - size * 1.6, size * 0.5, 0.8, 24)], 0.004, ink, closed=True)
    rng = scene.rng("jars")
    a = -1.42
    while a < -0.8:
        wide, tall = rng.uniform(0.05, 0.09), rng.uniform(0.09, 0.19)
        tone = mix(mix(tones.near, tones.accent, float(rng.uniform(0.1, 0.5))), ink, 0.45)
        mid.fill([space.front(a, a + wide, top, top + tall, d)], tone)
        a += wide + rng.uniform(0.02, 0.07)


def _table(mid: Canvas, scene: Scene, space: Space) -> None:
    tones = scene.tones
    dark = mix(tones.ink, tones.near, 0.25)
    wood = mix(mix(tones.near, tones.accent, 0.16), tones.ink, 0.35)
    board = Block(-1.72, -0.72, 0.42, 0.46, 0.92, 0.62)
    contact_shadow(mid, space, Block(-1.7, -0.74, 0, 0.1, 0.92, 0.6), tones.ink, 0.35)
    _chair(mid, scene, space, (-1.95, 1.02), -1)
    for aside, distance in ((-1.68, 1.09), (-0.79, 1.09), (-1.68, 0.93), (-0.79, 0.93)):
        mid.fill([space.front(aside, aside + 0.045, 0, 0.43, distance)], dark)
    paint_block(mid, space, board, faces(scene, wood))
    _chair(mid, scene, space, (-0.52, 0.98), 1)
    x, y = space.at(-1.3, 0.47, 1.0)
    size = space.size(0.06, 1.0)
    cup = [
        (x - size, y - size * 1.2),
        (x + size, y - size * 1.2),
        (x + size * 0.8, y + 0.004),
        (x - size * 0.8, y + 0.004),
    ]
    mid.fill([cup], mix(tones.ink, tones.pale, 0.25))
    mid.stroke([disc(x + size * 1.2, y - size * 0.6, size * 0.45, points=20)], 0.004, mix(tones.ink, tones.pale, 0.25),
               closed=True)  # fmt: skip


def _chair(mid: Canvas, scene: Scene, space: Space, at: tuple[float, float], way: int) -> None:
    """A chair from the side, its back towards `way`."""
    aside, d = at
    dark = mix(scene.tones.ink, scene.tones.near, 0.22)
    seat = 0.27
    legs: list[Points] = [space.front(aside + k, aside + k + 0.03, 0, seat, d) for k in (-0.13, 0.11)]
    tall = aside + (0.11 if way > 0 else -0.13)
    legs.append(space.front(tall, tall + 0.03, seat, 0.58, d))
    legs.append(space.front(aside - 0.14, aside + 0.15, seat, seat + 0.035, d))
    mid.fill(legs, dark)


def _lamp(mid: Canvas, scene: Scene, space: Space) -> Light:
    x, y = space.at(-1.2, 1.18, 1.0)
    light = pendant(mid, scene, (x, y), 1.0, space.size(0.16, 1.0))
    pool(mid, scene, space.at(-1.22, 0.46, 1.0), (space.size(0.42, 1.0), space.size(0.05, 1.0)), 0.6 * scene.lit)
    pool(mid, scene, space.at(-1.1, 0, 1.0), (space.size(1.4, 1.0), space.size(0.22, 1.0)), 0.22 * scene.lit)
    return light


def _frame(near: Canvas, scene: Scene) -> None:
    """The post of the door one looks through."""
    edge = scene.side * scene.aspect * 0.5
    x0, x1 = sorted((edge * 0.95, edge * 1.7))
    near.fill([[(x0, -1), (x1, -1), (x1, 2), (x0, 2)]], scene.tones.ink)
