"""A wide beach with huts and palms."""

from __future__ import annotations

import numpy as np

from mvlocal.staging.paint.canvas import Canvas, Fade
from mvlocal.staging.paint.curves import closed_curve
from mvlocal.staging.paint.noise import line
from mvlocal.staging.paint.palette import Floats, mix
from mvlocal.staging.plates.city_parts import lamp
from mvlocal.staging.plates.interior_parts import Light
from mvlocal.staging.plates.land_parts import Points, across, below, grass, hazed, layered
from mvlocal.staging.plates.scene import Plate, Scene
from mvlocal.staging.plates.sky_parts import disc, mist, paint_birds, paint_sky
from mvlocal.staging.plates.space_parts import Block, Space, aerial, contact_shadow, faces, paint_block
from mvlocal.staging.plates.water_parts import paint_water

_TIDE = -1.15
"""How far aside the sand meets the water at distance 1; the line runs to the vanishing point."""


def draw(scene: Scene) -> Plate:
    """Surf that runs off into the distance, a row of huts, a pier with its lamps, a parasol, palms, footprints."""
    back, mid, near = scene.backdrop(), scene.canvas(), scene.canvas()
    space = Space.of(scene, 0.55)
    paint_sky(back, scene, 0.7)
    _cape(back, scene)
    paint_water(back, scene, 0.3)
    lights = _pier(back, scene, space)
    if not scene.dark:
        paint_birds(back, scene, 6)
    _sand(mid, scene, space)
    _surf(mid, scene, space)
    _huts(mid, scene, space)
    _footprints(mid, scene, space)
    if not scene.has("empty"):
        _parasol(mid, scene, space)
    _palm(near, scene)
    sand = tuple((float(x), float(y)) for x, y in _shore(scene, space, 0.0))
    return Plate(back, mid, near, lights, (scene.horizon, 1.2), 0.7, ground=sand)


def _cape(back: Canvas, scene: Scene) -> None:
    h, x = scene.horizon, across(back.view)
    rise = np.clip((x * scene.side + 0.02) / 0.8, 0, 1) ** 0.7
    top = h + 0.002 - rise * 0.10 * (0.75 + 0.3 * line(scene.rng("cape"), x, 0.3))
    back.fill([below(x, top, back.view)], layered(scene, scene.tones.mid, h - 0.1, 0.1, 0.68))
    mist(back, scene, h - 0.005, 0.03, 0.35)


def _pier(back: Canvas, scene: Scene, space: Space) -> tuple[Light, ...]:
    """A pier far off: a deck on piles with a pavilion at its end."""
    h, tones = scene.horizon, scene.tones
    colour = hazed(scene, mix(tones.near, tones.ink, 0.3), 0.42)
    d = 7.0
    left, right = -9.0 * min(scene.aspect / 1.78, 1.0), _TIDE + 0.5
    back.fill([space.front(left, right, 0.46, 0.60, d)], colour)
    piles = [[space.at(a, -0.1, d), space.at(a, 0.5, d)] for a in np.arange(left, right, 0.42)]
    back.stroke(piles, 0.0018, colour)
    roof = [
        (left, 0.6),
        (left + 0.15, 1.25),
        (left + 0.5, 1.6),
        (left + 0.85, 1.9),
        (left + 1.2, 1.6),
        (left + 1.55, 1.25),
        (left + 1.7, 0.6),
    ]
    back.fill([space.flat(roof, d)], colour)
    found: list[Light] = []
    for a in np.arange(left + 2.2, right, 0.9):
        x, y = space.at(float(a), 1.05, d)
        back.stroke([[space.at(float(a), 0.6, d), (x, y)]], 0.0014, colour)
        lamp(back, scene, x, y, 0.0036)
        found.append((x, y, 0.0036))
    panes = [space.front(left + k, left + k + 0.16, 0.75, 1.05, d) for k in (0.35, 0.75, 1.15)]
    back.fill(panes, tones.lamp, 0.15 + 0.8 * scene.lit)
    back.glow((space.at(left + 0.85, 0, d)[0], h + 0.01), 0.1, tones.lamp, 0.3 * scene.lit)
    return tuple(found)


def _sand(mid: Canvas, scene: Scene, space: Space) -> None:
    tones, y = scene.tones, scene.horizon
    sand = _sand_tone(scene)
    lit = hazed(scene, mix(sand, tones.horizon, 0.35), 0.3)
    mid.fill([_shore(scene, space, 0.0)], Fade(lit, mix(sand, tones.near, 0.45), y, y + 0.40))
    rng = scene.rng("ripples")
    for distance in np.geomspace(5, 0.6, 15):
        d = float(distance)
        a = np.linspace(_TIDE + 0.5 + float(rng.uniform(0, 1.5)), 5.5, 40)
        path = [space.at(float(p), 0, d * (1 + 0.03 * float(np.sin(p * 3 + d * 9)))) for p in a]
        mid.stroke([path], 0.0016 / d**0.3, mix(sand, tones.ink, 0.5), 0.28)


