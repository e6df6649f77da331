"""Hearing a song on its own, for `analyze`: of a project (kept in its store) or of a bare file (kept nowhere).

It does not know how a song is heard.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from mvlocal.config import SongSettings
from mvlocal.engine.executor.local import LocalExecutor
from mvlocal.engine.scheduler import run_graph
from mvlocal.engine.store import Store
from mvlocal.errors import InputError, UserError
from mvlocal.events import Emit, ignore
from mvlocal.pipeline import RenderRequest, hear_song, open_studio
from mvlocal.project import find_project
from mvlocal.schema.song import SongMap
from mvlocal.song import stage as song_stage


@dataclass(frozen=True, slots=True)
class Listening:
    """A song file and what was heard in it."""

    song_file: Path
    song_map: SongMap


def listen(where: Path, lyrics: Path | None, emit: Emit = ignore) -> Listening:
    """Hears the song of a project, or a bare song file with optional lyrics.

    Raises:
        UserError: lyrics were given for a project, which has its own.
        MvlocalError: the song or lyrics cannot be used.
    """
    if where.is_dir():
        if lyrics is not None:
            raise UserError(
                "a project has its own lyrics", where="--lyrics", mend="set song.lyrics in mvlocal.yaml instead"
            )
        with open_studio(find_project(where), RenderRequest(), emit) as studio:
            return Listening(studio.song_file, hear_song(studio))
    for path, what in ((where, "song"), (lyrics, "lyrics")):
        if path is not None and not path.exists():
            raise InputError(f"there is no {what} called {path.name!r}", where=str(path), mend="check the path")
    tasks = song_stage.song_tasks(SongSettings(), song_stage.SongFiles(where, lyrics))
    with (
        tempfile.TemporaryDirectory(prefix="mvlocal-") as folder,
        Store.open(Path(folder), emit=emit) as store,
        LocalExecutor(cpu_workers=1) as executor,
    ):
        records = run_graph(tasks, store=store, executor=executor, emit=emit, wanted=[song_stage.TASK_ID])
        blob = records[song_stage.TASK_ID].outputs["main"]
        return Listening(where, SongMap.from_json(store.path_of(blob).read_bytes()))


def plot_song(heard: Listening, target: Path) -> None:
    """Draws the song map over the song's waveform as a PNG.

    Raises:
        InputError: the song or the picture's place cannot be used.
    """
    from mvlocal.media.audio import read_song
    from mvlocal.song.plot import plot_song_map

    song = read_song(heard.song_file, song_stage.ANALYSIS_RATE_HZ)
    plot_song_map(heard.song_map, song.samples, song.sample_rate_hz, target, heard.song_file.stem)


def export_song_map(heard: Listening, target: Path) -> None:
    """Writes the map in the format that the ending or name of `target` asks for; `.wav` is the song with clicks.

    Raises:
        UserError: `target` is the song itself.
        InputError: no format of that name, the place cannot be written, or the song cannot be read.
    """
    from mvlocal.song import exports

    if not exports.is_click_track(target):
        exports.export_song_map(heard.song_map, target)
        return
    if target.exists() and target.samefile(heard.song_file):
        raise UserError("the export would replace the song", where=str(target), mend="give another name: clicks.wav")
    _write_click_track(heard, target)


def _write_click_track(heard: Listening, target: Path) -> None:
    from mvlocal.media.audio import Block, decode_blocks
    from mvlocal.media.wave import write_wav
    from mvlocal.song.exports.clicks import add_clicks

    blocks = decode_blocks(heard.song_file)
    first = next(blocks)  # a song without sound is refused before it
    song = (block.samples for block in chain([first], blocks))
    clicked = add_clicks(song, first.sample_rate_hz, heard.song_map)
    write_wav((Block(samples, first.sample_rate_hz) for samples in clicked), target)
