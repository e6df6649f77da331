"""The cut as an OpenTimelineIO timeline: clips, transitions, the song, markers with colours, metadata.

It knows neither files nor other formats.
"""

from __future__ import annotations

from typing import Any

import opentimelineio as otio
from opentimelineio.opentime import RationalTime, TimeRange

from mvlocal.edit.handover.cut_list import CutClip, CutJoin, CutList, CutMarker, MarkerKind
from mvlocal.edit.handover.timecode import START_HOUR, nominal
from mvlocal.timing import FrameSpan

COLOURS: dict[MarkerKind, str] = {"section": "GREEN", "lyric": "YELLOW", "downbeat": "RED", "beat": "BLUE"}
NOTE_COLOUR = "CYAN"
PICTURES, SONG = "pictures", "song"


def cut_list_to_otio(cut: CutList) -> str:
    """The timeline as the text of an `.otio` file."""
    return otio.adapters.write_to_string(build_timeline(cut), "otio_json")


def build_timeline(cut: CutList) -> Any:
    """The `otio.schema.Timeline`: one picture track, one track of the song, the song's markers over both.

    It begins at timecode 01:00:00:00. A clip's available range is what its file really holds.
    """
    rate = float(cut.rate.value)
    start = RationalTime(START_HOUR * 3600 * nominal(cut.rate), rate)
    timeline = otio.schema.Timeline(name=cut.title, global_start_time=start)
    timeline.metadata["mvlocal"] = {
        "rate": str(cut.rate),
        "width": cut.width,
        "height": cut.height,
        "timecode": "non-drop-frame",
    }
    pictures = otio.schema.Track(name=PICTURES, kind=otio.schema.TrackKind.Video)
    joins = {join.into: join for join in cut.joins}
    for number, clip in enumerate(cut.clips):
        if number in joins:
            pictures.append(_transition(joins[number], rate))
        pictures.append(_clip(clip, rate))
    timeline.tracks.append(pictures)
    timeline.tracks.append(_song(cut, rate))
    timeline.tracks.markers.extend([_marker(marker, rate) for marker in cut.markers])
    return timeline


def _range(span: FrameSpan, rate: float) -> Any:
    return TimeRange(RationalTime(span.start, rate), RationalTime(len(span), rate))


def _clip(clip: CutClip, rate: float) -> Any:
    media = clip.media
    made = otio.schema.Clip(
        name=clip.name,
        source_range=_range(FrameSpan(media.start, media.start + len(clip.span)), rate),
        media_reference=otio.schema.ExternalReference(
            target_url=media.url, available_range=_range(FrameSpan(0, media.frames), rate)
        ),
    )
    made.metadata["mvlocal"] = {"shot": clip.name, "frames": [clip.span.start, clip.span.end]}
    if clip.note:
        note = otio.schema.Marker(
            name=clip.note, marked_range=_range(FrameSpan(media.start, media.start + 1), rate), color=NOTE_COLOUR
        )
        note.metadata["mvlocal"] = {"kind": "shot"}
        made.markers.append(note)
    return made


def _transition(join: CutJoin, rate: float) -> Any:
    types = otio.schema.TransitionTypes
    made = otio.schema.Transition(
        name=join.kind,
        transition_type=types.SMPTE_Dissolve if join.kind == "dissolve" else types.Custom,
        in_offset=RationalTime(join.before, rate),
        out_offset=RationalTime(join.after, rate),
    )
    made.metadata["mvlocal"] = {"kind": join.kind}
    return made


def _song(cut: CutList, rate: float) -> Any:
    track = otio.schema.Track(name=SONG, kind=otio.schema.TrackKind.Audio)
    whole = _range(FrameSpan(0, cut.frames), rate)
    media = otio.schema.ExternalReference(target_url=cut.song_url, available_range=whole)
    track.append(otio.schema.Clip(name=cut.title, source_range=whole, media_reference=media))
    return track


def _marker(marker: CutMarker, rate: float) -> Any:
    made = otio.schema.Marker(name=marker.name, marked_range=_range(marker.span, rate), color=COLOURS[marker.kind])
    made.metadata["mvlocal"] = {"kind": marker.kind}
    return made
