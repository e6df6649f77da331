"""The whole graph, from a song to a finished master, and the run that walks it.

It knows the order of stages; what happens inside each is theirs.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mvlocal.backends.base import Photo
from mvlocal.backends.registry import missing_backends, require_backend
from mvlocal.cast import stage as cast_stage
from mvlocal.config import Settings, SongSettings
from mvlocal.edit import stage as edit_stage
from mvlocal.edit.timeline import shots_to_timeline
from mvlocal.engine.executor.local import LocalExecutor
from mvlocal.engine.hashing import digest_of_file
from mvlocal.engine.lock import ProjectLock
from mvlocal.engine.scheduler import run_graph
from mvlocal.engine.store import Store
from mvlocal.engine.task import OutputOf, Record, Task
from mvlocal.errors import CheckFailed, InputError, SettingsError
from mvlocal.events import Emit, Warned, ignore
from mvlocal.files import copy_atomically
from mvlocal.machine import find_gpu, usable_cores
from mvlocal.media.photos import list_photos
from mvlocal.project import Project
from mvlocal.schema.cast import PhotoSet
from mvlocal.schema.song import SongMap
from mvlocal.schema.staging import Staging
from mvlocal.schema.story import ApprovedPlan, Problem, Remarks, ShotList, StoryBible
from mvlocal.settings import Resolved, Sources, backends_of, resolve
from mvlocal.shots import stage as shots_stage
from mvlocal.song import stage as song_stage
from mvlocal.song.lyrics import read_lyrics
from mvlocal.staging import stage as staging_stage
from mvlocal.story import stage as story_stage
from mvlocal.storyboard import storyboard_task
from mvlocal.weights import locked_weights
from mvlocal.weights.needs import planner_needs, song_needs

STAGES = ("analyze", "plan", "train", "keyframes", "animate", "finish")


@dataclass(frozen=True, slots=True)
class RenderRequest:
    """What the user asked for. `shots` are numbers as on the sheet (3 is `s03`); empty means all."""

    profile: str | None = None
    overrides: tuple[str, ...] = ()
    until: str = "finish"
    shots: tuple[int, ...] = ()
    out: Path | None = None
    rewrite: bool = False


@dataclass(frozen=True, slots=True)
class Studio:
    """An open project: settings in force, and the store and executor that its tasks use."""

    project: Project
    resolved: Resolved
    store: Store
    executor: LocalExecutor
    emit: Emit

    @property
    def settings(self) -> Settings:
        return self.resolved.settings

    @property
    def song_file(self) -> Path:
        """The project's song."""
        return self.project.resolve(self.settings.song.file)

    def run(self, tasks: Sequence[Task], wanted: Sequence[str]) -> dict[str, Record]:
        """Runs what `wanted` needs of `tasks`; records by task id."""
        return run_graph(tasks, store=self.store, executor=self.executor, emit=self.emit, wanted=wanted)

    def read(self, record: Record, name: str = "main") -> bytes:
        """The content of a record's output."""
        return self.store.path_of(record.outputs[name]).read_bytes()


def settings_for(project: Project, request: RenderRequest) -> Resolved:
    """The settings in force for a project, with backends that can run here.

    Raises:
        SettingsError: a bad key or value.
        MissingError: a backend that the settings name cannot run here.
    """
    sources = Sources(project.settings_file, request.profile, request.overrides)
    resolved = resolve(sources, find_gpu(), missing_backends())
    for backend in backends_of(resolved.settings):
        require_backend(*backend.split("."))
    return resolved


@contextmanager
def open_studio(project: Project, request: RenderRequest, emit: Emit = ignore) -> Generator[Studio]:
    """Opens a project for work: takes its lock, opens its store, readies workers.

    Raises:
        BusyError: another process holds the project.
        MvlocalError: as `settings_for`, and when the store cannot be opened.
    """
    resolved = settings_for(project, request)
    workers = resolved.settings.run.workers or usable_cores()
    with (
        ProjectLock(project.state / "lock"),
        Store.open(project.state / "store", emit=emit) as store,
        LocalExecutor(cpu_workers=workers) as executor,
    ):
        yield Studio(project, resolved, store, executor, emit)


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


def song_settings(settings: Settings, files: song_stage.SongFiles) -> SongSettings:
    """The song's settings as far as they count: lyrics that carry their times need nobody to time them.

    Raises:
        InputError: the lyrics cannot be read.
    """
    if settings.song.lyrics_by == "rules" or files.lyrics is None or not read_lyrics(files.lyrics).timed:
        return settings.song
    return settings.song.model_copy(update={"lyrics_by": "rules"})


