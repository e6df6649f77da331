"""The scheduler: order, pull, failure, edited inputs, and graphs that are wrong."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from engine_support import Events, content, flip_bit, task, wait_until

from mvlocal.engine import inputs
from mvlocal.engine.executor.local import LocalExecutor
from mvlocal.engine.executor.serial import SerialExecutor
from mvlocal.engine.hashing import FileDigest, digest_of_file
from mvlocal.engine.scheduler import run_graph
from mvlocal.engine.store import Store
from mvlocal.engine.task import Record, Resources, Task
from mvlocal.errors import InputError, Interrupted, TaskError
from mvlocal.events import BlobSetAside, RunPlanned, StagePlan, TaskDone, TaskFailed, TaskStarted


def run(tasks: Sequence[Task], store: Store, events: Events, wanted: Sequence[str]) -> dict[str, Record]:
    events.clear()
    return run_graph(tasks, store=store, executor=SerialExecutor(), emit=events, wanted=wanted)


@pytest.fixture
def song(tmp_path: Path) -> Path:
    path = tmp_path / "song.wav"
    path.write_text("la la")
    return path


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of this test count as written long ago, so that their status is believed."""
    monkeypatch.setattr(inputs, "_FRESH_NS", -(10**15))


# Order and pull


def test_phases_come_before_the_order_of_the_graph(store: Store, events: Events) -> None:
    tasks = [
        task("c1", text="c1", phase=2, after="b1"),
        task("b2", text="b2", phase=1, after="a2"),
        task("a1", text="a1"),
        task("b1", text="b1", phase=1, after="a1"),
        task("a2", text="a2"),
        task("late", text="late", after="c1"),  # phase 0, but it needs phase 2
        task("a3", text="a3"),
    ]
    run(tasks, store, events, [each.id for each in tasks])
    assert events.ran() == ["a1", "a2", "a3", "b2", "b1", "c1", "late"]


def test_the_gpu_waits_for_the_earlier_phase(store: Store, pool: LocalExecutor, events: Events) -> None:
    tasks = [
        task("prepare", text="prepare", sleep_s=0.3),
        task("key1", text="key1", gpu=True),
        task("clip1", text="clip1", after="key1", gpu=True, phase=1),
        task("finish1", text="finish1", after="clip1", phase=2),
        task("key2", text="key2", after="prepare", gpu=True),
        task("clip2", text="clip2", after="key2", gpu=True, phase=1),
    ]
    run_graph(tasks, store=store, executor=pool, emit=events, wanted=["finish1", "clip2"])
    on_gpu = [event.task_id for event in events.of(TaskStarted) if event.task_id[0] in "kc"]
    assert on_gpu == ["key1", "key2", "clip1", "clip2"]


def test_an_earlier_phase_that_is_cached_holds_nothing_back(store: Store, pool: LocalExecutor, events: Events) -> None:
    tasks = [task("key1", gpu=True), task("key2", text="2", gpu=True), task("clip", after="key1", gpu=True, phase=1)]
    run_graph(tasks[:2], store=store, executor=pool, wanted=["key1", "key2"])
    run_graph(tasks, store=store, executor=pool, emit=events, wanted=["clip", "key2"])
    assert events.ran() == ["clip"]


def test_only_what_is_needed_runs(store: Store, events: Events) -> None:
    tasks = [task("a"), task("b", after="a"), task("c", text="c", after="a"), task("d")]
    assert set(run(tasks, store, events, ["b"])) == {"b"}
    assert events.ran() == ["a", "b"]
    assert events[0] == RunPlanned((StagePlan("stage", 2, 0, 2.0),))
    run(tasks, store, events, ["b", "c"])
    assert (events.cached(), events.ran()) == (["a", "b"], ["c"])
    assert isinstance(events[0], RunPlanned)
    assert (events[0].stages[0].total, events[0].stages[0].cached) == (3, 2)


