"""A stage before its audience."""

from __future__ import annotations

import numpy as np

from mvlocal.staging.paint.canvas import Canvas, Fade, Mask, blurred, polygons
from mvlocal.staging.paint.palette import Floats, mix
from mvlocal.staging.plates.city_parts import Points, box
from mvlocal.staging.plates.scene import Plate, Scene
from mvlocal.staging.plates.sky_parts import Mirror, disc, mist, reflect


def draw(scene: Scene) -> Plate:
    """Light from above in beams, a wall of it behind, amplifiers, a microphone, heads and hands in front."""
    back, mid, near = scene.backdrop(), scene.canvas(), scene.canvas()
    _hall(back, scene)
    _beams(back, scene)
    _boards(back, scene)
    _gear(mid, scene)
    _audience(near, scene)
    x, top = scene.stand.x, scene.horizon - 0.476
    lights = tuple((x + k, top, 0.03) for k in (-0.72, -0.36, 0.0, 0.36, 0.72))
    return Plate(back, mid, near, lights, ground_y=scene.horizon + 0.17)


def _dim(scene: Scene) -> tuple[Floats, Floats, Floats]:
    """A hall has its own night: dark, middle, and the colour of its lights."""
    tones = scene.tones
    dark = mix(tones.ink, tones.near, 0.25)
    return dark, mix(dark, mix(tones.mid, tones.accent, 0.42), 0.36), mix(tones.accent, tones.lamp, 0.45)


def _hall(back: Canvas, scene: Scene) -> None:
    h, tones = scene.horizon, scene.tones
    dark, middle, light = _dim(scene)
    back.sky([(-0.1, dark), (h - 0.2, mix(dark, middle, 0.6)), (h + 0.05, middle)])
    x = scene.stand.x
    back.glow((x, h - 0.10), 0.75, light, 0.42)
    back.glow((x, h - 0.05), 0.30, tones.light, 0.35)
    for row, y in enumerate((h - 0.37, h - 0.26, h - 0.15)):
        for column in range(-9, 10):
            cx = column * 0.105 + (0.05 if row % 2 else 0)
            fall = float(np.exp(-(((cx - x) / 0.5) ** 2)))
            back.fill([disc(cx, y, 0.0075, points=20)], mix(light, tones.light, 0.5), 0.25 + 0.6 * fall)
            back.glow((cx, y), 0.045, light, 0.10 + 0.25 * fall)
    truss = h - 0.50
    back.stroke([[(-3, truss), (3, truss)], [(-3, truss - 0.05), (3, truss - 0.05)]], 0.006, dark)
    zigzag = [(k * 0.05, truss - 0.05 * (k % 2)) for k in range(-40, 41)]
    back.stroke([zigzag], 0.004, dark)


def _beams(back: Canvas, scene: Scene) -> None:
    h, tones = scene.horizon, scene.tones
    _, _, light = _dim(scene)
    x, top = scene.stand.x, h - 0.48
    aims = ((-0.72, -0.30, 0.5), (-0.36, 0.22, 0.45), (0.0, 0.0, 1.0), (0.36, -0.22, 0.45), (0.72, 0.30, 0.5))
    for source, aim, strength in aims:
        sx, fx = x + source, x + source + aim
        beam = [(sx - 0.012, top), (sx + 0.012, top), (fx + 0.15, h + 0.22), (fx - 0.15, h + 0.22)]
        mask = polygons(back.view, [beam])
        if mask is None:
            continue
        soft = blurred(mask, 0.008 * back.view.unit)
        rows = back.view.rows()[mask.window[0]]
        fall = (np.clip(1.0 - (rows - top) / 0.85, 0, 1) ** 1.3).astype(np.float32)[:, None]
        colour = tones.light if source == 0 else mix(light, tones.light, 0.3)
        back.cover(Mask(soft.x, soft.y, soft.coverage * fall), colour, 0.48 * strength)
        back.fill([box(sx - 0.022, top - 0.05, sx + 0.022, top)], mix(tones.ink, tones.near, 0.2))
        back.glow((sx, top + 0.004), 0.06, tones.light, 0.8 * strength)
    mist(back, scene, h + 0.11, 0.08, 0.18, light)


def _boards(back: Canvas, scene: Scene) -> None:
    h, tones = scene.horizon, scene.tones
    dark, middle, light = _dim(scene)
    y = h + 0.17
    back.fill([box(-4, y, 4, 3)], Fade(mix(dark, middle, 0.7), dark, y, y + 0.25))
    reflect(back, Mirror(y, 0.5, dark, ripple=1.4))
    turn = disc(scene.stand.x, scene.stand.y - 0.01, 0.24, 0.13)
    mask = polygons(back.view, [turn])
    if mask is not None:
        back.cover(blurred(mask, 0.012 * back.view.unit), mix(light, tones.light, 0.4), 0.32)


