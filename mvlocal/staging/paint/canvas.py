"""A layer being painted: masks with smooth edges, flat and graded paint, glow, blur. It knows nothing of places.

Scene units: x to the right from the middle of the frame, y down from its top, both in frame heights.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from mvlocal.staging.paint.palette import Floats, gradient

SUPERSAMPLING = 2
"""Masks are drawn this many times larger and averaged down."""

_SHIFT = 4


@dataclass(frozen=True, slots=True)
class View:
    """How scene units become pixels of a layer.

    `unit` is pixels a frame height; `origin` is the pixel of the scene point (0, 0); `width` and `height` are the
    layer's size. A longer lens is a larger `unit` about another origin.
    """

    width: int
    height: int
    unit: float
    origin: tuple[float, float]

    def px(self, points: ArrayLike) -> NDArray[np.float64]:
        """Scene points (n, 2) as pixels (n, 2)."""
        return np.asarray(points, np.float64) * self.unit + np.array(self.origin, np.float64)

    @property
    def left(self) -> float:
        return -self.origin[0] / self.unit

    @property
    def right(self) -> float:
        return (self.width - self.origin[0]) / self.unit

    @property
    def top(self) -> float:
        return -self.origin[1] / self.unit

    @property
    def bottom(self) -> float:
        return (self.height - self.origin[1]) / self.unit

    def rows(self) -> NDArray[np.float64]:
        """The scene y of every pixel row."""
        return (np.arange(self.height, dtype=np.float64) + 0.5 - self.origin[1]) / self.unit

    def columns(self) -> NDArray[np.float64]:
        """The scene x of every pixel column."""
        return (np.arange(self.width, dtype=np.float64) + 0.5 - self.origin[0]) / self.unit


@dataclass(frozen=True, slots=True)
class Mask:
    """Coverage in [0, 1] of a rectangle of the layer whose top left pixel is (`x`, `y`)."""

    x: int
    y: int
    coverage: Floats

    @property
    def window(self) -> tuple[slice, slice]:
        height, width = self.coverage.shape
        return slice(self.y, self.y + height), slice(self.x, self.x + width)


@dataclass(frozen=True, slots=True)
class Fade:
    """Paint that changes from `top` at scene y `from_y` to `bottom` at `to_y`, and holds beyond."""

    top: Floats
    bottom: Floats
    from_y: float
    to_y: float


Paint = Floats | Fade
"""One colour (3,), colours for every pixel of a mask (3, h, w), or a fade."""


class Canvas:
    """One layer in float32 planes: `colour` (3, H, W) premultiplied, `alpha` (H, W). Opaque layers start covered."""

    def __init__(self, view: View, base: Floats | None = None) -> None:
        self.view = view
        shape = (view.height, view.width)
        if base is None:
            self.colour = np.zeros((3, *shape), np.float32)
            self.alpha = np.zeros(shape, np.float32)
        else:
            self.colour = np.empty((3, *shape), np.float32)
            self.colour[:] = base[:, None, None]
            self.alpha = np.ones(shape, np.float32)

    def fill(self, shapes: Iterable[ArrayLike], paint: Paint, opacity: float = 1.0) -> None:
        """Paints the union of polygons given in scene units."""
        mask = polygons(self.view, shapes)
        if mask is not None:
            self.cover(mask, paint, opacity)

    def stroke(
        self, paths: Iterable[ArrayLike], width: float, paint: Paint, opacity: float = 1.0, closed: bool = False
    ) -> None:
        """Paints lines of `width` scene units along paths given in scene units."""
        mask = lines(self.view, paths, width, closed=closed)
        if mask is not None:
            self.cover(mask, paint, opacity)

    def cover(self, mask: Mask, paint: Paint, opacity: float = 1.0) -> None:
        """Lays `paint` over what is there through `mask`."""
        rows, columns = mask.window
        share = mask.coverage if opacity == 1 else mask.coverage * np.float32(opacity)
        for plane, tone in zip(self.colour, self.shade(paint, mask), strict=True):
            part = plane[rows, columns]
            change = tone - part
            change *= share
            part += change
        alpha = self.alpha[rows, columns]
        alpha += (1 - alpha) * share

    def shade(self, paint: Paint, mask: Mask) -> Floats:
        """The paint's three colours over the rows of `mask`, each broadcastable to its coverage."""
        if not isinstance(paint, Fade):
            return paint if paint.ndim == 3 else paint[:, None, None]
        rows = self.view.rows()[mask.window[0]]
        span = paint.to_y - paint.from_y
        at = np.clip((rows - paint.from_y) / span, 0, 1)
        return gradient([(0, paint.top), (1, paint.bottom)], at).T[:, :, None]

    def sky(self, stops: Sequence[tuple[float, Floats]]) -> None:
        """Covers everything with a gradient down the layer through (scene y, colour)."""
        self.colour[:] = gradient(stops, self.view.rows()).T[:, :, None]
        self.alpha[:] = 1

    def glow(self, at: tuple[float, float], radius: float, paint: Floats, strength: float) -> None:
        """Light round a point: falls to a half at about 0.4 `radius` and to nothing at 2 `radius`."""
        self.cover_some(glow_mask(self.view, at, radius), paint, strength)

    def cover_some(self, mask: Mask | None, paint: Paint, opacity: float = 1.0) -> None:
        """As `cover`, where the mask may lie outside the layer altogether."""
        if mask is not None:
            self.cover(mask, paint, opacity)

    def wash(self, coverage: Floats, paint: Paint, opacity: float = 1.0) -> None:
        """Lays `paint` over the whole layer through `coverage` (H, W) or (H, 1)."""
        whole = np.broadcast_to(coverage, self.alpha.shape)
        self.cover(Mask(0, 0, whole), paint, opacity)