def test_one_change_rebuilds_what_follows_from_it(store: Store, events: Events) -> None:
    def graph(text: str) -> list[Task]:
        shots = [task(f"s{n}", text=text if n == 1 else "same") for n in range(3)]
        return [*shots, *(task(f"k{n}", after=f"s{n}") for n in range(3)), task("film", after=["k0", "k1", "k2"])]

    run(graph("old"), store, events, ["film"])
    run(graph("new"), store, events, ["film"])
    assert events.ran() == ["s1", "k1", "film"]
    assert [event.why for event in events.of(TaskDone) if not event.cached] == [
        'params.text: "old" -> "new"',
        "inputs.in0: the content changed",
        "inputs.in1: the content changed",
    ]


def test_an_input_that_comes_out_the_same_stops_the_rebuild(store: Store, events: Events) -> None:
    def graph(version: int) -> list[Task]:
        return [task("a", version=version), task("b", after="a"), task("c", after="b")]

    run(graph(1), store, events, ["c"])
    run(graph(2), store, events, ["c"])
    assert (events.ran(), events.cached()) == (["a"], ["b", "c"])


def test_what_is_made_twice_alike_runs_once(store: Store, pool: LocalExecutor, events: Events) -> None:
    tasks = [task(f"t{n}", text="same", sleep_s=0.05) for n in range(4)]
    records = run_graph(tasks, store=store, executor=pool, emit=events, wanted=[each.id for each in tasks])
    assert len(events.ran()) == 1
    assert sorted(events.ran() + events.cached()) == ["t0", "t1", "t2", "t3"]
    assert {content(store, record) for record in records.values()} == {b"same|"}


def test_an_output_that_differs_each_time(store: Store, events: Events) -> None:
    tasks = [task("r", "random_bytes"), task("b", after="r")]
    run(tasks, store, events, ["b"])
    blob = next(record for record in store.records().values() if record.task_id == "r").outputs["main"]
    flip_bit(store.path_of(blob))
    tasks[1] = task("b", text="new", after="r")
    made = run(tasks, store, events, ["b"])
    assert events.ran() == ["r", "b"]
    again = next(record for record in store.records().values() if record.task_id == "r")
    assert content(store, made["b"]) == content(store, again) + b"|new|"
    assert len(events.of(BlobSetAside)) == 1


def test_a_wide_task_is_not_overtaken_for_ever(store: Store, events: Events) -> None:
    with LocalExecutor(cpu_workers=2) as executor:
        tasks = [task("n0"), task("wide", resources=Resources(cpu=2)), *(task(f"n{n}") for n in range(1, 6))]
        tasks = [task(each.id, sleep_s=0.03, number=n, resources=each.resources) for n, each in enumerate(tasks)]
        run_graph(tasks, store=store, executor=executor, emit=events, wanted=[each.id for each in tasks])
    assert [event.task_id for event in events.of(TaskStarted)][:2] == ["n0", "wide"]


def test_nothing_wanted_nothing_done(store: Store, events: Events) -> None:
    assert run([task("a")], store, events, []) == {}
    assert events == [RunPlanned(())]


# Failure


def test_after_a_failure_the_tasks_in_hand_are_kept(
    store: Store, pool: LocalExecutor, events: Events, tmp_path: Path
) -> None:
    ready, go = tmp_path / "ready", tmp_path / "go"
    tasks = [
        task("slow", "wait_for", ready=str(ready), go=str(go), text="kept"),
        task("bad", "bug"),
        task("never", after="slow"),
    ]

    def listen(event: object) -> None:
        events(event)  # type: ignore[arg-type]
        if isinstance(event, TaskFailed):
            wait_until(ready.exists)
            go.touch()

    with pytest.raises(TaskError, match="KeyError"):
        run_graph(tasks, store=store, executor=pool, emit=listen, wanted=["bad", "never"])
    assert events.ran() == ["slow"]
    assert [record.task_id for record in store.records().values()] == ["slow"]


