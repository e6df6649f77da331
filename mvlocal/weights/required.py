"""That every weight which settings ask for is here, told at once: what is missing, where it goes, licence, size, mend.

It does not know what any weight is for, and reads none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mvlocal.errors import MissingError
from mvlocal.weights.folders import LockedFolder, locked_folder
from mvlocal.weights.manifest import Manifest, Model, read_manifest
from mvlocal.weights.needs import Need
from mvlocal.weights.places import ENDINGS, LockedWeights, locate, locked_weights, models_folder


@dataclass(frozen=True, slots=True)
class Lack:
    """Weights that are not ready: the need, the manifest's model where it knows one, the files that are not here, and
    why. Where `files` is empty, they are here but were never recorded."""

    need: Need
    model: Model | None
    files: tuple[Path, ...]
    why: str


def locked_need(need: Need) -> LockedWeights | LockedFolder:
    """What a need names: a file, or a folder with every file in it, all in the lock.

    Raises:
        MissingError, UserError: as `locked_weights` and `locked_folder`.
    """
    if need.index:
        return locked_folder(need.folder, need.name, where=need.where, index=need.index)
    return locked_weights(need.folder, need.name, where=need.where)


def require_all(needs: Sequence[Need]) -> None:
    """Raises unless all these weights are here and recorded; names each that is not.

    Raises:
        MissingError: with every missing file, its place, licence and size, and the command that fetches them.
        UserError: a file is not what the lock says.
    """
    lacks = lacking(needs)
    if lacks:
        raise MissingError(_told(lacks), where=str(models_folder()), mend=_mend(lacks))


def lacking(needs: Sequence[Need]) -> list[Lack]:
    """Which of these weights are not ready here, in their order.

    Raises:
        UserError: a file is not what the lock says.
    """
    manifest = read_manifest()
    found: dict[str, Lack] = {}
    for need in needs:
        lack = _lack(need, manifest)
        if lack is not None:
            found.setdefault(lack.model.name if lack.model else f"{need.folder}/{need.name}", lack)
    return list(found.values())


def _lack(need: Need, manifest: Manifest) -> Lack | None:
    model = _known(need, manifest)
    places = [file.place for file in model.files] if model else []
    absent = tuple(models_folder() / place for place in places if locate(place, manifest) is None)
    try:
        locked_need(need)
    except MissingError as error:
        if not absent and model is None and "recorded" not in error.what:
            absent = (models_folder() / need.folder / need.name,)
        return Lack(need, model, absent, error.what)
    return Lack(need, model, absent, "some of its files are not here") if absent else None


def _known(need: Need, manifest: Manifest) -> Model | None:
    """The manifest's model that a need names, by the place of its files."""
    place = f"{need.folder}/{need.name}"
    single = {place, *(f"{place}{ending}" for ending in ENDINGS)}
    for model in manifest.models:
        if any(file.place in single or file.place.startswith(f"{place}/") for file in model.files):
            return model
    return None


def _told(lacks: list[Lack]) -> str:
    lines = [f"{len(lacks)} of the models that these settings ask for are not ready:"]
    for lack in lacks:
        lines.append(f"  {_head(lack)}")
        lines += [f"    missing {path}" for path in lack.files]
        if not lack.files:
            lines.append(f"    here, but {lack.why}")
    return "\n".join(lines)


def _head(lack: Lack) -> str:
    """`sdxl (keyframes.model): 6.94 GB, OpenRAIL++-M, ...`."""
    model = lack.model
    if model is None:
        return f"{lack.need.name} ({lack.need.where}): not one that mvlocal knows"
    terms = [model.size_text, model.licence]
    terms += [model.limits] if model.limits else []
    terms += ["to be accepted on its page first"] if model.gated else []
    return f"{model.name} ({lack.need.where}): {', '.join(terms)}"


def _mend(lacks: list[Lack]) -> str:
    names = dict.fromkeys(lack.model.name for lack in lacks if lack.model is not None and lack.files)
    terms = any(lack.model is not None and lack.model.asks_first for lack in lacks if lack.files)
    mends: list[str] = []
    if names:
        mends.append(f"mvlocal models fetch {' '.join(names)}{' --accept-licence' if terms else ''}")
    if any(lack.model is None and lack.files for lack in lacks):
        mends.append("put the others there, then: mvlocal models verify --record")
    elif any(not lack.files for lack in lacks):
        mends.append("if you trust what is there: mvlocal models verify --record")
    return "; ".join(mends)
