"""A card on screen: rows of large type that rise and fall together over a darkened picture.

It does not know what a card says or where its rows come from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mvlocal.lettering.cues import eased
from mvlocal.lettering.ink import BLACK, WARM_WHITE, Mask, dim, lay_ink, place_mask
from mvlocal.lettering.layout import Box
from mvlocal.lettering.tracking import TrackedRow, draw_tracked
from mvlocal.media.frame import Yuv420
from mvlocal.timing import Seconds


@dataclass(frozen=True, slots=True)
class Motion:
    """When a line comes and goes, and its tracking in ems from start to end."""

    in_s: Seconds
    out_s: Seconds
    rise_s: Seconds
    fall_s: Seconds
    tracking: tuple[float, float] = (0.0, 0.0)

    def opacity(self, t: Seconds) -> float:
        """0 outside, 1 within, eased at both ends."""
        if not self.in_s <= t < self.out_s:
            return 0.0
        return min(eased((t - self.in_s) / self.rise_s), eased((self.out_s - t) / self.fall_s))

    def progress(self, t: Seconds) -> float:
        """0 to 1, fast at first and slowing all the way."""
        x = min(max((t - self.in_s) / (self.out_s - self.in_s), 0.0), 1.0)
        return 1 - (1 - x) ** 2.4

    def tracking_at(self, t: Seconds) -> float:
        """Tracking in ems at second `t`."""
        start, end = self.tracking
        return start + (end - start) * self.progress(t)


@dataclass(frozen=True, slots=True)
class CardRow:
    """A row of letters centred on `middle`, its baseline `baseline` pixels down."""

    row: TrackedRow
    middle: float
    baseline: int
    motion: Motion
    halo: Mask


@dataclass(frozen=True, slots=True)
class Rule:
    """A thin line that grows from `middle`: `top` and `thickness` in pixels, `reach` half its full length."""

    middle: float
    top: int
    thickness: float
    reach: float
    motion: Motion


class Card:
    """Draws rows and rules while they stand; nothing where there is no row."""

    def __init__(
        self, size: tuple[int, int], rows: Sequence[CardRow], rules: Sequence[Rule], shade: Motion, dim_by: float
    ) -> None:
        self._width, self._height = size
        self._rows, self._rules = tuple(rows), tuple(rules)
        self._shade, self._dim_by = shade, dim_by

    def draw(self, frame: Yuv420, t: Seconds) -> None:
        """Draws what of the card stands at song second `t`, in place."""
        if not self._rows or self._shade.opacity(t) <= 0.0:
            return
        dim(frame, self._dim_by * self._shade.opacity(t))
        for row in self._rows:
            lay_ink(frame, row.halo, BLACK, row.motion.opacity(t))
        for rule in self._rules:
            lay_ink(frame, self._rule_mask(rule, t), WARM_WHITE, 0.85 * rule.motion.opacity(t))
        for row in self._rows:
            if row.motion.opacity(t) > 0.0:
                lay_ink(frame, self._row_mask(row, t), WARM_WHITE, row.motion.opacity(t))

    def ink_boxes(self, t: Seconds) -> list[Box]:
        """Boxes in pixels of the rows that stand at `t`, without their halo."""
        return [self._row_mask(row, t).box for row in self._rows if row.motion.opacity(t) > 0.0]

    def _row_mask(self, row: CardRow, t: Seconds) -> Mask:
        patch = draw_tracked(row.row, row.motion.tracking_at(t), row.middle, row.baseline)
        return place_mask(patch.coverage, patch.left, patch.top, self._width, self._height)

    def _rule_mask(self, rule: Rule, t: Seconds) -> Mask:
        reach = rule.reach * rule.motion.progress(t)
        left = int(rule.middle - rule.reach) - 1
        x = np.arange(left, round(2 * rule.middle) - left) + 0.5
        across = (reach - np.abs(x - rule.middle) + 0.5).clip(0, 1)
        down = (rule.thickness - np.arange(int(np.ceil(rule.thickness)))).clip(0, 1)
        coverage = np.rint(255 * down[:, None] * across[None, :]).astype(np.uint8)
        return place_mask(coverage, left, rule.top, self._width, self._height)
