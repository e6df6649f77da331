"""Joins encoded segments and the song into one file by stream copy. It knows nothing of shots or timelines.

Every frame's time is computed from its number, so nothing adds up; sound is encoded as a stream beside the
pictures, so memory does not grow with the song. Pictures and sound begin at 0 without an edit list, except
that a copied AAC stream needs one to skip its encoder's delay.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from heapq import merge
from itertools import chain, islice
from pathlib import Path
from typing import Any

import av
from av import Packet
from av.container import InputContainer, OutputContainer
from av.video.stream import VideoStream

from mvlocal.errors import TaskError
from mvlocal.media.decode import open_video
from mvlocal.media.encode import exact_timescale
from mvlocal.media.faults import writing
from mvlocal.media.flow import side_by_side
from mvlocal.media.soundtrack import AudioChoice, SoundTrack, add_soundtrack, needs_edit_list
from mvlocal.timing import FrameRate, FrameSpan

NO_TAGS: Mapping[str, str] = {}
_SOUND_AT_ONCE = 64
"""So many packets of sound, about a second, go from thread to thread together."""
_FORMATS = {".mp4": "mp4", ".mov": "mov", ".mkv": "matroska"}


@dataclass(frozen=True, slots=True)
class Segment:
    """An encoded segment and the frames of the whole video that it fills, from frame `skip` of its file on.

    A file may be longer than its span where key frames stand at both borders of what is used.
    """

    path: Path
    span: FrameSpan
    skip: int = 0


@dataclass(frozen=True, slots=True)
class Assembled:
    """What `assemble` wrote; `clipped_samples` counts those beyond full scale that were limited."""

    frames: int
    duration_s: float
    audio_codec: str
    audio_samples: int
    audio_rate_hz: int
    clipped_samples: int


def ignore_progress(_fraction: float) -> None:
    """The progress listener that hears nothing."""


def assemble(
    segments: Sequence[Segment],
    song: Path,
    out: Path,
    *,
    rate: FrameRate,
    audio: AudioChoice = "lossless",
    tags: Mapping[str, str] = NO_TAGS,
    progress: Callable[[float], None] = ignore_progress,
) -> Assembled:
    """Writes `out` (.mp4, .mov or .mkv by its ending) from segments that fill all frames from 0 on.

    The picture is copied as encoded; its length is exactly the number of frames over `rate` (Matroska stores
    times in whole milliseconds). See `SoundTrack` for what `audio` does. The same inputs give the same bytes.
    `tags` are written as they are (title, artist, comment ...), as far as the container has such.
    `out` appears when it is complete; `progress` hears fractions from 0 to 1.

    Raises:
        InputError: the song cannot be used, or cannot be carried as asked.
        TaskError: segments that do not fit each other or their spans; writing failed.
        ExhaustedError: the disk is full.
    """
    if out.suffix.lower() not in _FORMATS:
        raise ValueError(f"a video is an .mp4, .mov or .mkv file, not {out.name}")
    _check_spans(segments)
    partial = out.with_name(f".{out.stem}.partial{out.suffix}")
    with writing(partial):
        with (
            open_video(segments[0].path) as template,
            _open_output(partial, rate, edit_list=needs_edit_list(song, audio)) as container,
        ):
            container.metadata.update(tags)
            stream = _add_copy(container, template.streams.video[0], rate)
            track = add_soundtrack(container, song, audio)
            _interleave(container, _video_packets(segments, stream, rate), track, segments[-1].span.end, progress)
        partial.replace(out)
    frames = segments[-1].span.end
    return Assembled(
        frames=frames,
        duration_s=float(frames / rate.value),
        audio_codec=track.codec,
        audio_samples=track.samples,
        audio_rate_hz=track.rate_hz,
        clipped_samples=track.clipped_samples,
    )


def _check_spans(segments: Sequence[Segment]) -> None:
    if not segments:
        raise TaskError("there are no segments to join")
    due = 0
    for segment in segments:
        if segment.span.start != due or not len(segment.span):
            raise TaskError(f"a segment at frames {segment.span} does not follow frame {due}", where=str(segment.path))
        due = segment.span.end


def _open_output(path: Path, rate: FrameRate, *, edit_list: bool) -> OutputContainer:
    kind = _FORMATS[path.suffix.lower()]
    options = {"fflags": "+bitexact"}
    if kind != "matroska":
        options |= {
            "movflags": "+faststart+negative_cts_offsets",
            "use_editlist": "1" if edit_list else "0",
            "video_track_timescale": str(exact_timescale(rate)),
        }
    return av.open(f"file:{path}", "w", format=kind, container_options=options)


def _add_copy(container: OutputContainer, template: VideoStream, rate: FrameRate) -> VideoStream:
    stream = container.add_stream_from_template(template, opaque=True)
    stream.time_base = 1 / rate.value
    return stream


def _video_packets(segments: Sequence[Segment], stream: VideoStream, rate: FrameRate) -> Iterator[Packet[Any]]:
    """All picture packets in decoding order, timed by frame numbers of the whole video."""
    first: tuple[bytes | None, int, int, int] | None = None
    for segment in segments:
        with open_video(segment.path) as container:
            source = container.streams.video[0]
            context = source.codec_context
            delay = context.reorder_depth
            coding = (context.extradata, context.width, context.height, delay)
            first = first or coding
            if coding != first:
                raise TaskError("segments were encoded with different settings", where=str(segment.path))
            yield from _retimed(segment, container, stream, rate, delay)


def _retimed(
    segment: Segment, source: InputContainer, stream: VideoStream, rate: FrameRate, delay: int
) -> Iterator[Packet[Any]]:
    coded = source.streams.video[0]
    count, length = 0, len(segment.span)
    for packet in source.demux(coded):
        if packet.pts is None:  # the demuxer's mark for its end
            continue
        local = packet.pts * packet.time_base * rate.value
        if local.denominator != 1:
            raise TaskError(
                f"a frame at {packet.pts * packet.time_base} s is off the frame grid", where=str(segment.path)
            )
        number = local.numerator - segment.skip
        if not 0 <= number < length:
            continue
        if count == 0 and not (packet.is_keyframe and number == 0):
            raise TaskError(f"a segment cannot be cut before frame {segment.skip}", where=str(segment.path))
        packet.stream = stream
        packet.time_base = 1 / rate.value
        packet.pts = segment.span.start + number
        packet.dts = segment.span.start + count - delay
        packet.duration = 1
        count += 1
        yield packet
    if count != length:
        raise TaskError(f"a segment of {count} frames stands for {length}", where=str(segment.path))


def _interleave(
    container: OutputContainer,
    video: Iterator[Packet[Any]],
    track: SoundTrack,
    frames: int,
    progress: Callable[[float], None],
) -> None:
    """Writes both streams in the order of their decoding times, so that neither waits in memory.

    The sound, which takes nearly all the time, is made in a thread of its own: from its second packet on, since the
    first opens its encoder, which the header tells of.
    """
    first = list(islice(track.packets, 1))
    container.start_encoding()
    written = 0
    batches = iter(lambda: list(islice(track.packets, _SOUND_AT_ONCE)), [])
    with side_by_side(batches) as sound:
        for packet in merge(video, chain(first, chain.from_iterable(sound)), key=_decoding_time):
            container.mux_one(packet)
            if packet.stream.type == "video":
                written += 1
                if written % 100 == 0 or written == frames:
                    progress(written / frames)


def _decoding_time(packet: Packet[Any]) -> Fraction:
    return Fraction(0 if packet.dts is None else packet.dts) * packet.time_base
