"""Puts a frame together: layers read through the camera, laid over each other, lit, vignetted, with weather on top.

It knows nothing of how layers were drawn. All sums are in uint8, and frames are drawn into the same memory.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from mvlocal.media.frame import Plane, Yuv420
from mvlocal.staging.paint.vignette import vignette
from mvlocal.staging.theatre.air import Air
from mvlocal.staging.theatre.camera import Framing, Pose
from mvlocal.staging.theatre.cutout import Target
from mvlocal.staging.theatre.planes import PAD, PatchPlanes
from mvlocal.staging.theatre.players import Players
from mvlocal.staging.theatre.sample import Reading, Sampler, Window, plan_reading
from mvlocal.staging.theatre.water import Shimmer

GLOW_SHRINK = 4
"""The plane of glowing lights is this many times smaller than the plates."""

GLOW_STRENGTH = 0.5
"""How much of that plane a whole pulse adds."""

CHROMA_TOLERANCE_PX = 0.05
GLOW_TOLERANCE_PX = 0.12
"""How far from their positions chroma and the soft glow may be read, in pixels of their own planes."""


@dataclass(frozen=True, slots=True)
class Water:
    """Water in a layer: the layer's rows where it begins and ends, and its light."""

    top: float
    bottom: float
    shimmer: Shimmer


@dataclass(frozen=True, slots=True)
class Cell:
    """One layer: its patches and its depth; in plate pixels, how far it begins left of the others, how far it slides
    sideways in a frame, and how far it can; people stand before it where `holds_players`;
    light plays on its `water`."""

    patches: list[PatchPlanes]
    depth: float
    offset: float = 0.0
    slide: float = 0.0
    room: float = 0.0
    holds_players: bool = False
    water: Water | None = None


@dataclass(frozen=True, slots=True)
class Shine:
    """Light of one frame: gain of luma, strength of the glow."""

    gain: float
    glow: float


_Area = tuple[int, int, int, int]


