"""Breaks cues into rows, and long ones into pages that turn while they are sung.

It does not know colours or places on a frame.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from mvlocal.lettering.cues import Cue, Sung
from mvlocal.lettering.fonts import FontWarning
from mvlocal.lettering.layout import balanced_rows, cut_short, greedy_rows

_SHORTEST_PAGE_S = 0.9
"""Pages that turn faster than this cannot be read."""
_MOST_ROWS = 4
"""Rows of lines that stand together: beyond this they turn pages too."""


@dataclass(frozen=True, slots=True)
class Page:
    """A cue with its rows: (line index, first cluster, end) from top to bottom."""

    cue: Cue
    rows: tuple[tuple[int, int, int], ...]


_Rows = tuple[tuple[int, int, int], ...]

TOO_LONG = FontWarning(
    "Zyyy", "a lyric line is too long to be read while it is sung and was cut", "break it into shorter lines"
)


@dataclass(frozen=True, slots=True)
class TurnedPages:
    """Pages in order; `whole` is false when the end of the text found no time to be read."""

    pages: list[Page]
    whole: bool


def turn_pages(cue: Cue, size: float, width: float, rows_a_page: int) -> TurnedPages:
    """Breaks a cue into rows, and into pages when they are too many."""
    rows = [(i, a, b) for i, line in enumerate(cue.lines) for a, b in balanced_rows(line.paragraph, size, width)]
    if len(rows) <= min(rows_a_page * len(cue.lines), max(rows_a_page, _MOST_ROWS)):
        return TurnedPages([Page(cue, tuple(rows))], whole=True)
    rows = [(i, a, b) for i, line in enumerate(cue.lines) for a, b in greedy_rows(line.paragraph, size, width)]
    chunks = [tuple(rows[i : i + rows_a_page]) for i in range(0, len(rows), rows_a_page)]
    readable = max(1, int((cue.end_s - cue.start_s) / _SHORTEST_PAGE_S))
    if len(chunks) > readable:
        return TurnedPages(_timed_pages(*_shortened(cue, chunks[:readable], size, width)), whole=False)
    return TurnedPages(_timed_pages(cue, chunks), whole=True)


def _shortened(cue: Cue, chunks: list[_Rows], size: float, width: float) -> tuple[Cue, list[_Rows]]:
    """Ends the last row that is kept with an ellipsis."""
    i, a, b = chunks[-1][-1]
    line = cue.lines[i]
    short = cut_short(line.paragraph, (a, b), size, width)
    end = len(short.clusters)
    words = tuple(replace(word, end=min(word.end, end)) for word in line.words if word.start < end)
    lines = tuple(Sung(short, words) if j == i else kept for j, kept in enumerate(cue.lines))
    return replace(cue, lines=lines), [*chunks[:-1], (*chunks[-1][:-1], (i, a, end))]


def _timed_pages(cue: Cue, chunks: list[_Rows]) -> list[Page]:
    """Gives each page its share of the line: by word times where known, else by its number of letters."""
    starts = [cue.start_s, *(_start_of(cue, chunk[0], chunks) for chunk in chunks[1:])]
    starts = list(np.maximum.accumulate(starts))
    ends = [*starts[1:], max(cue.end_s, starts[-1])]
    return [
        Page(replace(cue, start_s=float(a), end_s=float(b)), chunk)
        for a, b, chunk in zip(starts, ends, chunks, strict=True)
    ]


def _start_of(cue: Cue, row: tuple[int, int, int], chunks: list[_Rows]) -> float:
    line, first, _ = row
    for word in cue.lines[line].words:
        if word.start >= first:
            return min(max(word.start_s, cue.start_s), cue.end_s)
    rows = [r for chunk in chunks for r in chunk]
    before = sum(b - a for i, a, b in rows if (i, a) < (line, first))
    return cue.start_s + (cue.end_s - cue.start_s) * before / sum(b - a for _, a, b in rows)
