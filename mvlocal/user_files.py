"""The files of the user's that a project names: song, lyrics, markers, photos. It does not read what is in them,
except to see whether lyrics carry their own times.
"""

from __future__ import annotations

from pathlib import Path

from mvlocal.config import Settings, SongSettings
from mvlocal.errors import InputError, SettingsError
from mvlocal.events import Emit, Warned, ignore
from mvlocal.media.photos import PhotoListing, list_photos
from mvlocal.project import Project
from mvlocal.song.lyrics import read_lyrics
from mvlocal.song.stage import SongFiles


def song_settings(settings: Settings, files: SongFiles) -> SongSettings:
    """The song's settings as far as they count: lyrics that carry their times need nobody to time them.

    Raises:
        InputError: the lyrics cannot be read.
    """
    if settings.song.lyrics_by == "rules" or files.lyrics is None or not read_lyrics(files.lyrics).timed:
        return settings.song
    return settings.song.model_copy(update={"lyrics_by": "rules"})


def song_files(project: Project, settings: Settings) -> SongFiles:
    """The files that hearing the song reads.

    Raises:
        UserError: no song is named, or a named file is missing.
    """
    if not settings.song.file:
        raise SettingsError(
            "no song is named",
            where=f"{project.settings_file}: song.file",
            mend="write song: {file: my-song.wav}",
        )
    return SongFiles(
        song=_existing(project, settings.song.file, "song"),
        lyrics=_existing(project, settings.song.lyrics, "lyrics") if settings.song.lyrics else None,
        markers=_existing(project, settings.song.markers, "markers") if settings.song.markers else None,
    )


def own_photos(project: Project, settings: Settings, listing: PhotoListing) -> PhotoListing:
    """A listing without the folders of others in the cast, which may lie within it and have photos of their own."""
    theirs = {project.resolve(other.photos) for other in settings.cast.others.values() if other.photos}
    kept = tuple(skipped for skipped in listing.skipped if skipped.path.absolute() not in theirs)
    return PhotoListing(listing.photos, kept)


def photo_paths(project: Project, settings: Settings, emit: Emit = ignore) -> tuple[Path, ...]:
    """The photos in the project's folder; anything else there is named in a warning."""
    folder = project.resolve(settings.photos.folder)
    if not folder.is_dir():
        if settings.photos.folder == Settings().photos.folder:
            return ()
        raise InputError("the photos folder is missing", where=str(folder), mend="check photos.folder")
    listing = own_photos(project, settings, list_photos(folder))
    for skipped in listing.skipped:
        emit(Warned(f"{skipped.path.name} was left out: {skipped.reason}", where=str(folder)))
    return listing.photos


def _existing(project: Project, name: str, what: str) -> Path:
    path = project.resolve(name)
    if not path.exists():
        raise InputError(
            f"there is no {what} called {path.name!r}",
            where=str(path),
            mend=f"check song.{'file' if what == 'song' else what} in {project.settings_file.name}",
        )
    return path
