"""Turns painted canvases into 8-bit pictures: focus, tilt, straight alpha, dither. It knows nothing of places."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from mvlocal.staging.paint.canvas import Canvas
from mvlocal.staging.paint.palette import Floats


@dataclass(frozen=True, slots=True)
class Look:
    """How a layer is developed: radius in pixels by which it is out of focus, and degrees it is tilted."""

    blur_px: float = 0.0
    tilt_deg: float = 0.0


def developed(canvas: Canvas, look: Look, rng: np.random.Generator) -> NDArray[np.uint8]:
    """The canvas as a picture: (H, W, 3) where it is covered throughout, else (H, W, 4) with straight alpha."""
    planes = straightened(canvas, look.blur_px)
    if look.tilt_deg:
        planes = [tilted(plane, look.tilt_deg) for plane in planes]
    return as_bytes(planes, rng)


def straightened(canvas: Canvas, radius_px: float) -> list[Floats]:
    """A canvas as straight planes (red, green, blue and, unless it is covered throughout, alpha), each (H, W).

    `radius_px`: how far out of focus it is. Colour is carried on under clear parts so that edges do not fringe.
    """
    covered = bool(canvas.alpha.min() >= 1)
    planes = [*canvas.colour] if covered else [*canvas.colour, canvas.alpha]
    if radius_px > 5:
        planes = [lens_blur(plane, radius_px, lights=number < 3) for number, plane in enumerate(planes)]
    elif radius_px > 0.3:
        planes = [np.asarray(cv2.GaussianBlur(plane, (0, 0), radius_px), np.float32) for plane in planes]
    return planes if covered else _divided(planes)


def _divided(planes: list[Floats]) -> list[Floats]:
    """Premultiplied colour over alpha, each with a trace of its neighbours so that no pixel is without colour."""
    traced = [
        cv2.addWeighted(plane, 1, cv2.blur(plane, (5, 5), borderType=cv2.BORDER_REPLICATE), 0.004, 1e-6)
        for plane in planes
    ]
    share = cv2.divide(1.0, traced[3])
    return [*(np.asarray(cv2.multiply(plane, share), np.float32) for plane in traced[:3]), planes[3]]


def lens_blur(plane: Floats, radius_px: float, *, lights: bool) -> Floats:
    """Out of focus: a disc-shaped blur, in which lights stay bright if the plane holds colour."""
    shrink = 2 if radius_px > 6 else 1
    height, width = plane.shape
    small = np.asarray(cv2.resize(plane, (width // shrink, height // shrink), interpolation=cv2.INTER_AREA), np.float32)
    radius = radius_px / shrink
    half = int(np.ceil(radius))
    grid = np.arange(-half, half + 1)
    disc = np.clip(radius + 0.5 - np.hypot(grid[None], grid[:, None]), 0, 1).astype(np.float32)
    bright = cv2.pow(np.maximum(small, 0), 2.6) if lights else small
    soft = np.maximum(cv2.filter2D(bright, -1, disc / disc.sum(), borderType=cv2.BORDER_REPLICATE), 0)
    back = cv2.pow(soft, 1 / 2.6) if lights else soft
    return np.asarray(cv2.resize(back, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)


def tilt_matrix(width: int, height: int, degrees: float) -> NDArray[np.float64]:
    """The affine matrix (2, 3) that turns a picture and enlarges it so that its corners stay covered."""
    angle = np.deg2rad(degrees)
    cover = np.cos(angle) + max(width / height, height / width) * np.sin(angle)
    return np.asarray(cv2.getRotationMatrix2D((width / 2, height / 2), degrees, cover), np.float64)


def tilted(plane: Floats, degrees: float) -> Floats:
    """The plane turned as `tilt_matrix` says."""
    height, width = plane.shape
    matrix = tilt_matrix(width, height, degrees)
    turned = cv2.warpAffine(plane, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(turned, np.float32)


def as_bytes(planes: list[Floats], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Planes as one uint8 picture (H, W, 3) or (H, W, 4), colours dithered against banding."""
    height, width = planes[0].shape
    tile = rng.random((256, 256), np.float32) - np.float32(0.5)
    dither = np.tile(tile, (height // 256 + 1, width // 256 + 1))[:height, :width]
    levels = [cv2.scaleAdd(plane, 255.0, dither) for plane in planes[:3]]
    if len(planes) == 4:
        levels.append(planes[3] * np.float32(255))
    return np.asarray(cv2.merge([_to_byte(level) for level in levels]), np.uint8)


def _to_byte(level: object) -> NDArray[np.uint8]:
    """Rounded, and cut to 0..255."""
    return np.asarray(
        cv2.addWeighted(np.asarray(level, np.float32), 1, np.asarray(level, np.float32), 0, 0, dtype=cv2.CV_8U),
        np.uint8,
    )
