"""A room with a window that lights it."""

from __future__ import annotations

import numpy as np

from mvlocal.staging.paint.canvas import Canvas, Fade, Mask, blurred, polygons
from mvlocal.staging.paint.palette import Floats, mix
from mvlocal.staging.plates.city_parts import Points, box, paint_towers, paint_windows, tower_row
from mvlocal.staging.plates.land_parts import layered, limbs, paint_limbs
from mvlocal.staging.plates.scene import Plate, Scene, Surface
from mvlocal.staging.plates.sky_parts import disc, paint_sky


def draw(scene: Scene) -> Plate:
    """A back wall with the window, its light on the boards, a bed, a lamp, a picture without a picture."""
    back, mid, near = scene.backdrop(), scene.canvas(), scene.canvas()
    _outside(back, scene)
    wall = _wall(back, scene)
    _floor(back, scene, wall)
    _furniture(mid, scene)
    _frame(near, scene)
    lamp = (-scene.side * 0.52 + scene.side * 0.40, scene.horizon + 0.015, 0.03)
    return Plate(back, mid, near, (lamp,), surface=_picture(scene), ground_y=scene.horizon + 0.145)


def _pane(scene: Scene) -> tuple[float, float, float, float]:
    """The window's hole: left, top, right, bottom."""
    x, h = scene.third * 0.92, scene.horizon
    return x - 0.155, h - 0.42, x + 0.155, h - 0.005


def _outside(back: Canvas, scene: Scene) -> None:
    paint_sky(back, scene, 0.5)
    h, tones = scene.horizon, scene.tones
    towers = tower_row(scene.rng("outside"), h + 0.02, 0.05, 0.20, (0.04, 0.09))
    paint_towers(back, towers, scene.rng("outside roofs"), layered(scene, tones.mid, h - 0.18, 0.2, 0.6), 0.014)
    paint_windows(back, scene, towers, "outside windows", 0.012, 0.7 * scene.lit)
    x0 = _pane(scene)[0]
    tree = limbs(x0 + 0.05, h + 0.06, 0.42, scene.rng("tree"), 0.12, 6)
    paint_limbs(back, tree, mix(tones.near, tones.haze, 0.12))


def _wall(back: Canvas, scene: Scene) -> Floats:
    """The wall round the window: lighter near it, dark in the corners."""
    tones, h = scene.tones, scene.horizon
    x0, y0, x1, y1 = _pane(scene)
    wall = mix(mix(tones.near, tones.mid, 0.75 if scene.daylight else 0.35), tones.ink, 0.2 if scene.dark else 0.0)
    frame_box = (-4.0, -3.0, 4.0, 4.0)
    holes = [
        box(frame_box[0], frame_box[1], x0, frame_box[3]),
        box(x1, frame_box[1], frame_box[2], frame_box[3]),
        box(x0 - 0.01, frame_box[1], x1 + 0.01, y0),
        box(x0 - 0.01, y1, x1 + 0.01, frame_box[3]),
    ]
    mask = polygons(back.view, holes)
    if mask is None:
        return wall
    back.cover(mask, Fade(mix(wall, tones.ink, 0.45), wall, h - 0.62, h - 0.1))
    soft = glow_on(back, mask, ((x0 + x1) / 2, (y0 + y1) / 2 + 0.05), 0.75)
    back.cover(soft, mix(tones.horizon, tones.mid, 0.35), 0.42 if not scene.dark else 0.22)
    trim = mix(wall, tones.horizon, 0.30)
    bars = [box(x0 - 0.020, y0 - 0.020, x1 + 0.020, y0), box(x0 - 0.020, y0, x0, y1), box(x1, y0, x1 + 0.020, y1)]
    middle, cross = (x0 + x1) / 2, y0 + (y1 - y0) * 0.36
    bars += [box(middle - 0.006, y0, middle + 0.006, y1), box(x0, cross - 0.005, x1, cross + 0.005)]
    back.fill(bars, mix(trim, tones.ink, 0.55))
    back.fill([box(x0 - 0.045, y1, x1 + 0.045, y1 + 0.018)], mix(trim, tones.light, 0.22))
    _curtains(back, scene, wall)
    return wall


def glow_on(back: Canvas, mask: Mask, at: tuple[float, float], radius: float) -> Mask:
    """A soft round light, kept to what `mask` covers."""
    view = back.view
    x = (view.columns()[mask.window[1]] - at[0]) / radius
    y = (view.rows()[mask.window[0]] - at[1]) / radius
    fall = np.clip(1 - np.sqrt(x[None] ** 2 + y[:, None] ** 2), 0, 1).astype(np.float32) ** 1.6
    return Mask(mask.x, mask.y, fall * mask.coverage)


def _curtains(back: Canvas, scene: Scene, wall: Floats) -> None:
    x0, y0, x1, y1 = _pane(scene)
    tones, rng = scene.tones, scene.rng("curtains")
    cloth = mix(wall, tones.pale, 0.22)
    for side, edge in ((-1, x0), (1, x1)):
        for fold in range(6):
            a = edge + side * (0.085 - fold * 0.026)
            wide, drop = 0.030, y1 + 0.10 + rng.uniform(-0.004, 0.004)
            shape = [
                (a - wide / 2, y0 - 0.04),
                (a + wide / 2, y0 - 0.04),
                (a + wide * 0.62, drop),
                (a - wide * 0.62, drop),
            ]
            tone = mix(cloth, tones.ink, 0.15 + 0.35 * (fold % 2))
            back.fill([shape], Fade(tone, mix(tone, tones.ink, 0.25), y0, drop), 0.92)
    back.stroke([[(x0 - 0.13, y0 - 0.045), (x1 + 0.13, y0 - 0.045)]], 0.006, tones.ink)


