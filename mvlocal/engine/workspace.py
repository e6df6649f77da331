"""A run's own folder in the store: workdirs for its tasks, and the sign that the run is alive.

It does not know what the tasks write there.

Each run holds an `flock` on a file in its folder. The kernel frees it however the process ends, so a folder
whose lock can be taken belongs to a dead run and may go; no clock and no process id is trusted.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import uuid
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from mvlocal.engine.durable import disk_errors

_LOCK = "alive.lock"
_GUARD = ".guard"


class RunFolder:
    """The folder of one run, removed when the run closes it. A context manager."""

    def __init__(self, path: Path, fd: int) -> None:
        self.path = path
        self._fd = fd
        self._count = 0

    @classmethod
    def open(cls, tmp: Path) -> Self:
        """Makes a folder in `tmp`, the store's folder for unfinished files."""
        with disk_errors(tmp), _guarded(tmp):
            path = tmp / uuid.uuid4().hex
            path.mkdir()
            fd = os.open(path / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(fd, fcntl.LOCK_EX)
        return cls(path, fd)

    @property
    def id(self) -> str:
        """The run's name, unique for all time."""
        return self.path.name

    def new_workdir(self) -> Path:
        """An empty folder for one attempt at a task."""
        self._count += 1
        path = self.path / f"{self._count:06d}"
        with disk_errors(path):
            path.mkdir()
        return path

    def close(self) -> None:
        """Removes the folder with all that was not published."""
        shutil.rmtree(self.path, ignore_errors=True)
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()


def remove_workdir(path: Path) -> None:
    """Removes one attempt's folder; what cannot be removed now goes with the run's folder."""
    shutil.rmtree(path, ignore_errors=True)


def clear_dead_runs(tmp: Path) -> set[str]:
    """Removes the folders of runs whose process is gone; returns the ids of those that live."""
    with disk_errors(tmp), _guarded(tmp):
        folders = [path for path in tmp.iterdir() if path.is_dir()]
        alive = {path.name for path in folders if _is_alive(path)}
        for path in folders:
            if path.name not in alive:
                shutil.rmtree(path, ignore_errors=True)
    return alive


def _is_alive(folder: Path) -> bool:
    try:
        fd = os.open(folder / _LOCK, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(fd)
    return False


@contextmanager
def _guarded(tmp: Path) -> Generator[None]:
    """Keeps a folder that is being made, and holds no lock yet, from being taken for a dead one."""
    tmp.mkdir(parents=True, exist_ok=True)
    fd = os.open(tmp / _GUARD, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)
