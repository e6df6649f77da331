"""Title cards: the song's title and artist over its first seconds, and the end card over its last.

It does not know what the picture shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mvlocal.lettering.cues import eased
from mvlocal.lettering.faces import Role
from mvlocal.lettering.fonts import FontBook, FontWarning
from mvlocal.lettering.ink import BLACK, WARM_WHITE, Halo, Mask, dim, lay_ink, merged, place_mask
from mvlocal.lettering.layout import Box, fit_rows, max_rows, safe_area
from mvlocal.lettering.shaping import set_paragraph
from mvlocal.lettering.tracking import TrackedRow, draw_tracked, track_row
from mvlocal.media.frame import Yuv420
from mvlocal.timing import Seconds

MADE_WITH = "made with mvlocal"
HALO = Halo(tight=0.06, tight_strength=0.5, wide=0.34, wide_strength=0.95, drop=0.02)
SMALL_HALO = Halo(tight=0.09, tight_strength=0.9, wide=0.5, wide_strength=1.2, drop=0.03)
HEAD_DIM, END_DIM = 0.28, 0.52
"""How much the picture darkens behind the cards."""
MOST_CREDITS = 6
_SMALLEST = 0.42
"""Share of its full size down to which a text shrinks before it is cut short."""
_SMALLEST_EM_PX = 4.0


@dataclass(frozen=True, slots=True)
class _Style:
    """Type of one kind of line: em as shares of height and width, tracking in ems from start to end."""

    role: Role
    of_height: float
    of_width: float
    tracking: tuple[float, float]
    leading: float
    delay: float
    """When it comes, as a share of the card's stagger."""


_TITLE = _Style("title", 0.108, 0.118, (0.0, 0.04), 1.2, 0.0)
_ARTIST = _Style("subtitle", 0.039, 0.055, (0.10, 0.15), 1.35, 1.0)
_CREDIT = _Style("subtitle", 0.027, 0.038, (0.03, 0.05), 1.5, 1.6)
_MADE = _Style("subtitle", 0.022, 0.032, (0.08, 0.10), 1.5, 2.2)


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
class _CardRow:
    row: TrackedRow
    baseline: int
    motion: Motion
    halo: Mask


@dataclass(frozen=True, slots=True)
class _Rule:
    """A thin line that grows from the middle: `top` and `thickness` in pixels, `reach` half its full length."""

    top: int
    thickness: float
    reach: float
    motion: Motion


