"""Places plain lines: one search over where every line begins, for each reading of the song's form in turn.

It hears nothing and knows no file format. Costs are in the unit of one clear entry of the voice.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mvlocal.schema.song import SectionLabel
from mvlocal.song.line_entries import Reading, readings_to_lines
from mvlocal.song.lyrics.model import Lyrics, SungLine
from mvlocal.song.placing import PlacedLyrics, SongFrame
from mvlocal.song.search_space import (
    LONGEST_GAP_S,
    SHORTEST_GAP_S,
    SearchSpace,
    likely_gaps,
    likely_groups,
    make_search_space,
    stanza_worth,
)
from mvlocal.song.stanzas import block_labels
from mvlocal.song.syllables import count_syllables

Reals = NDArray[np.float64]
Picks = NDArray[np.intp]

_MOST_WORK = 200_000
"""Candidates times lines above which sections are taken as labelled, without trying other readings."""

_ENTRY_WORTH = 6.0
_FORM_WORTH = 0.3
"""How much sections count: heard ones are often a bar or two off, and a voice is not."""
_SILENT_COST = 1.2
"""A second of a line that nobody sings."""
_IDLE_COST = 0.3
"""A second of singing that no line claims."""
_HOPELESS = 60.0
"""A start so far behind the best one for its line is followed no further."""
_STRAY_COST, _MULTIPLE_COST, _UNEVEN_COST, _RUSH_COST = 2.5, 0.6, 1.5, 2.0


@dataclass(frozen=True, slots=True)
class _Stanzas:
    """The lines to place (n of them), syllables of each, and labels of their stanzas."""

    lines: Sequence[SungLine]
    counts: NDArray[np.intp]
    labels: Sequence[SectionLabel | None]


@dataclass(frozen=True, slots=True)
class _Steps:
    """Every step from one candidate back to each of those before it within reach, nearest first: all (n, reach).

    `cost` is what the step's length costs by its distance from whole bars, infinite where it is too short or long;
    `by_length` what the singing says of a line of each length (seconds) that is sung over the step.
    """

    gap: Reals
    cost: Reals
    by_length: Mapping[float, Reals]


def search_lines(lyrics: Lyrics, song: SongFrame) -> PlacedLyrics:
    """Every plain line of `lyrics` at its likeliest time, in order, or among the unplaced where the song is full."""
    lines = lyrics.lines[: int(song.duration_s / SHORTEST_GAP_S)]
    if not lines:
        return PlacedLyrics((), (), tuple(line.text for line in lyrics.lines))
    labels = block_labels(lyrics)
    counts = np.asarray([count_syllables(line.text) for line in lines])
    stanzas = _Stanzas(lines, counts, [labels[line.block] for line in lines])
    space = make_search_space(song, int(counts.sum()))
    found = _readings(stanzas, space, song, labels)
    placed = readings_to_lines(lines, counts, space, found, song.duration_s)
    unplaced = tuple(line.text for line in lyrics.lines[len(placed) :])
    return PlacedLyrics(placed, tuple(line.block for line in lines[: len(placed)]), unplaced)


def _readings(
    stanzas: _Stanzas, space: SearchSpace, song: SongFrame, labels: Sequence[SectionLabel | None]
) -> list[Reading]:
    """One placing for each likely distance of lines, then for each likely meaning of the sections."""
    gaps = likely_gaps(space, stanzas.counts)
    steps = _steps(space, {_length_s(space, int(count)) for count in stanzas.counts})
    found = [_best_starts(stanzas, space, _stray(steps, gap_s), {}, song) for gap_s in gaps]
    if len(space.times) * len(stanzas.lines) < _MOST_WORK:
        best_gap_s = gaps[max(range(len(found)), key=lambda index: found[index].rank)]
        best = _stray(steps, best_gap_s)
        found += [_best_starts(stanzas, space, best, groups, song) for groups in likely_groups(labels, song)]
    return found


def _best_starts(
    stanzas: _Stanzas, space: SearchSpace, steps: _Steps, groups: Mapping[SectionLabel, int], song: SongFrame
) -> Reading:
    """The best starts for as many lines as fit."""
    worth = {label: _FORM_WORTH * stanza_worth(space, label, song, groups) for label in set(stanzas.labels)}
    latest_s = _latest_starts(stanzas, space)
    total = np.where(space.times <= latest_s[0], _opening(space, worth[stanzas.labels[0]], song), -np.inf)
    backs: list[Picks] = []
    totals = [total]
    for index in range(1, len(stanzas.lines)):
        length_s = _length_s(space, int(stanzas.counts[index - 1]))
        if stanzas.lines[index].block != stanzas.lines[index - 1].block:
            total, back = _next_stanza(space, total, length_s, worth[stanzas.labels[index]])
        else:
            total, back = _next_line(space, total, length_s, steps)
        total = np.where(space.times <= latest_s[index], total, -np.inf)
        if not np.isfinite(total).any():
            break
        total = np.where(total >= total.max() - _HOPELESS, total, -np.inf)
        backs.append(back)
        totals.append(total)
    return _trace(space, totals, backs, _length_s(space, int(stanzas.counts[len(totals) - 1])))


def _latest_starts(stanzas: _Stanzas, space: SearchSpace) -> Reals:
    """The latest second (n,) at which each line may begin so that all after it still fit; none where they cannot."""
    step_s = float(np.max(np.diff(space.times), initial=0.0))
    needed_s = np.maximum(SHORTEST_GAP_S, 0.8 * space.syllable_s * stanzas.counts[:-1]) + step_s
    after_s = np.concatenate([np.cumsum(needed_s[::-1])[::-1], [0.0]])
    latest_s = space.times[-1] - after_s
    return latest_s if latest_s[0] >= space.times[0] else np.full(len(after_s), np.inf)


def _length_s(space: SearchSpace, syllables: int) -> float:
    return space.syllable_s * syllables


def _opening(space: SearchSpace, worth: Reals, song: SongFrame) -> Reals:
    idle = _IDLE_COST * space.sung_until(space.times)
    early = np.where(space.times < min(4.0, 0.05 * song.duration_s), 1.0, 0.0)
    return _ENTRY_WORTH * space.entry + worth - idle - early


def _steps(space: SearchSpace, lengths_s: Collection[float]) -> _Steps:
    times = space.times
    reach = min(int(np.searchsorted(times, LONGEST_GAP_S)) + 2, len(times))
    origin = np.arange(len(times))[:, None] - np.arange(1, reach + 1)[None, :]
    valid = origin >= 0
    origin = np.maximum(origin, 0)
    gap = np.where(valid, times[:, None] - times[origin], 0.0)
    bars = gap / space.bar_s
    uneven = np.minimum(np.abs(bars - np.round(bars)), 0.5)
    fits = valid & (gap >= SHORTEST_GAP_S) & (gap <= LONGEST_GAP_S)
    by_length = {length_s: _sung_cost(space, origin, gap, length_s) for length_s in lengths_s}
    return _Steps(gap, np.where(fits, _UNEVEN_COST * uneven, np.inf), by_length)


def _sung_cost(space: SearchSpace, origin: Picks, gap: Reals, length_s: float) -> Reals:
    """A line costs by the second it is not sung, by the second of singing after it that no line claims, and by haste.

    All (n, reach).
    """
    upto, upto_end = space.sung_until(space.times), space.sung_until(space.times + length_s)
    rushed = np.maximum(np.log(max(0.8 * length_s, 0.4) / np.maximum(gap, 0.05)), 0.0)
    end = np.where(gap >= length_s, upto_end[origin], upto[:, None])
    silent = np.minimum(gap, length_s) - (end - upto[origin])
    return _RUSH_COST * rushed + _SILENT_COST * silent + _IDLE_COST * (upto[:, None] - end)


def _stray(steps: _Steps, gap_s: float) -> _Steps:
    """The same steps, dearer the farther they are from `gap_s`, its double or its half."""
    octaves = np.log2(np.maximum(steps.gap, 0.05) / gap_s)
    whole = np.clip(np.round(octaves), -2, 2)
    stray = np.minimum(np.abs(octaves - whole), 2.0)
    return replace(steps, cost=steps.cost + _STRAY_COST * stray + _MULTIPLE_COST * np.abs(whole))


def _next_line(space: SearchSpace, total: Reals, length_s: float, steps: _Steps) -> tuple[Reals, Picks]:
    """Best predecessor of every candidate for the next line of the same stanza, within reach of a hopeful one."""
    reach = steps.gap.shape[1]
    hopeful = np.flatnonzero(np.isfinite(total))
    first, last = int(hopeful[0]), min(int(hopeful[-1]) + reach + 1, len(total))
    padded = np.concatenate([np.full(reach, -np.inf), total])
    before = np.lib.stride_tricks.sliding_window_view(padded, reach)[first:last, ::-1]
    options = before - steps.cost[first:last] - steps.by_length[length_s][first:last]
    pick = np.argmax(options, axis=1)
    rows = np.arange(first, last)
    best, origin = np.full(len(total), -np.inf), np.zeros(len(total), np.intp)
    best[first:last] = options[rows - first, pick] + _ENTRY_WORTH * space.entry[first:last]
    origin[first:last] = np.maximum(rows - 1 - pick, 0)
    return best, origin


def _next_stanza(space: SearchSpace, total: Reals, length_s: float, worth: Reals) -> tuple[Reals, Picks]:
    """As `_next_line` for the first line of a stanza, which may come after any pause."""
    times = space.times
    # Idle singing costs by the second, so the sum up to the predecessor's end can be taken out of the search.
    ready = total - _silence(space, length_s) + _IDLE_COST * _sung_until_end(space, length_s)
    lead = np.searchsorted(times, times - max(0.8 * length_s, SHORTEST_GAP_S), side="right") - 1
    running = np.maximum.accumulate(ready)
    holder = np.maximum.accumulate(np.where(ready >= running, np.arange(len(times)), 0))
    origin = holder[np.maximum(lead, 0)]
    value = np.where(lead >= 0, running[np.maximum(lead, 0)], -np.inf)
    return value + _ENTRY_WORTH * space.entry + worth - _IDLE_COST * space.sung_until(times), origin


def _silence(space: SearchSpace, length_s: float) -> Reals:
    """What the unsung part of a line of this length costs at each candidate."""
    end = np.minimum(space.times + length_s, space.times[-1] + 1.0)
    return _SILENT_COST * ((end - space.times) - (space.sung_until(end) - space.sung_until(space.times)))


def _sung_until_end(space: SearchSpace, length_s: float) -> Reals:
    return space.sung_until(np.minimum(space.times + length_s, space.times[-1] + 1.0))


def _trace(space: SearchSpace, totals: Sequence[Reals], backs: Sequence[Picks], length_s: float) -> Reading:
    left = space.sung[-1] - _sung_until_end(space, length_s)
    last = totals[-1] - _silence(space, length_s) - _IDLE_COST * left
    pick = int(np.argmax(last))
    picks = [pick]
    for back in reversed(backs):
        pick = int(back[pick])
        picks.append(pick)
    return Reading(tuple(picks[::-1]), float(last.max()))
