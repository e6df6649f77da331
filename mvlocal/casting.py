"""The cast as a person meets it: photos looked at and judged, the contact sheets, and a caption a photo to edit.

It does not know how photos are measured, and trains nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mvlocal.cast import stage as cast_stage
from mvlocal.cast.captions import Caption, begins_with, caption_file_name, read_caption, write_caption
from mvlocal.cast.curation import curate
from mvlocal.cast.page import contact_page
from mvlocal.config import Settings
from mvlocal.editable import EditableFile, settle_file
from mvlocal.errors import InputError
from mvlocal.events import Emit, Warned, ignore
from mvlocal.files import write_atomically
from mvlocal.media.image import save_png
from mvlocal.media.photos import PhotoListing, list_photos
from mvlocal.media.thumbnail import thumbnail_of
from mvlocal.photo_sheet import draw_contact_sheet
from mvlocal.pipeline import RenderRequest, Studio, open_studio
from mvlocal.project import Project
from mvlocal.schema.cast import CuratedSet, PhotoLook
from mvlocal.weights import locked_weights
from mvlocal.weights.needs import photo_needs

THUMBNAIL_PX = 480


@dataclass(frozen=True, slots=True)
class CaptionInForce:
    """A used photo's caption: its file, its text, and whether a person edited it."""

    path: Path
    text: str
    edited: bool


@dataclass(frozen=True, slots=True)
class Casting:
    """The photos of a character as judged, what was written, and the captions in force by photo name.

    `files` are the photos themselves, by name.
    """

    curated: CuratedSet
    files: Mapping[str, Path]
    captions: Mapping[str, CaptionInForce]
    page: Path
    picture: Path


def cast_photos(project: Project, request: RenderRequest, emit: Emit = ignore) -> Casting:
    """Looks at every photo of the project, judges it, and writes `cast/<name>/`: both sheets and the captions.

    Captions that a person edited stay, unless the request says to rewrite them.

    Raises:
        InputError: there are no photos, or an edited caption cannot be used.
        MissingError: weights of the face finder are not here.
        MvlocalError: as `open_studio`.
    """
    with open_studio(project, request, emit) as studio:
        settings = studio.settings
        listing = list_photos(project.resolve(settings.photos.folder))
        if not listing.photos and not listing.skipped:
            raise InputError(
                "there are no photos",
                where=str(project.resolve(settings.photos.folder)),
                mend="put 15 to 20 varied photos of the artist there, or set photos.folder",
            )
        _warn_of_strange_subjects(settings, listing.photos, emit)
        files = _by_name(listing)
        looks, thumbnails = _look_at(studio, files, listing)
        curated = curate(looks, settings.photos.faces)
        folder = project.root / "cast" / settings.cast.name
        captions = _settle_captions(studio, curated, folder / "captions", rewrite=request.rewrite)
        page, picture = _write_sheets(settings, curated, thumbnails, captions, folder)
    return Casting(curated, files, captions, page, picture)


def _warn_of_strange_subjects(settings: Settings, photos: Sequence[Path], emit: Emit) -> None:
    for name in sorted(set(settings.photos.subjects) - {path.name for path in photos}):
        emit(Warned(f"no photo is called {name!r}", where="photos.subjects", mend="write the file's name as it is"))


def _by_name(listing: PhotoListing) -> dict[str, Path]:
    """Every file of the listing under a name that can be shown; names that read alike are told apart."""
    named: dict[str, Path] = {}
    for path in (*listing.photos, *(skipped.path for skipped in listing.skipped)):
        name = cast_stage.shown_name(path)
        while name in named:
            name += "'"
        named[name] = path
    return named


def _look_at(
    studio: Studio, files: Mapping[str, Path], listing: PhotoListing
) -> tuple[dict[str, PhotoLook], dict[str, bytes]]:
    """A look at every file, and small JPEG pictures of those that can be read, by name."""
    photos = studio.settings.photos
    weights = next((locked_weights(need.folder, need.name, where=need.where) for need in photo_needs(photos)), None)
    tasks = {path: cast_stage.look_task(path, photos, weights) for path in listing.photos}
    records = studio.run([*tasks.values()], [task.id for task in tasks.values()]) if tasks else {}
    skipped = {one.path: one.reason for one in listing.skipped}
    looks: dict[str, PhotoLook] = {}
    thumbnails: dict[str, bytes] = {}
    for name, path in files.items():
        if path in skipped:
            reason, _, mend = skipped[path].partition("; ")
            looks[name] = PhotoLook(reason=cast_stage.reason_without_name(reason, path), mend=mend)
            continue
        record = records[tasks[path].id]
        looks[name] = PhotoLook.from_json(studio.read(record, cast_stage.LOOK))
        if cast_stage.PICTURE in record.outputs:
            picture = studio.store.path_of(record.outputs[cast_stage.PICTURE])
            thumbnails[name] = thumbnail_of(picture, THUMBNAIL_PX)
    return looks, thumbnails


def _settle_captions(studio: Studio, curated: CuratedSet, folder: Path, *, rewrite: bool) -> dict[str, CaptionInForce]:
    """A caption a used photo: written, or as a person edited it."""
    cast, memory = studio.settings.cast, studio.project.state / "captions" / f"{studio.settings.cast.name}.json"
    captions: dict[str, CaptionInForce] = {}
    for photo in curated.used:
        if photo.measures is None or photo.crop is None:
            continue
        generated = write_caption(cast.trigger_word, cast.notes, photo.measures, photo.crop)
        path = folder / caption_file_name(photo.name)
        file = EditableFile(path, memory, read_caption, _save_caption, lambda caption: caption.text)
        caption, edited = settle_file(file, generated, rewrite=rewrite)
        if not begins_with(caption, cast.trigger_word):
            studio.emit(
                Warned(
                    f"the caption {path.name!r} does not begin with the trigger word {cast.trigger_word!r}",
                    where=str(path),
                    mend="put it first, or the person is learned under other words",
                )
            )
        captions[photo.name] = CaptionInForce(path, caption.text, edited)
    return captions


def _save_caption(path: Path, caption: Caption) -> None:
    write_atomically(path, f"{caption.text}\n")


def _write_sheets(
    settings: Settings,
    curated: CuratedSet,
    thumbnails: Mapping[str, bytes],
    captions: Mapping[str, CaptionInForce],
    folder: Path,
) -> tuple[Path, Path]:
    """Writes `photos.html` and `photos.png`."""
    page, picture = folder / "photos.html", folder / "photos.png"
    title = settings.artist or settings.cast.name
    texts = {name: caption.text for name, caption in captions.items()}
    write_atomically(page, contact_page(title, curated, thumbnails, texts))
    save_png(picture, draw_contact_sheet(title, curated, thumbnails))
    return page, picture
