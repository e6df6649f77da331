"""The plan as a person meets it: proof sheet and storyboard in `out/`, and a bible judged where no project is.

It does not know how a plan is made or drawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from mvlocal.config import Settings
from mvlocal.errors import InputError
from mvlocal.files import write_atomically
from mvlocal.media.thumbnail import thumbnail_of
from mvlocal.pipeline import Story
from mvlocal.project import SETTINGS_NAME, Project
from mvlocal.schema.story import Problem, ShotList
from mvlocal.shot_graph import plan_tasks
from mvlocal.staging.stage import BOARD
from mvlocal.story.documents import read_bible, read_shots
from mvlocal.story.proof import proof_sheet
from mvlocal.story.verify import Limits, verify_alone
from mvlocal.storyboard import TASK_ID as STORYBOARD
from mvlocal.studio import Studio, export

_NO_PICTURES: Mapping[str, bytes] = {}


def write_plan_files(studio: Studio, story: Story) -> None:
    """Writes `out/story.html`, and for an approved plan its storyboard too, drawing what boards are missing."""
    if story.plan is None:
        write_proof(studio.project, story)
        return
    tasks = plan_tasks(studio, story, story.plan)
    records = studio.run(tasks, [task.id for task in tasks])
    for name in ("png", "pdf"):
        export(studio, records[STORYBOARD], name, studio.project.out / f"storyboard.{name}")
    boards = {shot: studio.store.path_of(records[f"{BOARD}{shot}"].outputs["main"]) for shot in story.stagings}
    write_proof(studio.project, story, {shot: thumbnail_of(board) for shot, board in boards.items()})


def write_proof(project: Project, story: Story, thumbnails: Mapping[str, bytes] = _NO_PICTURES) -> Path:
    """Writes `out/story.html`; `thumbnails` are JPEG files by shot id."""
    target = project.out / "story.html"
    target.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(target, proof_sheet(story.bible, story.shots, story.song, story.problems, thumbnails))
    return target


def project_of_bible(bible: Path) -> Project | None:
    """The project whose bible this file is; None where it is a file alone.

    Raises:
        InputError: there is no such file.
    """
    if not bible.is_file():
        raise InputError("there is no such bible", where=str(bible), mend="name a project, or its story/bible.yaml")
    project = Project(bible.absolute().parent.parent)
    own = project.bible_file.is_file() and project.bible_file.samefile(bible)
    return project if own and (project.root / SETTINGS_NAME).is_file() else None


def judge_files(bible: Path) -> tuple[ShotList, tuple[Problem, ...]]:
    """Judges a bible and the `shots.yaml` beside it, with no song and the settings' defaults.

    Raises:
        InputError: there is no shot list beside it.
        PlanError: one of the two does not read (names file, line, column).
    """
    beside = bible.with_name("shots.yaml")
    if not beside.is_file():
        raise InputError(
            "a bible is judged with its shots, and there is no shots.yaml beside it",
            where=str(bible),
            mend="put the shot list there, or name a project",
        )
    settings = Settings()
    shots = read_shots(beside, None)
    return shots, verify_alone(read_bible(bible), shots, Limits(settings.video.rate, settings.cuts.max_s))
