"""Progress events that a run emits: the terminal, a plain log and the review page hear the same ones.

It knows nothing of who listens or what the stages do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RunPlanned:
    """A graph is about to run; its stages in order."""

    stages: tuple[StagePlan, ...]


@dataclass(frozen=True, slots=True)
class StagePlan:
    """What one stage of a graph holds: tasks in all, tasks already done, and the seconds of work expected of
    the rest.

    Expected from the mean of the stage's tasks on this machine where there are any; workers side by side
    share it.
    """

    name: str
    total: int
    cached: int
    expected_s: float = 0.0


@dataclass(frozen=True, slots=True)
class TaskStarted:
    """A worker took up a task."""

    task_id: str
    stage: str


@dataclass(frozen=True, slots=True)
class TaskProgress:
    """A running task is `fraction` (0 to 1) done; also the sign of life that the watchdog waits for."""

    task_id: str
    stage: str
    fraction: float
    note: str = ""


@dataclass(frozen=True, slots=True)
class TaskDone:
    """A task's record is committed (or was found: `cached`)."""

    task_id: str
    stage: str
    cached: bool
    seconds: float
    why: str = ""


@dataclass(frozen=True, slots=True)
class TaskFailed:
    """A task ended with an error; the run stops after the tasks in hand."""

    task_id: str
    stage: str
    message: str


@dataclass(frozen=True, slots=True)
class BlobSetAside:
    """An artefact did not match its hash or size; it was set aside and will be made again."""

    task_id: str
    digest: str
    reason: str


@dataclass(frozen=True, slots=True)
class WorkerRestarted:
    """A worker died or hung and was replaced."""

    reason: str


@dataclass(frozen=True, slots=True)
class Warned:
    """Something the user should know, with the mend; the run goes on."""

    what: str
    where: str = ""
    mend: str = ""


Event = RunPlanned | TaskStarted | TaskProgress | TaskDone | TaskFailed | BlobSetAside | WorkerRestarted | Warned
Emit = Callable[[Event], None]


def ignore(_event: Event) -> None:
    """The listener that hears nothing."""