def _gear(mid: Canvas, scene: Scene) -> None:
    h, tones, stand, side = scene.horizon, scene.tones, scene.stand, scene.side
    dark = mix(tones.ink, tones.near, 0.12)
    y = h + 0.185
    amps: list[Points] = []
    for offset, wide, tall in ((0.42, 0.13, 0.20), (0.56, 0.12, 0.13), (-0.50, 0.13, 0.17), (-0.66, 0.15, 0.11)):
        x = stand.x - side * offset
        amps.append(box(x - wide / 2, y - tall, x + wide / 2, y))
        mid.fill([amps[-1]], dark)
        mid.fill([disc(x, y - tall * 0.42, wide * 0.30, points=40)], mix(dark, tones.mid, 0.22))
        mid.fill([disc(x + wide * 0.36, y - tall * 0.90, 0.0028, points=12)], tones.accent)
    _drums(mid, scene, stand.x - side * 0.24, y)
    _microphone(mid, scene)
    wedges = [
        [(x - 0.05, h + 0.335), (x + 0.05, h + 0.335), (x + 0.035, h + 0.285), (x - 0.02, h + 0.275)]
        for x in (stand.x - side * 0.3, stand.x + side * 0.24)
    ]
    mid.fill(wedges, dark)


def _drums(mid: Canvas, scene: Scene, x: float, y: float) -> None:
    dark = mix(scene.tones.ink, scene.tones.near, 0.12)
    mid.fill(
        [
            disc(x, y - 0.045, 0.052),
            box(x - 0.105, y - 0.085, x - 0.045, y - 0.035),
            box(x + 0.05, y - 0.09, x + 0.105, y - 0.03),
        ],
        dark,
    )
    mid.fill([disc(x - 0.035, y - 0.112, 0.024), disc(x + 0.035, y - 0.112, 0.024)], dark)
    cymbals = [
        [(x + k - 0.042, y - 0.158 + k * 0.1), (x + k, y - 0.165), (x + k + 0.042, y - 0.158 - k * 0.1)]
        for k in (-0.115, 0.12)
    ]
    mid.stroke(cymbals, 0.004, mix(dark, scene.tones.lamp, 0.55))
    mid.stroke([[(x + k, y - 0.16), (x + k * 1.05, y)] for k in (-0.115, 0.12)], 0.003, dark)


def _microphone(mid: Canvas, scene: Scene) -> None:
    stand, side = scene.stand, scene.side
    x, tall = stand.x - side * stand.height * 0.17, stand.height
    foot, head = (x - side * 0.01, stand.y), (x + side * 0.014, stand.y - tall * 0.84)
    ink = scene.tones.ink
    mid.stroke([[foot, (x - side * 0.004, stand.y - tall * 0.62), head]], 0.0042, ink)
    mid.fill([disc(foot[0], foot[1], 0.034, 0.16)], ink)
    mid.stroke([[head, (head[0] + side * 0.016, head[1] - 0.005)]], 0.010, ink)


def _audience(near: Canvas, scene: Scene) -> None:
    rng, ink = scene.rng("audience"), scene.tones.ink
    shapes: list[Points | Floats] = []
    for x in np.arange(-1.5, 1.5, 0.122):
        size, cx, y = rng.uniform(0.048, 0.062), x + rng.uniform(-0.03, 0.03), 0.985 + rng.uniform(-0.025, 0.03)
        shapes += [disc(cx, y - size * 1.1, size * 0.74, 1.22), disc(cx, y + size * 1.9, size * 1.75, 1.1)]
        if rng.random() < 0.3 and abs(cx - scene.stand.x) > 0.16:
            reach, lean = rng.uniform(0.10, 0.17), rng.uniform(-0.03, 0.03)
            elbow = (cx + size * 1.3, y - 0.02)
            hand = (elbow[0] + lean, y - reach)
            w = 0.013
            shapes.append(
                np.array(
                    [
                        (elbow[0] - w, 1.1),
                        (elbow[0] - w, elbow[1]),
                        (hand[0] - w * 0.7, hand[1]),
                        (hand[0] + w * 0.7, hand[1]),
                        (elbow[0] + w, elbow[1]),
                        (elbow[0] + w, 1.1),
                    ]
                )
            )
            shapes.append(disc(hand[0], hand[1] - 0.012, 0.014, 1.25))
    near.fill(shapes, ink)
