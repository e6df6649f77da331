"""The sheet of stills as a picture: every shot's candidates in a row, their scores, and a frame about what is used.

It does not know files.
"""

from __future__ import annotations

from io import BytesIO

import numpy as np
from PIL import Image, ImageDraw

from mvlocal.lettering.fonts import FontBook
from mvlocal.lettering.pen import Ink, Pen
from mvlocal.media.frame import Rgb
from mvlocal.shots.stills_sheet import Candidate, ShotStills, StillsSheet

_WIDTH, _MARGIN, _GAP, _COLUMNS = 1754, 64, 22, 4
_LEFT = 330
_CELL = (_WIDTH - 2 * _MARGIN - _LEFT - (_COLUMNS - 1) * _GAP) // _COLUMNS
_PAPER, _INK, _SOFT, _LINE = (250, 247, 241), (38, 34, 32), (112, 104, 96), (224, 217, 205)
_GOOD, _BAD, _ACCENT, _PLACE = (52, 98, 68), (163, 53, 44), (178, 74, 44), (238, 233, 223)
_WORDS = 50
_LEAST_ROW = 150
_MOST_WORDS = 260
"""Pixels below a picture for its words, of the lowest row, and letters of a shot's words."""


def draw_stills(sheet: StillsSheet) -> Rgb:
    """The whole sheet (H, W, 3)."""
    words = [text for shot in sheet.shots for text in (shot.visual[:_MOST_WORDS], shot.lyric[:_MOST_WORDS])]
    pen = Pen(FontBook([sheet.title, *words]))
    heights = [_row_height(shot) for shot in sheet.shots]
    page = Image.new("RGB", (_WIDTH, 230 + sum(heights) + _MARGIN), _PAPER)
    width = _WIDTH - 2 * _MARGIN
    y = pen.block(page, sheet.title, (_MARGIN, _MARGIN + 24), (width, 1), Ink("title", 34.0, _INK))
    y = pen.block(page, sheet.count_words, (_MARGIN, y + 40), (width, 1), Ink("note", 20.0, _INK))
    pen.block(page, sheet.judged_words, (_MARGIN, y + 30), (width, 2), Ink("note", 16.0, _SOFT))
    top = 210
    for shot, height in zip(sheet.shots, heights, strict=True):
        _draw_shot(page, pen, shot, top)
        top += height
    return np.asarray(page)


def _row_height(shot: ShotStills) -> int:
    rows = max((len(shot.candidates) + _COLUMNS - 1) // _COLUMNS, 1)
    return max(rows * (_picture_height(shot) + _WORDS + _GAP), _LEAST_ROW) + 34


def _picture_height(shot: ShotStills) -> int:
    pictures = [one.picture for one in shot.candidates] + ([shot.own] if shot.own is not None else [])
    return _opened(pictures[0]).height if pictures else round(_CELL * 9 / 16)


def _opened(picture: bytes) -> Image.Image:
    with Image.open(BytesIO(picture), formats=["JPEG"]) as opened:
        small = opened.convert("RGB")
    height = max(round(small.height * _CELL / small.width), 1)
    return small.resize((_CELL, height), Image.Resampling.LANCZOS)


def _draw_shot(page: Image.Image, pen: Pen, shot: ShotStills, top: int) -> None:
    drawing = ImageDraw.Draw(page)
    drawing.line([(_MARGIN, top), (_WIDTH - _MARGIN, top)], fill=_LINE, width=2)
    x, room = _MARGIN, _LEFT - 30
    pen.block(page, shot.shot, (x, top + 36), (64, 1), Ink("note-bold", 19.0, _ACCENT))
    pen.block(page, shot.clock, (x + 58, top + 36), (room - 58, 1), Ink("note", 13.5, _SOFT))
    y = pen.block(page, shot.visual[:_MOST_WORDS], (x, top + 62), (room, 4), Ink("note", 17.0, _INK))
    if shot.lyric:
        pen.block(page, f"“{shot.lyric[:_MOST_WORDS]}”", (x, y + 24), (room, 2), Ink("subtitle", 17.0, _SOFT))
    left = _MARGIN + _LEFT
    if shot.own is not None:
        picture = _opened(shot.own)
        page.paste(picture, (left, top + 18))
        _frame(drawing, (left, top + 18), picture.size)
        below = (left, top + 18 + picture.height + 22)
        pen.block(page, "your own still", below, (_CELL, 1), Ink("note-bold", 15.0, _GOOD))
    elif not shot.candidates:
        height = round(_CELL * 9 / 16)
        drawing.rectangle((left, top + 18, left + _CELL, top + 18 + height), fill=_PLACE)
        pen.block(page, "not made yet", (left + 16, top + 18 + height // 2), (_CELL - 32, 1), Ink("note", 16.0, _SOFT))
    for place, one in enumerate(shot.candidates):
        row, column = divmod(place, _COLUMNS)
        at = (left + column * (_CELL + _GAP), top + 18 + row * (_picture_height(shot) + _WORDS + _GAP))
        _draw_candidate(page, pen, one, at, picked=shot.picked)


def _draw_candidate(page: Image.Image, pen: Pen, one: Candidate, at: tuple[int, int], *, picked: bool) -> None:
    drawing = ImageDraw.Draw(page)
    picture = _opened(one.picture)
    page.paste(picture, at)
    if one.chosen:
        _frame(drawing, at, picture.size)
    x, y = at[0], at[1] + picture.height + 22
    how = (" picked" if picked else " used") if one.chosen else ""
    pen.block(
        page, f"{one.number}{how}", (x, y), (_CELL - 60, 1), Ink("note-bold", 15.0, _GOOD if one.chosen else _INK)
    )
    pen.block(
        page, f"{one.score:.2f}", (x + _CELL - 44, y), (60, 1), Ink("note-bold", 15.0, _GOOD if one.chosen else _INK)
    )
    said = f"fault: {', '.join(one.faults)}" if one.faults else f"seed {one.seed}"
    pen.block(page, said, (x, y + 20), (_CELL, 1), Ink("note", 13.0, _BAD if one.faults else _SOFT))


def _frame(drawing: ImageDraw.ImageDraw, at: tuple[int, int], size: tuple[int, int]) -> None:
    x, y = at
    drawing.rectangle((x - 5, y - 5, x + size[0] + 4, y + size[1] + 4), outline=_GOOD, width=4)
