"""A railway platform under its canopy, rails running out."""

from __future__ import annotations

import numpy as np

from mvlocal.staging.paint.canvas import Canvas, Fade
from mvlocal.staging.paint.palette import mix
from mvlocal.staging.plates.city_parts import Vanishing, box, lamp, paint_towers, paint_windows, tower_row
from mvlocal.staging.plates.land_parts import hazed, layered
from mvlocal.staging.plates.scene import Plate, Scene, Surface
from mvlocal.staging.plates.sky_parts import Mirror, disc, mist, paint_sky, reflect

FLOOR, TRACK, ROOF = 0.24, 0.33, -0.50
_COLUMNS = (9.0, 6.2, 4.3, 3.0, 2.1, 1.5, 1.05, 0.75)


def draw(scene: Scene) -> Plate:
    """The platform on the weighted side, a canopy on columns over it, two rails that catch the light."""
    back, mid, near = scene.backdrop(), scene.canvas(), scene.canvas()
    to = Vanishing(-scene.third * 0.35, scene.horizon)
    paint_sky(back, scene, 0.4)
    _town(back, scene)
    _tracks(back, scene, to)
    _train_light(back, scene, to)
    _platform(mid, scene, to)
    _canopy(mid, scene, to)
    _furniture(mid, scene, to)
    _frame(near, scene)
    side = scene.side
    lights = tuple((*to.at(side * 0.50, ROOF + 0.075, d * 1.12), 0.018 / d) for d in _COLUMNS)
    return Plate(back, mid, near, lights, clouds=0.4, surface=_bill(mid, scene, to))


def _town(back: Canvas, scene: Scene) -> None:
    h, tones = scene.horizon, scene.tones
    towers = tower_row(scene.rng("town"), h + 0.02, 0.02, 0.15, (0.05, 0.13))
    paint_towers(back, towers, scene.rng("town roofs"), layered(scene, tones.mid, h - 0.14, 0.17, 0.55), 0.014)
    paint_windows(back, scene, towers, "town windows", 0.012, 0.5 * scene.lit)
    mist(back, scene, h + 0.01, 0.07, 0.45)


def _tracks(back: Canvas, scene: Scene, to: Vanishing) -> None:
    tones, y, side = scene.tones, to.y, -scene.side
    bed = mix(tones.near, tones.ink, 0.4)
    back.fill([[(-5, y), (5, y), (5, 4), (-5, 4)]], Fade(hazed(scene, bed, 0.7), bed, y, y + 0.3))
    for track in (0.16, 0.80):
        ties = [
            to.quad((side * (track - 0.04), TRACK), (side * (track + 0.40), TRACK), d, d * 1.035)
            for d in np.geomspace(0.6, 14, 34)
        ]
        back.fill(ties, mix(tones.ink, bed, 0.3), 0.55)
    if scene.weather == "rain":
        reflect(back, Mirror(y, 0.4, bed, ripple=1.6))
    shine = mix(tones.horizon, tones.light, 0.5)
    for rail in (0.20, 0.52, 0.84, 1.16):
        strip = to.quad((side * rail, TRACK), (side * (rail + 0.022), TRACK), 0.4, 80)
        back.fill([strip], Fade(shine, mix(tones.mid, shine, 0.35), y, y + 0.35), 0.95)
    for mast in (6.0, 3.6, 2.2):
        foot, top = to.at(side * 1.32, TRACK, mast), to.at(side * 1.32, -0.62, mast)
        arm = to.at(side * 0.34, -0.56, mast)
        colour = hazed(scene, tones.ink, float(np.clip(1 - 1.6 / mast, 0, 0.7)))
        back.stroke([[foot, top]], 0.014 / mast, colour)
        back.stroke([[to.at(side * 1.32, -0.56, mast), arm], [top, arm]], 0.006 / mast, colour)
    wires = [[to.at(side * k, -0.53, 0.4), to.at(side * k, -0.53, 90)] for k in (0.36, 1.0)]
    back.stroke(wires, 0.0018, tones.ink, 0.6)


def _train_light(back: Canvas, scene: Scene, to: Vanishing) -> None:
    """A train far down the line, or a signal by day."""
    side, tones = -scene.side, scene.tones
    x, y = to.at(side * 0.36, -0.02, 9.0)
    if scene.lit:
        lamp(back, scene, x, y, 0.011)
        back.glow((x, y + 0.05), 0.10, tones.lamp, 0.35 * scene.lit)
    sx, sy = to.at(side * 0.66, -0.20, 3.1)
    fx, fy = to.at(side * 0.66, TRACK, 3.1)
    back.stroke([[(fx, fy), (sx, sy)]], 0.004, tones.ink)
    back.fill([box(sx - 0.008, sy - 0.03, sx + 0.008, sy + 0.016)], tones.ink)
    back.fill([disc(sx, sy - 0.017, 0.0048, points=20)], tones.accent)
    back.glow((sx, sy - 0.017), 0.05, tones.accent, 0.5 * max(scene.lit, 0.25))


