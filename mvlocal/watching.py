"""What a run is doing, in a small file beside its store, so that `status` can tell it while the run holds the project.

It does not know who reads it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from mvlocal.errors import MvlocalError
from mvlocal.events import Event, RunPlanned, TaskDone, TaskProgress, TaskStarted
from mvlocal.files import write_atomically

EVERY_S = 1.0


@dataclass(slots=True)
class NowMaking:
    """What is in hand: tasks by id with the share done and a note, and every stage's tasks done and in all."""

    profile: str = ""
    tasks: dict[str, tuple[float, str]] = field(default_factory=dict[str, tuple[float, str]])
    stages: dict[str, tuple[int, int]] = field(default_factory=dict[str, tuple[int, int]])


class Watch:
    """A listener that keeps `path` up to date while a run holds the project, at most once a second."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._path = path
        self._clock = clock
        self._next_s = 0.0
        self._now = NowMaking()

    def hear(self, event: Event) -> None:
        """Takes one event into account."""
        now = self._now
        match event:
            case RunPlanned():
                now.stages |= {stage.name: (stage.cached, stage.total) for stage in event.stages}
            case TaskStarted():
                now.tasks[event.task_id] = (0.0, "")
            case TaskProgress():
                now.tasks[event.task_id] = (round(event.fraction, 3), event.note)
            case TaskDone(cached=False):
                now.tasks.pop(event.task_id, None)
                done, total = now.stages.get(event.stage, (0, 1))
                now.stages[event.stage] = (done + 1, max(total, done + 1))
            case _:
                return
        if self._clock() >= self._next_s:
            self._next_s = self._clock() + EVERY_S
            write_atomically(self._path, json.dumps(asdict(now)))

    @contextmanager
    def of(self, profile: str) -> Generator[None]:
        """The length of a run that holds the project; at its end nothing is being made any more."""
        self._now.profile = profile
        try:
            yield
        finally:
            self._path.unlink(missing_ok=True)


def read_now(path: Path) -> NowMaking | None:
    """What a run said last; None where none runs or what it said cannot be read."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        return NowMaking(
            str(said["profile"]),
            {str(task): (float(share), str(note)) for task, (share, note) in said["tasks"].items()},
            {str(name): (int(done), int(total)) for name, (done, total) in said["stages"].items()},
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, MvlocalError):
        return None
