"""A person's own markers (Audacity labels, Reaper and Audition CSV), which win over what was heard.

It does not write files (`exports` does) and hears nothing.
"""

from __future__ import annotations

import csv
import io
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Literal

import numpy as np

from mvlocal.errors import InputError
from mvlocal.schema.song import EnergyCurve, LyricLine, Section, SectionLabel, SongMap
from mvlocal.song.energy import mean_energy
from mvlocal.song.lyrics.decoding import read_text, text_to_rows
from mvlocal.song.lyrics.headers import section_label_of
from mvlocal.song.lyrics.model import Source

MarkerFormat = Literal["audacity", "reaper", "audition"]

_MENDS: dict[MarkerFormat, str] = {
    "audacity": "write start<TAB>end<TAB>label in seconds, such as 1.500000<TAB>1.500000<TAB>beat",
    "reaper": "export the region/marker list again with times as minutes:seconds or seconds",
    "audition": "export the markers again with decimal times such as 0:01.500",
}
_LYRIC = re.compile(r"^lyrics?\s*:\s*", re.IGNORECASE)
_BAR_BEAT = re.compile(r"^(\d+)[.:|](\d+)(?:[.:|](\d+))?$")


@dataclass(frozen=True, slots=True)
class Marker:
    """One marker in seconds; a point when start and end are the same."""

    start_s: float
    end_s: float
    name: str
    line_no: int


@dataclass(frozen=True, slots=True)
class Markers:
    """What a person marked: any part may be empty, and what is empty is left as heard.

    `sections` are (start_s, end_s or None, label) in order; a None lasts to the next section.
    """

    name: str
    beats: tuple[float, ...] = ()
    downbeats: tuple[float, ...] = ()
    sections: tuple[tuple[float, float | None, SectionLabel], ...] = ()
    lyrics: tuple[tuple[float, float, str], ...] = ()


def read_markers(path: Path) -> Markers:
    """Reads Audacity labels, Reaper or Audition CSV; content decides which.

    Names mean: `beat` or a number other than 1 a beat; `downbeat`, `bar` or `1` a downbeat; a section name a
    section; `lyric: words` a line. Other names are taken as downbeats if none is marked otherwise.

    Raises:
        InputError: unreadable, of no known format, a malformed line (with its number), or nothing of use.
    """
    return parse_markers(read_text(path, "marker"), str(path))


def parse_markers(text: str, name: str) -> Markers:
    """As `read_markers`, from text.

    Raises:
        InputError: as `read_markers`.
    """
    source = Source(name, text_to_rows(text))
    return _sort_out(source, read_marker_rows(source))


def apply_markers(song_map: SongMap, markers: Markers) -> SongMap:
    """The map with a person's beats, sections and lines in place of what was heard.

    Raises:
        InputError: nothing marked lies inside the song, or a lyric marker ends before it starts.
    """
    changes: dict[str, object] = {}
    beats, downbeats, per_bar = _marked_grid(song_map, markers)
    if markers.beats or markers.downbeats:
        if len(beats) < 2:
            raise InputError("the beat markers lie outside the song", where=markers.name, mend="mark this song")
        tempo = round(60.0 / float(np.median(np.diff(beats))), 2)
        changes |= {"beats": beats, "downbeats": downbeats, "beats_per_bar": per_bar, "tempo_bpm": tempo}
    if markers.sections:
        changes["sections"] = _marked_sections(song_map, markers)
    if markers.lyrics:
        changes["lyrics"] = _marked_lines(song_map, markers)
        changes["unplaced_lyrics"] = ()
    used = changes.keys() & {"beats", "sections", "lyrics"}
    backends = song_map.backends | dict.fromkeys(sorted(used), "markers")
    return SongMap.model_validate(song_map.model_dump() | changes | {"backends": backends})


def read_marker_rows(source: Source) -> list[Marker]:
    """All markers of a file in time order.

    Raises:
        InputError: of no known format, a malformed line, or no marker at all.
    """
    first_no, first = next(((n, row) for n, row in enumerate(source.rows, start=1) if row.strip()), (1, ""))
    header = [cell.strip().casefold() for cell in re.split(r"[,\t;]", first)]
    if header[:3] == ["#", "name", "start"]:
        found = _read_reaper(source, first_no)
    elif header[:2] == ["name", "start"]:
        found = _read_audition(source, first_no, "\t" if "\t" in first else ",")
    elif "\t" in first or first.startswith("\\"):
        found = _read_audacity(source)
    else:
        what = f"neither Audacity labels nor a Reaper or Audition list: {first.strip()[:40]!r}"
        raise source.refuse(first_no, what, _MENDS["audacity"])
    if not found:
        raise source.refuse(1, "there is no marker in the file", "mark beats, downbeats or sections and export again")
    return sorted(found, key=lambda marker: (marker.start_s, marker.end_s))


# --- the three formats -----------------------------------------------------------------------------------


def _read_audacity(source: Source) -> list[Marker]:
    found: list[Marker] = []
    for line_no, row in enumerate(source.rows, start=1):
        if not row.strip() or row.startswith("\\"):
            continue
        cells = row.split("\t")
        if len(cells) < 2:
            raise source.refuse(line_no, f"not a label: {row.strip()[:40]!r}", _MENDS["audacity"])
        start_s, end_s = (_plain_s(source, "audacity", line_no, cell) for cell in cells[:2])
        found.append(_marker(source, "audacity", line_no, (start_s, end_s), "\t".join(cells[2:]).strip()))
    return found


