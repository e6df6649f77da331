"""Audition's marker list, separated by tabs or commas. It knows no other program."""

from __future__ import annotations

from mvlocal.song.lyrics.model import Source
from mvlocal.song.markers.clock import read_clock
from mvlocal.song.markers.model import MENDS, Marker, make_marker
from mvlocal.song.markers.tables import read_table


def read_audition(source: Source, first_no: int, comma: str) -> list[Marker]:
    """All markers below the header in line `first_no`; `comma` is what separates the columns.

    Raises:
        InputError: a malformed line.
    """
    found: list[Marker] = []
    for line_no, cells in read_table(source, first_no, comma, "audition"):
        if len(cells) < 3:
            raise source.refuse(line_no, "an Audition marker needs name, start and duration", MENDS["audition"])
        start_s = read_clock(source, "audition", line_no, cells[1])
        length_s = read_clock(source, "audition", line_no, cells[2]) if cells[2].strip() else 0.0
        span = start_s, round(start_s + length_s, 6)
        found.append(make_marker(source, "audition", line_no, span, cells[0].strip()))
    return found
