"""Tasks: what runs, from which inputs, with what identity, and what a task function sees and returns.

It does not know how keys are stored or where tasks run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]
"""Plain JSON: what parameters, identities and notes are made of."""


@dataclass(frozen=True, slots=True)
class Resources:
    """What a task needs while it runs: a place in the CPU pool, or the one GPU worker with `vram_gib` free."""

    gpu: bool = False
    vram_gib: float = 0.0
    cpu: int = 1


@dataclass(frozen=True, slots=True)
class FileInput:
    """A file of the user's. Its content is hashed before the task and again after it."""

    path: Path


@dataclass(frozen=True, slots=True)
class OutputOf:
    """The output called `name` of another task of the same graph."""

    task_id: str
    name: str = "main"


Input = FileInput | OutputOf


@dataclass(frozen=True, slots=True)
class Task:
    """One unit of work that is kept, resumed, redone and distributed as a whole. Picklable: no closures.

    `run` and `check` are written `"package.module:function"` and looked up in the worker. `check` (optional) is
    called with each output's name and path before it is published and raises when the file does not mean what
    it should. `identity` holds whatever else changes the result: backend name, weights digest, dtype, library
    versions, encoder threads. `phase` orders stages: all of a lower phase first where dependencies allow.
    `placement` says where and how it runs (layers on the GPU, time limits, a folder for notes): not in the key.
    A worker that shows no sign of life for `silence_s` seconds is ended.
    """

    id: str
    stage: str
    version: int
    run: str
    params: Mapping[str, Json] = field(default_factory=dict[str, Json])
    inputs: Mapping[str, Input] = field(default_factory=dict[str, Input])
    identity: Mapping[str, Json] = field(default_factory=dict[str, Json])
    seed: int | None = None
    check: str | None = None
    resources: Resources = Resources()
    phase: int = 0
    expected_s: float = 1.0
    silence_s: float = 300.0
    placement: Mapping[str, Json] = field(default_factory=dict[str, Json])


@dataclass(frozen=True, slots=True)
class Blob:
    """A file in the store: SHA-256 of its content, its size and the ending its readers expect (`".mp4"`)."""

    digest: str
    size: int
    suffix: str


@dataclass(frozen=True, slots=True)
class TaskContext:
    """What a task function is given.

    `inputs` are paths to read only; `workdir` is an empty folder on the store's own disk for outputs;
    `progress(fraction, note)` reports (and is the sign of life). `placement` is the task's.
    """

    task_id: str
    params: Mapping[str, Json]
    inputs: Mapping[str, Path]
    seed: int | None
    workdir: Path
    progress: Callable[[float, str], None]
    placement: Mapping[str, Json] = field(default_factory=dict[str, Json])


@dataclass(frozen=True, slots=True)
class TaskOutputs:
    """What a task function returns: files it wrote under `workdir`, by name, and plain notes on them."""

    files: Mapping[str, Path]
    notes: Mapping[str, Json] = field(default_factory=dict[str, Json])
    warnings: tuple[tuple[str, str, str], ...] = ()
    """(what, where, mend) for the user, shown now and kept with the record."""


@dataclass(frozen=True, slots=True)
class Record:
    """A finished task in the store. The record alone means done."""

    key: str
    task_id: str
    stage: str
    outputs: Mapping[str, Blob]
    notes: Mapping[str, Json]
    warnings: tuple[tuple[str, str, str], ...]
    seconds: float


TaskFunction = Callable[[TaskContext], TaskOutputs]
CheckFunction = Callable[[str, Path], None]
