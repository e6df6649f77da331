"""A field with one tree under a wide sky."""

from __future__ import annotations

import numpy as np

from mvlocal.staging.paint.canvas import Canvas, Fade
from mvlocal.staging.paint.palette import mix
from mvlocal.staging.plates.land_parts import crown, grass, hazed, layered, ridge
from mvlocal.staging.plates.scene import Plate, Scene
from mvlocal.staging.plates.sky_parts import mist, paint_birds, paint_sky


def draw(scene: Scene) -> Plate:
    """Hills behind hills, a tree on the lighter side, grass that catches the light."""
    back, mid, near = scene.backdrop(), scene.canvas(), scene.canvas()
    paint_sky(back, scene, 0.9)
    _hills(back, scene)
    if not scene.dark:
        paint_birds(back, scene, 6)
    _meadow(mid, scene)
    near.fill(grass(near.view, scene.rng("near grass"), 1.06, 0.24, 0.012, lean=0.45), scene.tones.ink)
    return Plate(back, mid, near, clouds=0.8)


def _hills(back: Canvas, scene: Scene) -> None:
    h, tones = scene.horizon, scene.tones
    for name, rise, tall, cell, distance in (
        ("far", 0.085, 0.06, 0.9, 0.80),
        ("middle", 0.045, 0.05, 0.6, 0.58),
        ("close", 0.0, 0.045, 0.8, 0.34),
    ):
        shape = ridge(scene.rng(name), back.view, h - rise, tall, cell, 4)
        back.fill([shape], layered(scene, mix(tones.mid, tones.far, 0.3), h - rise - tall, 0.16, distance))
        if name != "far":
            _hedge(back, scene, name, h - rise + 0.012, distance)
    mist(back, scene, h + 0.02, 0.05, 0.38)


def _hedge(back: Canvas, scene: Scene, name: str, y: float, distance: float) -> None:
    """A line of far trees."""
    rng = scene.rng(f"hedge {name}")
    xs = -scene.side * rng.uniform(-0.1, 1.4, 42)
    size = 0.012 + 0.018 * (1 - distance)
    crowns = [crown(float(x), y - size * rng.uniform(0.4, 1.0), size * rng.uniform(0.6, 1.2), rng, 0.9) for x in xs]
    back.fill(crowns, hazed(scene, scene.tones.near, distance * 0.9))


def _meadow(mid: Canvas, scene: Scene) -> None:
    tones, h = scene.tones, scene.horizon
    y = h + 0.055
    light = mix(mix(tones.mid, tones.horizon, 0.32), tones.accent, 0.14)
    _tree(mid, scene, -scene.third * 1.05, y + 0.03)
    shape = ridge(scene.rng("meadow"), mid.view, y, 0.035, 1.3, 3)
    mid.fill([shape], Fade(hazed(scene, light, 0.2), mix(tones.near, tones.ink, 0.4), y - 0.03, y + 0.36))
    for number, depth in enumerate(np.geomspace(0.02, 0.42, 8)):
        share = number / 7
        blades = grass(
            mid.view, scene.rng(f"row {number}"), y + depth, 0.035 + 0.10 * share, 0.006 + 0.009 * share, lean=0.4
        )
        mid.fill(blades, mix(hazed(scene, light, 0.15), tones.ink, 0.12 + 0.72 * share), 0.8)


def _tree(mid: Canvas, scene: Scene, x: float, foot: float) -> None:
    rng, tones = scene.rng("tree"), scene.tones
    trunk = [
        (x - 0.016, foot + 0.03),
        (x - 0.008, foot - 0.10),
        (x - 0.006, foot - 0.2),
        (x + 0.006, foot - 0.2),
        (x + 0.009, foot - 0.10),
        (x + 0.018, foot + 0.03),
    ]
    dark = mix(tones.near, tones.ink, 0.45)
    mid.fill([trunk], dark)
    spots = [
        (0.0, -0.27, 0.115),
        (-0.085, -0.215, 0.08),
        (0.09, -0.225, 0.085),
        (0.03, -0.345, 0.08),
        (-0.045, -0.325, 0.075),
        (0.14, -0.19, 0.045),
        (-0.135, -0.18, 0.045),
    ]
    mid.fill([crown(x + dx, foot + dy, r, rng) for dx, dy, r in spots], dark)
    towards = float(np.sign(scene.sun[0] - x))
    lit = [crown(x + dx + towards * r * 0.30, foot + dy - r * 0.25, r * 0.62, rng) for dx, dy, r in spots]
    mid.fill(lit, hazed(scene, tones.mid, 0.25), 0.38)
