"""The plan: which tasks of a graph are done, which would run, and why; nothing runs and nothing is written.

It does not know how tasks run.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from mvlocal.engine.demand import Demand, Node, Stand
from mvlocal.engine.graph import Graph, build_graph
from mvlocal.engine.inputs import InputFiles
from mvlocal.engine.key import explain_difference, parts_of
from mvlocal.engine.store import Store, mean_seconds
from mvlocal.engine.task import Task
from mvlocal.events import StagePlan


@dataclass(frozen=True, slots=True)
class PlannedTask:
    """One task of a plan. `key` is None while an input is yet to be made; `why` says why it would run.

    A task that would run because an input is made anew may still turn out to be done, when that input comes
    out the same. `expected_s` is the mean time of its stage on this machine, or the task's own estimate; 0 if
    cached.
    """

    task: Task
    key: str | None
    cached: bool
    why: tuple[str, ...]
    expected_s: float


def plan_graph(tasks: Sequence[Task], store: Store, *, wanted: Collection[str] | None = None) -> list[PlannedTask]:
    """The tasks that the wanted ones (all, when None) need, in graph order, each done or not, and why.

    Raises:
        InputError: an input file is missing or unreadable.
        TaskError: the graph itself is wrong.
    """
    graph = build_graph(tasks)
    demand = Demand(graph, store.records(), InputFiles(), store.present)
    demand.want(graph.positions if wanted is None else wanted)
    return plan_of(demand, store)


def plan_of(demand: Demand, store: Store, *, explain: bool = True) -> list[PlannedTask]:
    """The plan as the demand stands now; without the reasons unless `explain`."""
    means = mean_seconds(demand.records.values())
    planned: list[PlannedTask] = []
    for node in demand.nodes:
        if node.asked:
            task = demand.graph.tasks[node.position]
            expected_s = 0.0 if node.satisfied else means.get(task.stage, task.expected_s)
            why = why_run(demand, node, store) if explain and not node.satisfied else ()
            planned.append(PlannedTask(task, node.key, node.satisfied, why, expected_s))
    return planned


def why_run(demand: Demand, node: Node, store: Store) -> tuple[str, ...]:
    """Why a task that is not done must run, or must wait for others that do."""
    task = demand.graph.tasks[node.position]
    if node.record is not None:
        return ("its files are missing or damaged",)
    sources = _unmade(demand, node)
    if node.stand is Stand.IDLE and sources and node.key is None:
        return tuple(f"inputs.{name}: {giver} runs first" for name, giver in sources)
    old = store.latest_parts(task.id)
    if old is None:
        return ("new",)
    changes = explain_difference(old, parts_of(task, demand.input_digests(node)))
    return tuple(changes) or ("its record was removed or its files were damaged",)


def live_keys(planned: Iterable[PlannedTask], store: Store) -> set[str]:
    """The keys that `Store.gc` must keep for this plan: those in it, and for a task whose key is not known
    yet the one it last had, since its inputs may come out the same again.
    """
    planned = list(planned)
    latest = store.latest_keys()
    known = {task.key for task in planned if task.key is not None}
    return known | {latest[task.task.id] for task in planned if task.key is None and task.task.id in latest}


def stage_plans(planned: Iterable[PlannedTask]) -> tuple[StagePlan, ...]:
    """Totals for each stage, in the order in which stages first appear."""
    stages: dict[str, list[PlannedTask]] = {}
    for task in planned:
        stages.setdefault(task.task.stage, []).append(task)
    return tuple(
        StagePlan(
            name,
            len(of_stage),
            sum(task.cached for task in of_stage),
            sum(task.expected_s for task in of_stage),
        )
        for name, of_stage in stages.items()
    )


def _unmade(demand: Demand, node: Node) -> list[tuple[str, str]]:
    """Inputs whose makers have no record: (input's name, maker's id)."""
    graph: Graph = demand.graph
    return [
        (edge.name, graph.tasks[edge.source].id)
        for edge in graph.edges[node.position]
        if demand.nodes[edge.source].record is None
    ]