class Card:
    """Draws a title card from `start_s` to `end_s`."""

    def __init__(
        self, size: tuple[int, int], rows: Sequence[_CardRow], rules: Sequence[_Rule], shade: Motion, dim_by: float
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

    def _row_mask(self, row: _CardRow, t: Seconds) -> Mask:
        patch = draw_tracked(row.row, row.motion.tracking_at(t), self._width / 2, row.baseline)
        return place_mask(patch.coverage, patch.left, patch.top, self._width, self._height)

    def _rule_mask(self, rule: _Rule, t: Seconds) -> Mask:
        reach = rule.reach * rule.motion.progress(t)
        left = int(self._width / 2 - rule.reach) - 1
        x = np.arange(left, self._width - left) + 0.5
        across = (reach - np.abs(x - self._width / 2) + 0.5).clip(0, 1)
        down = (rule.thickness - np.arange(int(np.ceil(rule.thickness)))).clip(0, 1)
        coverage = np.rint(255 * down[:, None] * across[None, :]).astype(np.uint8)
        return place_mask(coverage, left, rule.top, self._width, self._height)


@dataclass(frozen=True, slots=True)
class CardPlan:
    """The overlay, and what of its text could not be set as written."""

    card: Card
    warnings: tuple[FontWarning, ...]


def head_span(duration_s: Seconds) -> tuple[Seconds, Seconds]:
    """When the head card stands in a song of `duration_s`: a breath after its start, for some five seconds."""
    return min(0.5, 0.02 * duration_s), min(5.5, 0.22 * duration_s)


def end_span(duration_s: Seconds) -> tuple[Seconds, Seconds]:
    """When the end card stands: the last five seconds, less in a short song."""
    return duration_s - min(5.0, 0.22 * duration_s), duration_s


def plan_head_card(
    size: tuple[int, int], title: str, artist: str, span: tuple[Seconds, Seconds], book: FontBook
) -> CardPlan:
    """The card that opens a song, for frames of `size` (width, height, both even); nothing to say, nothing drawn."""
    texts = [(_TITLE, title), (_ARTIST, artist)]
    return _Planner(size, span, book, HEAD_DIM).plan(texts)


def plan_end_card(
    size: tuple[int, int],
    title: str,
    artist: str,
    credits: Sequence[str],  # noqa: A002 - the field's word
    span: tuple[Seconds, Seconds],
    book: FontBook,
) -> CardPlan:
    """The card that closes a song: title, artist, up to six credits, and what it was made with."""
    lines = [(_CREDIT, credit) for credit in credits[:MOST_CREDITS]]
    plan = _Planner(size, span, book, END_DIM).plan([(_TITLE, title), (_ARTIST, artist), *lines, (_MADE, MADE_WITH)])
    if len(credits) <= MOST_CREDITS:
        return plan
    many = FontWarning("Zyyy", f"only the first {MOST_CREDITS} credits fit the end card", "put several on one line")
    return CardPlan(plan.card, (*plan.warnings, many))


@dataclass(frozen=True, slots=True)
class _Line:
    style: _Style
    row: TrackedRow
    first: bool
    """True for the first row of its text."""


class _Planner:
    """Stacks the lines of one card around its optical centre."""

    def __init__(self, size: tuple[int, int], span: tuple[Seconds, Seconds], book: FontBook, dim_by: float) -> None:
        self._width, self._height = size
        self._safe = safe_area(*size)
        self._start_s, self._end_s = span
        self._book, self._dim_by = book, dim_by
        self._warnings: list[FontWarning] = []

    def plan(self, texts: Sequence[tuple[_Style, str]]) -> CardPlan:
        lines = [line for style, text in texts for line in self._set(style, text)]
        whole = self._motion(0.0, (0.0, 0.0))
        if not lines or self._end_s <= self._start_s:
            return CardPlan(Card((self._width, self._height), (), (), whole, 0.0), self._unique_warnings())
        offsets, height = self._stacked(lines)
        top = self._safe.top + (self._safe.height - height) * 0.47
        rows = [self._row(line, round(top + y)) for line, y in zip(lines, offsets, strict=True)]
        rules = self._rules(lines, [row.baseline for row in rows])
        return CardPlan(Card((self._width, self._height), rows, rules, whole, self._dim_by), self._unique_warnings())

    def _unique_warnings(self) -> tuple[FontWarning, ...]:
        return tuple(dict.fromkeys(self._warnings))

    def _em(self, style: _Style) -> float:
        return min(style.of_height * self._height, style.of_width * self._width)

    def _set(self, style: _Style, text: str) -> list[_Line]:
        """Rows of one text at the size it fits in, tracking included."""
        set_text = set_paragraph(text, self._book, style.role)
        self._warnings += set_text.warnings
        em = self._em(style)
        if not set_text.paragraph.clusters or em < _SMALLEST_EM_PX:
            return []
        most = max_rows(self._width, self._height) + (style is _TITLE and self._width < self._height)
        fitted = fit_rows(set_text.paragraph, em, em * _SMALLEST, self._safe.width * 0.88, most)
        if not fitted.whole:
            self._warnings.append(
                FontWarning("Zyyy", f"{text[:40]!r}… is too long for a card and was cut", "shorten it")
            )
        tracked = [track_row(fitted.paragraph, row) for row in fitted.rows]
        return [_Line(style, row, i == 0) for i, row in enumerate(tracked)]

    def _stacked(self, lines: Sequence[_Line]) -> tuple[list[float], float]:
        """Baselines from the top of the stack, and its height, in pixels."""
        y, offsets = 0.0, list[float]()
        for i, line in enumerate(lines):
            size = line.row.size_px
            if i == 0:
                y = 0.74 * size
            else:
                y += self._gap_before(lines[i - 1], line) + size * (line.style.leading if not line.first else 0.0)
            offsets.append(y)
        return offsets, y + 0.24 * lines[-1].row.size_px

    def _gap_before(self, above: _Line, line: _Line) -> float:
        if not line.first:
            return 0.0
        if above.style is _TITLE:
            ruled = line.style is _ARTIST
            return 0.52 * self._em(_TITLE) + (1.55 if ruled else 0.8) * self._em(_ARTIST) + line.row.size_px
        if line.style is above.style:
            return line.style.leading * line.row.size_px
        return 2.4 * self._em(_CREDIT) + line.row.size_px

    def _motion(self, delay: float, tracking: tuple[float, float]) -> Motion:
        length = self._end_s - self._start_s
        in_s = self._start_s + delay * min(0.35, 0.08 * length)
        return Motion(
            in_s, self._end_s, max(min(0.9, 0.28 * length), 1e-3), max(min(0.7, 0.2 * length), 1e-3), tracking
        )

    def _row(self, line: _Line, baseline: int) -> _CardRow:
        row, (start, end) = line.row, line.style.tracking
        gaps = max((len(row.letters) - 1) * row.size_px, 1e-6)
        room = max((self._safe.width * 0.98 - row.width) / gaps, 0.0)
        motion = self._motion(line.style.delay, (min(start, room), min(end, room)))
        patch = draw_tracked(row, motion.tracking[1], self._width / 2, baseline)
        halo = HALO if line.style is _TITLE else SMALL_HALO
        around = merged([patch], halo.reach_px(row.size_px))
        dark = halo.of(around.coverage, row.size_px)
        return _CardRow(row, baseline, motion, place_mask(dark, around.left, around.top, self._width, self._height))

    def _rules(self, lines: Sequence[_Line], baselines: Sequence[int]) -> list[_Rule]:
        """A thin rule between title and artist, when both are there."""
        for i in range(1, len(lines)):
            if lines[i].style is _ARTIST and lines[i - 1].style is _TITLE:
                artist = self._em(_ARTIST)
                top = round(baselines[i] - 0.74 * lines[i].row.size_px - 1.2 * artist)
                reach = min(0.5 * lines[i - 1].row.width, 1.9 * artist + 0.03 * self._width)
                return [_Rule(top, max(0.0021 * self._height, 1.0), reach, self._motion(0.5, (0.0, 0.0)))]
        return []
