"""A program that runs a graph, for tests that kill or stop it: `engine_run.py ROOT GRAPH [LIMIT]`.

It exits like the command line: 0, or the error's exit code. LIMIT is a limit on the size of files, in bytes.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path

from engine_support import Events, task

from mvlocal.engine.executor.local import LocalExecutor
from mvlocal.engine.scheduler import run_graph
from mvlocal.engine.store import Store
from mvlocal.engine.task import Task
from mvlocal.errors import MvlocalError

SHOTS = 24
WORKERS = 2


def film(root: Path) -> list[Task]:
    """A small film: a map, then for each shot a keyframe on the "GPU" and a clip, then all in one."""
    log = str(root.with_suffix(".log"))
    shared = {"log": log, "size": 20_000}
    shots = range(SHOTS)
    return [
        task("map", "log_run", text="song", **shared),
        *(task(f"key{n}", "log_run", text=str(n), after="map", gpu=True, sleep_s=0.005, **shared) for n in shots),
        *(task(f"clip{n}", "log_run", text=str(n), after=f"key{n}", phase=1, sleep_s=0.02, **shared) for n in shots),
        task("film", "log_run", after=[f"clip{n}" for n in shots], phase=2, **shared),
    ]


def sleepers(root: Path) -> list[Task]:
    """Three tasks, one on the "GPU", that sleep and say where."""
    pids = str(root.with_suffix(".pids"))
    return [
        *(task(f"s{n}", "ignore_terminate", sleep_s=600, pids=pids, number=n, gpu=n == 0) for n in range(3)),
        task("film", after=["s0", "s1", "s2"]),
    ]


def main() -> int:
    root, graph = Path(sys.argv[1]), sys.argv[2]
    if len(sys.argv) > 3:
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), int(sys.argv[3])))
    tasks = {"film": film, "sleepers": sleepers}[graph](root)
    try:
        with Store.open(root) as store, LocalExecutor(cpu_workers=WORKERS) as executor:
            run_graph(tasks, store=store, executor=executor, emit=Events(), wanted=["film"])
    except MvlocalError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:  # before or after the graph ran: as the command line ends it
        print("Stopped.\nRun the same command again: it goes on from here.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
