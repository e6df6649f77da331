"""A suspension bridge over water, seen from the bank."""

from __future__ import annotations

import numpy as np

from mvlocal.staging.paint.canvas import Canvas, Fade
from mvlocal.staging.paint.palette import mix
from mvlocal.staging.plates.city_parts import box, lamp, paint_towers, paint_windows, tower_row
from mvlocal.staging.plates.land_parts import hazed, layered
from mvlocal.staging.plates.scene import Plate, Scene
from mvlocal.staging.plates.sky_parts import Mirror, mist, paint_sky, reflect

_PYLONS = (0.0, 1.22)


def draw(scene: Scene) -> Plate:
    """Two pylons and their cables in the haze, lights along the deck, the far bank, a quay with a railing."""
    back, mid, near = scene.backdrop(), scene.canvas(), scene.canvas()
    paint_sky(back, scene, 0.6)
    _bank(back, scene)
    _bridge(back, scene)
    _water(back, scene)
    _quay(mid, scene)
    _frame(near, scene)
    x, y = -scene.side * scene.aspect * 0.40, scene.stand.y - 0.02
    deck = tuple((*_at(scene, float(a), 0.109), 0.005) for a in np.arange(-1.5, 2.8, 0.54))
    return Plate(
        back, mid, near, ((x, 0.125, 0.03), *deck), (scene.horizon, y), 0.6, ground=((-6, y), (6, y), (6, 6), (-6, 6))
    )


def _bank(back: Canvas, scene: Scene) -> None:
    h, tones = scene.horizon, scene.tones
    towers = tower_row(scene.rng("bank"), h, 0.015, 0.12, (0.025, 0.07))
    paint_towers(back, towers, scene.rng("bank roofs"), layered(scene, tones.mid, h - 0.12, 0.13, 0.72), 0.010)
    paint_windows(back, scene, towers, "bank windows", 0.0085, 0.6 * scene.lit)
    mist(back, scene, h, 0.04, 0.4)


def _at(scene: Scene, along: float, height: float) -> tuple[float, float]:
    """A point of the bridge: `along` grows away from the weighted side, where the bridge is nearer and taller."""
    x = scene.third * 0.55 - scene.side * along
    shrink = 1 / (1 + 0.42 * max(along + 0.75, 0))
    return x, scene.horizon - height * shrink * 1.35 + 0.012


def _bridge(back: Canvas, scene: Scene) -> None:
    tones = scene.tones
    colour = hazed(scene, mix(tones.near, tones.ink, 0.3), 0.24)
    deck_y, top_y = 0.075, 0.46
    t = np.linspace(-1.6, 2.9, 140)
    deck = [_at(scene, a, deck_y + 0.012) for a in t] + [_at(scene, a, deck_y - 0.014) for a in t[::-1]]
    for pylon in _PYLONS:
        _pylon(back, scene, pylon, (deck_y, top_y))
    cables = []
    spans = ((-1.6, 0.0), (0.0, 1.22), (1.22, 2.9))
    for first, last in spans:
        u = np.linspace(0, 1, 40)
        along = first + (last - first) * u
        cables.append(
            [_at(scene, float(a), _sag(float(v), first, last, deck_y, top_y)) for a, v in zip(along, u, strict=True)]
        )
    back.stroke(cables, 0.0052, colour)
    hangers = []
    for first, last in spans:
        for u in np.linspace(0.04, 0.96, 26):
            a = first + (last - first) * float(u)
            hangers.append([_at(scene, a, _sag(float(u), first, last, deck_y, top_y)), _at(scene, a, deck_y)])
    back.stroke(hangers, 0.0016, colour, 0.85)
    back.fill([np.array(deck)], colour)
    piers = [
        box(_at(scene, p, 0)[0] - 0.045, _at(scene, p, deck_y)[1], _at(scene, p, 0)[0] + 0.045, scene.horizon + 0.006)
        for p in _PYLONS
    ]
    back.fill(piers, colour)
    for a in np.arange(-1.5, 2.8, 0.135):
        x, y = _at(scene, float(a), deck_y + 0.034)
        lamp(back, scene, x, y, 0.0042)


def _sag(u: float, first: float, last: float, low: float, high: float) -> float:
    """Height of the main cable a share `u` along a span; the outer spans run down to the banks."""
    if first < -1:
        return low + (high - low) * u**2.1
    if last > 2:
        return low + (high - low) * (1 - u) ** 2.1
    return low + 0.035 + (high - low - 0.035) * (2 * u - 1) ** 2


