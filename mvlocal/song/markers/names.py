"""What markers' names mean: beats, downbeats, sections, lines. It knows no file format."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mvlocal.schema.song import SectionLabel
from mvlocal.song.lyrics.headers import section_label_of
from mvlocal.song.lyrics.model import Source
from mvlocal.song.markers.model import Marker, Markers

_LYRIC = re.compile(r"^lyrics?\s*:\s*", re.IGNORECASE)


def sort_markers(source: Source, rows: Sequence[Marker]) -> Markers:
    """Markers by what they mark; nameless and numbered ones are taken as beats if no beat is named.

    Raises:
        InputError: a name that means nothing.
    """
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
