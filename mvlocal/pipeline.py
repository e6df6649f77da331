"""The whole graph, from a song to a finished master, and the run that walks it.

It knows the order of stages; what happens inside each is theirs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from mvlocal.backends.base import Photo
from mvlocal.cast import stage as cast_stage
from mvlocal.config import Settings
from mvlocal.engine.task import OutputOf, Task
from mvlocal.errors import CheckFailed
from mvlocal.machine import usable_cores
from mvlocal.project import Project
from mvlocal.schema.cast import PhotoSet
from mvlocal.schema.song import SongMap
from mvlocal.schema.staging import Staging
from mvlocal.schema.story import ApprovedPlan, Problem, Remarks, ShotList, StoryBible
from mvlocal.song import stage as song_stage
from mvlocal.story import stage as story_stage
from mvlocal.studio import STAGES, RenderRequest, Studio, default_output, export, open_studio, settings_for
from mvlocal.user_files import photo_paths, song_files, song_settings
from mvlocal.weights import locked_weights
from mvlocal.weights.needs import planner_needs, song_needs

__all__ = [
    "STAGES",
    "RenderRequest",
    "Story",
    "Studio",
    "approved",
    "default_output",
    "export",
    "hear_song",
    "open_studio",
    "photo_paths",
    "settings_for",
    "song_files",
    "song_settings",
    "song_tasks",
    "stagings_of",
    "story_tasks",
    "tell_story",
    "writers_of",
]

# --- the graph -------------------------------------------------------------------------------------------


def song_tasks(project: Project, settings: Settings) -> list[Task]:
    """The tasks that hear the song; the last one makes the SongMap.

    Raises:
        MissingError: weights that the settings ask for are not here.
        UserError: no song is named, or a named file is missing.
    """
    files = song_files(project, settings)
    asked = song_settings(settings, files)
    needs = song_needs(asked)
    weights = {kind: locked_weights(need.folder, need.name, where=need.where) for kind, need in needs.items()}
    device = "cuda" if settings.machine.vram_gib > 0 else "cpu"
    threads = settings.run.workers or usable_cores()
    return song_stage.song_tasks(asked, files, song_stage.SongModels(weights, device, threads))


def stagings_of(plan: ApprovedPlan, song: SongMap, settings: Settings) -> Mapping[str, Staging]:
    """How every shot of the plan is blocked, by its id.

    Raises:
        PlanError: a shot asks for an action that the theatre does not know.
    """
    from mvlocal.staging.blocking.plan import block_plan  # reads word lists that most commands never need

    aspect = settings.video.width / settings.video.height
    staged = block_plan(plan.bible, plan.shots, song, aspect=aspect, look=settings.animatic.look)
    return {staging.shot: staging for staging in staged}


# --- the run ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Story:
    """The plan in force: what it was made from, who edited it, and what the verifier found."""

    settings: Settings
    song: SongMap
    bible: StoryBible
    shots: ShotList
    edited: tuple[Path, ...]
    problems: tuple[Problem, ...]
    plan: ApprovedPlan | None

    @cached_property
    def stagings(self) -> Mapping[str, Staging]:
        """How every shot is blocked, by its id; worked out once. Empty without an approved plan."""
        return stagings_of(self.plan, self.song, self.settings) if self.plan else {}


def hear_song(studio: Studio) -> SongMap:
    """Analyses the song, or reads what is already known of it."""
    tasks = song_tasks(studio.project, studio.settings)
    record = studio.run(tasks, [song_stage.TASK_ID])[song_stage.TASK_ID]
    return SongMap.from_json(studio.read(record))


def tell_story(studio: Studio, song: SongMap, *, rewrite: bool = False, dry: bool = False) -> Story:
    """Plans the video, settles the plan with a person's edits, and verifies it."""
    tasks = story_tasks(studio)
    records = studio.run(tasks, [story_stage.TASK_ID])
    record = records[story_stage.TASK_ID]
    shots = ShotList.from_json(studio.read(record, "shots"))
    settled = story_stage.settle(
        _story_files(studio.project),
        StoryBible.from_json(studio.read(record, "bible")),
        shots,
        song,
        rewrite=rewrite,
        dry=dry,
    )
    photos = frozenset(path.name for path in photo_paths(studio.project, studio.settings))
    verdict = story_stage.judge(settled, song, studio.settings, photos)
    remarks = Remarks.from_json(studio.read(record, "remarks"))
    problems = (*verdict.problems, *story_stage.standing_remarks(remarks, shots, settled))
    return Story(studio.settings, song, settled.bible, settled.shots, settled.edited, problems, verdict.plan)


def story_tasks(studio: Studio) -> list[Task]:
    """Song, photos and plan. The photos are looked at first, since the plan depends on what they are."""
    tasks = song_tasks(studio.project, studio.settings)
    photos: list[Photo] = []
    paths = photo_paths(studio.project, studio.settings, studio.emit)
    if paths:
        look = cast_stage.photos_task(paths)
        record = studio.run([look], [look.id])[look.id]
        facts = PhotoSet.from_json(studio.read(record)).photos
        photos = [Photo(photo.name, photo.aspect) for photo in facts]
        tasks.append(look)
    tasks.append(story_stage.plan_task(studio.settings, photos, OutputOf(song_stage.TASK_ID), writers_of(studio)))
    return tasks


def writers_of(studio: Studio) -> story_stage.Writers:
    """What the planner of the settings needs.

    Raises:
        MissingError: its weights are not here.
    """
    needs = planner_needs(studio.settings.planner)
    weights = [locked_weights(need.folder, need.name, where=need.where) for need in needs]
    threads = studio.settings.run.workers or usable_cores()
    return story_stage.Writers(next(iter(weights), None), studio.project.state / "replies", threads)


def approved(story: Story, project: Project) -> ApprovedPlan:
    """The approved plan.

    Raises:
        CheckFailed: the verifier found errors; the first is shown, with how many there are.
    """
    if story.plan is not None:
        return story.plan
    errors = [problem for problem in story.problems if problem.severity == "error"]
    first = errors[0]
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    raise CheckFailed(
        f"the plan contradicts itself, so nothing was made: {first.message}{more}",
        where=f"{project.shots_file}: {', '.join(first.shots)} [{first.rule}]",
        mend=f"{first.mend}; see all with: mvlocal verify {project.root}",
    )


def _story_files(project: Project) -> story_stage.StoryFiles:
    return story_stage.StoryFiles(project.bible_file, project.shots_file, project.state / "story.json")
