"""Lyric captions: one line at a time, low in the frame, each word lighting up as it is sung.

It does not know shots: what stands at a song second depends on that second alone.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mvlocal.lettering.cues import Sung, TimedSpan, cue_opacity, place_cues, plan_cues
from mvlocal.lettering.fonts import FontBook, FontWarning
from mvlocal.lettering.ink import BLACK, WARM_WHITE, Halo, Mask, Patch, lay_columns, lay_ink, merged, place_mask
from mvlocal.lettering.layout import Box, max_rows, safe_area
from mvlocal.lettering.pages import TOO_LONG, Page, turn_pages
from mvlocal.lettering.shaping import Row, cluster_edges, draw_row, place_row
from mvlocal.media.frame import Yuv420
from mvlocal.schema.song import LyricLine
from mvlocal.timing import Seconds

EM_OF_HEIGHT, EM_OF_WIDTH = 0.044, 0.056
"""Type size: 4.4% of the height, held to 5.6% of the width on narrow frames."""
MEASURE_EM = 25.0
"""Longest row in ems: about fifty letters, what an eye takes in at once."""
LEADING_EM = 1.28
RISE_EM = 0.9
"""The last baseline's height above the bottom of the safe area."""
FAINT = 0.66
"""Opacity of a word that is still to be sung."""
HALO = Halo(tight=0.055, tight_strength=1.0, wide=0.36, wide_strength=1.35, drop=0.03)
SMALLEST_EM_PX = 5.0
_WIPE_S = 0.14
"""A word takes at least this long to light up, however short it is sung."""


@dataclass(frozen=True, slots=True)
class _LitRow:
    """A row's mask; column x begins to light at `onset_s[x]` and is lit `rise_s[x]` later."""

    mask: Mask
    onset_s: NDArray[np.float64]
    rise_s: NDArray[np.float64]
    last_s: float


@dataclass(frozen=True, slots=True)
class _Block:
    halo: Mask
    rows: tuple[_LitRow, ...]


class Captions:
    """Draws lyric lines. Masks are made when a line is first met, and the last few are kept."""

    _KEPT = 3

    def __init__(self, width: int, height: int, pages: Sequence[Page], size_px: float) -> None:
        self._width, self._height = width, height
        self._pages = pages
        self._starts = [page.cue.in_s for page in pages]
        self._size_px = size_px
        self._blocks: OrderedDict[int, _Block] = OrderedDict()

    def draw(self, frame: Yuv420, t: Seconds) -> None:
        """Draws the line that stands at song second `t`, in place."""
        index = bisect_right(self._starts, t) - 1
        if index < 0:
            return
        opacity = cue_opacity(self._pages[index].cue, t)
        if opacity <= 0.0:
            return
        block = self._block(index)
        lay_ink(frame, block.halo, BLACK, opacity)
        for row in block.rows:
            if t >= row.last_s:
                lay_ink(frame, row.mask, WARM_WHITE, opacity)
            else:
                lay_columns(frame, row.mask, WARM_WHITE, _lit(row, t) * np.float32(opacity))

    def ink_boxes(self, t: Seconds) -> list[Box]:
        """Boxes in pixels of the rows that stand at `t`, without their halo."""
        index = bisect_right(self._starts, t) - 1
        if index < 0 or cue_opacity(self._pages[index].cue, t) <= 0.0:
            return []
        return [row.mask.box for row in self._block(index).rows]

    def _block(self, index: int) -> _Block:
        if index in self._blocks:
            self._blocks.move_to_end(index)
        else:
            self._blocks[index] = _draw_block(self._pages[index], self._width, self._height, self._size_px)
            if len(self._blocks) > self._KEPT:
                self._blocks.popitem(last=False)
        return self._blocks[index]


@dataclass(frozen=True, slots=True)
class CaptionPlan:
    """The overlay, and what of the lyrics could not be set."""

    captions: Captions
    warnings: tuple[FontWarning, ...]


def caption_size_px(width: int, height: int) -> float:
    """Em of the captions in pixels."""
    return min(EM_OF_HEIGHT * height, EM_OF_WIDTH * width)


def plan_captions(
    width: int, height: int, lines: Sequence[LyricLine], book: FontBook, *, by_word: bool = True
) -> CaptionPlan:
    """Plans the captions of a whole song for frames of `width` x `height` pixels (both even).

    Long lines take two rows (three upright); longer ones turn pages while they are sung.
    """
    size = caption_size_px(width, height)
    if size < SMALLEST_EM_PX:
        small = FontWarning("Zyyy", f"{width}x{height} is too small for captions", "render larger frames")
        return CaptionPlan(Captions(width, height, (), size), (small,) if lines else ())
    cues = plan_cues(lines, book, by_word=by_word)
    warnings = list(cues.warnings)
    measure = min(safe_area(width, height).width - 0.3 * size, MEASURE_EM * size)
    pages: list[Page] = []
    for cue in cues.cues:
        turned = turn_pages(cue, size, measure, max_rows(width, height))
        warnings += [TOO_LONG] * (not turned.whole)
        pages += turned.pages
    placed = place_cues([page.cue for page in pages])
    shown = [replace(page, cue=cue) for page, cue in zip(pages, placed, strict=True)]
    return CaptionPlan(Captions(width, height, shown, size), tuple(dict.fromkeys(warnings)))


