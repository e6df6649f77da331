"""The project lock: one render at a time, freed by the kernel when its holder dies, and the second names the
first.

It does not know what the lock protects.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import shlex
import socket
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self, cast

from mvlocal.engine.durable import disk_errors
from mvlocal.errors import BusyError, MvlocalError

_RETRY_S = 0.05


@dataclass(frozen=True, slots=True)
class LockHolder:
    """Who holds a lock, as its file says: process id, host, start (ISO 8601, UTC) and command line."""

    pid: int
    host: str
    started: str
    command: str


class ProjectLock:
    """An exclusive `flock` on the file at `path`; a context manager that waits up to `wait_s` seconds.

    The kernel frees it when the process ends, however it ends. Workers do not inherit it: the descriptor is
    closed on exec. The file stays in place after release, since removing it would let two holders lock two
    files.
    """

    def __init__(self, path: Path, *, wait_s: float = 0.0) -> None:
        self.path = path
        self.wait_s = wait_s
        self._fd: int | None = None

    def acquire(self) -> None:
        """Takes the lock.

        Raises:
            BusyError: another process (named in the message) still holds it after `wait_s` seconds.
        """
        if self._fd is not None:
            raise RuntimeError(f"this lock is already held: {self.path}")
        give_up_at = time.monotonic() + self.wait_s
        while (fd := self._try()) is None:
            if time.monotonic() >= give_up_at:
                raise self._busy()
            time.sleep(_RETRY_S)
        self._fd = fd
        _write_holder(fd)

    def release(self) -> None:
        """Frees the lock; does nothing when it is not held."""
        fd, self._fd = self._fd, None
        if fd is not None:
            os.ftruncate(fd, 0)
            os.close(fd)

    def holder(self) -> LockHolder | None:
        """Who the file says holds or last held the lock; None when it says nothing."""
        try:
            said = cast("dict[str, object]", json.loads(self.path.read_text("utf-8")))
            return LockHolder(int(str(said["pid"])), str(said["host"]), str(said["started"]), str(said["command"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.release()

    def _try(self) -> int | None:
        with disk_errors(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(fd).st_ino == self.path.stat().st_ino:
                return fd
        except (BlockingIOError, FileNotFoundError):
            pass  # held, or removed between open and flock: the caller tries again
        except OSError as error:
            os.close(fd)
            raise _no_locks(self.path, error) from error
        os.close(fd)
        return None

    def _busy(self) -> BusyError:
        holder = self.holder()
        if holder is None:
            who = "Another mvlocal process is working on this project."
            mend = "Wait until it is done, or stop it, then run this again."
        else:
            who = (
                f"Another mvlocal process is working on this project: process {holder.pid} on {holder.host}, "
                f"since {holder.started} ({holder.command})."
            )
            mend = f"Wait until it is done, or stop it (kill -INT {holder.pid}), then run this again."
        return BusyError(who, where=str(self.path), mend=mend)


def _write_holder(fd: int) -> None:
    holder = {
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": shlex.join(sys.argv)[:200],
    }
    with disk_errors("the project lock"):
        os.ftruncate(fd, 0)
        os.pwrite(fd, json.dumps(holder).encode(), 0)


def _no_locks(path: Path, error: OSError) -> MvlocalError:
    if error.errno in (errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS):
        return MvlocalError(
            "This file system cannot lock files.", where=str(path), mend="Keep the project on a local disk."
        )
    return MvlocalError(f"The project could not be locked: {error.strerror}.", where=str(path))
