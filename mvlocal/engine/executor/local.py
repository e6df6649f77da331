"""The local executor: a pool of long-lived CPU worker processes and one GPU worker, each started when first
needed.

It does not know what the jobs do or in which order they should run. This process never imports what tasks
import.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence
from typing import Self

from mvlocal.engine.executor.base import Imports, Job, JobLost, Report
from mvlocal.engine.executor.process import WorkerProcess, wait_for_any
from mvlocal.engine.task import Resources

_CLOSE_GRACE_S = 2.0


class LocalExecutor:
    """Runs jobs in processes of this machine.

    A CPU job takes `resources.cpu` of the `cpu_workers` places (all of them when it asks for more); a GPU job
    takes the one GPU worker and no place. A worker that is silent for longer than its task's `silence_s` is
    killed and its job reported lost; the next job gets a fresh one.
    """

    def __init__(self, *, cpu_workers: int) -> None:
        if cpu_workers < 1:
            raise ValueError(f"cpu_workers must be at least 1, not {cpu_workers}")
        self._cpu_workers = cpu_workers
        self._cpu: list[WorkerProcess] = []
        self._gpu: list[WorkerProcess] = []
        self._polled_s = time.monotonic()

    def accepts(self, resources: Resources) -> bool:
        """Whether a job with these needs would start at once."""
        if resources.gpu:
            return not any(worker.job for worker in self._gpu)
        in_use = sum(self._places(worker.job.task.resources) for worker in self._cpu if worker.job)
        return in_use + self._places(resources) <= self._cpu_workers

    def submit(self, job: Job) -> None:
        """Hands the job to an idle worker, or to a new one.

        Raises:
            TaskError: the task cannot be pickled.
            ExhaustedError: no process could be started.
        """
        workers = self._gpu if job.task.resources.gpu else self._cpu
        _discard_dead(workers)
        worker = next((worker for worker in workers if worker.job is None), None)
        if worker is None:
            worker = WorkerProcess.start()
            workers.append(worker)
        worker.take(job)

    def prepare_gpu(self, modules: Sequence[str]) -> None:
        """Starts the GPU worker where there is none yet, and has it import `modules` before its first job.

        Raises:
            ExhaustedError: no process could be started.
        """
        if not self._gpu:
            self._gpu.append(WorkerProcess.start())
            self._gpu[0].prepare(Imports(tuple(modules)))

    def poll(self, timeout_s: float) -> list[Report]:
        """What the workers said since the last call, and which jobs were lost with their workers."""
        workers = [*self._cpu, *self._gpu]
        wait_for_any(workers, timeout_s)
        silence_s = self._silence_s()
        reports: list[Report] = []
        for worker in workers:
            reports += worker.reports(silence_s)
            if worker.job is not None and (reason := worker.lost()):
                reports.append(JobLost(worker.job.id, reason, worker.log_tail()))
                worker.kill()
            elif not worker.alive():
                worker.kill()
        self._drop_ended()
        return reports

    def cancel(self) -> None:
        """Kills every worker that has a job in hand."""
        for worker in [*self._cpu, *self._gpu]:
            if worker.job is not None:
                worker.kill()
        self._drop_ended()

    def close(self) -> None:
        """Kills the busy workers, lets the idle ones end, and waits for all of them."""
        self.cancel()
        workers = [*self._cpu, *self._gpu]
        self._cpu, self._gpu = [], []
        for worker in workers:
            worker.hang_up()
        give_up_at = time.monotonic() + _CLOSE_GRACE_S
        for worker in workers:
            worker.end(max(0.0, give_up_at - time.monotonic()))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def __del__(self) -> None:
        with contextlib.suppress(Exception):
            self.close()

    def _places(self, resources: Resources) -> int:
        return min(max(resources.cpu, 1), self._cpu_workers)

    def _silence_s(self) -> float:
        """Seconds of silence to count since the last poll: at most one, however long ago that was.

        A parent that was itself stopped (Ctrl-Z, a suspended laptop) or busy hashing must not blame its
        workers.
        """
        now_s = time.monotonic()
        elapsed_s, self._polled_s = now_s - self._polled_s, now_s
        return min(elapsed_s, 1.0)

    def _drop_ended(self) -> None:
        self._cpu = [worker for worker in self._cpu if not worker.ended]
        self._gpu = [worker for worker in self._gpu if not worker.ended]


def _discard_dead(workers: list[WorkerProcess]) -> None:
    """Forgets idle workers that died between jobs, so that no job is lost to them."""
    for worker in [worker for worker in workers if worker.job is None and not worker.alive()]:
        worker.kill()
        workers.remove(worker)
