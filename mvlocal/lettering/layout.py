"""Where words may stand and where rows break: safe areas, wrapping, rules for Chinese and Japanese rows.

It does not know times or pictures.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, pairwise
from math import ceil, floor

from mvlocal.lettering.faces import covers
from mvlocal.lettering.shaping import Cluster, Paragraph, Row, place_row
from mvlocal.lettering.text import script_of

UPRIGHT = 0.7
"""Frames narrower than this share of their height are phones held upright."""

_NOT_AT_START = frozenset(
    "、。，．・：；？！ー〜）］｝〕〉》」』】’”…‥ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ々ゝゞ,.!?:;)]}%"
)
_NOT_AT_END = frozenset("（［｛〔〈《「『【‘“([{")
_BREAK_AFTER = frozenset("-‐–—/")
_UNSPACED = frozenset({"Hani", "Hira", "Kana", "Bopo"})
_MOST_IN_ROW = 240
"""Clusters beyond which a row is not even measured."""
_MOST_ON_CARD = 400
"""Clusters of a text on a card that are looked at; no size makes more of them fit."""
_MAX_ATOMS = 60
"""Rows of more pieces than this are broken greedily: nobody reads them as a shape."""


@dataclass(frozen=True, slots=True)
class Box:
    """Pixels from `left`, `top` up to but not including `right`, `bottom`."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top


def safe_area(width: int, height: int) -> Box:
    """Where words may stand: the middle 90% of a frame; upright, x 10-90% and y 20-80%.

    Source: SMPTE ST 2046-1 for title-safe; the upright area keeps clear of the buttons of Reels and TikTok.
    """
    if width < UPRIGHT * height:
        across, top, bottom = 0.1, 0.2, 0.8
    else:
        across, top, bottom = 0.05, 0.05, 0.95
    left = ceil(width * across)
    return Box(left, ceil(height * top), width - left, floor(height * bottom))


def max_rows(width: int, height: int) -> int:
    """Rows a text may take: two, three on upright frames."""
    return 3 if width < UPRIGHT * height else 2


def break_points(paragraph: Paragraph) -> list[int]:
    """Clusters before which a row may break, in order, the first (0) and the end included."""
    clusters = paragraph.clusters
    inside = [i for i in range(1, len(clusters)) if _may_break(clusters[i - 1].text, clusters[i].text)]
    return [0, *inside, len(clusters)] if clusters else [0]


def _may_break(before: str, after: str) -> bool:
    if after == " ":
        return False
    if before == " ":
        return True
    if after[0] in _NOT_AT_START or before[0] in _NOT_AT_END:
        return False
    if before[0] in _BREAK_AFTER:
        return True
    return script_of(before) in _UNSPACED or script_of(after) in _UNSPACED or before[0] in "、。，！？"


def row_width(paragraph: Paragraph, start: int, end: int, size_px: float) -> float:
    """Width in pixels of clusters `start` to `end` set as one row."""
    return place_row(paragraph, start, end, size_px).width


def greedy_rows(paragraph: Paragraph, size_px: float, width: float) -> list[tuple[int, int]]:
    """Fills rows of at most `width` pixels one after another; a word wider than a row breaks anywhere."""
    rows: list[tuple[int, int]] = []
    start = 0
    points = break_points(paragraph)
    for point, following in pairwise(points):
        if point > start and not _fits(paragraph, start, following, size_px, width):
            rows.append((start, point))
            start = point
        while following - start > 1 and not _fits(paragraph, start, following, size_px, width):
            cut = _fitting(paragraph, start, following, size_px, width)
            rows.append((start, cut))
            start = cut
    if start < len(paragraph.clusters):
        rows.append((start, len(paragraph.clusters)))
    return rows


def _fits(paragraph: Paragraph, start: int, end: int, size_px: float, width: float) -> bool:
    return end - start <= _MOST_IN_ROW and row_width(paragraph, start, end, size_px) <= width


def _fitting(paragraph: Paragraph, start: int, end: int, size_px: float, width: float) -> int:
    """The farthest cluster border (at least one cluster on) up to which a row fits."""
    low, high = start + 1, min(end - 1, start + _MOST_IN_ROW)
    while low < high:
        middle = (low + high + 1) // 2
        if _fits(paragraph, start, middle, size_px, width):
            low = middle
        else:
            high = middle - 1
    return low


