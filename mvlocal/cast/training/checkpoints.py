"""The folder of a training: what each checkpoint left, which one can be taken up again, and which are set aside.

A checkpoint is done when its record is there and every file that it names has the size and hash that it says. It does
not know what the files hold.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mvlocal.files import fresh_file, write_atomically

LORA, SHEET, STATE, LOG = "lora", "sheet", "state", "log"
ENDINGS = {LORA: ".safetensors", SHEET: ".png", STATE: ".safetensors", LOG: ".csv"}
_RESUMING = (STATE, LOG)
"""What only resuming needs; of older checkpoints it is removed."""
_KEPT = 2
_BROKEN = ".broken"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A whole checkpoint: its step and its files by what they are."""

    step: int
    files: Mapping[str, Path]


@dataclass(frozen=True, slots=True)
class Found:
    """What a training's folder holds: the whole checkpoint to go on from, and what was set aside on the way."""

    last: Checkpoint | None
    set_aside: tuple[str, ...]


def file_of(folder: Path, kind: str, step: int) -> Path:
    """Where a checkpoint's file of a kind lies."""
    return folder / f"{kind}-{step:06d}{ENDINGS[kind]}"


def write_file(folder: Path, kind: str, step: int, write: Callable[[Path], None]) -> Path:
    """Has `write` fill a temporary file, flushes it and puts it in place whole.

    Raises:
        ExhaustedError, DiskError: the disk is full or faulty; what was there before is untouched.
    """
    path = file_of(folder, kind, step)
    with fresh_file(path) as temporary:
        write(temporary)
    return path


def commit_checkpoint(folder: Path, step: int, files: Mapping[str, Path]) -> Checkpoint:
    """Writes the record that makes a checkpoint of `files`, then removes what older ones no longer need.

    Raises:
        ExhaustedError, DiskError: the record could not be written; the checkpoint before is untouched.
    """
    rows: dict[str, dict[str, str | int]] = {}
    for kind, path in files.items():
        size, sha256 = _measure(path)
        rows[kind] = {"size": size, "sha256": sha256}
    write_atomically(_record_of(folder, step), json.dumps({"step": step, "files": rows}, indent=1) + "\n")
    for old in [other for other in _steps_in(folder) if other < step][: -(_KEPT - 1)]:
        for kind in _RESUMING:
            file_of(folder, kind, old).unlink(missing_ok=True)
    return Checkpoint(step, dict(files))


def find_checkpoint(folder: Path, steps: Sequence[int]) -> Found:
    """The last checkpoint of `steps` that is whole and before which none is broken; broken ones are set aside.

    A checkpoint before it may lack what only resuming needs.
    """
    aside: list[str] = []
    usable: list[Checkpoint] = []
    broken = False
    for step in steps:
        if not _record_of(folder, step).exists():
            break
        why = _fault(folder, step)
        if why:
            aside.append(f"the checkpoint of step {step} is not whole ({why})")
            broken = True
        if broken:
            _set_aside(folder, step)
            continue
        usable.append(Checkpoint(step, {kind: file_of(folder, kind, step) for kind in ENDINGS}))
    last = next((one for one in reversed(usable) if all(path.exists() for path in one.files.values())), None)
    return Found(last, tuple(aside))


def _fault(folder: Path, step: int) -> str:
    """What is wrong with a checkpoint, or nothing."""
    try:
        record = json.loads(_record_of(folder, step).read_text(encoding="utf-8"))
        rows = {kind: (record["files"][kind]["size"], record["files"][kind]["sha256"]) for kind in ENDINGS}
    except (OSError, ValueError, KeyError, TypeError):
        return "its record cannot be read"
    gone = [kind for kind in _RESUMING if not file_of(folder, kind, step).exists()]
    for kind, (size, sha256) in rows.items():
        if kind in _RESUMING and len(gone) == len(_RESUMING):
            continue  # it was removed when newer ones came
        try:
            found = _measure(file_of(folder, kind, step))
        except OSError as error:
            return f"its {kind} cannot be read: {error.strerror}"
        if found != (size, sha256):
            return f"its {kind} has changed"
    return ""


def _measure(path: Path) -> tuple[int, str]:
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        return file.tell(), sha256


def _set_aside(folder: Path, step: int) -> None:
    for path in (_record_of(folder, step), *(file_of(folder, kind, step) for kind in ENDINGS)):
        if path.exists():
            path.replace(path.with_name(f"{path.name}{_BROKEN}"))


def _record_of(folder: Path, step: int) -> Path:
    return folder / f"checkpoint-{step:06d}.json"


def _steps_in(folder: Path) -> list[int]:
    return sorted(int(path.stem.partition("-")[2]) for path in folder.glob("checkpoint-*.json"))
