"""Streams side by side: in order, bounded, and ending whatever happens."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from mvlocal.media.flow import side_by_side


def test_items_come_in_order_through_several_steps() -> None:
    with side_by_side(iter(range(50))) as numbers, side_by_side(n * 2 for n in numbers) as doubles:
        assert list(doubles) == [n * 2 for n in range(50)]


def test_no_more_than_a_few_items_are_ahead() -> None:
    made: list[int] = []

    def items() -> Iterator[int]:
        for n in range(100):
            made.append(n)
            yield n

    with side_by_side(items(), depth=3) as stream:
        for n in stream:
            assert len(made) <= n + 6
            if n == 20:
                time.sleep(0.05)


def test_steps_run_at_the_same_time() -> None:
    together = threading.Barrier(2, timeout=5)

    def first() -> Iterator[int]:
        yield 0
        together.wait()
        yield 1

    with side_by_side(first()) as stream:
        next(stream)
        together.wait()
        assert next(stream) == 1


def test_what_a_step_raises_is_raised_where_its_item_was_due_and_all_threads_end() -> None:
    def failing() -> Iterator[int]:
        yield from range(3)
        raise ValueError("no more")

    before = threading.active_count()
    seen: list[int] = []
    with (
        pytest.raises(ValueError, match="no more"),
        side_by_side(failing()) as numbers,
        side_by_side(n + 1 for n in numbers) as more,
    ):
        seen.extend(more)
    assert seen == [1, 2, 3]
    assert threading.active_count() == before


def test_leaving_early_ends_the_threads() -> None:
    def endless() -> Iterator[int]:
        n = 0
        while True:
            yield n
            n += 1

    before = threading.active_count()
    with side_by_side(endless()) as numbers, side_by_side(n + 1 for n in numbers) as more:
        assert next(more) == 1
    assert threading.active_count() == before


def test_whoever_waits_is_told_now_and_then() -> None:
    told: list[int] = []

    def slow() -> Iterator[int]:
        time.sleep(0.6)
        yield 1

    with side_by_side(slow(), waiting=lambda: told.append(1)) as stream:
        assert list(stream) == [1]
    assert told
