"""When each line is sung: exactly as timed files say, else placed by singing, syllables, sections and bars.

It does not read files or hear sound; singing reaches it as a curve.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, permutations

import numpy as np
from numpy.typing import NDArray

from mvlocal.schema.song import LyricLine, LyricWord, SectionLabel
from mvlocal.song.features import SLOW_RATE_HZ
from mvlocal.song.lyrics.model import Lyrics, SungLine
from mvlocal.song.syllables import count_syllables

Reals = NDArray[np.float64]

_SHORTEST_GAP_S = 0.8
_LONGEST_GAP_S = 16.0
_MOST_CONFIDENT_GUESS = 0.85
_MOST_WORK = 200_000
"""Candidates times lines above which sections are taken as labelled, without trying other readings."""
_MOST_HOMES = 64
"""Stanzas looked at for a line that comes back again and again."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A section as heard; sections of one `group` sound alike."""

    start_s: float
    end_s: float
    label: SectionLabel
    group: int


@dataclass(frozen=True, slots=True)
class SongFrame:
    """What the aligner hears of a song: singing (m,) in [0, 1] at 10 Hz, beats, downbeats and sections."""

    duration_s: float
    voice: Reals
    beats: Sequence[float]
    downbeats: Sequence[float]
    stretches: Sequence[Stretch]


@dataclass(frozen=True, slots=True)
class PlacedLyrics:
    """Lines in song order with the block each came from, and the texts that found no place."""

    lines: tuple[LyricLine, ...]
    blocks: tuple[int, ...]
    unplaced: tuple[str, ...]


def place_lyrics(lyrics: Lyrics, song: SongFrame) -> PlacedLyrics:
    """Every line of `lyrics` either at its time or among the unplaced, never dropped.

    Timed formats keep their starts and get confidence 1; placed plain lines get at most 0.85.
    """
    return _timed_lines(lyrics, song.duration_s) if lyrics.timed else _plain_lines(lyrics, song)


def singing_length_s(syllables: int) -> float:
    """A sensible hold for a line whose end nobody gave."""
    return max(2.5, 0.42 * syllables + 1.2)


# --- timed formats ---------------------------------------------------------------------------------------


def _timed_lines(lyrics: Lyrics, duration_s: float) -> PlacedLyrics:
    starts = [line.start_s or 0.0 for line in lyrics.lines]
    placed: list[LyricLine] = []
    blocks: list[int] = []
    unplaced: list[str] = []
    following = float("inf")
    later = float("inf")
    for line, start_s in zip(reversed(lyrics.lines), reversed(starts), strict=True):
        following = later if start_s < later else following
        later = start_s
        if start_s >= duration_s:
            unplaced.append(line.text)
            continue
        placed.append(_timed_line(line, start_s, min(following, duration_s)))
        blocks.append(line.block)
    return PlacedLyrics(tuple(placed[::-1]), tuple(blocks[::-1]), tuple(unplaced[::-1]))


def _timed_line(line: SungLine, start_s: float, limit_s: float) -> LyricLine:
    held = start_s + 1.6 * singing_length_s(count_syllables(line.text))
    last_word = line.words[-1].start_s + 1.0 if line.words else start_s
    end_s = line.end_s if line.end_s is not None else max(held, last_word)
    end_s = max(min(end_s, limit_s), start_s)
    return LyricLine(
        text=line.text, start_s=start_s, end_s=end_s, confidence=1.0, words=_timed_words(line, start_s, end_s)
    )


def _timed_words(line: SungLine, start_s: float, end_s: float) -> tuple[LyricWord, ...]:
    """Words inside their line; each lasts to its own end, the next word or the line's end."""
    words: list[LyricWord] = []
    for index, word in enumerate(line.words):
        begin = min(max(word.start_s, start_s), end_s)
        following = line.words[index + 1].start_s if index + 1 < len(line.words) else end_s
        stop = following if word.end_s is None else word.end_s
        words.append(LyricWord(text=word.text, start_s=begin, end_s=min(max(stop, begin), end_s)))
    return tuple(words)


# --- plain lyrics: one search over where every line begins -----------------------------------------------


@dataclass(frozen=True, slots=True)
class _Search:
    """Candidate starts (n,), what each is worth as a start, and summed singing up to each slow frame."""

    times: Reals
    entry: Reals
    sung: Reals
    bar_s: float
    syllable_s: float
    gap_s: float
    groups: Mapping[SectionLabel, int]


