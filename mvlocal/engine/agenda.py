"""The agenda: tasks that can start, in order, and what of the graph is still open.

It does not know how tasks become ready or what they do.

The order is phase-major, then the order of the graph. CPU and GPU tasks queue apart. A GPU task of a later
phase waits until no GPU task of an earlier phase is open, so that each model is loaded once; a CPU task waits
for no phase, so that finishing overlaps with generation. Phases rise along dependencies (see `graph`), hence
this cannot lock up.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from pathlib import Path

from mvlocal.engine.executor.base import Executor
from mvlocal.engine.graph import Graph


class Agenda:
    """Queues of startable tasks, by position, and the open tasks of each phase and of each (stage, input
    file).
    """

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._queues: dict[bool, list[tuple[int, int]]] = {True: [], False: []}
        self._open_gpu: defaultdict[int, set[int]] = defaultdict(set)
        self._open_uses: defaultdict[tuple[str, Path], set[int]] = defaultdict(set)

    def open(self, position: int) -> None:
        """The task will run, or may."""
        task = self._graph.tasks[position]
        if task.resources.gpu:
            self._open_gpu[self._graph.phases[position]].add(position)
        for path in self._graph.files[position].values():
            self._open_uses[task.stage, path].add(position)

    def shut(self, position: int) -> None:
        """The task is done."""
        task = self._graph.tasks[position]
        self._open_gpu[self._graph.phases[position]].discard(position)
        for path in self._graph.files[position].values():
            self._open_uses[task.stage, path].discard(position)

    def is_last_use(self, position: int, path: Path) -> bool:
        """Whether no other open task of the same stage uses the input file."""
        return self._open_uses[self._graph.tasks[position].stage, path] <= {position}

    def push(self, position: int) -> None:
        """The task can start as far as its inputs go."""
        self.open(position)
        queue = self._queues[self._graph.tasks[position].resources.gpu]
        heapq.heappush(queue, (self._graph.phases[position], position))

    def pop(self, executor: Executor) -> int | None:
        """The next task that may start now, taken off its queue; None when there is none."""
        for gpu, queue in self._queues.items():
            if not queue or (gpu and self._held_back(queue[0][0])):
                continue
            # Strictly in order: a task that needs two places is not overtaken for ever by those that need
            # one.
            if executor.accepts(self._graph.tasks[queue[0][1]].resources):
                return heapq.heappop(queue)[1]
        return None

    def _held_back(self, phase: int) -> bool:
        return any(earlier < phase and still for earlier, still in self._open_gpu.items())
