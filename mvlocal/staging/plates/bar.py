"""A bar late in the evening."""

from __future__ import annotations

import numpy as np

from mvlocal.staging.paint.canvas import Canvas, Fade
from mvlocal.staging.paint.palette import Floats, mix
from mvlocal.staging.plates.interior_parts import (
    Light,
    Shell,
    corners_of,
    ground_of,
    inset,
    paint_boards,
    paint_floor,
    paint_walls,
    pendant,
    pool,
)
from mvlocal.staging.plates.scene import Plate, Scene, Surface
from mvlocal.staging.plates.sky_parts import disc
from mvlocal.staging.plates.space_parts import Block, Points, Space, contact_shadow, faces, paint_block

_SHELL = Shell(-2.8, 2.4, 2.05, 1.62)
_COUNTER = Block(-1.9, 1.6, 0, 0.62, 1.2, 0.42)


def draw(scene: Scene) -> Plate:
    """Bottles before a lit mirror, the counter with its stools, lamps over it, a small table, a screen."""
    back, mid, near = scene.backdrop(), scene.canvas(), scene.canvas()
    space = Space.of(scene, 0.0)
    wall = paint_walls(back, scene, space, _SHELL)
    _shelves(back, scene, space, wall)
    screen = _screen(back, scene, space)
    _window(back, scene, space)
    board = mix(mix(scene.tones.near, scene.tones.accent, 0.10), scene.tones.ink, 0.42)
    paint_floor(mid, scene, space, _SHELL, board)
    paint_boards(mid, space, _SHELL, 0.26, scene.tones.ink, 0.5)
    lights: tuple[Light, ...] = ()
    _counter(mid, scene, space)
    lights = _lamps(mid, scene, space)
    if not scene.has("empty"):
        _stools(mid, scene, space)
        _table(mid, scene, space)
    _frame(near, scene)
    return Plate(
        back, mid, near, lights, surface=screen, ground_y=space.at(0, 0, _SHELL.end)[1], ground=ground_of(space, _SHELL)
    )


def _glow(scene: Scene) -> float:
    """A bar has its own evening: its lamps burn by day too, unless the story put them out."""
    return 0.0 if scene.has("dark") else max(scene.lit, 0.45)


def _shelves(back: Canvas, scene: Scene, space: Space, wall: Floats) -> None:
    tones, d, lit = scene.tones, _SHELL.end, _glow(scene)
    left, right = -1.45, 1.0
    mirror = space.front(left, right, 0.62, 1.56, d)
    back.fill([space.front(left - 0.06, right + 0.06, 0.55, 1.64, d)], mix(wall, tones.ink, 0.62))
    low, high = float(mirror[:, 1].max()), float(mirror[:, 1].min())
    warm = mix(mix(tones.near, tones.mid, 0.4), mix(tones.accent, tones.lamp, 0.45), 0.55 * lit)
    back.fill([mirror], Fade(mix(warm, tones.ink, 0.35), warm, high, low))
    rng = scene.rng("bottles")
    for up in (0.66, 0.97, 1.28):
        back.glow(space.at((left + right) / 2, up + 0.1, d), 0.30, tones.lamp, 0.16 * lit)
        bottles: list[Points] = []
        pale: list[Points] = []
        a = left + 0.05
        while a < right - 0.06:
            wide, tall = float(rng.uniform(0.035, 0.06)), float(rng.uniform(0.13, 0.23))
            neck = wide * 0.3
            m = a + wide / 2
            shape = space.flat([(a, up), (a, up + tall * 0.6), (m - neck, up + tall * 0.72), (m - neck, up + tall),
                                (m + neck, up + tall), (m + neck, up + tall * 0.72), (a + wide, up + tall * 0.6),
                                (a + wide, up)], d)  # fmt: skip
            (pale if rng.random() < 0.28 else bottles).append(shape)
            a += wide + float(rng.uniform(0.008, 0.04))
        back.fill(bottles, mix(tones.ink, tones.near, 0.2), 0.92)
        back.fill(pale, mix(tones.accent, tones.ink, 0.45), 0.85)
        back.fill([space.front(left, right, up - 0.03, up, d)], mix(tones.ink, tones.near, 0.15))
        back.stroke([[space.at(left, up, d), space.at(right, up, d)]], 0.0016, tones.lamp, 0.6 * lit)


