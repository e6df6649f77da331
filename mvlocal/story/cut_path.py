"""The cheapest way through the places where a cut may be: how long shots want to be, and the path itself.

It does not know what makes a place good. Times are seconds of the song.
"""

from __future__ import annotations

import numpy as np

from mvlocal.schema.song import Section, SectionLabel, SongMap
from mvlocal.story.cut_nodes import Floats, Nodes, beat_s
from mvlocal.story.cut_rules import CutRules

_SHORT = 30.0
_SAME_LENGTH = 1.7
_LENGTH: dict[SectionLabel, float] = {
    "intro": 0.8, "verse": 0.5, "prechorus": 0.48, "chorus": 0.4, "bridge": 0.62,
    "solo": 0.36, "break": 0.8, "outro": 0.88, "inst": 0.55,
}  # fmt: skip
"""Where a section's shots lie between the shortest (0) and the longest (1) at medium energy."""


def wanted_lengths(song: SongMap, rules: CutRules, times: Floats) -> Floats:
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
    phrase_s = 4 * song.beats_per_bar * beat_s(song, t)
    place = ((t - section.start_s) % phrase_s) / phrase_s
    return 1.25 - 0.5 * place


def best_path(nodes: Nodes, targets: Floats, rules: CutRules) -> list[int]:
    """Indices of the cheapest path from the first node to the last.

    The state is the last shot (its two nodes), so that a shot as long as the one before can be charged.
    """
    count = nodes.times.size
    over = np.concatenate(([0.0], np.cumsum(nodes.passed)))
    reach = np.searchsorted(nodes.times, nodes.times + rules.max_s + 1e-9, side="right")
    costs: list[list[Floats]] = [[] for _ in range(count)]
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


def _walk_back(costs: list[list[Floats]], starts: list[list[int]], backs: dict[tuple[int, int], int]) -> list[int]:
    k = len(costs) - 1
    j = starts[k][int(np.argmin(np.array(costs[k])))]
    path = [k, j]
    while j:
        j, k = backs[j, k], j
        path.append(j)
    return path[::-1]