def song_files(project: Project, settings: Settings) -> song_stage.SongFiles:
    """The files that hearing the song reads.

    Raises:
        UserError: no song is named, or a named file is missing.
    """
    if not settings.song.file:
        raise SettingsError(
            "no song is named",
            where=f"{project.settings_file}: song.file",
            mend="write song: {file: my-song.wav}",
        )
    return song_stage.SongFiles(
        song=_existing(project, settings.song.file, "song"),
        lyrics=_existing(project, settings.song.lyrics, "lyrics") if settings.song.lyrics else None,
        markers=_existing(project, settings.song.markers, "markers") if settings.song.markers else None,
    )


def photo_paths(project: Project, settings: Settings, emit: Emit = ignore) -> tuple[Path, ...]:
    """The photos in the project's folder; anything else there is named in a warning."""
    folder = project.resolve(settings.photos.folder)
    if not folder.is_dir():
        if settings.photos.folder == Settings().photos.folder:
            return ()
        raise InputError("the photos folder is missing", where=str(folder), mend="check photos.folder")
    listing = list_photos(folder)
    for skipped in listing.skipped:
        emit(Warned(f"{skipped.path.name} was left out: {skipped.reason}", where=str(folder)))
    return listing.photos


def shot_tasks(studio: Studio, plan: ApprovedPlan, song: SongMap, ending: str = ".mp4") -> list[Task]:
    """Every task from the approved plan to the master: a board, a still and a clip a shot, then the joining."""
    settings = studio.settings
    stagings = stagings_of(plan, song, settings)
    scene = shots_stage.ShotScene(settings, plan, song, studio.project.resolve(settings.photos.folder), stagings)
    timeline = shots_to_timeline(plan.shots, settings.video.rate)
    tasks = [*board_tasks(studio, plan, stagings), storyboard_task(plan, song, stagings)]
    tasks += [shots_stage.keyframe_task(scene, shot) for shot in plan.shots]
    tasks += [shots_stage.clip_task(scene, shot) for shot in plan.shots]
    tasks.append(edit_stage.master_task(settings, timeline, studio.song_file, shots_stage.ANIMATE, ending))
    return tasks


def stagings_of(plan: ApprovedPlan, song: SongMap, settings: Settings) -> Mapping[str, Staging]:
    """How every shot of the plan is blocked, by its id.

    Raises:
        PlanError: a shot asks for an action that the theatre does not know.
    """
    from mvlocal.staging.blocking.plan import block_plan  # reads word lists that most commands never need

    aspect = settings.video.width / settings.video.height
    staged = block_plan(plan.bible, plan.shots, song, aspect=aspect, look=settings.animatic.look)
    return {staging.shot: staging for staging in staged}


def board_tasks(studio: Studio, plan: ApprovedPlan, stagings: Mapping[str, Staging]) -> list[Task]:
    """One small drawing a shot, for the storyboard and the proof sheet."""
    places = {location.id: location for location in plan.bible.locations}
    folder = studio.project.resolve(studio.settings.photos.folder)
    tasks: list[Task] = []
    for staging in stagings.values():
        photo = folder / staging.photo.name if staging.photo is not None else None
        tasks.append(staging_stage.board_task(staging, places[staging.location], photo))
    return tasks


# --- the run ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Story:
    """The plan in force: what it was made from, who edited it, and what the verifier found."""

    song: SongMap
    bible: StoryBible
    shots: ShotList
    edited: tuple[Path, ...]
    problems: tuple[Problem, ...]
    plan: ApprovedPlan | None


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
    return Story(song, settled.bible, settled.shots, settled.edited, problems, verdict.plan)


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


def default_output(studio: Studio) -> Path:
    """`out/<title>.mp4`, or `out/<title>-animatic.mp4` where the pictures are drawn."""
    words = re.sub(r"[^\w]+", "-", studio.settings.title.casefold()).strip("-")[:80] or "video"
    kind = "-animatic" if studio.settings.clips.backend == "animatic" else ""
    return studio.project.out / f"{words}{kind}.mp4"


def export(studio: Studio, record: Record, name: str, target: Path) -> None:
    """Copies a record's output to where the user finds it, unless it is there already."""
    blob = record.outputs[name]
    if target.is_file() and target.stat().st_size == blob.size and digest_of_file(target).digest == blob.digest:
        return
    copy_atomically(studio.store.path_of(blob), target)


def _story_files(project: Project) -> story_stage.StoryFiles:
    return story_stage.StoryFiles(project.bible_file, project.shots_file, project.state / "story.json")


def _existing(project: Project, name: str, what: str) -> Path:
    path = project.resolve(name)
    if not path.exists():
        raise InputError(
            f"there is no {what} called {path.name!r}",
            where=str(path),
            mend=f"check song.{'file' if what == 'song' else what} in {project.settings_file.name}",
        )
    return path
