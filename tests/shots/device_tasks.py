"""A GPU task whose device fails: it runs in a worker, looked up by name, and imports no more than it needs."""

from __future__ import annotations

import os
import time
from pathlib import Path

from mvlocal.backends.gpu_faults import guarded
from mvlocal.engine.task import TaskContext, TaskOutputs


def device_fails(context: TaskContext) -> TaskOutputs:
    """A GPU task whose device is gone, or which hangs, as often as `times` says; then it is done."""
    log = Path(str(context.params["log"]))
    seen = len(log.read_text().splitlines()) if log.exists() else 0
    with log.open("a") as file:
        file.write(f"{os.getpid()}\n")

    def work() -> None:
        if seen >= int(str(context.params["times"])):
            return
        if context.params["how"] == "hang":
            time.sleep(60)
        raise RuntimeError("CUDA error: an illegal memory access was encountered")

    guarded(work, task_id=context.task_id, what="animating s01")
    out = context.workdir / "out.txt"
    out.write_text("done")
    return TaskOutputs({"main": out})