def _platform(mid: Canvas, scene: Scene, to: Vanishing) -> None:
    tones, side, y = scene.tones, scene.side, to.y
    top = mix(tones.near, tones.mid, 0.25)
    edge = 0.02
    mid.fill(
        [to.quad((side * -edge, FLOOR), (side * 3.5, FLOOR), 0.3, 30)],
        Fade(hazed(scene, top, 0.6), mix(top, tones.ink, 0.35), y, y + 0.42),
    )
    mid.fill(
        [to.quad((side * -edge, FLOOR), (side * -edge, TRACK), 0.3, 30)],
        Fade(hazed(scene, tones.ink, 0.5), tones.ink, y, y + 0.2),
    )
    line = to.quad((side * (0.06 - edge), FLOOR), (side * (0.09 - edge), FLOOR), 0.3, 25)
    mid.fill([line], mix(tones.lamp, tones.mid, 0.2 if not scene.dark else 0.45), 0.8)
    joints = [[to.at(side * -edge, FLOOR, d), to.at(side * 3.5, FLOOR, d)] for d in np.geomspace(0.6, 8, 15)]
    mid.stroke(joints, 0.0016, tones.ink, 0.3)
    mid.stroke(
        [[to.at(side * -edge, FLOOR, 0.3), to.at(side * -edge, FLOOR, 30)]], 0.0025, hazed(scene, tones.light, 0.2), 0.5
    )


def _canopy(mid: Canvas, scene: Scene, to: Vanishing) -> None:
    tones, side, y = scene.tones, scene.side, to.y
    under = Fade(mix(tones.ink, tones.near, 0.15), hazed(scene, tones.near, 0.35), y - 0.6, y - 0.04)
    mid.fill([to.quad((side * 0.10, ROOF), (side * 3.5, ROOF), 0.3, 10)], under)
    beams = [to.quad((side * 0.10, ROOF), (side * 3.5, ROOF), d, d * 1.06) for d in _COLUMNS]
    mid.fill(beams, tones.ink, 0.5)
    fascia = to.quad((side * 0.10, ROOF - 0.05), (side * 0.10, ROOF + 0.035), 0.3, 10)
    mid.fill([fascia], Fade(tones.ink, hazed(scene, tones.near, 0.3), y - 0.6, y - 0.05))
    for distance in _COLUMNS:
        colour = hazed(scene, tones.ink, float(np.clip(1 - 1.3 / distance, 0, 0.7)))
        foot, head = to.at(side * 0.95, FLOOR, distance), to.at(side * 0.95, ROOF, distance)
        mid.stroke([[foot, head]], 0.026 / distance, colour)
        brace = [
            [to.at(side * 0.95, ROOF + 0.16, distance), to.at(side * (0.95 + k), ROOF, distance)] for k in (-0.18, 0.18)
        ]
        mid.stroke(brace, 0.011 / distance, colour)
        hang = to.at(side * 0.50, ROOF, distance * 1.12)
        light = to.at(side * 0.50, ROOF + 0.075, distance * 1.12)
        mid.stroke([[hang, light]], 0.004 / distance, colour)
        lamp(mid, scene, light[0], light[1], 0.018 / distance)
        if scene.lit:
            pool = to.at(side * 0.50, FLOOR, distance * 1.12)
            mid.glow(pool, 0.16 / distance, tones.lamp, (0.26 + 0.2 * scene.veiled) * scene.lit)


def _furniture(mid: Canvas, scene: Scene, to: Vanishing) -> None:
    """A clock under the canopy and benches by the columns."""
    tones, side = scene.tones, scene.side
    x, y = to.at(side * 0.34, -0.33, 1.75)
    _, roof = to.at(side * 0.34, ROOF, 1.75)
    mid.stroke([[(x, roof), (x, y)]], 0.005, tones.ink)
    mid.fill([disc(x, y, 0.040)], tones.ink)
    face = mix(mix(tones.pale, tones.mid, 0.25), tones.lamp, 0.6 * scene.lit)
    mid.fill([disc(x, y, 0.034)], face, 0.55 + 0.45 * max(scene.lit, 0.4))
    mid.stroke([[(x, y), (x - 0.014, y - 0.012)], [(x, y), (x + 0.004, y - 0.027)]], 0.0034, tones.ink)
    for distance in (3.6, 1.8):
        seat, foot = to.at(side * 1.12, FLOOR - 0.075, distance), to.at(side * 1.12, FLOOR, distance)
        half = 0.17 / distance
        colour = hazed(scene, tones.ink, float(np.clip(1 - 1.3 / distance, 0, 0.6)))
        bench = [
            box(seat[0] - half, seat[1], seat[0] + half, seat[1] + 0.018 / distance),
            box(seat[0] - half, seat[1] - 0.085 / distance, seat[0] + half, seat[1] - 0.045 / distance),
        ]
        legs = [
            box(
                seat[0] + k * half - 0.006 / distance,
                seat[1] - 0.08 / distance,
                seat[0] + k * half + 0.006 / distance,
                foot[1],
            )
            for k in (-0.85, 0.85)
        ]
        mid.fill([*bench, *legs], colour)


def _bill(mid: Canvas, scene: Scene, to: Vanishing) -> Surface:
    """A board with a bill on two legs, by the second bench."""
    tones, side, d = scene.tones, scene.side, 1.45
    x, top = to.at(side * 1.30, -0.16, d)
    _, low = to.at(side * 1.30, 0.09, d)
    _, foot = to.at(side * 1.30, FLOOR, d)
    half = 0.10 / d
    mid.fill([box(x + k - 0.003, top, x + k + 0.003, foot) for k in (-half * 0.9, half * 0.9)], tones.ink)
    mid.fill([box(x - half, top, x + half, low)], tones.ink)
    left, right, up, down = x - half + 0.005, x + half - 0.005, top + 0.005, low - 0.005
    mid.fill([box(left, up, right, down)], mix(mix(tones.near, tones.pale, 0.4), tones.lamp, 0.25 * scene.lit))
    return Surface("poster", ((left, up), (right, up), (right, down), (left, down)))


def _frame(near: Canvas, scene: Scene) -> None:
    x = scene.side * scene.aspect * 0.49
    near.fill([box(x - 0.03, -1, x + 0.03, 2)], scene.tones.ink)
