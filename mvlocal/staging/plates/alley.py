"""A narrow alley between brick walls."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from mvlocal.staging.paint.canvas import Canvas, Fade, polygons
from mvlocal.staging.paint.palette import mix
from mvlocal.staging.plates.city_parts import Points, box, lamp
from mvlocal.staging.plates.interior_parts import Light, Shell, corners_of, ground_of, inset, pool
from mvlocal.staging.plates.land_parts import hazed
from mvlocal.staging.plates.scene import Plate, Scene, Surface
from mvlocal.staging.plates.sky_parts import Mirror, mist, paint_sky, reflect
from mvlocal.staging.plates.space_parts import Block, Space, aerial, contact_shadow, faces, paint_block

_LEFT, _RIGHT = -1.25, 1.25
_CUTS = (9.0, 6.2, 4.4, 3.1, 2.2, 1.55, 1.1, 0.75, 0.16)


def draw(scene: Scene) -> Plate:
    """Walls that close in on a bright gap, fire escapes, washing across, a lamp over a door, a wet gutter."""
    back, mid, near = scene.backdrop(), scene.canvas(), scene.canvas()
    space = Space.of(scene, 0.30)
    paint_sky(back, scene, 0.3)
    _end(back, scene, space)
    _walls(back, scene, space)
    for aside, distance in ((_LEFT, 4.2), (_RIGHT, 1.62)):
        back.glow(space.at(aside, 1.3, distance), 0.42 / distance**0.5, scene.tones.lamp, 0.34 * scene.lit)
    _lines(back, scene, space)
    poster = _poster(back, scene, space)
    _ground(mid, scene, space)
    lights = _lamps(mid, scene, space)
    _things(mid, scene, space)
    _frame(near, scene)
    return Plate(
        back, mid, near, lights, clouds=0.3, surface=poster, ground=ground_of(space, Shell(_LEFT, _RIGHT, 4, 13))
    )


def _end(back: Canvas, scene: Scene, space: Space) -> None:
    """The street that the alley opens on: light, and a house across it."""
    tones = scene.tones
    back.glow(space.at(0, 1, 9), 0.42, tones.light, 0.55)
    house = space.front(-3.5, 3.5, -1, 3.2, 13)
    back.fill([house], hazed(scene, tones.mid, 0.72))
    panes = [space.front(a, a + 0.5, u, u + 0.6, 13) for a in np.arange(-2.6, 2.6, 0.95) for u in (0.9, 2.0)]
    back.fill(panes, tones.lamp, 0.25 + 0.6 * scene.lit)
    mist(back, scene, scene.horizon + 0.01, 0.05, 0.5)


def _walls(back: Canvas, scene: Scene, space: Space) -> None:
    for side in (-1, 1):
        rng = scene.rng(f"wall {side}")
        for far, near in pairwise(_CUTS):
            tall = float(rng.uniform(3.6, 5.2))
            _wall(back, scene, space, _Wall(side, far, near, tall))
        _escape(back, scene, space, side, float(rng.uniform(1.5, 1.8) if side > 0 else rng.uniform(2.3, 2.7)))


class _Wall:
    """One house's wall on the alley."""

    __slots__ = ("far", "near", "side", "tall")

    def __init__(self, side: int, far: float, near: float, tall: float) -> None:
        self.side, self.far, self.near, self.tall = side, far, near, tall

    @property
    def aside(self) -> float:
        return _RIGHT if self.side > 0 else _LEFT


def _wall(back: Canvas, scene: Scene, space: Space, wall: _Wall) -> None:
    tones, aside = scene.tones, wall.aside
    thick = aerial(wall.near * 1.15)
    lit_side = 0.85 if wall.side * scene.side * scene.sun[0] < 0 else 0.62
    brick = mix(mix(tones.near, tones.mid, lit_side), tones.accent, 0.07)
    colour, foot = hazed(scene, brick, thick), hazed(scene, mix(tones.near, tones.ink, 0.12), thick * 0.8)
    shape = space.wall(aside, -0.3, wall.tall, wall.near, wall.far)
    back.fill([shape], Fade(colour, foot, space.y - 0.42, space.y + 0.22))
    edge = [space.at(aside, -0.3, wall.far), space.at(aside, wall.tall, wall.far)]
    back.stroke([edge], 0.0016, tones.ink, 0.35)
    courses = [[space.at(aside, u, wall.near), space.at(aside, u, wall.far)] for u in np.arange(0.1, wall.tall, 0.13)]
    bricks = [
        [space.at(aside, u, d), space.at(aside, u + 0.13, d)]
        for n, u in enumerate(np.arange(0.1, min(wall.tall, 3.0), 0.13))
        for d in 1 / np.arange(1 / wall.far + 0.035 * (n % 2), 1 / wall.near, 0.07)
    ]
    if wall.near < 2:
        back.stroke(bricks, 0.0011, mix(foot, tones.ink, 0.6), 0.30)
    back.stroke(courses, 0.0011, mix(foot, tones.ink, 0.6), 0.55 * (1 - thick))
    lit, dark = _panes(scene, space, wall)
    back.fill(dark, mix(foot, tones.ink, 0.45), 0.75 - 0.45 * thick)
    back.fill(lit, mix(tones.lamp, colour, 0.15), (0.15 + 0.8 * scene.lit) * (1 - 0.4 * thick))


