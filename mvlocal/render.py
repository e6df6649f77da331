"""A render: walks the graph up to the stage asked for, and puts what was made where the user finds it.

It does not know how any stage works.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from mvlocal.backends.registry import slow_imports
from mvlocal.call_sheet import Shooting
from mvlocal.cast_files import write_cast
from mvlocal.edit import stage as edit_stage
from mvlocal.engine.scheduler import PlannedTask, plan_graph
from mvlocal.engine.task import Task
from mvlocal.errors import CheckFailed, ExhaustedError, UserError
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
    tell_story,
)
from mvlocal.plan_files import write_plan_files
from mvlocal.project import Project
from mvlocal.reporting import closing_ids, write_account
from mvlocal.schema.song import SongMap
from mvlocal.schema.story import ApprovedPlan
from mvlocal.settings import backends_of
from mvlocal.shooting import ShotRun, run_shots
from mvlocal.shots.motion.stage import raw_bytes
from mvlocal.shots.stage import ANIMATE, BY_MODELS, KEYFRAMES
from mvlocal.shots.stills.stage import CANDIDATES
from mvlocal.still_files import StillFiles
from mvlocal.training import make_cast
from mvlocal.user_files import song_files, song_settings
from mvlocal.watching import Watch
from mvlocal.weights.needs import weights_needed
from mvlocal.weights.required import require_all

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
        if not event.cached and event.stage in BY_MODELS:
            self.models_s += event.seconds


def render_project(project: Project, request: RenderRequest, emit: Emit = ignore) -> Rendered:
    """Renders up to the stage asked for, doing only what is not done yet.

    Raises:
        MvlocalError: see `mvlocal.errors`; what was finished is kept.
    """
    started = time.monotonic()
    tally, watch = Tally(), Watch(project.now_file)

    def tell(event: Event) -> None:
        tally.hear(event)
        watch.hear(event)
        emit(event)

    _check_request(request)
    with open_studio(project, request, tell) as studio, watch.of(studio.resolved.profile):
        if reaches(request, "train"):
            require_weights(studio)
        if reaches(request, "keyframes"):
            _prepare(studio)
        song = hear_song(studio)
        output, shots = studio.song_file, 0
        if request.until != "analyze":
            story = tell_story(studio, song, rewrite=request.rewrite)
            _tell_warnings(story, tell)
            shots = len(story.shots.shots)
            output = project.shots_file
            write_plan_files(studio, story)
            if reaches(request, "train"):
                output = _train(studio, output)
            if reaches(request, "keyframes"):
                output = _make_shots(studio, story, request)
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


def reaches(request: RenderRequest, stage: str) -> bool:
    """Whether a request goes as far as this stage."""
    return STAGES.index(request.until) >= STAGES.index(stage)


def require_weights(studio: Studio) -> None:
    """Raises unless all weights are here that the whole render needs; names each that is not.

    Raises:
        MissingError: with place, licence, size and how to get them.
    """
    files = song_files(studio.project, studio.settings)
    in_force = studio.settings.model_copy(update={"song": song_settings(studio.settings, files)})
    if needs := weights_needed(in_force):  # else nothing needs to be known of models
        require_all(needs)


def _prepare(studio: Studio) -> None:
    """Has the GPU worker import its libraries while the song is heard and the plan read, where there is a first video
    to be made."""
    modules = slow_imports(backends_of(studio.settings))
    if modules and edit_stage.TASK_ID not in studio.store.latest_keys():
        studio.executor.prepare_gpu(modules)


def _train(studio: Studio, output: Path) -> Path:
    """Trains whoever needs it, and writes `cast/`; `output` where nobody does."""
    made = make_cast(studio)
    return studio.project.root / "cast" if write_cast(studio, made) else output


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


def _make_shots(studio: Studio, story: Story, request: RenderRequest) -> Path:
    """Everything from the approved plan on; returns the video, or the folder of what was asked for instead."""
    plan = approved(story, studio.project)
    chosen = chosen_shots(plan, request.shots)
    whole = request.until == "finish" and not chosen

    def wanted(shooting: Shooting, tasks: Sequence[Task]) -> list[str]:
        require_space(studio, plan_graph(tasks, studio.store), story.song)
        sheets.expect(shooting, tasks)
        if whole and not shooting.left_out:
            return closing_ids(tasks)
        kept = [shot for shot in (chosen or [one.id for one in plan.shots]) if shot not in shooting.left_out]
        return [shooting.task_of(shot, request.until) for shot in kept]

    def tell(event: Event) -> None:
        studio.emit(event)
        sheets.hear(event)

    with StillFiles(studio) as sheets:
        run = run_shots(replace(studio, emit=tell), story, plan, wanted, ending_of(request))
        sheets.finish()
    if whole:
        _require_whole(studio, run.shooting)
        target = request.out or default_output(studio)
        export(studio, run.records[closing_ids(run.tasks)[0]], "main", target)
        write_account(studio, story, plan, run.tasks, target, trained=bool(run.shooting.cast.members))
        return target
    return _export_shots(studio, run, request.until)


def _require_whole(studio: Studio, shooting: Shooting) -> None:
    """Raises while shots are left out: a video has all of its song.

    Raises:
        CheckFailed: names them.
    """
    if shooting.left_out:
        left = ", ".join(shooting.left_out)
        raise CheckFailed(
            f"the video is not made, since {left} {'is' if len(shooting.left_out) == 1 else 'are'} left out",
            where=str(studio.project.picks_file),
            mend=f"let drawings stand in: mvlocal skip {studio.project.root} {shooting.left_out[0]} --with animatic, "
            "or make it after all: --undo",
        )


def _export_shots(studio: Studio, run: ShotRun, until: str) -> Path:
    """Puts the result of each shot into `out/keyframes/` or `out/clips/`."""
    name, folder = ("image", "keyframes") if until == KEYFRAMES else ("main", "clips")
    for task_id, record in run.records.items():
        shot = task_id.rpartition("/")[2]
        export(studio, record, name, studio.project.out / folder / f"{shot}{record.outputs[name].suffix}")
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
    left = [task for task in planned if not task.cached]
    stills = sum(1 for task in left if task.task.stage in (KEYFRAMES, CANDIDATES))
    missing = [task for task in left if task.task.stage not in (KEYFRAMES, CANDIDATES)]
    if not left:
        return
    share = len(missing) / max(1, len(planned) - sum(task.task.stage in (KEYFRAMES, CANDIDATES) for task in planned))
    coded = song.duration_s * float(video.rate.value) * pixels * BITS_A_PIXEL / 8
    raw = sum(raw_bytes(task.task.params) for task in left if task.task.id.startswith(f"{ANIMATE}/"))
    need = int(3 * share * coded + 2 * SONG_BYTES_A_SECOND * song.duration_s + STILL_BYTES_A_PIXEL * pixels * stills)
    need += raw
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


def chosen_shots(plan: ApprovedPlan, numbers: Sequence[int]) -> list[str]:
    """The ids of shots by their numbers on the sheet.

    Raises:
        UserError: there is no such shot.
    """
    known = {int(digits.group()): shot.id for shot in plan.shots if (digits := re.search(r"\d+", shot.id))}
    unknown = [number for number in numbers if number not in known]
    if unknown:
        raise UserError(f"there is no shot {unknown[0]}", where="--shots", mend=f"choose from 1 to {len(plan.shots)}")
    return [known[number] for number in numbers]
