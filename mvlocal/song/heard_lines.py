"""Lines that a model heard, as lines of the song map: given ones that it found, or all that it wrote down.

It does not know which model hears, nor how; what it hears is checked and cut to the song.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from mvlocal.schema.song import LyricLine, LyricWord
from mvlocal.song.lyrics.model import LONGEST_LINE, Block, Lyrics, SungLine
from mvlocal.song.placing import PlacedLyrics

Samples = NDArray[np.float32]

_STANZA_GAP_S = 4.0
"""A pause in the singing that parts stanzas of words written down."""


class HeardSpan(Protocol):
    """Words with a time and how sure it is (0 to 1)."""

    @property
    def text(self) -> str: ...
    @property
    def start_s(self) -> float: ...
    @property
    def end_s(self) -> float: ...
    @property
    def confidence(self) -> float: ...


class Heard(HeardSpan, Protocol):
    """A line with a time; its words may be empty."""

    @property
    def words(self) -> Sequence[HeardSpan]: ...


class AlignsLyrics(Protocol):
    """Any backend that finds when given words are sung."""

    @property
    def name(self) -> str: ...
    def align_lyrics(
        self, samples: Samples, sample_rate_hz: int, lines: Sequence[str], language: str | None
    ) -> Sequence[Heard | None]: ...


class Transcribes(Protocol):
    """Any backend that writes down what is sung."""

    @property
    def name(self) -> str: ...
    def transcribe(
        self, samples: Samples, sample_rate_hz: int, language: str | None
    ) -> tuple[str, Sequence[Heard]]: ...


@dataclass(frozen=True, slots=True)
class Transcript:
    """What a model wrote down: its language, the words as lyrics in stanzas, and their places."""

    language: str
    lyrics: Lyrics
    placed: PlacedLyrics


def align_lines(
    lyrics: Lyrics, aligner: AlignsLyrics, samples: Samples, sample_rate_hz: int, duration_s: float
) -> PlacedLyrics:
    """Every line of plain `lyrics` where the aligner heard it in mono `samples` (n,), or among the unplaced.

    Raises:
        ValueError: the aligner did not answer for every line.
    """
    answers = aligner.align_lyrics(samples, sample_rate_hz, [line.text for line in lyrics.lines], None)
    if len(answers) != len(lyrics.lines):
        raise ValueError(f"{aligner.name} answered for {len(answers)} lines of {len(lyrics.lines)}")
    placed: list[LyricLine] = []
    blocks: list[int] = []
    unplaced: list[str] = []
    for line, heard in zip(lyrics.lines, answers, strict=True):
        if heard is None or heard.start_s >= duration_s:
            unplaced.append(line.text)
            continue
        placed.append(_to_line(line.text, heard, duration_s))
        blocks.append(line.block)
    order = sorted(range(len(placed)), key=lambda index: placed[index].start_s)
    return PlacedLyrics(
        tuple(placed[index] for index in order), tuple(blocks[index] for index in order), tuple(unplaced)
    )


def write_down(transcriber: Transcribes, samples: Samples, sample_rate_hz: int, duration_s: float) -> Transcript:
    """The words sung in mono `samples` (n,), in time order; a long pause begins a new stanza."""
    language, heard = transcriber.transcribe(samples, sample_rate_hz, None)
    kept = [line for line in heard if line.text.strip() and 0 <= line.start_s < duration_s]
    kept.sort(key=lambda line: line.start_s)
    blocks = _stanzas(kept)
    rows = [(" ".join(line.text.split())[:LONGEST_LINE], line, block) for line, block in zip(kept, blocks, strict=True)]
    lines = tuple(SungLine(text, number, block) for number, (text, _, block) in enumerate(rows, start=1))
    placed = tuple(_to_line(text, line, duration_s) for text, line, _ in rows)
    lyrics = Lyrics("plain", lines, (Block(),) * (blocks[-1] + 1 if blocks else 1))
    return Transcript(language, lyrics, PlacedLyrics(placed, tuple(blocks), ()))


def _stanzas(lines: Sequence[Heard]) -> list[int]:
    """The stanza of each line."""
    found = [0] if lines else []
    for before, line in pairwise(lines):
        found.append(found[-1] + (line.start_s - before.end_s > _STANZA_GAP_S))
    return found


def _to_line(text: str, heard: Heard, duration_s: float) -> LyricLine:
    """The line inside the song, its words inside the line."""
    start_s = max(heard.start_s, 0.0)
    end_s = max(min(heard.end_s, duration_s), start_s)
    words: list[LyricWord] = []
    for word in heard.words:
        begin = min(max(word.start_s, start_s), end_s)
        words.append(LyricWord(text=word.text, start_s=begin, end_s=min(max(word.end_s, begin), end_s)))
    sure = min(max(heard.confidence, 0.0), 1.0)
    return LyricLine(text=text, start_s=start_s, end_s=end_s, confidence=sure, words=tuple(words))