def _sand_tone(scene: Scene) -> Floats:
    tones = scene.tones
    pale = mix(mix(tones.pale, tones.accent, 0.25), tones.far, 0.55 if not scene.dark else 0.86)
    return mix(pale, tones.near, 0.12 if scene.daylight else 0.25)


def _shore(scene: Scene, space: Space, lift: float) -> Points:
    """The sand landward of the line that the water reaches, `lift` body heights up the beach."""
    inverse = np.linspace(0.02, 3.2, 90)
    wave = 0.16 * line(scene.rng("tide"), inverse, 0.5, 3)
    edge = [space.at(_TIDE + lift + float(w), 0, 1 / float(i)) for i, w in zip(inverse, wave, strict=True)]
    far = space.at(0, 0, 50)
    outer = scene.side * 6.0
    return np.array([(outer, far[1]), *edge, (edge[-1][0], 3.0), (outer, 3.0)])


def _surf(mid: Canvas, scene: Scene, space: Space) -> None:
    """Wet sand, and the edges of the last waves, each bent and broken in its own way."""
    tones = scene.tones
    wet = mix(mix(tones.near, tones.mid, 0.4), tones.horizon, 0.45)
    dry, sea = _shore(scene, space, 0.38), _shore(scene, space, 0.0)
    mid.fill([np.concatenate([sea[1:-2], dry[1:-2][::-1]])], wet, 0.65)
    foam = mix(tones.pale, tones.horizon, 0.3 if not scene.dark else 0.7)
    inverse = np.linspace(0.06, 2.6, 240)
    near = np.clip(inverse / 0.9, 0.15, 1.0)
    for number, (offset, wide, opacity) in enumerate(
        ((0.10, 0.05, 0.85), (-0.30, 0.10, 0.75), (-0.95, 0.10, 0.6), (-1.9, 0.12, 0.45))
    ):
        bend = 0.16 * line(scene.rng(f"wave {number}"), inverse, 0.35, 4) * near
        thick = wide * np.clip(line(scene.rng(f"foam {number}"), inverse, 0.22, 4) + 0.42, 0, 1.2)
        inner = [space.at(float(a), 0, 1 / float(i)) for a, i in zip(_TIDE + offset + bend, inverse, strict=True)]
        outer = [
            space.at(float(a), 0, 1 / float(i)) for a, i in zip(_TIDE + offset + bend - thick, inverse, strict=True)
        ]
        mid.fill([np.array(inner + outer[::-1])], foam, opacity)
        shade = [
            space.at(float(a) - 0.1, 0, 1 / float(i))
            for a, i in zip(_TIDE + offset + bend - thick, inverse, strict=True)
        ]
        mid.fill([np.array(outer + shade[::-1])], mix(tones.near, tones.ink, 0.3), 0.35)


def _huts(mid: Canvas, scene: Scene, space: Space) -> None:
    """A row of beach huts on the landward side, each with its gable."""
    tones = scene.tones
    shift = 2.2 + 0.5 * min(scene.aspect / 1.78, 1.0)
    for number, distance in enumerate((5.6, 4.4, 3.5, 2.8, 2.25)):
        thick = aerial(distance)
        base = mix(mix(tones.mid, tones.pale, 0.25), tones.accent, (0.0, 0.30, 0.12)[number % 3])
        colour = mix(base, tones.ink, 0.42 if scene.dark else 0.2)
        block = Block(shift, shift + 0.95, 0.08, 1.05, distance, 1.1)
        contact_shadow(mid, space, Block(block.left, block.right, 0, 0, distance, 1.0), tones.ink, 0.25)
        paint_block(mid, space, block, faces(scene, colour, distance))
        far = space.beyond(distance, 1.1)
        middle = shift + 0.475
        roof = hazed(scene, mix(tones.ink, tones.near, 0.4), thick)
        mid.fill(
            [
                [
                    space.at(shift - 0.06, 1.02, distance),
                    space.at(middle, 1.48, distance),
                    space.at(middle, 1.48, far),
                    space.at(shift - 0.06, 1.02, far),
                ]
            ],
            roof,
        )
        mid.fill(
            [space.flat([(shift, 1.05), (middle, 1.42), (shift + 0.95, 1.05)], distance)], hazed(scene, colour, thick)
        )
        gable = [
            [
                space.at(shift - 0.06, 1.0, distance),
                space.at(middle, 1.47, distance),
                space.at(shift + 1.01, 1.0, distance),
            ]
        ]
        mid.stroke(gable, 0.010 / distance, roof)
        mid.fill(
            [space.front(shift + 0.28, shift + 0.67, 0.08, 0.86, distance)],
            hazed(scene, mix(colour, tones.ink, 0.5), thick),
        )
        boards = [
            [space.at(a, 0.1, distance), space.at(a, 1.05, distance)]
            for a in np.arange(shift + 0.1, shift + 0.95, 0.12)
        ]
        mid.stroke(boards, 0.0011, tones.ink, 0.25)


