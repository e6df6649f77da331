"""A wide motorway at the hour of headlamps."""

from __future__ import annotations

import numpy as np

from mvlocal.staging.paint.canvas import Canvas, Fade, blurred, polygons
from mvlocal.staging.paint.palette import Floats, mix
from mvlocal.staging.plates.city_parts import lamp, paint_towers, paint_windows, tower_row
from mvlocal.staging.plates.interior_parts import Light, corners_of, inset
from mvlocal.staging.plates.land_parts import grass, hazed, layered, ridge
from mvlocal.staging.plates.scene import Plate, Scene, Surface
from mvlocal.staging.plates.sky_parts import Mirror, disc, mist, paint_sky, reflect
from mvlocal.staging.plates.space_parts import Space, aerial

_MEDIAN = -1.6
"""Where the barrier between the two directions runs; our lanes lie on its weighted side."""

_LANE = 1.0
_POSTS = (11.0, 7.4, 5.0, 3.4, 2.3, 1.6, 1.1)


def draw(scene: Scene) -> Plate:
    """Six lanes to the horizon, a gantry with its signs, lamps down the middle, streaks of light, a hoarding."""
    back, mid, near = scene.backdrop(), scene.canvas(), scene.canvas()
    space = Space.of(scene, -0.45)
    paint_sky(back, scene, 0.6)
    _far(back, scene)
    board = _hoarding(back, scene, space)
    _surface(mid, scene, space)
    _streaks(mid, scene, space)
    lights = _lamps(mid, scene, space)
    _gantry(mid, scene, space)
    _rail(mid, scene, space)
    near.fill(grass(near.view, scene.rng("grass"), 1.04, 0.12, 0.012), scene.tones.ink)
    return Plate(back, mid, near, lights, clouds=0.6, surface=board)


def _far(back: Canvas, scene: Scene) -> None:
    h, tones = scene.horizon, scene.tones
    back.fill([ridge(scene.rng("far"), back.view, h - 0.02, 0.05, 0.6)], layered(scene, tones.mid, h - 0.07, 0.1, 0.7))
    towers = tower_row(scene.rng("town"), h + 0.01, 0.01, 0.12, (0.02, 0.06))
    paint_towers(back, towers, scene.rng("town roofs"), layered(scene, tones.mid, h - 0.12, 0.13, 0.62), 0.01)
    paint_windows(back, scene, towers, "town windows", 0.009, 0.6 * scene.lit)
    back.glow((scene.third * -0.45, h), 0.35, tones.lamp, 0.22 * scene.lit)
    mist(back, scene, h, 0.05, 0.45)


def _surface(mid: Canvas, scene: Scene, space: Space) -> None:
    tones, y = scene.tones, scene.horizon
    verge = mix(mix(tones.near, tones.mid, 0.3), tones.ink, 0.2)
    mid.fill([space.floor(-80, 80, 0.2, 200)], Fade(hazed(scene, verge, 0.6), mix(verge, tones.ink, 0.5), y, y + 0.4))
    tar = mix(tones.ink, tones.near, 0.45)
    ours = (_MEDIAN + 0.15, _MEDIAN + 0.35 + 3 * _LANE + 0.7)
    theirs = (_MEDIAN - 0.35 - 3 * _LANE - 0.7, _MEDIAN - 0.15)
    for left, right in (ours, theirs):
        strip = space.floor(left, right, 0.2, 200)
        mid.fill([strip], Fade(hazed(scene, mix(tar, tones.horizon, 0.3), 0.5), tar, y, y + 0.28))
        if scene.weather == "rain":
            reflect(mid, Mirror(y, 0.3, tar, ripple=2.0), strip)
    white = mix(tones.pale, tones.mid, 0.25 if not scene.dark else 0.55)
    edges = [
        space.floor(a, a + 0.04, 0.2, 90)
        for a in (_MEDIAN + 0.32, _MEDIAN + 0.35 + 3 * _LANE, _MEDIAN - 0.36, _MEDIAN - 0.39 - 3 * _LANE)
    ]
    mid.fill(edges, white, 0.7)
    starts = np.arange(0.42, 26, 0.75)
    dashes = [
        space.floor(_MEDIAN + way * (0.35 + k * _LANE) - 0.025, _MEDIAN + way * (0.35 + k * _LANE) + 0.025, d, d + 0.3)
        for way in (-1, 1)
        for k in (1, 2)
        for d in starts
    ]
    mid.fill(dashes, white, 0.75)


def _streaks(mid: Canvas, scene: Scene, space: Space) -> None:
    """What passing cars leave on the eye: red where they go, white where they come from."""
    tones = scene.tones
    strength = max(scene.lit, 0.12)
    groups: tuple[tuple[int, Floats], ...] = ((1, tones.accent), (-1, mix(tones.lamp, tones.light, 0.5)))
    rng = scene.rng("streaks")
    for way, colour in groups:
        for lane in range(3):
            middle = _MEDIAN + way * (0.35 + (lane + 0.5) * _LANE)
            near = float(rng.uniform(1.5, 2.6))
            for offset in (-0.22, 0.22):
                a, wide = middle + offset, 0.028
                strip = space.wall(a, 0.30, 0.30 + wide * 1.6, near, 60)
                mask = polygons(mid.view, [strip])
                if mask is not None:
                    mid.cover(blurred(mask, 0.0012 * mid.view.unit), colour, 0.75 * strength)
                head = space.at(a, 0.32, near)
                mid.glow(head, 0.05 / near, colour, 0.55 * strength)
            mid.glow(space.at(middle, 0.0, near * 1.4), 0.16 / near, colour, 0.14 * strength)


