"""Water that has risen over the ground of a place. It knows no single place."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from mvlocal.staging.paint.canvas import Canvas, Fade, Mask, polygons
from mvlocal.staging.paint.noise import line
from mvlocal.staging.paint.palette import Floats, mix
from mvlocal.staging.plates.land_parts import Points, across
from mvlocal.staging.plates.scene import Plate, Scene
from mvlocal.staging.plates.sky_parts import Mirror, reflect

LEVEL = 0.16
"""Depth of the water in grown body heights."""


def paint_flood(plate: Plate, scene: Scene, ground: Points) -> Plate:
    """Knee-deep water over the ground's outline: everything stands on its own image."""
    tones, mid, horizon = scene.tones, plate.mid, scene.horizon
    share = LEVEL * scene.stand.height / max(scene.stand.y - horizon, 0.01)
    outline = (ground - (0, horizon)) * (1, 1 - share) + (0, horizon)
    y = max(float(outline[:, 1].min()), horizon + 0.004)
    outline[:, 1] = np.maximum(outline[:, 1], y)
    area = polygons(mid.view, [outline])
    if area is None:
        return plate
    alike = likeness(mid, area)
    deep = mix(mix(tones.near, tones.zenith, 0.4), tones.ink, 0.15)
    mirrored, drowned = Canvas(mid.view), Canvas(mid.view)
    for canvas in (mirrored, drowned):
        canvas.colour[:] = plate.back.colour * (1 - mid.alpha) + mid.colour
        canvas.alpha[:] = 1
    drowned.fill([outline], Fade(mix(tones.horizon, deep, 0.55), deep, y, y + 0.3), 0.72)
    reflect(mirrored, Mirror(y, 1.0, deep, ripple=1.3), outline)
    rows, columns = area.window
    both = drowned.colour * np.float32(0.38) + mirrored.colour * np.float32(0.62)
    cover = (area.coverage * (0.55 + 0.45 * alike)).astype(np.float32)
    mid.cover(Mask(area.x, area.y, cover), np.ascontiguousarray(both[:, rows, columns], np.float32))
    _ripples(mid, scene, y, area)
    return replace(plate, water=(y, 1.2))


def likeness(mid: Canvas, area: Mask) -> Floats:
    """How like the ground's usual shade in their row the pixels of `area` are: 1 is ground, 0 something on it."""
    light = mid.colour.mean(axis=0)[area.window]
    usual = np.median(light, axis=1).astype(np.float32)[:, None]
    reach = max(round(0.03 * mid.view.unit), 1)
    smooth = np.asarray(cv2.blur(usual, (1, reach), borderType=cv2.BORDER_REPLICATE), np.float32).reshape(-1, 1)
    return np.exp(-(((light - smooth) / np.float32(0.05)) ** 2)).astype(np.float32)


def _ripples(mid: Canvas, scene: Scene, y: float, area: Mask) -> None:
    rng, tones, x = scene.rng("flood"), scene.tones, across(mid.view, 0.01)
    bands: list[Points] = []
    for depth in np.geomspace(0.01, 0.4, 18):
        top = y + depth + 0.03 * depth * line(rng, x, 0.06 + depth, 3)
        wide = 0.020 * depth * np.clip(line(rng, x, 0.1 + depth, 3) - 0.05, 0, 1)
        bands.append(np.concatenate([np.stack([x, top], 1), np.stack([x, top + wide], 1)[::-1]]))
    mask = polygons(mid.view, bands)
    if mask is not None:
        kept = _within(mask, area)
        mid.cover(kept, mix(tones.horizon, tones.light, 0.25), 0.45 if not scene.dark else 0.3)


def _within(mask: Mask, area: Mask) -> Mask:
    """The part of `mask` that lies in `area`."""
    height, width = mask.coverage.shape
    share = np.zeros((height, width), np.float32)
    x0, y0 = max(mask.x, area.x), max(mask.y, area.y)
    x1 = min(mask.x + width, area.x + area.coverage.shape[1])
    y1 = min(mask.y + height, area.y + area.coverage.shape[0])
    if x1 > x0 and y1 > y0:
        held = area.coverage[y0 - area.y : y1 - area.y, x0 - area.x : x1 - area.x]
        share[y0 - mask.y : y1 - mask.y, x0 - mask.x : x1 - mask.x] = held
    return Mask(mask.x, mask.y, mask.coverage * share)
