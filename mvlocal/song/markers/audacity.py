"""Audacity's labels: start, end and name, separated by tabs, in seconds. It knows no other program."""

from __future__ import annotations

from mvlocal.song.lyrics.model import Source
from mvlocal.song.markers.clock import read_seconds
from mvlocal.song.markers.model import MENDS, Marker, make_marker


def read_audacity(source: Source) -> list[Marker]:
    """All labels of the file; lines of spectral ranges (`\\`) are skipped.

    Raises:
        InputError: a malformed line.
    """
    found: list[Marker] = []
    for line_no, row in enumerate(source.rows, start=1):
        if not row.strip() or row.startswith("\\"):
            continue
        cells = row.split("\t")
        if len(cells) < 2:
            raise source.refuse(line_no, f"not a label: {row.strip()[:40]!r}", MENDS["audacity"])
        start_s, end_s = (read_seconds(source, "audacity", line_no, cell) for cell in cells[:2])
        found.append(make_marker(source, "audacity", line_no, (start_s, end_s), "\t".join(cells[2:]).strip()))
    return found
