"""Walks the frames of MP3 and ADTS AAC files without decoding. It knows nothing of their sound."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import BinaryIO

_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
_KBPS_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_KBPS_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_ADTS_RATES = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350)
_TAIL_TAGS = (b"TAG", b"APET", b"LYRI", b"ID3")
_RESYNC_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class FrameHead:
    """One frame's header: its size with header in bytes, its samples a channel, their rate."""

    size: int
    samples: int
    rate_hz: int


@dataclass(frozen=True, slots=True)
class FrameCount:
    """What a walk over a file's frames found; `declared` is the count in a Xing, Info or VBRI header."""

    frames: int
    declared: int | None
    cut_frame: bool
    frame_s: Fraction


def parse_mp3_head(data: bytes) -> FrameHead | None:
    """Reads the four bytes of an MPEG audio Layer III frame header; None if they are not one.

    Source: ISO/IEC 11172-3 2.4.1.3 and 13818-3; MPEG 2.5 as in common use.
    """
    if len(data) < 4 or data[0] != 0xFF or data[1] & 0xE6 != 0xE2:
        return None
    version, kbps_index, rate_index = data[1] >> 3 & 3, data[2] >> 4, data[2] >> 2 & 3
    if version == 1 or kbps_index in (0, 15) or rate_index == 3:
        return None
    rate = _RATES[version][rate_index]
    kbps = (_KBPS_1 if version == 3 else _KBPS_2)[kbps_index]
    samples = 1152 if version == 3 else 576
    return FrameHead(samples // 8 * kbps * 1000 // rate + (data[2] >> 1 & 1), samples, rate)


def parse_adts_head(data: bytes) -> FrameHead | None:
    """Reads the seven bytes of an ADTS frame header; None if they are not one.

    Source: ISO/IEC 13818-7 6.2.
    """
    if len(data) < 7 or data[0] != 0xFF or data[1] & 0xF6 != 0xF0:
        return None
    rate_index = data[2] >> 2 & 15
    size = (data[3] & 3) << 11 | data[4] << 3 | data[5] >> 5
    if rate_index >= len(_ADTS_RATES) or size < 7:
        return None
    return FrameHead(size, 1024 * ((data[6] & 3) + 1), _ADTS_RATES[rate_index])


def skip_id3(file: BinaryIO) -> int:
    """Position after any ID3v2 tags at the start of the file (beyond its end if a tag is cut)."""
    position = 0
    while True:
        file.seek(position)
        head = file.read(10)
        if len(head) < 10 or head[:3] != b"ID3" or max(head[6:10]) > 127:
            return position
        size = head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]
        position += 10 + size + (10 if head[5] & 0x10 else 0)


def find_mp3_start(file: BinaryIO, position: int, search: int) -> int | None:
    """First place within `search` bytes of `position` where a frame begins, before another or the end."""
    file.seek(position)
    data = file.read(search + 8192)
    at_end = len(data) < search + 8192
    place = data.find(b"\xff")
    while 0 <= place <= search:
        head = parse_mp3_head(data[place : place + 4])
        if head is not None:
            after = data[place + head.size : place + head.size + 4]
            if parse_mp3_head(after) or (at_end and len(after) < 4) or after[:4].startswith(_TAIL_TAGS):
                return position + place
        place = data.find(b"\xff", place + 1)
    return None


def count_mp3_frames(file: BinaryIO) -> FrameCount | None:
    """Walks an MP3 file from its first frame to its end, over stray bytes and tags; None without a frame.

    Source: for Xing, Info and VBRI, the headers as LAME and Fraunhofer encoders write them.
    """
    start = find_mp3_start(file, skip_id3(file), _RESYNC_BYTES)
    if start is None:
        return None
    file.seek(start)
    first_bytes = file.read(2048)
    first = parse_mp3_head(first_bytes)
    if first is None:
        return None
    declared = _declared_frames(first_bytes)
    frames, cut = _walk(file, start)
    audio_frames = frames - (0 if declared is None else 1)
    return FrameCount(audio_frames, declared, cut, Fraction(first.samples, first.rate_hz))


def count_adts_frames(file: BinaryIO) -> FrameCount | None:
    """Walks an ADTS AAC file to its end; None if it does not begin with a frame."""
    position, frames, frame_s = skip_id3(file), 0, Fraction(0)
    end = file.seek(0, 2)
    while position < end:
        file.seek(position)
        head = parse_adts_head(data := file.read(7))
        if head is None:
            return FrameCount(frames, None, not data.startswith(_TAIL_TAGS), frame_s) if frames else None
        frame_s = Fraction(head.samples, head.rate_hz)
        position += head.size
        frames += position <= end
    return FrameCount(frames, None, position > end, frame_s) if frames else None


def _walk(file: BinaryIO, position: int) -> tuple[int, bool]:
    """Whole frames from `position` on, and whether the last one is cut."""
    end = file.seek(0, 2)
    frames = 0
    while position < end:
        file.seek(position)
        data = file.read(4)
        head = parse_mp3_head(data)
        if head is None:
            resumed = None if data.startswith(_TAIL_TAGS) else find_mp3_start(file, position + 1, _RESYNC_BYTES)
            if resumed is None:
                return frames, False
            position = resumed
        elif position + head.size > end:
            return frames, True
        else:
            position += head.size
            frames += 1
    return frames, False


def _declared_frames(first: bytes) -> int | None:
    if first[36:40] == b"VBRI":
        return int.from_bytes(first[50:54], "big")
    mono, mpeg1 = first[3] >> 6 == 3, first[1] >> 3 & 3 == 3
    side_info = (17 if mono else 32) if mpeg1 else (9 if mono else 17)
    for place in (4 + side_info, 6 + side_info):  # encoders differ on whether a frame checksum moves the tag
        if first[place : place + 4] in (b"Xing", b"Info") and first[place + 7] & 1:
            return int.from_bytes(first[place + 8 : place + 12], "big")
    return None
