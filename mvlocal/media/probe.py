"""Opens a song by what it is, never by its name, and says what it holds. It knows nothing of its sound.

Only the demuxer that fits the file's first bytes is tried, only the file itself can be read, and only audio
decoders of the list below exist: a playlist, a video or a reference to another file leads nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import FFmpegError

from mvlocal.errors import InputError
from mvlocal.media.mpeg import find_mp3_start, parse_adts_head, skip_id3
from mvlocal.media.sniff import name_content, read_head

SONG_MEND = "export the song again as WAV or FLAC (MP3, M4A, Ogg and AIFF are read too)"
MAX_CHANNELS = 8

_DEMUXERS = {
    "wav": "wav",
    "w64": "w64",
    "aiff": "aiff",
    "flac": "flac",
    "mp3": "mp3",
    "mp4": "mov,mp4,m4a,3gp,3g2,mj2",
    "ogg": "ogg",
    "aac": "aac",
}
_PCM_WIDTHS = (
    "s8",
    "u8",
    "s16le",
    "s16be",
    "s24le",
    "s24be",
    "s32le",
    "s32be",
    "f32le",
    "f32be",
    "f64le",
    "f64be",
)
_DECODERS = ",".join(
    [
        *(f"pcm_{width}" for width in _PCM_WIDTHS),
        *("flac", "alac", "mp3float", "mp3", "aac", "vorbis", "opus", "libopus"),
    ]
)
_MP4_STARTS = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")
_MAX_ZEROS = 1 << 16


@dataclass(frozen=True, slots=True)
class SongInfo:
    """What a song file says of itself; `declared_duration_s` is not yet checked against its sound.

    `bits` is the sample width of lossless sound (float32 counts 32), None for lossy codecs; `is_float` tells
    float samples, which may exceed full scale.
    """

    container: str
    codec: str
    sample_rate_hz: int
    channels: int
    declared_duration_s: float | None
    bits: int | None
    lossless: bool
    is_float: bool = False


@dataclass(frozen=True, slots=True)
class OpenSong:
    """A song that is open for reading; `container` and `stream` end with the block that opened it."""

    container: InputContainer
    stream: AudioStream
    info: SongInfo


def sniff_container(path: Path) -> str:
    """The kind of song file by content: wav, w64, aiff, flac, mp3, mp4, ogg or aac.

    Raises:
        InputError: no readable file, or not one of these; the message says what it really is.
    """
    head = read_head(path, "song")
    kind = _kind_of(head) or _kind_after_tags(path)
    if not kind:
        name = name_content(head)
        raise InputError(f"the song {path.name!r} is {name}, not audio", where=str(path), mend=SONG_MEND)
    return kind


def probe_song(path: Path) -> SongInfo:
    """Reads the header of a song.

    Raises:
        InputError: not a song that can be read.
    """
    with open_song(path) as song:
        return song.info


@contextmanager
def open_song(path: Path) -> Generator[OpenSong]:
    """Opens a song for a `with` block; pictures in it (cover art, video) are left alone.

    Raises:
        InputError: not a song that can be read.
    """
    kind = sniff_container(path)
    demuxer = _DEMUXERS[kind]
    options = {"protocol_whitelist": "file", "format_whitelist": demuxer, "codec_whitelist": _DECODERS}
    try:
        container = av.open(
            f"file:{path}",
            "r",
            format=demuxer.partition(",")[0],
            container_options=options,
            metadata_errors="replace",
        )
    except (FFmpegError, OSError, ValueError) as error:
        raise InputError(
            f"the song {path.name!r} begins like {kind.upper()} but cannot be opened: it is cut or damaged",
            where=str(path),
            mend=SONG_MEND,
        ) from error
    with container:
        yield OpenSong(container, stream := _audio_stream(container, path), _describe(stream, kind, path))


def declared_duration(stream: AudioStream) -> Fraction | None:
    """The length in seconds that the stream's header claims, exactly, or None."""
    if not stream.duration or stream.duration < 0 or stream.time_base is None:
        return None
    return stream.duration * stream.time_base


def _kind_of(head: bytes) -> str:
    if head[:4] in (b"RIFF", b"RF64", b"BW64") and head[8:12] == b"WAVE":
        return "wav"
    if head[:16] == b"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\x00\x00":
        return "w64"
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return "aiff"
    if head[:4] in (b"fLaC", b"OggS"):
        return {b"f": "flac", b"O": "ogg"}[head[:1]]
    if head[4:8] in _MP4_STARTS and "picture" not in name_content(head):
        return "mp4"
    return ""


def _kind_after_tags(path: Path) -> str:
    """MP3 and AAC have no magic number: look for frames, behind ID3 tags or leading zeros."""
    with path.open("rb") as file:
        start = skip_id3(file)
        file.seek(start)
        head = file.read(_MAX_ZEROS)
        if start and head[:4] == b"fLaC":
            return "flac"
        zeros = len(head) - len(head.lstrip(b"\0"))
        adts = parse_adts_head(head)
        if adts is not None and (len(head) <= adts.size or parse_adts_head(head[adts.size :])):
            return "aac"
        if find_mp3_start(file, start, _MAX_ZEROS if start else zeros) is not None:
            return "mp3"
    if start and not head:
        raise InputError(
            f"the song {path.name!r} ends inside its ID3 tag, before any sound",
            where=str(path),
            mend=SONG_MEND,
        )
    return ""


def _audio_stream(container: InputContainer, path: Path) -> AudioStream:
    if not container.streams.audio:
        pictures = len(container.streams.video) > 0
        what = "holds pictures and no sound" if pictures else "holds no sound"
        raise InputError(f"the song {path.name!r} {what}", where=str(path), mend="give the audio file of the song")
    return container.streams.audio[0]


def _describe(stream: AudioStream, kind: str, path: Path) -> SongInfo:
    context = stream.codec_context
    if context is None or context.codec.name not in _DECODERS.split(","):  # pyright: ignore[reportUnnecessaryComparison]
        name = "unknown coding" if context is None else context.codec.name  # pyright: ignore[reportUnnecessaryComparison]
        raise InputError(
            f"the song {path.name!r} holds sound as {name}, which is not read",
            where=str(path),
            mend=SONG_MEND,
        )
    if context.sample_rate <= 0 or not 1 <= context.channels <= MAX_CHANNELS:
        raise InputError(
            f"the song {path.name!r} has {context.channels} channels at {context.sample_rate} Hz",
            where=str(path),
            mend=f"export it with 1 to {MAX_CHANNELS} channels, best as stereo",
        )
    codec, declared = context.codec.name, declared_duration(stream)
    bits = _bits(codec, context.extradata or b"")
    return SongInfo(
        container=kind,
        codec=codec,
        sample_rate_hz=context.sample_rate,
        channels=context.channels,
        declared_duration_s=None if declared is None else float(declared),
        bits=bits,
        lossless=bits is not None,
        is_float=codec.startswith("pcm_f"),
    )


def _bits(codec: str, extradata: bytes) -> int | None:
    if match := re.fullmatch(r"pcm_[suf](\d+)(?:le|be)?", codec):
        return int(match[1])
    if codec == "flac" and len(extradata) >= 14:  # STREAMINFO, RFC 9639 8.2
        return ((extradata[12] & 1) << 4 | extradata[13] >> 4) + 1
    if codec == "alac" and len(extradata) >= 18:  # the codec's magic cookie, after a 12-byte box header
        return extradata[17]
    return None
