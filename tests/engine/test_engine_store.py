"""The store: damage is found, said and mended; nothing is trusted that cannot be proved; gc spares what lives."""

from __future__ import annotations

import random
import shutil
import sqlite3
import stat
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from engine_support import Events, blob_contents, content, flip_bit, task

from mvlocal.engine.executor.local import LocalExecutor
from mvlocal.engine.executor.serial import SerialExecutor
from mvlocal.engine.records import SCHEMA_VERSION
from mvlocal.engine.scheduler import live_keys, plan_graph, run_graph
from mvlocal.engine.store import Store
from mvlocal.engine.task import Record, Task
from mvlocal.errors import MvlocalError, UserError
from mvlocal.events import BlobSetAside, Warned

CHAIN = [task("a", text="A"), task("b", text="B", after="a"), task("c", text="C", after="b"), task("d", after="c")]


def run(tasks: Sequence[Task], store: Store, events: Events, wanted: Sequence[str] = ("d",)) -> dict[str, Record]:
    events.clear()
    return run_graph(tasks, store=store, executor=SerialExecutor(), emit=events, wanted=wanted)


def outputs(records: dict[str, Record]) -> dict[str, object]:
    return {task_id: record.outputs for task_id, record in records.items()}


def test_records_come_back_as_they_went(store: Store, events: Events) -> None:
    fresh = run([task("t", "two")], store, events, ["t"])["t"]
    assert fresh.notes == {"count": 2, "list": [1, 2.5, None]}
    assert fresh.warnings == (("odd", "here", "do that"),)
    assert {name: blob.suffix for name, blob in fresh.outputs.items()} == {"left": ".txt", "right": ".bin"}
    with Store.open(store.root) as again:
        assert run([task("t", "two")], again, events, ["t"])["t"] == fresh
    assert events.cached() == ["t"]
    assert events.of(Warned) == [Warned("odd", "here", "do that")]


def test_blobs_lie_under_their_hash_and_are_read_only(store: Store, events: Events) -> None:
    blob = run([task("a")], store, events, ["a"])["a"].outputs["main"]
    path = store.path_of(blob)
    assert path == store.root / "blobs" / blob.digest[:2] / f"{blob.digest[2:]}.txt"
    assert not path.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)


def test_the_same_content_is_kept_once(store: Store, events: Events) -> None:
    run([task("a", text="x", other=1), task("b", text="x", other=2)], store, events, ["a", "b"])
    assert (store.size().records, store.size().blobs) == (2, 1)


def test_nothing_unfinished_is_left(store: Store, events: Events) -> None:
    run(CHAIN, store, events)
    assert [path.name for path in (store.root / "tmp").iterdir()] == [".guard"]


# Damage to blobs


@pytest.mark.parametrize("position", [0, -1])
def test_a_flipped_bit_in_a_wanted_output_is_rebuilt(store: Store, events: Events, position: int) -> None:
    records = run(CHAIN, store, events)
    blob = records["d"].outputs["main"]
    flip_bit(store.path_of(blob), position)
    assert outputs(run(CHAIN, store, events)) == outputs(records)
    assert events.ran() == ["d"]
    assert events.of(BlobSetAside) == [BlobSetAside("d", blob.digest, "its content does not match its hash")]
    assert content(store, records["d"]) == b"A||B||C|||"
    assert len(list((store.root / "set-aside").iterdir())) == 1


def test_a_flipped_bit_in_an_input_rebuilds_only_its_maker(store: Store, events: Events) -> None:
    run(CHAIN, store, events)
    inner = next(record for record in store.records().values() if record.task_id == "b")
    flip_bit(store.path_of(inner.outputs["main"]))
    changed = [*CHAIN[:3], task("d", text="new", after="c"), task("e", text="E", after="b")]
    records = run(changed, store, events, ["d", "e"])
    assert events.ran() == ["d", "b", "e"]  # d reads c, which is whole; e reads b
    assert content(store, records["e"]) == b"A||B||E|"


