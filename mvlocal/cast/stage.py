"""The cast stage: a folder of photos in, a PhotoSet out. It does not know who is in them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mvlocal.engine.task import FileInput, Task, TaskContext, TaskOutputs
from mvlocal.errors import InputError
from mvlocal.schema.cast import PhotoFacts, PhotoRefused, PhotoSet

STAGE = "analyze"
VERSION = 1
TASK_ID = "analyze/photos"
LOOK_SIDE_PX = 512


def photos_task(photos: Sequence[Path]) -> Task:
    """The task that looks at every photo once; its output `main` is a JSON document."""
    return Task(
        id=TASK_ID,
        stage=STAGE,
        version=VERSION,
        run="mvlocal.cast.stage:run_photos",
        check="mvlocal.cast.stage:check_photo_set",
        inputs={path.name: FileInput(path) for path in photos},
        phase=0,
        expected_s=0.2 * len(photos),
    )


def run_photos(context: TaskContext) -> TaskOutputs:
    """Loads each photo whole; one that cannot be used is left out with a warning."""
    # Imported here: whoever only names this task (every command does) need not wait for what runs it.
    from mvlocal.media.photos import load_photo

    good: list[PhotoFacts] = []
    refused: list[PhotoRefused] = []
    for index, (name, path) in enumerate(sorted(context.inputs.items())):
        try:
            height, width, _ = load_photo(path, LOOK_SIDE_PX).shape
            good.append(PhotoFacts(name=name, aspect=round(width / height, 3)))
        except InputError as error:
            refused.append(PhotoRefused(name=name, reason=error.what, mend=error.mend))
        context.progress((index + 1) / len(context.inputs), name)
    out = context.workdir / "photos.json"
    out.write_text(PhotoSet(photos=tuple(good), refused=tuple(refused)).to_json(), encoding="utf-8")
    warnings = tuple((f"a photo was left out: {r.reason}", r.name, r.mend) for r in refused)
    return TaskOutputs({"main": out}, warnings=warnings)


def check_photo_set(_name: str, path: Path) -> None:
    """Raises unless `path` holds a whole PhotoSet."""
    PhotoSet.from_json(path.read_bytes(), where=str(path))