def _plain_lines(lyrics: Lyrics, song: SongFrame) -> PlacedLyrics:
    room = int(song.duration_s / _SHORTEST_GAP_S)
    lines = lyrics.lines[:room]
    counts = np.asarray([count_syllables(line.text) for line in lines])
    if not len(lines):
        return PlacedLyrics((), (), tuple(line.text for line in lyrics.lines))
    search = _prepare(song, int(counts.sum()))
    labels = block_labels(lyrics)

    def place(each: _Search) -> _Found:
        return _best_starts(lines, counts, [labels[line.block] for line in lines], each, song)

    tries = [replace(search, gap_s=gap_s) for gap_s in _likely_gaps(search, counts)]
    found = [place(each) for each in tries]
    best = tries[max(range(len(found)), key=lambda index: found[index].rank)]
    if len(search.times) * len(lines) < _MOST_WORK:
        found += [place(replace(best, groups=groups)) for groups in _likely_groups(labels, song)]
    picks = max(found, key=lambda result: result.rank).picks
    placed = _to_lines(lines[: len(picks)], counts, search, picks, song.duration_s)
    unplaced = tuple(line.text for line in lyrics.lines[len(picks) :])
    return PlacedLyrics(placed, tuple(line.block for line in lines[: len(picks)]), unplaced)


def _prepare(song: SongFrame, syllables: int) -> _Search:
    voice = song.voice if len(song.voice) else np.zeros(1)
    sung = np.concatenate([[0.0], np.cumsum(voice) / SLOW_RATE_HZ])
    times = _candidates(song)
    before = (_at(sung, times) - _at(sung, times - 0.9)) / 0.9
    after = (_at(sung, times + 0.9) - _at(sung, times)) / 0.9
    bars = np.diff(np.asarray(song.downbeats)) if len(song.downbeats) > 2 else np.asarray([2.0])
    voiced_s = float(sung[-1])
    if voiced_s < 0.1 * song.duration_s:
        voiced_s = 0.6 * song.duration_s
    pace = float(np.clip(voiced_s / max(syllables, 1), 0.14, 0.55))
    return _Search(times, after - before, sung, float(np.median(bars)), pace, 0.0, {})


def _likely_gaps(search: _Search, counts: NDArray[np.intp]) -> list[float]:
    """Seconds from line to line that a song may keep to: half a bar to eight bars, as far as the words fit."""
    needed_s = 0.12 * float(np.median(counts))
    gaps = [search.bar_s * bars for bars in (0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 8.0)]
    fitting = [gap for gap in gaps if max(needed_s, _SHORTEST_GAP_S) <= gap <= 0.9 * _LONGEST_GAP_S]
    return fitting or [max(needed_s, 2.0)]


@dataclass(frozen=True, slots=True)
class _Found:
    """Indices of candidate starts, one a placed line, and what the whole placement is worth."""

    picks: list[int]
    score: float

    @property
    def rank(self) -> tuple[int, float]:
        """More lines first, then the better score."""
        return len(self.picks), self.score


def _likely_groups(labels: Sequence[SectionLabel | None], song: SongFrame) -> Sequence[Mapping[SectionLabel, int]]:
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


def _candidates(song: SongFrame) -> Reals:
    """Half beats, or quarter seconds without beats, from 0 up to the song's end."""
    beats = np.asarray(song.beats, np.float64)
    if len(beats) < 8:
        return np.arange(0.0, max(song.duration_s - 0.3, 0.05), 0.25)
    halves = (beats[:-1] + beats[1:]) / 2
    times = np.sort(np.concatenate([[0.0] if beats[0] > 0.3 else [], beats, halves]))
    return times[times < max(song.duration_s - 0.3, 0.05)]


def _at(sung: Reals, times: Reals) -> Reals:
    """Seconds of singing up to each time."""
    return np.interp(times * SLOW_RATE_HZ, np.arange(len(sung)), sung)


def _best_starts(
    lines: Sequence[SungLine],
    counts: NDArray[np.intp],
    labels: Sequence[SectionLabel | None],
    search: _Search,
    song: SongFrame,
) -> _Found:
    """The best starts for as many lines as fit; `labels` are the lines' own."""
    moves = _moves(search)
    total = _opening(search, labels[0], song)
    backs: list[NDArray[np.intp]] = []
    totals = [total]
    for index in range(1, len(lines)):
        fresh = lines[index].block != lines[index - 1].block
        length_s = search.syllable_s * counts[index - 1]
        if fresh:
            total, back = _next_block(search, total, length_s, labels[index], song)
        else:
            total, back = _next_line(search, total, length_s, moves)
        if not np.isfinite(total).any():
            break
        backs.append(back)
        totals.append(total)
    return _trace(search, totals, backs, counts)


