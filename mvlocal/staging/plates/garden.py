"""A garden in bloom, with its arch and its path."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from mvlocal.staging.paint.canvas import Canvas, Fade
from mvlocal.staging.paint.palette import Floats, mix
from mvlocal.staging.plates.city_parts import box, lamp
from mvlocal.staging.plates.interior_parts import Light, pool
from mvlocal.staging.plates.land_parts import (
    Points,
    crown,
    grass,
    hazed,
    layered,
    ridge,
)
from mvlocal.staging.plates.scene import Plate, Scene
from mvlocal.staging.plates.sky_parts import disc, mist, paint_sky
from mvlocal.staging.plates.space_parts import Block, Space, aerial, contact_shadow, faces, paint_block

_ARCH = 2.35
_PATH = 0.42


def draw(scene: Scene) -> Plate:
    """Clipped hedges beside a flagged path, an arch of roses over it, a house behind, a tree with a swing."""
    back, mid, near = scene.backdrop(), scene.canvas(), scene.canvas()
    space = Space.of(scene, -0.2)
    paint_sky(back, scene, 0.6)
    lights = _house(back, scene)
    _trees(back, scene)
    _lawn(mid, scene, space)
    _hedges(mid, scene, space)
    _arch(mid, scene, space)
    _beds(mid, scene, space)
    if not scene.has("empty"):
        _bench(mid, scene, space)
    lights += _lanterns(mid, scene, space)
    _bough(near, scene)
    return Plate(back, mid, near, lights, clouds=0.6)


def _house(back: Canvas, scene: Scene) -> tuple[Light, ...]:
    """A house beyond the trees, one window lit."""
    h, tones, x = scene.horizon, scene.tones, scene.third * 0.55
    back.fill(
        [ridge(scene.rng("hills"), back.view, h - 0.03, 0.06, 0.6)], layered(scene, tones.mid, h - 0.09, 0.12, 0.72)
    )
    wall = hazed(scene, mix(tones.mid, tones.near, 0.4), 0.48)
    roof = hazed(scene, mix(tones.near, tones.ink, 0.3), 0.42)
    back.fill([box(x - 0.13, h - 0.11, x + 0.13, h + 0.05)], wall)
    back.fill([[(x - 0.15, h - 0.108), (x - 0.09, h - 0.185), (x + 0.09, h - 0.185), (x + 0.15, h - 0.108)]], roof)
    back.fill([box(x + 0.05, h - 0.225, x + 0.075, h - 0.17)], roof)
    panes = [box(x + k - 0.013, h - 0.085, x + k + 0.013, h - 0.048) for k in (-0.09, -0.035, 0.035, 0.09)]
    back.fill(panes, mix(roof, tones.ink, 0.2))
    back.fill([panes[1], panes[3]], tones.lamp, 0.12 + 0.85 * scene.lit)
    back.glow((x, h - 0.065), 0.14, tones.lamp, 0.28 * scene.lit)
    return (x - 0.035, h - 0.066, 0.018), (x + 0.09, h - 0.066, 0.018)


def _trees(back: Canvas, scene: Scene) -> None:
    h, tones, rng = scene.horizon, scene.tones, scene.rng("trees")
    for distance, size, drop, count in ((0.55, 0.07, 0.00, 26), (0.34, 0.10, 0.02, 18)):
        crowns: list[Points] = []
        for x in np.linspace(-1.8, 1.8, count) + rng.normal(0, 0.04, count):
            open_here = abs(float(x) - scene.third * 0.55) < 0.17
            tall = size * float(rng.uniform(0.6, 1.25)) * (0.35 if open_here else 1.0)
            crowns.append(crown(float(x), h + drop - tall * 0.5, tall, rng))
        colour = mix(mix(tones.near, tones.mid, 0.35), tones.accent, 0.04)
        back.fill(crowns, layered(scene, colour, h - size * 1.4, size * 1.6, distance))
        back.fill([ridge(rng, back.view, h + drop, 0.01, 0.4)], layered(scene, colour, h + drop, 0.1, distance))
        mist(back, scene, h + drop, 0.05, 0.30)


def _lawn(mid: Canvas, scene: Scene, space: Space) -> None:
    tones, y = scene.tones, scene.horizon
    green = mix(mix(tones.near, tones.mid, 0.42), tones.accent, 0.05)
    mid.fill([space.floor(-90, 90, 0.2, 26)], Fade(hazed(scene, green, 0.4), mix(green, tones.ink, 0.5), y, y + 0.4))
    rng = scene.rng("lawn")
    for depth in np.geomspace(0.03, 0.4, 12):
        blades = grass(mid.view, rng, y + depth, 0.004 + 0.05 * depth, 0.006 + 0.02 * depth, lean=0.3)
        mid.fill(blades, mix(green, tones.ink, 0.25 + 0.6 * depth), 0.5)
    stone = mix(mix(tones.mid, tones.horizon, 0.32), tones.near, 0.35)
    mid.fill(
        [space.floor(-_PATH - 0.04, _PATH + 0.04, 0.2, 20)],
        Fade(hazed(scene, tones.near, 0.4), tones.ink, y, y + 0.4),
        0.55,
    )
    flags: list[Points] = []
    edges = 1 / np.linspace(1 / 12, 1 / 0.3, 46)
    for number, (far, near) in enumerate(pairwise(edges)):
        gap = (far - near) * 0.08
        split = float(rng.uniform(-0.14, 0.14))
        shift = 0.02 * (number % 2)
        flags.append(space.floor(-_PATH + shift, split - 0.015, float(near + gap), float(far)))
        flags.append(space.floor(split + 0.015, _PATH - shift, float(near + gap), float(far)))
    mid.fill(flags, Fade(hazed(scene, stone, 0.35), mix(stone, tones.ink, 0.35), y, y + 0.4))


def _hedges(mid: Canvas, scene: Scene, space: Space) -> None:
    """Clipped hedges on both sides, nearer ones lower, and balls of box along the path."""
    leaf = mix(mix(scene.tones.near, scene.tones.mid, 0.22), scene.tones.ink, 0.12)
    for near, far, inner, tall in ((3.0, 7.0, 1.5, 1.12), (1.55, 2.1, 1.75, 0.66)):
        for side in (-1, 1):
            _hedge(mid, scene, space, _Hedge(side, inner, near, far, tall), leaf)
    for distance in (3.3, 2.5):
        for aside in (-0.78, 0.78):
            x, foot = space.at(aside, 0, distance)
            size = space.size(0.18, distance)
            colour = hazed(scene, leaf, aerial(distance))
            mid.fill([disc(x, foot, size * 1.1, 0.25)], scene.tones.ink, 0.3)
            ball = crown(x, foot - size * 0.85, size, scene.rng(f"box {aside} {distance}"), 0.95)
            mid.fill(
                [ball],
                Fade(mix(colour, scene.tones.horizon, 0.25), mix(colour, scene.tones.ink, 0.4), foot - size * 2, foot),
            )


@dataclass(frozen=True, slots=True)
class _Hedge:
    """A hedge along the path: its side, how far aside its inner face is, near and far end, height."""

    side: int
    inner: float
    near: float
    far: float
    tall: float


def _hedge(mid: Canvas, scene: Scene, space: Space, hedge: _Hedge, leaf: Floats) -> None:
    """Its front, inner face and top, all of leaves that catch the light above."""
    tones, rng = scene.tones, scene.rng(f"hedge {hedge.side} {hedge.near}")
    thick = aerial(hedge.near) * 0.8
    inner, outer = hedge.side * hedge.inner, hedge.side * 14.0
    left, right = min(inner, outer), max(inner, outer)
    low, high = hazed(scene, mix(leaf, tones.ink, 0.5), thick), hazed(scene, mix(leaf, tones.horizon, 0.10), thick)
    mid.fill([space.wall(inner, 0, hedge.tall, hedge.near, hedge.far)], mix(low, tones.ink, 0.2))
    front = space.front(left, right, 0, hedge.tall, hedge.near)
    mid.fill([front], Fade(high, low, float(front[:, 1].min()), float(front[:, 1].max())))
    if hedge.tall < space.eye:
        mid.fill([space.floor(left, right, hedge.near, hedge.far, hedge.tall)], mix(high, tones.horizon, 0.12))
    reach = scene.aspect * 0.6 * hedge.near / space.body + 0.8
    dab = disc(0, 0, 1, 0.7, 8).astype(np.float64)
    dabs: dict[int, list[Points]] = {0: [], 1: [], 2: []}
    for _ in range(420):
        aside = inner + hedge.side * float(rng.random()) * reach
        up = hedge.tall * float(rng.random()) ** 0.6
        x, cy = space.at(aside, up, hedge.near)
        size = space.size(float(rng.uniform(0.018, 0.04)), hedge.near)
        dabs[min(int(up / hedge.tall * 3), 2)].append(dab * size + (x, cy))
    for row, share in ((0, 0.10), (1, 0.18), (2, 0.30)):
        mid.fill(dabs[row], mix(low, mix(high, tones.horizon, 0.25), share * 2), 0.55)
    rim = [
        disc(*space.at(inner + hedge.side * float(k), hedge.tall, hedge.near), space.size(0.03, hedge.near), 0.8, 10)
        for k in np.arange(0, reach, 0.05)
    ]
    mid.fill(rim, mix(high, tones.horizon, 0.18))


def _arch(mid: Canvas, scene: Scene, space: Space) -> None:
    """An iron arch grown over with roses."""
    tones, d, half = scene.tones, _ARCH, 0.62
    ink = hazed(scene, tones.ink, 0.12)
    t = np.linspace(0, np.pi, 30)
    hoop = [(half, 0.0), *[(half * float(np.cos(a)), 1.15 + 0.42 * float(np.sin(a))) for a in t], (-half, 0.0)]
    for distance in (d * 1.12, d):
        mid.stroke([space.flat(hoop, distance)], 0.010 / distance, ink)
    rng = scene.rng("roses")
    leaves: list[Points] = []
    blooms: list[Points] = []
    points = space.flat(hoop, d)
    along = np.linspace(0, len(points) - 1.001, 120)
    for k in along:
        a, b = points[int(k)], points[int(k) + 1]
        at = a + (b - a) * (k % 1) + rng.normal(0, 0.010, 2)
        leaves.append(crown(float(at[0]), float(at[1]), space.size(float(rng.uniform(0.03, 0.075)), d), rng))
        if rng.random() < 0.4:
            spot = at + rng.normal(0, 0.008, 2)
            blooms.append(
                disc(float(spot[0]), float(spot[1]), space.size(float(rng.uniform(0.014, 0.026)), d), 0.9, 14).astype(
                    np.float64
                )
            )
    mid.fill(leaves, hazed(scene, mix(tones.near, tones.ink, 0.45), 0.10))
    mid.fill(blooms, mix(tones.accent, tones.ink, 0.45 if scene.dark else 0.05), 0.95)


def _beds(mid: Canvas, scene: Scene, space: Space) -> None:
    """Flowers along the path, sparse at its edge, thick before the hedges."""
    tones, rng = scene.tones, scene.rng("flowers")
    stems: list[list[tuple[float, float]]] = []
    blooms: dict[int, list[Points]] = {0: [], 1: [], 2: []}
    for _ in range(300):
        d = 1 / float(rng.uniform(1 / 4.5, 1 / 0.92))
        aside = float(rng.choice([-1, 1])) * (0.56 + abs(float(rng.normal(0, 0.34))))
        tall = float(rng.uniform(0.10, 0.30))
        foot, top = space.at(aside, 0, d), space.at(aside + float(rng.normal(0, 0.02)), tall, d)
        stems.append([foot, top])
        blooms[int(rng.integers(0, 3))].append(
            disc(top[0], top[1], space.size(float(rng.uniform(0.012, 0.026)), d), 0.8, 12).astype(np.float64)
        )
    leaf = mix(mix(tones.near, tones.mid, 0.2), tones.ink, 0.35)
    mid.stroke(stems, 0.0020, leaf)
    shade = 0.5 if scene.dark else 0.08
    colours = (
        mix(tones.accent, tones.ink, shade),
        mix(tones.pale, tones.ink, shade + 0.05),
        mix(mix(tones.mid, tones.accent, 0.5), tones.pale, 0.2 * (not scene.dark)),
    )
    for number, colour in enumerate(colours):
        mid.fill(blooms[number], colour, 0.95)


def _bench(mid: Canvas, scene: Scene, space: Space) -> None:
    tones, d = scene.tones, 1.55
    shift = -1.05 - 0.55 * min(scene.aspect / 1.78, 1.0)
    wood = mix(mix(tones.mid, tones.near, 0.5), tones.ink, 0.35)
    seat = Block(shift, shift + 0.95, 0.22, 0.27, d, 0.26)
    contact_shadow(mid, space, Block(shift, shift + 0.95, 0, 0, d, 0.26), tones.ink, 0.35)
    back_d = space.beyond(d, 0.26)
    mid.fill([space.front(shift, shift + 0.95, u, u + 0.055, back_d) for u in (0.34, 0.43, 0.52)], wood)
    mid.fill(
        [space.front(shift + k, shift + k + 0.05, 0, 0.58, back_d) for k in (0.02, 0.88)], mix(wood, tones.ink, 0.4)
    )
    paint_block(mid, space, seat, faces(scene, wood))
    mid.fill([space.front(shift + k, shift + k + 0.05, 0, 0.23, d) for k in (0.02, 0.88)], mix(wood, tones.ink, 0.4))


def _lanterns(mid: Canvas, scene: Scene, space: Space) -> tuple[Light, ...]:
    """Low lanterns along the path."""
    tones, found = scene.tones, list[Light]()
    for distance in (4.4, 2.9, 1.85, 1.12):
        for aside in (-0.55, 0.55):
            x, y = space.at(aside, 0.27, distance)
            foot = space.at(aside, 0, distance)
            size = space.size(0.045, distance)
            colour = hazed(scene, tones.ink, aerial(distance))
            mid.stroke([[foot, (x, y)]], 0.008 / distance, colour)
            mid.fill(
                [
                    box(x - size, y - size * 1.8, x + size, y),
                    [(x - size * 1.3, y - size * 1.8), (x, y - size * 2.7), (x + size * 1.3, y - size * 1.8)],
                ],
                colour,
            )
            mid.fill(
                [box(x - size * 0.7, y - size * 1.6, x + size * 0.7, y - size * 0.2)], tones.lamp, 0.1 + 0.9 * scene.lit
            )
            lamp(mid, scene, x, y - size * 0.9, size * 0.30)
            pool(mid, scene, foot, (space.size(0.6, distance), space.size(0.09, distance)), 0.34 * scene.lit)
            found.append((x, y - size * 0.9, size))
    return tuple(found)


def _bough(near: Canvas, scene: Scene) -> None:
    """A leafy bough from above, and the ropes of a swing."""
    ink, edge = scene.tones.ink, -scene.side * scene.aspect * 0.5
    rng = scene.rng("bough")
    branch = [(edge * 1.2, 0.10), (edge * 0.7, 0.06), (edge * 0.25, 0.075)]
    near.stroke([branch], 0.020, ink)
    leaves = [
        crown(
            float(edge * rng.uniform(0.2, 1.15)),
            min(float(rng.normal(0.03, 0.04)), 0.075),
            float(rng.uniform(0.03, 0.07)),
            rng,
        )
        for _ in range(34)
    ]
    near.fill(leaves, ink)
    x = edge * 0.66
    near.stroke([[(x - 0.055, 0.07), (x - 0.05, 0.78)], [(x + 0.055, 0.07), (x + 0.05, 0.78)]], 0.0042, ink)
    near.fill([[(x - 0.07, 0.775), (x + 0.07, 0.775), (x + 0.07, 0.792), (x - 0.07, 0.792)]], ink)
    near.fill(grass(near.view, rng, 1.05, 0.11, 0.012), ink)
