"""What a render would do: which tasks are done, which would run and why. It runs nothing and writes nothing.

It does not know how tasks work.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mvlocal.cast import stage as cast_stage
from mvlocal.engine.scheduler import PlannedTask, live_keys, plan_graph
from mvlocal.engine.store import GcReport
from mvlocal.engine.task import Task
from mvlocal.errors import CheckFailed
from mvlocal.exporting.keeping import keys_of_exports
from mvlocal.exporting.work import Work
from mvlocal.pipeline import (
    STAGES,
    RenderRequest,
    Studio,
    approved,
    hear_song,
    photo_paths,
    song_tasks,
    story_tasks,
    tell_story,
)
from mvlocal.render import ending_of
from mvlocal.shot_graph import shot_tasks
from mvlocal.shots.choice.stage import SCORES
from mvlocal.shots.stage import KEYFRAMES
from mvlocal.shots.stills.stage import CANDIDATES
from mvlocal.shots.words.stage import PROMPTS

WHOLE = ("analyze", "plan", "finish")
"""Stages whose every task is needed; of the others, what the finished ones still need."""
PART_OF = {PROMPTS: KEYFRAMES, CANDIDATES: KEYFRAMES, SCORES: KEYFRAMES, "photos": "train"}
"""Stages that people know as a part of another one."""


@dataclass(frozen=True, slots=True)
class Survey:
    """Every task known so far. Not `complete` while the plan is not made: shots follow from it."""

    profile: str
    why: str
    planned: tuple[PlannedTask, ...]
    complete: bool


@dataclass(frozen=True, slots=True)
class StageStatus:
    """How far a stage is. Not `known` while earlier stages have yet to say what it holds."""

    name: str
    done: int
    total: int
    seconds_left: float
    known: bool


def survey(studio: Studio, request: RenderRequest) -> Survey:
    """Plans the whole graph as far as finished tasks allow.

    Raises:
        MvlocalError: bad settings, a missing file, or an edited plan that does not read.
    """
    tasks = known_tasks(studio, request)
    ends = [task.id for task in tasks if task.stage in WHOLE]
    complete = any(task.stage in (KEYFRAMES, STAGES[-1]) for task in tasks)
    has_master = complete and any(task.stage == STAGES[-1] for task in tasks)
    planned = tuple(plan_graph(tasks, studio.store, wanted=ends if has_master else None))
    return Survey(studio.resolved.profile, studio.resolved.why, planned, complete)


def known_tasks(studio: Studio, request: RenderRequest) -> list[Task]:
    """The tasks of a render that can be named now, without running any."""
    tasks = song_tasks(studio.project, studio.settings)
    paths = photo_paths(studio.project, studio.settings)
    if paths:
        tasks.append(cast_stage.photos_task(paths))
    if not _all_cached(studio, tasks):
        return tasks
    tasks = story_tasks(studio)
    if not _all_cached(studio, tasks):
        return tasks
    song = hear_song(studio)
    story = tell_story(studio, song, dry=True)
    if story.plan is None:
        return tasks
    return tasks + shot_tasks(studio, story, story.plan, ending_of(request), dry=True)


def _all_cached(studio: Studio, tasks: Sequence[Task]) -> bool:
    return all(planned.cached for planned in plan_graph(tasks, studio.store))


def stages_of(found: Survey) -> list[StageStatus]:
    """The survey by stage, in order. Seconds left are of work, before sharing it among workers.

    Stills are counted by shots: their prompts and candidates only add to the seconds.
    """
    stages: list[StageStatus] = []
    for name in STAGES:
        tasks = [one for one in found.planned if one.task.stage == name]
        parts = [one for one in found.planned if PART_OF.get(one.task.stage, one.task.stage) == name]
        left = sum(one.expected_s for one in parts if not one.cached)
        done = sum(one.cached for one in tasks)
        known = bool(tasks) or found.complete
        stages.append(StageStatus(name, done, len(tasks), left, known))
    return stages


def collect_garbage(studio: Studio, request: RenderRequest) -> GcReport:
    """Removes from the store what neither the current plan nor an export made before needs.

    Raises:
        CheckFailed: the plan is not made yet, so nothing can be called unneeded.
    """
    found = survey(studio, request)
    if not found.complete:
        raise CheckFailed(
            "the plan is not made (or does not verify), so nothing can be called unneeded",
            where=str(studio.project.root),
            mend="run mvlocal plan first",
        )
    story = tell_story(studio, hear_song(studio), dry=True)
    work = Work(studio, story, approved(story, studio.project))
    return studio.store.gc(live_keys(found.planned, studio.store) | keys_of_exports(work))