def _panes(scene: Scene, space: Space, wall: _Wall) -> tuple[list[Points], list[Points]]:
    rng = scene.rng(f"panes {wall.side} {wall.near}")
    lit: list[Points] = []
    dark: list[Points] = []
    a, b = 1 / wall.near, 1 / wall.far
    for up in np.arange(1.25, wall.tall - 0.6, 0.95):
        for share in (0.22, 0.62):
            near, far = a + (b - a) * share, a + (b - a) * (share + 0.2)
            pane = space.wall(wall.aside, up, up + 0.52, 1 / near, 1 / far)
            (lit if rng.random() < 0.06 + 0.26 * scene.lit else dark).append(pane)
    return lit, dark


def _escape(back: Canvas, scene: Scene, space: Space, side: int, near: float) -> None:
    """A fire escape: platforms with rails, ladders between them."""
    aside = (_RIGHT if side > 0 else _LEFT) * 0.99
    out = aside - side * 0.34
    colour = hazed(scene, scene.tones.ink, aerial(near) * 0.8)
    far = near * 1.5
    thin = 0.006 / near
    for up in (1.45, 2.4, 3.35):
        back.fill(
            [space.wall(out, up - 0.03, up + 0.02, near, far), space.floor(out, aside, near, far, up)], colour, 0.9
        )
        rails = [[space.at(out, up + k, near), space.at(out, up + k, far)] for k in (0.2, 0.4)]
        posts = [[space.at(out, up, d), space.at(out, up + 0.4, d)] for d in np.linspace(near, far, 7)]
        ends = [[space.at(out, up + k, near), space.at(aside, up + k, near)] for k in (0.2, 0.4)]
        back.stroke([*rails, *posts, *ends], thin, colour)
        if up > 1.5:
            ladder = [[space.at(out, up - 0.95, near * 1.08 + k), space.at(out, up, near * 1.3 + k)] for k in (0, 0.08)]
            back.stroke(ladder, thin * 1.6, colour)


def _lines(back: Canvas, scene: Scene, space: Space) -> None:
    """Washing lines from wall to wall, with a few things on them."""
    rng, tones = scene.rng("washing"), scene.tones
    t = np.linspace(0, 1, 24)
    for distance, up in ((3.4, 3.1), (2.3, 2.75), (1.65, 3.0)):
        a, b = space.at(_LEFT, up, distance), space.at(_RIGHT, up + 0.1, distance)
        sag = space.size(0.14, distance)
        path = np.stack([a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t + 4 * sag * t * (1 - t)], axis=1)
        colour = hazed(scene, tones.ink, aerial(distance) * 0.8)
        back.stroke([path], 0.0018, colour)
        for k in sorted(rng.choice(np.arange(3, 20), 5, replace=False).tolist()):
            (x0, y0), (x1, y1) = path[k], path[k + 2]
            drop = space.size(float(rng.uniform(0.25, 0.5)), distance)
            cloth = mix(mix(tones.mid, tones.pale, 0.25), tones.accent, 0.5 * float(rng.random() < 0.25))
            sheet = [(x0, y0), (x1, y1), (x1 - (x1 - x0) * 0.04, y1 + drop), (x0 + (x1 - x0) * 0.06, y0 + drop)]
            back.fill([sheet], hazed(scene, mix(cloth, tones.ink, 0.25 + 0.3 * scene.dark), aerial(distance)), 0.92)


def _poster(back: Canvas, scene: Scene, space: Space) -> Surface:
    """Bills on the wall away from the lamp; the largest may show somebody."""
    tones = scene.tones
    paper = mix(mix(tones.near, tones.pale, 0.42), tones.ink, 0.30 if scene.dark else 0.10)
    for low, high, near, far in ((0.5, 1.05, 1.62, 1.8), (0.62, 1.1, 1.30, 1.42)):
        back.fill([space.wall(_LEFT * 0.995, low, high, near, far)], mix(paper, tones.mid, 0.5), 0.8)
    sheet = space.wall(_LEFT * 0.995, 0.42, 1.22, 1.45, 1.6)
    back.fill([sheet], paper)
    back.fill([inset(sheet, 0.3)], mix(paper, tones.ink, 0.3))
    return Surface("poster", corners_of(sheet), "back")


