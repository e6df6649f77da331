"""The contact sheet as a picture: every photo with its crop drawn on it, used or left out, and why.

It does not know how photos are judged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from math import ceil

import numpy as np
from PIL import Image, ImageDraw

from mvlocal.cast.sheet_words import count_words, facts_of, looked_words, missing_words
from mvlocal.lettering.fonts import FontBook
from mvlocal.lettering.pen import Ink, Pen
from mvlocal.media.frame import Rgb
from mvlocal.schema.cast import CuratedPhoto, CuratedSet, PictureBox

_WIDTH, _MARGIN, _GAP, _COLUMNS = 1754, 64, 32, 5
_CELL = (_WIDTH - 2 * _MARGIN - (_COLUMNS - 1) * _GAP) // _COLUMNS
_PICTURE, _WORDS, _EMPTY = 300, 210, 120
"""Heights in pixels: of a photo, of the most words below one, and of the place of one that cannot be shown."""
_PAPER, _INK_RGB, _SOFT = (250, 247, 241), (38, 34, 32), (112, 104, 96)
_GOOD, _BAD, _WARN, _PLACE = (52, 98, 68), (163, 53, 44), (141, 98, 16), (238, 233, 223)
_TITLE, _HEAD, _TEXT = Ink("title", 34.0, _INK_RGB), Ink("note", 21.0, _INK_RGB), Ink("note", 16.0, _SOFT)
_NAME, _LABEL = Ink("note-bold", 16.0, _INK_RGB), Ink("note-bold", 18.0, _SOFT)


def draw_contact_sheet(title: str, curated: CuratedSet, thumbnails: Mapping[str, bytes]) -> Rgb:
    """The whole sheet (H, W, 3), used photos first; `thumbnails` are whole JPEG files by photo name."""
    words = [curated.advice, missing_words(curated), *(photo.name for photo in curated.photos)]
    pen = Pen(FontBook([title, *words]))
    groups = [
        (name, chosen)
        for name, used in (("Used", True), ("Left out", False))
        if (chosen := [photo for photo in curated.photos if photo.used is used])
    ]
    rows = sum(ceil(len(chosen) / _COLUMNS) for _, chosen in groups)
    page = Image.new("RGB", (_WIDTH, 420 + rows * (_PICTURE + _WORDS) + 80 * len(groups) + _MARGIN), _PAPER)
    y = _draw_head(page, pen, title, curated)
    for name, chosen in groups:
        y = _draw_group(page, pen, f"{name} ({len(chosen)})", chosen, thumbnails, y + 60)
    return np.asarray(page)[: round(y) + _MARGIN]


def _draw_head(page: Image.Image, pen: Pen, title: str, curated: CuratedSet) -> float:
    width = _WIDTH - 2 * _MARGIN
    y = pen.block(page, title, (_MARGIN, _MARGIN + 24), (width, 1), _TITLE)
    y = pen.block(page, count_words(curated), (_MARGIN, y + 42), (width, 1), _HEAD)
    for text, ink in (
        (curated.advice, Ink("note", 18.0, _WARN)),
        (missing_words(curated), Ink("note", 18.0, _INK_RGB)),
    ):
        y = pen.block(page, text, (_MARGIN, y + 32), (width, 3), ink) if text else y
    return pen.block(page, looked_words(curated), (_MARGIN, y + 32), (width, 2), _TEXT)


def _draw_group(
    page: Image.Image, pen: Pen, label: str, photos: Sequence[CuratedPhoto], thumbnails: Mapping[str, bytes], y: float
) -> float:
    """Draws the photos in rows from baseline `y` of their label; returns where they end."""
    pen.block(page, label, (_MARGIN, y), (_WIDTH - 2 * _MARGIN, 1), _LABEL)
    line = y + 20
    for start in range(0, len(photos), _COLUMNS):
        row = photos[start : start + _COLUMNS]
        pictures = [_picture(photo, thumbnails.get(photo.name)) for photo in row]
        foot = round(line) + max(picture.height for picture in pictures)
        for column, (photo, picture) in enumerate(zip(row, pictures, strict=True)):
            x = _MARGIN + column * (_CELL + _GAP)
            page.paste(picture, (x, foot - picture.height))
            line = max(line, _write_below(page, pen, photo, (x, foot)))
        line += _GAP + 8
    return line - _GAP


def _picture(photo: CuratedPhoto, thumbnail: bytes | None) -> Image.Image:
    """The photo as it stands on the sheet; an empty place where it cannot be shown."""
    if thumbnail is None:
        return Image.new("RGB", (_CELL, _EMPTY), _PLACE)
    with Image.open(BytesIO(thumbnail), formats=["JPEG"]) as opened:
        picture = opened.convert("RGB")
    scale = min(_CELL / picture.width, _PICTURE / picture.height)
    size = max(round(picture.width * scale), 1), max(round(picture.height * scale), 1)
    picture = picture.resize(size, Image.Resampling.LANCZOS)
    return _framed(picture, photo) if photo.used else Image.blend(picture, Image.new("RGB", size, _PAPER), 0.4)


def _framed(picture: Image.Image, photo: CuratedPhoto) -> Image.Image:
    """The photo, darker outside its crop, with frames about the crop and the head."""
    crop, measures = photo.crop, photo.measures
    if crop is None or measures is None:
        return picture
    wide, tall = picture.width / measures.width_px, picture.height / measures.height_px
    box = (round(crop.left * wide), round(crop.top * tall), round((crop.left + crop.width) * wide) - 1,
           round((crop.top + crop.height) * tall) - 1)  # fmt: skip
    framed = Image.blend(picture, Image.new("RGB", picture.size, (20, 18, 16)), 0.5)
    framed.paste(picture.crop((box[0], box[1], box[2] + 1, box[3] + 1)), box[:2])
    drawing = ImageDraw.Draw(framed)
    _dash(drawing, measures.keep, framed.size)
    drawing.rectangle(box, outline=(20, 18, 16), width=3)
    drawing.rectangle(
        tuple(side + inward for side, inward in zip(box, (1, 1, -1, -1), strict=True)), outline="white", width=2
    )
    return framed


def _dash(drawing: ImageDraw.ImageDraw, box: PictureBox, size: tuple[int, int]) -> None:
    """A dashed frame in black and white, to be seen on any ground."""
    left, top, right, bottom = (round(side * (size[i % 2] - 1)) for i, side in enumerate(box))
    edges = [((left, top), (right, top)), ((right, top), (right, bottom)), ((right, bottom), (left, bottom)),
             ((left, bottom), (left, top))]  # fmt: skip
    for (x0, y0), (x1, y1) in edges:
        steps = max(round(max(abs(x1 - x0), abs(y1 - y0)) / 5), 1)
        for step in range(steps):
            ends = [(x0 + (x1 - x0) * n / steps, y0 + (y1 - y0) * n / steps) for n in (step, step + 1)]
            drawing.line(ends, fill=(250, 250, 250) if step % 2 == 0 else (40, 40, 40), width=1)


def _write_below(page: Image.Image, pen: Pen, photo: CuratedPhoto, at: tuple[int, int]) -> float:
    """Name, verdict and facts below a photo's foot; returns where they end."""
    x, y = at
    below = pen.block(page, photo.name, (x, y + 26), (_CELL, 1), _NAME)
    verdict = f"used: {photo.why}" if photo.used else f"left out: {photo.why}"
    below = pen.block(page, verdict, (x, below + 22), (_CELL, 3), Ink("note", 16.0, _GOOD if photo.used else _BAD))
    for text, rows in ((photo.mend, 2), (facts_of(photo), 1)):
        below = pen.block(page, text, (x, below + 22), (_CELL, rows), Ink("note", 14.0, _SOFT)) if text else below
    return below
