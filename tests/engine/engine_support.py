"""Makers of tasks and readers of outcomes for the engine's tests."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from mvlocal.engine.store import Store
from mvlocal.engine.task import FileInput, Input, OutputOf, Record, Resources, Task
from mvlocal.events import Event, TaskDone

T = TypeVar("T")


class Events(list[Event]):
    """A listener that keeps what it hears."""

    def __call__(self, event: Event) -> None:
        self.append(event)

    def of(self, kind: type[T]) -> list[T]:
        return [event for event in self if isinstance(event, kind)]

    def ran(self) -> list[str]:
        """Ids of the tasks that ran, in the order of their ends."""
        return [event.task_id for event in self.of(TaskDone) if not event.cached]

    def cached(self) -> list[str]:
        return [event.task_id for event in self.of(TaskDone) if event.cached]


def task(task_id: str, function: str = "text", /, **given: object) -> Task:
    """A task that runs `engine_tasks.<function>`. `file=` and `after=` make inputs; Task's own fields pass through;
    all else is a parameter."""
    inputs: dict[str, Input] = {}
    if "file" in given:
        inputs["file"] = FileInput(Path(str(given.pop("file"))))
    after = given.pop("after", ())
    for number, source in enumerate([after] if isinstance(after, str) else after):  # type: ignore[call-overload]
        name, _, output = str(source).partition(":")
        inputs[f"in{number}"] = OutputOf(name, output or "main")
    own = {
        name: given.pop(name)
        for name in ("stage", "version", "identity", "seed", "check", "resources", "phase", "silence_s", "inputs")
        if name in given
    }
    if own.pop("gpu", None) or given.pop("gpu", False):
        own["resources"] = Resources(gpu=True)
    own = {"stage": "stage", "version": 1, "inputs": inputs} | own
    return Task(id=task_id, run=f"engine_tasks:{function}", params=given, **own)  # type: ignore[arg-type]


def content(store: Store, record: Record, name: str = "main") -> bytes:
    return store.path_of(record.outputs[name]).read_bytes()


def blob_contents(store: Store, records: Mapping[str, Record]) -> dict[str, bytes]:
    return {task_id: content(store, record) for task_id, record in records.items()}


def flip_bit(path: Path, position: int = -1) -> None:
    """Flips one bit, also in a file that is read-only."""
    mode = path.stat().st_mode
    path.chmod(0o644)
    data = bytearray(path.read_bytes())
    data[position] ^= 0x10
    path.write_bytes(data)
    path.chmod(mode)


def wait_until(what: Callable[[], bool], timeout_s: float = 10.0) -> None:
    give_up_at = time.monotonic() + timeout_s
    while not what():
        if time.monotonic() > give_up_at:
            raise TimeoutError("it did not happen in time")
        time.sleep(0.01)


def process_runs(pid: int) -> bool:
    """Whether the process exists and is not a zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def children_of(pid: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = (entry / "stat").read_text().rsplit(")", 1)[1].split()[1]
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(parent) == pid and process_runs(int(entry.name)):
                found.append(int(entry.name))
    return found
