"""Loads people's photos safely into plain sRGB arrays. It knows nothing of who is in them.

A photo is read by its content, as JPEG, PNG or WebP only, and to its last byte; other formats (EPS and SVG
can run programs or name other files) are never handed to a decoder.
"""

from __future__ import annotations

import logging
import os
import struct
import warnings
import zlib
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms, ImageOps

from mvlocal.errors import InputError
from mvlocal.media.frame import Rgb
from mvlocal.media.sniff import name_content, read_head

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_PIXELS = 80_000_000
MAX_FILE_BYTES = 256 * 1024 * 1024

# All that Pillow's decoders raise on damaged files; OSError holds UnidentifiedImageError.
READ_FAULTS = (
    OSError,
    ValueError,
    SyntaxError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    EOFError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
    Warning,
)

_MID_GREY = (128, 128, 128)
_READ_NAMES = ("a JPEG picture", "a PNG picture", "a WebP picture")
_MENDS = {
    "a HEIC picture": "export it as JPEG (on iPhone: Settings, Camera, Formats, Most Compatible)",
    "an AVIF picture": "export it as JPEG",
    "a TIFF or camera raw picture": "develop or export it as JPEG or PNG",
}
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SkippedFile:
    """A file in a photo folder that is not taken, and why."""

    path: Path
    reason: str


@dataclass(frozen=True, slots=True)
class PhotoListing:
    """The photos of a folder, sorted by name, and the files left out."""

    photos: tuple[Path, ...]
    skipped: tuple[SkippedFile, ...]


def load_photo(path: Path, max_side_px: int) -> Rgb:
    """Loads a photo upright, in sRGB, as (H, W, 3) uint8, scaled down so that no side passes `max_side_px`.

    EXIF orientation and colour profiles are applied, CMYK and 16-bit greys converted, transparency laid on
    mid grey.

    Raises:
        InputError: not a whole JPEG, PNG or WebP photo of sensible size.
        ValueError: `max_side_px` is not positive.
    """
    if max_side_px < 1:
        raise ValueError(f"max_side_px is at least 1, not {max_side_px}")
    _check_kind(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of broken EXIF, which is told below
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=FORMATS) as image:
                _check_size(path, image)
                image.load()
                rgb = _to_srgb(_upright(image, path), path)
    except READ_FAULTS as error:
        raise InputError(
            f"the photo {path.name!r} cannot be read to its end: {error}",
            where=str(path),
            mend="it is cut or damaged: copy or export it again",
        ) from error
    rgb.thumbnail((max_side_px, max_side_px), Image.Resampling.LANCZOS)
    return np.asarray(rgb)


def list_photos(folder: Path) -> PhotoListing:
    """Finds the photos in a folder (not in folders inside it) by content; hidden files are ignored.

    Links that lead out of the folder are skipped, so that nothing else on the machine is read.

    Raises:
        InputError: no such folder, or it may not be read.
    """
    try:
        paths = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError as error:
        raise InputError(
            f"the photo folder {folder.name!r} cannot be read: {error.strerror}",
            where=str(folder),
            mend="check its path and your right to read it",
        ) from error
    reasons = {path: _reason_to_skip(path, folder) for path in paths}
    return PhotoListing(
        photos=tuple(path for path, reason in reasons.items() if not reason),
        skipped=tuple(SkippedFile(path, reason) for path, reason in reasons.items() if reason),
    )


def _reason_to_skip(path: Path, folder: Path) -> str:
    if path.is_symlink() and not _real(path).is_relative_to(_real(folder)):
        return "is a link that leads out of the folder"
    if path.is_dir():
        return "is a folder"
    try:
        _check_kind(path)
    except InputError as error:
        return f"{error.what.partition(f'{path.name!r} ')[2]}; {error.mend}"
    return ""


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))  # unlike Path.resolve, it does not raise on links in a loop


def _check_kind(path: Path) -> None:
    name = name_content(read_head(path, "photo"))
    if name not in _READ_NAMES:
        raise InputError(
            f"the photo {path.name!r} is {name}, not JPEG, PNG or WebP",
            where=str(path),
            mend=_MENDS.get(name, "export it as JPEG or PNG"),
        )
    if path.stat().st_size > MAX_FILE_BYTES:
        raise InputError(
            f"the photo {path.name!r} is larger than {MAX_FILE_BYTES >> 20} MiB",
            where=str(path),
            mend="save it smaller: 4000 pixels on the long side are plenty",
        )


def _check_size(path: Path, image: Image.Image) -> None:
    if image.width * image.height > MAX_PIXELS:
        raise InputError(
            f"the photo {path.name!r} is {image.width}x{image.height}, over {MAX_PIXELS // 10**6} megapixels",
            where=str(path),
            mend="save it smaller: 4000 pixels on the long side are plenty",
        )
    if getattr(image, "n_frames", 1) > 1 and image.format in ("PNG", "WEBP"):
        raise InputError(
            f"the photo {path.name!r} is an animation",
            where=str(path),
            mend="save one still of it as JPEG or PNG",
        )


def _upright(image: Image.Image, path: Path) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except READ_FAULTS as error:
        _log.warning("%s: its EXIF data is broken; it is taken to be upright (%s)", path, error)
        return image


def _to_srgb(image: Image.Image, path: Path) -> Image.Image:
    profile = image.info.get("icc_profile")
    opaque = _flatten(_to_eight_bits(image))
    if isinstance(profile, bytes) and profile:
        try:
            converted = ImageCms.profileToProfile(
                opaque,
                ImageCms.ImageCmsProfile(BytesIO(profile)),
                ImageCms.createProfile("sRGB"),
                outputMode="RGB",
            )
        except (ImageCms.PyCMSError, OSError, ValueError) as error:
            _log.warning("%s: its colour profile does not fit and is left aside: %s", path, error)
        else:
            return opaque.convert("RGB") if converted is None else converted
    return opaque.convert("RGB")


def _to_eight_bits(image: Image.Image) -> Image.Image:
    if image.mode not in ("I", "F") and not image.mode.startswith("I;"):
        return image
    wide = np.asarray(image).astype(np.float64)
    return Image.fromarray(np.rint(wide / 257).astype(np.uint8))


def _flatten(image: Image.Image) -> Image.Image:
    """Lays transparency on mid grey; palettes become RGB; L and CMYK, which a profile may describe, stay."""
    if image.has_transparency_data:
        colour = image.convert("RGBA")
        ground = Image.new("RGB", colour.size, _MID_GREY)
        ground.paste(colour, mask=colour.getchannel("A"))
        return ground
    return image if image.mode in ("L", "RGB", "CMYK") else image.convert("RGB")
