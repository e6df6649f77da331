"""Lays ink on the planes of a frame through coverage masks, touching only the box that a mask covers.

It does not know what the masks show.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from mvlocal.lettering.layout import Box
from mvlocal.lettering.shaping import Coverage
from mvlocal.media.frame import Plane, Yuv420


@dataclass(frozen=True, slots=True)
class Ink:
    """A colour in BT.709 limited range."""

    y: int
    u: int
    v: int

    @classmethod
    def of_rgb(cls, red: int, green: int, blue: int) -> Ink:
        """Converts an sRGB-coded colour, 0 to 255. Source: ITU-R BT.709-6, section 3."""
        r, g, b = red / 255, green / 255, blue / 255
        luma = 0.2126 * r + 0.7152 * g + 0.0722 * b
        u, v = (b - luma) / 1.8556, (r - luma) / 1.5748
        return cls(round(16 + 219 * luma), round(128 + 224 * u), round(128 + 224 * v))


WARM_WHITE = Ink.of_rgb(255, 251, 243)
BLACK = Ink(16, 128, 128)


@dataclass(frozen=True, slots=True)
class Mask:
    """Coverage at a place on a frame, for luma and (averaged) for chroma. All borders are even."""

    left: int
    top: int
    full: Coverage
    half: Coverage

    @property
    def box(self) -> Box:
        """The smallest box that holds all its ink; empty at the mask's corner when there is none."""
        x, y, w, h = cv2.boundingRect(self.full)
        return Box(self.left + x, self.top + y, self.left + x + w, self.top + y + h)


