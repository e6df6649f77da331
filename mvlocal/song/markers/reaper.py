"""Reaper's region and marker list as CSV. It knows no other program."""

from __future__ import annotations

import re

from mvlocal.song.lyrics.model import Source
from mvlocal.song.markers.clock import read_clock
from mvlocal.song.markers.model import MENDS, Marker, make_marker
from mvlocal.song.markers.tables import read_table


def read_reaper(source: Source, first_no: int) -> list[Marker]:
    """All markers (M1) and regions (R1) below the header in line `first_no`.

    Raises:
        InputError: a malformed line.
    """
    found: list[Marker] = []
    for line_no, cells in read_table(source, first_no, ",", "reaper"):
        if len(cells) < 3 or not re.match(r"^[MR]\d+$", cells[0].strip()):
            raise source.refuse(line_no, f"not a Reaper marker or region: {','.join(cells)[:40]!r}", MENDS["reaper"])
        has_end = cells[0].strip().startswith("R") and len(cells) > 3 and cells[3].strip()
        start_s = read_clock(source, "reaper", line_no, cells[2])
        end_s = read_clock(source, "reaper", line_no, cells[3]) if has_end else start_s
        found.append(make_marker(source, "reaper", line_no, (start_s, end_s), cells[1].strip()))
    return found
