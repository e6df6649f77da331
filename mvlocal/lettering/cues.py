"""When captions stand: lyric lines become cues that follow each other and never overlap.

It does not know sizes, rows or pixels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mvlocal.lettering.fonts import FontBook, FontWarning
from mvlocal.lettering.shaping import Paragraph, set_paragraph
from mvlocal.lettering.text import clean_text
from mvlocal.schema.song import LyricLine, LyricWord
from mvlocal.timing import Seconds

LEAD_S = 0.15
"""A line comes in this long before it is sung, which is also how long it takes to come."""
WORDS_LEAD_S = 0.35
"""With word times the line comes a little earlier, to be read before its first word lights up."""
FADE_OUT_S = 0.25
HOLD_S = 0.8
"""How long a line stays after its end when nothing follows soon."""
BRIDGE_S = 2.0
"""Shorter gaps than this are bridged: the line stays until the next one comes."""
_SAME_START_S = 0.02
"""Lines that start together (a line and its translation) stand together."""


@dataclass(frozen=True, slots=True)
class TimedSpan:
    """Clusters `start` to `end` of a paragraph, sung from `start_s` to `end_s`."""

    start: int
    end: int
    start_s: Seconds
    end_s: Seconds


@dataclass(frozen=True, slots=True)
class Sung:
    """One line's paragraph and the times of its words (none: known for the whole line only)."""

    paragraph: Paragraph
    words: tuple[TimedSpan, ...]


@dataclass(frozen=True, slots=True)
class Cue:
    """Lines that stand together from `in_s` to `out_s` (fades included), sung from `start_s` to `end_s`."""

    lines: tuple[Sung, ...]
    start_s: Seconds
    end_s: Seconds
    in_s: Seconds = 0.0
    out_s: Seconds = 0.0

    @property
    def by_word(self) -> bool:
        return any(line.words for line in self.lines)


@dataclass(frozen=True, slots=True)
class Cues:
    """Cues in song order, and what of their text could not be set."""

    cues: tuple[Cue, ...]
    warnings: tuple[FontWarning, ...]


def plan_cues(lines: Sequence[LyricLine], book: FontBook, *, by_word: bool) -> Cues:
    """Sets every line and gathers lines that start together; lines without anything to draw are left out."""
    warnings: list[FontWarning] = []
    cues: list[Cue] = []
    for line in sorted(lines, key=lambda line: line.start_s):
        text = set_paragraph(line.text, book, "caption")
        warnings += text.warnings
        if not text.paragraph.clusters:
            continue
        sung = Sung(text.paragraph, _word_spans(text.paragraph, line.words, book) if by_word else ())
        if cues and line.start_s - cues[-1].start_s < _SAME_START_S:
            twice = any(other.paragraph == sung.paragraph for other in cues[-1].lines)
            together = cues[-1].lines if twice else (*cues[-1].lines, sung)
            cues[-1] = replace(cues[-1], lines=together, end_s=max(cues[-1].end_s, line.end_s))
        else:
            cues.append(Cue((sung,), line.start_s, line.end_s))
    return Cues(tuple(cues), tuple(dict.fromkeys(warnings)))


def _word_spans(paragraph: Paragraph, words: Sequence[LyricWord], book: FontBook) -> tuple[TimedSpan, ...]:
    """Finds the words in the line; each also lights what stands between it and the next (punctuation, spaces).

    A line whose words are not its text (most of them not found) is treated as timed as a whole.
    """
    line = paragraph.text
    cluster_at = [i for i, cluster in enumerate(paragraph.clusters) for _ in cluster.text]
    found: list[tuple[int, LyricWord]] = []
    cursor = 0
    for word in words:
        text = clean_text(word.text).text
        if text not in line:
            text = set_paragraph(word.text, book, "caption").paragraph.text
        at = line.find(text, cursor) if text else -1
        if at >= 0:
            found.append((cluster_at[at], word))
            cursor = at + len(text)
    if 2 * len(found) <= len(words):
        return ()
    starts = [0, *(start for start, _ in found[1:])]
    ends = [*starts[1:], len(paragraph.clusters)]
    return tuple(
        TimedSpan(start, end, word.start_s, word.end_s)
        for start, end, (_, word) in zip(starts, ends, found, strict=True)
        if end > start
    )


def place_cues(cues: Sequence[Cue]) -> list[Cue]:
    """Gives sorted cues their windows: each ends before the next begins, whatever the lines' own times say."""
    placed: list[Cue] = []
    for i, cue in enumerate(cues):
        in_s = max(cue.start_s - (WORDS_LEAD_S if cue.by_word else LEAD_S), 0.0)
        if i > 0:
            before = cues[i - 1]
            in_s = max(in_s, min(before.end_s, cue.start_s), placed[-1].in_s)
            gap = in_s - before.end_s
            out_s = in_s if gap < BRIDGE_S else before.end_s + HOLD_S
            placed[-1] = replace(placed[-1], out_s=min(out_s, in_s))
        placed.append(replace(cue, in_s=in_s, out_s=cue.end_s + HOLD_S))
    return placed


def cue_opacity(cue: Cue, t: Seconds) -> float:
    """How present a cue is at second `t`: eases in, stays, eases out; 0 outside its window."""
    if not cue.in_s <= t < cue.out_s:
        return 0.0
    length = cue.out_s - cue.in_s
    rise = min(LEAD_S, length / 3)
    fall = min(FADE_OUT_S if cue.out_s - cue.end_s >= FADE_OUT_S else FADE_OUT_S / 2, length / 3)
    return min(eased((t - cue.in_s) / rise), eased((cue.out_s - t) / fall))


def eased(x: float) -> float:
    """0 to 1 with no jerk at either end; held beyond. Source: the cubic Hermite `smoothstep`."""
    x = min(max(x, 0.0), 1.0)
    return x * x * (3 - 2 * x)
