"""Where to cut: shot spans over the song, chosen by dynamic programming over its beats.

It does not know what a shot shows. Times are seconds of the song.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, log2

import numpy as np
from numpy.typing import NDArray

from mvlocal.errors import SettingsError
from mvlocal.schema.song import Section, SectionLabel, SongMap
from mvlocal.story.form import form_of
from mvlocal.timing import FrameRate

Spans = tuple[tuple[float, float], ...]
_Floats = NDArray[np.float64]

HAND_SNAP_S = 0.06
"""A hand-set cut this near to a beat means that beat."""
_LONGEST_UNASKED_S = 12.0
_FREE_STEP_S = 0.5
_FORCED = 1e6
_HELD = 50.0
_DROP = 8.0
_BORDER = 5.0
_SHORT = 30.0
_SAME_LENGTH = 1.7
_LENGTH: dict[SectionLabel, float] = {
    "intro": 0.8, "verse": 0.5, "prechorus": 0.48, "chorus": 0.4, "bridge": 0.62,
    "solo": 0.36, "break": 0.8, "outro": 0.88, "inst": 0.55,
}  # fmt: skip
"""Where a section's shots lie between the shortest (0) and the longest (1) at medium energy."""


@dataclass(frozen=True, slots=True)
class CutRules:
    """What the user and the video backend ask of the cuts.

    No shot is longer than `max_s`; shots shorter than `min_s` come only where hand-set cuts leave no choice.
    `every_beats` cuts like a metronome, counted from the first downbeat. `hold_on_drops`: no cut in the bar
    after a drop. `hand_cuts` (seconds) are always cut.
    """

    min_s: float = 1.2
    max_s: float = 6.0
    every_beats: int | None = None
    hold_on_drops: bool = False
    hand_cuts: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class _Nodes:
    """Places where a cut may be: seconds, what a cut there costs, what passing over it costs."""

    times: _Floats
    cost: _Floats
    passed: _Floats


def plan_cuts(song: SongMap, rules: CutRules, rate: FrameRate) -> Spans:
    """Chooses shot spans that tile [0, song.duration_s] exactly, in order.

    Every border except 0 and the end is exactly one of `song.beats`, but for hand-set cuts that lie off the
    beat and stretches longer than `max_s` without any beat; a shot that starts there is to be marked free.
    Time grows linearly with the length of the song.

    Raises:
        SettingsError: rules that contradict each other or the song (`every_beats` longer than `max_s`, a
            hand-set cut outside the song).
    """
    _check(song, rules, rate)
    song = form_of(song)
    nodes = _make_nodes(song, rules, rate)
    chosen = _best_path(nodes, _targets(song, rules, nodes.times), rules)
    times = [float(nodes.times[index]) for index in chosen]
    return tuple(pairwise(times))


def free_cuts(spans: Spans, song: SongMap) -> tuple[bool, ...]:
    """For each span, whether it starts off the beat (the first starts at zero and is not free)."""
    beats = set(song.beats)
    return tuple(start != 0.0 and start not in beats for start, _ in spans)


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


def _check(song: SongMap, rules: CutRules, rate: FrameRate) -> None:
    if not 0 < rules.min_s <= rules.max_s:
        raise SettingsError(
            f"shots of {rules.min_s:g} s at the least and {rules.max_s:g} s at the most are not possible",
            where="cuts",
            mend="change the shortest or the longest shot",
        )
    if rules.max_s < 2 * rate.frame_s:
        raise SettingsError("the longest shot is under two frames", where="cuts", mend="allow longer shots")
    for cut in rules.hand_cuts:
        if not 0 < cut < song.duration_s:
            raise SettingsError(
                f"the hand-set cut at {cut:g} s lies outside the song (0 to {song.duration_s:.3f} s)",
                where="cuts.at",
                mend="remove it or correct the time",
            )
    _check_every(song, rules)


def _check_every(song: SongMap, rules: CutRules) -> None:
    count = rules.every_beats
    if count is None:
        return
    if len(song.beats) < 2:
        raise SettingsError(
            "no beat was found in this song, so it cannot be cut every so many beats",
            where="cuts.every_beats",
            mend="leave cuts.every_beats out, or give beats in a markers file",
        )
    length = count * float(np.median(np.diff(song.beats)))
    if count < 1 or length > rules.max_s + 1e-6 or length < rules.min_s - 1e-6:
        beat = length / max(count, 1)
        low, high = max(1, ceil(rules.min_s / beat - 1e-6)), int(rules.max_s / beat + 1e-6)
        raise SettingsError(
            f"{count} beats last {length:.2f} s here; shots may last {rules.min_s:g} to {rules.max_s:g} s",
            where="cuts.every_beats",
            mend=f"choose from {low} to {high}" if low <= high else "allow shorter or longer shots",
        )


def _longest(song: SongMap, rules: CutRules) -> float:
    asked = 0.0
    if rules.every_beats and len(song.beats) > 1:
        asked = 1.5 * rules.every_beats * float(np.median(np.diff(song.beats)))
    return min(rules.max_s, max(_LONGEST_UNASKED_S, asked, rules.min_s))


