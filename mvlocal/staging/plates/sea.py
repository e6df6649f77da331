"""The sea from its shore."""

from __future__ import annotations

import numpy as np

from mvlocal.staging.paint.canvas import Canvas, Fade
from mvlocal.staging.paint.noise import line
from mvlocal.staging.paint.palette import mix
from mvlocal.staging.plates.land_parts import across, below, grass, hazed, layered, ridge
from mvlocal.staging.plates.scene import Plate, Scene
from mvlocal.staging.plates.sky_parts import Mirror, mist, paint_birds, paint_sky, reflect


def draw(scene: Scene) -> Plate:
    """A headland in the haze, the light's path on the water, two lines of foam, the beach."""
    back, mid, near = scene.backdrop(), scene.canvas(), scene.canvas()
    paint_sky(back, scene, 0.8)
    _headland(back, scene)
    _water(back, scene)
    if not scene.dark:
        paint_birds(back, scene, 5)
    _beach(mid, scene)
    near.fill(grass(near.view, scene.rng("grass"), 1.04, 0.16, 0.014, lean=0.5), scene.tones.ink)
    y = scene.stand.y - 0.04
    return Plate(back, mid, near, water=(scene.horizon, y), clouds=0.8, ground=((-6, y), (6, y), (6, 6), (-6, 6)))


def _headland(back: Canvas, scene: Scene) -> None:
    h, side = scene.horizon, -scene.side
    for number, (start, tall, distance) in enumerate(((0.05, 0.075, 0.7), (0.42, 0.12, 0.45))):
        x = across(back.view)
        rise = np.clip((x * side - start) / 0.55, 0, 1)
        top = h + 0.002 - tall * rise**0.6 * (0.75 + 0.4 * line(scene.rng(f"head {number}"), x, 0.3)) * (rise > 0)
        back.fill([below(x, top, back.view)], layered(scene, scene.tones.mid, h - tall, tall, distance))
    mist(back, scene, h - 0.005, 0.03, 0.35)


def _water(back: Canvas, scene: Scene) -> None:
    h, tones, rng = scene.horizon, scene.tones, scene.rng("water")
    deep = mix(tones.near, tones.zenith, 0.45)
    back.fill([[(-5, h), (5, h), (5, 4), (-5, 4)]], Fade(mix(tones.horizon, deep, 0.35), deep, h, h + 0.28))
    reflect(back, Mirror(h, 0.6, deep, ripple=2.2))
    for depth in np.geomspace(0.006, 0.34, 26):
        x = across(back.view, 0.01)
        top = h + depth + 0.035 * depth * line(rng, x, 0.05 + depth * 1.4, 3)
        wide = 0.028 * depth * np.clip(line(rng, x, 0.08 + depth, 3) + 0.1, 0, 1)
        band = np.concatenate([np.stack([x, top], 1), np.stack([x, top + wide], 1)[::-1]])
        back.fill([band], mix(tones.ink, tones.near, 0.4), 0.42)
    _path(back, scene)


def _path(back: Canvas, scene: Scene) -> None:
    """Glints under the sun or moon, wider as they come nearer."""
    h, rng = scene.horizon, scene.rng("path")
    x, strength = scene.sun[0], (1 - scene.veiled) * (1.0 if scene.time in ("dawn", "dusk", "night") else 0.6)
    glints = []
    for depth in np.geomspace(0.003, 0.33, 150):
        spread = 0.018 + depth * 0.30
        middle = x + rng.normal(0, spread * 0.55)
        long, thick = (0.008 + depth * 0.16) * rng.uniform(0.4, 1.3), 0.0012 + depth * 0.010
        y = h + depth * rng.uniform(0.94, 1.06)
        glints.append([(middle - long, y), (middle, y - thick), (middle + long, y), (middle, y + thick)])
    back.fill(glints, mix(scene.tones.light, scene.tones.lamp, 0.35), 0.75 * strength)
    back.glow((x, h + 0.03), 0.30, scene.tones.light, 0.35 * strength)


def _beach(mid: Canvas, scene: Scene) -> None:
    tones, feet = scene.tones, scene.stand.y
    x = across(mid.view)
    shore = feet - 0.045 + 0.030 * x * scene.side + 0.012 * line(scene.rng("shore"), x, 0.5, 3)
    sand = mix(tones.near, tones.mid, 0.3)
    wet = mix(sand, tones.horizon, 0.35)
    foam = mix(tones.pale, tones.horizon, 0.4 if not scene.dark else 0.75)
    for lift, opacity in ((0.040, 0.35), (0.012, 0.75)):
        edge = shore - lift + 0.006 * line(scene.rng(f"foam {lift}"), x, 0.12, 3)
        thick = 0.0035 + 0.005 * np.clip(line(scene.rng(f"thick {lift}"), x, 0.2, 3), -0.4, 1)
        mid.fill([np.concatenate([np.stack([x, edge], 1), np.stack([x, edge + thick], 1)[::-1]])], foam, opacity)
    mid.fill([below(x, shore, mid.view)], Fade(wet, mix(sand, tones.ink, 0.35), feet - 0.08, feet + 0.12))
    rocks = ridge(scene.rng("rocks"), mid.view, feet + 0.34 - 0.0, 0.06, 0.3)
    mid.fill([rocks], hazed(scene, tones.ink, 0.02))
