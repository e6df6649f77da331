"""A graph of tasks: who takes whose output, checked for bugs, with the phase each task can really run in.

It does not know what is done or what must run.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from mvlocal.engine.task import FileInput, OutputOf, Task
from mvlocal.errors import TaskError


@dataclass(frozen=True, slots=True)
class Edge:
    """The input called `name` is the output called `output` of the task at position `source`."""

    name: str
    source: int
    output: str


@dataclass(frozen=True, slots=True)
class Graph:
    """Tasks by position, each with its edges in, the positions that depend on it, the names of the outputs
    they take, its input files and its phase.

    `phases` are monotone along edges: a task of phase 0 that needs one of phase 2 counts as phase 2.
    """

    tasks: tuple[Task, ...]
    positions: dict[str, int]
    edges: tuple[tuple[Edge, ...], ...]
    dependents: tuple[tuple[int, ...], ...]
    taken: tuple[frozenset[str], ...]
    files: tuple[dict[str, Path], ...]
    phases: tuple[int, ...]

    def closure(self, wanted: Collection[str]) -> set[int]:
        """Positions of the wanted tasks and of all they need, directly or not.

        Raises:
            TaskError: a wanted id is not in the graph.
        """
        unknown = sorted(set(wanted) - self.positions.keys())
        if unknown:
            raise TaskError(f"The graph has no task {', '.join(unknown)} that could be wanted.")
        found: set[int] = set()
        todo = [self.positions[task_id] for task_id in wanted]
        while todo:
            position = todo.pop()
            if position not in found:
                found.add(position)
                todo += [edge.source for edge in self.edges[position]]
        return found


def build_graph(tasks: Sequence[Task]) -> Graph:
    """The graph of these tasks, in their order.

    Raises:
        TaskError: an id twice, an input from a task that is not there, or a cycle; a bug in whoever built it.
    """
    positions: dict[str, int] = {}
    for position, task in enumerate(tasks):
        if positions.setdefault(task.id, position) != position:
            raise TaskError(f"The graph has two tasks with the id {task.id}.")
    edges = tuple(_edges(task, positions) for task in tasks)
    dependents: list[list[int]] = [[] for _ in tasks]
    taken: list[set[str]] = [set() for _ in tasks]
    for position, into in enumerate(edges):
        for source in dict.fromkeys(edge.source for edge in into):
            dependents[source].append(position)
        for edge in into:
            taken[edge.source].add(edge.output)
    files = tuple(
        {name: given.path for name, given in task.inputs.items() if isinstance(given, FileInput)} for task in tasks
    )
    phases = _phases(tasks, edges, dependents)
    names = tuple(map(frozenset, taken))
    return Graph(tuple(tasks), positions, edges, tuple(map(tuple, dependents)), names, files, phases)


def _edges(task: Task, positions: dict[str, int]) -> tuple[Edge, ...]:
    edges: list[Edge] = []
    for name, given in task.inputs.items():
        if isinstance(given, OutputOf):
            if given.task_id not in positions:
                raise TaskError(f"The task {task.id} takes {name!r} from {given.task_id}, which is not in the graph.")
            edges.append(Edge(name, positions[given.task_id], given.name))
    return tuple(edges)


def _phases(
    tasks: Sequence[Task], edges: Sequence[Sequence[Edge]], dependents: Sequence[Sequence[int]]
) -> tuple[int, ...]:
    """Each task's phase, raised to the highest of what it needs; walks the graph and so finds cycles."""
    phases = [task.phase for task in tasks]
    missing = [len({edge.source for edge in into}) for into in edges]
    todo = [position for position, count in enumerate(missing) if count == 0]
    seen = 0
    while todo:
        position = todo.pop()
        seen += 1
        for dependent in dependents[position]:
            phases[dependent] = max(phases[dependent], phases[position])
            missing[dependent] -= 1
            if missing[dependent] == 0:
                todo.append(dependent)
    if seen < len(tasks):
        raise TaskError(f"The graph has a cycle: {_cycle(tasks, edges, missing)}.")
    return tuple(phases)


def _cycle(tasks: Sequence[Task], edges: Sequence[Sequence[Edge]], missing: Sequence[int]) -> str:
    """One cycle in words: from any task that waits, on to one it waits for, until one comes again."""
    position = next(position for position, count in enumerate(missing) if count)
    path: list[int] = []
    while position not in path:
        path.append(position)
        position = next(edge.source for edge in edges[position] if missing[edge.source])
    return " needs ".join(tasks[at].id for at in [*path[path.index(position) :], position])
