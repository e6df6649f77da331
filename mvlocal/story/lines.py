"""Which sung lines belong to which shot.

It does not know what a line says.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from mvlocal.schema.song import SongMap


def assign_lines(song: SongMap, spans: Sequence[tuple[float, float]]) -> tuple[tuple[int, ...], ...]:
    """For each span the lines sung in it: those mostly within it, and one that fills most of it.

    Indices never go down from one span to the next. At most four lines a span.
    """
    starts = [start for start, _ in spans]
    found: list[list[int]] = [[] for _ in spans]
    for index, line in enumerate(song.lyrics):
        first = max(0, bisect_right(starts, line.start_s) - 1)
        shares: list[tuple[float, int]] = []
        k = first
        while k < len(spans) and spans[k][0] < max(line.end_s, line.start_s + 0.01):
            inside = min(line.end_s, spans[k][1]) - max(line.start_s, spans[k][0])
            shares.append((inside, k))
            if inside > 0.55 * (spans[k][1] - spans[k][0]) and inside > 0.25 * line.length_s:
                found[k].append(index)
            k += 1
        if shares:
            best = max(shares)[1]
            if index not in found[best] and len(found[best]) < 4:
                found[best].append(index)
    return _in_order(found)


def _in_order(found: Sequence[list[int]]) -> tuple[tuple[int, ...], ...]:
    highest = -1
    result: list[tuple[int, ...]] = []
    for part in found:
        kept = tuple(n for n in sorted(set(part)) if n >= highest)
        highest = max((highest, *kept))
        result.append(kept)
    return tuple(result)


def section_of(song: SongMap, span: tuple[float, float]) -> int:
    """The section that a span belongs to: the one at its middle."""
    return song.section_at(0.5 * (span[0] + span[1]))
