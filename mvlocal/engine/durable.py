"""Making files last: fsync, rename and commit behind one seam, and what a failing disk is called in an error.

It does not know what the files hold.
"""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from mvlocal.errors import DiskError, ExhaustedError, MvlocalError, UserError

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_FORBIDDEN = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EISDIR})


class Disk:
    """The calls that make work durable. Tests put another in its place that fails, or dies, at the Nth call."""

    def sync_file(self, path: Path) -> None:
        """Forces the file's content to the disk. Never called twice for one file after a failure."""
        _sync(path, os.O_RDONLY)

    def sync_folder(self, path: Path) -> None:
        """Forces the folder's entries to the disk, so that a rename in it lasts."""
        _sync(path, os.O_RDONLY | os.O_DIRECTORY)

    def rename(self, source: Path, target: Path) -> None:
        """Puts `source` in the place of `target` in one step."""
        source.replace(target)

    def commit(self, connection: sqlite3.Connection) -> None:
        """Ends the open transaction durably."""
        connection.execute("COMMIT")


def _sync(path: Path, flags: int) -> None:
    fd = os.open(path, flags | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def is_disk_failure(error: OSError) -> bool:
    """Whether the call failed for the disk's sake: full, over a limit, or faulty."""
    return error.errno in _FULL or error.errno == errno.EIO


def disk_error(error: OSError, where: Path | str) -> MvlocalError:
    """The error to show for a failed call on a file: full, forbidden, or a faulty disk."""
    place = str(error.filename or where)
    if error.errno in _FULL:
        return ExhaustedError(
            f"The disk is full or a size limit was reached ({error.strerror}).",
            where=place,
            mend="Free some space, then run the same command again; finished work is kept.",
        )
    if error.errno in _FORBIDDEN:
        return UserError(
            f"This place cannot be written ({error.strerror}).",
            where=place,
            mend="Check the owner and permissions of the project folder.",
        )
    return DiskError(
        f"The disk reported an error ({error.strerror or error}).",
        where=place,
        mend="Check the disk, then run the same command again; finished work is kept.",
    )


@contextmanager
def disk_errors(where: Path | str) -> Generator[None]:
    """Turns an OSError in its body into the error that `disk_error` gives it."""
    try:
        yield
    except OSError as error:
        raise disk_error(error, where) from error
