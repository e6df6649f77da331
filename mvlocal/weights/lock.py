"""The lock: size and SHA-256 of every file of weights that may be loaded here, written when it first arrives.

It does not know how a file came or what is in it.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from mvlocal.engine.lock import ProjectLock
from mvlocal.files import stamp_of, write_atomically
from mvlocal.strict_yaml import read_yaml, round_trip_yaml, validate

NAME = "lock.yaml"
HEAD = "# Written by mvlocal: only files that match are loaded. Check them with: mvlocal models verify\n"
_WAIT_S = 30.0


class LockedFile(BaseModel):
    """What a file must be: its size and SHA-256, and where it came from (empty: from the user)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    size_bytes: int = Field(ge=0)
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    source: str = ""


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_id: Literal["mvlocal.models_lock/1"] = Field(default="mvlocal.models_lock/1", alias="schema")
    files: dict[str, LockedFile] = Field(default_factory=dict[str, LockedFile])


def read_lock(models: Path) -> dict[str, LockedFile]:
    """What the lock in the folder `models` holds, by place; empty where there is none yet. It is parsed once a change.

    Raises:
        SettingsError: the lock cannot be read.
    """
    path = models / NAME
    return dict(_parsed(path, stamp_of(path)))


@lru_cache(maxsize=2)
def _parsed(path: Path, stamp: tuple[int, ...]) -> Mapping[str, LockedFile]:
    if not stamp:
        return {}
    file = read_yaml(path)
    return validate(_Document, file.data, file).files


def add_to_lock(models: Path, entries: Mapping[str, LockedFile]) -> None:
    """Writes `entries` (by place) into the lock, in the place of what it said of them.

    Raises:
        SettingsError: the lock cannot be read.
        BusyError: another process has held it for half a minute.
    """
    with ProjectLock(models / f".{NAME}.held", wait_s=_WAIT_S):
        _parsed.cache_clear()  # two writes within a tick of the clock may look alike
        files = {**read_lock(models), **entries}
        document = _Document(files=dict(sorted(files.items())))
        text = io.StringIO()
        round_trip_yaml().dump(document.model_dump(by_alias=True), text)
        write_atomically(models / NAME, HEAD + text.getvalue())
