"""Whether a file of weights is sound: of a format that runs no code when it is read, and what the lock says it is.

It does not know any model.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import cast

from mvlocal.engine.hashing import digest_of_file
from mvlocal.errors import UserError
from mvlocal.weights.lock import LockedFile
from mvlocal.weights.places import LockedWeights, is_pickled

_HEADER_LIMIT_BYTES = 100_000_000


def check_weights(weights: LockedWeights) -> None:
    """Reads the whole file and compares it with the lock; to be called by whoever loads it, just before.

    Raises:
        UserError: another size or content than the lock's, or a pickled file.
    """
    require_plain_format(weights.path)
    found = digest_of_file(weights.path)
    if (found.size, found.digest) != (weights.size_bytes, weights.sha256):
        raise UserError(
            f"the weights {weights.path.name} are not what the lock says, so they were not loaded",
            where=str(weights.path),
            mend="put the right file back; mvlocal models verify names every file that differs",
        )


def measure(path: Path, source: str = "") -> LockedFile:
    """What the lock should say of a file.

    Raises:
        UserError: a pickled file, or one that is not what its ending says.
    """
    require_plain_format(path)
    found = digest_of_file(path)
    return LockedFile(size_bytes=found.size, sha256=found.digest, source=source)


def require_plain_format(path: Path) -> None:
    """Raises unless the file is of a format that runs no code when it is read, by content and not by name alone.

    Raises:
        UserError: it is pickled, or not what its ending says.
    """
    with path.open("rb") as file:
        head = file.read(16)
    known = path.suffix in (".safetensors", ".gguf")
    # Pickle protocol 2 and later begins with 0x80; torch's own archives are ZIP files with a pickle inside.
    if is_pickled(path) or (not known and (head[:1] == b"\x80" or head[:4] == b"PK\x03\x04")):
        raise UserError(
            f"{path.name} is a pickled file, and those are never loaded",
            where=str(path),
            mend="use weights in safetensors or GGUF; mvlocal models fetch converts the ones it knows",
        )
    if path.suffix == ".safetensors" and not _is_whole_safetensors(path):
        raise _not_what_it_says(path, "a whole safetensors file")
    if path.suffix == ".gguf" and head[:4] != b"GGUF":
        raise _not_what_it_says(path, "a GGUF file")


def _is_whole_safetensors(path: Path) -> bool:
    """Whether the header reads, and the last tensor that it names ends where the file does."""
    size = path.stat().st_size
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if not 2 <= length <= min(_HEADER_LIMIT_BYTES, size - 8):
            return False
        raw = file.read(length)
    try:
        header = cast("dict[str, dict[str, list[int]]]", json.loads(raw))
        ends = [row["data_offsets"][1] for name, row in header.items() if name != "__metadata__"]
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError):
        return False
    return 8 + length + max(ends, default=0) == size


def _not_what_it_says(path: Path, what: str) -> UserError:
    return UserError(f"{path.name} is not {what}", where=str(path), mend="fetch it again: it may have been cut")
