"""Pieces of rooms that several places share: the shell, floors, windows, frames, lamps that hang."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from mvlocal.staging.paint.canvas import Canvas, Fade, Mask, Paint, blurred, polygons, spread
from mvlocal.staging.paint.palette import Floats, mix
from mvlocal.staging.plates.city_parts import paint_towers, paint_windows, tower_row
from mvlocal.staging.plates.land_parts import layered
from mvlocal.staging.plates.scene import Point, Scene, Surface
from mvlocal.staging.plates.sky_parts import disc, paint_sky
from mvlocal.staging.plates.space_parts import FOCAL, Points, Space, shade_towards

Light = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Shell:
    """The walls of a room: `left` and `right` in body heights aside, `ceiling` over the floor, the end's distance."""

    left: float
    right: float
    ceiling: float
    end: float


def wall_tone(scene: Scene, warmth: float = 0.15) -> Floats:
    """The colour of a wall in the room's own light: the day's, or the lamps'."""
    tones = scene.tones
    share = {"night": 0.34, "dusk": 0.52, "dawn": 0.58}.get(scene.time, 0.76)
    wall = mix(mix(tones.near, tones.mid, share), tones.ink, 0.15 if scene.dark else 0.0)
    return mix(wall, tones.lamp, warmth * scene.lit)


def paint_walls(back: Canvas, scene: Scene, space: Space, shell: Shell, holes: Sequence[Points] = ()) -> Floats:
    """Ceiling, side walls and the end wall, whose holes show what is painted already. Returns the walls' colour."""
    tones = scene.tones
    wall = wall_tone(scene)
    deep = mix(wall, tones.ink, 0.55)
    end = space.front(shell.left, shell.right, -0.4, shell.ceiling, shell.end)
    top, low = float(end[:, 1].min()), float(end[:, 1].max())
    cover_but(back, end, holes, Fade(mix(wall, tones.ink, 0.28), wall, top, low))
    ceiling = space.floor(shell.left, shell.right, 0.2, shell.end, shell.ceiling)
    back.fill([ceiling], Fade(mix(deep, tones.ink, 0.5), mix(wall, tones.ink, 0.35), top - 0.5, top))
    for aside in (shell.left, shell.right):
        side = space.wall(aside, -0.4, shell.ceiling, 0.2, shell.end)
        back.fill([side], mix(wall, tones.ink, 0.22))
        inner = space.at(aside, 0, shell.end)[0]
        outer = space.at(aside, 0, 0.55)[0]
        shade_towards(back, side, (inner, outer), tones.ink, 0.62)
    corners = [[space.at(a, -0.1, shell.end), space.at(a, shell.ceiling, shell.end)] for a in (shell.left, shell.right)]
    back.stroke([*corners, [corners[0][1], corners[1][1]]], 0.002, deep, 0.6)
    return wall


def cover_but(canvas: Canvas, shape: Points, holes: Sequence[Points], paint: Paint) -> None:
    """Paints a shape and leaves holes in it."""
    mask = polygons(canvas.view, [shape])
    if mask is None:
        return
    whole = np.zeros((canvas.view.height, canvas.view.width), np.float32)
    whole[mask.window] = mask.coverage
    cut = polygons(canvas.view, holes)
    if cut is not None:
        whole[cut.window] *= 1 - cut.coverage
    canvas.cover(Mask(mask.x, mask.y, np.ascontiguousarray(whole[mask.window])), paint)


def paint_floor(mid: Canvas, scene: Scene, space: Space, shell: Shell, colour: Floats) -> None:
    """The floor and the skirting along the walls."""
    tones = scene.tones
    y = space.at(0, 0, shell.end)[1]
    floor = space.floor(shell.left, shell.right, 0.2, shell.end)
    far = mix(colour, wall_tone(scene), 0.30)
    mid.fill([floor], Fade(far, mix(colour, tones.ink, 0.5), y, y + 0.42))
    skirting = mix(wall_tone(scene), tones.ink, 0.55)
    mid.fill([space.front(shell.left, shell.right, 0, 0.07, shell.end)], skirting)
    mid.fill([space.wall(a, 0, 0.07, 0.2, shell.end) for a in (shell.left, shell.right)], skirting)


def ground_of(space: Space, shell: Shell) -> tuple[Point, ...]:
    """The outline of a floor between its walls."""
    return tuple((float(x), float(y)) for x, y in space.floor(shell.left, shell.right, 0.2, shell.end))


def rows_of(space: Space, near: float, far: float, size: float) -> list[float]:
    """Distances of the rows of a floor whose tiles are `size` body heights deep, from far to near."""
    step = size * space.body / FOCAL
    count = int((far - near) / step)
    return [far - step * k for k in range(count + 1)]


def paint_tiles(mid: Canvas, space: Space, shell: Shell, size: float, paint: Paint, opacity: float = 1.0) -> None:
    """Every second tile of a floor, so that it lies chequered."""
    rows = rows_of(space, 0.3, shell.end, size)
    columns = np.arange(np.ceil(shell.left / size), np.floor(shell.right / size))
    tiles = [
        space.floor(c * size, (c + 1) * size, near, far)
        for r, (far, near) in enumerate(pairwise(rows))
        for c in columns
        if (r + int(c)) % 2 == 0
    ]
    mid.fill(tiles, paint, opacity)


