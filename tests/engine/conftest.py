"""What the engine's tests share: a store, a task maker and a listener that keeps events."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from engine_support import Events

from mvlocal.engine.executor.local import LocalExecutor
from mvlocal.engine.store import Store


@pytest.fixture
def events() -> Events:
    return Events()


@pytest.fixture
def fast_path() -> Iterator[Path]:
    """A folder in memory where there is one, for tests that sync a thousand times."""
    memory = Path("/dev/shm")
    place = memory if memory.is_dir() and os.access(memory, os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=place) as path:
        yield Path(path)


@pytest.fixture
def store(fast_path: Path, events: Events) -> Iterator[Store]:
    with Store.open(fast_path / "store", emit=events) as opened:
        yield opened


@pytest.fixture
def pool() -> Iterator[LocalExecutor]:
    with LocalExecutor(cpu_workers=2) as executor:
        yield executor