def _screen(back: Canvas, scene: Scene, space: Space) -> Surface:
    tones = scene.tones
    quad = space.front(1.22, 2.02, 1.08, 1.56, _SHELL.end)
    back.fill([quad], tones.ink)
    face = inset(quad, 0.07)
    back.fill([face], mix(mix(tones.mid, tones.sky, 0.5), tones.pale, 0.3), 0.25 + 0.55 * _glow(scene))
    back.glow((float(face[:, 0].mean()), float(face[:, 1].mean())), 0.2, tones.sky, 0.25 * _glow(scene))
    return Surface("screen", corners_of(face), "back")


def _window(back: Canvas, scene: Scene, space: Space) -> None:
    """A street window in the side wall, with a sign of bent glass."""
    tones = scene.tones
    aside = _SHELL.left * 0.995
    pane = mix(mix(tones.near, tones.zenith, 0.6), tones.horizon, 0.3 if scene.dark else 0.85)
    y = space.y
    back.fill([space.wall(aside, 0.55, 1.5, 1.0, 1.44)], tones.ink)
    back.fill([space.wall(aside, 0.6, 1.45, 1.03, 1.40)], Fade(mix(pane, tones.sky, 0.4), pane, y - 0.2, y + 0.1))
    bars = [
        [space.at(aside, 0.6, 1.19), space.at(aside, 1.45, 1.19)],
        [space.at(aside, 1.18, 1.18), space.at(aside, 1.03, 1.40)],
    ]
    back.stroke(bars, 0.006, tones.ink)
    turn = np.linspace(0, 2 * np.pi, 40)
    ring = np.array(
        [space.at(-2.15 + 0.27 * float(np.cos(t)), 1.30 + 0.2 * float(np.sin(t)), _SHELL.end) for t in turn]
    )
    dash = [
        space.at(-2.29, 1.30, _SHELL.end),
        space.at(-2.2, 1.36, _SHELL.end),
        space.at(-2.1, 1.25, _SHELL.end),
        space.at(-2.01, 1.31, _SHELL.end),
    ]
    lit = _glow(scene)
    back.stroke([ring, np.array(dash)], 0.006, mix(tones.near, tones.accent, 0.3 + 0.7 * lit))
    back.glow(space.at(-2.15, 1.3, _SHELL.end), 0.26, tones.accent, 0.42 * lit)


def _counter(mid: Canvas, scene: Scene, space: Space) -> None:
    tones, block = scene.tones, _COUNTER
    wood = mix(mix(tones.near, tones.accent, 0.14), tones.ink, 0.5)
    contact_shadow(mid, space, block, tones.ink, 0.5)
    paint_block(mid, space, block, faces(scene, wood))
    top = space.front(block.left - 0.05, block.right + 0.05, 0.585, 0.635, block.near * 0.99)
    mid.fill([top], mix(wood, tones.lamp, 0.18 + 0.30 * _glow(scene)))
    panels = [
        space.front(a + 0.04, a + 0.40, 0.10, 0.52, block.near)
        for a in np.arange(block.left, block.right - 0.3, 0.4375)
    ]
    mid.stroke(panels, 0.0022, mix(wood, tones.horizon, 0.25), 0.7, closed=True)
    rail = [[space.at(block.left, 0.12, block.near * 0.98), space.at(block.right, 0.12, block.near * 0.98)]]
    mid.stroke(rail, 0.004, mix(tones.mid, tones.lamp, 0.5))
    for aside, kind in ((-1.4, 0), (-0.35, 1), (0.95, 0), (1.15, 1)):
        x, y = space.at(aside, 0.63, 1.27)
        size = space.size(0.03, 1.27)
        glass = box_glass(x, y, size, tall=2.6 if kind else 1.7)
        mid.fill([glass], mix(tones.lamp, tones.mid, 0.35), 0.65)


def box_glass(x: float, y: float, size: float, tall: float) -> Points:
    """A glass that widens upwards."""
    return np.array(
        [(x - size, y - size * tall), (x + size, y - size * tall), (x + size * 0.75, y), (x - size * 0.75, y)]
    )


