"""Cuts a picture into overlapping tiles and puts the enlarged ones together without a seam. It knows no model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mvlocal.media.frame import Rgb

ALIGN = 4
"""Some networks take squares of pixels side by side: a tile that begins elsewhere would be seen in other squares."""


@dataclass(frozen=True, slots=True)
class Span:
    """A tile along one side: it is cut from `start` to `end` and counts from `first` to `last`."""

    start: int
    end: int
    first: int
    last: int


def spans(length: int, tile: int, overlap: int) -> list[Span]:
    """Tiles of at most `tile` pixels that share `overlap` with each neighbour; each pixel counts in one of them.

    Where two meet, the border lies in the middle of what they share. Tiles begin at multiples of `ALIGN`.

    Raises:
        ValueError: tiles that would not get on (an overlap of half a tile or more).
    """
    if tile <= 0 or tile >= length:
        return [Span(0, length, 0, length)]
    step = tile - overlap - (ALIGN - 1)  # what beginning at a multiple may cost is shared beforehand
    if overlap < 0 or step <= 0 or 2 * overlap >= tile:
        raise ValueError(f"tiles of {tile} pixels cannot share {overlap} with each neighbour")
    count = 1 - (tile - length) // step
    starts = [index * (length - tile) // (count - 1) // ALIGN * ALIGN for index in range(count)]
    ends = [*(start + tile for start in starts[:-1]), length]
    borders = [0, *((starts[i] + ends[i - 1]) // 2 for i in range(1, count)), length]
    return [Span(starts[i], ends[i], borders[i], borders[i + 1]) for i in range(count)]


def enlarge_by_tiles(
    picture: Rgb, scale: int, tile: int, overlap: int, enlarge: Callable[[Rgb], NDArray[np.uint8]]
) -> Rgb:
    """(H, W, 3) to (scale * H, scale * W, 3), tile by tile; `tile` 0 is the whole picture at once."""
    height, width = picture.shape[:2]
    out = np.empty((height * scale, width * scale, 3), np.uint8)
    for down, across in _cells(height, width, tile, overlap):
        large = enlarge(np.ascontiguousarray(picture[down.start : down.end, across.start : across.end]))
        rows = slice((down.first - down.start) * scale, (down.last - down.start) * scale)
        columns = slice((across.first - across.start) * scale, (across.last - across.start) * scale)
        out[down.first * scale : down.last * scale, across.first * scale : across.last * scale] = large[rows, columns]
    return out


def _cells(height: int, width: int, tile: int, overlap: int) -> Iterator[tuple[Span, Span]]:
    across = spans(width, tile, overlap)
    for down in spans(height, tile, overlap):
        for one in across:
            yield down, one
