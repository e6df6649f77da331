"""Codings of finished video files, and what was found in one. It does not know what should be in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

CodecName = Literal["h264", "h265", "av1", "nvenc", "prores", "dnxhr"]


@dataclass(frozen=True, slots=True)
class SoundFacts:
    """The sound of a file: `kbps` is the mean over its decoded length, `starts_s` when its first sample is heard."""

    codec: str
    sample_rate_hz: int
    channels: int
    kbps: float
    duration_s: float
    starts_s: float


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """A file and its pictures.

    `sizes` are all (width, height) that frames decode to; `colours` are primaries, transfer, matrix (ITU-T H.273) and
    range (1: limited); `longest_gop` is the most frames from one key frame to the next; `sound` is None in a silent
    file.
    """

    codec: str
    profile: str
    pixels: str
    sizes: tuple[tuple[int, int], ...]
    rate: str
    constant_rate: bool
    frames: int
    starts_s: float
    colours: tuple[int, ...]
    kbps: float
    longest_gop: int
    first_is_key: bool
    longest_b_run: int
    edit_list: bool
    index_first: bool
    sound: SoundFacts | None
