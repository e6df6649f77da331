"""Turns what libraries raise while writing a file into our errors. It knows nothing of the file's content."""

from __future__ import annotations

import errno
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from av.error import FFmpegError

from mvlocal.errors import ExhaustedError, TaskError

_NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextmanager
def writing(path: Path) -> Generator[None]:
    """Runs a block that writes `path`; on any error the unfinished file is removed.

    Raises:
        ExhaustedError: the disk, the quota or the file-size limit is full.
        TaskError: any other failure of the file system or of the encoder.
    """
    try:
        yield
    except (FFmpegError, OSError) as error:
        path.unlink(missing_ok=True)
        raise _as_ours(error, path) from error
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _as_ours(error: FFmpegError | OSError, path: Path) -> ExhaustedError | TaskError:
    if error.errno in _NO_SPACE:
        return ExhaustedError(
            f"no room left while writing {path.name}", where=str(path), mend="free disk space and run again"
        )
    return TaskError(f"writing {path.name} failed: {error}", where=str(path), mend="see the log for the cause")
