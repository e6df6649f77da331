"""Where weights lie: the models folder, other programs' folders and the Hugging Face cache, and finding one by name.

It does not read what is in them; `sound` does.

The folder is `MVLOCAL_MODELS`, else `models/` of a checkout, else the user's data folder. `extra_model_paths.yaml`
in it (as ComfyUI writes it) names more folders, and the Hugging Face cache is looked through for files of the
manifest, so that nobody downloads twice. All are only read; files are added to the models folder alone.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Self, cast

from mvlocal.engine.task import Json
from mvlocal.errors import MissingError, UserError
from mvlocal.strict_yaml import read_yaml
from mvlocal.weights.lock import read_lock
from mvlocal.weights.manifest import Manifest, Model, ModelFile, read_manifest

VARIABLE = "MVLOCAL_MODELS"
EXTRA_PATHS = "extra_model_paths.yaml"
ENDINGS = (".safetensors", ".gguf")
"""Of a bare name, tried in this order."""
PICKLED = (".pt", ".pth", ".ckpt", ".th", ".pkl", ".pickle")


@dataclass(frozen=True, slots=True)
class LockedWeights:
    """A file of weights that is here and in the lock: its path, its place (key of the lock), size and SHA-256.

    Size and hash are the lock's. `check_weights` compares them with the file, and must be called before it is loaded.
    """

    path: Path
    place: str
    size_bytes: int
    sha256: str

    def to_json(self) -> dict[str, Json]:
        """As plain JSON, for a task's placement."""
        return {"path": str(self.path), "place": self.place, "size_bytes": self.size_bytes, "sha256": self.sha256}

    @classmethod
    def from_json(cls, data: Mapping[str, Json]) -> Self:
        """What `to_json` wrote."""
        return cls(
            Path(str(data["path"])), str(data["place"]), int(cast("int", data["size_bytes"])), str(data["sha256"])
        )


def models_folder() -> Path:
    """The folder that weights are fetched into. It may not exist yet."""
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named).expanduser().absolute()
    checkout = Path(__file__).parent.parent.parent
    if (checkout / "pyproject.toml").is_file() and (checkout / "models").is_dir():
        return checkout / "models"
    data = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(data).expanduser() / "mvlocal" / "models"


def find_weights(folder: str, name: str, *, where: str) -> Path:
    """The weights called `name` (with or without ending) in `models/<folder>/`, or at `name` if that is a path.

    They must be in the lock with the size they have; their content is compared by `check_weights`, to be called in
    the process that loads them. `where` names the setting that asked.

    Raises:
        MissingError: they are not here, or were never recorded in the lock; says where they belong and how to get them.
        UserError: a pickled file, or one whose size is not the lock's.
    """
    return locked_weights(folder, name, where=where).path


def locked_weights(folder: str, name: str, *, where: str) -> LockedWeights:
    """As `find_weights`, with what the lock says of the file, for a task's key.

    Raises:
        MissingError, UserError: as `find_weights`.
    """
    place, path = _find(folder, name, where)
    entry = read_lock(models_folder()).get(place)
    if entry is None:
        raise MissingError(
            f"the weights {name!r} were never recorded, and only recorded ones are loaded",
            where=f"{where}: {path}",
            mend="record their hash, if you trust them: mvlocal models verify --record",
        )
    size = path.stat().st_size
    if size != entry.size_bytes:
        raise UserError(
            f"the weights {name!r} are not what the lock says: {size} bytes, not {entry.size_bytes}",
            where=f"{where}: {path}",
            mend=f"put the right file back, or remove it and: mvlocal models fetch {_fetch_name(place, name)}",
        )
    return LockedWeights(path, place, entry.size_bytes, entry.sha256)


def locate(place: str, manifest: Manifest) -> Path | None:
    """Where the file that belongs at `place` (or is this absolute path) lies on this machine, or None."""
    if Path(place).is_absolute():
        return Path(place) if Path(place).is_file() else None
    return _in_folders(place) or _in_cache(place, manifest)


def _in_folders(place: str) -> Path | None:
    folder, _, rest = place.partition("/")
    return next((root / rest for root in search_folders(folder) if (root / rest).is_file()), None)


def _in_cache(place: str, manifest: Manifest) -> Path | None:
    row = manifest.file_at(place)
    return _in_hugging_face_cache(row[1]) if row is not None and row[1].convert is None else None


