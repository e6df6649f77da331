"""Where lines may begin and what the singing says of each place. It does not choose between them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from mvlocal.schema.song import SectionLabel
from mvlocal.song.features import SLOW_RATE_HZ
from mvlocal.song.placing import SongFrame, Stretch

Reals = NDArray[np.float64]

SHORTEST_GAP_S = 0.8
LONGEST_GAP_S = 16.0

_QUIET: tuple[SectionLabel, ...] = ("intro", "outro", "break", "inst", "solo")
_LEAST_SYLLABLE_S, _LONGEST_SYLLABLE_S = 0.14, 0.55
_ENTRY_S = 0.9
_SMALL_RISE = 0.4


@dataclass(frozen=True, slots=True)
class SearchSpace:
    """Candidate starts (n,), what each is worth as a start, and singing summed up to each slow frame (m + 1,).

    `syllable_s` is how long a syllable lasts in this song, `bar_s` how long a bar.
    """

    times: Reals
    entry: Reals
    sung: Reals
    bar_s: float
    syllable_s: float

    def sung_until(self, times: Reals) -> Reals:
        """Seconds of singing from the song's start up to each of `times`."""
        return np.interp(times * SLOW_RATE_HZ, np.arange(len(self.sung)), self.sung)


def make_search_space(song: SongFrame, syllables: int) -> SearchSpace:
    """The space for a song in which so many syllables are sung."""
    voice = song.voice if len(song.voice) else np.zeros(1)
    sung = np.concatenate([[0.0], np.cumsum(voice) / SLOW_RATE_HZ])
    bars = np.diff(np.asarray(song.downbeats)) if len(song.downbeats) > 2 else np.asarray([2.0])
    voiced_s = float(sung[-1])
    if voiced_s < 0.1 * song.duration_s:
        voiced_s = 0.6 * song.duration_s
    pace = float(np.clip(voiced_s / max(syllables, 1), _LEAST_SYLLABLE_S, _LONGEST_SYLLABLE_S))
    times = _candidates(song)
    space = SearchSpace(times, np.zeros(0), sung, float(np.median(bars)), pace)
    before = space.sung_until(times) - space.sung_until(times - _ENTRY_S)
    after = space.sung_until(times + _ENTRY_S) - space.sung_until(times)
    return SearchSpace(times, _clear_entries((after - before) / _ENTRY_S), sung, space.bar_s, pace)


def _clear_entries(rise: Reals) -> Reals:
    """Rises of the voice (-1 to 1) without the small ones, which every held note makes."""
    return np.sign(rise) * np.maximum(np.abs(rise) - _SMALL_RISE, 0.0) / (1 - _SMALL_RISE)


def likely_gaps(space: SearchSpace, counts: NDArray[np.intp]) -> list[float]:
    """Seconds from line to line that a song may keep to: half a bar to eight bars, as far as the words fit."""
    needed_s = 0.12 * float(np.median(counts))
    gaps = [space.bar_s * bars for bars in (0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 8.0)]
    fitting = [gap for gap in gaps if max(needed_s, SHORTEST_GAP_S) <= gap <= 0.9 * LONGEST_GAP_S]
    return fitting or [max(needed_s, 2.0)]


def likely_groups(labels: Sequence[SectionLabel | None], song: SongFrame) -> Sequence[Mapping[SectionLabel, int]]:
    """Which sections that sound alike could be the verses and which the choruses, to be tried in turn."""
    members = Counter(stretch.group for stretch in song.stretches)
    groups = [group for group, _ in members.most_common(3)]
    counts = Counter(labels)
    names: list[SectionLabel] = []
    for name in sorted(counts, key=lambda label: -counts[label]):
        if name is not None and len(names) < 2:
            names.append(name)
    found: list[Mapping[SectionLabel, int]] = []
    for choice in permutations(groups, len(names)):
        reading: dict[SectionLabel, int] = {}
        reading.update(zip(names, choice, strict=True))
        found.append(reading)
    return found if names else []


def stanza_worth(
    space: SearchSpace, label: SectionLabel | None, song: SongFrame, groups: Mapping[SectionLabel, int]
) -> Reals:
    """How well a stanza may begin at each candidate (n,): near a section's start, of its own kind."""
    worth = np.full(len(space.times), -1.0)
    near_s = max(0.75 * space.bar_s, 1.0)
    for stretch in song.stretches:
        inside = (space.times >= stretch.start_s - 0.3 * space.bar_s) & (space.times < stretch.end_s)
        away = np.abs(space.times - stretch.start_s)
        here = _kinship(label, stretch, groups) + 2.0 * np.exp(-((away / near_s) ** 2))
        worth = np.where(inside, np.maximum(worth, here), worth)
    return worth


def _candidates(song: SongFrame) -> Reals:
    """Half beats, or quarter seconds without beats, from 0 up to the song's end."""
    beats = np.asarray(song.beats, np.float64)
    if len(beats) < 8:
        return np.arange(0.0, max(song.duration_s - 0.3, 0.05), 0.25)
    halves = (beats[:-1] + beats[1:]) / 2
    times = np.sort(np.concatenate([[0.0] if beats[0] > 0.3 else [], beats, halves]))
    return times[times < max(song.duration_s - 0.3, 0.05)]


def _kinship(label: SectionLabel | None, stretch: Stretch, groups: Mapping[SectionLabel, int]) -> float:
    """How well a stanza of this label suits a section: by the groups being tried, else by its heard label."""
    quiet = -0.6 if stretch.label in _QUIET and stretch.label != label else 0.0
    if label is None:
        return quiet
    if label in groups:
        if stretch.group == groups[label]:
            return 1.0
        return -0.8 if stretch.group in groups.values() else min(quiet, -0.2)
    if stretch.label == label:
        return 1.2
    return quiet + (-0.8 if "chorus" in (stretch.label, label) else -0.2)
