"""The song's form: where sections begin, on downbeats, and what each is. It does not place lyrics.

Borders come from a least-squares segmentation of bars with a liking for four, eight and sixteen bars; labels from
which segments sound alike, how energetic they are and whether someone sings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.cluster import hierarchy

from mvlocal.schema.song import EnergyCurve, Section, SectionLabel
from mvlocal.song.energy import mean_energy
from mvlocal.song.features import SLOW_RATE_HZ, SongFeatures

Reals = NDArray[np.float64]

_SECTION_COST = 4.0
_WANDER_SHARE = 0.15
_LONGEST_BARS = 40
_SHORTEST_S, _USUAL_S = 4.0, 10.0
_ALIKE = 0.9
_BLOCK_S = 2.0


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch between two borders, in seconds and in bars of the description."""

    start_s: float
    end_s: float
    first: int
    last: int
    energy: float
    sung: float
    group: int = 0


def find_segments(
    features: SongFeatures, downbeats: Sequence[float], energy: EnergyCurve, voice: Reals
) -> tuple[Segment, ...]:
    """Segments that tile the song exactly; one for a song shorter than two sections could be."""
    borders = _bar_borders(downbeats, features.duration_s)
    bars = describe_bars(features, borders, voice)
    cuts = _segment(bars, borders) if features.duration_s >= 2 * _SHORTEST_S and not features.silent else [0]
    edges = [0.0, *(float(borders[cut]) for cut in cuts[1:]), features.duration_s]
    limits = [*cuts, len(borders) - 1]
    plain = [
        Segment(
            start_s=edges[i],
            end_s=edges[i + 1],
            first=limits[i],
            last=limits[i + 1],
            energy=mean_energy(energy, edges[i], edges[i + 1]),
            sung=_mean_between(voice, edges[i], edges[i + 1]),
        )
        for i in range(len(cuts))
    ]
    groups = _group(plain, bars)
    return tuple(_with_group(segment, group) for segment, group in zip(plain, groups, strict=True))


def label_segments(segments: Sequence[Segment]) -> tuple[SectionLabel, ...]:
    """Labels from repetition, energy, singing and place; `inst` for a song without form."""
    if len(segments) == 1:
        return ("verse" if segments[0].sung > 0.3 and segments[0].energy > 0 else "inst",)
    chorus = _chorus_group(segments)
    typical = float(np.median([s.energy for s in segments]))
    labels: list[SectionLabel] = []
    for index, segment in enumerate(segments):
        labels.append(_label(segments, index, chorus, typical))
        if segment.group == chorus and index > 1 and labels[index - 1] == "verse":
            _name_prechorus(segments, labels, index - 1)
    return tuple(labels)


def segments_to_sections(segments: Sequence[Segment], labels: Sequence[SectionLabel]) -> tuple[Section, ...]:
    """The document's sections."""
    pairs = zip(segments, labels, strict=True)
    return tuple(Section(label=label, start_s=s.start_s, end_s=s.end_s, energy=s.energy) for s, label in pairs)


def _bar_borders(downbeats: Sequence[float], duration_s: float) -> Reals:
    """Bar borders in seconds from 0 to the end; two-second blocks where no bars were heard."""
    inner = np.asarray([t for t in downbeats if 0.3 < t < duration_s - 0.3])
    if len(inner) < 4:
        inner = np.arange(_BLOCK_S, duration_s - _BLOCK_S / 2, _BLOCK_S)
    elif inner[0] < 0.6 * (inner[1] - inner[0]):
        inner = inner[1:]  # a breath before the first bar belongs to it
    return np.concatenate([[0.0], inner, [duration_s]])


def describe_bars(features: SongFeatures, borders: Reals, voice: Reals) -> Reals:
    """Each bar's colour, level, busyness and singing, then harmony, scaled to compare: (bars, d)."""
    frames = np.minimum(np.round(borders * SLOW_RATE_HZ).astype(int), features.chroma.shape[1] - 1)
    frames = np.maximum.accumulate(frames)
    rate = features.onsets.shape[1] / max(features.chroma.shape[1], 1)
    fine = np.minimum((frames * rate).astype(int), features.onsets.shape[1] - 1)
    colour = _bar_means(features.timbre[1:], frames)
    level = _bar_means(features.bands_db, frames)
    busy = np.sqrt(_bar_means(features.onsets, fine))
    sung = _bar_means(voice[None, :].astype(np.float32), frames)
    harmony = np.vstack([_bar_means(features.chroma, frames), _bar_means(features.bass, frames)])
    rows = [
        _scaled(colour, 4.0) * np.sqrt(3.0 / 12),
        _scaled(level, 3.0) * np.sqrt(3.0 / 5),
        _scaled(busy, 0.02) * np.sqrt(2.5 / 5),
        (sung - sung.mean()) * 2.0,
        _scaled(harmony, 0.25) * np.sqrt(1.5 / 24),
    ]
    return np.vstack(rows).T


def _bar_means(rows: NDArray[np.float32] | Reals, frames: NDArray[np.intp]) -> Reals:
    sums = np.add.reduceat(rows, frames[:-1], axis=1, dtype=np.float64)
    return sums / np.maximum(np.diff(frames), 1)


def _scaled(rows: Reals, least: float) -> Reals:
    """Rows in units of their usual spread, so that a silent end does not flatten the rest; at most 3 away."""
    middle = np.median(rows, axis=1, keepdims=True)
    low, high = np.percentile(rows, (15, 85), axis=1, keepdims=True)
    return np.clip((rows - middle) / np.maximum((high - low) / 2, least), -3, 3)


