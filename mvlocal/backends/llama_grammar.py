"""A JSON schema as a grammar for llama.cpp, so that a model can write nothing else.

It does not know models. Only what the planner's schemas are made of is understood: objects with all keys required,
bounded arrays, enums, booleans, and strings given by a pattern of character classes. Keys come in the schema's order,
and no white space is allowed, so that the longest reply is bounded.

llama-cpp-python brings a conversion of its own, which is not used: it lets strings hold any character and integers
leave their range.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, cast

_PART = re.compile(r"\[[^\]]+\](?:\{\d+(?:,\d+)?\})?")
"""A character class and how often it stands: the same in a regular expression and in the grammar."""


def schema_to_grammar(schema: Mapping[str, Any]) -> str:
    """The grammar, its first rule called `root`.

    Raises:
        ValueError: the schema holds something that is not understood.
    """
    rules: dict[str, str] = {}
    root = _rule(schema, rules)
    lines = [f"root ::= {root}", *(f"{name} ::= {body}" for body, name in rules.items())]
    return "\n".join(lines) + "\n"


def _rule(node: Mapping[str, Any], rules: dict[str, str]) -> str:
    """The name of the rule for `node`; nodes of one body share a rule."""
    body = _body(node, rules)
    return rules.setdefault(body, f"r{len(rules)}")


def _body(node: Mapping[str, Any], rules: dict[str, str]) -> str:
    match node:
        case {"type": "object", "properties": dict() as properties, "required": list() as required}:
            parts = cast("dict[str, Any]", properties)
            if list(parts) != required or not parts:
                raise ValueError("an object must require every one of its keys, and have some")
            inner = [f"{_literal(json.dumps(key) + ':')} {_rule(part, rules)}" for key, part in parts.items()]
            return f'"{{" {_COMMA.join(inner)} "}}"'
        case {"type": "array", "items": dict() as items, "minItems": int() as least, "maxItems": int() as most}:
            return _array(_rule(cast("dict[str, Any]", items), rules) if most else "", least, most)
        case {"type": "string", "enum": list() as values} if values:
            return " | ".join(_literal(json.dumps(value, ensure_ascii=False)) for value in cast("list[str]", values))
        case {"type": "string", "pattern": str() as pattern}:
            return _string(pattern)
        case {"type": "boolean"}:
            return '"true" | "false"'
        case _:
            raise ValueError(f"no grammar is known for the schema {json.dumps(node)[:80]}")


_COMMA = ' "," '


def _array(item: str, least: int, most: int) -> str:
    if not most:
        return '"[]"'
    more = f' ("," {item}){{{max(least - 1, 0)},{most - 1}}}' if most > 1 else ""
    some = f"{item}{more}"
    return f'"[" ({some})? "]"' if not least else f'"[" {some} "]"'


def _string(pattern: str) -> str:
    inner = pattern.removeprefix("^").removesuffix("$")
    parts = _PART.findall(inner)
    if "".join(parts) != inner or not parts:
        raise ValueError(f"no grammar is known for the pattern {pattern[:80]}")
    return f'"\\"" {" ".join(parts)} "\\""'


def _literal(text: str) -> str:
    """`text`, which is JSON and so holds no control character, as a literal of the grammar."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