def paint_boards(mid: Canvas, space: Space, shell: Shell, width: float, ink: Floats, opacity: float = 0.4) -> None:
    """The seams of boards that run away from the camera."""
    seams = [
        [space.at(a, 0, 0.25), space.at(a, 0, shell.end)]
        for a in np.arange(np.ceil(shell.left / width), shell.right / width) * width
    ]
    mid.stroke(seams, 0.0015, ink, opacity)


def paint_outside(back: Canvas, scene: Scene, clouds: float = 0.5) -> None:
    """What windows look out on: the sky and a town's roofs."""
    paint_sky(back, scene, clouds)
    h, tones = scene.horizon, scene.tones
    towers = tower_row(scene.rng("outside"), h + 0.05, 0.05, 0.22, (0.04, 0.09))
    paint_towers(back, towers, scene.rng("outside roofs"), layered(scene, tones.mid, h - 0.18, 0.25, 0.55), 0.014)
    paint_windows(back, scene, towers, "outside windows", 0.012, 0.7 * scene.lit)


def paint_casing(canvas: Canvas, scene: Scene, hole: Points, panes: tuple[int, int], width: float = 0.008) -> None:
    """The frame and bars of a window over its hole: `panes` across and down."""
    tones = scene.tones
    frame = mix(mix(wall_tone(scene), tones.horizon, 0.25), tones.ink, 0.5)
    left_top, right_top, right_low, left_low = hole
    bars: list[list[Points]] = []
    for k in range(1, panes[0]):
        t = k / panes[0]
        bars.append([left_top + (right_top - left_top) * t, left_low + (right_low - left_low) * t])
    for k in range(1, panes[1]):
        t = k / panes[1]
        bars.append([left_top + (left_low - left_top) * t, right_top + (right_low - right_top) * t])
    canvas.stroke(bars, width * 0.7, frame)
    canvas.stroke([hole], width * 1.6, frame, closed=True)


def inset(quad: Points, share: float) -> Points:
    """A quad drawn in towards its middle."""
    return quad + (quad.mean(axis=0) - quad) * share


def corners_of(quad: Points) -> tuple[Point, Point, Point, Point]:
    """The corners of a quad clockwise from its top left, as the viewer sees them."""
    by_x = quad[np.argsort(quad[:, 0], kind="stable")]
    left, right = (pair[np.argsort(pair[:, 1])] for pair in (by_x[:2], by_x[2:]))
    order = (left[0], right[0], right[1], left[1])
    a, b, c, d = ((float(x), float(y)) for x, y in order)
    return a, b, c, d


def paint_picture(canvas: Canvas, scene: Scene, quad: Points, layer: Literal["back", "mid"] = "mid") -> Surface:
    """A picture frame with nothing in it but a shade of the wall."""
    tones = scene.tones
    canvas.fill([quad], mix(tones.ink, tones.near, 0.35))
    inner = inset(quad, 0.14)
    blank = mix(wall_tone(scene), tones.pale, 0.22)
    top, low = float(inner[:, 1].min()), float(inner[:, 1].max())
    canvas.fill([inner], Fade(mix(blank, tones.ink, 0.25), blank, top, low))
    return Surface("frame", corners_of(inner), layer)


def pendant(canvas: Canvas, scene: Scene, foot: Point, cord: float, size: float) -> Light:
    """A lamp on a cord: `foot` is the middle of its rim, `cord` reaches up so far, `size` is its half width."""
    tones, (x, y) = scene.tones, foot
    dark = mix(tones.ink, tones.near, 0.2)
    canvas.stroke([[(x, y - cord), (x, y - size)]], max(size * 0.06, 0.0015), dark)
    shade = [(x - size * 0.3, y - size * 0.95), (x + size * 0.3, y - size * 0.95), (x + size, y), (x - size, y)]
    canvas.fill([shade], mix(mix(dark, tones.accent, 0.25), tones.lamp, 0.35 * scene.lit))
    if scene.lit > 0.02:
        canvas.fill([disc(x, y, size * 0.8, 0.16, 24)], mix(tones.lamp, tones.light, 0.5), scene.lit)
        canvas.glow((x, y), size * 9, tones.lamp, 0.30 * scene.lit)
        canvas.glow((x, y + size * 0.2), size * 2.6, tones.lamp, 0.60 * scene.lit)
    return x, y, size


def pool(canvas: Canvas, scene: Scene, at: Point, reach: tuple[float, float], strength: float) -> None:
    """Lamp light lying on level ground: an ellipse of half widths `reach` with soft edges."""
    if strength <= 0.01:
        return
    x, y = at
    turn = disc(0, 0, 1)
    mask = polygons(canvas.view, [turn * np.array(reach) + (x, y)])
    if mask is not None:
        canvas.cover(spread(mask, 0.25 * reach[1] * canvas.view.unit), scene.tones.lamp, strength)


def sun_patch(mid: Canvas, scene: Scene, quads: Sequence[Points], strength: float = 0.5) -> None:
    """Daylight or moonlight lying on the floor below a window."""
    share = {"night": 0.35, "noon": 0.8}.get(scene.time, 1.0) * (1 - 0.7 * scene.veiled) * strength
    mask = polygons(mid.view, quads)
    if mask is not None:
        mid.cover(blurred(mask, 0.003 * mid.view.unit), mix(scene.tones.light, scene.tones.horizon, 0.4), share)
