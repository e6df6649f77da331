"""Everything that was asked for, made in an order that shares work, and doing only what is not done yet."""

from __future__ import annotations

from dataclasses import dataclass

from mvlocal.edit.deliveries.table import DELIVERIES
from mvlocal.events import Emit, ignore
from mvlocal.exporting.deliveries import delivered
from mvlocal.exporting.names import CLIPS, TEXTS, THUMBNAILS, TIMELINES, read_names
from mvlocal.exporting.texts import write_text
from mvlocal.exporting.thumbnails import thumbnails
from mvlocal.exporting.timelines import handed_over
from mvlocal.exporting.work import Exported, Work
from mvlocal.pipeline import approved, hear_song, tell_story
from mvlocal.project import Project
from mvlocal.studio import RenderRequest, open_studio


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What the user asked for: names as in `NAMES`, or `all`."""

    names: tuple[str, ...]
    profile: str | None = None
    overrides: tuple[str, ...] = ()


def export_project(project: Project, request: ExportRequest, emit: Emit = ignore) -> list[Exported]:
    """Makes everything asked for, doing only what is not done yet.

    Raises:
        MvlocalError: see `mvlocal.errors`; what was finished is kept.
    """
    names = read_names(request.names)
    with open_studio(project, RenderRequest(request.profile, request.overrides), emit) as studio:
        song = hear_song(studio)
        made = [write_text(studio, song, name) for name in names if name in TEXTS]
        if set(names) <= set(TEXTS):
            return made
        story = tell_story(studio, song)
        work = Work(studio, story, approved(story, project))
        made += handed_over(work, [name for name in names if name in (*TIMELINES, CLIPS)])
        made += delivered(work, [DELIVERIES[name] for name in names if name in DELIVERIES])
        made += thumbnails(work) if THUMBNAILS in names else []
        return made
