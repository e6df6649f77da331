"""The departure hall of an airport."""

from __future__ import annotations

import numpy as np

from mvlocal.staging.paint.canvas import Canvas, Fade
from mvlocal.staging.paint.curves import closed_curve
from mvlocal.staging.paint.palette import mix
from mvlocal.staging.plates.interior_parts import Light, Shell, corners_of, inset, pool, rows_of, wall_tone
from mvlocal.staging.plates.land_parts import Points, hazed, layered, ridge
from mvlocal.staging.plates.scene import Plate, Scene, Surface
from mvlocal.staging.plates.sky_parts import Mirror, mist, paint_sky, reflect
from mvlocal.staging.plates.space_parts import Block, Space, contact_shadow, faces, paint_block

_GLASS = 2.3
"""Distance of the window front."""

_SHELL = Shell(-12, 12, 3.1, _GLASS)


def draw(scene: Scene) -> Plate:
    """A window front with the apron and a plane beyond it, a floor that mirrors it, seats in rows, the board."""
    back, mid, near = scene.backdrop(), scene.canvas(), scene.canvas()
    space = Space.of(scene, 0.1)
    paint_sky(back, scene, 0.7)
    _apron(back, scene, space)
    _plane(back, scene, space)
    _front(back, scene, space)
    lights = _ceiling(back, scene, space)
    _floor(mid, scene, space, back)
    if not scene.has("empty"):
        _seats(mid, scene, space)
    board = _board(mid, scene, space)
    _frame(near, scene)
    return Plate(back, mid, near, lights, clouds=0.0, surface=board, ground_y=space.at(0, 0, _GLASS)[1])


def _apron(back: Canvas, scene: Scene, space: Space) -> None:
    h, tones = scene.horizon, scene.tones
    back.fill(
        [ridge(scene.rng("hills"), back.view, h - 0.012, 0.04, 0.6)], layered(scene, tones.mid, h - 0.05, 0.06, 0.72)
    )
    tarmac = mix(tones.near, tones.mid, 0.35)
    back.fill(
        [[(-5, h + 0.004), (5, h + 0.004), (5, 2), (-5, 2)]], Fade(hazed(scene, tarmac, 0.6), tarmac, h, h + 0.15)
    )
    tower = space.at(-3.2 * min(scene.aspect / 1.78, 1.0), 0, 5)[0]
    steel = hazed(scene, mix(tones.near, tones.ink, 0.3), 0.45)
    back.fill(
        [[(tower - 0.012, h + 0.02), (tower - 0.009, h - 0.15), (tower + 0.009, h - 0.15), (tower + 0.012, h + 0.02)]],
        steel,
    )
    back.fill(
        [[(tower - 0.03, h - 0.18), (tower + 0.03, h - 0.18), (tower + 0.022, h - 0.145), (tower - 0.022, h - 0.145)]],
        steel,
    )
    back.fill(
        [
            [
                (tower - 0.026, h - 0.174),
                (tower + 0.026, h - 0.174),
                (tower + 0.023, h - 0.158),
                (tower - 0.023, h - 0.158),
            ]
        ],
        tones.lamp,
        0.2 + 0.7 * scene.lit,
    )
    rng = scene.rng("runway")
    for _ in range(int(46 * max(scene.lit, 0.05))):
        x, y = float(rng.uniform(-1.4, 1.4)), h + 0.008 + 0.05 * float(rng.random()) ** 2
        colour = tones.accent if rng.random() < 0.4 else tones.lamp
        back.glow((x, y), 0.014, colour, 0.7 * scene.lit)
    mist(back, scene, h, 0.03, 0.4)


