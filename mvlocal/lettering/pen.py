"""Sets words on a page in any script that has a face here. It does not know what the page is."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image

from mvlocal.lettering.faces import Role
from mvlocal.lettering.fonts import FontBook
from mvlocal.lettering.layout import cut_short, greedy_rows
from mvlocal.lettering.shaping import draw_row, place_row, set_paragraph

_LEADING = 1.25


@dataclass(frozen=True, slots=True)
class Ink:
    """How words are set: the face's role, size in pixels, and colour."""

    role: Role
    size_px: float
    colour: tuple[int, int, int]


class Pen:
    """Writes on pictures with the faces of one font book."""

    def __init__(self, book: FontBook) -> None:
        self._book = book

    def block(self, page: Image.Image, text: str, at: tuple[float, float], room: tuple[float, int], ink: Ink) -> float:
        """Sets `text` in rows from the baseline point `at`, in `room` (pixels wide, rows); returns the last baseline.

        What does not fit is cut with an ellipsis; text that runs right to left stands at the right.
        """
        paragraph = set_paragraph(text, self._book, ink.role).paragraph
        if not paragraph.clusters:
            return at[1]
        width, most = room
        rows = greedy_rows(paragraph, ink.size_px, width)
        x, baseline = at
        for number, (start, end) in enumerate(rows[:most]):
            shown = paragraph
            if number == most - 1 and len(rows) > most:
                shown = cut_short(paragraph, (start, len(paragraph.clusters)), ink.size_px, width)
                end = len(shown.clusters)
            baseline += _LEADING * ink.size_px if number else 0.0
            row = place_row(shown, start, end, ink.size_px)
            mask = draw_row(row)
            left = x + width - row.width if paragraph.base == 1 else x
            corner = (round(left - mask.origin_x), round(baseline - mask.baseline))
            page.paste(ink.colour, corner, Image.fromarray(mask.coverage))
        return baseline
