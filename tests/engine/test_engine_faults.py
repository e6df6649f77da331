"""Faults of the disk and deaths at every durable step: one clear error, nothing lost, and the resume is the same."""

from __future__ import annotations

import errno
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from engine_support import Events, content, task

from mvlocal.engine.durable import Disk
from mvlocal.engine.executor.serial import SerialExecutor
from mvlocal.engine.scheduler import run_graph
from mvlocal.engine.store import Store
from mvlocal.errors import ExhaustedError, MvlocalError

TASKS = [task("a", text="A"), task("b", "two"), task("c", after=["a", "b:left"])]
WHOLE = b"A||left||"


class FaultyDisk(Disk):
    """Fails, or dies, at call number `at` (from 0), whichever call that is."""

    def __init__(self, at: int, number: int) -> None:
        self.at, self.number, self.calls = at, number, 0

    def _step(self) -> None:
        self.calls += 1
        if self.calls == self.at + 1:
            if not self.number:
                os.kill(os.getpid(), signal.SIGKILL)
            raise OSError(self.number, os.strerror(self.number))

    def sync_file(self, path: Path) -> None:
        self._step()
        super().sync_file(path)

    def sync_folder(self, path: Path) -> None:
        self._step()
        super().sync_folder(path)

    def rename(self, source: Path, target: Path) -> None:
        self._step()
        super().rename(source, target)

    def commit(self, connection: sqlite3.Connection) -> None:
        self._step()
        super().commit(connection)


def make(root: Path, disk: Disk, events: Events) -> bytes:
    with Store.open(root, disk=disk) as store:
        records = run_graph(TASKS, store=store, executor=SerialExecutor(disk=disk), emit=events, wanted=["c"])
        return content(store, records["c"])


def error_of(call: Callable[[], bytes]) -> MvlocalError | None:
    try:
        made = call()
    except MvlocalError as error:
        return error
    assert made == WHOLE
    return None


@pytest.mark.parametrize(("number", "kind"), [(errno.ENOSPC, ExhaustedError), (errno.EIO, MvlocalError)])
def test_a_fault_at_every_step(fast_path: Path, number: int, kind: type[MvlocalError]) -> None:
    at = 0
    while True:
        root, disk, first, second = fast_path / str(at), FaultyDisk(at, number), Events(), Events()
        error = error_of(lambda: make(root, disk, first))  # noqa: B023 - called at once
        if error is None:
            break
        assert isinstance(error, kind)
        assert isinstance(error, ExhaustedError) == (kind is ExhaustedError)
        assert error.where
        assert error.mend
        assert make(root, Disk(), second) == WHOLE
        # What was committed did not run again; only the task in hand may have.
        assert set(first.ran()).isdisjoint(second.ran())
        assert len(first.ran()) + len(second.ran()) == len(TASKS)
        at += 1
    assert at >= 20


def test_no_file_is_synced_again_after_a_failed_sync(tmp_path: Path) -> None:
    synced: list[Path] = []

    class Failing(Disk):
        def sync_file(self, path: Path) -> None:
            synced.append(path)
            raise OSError(errno.EIO, "Input/output error")

    with pytest.raises(MvlocalError, match="disk reported an error"):
        make(tmp_path / "store", Failing(), Events())
    assert len(synced) == 1


def test_after_a_failed_commit_there_are_no_more(tmp_path: Path) -> None:
    commits = 0

    class Failing(Disk):
        def commit(self, connection: sqlite3.Connection) -> None:
            nonlocal commits
            commits += 1
            raise OSError(errno.EIO, "Input/output error")

    with Store.open(tmp_path / "store", disk=Failing()) as store:
        for _ in range(2):
            with pytest.raises(MvlocalError, match="disk reported an error"):
                run_graph(TASKS, store=store, executor=SerialExecutor(), wanted=["c"])
    assert commits == 1


KILLS = """
import os, sys
from pathlib import Path
from engine_support import Events
from test_engine_faults import FaultyDisk, make
for at in range(100):
    if not (child := os.fork()):
        make(Path(sys.argv[1]) / str(at), FaultyDisk(at, 0), Events())
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    print(at, os.waitstatus_to_exitcode(status), flush=True)
    if not status:
        break
"""


def test_a_kill_at_every_step(fast_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", KILLS, str(fast_path)]
    said = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout
    codes = [int(line.split()[1]) for line in said.splitlines()]
    assert codes == [-signal.SIGKILL] * (len(codes) - 1) + [0]
    assert len(codes) > 20
    for at in range(len(codes)):
        root, events = fast_path / str(at), Events()
        with Store.open(root) as store:
            done = {record.task_id for record in store.records().values()}
            assert store.verify() == []
        assert make(root, Disk(), events) == WHOLE
        assert sorted([*done, *events.ran()]) == [each.id for each in TASKS]
