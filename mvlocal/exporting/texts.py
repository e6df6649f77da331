"""Hands captions and the tempo over to editors, in `out/edit/`. It does not know their formats, and needs no plan."""

from __future__ import annotations

from collections.abc import Callable

from mvlocal.edit.handover import captions
from mvlocal.exporting.work import Exported, edit_folder, slug
from mvlocal.files import write_atomically
from mvlocal.schema.song import SongMap
from mvlocal.song.exports.lrc import song_map_to_lrc
from mvlocal.song.exports.midi import song_map_to_midi
from mvlocal.studio import Studio


def write_text(studio: Studio, song: SongMap, name: str) -> Exported:
    """One caption or tempo file into `out/edit/`."""
    video = studio.settings.video
    writers: dict[str, Callable[[], str | bytes]] = {
        "srt": lambda: captions.song_map_to_srt(song),
        "vtt": lambda: captions.song_map_to_vtt(song),
        "lrc": lambda: song_map_to_lrc(song),
        "ass": lambda: captions.song_map_to_ass(song, video.width, video.height, studio.settings.title),
        "midi": lambda: song_map_to_midi(song),
    }
    target = edit_folder(studio) / f"{slug(studio)}{'.mid' if name == 'midi' else f'.{name}'}"
    written = writers[name]()
    if isinstance(written, bytes):
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(written)
    else:
        write_atomically(target, written)
    return Exported(name, target)
