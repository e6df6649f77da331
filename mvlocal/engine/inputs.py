"""The user's input files during one run: hashed once, watched for edits, and never believed on a timestamp
alone.

It does not know what the files are for.

A file that feeds sixty tasks is read in full when its digest is first needed and once more when the last task
of a stage that uses it is done (the scheduler asks for that). In between, after each task, its status
(device, inode, size, modification and change time) is compared with the one from before the task: any write
changes it. Two kinds of write can hide from that, and each costs a full read instead: one within a clock tick
of the hash (so a file changed less than two seconds before it was hashed is "fresh" and read again), and one
through a memory map, whose time stamp may come late (found by the read at the stage's end, when records of
the run made from it are withdrawn).
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from mvlocal.engine.hashing import digest_of_file
from mvlocal.errors import InputError

_FRESH_NS = 2_000_000_000
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Status:
    """What the file system says of a file; differs after any ordinary write."""

    device: int
    inode: int
    size: int
    modified_ns: int
    changed_ns: int


class Verdict(Enum):
    """What became of a task's input files while it ran."""

    SAME = auto()
    TOUCHED = auto()
    """Written to, but the content is the same again: the task may have read something else meanwhile."""


@dataclass(frozen=True, slots=True)
class _Known:
    status: Status
    digest: str
    fresh: bool


class InputFiles:
    """Digests of input files, remembered for one run."""

    def __init__(self) -> None:
        self._known: dict[Path, _Known] = {}

    def digest(self, path: Path) -> str:
        """SHA-256 of the file's content, as it was when first asked.

        Raises:
            InputError: missing, not a plain file, unreadable, or being written.
        """
        known = self._known.get(path)
        if known is None:
            known = self._known[path] = _hash(path)
        return known.digest

    def before(self, paths: Iterable[Path]) -> dict[Path, Status]:
        """The status of each file now, to be given to `after` when the task is done.

        Raises:
            InputError: a file is gone, or its content is no longer what its digest says.
        """
        for path in paths:
            if self._known[path].status != status_of(path):
                self._read_again(path)
        return {path: self._known[path].status for path in paths}

    def after(self, before: Mapping[Path, Status], in_full: Iterable[Path]) -> Verdict:
        """Whether the files are still what they were `before`; those `in_full` are read to their end.

        Raises:
            InputError: a file is gone or its content changed; the message names it.
        """
        touched = False
        full = set(in_full)
        for path, status in before.items():
            moved = status_of(path) != status
            if moved or path in full or self._known[path].fresh:
                self._read_again(path)
            touched = touched or moved
        return Verdict.TOUCHED if touched else Verdict.SAME

    def _read_again(self, path: Path) -> None:
        found = _hash(path)
        if found.digest != self._known[path].digest:
            raise changed(path)
        self._known[path] = found


def changed(path: Path) -> InputError:
    """The error for a file that was edited during the run."""
    return InputError(
        "This file changed while it was being used; nothing made from the mixture was kept.",
        where=str(path),
        mend="Run the same command again: what depends on the file is made anew from its present content.",
    )


def status_of(path: Path) -> Status:
    """The file's status.

    Raises:
        InputError: missing, not a plain file, or unreadable.
    """
    try:
        found = path.stat()
    except OSError as error:
        raise _unreadable(path, error) from error
    if not stat.S_ISREG(found.st_mode):
        raise InputError("This is not a plain file.", where=str(path), mend="Give a file, not a folder or device.")
    return Status(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def _hash(path: Path) -> _Known:
    for _ in range(_TRIES):
        status = status_of(path)
        fresh = max(status.modified_ns, status.changed_ns) > time.time_ns() - _FRESH_NS
        try:
            found = digest_of_file(path)
        except OSError as error:
            raise _unreadable(path, error) from error
        if status_of(path) == status and found.size == status.size:
            return _Known(status, found.digest, fresh)
    raise InputError(
        "This file is being written while it is read.",
        where=str(path),
        mend="Wait until the program that writes it is done, then run this again.",
    )


def _unreadable(path: Path, error: OSError) -> InputError:
    if isinstance(error, FileNotFoundError):
        return InputError("There is no such file.", where=str(path), mend="Check the path in the settings.")
    return InputError(
        f"This file cannot be read ({os.strerror(error.errno or 0)}).",
        where=str(path),
        mend="Check that it is a file and that you may read it.",
    )
