"""Pictures and measures to judge: scenes drawn with numpy, each with its own colours, light and shapes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mvlocal.cast.colours import NAMES
from mvlocal.schema.cast import Exposure, FaceSeen, PhotoMeasures

Rgb = NDArray[np.uint8]
ROTATED = 6
"""EXIF orientation: the camera was held turned by a quarter."""


def scene(seed: int, width: int = 1200, height: int = 1000, light: float = 1.0) -> Rgb:
    """A sharp scene of soft colour with some hundred discs on it, (height, width, 3); every seed is another one."""
    rng = np.random.default_rng(seed)
    corners = rng.integers(60, 220, (3, 3, 3)).astype(np.float32)
    picture = cv2.resize(corners, (width, height), interpolation=cv2.INTER_CUBIC)
    for _ in range(150):
        middle = int(rng.integers(width)), int(rng.integers(height))
        colour = tuple(float(value) for value in rng.integers(0, 256, 3))
        cv2.circle(picture, middle, int(rng.integers(8, 70)), colour, -1)
    return np.clip(picture * light, 0, 255).astype(np.uint8)


def blurred(rgb: Rgb, sigma_px: float) -> Rgb:
    return np.asarray(cv2.GaussianBlur(rgb, (0, 0), sigma_px), np.uint8)


def save(folder: Path, name: str, rgb: Rgb, *, orientation: int = 1, text: str = "", quality: int = 92) -> Path:
    """A JPEG (or PNG, by its ending) with EXIF orientation and description."""
    path = folder / name
    exif = Image.Exif()
    exif[0x0112] = orientation
    if text:
        exif[0x010E] = text
    kind = "PNG" if name.endswith(".png") else "JPEG"
    with path.open("wb") as file:
        Image.fromarray(rgb).save(file, kind, exif=exif, quality=quality)
    return path


def shares(**given: float) -> tuple[float, ...]:
    """Colour shares by name."""
    return tuple(given.get(name, 0.0) for name in NAMES)


def face(left: float, top: float, right: float, bottom: float, yaw_deg: float = 0.0) -> FaceSeen:
    return FaceSeen(box=(left, top, right, bottom), score=0.9, yaw_deg=yaw_deg)


def measures(number: int = 0, *, faces: Sequence[FaceSeen] | None = None, **given: object) -> PhotoMeasures:
    """A photo that may be used; `number` makes its hash unlike that of others."""
    hashed = np.random.default_rng(number).bytes(8).hex()
    known = {
        "width_px": 2000,
        "height_px": 3000,
        "subject": (0.3, 0.2, 0.7, 0.9),
        "subject_by": "face" if faces else "estimate",
        "keep": (0.35, 0.2, 0.65, 0.4),
        "faces": None if faces is None else tuple(faces),
        "sharpness": 300.0,
        "exposure": Exposure(median=0.45, clipped_dark=0.0, clipped_bright=0.0, contrast=0.5),
        "brightness": 0.45,
        "warmth": 0.0,
        "phash": hashed,
        "subject_colours": shares(red=1.0),
        "surround_colours": shares(blue=1.0),
        **given,
    }
    return PhotoMeasures.model_validate(known)