def _opening(search: _Search, label: SectionLabel | None, song: SongFrame) -> Reals:
    skipped = 0.8 * _at(search.sung, search.times) + np.where(search.times < min(4.0, 0.05 * song.duration_s), 1.0, 0.0)
    return 2.0 * search.entry + _block_worth(search, label, song) - skipped


@dataclass(frozen=True, slots=True)
class _Moves:
    """Every step from one candidate to a later one within reach, and what its length costs: all (n, reach)."""

    origin: NDArray[np.intp]
    gap: Reals
    cost: Reals


def _moves(search: _Search) -> _Moves:
    times = search.times
    reach = min(int(np.searchsorted(times, _LONGEST_GAP_S)) + 2, len(times))
    origin = np.arange(len(times))[:, None] - np.arange(1, reach + 1)[None, :]
    valid = origin >= 0
    origin = np.maximum(origin, 0)
    gap = np.where(valid, times[:, None] - times[origin], 0.0)
    bars = gap / search.bar_s
    uneven = np.minimum(np.abs(bars - np.round(bars)), 0.5)
    stray = np.abs(np.log2(np.maximum(gap, 0.05) / search.gap_s))
    cost = 1.5 * np.minimum(stray, 2.0) + uneven
    fits = valid & (gap >= _SHORTEST_GAP_S) & (gap <= _LONGEST_GAP_S)
    return _Moves(origin, gap, np.where(fits, cost, np.inf))


def _next_line(search: _Search, total: Reals, length_s: float, moves: _Moves) -> tuple[Reals, NDArray[np.intp]]:
    """Best predecessor of every candidate for the next line of the same stanza.

    A line costs by the second it is not sung, and by the second of singing after it that no line claims.
    """
    upto, upto_end = _at(search.sung, search.times), _at(search.sung, search.times + length_s)
    rushed = np.maximum(np.log(max(0.8 * length_s, 0.4) / np.maximum(moves.gap, 0.05)), 0.0)
    whole = moves.gap >= length_s
    end = np.where(whole, upto_end[moves.origin], upto[:, None])
    silent = np.minimum(moves.gap, length_s) - (end - upto[moves.origin])
    cost = moves.cost + 2.0 * rushed + 0.6 * (silent + 0.7 * (upto[:, None] - end))
    options = total[moves.origin] - cost
    pick = np.argmax(options, axis=1)
    rows = np.arange(len(search.times))
    return options[rows, pick] + 2.0 * search.entry, moves.origin[rows, pick]


def _next_block(
    search: _Search, total: Reals, length_s: float, label: SectionLabel | None, song: SongFrame
) -> tuple[Reals, NDArray[np.intp]]:
    """As `_next_line` for the first line of a stanza, which may come after any pause."""
    times = search.times
    end = np.minimum(times + length_s, times[-1] + 1.0)
    silent = (end - times) - (_at(search.sung, end) - _at(search.sung, times))
    # Unclaimed singing costs by the second, so the sum up to the predecessor's end can be taken out of the search.
    ready = total - 0.6 * silent + 0.42 * _at(search.sung, end)
    lead = np.searchsorted(times, times - max(0.8 * length_s, _SHORTEST_GAP_S), side="right") - 1
    running = np.maximum.accumulate(ready)
    holder = np.maximum.accumulate(np.where(ready >= running, np.arange(len(times)), 0))
    origin = holder[np.maximum(lead, 0)]
    value = np.where(lead >= 0, running[np.maximum(lead, 0)], -np.inf)
    worth = 2.0 * search.entry + _block_worth(search, label, song) - 0.42 * _at(search.sung, times)
    return value + worth, origin


def _block_worth(search: _Search, label: SectionLabel | None, song: SongFrame) -> Reals:
    """How well a stanza may begin at each candidate: near a section's start, of its own kind."""
    worth = np.full(len(search.times), -1.0)
    near_s = max(0.75 * search.bar_s, 1.0)
    for stretch in song.stretches:
        inside = (search.times >= stretch.start_s - 0.3 * search.bar_s) & (search.times < stretch.end_s)
        away = np.abs(search.times - stretch.start_s)
        here = _kinship(label, stretch, search.groups) + 2.0 * np.exp(-((away / near_s) ** 2))
        worth = np.where(inside, np.maximum(worth, here), worth)
    return worth