def _lamps(mid: Canvas, scene: Scene, space: Space) -> tuple[Light, ...]:
    found: list[Light] = []
    lit = _glow(scene)
    for aside in (-1.5, -0.75, 0.0, 0.75, 1.5):
        foot = space.at(aside, 1.36, 1.27)
        x, y, size = pendant(mid, scene, foot, 0.9, space.size(0.10, 1.27))
        if lit > scene.lit:
            mid.glow((x, y), size * 5, scene.tones.lamp, 0.4 * lit)
        pool(mid, scene, space.at(aside, 0.635, 1.27), (space.size(0.30, 1.27), space.size(0.03, 1.27)), 0.55 * lit)
        found.append((x, y, size))
    for aside in (-1.0, 0.4):
        pool(mid, scene, space.at(aside, 0, 1.08), (space.size(1.5, 1.2), space.size(0.16, 1.2)), 0.20 * lit)
    return tuple(found)


def _stools(mid: Canvas, scene: Scene, space: Space) -> None:
    ink = mix(scene.tones.ink, scene.tones.near, 0.12)
    for aside in (-1.55, -1.0, -0.45, 1.2):
        d = 1.1
        x, y = space.at(aside, 0.44, d)
        _, foot = space.at(aside, 0, d)
        half = space.size(0.12, d)
        mid.fill([disc(x, foot, half * 0.9, 0.18, 24)], scene.tones.ink, 0.5)
        mid.fill(
            [
                disc(x, y, half, 0.26, 24),
                [(x - half, y), (x + half, y), (x + half * 0.9, y + half * 0.4), (x - half * 0.9, y + half * 0.4)],
            ],
            ink,
        )
        legs = [[(x + k * half * 0.5, y), (x + k * half * 0.95, foot)] for k in (-1, -0.3, 0.3, 1)]
        ring = [(x - half * 0.7, y + (foot - y) * 0.62), (x + half * 0.7, y + (foot - y) * 0.62)]
        mid.stroke([*legs, ring], 0.0042, ink)
        mid.fill([disc(x, y - half * 0.05, half * 0.9, 0.2, 24)], mix(ink, scene.tones.lamp, 0.30 * _glow(scene)))


def _table(mid: Canvas, scene: Scene, space: Space) -> None:
    """A round table with a candle in a glass."""
    tones = scene.tones
    ink = mix(tones.ink, tones.near, 0.15)
    aside, d = -1.75 * min(scene.aspect / 1.78, 1.0) - 0.35, 0.92
    x, y = space.at(aside, 0.44, d)
    _, foot = space.at(aside, 0, d)
    half = space.size(0.34, d)
    mid.fill([disc(x, foot, half * 0.7, 0.16, 30)], ink)
    mid.fill([[(x - 0.008, y), (x + 0.008, y), (x + 0.008, foot), (x - 0.008, foot)]], ink)
    mid.fill([disc(x, y + 0.008, half, 0.20)], ink)
    mid.fill([disc(x, y, half, 0.20)], mix(mix(tones.near, tones.accent, 0.15), tones.ink, 0.25))
    lit = _glow(scene)
    mid.fill([box_glass(x, y, 0.013, 2.2)], mix(tones.lamp, tones.accent, 0.4), 0.4 + 0.6 * lit)
    mid.glow((x, y - 0.016), 0.15, tones.lamp, 0.5 * lit)


def _frame(near: Canvas, scene: Scene) -> None:
    """Somebody's bottle and glass on the table one sits at."""
    x, ink = scene.side * scene.aspect * 0.40, scene.tones.ink
    bottle = [
        (x - 0.03, 1.2),
        (x - 0.03, 0.90),
        (x - 0.011, 0.865),
        (x - 0.011, 0.80),
        (x + 0.011, 0.80),
        (x + 0.011, 0.865),
        (x + 0.03, 0.90),
        (x + 0.03, 1.2),
    ]
    near.fill([bottle, box_glass(x + scene.side * 0.085, 1.1, 0.032, 4.6)], ink)
    near.fill([[(-3, 1.005), (3, 1.005), (3, 2), (-3, 2)]], ink)