def _footprints(mid: Canvas, scene: Scene, space: Space) -> None:
    """A line of steps that comes from far along the tide."""
    prints: list[Points] = []
    for number, distance in enumerate(1 / np.linspace(1 / 6, 1 / 0.62, 34)):
        d = float(distance)
        aside = _TIDE + 0.78 + 0.12 * np.sin(4 / d) + (0.055 if number % 2 else -0.055)
        x, y = space.at(float(aside), 0, d)
        prints.append(disc(x, y, space.size(0.042, d), 0.5, 16).astype(np.float64))
    mid.fill(prints, mix(scene.tones.ink, scene.tones.near, 0.4), 0.55)


def _parasol(mid: Canvas, scene: Scene, space: Space) -> None:
    """A furled-out parasol and a low chair in the middle distance."""
    tones, d = scene.tones, 1.75
    aside = 0.25
    ink = mix(tones.ink, tones.near, 0.2)
    mid.stroke([[space.at(aside, 0, d), space.at(aside + 0.12, 1.35, d)]], 0.0042, ink)
    t = np.linspace(np.pi, 0, 13)
    rim = [(aside + 0.12 + 0.62 * float(np.cos(a)), 1.12 + 0.30 * float(np.sin(a))) for a in t]
    low = [(aside + 0.12 + 0.62 * float(np.cos(a)), 1.10 + 0.035 * float(np.cos(a * 12))) for a in t[::-1]]
    cloth = mix(tones.accent, tones.ink, 0.40 if scene.dark else 0.12)
    mid.fill([space.flat([*rim, *low], d)], cloth)
    stripes = [space.flat([(aside + 0.12, 1.42), rim[k], rim[k + 1]], d) for k in range(1, 12, 2)]
    mid.fill(stripes, mix(tones.pale, cloth, 0.45 if not scene.dark else 0.8), 0.8)
    x, y = space.at(aside + 0.2, 0, d)
    mid.fill([disc(x, y, space.size(0.55, d), 0.16)], tones.ink, 0.28)
    chair = [
        [space.at(a, u, d * 0.97) for a, u in ((-0.5, 0), (-0.28, 0.24), (-0.02, 0.16))],
        [space.at(a, u, d * 0.97) for a, u in ((-0.42, 0.5), (-0.26, 0.12), (-0.08, 0))],
    ]
    mid.stroke(chair, 0.0042, ink)


def _palm(near: Canvas, scene: Scene) -> None:
    """A palm that leans in from the lighter side, and dune grass."""
    side, ink = -scene.side, scene.tones.ink
    x0 = side * scene.aspect * 0.53
    t = np.linspace(0, 1, 30)
    trunk = np.stack([x0 - side * 0.16 * t**1.8, 1.1 - 0.98 * t], axis=1)
    wide = (0.020 - 0.009 * t)[:, None] * np.array([[1, 0]])
    near.fill([np.concatenate([trunk - wide, (trunk + wide)[::-1]])], ink)
    top = trunk[-1]
    rng = scene.rng("palm")
    for angle in np.linspace(-3.5, 0.35, 10):
        long = float(rng.uniform(0.22, 0.32))
        u = np.linspace(0, 1, 22)
        spine = top + np.stack(
            [long * u * np.cos(angle), long * u * np.sin(angle) + 0.26 * u**2.2 * (0.6 + 0.4 * abs(np.cos(angle)))],
            axis=1,
        )
        leaves: list[Points] = []
        for k in range(2, 22):
            drop = 0.075 * np.sin(np.pi * min(u[k] * 0.9 + 0.1, 1)) + 0.012
            tip = spine[k] + np.array([np.cos(angle) * 0.035, drop])
            leaves.append(np.array([spine[k - 1], spine[k], tip]))
        near.fill(leaves, ink)
        near.stroke([spine], 0.005, ink)
    near.fill([closed_curve([(top[0] - 0.016, top[1]), (top[0], top[1] + 0.03), (top[0] + 0.016, top[1])], 6)], ink)
    near.fill(grass(near.view, scene.rng("dune"), 1.05, 0.13, 0.013, lean=0.5), ink)
