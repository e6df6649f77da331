"""The foot of a staircase in an old house."""

from __future__ import annotations

import numpy as np

from mvlocal.staging.paint.canvas import Canvas, Fade
from mvlocal.staging.paint.palette import mix
from mvlocal.staging.plates.interior_parts import (
    Light,
    Shell,
    corners_of,
    ground_of,
    inset,
    paint_casing,
    paint_floor,
    paint_outside,
    paint_tiles,
    paint_walls,
    pendant,
    pool,
    wall_tone,
)
from mvlocal.staging.plates.scene import Plate, Point, Scene, Surface
from mvlocal.staging.plates.sky_parts import disc
from mvlocal.staging.plates.space_parts import Points, Space, shade_towards

_SHELL = Shell(-2.3, 2.2, 5.2, 1.95)
_RISE, _TREAD, _STEPS = 0.105, 0.165, 13
_FOOT = -0.55
"""Where the lowest step stands aside; the flight climbs away from the weighted side."""

_NEAR, _FAR = 1.42, 1.9


def draw(scene: Scene) -> Plate:
    """A flight that climbs across the picture, a landing with a tall window, the next flight back over it."""
    back, mid, near = scene.backdrop(), scene.canvas(), scene.canvas()
    space = Space.of(scene, 0.1)
    hole = space.front(-2.05, -1.30, 1.9, 3.3, _SHELL.end)
    paint_outside(back, scene)
    paint_walls(back, scene, space, _SHELL, [hole])
    paint_casing(back, scene, hole, (2, 4), 0.010)
    back.glow(
        (float(hole[:, 0].mean()), float(hole[:, 1].mean())), 0.55, scene.tones.light, 0.30 * (1 - 0.5 * scene.dark)
    )
    board = _notice(back, scene, space)
    _door(back, scene, space)
    _upper(mid, scene, space)
    _floor(mid, scene, space)
    _flight(mid, scene, space)
    lights = _lamps(mid, scene, space)
    _frame(near, scene)
    return Plate(
        back, mid, near, lights, surface=board, ground_y=space.at(0, 0, _SHELL.end)[1], ground=ground_of(space, _SHELL)
    )


def _step(number: int) -> tuple[float, float]:
    """Aside and height of the front edge of a step; 0 is the lowest."""
    return _FOOT - _TREAD * number, _RISE * (number + 1)


def _notice(back: Canvas, scene: Scene, space: Space) -> Surface:
    """Letter boxes, and a board with bills over them."""
    tones = scene.tones
    steel = mix(wall_tone(scene), tones.ink, 0.45)
    for row in range(2):
        for column in range(4):
            a, u = 0.62 + column * 0.2, 0.62 + row * 0.15
            back.fill([space.front(a, a + 0.18, u, u + 0.13, _SHELL.end)], steel)
            back.fill([space.front(a + 0.03, a + 0.15, u + 0.08, u + 0.095, _SHELL.end)], tones.ink)
    board = space.front(0.66, 1.38, 1.05, 1.58, _SHELL.end)
    back.fill([board], mix(tones.ink, tones.accent, 0.18))
    sheet = inset(space.front(0.70, 1.06, 1.08, 1.55, _SHELL.end), 0.04)
    paper = mix(wall_tone(scene), tones.pale, 0.42)
    back.fill([sheet], paper)
    others = [
        space.front(a, a + w, u, u + t, _SHELL.end) for a, w, u, t in ((1.10, 0.2, 1.32, 0.2), (1.13, 0.16, 1.1, 0.16))
    ]
    back.fill(others, mix(paper, tones.ink, 0.2))
    return Surface("poster", corners_of(sheet), "back")


