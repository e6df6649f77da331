"""A long tall hall with windows down one side."""

from __future__ import annotations

import numpy as np

from mvlocal.staging.paint.canvas import Canvas, Fade, Mask, blurred, polygons
from mvlocal.staging.paint.palette import mix
from mvlocal.staging.plates.interior_parts import (
    Light,
    Shell,
    ground_of,
    paint_floor,
    paint_picture,
    paint_tiles,
    paint_walls,
    pendant,
    pool,
    wall_tone,
)
from mvlocal.staging.plates.scene import Plate, Scene, Surface
from mvlocal.staging.plates.space_parts import Points, Space, aerial

_SHELL = Shell(-2.1, 2.1, 3.1, 5.2)
_BAYS = ((3.75, 4.55), (2.75, 3.3), (2.02, 2.42), (1.48, 1.78), (1.08, 1.3), (0.78, 0.94))
"""Near and far end of every window, and of every door across from it."""


def draw(scene: Scene) -> Plate:
    """Arched windows that lay their light over a chequered floor, doors across from them, lamps in a row."""
    back, mid, near = scene.backdrop(), scene.canvas(), scene.canvas()
    space = Space.of(scene, 0.15)
    paint_walls(back, scene, space, _SHELL)
    _end(back, scene, space)
    _windows(back, scene, space)
    picture = _doors(back, scene, space)
    _floor(mid, scene, space)
    lights = _lamps(mid, scene, space)
    _frame(near, scene)
    return Plate(
        back,
        mid,
        near,
        lights,
        surface=picture,
        ground_y=space.at(0, 0, _SHELL.end)[1],
        ground=ground_of(space, _SHELL),
    )


def _end(back: Canvas, scene: Scene, space: Space) -> None:
    """A double door with a half round of glass over it."""
    tones, d = scene.tones, _SHELL.end
    glow = mix(tones.horizon, tones.light, 0.4)
    turn = np.linspace(0, np.pi, 24)
    fan = space.flat([(0.62 * float(np.cos(t)), 1.55 + 0.62 * float(np.sin(t))) for t in turn], d)
    back.fill([fan], mix(glow, tones.near, 0.55 if scene.dark else 0.1))
    back.stroke([[space.at(0, 1.55, d), space.at(0.62 * float(np.cos(t)), 1.55 + 0.62 * float(np.sin(t)), d)]
                 for t in np.linspace(0.4, 2.75, 5)], 0.002, tones.ink)  # fmt: skip
    back.fill([space.front(-0.62, 0.62, 0, 1.5, d)], mix(tones.ink, tones.accent, 0.12))
    back.stroke([[space.at(0, 0, d), space.at(0, 1.5, d)]], 0.002, mix(tones.near, tones.horizon, 0.4))
    panels = [space.front(a, a + 0.4, u, u + 0.5, d) for a in (-0.52, 0.12) for u in (0.15, 0.85)]
    back.stroke(panels, 0.0016, mix(tones.near, tones.mid, 0.4), 0.7, closed=True)


def _arch(space: Space, near: float, far: float, low: float, spring: float) -> Points:
    """A window with a round head in the wall on the weighted side."""
    turn = np.linspace(0, np.pi, 18)
    middle, half = (1 / near + 1 / far) / 2, (1 / near - 1 / far) / 2
    rise = 0.42
    head = [(1 / (middle + half * float(np.cos(t))), spring + rise * float(np.sin(t))) for t in turn]
    outline = [(near, low), *head, (far, low)]
    return np.array([space.at(_SHELL.right, up, d) for d, up in outline])


def _windows(back: Canvas, scene: Scene, space: Space) -> None:
    tones = scene.tones
    day = {"night": 0.30, "dusk": 0.8, "dawn": 0.85}.get(scene.time, 1.0) * (1 - 0.25 * scene.veiled)
    pane = mix(mix(tones.near, tones.zenith, 0.6), mix(tones.horizon, tones.light, 0.35), day)
    wall = wall_tone(scene)
    for near, far in _BAYS:
        outer = _arch(space, near * 0.985, far * 1.015, 0.42, 1.98)
        back.fill([outer], mix(wall, tones.ink, 0.5))
        glass = _arch(space, near, far, 0.5, 1.95)
        y = space.y
        back.fill([glass], Fade(mix(pane, tones.sky, 0.35), pane, y - 0.3, y))
        middle = 2 / (1 / near + 1 / far)
        bars = [[space.at(_SHELL.right, 0.5, middle), space.at(_SHELL.right, 2.36, middle)]]
        bars += [[space.at(_SHELL.right, u, near), space.at(_SHELL.right, u, far)] for u in (0.95, 1.45, 1.95)]
        back.stroke(bars, 0.008 / near, mix(wall, tones.ink, 0.6))
        _pilaster(back, scene, space, far)
        back.glow((float(glass[:, 0].mean()), float(glass[:, 1].mean())), 0.30 / near, pane, 0.18 * day)