def _make_nodes(song: SongMap, rules: CutRules, rate: FrameRate) -> _Nodes:
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
    return _Nodes(array, cost, passed)


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


def _node_costs(times: _Floats, song: SongMap, rules: CutRules) -> tuple[_Floats, _Floats]:
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
            bar = song.beats_per_bar * _beat_s(song, t)
            inside = (times > t + 0.6 * bar / song.beats_per_bar) & (times < t + bar - 0.05)
            cost[inside] += _HELD
    _add_lyrics(times, song, cost)
    cost[0] = cost[-1] = passed[0] = passed[-1] = 0.0
    return cost, passed


def _add_lyrics(times: _Floats, song: SongMap, cost: _Floats) -> None:
    for line in song.lyrics:
        lead = 0.75 * _beat_s(song, line.start_s)
        cost[(times >= line.start_s - lead) & (times <= line.start_s + 0.08)] -= 0.7
        cost[(times > line.start_s + 0.3) & (times < line.end_s - 0.3)] += 0.25


def _mark_nearest(times: _Floats, t: float, passed: _Floats, amount: float, song: SongMap) -> None:
    index = int(np.argmin(np.abs(times - t)))
    if abs(times[index] - t) <= 0.6 * _beat_s(song, t):
        passed[index] += amount


def _beat_s(song: SongMap, t: float) -> float:
    """The length of a beat around `t`, half a second where there is no pulse."""
    index = bisect_left(song.beats, t)
    if len(song.beats) < 2:
        return 0.5
    index = min(max(index, 1), len(song.beats) - 1)
    return min(song.beats[index] - song.beats[index - 1], 1.5)


def _targets(song: SongMap, rules: CutRules, times: _Floats) -> _Floats:
    """The wanted length, in seconds, of a shot that starts at each node."""
    low, high = rules.min_s, max(rules.min_s, min(rules.max_s, 8.0))
    targets = np.empty(times.size)
    for n, t in enumerate(times.tolist()):
        section = song.sections[song.section_at(t + 0.05)]
        x = _LENGTH[section.label] - 0.3 * (section.energy - 0.5)
        base = low * (high / low) ** min(max(x, 0.0), 1.0)
        swing = 2.0 ** (-0.8 * (song.energy.at(t + 0.5 * base) - section.energy))
        targets[n] = min(max(base * swing * _phrasing(song, section, t), low), high)
    return targets


def _phrasing(song: SongMap, section: Section, t: float) -> float:
    """Longer at the head of a four-bar phrase, shorter towards its end, as an editor breathes."""
    phrase_s = 4 * song.beats_per_bar * _beat_s(song, t)
    place = ((t - section.start_s) % phrase_s) / phrase_s
    return 1.25 - 0.5 * place


def _best_path(nodes: _Nodes, targets: _Floats, rules: CutRules) -> list[int]:
    """Indices of the cheapest path from the first node to the last.

    The state is the last shot (its two nodes), so that a shot as long as the one before can be charged.
    """
    count = nodes.times.size
    over = np.concatenate(([0.0], np.cumsum(nodes.passed)))
    reach = np.searchsorted(nodes.times, nodes.times + rules.max_s + 1e-9, side="right")
    costs: list[list[_Floats]] = [[] for _ in range(count)]
    starts: list[list[int]] = [[] for _ in range(count)]
    backs: dict[tuple[int, int], int] = {}
    for j in range(count - 1):
        if j and not starts[j]:
            continue
        after = np.arange(j + 1, max(int(reach[j]), j + 2))
        lengths = nodes.times[after] - nodes.times[j]
        edge = 1.6 * np.log2(lengths / targets[j]) ** 2 + nodes.cost[after] + over[after] - over[j + 1]
        edge += np.where(lengths < rules.min_s - 1e-6, _SHORT, 0.0)
        if j == 0:
            total, back = edge, np.full(after.size, -1)
        else:
            before = np.array(starts[j])
            last = nodes.times[j] - nodes.times[before]
            same = np.abs(np.log2(lengths[None, :] / last[:, None])) < 0.12
            joined = np.array(costs[j])[:, None] + _SAME_LENGTH * same
            pick = np.argmin(joined, axis=0)
            total, back = joined[pick, np.arange(after.size)] + edge, before[pick]
        for n, k in enumerate(after.tolist()):
            costs[k].append(total[n])
            starts[k].append(j)
            backs[j, k] = int(back[n])
    return _walk_back(costs, starts, backs)


def _walk_back(costs: list[list[_Floats]], starts: list[list[int]], backs: dict[tuple[int, int], int]) -> list[int]:
    k = len(costs) - 1
    j = starts[k][int(np.argmin(np.array(costs[k])))]
    path = [k, j]
    while j:
        j, k = backs[j, k], j
        path.append(j)
    return path[::-1]


def rhythm(spans: Spans) -> float:
    """How varied the cutting is: the mean change from one shot length to the next, in octaves."""
    lengths = [end - start for start, end in spans]
    steps = [abs(log2(b / a)) for a, b in pairwise(lengths)]
    return sum(steps) / len(steps) if steps else 0.0
