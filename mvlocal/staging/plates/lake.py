"""A still lake with a jetty."""

from __future__ import annotations

import numpy as np

from mvlocal.staging.paint.canvas import Canvas, Fade
from mvlocal.staging.paint.noise import line
from mvlocal.staging.paint.palette import mix
from mvlocal.staging.plates.city_parts import box
from mvlocal.staging.plates.land_parts import Points, across, below, conifer, grass, hazed, layered, ridge
from mvlocal.staging.plates.scene import Plate, Scene
from mvlocal.staging.plates.sky_parts import mist, paint_birds, paint_sky
from mvlocal.staging.plates.space_parts import Space
from mvlocal.staging.plates.water_parts import paint_water, rowing_boat

_SHORE = 1.32
"""Distance at which the water begins."""

_JETTY = (-0.2, 0.95)
"""Its edges, in body heights aside."""


def draw(scene: Scene) -> Plate:
    """Hills and firs on their heads in the water, a jetty out into it, a boat, reeds."""
    back, mid, near = scene.backdrop(), scene.canvas(), scene.canvas()
    space = Space.of(scene, 0.1)
    paint_sky(back, scene, 0.7)
    _hills(back, scene)
    paint_water(back, scene, 0.95)
    mist(back, scene, scene.horizon + 0.012, 0.028, 0.5)
    if not scene.dark:
        paint_birds(back, scene, 5)
    rowing_boat(mid, scene, space.at(-2.0 * min(scene.aspect / 1.78, 1.0) - 0.2, 0, 2.3), 0.20, -scene.side)
    _jetty(mid, scene, space)
    _shore(mid, scene, space)
    _reeds(near, scene)
    y = space.at(0, 0, _SHORE)[1]
    return Plate(back, mid, near, water=(scene.horizon, y), clouds=0.7, ground=((-6, y), (6, y), (6, 6), (-6, 6)))


def _hills(back: Canvas, scene: Scene) -> None:
    h, tones = scene.horizon, scene.tones
    rows = (("far", 0.085, 0.13, 0.8, 0.80), ("middle", 0.04, 0.09, 0.55, 0.55), ("shore", 0.008, 0.03, 0.4, 0.30))
    for name, rise, tall, cell, distance in rows:
        shape = ridge(scene.rng(name), back.view, h - rise, tall, cell)
        back.fill([shape], layered(scene, mix(tones.mid, tones.near, 0.3), h - rise - tall, rise + tall, distance))
        mist(back, scene, h - 0.002, 0.03, 0.25)
    rng = scene.rng("firs")
    firs: list[Points] = []
    groves = rng.uniform(-1.6, 1.6, 7)
    for x in np.sort(np.concatenate([rng.normal(g, 0.10, 26) for g in groves])):
        share = np.clip(abs(float(x) - scene.third * 0.9) / 0.4, 0.12, 1)
        firs.append(conifer(float(x), h + 0.004, float(rng.uniform(0.03, 0.10) * share), rng))
    back.fill(firs, hazed(scene, mix(tones.near, tones.ink, 0.2), 0.28))
    if scene.lit:
        hut = -scene.third * 1.25
        back.fill(
            [[(hut - 0.022, h), (hut - 0.022, h - 0.02), (hut, h - 0.034), (hut + 0.022, h - 0.02), (hut + 0.022, h)]],
            hazed(scene, tones.ink, 0.2),
        )
        back.fill(
            [[(hut - 0.006, h - 0.006), (hut - 0.006, h - 0.016), (hut + 0.006, h - 0.016), (hut + 0.006, h - 0.006)]],
            tones.lamp,
            scene.lit,
        )
        back.glow((hut, h - 0.011), 0.05, tones.lamp, 0.4 * scene.lit)


