"""The ladder of memory: what is given up, one rung after another, when a family of models does not fit the GPU.

It knows what was tried for which task, and neither models nor GPUs. Finished shots keep the rung they were made on, so
their keys, and the pictures that a person approved, stay.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import Field

from mvlocal.errors import PlanError
from mvlocal.files import write_atomically
from mvlocal.schema.document import Document, Part

Family = str
"""What shares a ladder: `stills` or `motion`, and what tells one set of settings from another."""


@dataclass(frozen=True, slots=True)
class Rung:
    """What one rung gives up, in words, and the options of the backend that it sets.

    `options` change pixels and are part of a task's key; `offload` only says where weights rest.
    """

    words: str
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])
    offload: str = ""


def options_at(base: Mapping[str, Any], rungs: Sequence[Rung], rung: int) -> dict[str, Any]:
    """The backend's options on a rung: the profile's, with what every rung down to it sets."""
    options: dict[str, Any] = dict(base)
    for one in rungs[: rung + 1]:
        options.update(one.options)
    return options


def offload_at(base: str, rungs: Sequence[Rung], rung: int) -> str:
    """Where weights rest on a rung."""
    return next((one.offload for one in reversed(rungs[: rung + 1]) if one.offload), base)


class Steps(Part):
    """How far down a family is: the rung of what is still to be made, and of tasks that were done on another."""

    rung: Annotated[int, Field(ge=0, le=100)] = 0
    done: dict[str, Annotated[int, Field(ge=0, le=100)]] = Field(default_factory=dict[str, int])


class Ladder(Document):
    """The rung of every family; kept in the project's state, so that the next run begins where this one got to."""

    kind: ClassVar[str] = "mvlocal.ladder/1"

    families: dict[str, Steps] = Field(default_factory=dict[str, Steps])

    def rung_of(self, family: Family, task_id: str) -> int:
        """The rung on which a task is made, or was."""
        steps = self.families.get(family, Steps())
        return steps.done.get(task_id, steps.rung)

    def lowest(self, family: Family) -> int:
        """The rung of what is still to be made."""
        return self.families.get(family, Steps()).rung

    def kept(self, family: Family, finished: Collection[str]) -> Ladder:
        """The same rung, with only the `finished` tasks left on theirs."""
        done = {task_id: self.rung_of(family, task_id) for task_id in sorted(finished)}
        return Ladder(families={**self.families, family: Steps(rung=self.lowest(family), done=done)})

    def step_down(self, family: Family, finished: Collection[str]) -> Ladder:
        """One rung further for all but the `finished` tasks, which stay on theirs."""
        done = {task_id: self.rung_of(family, task_id) for task_id in sorted(finished)}
        return Ladder(families={**self.families, family: Steps(rung=self.lowest(family) + 1, done=done)})


def read_ladder(path: Path) -> Ladder:
    """What was kept; the top of the ladder where nothing was, or where it is not readable (state is safe to lose)."""
    try:
        return Ladder.from_json(path.read_bytes(), where=str(path))
    except (OSError, PlanError):
        return Ladder()


def write_ladder(path: Path, ladder: Ladder) -> None:
    """Keeps it."""
    write_atomically(path, json.dumps(json.loads(ladder.to_json()), indent=1) + "\n")