def _floor(back: Canvas, scene: Scene, wall: Floats) -> None:
    tones, h = scene.tones, scene.horizon
    y = h + 0.145
    board = mix(mix(tones.near, tones.accent, 0.10), tones.ink, 0.4)
    back.fill([box(-4, y, 4, 4)], Fade(mix(board, tones.mid, 0.25), mix(board, tones.ink, 0.5), y, y + 0.3))
    back.fill([box(-4, y - 0.022, 4, y)], mix(wall, tones.ink, 0.35))
    vx, vy = 0.0, h - 0.25
    seams = [[(vx + (x - vx) * 0.9, y), (vx + (x - vx) * 3.2, y + (y - vy) * 2.55)] for x in np.arange(-2.2, 2.2, 0.11)]
    back.stroke(seams, 0.0015, tones.ink, 0.45)
    x0, _, x1, _ = _pane(scene)
    lean = -scene.side * 0.26
    strength = {"night": 0.20, "noon": 0.42}.get(scene.time, 0.55) * (1 - 0.6 * scene.veiled)
    middle = (x0 + x1) / 2
    for a, b in ((x0 + 0.01, middle - 0.008), (middle + 0.008, x1 - 0.01)):
        patch = [
            (a, y + 0.02),
            (b, y + 0.02),
            (b + lean + (b - middle) * 0.5, y + 0.22),
            (a + lean + (a - middle) * 0.5, y + 0.22),
        ]
        mask = polygons(back.view, [patch])
        if mask is not None:
            back.cover(blurred(mask, 0.004 * back.view.unit), mix(tones.light, tones.horizon, 0.4), strength)


def _furniture(mid: Canvas, scene: Scene) -> None:
    tones, h, side = scene.tones, scene.horizon, scene.side
    dark = mix(tones.ink, tones.near, 0.22)
    y = h + 0.215
    x = -side * 0.52
    bed: list[Points] = [
        box(x - 0.30, y - 0.085, x + 0.30, y - 0.018),
        box(x - 0.31, y - 0.018, x - 0.29, y + 0.02),
        box(x + 0.29, y - 0.018, x + 0.31, y + 0.02),
        box(x - side * 0.31 - 0.012, y - 0.21, x - side * 0.31 + 0.012, y + 0.02),
    ]
    mid.fill(bed, dark)
    blanket = [
        (x - 0.30, y - 0.085),
        (x - 0.2, y - 0.100),
        (x + 0.02, y - 0.094),
        (x + 0.20, y - 0.105),
        (x + 0.30, y - 0.085),
        (x + 0.30, y - 0.045),
        (x - 0.30, y - 0.045),
    ]
    mid.fill([blanket], Fade(mix(tones.mid, tones.accent, 0.25), mix(dark, tones.mid, 0.3), y - 0.105, y - 0.05))
    px = x - side * 0.22
    mid.fill([disc(px, y - 0.105, 0.062, 0.42)], mix(tones.mid, tones.pale, 0.35 if not scene.dark else 0.15))
    _table_lamp(mid, scene, x + side * 0.40, y)
    frames = [
        box(-side * 0.66, h - 0.33, -side * 0.66 + 0.13, h - 0.17),
        box(-side * 0.46, h - 0.29, -side * 0.46 + 0.075, h - 0.19),
    ]
    mid.fill(frames, mix(tones.ink, tones.near, 0.4))
    mid.fill([f + (np.sign(f.mean(axis=0) - f) * 0.010) for f in frames], mix(tones.near, tones.mid, 0.75))


def _picture(scene: Scene) -> Surface:
    """The larger of the two frames on the wall."""
    x0, h = -scene.side * 0.66 + 0.01, scene.horizon
    left, right = x0, x0 + 0.11
    return Surface("frame", ((left, h - 0.32), (right, h - 0.32), (right, h - 0.18), (left, h - 0.18)))


def _table_lamp(mid: Canvas, scene: Scene, x: float, y: float) -> None:
    tones = scene.tones
    dark = mix(tones.ink, tones.near, 0.15)
    mid.fill(
        [
            box(x - 0.058, y - 0.115, x + 0.058, y - 0.102),
            box(x - 0.048, y - 0.102, x - 0.040, y + 0.02),
            box(x + 0.040, y - 0.102, x + 0.048, y + 0.02),
        ],
        dark,
    )
    mid.stroke([[(x, y - 0.115), (x, y - 0.175)]], 0.006, dark)
    shade = [(x - 0.026, y - 0.235), (x + 0.026, y - 0.235), (x + 0.044, y - 0.17), (x - 0.044, y - 0.17)]
    mid.fill([shade], mix(mix(tones.near, tones.accent, 0.3), tones.lamp, scene.lit))
    if scene.lit > 0.02:
        mid.glow((x, y - 0.19), 0.42, tones.lamp, 0.40 * scene.lit)
        mid.glow((x, y - 0.14), 0.12, tones.lamp, 0.35 * scene.lit)


def _frame(near: Canvas, scene: Scene) -> None:
    x, ink = -scene.side * scene.aspect * 0.5, scene.tones.ink
    near.fill([box(min(x * 0.94, x * 1.6), -1, max(x * 0.94, x * 1.6), 2)], ink)
    rng = scene.rng("leaves")
    leaves = []
    for angle in np.linspace(-2.5, -0.6, 9):
        long, cx, cy = rng.uniform(0.16, 0.30), -x * 0.99, 1.05
        tip = np.array([cx + long * np.cos(angle) * 1.2, cy + long * np.sin(angle)])
        across = np.array([-np.sin(angle), np.cos(angle)]) * 0.030
        middle = (np.array([cx, cy]) + tip) / 2
        leaves.append(np.array([(cx, cy), middle + across, tip, middle - across]))
    near.fill(leaves, ink)
