"""Nothing but sky, above a sea of cloud."""

from __future__ import annotations

import numpy as np

from mvlocal.staging.paint.canvas import Canvas, Fade
from mvlocal.staging.paint.palette import mix
from mvlocal.staging.plates.land_parts import across, below, hazed
from mvlocal.staging.plates.scene import Plate, Scene
from mvlocal.staging.plates.sky_parts import disc, mist, paint_birds, paint_sky


def draw(scene: Scene) -> Plate:
    """Banks of cumulus behind each other, the nearest dark, a hilltop under whoever stands there."""
    back, mid, near = scene.backdrop(), scene.canvas(), scene.canvas()
    paint_sky(back, scene, 1.0)
    for number, (y, size, distance) in enumerate(((0.02, 0.045, 0.85), (0.10, 0.07, 0.6), (0.19, 0.10, 0.36))):
        _bank(back, scene, f"bank {number}", (scene.horizon + y, size, distance))
    if not scene.dark:
        paint_birds(back, scene, 9)
    _bank(mid, scene, "bank mid", (scene.horizon + 0.31, 0.12, 0.16))
    _bank(mid, scene, "bank low", (scene.horizon + 0.42, 0.14, 0.08))
    _hilltop(mid, scene)
    return Plate(back, mid, near, clouds=1.0)


def _bank(canvas: Canvas, scene: Scene, name: str, at: tuple[float, float, float]) -> None:
    """A row of heaped clouds: shaded body, lit heads."""
    y, size, distance = at
    rng, tones = scene.rng(name), scene.tones
    xs = np.arange(-1.7, 1.7, size * 0.62) + rng.uniform(-0.3, 0.3, len(np.arange(-1.7, 1.7, size * 0.62))) * size
    heap = np.abs(np.sin(xs * 2.1 + rng.uniform(0, 6))) * 0.9 + 0.25
    tops = y - size * heap * rng.uniform(0.5, 1.2, len(xs))
    radii = size * rng.uniform(0.45, 0.85, len(xs))
    body = mix(mix(tones.zenith, tones.far, 0.5), tones.haze, distance)
    lit = mix(mix(tones.horizon, tones.light, 0.55), body, 0.12 + 0.35 * scene.veiled + 0.35 * scene.dark)
    x = across(canvas.view, 0.02)
    floor = below(x, np.full(len(x), y), canvas.view)
    puffs = [disc(px, py, r, 0.82, 40) for px, py, r in zip(xs, tops, radii, strict=True)]
    canvas.fill(puffs, Fade(lit, mix(lit, body, 0.8), y - size * 1.5, y + size * 0.25))
    towards = float(np.sign(scene.sun[0])) or 1.0
    shade = [
        disc(px - towards * r * 0.16, py + r * 0.24, r * 0.90, 0.80, 40)
        for px, py, r in zip(xs, tops, radii, strict=True)
    ]
    canvas.fill(shade, Fade(mix(lit, body, 0.42), body, y - size * 1.2, y + size * 0.4), 0.82)
    canvas.fill([floor], Fade(body, mix(body, tones.haze, 0.3), y, y + 0.2))
    mist(canvas, scene, y + size * 0.7, size * 0.55, 0.28) if canvas.alpha.min() >= 1 else None


def _hilltop(mid: Canvas, scene: Scene) -> None:
    stand, tones = scene.stand, scene.tones
    x = across(mid.view)
    top = stand.y + 0.55 * (x - stand.x) ** 2 + 0.004 * np.sin(x * 60)
    mid.fill(
        [below(x, top, mid.view)],
        Fade(hazed(scene, mix(tones.near, tones.ink, 0.6), 0.05), tones.ink, stand.y, stand.y + 0.1),
    )
