"""Whole runs in processes of their own: killed at random, stopped by Ctrl-C, out of file size; none leaves orphans."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import engine_run
import pytest
from engine_support import blob_contents, process_runs, wait_until

from mvlocal.engine.store import Store

KILLS = 20


def start(root: Path, graph: str, *more: str) -> subprocess.Popen[bytes]:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, engine_run.__file__, str(root), graph, *more]
    return subprocess.Popen(
        command, env=environment, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )


def finish(root: Path, graph: str = "film") -> None:
    with start(root, graph) as process:
        _, said = process.communicate()
    assert process.returncode == 0, said.decode()


def contents(root: Path) -> dict[str, bytes]:
    """The content of every task's output, by task id."""
    with Store.open(root) as store:
        assert store.verify() == []
        return blob_contents(store, {record.task_id: record for record in store.records().values()})


def session_runs(session: int) -> bool:
    """Whether any process of the session is left."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(fields[3]) == session and fields[0] != "Z":
                return True
    return False


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What an uninterrupted run makes."""
    root = tmp_path_factory.mktemp("whole") / "store"
    finish(root)
    return contents(root)


def test_two_cold_runs_are_alike(whole: dict[str, bytes], fast_path: Path) -> None:
    finish(fast_path / "store")
    assert contents(fast_path / "store") == whole


def test_killed_at_random_and_resumed(whole: dict[str, bytes], fast_path: Path) -> None:
    dice = random.Random(7)
    kills, projects = 0, 0
    while kills < KILLS:
        root = fast_path / f"store{projects}"
        log = root.with_suffix(".log")
        projects += 1
        while True:
            done = set(contents(root)) if root.exists() else set()
            known = log.read_text().split() if log.exists() else []
            process = start(root, "film")
            try:
                process.wait(dice.uniform(0.1, 0.7))
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                kills += 1
            process.communicate()
            started = log.read_text().split()[len(known) :] if log.exists() else []
            assert done.isdisjoint(started)  # nothing runs again after its commit
            if process.returncode == 0:
                break
            assert process.returncode == -signal.SIGKILL
            wait_until(lambda session=process.pid: not session_runs(session), 2.0)
            lost = Counter(started) - Counter(set(contents(root)) - done)
            assert lost.total() <= engine_run.WORKERS + 1  # two on the CPU, one on the GPU
        assert contents(root) == whole


@pytest.mark.parametrize("kill", [lambda pid: os.kill(pid, signal.SIGKILL), lambda pid: os.kill(pid, signal.SIGTERM)])
def test_workers_die_with_their_parent(fast_path: Path, kill: Callable[[int], None]) -> None:
    root = fast_path / "store"
    pids = root.with_suffix(".pids")
    with start(root, "sleepers") as process:
        wait_until(lambda: pids.exists() and len(pids.read_text().split()) == 3)
        assert all(process_runs(int(pid)) for pid in pids.read_text().split())
        kill(process.pid)
        process.communicate()
        wait_until(lambda: not session_runs(process.pid), 2.0)


# The film's tasks sleep 0.36 s in all, one after the other: it is never done before.
@pytest.mark.parametrize("after_s", [0.05, 0.1, 0.2, 0.3, None])
def test_ctrl_c_stops_all_within_seconds(whole: dict[str, bytes], fast_path: Path, after_s: float | None) -> None:
    root = fast_path / "store"
    graph = "film" if after_s else "sleepers"
    pids = root.with_suffix(".pids")
    with start(root, graph) as process:
        if after_s:
            # From the moment that a first task is in hand: before that, nothing of ours runs yet.
            wait_until(lambda: any(root.glob("tmp/*/*/")))
            time.sleep(after_s)
        else:
            wait_until(lambda: pids.exists() and len(pids.read_text().split()) == 3)
        start_s = time.monotonic()
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=10)
        assert time.monotonic() - start_s < 5.0
        wait_until(lambda: not session_runs(process.pid), 2.0)
    assert process.returncode == 130, said.decode()
    assert "Run the same command again" in said.decode()
    if after_s:
        finish(root)
        assert contents(root) == whole


@pytest.mark.parametrize("limit_bytes", [1, 4096, 18_000, 33_000, 60_000])
def test_a_limit_on_file_size(whole: dict[str, bytes], fast_path: Path, limit_bytes: int) -> None:
    root = fast_path / "store"
    with start(root, "film", str(limit_bytes)) as process:
        _, said = process.communicate()
    assert process.returncode in (4, 70), said.decode()
    assert "Traceback" not in said.decode()
    assert "mend:" in said.decode()
    finish(root)
    assert contents(root) == whole


SMALL_DISK = """
mount -t tmpfs -o size="$2" none "$1" || exit 99
"$3" "$4" "$1/store" film
first=$?
mount -o remount,size=50M "$1"
"$3" "$4" "$1/store" film || exit 98
cp -r "$1/store" "$5"
exit $first
"""


@pytest.mark.parametrize("size", ["16k", "900k"])
def test_a_disk_that_fills_up(whole: dict[str, bytes], tmp_path: Path, size: str) -> None:
    """On a real small disk, in a mount namespace of its own; where those are forbidden, there is no such test."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["unshare", "-rm", "mount", "-t", "tmpfs", "none", str(disk)], check=False).returncode:
        pytest.skip("this machine gives no mount namespaces")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    values = [str(disk), size, sys.executable, engine_run.__file__, str(tmp_path / "kept")]
    command = ["unshare", "-rm", "bash", "-c", SMALL_DISK, "bash", *values]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 4, ended.stderr
    assert "The disk is full" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert contents(tmp_path / "kept") == whole
