"""What the story did to a place, painted over its plate: water, fire, snow, weeds, cracks, bunting.

It knows no single place. `dark`, `lit` and `empty` are honoured by the places themselves while they are drawn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np

from mvlocal.staging.paint.canvas import Canvas, Fade, Mask, blurred, polygons
from mvlocal.staging.paint.noise import line, soft_field
from mvlocal.staging.paint.palette import Floats, mix
from mvlocal.staging.plates.city_parts import box
from mvlocal.staging.plates.flood_parts import likeness, paint_flood
from mvlocal.staging.plates.growth_parts import paint_overgrown
from mvlocal.staging.plates.land_parts import Points, across, below
from mvlocal.staging.plates.scene import Plate, Scene
from mvlocal.staging.plates.sky_parts import disc
from mvlocal.staging.plates.state_words import State, states_in, unknown_words


@dataclass(frozen=True, slots=True)
class _Ground:
    """Where the ground of a plate begins, in scene y, its outline, and whether it lies in a room."""

    y: float
    outline: Points
    indoors: bool


def changed(plate: Plate, scene: Scene, *, indoors: bool) -> Plate:
    """The plate as the story left it; words that mean nothing drawable are named in its remarks."""
    words = scene.state
    if not words:
        return plate
    y = scene.horizon if plate.ground_y is None else plate.ground_y
    ground = _Ground(y, np.array(plate.ground) if plate.ground else box(-6, y, 6, 6), indoors)
    states = states_in(words)
    for state, paint in _PAINTERS.items():
        if state in states:
            plate = paint(plate, scene, ground)
    if "dark" in states:
        plate = replace(plate, lights=())
    unknown = tuple(f"a state that cannot be drawn: {word}" for word in unknown_words(words))
    return replace(plate, remarks=(*plate.remarks, *unknown))


def _flooded(plate: Plate, scene: Scene, ground: _Ground) -> Plate:
    return paint_flood(plate, scene, ground.outline)


def _burning(plate: Plate, scene: Scene, ground: _Ground) -> Plate:
    """Fires on the ground, before its walls or far across it; their glow and smoke behind, sparks in the air."""
    tones, back, mid = scene.tones, plate.back, plate.mid
    rng = scene.rng("fire")
    hot = mix(tones.accent, tones.lamp, 0.35)
    fires = sorted((_fire_place(scene, ground, rng) for _ in range(9)), key=lambda fire: fire[1])
    for x, y, size in fires:
        back.glow((x, y - 0.07 * size), float(rng.uniform(0.16, 0.28)) * size**0.5, hot, 0.5)
    _smoke(back, scene, ground.y + 0.012)
    for x, y, size in fires:
        places = x + rng.normal(0, 0.04 * size, 5)
        heights = rng.uniform(0.05, 0.14, 5) * size
        outer = [
            _tongue(float(a), y, float(t), float(rng.normal(0, 0.25))) for a, t in zip(places, heights, strict=True)
        ]
        inner = [_tongue(float(a), y, float(t) * 0.55, 0.1) for a, t in zip(places, heights, strict=True)]
        mid.glow((x, y), 0.16 * size, hot, 0.25)
        mid.fill(outer, Fade(mix(tones.accent, tones.ink, 0.15), hot, y - 0.14 * size, y), 0.88)
        mid.fill(inner, mix(tones.lamp, tones.light, 0.5), 0.9)
    sparks = [
        disc(float(x), float(y), float(radius), points=8)
        for x, y, radius in rng.uniform((-1.1, ground.y - 0.5, 0.001), (1.1, ground.y, 0.0026), (90, 3))
    ]
    mid.fill(sparks, hot, 0.85)
    flames = tuple((x, y - 0.05 * size, 0.08 * size) for x, y, size in fires)
    return replace(plate, lights=(*plate.lights, *flames))


def _fire_place(scene: Scene, ground: _Ground, rng: np.random.Generator) -> tuple[float, float, float]:
    """Scene x and y of a fire and its size: by a wall where walls bound the ground, else anywhere far off."""
    depth = float(rng.uniform(0.02, 0.45))
    y = ground.y + 0.012 + (scene.stand.y - ground.y) * depth
    left, right = _bounds(ground.outline, y)
    if right - left > 2.2:
        x = float(rng.uniform(-1.1, 1.1))
        return x, ground.y + 0.012 + (scene.stand.y - ground.y) * depth * 0.3, 0.8 + 1.2 * depth
    edge, inwards = (left, 1) if rng.random() < 0.5 else (right, -1)
    return edge + inwards * 0.04 * (right - left), y, 0.45 + 1.8 * depth


def _bounds(outline: Points, y: float) -> tuple[float, float]:
    """How far left and right an outline reaches at scene y; everywhere where it does not."""
    a, b = outline, np.roll(outline, -1, axis=0)
    crosses = (a[:, 1] > y) != (b[:, 1] > y)
    if not crosses.any():
        return -6.0, 6.0
    a, b = a[crosses], b[crosses]
    at = a[:, 0] + (y - a[:, 1]) * (b[:, 0] - a[:, 0]) / (b[:, 1] - a[:, 1])
    return float(at.min()), float(at.max())


def _tongue(x: float, foot: float, tall: float, lean: float) -> Points:
    """One flame: broad low down, bent and pointed at its tip."""
    t = np.linspace(0, 1, 14)
    half = 0.20 * tall * np.sin(np.pi * (0.18 + 0.82 * t)) ** 0.8 * (1 - 0.25 * t)
    middle = x + lean * tall * t**2 + 0.06 * tall * np.sin(7 * t + x * 40)
    y = foot - tall * t
    return np.concatenate([np.stack([middle - half, y], 1), np.stack([middle + half, y], 1)[::-1]])


def _smoke(back: Canvas, scene: Scene, y: float) -> None:
    view = back.view
    noise = soft_field(scene.rng("smoke"), (view.height, view.width), (view.unit * 0.35, view.unit * 0.28), 4)
    rows = ((y - view.rows()) / 0.6).astype(np.float32)
    rise = np.clip(rows, 0, 1)[:, None] ** 0.5 * (rows[:, None] > 0)
    cover = np.clip((noise - 0.42) / 0.2, 0, 1) * rise
    back.wash(
        cover.astype(np.float32), mix(scene.tones.ink, mix(scene.tones.near, scene.tones.accent, 0.25), 0.45), 0.62
    )


def _snowed_in(plate: Plate, scene: Scene, ground: _Ground) -> Plate:
    """Snow on the ground and on every ledge; drifts before the lens."""
    tones = scene.tones
    snow = mix(mix(tones.horizon, tones.pale, 0.6), tones.sky, 0.30 if scene.dark else 0.15)
    if scene.dark:
        snow = mix(snow, tones.mid, 0.22)
    for canvas, size in ((plate.mid, 0.010), (plate.near, 0.016)):
        if canvas is not None:
            canvas.cover(_ledges(canvas, size), snow, 0.35 if ground.indoors else 0.9)
    mid = plate.mid
    if not ground.indoors:
        plate.back.fill([ground.outline], snow, 0.5)
        _lay_snow(mid, ground, snow)
    x = across(mid.view, 0.01)
    for drop, tall in ((0.26, 0.02), (0.36, 0.05)):
        top = scene.horizon + drop + 0.03 * (ground.indoors) - tall * line(scene.rng(f"drift {drop}"), x, 0.5, 3)
        low = mix(snow, mix(tones.mid, tones.sky, 0.5), 0.45)
        start = max(scene.stand.y + 0.02, scene.horizon + drop)
        mid.fill(
            [below(x, top.astype(np.float64) + start - scene.horizon - drop, mid.view)],
            Fade(snow, low, start - 0.05, start + 0.14),
            0.8,
        )
    return plate


def _lay_snow(mid: Canvas, ground: _Ground, snow: Floats) -> None:
    """Snow over the ground's own colour, row by row: what stands on it keeps most of its own."""
    area = polygons(mid.view, [ground.outline])
    if area is None:
        return
    cover = area.coverage * mid.alpha[area.window] * (0.26 + 0.46 * likeness(mid, area))
    mid.cover(Mask(area.x, area.y, np.ascontiguousarray(cover, np.float32)), snow)


