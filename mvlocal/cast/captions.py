"""What stands in a photo's caption: the trigger word, the person's notes, what a model saw, and what was measured.

What a caption names is not learned as part of the person; so it names light, colours around, clothes and places. It
does not know which model describes photos, or whether one does: notes and edits say what nobody saw.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mvlocal.cast.colours import dominant
from mvlocal.cast.views import distance_of, view_of
from mvlocal.errors import InputError
from mvlocal.schema.cast import CropPlan, PhotoMeasures

MAX_CHARACTERS = 1000
_NAME_BYTES = 240
_VIEWS = {"front": "facing the camera", "three-quarter": "face half turned away", "profile": "face in profile"}
_DIM, _LIT = 0.22, 0.7
_SOFT, _HARD = 0.3, 0.85
_WARM, _COOL = 12.0, -8.0
_BACKGROUND_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Caption:
    """One caption, a single line."""

    text: str


def write_caption(trigger: str, notes: str, photo: PhotoMeasures, crop: CropPlan, seen: str = "") -> Caption:
    """The caption of a photo as it is cropped: `trigger` first, then `notes`, what was `seen`, what was measured."""
    parts = [trigger, " ".join(notes.split()), seen, *_view(photo, crop), *_light(photo), *_colours(photo)]
    return Caption(", ".join(part for part in parts if part))


def caption_file_name(photo_name: str) -> str:
    """The file name of a photo's caption: the photo's own with `.txt`, shortened where it would be too long."""
    raw = photo_name.encode("utf-8", "surrogateescape")
    if len(raw) <= _NAME_BYTES:
        return f"{photo_name}.txt"
    mark = hashlib.sha256(raw).hexdigest()[:8]
    return f"{raw[: _NAME_BYTES - 9].decode('utf-8', 'ignore')}-{mark}.txt"


def read_caption(path: Path) -> Caption:
    """A caption that a person may have edited: its lines joined to one.

    Raises:
        InputError: not UTF-8, empty, or longer than `MAX_CHARACTERS`.
    """
    try:
        text = " ".join(path.read_text(encoding="utf-8-sig").split())
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"the caption {path.name!r} cannot be read: {error}", where=str(path), mend="save it as UTF-8 text"
        ) from error
    if not text or len(text) > MAX_CHARACTERS:
        what = "is empty" if not text else f"is longer than {MAX_CHARACTERS} characters"
        raise InputError(
            f"the caption {path.name!r} {what}",
            where=str(path),
            mend="write one line that begins with the trigger word, or remove the file to have it written again",
        )
    return Caption(text)


def begins_with(caption: Caption, trigger: str) -> bool:
    """Whether the trigger word comes first."""
    return caption.text.replace(",", " ").split()[:1] == [trigger]


def _view(photo: PhotoMeasures, crop: CropPlan) -> Iterator[str]:
    if photo.faces:
        yield distance_of(photo, crop) or ""
        yield _VIEWS[view_of(photo.faces[0].yaw_deg)]


def _light(photo: PhotoMeasures) -> Iterator[str]:
    if photo.brightness < _DIM:
        yield "dim light"
    elif photo.brightness > _LIT:
        yield "bright light"
    if photo.exposure.contrast < _SOFT:
        yield "soft contrast"
    elif photo.exposure.contrast > _HARD:
        yield "strong contrast"
    if photo.warmth > _WARM:
        yield "warm colours"
    elif photo.warmth < _COOL:
        yield "cool colours"


def _colours(photo: PhotoMeasures) -> Iterator[str]:
    if photo.clothes_colour:
        yield f"{photo.clothes_colour} clothes"
    around = dominant(photo.surround_colours, _BACKGROUND_SHARE)
    if around:
        yield f"mostly {around} surroundings"
