"""A SongMap written for other programs: Audacity labels, Reaper and Audition CSV, LRC. It reads nothing back.

Names follow what `markers` reads: `downbeat`, `beat`, section labels, and `lyric: words`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from pathlib import Path

from mvlocal.errors import InputError, UserError
from mvlocal.schema.song import LyricLine, SongMap

_Row = tuple[float, float, str]


def export_song_map(song_map: SongMap, path: Path) -> None:
    """Writes the format that the file's name asks for.

    `.lrc` LRC; `.txt` Audacity labels; `.csv` Audition when the name holds `audition`, else Reaper.

    Raises:
        InputError: no such format, no lyric lines for an LRC, or a folder that cannot be written.
    """
    text = _writer_for(path)(song_map)
    try:
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        what = f"the export cannot be written ({error.strerror})"
        raise InputError(what, where=str(path), mend="give a folder that exists and may be written to") from error


def _writer_for(path: Path) -> Callable[[SongMap], str]:
    ending = path.suffix.casefold()
    if ending == ".csv":
        return song_map_to_audition if "audition" in path.name.casefold() else song_map_to_reaper
    writers: Mapping[str, Callable[[SongMap], str]] = {".lrc": song_map_to_lrc, ".txt": song_map_to_audacity}
    if ending not in writers:
        mend = "end it in .txt (Audacity labels), .lrc, reaper.csv or audition.csv"
        raise InputError(f"no export is written to files ending in {ending or 'nothing'!r}", where=str(path), mend=mend)
    return writers[ending]


def song_map_to_audacity(song_map: SongMap) -> str:
    """Audacity labels: seconds, tab-separated; beats are points, sections and lines are regions."""
    return "".join(f"{start:.6f}\t{end:.6f}\t{name}\n" for start, end, name in _rows(song_map))


def song_map_to_reaper(song_map: SongMap) -> str:
    """Reaper's region/marker CSV with times as minutes:seconds."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["#", "Name", "Start", "End", "Length"])
    points = regions = 0
    for start, end, name in _rows(song_map):
        if end > start:
            regions += 1
            writer.writerow([f"R{regions}", name, _clock(start), _clock(end), _clock(end - start)])
        else:
            points += 1
            writer.writerow([f"M{points}", name, _clock(start), "", ""])
    return out.getvalue()


def song_map_to_audition(song_map: SongMap) -> str:
    """Audition's tab-separated marker list with decimal times."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    writer.writerow(["Name", "Start", "Duration", "Time Format", "Type", "Description"])
    for start, end, name in _rows(song_map):
        writer.writerow([name, _clock(start), _clock(end - start), "decimal", "Cue", ""])
    return out.getvalue()


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


def _rows(song_map: SongMap) -> list[_Row]:
    downbeats = set(song_map.downbeats)
    rows: list[_Row] = [(s.start_s, s.end_s, s.label) for s in song_map.sections]
    rows += [(t, t, "downbeat" if t in downbeats else "beat") for t in song_map.beats]
    rows += [(line.start_s, line.end_s, f"lyric: {_one_line(line.text)}") for line in song_map.lyrics]
    return sorted(rows, key=lambda row: (row[0], -row[1]))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _clock(t: float) -> str:
    micros = round(t * 1_000_000)
    return f"{micros // 60_000_000}:{micros // 1_000_000 % 60:02d}.{micros % 1_000_000:06d}"


def _stamp(t: float) -> str:
    millis = round(t * 1000)
    return f"{millis // 60_000:02d}:{millis // 1000 % 60:02d}.{millis % 1000:03d}"


def _lrc_words(line: LyricLine) -> str:
    if not line.words:
        return _one_line(line.text)
    words = " ".join(f"<{_stamp(word.start_s)}>{_one_line(word.text)}" for word in line.words)
    return f"{words} <{_stamp(line.words[-1].end_s)}>"
