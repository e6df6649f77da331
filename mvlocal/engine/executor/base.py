"""The executor's contract: jobs go in, reports come out; the local pool, the serial one and later Ray keep
it.

It knows nothing of keys, records or the order of tasks.

Jobs and reports are small, picklable values; files travel as paths on a disk that both sides see. One job is
one attempt: a report that names a job the scheduler no longer waits for is late or doubled, and is ignored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from mvlocal.engine.task import Blob, Json, Resources, Task
from mvlocal.errors import MvlocalError


@dataclass(frozen=True, slots=True)
class Job:
    """One attempt at a task: where its inputs lie, and the empty folder for its outputs."""

    id: str
    task: Task
    inputs: Mapping[str, Path]
    workdir: Path


@dataclass(frozen=True, slots=True)
class Imports:
    """Modules that take long to import, for a worker to import before its next job needs them."""

    modules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SealedFile:
    """An output that passed its check, was forced to the disk and hashed, and still lies in the workdir."""

    path: Path
    blob: Blob


@dataclass(frozen=True, slots=True)
class JobStarted:
    """A worker took up the job."""

    job_id: str


@dataclass(frozen=True, slots=True)
class JobProgress:
    """The job is `fraction` (0 to 1) done."""

    job_id: str
    fraction: float
    note: str


@dataclass(frozen=True, slots=True)
class JobDone:
    """The job's outputs are ready to be published. `seconds` is the task function's own time."""

    job_id: str
    outputs: Mapping[str, SealedFile]
    notes: Mapping[str, Json]
    warnings: tuple[tuple[str, str, str], ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class JobFailed:
    """The job ended with an error; `traceback` is its text in the worker, for a bug report."""

    job_id: str
    error: MvlocalError
    traceback: str


@dataclass(frozen=True, slots=True)
class JobLost:
    """The worker died or hung with the job in hand; `reason` says how, `log` is the end of what it printed."""

    job_id: str
    reason: str
    log: str = ""


Report = JobStarted | JobProgress | JobDone | JobFailed | JobLost


class Executor(Protocol):
    """Runs jobs somewhere. Not thread-safe: one scheduler talks to it."""

    def accepts(self, resources: Resources) -> bool:
        """Whether a job with these needs would start at once."""
        ...

    def submit(self, job: Job) -> None:
        """Starts a job that `accepts` said yes to.

        Raises:
            TaskError: the job cannot be sent, for instance because a parameter cannot be pickled.
        """
        ...

    def poll(self, timeout_s: float) -> list[Report]:
        """What happened since the last call; waits up to `timeout_s` seconds for something to happen."""
        ...

    def cancel(self) -> None:
        """Ends every job in hand at once; nothing more is reported of them. The executor stays usable."""
        ...

    def close(self) -> None:
        """Ends all workers. May be called twice."""
        ...
