"""Shows a run's events: bars with time left on a terminal, plain lines elsewhere. It does not know the stages."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from mvlocal.cli.terminal import Terminal
from mvlocal.events import (
    BlobSetAside,
    Emit,
    Event,
    RunPlanned,
    TaskDone,
    TaskProgress,
    TaskStarted,
    Warned,
    WorkerRestarted,
)

WORDS = {
    "analyze": "hearing the song",
    "plan": "planning the story",
    "photos": "looking at photos",
    "train": "training the cast",
    "prompts": "writing prompts",
    "candidates": "making candidates",
    "scores": "judging candidates",
    "keyframes": "making stills",
    "animate": "animating",
    "finish": "finishing",
}
PLAIN_EVERY_S = 10.0


@contextmanager
def showing_progress(terminal: Terminal) -> Generator[Emit]:
    """A listener for the length of a run."""
    if not terminal.live:
        yield _Lines(terminal).hear
        return
    columns = (
        TextColumn("{task.description:<20}"),
        BarColumn(bar_width=32),
        MofNCompleteColumn(),
        TimeRemainingColumn(compact=True),
        TextColumn("[dim]{task.fields[note]}"),
    )
    with Progress(*columns, console=terminal.err, transient=True) as progress:
        yield _Bars(terminal, progress).hear


def _tell(terminal: Terminal, event: Event) -> None:
    """What is said the same way everywhere."""
    if isinstance(event, Warned):
        terminal.warn(event.what, event.where, event.mend)
    elif isinstance(event, BlobSetAside):
        terminal.warn(f"a stored file was damaged and will be made again: {event.reason}", event.task_id)
    elif isinstance(event, WorkerRestarted):
        terminal.warn(f"a worker was replaced: {event.reason}")
    elif isinstance(event, TaskDone) and terminal.verbosity >= 1 and not event.cached:
        terminal.note(f"{event.task_id}: {event.seconds:.1f} s{f' ({event.why})' if event.why else ''}")


@dataclass(slots=True)
class _Bars:
    """One bar a stage; a task in hand counts with the fraction it reports."""

    terminal: Terminal
    progress: Progress
    bars: dict[str, TaskID] = field(default_factory=dict[str, TaskID])
    done: dict[str, float] = field(default_factory=dict[str, float])
    in_hand: dict[str, dict[str, float]] = field(default_factory=dict[str, dict[str, float]])

    def hear(self, event: Event) -> None:
        _tell(self.terminal, event)
        if isinstance(event, RunPlanned):
            self._plan(event)
        elif isinstance(event, TaskStarted):
            self.in_hand.setdefault(event.stage, {})[event.task_id] = 0.0
        elif isinstance(event, TaskProgress):
            self.in_hand.setdefault(event.stage, {})[event.task_id] = event.fraction
            self._move(event.stage, event.note)
        elif isinstance(event, TaskDone) and not event.cached:
            self.in_hand.get(event.stage, {}).pop(event.task_id, None)
            self.done[event.stage] = self.done.get(event.stage, 0.0) + 1
            self._move(event.stage, "")

    def _plan(self, event: RunPlanned) -> None:
        for stage in event.stages:
            if stage.total == stage.cached:
                continue
            if stage.name not in self.bars:
                words = WORDS.get(stage.name, stage.name)
                self.bars[stage.name] = self.progress.add_task(words, total=stage.total, note="")
            self.done[stage.name] = float(stage.cached)
            self.progress.update(self.bars[stage.name], total=stage.total, completed=stage.cached)

    def _move(self, stage: str, note: str) -> None:
        if stage in self.bars:
            completed = self.done.get(stage, 0.0) + sum(self.in_hand.get(stage, {}).values())
            self.progress.update(self.bars[stage], completed=completed, note=note)


@dataclass(slots=True)
class _Lines:
    """A line when a stage starts, now and then while it runs, and when it is done."""

    terminal: Terminal
    total: dict[str, int] = field(default_factory=dict[str, int])
    done: dict[str, int] = field(default_factory=dict[str, int])
    began_s: dict[str, float] = field(default_factory=dict[str, float])
    said_s: float = 0.0

    def hear(self, event: Event) -> None:
        _tell(self.terminal, event)
        if isinstance(event, RunPlanned):
            for stage in event.stages:
                self.total[stage.name], self.done[stage.name] = stage.total, stage.cached
        elif isinstance(event, TaskStarted) and event.stage not in self.began_s:
            self.began_s[event.stage] = self.said_s = time.monotonic()
            left = self.total.get(event.stage, 1) - self.done.get(event.stage, 0)
            self.terminal.note(f"{WORDS.get(event.stage, event.stage)}: {left} to do")
        elif isinstance(event, TaskDone) and not event.cached:
            self._count(event.stage)

    def _count(self, stage: str) -> None:
        self.done[stage] = self.done.get(stage, 0) + 1
        now, total = time.monotonic(), self.total.get(stage, 0)
        if now - self.said_s < PLAIN_EVERY_S or self.done[stage] >= total:
            return
        self.said_s = now
        each = (now - self.began_s[stage]) / max(1, self.done[stage])
        left = each * (total - self.done[stage])
        self.terminal.note(f"{WORDS.get(stage, stage)}: {self.done[stage]} of {total}, about {left:.0f} s left")
