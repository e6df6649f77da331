"""Director's notes: a slate line at the top edge with shot, place, action, camera and running time.

It does not know where a note's words come from.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np

from mvlocal.lettering.faces import Role
from mvlocal.lettering.fonts import FontBook, FontWarning
from mvlocal.lettering.ink import WARM_WHITE, Mask, Patch, dim, lay_ink, merged, place_mask
from mvlocal.lettering.layout import Box, cut_short, row_width, safe_area
from mvlocal.lettering.shaping import Paragraph, draw_row, place_row, set_paragraph, text_length
from mvlocal.media.frame import Yuv420
from mvlocal.timing import Seconds

_DIGITS = "0123456789"
_BAND = 0.62
"""How dark the band behind the notes is."""
_ROW_EM = 1.5


@dataclass(frozen=True, slots=True)
class Note:
    """What the director is told from `start_s` up to `end_s`."""

    start_s: Seconds
    end_s: Seconds
    shot: str
    location: str = ""
    action: str = ""
    camera: str = ""


def clock(t: Seconds) -> str:
    """Song time as `m:ss.cc`, rounded down to hundredths; before zero it is zero."""
    hundredths = int(max(t, 0.0) * 100 + 1e-6)
    return f"{hundredths // 6000}:{hundredths // 100 % 60:02d}.{hundredths % 100:02d}"


class NoteBar:
    """Draws the note of the moment. Masks are made when a note is first met, and the last few are kept."""

    _KEPT = 3

    def __init__(self, size: tuple[int, int], notes: Sequence[Note], book: FontBook) -> None:
        self._width, self._height = size
        self._notes = sorted(notes, key=lambda note: note.start_s)
        self._starts = [note.start_s for note in self._notes]
        self._book = book
        self.em_px = max(min(0.0245 * self._height, 0.030 * self._width), 7.0)
        safe = safe_area(*size)
        self._left, self._right = round(safe.left * 0.6), self._width - round(safe.left * 0.6)
        self._two_rows = self._width < 1.25 * self._height
        self._masks: OrderedDict[int, Mask] = OrderedDict()
        self._marks: dict[str, Patch] = {}
        self._advances: dict[str, float] = {}

    @property
    def box(self) -> Box:
        """The band, in pixels."""
        rows = 2 if self._two_rows else 1
        bottom = min(ceil(self.em_px * (_ROW_EM * rows + 0.5) / 2) * 2, self._height)
        return Box(0, 0, self._width, bottom)

    def draw(self, frame: Yuv420, t: Seconds) -> None:
        """Draws the note that holds at song second `t`, in place."""
        index = bisect_right(self._starts, t) - 1
        if index < 0 or t >= self._notes[index].end_s:
            return
        dim(frame, _BAND, self.box)
        lay_ink(frame, self._mask(index), WARM_WHITE)
        lay_ink(frame, self._clock_mask(t), WARM_WHITE, 0.9)

    def _mask(self, index: int) -> Mask:
        if index not in self._masks:
            self._masks[index] = self._draw_note(self._notes[index])
            if len(self._masks) > self._KEPT:
                self._masks.popitem(last=False)
        return self._masks[index]

    def _baseline(self, row: int) -> int:
        return round(self.em_px * (_ROW_EM * (row + 1) - 0.2))

    def _draw_note(self, note: Note) -> Mask:
        """Shot in bold, then place, action and camera; the action gives way first, then all."""
        gap = self.em_px * 0.9
        patches: list[Patch] = []
        end = self._right - self._clock_width() - 1.5 * gap
        x = self._left + self._put(patches, note.shot, "note-bold", self._left, 0, end - self._left) + gap
        if self._two_rows:
            self._put(patches, note.location, "note", x, 0, end - x)
            x, end, row = self._left, self._right, 1
            text = self.joined("", note.action, note.camera, end - x)
        else:
            row = 0
            text = self.joined(note.location, note.action, note.camera, end - x)
        self._put(patches, text, "note", x, row, end - x)
        if not patches:
            return place_mask(np.zeros((2, 2), np.uint8), 0, 0, self._width, self._height)
        whole = merged(patches, 0)
        return place_mask(whole.coverage, whole.left, whole.top, self._width, self.box.bottom)

    def joined(self, before: str, action: str, after: str, width: float) -> str:
        """The parts that are there, dots between, `action` shortened so that the others find room in `width`."""
        fixed = [self._shown(part) for part in (before, after)]
        taken = sum(row_width(part, 0, len(part.clusters), self.em_px) for part in fixed)
        spare = width - taken - 2 * self.em_px
        shortened = self._short(self._shown(action), spare) if spare > 4 * self.em_px else ""
        return " · ".join(part for part in (before, shortened, after) if part.strip())

    def _shown(self, text: str, role: Role = "note") -> Paragraph:
        return set_paragraph(text, self._book, role).paragraph

    def _short(self, paragraph: Paragraph, width: float) -> str:
        if row_width(paragraph, 0, len(paragraph.clusters), self.em_px) > width:
            paragraph = cut_short(paragraph, (0, len(paragraph.clusters)), self.em_px, width)
        return paragraph.text

    def _put(self, patches: list[Patch], text: str, role: Role, x: float, row: int, width: float) -> float:
        """Sets `text` from `x` on, cut to `width` pixels; returns how wide it came out."""
        paragraph = self._shown(text, role)
        if not paragraph.clusters or width < self.em_px:
            return 0.0
        paragraph = self._shown(self._short(paragraph, width), role)
        placed = place_row(paragraph, 0, len(paragraph.clusters), self.em_px)
        drawn = draw_row(placed)
        left, top = round(x - drawn.origin_x), self._baseline(row) - int(drawn.baseline)
        patches.append(Patch(drawn.coverage, left, top))
        return placed.width

    def _mark(self, char: str) -> Patch:
        """A digit or sign of the clock; its corner is counted from the baseline's start."""
        if char not in self._marks:
            paragraph = self._shown(char)
            drawn = draw_row(place_row(paragraph, 0, 1, self.em_px))
            self._marks[char] = Patch(drawn.coverage, -int(drawn.origin_x), -int(drawn.baseline))
        return self._marks[char]

    def _advance(self, char: str) -> float:
        """Digits share one width, so that the clock stands still while it runs."""
        if char not in self._advances:
            chars = _DIGITS if char in _DIGITS else char
            faces = [(c, self._shown(c).clusters[0].face) for c in chars]
            self._advances[char] = max(text_length(c, face, 0, self.em_px) for c, face in faces)
        return self._advances[char]

    def _clock_width(self) -> float:
        return sum(map(self._advance, clock(self._notes[-1].end_s)))

    def _clock_mask(self, t: Seconds) -> Mask:
        text = clock(t)
        x = self._right - sum(map(self._advance, text))
        patches: list[Patch] = []
        for char in text:
            mark = self._mark(char)
            patches.append(Patch(mark.coverage, round(x) + mark.left, self._baseline(0) + mark.top))
            x += self._advance(char)
        whole = merged(patches, 0)
        return place_mask(whole.coverage, whole.left, whole.top, self._width, self.box.bottom)


@dataclass(frozen=True, slots=True)
class NotePlan:
    """The overlay, and what of the notes could not be set."""

    bar: NoteBar
    warnings: tuple[FontWarning, ...]


def plan_notes(size: tuple[int, int], notes: Sequence[Note], book: FontBook) -> NotePlan:
    """The notes of a whole song for frames of `size` (width, height, both even)."""
    texts: list[tuple[str, Role]] = [(text, role) for note in notes for text, role in _texts_of(note)]
    warnings = [w for text, role in sorted(set(texts)) for w in set_paragraph(text, book, role).warnings]
    return NotePlan(NoteBar(size, notes, book), tuple(dict.fromkeys(warnings)))


def _texts_of(note: Note) -> list[tuple[str, Role]]:
    return [(note.shot, "note-bold"), (note.location, "note"), (note.action, "note"), (note.camera, "note")]
