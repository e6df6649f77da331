"""What must run, found from the wanted end: a task is asked for its record (to know the keys of those that
take its output) or for its files (because one of those will run), and never runs for less.

It does not know who runs tasks, in which order, or how the outcome is stored.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from enum import Enum, IntEnum, auto

from mvlocal.engine.graph import Edge, Graph
from mvlocal.engine.inputs import InputFiles
from mvlocal.engine.key import key_of, part_digests
from mvlocal.engine.task import Blob, Record
from mvlocal.errors import TaskError


class Level(IntEnum):
    """How much of a task's outcome is asked for, or there."""

    NOTHING = 0
    RECORD = 1
    FILES = 2


class Stand(Enum):
    """Where a task stands."""

    IDLE = auto()
    """Not asked for, satisfied, or waiting for others."""
    READY = auto()
    RUNNING = auto()


@dataclass(slots=True)
class Node:
    """The state of one task during a run."""

    position: int
    asked: Level = Level.NOTHING
    have: Level = Level.NOTHING
    stand: Stand = Stand.IDLE
    record: Record | None = None
    key: str | None = None
    awaited: set[int] = field(default_factory=set[int])
    waiters: list[tuple[int, Level]] = field(default_factory=list[tuple[int, Level]])

    @property
    def satisfied(self) -> bool:
        """Whether nothing more is asked than is there."""
        return self.have >= self.asked


class Demand:
    """The states of all tasks. Work per event is in proportion to the tasks it touches, not to the graph.

    `records` is everything the store holds, by key; it grows as tasks finish. `found` collects the tasks that
    turned out to be done already (some of them twice), `ready` those that must run and can; the caller
    empties both.
    """

    def __init__(
        self, graph: Graph, records: Mapping[str, Record], files: InputFiles, present: Callable[[Blob], bool]
    ) -> None:
        self.graph = graph
        self.nodes = [Node(position) for position in range(len(graph.tasks))]
        self.records = dict(records)
        self.found: list[Node] = []
        self.ready: list[Node] = []
        self._files = files
        self._present = present

    def want(self, wanted: Collection[str]) -> None:
        """Asks for the files of these tasks. Every input file that any of them needs is hashed first.

        Raises:
            InputError: an input file is missing or unreadable: now, not when its turn comes hours later.
        """
        for position in sorted(self.graph.closure(wanted)):
            for path in self.graph.files[position].values():
                self._files.digest(path)
        positions = [self.graph.positions[task_id] for task_id in wanted]
        for position in positions:
            self.nodes[position].asked = Level.FILES
        self._settle(positions)

    def input_digests(self, node: Node) -> dict[str, str]:
        """Content digests of the node's inputs, by name; all of them must be known."""
        digests = {name: self._files.digest(path) for name, path in self.graph.files[node.position].items()}
        return digests | {edge.name: self.blob_of(node, edge).digest for edge in self.graph.edges[node.position]}

    def blob_of(self, node: Node, edge: Edge) -> Blob:
        """The blob that an edge brings.

        Raises:
            TaskError: the task it comes from has no output of that name.
        """
        record = self.nodes[edge.source].record
        if record is None or edge.output not in record.outputs:
            taker, giver = self.graph.tasks[node.position], self.graph.tasks[edge.source]
            raise TaskError(
                f"The task {giver.id} has no output called {edge.output!r}.",
                where=f"input {edge.name!r} of {taker.id}; {giver.run} returns the outputs",
            )
        return record.outputs[edge.output]

    def finish(self, node: Node, record: Record) -> None:
        """The node has run and its record is committed."""
        self.records[record.key] = record
        node.record, node.stand, node.have = record, Stand.IDLE, Level.FILES
        self._settle(self._released(node))

    def lose(self, node: Node) -> None:
        """The node's outcome turned out damaged and its record is gone: what is asked of it must be made
        again.
        """
        if node.record is not None:
            self.records.pop(node.record.key, None)
        node.record, node.have = None, Level.NOTHING
        self._settle([node.position])

    def retry(self, node: Node) -> None:
        """A node that was taken up and did not run through is looked at again, from its inputs on."""
        node.stand = Stand.IDLE
        self._settle([node.position])

    def wait_for(self, node: Node, other: Node) -> None:
        """Lets a node wait until `other`, which is running, is done."""
        node.stand = Stand.IDLE
        node.awaited.add(other.position)
        other.waiters.append((node.position, Level.FILES))

    def _settle(self, positions: Collection[int]) -> None:
        # A stack, not recursion: a graph may be a chain of thousands.
        stack = list(positions)
        while stack:
            node = self.nodes[stack.pop()]
            if node.asked and node.stand is Stand.IDLE and not node.awaited:
                stack += self._advance(node)

    def _advance(self, node: Node) -> list[int]:
        """Takes one node as far as is known; returns the positions to look at next."""
        if node.record is None:
            if absent := self._await(node, Level.RECORD):
                return absent
            node.key = key_of(part_digests(self.graph.tasks[node.position], self.input_digests(node)))
            node.record = self.records.get(node.key)
        if node.record is not None:
            node.have = Level.RECORD
            if node.asked is Level.RECORD or all(map(self._present, node.record.outputs.values())):
                node.have = node.asked
                self.found.append(node)
                return self._released(node)
        # Whoever only asked for the record need not wait until missing files are made again.
        released = self._released(node)
        if absent := self._await(node, Level.FILES):
            return absent + released
        node.stand = Stand.READY
        self.ready.append(node)
        return released

    def _await(self, node: Node, level: Level) -> list[int]:
        """Asks the node's sources for `level` and lets it wait for those that lack it; returns them."""
        absent: list[int] = []
        for position in dict.fromkeys(edge.source for edge in self.graph.edges[node.position]):
            source = self.nodes[position]
            source.asked = max(source.asked, level)
            if source.have < level:
                node.awaited.add(position)
                source.waiters.append((node.position, level))
                absent.append(position)
        return absent

    def _released(self, node: Node) -> list[int]:
        """Ends the wait of those whom what the node has now is enough; returns them."""
        released: list[int] = []
        kept: list[tuple[int, Level]] = []
        for position, level in node.waiters:
            if node.have >= level:
                self.nodes[position].awaited.discard(node.position)
                released.append(position)
            else:
                kept.append((position, level))
        node.waiters = kept
        return released
