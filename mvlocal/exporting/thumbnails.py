"""Makes thumbnails: gathers every shot's still and what is known of it, and puts the chosen ones where they belong.

It does not know how stills are judged.
"""

from __future__ import annotations

from mvlocal.edit.thumbnails import stage as thumbnail_stage
from mvlocal.edit.thumbnails.stage import FacesBy, StillToShow, thumbnail_task
from mvlocal.engine.task import Json, OutputOf, Record, Task
from mvlocal.exporting.work import Exported, Work, slug
from mvlocal.schema.song import SongMap
from mvlocal.schema.story import Shot
from mvlocal.shots.stage import KEYFRAMES
from mvlocal.studio import export
from mvlocal.weights import LockedWeights
from mvlocal.weights.needs import photo_needs
from mvlocal.weights.required import locked_need

NAME = "thumbnails"


def planned_thumbnails(work: Work, *, dry: bool = False) -> tuple[list[Task], Task]:
    """Every task that leads to thumbnails, and the one that chooses them; `dry` runs nothing."""
    width, height = thumbnail_stage.SIZE
    same_shape = work.size[0] * height == work.size[1] * width
    at = work if same_shape or not work.drawn else work.at((width, height), words=True)
    settings = at.studio.settings
    words: dict[str, Json] = {
        "title": settings.title,
        "artist": settings.artist,
        "font": settings.words.font,
        "language": at.story.song.language,
    }
    task = thumbnail_task([_still(at, shot) for shot in at.plan.shots], words, _faces_by(at))
    return [*at.tasks(dry=dry), task], task


def thumbnails(work: Work) -> list[Exported]:
    """Three stills as JPEG, bare and with the title, in `out/deliveries/`."""
    tasks, task = planned_thumbnails(work)
    record = work.run(tasks, [task.id])[task.id]
    return [_put_out(work, record, name) for name in record.outputs]


def _put_out(work: Work, record: Record, name: str) -> Exported:
    target = work.studio.project.out / "deliveries" / f"{slug(work.studio)}-thumbnail-{name[1:]}.jpg"
    export(work.studio, record, name, target)
    return Exported(NAME, target, (str(record.notes[name]),))


def _faces_by(at: Work) -> FacesBy | None:
    """Whoever finds faces in photos; nobody, where those are guessed."""
    photos = at.studio.settings.photos
    found = [locked_need(need) for need in photo_needs(photos)]
    return next((FacesBy(photos.faces, one) for one in found if isinstance(one, LockedWeights)), None)


def _still(at: Work, shot: Shot) -> StillToShow:
    """A shot's still with who is in it, as the shot is staged when it begins."""
    from mvlocal.staging.theatre.head_boxes import head_boxes
    from mvlocal.staging.theatre.subject_track import subject_track

    staging = at.story.stagings[shot.id]
    location = next(place for place in at.plan.bible.locations if place.id == staging.location)
    return StillToShow(
        shot=shot.id,
        still=OutputOf(f"{KEYFRAMES}/{shot.id}", "image"),
        subject=next(iter(subject_track(staging, location, (0.0,))), None) if staging.figures else None,
        heads=head_boxes(staging, location),
        chorus=_in_chorus(at.story.song, shot.start_s),
    )


def _in_chorus(song: SongMap, t: float) -> bool:
    return song.sections[song.section_at(t)].label == "chorus"
