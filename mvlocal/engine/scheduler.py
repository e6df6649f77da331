"""The scheduler: runs what the wanted tasks need, in phase order, and commits each outcome as it comes.

It does not know what tasks do, where they run, or how the store keeps things.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from mvlocal.engine.agenda import Agenda
from mvlocal.engine.demand import Demand, Level, Node, Stand
from mvlocal.engine.executor.attempt import missing_outputs
from mvlocal.engine.executor.base import (
    Executor,
    Job,
    JobDone,
    JobFailed,
    JobLost,
    JobProgress,
    JobStarted,
    Report,
)
from mvlocal.engine.graph import Graph, build_graph
from mvlocal.engine.inputs import InputFiles, Status, Verdict
from mvlocal.engine.key import Parts, parts_of
from mvlocal.engine.plan import PlannedTask, live_keys, plan_graph, plan_of, stage_plans, why_run
from mvlocal.engine.store import Store
from mvlocal.engine.task import Blob, Record, Task
from mvlocal.engine.workspace import RunFolder, remove_workdir
from mvlocal.errors import InputError, Interrupted, MvlocalError, TaskError
from mvlocal.events import (
    Emit,
    RunPlanned,
    TaskDone,
    TaskFailed,
    TaskProgress,
    TaskStarted,
    Warned,
    WorkerRestarted,
    ignore,
)

__all__ = ["PlannedTask", "live_keys", "plan_graph", "run_graph"]

_POLL_S = 0.2
_LOSSES = 2
_TOUCHES = 3
_DAMAGES = 3


def run_graph(
    tasks: Sequence[Task], *, store: Store, executor: Executor, emit: Emit = ignore, wanted: Collection[str]
) -> dict[str, Record]:
    """Makes the outputs of the wanted tasks, running only what they need; returns their records by task id.

    The wanted outputs, and every blob that a task read, were verified by hash in this run. At the first
    failure nothing new starts; what is in hand is finished and kept; then the error is raised.

    Raises:
        InputError: an input file is missing or unreadable, or was edited meanwhile.
        TaskError: a task failed, its worker died or hung twice, or the graph is wrong.
        ExhaustedError: out of disk or memory.
        Interrupted: Ctrl-C; what was finished is kept.
    """
    graph = build_graph(tasks)
    with store.run() as folder:
        run = _Run(graph, store, executor, emit, folder)
        try:
            return run.make(wanted)
        except KeyboardInterrupt:
            executor.cancel()
            run.confirm_files()
            raise Interrupted("Stopped.", mend="Run the same command again: it goes on from here.") from None
        except BaseException:
            executor.cancel()
            raise


@dataclass(frozen=True, slots=True)
class _InHand:
    """A submitted job, the parts of its key, its input files as they were just before, and why it runs."""

    node: Node
    job: Job
    parts: Parts
    before: dict[Path, Status]
    why: str


class _Run:
    """One call of `run_graph`."""

    def __init__(self, graph: Graph, store: Store, executor: Executor, emit: Emit, folder: RunFolder) -> None:
        self._graph = graph
        self._store = store
        self._executor = executor
        self._emit = emit
        self._folder = folder
        self._files = InputFiles()
        self._demand = Demand(graph, store.claim(folder.id), self._files, store.present)
        self._agenda = Agenda(graph)
        self._latest = store.latest_keys()
        self._in_hand: dict[str, _InHand] = {}
        self._jobs = 0
        self._sound: set[Blob] = set()
        # Records of this run by input file, since that file was last read in full.
        self._unconfirmed: dict[Path, list[str]] = {}
        self._losses: Counter[int] = Counter()
        self._touches: Counter[int] = Counter()
        self._damages: Counter[int] = Counter()
        self._told: set[int] = set()
        self._error: MvlocalError | None = None

    def make(self, wanted: Collection[str]) -> dict[str, Record]:
        self._demand.want(wanted)
        self._emit(RunPlanned(stage_plans(plan_of(self._demand, self._store, explain=False))))
        for node in self._demand.nodes:
            if node.asked and not node.satisfied:
                self._agenda.open(node.position)
        self._take_news()
        while True:
            self._work()
            if self._error is not None:
                self.confirm_files()
                raise self._error
            records = self._sound_records(wanted)
            if records is not None:
                return records
            self._take_news()

    def _work(self) -> None:
        """Runs until nothing is in hand and nothing can start."""
        while True:
            while self._error is None and (position := self._agenda.pop(self._executor)) is not None:
                self._start(self._demand.nodes[position])
                self._take_news()
            if not self._in_hand:
                return
            for report in self._executor.poll(_POLL_S):
                self._hear(report)
                self._take_news()

    def _take_news(self) -> None:
        """Puts what became ready on the agenda, and tells of what turned out to be done already."""
        demand = self._demand
        ready, demand.ready = demand.ready, []
        found, demand.found = demand.found, []
        for node in ready:
            self._agenda.push(node.position)
        self._note_keys(found)
        for node in found:
            if node.satisfied and node.record is not None:
                self._agenda.shut(node.position)
                if node.position not in self._told:
                    self._tell_done(node, node.record, cached=True, why="")

    # Starting

    def _start(self, node: Node) -> None:
        try:
            if self._is_made_meanwhile(node) or not self._has_sound_inputs(node):
                self._demand.retry(node)
            elif twin := self._twin(node):
                self._demand.wait_for(node, twin)
            else:
                self._submit(node)
        except MvlocalError as error:
            self._fail(node, error)

    def _is_made_meanwhile(self, node: Node) -> bool:
        """Whether a task of the same key was finished since this one was queued."""
        record = self._demand.records.get(node.key or "")
        return record is not None and all(map(self._store.present, record.outputs.values()))

    def _twin(self, node: Node) -> Node | None:
        """A running task of the same key, if any: its outcome will do for both."""
        return next((hand.node for hand in self._in_hand.values() if hand.node.key == node.key), None)

    def _has_sound_inputs(self, node: Node) -> bool:
        """Hashes the blobs that the node reads; the makers of bad ones are asked again."""
        sound = True
        for edge in self._graph.edges[node.position]:
            source = self._demand.nodes[edge.source]
            there = source.have is Level.FILES and source.record is not None
            sound = there and self._is_sound(source, self._demand.blob_of(node, edge)) and sound
        return sound

    def _is_sound(self, node: Node, blob: Blob) -> bool:
        """Verifies a blob once in a run; a bad one is set aside and its maker is asked again."""
        if blob in self._sound and self._store.present(blob):
            return True
        reason = self._store.fault(blob)
        if not reason:
            self._sound.add(blob)
            return True
        self._damages[node.position] += 1
        if self._damages[node.position] > _DAMAGES:
            raise MvlocalError(
                f"A file that was just made is damaged again: {reason}.",
                where=str(self._store.path_of(blob)),
                mend="Check the disk and the memory of this machine.",
            )
        if node.record is not None:
            self._store.set_aside(node.record, blob, reason, self._emit)
        self._agenda.open(node.position)
        self._told.discard(node.position)
        self._demand.lose(node)
        return False

    def _submit(self, node: Node) -> None:
        task = self._graph.tasks[node.position]
        files = self._graph.files[node.position]
        before = self._files.before(files.values())
        edges = self._graph.edges[node.position]
        blobs = {edge.name: self._store.path_of(self._demand.blob_of(node, edge)) for edge in edges}
        parts = parts_of(task, self._demand.input_digests(node))
        why = "; ".join(why_run(self._demand, node, self._store))
        self._jobs += 1
        job = Job(f"{self._folder.id}-{self._jobs}", task, {**files, **blobs}, self._folder.new_workdir())
        self._executor.submit(job)
        node.stand = Stand.RUNNING
        self._in_hand[job.id] = _InHand(node, job, parts, before, why)

    # Hearing

    def _hear(self, report: Report) -> None:
        hand = self._in_hand.get(report.job_id)
        if hand is None:
            return  # late or doubled: this attempt no longer counts
        task = hand.job.task
        match report:
            case JobStarted():
                self._emit(TaskStarted(task.id, task.stage))
            case JobProgress():
                self._emit(TaskProgress(task.id, task.stage, report.fraction, report.note))
            case JobDone() | JobFailed() | JobLost():
                del self._in_hand[report.job_id]
                try:
                    self._end(hand, report)
                except MvlocalError as error:
                    self._fail(hand.node, error)
                remove_workdir(hand.job.workdir)

    def _end(self, hand: _InHand, report: JobDone | JobFailed | JobLost) -> None:
        """One attempt is over: publishes it, tries again, or raises its error."""
        if isinstance(report, JobLost):
            self._lose_worker(hand, report)
        elif self._files_verdict(hand) is Verdict.TOUCHED:
            self._run_again_on_touched(hand)
        elif isinstance(report, JobFailed):
            report.error.add_note(report.traceback)
            raise report.error
        else:
            self._publish(hand, report)

    def _publish(self, hand: _InHand, done: JobDone) -> None:
        node, task = hand.node, hand.job.task
        if missing := missing_outputs(hand.job, done.outputs, self._graph.taken[node.position]):
            raise missing
        blobs = {name: file.blob for name, file in done.outputs.items()}
        record = Record(node.key or "", task.id, task.stage, blobs, done.notes, done.warnings, done.seconds)
        sources = {name: file.path for name, file in done.outputs.items()}
        self._store.commit(record, hand.parts, sources, self._folder.id)
        for path in hand.before:
            self._unconfirmed.setdefault(path, []).append(record.key)
        self._latest[task.id] = record.key
        self._sound.update(blobs.values())
        self._agenda.shut(node.position)
        self._tell_done(node, record, cached=False, why=hand.why)
        self._demand.finish(node, record)

    def _lose_worker(self, hand: _InHand, lost: JobLost) -> None:
        task = hand.job.task
        self._losses[hand.node.position] += 1
        self._emit(WorkerRestarted(f"the worker that ran {task.id}: {lost.reason}"))
        if self._losses[hand.node.position] < _LOSSES:
            self._demand.retry(hand.node)
            return
        error = TaskError(
            f"The worker that ran {task.id} was lost twice; the last time, {lost.reason}.",
            where=task.run,
            mend="Run it again with fewer workers, and report this if it stays; finished work is kept.",
        )
        if lost.log:
            error.add_note(lost.log)
        raise error

    # The user's files

    def _files_verdict(self, hand: _InHand) -> Verdict:
        """Whether the input files are what they were; the last task of a stage to use a file has it read in
        full.
        """
        position = hand.node.position
        full = [path for path in hand.before if self._agenda.is_last_use(position, path)]
        verdict = self._check_files(hand.before, full)
        for path in full:
            self._unconfirmed.pop(path, None)
        return verdict

    def _check_files(self, before: dict[Path, Status], full: Iterable[Path]) -> Verdict:
        try:
            return self._files.after(before, full)
        except InputError as error:
            # What this run made from the file since its last full reading may stem from the mixture too.
            self._store.withdraw(self._unconfirmed.pop(Path(error.where), []))
            raise

    def _run_again_on_touched(self, hand: _InHand) -> None:
        self._touches[hand.node.position] += 1
        if self._touches[hand.node.position] > _TOUCHES:
            raise InputError(
                "An input file is rewritten again and again while it is used.",
                where=", ".join(map(str, hand.before)),
                mend="Stop the program that writes it, then run this again.",
            )
        self._demand.retry(hand.node)

    def confirm_files(self) -> None:
        """Before an error ends the run: the full readings that the ends of the stages would have brought."""
        for path in list(self._unconfirmed):
            try:
                self._check_files(self._files.before([path]), [path])
            except InputError as error:
                self._store.withdraw(self._unconfirmed.pop(Path(error.where), []))

    # The outcome

    def _sound_records(self, wanted: Collection[str]) -> dict[str, Record] | None:
        """The wanted records, or None when a file of one is bad and its maker was asked again."""
        nodes = {task_id: self._demand.nodes[self._graph.positions[task_id]] for task_id in wanted}
        records = {task_id: node.record for task_id, node in nodes.items() if node.record is not None}
        if not all(node.satisfied for node in nodes.values()):
            raise RuntimeError("the scheduler stopped although wanted tasks are not done")
        sound = [
            self._is_sound(nodes[task_id], blob)
            for task_id, record in records.items()
            for blob in record.outputs.values()
        ]
        return records if all(sound) else None

    def _fail(self, node: Node, error: MvlocalError) -> None:
        task = self._graph.tasks[node.position]
        self._emit(TaskFailed(task.id, task.stage, str(error)))
        self._error = self._error or error

    def _note_keys(self, found: Sequence[Node]) -> None:
        """Tells the store the key that each task id has now, where it is another than before."""
        news: dict[str, tuple[str, Parts]] = {}
        for node in found:
            task = self._graph.tasks[node.position]
            if node.record is not None and self._latest.get(task.id) != node.record.key:
                news[node.record.key] = (task.id, parts_of(task, self._demand.input_digests(node)))
                self._latest[task.id] = node.record.key
        self._store.note_keys(news)

    def _tell_done(self, node: Node, record: Record, *, cached: bool, why: str) -> None:
        task: Task = self._graph.tasks[node.position]
        self._told.add(node.position)
        for what, where, mend in record.warnings:
            self._emit(Warned(what, where, mend))
        self._emit(TaskDone(task.id, task.stage, cached, 0.0 if cached else record.seconds, why))
