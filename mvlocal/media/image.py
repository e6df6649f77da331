"""Saves and reads PNG pictures with text chunks, whole or not at all. It knows nothing of the texts."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngImageFile, PngInfo

from mvlocal.errors import InputError
from mvlocal.media.faults import writing
from mvlocal.media.frame import Rgb
from mvlocal.media.photos import READ_FAULTS
from mvlocal.media.sniff import name_content, read_head

_NO_TEXTS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class PngImage:
    """A picture, (H, W, 3) uint8, with the text chunks of its file by keyword."""

    rgb: Rgb
    texts: Mapping[str, str]


def save_png(path: Path, rgb: Rgb, texts: Mapping[str, str] = _NO_TEXTS) -> None:
    """Writes (H, W, 3) uint8 as PNG with `texts` (such as `parameters` and `mvlocal`) in the order given.

    The file appears under its name only when it is complete; the same arguments give the same bytes.

    Raises:
        ValueError: not (H, W, 3) uint8, or a keyword that is not 1 to 79 Latin-1 characters.
        ExhaustedError, TaskError: the file cannot be written.
    """
    if rgb.ndim != 3 or rgb.shape[2] != 3 or rgb.dtype != np.uint8:
        raise ValueError(f"an RGB picture is (H, W, 3) uint8, not {rgb.shape} {rgb.dtype}")
    info = PngInfo()
    for keyword, text in texts.items():
        if not 1 <= len(keyword) <= 79 or not keyword.isascii() or not keyword.isprintable():
            raise ValueError(f"a PNG keyword is 1 to 79 printable ASCII characters, not {keyword!r}")
        if "\0" in text:
            raise ValueError(f"the text of {keyword!r} holds a NUL")
        info.add_itxt(keyword, text)
    partial = path.with_name(f".{path.name}.partial")
    with writing(partial):
        with partial.open("wb") as file:
            Image.fromarray(np.ascontiguousarray(rgb)).save(file, "PNG", pnginfo=info, compress_level=4)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)


def read_png(path: Path) -> PngImage:
    """Reads a PNG that `save_png` wrote (or any 8-bit RGB PNG) with its texts.

    Raises:
        InputError: not a whole 8-bit RGB PNG.
    """
    head = read_head(path, "picture")
    try:
        with Image.open(path, formats=["PNG"]) as image:
            image.load()  # texts may also stand after the pixels
            texts = dict(image.text) if isinstance(image, PngImageFile) else {}
            mode, rgb = image.mode, np.asarray(image)
    except READ_FAULTS as error:
        raise InputError(
            f"the picture {path.name!r} is {name_content(head)} that cannot be read as PNG: {error}",
            where=str(path),
            mend="make it again",
        ) from error
    if mode != "RGB":
        raise InputError(f"the picture {path.name!r} is {mode}, not RGB", where=str(path), mend="save it as RGB")
    return PngImage(rgb, {keyword: str(text) for keyword, text in texts.items()})
