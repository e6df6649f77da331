"""Rows of CSV marker lists with their line numbers. It does not know their columns."""

from __future__ import annotations

import csv
import io

from mvlocal.song.lyrics.model import Source
from mvlocal.song.markers.model import MENDS, MarkerFormat


def read_table(source: Source, first_no: int, comma: str, kind: MarkerFormat) -> list[tuple[int, list[str]]]:
    """Line numbers and cells of every filled row below the header in line `first_no`.

    Raises:
        InputError: malformed CSV.
    """
    rows: list[tuple[int, list[str]]] = []
    for line_no, row in enumerate(source.rows, start=1):
        if line_no <= first_no or not row.strip():
            continue
        try:
            rows.append((line_no, next(csv.reader(io.StringIO(row), delimiter=comma, strict=True))))
        except csv.Error as error:
            raise source.refuse(line_no, f"malformed CSV ({error})", MENDS[kind]) from error
    return rows
