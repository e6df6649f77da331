"""The nave of a church."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from mvlocal.staging.paint.canvas import Canvas, Fade, Mask, blurred, polygons
from mvlocal.staging.paint.palette import mix
from mvlocal.staging.plates.interior_parts import Light, Shell, paint_floor, paint_tiles, wall_tone
from mvlocal.staging.plates.scene import Plate, Scene
from mvlocal.staging.plates.sky_parts import disc, mist
from mvlocal.staging.plates.space_parts import Block, Points, Space, aerial, faces, paint_block

_SHELL = Shell(-3.4, 3.4, 6.0, 4.9)
_PIERS = (4.1, 3.3, 2.65, 2.1, 1.62, 1.22, 0.88)
_ROW = 1.75
"""How far aside the piers stand."""


def draw(scene: Scene) -> Plate:
    """Piers and arches to a tall window, shafts of light, pews on both sides of the aisle, candles."""
    back, mid, near = scene.backdrop(), scene.canvas(), scene.canvas()
    space = Space.of(scene, 0.12)
    _shell(back, scene, space)
    _window(back, scene, space)
    _arcades(back, scene, space)
    _shafts(back, scene, space)
    _floor(mid, scene, space)
    lights = _altar(mid, scene, space)
    if not scene.has("empty"):
        _pews(mid, scene, space)
    lights += _candles(mid, scene, space)
    _frame(near, scene)
    return Plate(back, mid, near, lights, ground_y=space.at(0, 0, _SHELL.end)[1])


def _shell(back: Canvas, scene: Scene, space: Space) -> None:
    tones, h = scene.tones, scene.horizon
    wall = mix(wall_tone(scene, 0.05), tones.ink, 0.18)
    back.sky([(-0.2, mix(wall, tones.ink, 0.62)), (h - 0.3, mix(wall, tones.ink, 0.2)), (h + 0.1, wall)])
    back.fill([space.front(-1.6, 1.6, 0, 5.2, _SHELL.end)], mix(wall, tones.haze, 0.18))
    turn = np.linspace(0, np.pi, 30)
    vault = [(_ROW * float(np.cos(t)), 3.6 + 1.5 * float(np.sin(t)) ** 0.8) for t in turn]
    ribs = [space.flat(vault, distance) for distance in _PIERS]
    back.stroke(ribs, 0.006, mix(wall, tones.ink, 0.45), 0.8)
    spine = [[space.at(0, 5.1, 0.6), space.at(0, 5.1, _SHELL.end)]]
    back.stroke(spine, 0.004, mix(wall, tones.ink, 0.45), 0.8)


def _lancet(space: Space, middle: float, half: float, span: tuple[float, float], distance: float) -> Points:
    """A pointed window that faces the camera; `span` is its sill and where its head begins."""
    low, spring = span
    rise = half * 1.9
    t = np.linspace(0, 1, 12)
    right = [
        (middle + half * float(np.cos(a * np.pi / 2)) ** 0.8, spring + rise * float(np.sin(a * np.pi / 2))) for a in t
    ]
    left = [(2 * middle - a, u) for a, u in reversed(right[:-1])]
    return space.flat([(middle - half, low), (middle + half, low), *right, *left], distance)


def _window(back: Canvas, scene: Scene, space: Space) -> None:
    """Three lancets and a rose in the end wall, of coloured glass."""
    tones, d = scene.tones, _SHELL.end
    day = {"night": 0.42, "dusk": 0.9, "dawn": 0.95}.get(scene.time, 1.0)
    light = mix(tones.near, mix(tones.light, tones.horizon, 0.3), day)
    x, y = space.at(0, 3.0, d)
    back.glow((x, y), 0.55, light, 0.50 * day)
    rng = scene.rng("glass")
    for middle, half, low, spring in ((-0.92, 0.30, 1.45, 2.7), (0.0, 0.40, 1.35, 3.1), (0.92, 0.30, 1.45, 2.7)):
        pane = _lancet(space, middle, half, (low, spring), d)
        top, foot = float(pane[:, 1].min()), float(pane[:, 1].max())
        back.fill([_lancet(space, middle, half + 0.05, (low - 0.05, spring), d)], mix(tones.ink, tones.near, 0.4))
        back.fill([pane], Fade(mix(light, tones.accent, 0.30), light, top, foot))
        shards = [
            space.front(middle + a, middle + a + half * 0.5, u, u + 0.16, d)
            for a in (-half * 0.9, -half * 0.2, half * 0.45)
            for u in np.arange(low, spring, 0.22)
            if rng.random() < 0.6
        ]
        for k, tone in enumerate((tones.accent, tones.mid, tones.pale)):
            back.fill(shards[k::3], mix(tone, light, 0.35), 0.55)
        bars = [
            [space.at(middle - half, u, d), space.at(middle + half, u, d)]
            for u in np.arange(low + 0.2, spring + 0.2, 0.27)
        ]
        bars.append([space.at(middle, low, d), space.at(middle, spring + half * 1.8, d)])
        back.stroke(bars, 0.0014, tones.ink, 0.75)
    rx, ry = space.at(0, 4.5, d)
    size = space.size(0.52, d)
    back.fill([disc(rx, ry, size * 1.15)], mix(tones.ink, tones.near, 0.4))
    back.fill([disc(rx, ry, size)], mix(light, tones.accent, 0.25))
    spokes = [
        [(rx, ry), (rx + size * float(np.cos(t)), ry + size * float(np.sin(t)))]
        for t in np.arange(0, 2 * np.pi, np.pi / 6)
    ]
    back.stroke([*spokes, disc(rx, ry, size * 0.45)], 0.0016, tones.ink, 0.75, closed=False)


def _arcades(back: Canvas, scene: Scene, space: Space) -> None:
    """Piers on both sides with pointed arches between them, far ones first."""
    tones = scene.tones
    stone = mix(wall_tone(scene, 0.06), tones.ink, 0.10)
    t = np.linspace(0, 1, 16)
    ends = (_SHELL.end, *_PIERS)
    for far, near in pairwise(ends):
        thick = 0.55 * aerial(near)
        colour = mix(mix(stone, tones.ink, 0.30), tones.haze, thick)
        for side in (-1, 1):
            aside = side * _ROW
            at = 1 / near + (1 / far - 1 / near) * t
            head = 2.25 + 0.75 * np.sin(np.pi * np.minimum(t, 1 - t)) ** 0.7
            arch = [space.at(aside, float(u), 1 / float(k)) for u, k in zip(head, at, strict=True)]
            wall = np.array([*arch, space.at(aside, 4.2, far), space.at(aside, 4.2, near)])
            back.fill([wall], Fade(mix(colour, tones.ink, 0.4), colour, space.y - 0.55, space.y - 0.1))
            _pier(back, scene, space, _Pier(aside, near, thick))


class _Pier:
    """One pier: aside, distance, share of air before it."""

    __slots__ = ("aside", "distance", "thick")

    def __init__(self, aside: float, distance: float, thick: float) -> None:
        self.aside, self.distance, self.thick = aside, distance, thick


def _pier(back: Canvas, scene: Scene, space: Space, pier: _Pier) -> None:
    tones, d, half = scene.tones, pier.distance, 0.17
    stone = mix(mix(wall_tone(scene, 0.08), tones.horizon, 0.08), tones.haze, pier.thick)
    shaft = space.front(pier.aside - half, pier.aside + half, 0, 2.35, d)
    back.fill([shaft], mix(stone, tones.ink, 0.25))
    inner = -1 if pier.aside > 0 else 1
    lit = space.front(pier.aside + inner * half * 0.2, pier.aside + inner * half, 0, 2.35, d)
    back.fill([lit], stone)
    caps = [
        space.front(pier.aside - half * k, pier.aside + half * k, u, u + 0.09, d)
        for k, u in ((1.35, 2.28), (1.2, 2.2), (1.3, 0.0), (1.15, 0.08))
    ]
    back.fill(caps, mix(stone, tones.ink, 0.12))
    back.fill(
        [space.front(pier.aside - half * 0.5, pier.aside + half * 0.5, 2.35, 4.2, d)], mix(stone, tones.ink, 0.35)
    )


def _shafts(back: Canvas, scene: Scene, space: Space) -> None:
    """Light from high windows on the weighted side, slanting across the nave."""
    strength = {"dawn": 0.20, "morning": 0.26, "noon": 0.16, "afternoon": 0.24, "dusk": 0.18, "night": 0.07}[scene.time]
    strength *= 1 - 0.8 * scene.veiled
    for distance in (4.0, 3.2, 2.5, 1.95):
        top, foot = space.at(2.2, 4.6, distance), space.at(-1.1, 0.2, distance)
        wide = space.size(0.26, distance)
        beam = [
            (top[0] - wide, top[1]),
            (top[0] + wide, top[1]),
            (foot[0] + wide * 1.9, foot[1]),
            (foot[0] - wide * 1.9, foot[1]),
        ]
        mask = polygons(back.view, [beam])
        if mask is None:
            continue
        soft = blurred(mask, 0.007 * back.view.unit)
        rows = back.view.rows()[mask.window[0]]
        fall = np.clip(1.1 - (rows - top[1]) / (foot[1] - top[1] + 0.02), 0, 1).astype(np.float32)[:, None]
        back.cover(Mask(soft.x, soft.y, soft.coverage * fall), scene.tones.light, strength)


def _floor(mid: Canvas, scene: Scene, space: Space) -> None:
    tones = scene.tones
    base = mix(mix(tones.near, tones.mid, 0.2 if scene.dark else 0.4), tones.ink, 0.15)
    paint_floor(mid, scene, space, Shell(-9, 9, 1, _SHELL.end), base)
    y = space.at(0, 0, _SHELL.end)[1]
    paint_tiles(
        mid, space, Shell(-8, 8, 1, _SHELL.end), 0.5, Fade(mix(base, tones.ink, 0.3), tones.ink, y, y + 0.4), 0.4
    )
    carpet = mix(mix(tones.accent, tones.ink, 0.55), base, 0.25)
    mid.fill(
        [space.floor(-0.46, 0.46, 0.2, _SHELL.end - 0.6)],
        Fade(mix(carpet, tones.haze, 0.15), mix(carpet, tones.ink, 0.4), y, y + 0.4),
    )
    edge = mix(carpet, tones.lamp, 0.35)
    mid.fill([space.floor(a - 0.02, a + 0.02, 0.2, _SHELL.end - 0.6) for a in (-0.41, 0.41)], edge, 0.6)
    mist(mid, scene, y - 0.005, 0.02, 0.0)


def _altar(mid: Canvas, scene: Scene, space: Space) -> tuple[Light, ...]:
    tones = scene.tones
    for up, near in ((0.12, 4.0), (0.24, 4.2)):
        paint_block(
            mid, space, Block(-1.5, 1.5, up - 0.12, up, near, 1.2), faces(scene, mix(tones.near, tones.mid, 0.5), 1.6)
        )
    cloth = mix(mix(tones.mid, tones.pale, 0.45), tones.ink, 0.35 if scene.dark else 0.05)
    mid.fill([space.front(-0.6, 0.6, 0.24, 0.78, 4.4)], cloth)
    cross = [space.front(-0.03, 0.03, 0.78, 1.5, 4.4), space.front(-0.18, 0.18, 1.2, 1.26, 4.4)]
    mid.fill(cross, tones.ink)
    found: list[Light] = []
    for aside in (-0.48, -0.3, 0.3, 0.48):
        x, y = space.at(aside, 1.02, 4.4)
        mid.stroke([[(x, y), space.at(aside, 0.78, 4.4)]], 0.002, tones.pale, 0.8)
        found.append(_flame(mid, scene, (x, y), 0.0035))
    return tuple(found)


def _flame(mid: Canvas, scene: Scene, at: tuple[float, float], size: float) -> Light:
    """A candle's flame; candles burn by day too, unless the story put them out."""
    x, y = at
    burning = 0.0 if scene.has("dark") else max(scene.lit, 0.5)
    if burning:
        mid.glow((x, y - size), size * 14, scene.tones.lamp, 0.5 * burning)
        mid.fill([disc(x, y - size, size * 0.62, 1.7, 16)], mix(scene.tones.lamp, scene.tones.light, 0.5), burning)
    return x, y - size, size


