"""The local executor's processes: errors, deaths, silence, reuse, and that none is left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from engine_support import Events, children_of, content, process_runs, task, wait_until

from mvlocal.engine.executor.local import LocalExecutor
from mvlocal.engine.scheduler import run_graph
from mvlocal.engine.store import Store
from mvlocal.engine.task import Record, Resources, Task
from mvlocal.errors import ExhaustedError, InputError, MvlocalError, TaskError
from mvlocal.events import TaskFailed, TaskProgress, WorkerRestarted


def run(tasks: list[Task], store: Store, pool: LocalExecutor, events: Events, wanted: str = "t") -> dict[str, Record]:
    return run_graph(tasks, store=store, executor=pool, emit=events, wanted=[wanted])


def failure(bad: Task, store: Store, pool: LocalExecutor, events: Events) -> MvlocalError:
    with pytest.raises(MvlocalError) as caught:
        run([bad], store, pool, events, bad.id)
    assert store.records() == {}
    assert [event.task_id for event in events.of(TaskFailed)] == [bad.id]
    return caught.value


def test_workers_live_on_and_know_nothing_heavy(store: Store, pool: LocalExecutor, events: Events) -> None:
    tasks = [task(f"t{n}", "count_calls", number=n) for n in range(6)]
    tasks += [task(f"g{n}", "count_calls", number=n, after="t5", gpu=True) for n in range(3)]
    records = run_graph(tasks, store=store, executor=pool, emit=events, wanted=[each.id for each in tasks])
    notes = [record.notes for record in records.values()]
    assert len({note["pid"] for note in notes}) <= 3
    assert len({record.notes["pid"] for task_id, record in records.items() if task_id[0] == "g"}) == 1
    assert sorted(record.notes["calls"] for task_id, record in records.items() if task_id[0] == "g") == [1, 2, 3]
    assert not any(note["heavy"] for note in notes)


def test_the_gpu_worker_starts_only_for_a_gpu_task(store: Store, pool: LocalExecutor, events: Events) -> None:
    run([task("t")], store, pool, events)
    assert pool._gpu == []


def test_a_prepared_gpu_worker_has_imported_what_its_tasks_need(
    store: Store, pool: LocalExecutor, events: Events
) -> None:
    pool.prepare_gpu(["no.such.module", "wave"])
    pool.prepare_gpu(["colorsys"])  # there is one already
    worker = pool._gpu[0]
    tasks = [task("t", "imported", names=["wave", "colorsys"], gpu=True)]
    records = run(tasks, store, pool, events)
    assert records["t"].notes["imported"] == ["wave"]
    assert pool._gpu == [worker]
    assert events.of(WorkerRestarted) == []


def test_our_own_errors_cross_unchanged(store: Store, pool: LocalExecutor, events: Events) -> None:
    error = failure(task("t", "refuse"), store, pool, events)
    assert type(error) is InputError
    assert (error.what, error.where, error.mend) == ("The song is silent.", "song.wav", "Give another song.")


def test_a_bug_keeps_its_traceback(store: Store, pool: LocalExecutor, events: Events) -> None:
    error = failure(task("t", "bug"), store, pool, events)
    assert type(error) is TaskError
    assert "KeyError: 'no such key'" in error.what
    assert "engine_tasks.py" in error.where
    assert "Traceback (most recent call last)" in "".join(error.__notes__)
    assert 'empty["no such key"]' in "".join(error.__notes__)


@pytest.mark.parametrize(
    ("function", "said"),
    [
        ("no_such_function", "AttributeError"),
        ("quit_python", "SystemExit: 5"),
        ("bad_notes", "value.path is not plain JSON"),
    ],
)
def test_odd_functions_fail_clearly(
    store: Store, pool: LocalExecutor, events: Events, function: str, said: str
) -> None:
    error = failure(task("t", function), store, pool, events)
    assert isinstance(error, TaskError)
    assert said in error.what


def test_a_missing_module_fails_clearly(store: Store, pool: LocalExecutor, events: Events) -> None:
    missing = Task(id="t", stage="s", version=1, run="no_such_module:function")
    assert "No module named 'no_such_module'" in failure(missing, store, pool, events).what


@pytest.mark.parametrize("number", [28, 122, 27])  # ENOSPC, EDQUOT, EFBIG
def test_a_full_disk_in_a_task(store: Store, pool: LocalExecutor, events: Events, number: int) -> None:
    error = failure(task("t", "disk_full", errno=number), store, pool, events)
    assert type(error) is ExhaustedError
    assert error.mend


def test_a_full_memory_in_a_task(store: Store, pool: LocalExecutor, events: Events) -> None:
    assert type(failure(task("t", "no_memory"), store, pool, events)) is ExhaustedError


def test_a_task_that_cannot_be_sent(store: Store, pool: LocalExecutor, events: Events) -> None:
    class Local(dict[str, int]):
        pass

    error = failure(task("t", identity=Local(a=1)), store, pool, events)
    assert "cannot be sent to a worker" in error.what


def test_a_check_that_fails_publishes_nothing(store: Store, pool: LocalExecutor, events: Events) -> None:
    bad = task("t", text="bad", check="engine_tasks:require_text")
    assert failure(bad, store, pool, events).what == "This output is bad."
    assert list(store._blobs.all()) == []
    good = run([task("t", text="good", check="engine_tasks:require_text")], store, pool, events)
    assert content(store, good["t"]) == b"good|"


@pytest.mark.parametrize(
    "bad",
    [task("t", "linked", after="a", hard=True), task("t", "linked", after="a"), task("t", "elsewhere", after="a")],
)
def test_an_output_must_be_a_file_of_its_own(store: Store, pool: LocalExecutor, events: Events, bad: Task) -> None:
    with pytest.raises(TaskError, match=r"output 'main' (is|lies)"):
        run([task("a"), bad], store, pool, events)
    assert store.verify() == []


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGKILL])
def test_a_worker_that_dies_is_replaced_once(
    store: Store, pool: LocalExecutor, events: Events, tmp_path: Path, number: int
) -> None:
    once = task("t", "die", signal=int(number), mark=str(tmp_path / "mark"), once=True, text="x")
    records = run([once], store, pool, events)
    assert content(store, records["t"]) == b"x|"
    assert len(events.of(WorkerRestarted)) == 1
    assert number.name in events.of(WorkerRestarted)[0].reason


def test_a_worker_that_dies_twice_fails_the_task(
    store: Store, pool: LocalExecutor, events: Events, tmp_path: Path
) -> None:
    bad = task("t", "die", signal=int(signal.SIGSEGV), mark=str(tmp_path / "mark"))
    error = failure(bad, store, pool, events)
    assert isinstance(error, TaskError)
    assert "The worker that ran t was lost twice" in error.what
    assert "SIGSEGV" in error.what
    assert "last words" in "".join(error.__notes__)
    assert "Segmentation fault" in "".join(error.__notes__)
    assert len(events.of(WorkerRestarted)) == 2
    assert content(store, run([task("u")], store, pool, events, "u")["u"]) == b"|"


def test_a_worker_that_leaves(store: Store, pool: LocalExecutor, events: Events) -> None:
    assert "exit status 3" in failure(task("t", "leave"), store, pool, events).what


def test_the_watchdog_ends_a_silent_worker(store: Store, pool: LocalExecutor, events: Events, tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    error = failure(task("t", "sleep", sleep_s=600, pids=str(pids), silence_s=0.4), store, pool, events)
    assert isinstance(error, TaskError)
    assert "no sign of life for 0.4 s" in error.what
    slept = [int(line) for line in pids.read_text().split()]
    assert len(slept) == 2
    assert not any(process_runs(pid) for pid in slept)


def test_a_hang_that_does_not_come_again_is_survived(
    store: Store, pool: LocalExecutor, events: Events, tmp_path: Path
) -> None:
    once = task("t", "sleep_once", mark=str(tmp_path / "mark"), silence_s=0.4, text="x")
    assert content(store, run([once], store, pool, events)["t"]) == b"x|"


def test_progress_is_a_sign_of_life(store: Store, pool: LocalExecutor, events: Events) -> None:
    run([task("t", "lively", silence_s=1.0)], store, pool, events)
    fractions = [event.fraction for event in events.of(TaskProgress)]
    assert fractions == sorted(fractions)
    assert len(fractions) > 5
    assert events.of(WorkerRestarted) == []


def test_an_idle_worker_that_died_costs_nothing(store: Store, pool: LocalExecutor, events: Events) -> None:
    run([task("t")], store, pool, events)
    idle = pool._cpu[0]
    idle._process.kill()
    wait_until(lambda: not idle.alive())
    run([task("t", text="other")], store, pool, events)
    assert events.of(WorkerRestarted) == []


def test_closing_leaves_no_process(store: Store, events: Events, tmp_path: Path) -> None:
    before = set(children_of(os.getpid()))
    with LocalExecutor(cpu_workers=2) as executor:
        tasks = [task("a"), task("t", after="a", gpu=True)]
        run_graph(tasks, store=store, executor=executor, emit=events, wanted=["t"])
        assert len(set(children_of(os.getpid())) - before) == 2
        executor.close()
        assert set(children_of(os.getpid())) == before


def test_places(pool: LocalExecutor) -> None:
    assert pool.accepts(Resources(cpu=1))
    assert pool.accepts(Resources(cpu=99))  # more than there are: it gets all of them
    assert pool.accepts(Resources(gpu=True))
    with pytest.raises(ValueError, match="cpu_workers"):
        LocalExecutor(cpu_workers=0)


def test_the_parent_imports_nothing_heavy() -> None:
    code = (
        "import json, sys; from mvlocal.engine import scheduler, lock; from mvlocal.engine.executor import local; "
        "print(json.dumps([name for name in sys.modules if '.' not in name]))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"numpy", "pydantic", "torch", "av", "PIL", "cv2", "librosa", "rich"}
    assert heavy.isdisjoint(json.loads(said.stdout))
