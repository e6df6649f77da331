"""Lyrics as written: lines, stanzas and the times a file gives. It does not know when anything is sung."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from mvlocal.errors import InputError
from mvlocal.schema.song import SectionLabel

LyricsFormat = Literal["plain", "lrc", "srt", "vtt", "ass"]

LONGEST_LINE = 1000
"""Characters a lyric line may have: what the song map can hold."""


@dataclass(frozen=True, slots=True)
class SungWord:
    """A word with the time its file gives, in seconds; `end_s` is None where the file does not say."""

    text: str
    start_s: float
    end_s: float | None = None


@dataclass(frozen=True, slots=True)
class SungLine:
    """One line as written. `line_no` counts from 1 in the file; `block` indexes `Lyrics.blocks`."""

    text: str
    line_no: int
    block: int = 0
    start_s: float | None = None
    end_s: float | None = None
    words: tuple[SungWord, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """A stanza or what follows a `[Header]`; it may have no lines. `title` is the header as written."""

    title: str = ""
    label: SectionLabel | None = None


@dataclass(frozen=True, slots=True)
class Lyrics:
    """All lines in song order, with their stanzas and the file's tags (keys in lower case)."""

    format: LyricsFormat
    lines: tuple[SungLine, ...]
    blocks: tuple[Block, ...] = (Block(),)
    tags: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def timed(self) -> bool:
        """Whether the file itself says when each line is sung."""
        return self.format != "plain"


@dataclass(frozen=True, slots=True)
class Source:
    """A file's name and lines while it is parsed, so that refusals can point at the line."""

    name: str
    rows: tuple[str, ...]

    def refuse(self, line_no: int, what: str, mend: str) -> InputError:
        """The error for line `line_no` (from 1)."""
        return InputError(what, where=f"{self.name}, line {line_no}", mend=mend)

    def check_length(self, line_no: int, text: str) -> str:
        """`text` itself when a song map can hold it.

        Raises:
            InputError: longer than LONGEST_LINE characters.
        """
        if len(text) > LONGEST_LINE:
            what = f"a lyric line of {len(text)} characters; the limit is {LONGEST_LINE}"
            raise self.refuse(line_no, what, "break it into the lines that are sung")
        return text