def _pilaster(back: Canvas, scene: Scene, space: Space, far: float) -> None:
    wall = wall_tone(scene)
    for aside in (_SHELL.left, _SHELL.right):
        strip = space.wall(aside * 0.985, 0, _SHELL.ceiling, far * 1.05, far * 1.13)
        back.fill([strip], mix(wall, scene.tones.horizon, 0.14), 0.55)


def _doors(back: Canvas, scene: Scene, space: Space) -> Surface:
    """Doors across from the windows, one ajar with light behind it, and a large picture."""
    tones = scene.tones
    dark = mix(mix(tones.ink, tones.near, 0.25), tones.accent, 0.08)
    picture: Surface | None = None
    for number, (near, far) in enumerate(_BAYS):
        if number == 3:
            picture = paint_picture(back, scene, space.wall(_SHELL.left * 0.99, 0.82, 1.72, near, far), "back")
            continue
        frame = space.wall(_SHELL.left * 0.992, 0, 1.40, near * 0.98, far * 1.0)
        back.fill([frame], mix(wall_tone(scene), tones.ink, 0.6))
        door = space.wall(_SHELL.left * 0.99, 0, 1.32, near * 1.01, far * 0.97)
        ajar = number == 2
        back.fill([door], mix(dark, tones.lamp, max(scene.lit, 0.25) * 0.9) if ajar else dark)
        if ajar:
            leaf = [space.at(_SHELL.left, 0, far * 0.97), space.at(_SHELL.left, 1.32, far * 0.97),
                    space.at(_SHELL.left + 0.4, 1.32, far * 0.9),
                    space.at(_SHELL.left + 0.4, 0, far * 0.9)]  # fmt: skip
            back.fill([leaf], dark)
    if picture is None:
        raise AssertionError("the hall has a bay for its picture")
    return picture


def _floor(mid: Canvas, scene: Scene, space: Space) -> None:
    tones = scene.tones
    base = mix(tones.near, tones.mid, 0.22 if scene.dark else 0.45)
    paint_floor(mid, scene, space, _SHELL, base)
    y = space.at(0, 0, _SHELL.end)[1]
    paint_tiles(mid, space, _SHELL, 0.42, Fade(mix(base, tones.ink, 0.4), tones.ink, y, y + 0.45), 0.6)
    share = {"night": 0.30, "noon": 0.35, "dusk": 0.6}.get(scene.time, 0.62) * (1 - 0.7 * scene.veiled)
    light = mix(tones.light, tones.horizon, 0.35)
    for near, far in _BAYS:
        lean = 0.16
        quad = np.array([
            space.at(1.7, 0, near), space.at(1.7, 0, far),
            space.at(-0.9, 0, far * (1 - lean)), space.at(-0.9, 0, near * (1 - lean)),
        ])  # fmt: skip
        mask = polygons(mid.view, [quad])
        if mask is None:
            continue
        columns = mid.view.columns()[mask.window[1]]
        ends = (space.at(-0.9, 0, near)[0], space.at(1.7, 0, near)[0])
        ramp = np.clip((columns - ends[0]) / (ends[1] - ends[0]), 0.1, 1).astype(np.float32)
        soft = blurred(mask, 0.003 * mid.view.unit)
        mid.cover(Mask(soft.x, soft.y, soft.coverage * ramp), light, share * (1 - 0.5 * aerial(near)))
    if scene.lit:
        near, far = _BAYS[2]
        spill = [space.at(_SHELL.left, 0, near), space.at(_SHELL.left, 0, far), space.at(-0.9, 0, near * 0.95)]
        mid.fill([spill], tones.lamp, 0.30 * scene.lit)


def _lamps(mid: Canvas, scene: Scene, space: Space) -> tuple[Light, ...]:
    found: list[Light] = []
    for distance in (4.2, 3.0, 2.15, 1.55, 1.1):
        foot = space.at(0, 2.25, distance)
        found.append(pendant(mid, scene, foot, space.size(0.85, distance), space.size(0.20, distance)))
        reach = (space.size(0.9, distance), space.size(0.14, distance))
        pool(mid, scene, space.at(0, 0, distance), reach, 0.30 * scene.lit)
    return tuple(found)


def _frame(near: Canvas, scene: Scene) -> None:
    """A column before the lens."""
    edge = -scene.side * scene.aspect * 0.5
    x0, x1 = sorted((edge * 0.93, edge * 1.8))
    near.fill([[(x0, -1), (x1, -1), (x1, 2), (x0, 2)]], scene.tones.ink)
    base = sorted((edge * 0.90, edge * 1.8))
    near.fill([[(base[0], 0.93), (base[1], 0.93), (base[1], 2), (base[0], 2)]], scene.tones.ink)
