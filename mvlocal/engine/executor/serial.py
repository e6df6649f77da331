"""The serial executor: each job runs to its end inside `submit`, in this process; for tests that inject
faults and for stepping through a task in a debugger.

It has no watchdog and survives no crash of a task.
"""

from __future__ import annotations

from mvlocal.engine.durable import Disk
from mvlocal.engine.executor.attempt import attempt
from mvlocal.engine.executor.base import Job, JobProgress, JobStarted, Report
from mvlocal.engine.task import Resources


class SerialExecutor:
    """Runs one job at a time in the calling process."""

    def __init__(self, *, disk: Disk | None = None) -> None:
        self._disk = disk or Disk()
        self._reports: list[Report] = []

    def accepts(self, resources: Resources) -> bool:  # noqa: ARG002 - it has one place, whatever the job needs
        """True unless a job's reports have not been polled yet."""
        return not self._reports

    def submit(self, job: Job) -> None:
        """Runs the job now."""
        self._reports.append(JobStarted(job.id))
        done = attempt(job, lambda part, note: self._progress(job.id, part, note), self._disk)
        self._reports.append(done)

    def poll(self, timeout_s: float) -> list[Report]:  # noqa: ARG002 - whatever happened has happened
        """The reports of the last job."""
        reports, self._reports = self._reports, []
        return reports

    def cancel(self) -> None:
        """Forgets the reports that were not polled."""
        self._reports.clear()

    def close(self) -> None:
        """Nothing to end."""

    def _progress(self, job_id: str, fraction: float, note: str) -> None:
        self._reports.append(JobProgress(job_id, fraction, note))
