"""Cuts a layer into few rectangles that hold all its paint, so that clear parts cost nothing to move.

It knows nothing of colours: only of coverage (alpha, 0 clear to 255 covered).
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

BLOCK = 32
"""Coverage is judged in squares of this many pixels."""

_WASTE = 40
"""Two rectangles become one when that adds no more than this many blocks of nothing."""


@dataclass(frozen=True, slots=True)
class Patch:
    """A rectangle of a layer in pixels, all even; `solid` where it is covered throughout."""

    x0: int
    y0: int
    x1: int
    y1: int
    solid: bool


_ALIKE = 6
"""Two stretches of neighbouring rows are alike when joining them adds no more than this."""

_Rect = tuple[int, int, int, int]


def cut_patches(alpha: NDArray[np.uint8]) -> list[Patch]:
    """Rectangles that hold all paint of a layer and do not overlap; bands covered from side to side are solid."""
    height, width = alpha.shape
    covered, painted = _blocks(alpha)
    solid_rows = np.asarray(covered.all(axis=1), np.bool_)
    top = int(np.argmin(solid_rows)) if not solid_rows.all() else len(solid_rows)
    bottom = len(solid_rows) - int(np.argmin(solid_rows[::-1])) if top < len(solid_rows) else top
    bands = [(0, 0, painted.shape[1], top), (0, bottom, painted.shape[1], len(solid_rows))]
    patches = [_patch(band, (width, height), solid=True) for band in bands if band[3] > band[1]]
    rects = _merged(_columns(painted, top, bottom))
    return patches + [_patch(rect, (width, height), solid=False) for rect in rects]


def _blocks(alpha: NDArray[np.uint8]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """For every block whether it is covered throughout, and whether anything is painted in it."""
    height, width = alpha.shape
    border = ((0, -height % BLOCK), (0, -width % BLOCK))
    # A block counts with two pixels of its neighbours, so that reads between pixels find the same beyond its edge.
    near = np.ones((5, 5), np.uint8)
    least = np.pad(np.asarray(cv2.erode(alpha, near), np.uint8), border, mode="edge")
    most = np.pad(np.asarray(cv2.dilate(alpha, near), np.uint8), border, mode="edge")
    shape = (least.shape[0] // BLOCK, BLOCK, least.shape[1] // BLOCK, BLOCK)
    return least.reshape(shape).min(axis=(1, 3)) == 255, most.reshape(shape).max(axis=(1, 3)) > 0


def _patch(rect: _Rect, size: tuple[int, int], *, solid: bool) -> Patch:
    x0, y0, x1, y1 = (value * BLOCK for value in rect)
    return Patch(x0, y0, min(x1, size[0]), min(y1, size[1]), solid)


def _columns(painted: NDArray[np.bool_], top: int, bottom: int) -> list[_Rect]:
    """The painted stretches of rows `top` to `bottom`, each joined to the one above where they are much alike."""
    done: list[_Rect] = []
    open_rects: list[_Rect] = []
    for row in range(top, bottom):
        still_open: list[_Rect] = []
        for run in _runs(painted[row], row):
            above = [r for r in open_rects if r[0] < run[2] and run[0] < r[2]]
            joined = _joined(above[0], run) if len(above) == 1 else run
            if len(above) == 1 and _area(joined) - _area(above[0]) - _area(run) <= _ALIKE:
                open_rects.remove(above[0])
                still_open.append(joined)
            else:
                still_open.append(run)
        done += open_rects
        open_rects = still_open
    return _apart(done + open_rects)


def _apart(rects: list[_Rect]) -> list[_Rect]:
    """Rectangles grown in steps may touch over one another; such are joined until none do."""
    for i, a in enumerate(rects):
        for b in rects[i + 1 :]:
            if _meets(a, b):
                return _apart([*(r for r in rects if r not in (a, b)), _joined(a, b)])
    return rects


def _runs(painted: NDArray[np.bool_], row: int) -> list[_Rect]:
    """The painted stretches of one row of blocks."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], painted, [False]]).astype(np.int8)))
    return [(int(a), row, int(b), row + 1) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _merged(rects: list[_Rect]) -> list[_Rect]:
    """Joins rectangles while that wastes little and runs into no third one, the least wasteful pair first."""
    while True:
        pairs = [(_waste(rects, a, b), a, b) for i, a in enumerate(rects) for b in rects[i + 1 :]]
        waste, a, b = min(pairs, default=(_WASTE + 1, None, None), key=lambda pair: pair[0])
        if waste > _WASTE or a is None or b is None:
            return sorted(rects)
        joined = _joined(a, b)
        rects = [r for r in rects if not _inside(r, joined)] + [joined]


def _waste(rects: list[_Rect], a: _Rect, b: _Rect) -> int:
    """Blocks of nothing that joining two rectangles adds; very many where the joined one would cut a third."""
    joined = _joined(a, b)
    inner = [r for r in rects if _inside(r, joined)]
    cut = any(_meets(r, joined) and not _inside(r, joined) for r in rects)
    return 10**9 if cut else _area(joined) - sum(map(_area, inner))


def _inside(a: _Rect, b: _Rect) -> bool:
    return a[0] >= b[0] and a[1] >= b[1] and a[2] <= b[2] and a[3] <= b[3]


def _meets(a: _Rect, b: _Rect) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _joined(a: _Rect, b: _Rect) -> _Rect:
    return min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])


def _area(rect: _Rect) -> int:
    return (rect[2] - rect[0]) * (rect[3] - rect[1])