def _pews(mid: Canvas, scene: Scene, space: Space) -> None:
    tones = scene.tones
    wood = mix(mix(tones.near, tones.accent, 0.12), tones.ink, 0.45)
    for distance in np.geomspace(3.5, 0.86, 12):
        d = float(distance)
        thick = 0.6 * aerial(d)
        for side in (-1, 1):
            inner, outer = side * 0.62, side * 3.2
            left, right = min(inner, outer), max(inner, outer)
            colour = mix(wood, tones.haze, thick)
            mid.fill([space.floor(left, right, d, space.beyond(d, 0.45), 0.27)], mix(colour, tones.ink, 0.3))
            mid.fill(
                [space.front(left, right, 0.08, 0.50, d)],
                Fade(colour, mix(colour, tones.ink, 0.55), space.at(0, 0.5, d)[1], space.at(0, 0, d)[1]),
            )
            mid.fill([space.front(left, right, 0.485, 0.525, d)], mix(colour, tones.horizon, 0.22))
            end = space.front(inner - 0.05, inner + 0.05, 0, 0.58, d * 0.995)
            mid.fill([end], mix(colour, tones.ink, 0.3))


def _candles(mid: Canvas, scene: Scene, space: Space) -> tuple[Light, ...]:
    """A stand of small candles by the nearest pier."""
    ink, d = mix(scene.tones.ink, scene.tones.near, 0.15), 1.3
    base = -0.98 if scene.aspect > 1.2 else -0.8
    mid.stroke([[space.at(base, 0, d), space.at(base, 0.62, d)]], 0.006, ink)
    found: list[Light] = []
    for row, (up, half) in enumerate(((0.56, 0.22), (0.66, 0.15))):
        mid.stroke([[space.at(base - half, up, d), space.at(base + half, up, d)]], 0.005, ink)
        for a in np.linspace(base - half, base + half, 6 - row):
            x, y = space.at(float(a), up + 0.07, d)
            mid.stroke([[(x, y), space.at(float(a), up, d)]], 0.004, scene.tones.pale, 0.7)
            found.append(_flame(mid, scene, (x, y), 0.006))
    return tuple(found)


def _frame(near: Canvas, scene: Scene) -> None:
    """The back of the last pew."""
    ink, edge = scene.tones.ink, scene.side * scene.aspect * 0.5
    x0, x1 = sorted((edge * 0.62, edge * 2))
    near.fill([[(x0, 0.955), (x1, 0.955), (x1, 2), (x0, 2)]], ink)
    inner = edge * 0.62
    near.fill(
        [
            [(inner - 0.018, 0.93), (inner + 0.018, 0.93), (inner + 0.018, 2), (inner - 0.018, 2)],
            disc(inner, 0.925, 0.028, 0.8),
        ],
        ink,
    )
