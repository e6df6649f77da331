"""The cast stage: a folder of photos in; a PhotoSet for the plan, or a look at each photo for training, out.

It does not know who is in them.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast

from pydantic import TypeAdapter, ValidationError

from mvlocal.backends.base import FaceFinder
from mvlocal.backends.registry import identity_of, load_backend
from mvlocal.cast.members import Member
from mvlocal.config import PhotoSettings, Settings, trigger_from
from mvlocal.engine.task import FileInput, Json, Task, TaskContext, TaskOutputs
from mvlocal.errors import InputError
from mvlocal.schema.cast import PhotoFacts, PhotoLook, PhotoRefused, PhotoSet, PictureBox
from mvlocal.schema.story import PhotoName
from mvlocal.weights import LockedWeights

STAGE = "analyze"
VERSION = 2
TASK_ID = "analyze/photos"
LOOK_SIDE_PX = 512
PLAIN_NAME = "rename it: letters, digits, spaces, dashes and dots, at most 200 characters"

PHOTOS = "photos"
"""The stage of looking at photos one by one; only the `photos` command and training ask for it."""
LOOK_VERSION = 1
LOOK, PICTURE = "main", "picture"
PICTURE_SIDE_PX = 640
_WHOLE_SIDE_PX = 1_000_000


def members_of(settings: Settings) -> tuple[Member, ...]:
    """Everybody that the settings name, the artist first. Whether there are photos of them is not known here."""
    cast = settings.cast
    first = Member(
        name=cast.name,
        trigger=cast.trigger_word,
        notes=cast.notes,
        photos=settings.photos.folder,
        lora=cast.lora,
        lora_weight=cast.lora_weight,
        checkpoint=cast.checkpoint,
    )
    others = (
        Member(
            name=name,
            trigger=other.trigger or trigger_from(name),
            notes=other.notes,
            photos=other.photos,
            lora=other.lora,
            lora_weight=other.lora_weight,
            checkpoint=other.checkpoint,
        )
        for name, other in cast.others.items()
    )
    return (first, *others)


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
        if not _can_be_planned_with(name):
            why = f"the photo {shown_name(path)[:150]!r} has a name that a plan cannot hold"
            refused.append(PhotoRefused(name=shown_name(path)[:200], reason=why, mend=PLAIN_NAME))
            continue
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


def _can_be_planned_with(name: str) -> bool:
    """Whether a plan may name this file: text in UTF-8, not too long, and nothing that a path or YAML would change."""
    try:
        return TypeAdapter(PhotoName).validate_python(name) == name.strip() == name
    except ValidationError:
        return False


def check_photo_set(_name: str, path: Path) -> None:
    """Raises unless `path` holds a whole PhotoSet."""
    PhotoSet.from_json(path.read_bytes(), where=str(path))


def shown_name(path: Path) -> str:
    """A photo's name; bytes that are not UTF-8 stand as backslash escapes."""
    return os.fsencode(path.name).decode("utf-8", "backslashreplace")


def reason_without_name(what: str, photo: Path) -> str:
    """Why a photo cannot be used, without its name and path: it may be renamed, and the sheet names it beside."""
    after = what.rpartition(f"{photo.name!r} ")[2] if what.startswith("the photo ") else what
    known = after.replace(str(photo), "the file").encode("utf-8", "backslashreplace").decode("utf-8")
    return " ".join(known.removeprefix("is ").split())[:900]


def look_task(photo: Path, settings: PhotoSettings, weights: LockedWeights | None) -> Task:
    """The task that measures one photo; its outputs are a PhotoLook and, where it can be read, a small picture.

    `weights` are the face finder's, where it has such. The photo's name is not in the key: renaming measures nothing
    again.
    """
    subject = settings.subjects.get(photo.name)
    params: dict[str, Json] = {
        "faces": settings.faces,
        "subject": list(subject) if subject else None,
        "weights": weights.sha256 if weights else None,
    }
    return Task(
        id=f"{PHOTOS}/{hashlib.sha256(os.fsencode(photo.name)).hexdigest()[:12]}",
        stage=PHOTOS,
        version=LOOK_VERSION,
        run="mvlocal.cast.stage:run_look",
        check="mvlocal.cast.stage:check_look",
        params=params,
        inputs={"photo": FileInput(photo)},
        identity=identity_of("faces", settings.faces),
        expected_s=0.5,
        placement={"weights": weights.to_json() if weights else None},
    )


def run_look(context: TaskContext) -> TaskOutputs:
    """Measures a photo. One that cannot be read is no failure: the look says why."""
    from mvlocal.cast.measures import measure_photo, small_enough
    from mvlocal.media.image import save_png
    from mvlocal.media.photos import load_photo

    out, picture = context.workdir / "look.json", context.workdir / "picture.png"
    photo = context.inputs["photo"]
    try:
        rgb = load_photo(photo, _WHOLE_SIDE_PX)
    except InputError as error:
        look = PhotoLook(reason=reason_without_name(error.what, photo), mend=error.mend)
        out.write_text(look.to_json(), encoding="utf-8")
        return TaskOutputs({LOOK: out})
    small = small_enough(rgb)
    seen = _finder(context).find_faces(small)
    given = cast("list[float] | None", context.params["subject"])
    by_hand = cast("PictureBox", tuple(given)) if given else None
    measures = measure_photo(small, (rgb.shape[1], rgb.shape[0]), seen, by_hand)
    out.write_text(PhotoLook(measures=measures).to_json(), encoding="utf-8")
    save_png(picture, small_enough(small, PICTURE_SIDE_PX))
    return TaskOutputs({LOOK: out, PICTURE: picture})


def check_look(name: str, path: Path) -> None:
    """Raises unless `path` holds a whole PhotoLook, or a whole picture."""
    from mvlocal.media.image import read_png

    if name == LOOK:
        PhotoLook.from_json(path.read_bytes(), where=str(path))
    else:
        read_png(path)


def _finder(context: TaskContext) -> FaceFinder:
    name, weights = str(context.params["faces"]), context.placement["weights"]
    if weights is None:
        return load_backend("faces", name)
    return load_backend("faces", name, weights=LockedWeights.from_json(cast("Mapping[str, Json]", weights)))