def _door(back: Canvas, scene: Scene, space: Space) -> None:
    """The house door on the weighted side, glass in its head."""
    tones = scene.tones
    aside = _SHELL.right * 0.995
    back.fill([space.wall(aside, 0, 1.45, 1.28, 1.62)], mix(wall_tone(scene), tones.ink, 0.6))
    back.fill([space.wall(aside, 0, 1.22, 1.31, 1.58)], mix(tones.ink, tones.accent, 0.15))
    glass = mix(mix(tones.near, tones.zenith, 0.5), tones.horizon, 0.35 if scene.dark else 0.9)
    back.fill([space.wall(aside, 0.7, 1.12, 1.35, 1.53), space.wall(aside, 1.25, 1.41, 1.31, 1.58)], glass, 0.9)


def _floor(mid: Canvas, scene: Scene, space: Space) -> None:
    tones = scene.tones
    base = mix(tones.near, tones.mid, 0.25 if scene.dark else 0.45)
    paint_floor(mid, scene, space, _SHELL, base)
    y = space.at(0, 0, _SHELL.end)[1]
    paint_tiles(mid, space, _SHELL, 0.26, Fade(mix(base, tones.ink, 0.4), tones.ink, y, y + 0.45), 0.6)


def _side(space: Space, near: float) -> Points:
    """The outline of the flight seen from the side, down to the floor."""
    points: list[Point] = [(_FOOT + 0.02, 0.0)]
    for number in range(_STEPS):
        aside, up = _step(number)
        points += [(aside, up - _RISE), (aside, up)]
    end = _step(_STEPS - 1)
    points += [(end[0] - 2.5, end[1]), (end[0] - 2.5, end[1] - 0.22), (end[0], end[1] - 0.22), (_FOOT - 0.45, 0.0)]
    return space.flat(points, near)


def _flight(mid: Canvas, scene: Scene, space: Space) -> None:
    tones = scene.tones
    wood = mix(mix(tones.near, tones.accent, 0.12), tones.ink, 0.35)
    treads: list[Points] = []
    risers: list[Points] = []
    for number in reversed(range(_STEPS)):
        aside, up = _step(number)
        risers.append(np.array([space.at(aside, up - _RISE, _NEAR), space.at(aside, up, _NEAR),
                                space.at(aside, up, _FAR), space.at(aside, up - _RISE, _FAR)]))  # fmt: skip
        if up < space.eye:
            treads.append(space.floor(aside - _TREAD, aside, _NEAR, _FAR, up))
    shadow = space.floor(_FOOT - 2.3, _FOOT + 0.05, _NEAR * 0.97, _FAR)
    mid.fill([shadow], tones.ink, 0.35)
    mid.fill(risers, mix(wood, tones.ink, 0.25))
    mid.fill(treads, mix(wood, tones.horizon, 0.32))
    side = _side(space, _NEAR)
    mid.fill([side], Fade(mix(wood, tones.mid, 0.18), mix(wood, tones.ink, 0.5), space.y - 0.3, space.y + 0.2))
    runner = [[space.at(*_step(n), _NEAR), space.at(_step(n)[0] - _TREAD, _step(n)[1], _NEAR)] for n in range(_STEPS)]
    mid.stroke(runner, 0.003, mix(wood, tones.horizon, 0.45))
    _banister(mid, scene, space)


def _banister(mid: Canvas, scene: Scene, space: Space) -> None:
    ink, tall = mix(scene.tones.ink, scene.tones.near, 0.10), 0.46
    bars = [
        [
            space.at(_step(n)[0] - _TREAD * k, _step(n)[1], _NEAR),
            space.at(_step(n)[0] - _TREAD * k, _step(n)[1] + tall - _RISE * (0.5 - k), _NEAR),
        ]
        for n in range(_STEPS)
        for k in (0.25, 0.75)
    ]
    mid.stroke(bars, 0.0036, ink)
    first, last = _step(0), _step(_STEPS - 1)
    rail = [space.at(first[0] + 0.1, first[1] + tall - 0.12, _NEAR), space.at(last[0] - _TREAD, last[1] + tall, _NEAR),
            space.at(last[0] - 2.5, last[1] + tall, _NEAR)]  # fmt: skip
    mid.stroke([rail], 0.011, ink)
    landing = [
        [space.at(last[0] - _TREAD - k, last[1], _NEAR), space.at(last[0] - _TREAD - k, last[1] + tall, _NEAR)]
        for k in np.arange(0.1, 2.3, 0.09)
    ]
    mid.stroke(landing, 0.0036, ink)
    newel = space.front(first[0] + 0.04, first[0] + 0.14, 0, 0.62, _NEAR * 0.995)
    x, y = space.at(first[0] + 0.09, 0.68, _NEAR)
    mid.fill([newel, disc(x, y, space.size(0.075, _NEAR))], ink)


