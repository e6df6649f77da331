"""A person's own markers (Audacity labels, Reaper and Audition CSV), which win over what was heard.

It does not write files (`exports` does) and hears nothing.
"""

from __future__ import annotations

import re
from pathlib import Path

from mvlocal.song.lyrics.decoding import read_text, text_to_rows
from mvlocal.song.lyrics.model import Source
from mvlocal.song.markers.applying import apply_markers
from mvlocal.song.markers.audacity import read_audacity
from mvlocal.song.markers.audition import read_audition
from mvlocal.song.markers.model import MENDS, Marker, Markers
from mvlocal.song.markers.names import sort_markers
from mvlocal.song.markers.reaper import read_reaper

__all__ = ["Marker", "Markers", "apply_markers", "parse_markers", "read_markers"]


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
    return sort_markers(source, _read_rows(source))


def _read_rows(source: Source) -> list[Marker]:
    """All markers of a file in time order.

    Raises:
        InputError: of no known format, a malformed line, or no marker at all.
    """
    first_no, first = next(((n, row) for n, row in enumerate(source.rows, start=1) if row.strip()), (1, ""))
    header = [cell.strip().casefold() for cell in re.split(r"[,\t;]", first)]
    if header[:3] == ["#", "name", "start"]:
        found = read_reaper(source, first_no)
    elif header[:2] == ["name", "start"]:
        found = read_audition(source, first_no, "\t" if "\t" in first else ",")
    elif "\t" in first or first.startswith("\\"):
        found = read_audacity(source)
    else:
        what = f"neither Audacity labels nor a Reaper or Audition list: {first.strip()[:40]!r}"
        raise source.refuse(first_no, what, MENDS["audacity"])
    if not found:
        raise source.refuse(1, "there is no marker in the file", "mark beats, downbeats or sections and export again")
    return sorted(found, key=lambda marker: (marker.start_s, marker.end_s))
