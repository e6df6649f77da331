"""The project lock: one holder, named to the second, freed by death."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mvlocal.engine.lock import ProjectLock
from mvlocal.errors import BusyError

HOLD = """
import subprocess, sys, time
from pathlib import Path
from mvlocal.engine.lock import ProjectLock
with ProjectLock(Path(sys.argv[1])):
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], close_fds=False)
    print(child.pid, flush=True)
    time.sleep(60)
"""
RACE = """
import sys, time
from pathlib import Path
from mvlocal.engine.lock import ProjectLock
from mvlocal.errors import BusyError
try:
    with ProjectLock(Path(sys.argv[1])):
        print("held", flush=True)
        sys.stdin.read()
except BusyError as error:
    print(error.what, flush=True)
"""


def _python(code: str, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", code, *arguments]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)


def test_the_second_names_the_first_and_death_frees(tmp_path: Path) -> None:
    path = tmp_path / "state" / "lock"
    with _python(HOLD, str(path)) as first:
        assert first.stdout is not None
        child = int(first.stdout.readline())
        try:
            with pytest.raises(BusyError) as busy:
                ProjectLock(path).acquire()
            assert f"process {first.pid} on " in busy.value.what
            assert f"kill -INT {first.pid}" in busy.value.mend
            first.kill()
            first.wait()
            start_s = time.monotonic()
            with ProjectLock(path, wait_s=5.0):
                # The child of the dead holder lives on and must not hold the lock for it.
                os.kill(child, 0)
            assert time.monotonic() - start_s < 1.0
        finally:
            os.kill(child, signal.SIGKILL)


def test_of_many_starts_one_proceeds(tmp_path: Path) -> None:
    processes = [_python(RACE, str(tmp_path / "lock")) for _ in range(20)]
    said: list[str] = []
    for process in processes:
        assert process.stdout is not None
        said.append(process.stdout.readline().strip())
    for process in processes:
        process.communicate("")
    assert said.count("held") == 1
    assert all(line.startswith("Another mvlocal process") for line in said if line != "held")


def test_release_and_take_again(tmp_path: Path) -> None:
    lock = ProjectLock(tmp_path / "lock")
    for _ in range(2):
        with lock:
            assert lock.holder() is not None
            with pytest.raises(BusyError):
                ProjectLock(tmp_path / "lock", wait_s=0.1).acquire()
        assert lock.holder() is None


def test_a_lock_file_with_nonsense_in_it_is_no_obstacle(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    path.write_bytes(b"\xff\x00 not json")
    with ProjectLock(path) as lock:
        holder = lock.holder()
        assert holder is not None
        assert holder.pid == os.getpid()


def test_a_removed_lock_file_does_not_lock_two(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with ProjectLock(path):
        path.unlink()
    with ProjectLock(path), pytest.raises(BusyError):
        ProjectLock(path).acquire()
