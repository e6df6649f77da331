"""Lays the lines of a card out: each kind of line has its type, and they are stacked about one optical centre.

It does not know when a card stands, nor what is on it besides its lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mvlocal.lettering.cards import Card, CardRow, Motion, Rule
from mvlocal.lettering.faces import Role
from mvlocal.lettering.fonts import FontBook, FontWarning
from mvlocal.lettering.ink import Halo, merged, place_mask
from mvlocal.lettering.layout import Box, fit_rows, max_rows, safe_area
from mvlocal.lettering.shaping import set_paragraph
from mvlocal.lettering.tracking import TrackedRow, draw_tracked, track_row
from mvlocal.timing import Seconds

HALO = Halo(tight=0.06, tight_strength=0.5, wide=0.34, wide_strength=0.95, drop=0.02)
SMALL_HALO = Halo(tight=0.09, tight_strength=0.9, wide=0.5, wide_strength=1.2, drop=0.03)
_SMALLEST = 0.42
"""Share of its full size down to which a text shrinks before it is cut short."""
_SMALLEST_EM_PX = 4.0


@dataclass(frozen=True, slots=True)
class CardStyle:
    """Type of one kind of line: em as shares of height and width, tracking in ems from start to end.

    `rigid` lines keep their size and stand in one row; others shrink and break before they are cut.
    """

    role: Role
    of_height: float
    of_width: float
    tracking: tuple[float, float]
    leading: float
    delay: float
    """When it comes, as a share of the card's stagger."""
    rigid: bool = False

    def scaled(self, by: float) -> CardStyle:
        """The same type smaller (`by` below 1), for lines that keep their size."""
        return replace(self, of_height=self.of_height * by, of_width=self.of_width * by, rigid=True)


TITLE = CardStyle("title", 0.108, 0.118, (0.0, 0.04), 1.2, 0.0)
ARTIST = CardStyle("subtitle", 0.039, 0.055, (0.10, 0.15), 1.35, 1.0)
CREDIT = CardStyle("subtitle", 0.027, 0.038, (0.03, 0.05), 1.5, 1.6)
MADE = CardStyle("subtitle", 0.022, 0.032, (0.08, 0.10), 1.5, 2.2)


@dataclass(frozen=True, slots=True)
class CardPlan:
    """The overlay, and what of its text could not be set as written; whether all of it stands in its area."""

    card: Card
    warnings: tuple[FontWarning, ...]
    fits: bool = True


@dataclass(frozen=True, slots=True)
class _Line:
    style: CardStyle
    row: TrackedRow
    first: bool
    """True for the first row of its text."""


class CardPlanner:
    """Stacks the lines of one card around the optical centre of `area`: that is where words are safe, unless given."""

    def __init__(
        self,
        size: tuple[int, int],
        span: tuple[Seconds, Seconds],
        book: FontBook,
        dim_by: float,
        area: Box | None = None,
    ) -> None:
        self._width, self._height = size
        self._area = area or safe_area(*size)
        self._middle = (self._area.left + self._area.right) / 2
        self._start_s, self._end_s = span
        self._book, self._dim_by = book, dim_by
        self._warnings: list[FontWarning] = []
        self._cut = False

    def holds(self, texts: Sequence[tuple[CardStyle, str]]) -> bool:
        """Whether all of these texts stand in the area, none of them cut."""
        lines = [line for style, text in texts for line in self._set(style, text)]
        return self._fits(self._stacked(lines)[1] if lines else 0.0)

    def plan(self, texts: Sequence[tuple[CardStyle, str]]) -> CardPlan:
        lines = [line for style, text in texts for line in self._set(style, text)]
        whole = self._motion(0.0, (0.0, 0.0))
        if not lines or self._end_s <= self._start_s:
            return CardPlan(Card((self._width, self._height), (), (), whole, 0.0), self._unique_warnings())
        offsets, height = self._stacked(lines)
        top = self._area.top + (self._area.height - height) * 0.47
        rows = [self._row(line, round(top + y)) for line, y in zip(lines, offsets, strict=True)]
        rules = self._rules(lines, [row.baseline for row in rows])
        card = Card((self._width, self._height), rows, rules, whole, self._dim_by)
        return CardPlan(card, self._unique_warnings(), self._fits(height))

    def _fits(self, height: float) -> bool:
        return height <= self._area.height and not self._cut

    @property
    def _narrow(self) -> bool:
        """Whether a title has room for one more row than other texts have."""
        return self._width < self._height or self._area.width < 0.6 * self._width

    def _unique_warnings(self) -> tuple[FontWarning, ...]:
        return tuple(dict.fromkeys(self._warnings))

    def _em(self, style: CardStyle) -> float:
        return min(style.of_height * self._height, style.of_width * self._width)

    def _set(self, style: CardStyle, text: str) -> list[_Line]:
        """Rows of one text at the size it fits in, tracking included."""
        set_text = set_paragraph(text, self._book, style.role)
        self._warnings += set_text.warnings
        em = self._em(style)
        if not set_text.paragraph.clusters or em < _SMALLEST_EM_PX:
            return []
        most = 1 if style.rigid else max_rows(self._width, self._height) + (style is TITLE and self._narrow)
        smallest = em if style.rigid else em * _SMALLEST
        fitted = fit_rows(set_text.paragraph, em, smallest, self._area.width * 0.88, most)
        if not fitted.whole:
            self._cut = True
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
        if above.style is TITLE:
            ruled = line.style is ARTIST
            return 0.52 * self._em(TITLE) + (1.55 if ruled else 0.8) * self._em(ARTIST) + line.row.size_px
        if line.style is above.style:
            return line.style.leading * line.row.size_px
        return 2.4 * self._em(CREDIT) + line.row.size_px

    def _motion(self, delay: float, tracking: tuple[float, float]) -> Motion:
        length = self._end_s - self._start_s
        in_s = self._start_s + delay * min(0.35, 0.08 * length)
        return Motion(
            in_s, self._end_s, max(min(0.9, 0.28 * length), 1e-3), max(min(0.7, 0.2 * length), 1e-3), tracking
        )

    def _row(self, line: _Line, baseline: int) -> CardRow:
        row, (start, end) = line.row, line.style.tracking
        gaps = max((len(row.letters) - 1) * row.size_px, 1e-6)
        room = max((self._area.width * 0.98 - row.width) / gaps, 0.0)
        motion = self._motion(line.style.delay, (min(start, room), min(end, room)))
        patch = draw_tracked(row, motion.tracking[1], self._middle, baseline)
        halo = HALO if line.style is TITLE else SMALL_HALO
        around = merged([patch], halo.reach_px(row.size_px))
        dark = halo.of(around.coverage, row.size_px)
        mask = place_mask(dark, around.left, around.top, self._width, self._height)
        return CardRow(row, self._middle, baseline, motion, mask)

    def _rules(self, lines: Sequence[_Line], baselines: Sequence[int]) -> list[Rule]:
        """A thin rule between title and artist, when both are there."""
        for i in range(1, len(lines)):
            if lines[i].style is ARTIST and lines[i - 1].style is TITLE:
                artist = self._em(ARTIST)
                top = round(baselines[i] - 0.74 * lines[i].row.size_px - 1.2 * artist)
                reach = min(0.5 * lines[i - 1].row.width, 1.9 * artist + 0.03 * self._width)
                return [Rule(self._middle, top, max(0.0021 * self._height, 1.0), reach, self._motion(0.5, (0.0, 0.0)))]
        return []
