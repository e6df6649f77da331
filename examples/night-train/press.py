"""A small printing press: smooth cut shapes, spot inks, sprayed shading and paper grain.

Knows shapes and inks; nothing of what a picture shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

Field = npt.NDArray[np.float32]  # (height, width), 0..1
Points = npt.NDArray[np.float64]  # (n, 2), picture units
Ink = tuple[int, int, int]  # sRGB

_OVERSAMPLE = 3
_SHIFT = 4


@dataclass(frozen=True, slots=True)
class Place:
    """Where a drawing's own coordinates land: turned, scaled, mirrored if `flip`, then moved."""

    x: float = 0.0
    y: float = 0.0
    scale: float = 1.0
    turn_deg: float = 0.0
    flip: bool = False

    def __call__(self, points: Points) -> Points:
        """Points in picture units."""
        angle = np.deg2rad(self.turn_deg)
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        own = points * np.array([-1.0 if self.flip else 1.0, 1.0])
        return self.scale * own @ turn.T + np.array([self.x, self.y])


def curve(text: str, *, closed: bool = True) -> Points:
    """A smooth curve through "x,y x,y ..."; a point written *x,y is a sharp corner."""
    tokens = text.split()
    sharp = [token.startswith("*") for token in tokens]
    knots = np.array([[float(v) for v in token.lstrip("*").split(",")] for token in tokens])
    if closed and not any(sharp):
        ring = np.concatenate([knots[-2:], knots, knots[:3]])
        return _through(ring)[2 * _STEPS : -2 * _STEPS]
    if closed:
        first = sharp.index(True)
        knots, sharp = np.roll(knots, -first, axis=0), sharp[first:] + sharp[:first]
        knots, sharp = np.concatenate([knots, knots[:1]]), [*sharp, True]
    stops = sorted({0, len(knots) - 1, *(i for i, corner in enumerate(sharp) if corner)})
    runs = [_open_run(knots[a : b + 1]) for a, b in pairwise(stops)]
    return np.concatenate(runs)


_STEPS = 16


def _open_run(knots: Points) -> Points:
    if len(knots) == 2:
        return knots
    return _through(np.concatenate([2 * knots[:1] - knots[1:2], knots, 2 * knots[-1:] - knots[-2:-1]]))


def _through(knots: Points) -> Points:
    """Centripetal Catmull-Rom through all but the first and last knot."""
    out: list[Points] = []
    for p0, p1, p2, p3 in zip(knots, knots[1:], knots[2:], knots[3:], strict=False):
        t1 = max(np.hypot(*(p1 - p0)) ** 0.5, 1e-3)
        t2 = t1 + max(np.hypot(*(p2 - p1)) ** 0.5, 1e-3)
        t3 = t2 + max(np.hypot(*(p3 - p2)) ** 0.5, 1e-3)
        t = np.linspace(t1, t2, _STEPS, endpoint=False)[:, None]
        a1, a2 = (t1 - t) / t1 * p0 + t / t1 * p1, ((t2 - t) * p1 + (t - t1) * p2) / (t2 - t1)
        a3 = ((t3 - t) * p2 + (t - t2) * p3) / (t3 - t2)
        b1, b2 = (t2 - t) / t2 * a1 + t / t2 * a2, ((t3 - t) * a2 + (t - t1) * a3) / (t3 - t1)
        out.append((t2 - t) / (t2 - t1) * b1 + (t - t1) / (t2 - t1) * b2)
    return np.concatenate([*out, knots[-2:-1]])


def stroke(text: str, width: float, *, start: float = 0.0, end: float = 0.0) -> Points:
    """An open curve as a brush stroke; see `curve` and `brush`."""
    return brush(curve(text, closed=False), width, start=start, end=end)