def test_an_interrupt_keeps_what_is_done(store: Store, pool: LocalExecutor, events: Events) -> None:
    def listen(event: object) -> None:
        events(event)  # type: ignore[arg-type]
        if isinstance(event, TaskDone):
            raise KeyboardInterrupt

    tasks = [task("a"), task("b", after="a", sleep_s=60)]
    with pytest.raises(Interrupted) as stopped:
        run_graph(tasks, store=store, executor=pool, emit=listen, wanted=["b"])
    assert stopped.value.exit_code == 130
    assert [record.task_id for record in store.records().values()] == ["a"]
    events.clear()
    run_graph([tasks[0]], store=store, executor=pool, emit=events, wanted=["a"])  # the pool can still be used
    assert events.cached() == ["a"]


@pytest.mark.parametrize(
    ("tasks", "said"),
    [
        ([task("b", after="a")], "The task b takes 'in0' from a, which is not in the graph"),
        ([task("a"), task("a")], "two tasks with the id a"),
        ([task("a", after="c"), task("b", after="a"), task("c", after="b")], "cycle: a needs c needs b needs a"),
        ([task("a", after="a")], "cycle: a needs a"),
        ([task("b")], "no task a that could be wanted"),
        ([task("x"), task("a", after="x:other")], "returned no output called other"),
    ],
)
def test_a_wrong_graph_is_named(store: Store, events: Events, tasks: list[Task], said: str) -> None:
    with pytest.raises(TaskError) as error:
        run(tasks, store, events, ["a"])
    assert said in error.value.what


def test_a_chain_of_thousands_needs_no_stack(events: Events, fast_path: Path) -> None:
    tasks = [task("t0"), *(task(f"t{n}", "random_bytes", after=f"t{n - 1}") for n in range(1, 1500))]
    with Store.open(fast_path / "deep") as deep:
        run(tasks, deep, events, ["t1499"])
        run(list(reversed(tasks)), deep, events, ["t1499"])
    assert (len(events.cached()), events.ran()) == (1500, [])


# The user's files


def test_a_missing_file_is_named_before_anything_runs(store: Store, events: Events, tmp_path: Path) -> None:
    tasks = [task("a"), task("b", after="a", file=tmp_path / "no.wav")]
    with pytest.raises(InputError, match="no such file") as error:
        run(tasks, store, events, ["b"])
    assert error.value.where == str(tmp_path / "no.wav")
    assert events.ran() == []


