"""The cast as a person meets it: photos looked at and judged, the contact sheets, and a caption a photo to edit.

It does not know how photos are measured, and trains nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mvlocal.cast import stage as cast_stage
from mvlocal.cast.captioning.stage import TEXT, description_task
from mvlocal.cast.captioning.words import without_person
from mvlocal.cast.captions import Caption, begins_with, caption_file_name, read_caption, write_caption
from mvlocal.cast.curation import curate
from mvlocal.cast.members import Member
from mvlocal.cast.page import ShownCaption, contact_page
from mvlocal.cast.sheet_words import BY_HAND, TEMPLATE
from mvlocal.config import CastSettings, Settings
from mvlocal.editable import EditableFile, settle_file
from mvlocal.engine.scheduler import plan_graph
from mvlocal.engine.task import Task
from mvlocal.errors import InputError, UserError
from mvlocal.events import Emit, Warned, ignore
from mvlocal.files import write_atomically
from mvlocal.media.image import save_png
from mvlocal.media.photos import PhotoListing, list_photos
from mvlocal.media.thumbnail import thumbnail_of
from mvlocal.model_choice import captioner_of
from mvlocal.photo_sheet import draw_contact_sheet
from mvlocal.project import Project
from mvlocal.schema.cast import CuratedSet, PhotoLook
from mvlocal.studio import RenderRequest, Studio, open_studio
from mvlocal.user_files import own_photos
from mvlocal.weights import locked_weights
from mvlocal.weights.needs import photo_needs

THUMBNAIL_PX = 480


@dataclass(frozen=True, slots=True)
class CaptionInForce:
    """A used photo's caption: its file, its text, and who wrote it: `hand`, a captioning model, or `template`."""

    path: Path
    text: str
    by: str

    @property
    def edited(self) -> bool:
        """Whether a person did."""
        return self.by == BY_HAND


@dataclass(frozen=True, slots=True)
class Casting:
    """The photos of a character as judged, what was written, and the captions in force by photo name.

    `files` are the photos themselves, by name; `captioner` is who described them (`template`: nobody).
    """

    curated: CuratedSet
    files: Mapping[str, Path]
    captions: Mapping[str, CaptionInForce]
    captioner: str
    page: Path
    picture: Path


@dataclass(frozen=True, slots=True)
class Photos:
    """A member's photos: all files by the names that are shown, those that can be looked at, and why not the others."""

    member: Member
    files: Mapping[str, Path]
    listing: PhotoListing
    tasks: Mapping[Path, Task]


def cast_photos(project: Project, request: RenderRequest, emit: Emit = ignore, who: str = "") -> Casting:
    """Looks at every photo of a member of the cast, judges it, and writes `cast/<name>/`: both sheets and the captions.

    `who` is the member's name; empty: the artist. Captions that a person edited stay, unless the request says to
    rewrite them.

    Raises:
        InputError: there are no photos, or an edited caption cannot be used.
        MissingError: weights of the face finder are not here.
        UserError: nobody in the cast is called so.
        MvlocalError: as `open_studio`.
    """
    with open_studio(project, request, emit) as studio:
        photos = photos_of(studio, member_called(studio.settings, who))
        _warn_of_strange_subjects(studio.settings, photos.listing.photos, emit)
        return cast_member(studio, photos, rewrite=request.rewrite)


def member_called(settings: Settings, who: str) -> Member:
    """The member of the cast called `who`; empty: the artist.

    Raises:
        UserError: there is none.
    """
    members = cast_stage.members_of(settings)
    found = next((member for member in members if not who or member.name == who), None)
    if found is None:
        names = ", ".join(member.name for member in members)
        raise UserError(f"nobody in the cast is called {who!r}", where="--who", mend=f"choose from: {names}")
    return found


def photos_of(studio: Studio, member: Member) -> Photos:
    """The photos of a member, and the tasks that look at them.

    Raises:
        InputError: there are none, or the folder cannot be read.
        MissingError: weights of the face finder are not here.
    """
    settings, where = studio.settings.photos, "photos.folder"
    if member.name in studio.settings.cast.others:
        where = f"cast.others.{member.name}.photos"
    folder = studio.project.resolve(member.photos)
    listing = own_photos(studio.project, studio.settings, list_photos(folder))
    if not listing.photos and not listing.skipped:
        raise InputError(
            "there are no photos",
            where=str(folder),
            mend=f"put 15 to 20 varied photos of {_called(member)} there, or set {where}",
        )
    needs = photo_needs(settings)
    weights = next((locked_weights(need.folder, need.name, where=need.where) for need in needs), None)
    tasks = {path: cast_stage.look_task(path, settings, weights) for path in listing.photos}
    return Photos(member, _by_name(listing), listing, tasks)


def cast_member(
    studio: Studio, photos: Photos, *, rewrite: bool = False, dry: bool = False, tell: bool = True
) -> Casting:
    """Looks at the photos and judges them; with `dry` nothing is written, and captions are as they would be.

    With `tell`, captions that do not begin with the trigger word are a warning.

    Raises:
        InputError: an edited caption cannot be used.
    """
    looks, thumbnails = _look_at(studio, photos, shown=not dry)
    curated = curate(looks, studio.settings.photos.faces)
    captioner = studio.settings.cast.captions
    folder = studio.project.root / "cast" / photos.member.name
    seen = _describe(studio, photos, curated)
    captions = _settle_captions(studio, photos.member, curated, seen, folder / "captions", rewrite=rewrite, dry=dry)
    for caption in captions.values() if tell else ():
        _warn_of_strange_caption(studio, photos.member, caption)
    page, picture = folder / "photos.html", folder / "photos.png"
    if not dry:
        title = photos.member.name
        if title == studio.settings.cast.name:
            title = studio.settings.artist or title
        _write_sheets(title, curated, thumbnails, captions, (page, picture), captioner)
    return Casting(curated, photos.files, captions, captioner, page, picture)