def _plane(back: Canvas, scene: Scene, space: Space) -> None:
    """An airliner from the side, at the gate; another climbs away."""
    tones, side = scene.tones, scene.side
    x, y = space.at(-0.75, 0.9, 2.9)
    size = 0.55 * (0.55 + 0.45 * min(scene.aspect / 1.78, 1.0))
    body = hazed(scene, mix(mix(tones.mid, tones.pale, 0.45 if not scene.dark else 0.06), tones.near, 0.25), 0.16)
    dark = hazed(scene, mix(tones.near, tones.ink, 0.35), 0.16)

    def placed(points: list[tuple[float, float]]) -> Points:
        return np.array(points) * (side * size, size) + (x, y)

    tail = [(-0.80, -0.06), (-0.98, -0.36), (-0.86, -0.36), (-0.62, -0.08)]
    fuselage = closed_curve(
        [
            (1.0, 0.035),
            (0.94, -0.03),
            (0.78, -0.085),
            (0.3, -0.10),
            (-0.5, -0.095),
            (-0.95, -0.075),
            (-1.02, -0.05),
            (-0.7, 0.06),
            (-0.4, 0.095),
            (0.3, 0.10),
            (0.8, 0.085),
            (0.95, 0.06),
        ],
        8,
    )
    back.fill([placed(tail)], mix(tones.accent, dark, 0.45))
    hull = fuselage * (side * size, size) + (x, y)
    back.fill([hull], Fade(mix(body, tones.horizon, 0.25), mix(body, dark, 0.75), y - 0.1 * size, y + 0.10 * size))
    stripe = placed([(0.93, -0.012), (-0.97, -0.035), (-0.97, -0.022), (0.96, 0.004)])
    back.fill([stripe], mix(tones.accent, dark, 0.35), 0.8)
    panes = [
        placed([(k, -0.045), (k + 0.014, -0.045), (k + 0.014, -0.025), (k, -0.025)])
        for k in np.arange(-0.62, 0.78, 0.042)
    ]
    back.fill(panes, mix(dark, tones.lamp, 0.1 + 0.85 * scene.lit), 0.95)
    back.fill(
        [placed([(0.86, -0.055), (0.945, -0.025), (0.90, -0.012), (0.84, -0.02)])], mix(tones.ink, tones.sky, 0.2)
    )
    wing = placed([(0.18, 0.045), (-0.32, 0.13), (-0.46, 0.125), (-0.16, 0.035)])
    pod = [(0.14, 0.10), (0.10, 0.155), (-0.10, 0.15), (-0.14, 0.11), (-0.08, 0.085), (0.10, 0.08)]
    engine = closed_curve(pod, 6) * (side * size, size) + (x, y)
    back.fill([engine, wing], dark)
    legs = [
        [(x + side * size * k, y + size * 0.09), (x + side * size * k, y + size * 0.19)] for k in (0.72, -0.16, -0.24)
    ]
    back.stroke(legs, 0.006, tones.ink)
    far = (x - side * 0.05, scene.horizon - 0.30)
    craft = np.array(
        [
            (-0.05, 0.012),
            (0.0, 0.0),
            (0.052, -0.02),
            (0.046, -0.026),
            (0.012, -0.016),
            (-0.012, -0.028),
            (-0.02, -0.026),
            (-0.008, -0.008),
            (-0.04, 0.002),
            (-0.058, -0.008),
            (-0.06, -0.004),
        ]
    )
    back.fill([craft * (-side, 1) + far], hazed(scene, tones.ink, 0.30))


def _front(back: Canvas, scene: Scene, space: Space) -> None:
    """Mullions and transoms of the glass, light along their edges."""
    tones = scene.tones
    frame = mix(tones.ink, tones.near, 0.35)
    posts = [space.front(a - 0.035, a + 0.035, 0, _SHELL.ceiling, _GLASS) for a in np.arange(-10.35, 10.4, 1.15)]
    rails = [space.front(-12, 12, u - 0.02, u + 0.02, _GLASS) for u in (0.52, 1.75)]
    rails.append(space.front(-12, 12, -0.3, 0.10, _GLASS))
    back.fill([*posts, *rails], frame)
    shines = [
        [space.at(a + 0.035, 0.1, _GLASS), space.at(a + 0.035, _SHELL.ceiling, _GLASS)]
        for a in np.arange(-10.35, 10.4, 1.15)
    ]
    back.stroke(shines, 0.0014, mix(frame, tones.horizon, 0.5), 0.7)