def test_what_is_not_a_plain_file_is_refused(store: Store, events: Events, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(InputError, match="not a plain file"):
            run([task("a", file=path)], store, events, ["a"])


def test_an_edit_during_the_task_poisons_nothing(store: Store, pool: LocalExecutor, events: Events, song: Path) -> None:
    tasks = [task("a", file=song), task("b", "edits", file=song, path=str(song), to="new"), task("c", after="b")]
    with pytest.raises(InputError, match="changed while it was being used") as error:
        run_graph(tasks, store=store, executor=pool, emit=events, wanted=["a", "c"])
    assert error.value.where == str(song)
    assert error.value.mend
    assert "b" not in {record.task_id for record in store.records().values()}
    assert "c" not in {event.task_id for event in events.of(TaskStarted)}
    made = run_graph(tasks, store=store, executor=pool, wanted=["a"])
    assert content(store, made["a"]) == b"new||"


def test_an_edit_between_two_tasks_stops_the_run(store: Store, events: Events, song: Path) -> None:
    def listen(event: object) -> None:
        if isinstance(event, TaskDone):
            song.write_text("edited in between")

    tasks = [task("a"), task("b", after="a", file=song)]
    with pytest.raises(InputError, match="changed while it was being used"):
        run_graph(tasks, store=store, executor=SerialExecutor(), emit=listen, wanted=["b"])
    assert [record.task_id for record in store.records().values()] == ["a"]


def test_an_edit_that_is_undone_makes_the_task_run_again(
    store: Store, events: Events, song: Path, tmp_path: Path
) -> None:
    mark = tmp_path / "mark"
    tasks = [task("a", "edits", file=song, path=str(song), to="short-lived", back="la la", mark=str(mark))]
    made = run(tasks, store, events, ["a"])
    assert len(events.of(TaskStarted)) == 2
    assert content(store, made["a"]) == b"la la||"


def test_a_file_that_is_rewritten_all_the_time(store: Store, events: Events, song: Path) -> None:
    tasks = [task("a", "edits", file=song, path=str(song), to="la la")]
    with pytest.raises(InputError, match="rewritten again and again"):
        run(tasks, store, events, ["a"])
    assert store.records() == {}


def test_a_failure_of_a_task_whose_file_was_edited_is_the_edits(store: Store, events: Events, song: Path) -> None:
    def listen(event: object) -> None:
        if isinstance(event, TaskStarted):
            song.write_text("edited")

    with pytest.raises(InputError, match="changed while it was being used"):
        run_graph([task("a", "bug", file=song)], store=store, executor=SerialExecutor(), emit=listen, wanted=["a"])


@pytest.mark.usefixtures("settled")
def test_a_file_is_read_twice_a_stage_and_not_sixty_times(
    store: Store, events: Events, song: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Path] = []

    def counted(path: Path) -> FileDigest:
        read.append(path)
        return digest_of_file(path)

    monkeypatch.setattr(inputs, "digest_of_file", counted)
    tasks = [task(f"t{n}", file=song, number=n, stage="one" if n < 40 else "two") for n in range(60)]
    wanted = [each.id for each in tasks]
    run(tasks, store, events, wanted)
    assert len(read) == 3  # before, and at the end of each stage
    read.clear()
    run(tasks, store, events, wanted)
    assert len(read) == 1


@pytest.mark.usefixtures("settled")
def test_an_edit_that_no_timestamp_shows_is_withdrawn(
    store: Store, events: Events, song: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inputs, "status_of", lambda path: inputs.Status(0, 0, 5, 0, 0))
    other = song.with_name("other.wav")
    other.write_text("other")

    def listen(event: object) -> None:
        events(event)  # type: ignore[arg-type]
        if isinstance(event, TaskDone) and event.task_id == "t1":
            song.write_text("LA LA")

    tasks = [task("t0", file=other), *(task(f"t{n}", file=song, number=n) for n in range(1, 4))]
    with pytest.raises(InputError, match="changed while it was being used") as error:
        run_graph(tasks, store=store, executor=SerialExecutor(), emit=listen, wanted=[each.id for each in tasks])
    assert error.value.where == str(song)
    assert events.ran() == ["t0", "t1", "t2"]
    assert [record.task_id for record in store.records().values()] == ["t0"]


@pytest.mark.usefixtures("settled")
def test_an_edit_during_an_early_task_of_a_stage(store: Store, events: Events, song: Path) -> None:
    tasks = [task("a", "edits", file=song, path=str(song), to="new"), task("b", file=song), task("c", file=song, n=1)]
    with pytest.raises(InputError, match="changed while it was being used"):
        run(tasks, store, events, ["a", "b", "c"])
    assert [event.task_id for event in events.of(TaskStarted)] == ["a"]
    assert events.ran() == []


@pytest.mark.usefixtures("settled")
def test_such_an_edit_is_found_also_when_the_run_fails(
    store: Store, events: Events, song: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inputs, "status_of", lambda path: inputs.Status(0, 0, 5, 0, 0))

    def listen(event: object) -> None:
        if isinstance(event, TaskDone):
            song.write_text("LA LA")

    tasks = [task("t0", file=song), task("t1", "bug"), task("t2", file=song)]
    with pytest.raises(TaskError, match="KeyError"):
        run_graph(tasks, store=store, executor=SerialExecutor(), emit=listen, wanted=["t0", "t1", "t2"])
    assert store.records() == {}


def test_two_runs_of_one_store_at_once(store: Store, events: Events) -> None:
    """The project lock forbids it; should it happen all the same, nothing breaks."""
    tasks = [task(f"t{n}", text=str(n), sleep_s=0.005) for n in range(20)]
    outcomes: list[dict[str, Record]] = []

    def work() -> None:
        with Store.open(store.root) as own:
            wanted = [each.id for each in tasks]
            outcomes.append(run_graph(tasks, store=own, executor=SerialExecutor(), wanted=wanted))

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 2
    assert store.verify() == []
    assert len(store.records()) == 20
