"""Small files written whole or not at all. It does not know what is in them."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

from mvlocal.engine.durable import Disk, disk_errors


def stamp_of(path: Path) -> tuple[int, ...]:
    """What any ordinary write to a file changes, as the file system says it; empty where there is no such file."""
    try:
        state = path.stat()
    except OSError:
        return ()
    return state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns


def write_atomically(path: Path, text: str) -> None:
    """Writes `text` as UTF-8 beside `path`, flushes it to disk and renames it into place."""
    with fresh_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def copy_atomically(source: Path, path: Path) -> None:
    """Copies `source` beside `path`, flushes it to disk and renames it into place."""
    with fresh_file(path) as temporary:
        shutil.copyfile(source, temporary)


@contextlib.contextmanager
def fresh_file(path: Path) -> Generator[Path]:
    """A temporary file beside `path` that replaces it when the block succeeds, and is removed when not."""
    disk = Disk()
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        os.close(handle)
        temporary = Path(name)
        try:
            yield temporary
            temporary.chmod(0o644)
            disk.sync_file(temporary)
            disk.rename(temporary, path)
            disk.sync_folder(path.parent)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
