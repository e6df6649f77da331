"""Asking a model for one reply: prompt and schema out, checked reply in, asked again with the reason a few times.

It does not know what the replies are for, nor which model answers.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from string import Template
from typing import Any, cast

from pydantic import ValidationError

from mvlocal.errors import PlanError
from mvlocal.files import write_atomically
from mvlocal.story.scenery import stable
from mvlocal.story.writers.quoting import data_block
from mvlocal.story.writers.replies import Ids, Reply, schema_of

Write = Callable[[str, Mapping[str, Any], int, int], str]
"""`write_json` of a model: prompt, JSON schema, seed and the most tokens of the reply, to its text."""
RETRIES = 2
_SHOWN_ENUM = 24
_REASONS = 6


@dataclass(frozen=True, slots=True)
class Slot:
    """One named part of a reply: its model, and the ids it may name."""

    model: type[Reply]
    ids: Ids = field(default_factory=dict[str, Sequence[str]])


@dataclass(frozen=True, slots=True)
class Ask:
    """One question. `name` says which pass it is, for progress and errors."""

    name: str
    prompt: str
    slots: Mapping[str, Slot]

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON schema of the whole reply."""
        parts = {key: schema_of(slot.model, slot.ids) for key, slot in self.slots.items()}
        return {"type": "object", "properties": parts, "required": list(parts), "additionalProperties": False}


@dataclass(frozen=True, slots=True)
class Desk:
    """Where replies come from: a model's `write`, the project's seed, the bound of a reply in tokens, and a memory.

    `memory` is a folder in which valid replies are kept, so that planning goes on where it was stopped; `identity`
    tells one model from another there. `progress` hears the name of each question.
    """

    write: Write
    seed: int
    max_tokens: int
    progress: Callable[[str], None]
    memory: Path | None = None
    identity: str = ""

    def ask(self, ask: Ask) -> dict[str, Any]:
        """The parts of the reply by name, each an instance of its slot's model.

        Raises:
            PlanError: no reply was valid; names the pass, what the last reply lacked, and the mend.
        """
        reason = ""
        for attempt in range(RETRIES + 1):
            self.progress(ask.name if not attempt else f"{ask.name}, again")
            prompt = f"{ask.prompt}\n{_closing(ask, reason)}"
            seed = stable(self.seed, ask.name, attempt) % 2**31
            file = self._file(prompt, ask, seed)
            known = _recall(file, ask)
            if known is not None:
                return known
            text = self.write(prompt, ask.schema, seed, self.max_tokens)
            try:
                found = read_reply(text, ask.slots)
            except ValueError as error:
                reason = str(error)
            else:
                _keep(file, text)
                return found
        raise PlanError(
            f"the model's reply is still not usable after {RETRIES + 1} tries: {reason.splitlines()[0]}",
            where=f"planner, {ask.name}",
            mend="use a larger model (planner.model), or allow it more (planner.max_tokens, planner.context); or plan "
            "with --set planner.backend=rules and edit story/*.yaml by hand",
        )

    def _file(self, prompt: str, ask: Ask, seed: int) -> Path | None:
        if self.memory is None:
            return None
        what = json.dumps([prompt, ask.schema, seed, self.max_tokens, self.identity])
        return self.memory / f"{hashlib.sha256(what.encode()).hexdigest()}.json"


def _recall(file: Path | None, ask: Ask) -> dict[str, Any] | None:
    """A kept reply; None where there is none that can be used: the model is asked then."""
    try:
        return read_reply(file.read_text(encoding="utf-8"), ask.slots) if file is not None else None
    except (OSError, ValueError):
        return None


def _keep(file: Path | None, text: str) -> None:
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(file, text)


def read_reply(text: str, slots: Mapping[str, Slot]) -> dict[str, Any]:
    """Reads a reply.

    Raises:
        ValueError: not whole JSON, or a part is missing, unknown or wrong; one line a reason.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"the reply is not one whole JSON object (it ends after {len(text)} characters)") from error
    if not isinstance(data, dict):
        raise ValueError("the reply is not a JSON object")  # noqa: TRY004 - one kind of error for every bad reply
    parts = cast("dict[str, Any]", data)
    reasons = [f"{key} is missing" for key in slots if key not in parts]
    reasons += [f"{key[:40]!r} was not asked for" for key in parts if key not in slots]
    found: dict[str, Any] = {}
    for key, slot in slots.items():
        if key in parts:
            try:
                found[key] = slot.model.model_validate(parts[key], context=slot.ids)
            except ValidationError as error:
                reasons += [f"{_path(key, one['loc'])}: {one['msg']}" for one in error.errors()]
    if reasons:
        raise ValueError("\n".join(reasons[:_REASONS]))
    return found


def _path(key: str, loc: Sequence[int | str]) -> str:
    return ".".join([key, *(str(part)[:40] for part in loc)])


def template(name: str, **values: str) -> str:
    """The prompt template `name` with every `$blank` filled; what is filled in is never read as a template."""
    text = resources.files("mvlocal.story").joinpath("prompts", f"{name}.md").read_text(encoding="utf-8")
    return Template(text).substitute(values).strip()


def _closing(ask: Ask, reason: str) -> str:
    again = ""
    if reason:
        again = template("again", reasons=data_block("REASONS", reason.splitlines(), 300)) + "\n"
    return again + template("shape", shape=described(ask.schema))


def described(schema: Mapping[str, Any]) -> str:
    """A schema as the model is to see it: an example of its shape, parts of one shape told once."""
    parts: Mapping[str, Any] = schema["properties"]
    told: dict[str, list[str]] = {}
    for key, part in parts.items():
        told.setdefault(_shape(part), []).append(key)
    lines = [f"  {', '.join(json.dumps(key) for key in keys)}: {shape}" for shape, keys in told.items()]
    note = "  (several keys before one shape: each of them gets such an object)" if len(told) < len(parts) else ""
    return "\n".join(["{", *lines, "}", *([note] if note else [])])


def _shape(node: Mapping[str, Any]) -> str:
    match node:
        case {"properties": dict() as inner}:
            parts = cast("dict[str, Any]", inner)
            return "{" + ", ".join(f"{json.dumps(key)}: {_shape(part)}" for key, part in parts.items()) + "}"
        case {"items": dict() as items, "minItems": int() as least, "maxItems": int() as most}:
            return "[]" if not most else f"[{least} to {most} of {_shape(cast('dict[str, Any]', items))}]"
        case {"enum": list() as values}:
            return _choice([json.dumps(value, ensure_ascii=False) for value in cast("list[str]", values)])
        case {"pattern": str() as pattern}:
            least, _, most = pattern.rsplit("{", 1)[-1].split("}")[0].partition(",")
            optional = ', or ""' if least == "0" else ""
            return f'"at most {most} characters"{optional}'
        case _:
            return "true or false"


def _choice(values: Sequence[str]) -> str:
    if len(values) > _SHOWN_ENUM:
        return f"one of {len(values)} such as {', '.join(values[:3])}"
    return " | ".join(values)
