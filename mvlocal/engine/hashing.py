"""Content digests: SHA-256 of plain JSON in one canonical, type-tagged encoding, and of files.

It does not know what the values mean.

The encoding of a value starts with a letter that names its type, so that 1, 1.0, True and "1" differ: `n`
None, `t` True, `f` False, `i<decimal>;` int, `d<8 bytes, IEEE 754, big-endian>` float, `s<length>:<UTF-8>`
str, `l<count>:<items>` list or tuple, `m<count>:<key, value, ...>` mapping with its keys in the order of
their UTF-8 bytes.
"""

from __future__ import annotations

import hashlib
import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

_DOMAIN = b"mvlocal.json/1\n"
_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class FileDigest:
    """SHA-256 of a file's content in hex, and its size in bytes."""

    digest: str
    size: int


def digest_of(value: object) -> str:
    """SHA-256 in hex of a plain JSON value: None, bool, int, finite float, str, lists and mappings of these.

    The order of a mapping does not matter; a list and a tuple are the same.

    Raises:
        TypeError: a value that is not plain JSON, such as a path, an enum or a NumPy number.
        ValueError: NaN or an infinity.
    """
    return hashlib.sha256(_DOMAIN + canonical_bytes(value)).hexdigest()


def canonical_bytes(value: object) -> bytes:
    """The canonical, type-tagged encoding of a plain JSON value (see the module's docstring).

    Raises:
        TypeError: a value that is not plain JSON.
        ValueError: NaN or an infinity.
    """
    out: list[bytes] = []
    _encode(value, out, "value")
    return b"".join(out)


def digest_of_file(path: Path) -> FileDigest:
    """Digest and size of a file, read in chunks.

    Raises:
        OSError: the file cannot be opened or read.
    """
    hasher = hashlib.sha256()
    size = 0
    with path.open("rb", buffering=0) as file:
        while chunk := file.read(_CHUNK_BYTES):
            hasher.update(chunk)
            size += len(chunk)
    return FileDigest(hasher.hexdigest(), size)


def _encode(value: object, out: list[bytes], place: str) -> None:
    # Exact types: a subclass (IntEnum, numpy.float64) may print or compare differently in another version.
    kind = type(value)
    if kind is str:
        out.append(_text(cast("str", value)))
    elif kind is bool:
        out.append(b"t" if value else b"f")
    elif kind is int:
        out.append(b"i%d;" % cast("int", value))
    elif kind is float:
        out.append(_number(cast("float", value), place))
    elif value is None:
        out.append(b"n")
    elif isinstance(value, list | tuple):
        _encode_list(cast("list[object]", value), out, place)
    elif isinstance(value, Mapping):
        _encode_mapping(cast("Mapping[object, object]", value), out, place)
    else:
        raise TypeError(f"{place} is not plain JSON: {kind.__module__}.{kind.__qualname__}")


def _encode_list(items: list[object], out: list[bytes], place: str) -> None:
    out.append(b"l%d:" % len(items))
    for position, item in enumerate(items):
        _encode(item, out, f"{place}[{position}]")


def _encode_mapping(mapping: Mapping[object, object], out: list[bytes], place: str) -> None:
    keys: list[str] = []
    for key in mapping:
        if type(key) is not str:
            raise TypeError(f"{place} has a key that is not a string: {key!r}")
        keys.append(key)
    out.append(b"m%d:" % len(keys))
    for key in sorted(keys, key=_utf8):
        out.append(_text(key))
        _encode(mapping[key], out, f"{place}.{key}")


def _text(text: str) -> bytes:
    encoded = _utf8(text)
    return b"s%d:%b" % (len(encoded), encoded)


def _utf8(text: str) -> bytes:
    # File names that are not UTF-8 reach Python as lone surrogates; they too must have one encoding.
    return text.encode("utf-8", "surrogatepass")


def _number(number: float, place: str) -> bytes:
    if not math.isfinite(number):
        raise ValueError(f"{place} is {number}, which plain JSON cannot hold")
    return b"d" + struct.pack(">d", number)
