"""Runs the steps of a stream side by side: each in a thread of its own, a bounded queue between two of them.

It does not know what flows. Memory holds a few items a step, however long the stream.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import Any, TypeVar

T = TypeVar("T")

DEPTH = 3
_POLL_S = 0.25


@dataclass(frozen=True, slots=True)
class _End:
    error: BaseException | None = None


class _Side(Thread):
    """A thread that makes items into a queue until it is told to stop."""

    def __init__(self, items: Iterable[Any], depth: int) -> None:
        super().__init__(daemon=True)
        self.queue: Queue[Any] = Queue(depth)
        self.stop = Event()
        self._items = items

    def run(self) -> None:
        error: BaseException | None = None
        try:
            for item in self._items:
                self._put(item)
                if self.stop.is_set():
                    return
        except BaseException as raised:
            error = raised  # carried to the thread that asked
        self._put(_End(error))

    def _put(self, item: Any) -> None:
        while not self.stop.is_set():
            try:
                return self.queue.put(item, timeout=_POLL_S)
            except Full:
                continue
        return None


@contextmanager
def side_by_side(
    items: Iterable[T], waiting: Callable[[], None] | None = None, depth: int = DEPTH
) -> Generator[Generator[T]]:
    """Yields a stream of `items`, which are made in a thread of their own, at most `depth` of them ahead.

    What the thread raises is raised where its item was due. `waiting` is called now and then while none is ready.
    Leaving the block ends the thread: at its next item, if it is not done.
    """
    side = _Side(items, depth)
    side.start()
    try:
        yield _taken(side, waiting)
    finally:
        side.stop.set()
        side.join()


def _taken(side: _Side, waiting: Callable[[], None] | None) -> Generator[Any]:
    while True:
        try:
            item = side.queue.get(timeout=_POLL_S)
        except Empty:
            if waiting is not None:
                waiting()
            if side.stop.is_set():
                return
            continue
        if isinstance(item, _End):
            if item.error is not None:
                raise item.error
            return
        yield item
