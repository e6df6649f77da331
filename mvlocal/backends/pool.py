"""The models that a worker process holds: each is loaded once, within a budget of VRAM, and every load is recorded.

It does not know any model, and imports no tensor library: whoever loads knows both.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, TypeVar, cast

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PoolEvent:
    """Something that happened to a model: when (seconds of a steady clock), and how long a load took."""

    action: Literal["load", "drop"]
    name: str
    gib: float
    at_s: float
    seconds: float = 0.0


@dataclass(slots=True)
class _Held:
    model: Any
    gib: float


class Pool:
    """Models by name. Not thread-safe: one worker, one task at a time.

    A name says everything that makes the loaded model what it is: family, part, digest of its weights, dtype, device
    and placement. `budget_gib` is what loaded models may take together; 0: there is no bound (a CPU).
    """

    def __init__(self, budget_gib: float = 0.0, clock: Callable[[], float] = time.monotonic) -> None:
        self.budget_gib = budget_gib
        self.events: list[PoolEvent] = []
        self._clock = clock
        self._held: dict[str, _Held] = {}

    def use(self, name: str, load: Callable[[], T], *, gib: float = 0.0) -> T:
        """The model called `name`, loaded now unless it is here; the longest unused make room for its `gib`."""
        held = self._held.pop(name, None)
        if held is None:
            self._make_room(gib)
            start_s = self._clock()
            held = _Held(load(), gib)
            now_s = self._clock()
            self.events.append(PoolEvent("load", name, gib, now_s, now_s - start_s))
        self._held[name] = held  # the last one in the dictionary is the one used last
        return cast("T", held.model)

    @property
    def names(self) -> tuple[str, ...]:
        """What is held, the longest unused first."""
        return tuple(self._held)

    def keep_only(self, *prefixes: str) -> None:
        """Drops every model whose name begins with none of `prefixes`."""
        self._drop([name for name in self._held if not name.startswith(prefixes)])

    def drop(self, *prefixes: str) -> None:
        """Drops every model whose name begins with one of `prefixes`."""
        self._drop([name for name in self._held if name.startswith(prefixes)])

    def clear(self) -> None:
        """Drops everything."""
        self._drop(list(self._held))

    def take_events(self) -> list[PoolEvent]:
        """What happened since the last call, for a task's notes."""
        events, self.events = self.events, []
        return events

    def take_notes(self) -> list[str]:
        """`take_events`, as a task's notes have them: `load sdxl.unet/...`."""
        return [f"{event.action} {event.name}" for event in self.take_events()]

    def _make_room(self, gib: float) -> None:
        if self.budget_gib <= 0:
            return
        going: list[str] = []
        left = sum(held.gib for held in self._held.values())
        for name, held in self._held.items():
            if left + gib <= self.budget_gib:
                break
            going.append(name)
            left -= held.gib
        self._drop(going)

    def _drop(self, names: list[str]) -> None:
        for name in names:
            held = self._held.pop(name)
            self.events.append(PoolEvent("drop", name, held.gib, self._clock()))
        if names:
            free_device_memory()


@cache
def worker_pool() -> Pool:
    """The pool of this process. Tasks that run in one worker share it, so a model outlives the task that loaded it."""
    return Pool()


def free_device_memory() -> None:
    """Collects garbage and gives unused device memory back, where torch is loaded and has a device."""
    gc.collect()
    torch: Any = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available() and torch.cuda.is_initialized():
        torch.cuda.empty_cache()