def _ceiling(back: Canvas, scene: Scene, space: Space) -> tuple[Light, ...]:
    tones = scene.tones
    wall = wall_tone(scene)
    top = space.at(0, _SHELL.ceiling, _GLASS)[1]
    under = Fade(mix(wall, tones.ink, 0.62), mix(wall, tones.ink, 0.25), top - 0.4, top)
    back.fill([space.floor(-14, 14, 0.2, _GLASS, _SHELL.ceiling)], under)
    back.fill([space.front(-12, 12, _SHELL.ceiling - 0.22, _SHELL.ceiling, _GLASS)], mix(wall, tones.ink, 0.55))
    lit, found = (0.0 if scene.has("dark") else max(scene.lit, 0.35)), list[Light]()
    for aside in np.arange(-6.9, 7.0, 1.15):
        beam = space.floor(float(aside) - 0.06, float(aside) + 0.06, 0.25, _GLASS, _SHELL.ceiling)
        back.fill([beam], tones.ink, 0.35)
        strip = space.floor(float(aside) + 0.52, float(aside) + 0.63, 0.5, _GLASS * 0.97, _SHELL.ceiling)
        back.fill([strip], mix(tones.lamp, tones.light, 0.55), 0.9 * lit)
        x, y = space.at(float(aside) + 0.575, _SHELL.ceiling, 1.5)
        back.glow((x, y), 0.16, tones.lamp, 0.16 * lit)
        if abs(aside) < 4:
            found.append((x, y, 0.03))
    return tuple(found)


def _floor(mid: Canvas, scene: Scene, space: Space, back: Canvas) -> None:
    """Polished stone: what stands behind lies in it upside down."""
    tones = scene.tones
    y = space.at(0, 0, _GLASS)[1]
    stone = mix(mix(tones.near, tones.mid, 0.45 if not scene.dark else 0.2), tones.horizon, 0.06)
    area = space.floor(-14, 14, 0.2, _GLASS)
    mirror = Canvas(mid.view)
    mirror.colour[:], mirror.alpha[:] = back.colour, back.alpha
    mirror.fill([area], Fade(mix(stone, tones.horizon, 0.15), mix(stone, tones.ink, 0.5), y, y + 0.4))
    reflect(mirror, Mirror(y, 0.5, stone, ripple=1.1), area)
    row = max(round(mid.view.origin[1] + y * mid.view.unit), 0)
    mid.colour[:, row:], mid.alpha[row:] = mirror.colour[:, row:], 1.0
    runs = [[space.at(a, 0, 0.3), space.at(a, 0, _GLASS)] for a in np.arange(-10.35, 10.4, 0.575)]
    rows = [[space.at(-14, 0, d), space.at(14, 0, d)] for d in rows_of(space, 0.4, _GLASS, 0.575)]
    mid.stroke([*runs, *rows], 0.0012, tones.ink, 0.30)
    for aside in (-1.7, 0.6, 2.9):
        pool(mid, scene, space.at(aside, 0, 1.15), (space.size(1.1, 1.15), space.size(0.2, 1.15)), 0.14 * scene.lit)


