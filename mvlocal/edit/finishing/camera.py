"""The camera over a finished clip: pans, tilts, pushes, an unsteady hand and the music, never past the edge.

It does not know pictures until `shown` samples one. Offsets are fractions of the canvas's width and height from its
middle; zoom is 1 where the frame shows the whole canvas and larger when it shows less.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, pi

import cv2
import numpy as np
from numpy.typing import NDArray

from mvlocal.schema.story import CameraMove

Picture = NDArray[np.uint8]
Curve = NDArray[np.float64]

SOFT = 0.4
"""Share of a move that eases in and out; the rest runs evenly, so that a cut finds it under way."""
TRAVEL, ZOOM = 0.10, 0.10
"""Most that a move travels (of the frame's width) and zooms in one shot."""
HAND, SHAKE, SWAY, PUSH = 0.006, 0.012, 0.012, 0.05
"""Most that an unsteady hand, and the music, move (of the frame) or zoom."""

_DIRECTIONS: dict[CameraMove, tuple[float, float, float]] = {
    "static": (0, 0, 0),
    "push-in": (0, 0, 1),
    "pull-out": (0, 0, -1),
    "pan-left": (-1, 0, 0),
    "pan-right": (1, 0, 0),
    "tilt-up": (0, -1, 0),
    "tilt-down": (0, 1, 0),
    "drift": (0.5, -0.12, 0.3),
}


@dataclass(frozen=True, slots=True)
class Motion:
    """What moves the camera during a shot of `length_s`: the plan's move by `amount`, an unsteady hand, its seed.

    `amount` and `handheld` are 0 to 1; `energy` (0 to 1) makes moves livelier.
    """

    move: CameraMove
    length_s: float
    amount: float = 1.0
    handheld: float = 0.0
    energy: float = 0.5
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Window:
    """What of the canvas the frame shows."""

    x: float
    y: float
    zoom: float

    @property
    def whole(self) -> bool:
        """Whether it is the whole canvas."""
        return self.x == 0 and self.y == 0 and self.zoom == 1

    def of_box(self, box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
        """Where a box of the canvas lies in the frame; both in fractions."""
        left, top, right, bottom = box

        def seen(at: float, offset: float) -> float:
            return (at - 0.5 - offset) * self.zoom + 0.5

        return seen(left, self.x), seen(top, self.y), seen(right, self.x), seen(bottom, self.y)


def plan_windows(motion: Motion, seconds: Sequence[float], curves: Mapping[str, Sequence[float]]) -> list[Window]:
    """One window a frame, shown at these seconds of the shot (some may lie before it or after it).

    `curves` are the music's `push`, `shake` and `sway`, one value (0 to 1) a frame. The canvas is overscanned by one
    zoom for the whole shot, as small as keeps every window inside.
    """
    t = np.asarray(seconds, np.float64)
    x, y, zoom = _moved(motion, t)
    if motion.handheld > 0:
        x, y = (
            x + HAND * motion.handheld * _wander(t, motion.seed),
            y + HAND * motion.handheld * _wander(t, motion.seed + 1),
        )
    x, y, zoom = _by_music(motion.seed, t, (x, y, zoom), curves)
    overscan = _overscan(x, y, zoom)
    return [
        Window(float(a), float(b), float(c * overscan)) for a, b, c in zip(x.tolist(), y.tolist(), zoom, strict=True)
    ]


def largest_zoom(windows: Sequence[Window]) -> float:
    """The most that a window zooms in."""
    return max(window.zoom for window in windows)


def canvas_size(picture: tuple[int, int], frame: tuple[int, int], zoom: float) -> tuple[int, int]:
    """The canvas (width, height) that a frame of this size is cut from when windows zoom in by `zoom` at most.

    It has the frame's shape. It is as large as the picture is sharp, up to one canvas pixel a frame pixel at `zoom`.
    """
    density = min(picture[0] / frame[0], picture[1] / frame[1])
    density = min(max(density, 1.0), max(zoom, 1.0))
    return ceil(frame[0] * density - 1e-6), ceil(frame[1] * density - 1e-6)


def onto_canvas(picture: Picture, size: tuple[int, int]) -> Picture:
    """The picture (H, W, 3) scaled to cover `size` (width, height) and cut from its middle to that."""
    height, width = picture.shape[:2]
    scale = max(size[0] / width, size[1] / height)
    if scale != 1:
        scaled = (max(size[0], round(width * scale)), max(size[1], round(height * scale)))
        how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LANCZOS4
        picture = np.asarray(cv2.resize(picture, scaled, interpolation=how), np.uint8)
        height, width = picture.shape[:2]
    left, top = (width - size[0]) // 2, (height - size[1]) // 2
    return np.ascontiguousarray(picture[top : top + size[1], left : left + size[0]])


def shown(canvas: Picture, window: Window, size: tuple[int, int]) -> Picture:
    """What `window` shows of the canvas as a frame of `size` (width, height), to fractions of a pixel."""
    height, width = canvas.shape[:2]
    if window.whole and (width, height) == size:
        return canvas
    step = (width / (size[0] * window.zoom), height / (size[1] * window.zoom))
    first = (
        width * (0.5 + window.x) - size[0] / 2 * step[0] + step[0] / 2 - 0.5,
        height * (0.5 + window.y) - size[1] / 2 * step[1] + step[1] / 2 - 0.5,
    )
    affine = np.array([[step[0], 0, first[0]], [0, step[1], first[1]]], np.float64)
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(canvas, affine, size, flags=flags, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def ease(u: Curve) -> Curve:
    """Progress 0 to 1 over time 0 to 1: even, with soft ends, and going on at its pace beyond them.

    Source: K. Perlin, "Improving Noise" (2002), for the quintic blended in.
    """
    inside = np.clip(u, 0, 1)
    soft = (1 - SOFT) * inside + SOFT * (inside**3 * (inside * (inside * 6 - 15) + 10))
    return soft + (1 - SOFT) * (u - inside)


def _moved(motion: Motion, t: Curve) -> tuple[Curve, Curve, Curve]:
    x, y, z = _DIRECTIONS[motion.move]
    progress = ease(t / max(motion.length_s, 1e-6)) - 0.5
    travel = motion.amount * _levelled(0.016 + 0.012 * motion.energy, motion.length_s, TRAVEL)
    zoom = motion.amount * _levelled(0.012 + 0.010 * motion.energy, motion.length_s, ZOOM)
    return x * travel * progress, y * travel * progress, np.exp(z * zoom * progress)


def _levelled(rate: float, length_s: float, most: float) -> float:
    """Change over the whole shot: so much a second, levelling off at `most`."""
    return most * float(np.tanh(rate * length_s / most))


def _by_music(
    seed: int, t: Curve, path: tuple[Curve, Curve, Curve], curves: Mapping[str, Sequence[float]]
) -> tuple[Curve, Curve, Curve]:
    x, y, zoom = path
    if "shake" in curves:
        strength = SHAKE * np.asarray(curves["shake"])
        x, y = x + strength * _wander(t * 6, seed + 2), y + strength * _wander(t * 6, seed + 3)
    if "sway" in curves:
        strength = SWAY * np.asarray(curves["sway"])
        x, y = x + strength * np.sin(2 * pi * t / 3.1), y + 0.4 * strength * np.sin(2 * pi * t / 2.3 + 1)
    if "push" in curves:
        zoom = zoom * (1 + PUSH * np.asarray(curves["push"]))
    return x, y, zoom


def _wander(t: Curve, seed: int) -> Curve:
    """A smooth wandering between -1 and 1: a few slow waves of no common period."""
    rng = np.random.default_rng(seed)
    waves = [(0.31, 0.42), (0.73, 0.28), (1.37, 0.18), (2.9, 0.12)]
    return np.sum([share * np.sin(2 * pi * (hz * t + rng.random())) for hz, share in waves], axis=0)


def _overscan(x: Curve, y: Curve, zoom: Curve) -> float:
    """The zoom that must be added so that no window reaches beyond the canvas; 1 where none does."""
    needed = 1 / (zoom * (1 - 2 * np.maximum(np.abs(x), np.abs(y))))
    largest = float(needed.max())
    return max(1.0, largest * (1 + 1e-9)) if largest != 1 else 1.0
