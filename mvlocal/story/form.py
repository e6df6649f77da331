"""The song's form as its words tell it: a long section is divided where lines begin or cease to come back.

It does not know sound; what it adds to the song map's sections comes from the lyrics alone.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from itertools import groupby

from mvlocal.schema.song import Section, SectionLabel, SongMap

_LEAST_S = 6.0
_LEAST_LINES = 2


def form_of(song: SongMap) -> SongMap:
    """`song` with its sections divided into passages; a passage of lines that come back is a chorus.

    A section is divided only where both parts last 6 s and hold two lines; the song's own borders all stay.
    """
    counts = Counter(_plain(line.text) for line in song.lyrics)
    repeated = [counts[_plain(line.text)] > 1 and bool(_plain(line.text)) for line in song.lyrics]
    if all(repeated) or not any(repeated):
        return song
    sections: list[Section] = []
    for section in song.sections:
        sections.extend(_passages(song, section, repeated))
    return song.model_copy(update={"sections": tuple(sections)})


def _plain(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def _passages(song: SongMap, section: Section, repeated: list[bool]) -> list[Section]:
    inside = [n for n, line in enumerate(song.lyrics) if section.start_s - 0.7 <= line.start_s < section.end_s - 0.7]
    runs = [(key, list(run)) for key, run in groupby(inside, key=lambda n: repeated[n])]
    borders: list[tuple[float, bool]] = [(section.start_s, runs[0][0] if runs else False)]
    for comes_back, run in runs[1:]:
        at = _border(song, song.lyrics[run[0]].start_s)
        long_enough = at - borders[-1][0] >= _LEAST_S and section.end_s - at >= _LEAST_S
        if len(run) >= _LEAST_LINES and long_enough and comes_back != borders[-1][1]:
            borders.append((at, comes_back))
    if len(borders) == 1:
        return [section]
    ends = [*(start for start, _ in borders[1:]), section.end_s]
    return [
        Section(start_s=start, end_s=end, label=_label(section.label, comes_back), energy=_energy(song, start, end))
        for (start, comes_back), end in zip(borders, ends, strict=True)
    ]


def _label(label: SectionLabel, comes_back: bool) -> SectionLabel:
    if comes_back:
        return "chorus"
    return "verse" if label == "chorus" else label


def _border(song: SongMap, line_s: float) -> float:
    """The downbeat nearest to a line's start, up to a bar before it; else the line's start."""
    n = bisect_right(song.downbeats, line_s + 0.45)
    if n and line_s - song.downbeats[n - 1] < 1.0:
        return song.downbeats[n - 1]
    return line_s


def _energy(song: SongMap, start: float, end: float) -> float:
    count = max(2, int((end - start) / 0.5))
    values = [song.energy.at(start + (end - start) * (n + 0.5) / count) for n in range(count)]
    return min(1.0, max(0.0, sum(values) / count))
