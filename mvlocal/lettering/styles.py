"""How captions look and where they stand: plain, outlined, on a box, karaoke, or as the words of a lyric video.

It does not know what they say or when.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Literal

import cv2
import numpy as np

from mvlocal.lettering.ink import Halo, Ink, Patch, merged
from mvlocal.lettering.layout import UPRIGHT, Box, max_rows, safe_area
from mvlocal.lettering.shaping import Coverage

Look = Literal["plain", "outline", "box", "karaoke"]
Mode = Literal["captions", "lyrics"]
Position = Literal["low", "middle", "high"]

EM_OF_HEIGHT, EM_OF_WIDTH = 0.044, 0.056
"""Type size of captions: 4.4% of the height, held to 5.6% of the width on narrow frames."""
LARGE_OF_HEIGHT, LARGE_OF_WIDTH = 0.104, 0.115
"""The same of a lyric video."""
MEASURE_EM = 25.0
"""Longest row in ems: about fifty letters, what an eye takes in at once."""
LEADING_EM, LARGE_LEADING_EM = 1.28, 1.16
RISE_EM = 0.9
"""The last baseline's height above the bottom of the safe area."""
DROP_EM = 1.15
"""The first baseline's depth below the top of the safe area."""
HALO = Halo(tight=0.055, tight_strength=1.0, wide=0.36, wide_strength=1.35, drop=0.03)
LARGE_HALO = Halo(tight=0.03, tight_strength=0.5, wide=0.22, wide_strength=0.8, drop=0.02)
OUTLINE_EM, BOX_PAD_EM, BOX_ROUND_EM = 0.075, (0.62, 0.34), 0.3
BOX_DARKNESS = 0.68
LARGE_DIM = 0.46
"""How much the picture darkens behind the words of a lyric video."""
FAINT = 0.66
"""Opacity of a word that is still to be sung."""
LARGE_FAINT, OUTLINED_FAINT = 0.42, 0.72


@dataclass(frozen=True, slots=True)
class CaptionStyle:
    """`scale` multiplies the type size; `colour` (sRGB, 0 to 255) is that of sung words in karaoke."""

    look: Look = "plain"
    mode: Mode = "captions"
    position: Position = "low"
    scale: float = 1.0
    colour: tuple[int, int, int] = (255, 201, 77)

    @property
    def large(self) -> bool:
        return self.mode == "lyrics"

    @property
    def faint(self) -> float:
        """Opacity of what is still to be sung; within an outline it must be told from it."""
        return max(LARGE_FAINT if self.large else FAINT, OUTLINED_FAINT if self.look == "outline" else 0.0)

    @property
    def softness(self) -> float:
        """Share of a word's time over which each of its letters lights up."""
        return 0.12 if self.look == "karaoke" else 0.45

    @property
    def accent(self) -> Ink | None:
        """The ink of sung words; None where they are only lit."""
        return Ink.of_rgb(*self.colour) if self.look == "karaoke" else None

    @property
    def leading_em(self) -> float:
        return LARGE_LEADING_EM if self.large else LEADING_EM

    def size_px(self, width: int, height: int) -> float:
        """Em of the words in pixels of a frame."""
        of_height, of_width = (LARGE_OF_HEIGHT, LARGE_OF_WIDTH) if self.large else (EM_OF_HEIGHT, EM_OF_WIDTH)
        return self.scale * min(of_height * height, of_width * width)

    def measure_px(self, width: int, height: int, size_px: float) -> float:
        """Longest row in pixels."""
        most = MEASURE_EM * size_px if not self.large else float("inf")
        return min(safe_area(width, height).width - 0.3 * size_px, most)

    def rows(self, width: int, height: int) -> int:
        """Rows that stand together at the most."""
        return max_rows(width, height) + (1 if self.large and width < UPRIGHT * height else 0)

    def baselines(self, rows: int, size_px: float, safe: Box) -> list[int]:
        """Baselines of `rows` rows from top to bottom."""
        step = size_px * self.leading_em
        if self.large or self.position == "middle":
            first = (safe.top + safe.bottom) / 2 - (rows - 1) * step / 2 + 0.34 * size_px
        elif self.position == "high":
            first = safe.top + DROP_EM * size_px
        else:
            first = safe.bottom - RISE_EM * size_px - (rows - 1) * step
        return [round(first + step * n) for n in range(rows)]


PLAIN = CaptionStyle()


def ground_of(style: CaptionStyle, rows: list[Patch], size_px: float) -> Patch:
    """What lies under the rows of ink: a soft halo, a firm outline or a box."""
    if style.look == "box":
        return _box(rows, size_px)
    if style.look == "outline":
        return _outline(rows, size_px)
    halo = LARGE_HALO if style.large else HALO
    whole = merged(rows, halo.reach_px(size_px))
    return Patch(halo.of(whole.coverage, size_px), whole.left, whole.top)


def _outline(rows: list[Patch], size_px: float) -> Patch:
    """A firm dark edge all around, and a little shade below it."""
    reach = max(OUTLINE_EM * size_px, 1.0)
    whole = merged(rows, ceil(3 * reach) + 2)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * round(reach) + 1,) * 2)
    edge = cv2.GaussianBlur(cv2.dilate(whole.coverage, kernel), (0, 0), max(0.18 * reach, 0.5))
    shade = np.roll(cv2.GaussianBlur(edge, (0, 0), reach), round(0.5 * reach), axis=0) * 0.6
    coverage = np.maximum(edge, shade.astype(np.uint8)).astype(np.uint8)
    return Patch(coverage, whole.left, whole.top)


def _box(rows: list[Patch], size_px: float) -> Patch:
    """One dark box with round corners behind all rows, as high whatever the letters."""
    across, down = (pad * size_px for pad in BOX_PAD_EM)
    inks = [_ink_of(patch) for patch in rows]
    left = min(ink[0] for ink in inks) - across
    right = max(ink[2] for ink in inks) + across
    top = min(ink[1] for ink in inks) - down
    bottom = max(ink[3] for ink in inks) + down
    x, y = int(left) - 1, int(top) - 1
    coverage = _rounded((int(right) + 2 - x, int(bottom) + 2 - y), (left - x, top - y, right - x, bottom - y), size_px)
    return Patch(coverage, x, y)


def _ink_of(patch: Patch) -> tuple[int, int, int, int]:
    x, y, width, height = cv2.boundingRect(patch.coverage)
    return patch.left + x, patch.top + y, patch.left + x + width, patch.top + y + height


def _rounded(size: tuple[int, int], box: tuple[float, float, float, float], size_px: float) -> Coverage:
    """Coverage of a box with round corners, its edge drawn by distance."""
    radius = BOX_ROUND_EM * size_px
    x, y = np.arange(size[0]) + 0.5, np.arange(size[1]) + 0.5
    dx = np.abs(x - (box[0] + box[2]) / 2) - ((box[2] - box[0]) / 2 - radius)
    dy = np.abs(y - (box[1] + box[3]) / 2) - ((box[3] - box[1]) / 2 - radius)
    away = np.hypot(np.maximum(dx, 0)[None, :], np.maximum(dy, 0)[:, None])
    return np.rint(255 * BOX_DARKNESS * (radius - away + 0.5).clip(0, 1)).astype(np.uint8)
