"""The air above any place: gradient, sun or moon, clouds, stars, birds."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import ArrayLike

from mvlocal.staging.paint.canvas import Canvas, Mask, View, polygons
from mvlocal.staging.paint.noise import soft_field
from mvlocal.staging.paint.palette import Floats, mix
from mvlocal.staging.plates.scene import Scene


def paint_sky(canvas: Canvas, scene: Scene, clouds: float = 0.5) -> None:
    """Covers the layer with the hour's sky. `clouds` is 0 for none to 1 for many, before the weather has its say."""
    tones, horizon = scene.tones, scene.horizon
    canvas.sky(
        [
            (min(horizon - 0.75, -0.1), tones.zenith),
            (horizon - 0.34, tones.sky),
            (horizon - 0.06, tones.horizon),
            (horizon + 0.02, tones.horizon),
            (horizon + 0.4, mix(tones.horizon, tones.haze, 0.7)),
        ]
    )
    if scene.dark:
        paint_stars(canvas, scene)
    paint_sun(canvas, scene)
    paint_clouds(canvas, scene, clouds)
    if scene.dark and scene.veiled > 0.5:
        _paint_rent(canvas, scene)


def paint_sun(canvas: Canvas, scene: Scene) -> None:
    """Sun or moon with its glow, as far as cloud lets it through."""
    x, y = scene.sun
    tones, clear = scene.tones, 1 - scene.veiled
    low = scene.time in ("dawn", "dusk")
    reach, strength = (0.85, 0.75) if low else (0.6, 0.5)
    if scene.dark:
        reach, strength = 0.42, 0.34
    glow = mix(tones.light, tones.accent, 0.45 if scene.time == "dusk" else 0.2) if low else tones.light
    canvas.glow((x, y), reach, glow, strength * (0.35 + 0.65 * clear))
    canvas.glow((x, y), reach * 0.3, tones.light, 0.55 * clear + 0.1)
    radius = {"night": 0.036, "dusk": 0.062, "dawn": 0.05}.get(scene.time, 0.034)
    canvas.fill([disc(x, y, radius)], tones.light, 0.96 * clear)
    if scene.dark:
        shade = mix(tones.light, tones.sky, 0.5)
        canvas.fill([disc(x - 0.012, y - 0.006, 0.009), disc(x + 0.006, y + 0.012, 0.007)], shade, 0.11 * clear)
        canvas.fill([disc(x + 0.012, y - 0.01, 0.005)], shade, 0.10 * clear)


def _paint_rent(canvas: Canvas, scene: Scene) -> None:
    """A veiled night is not black: pale light along the horizon, and where the moon stands behind the cloud."""
    tones, (x, y) = scene.tones, scene.sun
    pale = mix(tones.horizon, tones.light, 0.45)
    mist(canvas, scene, scene.horizon - 0.02, 0.17, 0.34 * scene.veiled, pale)
    canvas.glow((scene.third * 0.5, scene.horizon - 0.04), 0.55, pale, 0.30 * scene.veiled)
    canvas.glow((x, y), 0.30, pale, 0.42 * scene.veiled)


def paint_sheen(canvas: Canvas, scene: Scene) -> None:
    """The ground of an open place in a veiled night takes some of the horizon's light, most where it is wet."""
    if not scene.dark or scene.veiled < 0.5:
        return
    share = 0.32 if scene.weather == "rain" else 0.2
    below = canvas.view.rows() - scene.horizon
    under = np.maximum(below, 0)
    fall = ((1 - np.exp(-((under / 0.04) ** 2))) * np.exp(-under / 0.20)).astype(np.float32)[:, None]
    canvas.wash(fall * canvas.alpha, mix(scene.tones.horizon, scene.tones.light, 0.25), share)


def disc(x: float, y: float, radius: float, squash: float = 1.0, points: int = 64) -> Floats:
    """A circle or, squashed, an ellipse as a polygon."""
    turn = np.linspace(0, 2 * np.pi, points, endpoint=False)
    return np.stack([x + radius * np.cos(turn), y + squash * radius * np.sin(turn)], axis=1).astype(np.float32)


def paint_stars(canvas: Canvas, scene: Scene) -> None:
    """Stars, fewer towards the horizon, faint where cloud veils them."""
    rng = scene.rng("stars")
    count = 420
    xs, depth = rng.uniform(-2.2, 2.2, count), rng.random(count)
    ys = scene.horizon - 0.04 - 1.1 * depth
    light = rng.random(count) ** 3
    clear = 1 - 0.9 * scene.veiled
    for share, radius in ((0.55, 0.0009), (0.85, 0.0013), (1.01, 0.0021)):
        chosen = (light < share) & (light >= share - 0.3)
        dots = [disc(x, y, radius, points=8) for x, y in zip(xs[chosen], ys[chosen], strict=True)]
        canvas.fill(dots, scene.tones.light, clear * share * 0.8)


_CLOUDS = {"clear": 0.0, "wind": 0.18, "cloudy": 0.5, "rain": 0.62, "snow": 0.5, "fog": 0.25}