@pytest.mark.parametrize("harm", ["truncate", "remove", "folder", "link"])
def test_other_harm_to_a_blob(store: Store, events: Events, tmp_path: Path, harm: str) -> None:
    records = run(CHAIN, store, events)
    path = store.path_of(records["d"].outputs["main"])
    original = path.read_bytes()
    path.unlink()
    if harm == "truncate":
        path.write_bytes(original[:-1])
    elif harm == "folder":
        path.mkdir()
    elif harm == "link":
        (tmp_path / "copy").write_bytes(original)
        path.symlink_to(tmp_path / "copy")
    assert outputs(run(CHAIN, store, events)) == outputs(records)
    assert events.ran() == ["d"]
    assert path.read_bytes() == original
    assert not path.is_symlink()


def test_pull_does_not_rebuild_what_nobody_reads(store: Store, events: Events) -> None:
    records = run(CHAIN, store, events)
    for record in store.records().values():
        if record.task_id != "d":
            store.path_of(record.outputs["main"]).unlink()
    assert run(CHAIN, store, events) == records
    assert events.ran() == []


def test_a_disk_that_damages_all_it_takes_is_named(
    store: Store, events: Events, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Store, "fault", lambda _store, _blob: "its content does not match its hash")
    monkeypatch.setattr(Store, "present", lambda _store, _blob: False)
    with pytest.raises(MvlocalError, match="damaged again"):
        run(CHAIN, store, events)


def test_verify_reports_all_and_mends_when_asked(store: Store, events: Events) -> None:
    records = run(CHAIN, store, events)
    paths = {record.task_id: store.path_of(record.outputs["main"]) for record in store.records().values()}
    assert store.verify() == []
    flip_bit(paths["a"])
    paths["b"].unlink()
    stray = store.root / "blobs" / "00" / f"{'0' * 62}.txt"
    stray.parent.mkdir(exist_ok=True)
    stray.write_text("not what my name says")
    heard: list[float] = []
    problems = store.verify(progress=heard.append)
    assert {(problem.task_id, problem.path) for problem in problems} == {
        ("a", paths["a"]),
        ("b", paths["b"]),
        ("", stray),
    }
    assert heard == sorted(heard)
    assert heard[-1] == 1.0
    assert len(store.verify(set_aside=True)) == 3
    assert store.verify() == []
    assert run(CHAIN, store, events) == records
    assert events.ran() == ["a", "b"]


# Damage to the database


@pytest.fixture
def filled(fast_path: Path, events: Events) -> Path:
    """A closed store with the records of thirty tasks."""
    root = fast_path / "filled"
    tasks = [task(f"t{number}", text=f"text {number}", note="x" * 200) for number in range(30)]
    with Store.open(root) as store:
        run(tasks, store, events, [each.id for each in tasks])
    return root


def _opened(root: Path) -> tuple[dict[str, Record], Events]:
    heard = Events()
    with Store.open(root, emit=heard) as store:
        return store.records(), heard


def test_flipped_bits_in_the_database_never_lie(filled: Path, fast_path: Path) -> None:
    true, _ = _opened(filled)
    whole = (filled / "records.db").read_bytes()
    kept = 0
    refusals: list[str] = []
    dice = random.Random(1)
    positions = [*range(100), *(dice.randrange(len(whole)) for _ in range(30))]
    for position in positions:
        copy = fast_path / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        copy.mkdir()
        data = bytearray(whole)
        data[position] ^= 1 << dice.randrange(8)
        (copy / "records.db").write_bytes(data)
        try:
            found, _ = _opened(copy)
        except UserError as error:
            refusals.append(error.what)
            continue
        assert found.items() <= true.items()
        kept += len(found)
    assert all("newer mvlocal" in refusal for refusal in refusals)
    assert kept > 0.7 * len(true) * len(positions)  # most of what is sound is saved


