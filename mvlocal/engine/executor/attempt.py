"""One attempt at a job inside a worker: look up the function, run it, seal its outputs, name what went wrong.

It does not know which process it runs in or how its report travels.
"""

from __future__ import annotations

import importlib
import json
import pickle
import stat
import time
import traceback
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import cast

from mvlocal.engine.durable import Disk, disk_error, is_disk_failure
from mvlocal.engine.executor.base import Job, JobDone, JobFailed, SealedFile
from mvlocal.engine.hashing import digest_of, digest_of_file
from mvlocal.engine.task import Blob, CheckFunction, Json, TaskContext, TaskOutputs
from mvlocal.errors import ExhaustedError, MvlocalError, TaskError

_SUFFIX_LIMIT = 16
_READ_ONLY = 0o444


def attempt(job: Job, progress: Callable[[float, str], None], disk: Disk) -> JobDone | JobFailed:
    """Runs a job to its end. Never raises for what the task does: the report says it."""
    try:
        return _run(job, progress, disk)
    except MvlocalError as error:
        return JobFailed(job.id, _portable(error, job), traceback.format_exc())
    except OSError as error:
        return JobFailed(job.id, _os_error(error, job), traceback.format_exc())
    except MemoryError:
        return JobFailed(job.id, _out_of_memory(job), traceback.format_exc())
    except (Exception, SystemExit) as error:  # the task boundary: whatever it is, the run must hear of it
        return JobFailed(job.id, _bug(error, job), traceback.format_exc())


def _run(job: Job, progress: Callable[[float, str], None], disk: Disk) -> JobDone:
    run = cast("Callable[[TaskContext], object]", _function(job.task.run))
    check = cast("CheckFunction", _function(job.task.check)) if job.task.check else None
    task = job.task
    context = TaskContext(task.id, task.params, job.inputs, task.seed, job.workdir, progress, task.placement)
    start_s = time.monotonic()
    outputs = run(context)
    seconds = time.monotonic() - start_s
    if not isinstance(outputs, TaskOutputs):
        raise TypeError(f"{job.task.run} returned {type(outputs).__name__}, not TaskOutputs")
    notes = _plain_notes(outputs.notes)
    sealed = {name: _seal(name, path, job.workdir, check, disk) for name, path in outputs.files.items()}
    warnings = tuple((str(what), str(where), str(mend)) for what, where, mend in outputs.warnings)
    return JobDone(job.id, sealed, notes, warnings, seconds)


def _function(address: str) -> object:
    module, _, name = address.partition(":")
    return getattr(importlib.import_module(module), name)


def _plain_notes(notes: Mapping[str, Json]) -> dict[str, Json]:
    """The notes as a reader of the record will see them; a TypeError here, where the culprit is known."""
    digest_of(notes)
    return cast("dict[str, Json]", json.loads(json.dumps(notes, default=dict)))


def _seal(name: str, path: Path, workdir: Path, check: CheckFunction | None, disk: Disk) -> SealedFile:
    """Forces one output to the disk, hashes and checks it. From here on nobody writes to it."""
    _require_own_file(name, path, workdir)
    path.chmod(_READ_ONLY)
    disk.sync_file(path)
    found = digest_of_file(path)
    if check is not None:
        check(name, path)
    if path.stat().st_size != found.size:
        raise ValueError(f"output {name!r} was still being written when it was returned: {path.name}")
    return SealedFile(path, Blob(found.digest, found.size, _suffix(path)))


def _require_own_file(name: str, path: Path, workdir: Path) -> None:
    status = path.lstat()
    if not stat.S_ISREG(status.st_mode):
        raise ValueError(f"output {name!r} is not a plain file: {path.name}")
    if status.st_nlink > 1:
        raise ValueError(f"output {name!r} is a hard link to a file that others may change: {path.name}")
    if not path.resolve().is_relative_to(workdir.resolve()):
        raise ValueError(f"output {name!r} lies outside the task's workdir: {path}")


def _suffix(path: Path) -> str:
    suffix = path.suffix
    if suffix and not (suffix[1:].isalnum() and suffix.isascii() and len(suffix) <= _SUFFIX_LIMIT):
        raise ValueError(f"output has an ending that is not a plain one: {path.name!r}")
    return suffix


def _portable(error: MvlocalError, job: Job) -> MvlocalError:
    """The error itself when it survives the way to the parent, else one that says the same."""
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 - our own object, made one step ago
    except Exception:  # a subclass with another constructor; what it says matters more than its type
        return _bug(error, job)
    return error


def _os_error(error: OSError, job: Job) -> MvlocalError:
    return disk_error(error, job.workdir) if is_disk_failure(error) else _bug(error, job)


def _out_of_memory(job: Job) -> ExhaustedError:
    return ExhaustedError(
        f"The {job.task.stage} stage ran out of memory.",
        where=job.task.id,
        mend="Close other programs, or use fewer workers or a smaller profile; finished work is kept.",
    )


def _bug(error: BaseException, job: Job) -> TaskError:
    said = f"{type(error).__name__}: {error}".rstrip(": ")
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return TaskError(
        f"The {job.task.stage} stage failed on {job.task.id}: {said}.",
        where=f"{job.task.run}{place}",
        mend="Run it again with -vv and report what it prints; finished work is kept.",
    )


def missing_outputs(job: Job, outputs: Mapping[str, SealedFile], needed: Collection[str]) -> TaskError | None:
    """The error for a task that did not return an output that others take from it, or None."""
    absent = sorted(set(needed) - outputs.keys())
    if not absent:
        return None
    return TaskError(
        f"The {job.task.stage} stage returned no output called {', '.join(absent)}.",
        where=f"{job.task.run} on {job.task.id}",
    )
