"""Dunes and far mesas."""

from __future__ import annotations

import numpy as np

from mvlocal.staging.paint.canvas import Canvas, Fade
from mvlocal.staging.paint.noise import line
from mvlocal.staging.paint.palette import Floats, mix
from mvlocal.staging.plates.land_parts import Points, across, below, hazed, layered
from mvlocal.staging.plates.scene import Plate, Scene
from mvlocal.staging.plates.sky_parts import mist, paint_sky

_DUNES = ((0.008, 0.030, 0.74), (0.034, 0.045, 0.56), (0.066, 0.050, 0.38), (0.110, 0.050, 0.24))
"""Far to near: how far under the horizon a dune begins, how tall it is, and how far away in the haze."""


def draw(scene: Scene) -> Plate:
    """Mesas on the horizon, dunes behind each other, the nearest with a lit and a shaded side to stand on."""
    back, mid, near = scene.backdrop(), scene.canvas(), scene.canvas()
    paint_sky(back, scene, 0.35)
    _mesas(back, scene)
    for number, (below_horizon, tall, distance) in enumerate(_DUNES):
        _far_dune(back, scene, f"dune {number}", (scene.horizon + below_horizon, tall, distance))
    _standing_dune(mid, scene)
    x = across(near.view)
    dark = mix(scene.tones.near, scene.tones.ink, 0.5)
    near.fill([below(x, _crest(scene, "near", x, (1.02, 0.05)), near.view)], Fade(dark, scene.tones.ink, 1.0, 1.3))
    return Plate(back, mid, near, clouds=0.4)


def _mesas(back: Canvas, scene: Scene) -> None:
    h, rng = scene.horizon, scene.rng("mesas")
    for distance, count in ((0.82, 5), (0.64, 3)):
        shapes = []
        for x in -scene.side * rng.uniform(-0.1, 1.2, count):
            wide, tall = rng.uniform(0.06, 0.2), rng.uniform(0.03, 0.105) * (1.1 - 0.4 * distance)
            step = tall * rng.uniform(0.35, 0.6)
            profile = [(-0.72, -0.03), (-0.6, step), (-0.5, step), (-0.46, tall)]
            profile += [(0.44, tall * rng.uniform(0.95, 1.05)), (0.49, step), (0.6, step * 0.9), (0.78, -0.03)]
            shapes.append(np.array([(x + wide * at, h - up) for at, up in profile]))
        back.fill(shapes, layered(scene, scene.tones.mid, h - 0.1, 0.11, distance))
    mist(back, scene, h, 0.03, 0.4)


def _sand(scene: Scene) -> Floats:
    tones = scene.tones
    return mix(mix(tones.mid, tones.horizon, 0.42), tones.accent, 0.18)


def _crest(scene: Scene, name: str, x: Points, at: tuple[float, float]) -> Points:
    """Tops along `x` of a dune at scene y `at[0]`, `at[1]` tall."""
    wave = line(scene.rng(name), x, 0.75, 2)
    return at[0] - at[1] * (1 - np.abs(wave) * 1.4) + 0.004 * scene.side * x


def _far_dune(back: Canvas, scene: Scene, name: str, at: tuple[float, float, float]) -> None:
    """A dune with a bright crest that darkens quickly below it."""
    y, tall, distance = at
    x = across(back.view)
    crest = _crest(scene, name, x, (y, tall))
    lit = hazed(scene, _sand(scene), distance)
    foot = mix(lit, scene.tones.near, 0.55 + 0.3 * distance)
    back.fill([below(x, crest, back.view)], Fade(lit, foot, y - tall, y + 0.06))
    _crest_line(back, scene, x, crest, lit)


def _crest_line(canvas: Canvas, scene: Scene, x: Points, crest: Points, lit: Floats) -> None:
    track = np.stack([x, crest + 0.0012], axis=1)
    canvas.stroke([track], 0.0022, mix(lit, scene.tones.horizon, 0.45), 0.7)


def _standing_dune(mid: Canvas, scene: Scene) -> None:
    """A long crest that rises to where somebody stands and falls away beyond; one side of it lies in shade."""
    stand, tones = scene.stand, scene.tones
    x = across(mid.view)
    along = (x - stand.x) * scene.side
    rise = np.where(along < 0, 0.10 * (1 - np.exp(along * 1.8)), 0.36 * np.clip(along, 0, None) ** 1.25)
    crest = stand.y + rise
    lit = hazed(scene, _sand(scene), 0.10)
    mid.fill([below(x, crest, mid.view)], Fade(lit, mix(lit, tones.near, 0.58), stand.y - 0.02, stand.y + 0.28))
    shade = mix(hazed(scene, tones.near, 0.11), tones.mid, 0.15)
    mid.fill([_shaded_side(scene, x, crest)], shade, 0.72)
    _ripples(mid, scene)
    _crest_line(mid, scene, x, crest, lit)


def _shaded_side(scene: Scene, x: Points, crest: Points) -> Points:
    """From the top of the crest down a bent spine, and back along the crest on the side away from the light."""
    stand = scene.stand
    towards = float(np.sign(scene.sun[0] - stand.x * 0.2)) or 1.0
    t = np.linspace(0, 1, 30)
    spine_x = stand.x - 0.06 * np.sin(t * 2.4) * towards + towards * 0.42 * t**1.5
    spine = np.stack([spine_x, float(np.interp(stand.x, x, crest)) + 0.55 * t], axis=1)
    edge_x = stand.x - towards * 1.6 * t
    edge = np.stack([edge_x, np.interp(edge_x, x, crest) + 0.001], axis=1)
    floor = np.array([(stand.x - towards * 1.6, stand.y + 0.55)])
    return np.concatenate([spine, floor, edge[::-1]])


def _ripples(mid: Canvas, scene: Scene) -> None:
    """Faint lines that the wind has drawn."""
    rng, y = scene.rng("ripples"), scene.stand.y
    paths: list[Points] = []
    for depth in np.geomspace(0.05, 0.32, 9):
        start = rng.uniform(-1.2, 0.9)
        x = np.linspace(start, start + rng.uniform(0.2, 0.7), 24)
        wave = 0.012 * np.sin(x * 5 + depth * 40) + 0.006 * line(rng, x, 0.1, 2)
        paths.append(np.stack([x, y + depth + wave], axis=1))
    mid.stroke(paths, 0.0016, scene.tones.near, 0.28)
