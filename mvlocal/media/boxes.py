"""Reads the boxes of MP4 and MOV files: where they stand, and what the tracks say of their time. It decodes nothing.

Source: ISO/IEC 14496-12 (box layout, `mvhd`, `mdhd`, `stts`, `ctts`, `elst`).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mvlocal.errors import CheckFailed

_INSIDE = (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts")
_LARGEST_INDEX = 256 << 20


@dataclass(frozen=True, slots=True)
class Track:
    """One track: `kind` is `vide`, `soun` or another handler; `first_s` is when its first sample is shown, and
    `steps` the distinct lengths of its samples but the last, in ticks of `timescale`."""

    kind: str
    timescale: int
    samples: int
    steps: tuple[int, ...]
    first_s: float
    edit_list: bool


@dataclass(frozen=True, slots=True)
class Mp4:
    """Top-level boxes in order, and the tracks."""

    order: tuple[str, ...]
    tracks: tuple[Track, ...]

    @property
    def index_first(self) -> bool:
        """Whether players can start before they have the whole file (`faststart`)."""
        return "moov" in self.order and "mdat" in self.order and self.order.index("moov") < self.order.index("mdat")


def read_boxes(path: Path) -> Mp4:
    """Reads the structure of an MP4 or MOV file.

    Raises:
        CheckFailed: it is not one, or its index is damaged.
    """
    order: list[str] = []
    index = b""
    end = path.stat().st_size
    with path.open("rb") as file:
        position = 0
        while position < end:
            file.seek(position)
            head = file.read(16)
            size, kind = int.from_bytes(head[:4], "big"), head[4:8]
            lead = 16 if size == 1 else 8
            size = int.from_bytes(head[8:16], "big") if size == 1 else size or end - position
            if size < lead or position + size > end:
                raise CheckFailed(f"{path.name} ends inside a box", where=str(path))
            order.append(kind.decode("latin-1"))
            if kind == b"moov" and size < _LARGEST_INDEX:
                file.seek(position + lead)
                index = file.read(size - lead)
            position += size
    if not index:
        raise CheckFailed(f"{path.name} has no index", where=str(path))
    try:
        tracks = tuple(_track(body) for kind, body in _boxes(index) if kind == b"trak")
        if not tracks:
            raise CheckFailed(f"{path.name} has no tracks", where=str(path))
    except (struct.error, KeyError, IndexError) as error:
        raise CheckFailed(f"the index of {path.name} is damaged", where=str(path)) from error
    return Mp4(tuple(order), tracks)


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    position = 0
    while position + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, position)
        lead = 8
        if size == 1:
            size, lead = struct.unpack_from(">Q", data, position + 8)[0], 16
        if size < lead or position + size > len(data):
            raise struct.error("a box is larger than what holds it")
        yield kind, data[position + lead : position + size]
        position += size


def _leaves(data: bytes) -> dict[bytes, bytes]:
    """Every leaf box by its kind, containers opened; the first of each."""
    found: dict[bytes, bytes] = {}
    for kind, body in _boxes(data):
        if kind in _INSIDE:
            found |= {name: leaf for name, leaf in _leaves(body).items() if name not in found}
        else:
            found.setdefault(kind, body)
    return found


def _track(data: bytes) -> Track:
    leaves = _leaves(data)
    timescale = struct.unpack_from(">I", leaves[b"mdhd"], 20 if leaves[b"mdhd"][0] else 12)[0]
    runs = _runs(leaves[b"stts"])
    samples = sum(count for count, _ in runs)
    lengths = [length for count, length in runs if count]
    if runs and runs[-1][0] == 1 and len(runs) > 1:  # the last sample's length is the player's own business
        lengths.pop()
    return Track(
        kind=leaves[b"hdlr"][8:12].decode("latin-1"),
        timescale=timescale,
        samples=samples,
        steps=tuple(sorted(set(lengths))),
        first_s=_first_shown(leaves, runs) / timescale,
        edit_list=b"elst" in leaves,
    )


def _first_shown(leaves: dict[bytes, bytes], runs: list[tuple[int, int]]) -> int:
    """Ticks of the earliest composition time."""
    if b"ctts" not in leaves:
        return 0
    offsets = _runs(leaves[b"ctts"], signed=leaves[b"ctts"][0] == 1)
    earliest, time, left = None, 0, 64
    flat = [offset for count, offset in offsets for _ in range(min(count, left))][:left]
    lengths = [length for count, length in runs for _ in range(min(count, left))][:left]
    for offset, length in zip(flat, lengths, strict=False):
        earliest = time + offset if earliest is None else min(earliest, time + offset)
        time += length
    return earliest or 0


def _runs(body: bytes, *, signed: bool = False) -> list[tuple[int, int]]:
    """(count, value) pairs of an `stts` or `ctts` box."""
    entries = struct.unpack_from(">I", body, 4)[0]
    form = ">Ii" if signed else ">II"
    return [struct.unpack_from(form, body, 8 + 8 * n) for n in range(entries)]
