"""YAML read strictly: every value keeps its line and column, and what could mislead is refused.

Duplicate keys, anchors, aliases, tags, deep nesting and large files are refused; unknown keys get a
"did you mean". It does not know what any document means: the pydantic model says that.
"""

from __future__ import annotations

import difflib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, get_origin

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent, NodeEvent

from mvlocal.errors import SettingsError, UserError

MAX_BYTES = 4_000_000
MAX_DEPTH = 12

Model = TypeVar("Model", bound=BaseModel)
Keys = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class YamlFile:
    """A parsed mapping with the place of every key, and ruamel's own tree for writing back with comments."""

    source: str
    data: dict[str, Any]
    places: Mapping[Keys, str]
    tree: CommentedMap = field(repr=False)

    def place_of(self, keys: Keys) -> str:
        """`file:line:column` of the key, or of its nearest parent that has one."""
        for n in range(len(keys), 0, -1):
            if keys[:n] in self.places:
                return self.places[keys[:n]]
        return self.source


def round_trip_yaml() -> YAML:
    """The project's one YAML dialect: 1.2, comments and order kept."""
    yaml = YAML(typ="rt")
    yaml.width = 100
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.preserve_quotes = True
    return yaml


def read_yaml(path: Path, *, error: type[UserError] = SettingsError) -> YamlFile:
    """Reads one YAML mapping from `path`.

    Raises:
        UserError: (of the kind `error`) the file is missing, too large, not UTF-8, not a mapping, or uses
            what this reader refuses; names line and column.
    """
    try:
        raw = path.read_bytes()
    except OSError as cause:
        raise error(
            f"cannot read {path.name}: {cause.strerror or cause}", where=str(path), mend="check the path"
        ) from cause
    if len(raw) > MAX_BYTES:
        raise error(
            f"{path.name} is {len(raw)} bytes; the most is {MAX_BYTES}",
            where=str(path),
            mend="this does not look like a file of ours: check the path",
        )
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as cause:
        raise error(
            f"{path.name} is not UTF-8 text (byte {cause.start})",
            where=str(path),
            mend="save it as UTF-8",
        ) from cause
    return parse_yaml(text, source=str(path), error=error)


def parse_yaml(text: str, *, source: str, error: type[UserError] = SettingsError) -> YamlFile:
    """Parses one YAML mapping; `source` names it in messages. An empty text is an empty mapping.

    Raises:
        UserError: as `read_yaml`.
    """
    try:
        _refuse_events(text, source, error)
        tree: Any = round_trip_yaml().load(text)
    except DuplicateKeyError as cause:
        mark = cause.problem_mark
        raise error(
            _first_line(cause.problem) or "a key stands twice",
            where=f"{source}:{mark.line + 1}:{mark.column + 1}" if mark else source,
            mend="keep one of the two",
        ) from cause
    except MarkedYAMLError as cause:
        mark = cause.problem_mark or cause.context_mark
        raise error(
            f"not valid YAML: {_first_line(cause.problem) or _first_line(cause.context)}",
            where=f"{source}:{mark.line + 1}:{mark.column + 1}" if mark else source,
            mend="check indentation, colons and quotes on that line",
        ) from cause
    except (YAMLError, ValueError) as cause:
        raise error(
            f"not valid YAML: {_first_line(str(cause))}", where=source, mend="save it as plain UTF-8 text"
        ) from cause
    if tree is None:
        tree = CommentedMap()
    if not isinstance(tree, CommentedMap):
        raise error("the file must be a mapping of keys to values", where=f"{source}:1:1", mend="write key: value")
    places: dict[Keys, str] = {}
    data = _plain(tree, (), source, places, error)
    return YamlFile(source, data, places, tree)


def _first_line(text: str | None) -> str:
    return (text or "").strip().split("\n")[0]


