"""The GPU's worker: a device that is gone ends it, a fresh one tries once more; one that hangs is ended."""

from __future__ import annotations

from pathlib import Path

import pytest

from mvlocal.engine.executor.local import LocalExecutor
from mvlocal.engine.scheduler import run_graph
from mvlocal.engine.store import Store
from mvlocal.engine.task import Resources, Task
from mvlocal.errors import TaskError
from mvlocal.events import Event, WorkerRestarted


def run(tmp_path: Path, how: str, times: int, heard: list[Event]) -> list[str]:
    """Runs the failing task; returns the processes that took it up."""
    log = tmp_path / "log"
    task = Task(
        id="animate/s01",
        stage="animate",
        version=1,
        run="device_tasks:device_fails",
        params={"log": str(log), "how": how, "times": times},
        resources=Resources(gpu=True),
        silence_s=6.0 if how == "hang" else 300.0,
    )
    with Store.open(tmp_path / "store") as store, LocalExecutor(cpu_workers=1) as executor:
        try:
            run_graph([task], store=store, executor=executor, emit=heard.append, wanted=[task.id])
        finally:
            executor.close()
    return log.read_text().splitlines()


def test_a_lost_device_costs_one_worker_and_the_task_is_tried_again(tmp_path: Path) -> None:
    heard: list[Event] = []
    pids = run(tmp_path, "fault", 1, heard)
    assert len(set(pids)) == 2
    restarts = [event.reason for event in heard if isinstance(event, WorkerRestarted)]
    assert len(restarts) == 1
    assert "exit status 71" in restarts[0]


def test_a_device_that_stays_lost_is_an_error_after_two_workers(tmp_path: Path) -> None:
    heard: list[Event] = []
    with pytest.raises(TaskError, match="lost twice") as caught:
        run(tmp_path, "fault", 9, heard)
    assert "illegal memory access" in "".join(caught.value.__notes__)  # the worker's log says what the GPU said
    assert len([event for event in heard if isinstance(event, WorkerRestarted)]) == 2


def test_a_worker_that_hangs_is_ended_and_the_task_is_tried_again(tmp_path: Path) -> None:
    heard: list[Event] = []
    pids = run(tmp_path, "hang", 1, heard)
    assert len(set(pids)) == 2
    assert any("no sign of life" in event.reason for event in heard if isinstance(event, WorkerRestarted))
