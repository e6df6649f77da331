"""What a person marked, and the words of a refusal. It reads nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mvlocal.schema.song import SectionLabel
from mvlocal.song.lyrics.model import Source

MarkerFormat = Literal["audacity", "reaper", "audition"]

MENDS: dict[MarkerFormat, str] = {
    "audacity": "write start<TAB>end<TAB>label in seconds, such as 1.500000<TAB>1.500000<TAB>beat",
    "reaper": "export the region/marker list again with times as minutes:seconds or seconds",
    "audition": "export the markers again with decimal times such as 0:01.500",
}


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


def make_marker(source: Source, kind: MarkerFormat, line_no: int, span: tuple[float, float], name: str) -> Marker:
    """A marker over `span` seconds.

    Raises:
        InputError: it ends before it starts.
    """
    if span[1] < span[0]:
        raise source.refuse(line_no, "the marker ends before it starts", MENDS[kind])
    return Marker(span[0], span[1], name, line_no)
