"""Where to cut: shot spans over the song, chosen by dynamic programming over its beats.

It does not know what a shot shows. Times are seconds of the song.
"""

from __future__ import annotations

from itertools import pairwise
from math import log2

from mvlocal.schema.song import SongMap
from mvlocal.story.cut_nodes import drops, make_nodes
from mvlocal.story.cut_path import best_path, wanted_lengths
from mvlocal.story.cut_rules import CutRules, check_rules
from mvlocal.story.form import form_of
from mvlocal.timing import FrameRate

__all__ = ["CutRules", "Spans", "drops", "free_cuts", "plan_cuts", "rhythm"]

Spans = tuple[tuple[float, float], ...]


def plan_cuts(song: SongMap, rules: CutRules, rate: FrameRate) -> Spans:
    """Chooses shot spans that tile [0, song.duration_s] exactly, in order.

    Every border except 0 and the end is exactly one of `song.beats`, but for hand-set cuts that lie off the
    beat and stretches longer than `max_s` without any beat; a shot that starts there is to be marked free.
    Time grows linearly with the length of the song.

    Raises:
        SettingsError: rules that contradict each other or the song (`every_beats` longer than `max_s`, a
            hand-set cut outside the song).
    """
    check_rules(song, rules, rate)
    song = form_of(song)
    nodes = make_nodes(song, rules, rate)
    chosen = best_path(nodes, wanted_lengths(song, rules, nodes.times), rules)
    times = [float(nodes.times[index]) for index in chosen]
    return tuple(pairwise(times))


def free_cuts(spans: Spans, song: SongMap) -> tuple[bool, ...]:
    """For each span, whether it starts off the beat (the first starts at zero and is not free)."""
    beats = set(song.beats)
    return tuple(start != 0.0 and start not in beats for start, _ in spans)


def rhythm(spans: Spans) -> float:
    """How varied the cutting is: the mean change from one shot length to the next, in octaves."""
    lengths = [end - start for start, end in spans]
    steps = [abs(log2(b / a)) for a, b in pairwise(lengths)]
    return sum(steps) / len(steps) if steps else 0.0