def _draw_block(page: Page, width: int, height: int, size: float) -> _Block:
    """Draws the rows of a page centred at the bottom of the safe area."""
    safe = safe_area(width, height)
    rows = [place_row(page.cue.lines[i].paragraph, a, b, size) for i, a, b in page.rows]
    patches: list[Patch] = []
    lefts: list[float] = []
    for n, row in enumerate(rows):
        left = (width - row.width) / 2
        baseline = round(safe.bottom - size * (RISE_EM + LEADING_EM * (len(rows) - 1 - n)))
        drawn = draw_row(row, left % 1)
        patches.append(
            Patch(drawn.coverage, int(left // 1 - (drawn.origin_x - left % 1)), baseline - int(drawn.baseline))
        )
        lefts.append(left)
    patches = _kept_inside(patches, safe)
    whole = merged(patches, HALO.reach_px(size))
    halo = place_mask(HALO.of(whole.coverage, size), whole.left, whole.top, width, height)
    lit = [
        _light(page, n, row, patch, left, (width, height))
        for n, (row, patch, left) in enumerate(zip(rows, patches, lefts, strict=True))
    ]
    return _Block(halo, tuple(lit))


def _kept_inside(patches: list[Patch], safe: Box) -> list[Patch]:
    """Moves all rows up when a deep script's ink would leave the safe area."""
    up = max(max(patch.ink_bottom for patch in patches) - safe.bottom, 0)
    return [Patch(p.coverage, p.left, p.top - up) for p in patches]


def _light(page: Page, n: int, row: Row, patch: Patch, left: float, frame: tuple[int, int]) -> _LitRow:
    """When each column of a row's mask lights up."""
    mask = place_mask(patch.coverage, patch.left, patch.top, *frame)
    columns = mask.full.shape[1]
    onset, rise = np.full(columns, -np.inf), np.full(columns, _WIPE_S)
    sung = page.cue.lines[page.rows[n][0]]
    if sung.words:
        edges = cluster_edges(sung.paragraph, row)
        x = np.arange(columns) + 0.5 + mask.left - left
        _time_columns(onset, rise, x, sung, edges)
    return _LitRow(mask, onset, rise, float((onset + rise).max(initial=-np.inf)))


def _time_columns(
    onset: NDArray[np.float64],
    rise: NDArray[np.float64],
    x: NDArray[np.float64],
    sung: Sung,
    edges: dict[int, tuple[float, float]],
) -> None:
    """Sweeps a soft edge through every word in its reading direction while it is sung."""
    pieces = [piece for word in sung.words for piece in _pieces(word, sung, edges)]
    if not pieces:
        return
    distance = np.stack([np.maximum(np.maximum(p.left - x, x - p.right), 0.0) for p in pieces])
    nearest = distance.argmin(axis=0)
    for i, piece in enumerate(pieces):
        here = nearest == i
        q = ((x[here] - piece.left) / max(piece.right - piece.left, 1e-6)).clip(0, 1)
        q = 1 - q if piece.leftward else q
        length = max(piece.end_s - piece.start_s, _WIPE_S)
        soft = min(max(_WIPE_S, 0.45 * length), length)
        onset[here] = piece.start_s + q * (length - soft)
        rise[here] = soft


@dataclass(frozen=True, slots=True)
class _Piece:
    """The part of a timed word that stands on one row in one direction, in pixels from the row's start."""

    left: float
    right: float
    leftward: bool
    start_s: float
    end_s: float


def _pieces(word: TimedSpan, sung: Sung, edges: dict[int, tuple[float, float]]) -> list[_Piece]:
    clusters = sung.paragraph.clusters
    here = [i for i in range(word.start, word.end) if i in edges and not clusters[i].is_space]
    groups: list[list[int]] = []
    for i in here:
        joined = groups and i == groups[-1][-1] + 1 and clusters[i].level == clusters[i - 1].level
        groups[-1:] = [[*groups[-1], i]] if joined else [*groups[-1:], [i]]
    total, length = word.end - word.start, word.end_s - word.start_s
    return [
        _Piece(
            min(edges[i][0] for i in group),
            max(edges[i][1] for i in group),
            clusters[group[0]].level % 2 == 1,
            word.start_s + length * (group[0] - word.start) / total,
            word.start_s + length * (group[-1] + 1 - word.start) / total if len(groups) > 1 else word.end_s,
        )
        for group in groups
    ]


def _lit(row: _LitRow, t: Seconds) -> NDArray[np.float32]:
    """Opacity of every column at second `t`, from FAINT to 1, never falling."""
    x = ((t - row.onset_s) / row.rise_s).clip(0, 1)
    return (FAINT + (1 - FAINT) * x * x * (3 - 2 * x)).astype(np.float32)