class Composer:
    """Owns one frame and scratch memory, and draws any moment of a shot into it. `cells` go from far to near."""

    def __init__(
        self, framing: Framing, cells: list[Cell], glow: Plane | None, air: Air, players: Players | None = None
    ) -> None:
        self._framing = framing
        self._players = players
        self._cells = cells
        self._glow = glow
        self._air = air
        self._frame = Yuv420.empty(framing.width, framing.height)
        self._luma = np.empty((framing.height, framing.width), np.uint8)
        self._reader = Sampler(framing.width, framing.height)
        self._clear_reader = Sampler(framing.width, framing.height)
        self._vignette = vignette(framing.width, framing.height)

    def draw(self, index: int, t_s: float, pose: Pose, shine: Shine) -> Yuv420:
        """Frame `index`, `t_s` seconds into the shot; the frame is the same memory each time."""
        windows = [self._window(cell, pose, index) for cell in self._cells]
        floors = _hidden_from(self._cells, windows, self._framing.height)
        for cell, window, floor in zip(self._cells, windows, floors, strict=True):
            for planes in cell.patches:
                self._lay_patch(planes, window, floor)
            if cell.water is not None:
                rows = [(edge - window.y) / window.scale for edge in (cell.water.top, cell.water.bottom)]
                cell.water.shimmer.add_to(self._luma, (rows[0], rows[1]), t_s)
            if cell.holds_players and self._players is not None:
                target = Target(self._luma, self._frame.u, self._frame.v)
                self._players.lay(target, t_s, lambda depth: self._framing.window(pose, depth))
        if self._glow is not None and shine.glow > 0.02:
            self._add_glow(self._glow, windows[0], shine.glow)
        frame = self._frame
        cv2.multiply(self._luma, self._vignette, frame.y, min(shine.gain, 1.25) / 255)
        self._air.add_to(frame.y, index)
        return frame

    def _window(self, cell: Cell, pose: Pose, index: int) -> Window:
        window = self._framing.window(pose, cell.depth)
        slid = min(max(cell.offset + cell.slide * index, 0.0), cell.room)
        return Window(window.x + slid, window.y, window.scale)

    def _lay_patch(self, planes: PatchPlanes, window: Window, floor: int) -> None:
        """Lays a patch over the frame's rows above `floor`."""
        area = _seen(planes, window, self._framing.width, floor)
        if area is None:
            return
        x0, y0, x1, y1 = area
        at = Window(
            window.x - planes.patch.x0 + x0 * window.scale,
            window.y - planes.patch.y0 + y0 * window.scale,
            window.scale,
        )
        luma = plan_reading(_padded(at), (x1 - x0, y1 - y0), planes.y)
        half = plan_reading(_padded(_half_window(at)), ((x1 - x0) // 2, (y1 - y0) // 2), planes.u, CHROMA_TOLERANCE_PX)
        target = slice(y0 // 2, y1 // 2), slice(x0 // 2, x1 // 2)
        self._lay(luma, planes.y, planes.clear, self._luma[y0:y1, x0:x1])
        self._blend_chroma(half, planes, target)

    def _blend_chroma(self, half: Reading, planes: PatchPlanes, target: tuple[slice, slice]) -> None:
        clear = None if planes.clear_half is None else self._clear_reader.read(planes.clear_half, half)
        for plane, shown in ((planes.u, self._frame.u[target]), (planes.v, self._frame.v[target])):
            _over(shown, clear, self._reader.read(plane, half))

    def _lay(self, reading: Reading, plane: Plane, clear: Plane | None, target: Plane) -> None:
        through = None if clear is None else self._clear_reader.read(clear, reading)
        _over(target, through, self._reader.read(plane, reading))

    def _add_glow(self, glow: Plane, window: Window, strength: float) -> None:
        shrunk = Window(
            (window.x + 0.5) / GLOW_SHRINK - 0.5, (window.y + 0.5) / GLOW_SHRINK - 0.5, window.scale / GLOW_SHRINK
        )
        scaled = _plane(cv2.convertScaleAbs(glow, None, strength * GLOW_STRENGTH))
        size = (self._framing.width, self._framing.height)
        light = self._reader.read(scaled, plan_reading(_padded(shrunk), size, scaled, GLOW_TOLERANCE_PX))
        cv2.add(self._luma, light, self._luma)


def _over(target: Plane, clear: Plane | None, paint: Plane) -> None:
    """target = target * clear + paint; without `clear` the paint replaces it."""
    if clear is None:
        np.copyto(target, paint)
        return
    cv2.multiply(target, clear, target, 1 / 255)
    cv2.add(target, paint, target)


def _plane(array: object) -> Plane:
    return np.asarray(array, np.uint8)


def _padded(window: Window) -> Window:
    return Window(window.x + PAD, window.y + PAD, window.scale)


def _hidden_from(cells: list[Cell], windows: list[Window], height: int) -> list[int]:
    """For every layer the frame row from which nearer layers hide it altogether."""
    floors = [height]
    for cell, window in zip(reversed(cells[1:]), reversed(windows[1:]), strict=True):
        tops = [planes.patch.y0 for planes in cell.patches if planes.patch.solid and planes.patch.y0 > 0]
        rows = [int(np.ceil((top + 1 - window.y) / window.scale)) + 1 & ~1 for top in tops]
        floors.append(min([floors[-1], *(max(row, 0) for row in rows)]))
    return floors[::-1]


def _half_window(window: Window) -> Window:
    """The same window of planes at half size, whose samples lie on even columns and between rows."""
    return Window(window.x / 2, window.y / 2 + (window.scale - 1) / 4, window.scale)


def _seen(planes: PatchPlanes, window: Window, width: int, floor: int) -> _Area | None:
    """The even-sided area (x0, y0, x1, y1) of the frame that a patch covers; None if it is out of sight."""
    patch = planes.patch
    x = _span(patch.x0 - window.x, patch.x1 - window.x, window.scale, width)
    y = _span(patch.y0 - window.y, patch.y1 - window.y, window.scale, floor)
    return None if x is None or y is None else (x[0], y[0], x[1], y[1])


def _span(low: float, high: float, scale: float, limit: int) -> tuple[int, int] | None:
    """Frame pixels first to last whose centres lie between plate positions `low` and `high`, made even outwards."""
    first = max(int(np.floor(low / scale)) & ~1, 0)
    last = min((int(np.ceil(high / scale)) + 1) & ~1, limit)
    return (first, last) if last > first else None
