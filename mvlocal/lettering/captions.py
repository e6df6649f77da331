"""Lyric captions: one line at a time, each word lighting up as it is sung.

It does not know shots: what stands at a song second depends on that second alone.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from mvlocal.lettering.cues import BRIDGE_S, Cue, Sung, TimedSpan, cue_opacity, eased, place_cues, plan_cues
from mvlocal.lettering.fonts import FontBook, FontWarning
from mvlocal.lettering.ink import BLACK, WARM_WHITE, Ink, Mask, Patch, dim, lay_columns, lay_ink, place_mask
from mvlocal.lettering.layout import Box, break_points, row_width, safe_area
from mvlocal.lettering.pages import TOO_LONG, Page, turn_pages
from mvlocal.lettering.shaping import Row, cluster_edges, draw_row, place_row
from mvlocal.lettering.styles import LARGE_DIM, PLAIN, CaptionStyle, ground_of
from mvlocal.media.frame import Yuv420
from mvlocal.schema.song import LyricLine
from mvlocal.timing import Seconds

SMALLEST_EM_PX = 5.0
_WIPE_S = 0.14
"""A word takes at least this long to light up, however short it is sung."""
_FITTED = 0.55
"""Share of its size down to which a lyric video's line shrinks for a word that is longer than a row."""
_VEIL_S = 0.5
"""How long the picture takes to darken behind the words of a lyric video."""


@dataclass(frozen=True, slots=True)
class _LitRow:
    """A row's mask; column x begins to light at `onset_s[x]` and is lit `rise_s[x]` later."""

    mask: Mask
    onset_s: NDArray[np.float64]
    rise_s: NDArray[np.float64]
    last_s: float


@dataclass(frozen=True, slots=True)
class _Block:
    ground: Mask
    rows: tuple[_LitRow, ...]


@dataclass(frozen=True, slots=True)
class Setting:
    """A page as it is set: its style and type size."""

    page: Page
    style: CaptionStyle
    size_px: float


class Captions:
    """Draws lyric lines. Masks are made when a line is first met, and the last few are kept."""

    _KEPT = 3

    def __init__(self, width: int, height: int, settings: Sequence[Setting]) -> None:
        self._width, self._height = width, height
        self._settings = settings
        self._starts = [one.page.cue.in_s for one in settings]
        self._veils = _veils(settings)
        self._blocks: OrderedDict[int, _Block] = OrderedDict()

    def draw(self, frame: Yuv420, t: Seconds) -> None:
        """Draws the line that stands at song second `t`, in place."""
        for veil in self._veils:
            if veil[0] < t < veil[1]:
                dim(frame, LARGE_DIM * min(eased((t - veil[0]) / _VEIL_S), eased((veil[1] - t) / _VEIL_S)))
        index = bisect_right(self._starts, t) - 1
        if index < 0:
            return
        one = self._settings[index]
        opacity = cue_opacity(one.page.cue, t)
        if opacity <= 0.0:
            return
        block = self._block(index)
        lay_ink(frame, block.ground, BLACK, opacity)
        accent = one.style.accent
        for row in block.rows:
            if accent is not None:
                _lay_sung(frame, row, t, opacity, accent)
            elif t >= row.last_s:
                lay_ink(frame, row.mask, WARM_WHITE, opacity)
            else:
                faint = np.float32(one.style.faint)
                lay_columns(frame, row.mask, WARM_WHITE, (faint + (1 - faint) * _lit(row, t)) * np.float32(opacity))

    def ink_boxes(self, t: Seconds) -> list[Box]:
        """Boxes in pixels of the rows that stand at `t`, without their halo."""
        index = bisect_right(self._starts, t) - 1
        if index < 0 or cue_opacity(self._settings[index].page.cue, t) <= 0.0:
            return []
        return [row.mask.box for row in self._block(index).rows]

    def _block(self, index: int) -> _Block:
        if index in self._blocks:
            self._blocks.move_to_end(index)
        else:
            self._blocks[index] = _draw_block(self._settings[index], self._width, self._height)
            if len(self._blocks) > self._KEPT:
                self._blocks.popitem(last=False)
        return self._blocks[index]


@dataclass(frozen=True, slots=True)
class CaptionPlan:
    """The overlay, and what of the lyrics could not be set."""

    captions: Captions
    warnings: tuple[FontWarning, ...]


def _veils(settings: Sequence[Setting]) -> list[tuple[Seconds, Seconds]]:
    """When the picture is darker, from before the first line of a lyric video's group to after its last."""
    veils: list[tuple[Seconds, Seconds]] = []
    for cue in (one.page.cue for one in settings if one.style.large):
        start, end = cue.in_s - _VEIL_S / 2, cue.out_s + _VEIL_S / 2
        if veils and start - veils[-1][1] < BRIDGE_S:
            veils[-1] = (veils[-1][0], max(end, veils[-1][1]))
        else:
            veils.append((start, end))
    return veils


def _lay_sung(frame: Yuv420, row: _LitRow, t: Seconds, opacity: float, accent: Ink) -> None:
    """A row of karaoke: white, and what is sung in its own colour. A line without word times stays white."""
    lit = _lit(row, t)
    if row.last_s == -np.inf or not lit.any():
        lay_ink(frame, row.mask, WARM_WHITE, opacity)
    elif t >= row.last_s:
        lay_ink(frame, row.mask, accent, opacity)
    else:
        lay_columns(frame, row.mask, WARM_WHITE, np.full_like(lit, opacity))
        lay_columns(frame, row.mask, accent, lit * np.float32(opacity))