def _window(view: View, points: NDArray[np.float64], margin: float) -> tuple[int, int, int, int] | None:
    """Pixels (x0, y0, x1, y1) that hold `points` with `margin`, cut to the layer; None when outside."""
    low, high = points.min(axis=0) - margin, points.max(axis=0) + margin
    x0, y0 = max(int(np.floor(low[0])), 0), max(int(np.floor(low[1])), 0)
    x1, y1 = min(int(np.ceil(high[0])), view.width), min(int(np.ceil(high[1])), view.height)
    return None if x1 <= x0 or y1 <= y0 else (x0, y0, x1, y1)


def _fixed(points: NDArray[np.float64], x0: int, y0: int) -> NDArray[np.int32]:
    """Pixel positions as OpenCV's fixed-point coordinates in the supersampled window."""
    scaled = (points - (x0, y0)) * SUPERSAMPLING - 0.5
    return np.round(np.clip(scaled, -20000, 20000) * (1 << _SHIFT)).astype(np.int32)


def _parts(points: NDArray[np.int32], like: list[NDArray[np.float64]]) -> Iterator[NDArray[np.int32]]:
    """`points`, which were put together of `like`, one by one again."""
    end = 0
    for part in like:
        begin, end = end, end + len(part)
        yield points[begin:end]


def _averaged(mask: NDArray[np.uint8], width: int, height: int) -> Floats:
    small = cv2.resize(mask, (width, height), interpolation=cv2.INTER_AREA)
    return np.multiply(small, np.float32(1 / 255), dtype=np.float32)


def polygons(view: View, shapes: Iterable[ArrayLike]) -> Mask | None:
    """Coverage of the union of polygons (n, 2) in scene units; None when nothing is on the layer."""
    outlines = [np.asarray(shape, np.float64) for shape in shapes]
    if not outlines:
        return None
    points = view.px(np.concatenate(outlines))
    window = _window(view, points, 1)
    if window is None:
        return None
    x0, y0, x1, y1 = window
    drawn = np.zeros(((y1 - y0) * SUPERSAMPLING, (x1 - x0) * SUPERSAMPLING), np.uint8)
    for outline in _parts(_fixed(points, x0, y0), outlines):
        cv2.fillPoly(drawn, [outline], (255.0,), cv2.LINE_8, _SHIFT)
    return Mask(x0, y0, _averaged(drawn, x1 - x0, y1 - y0))


def lines(view: View, paths: Iterable[ArrayLike], width: float, closed: bool = False) -> Mask | None:
    """Coverage of lines of `width` scene units; thinner than a pixel they grow faint instead of vanishing."""
    tracks = [np.asarray(path, np.float64) for path in paths]
    if not tracks:
        return None
    points = view.px(np.concatenate(tracks))
    pixels = width * view.unit * SUPERSAMPLING
    thickness = max(round(pixels), 1)
    window = _window(view, points, thickness + 1)
    if window is None:
        return None
    x0, y0, x1, y1 = window
    drawn = np.zeros(((y1 - y0) * SUPERSAMPLING, (x1 - x0) * SUPERSAMPLING), np.uint8)
    for track in _parts(_fixed(points, x0, y0), tracks):
        cv2.polylines(drawn, [track], closed, (255.0,), thickness, cv2.LINE_8, _SHIFT)
    coverage = _averaged(drawn, x1 - x0, y1 - y0)
    return Mask(x0, y0, coverage if pixels >= 1 else coverage * np.float32(pixels))


def glow_mask(view: View, at: tuple[float, float], radius: float) -> Mask | None:
    """A soft round falloff, 1 in the middle."""
    centre = view.px([at])
    reach = 2 * radius * view.unit
    window = _window(view, centre, reach)
    if window is None:
        return None
    x0, y0, x1, y1 = window
    step = 4 if reach > 80 else 1
    xs = (np.arange(x0, x1, step, dtype=np.float32) + step / 2 - centre[0, 0]) / reach
    ys = (np.arange(y0, y1, step, dtype=np.float32) + step / 2 - centre[0, 1]) / reach
    distance = np.sqrt(xs[None] ** 2 + ys[:, None] ** 2)
    fall = np.clip(1 - distance, 0, 1)
    coverage = (fall**3 * (1 + 2 * distance) / (1 + 8 * distance)).astype(np.float32)
    if step > 1:
        coverage = np.asarray(
            cv2.resize(coverage, (len(xs) * step, len(ys) * step), interpolation=cv2.INTER_LINEAR), np.float32
        )[: y1 - y0, : x1 - x0]
    return Mask(x0, y0, coverage)


def blurred(mask: Mask, sigma_px: float) -> Mask:
    """`mask` with soft edges inside its own rectangle."""
    soft = cv2.GaussianBlur(mask.coverage, (0, 0), sigma_px, borderType=cv2.BORDER_REPLICATE)
    return Mask(mask.x, mask.y, np.asarray(soft, np.float32))


def spread(mask: Mask, sigma_px: float) -> Mask:
    """`mask` faded towards its own rectangle's edges and softened, so that no edge of it is left."""
    height, width = mask.coverage.shape
    across = np.sin(np.linspace(0, np.pi, width)).clip(0)
    down = np.sin(np.linspace(0.15, np.pi, height)).clip(0)
    faded = (mask.coverage * across * down[:, None]).astype(np.float32)
    return blurred(Mask(mask.x, mask.y, faded), max(sigma_px, 0.5))