def place_mask(coverage: Coverage, left: int, top: int, width: int, height: int) -> Mask:
    """Puts `coverage` with its corner at pixel (left, top) of a frame; what lies outside the frame is cut off."""
    x0, y0 = min(max(left, 0) // 2 * 2, width), min(max(top, 0) // 2 * 2, height)
    x1 = max(min((left + coverage.shape[1] + 1) // 2 * 2, width), x0)
    y1 = max(min((top + coverage.shape[0] + 1) // 2 * 2, height), y0)
    full = np.zeros((y1 - y0, x1 - x0), np.uint8)
    source = coverage[max(y0 - top, 0) : y1 - top, max(x0 - left, 0) : x1 - left]
    dy, dx = max(top - y0, 0), max(left - x0, 0)
    if source.size and full.size:
        full[dy : dy + source.shape[0], dx : dx + source.shape[1]] = source
    return Mask(x0, y0, full, halved(full))


def halved(full: Coverage) -> Coverage:
    """Averages 2x2 pixels, as 4:2:0 chroma is sited here."""
    if full.size == 0:
        return np.zeros((full.shape[0] // 2, full.shape[1] // 2), np.uint8)
    return cv2.resize(full, (full.shape[1] // 2, full.shape[0] // 2), interpolation=cv2.INTER_AREA).astype(
        np.uint8, copy=False
    )


def lay_ink(frame: Yuv420, mask: Mask, ink: Ink, opacity: float = 1.0) -> None:
    """Lays `ink` over the frame in place; `opacity` 0 to 1 scales the whole mask."""
    if opacity <= 0.0 or mask.full.size == 0:
        return
    full, half = mask.full, mask.half
    if opacity < 1.0:
        full, half = cv2.convertScaleAbs(full, alpha=opacity), cv2.convertScaleAbs(half, alpha=opacity)
    _lay(frame, mask, full.astype(np.uint8, copy=False), half.astype(np.uint8, copy=False), ink)


def lay_columns(frame: Yuv420, mask: Mask, ink: Ink, columns: NDArray[np.float32]) -> None:
    """As `lay_ink` with an opacity (0 to 1) of its own for each of the mask's W columns."""
    if mask.full.size == 0:
        return
    levels = np.rint(columns * 255).astype(np.uint8)
    pairs = np.rint((columns[0::2] + columns[1::2]) * 127.5).astype(np.uint8)
    _lay(frame, mask, _by_columns(mask.full, levels), _by_columns(mask.half, pairs), ink)


def _by_columns(coverage: Coverage, levels: Coverage) -> Coverage:
    rows = cv2.repeat(levels[None], coverage.shape[0], 1)
    return cv2.multiply(coverage, rows, scale=1 / 255).astype(np.uint8, copy=False)


def _lay(frame: Yuv420, mask: Mask, full: Coverage, half: Coverage, ink: Ink) -> None:
    x, y = mask.left, mask.top
    _over(frame.y[y : y + full.shape[0], x : x + full.shape[1]], full, ink.y)
    x, y = x // 2, y // 2
    _over(frame.u[y : y + half.shape[0], x : x + half.shape[1]], half, ink.u)
    _over(frame.v[y : y + half.shape[0], x : x + half.shape[1]], half, ink.v)


def _over(plane: Plane, coverage: Coverage, value: int) -> None:
    """plane = plane + (value - plane) * coverage, exact where coverage is 0 or 255."""
    under = cv2.multiply(plane, cv2.bitwise_not(coverage), scale=1 / 255)
    cv2.add(under, cv2.convertScaleAbs(coverage, alpha=value / 255), dst=plane)


def dim(frame: Yuv420, amount: float, box: Box | None = None) -> None:
    """Darkens the frame (or a box of it with even borders) in place: 0 leaves it, 1 makes it black."""
    if amount <= 0.0:
        return
    box = box or Box(0, 0, frame.width, frame.height)
    _fade(frame.y[box.top : box.bottom, box.left : box.right], amount, BLACK.y)
    for plane, value in ((frame.u, BLACK.u), (frame.v, BLACK.v)):
        _fade(plane[box.top // 2 : box.bottom // 2, box.left // 2 : box.right // 2], amount, value)


def _fade(plane: Plane, amount: float, value: int) -> None:
    """plane = plane + (value - plane) * amount."""
    cv2.convertScaleAbs(plane, dst=plane, alpha=1 - amount, beta=value * amount)


@dataclass(frozen=True, slots=True)
class Halo:
    """A soft dark edge: a tight one that holds the strokes and a wide one that calms the picture behind.

    Radii (standard deviations) and drop in ems; strengths multiply the blurred coverage.
    """

    tight: float
    tight_strength: float
    wide: float
    wide_strength: float
    drop: float

    def reach_px(self, size_px: float) -> int:
        """How far beyond the ink it goes, in pixels."""
        return int(np.ceil(max(self.tight, self.wide) * 3 * size_px)) + 2

    def of(self, coverage: Coverage, size_px: float) -> Coverage:
        """The halo of `coverage`, which must have `reach_px` of empty room around its ink."""
        ink = coverage.astype(np.float32)
        tight = _blurred(ink, self.tight * size_px) * self.tight_strength
        wide = _blurred(ink, self.wide * size_px) * self.wide_strength
        both = 255 - (255 - tight.clip(0, 255)) * (255 - wide.clip(0, 255)) / 255
        dropped = cv2.warpAffine(
            both.astype(np.float32),
            np.array([[1, 0, 0], [0, 1, self.drop * size_px]], np.float32),
            (both.shape[1], both.shape[0]),
        )
        return np.rint(dropped).clip(0, 255).astype(np.uint8)


def _blurred(ink: NDArray[np.float32], sigma: float) -> NDArray[np.float32]:
    return cv2.GaussianBlur(ink, (0, 0), max(sigma, 0.3)).astype(np.float32, copy=False)


@dataclass(frozen=True, slots=True)
class Patch:
    """Coverage with its corner at pixel (`left`, `top`), not yet cut to a frame."""

    coverage: Coverage
    left: int
    top: int

    @property
    def ink_top(self) -> int:
        """The row of its highest ink."""
        return self.top + cv2.boundingRect(self.coverage)[1]

    @property
    def ink_bottom(self) -> int:
        """The row below its lowest ink."""
        _, y, _, height = cv2.boundingRect(self.coverage)
        return self.top + y + height


def merged(patches: Sequence[Patch], room: int) -> Patch:
    """One patch that holds all of `patches` (at least one), with `room` empty pixels around them."""
    left = min(patch.left for patch in patches) - room
    top = min(patch.top for patch in patches) - room
    right = max(patch.left + patch.coverage.shape[1] for patch in patches) + room
    bottom = max(patch.top + patch.coverage.shape[0] for patch in patches) + room
    whole = np.zeros((bottom - top, right - left), np.uint8)
    for patch in patches:
        x, y = patch.left - left, patch.top - top
        view = whole[y : y + patch.coverage.shape[0], x : x + patch.coverage.shape[1]]
        np.maximum(view, patch.coverage, out=view)
    return Patch(whole, left, top)
