"""Puts people and things into the frames of a shot: cut out, lit along their edges, with shadow or reflection.

It knows nothing of why they move: `Actors` says where they are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from mvlocal.media.frame import Plane
from mvlocal.staging.paint.develop import tilt_matrix
from mvlocal.staging.paint.palette import Floats, mix
from mvlocal.staging.plates.registry import Place
from mvlocal.staging.plates.scene import Scene
from mvlocal.staging.theatre.actors import TABLE, Actors, Cut
from mvlocal.staging.theatre.cutout import Colour, CutShape, Cutter, EdgeLight, Target, colour_of
from mvlocal.staging.theatre.sample import Window

_SHADE = 0.5
_GLOW_PX = 128
GLOW_LUMA = 70
"""How much luma a lamp in the hand adds at its heart."""


@dataclass(frozen=True, slots=True)
class Sight:
    """How scene points become pixels of the layers people stand between: `unit` and `origin` of the view, and the
    matrix (2, 3) of a tilted camera."""

    unit: float
    origin: tuple[float, float]
    tilt: NDArray[np.float64] | None = None

    def px(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Scene points (n, 2) as layer pixels (n, 2), pixel centres being whole."""
        placed = points * self.unit + self.origin
        if self.tilt is not None:
            placed = placed @ self.tilt[:, :2].T + self.tilt[:, 2]
        return placed - 0.5


def sight_of(scene: Scene, slide: int, tilt_deg: float) -> Sight:
    """The view of a scene whose layers (but the first) were cut by `slide` pixels on each side."""
    view = scene.view
    tilt = tilt_matrix(view.width, view.height, tilt_deg) if tilt_deg else None
    if tilt is not None:
        tilt = tilt - np.array([[0, 0, slide], [0, 0, 0]], np.float64)
        return Sight(view.unit, view.origin, tilt)
    return Sight(view.unit, (view.origin[0] - slide, view.origin[1]))


def placed(points: NDArray[np.float64], sight: Sight, window: Window) -> NDArray[np.float64]:
    """Scene points (n, 2) as pixels of a frame that looks through `window`."""
    return (sight.px(points) - (window.x, window.y)) / window.scale


@dataclass(frozen=True, slots=True)
class Company:
    """Who acts, the scene that they are lit by, and how the scene becomes pixels."""

    actors: Actors
    scene: Scene
    sight: Sight


class Players:
    """Draws the actors of one shot into its frames."""

    def __init__(self, company: Company, place: Place, size: tuple[int, int]) -> None:
        scene = company.scene
        self._actors = company.actors
        self._scene = scene
        self._place = place
        self._sight = company.sight
        self._cutter = Cutter(*size)
        self._ink = colour_of(scene.tones.ink)
        lamp = 0.5 if scene.time in ("dusk", "night") else 0.2
        self._rim = colour_of(mix(scene.tones.light, scene.tones.lamp, lamp))
        self._rim_strength = 0.95 - 0.5 * scene.veiled * (1 - scene.lit)
        self._colours: dict[bytes, Colour] = {}
        self._glow = _glow_sprite()

    def lay(self, target: Target, t_s: float, window_of: Callable[[float], Window]) -> None:
        """Draws everybody at `t_s` seconds from the shot's start; `window_of` gives the window at a depth."""
        for cut in self._actors.at(t_s):
            window = window_of(cut.depth)
            if cut.standing and cut.keypoints is not None:
                self._ground(target, cut, window)
            parts = cut.parts
            if parts[0].owner == TABLE and self._sight.tilt is None:
                board = placed(parts[0].outline, self._sight, window)
                self._cutter.fill_below(target, float(board[:, 1].min()), self._colour(parts[0].colour))
                parts = parts[1:]
            shapes = [CutShape(placed(part.outline, self._sight, window), self._colour(part.colour)) for part in parts]
            self._cutter.lay(target, shapes, self._lights(cut, window))
            if cut.glow is not None:
                self._shine(target.luma, cut.glow, window)

    def _colour(self, rgb: Floats) -> Colour:
        key = rgb.tobytes()
        if key not in self._colours:
            self._colours[key] = colour_of(rgb)
        return self._colours[key]

    def _lights(self, cut: Cut, window: Window) -> list[EdgeLight]:
        """A thin bright edge towards sun, moon or lamps, and a wide faint one that models the body."""
        towards = float(np.sign(self._scene.sun[0] - cut.foot[0]) or 1.0)
        body_px = cut.scale * self._sight.unit / window.scale
        thin = min(max(body_px * 0.0075, 0.8), 5.0)
        wide = body_px * 0.022
        return [
            EdgeLight(towards * thin, -thin * 0.6, self._rim, 0.8 * self._rim_strength),
            EdgeLight(towards * wide, -wide * 0.5, self._rim, 0.13 * self._rim_strength),
        ]

    def _ground(self, target: Target, cut: Cut, window: Window) -> None:
        """A reflection on wet or polished ground, else a pool of shade at the feet."""
        if self._place.mirror:
            self._reflect(target, cut, window)
        else:
            self._shade(target.luma, cut, window)

    def _reflect(self, target: Target, cut: Cut, window: Window) -> None:
        x, y = cut.foot
        shapes = [
            CutShape(placed((part.outline - (x, y)) * (1, -0.9) + (x, y), self._sight, window), self._ink)
            for part in cut.parts
        ]
        self._cutter.veil(target, shapes, self._place.mirror, 0.006 * cut.scale * self._sight.unit / window.scale)

    def _shade(self, luma: Plane, cut: Cut, window: Window) -> None:
        x, y = cut.foot
        turn = np.linspace(0, 2 * np.pi, 32)
        away = float(np.sign(x - self._scene.sun[0])) * cut.scale * 0.08
        pool = np.stack([x + away + cut.scale * 0.24 * np.cos(turn), y + cut.scale * 0.02 * np.sin(turn)], axis=1)
        self._cutter.darken(luma, placed(pool, self._sight, window), _SHADE)

    def _shine(self, luma: Plane, glow: tuple[float, float, float], window: Window) -> None:
        """Light round a lamp in the hand."""
        x, y, radius = glow
        ((cx, cy),) = placed(np.array([[x, y]]), self._sight, window)
        reach = radius * self._sight.unit / window.scale
        add_sprite(luma, self._glow, (float(cx), float(cy)), reach)


def add_sprite(luma: Plane, sprite: Plane, centre: tuple[float, float], reach: float) -> None:
    """Adds a round light of radius `reach` pixels about `centre` to `luma`."""
    side = 2 * max(round(reach), 1)
    x0, y0 = round(centre[0] - side / 2), round(centre[1] - side / 2)
    height, width = luma.shape
    left, top, right, bottom = max(x0, 0), max(y0, 0), min(x0 + side, width), min(y0 + side, height)
    if right <= left or bottom <= top:
        return
    light = np.asarray(cv2.resize(sprite, (side, side), interpolation=cv2.INTER_LINEAR), np.uint8)
    area = luma[top:bottom, left:right]
    cv2.add(area, light[top - y0 : bottom - y0, left - x0 : right - x0], area)


def _glow_sprite() -> Plane:
    across = (np.arange(_GLOW_PX) + 0.5) / _GLOW_PX * 2 - 1
    distance = np.hypot(across[None], across[:, None])
    fall = np.clip(1 - distance, 0, 1) ** 2 * (0.35 + 0.65 / (1 + 12 * distance))
    return np.asarray(np.rint(fall * GLOW_LUMA), np.uint8)
