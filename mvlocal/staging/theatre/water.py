"""Light that plays on water: two fields of streaks drifting through each other, brighter where the water is bright.

It knows nothing of places: only of the band of the picture that is water.
"""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np

from mvlocal.media.frame import Plane
from mvlocal.staging.paint.noise import rng_of

SPEED = 0.012
"""Frame heights a second by which streaks drift."""

STRENGTH = 0.55
_BANDS = 5
_ROOM = 1.25
"""Streak fields are this many times wider than the frame, and wrap."""


class Shimmer:
    """Owns the streaks for frames of `width` x `height` pixels; the same `seed` gives the same water."""

    def __init__(self, width: int, height: int, seed: int) -> None:
        self._width = width
        self._speed = SPEED * height
        self._fields = [_streaks(round(width * _ROOM), height, seed, name) for name in ("near water", "far water")]

    def add_to(self, luma: Plane, band: tuple[float, float], t_s: float) -> None:
        """Adds light to the rows of `luma` between pixels `band` (top, bottom); the top is the far shore."""
        top, bottom = max(round(band[0]), 0), min(round(band[1]), luma.shape[0])
        if bottom - top < 4:
            return
        rows = luma[top:bottom]
        first, second = (self._shifted(n, t_s, bottom - top) for n in (0, 1))
        glitter = np.asarray(cv2.multiply(first, second, scale=1 / 128), np.uint8)
        cv2.add(rows, cv2.multiply(glitter, rows, scale=STRENGTH / 255), rows)

    def _shifted(self, number: int, t_s: float, height: int) -> Plane:
        field = self._fields[number]
        room = field.shape[1] - self._width
        turn = t_s * self._speed * (1 if number else -1.35) / max(room, 1) * 2
        # To and fro across the room there is, so that the field need not wrap.
        at = round((1 - np.cos(turn)) / 2 * room)
        return field[:height, at : at + self._width]


def _streaks(width: int, height: int, seed: int, name: str) -> Plane:
    """Streaks (height, width): short and fine at the top, long and broad towards the bottom."""
    rng = rng_of(seed, name)
    field = np.empty((height, width), np.float32)
    edges = np.unique(np.round(height * np.linspace(0, 1, _BANDS + 1) ** 1.7).astype(int))
    for number, (top, bottom) in enumerate(pairwise(edges.tolist())):
        noise = rng.standard_normal((bottom - top + 16, width), np.float32)
        soft = np.asarray(cv2.GaussianBlur(noise, (0, 0), height * 0.006 * (1 + 2.2 * number), None,
                                           height * 0.0011 * (1 + 0.9 * number)), np.float32)  # fmt: skip
        part = soft[8 : 8 + bottom - top]
        field[top:bottom] = np.clip(part / max(float(part.std()), 1e-6) - 0.35, 0, 2.2) / 2.2
    return np.rint(field * 255).astype(np.uint8)
