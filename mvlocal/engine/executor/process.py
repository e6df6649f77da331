"""One worker process as its parent sees it: start, hand a job, hear reports, notice death and silence, end.

It does not know how many workers there are or who gets which job.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from typing import IO, Self

from mvlocal.engine.executor.base import Imports, Job, JobDone, JobFailed, Report
from mvlocal.errors import ExhaustedError, TaskError

_START = "import sys, json; sys.path[:] = json.loads(sys.argv[3]); "
_SERVE = "from mvlocal.engine.executor.worker import main; main(int(sys.argv[1]), int(sys.argv[2]))"
_START_LIMIT_S = 60.0
_LOG_TAIL_BYTES = 4000
_LOG_LIMIT_BYTES = 1 << 20
_KILL_WAIT_S = 5.0

WORKER_ENVIRONMENT = {
    # String hashes decide the order of sets: fixed, so that two runs go the same way.
    "PYTHONHASHSEED": "0",
    # A place in the pool is one core: libraries that would start a thread for each core only get in each other's way.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "NUMBA_NUM_THREADS": "1",
    "OPENCV_FOR_THREADS_NUM": "1",
}


class WorkerProcess:
    """A long-lived worker and the job it has in hand, if any."""

    def __init__(self, process: subprocess.Popen[bytes], pipe: Connection, log: IO[bytes]) -> None:
        self.job: Job | None = None
        self.ended = False
        self._process = process
        self._pipe = pipe
        self._log = log
        self._heard = False
        self._silent_s = 0.0
        self._broken = ""

    @classmethod
    def start(cls) -> Self:
        """Starts a fresh interpreter that knows our import path and nothing else of us.

        Not a fork (CUDA and threads do not survive one) and not `multiprocessing`'s spawn, which runs the
        user's main script again and keeps a helper process. What the worker prints goes to an unnamed log.

        Raises:
            ExhaustedError: the system starts no more processes.
        """
        ours, theirs = multiprocessing.Pipe(duplex=True)
        log = tempfile.TemporaryFile(mode="a+b")  # noqa: SIM115 - lives as long as the worker
        command = [sys.executable, "-X", "faulthandler", "-c", _START + _SERVE]
        command += [str(theirs.fileno()), str(os.getpid()), json.dumps(sys.path)]
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=[theirs.fileno()],
                env=os.environ | WORKER_ENVIRONMENT,
            )
        except OSError as error:
            ours.close()
            log.close()
            raise ExhaustedError(
                f"A worker process could not be started ({error.strerror}).",
                where=sys.executable,
                mend="Close other programs or use fewer workers, then run this again.",
            ) from error
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
            theirs.close()
        return cls(process, ours, log)

    @property
    def pipe(self) -> Connection:
        """Our end of the pipe, to wait on."""
        return self._pipe

    def take(self, job: Job) -> None:
        """Sends the job.

        Raises:
            TaskError: the task cannot be pickled.
        """
        self._shorten_log()
        try:
            self._pipe.send(job)
        except OSError as error:
            self._broken = f"its pipe broke ({error.strerror})"
        except Exception as error:  # pickle raises whatever the value's own code raises
            raise TaskError(
                f"The task cannot be sent to a worker: {type(error).__name__}: {error}.",
                where=job.task.id,
                mend="A task holds plain JSON only; report this.",
            ) from error
        self.job, self._heard, self._silent_s = job, False, 0.0

    def prepare(self, imports: Imports) -> None:
        """Has the worker import modules before its next job."""
        try:
            self._pipe.send(imports)
        except OSError as error:
            self._broken = f"its pipe broke ({error.strerror})"

    def reports(self, silence_s: float) -> list[Report]:
        """Everything that waits in the pipe; without anything, the worker was silent for `silence_s` more
        seconds.
        """
        heard: list[Report] = []
        try:
            while self._pipe.poll():
                heard.append(self._pipe.recv())
        except (EOFError, OSError):
            self._broken = "it died"
        except Exception as error:  # unpickling runs code; a report that cannot be read is a worker gone wrong
            self._broken = f"its report cannot be read ({type(error).__name__}: {error})"
        self._silent_s = 0.0 if heard else self._silent_s + silence_s
        self._heard = self._heard or bool(heard)
        if any(isinstance(report, JobDone | JobFailed) for report in heard):
            self.job = None
        return heard

    def lost(self) -> str:
        """How the worker was lost with its job in hand; empty when it is well."""
        if self._broken or self._process.poll() is not None:
            return self._death()
        silence_limit_s = self.job.task.silence_s if self.job else _START_LIMIT_S
        limit_s = silence_limit_s if self._heard else max(silence_limit_s, _START_LIMIT_S)
        return f"it showed no sign of life for {limit_s:g} s" if self._silent_s > limit_s else ""

    def alive(self) -> bool:
        """Whether the process runs and its pipe is whole."""
        return not self._broken and self._process.poll() is None

    def log_tail(self) -> str:
        """The end of what the worker printed."""
        size = self._log.seek(0, os.SEEK_END)
        self._log.seek(max(0, size - _LOG_TAIL_BYTES))
        return self._log.read().decode("utf-8", "replace").strip()

    def hang_up(self) -> None:
        """Closes the pipe: an idle worker then ends by itself."""
        self._pipe.close()

    def end(self, timeout_s: float) -> None:
        """Waits up to `timeout_s` for the end, then kills."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout_s)
        self.kill()

    def kill(self) -> None:
        """Ends the process now. What it had in hand is lost, and its files are in nobody's way."""
        if self.ended:
            return
        self.ended, self.job = True, None
        self._process.kill()
        with suppress(subprocess.TimeoutExpired):  # stuck in the kernel; it dies as soon as that lets go
            self._process.wait(_KILL_WAIT_S)
        self._pipe.close()
        self._log.close()

    def _death(self) -> str:
        try:
            status = self._process.wait(1.0)
        except subprocess.TimeoutExpired:
            return self._broken
        if status < 0:
            name = signal.Signals(-status).name
            hint = ", as the system does when memory runs out" if -status == signal.SIGKILL else ""
            return f"it was killed by {name}{hint}"
        return f"it ended with exit status {status}" if self._broken in ("", "it died") else self._broken

    def _shorten_log(self) -> None:
        if os.fstat(self._log.fileno()).st_size > _LOG_LIMIT_BYTES:
            os.ftruncate(self._log.fileno(), 0)


def wait_for_any(workers: Sequence[WorkerProcess], timeout_s: float) -> None:
    """Returns when a worker has said something or died, or after `timeout_s` seconds."""
    wait([worker.pipe for worker in workers], timeout_s)
