"""Mountains behind a ridge with firs."""

from __future__ import annotations

import numpy as np

from mvlocal.staging.paint.canvas import Canvas, Fade, View
from mvlocal.staging.paint.noise import line
from mvlocal.staging.paint.palette import mix
from mvlocal.staging.plates.land_parts import Points, across, below, conifer, hazed, ridge
from mvlocal.staging.plates.scene import Plate, Scene
from mvlocal.staging.plates.sky_parts import mist, paint_birds, paint_sky


def draw(scene: Scene) -> Plate:
    """Three ranges, the middle one with snow, mist in the valleys, a ridge to stand on."""
    back, mid, near = scene.backdrop(), scene.canvas(), scene.canvas()
    paint_sky(back, scene, 0.6)
    _ranges(back, scene)
    if not scene.dark:
        paint_birds(back, scene, 5)
    _crest(mid, scene)
    _frame(near, scene)
    return Plate(back, mid, near, clouds=0.7)


def _peaks(rng: np.random.Generator, view: View, y: float, height: float, cell: float) -> tuple[Points, Points]:
    """A jagged skyline: positions and tops."""
    x = across(view, 0.004)
    coarse = 1 - np.abs(line(rng, x, cell, 2)) * 1.6
    fine = line(rng, x, cell * 0.22, 5, 0.55)
    return x, y - height * (0.75 * np.clip(coarse, -0.2, 1) + 0.16 * fine)


def _ranges(back: Canvas, scene: Scene) -> None:
    h, tones = scene.horizon, scene.tones
    for name, rise, tall, cell, distance, snow in (
        ("far", 0.06, 0.30, 0.55, 0.80, 0.35),
        ("middle", 0.0, 0.27, 0.8, 0.52, 0.75),
        ("close", -0.08, 0.14, 0.6, 0.24, 0.0),
    ):
        x, top = _peaks(scene.rng(name), back.view, h - rise, tall, cell)
        colour = hazed(scene, mix(tones.mid, tones.far, 0.2), distance)
        foot = hazed(scene, tones.haze, distance)
        back.fill(
            [below(x, top, back.view)], Fade(colour, mix(colour, foot, 0.75), h - rise - tall * 0.6, h - rise + 0.14)
        )
        if snow:
            _snow(back, scene, x, top, (h - rise - tall * 0.42, snow, distance))
        mist(back, scene, h - rise + 0.05, 0.07, 0.42)


def _snow(back: Canvas, scene: Scene, x: Points, top: Points, cap: tuple[float, float, float]) -> None:
    """Snow on the sides that face the light, down to a ragged line."""
    snow_line, strength, distance = cap
    towards = np.sign(scene.sun[0])
    slope = np.gradient(top, x)
    facing = np.clip(slope * towards * 1.2 + 0.35, 0, 1)
    depth = np.clip(snow_line - top, 0, None) * (0.35 + 0.9 * facing)
    ragged = 0.35 + 0.65 * np.abs(line(scene.rng(f"snow {distance}"), x, 0.035, 4))
    low = top + depth * ragged * 1.3
    light = hazed(scene, mix(scene.tones.pale, scene.tones.light, 0.5), 0.15 + 0.4 * distance + 0.3 * scene.dark)
    band = np.concatenate([np.stack([x, top], 1), np.stack([x, low], 1)[::-1]])
    back.fill([band], light, strength * (0.75 if not scene.dark else 0.4))


def _crest(mid: Canvas, scene: Scene) -> None:
    tones, stand = scene.tones, scene.stand
    x = across(mid.view)
    away = np.abs(x - stand.x)
    top = stand.y + 0.22 * away**1.35 * 0.9 + 0.012 * line(scene.rng("crest"), x, 0.2) * np.clip(away * 6, 0, 1)
    rng = scene.rng("firs")
    firs = []
    for fx in rng.uniform(-1.5, 1.5, 60):
        if abs(fx - stand.x) > 0.30:
            ground = float(np.interp(fx, x, top))
            firs.append(conifer(float(fx), ground + 0.03, rng.uniform(0.05, 0.15), rng))
    mid.fill(firs, mix(tones.near, tones.ink, 0.3))
    mid.fill([below(x, top, mid.view)], Fade(mix(tones.near, tones.ink, 0.35), tones.ink, stand.y, stand.y + 0.2))


def _frame(near: Canvas, scene: Scene) -> None:
    rng = scene.rng("frame")
    side = -scene.side * scene.aspect / 2
    firs = [conifer(side * k, 1.12, tall, rng) for k, tall in ((0.98, 0.78), (0.82, 0.5), (1.15, 0.95))]
    near.fill([*firs, ridge(rng, near.view, 1.05, 0.03, 0.3)], scene.tones.ink)
