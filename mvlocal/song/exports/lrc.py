"""A SongMap's lyric lines as LRC. It reads nothing back (`lyrics` does)."""

from __future__ import annotations

from mvlocal.errors import UserError
from mvlocal.schema.song import LyricLine, SongMap


def song_map_to_lrc(song_map: SongMap) -> str:
    """LRC, enhanced where words have times; an empty stamp ends a line that is followed by a pause.

    Raises:
        UserError: the song has no timed lyric lines.
    """
    if not song_map.lyrics:
        raise UserError("the song has no timed lyrics to write as LRC", mend="give lyrics with --lyrics")
    rows: list[str] = []
    lines = sorted(song_map.lyrics, key=lambda line: line.start_s)
    for index, line in enumerate(lines):
        rows.append(f"[{_stamp(line.start_s)}]{_lrc_words(line)}")
        following = lines[index + 1].start_s if index + 1 < len(lines) else float("inf")
        if line.end_s + 0.005 < following and line.end_s > line.start_s:
            rows.append(f"[{_stamp(line.end_s)}]")
    return "\n".join(rows) + "\n"


def _stamp(t: float) -> str:
    millis = round(t * 1000)
    return f"{millis // 60_000:02d}:{millis // 1000 % 60:02d}.{millis % 1000:03d}"


def _lrc_words(line: LyricLine) -> str:
    if not line.words:
        return _one_line(line.text)
    words = " ".join(f"<{_stamp(word.start_s)}>{_one_line(word.text)}" for word in line.words)
    return f"{words} <{_stamp(line.words[-1].end_s)}>"


def _one_line(text: str) -> str:
    return " ".join(text.split())