def _lamps(mid: Canvas, scene: Scene, space: Space) -> tuple[Light, ...]:
    """Posts on the barrier, an arm over each direction."""
    tones, found = scene.tones, list[Light]()
    barrier = space.wall(_MEDIAN, 0, 0.34, 0.2, 60)
    y = scene.horizon
    mid.fill([barrier], Fade(hazed(scene, tones.mid, 0.5), mix(tones.near, tones.ink, 0.4), y, y + 0.25))
    mid.fill(
        [space.floor(_MEDIAN - 0.1, _MEDIAN + 0.1, 0.2, 60, 0.34)],
        hazed(scene, mix(tones.mid, tones.horizon, 0.4), 0.2),
    )
    for distance in _POSTS:
        colour = hazed(scene, tones.ink, aerial(distance))
        foot, top = space.at(_MEDIAN, 0.3, distance), space.at(_MEDIAN, 3.0, distance)
        mid.stroke([[foot, top]], 0.013 / distance, colour)
        for way in (-1, 1):
            head = space.at(_MEDIAN + way * 0.75, 3.08, distance)
            mid.stroke([[top, head]], 0.008 / distance, colour)
            lamp(mid, scene, head[0], head[1] + 0.004 / distance, 0.018 / distance)
            found.append((head[0], head[1], 0.018 / distance))
    return tuple(found)


def _gantry(mid: Canvas, scene: Scene, space: Space) -> None:
    tones, d = scene.tones, 3.0
    colour = hazed(scene, tones.ink, aerial(d) * 0.6)
    left, right = _MEDIAN, _MEDIAN + 4.3
    mid.stroke([[space.at(a, 0, d), space.at(a, 2.75, d)] for a in (left, right)], 0.007, colour)
    beams = [[space.at(left, u, d), space.at(right, u, d)] for u in (2.45, 2.7)]
    zigzag = [space.at(left + (right - left) * k / 24, 2.45 if k % 2 else 2.7, d) for k in range(25)]
    mid.stroke([*beams, zigzag], 0.003, colour)
    for a, wide, tall in ((left + 0.45, 1.35, 0.75), (left + 2.3, 1.5, 0.65)):
        sign = space.front(a, a + wide, 2.2, 2.2 + tall, d * 0.995)
        mid.fill([sign], mix(colour, mix(tones.mid, tones.accent, 0.25), 0.55))
        mid.stroke([inset(sign, 0.06)], 0.0016, tones.pale, 0.55, closed=True)
        words = [
            space.front(a + 0.18, a + wide * s, 2.2 + tall * u, 2.2 + tall * (u + 0.12), d * 0.99)
            for s, u in ((0.62, 0.62), (0.5, 0.36))
        ]
        mid.fill(words, tones.pale, 0.7)
        arrow = [(a + wide * 0.82, 2.32), (a + wide * 0.76, 2.46), (a + wide * 0.88, 2.46)]
        mid.fill([space.flat(arrow, d * 0.99)], tones.pale, 0.7)


def _hoarding(back: Canvas, scene: Scene, space: Space) -> Surface:
    tones, d = scene.tones, 2.3
    shift = 1.6 + 1.6 * min(scene.aspect / 1.78, 1.0)
    board = space.front(shift, shift + 2.1, 1.35, 2.6, d)
    dark = hazed(scene, tones.ink, 0.2)
    back.stroke([[space.at(shift + k, -0.2, d), space.at(shift + k, 1.4, d)] for k in (0.5, 1.6)], 0.011, dark)
    back.fill([board], dark)
    face = inset(board, 0.05)
    back.fill([face], mix(hazed(scene, mix(tones.mid, tones.pale, 0.3), 0.2), tones.lamp, 0.42 * scene.lit))
    x, y = face.mean(axis=0).tolist()
    back.fill([disc(x, y - 0.01, 0.05)], tones.accent, 0.45)
    back.fill([space.front(shift + 0.3, shift + 1.8, 1.5, 1.58, d)], dark, 0.6)
    back.glow((x, y), 0.30, tones.lamp, 0.22 * scene.lit)
    return Surface("poster", corners_of(face), "back")


def _rail(mid: Canvas, scene: Scene, space: Space) -> None:
    """The crash barrier at the edge, its posts running out."""
    tones = scene.tones
    aside = _MEDIAN + 0.35 + 3 * _LANE + 0.75
    posts = [space.wall(aside, 0, 0.32, d, d * 1.02) for d in np.geomspace(0.5, 10, 26)]
    mid.fill(posts, mix(tones.ink, tones.near, 0.3))
    y = scene.horizon
    steel = mix(tones.mid, tones.horizon, 0.35)
    mid.fill(
        [space.wall(aside, 0.24, 0.40, 0.3, 40)],
        Fade(hazed(scene, steel, 0.6), mix(steel, tones.ink, 0.5), y, y + 0.25),
    )
    mid.stroke([[space.at(aside, 0.32, 0.3), space.at(aside, 0.32, 40)]], 0.0018, tones.ink, 0.5)
