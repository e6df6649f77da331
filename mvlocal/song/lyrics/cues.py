"""SRT and WebVTT cues as lyrics: one cue, one sung line. It does not know the song."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from itertools import pairwise

from mvlocal.song.lyrics.headers import read_header
from mvlocal.song.lyrics.model import Block, Lyrics, LyricsFormat, Source, SungLine, SungWord

ARROW = "-->"
_CLOCK = r"(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})"
_TIMING = re.compile(rf"^\s*{_CLOCK}\s*-->\s*{_CLOCK}(?:\s.*)?$")
_INLINE = re.compile(rf"<{_CLOCK}>")
_MARKUP = re.compile(r"</?[A-Za-z][^<>]*>|\{\\[^{}]*\}")
_SKIPPED = re.compile(r"^(NOTE|STYLE|REGION)(\s|$)")
_MENDS: dict[LyricsFormat, str] = {
    "srt": "write the times as 00:01:02,500 --> 00:01:05,000",
    "vtt": "write the times as 00:01:02.500 --> 00:01:05.000",
}


@dataclass(frozen=True, slots=True)
class _Cue:
    line_no: int
    start_s: float
    end_s: float
    rows: tuple[str, ...]


def parse_srt(source: Source) -> Lyrics:
    """SubRip to lyrics in song order; rows of a cue are joined with a space.

    Raises:
        InputError: a malformed or backward timing, text outside a cue, or no sung line.
    """
    return _to_lyrics(source, "srt")


def parse_vtt(source: Source) -> Lyrics:
    """WebVTT to lyrics; inline `<00:01:02.500>` stamps become words, notes and styles are skipped.

    Raises:
        InputError: as `parse_srt`.
    """
    return _to_lyrics(source, "vtt")


def _to_lyrics(source: Source, kind: LyricsFormat) -> Lyrics:
    lines: list[SungLine] = []
    blocks: list[Block] = [Block()]
    for cue in _cues(source, kind):
        text = _clean(" ".join(cue.rows))
        header = read_header(text) if text else None
        if header is not None:
            blocks.append(Block(header.title, header.label))
        elif text:
            text = source.check_length(cue.line_no, text)
            words = _inline_words(source, cue, " ".join(cue.rows))
            lines.append(SungLine(text, cue.line_no, len(blocks) - 1, cue.start_s, cue.end_s, words))
    if not lines:
        raise source.refuse(1, f"there is no sung line in the {kind.upper()}", "add cues with the words that are sung")
    lines.sort(key=lambda line: line.start_s or 0.0)
    return Lyrics(kind, tuple(lines), tuple(blocks))


def _cues(source: Source, kind: LyricsFormat) -> list[_Cue]:
    cues: list[_Cue] = []
    for first_no, rows in _paragraphs(source, skip_head=kind == "vtt"):
        if kind == "vtt" and _SKIPPED.match(rows[0]):
            continue
        at = next((i for i, row in enumerate(rows[:2]) if ARROW in row), None)
        if at is None:
            if len(rows) > 1 and rows[0].strip().isdigit() and re.match(r"\s*\d+:\d", rows[1]):
                raise source.refuse(first_no + 1, f"malformed times: {rows[1].strip()[:60]!r}", _MENDS[kind])
            what = f"text outside a cue: {rows[0][:40]!r}"
            raise source.refuse(first_no, what, f"every cue needs its times; {_MENDS[kind]}")
        start_s, end_s = _times(source, kind, first_no + at, rows[at])
        cues.append(_Cue(first_no + at, start_s, end_s, tuple(row.strip() for row in rows[at + 1 :])))
    return cues


def _paragraphs(source: Source, *, skip_head: bool) -> list[tuple[int, list[str]]]:
    """Runs of non-blank rows, each with the number of its first row."""
    found: list[tuple[int, list[str]]] = []
    fresh = True
    for line_no, row in enumerate(source.rows, start=1):
        if not row.strip():
            fresh = True
        elif fresh:
            found.append((line_no, [row]))
            fresh = False
        else:
            found[-1][1].append(row)
    if skip_head and found and found[0][1][0].startswith("WEBVTT"):
        head_no, rows = found[0]
        late = next((i for i, row in enumerate(rows) if ARROW in row), None)
        if late is not None:
            raise source.refuse(head_no + late, "a cue directly under the WEBVTT line", "put a blank line after WEBVTT")
        found = found[1:]
    return found


def _times(source: Source, kind: LyricsFormat, line_no: int, row: str) -> tuple[float, float]:
    match = _TIMING.match(row)
    if match is None:
        raise source.refuse(line_no, f"malformed times: {row.strip()[:60]!r}", _MENDS[kind])
    start_s = _clock_s(source, kind, line_no, match.groups()[:4])
    end_s = _clock_s(source, kind, line_no, match.groups()[4:8])
    if end_s < start_s:
        raise source.refuse(line_no, "the cue ends before it starts", "swap or correct the two times")
    return start_s, end_s


def _clock_s(source: Source, kind: LyricsFormat, line_no: int, parts: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, fraction = parts
    if int(minutes or 0) >= 60 or int(seconds or 0) >= 60:
        raise source.refuse(line_no, "minutes and seconds go up to 59", _MENDS[kind])
    thousandths = int(((fraction or "") + "000")[:3])
    return (int(hours or 0) * 3_600_000 + int(minutes or 0) * 60_000 + int(seconds or 0) * 1000 + thousandths) / 1000


def _clean(text: str) -> str:
    plain = html.unescape(_MARKUP.sub("", _INLINE.sub("", text)))
    return re.sub(r"\s+", " ", plain).strip()


def _inline_words(source: Source, cue: _Cue, text: str) -> tuple[SungWord, ...]:
    marks = list(_INLINE.finditer(text))
    if not marks:
        return ()
    times = [cue.start_s, *(_clock_s(source, "vtt", cue.line_no, mark.groups()) for mark in marks)]
    if any(b < a for a, b in pairwise(times)) or times[-1] > cue.end_s:
        raise source.refuse(
            cue.line_no, "the word stamps leave the cue or go backwards", "keep them in order inside it"
        )
    borders = [0, *(mark.end() for mark in marks)]
    stops = [*(mark.start() for mark in marks), len(text)]
    ends = [*times[1:], cue.end_s]
    pieces = zip(times, ends, (text[a:b] for a, b in zip(borders, stops, strict=True)), strict=True)
    return tuple(SungWord(_clean(piece), start, end) for start, end, piece in pieces if _clean(piece))
