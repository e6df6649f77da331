"""Layers as planes ready to be moved and blended: BT.709 limited range, chroma at half size, sited left.

It knows nothing of cameras. Luma is kept without its offset of 16, so that nothing is 0 and gain is a product.

Source: ITU-R BT.709-6; chroma siting as H.264's default (chroma_sample_loc_type 0).
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from mvlocal.media.frame import Plane
from mvlocal.staging.paint.grain import add_grain
from mvlocal.staging.theatre.patches import Patch, cut_patches

BLACK = 16
"""Luma of black in limited range: added back when a frame is finished."""

PAD = 84
"""Pixels repeated around every plane, so that a read may begin before it (see sample)."""

_KR, _KB = 0.2126, 0.0722
_LUMA = np.array([_KR, 1 - _KR - _KB, _KB]) * 219 / 255
_BLUE = np.array([-_KR, _KR + _KB - 1, 1 - _KB]) / (2 * (1 - _KB)) * 224 / 255
_RED = np.array([1 - _KR, _KR + _KB - 1, -_KB]) / (2 * (1 - _KR)) * 224 / 255
TO_YUV = np.array([[*_LUMA, 0.0], [*_BLUE, 128.0], [*_RED, 128.0]], np.float32)
"""(3, 4): coded RGB of 0 to 255, and a one, to luma less 16 and both chromas."""


@dataclass(frozen=True, slots=True)
class PatchPlanes:
    """A rectangle of a layer as planes, each with `PAD` repeated pixels around it.

    `y` is luma less 16; `u` and `v` are half as large. Where `clear` is given (255 = see-through; `clear_half` for
    chroma) the others are multiplied by coverage.
    """

    patch: Patch
    y: Plane
    u: Plane
    v: Plane
    clear: Plane | None = None
    clear_half: Plane | None = None


def layer_planes(layer: NDArray[np.uint8]) -> list[PatchPlanes]:
    """The painted rectangles of an RGB (h, w, 3) or RGBA (h, w, 4) layer with even sides, as planes with grain."""
    y, u, v = _yuv(np.ascontiguousarray(layer[..., :3]))
    height, width = y.shape
    if layer.shape[2] == 3:
        return [PatchPlanes(Patch(0, 0, width, height, solid=True), _padded(y), _padded(u), _padded(v))]
    alpha = np.ascontiguousarray(layer[..., 3])
    return [_cut(patch, (y, u, v), alpha, _halved(alpha)) for patch in cut_patches(alpha)]


def _yuv(rgb: NDArray[np.uint8]) -> tuple[Plane, Plane, Plane]:
    y, u, v = cv2.split(cv2.transform(rgb, TO_YUV))
    return add_grain(_plane(y)), _halved(_plane(u)), _halved(_plane(v))


def _cut(patch: Patch, planes: tuple[Plane, Plane, Plane], alpha: Plane, alpha_half: Plane) -> PatchPlanes:
    whole = slice(patch.y0, patch.y1), slice(patch.x0, patch.x1)
    half = slice(patch.y0 // 2, patch.y1 // 2), slice(patch.x0 // 2, patch.x1 // 2)
    y, u, v = planes[0][whole], planes[1][half], planes[2][half]
    if patch.solid:
        return PatchPlanes(patch, _padded(y), _padded(u), _padded(v))
    cover, cover_half = alpha[whole], alpha_half[half]
    return PatchPlanes(
        patch,
        _padded(cv2.multiply(y, cover, scale=1 / 255)),
        _padded(cv2.multiply(u, cover_half, scale=1 / 255)),
        _padded(cv2.multiply(v, cover_half, scale=1 / 255)),
        _padded(cv2.bitwise_not(cover)),
        _padded(cv2.bitwise_not(cover_half)),
    )


def glow_plane(rgb: NDArray[np.uint8], shrink: int) -> Plane | None:
    """What shines in an RGB layer (h, w, 3), soft and `shrink` times smaller, padded; None where nothing stands out.

    Added to luma on a downbeat, it makes lamps, windows and the brightest sky swell.
    """
    height, width = rgb.shape[:2]
    if min(height, width) < 8 * shrink:
        return None
    small = cv2.resize(rgb, (width // shrink, height // shrink), interpolation=cv2.INTER_AREA)
    light = small.max(axis=2).astype(np.float32)
    floor = max(float(np.percentile(light, 80)), 96.0)
    shining = np.clip((light - floor) / max(255 - floor, 32), 0, 1) * 90
    sigma = 0.012 * height / shrink
    soft = cv2.GaussianBlur(shining, (0, 0), sigma) + 0.6 * cv2.GaussianBlur(shining, (0, 0), 4 * sigma)
    return _padded(np.clip(soft, 0, 120).astype(np.uint8)) if float(soft.max()) > 6 else None


def _plane(array: object) -> Plane:
    return np.ascontiguousarray(array, np.uint8)


def _padded(plane: object) -> Plane:
    return _plane(cv2.copyMakeBorder(_plane(plane), PAD, PAD, PAD, PAD, cv2.BORDER_REPLICATE))


def _halved(plane: Plane) -> Plane:
    """Half size, samples at even columns and between rows: 1-2-1 across, the mean down."""
    height, width = plane.shape
    matrix = np.array([[2.0, 0, 0], [0, 2.0, 0.5]])
    soft = cv2.sepFilter2D(plane, -1, np.array([0.25, 0.5, 0.25]), np.ones(1), borderType=cv2.BORDER_REPLICATE)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    size = (width // 2, height // 2)
    return _plane(cv2.warpAffine(soft, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE))