def _ledges(canvas: Canvas, size: float) -> Mask:
    """What lies just under the upper edges of the things on a layer, in a wavering thickness."""
    alpha = canvas.alpha
    shift = max(size * canvas.view.unit, 1.0)
    moved = cv2.warpAffine(
        alpha, np.array([[1, 0, 0], [0, 1, shift]]), (alpha.shape[1], alpha.shape[0]), borderMode=cv2.BORDER_REPLICATE
    )
    edge = np.clip(alpha - np.asarray(moved, np.float32), 0, 1)
    level = np.ones((1, max(int(shift * 1.6), 1)), np.uint8)
    edge = np.asarray(cv2.morphologyEx(edge, cv2.MORPH_OPEN, level), np.float32)
    return blurred(Mask(0, 0, np.ascontiguousarray(edge)), max(shift * 0.22, 0.4))


def _broken(plate: Plate, scene: Scene, ground: _Ground) -> Plate:
    """Cracks through what stands behind, rubble and boards on the ground."""
    tones, rng = scene.tones, scene.rng("broken")
    cracks: list[Points] = []
    for _ in range(9):
        start = np.array([rng.uniform(-1.0, 1.0), ground.y - rng.uniform(0.05, 0.5)])
        for _ in range(5):
            steps = rng.normal(0, 0.022, (7, 2)) + np.array([np.cos(t := rng.uniform(0, 2 * np.pi)), np.sin(t)]) * 0.022
            cracks.append(start + np.concatenate([np.zeros((1, 2)), np.cumsum(steps, axis=0)]))
    whole = polygons(plate.back.view, [box(-6, -3, 6, ground.y)])
    if ground.indoors and whole is not None:
        plate.back.stroke(cracks, 0.0022, tones.ink, 0.85)
        plate.back.stroke([crack + 0.0014 for crack in cracks], 0.0010, mix(tones.mid, tones.horizon, 0.5), 0.5)
        holes = [
            _shard(
                rng,
                float(rng.uniform(-0.9, 0.9)),
                ground.y - float(rng.uniform(0.1, 0.5)),
                float(rng.uniform(0.02, 0.05)),
            )
            for _ in range(7)
        ]
        plate.back.fill(holes, tones.ink, 0.75)
    near_y, far_y = scene.stand.y + 0.10, ground.y + 0.02
    rubble: list[tuple[float, Points]] = []
    for depth in rng.random(70) ** 0.7:
        y = far_y + (near_y - far_y) * float(depth)
        size = (0.004 + 0.018 * float(depth)) * float(rng.uniform(0.5, 1.3))
        x = float(rng.uniform(-1.1, 1.1))
        if abs(x - scene.stand.x) > 0.10:
            rubble.append((y, _shard(rng, x, y, size)))
    rubble.sort(key=lambda piece: piece[0])
    pieces = [piece for _, piece in rubble]
    plate.mid.fill([piece + 0.0035 for piece in pieces], tones.ink, 0.5)
    for k, tone in enumerate((tones.near, mix(tones.near, tones.mid, 0.5), mix(tones.ink, tones.near, 0.5))):
        plate.mid.fill(pieces[k::3], tone)
    boards = [_board(rng, scene, y) for y in np.linspace(far_y + 0.03, near_y, 6)]
    plate.mid.fill(boards, mix(tones.ink, tones.near, 0.35))
    plate.mid.stroke([board[:2] for board in boards], 0.0018, mix(tones.mid, tones.horizon, 0.4), 0.8)
    return plate


