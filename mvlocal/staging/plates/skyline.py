"""A city seen from a roof."""

from __future__ import annotations

import numpy as np

from mvlocal.staging.paint.canvas import Canvas
from mvlocal.staging.paint.palette import mix
from mvlocal.staging.plates.city_parts import box, lamp, paint_towers, paint_windows, tank, tower_row
from mvlocal.staging.plates.land_parts import hazed, layered
from mvlocal.staging.plates.scene import Plate, Scene
from mvlocal.staging.plates.sky_parts import mist, paint_sky


def draw(scene: Scene) -> Plate:
    """Three rows of towers in the haze, a roof with its parapet before them."""
    back, mid, near = scene.backdrop(), scene.canvas(), scene.canvas()
    paint_sky(back, scene, 0.5)
    _far_rows(back, scene)
    _near_row(mid, scene)
    _roof(mid, scene)
    _frame(near, scene)
    mast = -scene.side * scene.aspect * 0.36 + 0.14
    return Plate(back, mid, near, ((mast, scene.stand.y - 0.345, 0.006),), clouds=0.5)


def _far_rows(back: Canvas, scene: Scene) -> None:
    h, tones = scene.horizon, scene.tones
    for number, (rise, tall, wide, distance) in enumerate(
        ((0.02, 0.17, (0.03, 0.08), 0.78), (0.06, 0.30, (0.04, 0.10), 0.48))
    ):
        towers = tower_row(scene.rng(f"row {number}"), h + rise, 0.03, tall, wide)
        roof = min(tower.roof for tower in towers)
        paint_towers(
            back, towers, scene.rng(f"roofs {number}"), layered(scene, tones.mid, roof, h + 0.1 - roof, distance), 0.014
        )
        paint_windows(
            back, scene, towers, f"windows {number}", 0.011 + 0.003 * number, (0.35 + 0.3 * number) * scene.lit
        )
        mist(back, scene, h + 0.05, 0.10, 0.45 - 0.15 * number)


def _near_row(mid: Canvas, scene: Scene) -> None:
    h, tones = scene.horizon, scene.tones
    towers = [
        tower
        for tower in tower_row(scene.rng("near row"), h + 0.6, 0.44, 0.86, (0.09, 0.19))
        if abs(tower.x0 + tower.x1) / 2 > 0.2 or tower.roof > h + 0.02
    ]
    paint_towers(
        mid,
        towers,
        scene.rng("near roofs"),
        layered(scene, mix(tones.mid, tones.near, 0.6), h - 0.25, 0.6, 0.14),
        0.028,
    )
    paint_windows(mid, scene, towers, "near windows", 0.022, 0.25 + 0.7 * scene.lit)


def _roof(mid: Canvas, scene: Scene) -> None:
    feet, tones = scene.stand.y, scene.tones
    mid.fill([box(-3, feet - 0.012, 3, feet + 1)], mix(tones.ink, tones.near, 0.25))
    mid.stroke([[(-3, feet - 0.012), (3, feet - 0.012)]], 0.003, hazed(scene, tones.mid, 0.25), 0.8)
    side = -scene.side
    mid.fill(tank(side * scene.aspect * 0.36, feet - 0.01, 0.20), tones.ink)
    vents = [
        box(x, feet - tall, x + wide, feet) for x, wide, tall in ((side * 0.22, 0.07, 0.05), (side * 0.12, 0.03, 0.085))
    ]
    mid.fill(vents, tones.ink)
    mast = side * scene.aspect * 0.36 + 0.14
    mid.stroke(
        [[(mast, feet), (mast, feet - 0.34)], [(mast - 0.03, feet - 0.3), (mast + 0.03, feet - 0.3)]], 0.004, tones.ink
    )
    if scene.lit > 0:
        lamp(mid, scene, mast, feet - 0.345, 0.006)


def _frame(near: Canvas, scene: Scene) -> None:
    y = 1.02
    x = np.linspace(-2.4, 2.4, 60)
    for height in (0.78, 0.845):
        sag = height - 0.66 + 0.05 * (x * scene.side * 0.35) ** 2
        near.stroke([np.stack([x, sag - 0.18 - 0.05 * x * scene.side], axis=1)], 0.005, scene.tones.ink, 0.9)
    near.fill([box(-3, y, 3, y + 1)], scene.tones.ink)
