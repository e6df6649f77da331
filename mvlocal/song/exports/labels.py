"""A SongMap as label lists that audio editors read: Audacity, Reaper and Audition. It reads nothing back.

Names follow what `markers` reads: `downbeat`, `beat`, section labels, and `lyric: words`.
"""

from __future__ import annotations

import csv
import io

from mvlocal.schema.song import SongMap

_Row = tuple[float, float, str]


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
