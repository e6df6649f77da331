"""A fairground with its wheel."""

from __future__ import annotations

import numpy as np

from mvlocal.staging.paint.canvas import Canvas, Fade
from mvlocal.staging.paint.palette import Floats, mix
from mvlocal.staging.plates.city_parts import paint_towers, paint_windows, tower_row
from mvlocal.staging.plates.interior_parts import Light, corners_of, inset, pool
from mvlocal.staging.plates.land_parts import Points, hazed, layered
from mvlocal.staging.plates.scene import Plate, Scene, Surface
from mvlocal.staging.plates.sky_parts import Mirror, disc, mist, paint_sky, reflect
from mvlocal.staging.plates.space_parts import Block, Space, aerial, contact_shadow, faces, paint_block

_WHEEL = (-1.9, 2.85, 2.9, 2.35)
"""Aside, height of the hub, distance, radius in body heights."""


def draw(scene: Scene) -> Plate:
    """The great wheel, a carousel, striped booths along the way, strings of bulbs, ground that takes the light."""
    back, mid, near = scene.backdrop(), scene.canvas(), scene.canvas()
    space = Space.of(scene, 0.05)
    paint_sky(back, scene, 0.5)
    _town(back, scene)
    wheel = _wheel(back, scene, space)
    _ground(mid, scene, space)
    _carousel(mid, scene, space)
    poster = _booths(mid, scene, space)
    bulbs = _strings(mid, scene, space)
    _frame(near, scene)
    return Plate(back, mid, near, (*wheel, *bulbs), clouds=0.5, surface=poster)


def _town(back: Canvas, scene: Scene) -> None:
    h, tones = scene.horizon, scene.tones
    towers = tower_row(scene.rng("town"), h + 0.02, 0.015, 0.08, (0.03, 0.08))
    paint_towers(back, towers, scene.rng("town roofs"), layered(scene, tones.mid, h - 0.08, 0.1, 0.65), 0.01)
    paint_windows(back, scene, towers, "town windows", 0.010, 0.6 * scene.lit)
    back.glow((scene.third * -0.6, h - 0.02), 0.5, mix(tones.lamp, tones.accent, 0.4), 0.32 * scene.lit)
    mist(back, scene, h, 0.05, 0.4)


def _burning(scene: Scene) -> float:
    """Bulbs of a fair burn a little by day too."""
    return 0.0 if scene.has("dark") else max(scene.lit, 0.30)


def _wheel(back: Canvas, scene: Scene, space: Space) -> tuple[Light, ...]:
    tones = scene.tones
    aside, hub, d, radius = _WHEEL
    aside *= 0.35 + 0.65 * min(scene.aspect / 1.78, 1.0)
    x, y = space.at(aside, hub, d)
    size = space.size(radius, d)
    steel = hazed(scene, mix(tones.ink, tones.near, 0.15), 0.22)
    legs = [[(x, y), space.at(aside + k, 0, d)] for k in (-1.15, 1.15)]
    back.stroke(legs, 0.010, steel)
    back.stroke([[space.at(aside - 0.62, 1.1, d), space.at(aside + 0.62, 1.1, d)]], 0.005, steel)
    turns = np.arange(16) / 16 * 2 * np.pi + 0.1
    rims = [disc(x, y, size * k, points=90) for k in (1.0, 0.93)]
    back.stroke(rims, 0.0032, steel, closed=True)
    spokes = [[(x, y), (x + size * float(np.cos(t)), y + size * float(np.sin(t)))] for t in turns]
    back.stroke(spokes, 0.0016, steel)
    lit, found = _burning(scene), list[Light]()
    colours = (tones.lamp, tones.accent)
    back.glow((x, y), size * 1.15, mix(tones.lamp, tones.accent, 0.5), 0.22 * lit)
    for number, t in enumerate(np.arange(48) / 48 * 2 * np.pi + 0.1):
        at = (x + size * float(np.cos(t)), y + size * float(np.sin(t)))
        back.fill([disc(*at, 0.0034, points=12)], mix(colours[number % 2], tones.light, 0.35), lit)
        back.glow(at, 0.022, colours[number % 2], 0.35 * lit)
    for k in (0.35, 0.62):
        dots = [
            disc(x + size * k * float(np.cos(t)), y + size * k * float(np.sin(t)), 0.0024, points=10) for t in turns
        ]
        back.fill(dots, mix(tones.lamp, tones.light, 0.3), lit * 0.9)
    for t in turns:
        cx, cy = x + size * float(np.cos(t)), y + size * float(np.sin(t))
        cabin = [(cx - 0.014, cy + 0.012), (cx + 0.014, cy + 0.012), (cx + 0.011, cy + 0.034), (cx - 0.011, cy + 0.034)]
        roof = [(cx - 0.016, cy + 0.006), (cx, cy - 0.004), (cx + 0.016, cy + 0.006)]
        back.fill([cabin, roof], steel)
        found.append((cx, cy, 0.012))
    back.fill([disc(x, y, 0.016)], steel)
    back.fill([disc(x, y, 0.008)], mix(tones.accent, tones.light, 0.3), lit)
    return ((x, y, size), *found[::4])


