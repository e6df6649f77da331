"""What weights are here: every model of the manifest with its state, and every locked or unrecorded file checked.

It changes nothing but the lock, and that only when asked to record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from mvlocal.engine.hashing import digest_of_file
from mvlocal.errors import UserError
from mvlocal.weights.folders import READ
from mvlocal.weights.lock import LockedFile, add_to_lock, read_lock
from mvlocal.weights.manifest import Manifest, Model
from mvlocal.weights.places import is_pickled, locate, models_folder
from mvlocal.weights.sound import measure, require_plain_format

State = Literal["ready", "unrecorded", "partial", "missing"]
"""Of a model: all files here and recorded; here, but not recorded; some of them here; none here."""

FOLDERS = (
    "beats", "blip", "checkpoints", "clip_vision", "controlnet", "demucs", "diffusers", "diffusion_models", "faces",
    "ipadapter", "llm", "loras", "rife", "text_encoders", "upscale_models", "vae", "whisper",
)  # fmt: skip
_WEIGHTS = (".safetensors", ".gguf", ".onnx", ".param", ".bin", ".json")

_INDEXES = ("config.json", "model_index.json")
"""A folder with one of these is a model's."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a file: `kind` is missing, changed, pickled or unrecorded."""

    kind: Literal["missing", "changed", "pickled", "unrecorded"]
    place: str
    what: str
    mend: str


def state_of(model: Model, manifest: Manifest, lock: Mapping[str, LockedFile]) -> State:
    """Whether the model's files are here and recorded in `lock`. Sizes are compared, contents are not."""
    here = {file.place: path for file in model.files if (path := locate(file.place, manifest)) is not None}
    if not here:
        return "missing"
    if len(here) < len(model.files):
        return "partial"
    sizes = {place: path.stat().st_size for place, path in here.items()}
    recorded = all(place in lock and lock[place].size_bytes == size for place, size in sizes.items())
    return "ready" if recorded else "unrecorded"


def verify_weights(manifest: Manifest, progress: Callable[[str], None]) -> list[Problem]:
    """Reads every recorded file in full and looks for files that were never recorded."""
    lock = read_lock(models_folder())
    problems: list[Problem] = []
    for place, entry in lock.items():
        progress(place)
        problem = _compare(place, entry, locate(place, manifest), manifest)
        if problem is not None:
            problems.append(problem)
    for place, path in _unrecorded(manifest, lock):
        problems.append(_not_recorded(place, path))
    return problems


def record_weights(manifest: Manifest, progress: Callable[[str], None]) -> list[str]:
    """Records every file that is here and not in the lock yet; returns their places. Changed files stay refused.

    Raises:
        UserError: one of them is pickled, or not what its ending says; nothing is recorded then.
    """
    entries: dict[str, LockedFile] = {}
    for place, path in _unrecorded(manifest, read_lock(models_folder())):
        if is_pickled(path):
            continue
        progress(place)
        entries[place] = measure(path)
    if entries:
        add_to_lock(models_folder(), entries)
    return sorted(entries)


def _compare(place: str, entry: LockedFile, path: Path | None, manifest: Manifest) -> Problem | None:
    row = manifest.file_at(place)
    fetch = f"mvlocal models fetch {row[0].name}" if row else ""
    if path is None:
        return Problem("missing", place, "recorded, but no longer here", fetch or "put it back")
    again = f"remove it, then: {fetch}" if fetch else "put the right file back"
    found = digest_of_file(path)
    if (found.size, found.digest) != (entry.size_bytes, entry.sha256):
        return Problem("changed", place, f"its content is not what the lock says ({path})", again)
    try:
        require_plain_format(path)
    except UserError as error:  # a lock that was edited by hand
        return Problem("pickled", place, error.what, again)
    return None


def _unrecorded(manifest: Manifest, lock: dict[str, LockedFile]) -> Iterator[tuple[str, Path]]:
    """Files in the models folder, and files of the manifest wherever they lie, that the lock does not hold."""
    models = models_folder()
    seen: set[str] = set(lock)
    for folder in FOLDERS:
        for path in sorted((models / folder).rglob("*")):
            place = path.relative_to(models).as_posix()
            hidden = any(part.startswith(".") for part in path.relative_to(models).parts)
            ours = path.suffix in _WEIGHTS or is_pickled(path) or _is_read_with(path, models / folder)
            if path.is_file() and not hidden and ours and place not in seen:
                seen.add(place)
                yield place, path
    for model in manifest.models:
        for file in model.files:
            path = locate(file.place, manifest)
            if path is not None and file.place not in seen:
                seen.add(file.place)
                yield file.place, path


def _is_read_with(path: Path, top: Path) -> bool:
    """Whether a text is part of a model's folder (word lists of a tokenizer), not a note beside other weights."""
    inside = path.relative_to(top).parts[:-1]
    parents = [top.joinpath(*inside[: n + 1]) for n in range(len(inside))]
    return path.suffix in READ and any((parent / index).is_file() for parent in parents for index in _INDEXES)


def _not_recorded(place: str, path: Path) -> Problem:
    if is_pickled(path):
        return Problem("pickled", place, f"a pickled file, which is never loaded ({path})", "use safetensors or GGUF")
    return Problem("unrecorded", place, f"never recorded ({path})", "if you trust it: mvlocal models verify --record")
