"""An open project: its settings in force, its store and workers, and what a person asked for.

It does not know which tasks there are.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from mvlocal.backends.registry import missing_backends, require_backend
from mvlocal.config import Settings
from mvlocal.engine.executor.local import LocalExecutor
from mvlocal.engine.hashing import digest_of_file
from mvlocal.engine.lock import ProjectLock
from mvlocal.engine.scheduler import run_graph
from mvlocal.engine.store import Store
from mvlocal.engine.task import Record, Task
from mvlocal.events import Emit, ignore
from mvlocal.files import copy_atomically
from mvlocal.machine import find_gpu, usable_cores
from mvlocal.project import Project
from mvlocal.settings import Resolved, Sources, backends_of, resolve

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
    """The settings in force for a project, with backends that can run here, and `auto` decided.

    Raises:
        SettingsError: a bad key or value.
        MissingError: a backend that the settings name cannot run here.
        UserError: weights are not what the lock says.
    """
    from mvlocal.model_choice import with_captioner  # what loads models comes with it

    sources = Sources(project.settings_file, request.profile, request.overrides)
    resolved = resolve(sources, find_gpu(), missing_backends())
    for backend in backends_of(resolved.settings):
        require_backend(*backend.split("."))
    return replace(resolved, settings=with_captioner(resolved.settings))


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