def _ground(mid: Canvas, scene: Scene, space: Space) -> None:
    tones, y = scene.tones, scene.horizon
    earth = mix(mix(tones.near, tones.mid, 0.25), tones.accent, 0.08)
    floor = space.floor(-90, 90, 0.2, 30)
    mid.fill([floor], Fade(hazed(scene, earth, 0.55), mix(earth, tones.ink, 0.35), y, y + 0.36))
    runs = [[space.at(a, 0, 0.3), space.at(a, 0, 14)] for a in np.arange(-12, 12.1, 0.6)]
    rows = [[space.at(-40, 0, float(d)), space.at(40, 0, float(d))] for d in 1 / np.linspace(1 / 0.45, 1 / 8, 24)]
    mid.stroke([*runs, *rows], 0.0012, tones.ink, 0.28)
    lit = _burning(scene)
    wet = 1.6 if scene.weather == "rain" else 1.0
    for distance, aside, share in (
        (3.4, -1.6, 0.5),
        (2.2, -1.9, 0.45),
        (1.9, 1.2, 0.5),
        (1.15, 0.0, 0.40),
        (0.85, 1.4, 0.3),
    ):
        pool(
            mid,
            scene,
            space.at(aside, 0, distance),
            (space.size(1.5, distance), space.size(0.22, distance)),
            min(share * lit * 0.6 * wet, 0.6),
        )
    if scene.weather == "rain":
        reflect(mid, Mirror(y, 0.3, earth, ripple=1.8), floor)


def _carousel(mid: Canvas, scene: Scene, space: Space) -> None:
    """A round tent on poles with horses under it."""
    tones, d = scene.tones, 2.6
    aside = -1.9 * (0.25 + 0.75 * min(scene.aspect / 1.78, 1.0)) - 0.25
    half, lit = 1.15, _burning(scene)
    dark = hazed(scene, mix(tones.ink, tones.near, 0.2), 0.16)
    x, y = space.at(aside, 0, d)
    mid.fill([disc(x, y, space.size(half * 1.05, d), 0.16)], tones.ink, 0.4)
    mid.fill([space.front(aside - half, aside + half, 0, 0.14, d)], dark)
    glow = mix(mix(tones.near, tones.accent, 0.25), tones.lamp, 0.75 * lit)
    mid.fill(
        [space.front(aside - half * 0.96, aside + half * 0.96, 0.14, 1.15, d)],
        Fade(glow, mix(glow, dark, 0.65), y - space.size(1.15, d), y),
    )
    _horses(mid, space, (aside, d), dark)
    poles = [
        [space.at(aside + half * k, 0.14, d), space.at(aside + half * k, 1.2, d)]
        for k in (-0.94, -0.6, -0.2, 0.2, 0.6, 0.94)
    ]
    mid.stroke(poles, 0.003, mix(dark, tones.lamp, 0.3))
    top = space.at(aside, 1.95, d)
    cloth = mix(tones.accent, tones.ink, 0.45 if scene.dark else 0.2)
    pale = mix(mix(tones.pale, tones.mid, 0.3), tones.ink, 0.45 if scene.dark else 0.1)
    for k in range(10):
        a, b = -1 + 2 * k / 10, -1 + 2 * (k + 1) / 10
        panel = [top, space.at(aside + half * 1.08 * a, 1.25, d), space.at(aside + half * 1.08 * b, 1.25, d)]
        mid.fill([panel], hazed(scene, cloth if k % 2 else pale, 0.15))
        scallop = disc(*space.at(aside + half * 1.08 * (a + b) / 2, 1.22, d), space.size(half * 0.108, d), 0.9, 20)
        mid.fill([scallop], hazed(scene, pale if k % 2 else cloth, 0.15))
    for a in np.linspace(-1.05, 1.05, 15):
        at = space.at(aside + half * float(a), 1.25, d)
        mid.fill([disc(*at, 0.0042, points=12)], mix(tones.lamp, tones.light, 0.4), lit)
    mid.glow(space.at(aside, 0.9, d), space.size(1.5, d), tones.lamp, 0.30 * lit)
    mid.stroke([[top, (top[0], top[1] - 0.05)]], 0.003, dark)
    mid.fill([[(top[0], top[1] - 0.05), (top[0] + 0.035, top[1] - 0.04), (top[0], top[1] - 0.03)]], cloth)