def _kinship(label: SectionLabel | None, stretch: Stretch, groups: Mapping[SectionLabel, int]) -> float:
    """How well a stanza of this label suits a section: by the groups being tried, else by its heard label."""
    quiet = -0.6 if stretch.label in ("intro", "outro", "break", "inst", "solo") and stretch.label != label else 0.0
    if label is None:
        return quiet
    if label in groups:
        if stretch.group == groups[label]:
            return 1.0
        return -0.8 if stretch.group in groups.values() else min(quiet, -0.2)
    if stretch.label == label:
        return 1.2
    return quiet + (-0.8 if "chorus" in (stretch.label, label) else -0.2)


def _trace(
    search: _Search, totals: Sequence[Reals], backs: Sequence[NDArray[np.intp]], counts: NDArray[np.intp]
) -> _Found:
    ends = np.minimum(search.times + search.syllable_s * counts[len(totals) - 1], search.times[-1] + 1.0)
    silent = (ends - search.times) - (_at(search.sung, ends) - _at(search.sung, search.times))
    left = search.sung[-1] - _at(search.sung, ends)
    last = totals[-1] - 0.6 * silent - 0.42 * left
    pick = int(np.argmax(last))
    picks = [pick]
    for back in reversed(backs):
        pick = int(back[pick])
        picks.append(pick)
    return _Found(picks[::-1], float(last.max()))


def _to_lines(
    lines: Sequence[SungLine], counts: NDArray[np.intp], search: _Search, picks: Sequence[int], duration_s: float
) -> tuple[LyricLine, ...]:
    starts = [_to_entry(search, float(search.times[pick])) for pick in picks]
    starts = [max(a, b) for a, b in zip(starts, np.maximum.accumulate([0.0, *starts[:-1]]), strict=True)]
    placed: list[LyricLine] = []
    for index, line in enumerate(lines):
        following = starts[index + 1] if index + 1 < len(starts) else duration_s
        length_s = max(search.syllable_s * 1.15 * float(counts[index]), 1.0)
        end_s = min(starts[index] + length_s, following, duration_s)
        end_s = max(end_s, starts[index])
        entry = float(search.entry[picks[index]])
        span = max(end_s - starts[index], 0.1)
        cover = float(_at(search.sung, np.asarray([end_s]))[0] - _at(search.sung, np.asarray([starts[index]]))[0])
        confidence = 0.2 + 0.3 * max(min(entry, 1.0), 0.0) + 0.35 * min(cover / span, 1.0)
        placed.append(
            LyricLine(
                text=line.text,
                start_s=round(starts[index], 3),
                end_s=round(max(end_s, round(starts[index], 3)), 3),
                confidence=round(min(confidence, _MOST_CONFIDENT_GUESS), 3),
            )
        )
    return tuple(placed)


def _to_entry(search: _Search, start_s: float) -> float:
    """Moved to where singing sets in within a third of a second, else the candidate itself."""
    around = start_s + np.linspace(-0.35, 0.35, 15)
    around = around[around >= 0]
    jump = (_at(search.sung, around + 0.4) - _at(search.sung, around)) - (
        _at(search.sung, around) - _at(search.sung, around - 0.4)
    )
    best = int(np.argmax(jump - 0.15 * np.abs(around - start_s)))
    return float(around[best]) if jump[best] > 0.15 else start_s


def block_labels(lyrics: Lyrics) -> list[SectionLabel | None]:
    """Each stanza's label: its header's, else `chorus` where the same words come back, else `verse` beside one."""
    words: list[list[str]] = [[] for _ in lyrics.blocks]
    for line in lyrics.lines:
        words[line.block].append(" ".join(line.text.casefold().split()))
    headed = any(block.label for block in lyrics.blocks)
    labels: list[SectionLabel | None] = []
    repeats = _repeats(words)
    for block, again in zip(lyrics.blocks, repeats, strict=True):
        if headed or block.label:
            labels.append(block.label)
        else:
            labels.append("chorus" if again else "verse" if any(repeats) else None)
    return labels


def _repeats(words: Sequence[Sequence[str]]) -> list[bool]:
    """Whether at least six tenths of each stanza's lines come back in one other stanza of about its size."""
    homes: dict[str, set[int]] = {}
    for index, rows in enumerate(words):
        for row in set(rows):
            homes.setdefault(row, set()).add(index)
    sizes = [len(set(rows)) for rows in words]
    out: list[bool] = []
    for index, rows in enumerate(words):
        shared = Counter(other for row in set(rows) for other in islice(homes[row], _MOST_HOMES) if other != index)
        out.append(any(count >= 0.6 * max(sizes[index], sizes[other]) for other, count in shared.items()))
    return out
