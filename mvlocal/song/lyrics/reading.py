"""The one entry to lyrics files: which format a text is in. It does not know the song's sound."""

from __future__ import annotations

import re
from pathlib import Path

from mvlocal.errors import InputError
from mvlocal.song.lyrics.ass import parse_ass
from mvlocal.song.lyrics.cues import ARROW, parse_srt, parse_vtt
from mvlocal.song.lyrics.decoding import read_text, text_to_rows
from mvlocal.song.lyrics.lrc import LINE_STAMP, parse_lrc
from mvlocal.song.lyrics.model import Lyrics, LyricsFormat, Source
from mvlocal.song.lyrics.plain import parse_plain

_PARSERS = {"plain": parse_plain, "lrc": parse_lrc, "srt": parse_srt, "vtt": parse_vtt, "ass": parse_ass}
_ENDINGS: dict[str, LyricsFormat] = {
    ".lrc": "lrc",
    ".srt": "srt",
    ".vtt": "vtt",
    ".ass": "ass",
    ".ssa": "ass",
}


def read_lyrics(path: Path) -> Lyrics:
    """Reads plain text, LRC, enhanced LRC, SRT, WebVTT or ASS; content decides, then the file's ending.

    Raises:
        InputError: missing, empty, binary, over 8 MiB, in another encoding than UTF-8 or UTF-16 (named), without
            a sung line, or with a malformed line (with its number and the mend).
    """
    return parse_lyrics(read_text(path, "lyrics"), str(path))


def parse_lyrics(text: str, name: str) -> Lyrics:
    """As `read_lyrics`, from text; `name` is the file's name, for its ending and for errors.

    Raises:
        InputError: as `read_lyrics`.
    """
    source = Source(name, text_to_rows(text))
    kind = lyrics_format(source.rows) or _ENDINGS.get(Path(name).suffix.casefold(), "plain")
    if not any(row.strip() for row in source.rows):
        raise InputError("the lyrics file is empty", where=name, mend="put the words in it, or leave it out")
    return _PARSERS[kind](source)


def lyrics_format(rows: tuple[str, ...]) -> LyricsFormat | None:
    """The timed format whose marks the rows bear, or None."""
    filled = [row.strip() for row in rows if row.strip()]
    if filled and re.match(r"WEBVTT(\s|$)", filled[0]):
        return "vtt"
    if any(row.startswith("Dialogue:") or row.casefold() in ("[script info]", "[events]") for row in filled):
        return "ass"
    if any(ARROW in row for row in filled):
        return "srt"
    if any(LINE_STAMP.match(row) for row in filled):
        return "lrc"
    return None
