"""What every export works with: an open project with its plan, at one frame size; where files go; what was made.

It does not know which exports there are.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from mvlocal.edit import stage as edit_stage
from mvlocal.engine.scheduler import plan_graph
from mvlocal.engine.task import Json, Record, Task
from mvlocal.errors import PlanError
from mvlocal.pipeline import Story
from mvlocal.render import require_space
from mvlocal.schema.edit import Timeline
from mvlocal.schema.story import ApprovedPlan
from mvlocal.shot_graph import shot_tasks
from mvlocal.shots.stage import ShotScene
from mvlocal.studio import Studio, default_output


@dataclass(frozen=True, slots=True)
class Exported:
    """One file (or folder) that was made, and what there is to say of it."""

    name: str
    path: Path
    notes: tuple[str, ...] = ()
    facts: Mapping[str, Json] | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """An open project with its plan, at one frame size and with one choice of words."""

    studio: Studio
    story: Story
    plan: ApprovedPlan

    @property
    def drawn(self) -> bool:
        """Whether shots can be blocked and drawn anew for any frame."""
        return self.studio.settings.clips.backend == "animatic"

    @property
    def size(self) -> tuple[int, int]:
        video = self.studio.settings.video
        return video.width, video.height

    def at(self, size: tuple[int, int], *, words: bool) -> Work:
        """The same project for another frame, with or without lyrics and titles."""
        settings = self.studio.settings
        update: dict[str, Any] = {
            "video": settings.video.model_copy(update={"width": size[0], "height": size[1]}),
        }
        if not words:
            update["words"] = settings.words.model_copy(update={"captions": False, "titles": False})
        changed = settings.model_copy(update=update)
        studio = replace(self.studio, resolved=replace(self.studio.resolved, settings=changed))
        return Work(studio, replace(self.story, settings=changed), self.plan)

    def scene(self, timeline: Timeline | None = None) -> ShotScene:
        """What the tasks of every shot share."""
        settings = self.studio.settings
        folder = self.studio.project.resolve(settings.photos.folder)
        return ShotScene(settings, self.plan, self.story.song, folder, self.story.stagings, timeline)

    def tasks(self, *, dry: bool = False) -> list[Task]:
        """Every task up to the master; `dry` runs nothing."""
        return shot_tasks(self.studio, self.story, self.plan, dry=dry)

    def run(self, tasks: Sequence[Task], wanted: Sequence[str]) -> dict[str, Record]:
        """Runs what is wanted, after making sure that it fits on the disk."""
        needed = plan_graph(tasks, self.studio.store, wanted=wanted)
        require_space(self.studio, needed, self.story.song)
        return self.studio.run(tasks, wanted)


def master_of(tasks: Sequence[Task]) -> Task:
    """The task that joins everything.

    Raises:
        PlanError: there is none, since shots are left out.
    """
    master = next((task for task in tasks if task.id == edit_stage.TASK_ID), None)
    if master is None:
        what, mend = (
            "some shots are left out, so there is no video to hand out",
            "bring them back, or let drawings stand in",
        )
        raise PlanError(what, where="picks", mend=mend)
    return master


def timeline_of(master: Task) -> Timeline:
    """The timeline that a master is joined by."""
    return Timeline.model_validate_json(json.dumps(master.params["timeline"]))


def edit_folder(studio: Studio) -> Path:
    return studio.project.out / "edit"


def slug(studio: Studio) -> str:
    """The finished video's name without its ending."""
    return default_output(studio).stem


def url_of(path: Path, folder: Path) -> str:
    """A path relative to the folder of the timeline that names it, as a URL has it."""
    return quote(Path(os.path.relpath(path, folder)).as_posix())
