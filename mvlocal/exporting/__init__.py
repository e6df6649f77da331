"""Exports a project: deliveries for platforms, and the hand-over to editors, each where the user finds it.

It does not know how anything is drawn, encoded or written down.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from mvlocal.edit.deliveries.table import DELIVERIES
from mvlocal.errors import UserError
from mvlocal.events import Emit, ignore
from mvlocal.exporting.deliveries import delivered
from mvlocal.exporting.handover import TEXTS, TIMELINES, handed_over, write_text
from mvlocal.exporting.thumbnails import thumbnails
from mvlocal.exporting.work import Exported, Work
from mvlocal.pipeline import approved, hear_song, tell_story
from mvlocal.project import Project
from mvlocal.studio import RenderRequest, open_studio

__all__ = ["DELIVERIES", "HANDOVER", "NAMES", "ExportRequest", "Exported", "export_project", "read_names"]

HANDOVER = (*TIMELINES, *TEXTS, "clips")
THUMBNAILS = "thumbnails"
NAMES = (*DELIVERIES, *HANDOVER, THUMBNAILS)
_OTHER_NAMES = {"fcpxml7": "xml", "fcp7": "xml", "mid": "midi", "resolve": "markers", "thumbnail": THUMBNAILS}


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What the user asked for: names as in `NAMES`, or `all`."""

    names: tuple[str, ...]
    profile: str | None = None
    overrides: tuple[str, ...] = ()


def read_names(given: Sequence[str]) -> tuple[str, ...]:
    """The names asked for, in the order of the table; commas part them too; `all` means every one.

    Raises:
        UserError: none was given, or one is not known.
    """
    asked = [part.strip().casefold() for text in given for part in text.split(",") if part.strip()]
    asked = [_OTHER_NAMES.get(name, name) for name in asked]
    for name in asked:
        if name not in (*NAMES, "all"):
            near = difflib.get_close_matches(name, (*NAMES, *_OTHER_NAMES, "all"), n=1)
            mend = f"did you mean {near[0]}?" if near else f"choose from: {', '.join(NAMES)}, all"
            raise UserError(f"there is no delivery or hand-over called {name!r}", where="--to", mend=mend)
    if not asked:
        raise UserError("nothing to export was named", where="--to", mend=f"choose from: {', '.join(NAMES)}, all")
    return NAMES if "all" in asked else tuple(name for name in NAMES if name in asked)


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
        made += handed_over(work, [name for name in names if name in (*TIMELINES, "clips")])
        made += delivered(work, [DELIVERIES[name] for name in names if name in DELIVERIES])
        made += thumbnails(work) if THUMBNAILS in names else []
        return made
