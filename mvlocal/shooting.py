"""Runs the tasks of shots: a rung down where the GPU's memory runs out, and on without a shot that was stopped.

It does not know how shots are made.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mvlocal.call_sheet import Shooting, shooting_of
from mvlocal.engine.scheduler import plan_graph
from mvlocal.engine.task import Record, Task
from mvlocal.errors import ExhaustedError, OutOfVram, ShotStopped
from mvlocal.events import Warned
from mvlocal.pipeline import Story
from mvlocal.project import Project
from mvlocal.schema.picks import ShotPick
from mvlocal.schema.story import ApprovedPlan
from mvlocal.shot_graph import tasks_of
from mvlocal.shots.crew import Maker
from mvlocal.shots.ladder import write_ladder
from mvlocal.shots.picks import change_picks, read_picks
from mvlocal.shots.previews import stop_files
from mvlocal.shots.stage import ANIMATE
from mvlocal.shots.stills.stage import CANDIDATES
from mvlocal.studio import Studio

MOST_TURNS = 1000
"""More rungs and stops than any project has."""


@dataclass(frozen=True, slots=True)
class ShotRun:
    """What a run of shots made: the records of what was wanted, by task id, and what it was made from."""

    records: dict[str, Record]
    shooting: Shooting
    tasks: Sequence[Task]


def run_shots(
    studio: Studio,
    story: Story,
    plan: ApprovedPlan,
    wanted: Callable[[Shooting, Sequence[Task]], Sequence[str]],
    ending: str = ".mp4",
) -> ShotRun:
    """Makes what `wanted` names of the plan's tasks; what was finished before something went wrong is kept.

    Raises:
        ExhaustedError: memory ran out on the last rung too.
        MvlocalError: a task failed.
    """
    take_stops(studio)
    for _ in range(MOST_TURNS):
        shooting = shooting_of(studio, story, plan)
        tasks = tasks_of(studio, story, shooting, ending)
        error = None
        try:
            return ShotRun(studio.run(tasks, wanted(shooting, tasks)), shooting, tasks)
        except OutOfVram as shortage:
            error = shortage
        except ShotStopped as stop:
            error = stop
        if isinstance(error, OutOfVram):
            step_down(studio, shooting, tasks, error)
        elif not take_stops(studio):
            raise error
    raise RuntimeError("the ladder of memory has no end")


# --- memory ----------------------------------------------------------------------------------------------


def step_down(studio: Studio, shooting: Shooting, tasks: Sequence[Task], error: OutOfVram) -> None:
    """One rung further for what is still to be made by the family whose task ran out of memory; says so.

    Raises:
        ExhaustedError: there is no further rung.
    """
    maker = _maker_of(shooting, error.where)
    if maker is None:
        raise error
    ladder, family = shooting.crew.ladder, maker.family
    cached = {one.task.id for one in plan_graph(tasks, studio.store) if one.cached}
    finished = {task.id for task in tasks if task.id in cached and _family_of(shooting, task.id) == family}
    if ladder.rung_of(family, error.where) < ladder.lowest(family):
        write_ladder(studio.project.ladder_file, ladder.kept(family, finished))
        return
    lower = ladder.lowest(family) + 1
    if lower >= len(maker.rungs):
        raise ExhaustedError(
            f"{error.what}; there is nothing more to give up",
            where=error.where,
            mend="close other programs that use the GPU, or use a profile for a smaller one (mvlocal doctor); "
            "finished work is kept",
        )
    write_ladder(studio.project.ladder_file, ladder.step_down(family, finished))
    studio.emit(
        Warned(
            f"{error.what}; from here on: {maker.rungs[lower].words}",
            where=error.where,
            mend=f"finished shots stay as they are; to begin at the top again, remove {studio.project.ladder_file}",
        )
    )


def _family_of(shooting: Shooting, task_id: str) -> str:
    maker = _maker_of(shooting, task_id)
    return maker.family if maker is not None else ""


def _maker_of(shooting: Shooting, task_id: str) -> Maker | None:
    """Whose task it is, of those that can give something up."""
    stage, _, shot = task_id.partition("/")
    if stage == ANIMATE and any(one.id == shot and shooting.walks(one) for one in shooting.shots):
        return shooting.crew.walks
    return {CANDIDATES: shooting.crew.stills, ANIMATE: shooting.crew.motion}.get(stage)


# --- shots that are left out -----------------------------------------------------------------------------


def take_stops(studio: Studio) -> list[str]:
    """Turns requests to stop shots into choices that last; returns the shots."""
    project = studio.project
    picks = read_picks(project.picks_file)
    changes: dict[str, ShotPick] = {}
    for shot, file in stop_files(project.previews):
        way = "animatic" if file.read_text(encoding="utf-8").strip() == "animatic" else "leave"
        changes[shot] = picks.of(shot).model_copy(update={"skip": way})
        file.unlink(missing_ok=True)
        stands_in = "its drawn shot stands in" if way == "animatic" else "it is left out"
        studio.emit(Warned(f"shot {shot} was stopped; {stands_in}", where=shot, mend=_mend_of(project, shot)))
    if changes:
        change_picks(project.picks_file, changes)
    return list(changes)


def _mend_of(project: Project, shot: str) -> str:
    return f"make it after all: mvlocal skip {project.root} {shot} --undo"
