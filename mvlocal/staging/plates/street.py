"""A street between houses, seen down its middle."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from mvlocal.staging.paint.canvas import Canvas, Fade, polygons, spread
from mvlocal.staging.paint.palette import mix
from mvlocal.staging.plates.city_parts import Points, Vanishing, box, lamp
from mvlocal.staging.plates.interior_parts import corners_of
from mvlocal.staging.plates.land_parts import hazed
from mvlocal.staging.plates.scene import Plate, Scene, Surface
from mvlocal.staging.plates.sky_parts import Mirror, mist, paint_sky, reflect

EYE = 0.27
"""The ground lies this far under the horizon at distance 1."""

KERB, WALL = 0.50, 0.66
_BLOCKS = (14.0, 9.0, 6.2, 4.4, 3.2, 2.35, 1.75, 1.3, 0.95, 0.7)
_LAMPS = (7.5, 5.0, 3.4, 2.3, 1.55, 1.05)


def draw(scene: Scene) -> Plate:
    """Houses on both sides running to a bright end, lamps, a wet roadway that mirrors them."""
    back, mid, near = scene.backdrop(), scene.canvas(), scene.canvas()
    to = Vanishing(scene.third * 0.45, scene.horizon)
    paint_sky(back, scene, 0.4)
    back.glow((to.x, to.y - 0.02), 0.5, scene.tones.light, 0.55)
    _houses(back, scene, to)
    _roadway(back, scene, to)
    _lamps(back, mid, scene, to)
    _frame(near, scene)
    lights = tuple((*to.at(k * 0.44, -0.458, d), 0.016 / d) for d in _LAMPS[:-1] for k in (-1, 1))
    ground = to.quad((-WALL, EYE), (WALL, EYE), 0.3, 40)
    outline = tuple((float(x), float(y)) for x, y in ground)
    return Plate(back, mid, near, lights, clouds=0.4, surface=_poster(back, scene, to), ground=outline)


def _houses(back: Canvas, scene: Scene, to: Vanishing) -> None:
    rngs = {side: scene.rng(f"houses {side}") for side in (-1, 1)}
    for far, close in pairwise(_BLOCKS):
        for side, rng in rngs.items():
            height = rng.uniform(0.55, 1.05)
            _house(back, scene, to, _House(side, far, close, height, bool(rng.random() < 0.5)))
        if close in (6.2, 3.2):
            mist(back, scene, scene.horizon + 0.02, 0.09, 0.30)


class _House:
    """One block of houses: its side, far and close end, height over the eye line, and whether it has a cornice."""

    __slots__ = ("close", "cornice", "far", "height", "side")

    def __init__(self, side: int, far: float, close: float, height: float, cornice: bool) -> None:
        self.side, self.far, self.close, self.height, self.cornice = side, far, close, height, cornice


def _house(back: Canvas, scene: Scene, to: Vanishing, house: _House) -> None:
    tones = scene.tones
    distance = float(np.clip(1 - 1.25 / house.close, 0, 0.92))
    colour = hazed(scene, mix(tones.mid, tones.near, 0.55), distance)
    foot = hazed(scene, tones.near, distance * 0.8)
    wall = house.side * WALL
    paint = Fade(colour, foot, to.y - 0.3, to.y + 0.22)
    back.fill([to.quad((wall, -house.height), (wall, EYE), house.close, house.far)], paint)
    x0, top = to.at(wall, -house.height, house.close)
    x1, ground = to.at(wall * 3, EYE, house.close)
    front = mix(foot, tones.ink, 0.35)
    back.fill([box(min(x0, x1), top, max(x0, x1), ground)], front)
    if house.cornice:
        lip = to.quad((wall * 0.965, -house.height), (wall * 0.965, -house.height + 0.035), house.close, house.far)
        back.fill([lip], mix(front, colour, 0.4))
    panes, dark = _panes(scene, to, house)
    shade = mix(paint.bottom, tones.ink, 0.45)
    back.fill(dark, shade, 0.8 - 0.5 * distance)
    back.fill(panes, tones.lamp, (0.2 + 0.8 * scene.lit) * (1 - 0.4 * distance))


def _panes(scene: Scene, to: Vanishing, house: _House) -> tuple[list[Points], list[Points]]:
    """The windows of a wall in perspective: lit ones, dark ones."""
    rng = scene.rng(f"panes {house.side} {house.far}")
    wall = house.side * WALL
    near, far = 1 / house.close, 1 / house.far
    lit: list[Points] = []
    dark: list[Points] = []
    for level in np.arange(-house.height + 0.09, 0.08, 0.15):
        for column in range(5):
            a = near + (far - near) * (column + 0.25) / 5
            b = near + (far - near) * (column + 0.72) / 5
            pane = to.quad((wall, level), (wall, level + 0.085), 1 / a, 1 / b)
            (lit if rng.random() < 0.08 + 0.36 * scene.lit else dark).append(pane)
    return lit, dark


def _roadway(back: Canvas, scene: Scene, to: Vanishing) -> None:
    tones = scene.tones
    wet = 0.62 if scene.weather == "rain" else 0.34
    ground = mix(tones.ink, tones.near, 0.55)
    between = to.quad((-WALL, EYE), (WALL, EYE), 0.3, 40)
    back.fill([between], Fade(hazed(scene, ground, 0.75), ground, to.y, to.y + 0.2))
    reflect(back, Mirror(to.y, wet, ground, ripple=1.8), between)
    for side in (-1, 1):
        walk = to.quad((side * KERB, EYE), (side * WALL * 1.02, EYE), 0.4, 14)
        back.fill([walk], Fade(hazed(scene, tones.near, 0.5), mix(tones.near, tones.ink, 0.6), to.y, to.y + 0.25), 0.75)
        back.fill(
            [to.quad((side * KERB, EYE), (side * (KERB - 0.012), EYE), 0.4, 14)], hazed(scene, tones.mid, 0.3), 0.6
        )
    stripes = [to.quad((-0.012, EYE), (0.012, EYE), d, d * 1.16) for d in (0.70, 0.86, 1.1, 1.45, 1.95, 2.6, 3.5)]
    back.fill(stripes, mix(tones.mid, tones.pale, 0.55), 0.5)


def _poster(back: Canvas, scene: Scene, to: Vanishing) -> Surface:
    """A bill on the wall of the house across from the weighted side."""
    tones = scene.tones
    sheet = to.quad((-scene.side * WALL, -0.02), (-scene.side * WALL, 0.17), 1.12, 1.27)
    back.fill([sheet + (sheet.mean(axis=0) - sheet) * -0.06], tones.ink, 0.6)
    back.fill([sheet], mix(mix(tones.mid, tones.pale, 0.4), tones.ink, 0.35 if scene.dark else 0.1))
    return Surface("poster", corners_of(sheet), "back")


def _lamps(back: Canvas, mid: Canvas, scene: Scene, to: Vanishing) -> None:
    tones = scene.tones
    for distance in _LAMPS:
        for side in (-1, 1):
            if distance == _LAMPS[-1] and side == scene.side:
                continue
            canvas = mid if distance < 2 else back
            colour = hazed(scene, tones.ink, float(np.clip(1 - 1.4 / distance, 0, 0.8)))
            foot, head = to.at(side * 0.55, EYE, distance), to.at(side * 0.55, -0.44, distance)
            arm = to.at(side * 0.44, -0.47, distance)
            canvas.stroke([[foot, head, arm]], 0.009 / distance, colour)
            lamp(canvas, scene, arm[0], arm[1] + 0.012 / distance, 0.016 / distance)
            if scene.lit:
                _puddle(back, scene, to, (side * 0.44, distance))


def _puddle(back: Canvas, scene: Scene, to: Vanishing, at: tuple[float, float]) -> None:
    """A lamp's light drawn out on the wet road."""
    side, distance = at
    x, y = to.at(side, EYE, distance)
    wide = 0.035 / distance
    column = [
        (x - wide, y - 0.03 / distance),
        (x + wide, y - 0.03 / distance),
        (x + wide * 0.6, y + 0.30 / distance),
        (x - wide * 0.6, y + 0.30 / distance),
    ]
    mask = polygons(back.view, [column])
    if mask is not None:
        soft = spread(mask, 0.013 / distance * back.view.unit)
        back.cover(soft, scene.tones.lamp, 0.13 * scene.lit)
    back.glow((x, y + 0.04 / distance), 0.11 / distance, scene.tones.lamp, 0.22 * scene.lit)


def _frame(near: Canvas, scene: Scene) -> None:
    x = -scene.side * scene.aspect * 0.475
    near.fill([box(x - 0.022, -1, x + 0.022, 2), box(x - 0.034, 0.9, x + 0.034, 2)], scene.tones.ink)
    near.fill([box(min(x, x - scene.side * 0.2), 0.18, max(x, x - scene.side * 0.2), 0.2)], scene.tones.ink)
    sag = np.linspace(-2.5, 2.5, 50)
    near.stroke(
        [np.stack([sag, 0.05 + 0.03 * (sag - x) ** 2 + 0.02 * k], axis=1) for k in (0, 2.4)], 0.004, scene.tones.ink
    )
