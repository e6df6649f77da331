"""Times in marker files, as seconds. It does not know what they mark."""

from __future__ import annotations

import re

from mvlocal.song.lyrics.model import Source
from mvlocal.song.markers.model import MENDS, MarkerFormat

_BAR_BEAT = re.compile(r"^(\d+)[.:|](\d+)(?:[.:|](\d+))?$")


def read_seconds(source: Source, kind: MarkerFormat, line_no: int, text: str) -> float:
    """Plain seconds such as `1.500000`; a comma may stand for the point.

    Raises:
        InputError: anything else.
    """
    clean = text.strip()
    comma = re.match(r"^\d+,\d+$", clean)
    if not re.match(r"^\d{1,7}([.,]\d{0,12})?$", clean):
        raise source.refuse(line_no, f"{clean[:24]!r} is not a time in seconds", MENDS[kind])
    return float(clean.replace(",", ".") if comma else clean)


def read_clock(source: Source, kind: MarkerFormat, line_no: int, text: str) -> float:
    """`1:02.500`, `0:01:02.500` or plain seconds.

    Raises:
        InputError: anything else; measures and beats are named as such.
    """
    clean = text.strip()
    match = re.match(r"^(?:(?:(\d{1,3}):)?(\d{1,4}):)?(\d{1,7}(?:\.\d{0,12})?)$", clean)
    if match is None:
        if _BAR_BEAT.match(clean):
            what = f"{clean!r} counts measures and beats, which only Reaper's own tempo map can turn into seconds"
            raise source.refuse(line_no, what, MENDS[kind])
        raise source.refuse(line_no, f"{clean[:24]!r} is not a time", MENDS[kind])
    hours, minutes, seconds = match.groups()
    if (minutes is not None and float(seconds) >= 60) or (hours is not None and int(minutes or 0) >= 60):
        raise source.refuse(line_no, f"{clean!r}: minutes and seconds go up to 59", MENDS[kind])
    # To the microsecond: sums of decimals must read as the same number however a program writes the time.
    return round(int(hours or 0) * 3600 + int(minutes or 0) * 60 + float(seconds), 6)