def _pylon(back: Canvas, scene: Scene, along: float, heights: tuple[float, float]) -> None:
    deck_y, top_y = heights
    tones = scene.tones
    x, top = _at(scene, along, top_y + 0.02)
    _, deck = _at(scene, along, deck_y)
    scale = (scene.horizon - top) / 0.65
    half, leg = 0.036 * scale / 0.9, 0.0125 * scale / 0.9
    near_colour = mix(tones.near, tones.ink, 0.35)
    paint = Fade(hazed(scene, near_colour, 0.16), hazed(scene, near_colour, 0.34), top, scene.horizon)
    legs = [
        np.array(
            [
                (x + k * half * 0.82 - leg, top),
                (x + k * half * 0.82 + leg, top),
                (x + k * half + leg * 1.3, scene.horizon),
                (x + k * half - leg * 1.3, scene.horizon),
            ]
        )
        for k in (-1, 1)
    ]
    bars = [
        box(x - half, y, x + half, y + 0.016 * scale) for y in (top + 0.012, top + (deck - top) * 0.45, deck - 0.01)
    ]
    back.fill([*legs, *bars], paint)
    if scene.lit:
        back.glow((x, top - 0.004), 0.035, tones.accent, 0.8 * scene.lit)
        back.fill([box(x - 0.003, top - 0.007, x + 0.003, top - 0.001)], mix(tones.accent, tones.light, 0.3))


def _water(back: Canvas, scene: Scene) -> None:
    h, tones = scene.horizon, scene.tones
    deep = mix(tones.near, tones.zenith, 0.4)
    back.fill([[(-5, h), (5, h), (5, 4), (-5, 4)]], Fade(mix(tones.horizon, deep, 0.5), deep, h, h + 0.25))
    reflect(back, Mirror(h, 0.72, deep, ripple=1.5))
    rng = scene.rng("ripples")
    ripples = []
    for depth in np.geomspace(0.004, 0.33, 190):
        x, long = rng.uniform(-1.3, 1.3), (0.01 + depth * 0.22) * rng.uniform(0.3, 1.2)
        y, thick = h + depth * rng.uniform(0.93, 1.07), 0.0006 + depth * 0.006
        ripples.append([(x - long, y), (x, y - thick), (x + long, y), (x, y + thick)])
    back.fill(ripples[::2], mix(tones.ink, deep, 0.4), 0.45)
    back.fill(ripples[1::2], mix(tones.horizon, tones.haze, 0.5), 0.16)
    mist(back, scene, h + 0.012, 0.028, 0.35)


def _quay(mid: Canvas, scene: Scene) -> None:
    feet, tones = scene.stand.y, scene.tones
    y = feet - 0.025
    stone = mix(tones.near, tones.ink, 0.5)
    mid.fill([box(-3, y, 3, feet + 1)], Fade(mix(stone, tones.mid, 0.22), mix(stone, tones.ink, 0.6), y, y + 0.14))
    rail = scene.stand.height * 0.50
    posts = [box(x - 0.0036, y - rail, x + 0.0036, y + 0.004) for x in np.arange(-1.65, 1.65, 0.155)]
    mid.fill(posts, tones.ink)
    mid.stroke([[(-3, y - rail * k), (3, y - rail * k)] for k in (0.36, 0.68)], 0.0030, tones.ink)
    mid.stroke([[(-3, y - rail), (3, y - rail)]], 0.0075, tones.ink)
    mid.stroke([[(-3, y - rail - 0.0035), (3, y - rail - 0.0035)]], 0.0014, mix(tones.horizon, tones.mid, 0.4), 0.7)


def _frame(near: Canvas, scene: Scene) -> None:
    x = -scene.side * scene.aspect * 0.40
    near.fill([box(x - 0.008, 0.16, x + 0.008, 2), box(x - 0.015, 0.75, x + 0.015, 2)], scene.tones.ink)
    head = [(x - 0.034, 0.165), (x + 0.034, 0.165), (x + 0.024, 0.085), (x, 0.06), (x - 0.024, 0.085)]
    near.fill([head], scene.tones.ink)
    if scene.lit > 0.02:
        near.fill(
            [[(x - 0.026, 0.157), (x + 0.026, 0.157), (x + 0.019, 0.096), (x - 0.019, 0.096)]],
            scene.tones.lamp,
            scene.lit,
        )
        near.glow((x, 0.125), 0.16, scene.tones.lamp, 0.5 * scene.lit)
