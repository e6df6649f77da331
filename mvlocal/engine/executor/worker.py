"""A worker process: takes jobs from its pipe one at a time, reports on them, and dies when its parent does.

It does not know what its jobs are or what other workers do.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import math
import os
import queue
import signal
import sys
import threading
import time
from multiprocessing.connection import Connection

from mvlocal.engine.durable import Disk
from mvlocal.engine.executor.attempt import attempt
from mvlocal.engine.executor.base import Imports, Job, JobProgress, JobStarted, Report

_PR_SET_PDEATHSIG = 1
_REPORT_INTERVAL_S = 0.1
_GRACE_S = 2.0


def main(pipe_fd: int, parent_pid: int) -> None:
    """Serves jobs until the pipe closes. `parent_pid` is the process whose death must be ours too."""
    _ignore_interrupts()
    _die_with(parent_pid)
    pipe = Connection(pipe_fd)
    jobs: queue.SimpleQueue[Job | Imports | None] = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(pipe, jobs), daemon=True).start()
    send = _Sender(pipe)
    while (job := jobs.get()) is not None:
        if isinstance(job, Imports):
            _import(job)
            continue
        send(JobStarted(job.id))
        report = attempt(job, _Progress(job.id, send), Disk())
        sys.stdout.flush()
        sys.stderr.flush()
        send(report)
    os._exit(0)  # nothing is left to do; large libraries would take half a second to put themselves away


def _import(wanted: Imports) -> None:
    for name in wanted.modules:
        with contextlib.suppress(Exception):  # the job that needs it will say what is wrong, and what to do
            importlib.import_module(name)


def _ignore_interrupts() -> None:
    # Ctrl-C reaches the whole process group; only the parent decides. The parent blocked SIGINT for our
    # birth.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def _die_with(parent_pid: int) -> None:
    """Asks the kernel for SIGKILL on the parent's death; without that call (not Linux) the pipe's end must
    do.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent_pid:
        os._exit(1)  # it died before we asked


def _receive(pipe: Connection, jobs: queue.SimpleQueue[Job | Imports | None]) -> None:
    try:
        while True:
            jobs.put(pipe.recv())
    except (EOFError, OSError):
        # An idle worker ends by itself; one that is busy for a parent that is gone does not get to finish.
        jobs.put(None)
        time.sleep(_GRACE_S)
        os._exit(1)


class _Sender:
    """Sends reports from any thread of the task; a parent that is gone ends us."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._lock = threading.Lock()

    def __call__(self, report: Report) -> None:
        try:
            with self._lock:
                self._pipe.send(report)
        except OSError:
            os._exit(1)


class _Progress:
    """The task's `progress` function: at most ten reports a second, so that a fast loop does not fill the
    pipe.
    """

    def __init__(self, job_id: str, send: _Sender) -> None:
        self._job_id = job_id
        self._send = send
        self._next_s = -math.inf

    def __call__(self, fraction: float, note: str = "") -> None:
        if not 0.0 <= fraction <= 1.0:
            raise ValueError(f"progress must be between 0 and 1, not {fraction}")
        now_s = time.monotonic()
        if now_s >= self._next_s:
            self._next_s = now_s + _REPORT_INTERVAL_S
            self._send(JobProgress(self._job_id, float(fraction), note))