def paint_clouds(canvas: Canvas, scene: Scene, amount: float) -> None:
    """Long banks of cloud, lit from where the sun stands, flatter towards the horizon."""
    view, tones = canvas.view, scene.tones
    amount = min(amount * 0.55 + _CLOUDS[scene.weather], 1.0)
    body, lit = cloud_field(scene, view, amount)
    above = np.clip((scene.horizon - view.rows()) / 0.16, 0, 1).astype(np.float32)[:, None]
    body *= above
    rows = np.clip((scene.horizon - view.rows()) / 0.8, 0, 1)
    low, high = mix(tones.horizon, tones.light, 0.35), mix(tones.sky, tones.pale, 0.25 if not scene.dark else 0.05)
    shadow = mix(tones.zenith, tones.far, 0.4)
    bright = low[:, None] + (high - low)[:, None] * rows.astype(np.float32)
    colour = shadow[:, None, None] + (bright - shadow[:, None])[..., None] * lit
    canvas.cover(Mask(0, 0, body * np.float32(0.62 if scene.dark else 0.72)), colour.astype(np.float32))


def cloud_field(scene: Scene, view: View, amount: float) -> tuple[Floats, Floats]:
    """Coverage and light (H, W) of clouds; more of the sky is covered as `amount` goes to 1."""
    height, width, unit = view.height, view.width, view.unit
    small = (max(height // 3, 8), max(width // 3, 8))
    noise = soft_field(scene.rng("clouds"), (small[0] * 1, small[1]), (unit / 3 * 0.95, unit / 3 * 0.15), 5)
    fine = soft_field(scene.rng("wisps"), small, (unit / 3 * 0.3, unit / 3 * 0.05), 4)
    noise = noise * 0.72 + fine * 0.28
    threshold = 0.66 - 0.34 * amount
    body = np.clip((noise - threshold) / 0.22, 0, 1)
    body = body * body * (3 - 2 * body)
    x, y = scene.sun
    step_x, step_y = np.sign(x) * 2.0, max(unit / 3 * 0.02, 1.0)
    shift = np.array([[1, 0, step_x], [0, 1, -step_y]])
    moved = cv2.warpAffine(noise, shift, (small[1], small[0]), borderMode=cv2.BORDER_REPLICATE)
    lit = (
        np.clip(0.5 + (noise - moved) * -6.0, 0, 1)
        if y < scene.horizon - 0.15
        else np.clip(0.5 + (noise - moved) * 6.0, 0, 1)
    )
    size = (width, height)
    return (
        np.asarray(cv2.resize(body, size, interpolation=cv2.INTER_CUBIC), np.float32).clip(0, 1),
        np.asarray(cv2.resize(lit.astype(np.float32), size, interpolation=cv2.INTER_LINEAR), np.float32),
    )


def paint_birds(canvas: Canvas, scene: Scene, count: int = 7) -> None:
    """A few birds far off, each two strokes."""
    rng = scene.rng("birds")
    x0, y0 = -scene.third * 0.8, scene.horizon - rng.uniform(0.26, 0.4)
    wings = []
    for _ in range(count):
        x, y = x0 + rng.normal(0, 0.09), y0 + rng.normal(0, 0.035)
        span, lift = rng.uniform(0.007, 0.013), rng.uniform(0.2, 0.55)
        wings.append(
            [
                (x - span, y - span * lift),
                (x - span * 0.45, y - span * lift * 0.75),
                (x, y),
                (x + span * 0.5, y - span * lift * 0.85),
                (x + span, y - span * lift * 0.7),
            ]
        )
    canvas.stroke(wings, 0.0022, scene.tones.ink, 0.75)


def mist(canvas: Canvas, scene: Scene, y: float, depth: float, strength: float, paint: Floats | None = None) -> None:
    """A bank of haze whose densest row is `y`, fading over `depth` scene units above and twice that below."""
    away = (canvas.view.rows() - y) / depth
    fall = np.exp(-(np.where(away < 0, away * 2.2, away * 0.9) ** 2)).astype(np.float32)
    rows = np.flatnonzero(fall > 0.004)
    if len(rows):
        band = np.broadcast_to(fall[rows[0] : rows[-1] + 1, None], (len(rows), canvas.view.width))
        canvas.cover(Mask(0, int(rows[0]), band), scene.tones.haze if paint is None else paint, strength)


@dataclass(frozen=True, slots=True)
class Mirror:
    """A reflecting surface: it begins at scene y `y`, is `strength` clear, tinted, and drawn out by `ripple`."""

    y: float
    strength: float
    tint: Floats
    ripple: float = 1.0


def reflect(canvas: Canvas, mirror: Mirror, within: ArrayLike | None = None) -> None:
    """Mirrors what stands above the surface into what lies below it, inside the polygon `within` if given."""
    view = canvas.view
    row = min(round(view.origin[1] + mirror.y * view.unit), view.height - 2)
    deep = view.height - row
    if row < 4 or deep < 4:
        return
    taken = min(row, deep)
    sigma = 0.012 * view.unit * mirror.ripple
    across = sigma * 0.25 + 0.1
    planes: list[Floats] = []
    for plane, tint in zip(canvas.colour, mirror.tint, strict=True):
        shown = np.pad(plane[row - taken : row][::-1], ((0, deep - taken), (0, 0)), mode="edge")
        soft = cv2.GaussianBlur(shown, (0, 0), sigmaX=across, sigmaY=sigma, borderType=cv2.BORDER_REFLECT)
        planes.append(np.asarray(soft, np.float32) * np.float32(0.82) + tint * np.float32(0.18))
    fall = np.linspace(mirror.strength, mirror.strength * 0.45, deep, dtype=np.float32)[:, None]
    coverage = np.broadcast_to(fall, (deep, view.width))
    mask = None if within is None else polygons(view, [within])
    if mask is not None:
        whole = np.zeros((view.height, view.width), np.float32)
        whole[mask.window] = mask.coverage
        coverage = coverage * whole[row:]
    canvas.cover(Mask(0, row, np.ascontiguousarray(coverage)), np.stack(planes))
