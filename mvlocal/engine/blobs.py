"""Blob files: content under the name of its own hash, put in place in one step, verified when read.

It does not know which record wants which blob.

Layout: `<root>/ab/cdef....suffix`, where `abcdef...` is the SHA-256 of the content.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from pathlib import Path

from mvlocal.engine.durable import Disk
from mvlocal.engine.hashing import digest_of_file
from mvlocal.engine.task import Blob

_FOLDER = re.compile(r"[0-9a-f]{2}")
_FILE = re.compile(r"([0-9a-f]{62})((?:\.[A-Za-z0-9]+)?)")


class BlobFiles:
    """The files under `root`; what turns out bad goes to the folder `aside`."""

    def __init__(self, root: Path, aside: Path, disk: Disk) -> None:
        self.root = root
        self._aside = aside
        self._disk = disk

    def path_of(self, blob: Blob) -> Path:
        """Where the blob's file lies, or would lie."""
        return self.root / blob.digest[:2] / (blob.digest[2:] + blob.suffix)

    def present(self, blob: Blob) -> bool:
        """Whether a plain file of the right size lies there. Says nothing of its content."""
        try:
            status = self.path_of(blob).lstat()
        except OSError:
            return False
        return stat.S_ISREG(status.st_mode) and status.st_size == blob.size

    def fault(self, blob: Blob) -> str:
        """What is wrong with the blob's file, whose whole content is hashed; empty when nothing is."""
        path = self.path_of(blob)
        try:
            if not stat.S_ISREG(path.lstat().st_mode):
                return "it is not a plain file"
            found = digest_of_file(path)
        except FileNotFoundError:
            return "it is missing"
        except OSError as error:
            return f"it cannot be read ({error.strerror})"
        if found.size != blob.size:
            return f"it has {found.size} bytes instead of {blob.size}"
        return "" if found.digest == blob.digest else "its content does not match its hash"

    def put(self, blob: Blob, source: Path) -> None:
        """Moves `source`, already forced to the disk, into place; a sound file that is there stays.

        Raises:
            OSError: a call on the disk failed; then the blob may be in place, but nobody was told.
        """
        target = self.path_of(blob)
        if not target.parent.is_dir():
            target.parent.mkdir(parents=True, exist_ok=True)
            self._disk.sync_folder(self.root)
        if self.present(blob) and not self.fault(blob):
            source.unlink(missing_ok=True)
        else:
            self.set_aside(blob)
            self._disk.rename(source, target)
        self._disk.sync_folder(target.parent)

    def set_aside(self, blob: Blob) -> None:
        """Takes the blob's file out of the way, if there is one."""
        path = self.path_of(blob)
        if path.is_symlink() or path.exists():
            self._aside.mkdir(parents=True, exist_ok=True)
            path.replace(free_name(self._aside, blob.digest[:16], blob.suffix))

    def remove(self, blob: Blob) -> None:
        """Deletes the blob's file."""
        self.path_of(blob).unlink(missing_ok=True)

    def all(self) -> Iterator[Blob]:
        """Every file that has a blob's name, with the size it has now."""
        for folder in sorted(self.root.iterdir()):
            if not (_FOLDER.fullmatch(folder.name) and folder.is_dir()):
                continue
            for path in sorted(folder.iterdir()):
                if match := _FILE.fullmatch(path.name):
                    yield Blob(folder.name + match[1], path.lstat().st_size, match[2])


def free_name(folder: Path, stem: str, suffix: str) -> Path:
    """A path in `folder` that does not exist yet."""
    path, count = folder / f"{stem}{suffix}", 1
    while path.exists():
        path, count = folder / f"{stem}.{count}{suffix}", count + 1
    return path
