"""Lyrics whose file says when each line is sung, as lines of the song map. It places nothing itself."""

from __future__ import annotations

from mvlocal.schema.song import LyricLine, LyricWord
from mvlocal.song.lyrics.model import Lyrics, SungLine
from mvlocal.song.placing import PlacedLyrics
from mvlocal.song.syllables import count_syllables


def timed_lines(lyrics: Lyrics, duration_s: float) -> PlacedLyrics:
    """Every line at the start that the file gives, with confidence 1; lines beyond the song's end are unplaced.

    Where no end is given, a line lasts as long as its words may be held, at most to the next one.
    """
    starts = [line.start_s or 0.0 for line in lyrics.lines]
    placed: list[LyricLine] = []
    blocks: list[int] = []
    unplaced: list[str] = []
    following = float("inf")
    later = float("inf")
    for line, start_s in zip(reversed(lyrics.lines), reversed(starts), strict=True):
        following = later if start_s < later else following
        later = start_s
        if start_s >= duration_s:
            unplaced.append(line.text)
            continue
        placed.append(_timed_line(line, start_s, min(following, duration_s)))
        blocks.append(line.block)
    return PlacedLyrics(tuple(placed[::-1]), tuple(blocks[::-1]), tuple(unplaced[::-1]))


def singing_length_s(syllables: int) -> float:
    """A sensible hold for a line whose end nobody gave."""
    return max(2.5, 0.42 * syllables + 1.2)


def _timed_line(line: SungLine, start_s: float, limit_s: float) -> LyricLine:
    held = start_s + 1.6 * singing_length_s(count_syllables(line.text))
    last_word = line.words[-1].start_s + 1.0 if line.words else start_s
    end_s = line.end_s if line.end_s is not None else max(held, last_word)
    end_s = max(min(end_s, limit_s), start_s)
    return LyricLine(
        text=line.text, start_s=start_s, end_s=end_s, confidence=1.0, words=_timed_words(line, start_s, end_s)
    )


def _timed_words(line: SungLine, start_s: float, end_s: float) -> tuple[LyricWord, ...]:
    """Words inside their line; each lasts to its own end, the next word or the line's end."""
    words: list[LyricWord] = []
    for index, word in enumerate(line.words):
        begin = min(max(word.start_s, start_s), end_s)
        following = line.words[index + 1].start_s if index + 1 < len(line.words) else end_s
        stop = following if word.end_s is None else word.end_s
        words.append(LyricWord(text=word.text, start_s=begin, end_s=min(max(stop, begin), end_s)))
    return tuple(words)
