"""Files that mvlocal writes and a person may edit: an edited file wins, an untouched one follows what is generated.

It does not know what is in them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from mvlocal.files import write_atomically

D = TypeVar("D")


@dataclass(frozen=True, slots=True)
class EditableFile(Generic[D]):
    """A file at `path`, how it is read and written, and how a document is told from another (`text_of`).

    `memory` is a file that keeps, by name, what mvlocal last wrote; editable files of one name need one each.
    """

    path: Path
    memory: Path
    read: Callable[[Path], D]
    write: Callable[[Path, D], None]
    text_of: Callable[[D], str]

    def recall(self) -> tuple[str, str]:
        """What mvlocal last wrote here: (hash of the file, hash of the document it was made from)."""
        known = _read_memory(self.memory).get(self.path.name, ["", ""])
        return known[0], known[1]

    def remember(self, document: D) -> None:
        """Notes that the file as it is now was made from `document`."""
        known = _read_memory(self.memory)
        known[self.path.name] = [_hash(self.path.read_bytes()), _hash(self.text_of(document).encode())]
        write_atomically(self.memory, json.dumps(known))


def settle_file(file: EditableFile[D], generated: D, *, rewrite: bool, dry: bool = False) -> tuple[D, bool]:
    """The document in force, and whether it is a person's edit.

    With `rewrite`, edits give way. With `dry`, nothing is written.
    """
    wrote, wrote_from = file.recall()
    if file.path.exists() and not rewrite:
        if _hash(file.path.read_bytes()) != wrote:
            found = file.read(file.path)
            if found != generated:
                return found, True
            if not dry:
                file.remember(generated)
            return generated, False
        if wrote_from == _hash(file.text_of(generated).encode()):
            return generated, False
    if dry:
        return generated, False
    file.path.parent.mkdir(parents=True, exist_ok=True)
    file.write(file.path, generated)
    file.remember(generated)
    return generated, False


def _read_memory(path: Path) -> dict[str, list[str]]:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}  # state is safe to delete: without it, a file that differs counts as edited


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