def brush(line: Points, width: float, *, start: float = 0.0, end: float = 0.0) -> Points:
    """A line as a brush stroke: `width` in its middle, `start` and `end` of it at its ends."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    along /= along[-1]
    swell = np.sin(np.pi * np.clip(along, 0, 1)) ** 0.6
    half = 0.5 * width * np.maximum(swell, start * (1 - along) + end * along)[:, None]
    way = np.gradient(line, axis=0)
    normal = np.stack([-way[:, 1], way[:, 0]], axis=1) / np.maximum(np.hypot(*way.T), 1e-9)[:, None]
    return np.concatenate([line + half * normal, (line - half * normal)[::-1]])


def oval(x: float, y: float, rx: float, ry: float | None = None) -> Points:
    """An ellipse."""
    t = np.linspace(0, 2 * np.pi, 181)
    return np.stack([x + rx * np.cos(t), y + (rx if ry is None else ry) * np.sin(t)], axis=1)


def box(x0: float, y0: float, x1: float, y1: float, radius: float = 0.0) -> Points:
    """A rectangle, its corners rounded."""
    if radius <= 0:
        return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]])
    t = np.linspace(0, np.pi / 2, 12)
    quarter = radius * np.stack([np.cos(t), np.sin(t)], axis=1)
    corners = ((x1, y1, 1, 1, 1), (x0, y1, -1, 1, -1), (x0, y0, -1, -1, 1), (x1, y0, 1, -1, -1))
    return np.concatenate(
        [np.array([x - sx * radius, y - sy * radius]) + (quarter * [sx, sy])[::way] for x, y, sx, sy, way in corners]
    )


class Press:
    """One sheet on the press: shapes become masks, masks take ink."""

    def __init__(self, width_px: int, height_px: int, units: float, paper: Ink, seed: int) -> None:
        """A sheet `units` wide (its height follows), covered in one colour."""
        self.rng = np.random.default_rng(seed)
        self.width, self.height, self.per_unit = width_px, height_px, width_px / units
        self.sheet = np.empty((height_px, width_px, 3), np.float32)
        self.sheet[:] = np.array(paper, np.float32) / 255
        rows, columns = np.mgrid[0:height_px, 0:width_px].astype(np.float32)
        self.x, self.y = columns / self.per_unit, rows / self.per_unit
        speck = cv2.GaussianBlur(self.rng.standard_normal((height_px, width_px)).astype(np.float32), (0, 0), 0.9)
        rank = (speck - speck.mean()) / speck.std()
        self.speck: Field = (0.5 * (1 + np.tanh(0.8 * rank))).astype(np.float32)

    def cut(self, *shapes: Points, rough: float = 0.5) -> Field:
        """The union of shapes as coverage, edges as a knife leaves them (`rough` in units)."""
        scale = self.per_unit * _OVERSAMPLE
        canvas = np.zeros((self.height * _OVERSAMPLE, self.width * _OVERSAMPLE), np.uint8)
        for points in shapes:
            knife = _dense(points, 6.0)
            if rough:
                knife = knife + rough * _wander(len(knife), self.rng)
            fixed = np.round((knife * scale - 0.5) * (1 << _SHIFT)).astype(np.int32)
            cv2.fillPoly(canvas, [fixed], 255, cv2.LINE_AA, _SHIFT)
        small = cv2.resize(canvas, (self.width, self.height), interpolation=cv2.INTER_AREA)
        return small.astype(np.float32) / 255

    def ink(self, where: Field, colour: Ink, strength: float | Field = 1.0) -> None:
        """Print flat colour."""
        cover = (where * strength)[..., None]
        self.sheet += cover * (np.array(colour, np.float32) / 255 - self.sheet)

    def dab(self, shape: Points, colour: Ink, strength: float) -> None:
        """Print one small shape; cheap where there are hundreds."""
        low = np.maximum(np.floor(shape.min(axis=0) * self.per_unit).astype(int) - 2, 0)
        high = np.ceil(shape.max(axis=0) * self.per_unit).astype(int) + 2
        high = np.minimum(high, [self.width, self.height])
        wide, tall = high - low
        if wide <= 0 or tall <= 0:
            return
        canvas = np.zeros((tall * _OVERSAMPLE, wide * _OVERSAMPLE), np.uint8)
        fixed = ((shape * self.per_unit - low) * _OVERSAMPLE - 0.5) * (1 << _SHIFT)
        cv2.fillPoly(canvas, [np.round(fixed).astype(np.int32)], 255, cv2.LINE_AA, _SHIFT)
        cover = cv2.resize(canvas, (int(wide), int(tall)), interpolation=cv2.INTER_AREA).astype(np.float32)
        part = self.sheet[low[1] : high[1], low[0] : high[0]]
        part += (strength * cover / 255)[..., None] * (np.array(colour, np.float32) / 255 - part)

    def spray(self, where: Field, colour: Ink, density: Field, grain: float = 0.3) -> None:
        """Print colour as fine spray, thicker where `density` is higher; `grain` 0 is smooth, 1 all dots."""
        level = np.clip(density, 0, 1)
        level = level * level * (3 - 2 * level)
        dots = np.clip(0.5 + 3.0 * (level * 1.3 - 0.15 - self.speck), 0, 1)
        self.ink(where, colour, (1 - grain) * level + grain * dots)

    def ramp(self, x0: float, y0: float, x1: float, y1: float) -> Field:
        """0 at the first point, 1 at the second, straight between."""
        dx, dy = x1 - x0, y1 - y0
        return np.clip(((self.x - x0) * dx + (self.y - y0) * dy) / (dx * dx + dy * dy), 0, 1)

    def glow(self, x: float, y: float, radius: float, power: float = 1.0) -> Field:
        """1 at a point, 0 from `radius` on."""
        return np.clip(1 - np.hypot(self.x - x, self.y - y) / radius, 0, 1) ** power

    def soften(self, field: Field, units: float) -> Field:
        """Gaussian blur, sigma in units."""
        return cv2.GaussianBlur(field, (0, 0), units * self.per_unit)

    def save(self, path: Path, quality: int = 82) -> None:
        """Lay on uneven ink and paper grain, and write a JPEG."""
        coarse = self.rng.standard_normal((self.height // 24 + 2, self.width // 24 + 2)).astype(np.float32)
        mottle = cv2.resize(coarse, (self.width, self.height), interpolation=cv2.INTER_CUBIC)
        fibre = cv2.GaussianBlur(self.rng.standard_normal((self.height, self.width)).astype(np.float32), (0, 0), 1.1)
        texture = 1 + 0.008 * mottle + 0.035 * fibre
        lifted = 0.985 * self.sheet + 0.012
        picture = np.clip(lifted * texture[..., None], 0, 1)
        Image.fromarray(np.round(picture * 255).astype(np.uint8)).save(
            path, quality=quality, subsampling=0 if quality > 90 else 2, optimize=True, progressive=True
        )


def _dense(points: Points, step: float) -> Points:
    ring = np.concatenate([points, points[:1]])
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(ring, axis=0).T))])
    count = max(len(points), int(along[-1] / step))
    at = np.union1d(np.linspace(0, along[-1], count, endpoint=False), along[:-1])
    return np.stack([np.interp(at, along, ring[:, axis]) for axis in (0, 1)], axis=1)


def _wander(count: int, rng: np.random.Generator) -> Points:
    """Smooth closed noise, about unit size."""
    noise = rng.standard_normal((count, 2))
    kernel = np.hanning(9)
    kernel /= np.sqrt((kernel**2).sum())
    wrapped = np.concatenate([noise[-4:], noise, noise[:4]]) if count > 8 else np.zeros((count + 8, 2))
    return np.stack([np.convolve(wrapped[:, axis], kernel, "valid")[:count] for axis in (0, 1)], axis=1) * 0.6
