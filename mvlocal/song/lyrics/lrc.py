"""LRC and enhanced LRC. It does not know how long a last line is held.

Source: the LRC conventions: `[mm:ss.xx]text`, several stamps a line, `[offset:±ms]` where positive means
earlier, id tags, and `<mm:ss.xx>` before each word.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from itertools import pairwise

from mvlocal.song.lyrics.headers import read_header
from mvlocal.song.lyrics.model import Block, Lyrics, Source, SungLine, SungWord

LINE_STAMP = re.compile(r"\[\s*(\d{1,4}):(\d{1,2})(?:[.:,](\d{1,3}))?\s*\]")
_WORD_STAMP = re.compile(r"<\s*(\d{1,4}):(\d{1,2})(?:[.:,](\d{1,3}))?\s*>")
_TAG = re.compile(r"^\[\s*([A-Za-z#][\w ]{0,31}?)\s*:(.*)\]\s*$")
_MEND = "write it as [mm:ss.xx]words, such as [01:23.45]words"


@dataclass(slots=True)
class _Found:
    """What has been read so far; stamps are as written, before the offset."""

    lines: list[SungLine]
    ends: list[float]
    blocks: list[Block]
    tags: dict[str, str]
    offset_s: float = 0.0


def parse_lrc(source: Source) -> Lyrics:
    """LRC to lyrics in song order; an empty stamped line ends the line before it.

    A stamp that the offset moves before the song's start means its start.

    Raises:
        InputError: a malformed stamp, offset or word stamp, a line without a stamp, or no sung line.
    """
    found = _Found([], [], [Block()], {})
    for line_no, row in enumerate(source.rows, start=1):
        if row.strip():
            _read_row(source, found, line_no, row.strip())
        elif found.lines and found.lines[-1].block == len(found.blocks) - 1 and not found.blocks[-1].title:
            found.blocks.append(Block())  # a blank row parts stanzas that have no headers
    if not found.lines:
        raise source.refuse(1, "there is no sung line in the LRC", "add lines such as [00:12.00]words")
    if not found.blocks[-1].title and found.lines[-1].block < len(found.blocks) - 1:
        found.blocks.pop()  # blank rows at the end of the file begin no stanza
    lines = sorted(found.lines, key=_start)
    lines = [_shift(line, found.offset_s) for line in _close(lines, sorted(found.ends))]
    return Lyrics("lrc", tuple(lines), tuple(found.blocks), found.tags)


def _start(line: SungLine) -> float:
    return line.start_s or 0.0


def _read_row(source: Source, found: _Found, line_no: int, row: str) -> None:
    stamps, rest = _take_stamps(source, line_no, row)
    if stamps:
        _read_sung(source, found, line_no, stamps, rest)
        return
    header = read_header(row)
    tag = _TAG.match(row)
    if header is not None and (tag is None or header.label is not None):
        found.blocks.append(Block(header.title, header.label))
    elif tag is not None:
        _read_tag(source, found, line_no, tag.group(1).strip().casefold(), tag.group(2).strip())
    elif not row.startswith("#"):
        raise source.refuse(line_no, f"a line without a time stamp: {row[:40]!r}", _MEND)


def _read_tag(source: Source, found: _Found, line_no: int, key: str, value: str) -> None:
    if key == "offset":
        try:
            found.offset_s = int(value) / 1000
        except ValueError as error:
            what = f"the offset {value[:20]!r} is not a whole number of milliseconds"
            raise source.refuse(line_no, what, "write it as [offset:+250]") from error
    if key != "#":
        found.tags[key] = value


def _take_stamps(source: Source, line_no: int, row: str) -> tuple[list[float], str]:
    stamps: list[float] = []
    while row.startswith("["):
        match = LINE_STAMP.match(row)
        if match is None:
            if stamps and read_header(row) is None:
                return stamps, row
            if re.match(r"\[\s*[\d:.,\-]+\s*(\]|$|[^\]\d])", row):
                raise source.refuse(line_no, f"a malformed time stamp: {row[:24]!r}", _MEND)
            break
        stamps.append(_seconds(source, line_no, match))
        row = row[match.end() :].lstrip()
    return stamps, row


def _seconds(source: Source, line_no: int, match: re.Match[str]) -> float:
    minutes, seconds, fraction = match.group(1), match.group(2), match.group(3) or ""
    if int(seconds) >= 60:
        raise source.refuse(line_no, f"{match.group(0)} has {seconds} seconds; a minute has 60", _MEND)
    thousandths = int((fraction + "000")[:3])
    return (int(minutes) * 60_000 + int(seconds) * 1000 + thousandths) / 1000


def _read_sung(source: Source, found: _Found, line_no: int, stamps: list[float], rest: str) -> None:
    text, words, end_s = _read_words(source, line_no, stamps[0], rest)
    header = read_header(text) if text else None
    if header is not None and not words:
        found.blocks.append(Block(header.title, header.label))
        found.ends.extend(stamps)
        return
    if not text:
        found.ends.extend(stamps)
        return
    line = SungLine(source.check_length(line_no, text), line_no, len(found.blocks) - 1, stamps[0], end_s, words)
    found.lines.extend(_moved(line, stamp - stamps[0]) for stamp in stamps)


def _read_words(
    source: Source, line_no: int, start_s: float, rest: str
) -> tuple[str, tuple[SungWord, ...], float | None]:
    """The line's text, its words where `<stamps>` are given, and its end where a last stamp stands alone."""
    marks = list(_WORD_STAMP.finditer(rest))
    if re.search(r"<\s*\d+\s*:", _WORD_STAMP.sub("", rest)):
        raise source.refuse(line_no, "a malformed word stamp", "write it as <mm:ss.xx> before each word")
    if not marks:
        return _tidy(rest), (), None
    times = [_seconds(source, line_no, mark) for mark in marks]
    borders = [mark.start() for mark in marks] + [len(rest)]
    chunks = [(t, rest[mark.end() : end]) for t, mark, end in zip(times, marks, borders[1:], strict=True)]
    if rest[: borders[0]].strip():
        chunks.insert(0, (start_s, rest[: borders[0]]))
    clock = [t for t, _ in chunks]
    if any(b < a for a, b in pairwise(clock)):
        raise source.refuse(line_no, "the word stamps go backwards", "put them in the order they are sung")
    text = _tidy("".join(chunk for _, chunk in chunks))
    end_s = None if chunks[-1][1].strip() else clock[-1]
    return text, _join_syllables(chunks), end_s


