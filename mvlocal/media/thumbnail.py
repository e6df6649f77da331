"""Small JPEG pictures for pages. It knows nothing of pages."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from PIL import Image

from mvlocal.errors import InputError
from mvlocal.media.photos import READ_FAULTS


def thumbnail_of(path: Path, width: int = 352) -> bytes:
    """The picture at `path`, at most `width` pixels wide, as a whole JPEG file.

    Raises:
        InputError: it cannot be read.
    """
    try:
        with Image.open(path) as image:
            small = image.convert("RGB")
            small.thumbnail((width, 4 * width))
    except READ_FAULTS as error:
        raise InputError("this picture cannot be read", where=str(path), mend="make the keyframe again") from error
    out = BytesIO()
    small.save(out, "JPEG", quality=80, optimize=True)
    return out.getvalue()
