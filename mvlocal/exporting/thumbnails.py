"""Makes thumbnails: gathers every shot's still and what is known of it, and puts the chosen ones where they belong.

It does not know how stills are judged.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from mvlocal.edit.deliveries import stage as delivery_stage
from mvlocal.engine.task import Json, OutputOf, Record
from mvlocal.exporting.work import Exported, Work, slug
from mvlocal.schema.song import SongMap
from mvlocal.shots.stage import KEYFRAMES
from mvlocal.studio import export

NAME = "thumbnails"


def thumbnails(work: Work) -> list[Exported]:
    """Three stills as JPEG, bare and with the title, in `out/deliveries/`."""
    width, height = delivery_stage.THUMBNAIL_SIZE
    same_shape = work.size[0] * height == work.size[1] * width
    at = work if same_shape or not work.drawn else work.at((width, height), words=True)
    tasks = at.tasks()
    stills = {shot.id: OutputOf(f"{KEYFRAMES}/{shot.id}", "image") for shot in at.plan.shots}
    made_stills = at.run(tasks, [still.task_id for still in stills.values()])
    facts = [
        (
            shot.id,
            _still_box(at, shot.id, made_stills[f"{KEYFRAMES}/{shot.id}"]),
            _in_chorus(at.story.song, shot.start_s),
        )
        for shot in at.plan.shots
    ]
    settings = work.studio.settings
    words: dict[str, Json] = {
        "title": settings.title,
        "artist": settings.artist,
        "font": settings.words.font,
        "language": at.story.song.language,
    }
    task = delivery_stage.thumbnail_task(stills, facts, words)
    record = at.run([*tasks, task], [task.id])[task.id]
    made: list[Exported] = []
    for name in record.outputs:
        target = work.studio.project.out / "deliveries" / f"{slug(work.studio)}-thumbnail-{name[1:]}.jpg"
        export(at.studio, record, name, target)
        made.append(Exported(NAME, target, (str(record.notes.get(name, "with the title")),)))
    return made


def _still_box(work: Work, shot: str, still: Record) -> Sequence[float] | None:
    """Where the subject of a shot's still is: as whoever made it noted, else as the shot is staged; None: nobody."""
    from mvlocal.staging.theatre.subject_track import subject_track

    noted: Any = still.notes.get("subject")
    if isinstance(noted, list):
        return [float(one) for one in cast("list[Any]", noted)]
    staging = work.story.stagings[shot]
    if not staging.figures:
        return None
    location = next(place for place in work.plan.bible.locations if place.id == staging.location)
    return next(iter(subject_track(staging, location, (0.0,))), None)


def _in_chorus(song: SongMap, t: float) -> bool:
    return song.sections[song.section_at(t)].label == "chorus"