@pytest.mark.parametrize("part", [0.0, 0.001, 0.3, 0.6, 0.99])
def test_a_truncated_database_is_set_aside_and_said(filled: Path, part: float) -> None:
    true, _ = _opened(filled)
    path = filled / "records.db"
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * part)])
    found, heard = _opened(filled)
    assert found.items() <= true.items()
    assert len(found) < len(true) or part == 0.99  # little may be in the last bytes
    assert len(found) == len(true) or "database was" in heard.of(Warned)[0].what
    assert _opened(filled) == (found, [])


@pytest.mark.parametrize("garbage", [b"not a database", b"\x00" * 9000, bytes(range(256)) * 64])
def test_garbage_for_a_database(filled: Path, garbage: bytes) -> None:
    (filled / "records.db").write_bytes(garbage)
    found, heard = _opened(filled)
    assert found == {}
    assert "set aside" in heard.of(Warned)[0].what
    assert (filled / "set-aside" / "records.db").read_bytes()[: len(garbage)] == garbage


def test_a_foreign_database_is_set_aside(filled: Path) -> None:
    (filled / "records.db").unlink()
    with sqlite3.connect(filled / "records.db") as foreign:
        foreign.execute("CREATE TABLE records (key TEXT)")
    foreign.close()
    found, heard = _opened(filled)
    assert found == {}
    assert len(heard.of(Warned)) == 1


def test_a_missing_database_is_said(filled: Path) -> None:
    (filled / "records.db").unlink()
    found, heard = _opened(filled)
    assert found == {}
    assert "missing" in heard.of(Warned)[0].what


def test_work_goes_on_with_what_was_saved(filled: Path, events: Events) -> None:
    with sqlite3.connect(filled / "records.db") as database:
        database.execute("UPDATE records SET body = replace(body, 'digest', 'x'), task_id = 'lie' WHERE rowid < 4")
    database.close()
    tasks = [task(f"t{number}", text=f"text {number}", note="x" * 200) for number in range(30)]
    with Store.open(filled, emit=events) as store:
        run(tasks, store, events, [each.id for each in tasks])
    assert len(events.ran()) == 3
    assert len(events.cached()) == 27