def _horses(mid: Canvas, space: Space, at: tuple[float, float], ink: Floats) -> None:
    aside, d = at
    outline = [
        (-0.20, 0.10), (-0.13, 0.16), (0.08, 0.15), (0.15, 0.30), (0.25, 0.27), (0.26, 0.22), (0.19, 0.20),
        (0.15, 0.06), (0.22, -0.02), (0.18, -0.10), (0.12, 0.02), (-0.10, 0.02), (-0.16, -0.10), (-0.21, -0.08),
        (-0.15, 0.04),
    ]  # fmt: skip
    for number, middle in enumerate((-0.75, -0.25, 0.25, 0.75)):
        lift = 0.48 + 0.08 * (number % 2)
        mid.fill([space.flat([(aside + middle + a * 0.95, lift + u) for a, u in outline], d)], ink)


def _booths(mid: Canvas, scene: Scene, space: Space) -> Surface:
    """Booths on the weighted side, under striped awnings; a bill on the nearest."""
    tones, lit = scene.tones, _burning(scene)
    shift = 1.2 + 0.5 * min(scene.aspect / 1.78, 1.0)
    sheet: Points | None = None
    for number, distance in enumerate((4.6, 3.2, 2.2, 1.5)):
        wall = mix(mix(tones.near, tones.mid, 0.3), tones.ink, 0.25)
        block = Block(shift, shift + 1.5, 0, 1.25, distance, 1.3)
        contact_shadow(mid, space, Block(shift, shift + 1.5, 0, 0, distance, 1.3), tones.ink, 0.35)
        paint_block(mid, space, block, faces(scene, wall, distance))
        far = space.beyond(distance, 1.3)
        a, b = 1 / distance, 1 / far
        opening = space.wall(shift, 0.52, 1.12, 1 / (a + (b - a) * 0.1), 1 / (a + (b - a) * 0.9))
        mid.fill([opening], mix(wall, mix(tones.lamp, tones.accent, 0.2), 0.2 + 0.75 * lit))
        mid.fill(
            [space.front(shift + 0.16, shift + 1.34, 0.52, 1.08, distance)], mix(wall, tones.lamp, 0.15 + 0.75 * lit)
        )
        prizes = [
            disc(
                *space.at(shift + 0.28 + 0.19 * k, 0.98 - 0.13 * (k % 2), distance),
                space.size(0.055, distance),
                points=16,
            )
            for k in range(6)
        ]
        mid.fill(prizes, hazed(scene, mix(tones.ink, tones.accent, 0.35), aerial(distance)), 0.9)
        mid.fill(
            [space.front(shift, shift + 1.5, 0.46, 0.54, distance)],
            hazed(scene, mix(wall, tones.ink, 0.5), aerial(distance)),
        )
        _awning(mid, scene, space, (shift, distance))
        mid.glow(space.at(shift + 0.7, 0.8, distance), space.size(0.9, distance), tones.lamp, 0.28 * lit)
        if number == 3:
            board = space.front(shift + 0.5, shift + 0.86, 0.06, 0.44, distance)
            mid.fill([board], tones.ink)
            sheet = inset(board, 0.06)
            mid.fill([sheet], mix(mix(tones.near, tones.pale, 0.5), tones.ink, 0.3 if scene.dark else 0.0))
    if sheet is None:
        raise AssertionError("the nearest booth carries a bill")
    return Surface("poster", corners_of(sheet))


