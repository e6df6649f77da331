"""Fetches a model's files into the models folder, converts what is pickled, and records what arrived in the lock.

It does not know how bytes travel; `transfer` does. Nothing else in mvlocal uses the network.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlsplit

from mvlocal.engine.durable import Disk, disk_errors
from mvlocal.engine.hashing import digest_of_file
from mvlocal.engine.lock import ProjectLock
from mvlocal.errors import UserError
from mvlocal.weights.convert import convert_pickle
from mvlocal.weights.lock import LockedFile, add_to_lock, read_lock
from mvlocal.weights.manifest import Manifest, Model, ModelFile
from mvlocal.weights.places import locate, models_folder, search_folders
from mvlocal.weights.sound import measure, require_plain_format
from mvlocal.weights.transfer import Source, fetch_file, finish_part

Progress = Callable[[str, int, int | None], None]
"""Called with a file's name, the bytes that are here, and all of them where that is known."""
Transfer = Callable[[Source, Path, Callable[[int, int | None], None]], None]

_HUGGING_FACE = "huggingface.co"


def fetch_model(
    model: Model,
    manifest: Manifest,
    progress: Progress,
    *,
    renew: bool = False,
    transfer: Transfer = fetch_file,
) -> list[Path]:
    """Brings every file of `model` to its place, checked and recorded; returns where they lie.

    A file that is already here (also in another program's folder) is only checked and recorded; a pickled one that
    the user put there is converted. What is fetched again must be what was recorded, unless `renew` is set. Whatever
    fails, no half file stands in a place.

    Raises:
        UserError: the source has another file than it should, or a pickled one that holds code.
        MissingError: converting needs packages that are not installed, or the transfer failed.
        BusyError: another process fetches into this folder.
    """
    models = models_folder()
    with ProjectLock(models / ".fetch.held"):
        return [_bring(file, manifest, progress, transfer, renew=renew) for file in model.files]


def _bring(file: ModelFile, manifest: Manifest, progress: Progress, transfer: Transfer, *, renew: bool) -> Path:
    models = models_folder()
    here = locate(file.place, manifest)
    if here is not None:
        return _recorded(models, file, here)
    target = models / file.place
    with disk_errors(target.parent):
        target.parent.mkdir(parents=True, exist_ok=True)
    upstream = _put_there(file) if file.convert else None
    part = target.with_name(f".{target.name}.part")
    if upstream is None:
        transfer(_source(file), part, lambda here, total: progress(target.name, here, total))
    _check_published(file, upstream or part)
    made = _converted(file, upstream or part, target) if file.convert else _renamed(part, target)
    entry = measure(made, file.url)
    if not renew:
        _require_as_recorded(models, file, entry, made)
    _place(made, target)
    add_to_lock(models, {file.place: entry})
    if upstream is None:
        part.unlink(missing_ok=True)
        finish_part(part)
    return target


def _recorded(models: Path, file: ModelFile, here: Path) -> Path:
    """A file that is here already: it must be what the lock says, or else what its source publishes."""
    known = read_lock(models).get(file.place)
    if known is None:
        if file.convert is None:
            _check_published(file, here)
        add_to_lock(models, {file.place: measure(here, file.url)})
        return here
    found = digest_of_file(here)
    if (found.size, found.digest) != (known.size_bytes, known.sha256):
        raise UserError(
            f"{here.name} is here, but is not what the lock says",
            where=str(here),
            mend="remove it, then fetch it again",
        )
    return here


def _require_as_recorded(models: Path, file: ModelFile, entry: LockedFile, made: Path) -> None:
    known = read_lock(models).get(file.place)
    if known is not None and (known.size_bytes, known.sha256) != (entry.size_bytes, entry.sha256):
        made.unlink()
        raise UserError(
            f"what was fetched for {file.place} is not what was recorded here before",
            where=file.url,
            mend="if you trust the new file: mvlocal models fetch NAME --renew",
        )


def _put_there(file: ModelFile) -> Path | None:
    """The upstream file that the user already has beside its place, under its own name."""
    folder, _, rest = file.place.partition("/")
    name = unquote(Path(urlsplit(file.url).path).name)
    return next((p for root in search_folders(folder) if (p := (root / rest).with_name(name)).is_file()), None)


def _source(file: ModelFile) -> Source:
    token = os.environ.get("HF_TOKEN", "")
    headers = {"Authorization": f"Bearer {token}"} if token and urlsplit(file.url).hostname == _HUGGING_FACE else None
    return Source(file.url, file.size_bytes, headers)


def _check_published(file: ModelFile, path: Path) -> None:
    """Compares with what the source publishes; a wrong download is removed, so that it is not resumed."""
    size = path.stat().st_size
    wrong_size = file.size_bytes is not None and size != file.size_bytes
    if wrong_size or (file.sha256 is not None and digest_of_file(path).digest != file.sha256):
        if path.name.endswith(".part"):
            path.unlink()
            finish_part(path)
        raise UserError(
            f"{path.name} is not the file that its source publishes" + (f" ({size} bytes)" if wrong_size else ""),
            where=f"{path} from {file.url}",
            mend="fetch it again; if that does not help, the source was changed or something in between changes files",
        )


def _converted(file: ModelFile, pickled: Path, target: Path) -> Path:
    made = target.with_name(f".{target.name}.made")
    if file.convert is not None:
        convert_pickle(pickled, made, file.convert, target.stem)
    return made


def _renamed(part: Path, target: Path) -> Path:
    """The part under its ending, so that it is checked as what it will be."""
    made = target.with_name(f".fetched-{target.name}")
    part.replace(made)
    finish_part(part)
    try:
        require_plain_format(made)
    except UserError:
        made.unlink()
        raise
    return made


def _place(made: Path, target: Path) -> None:
    disk = Disk()
    with disk_errors(target):
        made.chmod(0o644)
        disk.sync_file(made)
        disk.rename(made, target)
        disk.sync_folder(target.parent)
