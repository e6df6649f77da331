"""Seeded smooth noise, one and two dimensional. It knows nothing of pictures.

Source: value noise summed over octaves (fractional Brownian motion), as in Perlin and Hoffert, "Hypertexture" (1989).
"""

from __future__ import annotations

import zlib

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def rng_of(seed: int, name: str) -> Generator:
    """A generator of its own for every `name` under one `seed`."""
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


def field(rng: Generator, shape: tuple[int, int], cell: tuple[float, float], octaves: int = 4) -> Floats:
    """Noise (H, W) in [0, 1] about 0.5; `cell` is the width and height in pixels of the largest blobs."""
    height, width = shape
    total = np.zeros(shape, np.float32)
    weight, sum_of_weights = 1.0, 0.0
    for octave in range(octaves):
        cell_w, cell_h = max(cell[0] / 2**octave, 1.5), max(cell[1] / 2**octave, 1.5)
        grid = rng.random((int(height / cell_h) + 4, int(width / cell_w) + 4), np.float32)
        matrix = np.array([[1 / cell_w, 0, 1.0], [0, 1 / cell_h, 1.0]])
        flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
        layer = cv2.warpAffine(grid, matrix, (width, height), flags=flags, borderMode=cv2.BORDER_REFLECT)
        total += weight * layer.astype(np.float32)
        sum_of_weights += weight
        weight *= 0.5
    return np.clip(total / sum_of_weights, 0, 1).astype(np.float32)


def soft_field(rng: Generator, shape: tuple[int, int], cell: tuple[float, float], octaves: int = 4) -> Floats:
    """As `field`, drawn at a third of the size and enlarged: for what is blurred anyway."""
    height, width = shape
    small = (max(height // 3, 2), max(width // 3, 2))
    drawn = field(rng, small, (cell[0] / 3, cell[1] / 3), octaves)
    return np.asarray(cv2.resize(drawn, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)


def line(rng: Generator, x: NDArray[np.floating], cell: float, octaves: int = 5, gain: float = 0.5) -> Floats:
    """Noise over positions `x` (n,), about -1 to 1, the same at the same x whatever the range asked for."""
    total = np.zeros(len(x), np.float64)
    for octave in range(octaves):
        knots = rng.random(512) * 2 - 1
        at = np.asarray(x, np.float64) / cell * 2**octave + 256
        index = np.floor(at).astype(int)
        t = at - index
        t = t * t * (3 - 2 * t)
        total += gain**octave * (knots[index % 512] * (1 - t) + knots[(index + 1) % 512] * t)
    return (total / 1.4).astype(np.float32)
