"""Faces: files that come with dependencies, what they cover, and how they are opened.

It does not know which face a text wants.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from fontTools.ttLib import TTCollection, TTFont, TTLibError
from PIL import ImageFont, features

from mvlocal.errors import SettingsError

Role = Literal["caption", "title", "subtitle", "note", "note-bold"]
"""What a text is for; every role has a face of its own."""

BUNDLED = ("font_source_serif_pro", "font_source_sans_pro")
"""Packages that carry fonts."""

BROKEN_FONT = (OSError, TTLibError, ValueError, LookupError, AssertionError, TypeError, AttributeError, struct.error)
"""What reading a file that is no good font may raise."""


@dataclass(frozen=True, slots=True)
class Face:
    """One face of a font file.

    `weight` (100 to 900) is asked of variable fonts only; `scale` evens out how large faces look at the same em.
    """

    path: Path
    index: int = 0
    weight: int = 400
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class RoleFaces:
    bundled: tuple[str, str]
    """Package and file."""
    serif: bool
    weight: int


ROLES: dict[Role, RoleFaces] = {
    "caption": RoleFaces(("font_source_serif_pro", "SourceSerifPro-Semibold.otf"), True, 600),
    "title": RoleFaces(("font_source_serif_pro", "SourceSerifPro-Regular.otf"), True, 400),
    "subtitle": RoleFaces(("font_source_serif_pro", "SourceSerifPro-Regular.otf"), True, 400),
    "note": RoleFaces(("font_source_sans_pro", "SourceSansPro-Regular.otf"), False, 400),
    "note-bold": RoleFaces(("font_source_sans_pro", "SourceSansPro-Semibold.otf"), False, 600),
}


def bundled_face(role: Role) -> Face:
    """The face that comes with a dependency for this role."""
    package, file = ROLES[role].bundled
    return Face(package_folder(package) / "files" / file)


def dejavu_faces(role: Role) -> tuple[Face, Face]:
    """DejaVu, which comes with matplotlib: in the role's manner first, then its sans with the widest coverage."""
    folder = package_folder("matplotlib") / "mpl-data" / "fonts" / "ttf"
    bold = "-Bold" if ROLES[role].weight >= 600 else ""
    own = "DejaVuSerif" if ROLES[role].serif else "DejaVuSans"
    return Face(folder / f"{own}{bold}.ttf"), Face(folder / f"DejaVuSans{bold}.ttf")


@cache
def package_folder(package: str) -> Path:
    """Where a package lies, without importing it."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"{package} is a dependency of mvlocal and is not installed", name=package)
    return Path(spec.origin).parent


@lru_cache(maxsize=128)
def coverage(face: Face) -> frozenset[int]:
    with face.path.open("rb") as file, TTFont(file, fontNumber=face.index, lazy=True) as font:
        return frozenset(font.getBestCmap() or ())


def covers(face: Face, cluster: str) -> bool:
    """True when the face has a glyph for every visible character of `cluster`."""
    try:
        have = coverage(face)
    except BROKEN_FONT:
        return False
    return all(ord(char) in have or char in "\u200c\u200d " for char in cluster)


@lru_cache(maxsize=32)
def collection_index(path: Path, region: str) -> int:
    """Which face of a collection has the wanted Han region; 0 for single fonts."""
    if path.suffix.lower() not in (".ttc", ".otc"):
        return 0
    try:
        with TTCollection(path, lazy=True) as collection:
            names = [font["name"].getDebugName(1) or "" for font in collection.fonts]
    except (OSError, TTLibError):
        return 0
    return next((i for i, name in enumerate(names) if name.endswith(f" {region}")), 0)


@lru_cache(maxsize=64)
def load_font(face: Face, size_px: float) -> ImageFont.FreeTypeFont:
    """A Pillow font of em `size_px` pixels, shaped by raqm when it is here."""
    engine = ImageFont.Layout.RAQM if can_shape() else ImageFont.Layout.BASIC
    font = ImageFont.truetype(str(face.path), size_px * face.scale, index=face.index, layout_engine=engine)
    try:
        axes = font.get_variation_axes()
    except OSError:
        return font
    values = [_axis_value(axis, face.weight) for axis in axes]
    font.set_variation_by_axes(values)
    return font


def _axis_value(axis: ImageFont.Axis, weight: int) -> float:
    low, high, default = axis["minimum"] or 0, axis["maximum"] or 0, axis["default"] or 0
    return min(max(weight, low), high) if axis.get("name") == b"Weight" else default


@contextmanager
def reading(face: Face) -> Generator[None]:
    """Turns what a damaged glyph raises into an error that names the font."""
    try:
        yield
    except OSError as error:
        raise damaged(face, error) from error


def damaged(face: Face, error: Exception) -> SettingsError:
    """What to raise when a font turns out to be broken while it is used."""
    what = f"{face.path.name} is damaged: {error or type(error).__name__}"
    return SettingsError(what, where=str(face.path), mend="install it again or name another font")


def can_shape() -> bool:
    """True when Pillow has raqm and FriBiDi here, so that any script is set right."""
    return bool(features.check_feature("raqm"))


@lru_cache(maxsize=64)
def file_digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
