"""Lines and frames that the lettering tests share."""

from __future__ import annotations

import numpy as np

from mvlocal.lettering.faces import can_shape
from mvlocal.lettering.fonts import FontBook
from mvlocal.lettering.layout import Box
from mvlocal.lettering.shaping import Paragraph, set_paragraph
from mvlocal.media.frame import Yuv420
from mvlocal.schema.song import LyricLine, LyricWord

NEEDS_SHAPER = "Pillow finds no FriBiDi here"
SHAPES = can_shape()


def line(text: str, start_s: float, end_s: float) -> LyricLine:
    return LyricLine(text=text, start_s=start_s, end_s=end_s, confidence=1.0)


def timed(text: str, start_s: float, end_s: float) -> LyricLine:
    """A line whose words share its time evenly."""
    words = text.split()
    step = (end_s - start_s) / len(words)
    spans = [(start_s + i * step, start_s + (i + 1) * step) for i in range(len(words))]
    parts = tuple(LyricWord(text=w, start_s=a, end_s=b) for w, (a, b) in zip(words, spans, strict=True))
    return LyricLine(text=text, start_s=start_s, end_s=end_s, confidence=1.0, words=parts)


def paragraph(text: str) -> Paragraph:
    return set_paragraph(text, FontBook([text]), "caption").paragraph


def grey(width: int, height: int) -> Yuv420:
    """A frame of mid grey with coloured chroma, so that any touch shows."""
    frame = Yuv420.empty(width, height)
    frame.y[:], frame.u[:], frame.v[:] = 120, 90, 160
    return frame


def planes(frame: Yuv420) -> bytes:
    return frame.y.tobytes() + frame.u.tobytes() + frame.v.tobytes()


def inside(inner: Box, outer: Box) -> bool:
    return (
        outer.left <= inner.left
        and outer.top <= inner.top
        and inner.right <= outer.right
        and inner.bottom <= outer.bottom
    )


def brightest(frame: Yuv420, box: Box) -> int:
    return int(np.max(frame.y[box.top : box.bottom, box.left : box.right]))
