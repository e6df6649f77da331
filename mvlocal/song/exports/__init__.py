"""A SongMap written for other programs, chosen by the file's name. It reads nothing back (`markers`, `lyrics` do)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from mvlocal.errors import InputError
from mvlocal.schema.song import SongMap
from mvlocal.song.exports.labels import song_map_to_audacity, song_map_to_audition, song_map_to_reaper
from mvlocal.song.exports.lrc import song_map_to_lrc
from mvlocal.song.exports.midi import song_map_to_midi

__all__ = [
    "export_song_map",
    "is_click_track",
    "song_map_to_audacity",
    "song_map_to_audition",
    "song_map_to_lrc",
    "song_map_to_midi",
    "song_map_to_reaper",
]

_MEND = "end it in .txt (Audacity labels), .lrc, .mid, .wav (clicks over the song), reaper.csv or audition.csv"


def is_click_track(path: Path) -> bool:
    """Whether the name asks for the song with clicks, which needs the song itself and not its map alone."""
    return path.suffix.casefold() == ".wav"


def export_song_map(song_map: SongMap, path: Path) -> None:
    """Writes the format that the file's name asks for.

    `.lrc` LRC; `.txt` Audacity labels; `.mid` MIDI tempo map; `.csv` Audition when the name holds `audition`, else
    Reaper.

    Raises:
        InputError: no such format, or a folder that cannot be written.
        UserError: no lyric lines for an LRC.
    """
    data = _writer_for(path)(song_map)
    try:
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
    except OSError as error:
        what = f"the export cannot be written ({error.strerror})"
        raise InputError(what, where=str(path), mend="give a folder that exists and may be written to") from error


def _writer_for(path: Path) -> Callable[[SongMap], str | bytes]:
    ending = path.suffix.casefold()
    if ending == ".csv":
        return song_map_to_audition if "audition" in path.name.casefold() else song_map_to_reaper
    writers: Mapping[str, Callable[[SongMap], str | bytes]] = {
        ".lrc": song_map_to_lrc,
        ".mid": song_map_to_midi,
        ".midi": song_map_to_midi,
        ".txt": song_map_to_audacity,
    }
    if ending not in writers:
        what = f"no export is written to files ending in {ending or 'nothing'!r}"
        raise InputError(what, where=str(path), mend=_MEND)
    return writers[ending]
