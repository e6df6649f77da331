"""Where a cut may be, what it costs there, and what it costs to pass the place over.

It does not choose among the places. Times are seconds of the song.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray

from mvlocal.errors import SettingsError
from mvlocal.schema.song import SongMap
from mvlocal.story.cut_rules import CutRules
from mvlocal.timing import FrameRate

Floats = NDArray[np.float64]
HAND_SNAP_S = 0.06
"""A hand-set cut this near to a beat means that beat."""
_LONGEST_UNASKED_S = 12.0
_FREE_STEP_S = 0.5
_FORCED = 1e6
_HELD = 50.0
_DROP = 8.0
_BORDER = 5.0


@dataclass(frozen=True, slots=True)
class Nodes:
    """Places where a cut may be: seconds, what a cut there costs, what passing over it costs."""

    times: Floats
    cost: Floats
    passed: Floats


def make_nodes(song: SongMap, rules: CutRules, rate: FrameRate) -> Nodes:
    hand = _hand_cuts(song, rules)
    beats = list(song.beats)
    grid = _every(song, rules)
    wanted = set(hand) | set(grid)
    times = _spaced(sorted(set(beats if rules.every_beats is None else grid) | set(hand)), wanted, song, rate)
    times = _fill_gaps([0.0, *times, song.duration_s], song, 0.98 * _longest(song, rules), set(hand))
    array = np.array(times)
    cost, passed = _node_costs(array, song, rules)
    for index, t in enumerate(times):
        if t in hand:
            passed[index] += _FORCED
        elif t in wanted and cost[index] < _HELD / 2:
            passed[index] += _FORCED / 100
    return Nodes(array, cost, passed)


def _longest(song: SongMap, rules: CutRules) -> float:
    asked = 0.0
    if rules.every_beats and len(song.beats) > 1:
        asked = 1.5 * rules.every_beats * float(np.median(np.diff(song.beats)))
    return min(rules.max_s, max(_LONGEST_UNASKED_S, asked, rules.min_s))


def _hand_cuts(song: SongMap, rules: CutRules) -> list[float]:
    beats = np.array(song.beats)
    cuts: set[float] = set()
    for cut in rules.hand_cuts:
        near = float(beats[np.argmin(np.abs(beats - cut))]) if beats.size else cut
        cuts.add(near if abs(near - cut) <= HAND_SNAP_S and 0 < near < song.duration_s else float(cut))
    return sorted(cuts)


def _every(song: SongMap, rules: CutRules) -> list[float]:
    """Every n-th beat from the first downbeat, without those that would leave a stub at either end."""
    if rules.every_beats is None:
        return []
    first = song.beats.index(song.downbeats[0]) if song.downbeats else 0
    phase = first % rules.every_beats
    grid = [t for t in song.beats[phase :: rules.every_beats] if 0 < t < song.duration_s]
    return [t for t in grid if t >= rules.min_s and song.duration_s - t >= rules.min_s]


def _spaced(times: list[float], wanted: set[float], song: SongMap, rate: FrameRate) -> list[float]:
    """Without times nearer than two frames to an end, or to each other where one of them is not wanted."""
    kept: list[float] = []
    least = 2 * rate.frame_s
    for t in times:
        if t < least or song.duration_s - t < least:
            continue
        if kept and t - kept[-1] < least:
            if t not in wanted:
                continue
            if kept[-1] not in wanted:
                kept.pop()
            else:
                raise SettingsError(
                    f"two cuts at {kept[-1]:.3f} and {t:.3f} s are less than two frames apart",
                    where="cuts.at",
                    mend="remove one of them",
                )
        kept.append(t)
    return kept


def _fill_gaps(times: list[float], song: SongMap, longest_s: float, hand: set[float]) -> list[float]:
    """Adds beats, then free times, wherever neighbours lie further apart than a shot may last."""
    anchors = {s.start_s for s in song.sections} | {line.start_s for line in song.lyrics}
    beats = set(song.beats)
    marks = sorted(anchors | beats)
    filled = [times[0]]
    for t in times[1:]:
        if t - filled[-1] > longest_s:
            start = filled[-1]
            inner = _apart([a for a in marks if start + _FREE_STEP_S <= a <= t - _FREE_STEP_S], beats)
            for mark in [*inner, t]:
                _fill_evenly(filled, mark, longest_s)
        else:
            filled.append(t)
    return sorted(set(filled) | hand)


def _apart(marks: list[float], beats: set[float]) -> list[float]:
    """`marks` at least half a free step apart; a beat goes before what is not one."""
    kept: list[float] = []
    for mark in marks:
        if kept and mark - kept[-1] < 0.5 * _FREE_STEP_S:
            if mark in beats and kept[-1] not in beats:
                kept[-1] = mark
            continue
        kept.append(mark)
    return kept


def _fill_evenly(filled: list[float], until: float, longest_s: float) -> None:
    start = filled[-1]
    gap = until - start
    if gap < 1e-3:
        return
    if gap > longest_s:
        count = ceil(gap / _FREE_STEP_S)
        filled.extend(start + gap * n / count for n in range(1, count))
    filled.append(until)


def _node_costs(times: Floats, song: SongMap, rules: CutRules) -> tuple[Floats, Floats]:
    """What a cut at each node costs, and what not cutting there costs."""
    down = set(song.downbeats)
    beat_index = {t: n for n, t in enumerate(song.beats)}
    half = max(1, song.beats_per_bar // 2)
    offset = beat_index[song.downbeats[0]] if song.downbeats else 0
    cost = np.full(times.size, 0.8)
    for n, t in enumerate(times.tolist()):
        if t in down:
            cost[n] = 0.0
        elif t in beat_index:
            cost[n] = 0.3 if (beat_index[t] - offset) % half == 0 else 0.8
    passed = np.zeros(times.size)
    for t in (section.start_s for section in song.sections[1:]):
        _mark_nearest(times, t, passed, _BORDER, song)
    for t in drops(song):
        _mark_nearest(times, t, passed, _DROP - _BORDER, song)
        if rules.hold_on_drops:
            bar = song.beats_per_bar * beat_s(song, t)
            inside = (times > t + 0.6 * bar / song.beats_per_bar) & (times < t + bar - 0.05)
            cost[inside] += _HELD
    _add_lyrics(times, song, cost)
    cost[0] = cost[-1] = passed[0] = passed[-1] = 0.0
    return cost, passed


def _add_lyrics(times: Floats, song: SongMap, cost: Floats) -> None:
    for line in song.lyrics:
        lead = 0.75 * beat_s(song, line.start_s)
        cost[(times >= line.start_s - lead) & (times <= line.start_s + 0.08)] -= 0.7
        cost[(times > line.start_s + 0.3) & (times < line.end_s - 0.3)] += 0.25


def _mark_nearest(times: Floats, t: float, passed: Floats, amount: float, song: SongMap) -> None:
    index = int(np.argmin(np.abs(times - t)))
    if abs(times[index] - t) <= 0.6 * beat_s(song, t):
        passed[index] += amount


def beat_s(song: SongMap, t: float) -> float:
    """The length of a beat around `t`, half a second where there is no pulse."""
    index = bisect_left(song.beats, t)
    if len(song.beats) < 2:
        return 0.5
    index = min(max(index, 1), len(song.beats) - 1)
    return min(song.beats[index] - song.beats[index - 1], 1.5)


def drops(song: SongMap) -> tuple[float, ...]:
    """Section borders where the song suddenly gets loud, in seconds."""
    found: list[float] = []
    for section in song.sections[1:]:
        t = section.start_s
        before = np.mean([song.energy.at(t - d) for d in (2.0, 1.5, 1.0, 0.5)])
        after = np.mean([song.energy.at(t + d) for d in (0.5, 1.0, 1.5, 2.0)])
        if after - before >= 0.2:
            found.append(t)
    return tuple(found)
