"""Moving pictures whose truth is known at every moment, and raw clips made of them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from mvlocal.media.raw_clip import RawClip, RawClipWriter, read_raw_clip
from mvlocal.timing import FrameRate

Picture = NDArray[np.uint8]


@cache
def texture(height: int, width: int, seed: int) -> NDArray[np.float32]:
    """Soft patches of colour at several sizes, (height, width, 3), 0 to 255."""
    rng = np.random.default_rng(seed)
    out = np.zeros((height, width, 3), np.float32)
    for step in (4, 8, 16, 32):
        coarse = rng.random((height // step + 2, width // step + 2, 3)).astype(np.float32)
        out += np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)
    return (out - out.min()) / (out.max() - out.min()) * 255


def moment(t: float, width: int = 192, height: int = 108) -> Picture:
    """The picture at second `t`: a ground that pans, and a disc that crosses it."""
    ground = texture(3 * height, 3 * width, 1)
    pan = np.array([[1, 0, -60 - 22 * t], [0, 1, -50 - 8 * t]], np.float64)
    out = np.asarray(cv2.warpAffine(ground, pan, (width, height), flags=cv2.INTER_CUBIC), np.float32)
    rows, columns = np.mgrid[0:height, 0:width]
    far = np.hypot(columns - (0.25 * width + 40 * t), rows - 0.5 * height)
    share = np.clip(0.2 * height - far + 0.5, 0, 1)[..., None]
    disc = np.array([220, 90, 40]) * (0.75 + 0.25 * np.cos(far / 3))[..., None]
    return np.clip(np.rint(out * (1 - share) + disc * share), 0, 255).astype(np.uint8)


def psnr(one: Picture, other: Picture) -> float:
    """Peak signal to noise in decibels; 99 where nothing differs."""
    error = float(((one.astype(np.float64) - other) ** 2).mean())
    return 99.0 if error == 0 else 10 * float(np.log10(255**2 / error))


def write_clip(path: Path, pictures: Sequence[Picture], rate: str, jumps: Sequence[int] = ()) -> RawClip:
    """A raw clip of these pictures."""
    height, width = pictures[0].shape[:2]
    with RawClipWriter(path, width, height, FrameRate(Fraction(rate)), jumps) as writer:
        for picture in pictures:
            writer.write(picture)
    return read_raw_clip(path)