def _join_syllables(chunks: list[tuple[float, str]]) -> tuple[SungWord, ...]:
    """Stamped chunks to words: a chunk that follows without a space continues the word before it."""
    words: list[SungWord] = []
    glued = False
    for index, (start_s, chunk) in enumerate(chunks):
        end_s = chunks[index + 1][0] if index + 1 < len(chunks) else None
        if chunk.strip():
            if glued and not chunk[0].isspace():
                words[-1] = SungWord(words[-1].text + chunk.strip(), words[-1].start_s, end_s)
            else:
                words.append(SungWord(_tidy(chunk), start_s, end_s))
            glued = not chunk[-1].isspace()
        else:
            glued = False
    return tuple(words)


def _tidy(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _moved(line: SungLine, by_s: float) -> SungLine:
    def move(t: float | None) -> float | None:
        return None if t is None else max(round(t + by_s, 6), 0.0)

    words = tuple(SungWord(w.text, move(w.start_s) or 0.0, move(w.end_s)) for w in line.words)
    return replace(line, start_s=move(line.start_s), end_s=move(line.end_s), words=words)


def _shift(line: SungLine, offset_s: float) -> SungLine:
    return _moved(line, -offset_s) if offset_s else line


def _close(lines: list[SungLine], ends: list[float]) -> list[SungLine]:
    """Ends lines at the first empty stamp between them and the next line."""
    closed: list[SungLine] = []
    following = later = float("inf")
    for line in reversed(lines):
        start = _start(line)
        following = later if start < later else following
        later = start
        stop = bisect_right(ends, start)
        ended = line.end_s is None and stop < len(ends) and ends[stop] <= following
        closed.append(replace(line, end_s=ends[stop]) if ended else line)
    return closed[::-1]