def _segment(bars: Reals, borders: Reals) -> list[int]:
    """First bars of the cheapest segmentation: squared distance to each segment's mean, plus a cost a segment."""
    count = len(bars)
    sums = np.concatenate([np.zeros((1, bars.shape[1])), np.cumsum(bars, axis=0)])
    squares = np.concatenate([[0.0], np.cumsum((bars**2).sum(axis=1))])
    # What changes from bar to bar anyway must not look like form: real playing varies far more than machines do.
    wander = float(np.median(((bars[1:] - bars[:-1]) ** 2).sum(axis=1))) if count > 1 else 0.0
    section_cost = max(_SECTION_COST, _WANDER_SHARE * wander * np.log(count + 1))
    best = np.full(count + 1, np.inf)
    best[0] = 0.0
    origin = np.zeros(count + 1, dtype=int)
    for end in range(1, count + 1):
        starts = np.arange(max(end - _LONGEST_BARS, 0), end)
        lengths = end - starts
        spread = squares[end] - squares[starts] - ((sums[end] - sums[starts]) ** 2).sum(axis=1) / lengths
        cost = best[starts] + spread + section_cost + _length_cost(lengths, borders[end] - borders[starts])
        origin[end] = starts[int(np.argmin(cost))]
        best[end] = cost.min()
    cuts = [count]
    while cuts[-1] > 0:
        cuts.append(int(origin[cuts[-1]]))
    return cuts[:0:-1]


def _length_cost(bars: NDArray[np.intp], seconds: Reals) -> Reals:
    """Musical lengths are cheap, odd ones dear, very short ones dearer."""
    cost = np.where(bars % 8 == 0, -2.0, np.where(bars % 4 == 0, -1.0, np.where(bars % 2 == 0, 1.0, 2.0)))
    return (
        cost
        + np.where(seconds < _SHORTEST_S, 60.0, 2.0 * np.maximum(_USUAL_S - seconds, 0))
        + np.where(seconds > 45, (seconds - 45) * 0.2, 0.0)
    )


def _mean_between(rows: Reals, start_s: float, end_s: float) -> float:
    first, last = int(start_s * SLOW_RATE_HZ), max(int(end_s * SLOW_RATE_HZ), int(start_s * SLOW_RATE_HZ) + 1)
    part = rows[first:last]
    return float(part.mean()) if len(part) else 0.0


def _with_group(segment: Segment, group: int) -> Segment:
    return Segment(segment.start_s, segment.end_s, segment.first, segment.last, segment.energy, segment.sung, group)


def _group(segments: Sequence[Segment], bars: Reals) -> list[int]:
    """Which segments sound alike: average-link clustering of their mean descriptions, numbered as they come."""
    if len(segments) == 1:
        return [0]
    means = np.stack([bars[s.first : max(s.last, s.first + 1)].mean(axis=0) for s in segments])
    found = hierarchy.fcluster(hierarchy.linkage(means, "average"), _ALIKE, "distance").tolist()
    numbers = {group: number for number, group in enumerate(dict.fromkeys(found))}
    return [numbers[group] for group in found]


def _chorus_group(segments: Sequence[Segment]) -> int | None:
    """The group that comes back, is sung and has the most energy; else the most energetic one."""
    scores: dict[int, float] = {}
    for group in {s.group for s in segments}:
        members = [s for s in segments if s.group == group]
        energy = float(np.mean([s.energy for s in members]))
        sung = float(np.mean([s.sung for s in members]))
        late = segments.index(members[0]) > 0
        scores[group] = energy + 0.25 * sung + 0.2 * (len(members) > 1) - 0.3 * (not late)
    best = max(scores, key=lambda group: scores[group])
    energies = [s.energy for s in segments]
    members = [s.energy for s in segments if s.group == best]
    return best if np.mean(members) > np.median(energies) or len(set(energies)) == 1 else None


def _label(segments: Sequence[Segment], index: int, chorus: int | None, typical: float) -> SectionLabel:
    segment = segments[index]
    if segment.group == chorus:
        return "chorus" if segment.sung > 0.2 or not _anyone_sings(segments) else "inst"
    if index == 0 and (segment.sung < 0.4 or segment.end_s < 12):
        return "intro"
    if index == len(segments) - 1 and (segment.sung < 0.5 or segment.end_s - segment.start_s < 12):
        return "outro"
    if segment.sung < 0.25 and _anyone_sings(segments):
        return "break" if segment.energy < typical else "solo" if segment.energy > typical + 0.05 else "inst"
    alone = sum(s.group == segment.group for s in segments) == 1
    place = (segment.start_s + segment.end_s) / 2 / segments[-1].end_s
    if alone and 0.5 < place < 0.92 and any(s.group == chorus for s in segments[:index]):
        return "bridge" if segment.energy > 0.6 * typical else "break"
    return "verse"


def _anyone_sings(segments: Sequence[Segment]) -> bool:
    return any(s.sung > 0.35 for s in segments)


def _name_prechorus(segments: Sequence[Segment], labels: list[SectionLabel], index: int) -> None:
    """A short verse-like segment between another verse and the chorus, that comes back, is a prechorus."""
    here = segments[index]
    length_s = here.end_s - here.start_s
    after_verse = labels[index - 1] == "verse" and segments[index - 1].group != here.group
    if after_verse and length_s < 20 and sum(s.group == here.group for s in segments) > 1:
        labels[index] = "prechorus"