def _upper(mid: Canvas, scene: Scene, space: Space) -> None:
    """The next flight, seen from below: it climbs back over the lower one."""
    tones = scene.tones
    first, last = _step(0), _step(_STEPS - 1)
    low, high = last[1] + 0.9, last[1] + 0.9 + _RISE * 11
    d = _FAR * 0.98
    body = mix(mix(tones.near, tones.mid, 0.25), tones.ink, 0.45)
    band = [(last[0] - 2.5, low - 0.2), (last[0], low - 0.2), (first[0] + 1.3, high), (_SHELL.right, high),
            (_SHELL.right, high + 0.25),
            (first[0] + 1.25, high + 0.25), (last[0], low + 0.1), (last[0] - 2.5, low + 0.1)]  # fmt: skip
    shape = space.flat(band, d)
    mid.fill([shape], body)
    shade_towards(mid, shape, (space.at(-1, 0, d)[0], space.at(3, 0, d)[0]), tones.ink, 0.4)
    slope = (high - low) / (first[0] + 1.25 - last[0])
    bars = [[space.at(a, low + 0.1 + slope * (a - last[0]), d), space.at(a, low + 0.55 + slope * (a - last[0]), d)]
            for a in np.arange(last[0], first[0] + 1.2, 0.1)]  # fmt: skip
    mid.stroke(bars, 0.0026, body)
    rail = [
        space.at(last[0], low + 0.55, d),
        space.at(first[0] + 1.25, high + 0.70, d),
        space.at(_SHELL.right, high + 0.70, d),
    ]
    mid.stroke([rail], 0.007, mix(body, tones.ink, 0.4))
    posts = [
        [space.at(a, high + 0.25, d), space.at(a, high + 0.70, d)] for a in np.arange(first[0] + 1.3, _SHELL.right, 0.1)
    ]
    mid.stroke(posts, 0.0026, body)


def _lamps(mid: Canvas, scene: Scene, space: Space) -> tuple[Light, ...]:
    """One lamp on a long cord down the well, one small over the letter boxes."""
    foot = space.at(0.35, 2.0, 1.5)
    light = pendant(mid, scene, foot, 1.2, space.size(0.17, 1.5))
    pool(mid, scene, space.at(0.35, 0, 1.35), (space.size(1.3, 1.35), space.size(0.22, 1.35)), 0.40 * scene.lit)
    x, y = space.at(1.02, 1.74, _SHELL.end)
    mid.glow((x, y), 0.12, scene.tones.lamp, 0.35 * scene.lit)
    return (light, (x, y, 0.012))


def _frame(near: Canvas, scene: Scene) -> None:
    """The rail of the way down, before the lens."""
    edge, ink = scene.side * scene.aspect * 0.5, scene.tones.ink
    post = edge * 0.90
    near.fill(
        [[(post - 0.022, 0.70), (post + 0.022, 0.70), (post + 0.022, 2), (post - 0.022, 2)], disc(post, 0.68, 0.036)],
        ink,
    )
    near.stroke([[(post, 0.76), (post + scene.side * 0.6, 0.70)]], 0.026, ink)
    bars = [[(post + scene.side * k, 0.75), (post + scene.side * k, 2)] for k in np.arange(0.06, 0.6, 0.05)]
    near.stroke(bars, 0.008, ink)
