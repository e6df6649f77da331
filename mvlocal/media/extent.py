"""What a song file says of its length, and whether its end is there. It knows nothing of decoding.

Each format tells a whole file from a cut one in its own way: sizes of RIFF, AIFF and MP4 chunks, FLAC's and
AIFF's sample count, an MP3's frame count and last frame, the closing page of an Ogg stream.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

from mvlocal.media.mpeg import FrameCount, count_adts_frames, count_mp3_frames

_UNKNOWN_SIZES = (0, 0xFFFFFFFF)


@dataclass(frozen=True, slots=True)
class Extent:
    """`declared_s`: the length the file claims, None where its format claims none.

    `slack_s` is how much shorter the decoded sound may rightly be (encoder padding); `broken` is empty, or
    says in one clause how the end of the file is missing.
    """

    declared_s: Fraction | None = None
    slack_s: Fraction = Fraction(0)
    broken: str = ""


def read_extent(path: Path, container: str, declared_s: Fraction | None) -> Extent:
    """Reads the structure of a song of kind `container`; `declared_s` is what its demuxer reported.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        return _READERS[container](file, declared_s)


def _read_wav(file: BinaryIO, _: Fraction | None) -> Extent:
    end = file.seek(0, 2)
    file.seek(0)
    rf64 = file.read(12)[:4] in (b"RF64", b"BW64")
    byte_rate, block, long_size = 0, 1, 0
    while len(head := file.read(8)) == 8:
        size, start = int.from_bytes(head[4:], "little"), file.tell()
        if head[:4] == b"data":
            size = long_size if rf64 and size == 0xFFFFFFFF else size
            return _of_bytes(size, end - start, byte_rate, block)
        body = file.read(min(size, 64))
        if head[:4] == b"fmt ":
            byte_rate, block = _little(body[8:12]), _little(body[12:14])
        elif head[:4] == b"ds64":
            long_size = _little(body[8:16])
        file.seek(start + size + size % 2)
    return Extent(broken="it ends before any sound")


def _read_w64(file: BinaryIO, _: Fraction | None) -> Extent:
    end = file.seek(0, 2)
    file.seek(40)
    byte_rate, block = 0, 1
    while len(head := file.read(24)) == 24:
        size, start = _little(head[16:24]) - 24, file.tell()
        if head[:4] == b"data":
            return _of_bytes(size, end - start, byte_rate, block)
        if size < 0:
            break
        body = file.read(min(size, 64))
        if head[:4] == b"fmt ":
            byte_rate, block = _little(body[8:12]), _little(body[12:14])
        file.seek(start + size + -size % 8)
    return Extent(broken="it ends before any sound")


def _of_bytes(size: int, present: int, byte_rate: int, block: int) -> Extent:
    if size in _UNKNOWN_SIZES or byte_rate <= 0 or block <= 0:
        return Extent()
    broken = f"{size - present} of its {size} bytes of sound are missing" if size > present else ""
    return Extent(Fraction(size // block * block, byte_rate), broken=broken)


def _read_aiff(file: BinaryIO, declared_s: Fraction | None) -> Extent:
    end = file.seek(0, 2)
    file.seek(12)
    while len(head := file.read(8)) == 8:
        size = int.from_bytes(head[4:], "big")
        after = file.tell() + size
        if head[:4] == b"SSND" and after > end:
            return Extent(declared_s, broken=f"{after - end} of its {size} bytes of sound are missing")
        file.seek(after + size % 2)
    return Extent(declared_s)


def _read_flac(_: BinaryIO, declared_s: Fraction | None) -> Extent:
    return Extent(declared_s)


def _read_mp3(file: BinaryIO, _: Fraction | None) -> Extent:
    count = count_mp3_frames(file)
    if count is None:
        return Extent(broken="it holds no whole MP3 frame")
    return _of_frames(count, "MP3")


def _read_adts(file: BinaryIO, _: Fraction | None) -> Extent:
    count = count_adts_frames(file)
    if count is None:
        return Extent(broken="it holds no whole AAC frame")
    return _of_frames(count, "AAC")


def _of_frames(count: FrameCount, name: str) -> Extent:
    if count.declared is None:
        return Extent(broken=f"its last {name} frame is incomplete" if count.cut_frame else "")
    # Some encoders count their own header frame as well.
    short = count.frames < count.declared - (0 if count.cut_frame else 1)
    broken = f"{count.declared - count.frames} of its {count.declared} {name} frames are missing" if short else ""
    return Extent(count.declared * count.frame_s, 4 * count.frame_s, broken)


def _read_mp4(file: BinaryIO, declared_s: Fraction | None) -> Extent:
    end = file.seek(0, 2)
    position, seen = 0, set[bytes]()
    slack = Fraction(1, 5)  # encoder delay and padding, up to four long frames
    while position < end:
        file.seek(position)
        head = file.read(16)
        size, kind = int.from_bytes(head[:4], "big"), head[4:8]
        seen.add(kind)
        size = int.from_bytes(head[8:16], "big") if size == 1 else size
        if size == 0:
            break
        if size < 8 or position + size > end:
            name = kind.decode("latin-1") if len(kind) == 4 and kind.isalnum() else "last"
            return Extent(declared_s, slack, f"it ends inside its {name!r} box")
        position += size
    return Extent(declared_s, slack, "" if b"moov" in seen else "its index ('moov' box) is missing")


def _read_ogg(file: BinaryIO, declared_s: Fraction | None) -> Extent:
    end = file.seek(0, 2)
    position, open_streams = 0, set[bytes]()
    while position < end:
        file.seek(position)
        head = file.read(27)
        if head[:4] != b"OggS":
            return Extent(broken="its pages end in foreign bytes")
        lacing = file.read(head[26]) if len(head) == 27 else b""
        position += 27 + len(lacing) + sum(lacing)
        if len(head) < 27 or len(lacing) < head[26] or position > end:
            return Extent(broken="its last page is incomplete")
        (open_streams.discard if head[5] & 4 else open_streams.add)(head[14:18])
    return Extent(broken="it has no closing page") if open_streams else Extent(declared_s, Fraction(1, 10))


def _little(data: bytes) -> int:
    return int.from_bytes(data, "little")


_READERS: dict[str, Callable[[BinaryIO, Fraction | None], Extent]] = {
    "wav": _read_wav,
    "w64": _read_w64,
    "aiff": _read_aiff,
    "flac": _read_flac,
    "mp3": _read_mp3,
    "mp4": _read_mp4,
    "ogg": _read_ogg,
    "aac": _read_adts,
}
