"""Pieces of water that several places share: a surface that mirrors, ripples, glints, boats."""

from __future__ import annotations

import numpy as np

from mvlocal.staging.paint.canvas import Canvas, Fade
from mvlocal.staging.paint.noise import line
from mvlocal.staging.paint.palette import Floats, mix
from mvlocal.staging.plates.land_parts import Points, across
from mvlocal.staging.plates.scene import Scene
from mvlocal.staging.plates.sky_parts import Mirror, reflect


def paint_water(canvas: Canvas, scene: Scene, calm: float, y: float | None = None) -> Floats:
    """Water from scene y `y` (the horizon unless given) to the bottom, mirroring what is painted above it.

    `calm`: 1 is a mirror, 0 a choppy sea. Returns the colour of its depth.
    """
    tones, h = scene.tones, scene.horizon if y is None else y
    rough = 1.0 if scene.weather not in ("rain", "wind", "snow") else 0.55
    deep = mix(tones.near, tones.zenith, 0.45)
    canvas.fill([[(-6, h), (6, h), (6, 4), (-6, 4)]], Fade(mix(tones.horizon, deep, 0.3), deep, h, h + 0.3))
    reflect(canvas, Mirror(h, (0.45 + 0.4 * calm) * rough, deep, ripple=2.4 - 1.6 * calm))
    rng = scene.rng("ripples")
    for depth in np.geomspace(0.008, 0.38, 22):
        x = across(canvas.view, 0.01)
        top = h + depth + 0.03 * depth * line(rng, x, 0.05 + depth * 1.4, 3)
        wide = 0.022 * depth * np.clip(line(rng, x, 0.08 + depth, 3) + 0.05 - 0.25 * calm * rough, 0, 1)
        band = np.concatenate([np.stack([x, top], 1), np.stack([x, top + wide], 1)[::-1]])
        canvas.fill([band], mix(tones.horizon, deep, 0.35 if not scene.dark else 0.7), 0.40)
    paint_path(canvas, scene, h)
    return deep


def paint_path(canvas: Canvas, scene: Scene, y: float) -> None:
    """Glints under sun or moon, wider as they come nearer."""
    rng, x = scene.rng("path"), scene.sun[0]
    strength = (1 - scene.veiled) * (1.0 if scene.time in ("dawn", "dusk", "night") else 0.55)
    glints: list[list[tuple[float, float]]] = []
    for depth in np.geomspace(0.003, 0.33, 130):
        spread = 0.014 + depth * 0.26
        middle = x + rng.normal(0, spread * 0.55)
        long, thick = (0.007 + depth * 0.13) * rng.uniform(0.4, 1.3), 0.0011 + depth * 0.007
        at = y + depth * rng.uniform(0.94, 1.06)
        glints.append([(middle - long, at), (middle, at - thick), (middle + long, at), (middle, at + thick)])
    canvas.fill(glints, mix(scene.tones.light, scene.tones.lamp, 0.3), 0.7 * strength)
    canvas.glow((x, y + 0.03), 0.28, scene.tones.light, 0.3 * strength)


def hull(x: float, y: float, length: float, side: int) -> Points:
    """A boat's hull from the side, its bow towards `side`; `y` is the waterline."""
    outline = [
        (-0.50, -0.11),
        (-0.46, 0.0),
        (-0.30, 0.02),
        (0.30, 0.02),
        (0.44, -0.02),
        (0.56, -0.17),
        (0.3, -0.125),
        (-0.2, -0.105),
    ]
    return np.array(outline) * (side * length, length) + (x, y)


def rowing_boat(canvas: Canvas, scene: Scene, at: tuple[float, float], length: float, side: int) -> None:
    """A small open boat lying on the water, with its oars shipped and its mirror image."""
    x, y = at
    ink = mix(scene.tones.ink, scene.tones.near, 0.25)
    body = hull(x, y, length, side)
    mirrored = (body - (0, y)) * (1, -0.75) + (0, y + 0.004)
    canvas.fill([mirrored], ink, 0.35)
    canvas.fill([body], Fade(mix(ink, scene.tones.accent, 0.22), scene.tones.ink, y - length * 0.16, y))
    gunwale = [
        (x - side * 0.49 * length, y - 0.108 * length),
        (x + side * 0.3 * length, y - 0.123 * length),
        (x + side * 0.555 * length, y - 0.168 * length),
    ]
    canvas.stroke([gunwale], max(length * 0.012, 0.0016), mix(ink, scene.tones.horizon, 0.45))
    oar = [(x - side * 0.35 * length, y - 0.15 * length), (x + side * 0.25 * length, y - 0.13 * length)]
    canvas.stroke([oar], max(length * 0.012, 0.0016), scene.tones.ink)


def lamp_column(canvas: Canvas, scene: Scene, at: tuple[float, float], size: tuple[float, float]) -> None:
    """The light of a lamp drawn out on water or a wet ground: `size` is half its width, and its length."""
    x, y = at
    rng = scene.rng(f"column {round(x, 3)}")
    wide, long = size
    bits: list[list[tuple[float, float]]] = []
    for t in np.linspace(0, 1, 14):
        half = wide * (0.5 + t) * rng.uniform(0.5, 1.2)
        mid, thick = x + rng.normal(0, wide * 0.35), long * 0.018 * (0.6 + t)
        cy = y + long * t
        bits.append([(mid - half, cy), (mid, cy - thick), (mid + half, cy), (mid, cy + thick)])
    canvas.fill(bits, scene.tones.lamp, 0.55 * scene.lit)
