"""Plain lyrics: lines, stanzas and `[Header]` lines. It does not know any times."""

from __future__ import annotations

import re
from dataclasses import replace

from mvlocal.song.lyrics.headers import Header, read_header
from mvlocal.song.lyrics.model import Block, Lyrics, Source, SungLine

MOST_REPEATS = 16

REPEAT_MARK = re.compile(r"\s*[(\[]\s*(?:[x×]\s*(\d{1,2})|(\d{1,2})\s*[x×])\s*[)\]]\s*$", re.IGNORECASE)


class _Stanzas:
    """Collects blocks and lines; a bare `[Chorus]` stands for the words of the chorus before it."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.lines: list[SungLine] = []
        self._header: Header | None = None
        self._open: list[SungLine] = []

    def head(self, header: Header) -> None:
        self.close()
        self._header = header

    def add(self, line: SungLine) -> None:
        self._open.append(line)

    def blank(self) -> None:
        """A blank line ends a stanza without a header; under a header everything belongs to it."""
        if self._header is None:
            self.close()

    def close(self) -> None:
        """Ends the stanza, writing it as often as its header says."""
        header, rows = self._header, self._open
        if header is None and not rows:
            return
        if header is not None and not rows:
            rows = self._words_of(header)
        label = header.label if header else None
        for _ in range(header.times if header else 1):
            self.lines.extend(replace(row, block=len(self.blocks)) for row in rows)
            self.blocks.append(Block(header.title if header else "", label))
        self._header, self._open = None, []

    def _words_of(self, header: Header) -> list[SungLine]:
        """The lines sung last time under this header, when it is bare and means a chorus or the like."""
        if header.label not in ("chorus", "prechorus"):
            return []
        for index in range(len(self.blocks) - 1, -1, -1):
            if self.blocks[index].label == header.label:
                return [line for line in self.lines if line.block == index]
        return []


def parse_plain(source: Source) -> Lyrics:
    """Plain text to lyrics. Blank lines and headers end a stanza; `(x2)` at a line's end sings it twice.

    Raises:
        InputError: no sung line at all, a line too long, or a repeat count above 16.
    """
    stanzas = _Stanzas()
    for line_no, row in enumerate(source.rows, start=1):
        text = re.sub(r"\s+", " ", row).strip()
        header = read_header(text) if text else None
        if header is not None:
            _check_times(source, line_no, header.times)
            stanzas.head(header)
        elif text:
            _add(stanzas, source, line_no, text)
        else:
            stanzas.blank()
    stanzas.close()
    if not stanzas.lines:
        raise source.refuse(1, "there is no sung line in the lyrics", "write the words that are sung, or leave it out")
    return Lyrics("plain", tuple(stanzas.lines), tuple(stanzas.blocks))


def _add(stanzas: _Stanzas, source: Source, line_no: int, text: str) -> None:
    repeat = REPEAT_MARK.search(text)
    times = int(repeat.group(1) or repeat.group(2)) if repeat else 1
    _check_times(source, line_no, times)
    words = text[: repeat.start()].strip() if repeat else text
    if not any(c.isalnum() for c in words):
        return  # a row of dashes or stars is an ornament, not sung
    line = SungLine(source.check_length(line_no, words), line_no)
    for _ in range(max(times, 1)):
        stanzas.add(line)


def _check_times(source: Source, line_no: int, times: int) -> None:
    if times > MOST_REPEATS:
        raise source.refuse(line_no, f"repeated {times} times; the limit is {MOST_REPEATS}", "write out what is sung")
