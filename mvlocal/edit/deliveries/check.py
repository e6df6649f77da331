"""Holds what was found in a delivered file against what it should be. It opens no file and makes none.

It is written from the table of formats, not from the encoder's settings: what is asked for and what is found are kept
apart on purpose.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from mvlocal.edit.deliveries.table import Delivery
from mvlocal.schema.delivery import SoundFacts, VideoFacts
from mvlocal.timing import FrameRate

BT709_LIMITED = (1, 1, 1, 1)
ROOM, ROOM_S = 1.1, 1.0
"""A mean rate may pass the one asked for by a tenth, and by a second's worth: short files end before it evens out."""
AAC_KBPS = (64.0, 420.0)
"""From what near silence takes to a little above what was asked for."""
_EDITORS = {"prores": ("prores", "yuv422p10le"), "dnxhr": ("dnxhr", "yuv422p")}
_CODECS = {"h264": "h264", "nvenc": "h264", "h265": "h265", "av1": "av1"}


@dataclass(frozen=True, slots=True)
class Expected:
    """What a delivery was to be: its row of the table, its coding, and the exact frames of pictures."""

    delivery: Delivery
    codec: str
    size: tuple[int, int]
    rate: FrameRate
    frames: int


def failures_of(found: VideoFacts, due: Expected) -> tuple[str, ...]:
    """Everything that is wrong, one clause each; empty when the file is what it claims to be."""
    return (
        *_container(found),
        *_time(found, due),
        *_pictures(found, due),
        *_coding(found, due),
        *_sound(found, due),
    )


def _container(found: VideoFacts) -> Iterator[str]:
    if found.edit_list:
        yield "it has an edit list"
    if not found.index_first:
        yield "its index comes after its pictures (no faststart)"


def _time(found: VideoFacts, due: Expected) -> Iterator[str]:
    length_s = float(found.frames / Fraction(found.rate))
    if not found.constant_rate:
        yield "its frames are not of one length"
    if Fraction(found.rate) != due.rate.value:
        yield f"it has {found.rate} frames a second, not {due.rate}"
    if found.frames != due.frames:
        yield f"it has {found.frames} frames, not {due.frames}"
    if abs(found.starts_s) > 1e-9:
        yield f"its pictures begin at {found.starts_s:.4f} s, not at 0"
    if not due.delivery.shortest_s <= length_s <= due.delivery.longest_s:
        limits = f"{due.delivery.shortest_s:g} to {due.delivery.longest_s:g} s"
        yield f"it lasts {length_s:.2f} s; {due.delivery.name} takes {limits}"


def _pictures(found: VideoFacts, due: Expected) -> Iterator[str]:
    if found.sizes != (due.size,):
        yield f"its frames are {', '.join(f'{w}x{h}' for w, h in found.sizes)}, not {due.size[0]}x{due.size[1]}"
    if found.colours != BT709_LIMITED:
        yield f"its colours are tagged {found.colours}, not BT.709 limited {BT709_LIMITED}"


def _coding(found: VideoFacts, due: Expected) -> Iterator[str]:
    if due.delivery.editor:
        if (found.codec, found.pixels) != _EDITORS[due.delivery.editor]:
            yield f"it is coded as {found.codec} {found.pixels}"
        return
    if found.codec != _CODECS[due.codec]:
        yield f"it is coded as {found.codec}, not {_CODECS[due.codec]}"
    if found.codec == "h264" and found.profile != "High":
        yield f"its profile is {found.profile or 'unknown'}, not High"
    if found.pixels != "yuv420p":
        yield f"its pixels are {found.pixels}, not yuv420p"
    if found.codec == "h264" and found.longest_b_run > 2:
        yield f"it has {found.longest_b_run} B-frames in a row, not 2"
    half_s = max(1, round(due.rate.value / 2))
    if not found.first_is_key or found.longest_gop > half_s:
        yield f"{found.longest_gop} frames lie between key frames, not {half_s}"
    wanted = due.delivery.kbps_for(due.size, due.rate)
    if found.kbps > (ROOM + ROOM_S / max(float(due.frames / due.rate.value), ROOM_S)) * wanted:
        yield f"its pictures take {found.kbps:.0f} kb/s, more than {wanted}"


def _sound(found: VideoFacts, due: Expected) -> Iterator[str]:
    sound = found.sound
    if due.delivery.silent:
        if sound is not None:
            yield "it has sound, and should be silent"
        return
    if sound is None:
        yield "it has no sound"
        return
    if abs(sound.starts_s) > 1e-9:
        yield f"its sound begins at {sound.starts_s:.4f} s, not at 0"
    length_s, slack_s = float(due.frames / due.rate.value), due.rate.frame_s + 2 * 1024 / 48_000
    if abs(sound.duration_s - length_s) > slack_s:
        yield f"its sound lasts {sound.duration_s:.3f} s, its pictures {length_s:.3f} s"
    if due.delivery.editor:
        if not sound.codec.startswith("pcm_"):
            yield f"its sound is {sound.codec}, not PCM"
        return
    yield from _aac(sound)


def _aac(sound: SoundFacts) -> Iterator[str]:
    if (sound.codec, sound.sample_rate_hz, sound.channels) != ("aac", 48_000, 2):
        found = f"{sound.codec} at {sound.sample_rate_hz} Hz on {sound.channels} channels"
        yield f"its sound is {found}, not AAC at 48000 Hz on 2"
    if not AAC_KBPS[0] <= sound.kbps <= AAC_KBPS[1]:
        yield f"its sound takes {sound.kbps:.0f} kb/s, not about 384"