def _jetty(mid: Canvas, scene: Scene, space: Space) -> None:
    """Planks on posts, out from the shore; its far end is broad enough to stand on."""
    tones, y = scene.tones, scene.horizon
    left, right, up, end = _JETTY[0], _JETTY[1], 0.10, 4.6
    posts = [space.front(a - 0.03, a + 0.03, -0.14, up + 0.13, d) for d in (4.5, 3.4, 2.5, 1.85) for a in (left, right)]
    mirrored = [space.front(a - 0.03, a + 0.03, -0.5, 0, d) for d in (4.5, 3.4, 2.5, 1.85) for a in (left, right)]
    mid.fill([space.floor(left - 0.1, right, 1.2, end, -0.12)], tones.ink, 0.35)
    mid.fill(mirrored, tones.ink, 0.3)
    wood = mix(mix(tones.near, tones.mid, 0.35), tones.ink, 0.25)
    lit = mix(wood, tones.horizon, 0.45)
    mid.fill([space.wall(left, up - 0.06, up, 0.4, end), space.wall(right, up - 0.06, up, 0.4, end)], tones.ink)
    mid.fill([space.floor(left, right, 0.35, end, up)], Fade(hazed(scene, lit, 0.3), wood, y, y + 0.34))
    planks = [
        [space.at(left, up, float(d)), space.at(right, up, float(d))] for d in 1 / np.linspace(1 / 0.4, 1 / end, 64)
    ]
    mid.stroke(planks, 0.0013, tones.ink, 0.5)
    mid.fill(posts, mix(tones.ink, tones.near, 0.15))


def _shore(mid: Canvas, scene: Scene, space: Space) -> None:
    tones, x = scene.tones, across(mid.view)
    y = space.at(0, 0, _SHORE)[1]
    edge = y + 0.010 * line(scene.rng("shore"), x, 0.45, 4) + 0.020 * (x * scene.side - 0.2)
    earth = mix(mix(tones.near, tones.mid, 0.30), tones.ink, 0.1)
    jetty_left, jetty_right = sorted((space.at(_JETTY[0], 0.1, 1.25)[0], space.at(_JETTY[1], 0.1, 1.25)[0]))
    edge = np.where((x > jetty_left - 0.01) & (x < jetty_right + 0.01), edge + 0.012, edge)
    mid.fill([below(x, edge, mid.view)], Fade(mix(earth, tones.horizon, 0.18), mix(earth, tones.ink, 0.6), y, y + 0.22))
    wet = np.concatenate([np.stack([x, edge - 0.003], 1), np.stack([x, edge + 0.003], 1)[::-1]])
    mid.fill([wet], mix(tones.horizon, tones.light, 0.3), 0.45)
    rng = scene.rng("stones")
    for drop in np.geomspace(0.012, 0.22, 13).tolist():
        blades = grass(mid.view, rng, y + drop, 0.016 + 0.10 * drop, 0.006 + 0.02 * drop, lean=0.3)
        clear = [b for b in blades if not jetty_left - 0.02 - drop < b[0, 0] < jetty_right + 0.02 + drop]
        mid.fill(clear, mix(earth, tones.ink, 0.25 + 1.8 * drop), 0.55)
    path = [space.at(_JETTY[0], 0, 1.22), space.at(_JETTY[1], 0, 1.22), space.at(1.3, 0, 0.35), space.at(-0.5, 0, 0.35)]
    mid.fill([path], mix(earth, tones.horizon, 0.14), 0.55)


def _reeds(near: Canvas, scene: Scene) -> None:
    """Reeds with their heads, on the lighter side."""
    rng, ink = scene.rng("reeds"), scene.tones.ink
    edge = -scene.side * scene.aspect * 0.5
    stems: list[Points] = []
    heads: list[Points] = []
    for _ in range(34):
        x = edge + scene.side * abs(rng.normal(0, 0.11))
        tall, lean = rng.uniform(0.16, 0.42), rng.normal(0.02, 0.03)
        top = np.array([x + lean, 1.05 - tall])
        stems.append(np.array([(x, 1.08), (x + lean * 0.3, 1.05 - tall * 0.55), top]))
        if rng.random() < 0.45:
            x1, y1 = top.tolist()
            heads.append(box(x1 - 0.0055, y1, x1 + 0.0055, y1 + 0.05))
    near.stroke(stems, 0.0045, ink)
    near.fill(heads, ink)
    near.fill(grass(near.view, rng, 1.05, 0.12, 0.012), ink)
