"""Lays flat shapes with smooth edges over the planes of a frame, with light along their edges.

It knows nothing of figures, props or cameras: only outlines in pixels and colours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from mvlocal.media.frame import Plane
from mvlocal.staging.paint.palette import Floats
from mvlocal.staging.theatre.planes import TO_YUV

_SHIFT = 4
_PAD = 4


@dataclass(frozen=True, slots=True)
class Colour:
    """A colour of the planes: luma less 16, and both chromas."""

    y: float
    u: float
    v: float


@dataclass(frozen=True, slots=True)
class CutShape:
    """An outline (n, 2) in frame pixels and its colour."""

    outline: NDArray[np.float64]
    colour: Colour


@dataclass(frozen=True, slots=True)
class EdgeLight:
    """Light on the edges that face (`dx`, `dy`), y down: the way it comes from, as long in pixels as it is wide."""

    dx: float
    dy: float
    colour: Colour
    strength: float


@dataclass(frozen=True, slots=True)
class Target:
    """The planes that are drawn on: luma less 16 (H, W), chroma (H/2, W/2)."""

    luma: Plane
    u: Plane
    v: Plane


def colour_of(rgb: Floats) -> Colour:
    """A colour (3,) in [0, 1] as the planes hold it."""
    y, u, v = (TO_YUV @ np.array([*(rgb * 255), 1.0])).tolist()
    return Colour(y, u, v)


class Cutter:
    """Owns scratch memory for frames of `width` x `height` pixels and lays shapes over them."""

    def __init__(self, width: int, height: int) -> None:
        self._luma = np.empty((height, width), np.uint8)
        self._cover = np.empty((height, width), np.uint8)
        self._half = np.empty((height // 2, width // 2, 3), np.uint8)
        self._size = (width, height)

    def lay(self, target: Target, shapes: Sequence[CutShape], lights: Sequence[EdgeLight] = ()) -> None:
        """Lays `shapes`, the first undermost, as one piece of paper, then the lights along its edge."""
        area = self._area(shapes)
        if area is None:
            return
        x0, y0, x1, y1 = area
        chroma = slice(y0 // 2, y1 // 2), slice(x0 // 2, x1 // 2)
        luma, cover, half = self._luma[y0:y1, x0:x1], self._cover[y0:y1, x0:x1], self._half[chroma]
        for plane in (luma, cover, half):
            plane[:] = 0
        for shape in shapes:
            colour = shape.colour
            points = _fixed(shape.outline - (x0, y0))
            cv2.fillPoly(luma, [points], (colour.y,), cv2.LINE_AA, _SHIFT)
            cv2.fillPoly(cover, [points], (255.0,), cv2.LINE_AA, _SHIFT)
            small = _fixed((shape.outline - (x0 + 0.5, y0 + 0.5)) / 2)
            cv2.fillPoly(half, [small], (colour.u, colour.v, 255.0), cv2.LINE_AA, _SHIFT)
        u, v, clear = (_plane(plane) for plane in cv2.split(half))
        _over(target.luma[y0:y1, x0:x1], cover, luma)
        _over(target.u[chroma], clear, u)
        _over(target.v[chroma], clear, v)
        if lights:
            part = Target(target.luma[y0:y1, x0:x1], target.u[chroma], target.v[chroma])
            self._shine(part, cover, lights)

    def fill_below(self, target: Target, y: float, colour: Colour) -> None:
        """Covers everything from row `y` down."""
        top = max(round(y), 0)
        target.luma[top:] = round(colour.y)
        target.u[top // 2 :] = round(colour.u)
        target.v[top // 2 :] = round(colour.v)

    def veil(self, target: Target, shapes: Sequence[CutShape], opacity: float, blur_px: float) -> None:
        """Lays the union of `shapes` in the first one's colour, soft and see-through: a reflection."""
        area = self._area(shapes)
        if area is None:
            return
        x0, y0, x1, y1 = area
        cover = np.zeros((y1 - y0, x1 - x0), np.uint8)
        for shape in shapes:
            points = _fixed(shape.outline - (x0, y0))
            cv2.fillPoly(cover, [points], (255.0,), cv2.LINE_AA, _SHIFT)
        reach = 2 * round(max(blur_px, 0.5)) + 1
        cover = cv2.convertScaleAbs(cv2.blur(cover, (reach, reach)), None, opacity)
        chroma = slice(y0 // 2, y1 // 2), slice(x0 // 2, x1 // 2)
        colour = shapes[0].colour
        small = _half(_plane(cover), ((x1 - x0) // 2, (y1 - y0) // 2))
        _tint(target.luma[y0:y1, x0:x1], _plane(cover), colour.y)
        _tint(target.u[chroma], small, colour.u)
        _tint(target.v[chroma], small, colour.v)

    def darken(self, luma: Plane, outline: NDArray[np.float64], strength: float) -> None:
        """Shade under somebody: `luma` times (1 - strength) inside `outline` (n, 2), with soft edges."""
        area = self._area([CutShape(outline, Colour(0, 128, 128))])
        if area is None:
            return
        x0, y0, x1, y1 = area
        shade = np.zeros((y1 - y0, x1 - x0), np.uint8)
        points = _fixed(outline - (x0, y0))
        cv2.fillPoly(shade, [points], (255.0 * strength,), cv2.LINE_AA, _SHIFT)
        reach = max((y1 - y0) // 3, 3) | 1
        soft = _plane(cv2.blur(shade, (2 * reach + 1, reach)))
        part = luma[y0:y1, x0:x1]
        cv2.multiply(part, cv2.bitwise_not(soft), part, 1 / 255)

    def _shine(self, target: Target, cover: Plane, lights: Sequence[EdgeLight]) -> None:
        """Brightens what is covered here but not a little way from the light; all lights have the first's colour."""
        size = (cover.shape[1], cover.shape[0])
        whole: Plane | None = None
        for light in lights:
            matrix = np.array([[1, 0, -light.dx], [0, 1, -light.dy]], np.float64)
            moved = cv2.warpAffine(cover, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
            edge = _plane(cv2.convertScaleAbs(cv2.subtract(cover, _plane(moved)), None, light.strength))
            whole = edge if whole is None else _plane(cv2.max(whole, edge))
        edge = _plane(cv2.min(cv2.blur(_plane(whole), (3, 3)), cover))
        colour = lights[0].colour
        _tint(target.luma, edge, colour.y)
        small = _half(edge, (target.u.shape[1], target.u.shape[0]))
        _tint(target.u, small, colour.u)
        _tint(target.v, small, colour.v)

    def _area(self, shapes: Sequence[CutShape]) -> tuple[int, int, int, int] | None:
        """Even pixels that hold all shapes; None where they are out of the frame."""
        if not shapes:
            return None
        width, height = self._size
        low = np.min([shape.outline.min(axis=0) for shape in shapes], axis=0) - _PAD
        high = np.max([shape.outline.max(axis=0) for shape in shapes], axis=0) + _PAD
        x0, y0 = max(int(low[0]) & ~1, 0), max(int(low[1]) & ~1, 0)
        x1, y1 = min((int(high[0]) + 2) & ~1, width), min((int(high[1]) + 2) & ~1, height)
        return None if x1 <= x0 or y1 <= y0 else (x0, y0, x1, y1)


def _fixed(points: NDArray[np.float64]) -> NDArray[np.int32]:
    """Pixel positions as OpenCV's fixed-point coordinates."""
    return np.rint(points * (1 << _SHIFT)).astype(np.int32)


def _plane(array: object) -> Plane:
    return np.asarray(array, np.uint8)


def _half(plane: Plane, size: tuple[int, int]) -> Plane:
    return _plane(cv2.resize(plane, size, interpolation=cv2.INTER_AREA))


def _over(target: Plane, cover: Plane, paint: Plane) -> None:
    """target = target * (1 - cover) + paint, which is multiplied by its cover already."""
    kept = cv2.multiply(target, cv2.bitwise_not(cover), scale=1 / 255)
    cv2.add(kept, paint, target)


def _tint(target: Plane, cover: Plane, value: float) -> None:
    """target moved towards `value` by `cover`."""
    _over(target, cover, _plane(cv2.convertScaleAbs(cover, None, value / 255)))
