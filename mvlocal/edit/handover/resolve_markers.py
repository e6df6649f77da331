"""The song's markers as the marker EDL that DaVinci Resolve imports. It knows no other format.

Source: what Resolve itself exports (Timelines, Export, Timeline Markers to EDL): an event a marker at its record time,
then a line of colour, name and duration in frames. Resolve keeps one marker a frame, so those that fall together are
one, in the colour of the first.
"""

from __future__ import annotations

from itertools import groupby

from mvlocal.edit.handover.cut_list import CutList, CutMarker, MarkerKind
from mvlocal.edit.handover.timecode import START_HOUR, timecode

COLOURS: dict[MarkerKind, str] = {"section": "Green", "lyric": "Yellow", "downbeat": "Red", "beat": "Blue"}
_RANK: tuple[MarkerKind, ...] = ("section", "lyric", "downbeat", "beat")


def cut_list_to_resolve_markers(cut: CutList) -> str:
    """The text of a marker `.edl` file for a timeline that starts at 01:00:00:00."""
    lines = [f"TITLE: {cut.title}", "FCM: NON-DROP FRAME", ""]
    for number, marker in enumerate(merged(cut.markers), start=1):
        start = timecode(marker.span.start, cut.rate, START_HOUR)
        after = timecode(marker.span.start + 1, cut.rate, START_HOUR)
        lines.append(f"{number:03d}  001      V     C        {start} {after} {start} {after}")
        name = marker.name.replace("|", "/")
        lines += [f" |C:ResolveColor{COLOURS[marker.kind]} |M:{name} |D:{len(marker.span)}", ""]
    return "\n".join(lines)


def merged(markers: tuple[CutMarker, ...]) -> list[CutMarker]:
    """Markers of which no two stand on one frame: sections before lyrics, lyrics before beats."""
    found: list[CutMarker] = []
    ordered = sorted(markers, key=lambda marker: (marker.span.start, _RANK.index(marker.kind)))
    for _, group in groupby(ordered, key=lambda marker: marker.span.start):
        together = list(group)
        name = " / ".join(dict.fromkeys(marker.name for marker in together))
        found.append(CutMarker(together[0].kind, name, together[0].span))
    return found