def _seats(mid: Canvas, scene: Scene, space: Space) -> None:
    """Two rows of seats with their backs to us."""
    tones = scene.tones
    cloth = mix(mix(tones.ink, tones.near, 0.35), tones.accent, 0.08)
    steel = mix(tones.mid, tones.ink, 0.45)
    for distance, first, count in ((1.85, -3.4, 12), (1.3, -2.75, 4)):
        deep = 0.24
        for k in range(count):
            a = first + 0.37 * k + (0.6 if distance > 1.5 and k >= 6 else 0)
            if distance < 1.5 and scene.aspect < 1:
                a += 1.3
            seat = Block(a, a + 0.33, 0.23, 0.27, distance, deep)
            paint_block(mid, space, seat, faces(scene, cloth, distance * 0.8))
            rest = space.front(a, a + 0.33, 0.27, 0.58, distance)
            mid.fill(
                [rest], Fade(mix(cloth, tones.horizon, 0.16), cloth, float(rest[:, 1].min()), float(rest[:, 1].max()))
            )
        row = Block(first, first + 0.37 * count, 0, 0, distance, deep)
        if scene.aspect >= 1 or distance > 1.5:
            contact_shadow(mid, space, row, tones.ink, 0.25)
            mid.fill(
                [space.front(first, first + 0.37 * count + (0.6 if distance > 1.5 else 0), 0.17, 0.21, distance)], steel
            )
            legs = [space.front(first + k, first + k + 0.04, 0, 0.2, distance) for k in (0.1, 0.74, 1.38)]
            mid.fill(legs, steel)
    case = Block(0.75, 1.02, 0.04, 0.44, 1.5, 0.16)
    contact_shadow(mid, space, case, tones.ink, 0.35)
    paint_block(mid, space, case, faces(scene, mix(tones.accent, tones.ink, 0.45)))
    mid.stroke(
        [
            [
                space.at(0.80, 0.44, 1.55),
                space.at(0.80, 0.62, 1.55),
                space.at(0.97, 0.62, 1.55),
                space.at(0.97, 0.44, 1.55),
            ]
        ],
        0.003,
        tones.ink,
    )


def _board(mid: Canvas, scene: Scene, space: Space) -> Surface:
    """The departures board, hung from the ceiling, and beside it a screen."""
    tones, d = scene.tones, 1.75
    lit = 0.0 if scene.has("dark") else 1.0
    left, right = 0.5, 2.25
    wires = [[space.at(a, 1.9, d), space.at(a, 4.5, d)] for a in (left + 0.2, right - 0.2, -1.35, -0.35)]
    mid.stroke(wires, 0.003, tones.ink)
    mid.fill([space.front(left, right, 1.32, 1.95, d)], tones.ink)
    rng = scene.rng("flights")
    for row in range(6):
        up = 1.82 - 0.082 * row
        for start, width in ((0.06, 0.22), (0.36, 0.62), (1.08, 0.18), (1.38, 0.3)):
            wide = width * float(rng.uniform(0.6, 1.0))
            tone = tones.accent if start > 1.3 and rng.random() < 0.4 else mix(tones.lamp, tones.pale, 0.3)
            mid.fill([space.front(left + start, left + start + wide, up, up + 0.038, d)], tone, 0.85 * lit)
    mid.glow(space.at((left + right) / 2, 1.6, d), 0.22, tones.lamp, 0.18 * lit)
    screen = space.front(-1.5, -0.2, 1.3, 2.0, d)
    mid.fill([screen], tones.ink)
    face = inset(screen, 0.05)
    mid.fill([face], mix(mix(tones.mid, tones.sky, 0.5), tones.pale, 0.25), 0.25 + 0.6 * lit)
    return Surface("screen", corners_of(face))


def _frame(near: Canvas, scene: Scene) -> None:
    """A column, and the belt of a queue before the lens."""
    ink, edge = scene.tones.ink, scene.side * scene.aspect * 0.5
    x0, x1 = sorted((edge * 0.94, edge * 1.8))
    near.fill([[(x0, -1), (x1, -1), (x1, 2), (x0, 2)]], ink)
    post = -edge * 0.86
    near.fill([[(post - 0.010, 0.80), (post + 0.010, 0.80), (post + 0.010, 2), (post - 0.010, 2)]], ink)
    t = np.linspace(0, 1, 20)
    belt = np.stack([post - scene.side * 0.4 * t, 0.82 + 0.10 * 4 * t * (1 - t) * 0.3], axis=1)
    near.stroke([belt], 0.014, ink)