def tasks_before_training(studio: Studio, photos: Photos) -> tuple[Task, ...]:
    """The tasks that say what there is to train on, as far as they are known; none where all of them are done."""
    looks = (*photos.tasks.values(),)
    if not _all_done(studio, looks):
        return looks
    seen, _ = _look_at(studio, photos, shown=False)
    described = (*_description_tasks(studio, photos, curate(seen, studio.settings.photos.faces)).values(),)
    return () if _all_done(studio, described) else (*looks, *described)


def _all_done(studio: Studio, tasks: Sequence[Task]) -> bool:
    return all(planned.cached for planned in plan_graph(tasks, studio.store))


def _called(member: Member) -> str:
    return "the artist" if member.name == CastSettings().name else member.name


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


def _look_at(studio: Studio, photos: Photos, *, shown: bool) -> tuple[dict[str, PhotoLook], dict[str, bytes]]:
    """A look at every file and, where `shown`, small JPEG pictures of those that can be read, by name."""
    tasks = photos.tasks
    records = studio.run([*tasks.values()], [task.id for task in tasks.values()]) if tasks else {}
    skipped = {one.path: one.reason for one in photos.listing.skipped}
    looks: dict[str, PhotoLook] = {}
    thumbnails: dict[str, bytes] = {}
    for name, path in photos.files.items():
        if path in skipped:
            reason, _, mend = skipped[path].partition("; ")
            looks[name] = PhotoLook(reason=cast_stage.reason_without_name(reason, path), mend=mend)
            continue
        record = records[tasks[path].id]
        looks[name] = PhotoLook.from_json(studio.read(record, cast_stage.LOOK))
        if shown and cast_stage.PICTURE in record.outputs:
            picture = studio.store.path_of(record.outputs[cast_stage.PICTURE])
            thumbnails[name] = thumbnail_of(picture, THUMBNAIL_PX)
    return looks, thumbnails


def _description_tasks(studio: Studio, photos: Photos, curated: CuratedSet) -> dict[str, Task]:
    """The tasks that describe the photos that are used, by name; none where no model does."""
    captioner = captioner_of(studio.settings)
    if captioner is None:
        return {}
    return {
        photo.name: description_task(photos.files[photo.name], photo.crop, captioner)
        for photo in curated.used
        if photo.crop is not None
    }


def _describe(studio: Studio, photos: Photos, curated: CuratedSet) -> dict[str, str]:
    """What a model sees in the photos that are used, besides the person, by name."""
    tasks = _description_tasks(studio, photos, curated)
    records = studio.run([*tasks.values()], [task.id for task in tasks.values()]) if tasks else {}
    class_words, trigger = studio.settings.train.class_words, photos.member.trigger
    return {
        name: without_person(studio.read(records[task.id], TEXT).decode("utf-8"), class_words, trigger)
        for name, task in tasks.items()
    }


def _settle_captions(
    studio: Studio,
    member: Member,
    curated: CuratedSet,
    seen: Mapping[str, str],
    folder: Path,
    *,
    rewrite: bool,
    dry: bool,
) -> dict[str, CaptionInForce]:
    """A caption a used photo: written, or as a person edited it."""
    memory = studio.project.state / "captions" / f"{member.name}.json"
    captions: dict[str, CaptionInForce] = {}
    for photo in curated.used:
        if photo.measures is None or photo.crop is None:
            continue
        described = seen.get(photo.name, "")
        generated = write_caption(member.trigger, member.notes, photo.measures, photo.crop, described)
        path = folder / caption_file_name(photo.name)
        file = EditableFile(path, memory, read_caption, _save_caption, lambda caption: caption.text)
        caption, edited = settle_file(file, generated, rewrite=rewrite, dry=dry)
        by = BY_HAND if edited else studio.settings.cast.captions if described else TEMPLATE
        captions[photo.name] = CaptionInForce(path, caption.text, by)
    return captions


def _warn_of_strange_caption(studio: Studio, member: Member, caption: CaptionInForce) -> None:
    if not begins_with(Caption(caption.text), member.trigger):
        studio.emit(
            Warned(
                f"the caption {caption.path.name!r} does not begin with the trigger word {member.trigger!r}",
                where=str(caption.path),
                mend="put it first, or the person is learned under other words",
            )
        )


def _save_caption(path: Path, caption: Caption) -> None:
    write_atomically(path, f"{caption.text}\n")


def _write_sheets(
    title: str,
    curated: CuratedSet,
    thumbnails: Mapping[str, bytes],
    captions: Mapping[str, CaptionInForce],
    to: tuple[Path, Path],
    captioner: str,
) -> None:
    """Writes the page and the picture."""
    page, picture = to
    shown = {name: ShownCaption(caption.text, caption.by) for name, caption in captions.items()}
    write_atomically(page, contact_page(title, curated, thumbnails, shown, captioner))
    save_png(picture, draw_contact_sheet(title, curated, thumbnails))