def search_folders(folder: str) -> list[Path]:
    """Folders that may hold weights of the kind `folder`, ours first."""
    models = models_folder()
    return [models / folder, *_extra_folders(models / EXTRA_PATHS, folder)]


def is_pickled(path: Path) -> bool:
    """Whether a file's ending says that it is a pickled one."""
    return path.suffix.lower() in PICKLED


def _find(folder: str, name: str, where: str) -> tuple[str, Path]:
    given = Path(name).expanduser()
    if is_pickled(given):
        raise UserError(
            f"{given.name} is a pickled file, and those are never loaded",
            where=where,
            mend="name weights in safetensors or GGUF; mvlocal models fetch converts the ones it knows",
        )
    if given.is_absolute():
        if not given.is_file():
            raise MissingError(
                f"there are no weights called {given.name!r}", where=f"{where}: {given}", mend="check the path"
            )
        return str(given), given
    parts = PurePosixPath(name).parts
    if not parts or ".." in parts:
        raise UserError(f"{name!r} does not name weights", where=where, mend="write a name, or an absolute path")
    endings = ("",) if name.lower().endswith((*ENDINGS, ".onnx", ".param", ".bin")) else ENDINGS
    places = [f"{folder}/{'/'.join(parts)}{ending}" for ending in endings]
    for place in places:
        path = _in_folders(place)
        if path is not None:
            return place, path
    manifest = read_manifest()  # read only here: it is long, and most weights lie in their folder
    for place in places:
        path = _in_cache(place, manifest)
        if path is not None:
            return place, path
    raise _missing(folder, name, places[0], where)


def _missing(folder: str, name: str, place: str, where: str) -> MissingError:
    row = _known_row(place)
    target = models_folder() / (row[1].place if row else place)
    pickled = next(
        (p for root in search_folders(folder) for e in PICKLED if (p := root / f"{name}{e}").is_file()), None
    )
    if pickled is not None:
        what = f"the weights {name!r} are here only as {pickled.name}, a pickled file, which is never loaded"
    else:
        what = f"the weights {name!r} are not here"
    if row is not None:
        mend = f"mvlocal models fetch {row[0].name}"
    else:
        mend = f"put the file at {target}, then: mvlocal models verify --record"
    return MissingError(what, where=f"{where}: {target}", mend=mend)


def _fetch_name(place: str, otherwise: str) -> str:
    row = _known_row(place)
    return row[0].name if row else otherwise


def _known_row(place: str) -> tuple[Model, ModelFile] | None:
    """What the manifest has at `place`, or at the same name with another of our endings."""
    manifest = read_manifest()
    bare = next((place.removesuffix(ending) for ending in ENDINGS if place.endswith(ending)), place)
    rows = (manifest.file_at(known) for known in (place, *(f"{bare}{ending}" for ending in ENDINGS)))
    return next((row for row in rows if row is not None), None)


def _extra_folders(file: Path, folder: str) -> Iterator[Path]:
    if not file.is_file():
        return
    document = read_yaml(file)
    for section in document.data.values():
        if not isinstance(section, dict):
            continue
        rows = cast("dict[str, object]", section)
        base = Path(str(rows.get("base_path") or ".")).expanduser()
        for line in str(rows.get(folder) or "").splitlines():
            if line.strip():
                yield (file.parent / base / Path(line.strip()).expanduser()).absolute()


def _in_hugging_face_cache(file: ModelFile) -> Path | None:
    """The file in the cache that `huggingface_hub` keeps, looked up by its address."""
    host = "https://huggingface.co/"
    if not file.url.startswith(host) or "/resolve/" not in file.url:
        return None
    repository, _, rest = file.url.removeprefix(host).partition("/resolve/")
    path = rest.partition("/")[2].partition("?")[0]
    snapshots = _hugging_face_cache() / f"models--{repository.replace('/', '--')}" / "snapshots"
    return next((found for found in sorted(snapshots.glob(f"*/{path}")) if found.is_file()), None)


def _hugging_face_cache() -> Path:
    cache = os.environ.get("HF_HUB_CACHE")
    if cache:
        return Path(cache).expanduser()
    home = os.environ.get("HF_HOME") or "~/.cache/huggingface"
    return Path(home).expanduser() / "hub"