def _read_reaper(source: Source, first_no: int) -> list[Marker]:
    rows = _csv_rows(source, first_no, ",", "reaper")
    raw: list[tuple[int, str, str, str]] = []
    for line_no, cells in rows:
        if len(cells) < 3 or not re.match(r"^[MR]\d+$", cells[0].strip()):
            raise source.refuse(line_no, f"not a Reaper marker or region: {','.join(cells)[:40]!r}", _MENDS["reaper"])
        end = cells[3] if len(cells) > 3 and cells[0].strip().startswith("R") and cells[3].strip() else cells[2]
        raw.append((line_no, cells[1], cells[2], end))
    return [
        _marker(
            source,
            "reaper",
            line_no,
            (_clock_s(source, "reaper", line_no, start), _clock_s(source, "reaper", line_no, end)),
            name.strip(),
        )
        for line_no, name, start, end in raw
    ]


def _read_audition(source: Source, first_no: int, comma: str) -> list[Marker]:
    found: list[Marker] = []
    for line_no, cells in _csv_rows(source, first_no, comma, "audition"):
        if len(cells) < 3:
            raise source.refuse(line_no, "an Audition marker needs name, start and duration", _MENDS["audition"])
        start_s = _clock_s(source, "audition", line_no, cells[1])
        length_s = _clock_s(source, "audition", line_no, cells[2]) if cells[2].strip() else 0.0
        found.append(_marker(source, "audition", line_no, (start_s, start_s + length_s), cells[0].strip()))
    return found


def _csv_rows(source: Source, first_no: int, comma: str, kind: MarkerFormat) -> list[tuple[int, list[str]]]:
    rows: list[tuple[int, list[str]]] = []
    for line_no, row in enumerate(source.rows, start=1):
        if line_no <= first_no or not row.strip():
            continue
        try:
            rows.append((line_no, next(csv.reader(io.StringIO(row), delimiter=comma, strict=True))))
        except csv.Error as error:
            raise source.refuse(line_no, f"malformed CSV ({error})", _MENDS[kind]) from error
    return rows


def _plain_s(source: Source, kind: MarkerFormat, line_no: int, text: str) -> float:
    clean = text.strip()
    comma = re.match(r"^\d+,\d+$", clean)
    if not re.match(r"^\d{1,7}([.,]\d{0,12})?$", clean):
        raise source.refuse(line_no, f"{clean[:24]!r} is not a time in seconds", _MENDS[kind])
    return float(clean.replace(",", ".") if comma else clean)


def _clock_s(source: Source, kind: MarkerFormat, line_no: int, text: str) -> float:
    """`1:02.500`, `0:01:02.500` or plain seconds."""
    clean = text.strip()
    match = re.match(r"^(?:(?:(\d{1,3}):)?(\d{1,4}):)?(\d{1,7}(?:\.\d{0,12})?)$", clean)
    if match is None:
        if _BAR_BEAT.match(clean):
            what = f"{clean!r} counts measures and beats, which only Reaper's own tempo map can turn into seconds"
            raise source.refuse(line_no, what, _MENDS[kind])
        raise source.refuse(line_no, f"{clean[:24]!r} is not a time", _MENDS[kind])
    hours, minutes, seconds = match.groups()
    if (minutes is not None and float(seconds) >= 60) or (hours is not None and int(minutes or 0) >= 60):
        raise source.refuse(line_no, f"{clean!r}: minutes and seconds go up to 59", _MENDS[kind])
    return int(hours or 0) * 3600 + int(minutes or 0) * 60 + float(seconds)


def _marker(source: Source, kind: MarkerFormat, line_no: int, span: tuple[float, float], name: str) -> Marker:
    if span[1] < span[0]:
        raise source.refuse(line_no, "the marker ends before it starts", _MENDS[kind])
    return Marker(span[0], span[1], name, line_no)


# --- what the names mean ---------------------------------------------------------------------------------


def _sort_out(source: Source, rows: Sequence[Marker]) -> Markers:
    beats: set[float] = set()
    downbeats: set[float] = set()
    sections: list[tuple[float, float | None, SectionLabel]] = []
    lines: list[tuple[float, float, str]] = []
    others: set[float] = set()
    for row in rows:
        name = row.name.casefold()
        label = section_label_of(row.name)
        lyric = _LYRIC.match(row.name)
        if lyric:
            lines.append((row.start_s, row.end_s, row.name[lyric.end() :].strip()))
        elif re.match(r"^(downbeat|bar|measure|1|\d+[.:]1)(\s+\d+)?$", name):
            downbeats.add(row.start_s)
        elif re.match(r"^(beat|b|x|[2-9]|1\d|\d+[.:]\d+)(\s+\d+)?$", name):
            beats.add(row.start_s)
        elif label is not None:
            sections.append((row.start_s, row.end_s if row.end_s > row.start_s else None, label))
        elif not name or re.match(r"^(marker|m)?\s*\d*$", name):
            others.add(row.start_s)
        else:
            what = f"the marker {row.name[:40]!r} is no beat, downbeat, section or lyric"
            raise source.refuse(row.line_no, what, "name it beat, downbeat, verse, chorus... or lyric: words")
    if others and not beats:
        beats = others
    return Markers(
        name=source.name,
        beats=tuple(sorted(beats | downbeats)) if beats else (),
        downbeats=tuple(sorted(downbeats)),
        sections=tuple(sections),
        lyrics=tuple(lines),
    )


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
    kept = [row for row in markers.lyrics if row[0] < song_map.duration_s]
    return tuple(
        LyricLine(text=text, start_s=a, end_s=min(b, song_map.duration_s), confidence=1.0) for a, b, text in kept
    )
