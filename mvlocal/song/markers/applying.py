"""A song map with a person's markers in place of what was heard. It reads no files."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from mvlocal.errors import InputError
from mvlocal.schema.song import EnergyCurve, LyricLine, LyricWord, Section, SectionLabel, SongMap
from mvlocal.song.energy import mean_energy
from mvlocal.song.markers.model import Markers

_SAME_S = 1e-5
"""Times in marker files have six digits."""


def apply_markers(song_map: SongMap, markers: Markers) -> SongMap:
    """The map with a person's beats, sections and lines in place of what was heard.

    What is marked just where it was heard stays as heard, so that an exported list with one correction changes that
    one thing alone; `backends` names `markers` only for what changed.

    Raises:
        InputError: nothing marked lies inside the song, or a lyric marker ends before it starts.
    """
    changes: dict[str, object] = {}
    if markers.beats or markers.downbeats:
        changes |= _changed_grid(song_map, markers)
    if markers.sections:
        sections = _marked_sections(song_map, markers)
        if not _same_sections(sections, song_map.sections):
            changes["sections"] = sections
    if markers.lyrics:
        lines = _marked_lines(song_map, markers)
        if lines != song_map.lyrics:
            changes |= {"lyrics": lines, "unplaced_lyrics": ()}
    used = changes.keys() & {"beats", "sections", "lyrics"}
    backends = song_map.backends | dict.fromkeys(sorted(used), "markers")
    return SongMap.model_validate(song_map.model_dump() | changes | {"backends": backends})


def _changed_grid(song_map: SongMap, markers: Markers) -> dict[str, object]:
    """The fields of a marked grid; none where it is the one that was heard."""
    beats, downbeats, per_bar = _marked_grid(song_map, markers)
    if len(beats) < 2:
        raise InputError("the beat markers lie outside the song", where=markers.name, mend="mark this song")
    same = (
        per_bar == song_map.beats_per_bar
        and _same_times(beats, song_map.beats)
        and _same_times(downbeats, song_map.downbeats)
    )
    if same:
        return {}
    tempo = round(60.0 / float(np.median(np.diff(beats))), 2)
    return {"beats": beats, "downbeats": downbeats, "beats_per_bar": per_bar, "tempo_bpm": tempo}


def _same_times(left: Sequence[float], right: Sequence[float]) -> bool:
    return len(left) == len(right) and all(abs(a - b) <= _SAME_S for a, b in zip(left, right, strict=True))


def _same_sections(left: Sequence[Section], right: Sequence[Section]) -> bool:
    labels = [section.label for section in left] == [section.label for section in right]
    return labels and _same_times([s.start_s for s in left], [s.start_s for s in right])


def _marked_grid(song_map: SongMap, markers: Markers) -> tuple[tuple[float, ...], tuple[float, ...], int]:
    """Beats, downbeats and beats a bar after marking; downbeats alone keep the heard number of beats between."""
    end = song_map.duration_s
    marked = tuple(t for t in markers.beats if t < end)
    downs = tuple(t for t in markers.downbeats if t < end)
    if marked and downs:
        return marked, downs, _per_bar(marked, downs, song_map.beats_per_bar)
    if marked:
        return marked, marked[:: song_map.beats_per_bar], song_map.beats_per_bar
    per_bar = song_map.beats_per_bar
    inner = [np.linspace(a, b, per_bar, endpoint=False) for a, b in pairwise(downs)]
    beats = np.unique(np.round(np.concatenate([*inner, downs[-1:]]), 6)) if downs else np.zeros(0)
    kept = set(np.round(downs, 6).tolist())
    return tuple(beats.tolist()), tuple(t for t in beats.tolist() if t in kept), per_bar


def _per_bar(beats: Sequence[float], downs: Sequence[float], otherwise: int) -> int:
    counts = np.diff([bisect_right(beats, t) for t in downs])
    counts = counts[(counts >= 1) & (counts <= 16)]
    return int(np.bincount(counts).argmax()) if len(counts) else otherwise


def _marked_sections(song_map: SongMap, markers: Markers) -> tuple[Section, ...]:
    """Marked sections laid over the heard ones, which stay where nothing is marked."""
    end = song_map.duration_s
    starts = [t for t, _, _ in markers.sections if t < end]
    if not starts:
        raise InputError("the section markers lie outside the song", where=markers.name, mend="mark this song")
    spans: list[tuple[float, float, SectionLabel]] = []
    for index, (start, stop, label) in enumerate(markers.sections[: len(starts)]):
        following = starts[index + 1] if index + 1 < len(starts) else end
        spans.append((start, min(stop if stop is not None else following, following, end), label))
    borders = {0.0, end, *(a for a, _, _ in spans), *(b for _, b, _ in spans)}
    covered = [(a, b) for a, b, _ in spans]
    heard = {s.start_s for s in song_map.sections if not any(a <= s.start_s < b for a, b in covered)}
    edges = sorted(borders | heard)
    pieces: list[tuple[float, float, SectionLabel, bool]] = []
    for a, b in pairwise(edges):
        own: SectionLabel | None = next((label for x, y, label in spans if x <= a and b <= y), None)
        if own is None and b - a < 0.05 and pieces:
            last = pieces[-1]
            pieces[-1] = (last[0], b, last[2], last[3])
            continue
        label: SectionLabel = own or song_map.sections[song_map.section_at(a)].label
        pieces.append((a, b, label, own is not None))
    return tuple(
        Section(label=label, start_s=a, end_s=b, energy=_level(song_map.energy, a, b)) for a, b, label, _ in pieces
    )


def _level(energy: EnergyCurve, start_s: float, end_s: float) -> float:
    return mean_energy(energy, start_s, end_s) if energy.values else 0.0


def _marked_lines(song_map: SongMap, markers: Markers) -> tuple[LyricLine, ...]:
    """Marked lines in order; one with the words of a heard line keeps that line's register and words."""
    end = song_map.duration_s
    heard: dict[str, list[LyricLine]] = {}
    for line in song_map.lyrics:
        heard.setdefault(" ".join(line.text.split()), []).append(line)
    return tuple(
        _marked_line(text, start, min(stop, end), heard.get(" ".join(text.split()), []))
        for start, stop, text in markers.lyrics
        if start < end
    )


def _marked_line(text: str, start_s: float, end_s: float, heard: Sequence[LyricLine]) -> LyricLine:
    nearest = min(heard, key=lambda line: abs(line.start_s - start_s), default=None)
    if nearest is None:
        return LyricLine(text=text, start_s=start_s, end_s=end_s, confidence=1.0)
    if _same_times((start_s, end_s), (nearest.start_s, nearest.end_s)):
        return nearest
    moved = {"start_s": start_s, "end_s": end_s, "confidence": 1.0, "words": _stretched(nearest, start_s, end_s)}
    return LyricLine.model_validate(nearest.model_dump() | moved)


def _stretched(line: LyricLine, start_s: float, end_s: float) -> tuple[LyricWord, ...]:
    """The line's words over its new span, each with its share of it."""
    scale = (end_s - start_s) / line.length_s if line.length_s > 0 else 0.0

    def move(t: float) -> float:
        return min(max(start_s + (t - line.start_s) * scale, start_s), end_s)

    return tuple(LyricWord(text=word.text, start_s=move(word.start_s), end_s=move(word.end_s)) for word in line.words)
