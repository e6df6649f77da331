"""What the music does to a picture: light, colour, glow, parted channels, grain; each by a strength from 0 to 1.

It does not know music. The same picture, frame number and strengths give the same pixels. Heads are spared where asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from mvlocal.edit.finishing.grade import LUMA

Picture = NDArray[np.uint8]
Box = tuple[float, float, float, float]

NAMES = ("light", "vivid", "glow", "chroma", "grain")
"""The effects in the order they are laid on."""

LIGHT, VIVID, GLOW, CHROMA, GRAIN_LEVELS = 0.35, 0.6, 0.55, 0.006, 9.0
"""Full strength: gamma, added saturation, light that spills, how far channels part, levels of grain."""

_SIDE = 512


def apply_effects(picture: Picture, strengths: Mapping[str, float], frame: int, heads: Sequence[Box] = ()) -> Picture:
    """The picture (H, W, 3) with the effects that have a strength; `frame` seeds the grain.

    On `heads` (boxes in fractions of the picture) glow, parted channels and grain are left out, with soft borders.
    """
    on = {name: strengths[name] for name in NAMES if strengths.get(name, 0) > 0.002}
    out = picture
    if "light" in on:
        out = lit(out, on["light"])
    if "vivid" in on:
        out = saturated(out, on["vivid"])
    plain = out
    if "glow" in on:
        out = glowing(out, on["glow"])
    if "chroma" in on:
        out = parted(out, on["chroma"])
    if "grain" in on:
        out = grainy(out, on["grain"], frame)
    return _spared(plain, out, heads) if heads and out is not plain else out


def lit(picture: Picture, strength: float) -> Picture:
    """Brighter in the middle tones; black and white stay."""
    curve = (np.arange(256) / 255) ** (1 / (1 + LIGHT * strength)) * 255
    return np.asarray(cv2.LUT(picture, np.rint(curve).astype(np.uint8)), np.uint8)


def saturated(picture: Picture, strength: float) -> Picture:
    """More colourful, as light as before."""
    more = VIVID * strength
    matrix = (1 + more) * np.eye(3) - more * np.tile(LUMA, (3, 1))
    return np.asarray(cv2.transform(picture, matrix), np.uint8)


def glowing(picture: Picture, strength: float) -> Picture:
    """Light that spills from the brightest parts."""
    height, width = picture.shape[:2]
    small = cv2.resize(picture, (max(width // 4, 2), max(height // 4, 2)), interpolation=cv2.INTER_AREA)
    bright = np.clip((small.astype(np.float32) / 255 - 0.6) / 0.4, 0, 1) ** 1.5
    spill = cv2.GaussianBlur(bright, (0, 0), 0.02 * max(small.shape[:2]))
    wide = cv2.resize(np.clip(spill * (GLOW * strength * 255), 0, 255), (width, height)).astype(np.uint8)
    kept = cv2.multiply(cv2.bitwise_not(picture), cv2.bitwise_not(wide), scale=1 / 255)
    return np.asarray(cv2.bitwise_not(kept), np.uint8)


def parted(picture: Picture, strength: float) -> Picture:
    """Red and green drawn a little larger than blue, from the middle outwards: no edge comes into sight."""
    red, green, blue = (np.asarray(plane, np.uint8) for plane in cv2.split(picture))
    return np.asarray(cv2.merge([_larger(red, 2 * strength), _larger(green, strength), blue]), np.uint8)


def grainy(picture: Picture, strength: float, frame: int) -> Picture:
    """Grain over the middle tones, another one each frame."""
    height, width = picture.shape[:2]
    rng = np.random.default_rng((1978, frame))
    tile = np.roll(_grain(), rng.integers(0, _SIDE, 2), axis=(0, 1))
    noise = np.tile(tile, (height // _SIDE + 1, width // _SIDE + 1))[:height, :width]
    grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)
    added = np.rint(noise * _grain_by_tone(strength)[grey]).astype(np.int16)
    return np.clip(picture.astype(np.int16) + added[..., None], 0, 255).astype(np.uint8)


@cache
def _grain() -> NDArray[np.float32]:
    """(side, side), deviation 1, repeating without a seam."""
    noise = np.random.default_rng(1978).standard_normal((_SIDE, _SIDE)).astype(np.float32)
    fine = cv2.GaussianBlur(np.tile(noise, (3, 3)), (0, 0), 0.8)[_SIDE : 2 * _SIDE, _SIDE : 2 * _SIDE]
    return np.asarray(fine / fine.std(), np.float32)


def _grain_by_tone(strength: float) -> NDArray[np.float32]:
    tone = np.arange(256) / 255
    return (GRAIN_LEVELS * strength * (0.35 + 0.65 * 4 * tone * (1 - tone))).astype(np.float32)


def _larger(plane: NDArray[np.uint8], strength: float) -> NDArray[np.uint8]:
    height, width = plane.shape
    scale = 1 / (1 + CHROMA * strength)
    affine = np.array([[scale, 0, (1 - scale) * (width - 1) / 2], [0, scale, (1 - scale) * (height - 1) / 2]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(
        cv2.warpAffine(plane, affine, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE), np.uint8
    )


def _spared(plain: Picture, changed: Picture, heads: Sequence[Box]) -> Picture:
    """`changed`, but `plain` on heads, with borders as soft as a third of the head."""
    height, width = plain.shape[:2]
    small = np.zeros((max(height // 8, 2), max(width // 8, 2)), np.float32)
    for left, top, right, bottom in heads:
        middle = ((left + right) / 2 * small.shape[1], (top + bottom) / 2 * small.shape[0])
        axes = ((right - left) * 0.65 * small.shape[1], (bottom - top) * 0.65 * small.shape[0])
        if axes[0] > 0 and axes[1] > 0:
            rows, columns = np.mgrid[0 : small.shape[0], 0 : small.shape[1]]
            far = np.hypot((columns + 0.5 - middle[0]) / axes[0], (rows + 0.5 - middle[1]) / axes[1])
            small = np.maximum(small, np.clip((1.35 - far) / 0.35, 0, 1).astype(np.float32))
    mask = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)[..., None]
    return np.asarray(np.rint(plain * mask + changed * (1 - mask)), np.uint8)