def test_flipped_and_truncated_logs(fast_path: Path, events: Events) -> None:
    with Store.open(fast_path / "store") as store:
        run(CHAIN, store, events)
        true = store.records()
        shutil.copytree(store.root, fast_path / "crashed")  # the database as a crash leaves it: most of it in the WAL
    wal = (fast_path / "crashed" / "records.db-wal").read_bytes()
    assert len(wal) > 10_000
    for step in range(20):
        copy = fast_path / f"copy{step}"
        shutil.copytree(fast_path / "crashed", copy)
        (copy / "records.db-shm").unlink(missing_ok=True)
        data = bytearray(wal)
        data[step * len(wal) // 20] ^= 4
        (copy / "records.db-wal").write_bytes(data if step % 2 else wal[: step * len(wal) // 20])
        found, _ = _opened(copy)
        assert found.items() <= true.items()
        with Store.open(copy) as again:
            assert blob_contents(again, run(CHAIN, again, events)) == {"d": b"A||B||C|||"}


def test_a_store_from_a_newer_version_is_refused(filled: Path) -> None:
    with sqlite3.connect(filled / "records.db") as database:
        database.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    database.close()
    before = (filled / "records.db").read_bytes()
    with pytest.raises(UserError, match="newer mvlocal"):
        Store.open(filled)
    assert (filled / "records.db").read_bytes() == before


def test_a_torn_database_is_not_pulled_from_under_a_run(filled: Path) -> None:
    with Store.open(filled) as store, store.run():
        (filled / "copy.db").write_bytes((filled / "records.db").read_bytes())
        (filled / "records.db").write_bytes(b"garbage" * 1000)
        with pytest.raises(MvlocalError, match="while another run uses it"):
            Store.open(filled)
        (filled / "records.db").write_bytes((filled / "copy.db").read_bytes())


def test_a_rebuild_that_was_cut_short_is_ended(filled: Path) -> None:
    true, _ = _opened(filled)
    (filled / "records.db").rename(filled / "records.rebuilt.db")
    found, heard = _opened(filled)
    assert (found, heard) == (true, [])


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(UserError, match="cannot be written"):
        Store.open(tmp_path / "file" / "store")


# Collecting garbage


def test_gc_keeps_what_is_live_and_nothing_else(store: Store, events: Events) -> None:
    run(CHAIN, store, events)
    edited = [CHAIN[0], task("b", text="new", after="a"), *CHAIN[2:]]
    run(edited, store, events)
    assert events.ran() == ["b", "c", "d"]
    live = live_keys(plan_graph(edited, store), store)
    report = store.gc(live)
    assert (report.records, report.blobs) == (3, 3)
    assert set(store.records()) == live
    run(edited, store, events)
    assert events.ran() == []
    assert store.gc(live).records == 0


def test_gc_keeps_what_will_be_live_again(store: Store, events: Events) -> None:
    records = run(CHAIN, store, events)
    flip_bit(store.path_of(next(r for r in store.records().values() if r.task_id == "a").outputs["main"]))
    store.verify(set_aside=True)
    store.gc(live_keys(plan_graph(CHAIN, store), store))
    assert run(CHAIN, store, events) == records
    assert events.ran() == ["a"]


def test_gc_in_a_loop_during_a_run(store: Store, pool: LocalExecutor, events: Events) -> None:
    tasks = [task(f"t{n}", "bulk", size=5000, text=str(n), sleep_s=0.01) for n in range(30)]
    tasks += [task(f"u{n}", "bulk", size=5000, text=str(n), after=f"t{n}") for n in range(30)]
    wanted = [f"u{n}" for n in range(30)]
    first = tasks[:10]
    run_graph(first, store=store, executor=pool, wanted=[each.id for each in first])
    stop = threading.Event()
    rounds = 0

    def collect() -> None:
        nonlocal rounds
        with Store.open(store.root) as other:
            while not stop.is_set():
                other.gc(())  # nothing is said to be live: only the run itself protects what it uses
                rounds += 1
                time.sleep(0.005)

    def until_done(event: object) -> None:
        events(event)  # type: ignore[arg-type]
        if len(events.ran()) + len(events.cached()) == len(tasks):
            stop.set()
            collector.join()

    collector = threading.Thread(target=collect)
    collector.start()
    try:
        records = run_graph(tasks, store=store, executor=pool, emit=until_done, wanted=wanted)
    finally:
        stop.set()
        collector.join()
    assert rounds > 5
    assert sorted(events.ran()) == sorted(set(events.ran()))
    assert events.of(BlobSetAside) == []
    events.clear()
    assert run_graph(tasks, store=store, executor=pool, emit=events, wanted=wanted) == records
    assert events.ran() == []
    assert store.verify() == []


def test_the_folder_of_a_dead_run_is_cleared(store: Store, tmp_path: Path) -> None:
    dead = store.root / "tmp" / "0123"
    (dead / "000001").mkdir(parents=True)
    (dead / "alive.lock").touch()
    (dead / "000001" / "half.mp4").write_bytes(b"x")
    with store.run() as alive, Store.open(store.root):
        assert not dead.exists()
        assert alive.path.exists()


def test_mean_seconds(store: Store, events: Events) -> None:
    assert store.mean_seconds("slow") is None
    run([task("a", stage="slow", sleep_s=0.05), task("b", stage="slow", sleep_s=0.15)], store, events, ["a", "b"])
    mean_s = store.mean_seconds("slow")
    assert mean_s is not None
    assert 0.1 <= mean_s < 0.2
    plan = plan_graph([task("c", stage="slow"), task("d", stage="other")], store)
    assert [planned.expected_s for planned in plan] == [mean_s, 1.0]