def _awning(mid: Canvas, scene: Scene, space: Space, at: tuple[float, float]) -> None:
    tones, (shift, d) = scene.tones, at
    cloth = hazed(scene, mix(tones.accent, tones.ink, 0.5 if scene.dark else 0.2), aerial(d))
    pale = hazed(scene, mix(mix(tones.pale, tones.mid, 0.3), tones.ink, 0.5 if scene.dark else 0.1), aerial(d))
    close = d * 0.93
    for k in range(8):
        a, b = shift - 0.1 + 1.7 * k / 8, shift - 0.1 + 1.7 * (k + 1) / 8
        panel = [space.at(a, 1.12, close), space.at(b, 1.12, close), space.at(b, 1.42, d), space.at(a, 1.42, d)]
        mid.fill(
            [panel, disc(*space.at((a + b) / 2, 1.12, close), space.size(0.105, close), 0.8, 20)],
            cloth if k % 2 else pale,
        )
    far = space.beyond(d, 1.3)
    inner = shift - 0.1
    mid.fill(
        [
            [
                space.at(inner, 1.12, close),
                space.at(inner, 1.42, d),
                space.at(inner, 1.42, far),
                space.at(inner, 1.12, far),
            ]
        ],
        mix(cloth, tones.ink, 0.3),
    )


def _strings(mid: Canvas, scene: Scene, space: Space) -> tuple[Light, ...]:
    """Bulbs on wires that cross the way, from mast to mast."""
    tones, lit, found = scene.tones, _burning(scene), list[Light]()
    t = np.linspace(0, 1, 26)
    for distance in (4.6, 3.2, 2.25, 1.6):
        left, right = space.at(-2.3, 2.25, distance), space.at(2.3, 2.25, distance)
        sag = space.size(0.42, distance)
        path = np.stack([left[0] + (right[0] - left[0]) * t, left[1] + 4 * sag * t * (1 - t)], axis=1)
        colour = hazed(scene, tones.ink, aerial(distance))
        mid.stroke([path], 0.0018, colour)
        mid.stroke(
            [[space.at(a, 0, distance), space.at(a, 2.3, distance)] for a in (-2.3, 2.3)], 0.010 / distance, colour
        )
        size = 0.011 / distance + 0.001
        for number, (px, py) in enumerate(path[1:-1]):
            at = (float(px), float(py) + size)
            tone = mix(tones.accent if number % 4 == 0 else tones.lamp, tones.light, 0.3)
            mid.fill([disc(*at, size * 0.8, points=12)], mix(colour, tone, max(lit, 0.35)))
            mid.glow(at, size * 5, tone, 0.30 * lit)
            if number % 6 == 0:
                found.append((*at, size))
    return tuple(found)


def _frame(near: Canvas, scene: Scene) -> None:
    """Balloons on their strings at the edge, a rope barrier."""
    ink, edge = scene.tones.ink, -scene.side * scene.aspect * 0.5
    balloons = ((0.90, 0.30, 0.052), (0.80, 0.40, 0.045), (0.97, 0.44, 0.048))
    foot = (edge * 0.93, 1.1)
    for share, y, size in balloons:
        x = edge * share
        near.fill(
            [
                disc(x, y, size, 1.2, 40),
                [(x - 0.007, y + size * 1.32), (x, y + size * 1.16), (x + 0.007, y + size * 1.32)],
            ],
            mix(ink, scene.tones.accent, 0.25),
        )
        near.stroke([[(x, y + size * 1.3), (edge * (share + 0.93) / 2, 0.75), foot]], 0.0024, ink)
    near.fill([disc(edge * 0.90 - 0.015, 0.275, 0.012, 1.5, 20)], mix(ink, scene.tones.horizon, 0.4), 0.5)
