"""Digests of plain JSON and of files: golden values, and what must and must not matter."""

from __future__ import annotations

import enum
import hashlib
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mvlocal.engine.hashing import canonical_bytes, digest_of, digest_of_file

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4)
)


def test_golden_encoding() -> None:
    value = {"b": [1, 1.0, True, None], "a": "é"}
    number = b"d\x3f\xf0\x00\x00\x00\x00\x00\x00"
    assert canonical_bytes(value) == b"m2:s1:as2:\xc3\xa9s1:bl4:i1;" + number + b"tn"


@pytest.mark.parametrize(
    ("value", "digest"),
    [
        (None, "0db22d7cafb6036e28e1feb3587b7a83127020044f3c8a08d32b7280aba08322"),
        (1, "7141e401941b4c879fb8ca0f823fa954766e19eb8bffaf37f503591c4cb5c418"),
        (1.0, "778d3b709da2265ee3f1ac6b1faf9aa6325401434b24eb4afe1f06749403cd23"),
        ("1", "92e9380092c2bcd9643c65bb5f1496190a2e98b7009eb2cafeebf168f4970d98"),
        ({"b": [1, 1.0, True, None], "a": "é"}, "3a5a9e06bb17bc3ac0f15fb5a648c5c404ab88a5b8031908765e0cdd8e928230"),
    ],
)
def test_golden_digests(value: object, digest: str) -> None:
    assert digest_of(value) == digest


def test_types_differ() -> None:
    alike = [1, 1.0, True, "1", None, 0, 0.0, -0.0, False, "", [], {}, [1], ["1"], {"1": 1}, [[]], [{}]]
    assert len({digest_of(value) for value in alike}) == len(alike)


@given(st.dictionaries(st.text(), VALUES, max_size=6))
def test_order_of_a_mapping_does_not_matter(value: dict[str, object]) -> None:
    assert digest_of(dict(reversed(value.items()))) == digest_of(value)


def _tagged(value: object) -> object:
    """A value with its types, comparable by ==, made without the encoder."""
    if isinstance(value, dict):
        return ("m", frozenset((key, _tagged(item)) for key, item in value.items()))
    if isinstance(value, list):
        return ("l", tuple(_tagged(item) for item in value))
    sign = math.copysign(1, value) if type(value) is float else 0
    return (type(value).__name__, value, sign)


@given(VALUES, VALUES)
def test_equal_encodings_mean_equal_values(one: object, other: object) -> None:
    assert (canonical_bytes(one) == canonical_bytes(other)) == (_tagged(one) == _tagged(other))


def test_a_tuple_is_a_list() -> None:
    assert digest_of((1, ("a",))) == digest_of([1, ["a"]])


class Colour(enum.IntEnum):
    RED = 1


@pytest.mark.parametrize("value", [math.nan, math.inf, [-math.inf], {"a": {"b": math.nan}}])
def test_not_finite_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="plain JSON cannot hold"):
        digest_of(value)


@pytest.mark.parametrize("value", [Path("x"), b"x", {1, 2}, Colour.RED, 1j, {1: "a"}, {"a": [object()]}])
def test_what_is_not_plain_json_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="value"):
        digest_of(value)


def test_refusal_names_the_place() -> None:
    with pytest.raises(TypeError, match=r"value\.shot\.cuts\[1\] is not plain JSON: pathlib"):
        digest_of({"shot": {"cuts": [1, Path("x")]}})


def test_lone_surrogates_have_an_encoding() -> None:
    assert digest_of("\udcff") != digest_of("\udcfe")


def test_digest_of_file(tmp_path: Path) -> None:
    content = bytes(range(256)) * 5000
    path = tmp_path / "file"
    path.write_bytes(content)
    found = digest_of_file(path)
    assert (found.digest, found.size) == (hashlib.sha256(content).hexdigest(), len(content))
