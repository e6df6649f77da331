"""Reads a checked safetensors file into tensors and what builds their model. It builds no model itself.

A file of ours (and demucs's own) says in its metadata which class it is for (`klass`) and the arguments of that class
(`args`, `kwargs`, as JSON with fractions spelled out). The class is compared with the one that the caller knows, never
imported by that name.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

from mvlocal.errors import UserError
from mvlocal.files import stamp_of
from mvlocal.weights.places import LockedWeights
from mvlocal.weights.sound import check_weights


@dataclass(frozen=True, slots=True)
class ModelState:
    """Tensors by name (on the CPU), the arguments of the model's class, and the rest of the metadata."""

    tensors: Mapping[str, Any]
    args: Sequence[Any]
    kwargs: Mapping[str, Any]
    metadata: Mapping[str, str]


def read_model_state(weights: LockedWeights, klass: str) -> ModelState:
    """Checks the file against the lock, and reads it.

    Raises:
        UserError: it is not what the lock says, changed while it was read, or is for another class than `klass`.
    """
    from safetensors import safe_open

    before = stamp_of(weights.path)
    check_weights(weights)
    with safe_open(str(weights.path), framework="pt") as file:
        metadata = dict(file.metadata() or {})
        if metadata.get("klass") != klass:
            raise UserError(
                f"{weights.path.name} holds no {klass} (it says {metadata.get('klass', 'nothing')!r})",
                where=str(weights.path),
                mend="put the model's own file there, or: mvlocal models fetch",
            )
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a mapping
    if stamp_of(weights.path) != before:
        raise UserError(
            f"{weights.path.name} changed while it was read", where=str(weights.path), mend="run the same command again"
        )
    return ModelState(tensors, _arguments(metadata, "args", []), _arguments(metadata, "kwargs", {}), metadata)


def write_model_state(path: Path, tensors: Mapping[str, Any], metadata: Mapping[str, str]) -> None:
    """Writes tensors and metadata as safetensors; the same ones always give the same bytes.

    Tensors that share memory are written as copies.
    """
    from safetensors.torch import save_file

    clean = {name: tensors[name].detach().clone().contiguous() for name in sorted(tensors)}
    save_file(clean, path, dict(metadata))
    with path.open("r+b") as file:  # the library writes the metadata's keys in an order of chance
        length = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(length))
        header["__metadata__"] = dict(sorted(metadata.items()))
        text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode().ljust(length)
        if len(text) != length:
            raise ValueError(f"the header of {path.name} is {len(text)} bytes, not {length}")
        file.seek(8)
        file.write(text)


def arguments_to_json(value: object) -> str:
    """Arguments of a model's class as the metadata holds them."""
    return json.dumps(value, default=_spell_fraction)


def _arguments(metadata: Mapping[str, str], key: str, otherwise: Any) -> Any:
    return _with_fractions(json.loads(metadata[key])) if key in metadata else otherwise


def _spell_fraction(value: object) -> dict[str, object]:
    if not isinstance(value, Fraction):
        raise TypeError(f"{type(value).__name__} is no plain argument")
    return {"_type": "fraction", "numerator": value.numerator, "denominator": value.denominator}


def _with_fractions(value: Any) -> Any:
    if isinstance(value, dict):
        rows = cast("dict[str, Any]", value)
        if rows.get("_type") == "fraction":
            return Fraction(rows["numerator"], rows["denominator"])
        return {key: _with_fractions(item) for key, item in rows.items()}
    if isinstance(value, list):
        return [_with_fractions(item) for item in cast("list[Any]", value)]
    return value
