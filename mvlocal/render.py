"""A render: walks the graph up to the stage asked for, and puts what was made where the user finds it.

It does not know how any stage works.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mvlocal.edit import stage as edit_stage
from mvlocal.engine.scheduler import PlannedTask, plan_graph
from mvlocal.engine.task import Task
from mvlocal.errors import ExhaustedError, UserError
from mvlocal.events import Emit, Event, TaskDone, Warned, ignore
from mvlocal.machine import free_bytes
from mvlocal.pipeline import (
    STAGES,
    RenderRequest,
    Story,
    Studio,
    approved,
    default_output,
    export,
    hear_song,
    open_studio,
    shot_tasks,
    tell_story,
)
from mvlocal.plan_files import write_plan_files
from mvlocal.project import Project
from mvlocal.schema.song import SongMap
from mvlocal.schema.story import ApprovedPlan
from mvlocal.shots import stage as shots_stage

BITS_A_PIXEL = 0.15
"""Coded size at the shipped profiles' quality, on the large side of what drawn and graded pictures need."""
SONG_BYTES_A_SECOND = 150_000
STILL_BYTES_A_PIXEL = 9


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a run did. `output` is the finished video, or the folder of what was asked for instead."""

    output: Path
    profile: str
    why: str
    duration_s: float
    fps: str
    shots: int
    tasks_run: int
    tasks_cached: int
    seconds_total: float
    seconds_models: float


@dataclass(slots=True)
class Tally:
    """Counts what a run really did, from its events."""

    run: set[str] = field(default_factory=set[str])
    cached: set[str] = field(default_factory=set[str])
    models_s: float = 0.0

    def hear(self, event: Event) -> None:
        """Takes one event into account."""
        if not isinstance(event, TaskDone):
            return
        (self.cached if event.cached else self.run).add(event.task_id)
        if not event.cached and event.stage in (shots_stage.KEYFRAMES, shots_stage.ANIMATE):
            self.models_s += event.seconds


def render_project(project: Project, request: RenderRequest, emit: Emit = ignore) -> Rendered:
    """Renders up to the stage asked for, doing only what is not done yet.

    Raises:
        MvlocalError: see `mvlocal.errors`; what was finished is kept.
    """
    started = time.monotonic()
    tally = Tally()

    def tell(event: Event) -> None:
        tally.hear(event)
        emit(event)

    _check_request(request)
    with open_studio(project, request, tell) as studio:
        song = hear_song(studio)
        output, shots = studio.song_file, 0
        if request.until != "analyze":
            story = tell_story(studio, song, rewrite=request.rewrite)
            _tell_warnings(story, tell)
            shots = len(story.shots.shots)
            output = project.shots_file
            write_plan_files(studio, story)
            if STAGES.index(request.until) >= STAGES.index("keyframes"):
                output = _make_shots(studio, approved(story, project), song, request)
        return Rendered(
            output=output,
            profile=studio.resolved.profile,
            why=studio.resolved.why,
            duration_s=song.duration_s,
            fps=studio.settings.video.fps,
            shots=shots,
            tasks_run=len(tally.run),
            tasks_cached=len(tally.cached - tally.run),
            seconds_total=time.monotonic() - started,
            seconds_models=tally.models_s,
        )


def _tell_warnings(story: Story, emit: Emit) -> None:
    """Passes on what the verifier is not sure of; a plan with errors is refused as a whole instead."""
    for problem in story.problems:
        if problem.severity == "warning" and story.plan is not None:
            emit(Warned(problem.message, ", ".join(problem.shots), problem.mend))


def story_of(project: Project, request: RenderRequest, emit: Emit = ignore, *, sheets: bool = False) -> Story:
    """Plans (or re-reads) the story of a project and verifies it; `sheets` draws storyboard and proof sheet too.

    Raises:
        MvlocalError: as `render_project`, but a plan with errors is returned, not raised.
    """
    with open_studio(project, request, emit) as studio:
        story = tell_story(studio, hear_song(studio), rewrite=request.rewrite)
        if sheets:
            write_plan_files(studio, story)
        return story


def _make_shots(studio: Studio, plan: ApprovedPlan, song: SongMap, request: RenderRequest) -> Path:
    tasks = shot_tasks(studio, plan, song, ending_of(request))
    chosen = _chosen_shots(plan, request.shots)
    require_space(studio, plan_graph(tasks, studio.store), song)
    if request.until == "keyframes" or chosen or request.until == "animate":
        stage = shots_stage.KEYFRAMES if request.until == "keyframes" else shots_stage.ANIMATE
        return _export_shots(studio, tasks, stage, chosen or [shot.id for shot in plan.shots])
    master = studio.run(tasks, [edit_stage.TASK_ID])[edit_stage.TASK_ID]
    target = request.out or default_output(studio)
    export(studio, master, "main", target)
    return target


def _export_shots(studio: Studio, tasks: Sequence[Task], stage: str, shots: Sequence[str]) -> Path:
    """Makes one stage of some shots and puts each result into `out/keyframes/` or `out/clips/`."""
    wanted = [f"{stage}/{shot}" for shot in shots]
    records = studio.run(tasks, wanted)
    name, folder = ("image", "keyframes") if stage == shots_stage.KEYFRAMES else ("main", "clips")
    for shot, task_id in zip(shots, wanted, strict=True):
        suffix = records[task_id].outputs[name].suffix
        export(studio, records[task_id], name, studio.project.out / folder / f"{shot}{suffix}")
    return studio.project.out / folder


def ending_of(request: RenderRequest) -> str:
    """The container asked for, by the ending of `--out`."""
    return request.out.suffix.lower() if request.out is not None else ".mp4"


def require_space(studio: Studio, planned: Sequence[PlannedTask], song: SongMap) -> None:
    """Refuses a render that cannot fit on the disk, before it starts.

    Raises:
        ExhaustedError: says how much is needed and how much is free.
    """
    video = studio.settings.video
    pixels = video.width * video.height
    stills = sum(1 for task in planned if not task.cached and task.task.stage == shots_stage.KEYFRAMES)
    missing = [task for task in planned if not task.cached and task.task.stage != shots_stage.KEYFRAMES]
    if not missing and not stills:
        return
    share = len(missing) / max(1, sum(task.task.stage != shots_stage.KEYFRAMES for task in planned))
    coded = song.duration_s * float(video.rate.value) * pixels * BITS_A_PIXEL / 8
    need = int(3 * share * coded + 2 * SONG_BYTES_A_SECOND * song.duration_s + STILL_BYTES_A_PIXEL * pixels * stills)
    have = free_bytes(studio.project.root)
    if have < need:
        raise ExhaustedError(
            f"this render needs about {need / 1e9:.1f} GB of disk and {have / 1e9:.1f} GB is free",
            where=str(studio.project.root),
            mend="free some space, or lower video.width and video.height",
        )


def _check_request(request: RenderRequest) -> None:
    if request.until not in STAGES:
        raise UserError(
            f"there is no stage called {request.until!r}",
            where="--until",
            mend=f"choose from: {', '.join(STAGES)}",
        )
    if request.out is not None and request.out.suffix.lower() not in (".mp4", ".mkv", ".mov"):
        raise UserError(
            f"cannot write a video called {request.out.name!r}",
            where="--out",
            mend="end it in .mp4, .mkv or .mov",
        )


def _chosen_shots(plan: ApprovedPlan, numbers: Sequence[int]) -> list[str]:
    known = {int(digits.group()): shot.id for shot in plan.shots if (digits := re.search(r"\d+", shot.id))}
    unknown = [number for number in numbers if number not in known]
    if unknown:
        raise UserError(f"there is no shot {unknown[0]}", where="--shots", mend=f"choose from 1 to {len(plan.shots)}")
    return [known[number] for number in numbers]
