"""Keys: the named parts that decide a task's result, the key over them, and which part of two keys differs.

It does not know how keys are stored or where inputs come from.

Not in a key: the task's id and placement, paths, clocks, the device, the executor and the number of workers.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from mvlocal.engine.hashing import digest_of
from mvlocal.engine.task import Task

_SHOWN_LIMIT = 4000
_VALUE_LIMIT = 60
_LEAF_LIMIT = 5
_MISSING = object()


@dataclass(frozen=True, slots=True)
class Part:
    """One named part of a key: its digest, and its value as JSON text when that is short enough to keep, else
    "".
    """

    digest: str
    shown: str


Parts = Mapping[str, Part]


def part_digests(task: Task, input_digests: Mapping[str, str]) -> dict[str, str]:
    """The digest of each named part of the task's key: stage, version, run, seed, params.*, inputs.*,
    identity.*.

    `input_digests` holds, for each input's name, the SHA-256 of its content.

    Raises:
        TypeError: a parameter or identity is not plain JSON.
        ValueError: one holds NaN or an infinity.
    """
    digests: dict[str, str] = {}
    for name, value in _values(task, input_digests):
        try:
            digests[name] = digest_of(value)
        except (TypeError, ValueError) as error:
            raise type(error)(f"task {task.id!r}, {name}: {error}") from error
    return digests


def key_of(digests: Mapping[str, str]) -> str:
    """The key over all parts: one SHA-256 in hex."""
    return digest_of(digests)


def parts_of(task: Task, input_digests: Mapping[str, str]) -> dict[str, Part]:
    """The parts with readable values, as they are kept beside a record and compared by `explain_difference`."""
    digests = part_digests(task, input_digests)
    return {name: Part(digests[name], _shown(value)) for name, value in _values(task, input_digests)}


def explain_difference(old: Parts, new: Parts) -> list[str]:
    """One line for each part (or value within a part) that differs, such as `params.shot.text: "a" -> "b"`.

    Empty when the keys are the same. Parts are named in the order of `new`, then those that are gone.
    """
    lines: list[str] = []
    for name in [*new, *(name for name in old if name not in new)]:
        before, after = old.get(name), new.get(name)
        if before is None or after is None or before.digest != after.digest:
            lines += _explain_part(name, before, after)
    return lines


def _values(task: Task, input_digests: Mapping[str, str]) -> Iterator[tuple[str, object]]:
    yield "stage", task.stage
    yield "version", task.version
    yield "run", task.run
    yield "seed", task.seed
    for name in sorted(task.params):
        yield f"params.{name}", task.params[name]
    for name in sorted(input_digests):
        yield f"inputs.{name}", input_digests[name]
    for name in sorted(task.identity):
        yield f"identity.{name}", task.identity[name]


def _shown(value: object) -> str:
    text = json.dumps(value, separators=(",", ":"), sort_keys=True, default=_plain)
    return text if len(text) <= _SHOWN_LIMIT else ""


def _plain(value: object) -> object:
    return dict(cast("Mapping[str, object]", value))


def _explain_part(name: str, before: Part | None, after: Part | None) -> list[str]:
    if before is None or after is None:
        return [f"{name} is new" if before is None else f"{name} is gone"]
    if name.startswith("inputs."):
        return [f"{name}: the content changed"]
    if not before.shown or not after.shown:
        return [f"{name} changed"]
    leaves = list(_differences(name, json.loads(before.shown), json.loads(after.shown)))
    if len(leaves) > _LEAF_LIMIT:
        return [*leaves[:_LEAF_LIMIT], f"{name}: and {len(leaves) - _LEAF_LIMIT} more values"]
    return leaves


def _differences(place: str, before: object, after: object) -> Iterator[str]:
    if isinstance(before, dict) and isinstance(after, dict):
        old, new = cast("dict[str, object]", before), cast("dict[str, object]", after)
        for name in sorted(old.keys() | new.keys()):
            yield from _differences(f"{place}.{name}", old.get(name, _MISSING), new.get(name, _MISSING))
    elif _text_of(before) != _text_of(after):
        yield f"{place}: {_short(before)} -> {_short(after)}"


def _text_of(value: object) -> str:
    return "" if value is _MISSING else json.dumps(value)


def _short(value: object) -> str:
    if value is _MISSING:
        return "(none)"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _VALUE_LIMIT else text[: _VALUE_LIMIT - 1] + "…"