def _ground(mid: Canvas, scene: Scene, space: Space) -> None:
    tones, y = scene.tones, scene.horizon
    stone = mix(tones.ink, tones.near, 0.62)
    floor = space.floor(_LEFT, _RIGHT, 0.25, 13)
    mid.fill([floor], Fade(hazed(scene, stone, 0.75), mix(stone, tones.ink, 0.25), y, y + 0.28))
    steps = [[space.at(_LEFT, 0, d), space.at(_RIGHT, 0, d)] for d in np.geomspace(0.5, 9, 34)]
    runs = [[space.at(a, 0, 0.3), space.at(a, 0, 12)] for a in np.arange(-1.05, 1.2, 0.3)]
    mid.stroke([*steps, *runs], 0.0013, tones.ink, 0.30)
    gutter = space.floor(-0.14, 0.14, 0.3, 13)
    shine = mix(tones.horizon, tones.light, 0.35)
    wet = 0.75 if scene.weather == "rain" else 0.42
    mid.fill([gutter], Fade(shine, mix(stone, shine, 0.25), y, y + 0.34), wet)
    for aside in (_LEFT, _RIGHT):
        mid.fill(
            [space.wall(aside, -0.02, 0.10, 0.3, 13)], Fade(hazed(scene, tones.ink, 0.6), tones.ink, y, y + 0.2), 0.8
        )
    mask = polygons(mid.view, [floor])
    if mask is not None and scene.weather == "rain":
        reflect(mid, Mirror(y, 0.30, stone, ripple=1.8), floor)


def _lamps(mid: Canvas, scene: Scene, space: Space) -> tuple[Light, ...]:
    """A lamp over a door on the weighted side, another far down."""
    tones, found = scene.tones, list[Light]()
    for aside, distance in ((_LEFT, 4.2), (_RIGHT, 1.62)):
        inner = aside * 0.99
        door = space.wall(inner, 0, 1.18, distance, distance * 1.14)
        thick = aerial(distance)
        mid.fill([door], hazed(scene, mix(tones.ink, tones.accent, 0.10), thick))
        arm = space.at(aside * 0.80, 1.52, distance * 1.06)
        mid.stroke([[space.at(inner, 1.56, distance * 1.06), arm]], 0.009 / distance, hazed(scene, tones.ink, thick))
        size = 0.020 / distance
        lamp(mid, scene, arm[0], arm[1] + size, size)
        foot = space.at(aside * 0.66, 0, distance)
        pool(mid, scene, foot, (space.size(0.75, distance), space.size(0.11, distance)), 0.5 * scene.lit)
        found.append((arm[0], arm[1] + size, size))
    return tuple(found)


def _things(mid: Canvas, scene: Scene, space: Space) -> None:
    """Bins, crates, a pipe down the wall."""
    tones = scene.tones
    dark = mix(tones.ink, tones.near, 0.28)
    for aside, distance in ((_LEFT * 0.985, 1.25), (_RIGHT * 0.985, 2.6)):
        pipe = [space.at(aside, 0, distance), space.at(aside, 5, distance)]
        mid.stroke([pipe], 0.012 / distance, hazed(scene, tones.ink, aerial(distance)))
    if scene.has("empty"):
        return
    blocks = (
        Block(-1.22, -0.88, 0, 0.42, 2.4, 0.4),
        Block(0.74, 1.2, 0, 0.46, 2.0, 0.8),
        Block(-1.22, -0.82, 0, 0.5, 1.42, 0.45),
        Block(-1.2, -0.86, 0, 0.24, 1.12, 0.4),
        Block(-1.16, -0.9, 0.24, 0.42, 1.15, 0.3),
    )
    for block in blocks:
        contact_shadow(mid, space, block, tones.ink, 0.45)
        paint_block(mid, space, block, faces(scene, dark, block.near))
    for block in blocks[1:3]:
        lid = space.front(block.left - 0.02, block.right + 0.02, block.high, block.high + 0.04, block.near)
        mid.fill([lid], mix(dark, tones.horizon, 0.22))


def _frame(near: Canvas, scene: Scene) -> None:
    """The corner of the wall one looks past, with its pipe."""
    edge, ink = -scene.side * scene.aspect * 0.5, scene.tones.ink
    x0, x1 = sorted((edge * 0.94, edge * 1.8))
    near.fill([box(x0, -1, x1, 2)], ink)
    pipe = edge * 0.925
    near.fill(
        [box(pipe - 0.008, -1, pipe + 0.008, 2), *[box(pipe - 0.013, u, pipe + 0.013, u + 0.016) for u in (0.2, 0.7)]],
        ink,
    )
