"""Nowhere: a light, a floor, and somebody."""

from __future__ import annotations

from mvlocal.staging.paint.canvas import Canvas, Fade
from mvlocal.staging.paint.palette import mix
from mvlocal.staging.plates.scene import Plate, Scene
from mvlocal.staging.plates.sky_parts import Mirror, disc, reflect


def draw(scene: Scene) -> Plate:
    """A great disc over a mirror of a floor."""
    back = scene.backdrop()
    tones, h = scene.tones, scene.horizon
    wall = mix(tones.zenith, tones.near, 0.4)
    back.sky([(-0.2, wall), (h, mix(wall, tones.sky, 0.65))])
    x, y, radius = scene.third * 0.55, h - 0.13, 0.30
    back.glow((x, y), 0.9, mix(tones.accent, tones.light, 0.25), 0.5)
    back.fill(
        [disc(x, y, radius, points=160)], Fade(mix(tones.lamp, tones.light, 0.4), tones.accent, y - radius, y + radius)
    )
    _floor(back, scene)
    return Plate(back, scene.canvas(), lights=((scene.third * 0.55, scene.horizon - 0.13, 0.3),))


def _floor(back: Canvas, scene: Scene) -> None:
    h, tones = scene.horizon, scene.tones
    dark = mix(tones.ink, tones.zenith, 0.35)
    back.fill([[(-4, h), (4, h), (4, 3), (-4, 3)]], Fade(dark, tones.ink, h, h + 0.5))
    reflect(back, Mirror(h, 0.55, dark, ripple=1.6))
    back.stroke([[(-4, h), (4, h)]], 0.0016, mix(tones.sky, tones.light, 0.4), 0.6)
