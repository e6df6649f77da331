"""ASS and SSA dialogue as lyrics, `{\\k}` syllables as words. It does not know styles or the song."""

from __future__ import annotations

import re

from mvlocal.song.lyrics.headers import read_header
from mvlocal.song.lyrics.model import Block, Lyrics, Source, SungLine, SungWord

_CLOCK = re.compile(r"^\s*(\d{1,4}):(\d{1,2}):(\d{1,2})[.:](\d{1,3})\s*$")
_OVERRIDE = re.compile(r"\{([^{}]*)\}")
_KARAOKE = re.compile(r"\\[kK][fo]?\s*(\d+)")
_DEFAULT_FIELDS = "Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text"
_MEND = "write it as Dialogue: 0,0:01:02.50,0:01:05.00,Default,,0,0,0,,words"


def parse_ass(source: Source) -> Lyrics:
    """The `[Events]` of ASS or SSA to lyrics in song order; comments and drawings are skipped.

    Raises:
        InputError: a dialogue line with too few fields, malformed or backward times, or no sung line.
    """
    fields = _fields(_DEFAULT_FIELDS)
    lines: list[SungLine] = []
    blocks: list[Block] = [Block()]
    events = False
    for line_no, row in enumerate(source.rows, start=1):
        key, _, value = row.strip().partition(":")
        if row.strip().startswith("["):
            events = row.strip().casefold() == "[events]"
        elif events and key == "Format":
            fields = _fields(value)
            if not {"start", "end", "text"} <= set(fields):
                raise source.refuse(line_no, "the event format lacks Start, End or Text", f"Format: {_DEFAULT_FIELDS}")
        elif key == "Dialogue":
            line = _read_dialogue(source, line_no, fields, value)
            header = read_header(line.text) if line else None
            if header is not None:
                blocks.append(Block(header.title, header.label))
            elif line is not None:
                lines.append(SungLine(line.text, line_no, len(blocks) - 1, line.start_s, line.end_s, line.words))
    if not lines:
        raise source.refuse(1, "there is no sung line in the ASS", "add Dialogue lines with the words that are sung")
    lines.sort(key=lambda line: line.start_s or 0.0)
    return Lyrics("ass", tuple(lines), tuple(blocks))


def _fields(text: str) -> list[str]:
    return [name.strip().casefold() for name in text.split(",")]


def _read_dialogue(source: Source, line_no: int, fields: list[str], value: str) -> SungLine | None:
    parts = value.split(",", len(fields) - 1)
    if len(parts) < len(fields):
        raise source.refuse(line_no, f"{len(parts)} fields where {len(fields)} belong", _MEND)
    row = dict(zip(fields, parts, strict=True))
    start_s = _clock_s(source, line_no, row["start"])
    end_s = _clock_s(source, line_no, row["end"])
    if end_s < start_s:
        raise source.refuse(line_no, "the line ends before it starts", "swap or correct the two times")
    if re.search(r"\\p[1-9]", row["text"]):
        return None
    text = source.check_length(line_no, _plain(row["text"]))
    if not text:
        return None
    return SungLine(text, line_no, 0, start_s, end_s, _karaoke(row["text"], start_s, end_s))


def _clock_s(source: Source, line_no: int, text: str) -> float:
    match = _CLOCK.match(text)
    if match is None or int(match.group(2)) >= 60 or int(match.group(3)) >= 60:
        raise source.refuse(line_no, f"a malformed time: {text.strip()[:24]!r}", _MEND)
    hours, minutes, seconds, fraction = match.groups()
    thousandths = int((fraction + "000")[:3])
    return (int(hours) * 3_600_000 + int(minutes) * 60_000 + int(seconds) * 1000 + thousandths) / 1000


def _plain(text: str) -> str:
    text = re.sub(r"\\[Nnh]", " ", _OVERRIDE.sub("", text))
    return re.sub(r"\s+", " ", text).strip()


def _karaoke(text: str, start_s: float, end_s: float) -> tuple[SungWord, ...]:
    """Words from `{\\k25}` syllables (centiseconds); one that follows without a space continues a word."""
    tags = [(m, _KARAOKE.search(m.group(1))) for m in _OVERRIDE.finditer(text)]
    marks = [(m, int(k.group(1)) / 100) for m, k in tags if k is not None]
    words: list[SungWord] = []
    clock, glued = start_s, False
    for index, (mark, length_s) in enumerate(marks):
        stop = marks[index + 1][0].start() if index + 1 < len(marks) else len(text)
        piece = re.sub(r"\\[Nnh]", " ", _OVERRIDE.sub("", text[mark.end() : stop]))
        begin, clock = min(clock, end_s), round(min(clock + length_s, end_s), 6)
        if piece.strip():
            if glued and not piece[0].isspace():
                words[-1] = SungWord(words[-1].text + piece.strip(), words[-1].start_s, clock)
            else:
                words.append(SungWord(piece.strip(), begin, clock))
        glued = bool(piece.strip()) and not piece[-1].isspace()
    return tuple(words)