def _refuse_events(text: str, source: str, error: type[UserError]) -> None:
    depth = 0
    for event in YAML(typ="rt").parse(io.StringIO(text)):
        mark = event.start_mark
        where = f"{source}:{mark.line + 1}:{mark.column + 1}" if mark else source
        if isinstance(event, AliasEvent) or (isinstance(event, NodeEvent) and event.anchor):
            raise error("anchors (&) and aliases (*) are not read here", where=where, mend="write the value out")
        if getattr(event, "tag", None):
            raise error("tags (!) are not read here", where=where, mend="write a plain value; quote text")
        if isinstance(event, CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise error(f"nested deeper than {MAX_DEPTH} levels", where=where, mend="flatten it")
        elif isinstance(event, CollectionEndEvent):
            depth -= 1


def _plain(
    node: CommentedMap, keys: Keys, source: str, places: dict[Keys, str], error: type[UserError]
) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in node.items():
        line, column = node.lc.key(key)
        where = f"{source}:{line + 1}:{column + 1}"
        if not isinstance(key, str):
            raise error(f"the key {key!r} is not a word", where=where, mend="quote it if it is meant as one")
        places[(*keys, key)] = where
        result[str(key)] = _plain_value(value, (*keys, str(key)), source, places, error)
    return result


def _plain_value(value: Any, keys: Keys, source: str, places: dict[Keys, str], error: type[UserError]) -> Any:
    if isinstance(value, CommentedMap):
        return _plain(value, keys, source, places, error)
    if isinstance(value, CommentedSeq):
        items: list[Any] = []
        for index, item in enumerate(value):
            line, column = value.lc.item(index)
            places[(*keys, index)] = f"{source}:{line + 1}:{column + 1}"
            items.append(_plain_value(item, (*keys, index), source, places, error))
        return items
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    return str(value)


def validate(
    model: type[Model],
    data: Mapping[str, Any],
    place_of: Mapping[Keys, str] | YamlFile,
    *,
    error: type[UserError] = SettingsError,
) -> Model:
    """Makes `model` from plain `data`, in pydantic's strict JSON mode: text is not taken for a number.

    Raises:
        UserError: (of the kind `error`) the first unknown key, wrong type or value out of range, with its
            place, and the nearest known key for an unknown one.
    """
    try:
        return model.model_validate_json(_json(data), strict=True)
    except ValidationError as cause:
        problems = cause.errors()
        first = next((p for p in problems if p["type"] == "extra_forbidden"), problems[0])
        keys: Keys = tuple(first["loc"])
        where = place_of.place_of(keys) if isinstance(place_of, YamlFile) else _nearest(place_of, keys)
        name = ".".join(str(key) for key in keys)
        if first["type"] == "extra_forbidden":
            known = _known_keys(model, keys[:-1])
            near = difflib.get_close_matches(str(keys[-1]), known, n=1, cutoff=0.5)
            mend = f"did you mean {near[0]!r}?" if near else f"known keys here: {', '.join(known)}"
            raise error(f"unknown key {name!r}", where=where, mend=mend) from cause
        shown = _shown(first.get("input"))
        mend = "put it in quotes" if first["type"] == "string_type" and shown else "change that value"
        raise error(f"{name}: {_plain_message(first['msg'])}{shown}", where=where, mend=mend) from cause


def _json(data: Mapping[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=True, allow_nan=True)


def _plain_message(message: str) -> str:
    text = message.removeprefix("Value error, ").removeprefix("Input should be ")
    return text if text != message and message.startswith("Value") else message[0].lower() + message[1:]


def _shown(value: object) -> str:
    if value is None or isinstance(value, dict | list):
        return ""
    return f" (got {str(value)[:60]!r})"


def _nearest(places: Mapping[Keys, str], keys: Keys) -> str:
    for n in range(len(keys), 0, -1):
        if keys[:n] in places:
            return places[keys[:n]]
    return "settings"


def _known_keys(model: type[BaseModel], keys: Keys) -> list[str]:
    current: Any = model
    named = False  # below a mapping of models by name comes a name
    for key in keys:
        if isinstance(key, int) or named:
            named = False
            continue
        fields = getattr(current, "model_fields", {})
        match = next((f for name, f in fields.items() if key in (name, f.alias)), None)
        if match is None:
            return []
        current, named = _model_in(match.annotation), get_origin(match.annotation) is dict
    fields = getattr(current, "model_fields", {})
    return [f.alias or name for name, f in fields.items()]


def _model_in(annotation: Any) -> Any:
    """The pydantic model inside `annotation` (`tuple[Model, ...]`, `Model | None`), or None."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        found = _model_in(argument)
        if found is not None:
            return found
    return None