def balanced_rows(paragraph: Paragraph, size_px: float, width: float) -> list[tuple[int, int]]:
    """As few rows as `greedy_rows` needs, of lengths as even as may be; breaks after a comma are preferred."""
    greedy = greedy_rows(paragraph, size_px, width)
    points = break_points(paragraph)[1:-1]
    if len(greedy) < 2 or len(greedy) > 3 or len(points) > _MAX_ATOMS:
        return greedy
    end = len(paragraph.clusters)
    best, best_cost = greedy, float("inf")
    for cuts in combinations(points, len(greedy) - 1):
        rows = list(zip((0, *cuts), (*cuts, end), strict=True))
        widths = [row_width(paragraph, a, b, size_px) for a, b in rows]
        cost = _unevenness(widths) - sum(0.06 for cut in cuts if _is_pause(paragraph, cut))
        if max(widths) <= width and cost < best_cost:
            best, best_cost = rows, cost
    return best


def _unevenness(widths: list[float]) -> float:
    """Mean squared deviation from even rows; a top row longer than those below counts a little more."""
    mean = sum(widths) / len(widths)
    spread = sum((w / mean - 1) ** 2 for w in widths) / len(widths)
    return spread + 0.02 * (widths[0] > widths[-1])


def _is_pause(paragraph: Paragraph, cut: int) -> bool:
    """After a comma or a stop, and at a space where words are written without spaces: there it is a breath."""
    before = paragraph.clusters[:cut]
    if cut > 1 and before[-1].is_space and script_of(before[-2].text) in _UNSPACED:
        return True
    last = next((cluster.text for cluster in reversed(before) if not cluster.is_space), "")
    return last[-1:] in tuple(",;:.!?–—、。，！？،؛")


@dataclass(frozen=True, slots=True)
class Fitted:
    """Rows of a text at the size it fits in; `whole` is false when it had to be cut short."""

    paragraph: Paragraph
    rows: tuple[Row, ...]
    size_px: float
    whole: bool


def fit_rows(paragraph: Paragraph, size_px: float, smallest_px: float, width: float, rows: int) -> Fitted:
    """Sets a text in at most `rows` balanced rows, shrinking by steps down to `smallest_px`, then cutting it short."""
    size = size_px
    tried = Paragraph(paragraph.clusters[:_MOST_ON_CARD], paragraph.base)
    while True:
        spans = balanced_rows(tried, size, width)
        if size <= smallest_px or (len(spans) <= rows and _unbroken(tried, spans)):
            break
        size = max(size * 0.92, smallest_px)
    if len(spans) <= rows and len(tried.clusters) == len(paragraph.clusters):
        return _fitted(paragraph, spans, size, whole=True)
    kept = spans[:rows]
    short = cut_short(tried, kept[-1], size, width)
    return _fitted(short, [*kept[:-1], (kept[-1][0], len(short.clusters))], size, whole=False)


def _unbroken(paragraph: Paragraph, spans: list[tuple[int, int]]) -> bool:
    """True when every row ends where one may: no word was broken by force."""
    points = set(break_points(paragraph))
    return all(end in points for _, end in spans)


def _fitted(paragraph: Paragraph, spans: list[tuple[int, int]], size: float, *, whole: bool) -> Fitted:
    return Fitted(paragraph, tuple(place_row(paragraph, a, b, size) for a, b in spans), size, whole)


def cut_short(paragraph: Paragraph, row: tuple[int, int], size_px: float, width: float) -> Paragraph:
    """The paragraph up to `row`, its last row ended with an ellipsis so that it still fits `width` pixels."""
    start, end = row
    clusters = paragraph.clusters
    dots = _ellipsis(clusters[end - 1], paragraph.base)
    while end > start + 1:
        kept = clusters[:end]
        while kept and (kept[-1].is_space or kept[-1].text in (",", ".", "、", "。")):
            kept = kept[:-1]
        short = Paragraph((*kept, *dots), paragraph.base)
        if row_width(short, start, len(short.clusters), size_px) <= width:
            return short
        end -= 1
    return Paragraph((*clusters[:end],), paragraph.base)


def _ellipsis(beside: Cluster, base: int) -> tuple[Cluster, ...]:
    """An ellipsis in the face of the cluster it follows, or three full stops where that has none."""
    texts = ("…",) if covers(beside.face, "…") else (".", ".", ".")
    return tuple(Cluster(text, beside.face, base) for text in texts)
