"""The song as an editor hears it: beats, sections, energy, vocals and timed lyrics.

It does not know how they were found. Times are seconds from the first sample of the file.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import ClassVar, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from mvlocal.schema.document import Document, NonNegative, Part, Text, Unit

SectionLabel = Literal["intro", "verse", "prechorus", "chorus", "bridge", "solo", "break", "outro", "inst"]
Register = Literal["low", "high"]


class Span(Part):
    """A stretch of song time, half open."""

    start_s: NonNegative
    end_s: NonNegative

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.end_s < self.start_s:
            raise ValueError(f"ends ({self.end_s}) before it starts ({self.start_s})")
        return self

    @property
    def length_s(self) -> float:
        return self.end_s - self.start_s


class Section(Span):
    """A section with its mean energy (0 quietest to 1 loudest in this song)."""

    label: SectionLabel
    energy: Unit


class LyricWord(Span):
    """One sung word."""

    text: Text


class LyricLine(Span):
    """One sung line. `confidence` 1 means that the time was given, not guessed. `words` may be empty.

    `sung_register` says which of two singers sings it, the low or the high one; None where one singer was heard, or
    none. It is called `register` in JSON (pydantic's classes own that name in Python).
    """

    model_config = ConfigDict(populate_by_name=True)

    text: Text
    confidence: Unit
    words: tuple[LyricWord, ...] = ()
    sung_register: Register | None = Field(alias="register", default=None)


class EnergyCurve(Part):
    """Smoothed loudness, 0 to 1 over the song, one value every `step_s` seconds from 0."""

    step_s: float = Field(gt=0)
    values: tuple[Unit, ...]

    def at(self, t: float) -> float:
        """The value at second `t`, linear between samples, held beyond the ends."""
        if not self.values:
            return 0.0
        x = min(max(t / self.step_s, 0.0), len(self.values) - 1.0)
        i = min(int(x), len(self.values) - 1)
        j = min(i + 1, len(self.values) - 1)
        return self.values[i] + (self.values[j] - self.values[i]) * (x - i)


class SongMap(Document):
    """Everything later stages need to know about the song.

    Beats are strictly increasing, downbeats are beats, sections tile [0, duration_s] in order.
    """

    kind: ClassVar[str] = "mvlocal.song_map/1"

    duration_s: float = Field(gt=0)
    tempo_bpm: NonNegative
    beats_per_bar: int = Field(ge=1, le=16)
    beats: tuple[NonNegative, ...]
    downbeats: tuple[NonNegative, ...]
    sections: tuple[Section, ...]
    energy: EnergyCurve
    vocals: tuple[Span, ...] = ()
    lyrics: tuple[LyricLine, ...] = ()
    unplaced_lyrics: tuple[Text, ...] = ()
    language: str | None = None
    backends: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if any(b <= a for a, b in zip(self.beats, self.beats[1:], strict=False)):
            raise ValueError("beats must be strictly increasing")
        if not set(self.downbeats) <= set(self.beats):
            raise ValueError("every downbeat must be a beat")
        if not self.sections or self.sections[0].start_s != 0 or self.sections[-1].end_s != self.duration_s:
            raise ValueError("sections must tile the song from 0 to its end")
        for before, after in zip(self.sections, self.sections[1:], strict=False):
            if before.end_s != after.start_s:
                raise ValueError(f"sections must tile the song: gap or overlap at {before.end_s} s")
        return self

    def section_at(self, t: float) -> int:
        """Index of the section that holds second `t` (the last one at or beyond the end)."""
        return min(bisect_right(self.sections, t, key=lambda section: section.end_s), len(self.sections) - 1)
