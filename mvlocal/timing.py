"""Song time and frames: exact rates, half-open spans, and the only place that rounds seconds to frames.

It knows nothing of beats, shots or codecs.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import floor

Seconds = float
"""Seconds of the song, counted from the first sample of the file."""


@dataclass(frozen=True, slots=True, order=True)
class FrameRate:
    """An exact constant frame rate in frames a second, such as 24 or 30000/1001."""

    value: Fraction

    def __post_init__(self) -> None:
        if self.value <= 0:
            raise ValueError(f"a frame rate must be positive, not {self.value}")

    @classmethod
    def parse(cls, text: str | int | float) -> FrameRate:
        """Reads `24`, `"25"`, `"30000/1001"`; the decimals 23.976, 29.97 and 59.94 mean their NTSC fractions.

        Raises:
            ValueError: not a positive number or fraction.
        """
        known = {"23.976": Fraction(24000, 1001), "23.98": Fraction(24000, 1001)}
        known |= {"29.97": Fraction(30000, 1001), "59.94": Fraction(60000, 1001)}
        key = str(text).strip()
        try:
            return cls(known[key] if key in known else Fraction(key))
        except (ValueError, ZeroDivisionError) as error:
            raise ValueError(f"{text!r} is not a frame rate; write 24 or 30000/1001") from error

    def __str__(self) -> str:
        return str(self.value)

    @property
    def frame_s(self) -> float:
        """Length of one frame in seconds."""
        return float(1 / self.value)

    def frame_at(self, t: Seconds) -> int:
        """The frame boundary nearest to song second `t` (halves round up), counted from song zero."""
        return floor(Fraction(t) * self.value + Fraction(1, 2))

    def time_of(self, frame: int) -> Seconds:
        """Song second at which `frame` starts."""
        return float(Fraction(frame) / self.value)


@dataclass(frozen=True, slots=True, order=True)
class FrameSpan:
    """Frames `start` up to but not including `end`."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if self.start < 0 or self.end < self.start:
            raise ValueError(f"not a frame span: [{self.start}, {self.end})")

    def __len__(self) -> int:
        return self.end - self.start

    @classmethod
    def of_seconds(cls, start_s: Seconds, end_s: Seconds, rate: FrameRate) -> FrameSpan:
        """The span whose borders are the frame boundaries nearest to `start_s` and `end_s`.

        Neighbouring spans that share a border in seconds share it in frames, so nothing drifts.
        """
        return cls(rate.frame_at(start_s), rate.frame_at(end_s))