def _shard(rng: np.random.Generator, x: float, y: float, size: float) -> Points:
    turn = np.sort(rng.uniform(0, 2 * np.pi, 6))
    reach = size * rng.uniform(0.6, 1.2, 6)
    return np.stack([x + reach * np.cos(turn), y + 0.6 * reach * np.sin(turn)], axis=1)


def _board(rng: np.random.Generator, scene: Scene, y: float) -> Points:
    """A plank lying on the ground."""
    scale = (y - scene.horizon) / (scene.stand.y - scene.horizon)
    x, long, thick = float(rng.uniform(-0.95, 0.95)), 0.10 * scale, 0.010 * scale
    tilt = float(rng.uniform(-0.25, 0.25)) * long
    return np.array(
        [(x - long, y - tilt), (x + long, y + tilt), (x + long, y + tilt + thick), (x - long, y - tilt + thick)]
    )


def _decorated(plate: Plate, scene: Scene, _: _Ground) -> Plate:
    """Bunting across the picture, and bulbs between it."""
    tones, mid = scene.tones, plate.mid
    lit = max(scene.lit, 0.35) if "dark" not in states_in(scene.state) else 0.0
    t = np.linspace(0, 1, 34)
    found: list[tuple[float, float, float]] = []
    half = scene.aspect * 0.62
    colours: tuple[Floats, ...] = (tones.accent, mix(tones.pale, tones.mid, 0.15), mix(tones.mid, tones.accent, 0.35))
    shade = mix(tones.ink, tones.near, 0.5)
    for number, (top, sag, size) in enumerate(((0.17, 0.10, 0.046), (0.10, 0.13, 0.036), (0.25, 0.06, 0.034))):
        x = -half + 2 * half * t
        lean = 0.05 * scene.side * (number - 1) * (t - 0.5)
        y = top + 4 * sag * t * (1 - t) + lean
        mid.stroke([np.stack([x, y], axis=1)], 0.0022, tones.ink, 0.9)
        if number == 1:
            for px, py in zip(x[1:-1], y[1:-1], strict=True):
                at = (float(px), float(py) + 0.008)
                mid.fill([disc(*at, 0.006, 1.2, 14)], mix(shade, mix(tones.lamp, tones.light, 0.3), max(lit, 0.3)))
                mid.glow(at, 0.045, tones.lamp, 0.40 * lit)
                found.append((*at, 0.006))
            continue
        for k, colour in enumerate(colours):
            flags = [
                [
                    (float(x[i]) - size * 0.45, float(y[i])),
                    (float(x[i]) + size * 0.45, float(y[i])),
                    (float(x[i]), float(y[i]) + size * 1.1),
                ]
                for i in range(1 + k, len(x) - 1, 3)
            ]
            mid.fill(flags, mix(colour, shade, 0.45 if scene.dark else 0.12))
    return replace(plate, lights=(*plate.lights, *found[::4]))


def _overgrown(plate: Plate, scene: Scene, ground: _Ground) -> Plate:
    paint_overgrown(plate, scene, ground.outline)
    return plate


_PAINTERS: dict[State, Callable[[Plate, Scene, _Ground], Plate]] = {
    "broken": _broken,
    "overgrown": _overgrown,
    "decorated": _decorated,
    "snowed-in": _snowed_in,
    "flooded": _flooded,
    "burning": _burning,
}
"""In the order in which they are painted: what floods or burns does so last."""