def caption_size_px(width: int, height: int) -> float:
    """Em of plain captions in pixels."""
    return PLAIN.size_px(width, height)


def plan_captions(
    width: int,
    height: int,
    lines: Sequence[LyricLine],
    book: FontBook,
    *,
    by_word: bool = True,
    style: CaptionStyle = PLAIN,
    cards: Sequence[tuple[Seconds, Seconds]] = (),
) -> CaptionPlan:
    """Plans the captions of a whole song for frames of `width` x `height` pixels (both even).

    Long lines take two rows (three upright); longer ones turn pages while they are sung. While one of `cards` stands
    the words of a lyric video are set as captions, below it.
    """
    beside = replace(style, mode="captions", position="low")
    if beside.size_px(width, height) < SMALLEST_EM_PX:
        small = FontWarning("Zyyy", f"{width}x{height} is too small for captions", "render larger frames")
        return CaptionPlan(Captions(width, height, ()), (small,) if lines else ())
    cues = plan_cues(lines, book, by_word=by_word)
    warnings = list(cues.warnings)
    settings: list[Setting] = []
    for cue in cues.cues:
        covered = style.large and any(start < cue.end_s and cue.start_s < end for start, end in cards)
        own = beside if covered else style
        size = own.size_px(width, height)
        measure = own.measure_px(width, height, size)
        size = _fitted(cue, size, measure) if own.large else size
        turned = turn_pages(cue, size, measure, own.rows(width, height))
        warnings += [TOO_LONG] * (not turned.whole)
        settings += [Setting(page, own, size) for page in turned.pages]
    placed = place_cues([one.page.cue for one in settings])
    shown = [replace(one, page=replace(one.page, cue=cue)) for one, cue in zip(settings, placed, strict=True)]
    return CaptionPlan(Captions(width, height, shown), tuple(dict.fromkeys(warnings)))


def _fitted(cue: Cue, size: float, measure: float) -> float:
    """The size at which the longest word of a cue still fits a row."""
    widest = max(
        row_width(line.paragraph, a, b, size) for line in cue.lines for a, b in pairwise(break_points(line.paragraph))
    )
    return size * max(min(0.985 * measure / widest, 1.0), _FITTED) if widest > 0 else size


def _draw_block(setting: Setting, width: int, height: int) -> _Block:
    """Draws the rows of a page, centred, where its style has them in the safe area."""
    page, style, size = setting.page, setting.style, setting.size_px
    safe = safe_area(width, height)
    rows = [place_row(page.cue.lines[i].paragraph, a, b, size) for i, a, b in page.rows]
    patches: list[Patch] = []
    lefts: list[float] = []
    for row, baseline in zip(rows, style.baselines(len(rows), size, safe), strict=True):
        left = (width - row.width) / 2
        drawn = draw_row(row, left % 1)
        patches.append(
            Patch(drawn.coverage, int(left // 1 - (drawn.origin_x - left % 1)), baseline - int(drawn.baseline))
        )
        lefts.append(left)
    patches = _kept_inside(patches, safe)
    under = ground_of(style, patches, size)
    ground = place_mask(under.coverage, under.left, under.top, width, height)
    lit = [
        _light(setting, n, row, patch, left, (width, height))
        for n, (row, patch, left) in enumerate(zip(rows, patches, lefts, strict=True))
    ]
    return _Block(ground, tuple(lit))


def _kept_inside(patches: list[Patch], safe: Box) -> list[Patch]:
    """Moves all rows up when a deep script's ink would leave the safe area, or down when a tall one's would."""
    up = max(max(patch.ink_bottom for patch in patches) - safe.bottom, 0)
    up = up or min(min(patch.ink_top for patch in patches) - safe.top, 0)
    return [Patch(p.coverage, p.left, p.top - up) for p in patches]


def _light(setting: Setting, n: int, row: Row, patch: Patch, left: float, frame: tuple[int, int]) -> _LitRow:
    """When each column of a row's mask lights up."""
    page = setting.page
    mask = place_mask(patch.coverage, patch.left, patch.top, *frame)
    columns = mask.full.shape[1]
    onset, rise = np.full(columns, -np.inf), np.full(columns, _WIPE_S)
    sung = page.cue.lines[page.rows[n][0]]
    if sung.words:
        edges = cluster_edges(sung.paragraph, row)
        x = np.arange(columns) + 0.5 + mask.left - left
        _time_columns((onset, rise), x, sung, edges, setting.style.softness)
    return _LitRow(mask, onset, rise, float((onset + rise).max(initial=-np.inf)))


def _time_columns(
    times: tuple[NDArray[np.float64], NDArray[np.float64]],
    x: NDArray[np.float64],
    sung: Sung,
    edges: dict[int, tuple[float, float]],
    softness: float,
) -> None:
    """Sweeps an edge, soft or firm, through every word in its reading direction while it is sung."""
    onset, rise = times
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
        soft = min(max(_WIPE_S, softness * length), length)
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
    """How far every column is sung at second `t`, 0 to 1, never falling."""
    x = ((t - row.onset_s) / row.rise_s).clip(0, 1)
    return (x * x * (3 - 2 * x)).astype(np.float32)
