"""The cut as every exchange format needs it: clips with their media, transitions, and the song's markers, on frames.

It knows no format.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from mvlocal.schema.edit import Timeline
from mvlocal.schema.song import SongMap
from mvlocal.schema.story import Shot, Transition
from mvlocal.timing import FrameRate, FrameSpan

MarkerKind = Literal["section", "lyric", "downbeat", "beat"]
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Media:
    """A file of pictures: its place relative to the timeline file, its frames, and which of them the clip begins at."""

    url: str
    frames: int
    start: int


@dataclass(frozen=True, slots=True)
class CutClip:
    """One shot on frames `span` of the video."""

    name: str
    span: FrameSpan
    media: Media
    note: str = ""


@dataclass(frozen=True, slots=True)
class CutJoin:
    """A transition between clip `into` - 1 and clip `into`: so many frames before their cut, and after it."""

    into: int
    kind: Transition
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class CutMarker:
    """A point (one frame) or a stretch of the video worth finding again."""

    kind: MarkerKind
    name: str
    span: FrameSpan


@dataclass(frozen=True, slots=True)
class CutList:
    """The whole cut; clips tile the video from frame 0 on."""

    title: str
    rate: FrameRate
    width: int
    height: int
    clips: tuple[CutClip, ...]
    joins: tuple[CutJoin, ...]
    markers: tuple[CutMarker, ...]
    song_url: str

    @property
    def frames(self) -> int:
        return self.clips[-1].span.end


@dataclass(frozen=True, slots=True)
class Show:
    """What a cut list is made from, besides the timeline: the plan's shots, the song, and each clip's media."""

    title: str
    width: int
    height: int
    shots: Sequence[Shot]
    song: SongMap
    song_url: str
    media: Mapping[str, Media]
    joined: bool
    """Whether the media already hold the transitions (a finished video does, separate clips do not)."""


def cut_list_of(timeline: Timeline, show: Show) -> CutList:
    """The cut list of a timeline."""
    rate = FrameRate.parse(timeline.fps)
    notes = {shot.id: one_line(shot.visual) for shot in show.shots}
    clips = tuple(
        CutClip(clip.shot, FrameSpan(clip.start, clip.end), show.media[clip.shot], notes.get(clip.shot, ""))
        for clip in timeline.clips
    )
    return CutList(
        title=one_line(show.title) or "untitled",
        rate=rate,
        width=show.width,
        height=show.height,
        clips=clips,
        joins=() if show.joined else _joins(timeline),
        markers=markers_of(show.song, rate, clips[-1].span.end),
        song_url=show.song_url,
    )


def markers_of(song: SongMap, rate: FrameRate, frames: int) -> tuple[CutMarker, ...]:
    """Sections, lyric lines, downbeats and the other beats of a song, in order, each on the frame nearest to it."""
    markers: list[CutMarker] = []
    seen: dict[str, int] = {}
    for section in song.sections:
        seen[section.label] = seen.get(section.label, 0) + 1
        name = f"{section.label} {seen[section.label]}"
        markers.append(CutMarker("section", name, _span(section.start_s, section.end_s, rate)))
    markers += [
        CutMarker("lyric", name, _span(line.start_s, line.end_s, rate))
        for line in song.lyrics
        if (name := one_line(line.text))
    ]
    bars, bar = set(song.downbeats), 0
    for number, t in enumerate(song.beats, start=1):
        bar += t in bars
        frame = rate.frame_at(t)
        kind, name = ("downbeat", f"Bar {bar}") if t in bars else ("beat", f"Beat {number}")
        markers.append(CutMarker(kind, name, FrameSpan(frame, frame + 1)))
    inside = [_held(marker, frames) for marker in markers if marker.span.start < frames]
    return tuple(sorted(inside, key=lambda marker: marker.span.start))


def one_line(text: str) -> str:
    """The text on one line, without control characters, as long as a name may be."""
    plain = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(plain.split())[:LONGEST_NAME]


def _span(start_s: float, end_s: float, rate: FrameRate) -> FrameSpan:
    start = rate.frame_at(start_s)
    return FrameSpan(start, max(rate.frame_at(end_s), start + 1))


def _held(marker: CutMarker, frames: int) -> CutMarker:
    return CutMarker(marker.kind, marker.name, FrameSpan(marker.span.start, min(marker.span.end, frames)))


def _joins(timeline: Timeline) -> tuple[CutJoin, ...]:
    starts = {clip.shot: (number, clip.start) for number, clip in enumerate(timeline.clips)}
    found = [
        CutJoin(number, join.kind, cut - join.start, join.end - cut)
        for join in timeline.joins
        for number, cut in [starts[join.shot]]
    ]
    return tuple(sorted(found, key=lambda join: join.into))
