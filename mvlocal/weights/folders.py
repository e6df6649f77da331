"""Models that are a folder of files (as diffusers and transformers lay them out): found by name, each file in the lock.

It does not know what is in them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Self

from mvlocal.engine.task import Json
from mvlocal.errors import MissingError, UserError
from mvlocal.weights.lock import read_lock
from mvlocal.weights.manifest import read_manifest
from mvlocal.weights.places import LockedWeights, models_folder, search_folders
from mvlocal.weights.sound import check_weights

READ = (".safetensors", ".json", ".txt", ".model")
"""Endings of the files that a loader may read: each must be in the lock. Others in the folder are never read."""


@dataclass(frozen=True, slots=True)
class LockedFolder:
    """A model's folder that is here, with every file that its loader may read, all in the lock."""

    path: Path
    place: str
    files: tuple[LockedWeights, ...]

    @property
    def digest(self) -> str:
        """SHA-256 over the files' places in the folder and their contents' hashes: the folder's identity in a key."""
        digest = hashlib.sha256()
        for file in self.files:
            digest.update(f"{file.path.relative_to(self.path).as_posix()}\0{file.sha256}\n".encode())
        return digest.hexdigest()

    def to_json(self) -> dict[str, Json]:
        """As plain JSON, for a task's placement."""
        return {"path": str(self.path), "place": self.place, "files": [file.to_json() for file in self.files]}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """What `to_json` wrote."""
        files = tuple(LockedWeights.from_json(file) for file in data["files"])
        return cls(Path(data["path"]), str(data["place"]), files)


def locked_folder(folder: str, name: str, *, where: str, index: str = "config.json") -> LockedFolder:
    """The model folder called `name` in `models/<folder>/` (or at `name` if that is an absolute path).

    It is a model's folder when it holds `index` (`model_index.json` for a diffusers pipeline). `where` names the
    setting that asked.

    Raises:
        MissingError: it is not here, or a file of it was never recorded; says where it belongs and how to get it.
        UserError: a file has another size than the lock's, or the name leaves the models folder.
    """
    place, path = _find(folder, name, where, index)
    lock = read_lock(models_folder())
    files: list[LockedWeights] = []
    for file in sorted(one for one in path.rglob("*") if one.suffix in READ and one.is_file()):
        key = f"{place}/{file.relative_to(path).as_posix()}"
        entry = lock.get(key)
        if entry is None:
            raise MissingError(
                f"{file.name} of the model {name!r} was never recorded, and only recorded files are loaded",
                where=f"{where}: {file}",
                mend="record its hash, if you trust it: mvlocal models verify --record",
            )
        size = file.stat().st_size
        if size != entry.size_bytes:
            raise UserError(
                f"{file.name} of the model {name!r} is not what the lock says: {size} bytes, not {entry.size_bytes}",
                where=f"{where}: {file}",
                mend="put the right file back, or remove it and fetch the model again",
            )
        files.append(LockedWeights(file, key, entry.size_bytes, entry.sha256))
    return LockedFolder(path, place, tuple(files))


def check_folder(found: LockedFolder) -> None:
    """Compares every file with the lock; to be called by whoever loads the model, just before.

    Raises:
        UserError: a file is not what the lock says.
    """
    for file in found.files:
        check_weights(file)


def _find(folder: str, name: str, where: str, index: str) -> tuple[str, Path]:
    given = Path(name).expanduser()
    if given.is_absolute():
        if not (given / index).is_file():
            raise MissingError(f"there is no model at {given}", where=where, mend=f"check the path; it needs {index}")
        return str(given), given
    parts = PurePosixPath(name).parts
    if not parts or ".." in parts:
        raise UserError(f"{name!r} does not name a model", where=where, mend="write a name, or an absolute path")
    place = f"{folder}/{'/'.join(parts)}"
    for root in search_folders(folder):
        path = root.joinpath(*parts)
        if (path / index).is_file():
            return place, path
    target = models_folder() / place
    rows = (
        model for model in read_manifest().models if any(file.place.startswith(f"{place}/") for file in model.files)
    )
    known = next((model.name for model in rows), "")
    mend = f"mvlocal models fetch {known}" if known else f"put it at {target}, then: mvlocal models verify --record"
    raise MissingError(f"the model {name!r} is not here", where=f"{where}: {target}", mend=mend)
