"""Chooses a font for every cluster of a text by coverage: the user's, a dependency's, the system's, DejaVu.

It does not know how a text is shaped or where it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import features

from mvlocal.errors import SettingsError
from mvlocal.lettering import system_fonts
from mvlocal.lettering.faces import (
    BROKEN_FONT,
    BUNDLED,
    ROLES,
    Face,
    Role,
    bundled_face,
    can_shape,
    collection_index,
    coverage,
    covers,
    dejavu_faces,
    file_digest,
    load_font,
    package_folder,
)
from mvlocal.lettering.text import clean_text, script_of, script_title, split_clusters

HAN_SCRIPTS = frozenset({"Hani", "Hira", "Kana", "Hang", "Bopo"})
PLAIN_SCRIPTS = HAN_SCRIPTS | {"Latn", "Grek", "Cyrl", "Armn", "Geor", "Zyyy"}
"""Scripts that can be set glyph after glyph, left to right, without a shaping engine."""


@dataclass(frozen=True, slots=True)
class FontWarning:
    """Something that could not be drawn as written: the script (ISO 15924), what is missing, and the mend."""

    script: str
    what: str
    mend: str

    def __str__(self) -> str:
        return f"{self.what}; {self.mend}"


class FontBook:
    """The faces for one job of lettering.

    `user` is a font file's path or an installed family's name and comes first; `language` (BCP 47, such as `ja`
    or `zh-Hant`) and all `texts` together decide which regional forms Han characters take.

    Raises:
        SettingsError: `user` is neither a readable font file nor an installed family.
    """

    def __init__(self, texts: Iterable[str], *, user: str | None = None, language: str | None = None) -> None:
        self._user = find_user_face(user) if user else None
        self.region = han_region("".join(texts), language)
        self._chosen: dict[tuple[str, Role], Face | None] = {}

    def face_for(self, cluster: str, role: Role, near: Face | None = None) -> Face | None:
        """The first face that has every character of `cluster`; none when nothing here has them.

        `near` is the face of the text beside it: punctuation of another script is taken from there if need be.
        """
        key = (cluster, role)
        if key not in self._chosen:
            self._chosen[key] = self._choose(cluster, role)
        chosen = self._chosen[key]
        return near if chosen is None and near is not None and covers(near, cluster) else chosen

    def _choose(self, cluster: str, role: Role) -> Face | None:
        first = [self._user, bundled_face(role)] if self._user else [bundled_face(role)]
        for face in first:
            if covers(face, cluster):
                return face
        script = script_of(cluster)
        if _is_east_asian_mark(cluster):
            script = "Hani"
        for face in (*self._system_faces(script, role), *dejavu_faces(role)):
            if covers(face, cluster):
                return face
        found = system_fonts.find_covering(cluster) if script != "Zyyy" else None
        return found and Face(found)

    def _system_faces(self, script: str, role: Role) -> list[Face]:
        if script == "Zyyy":
            return []
        wanted = ROLES[role]
        region = self.region if script in HAN_SCRIPTS else ""
        found = system_fonts.preferred_files(script, script_title(script), wanted.serif, wanted.weight, region)
        return [
            Face(path, collection_index(path, region), wanted.weight, system_fonts.optical_scale(path))
            for path in found
        ]


def _is_east_asian_mark(cluster: str) -> bool:
    """Punctuation and full-width forms that belong to Chinese, Japanese and Korean type."""
    point = ord(cluster[0])
    return 0x3000 <= point <= 0x303F or 0x30FB <= point <= 0x30FC or 0xFF00 <= point <= 0xFFEF


def han_region(text: str, language: str | None) -> str:
    """`JP`, `KR`, `TC`, `HK` or `SC`: whose forms Han characters take, by language, else by the text's own scripts."""
    tag = (language or "").lower()
    if tag.startswith("zh"):
        if "hk" in tag:
            return "HK"
        return "TC" if any(part in tag for part in ("hant", "tw", "mo")) else "SC"
    if tag[:2] in ("ja", "ko"):
        return "JP" if tag.startswith("ja") else "KR"
    found = {script_of(char) for char in set(text)}
    if found & {"Hira", "Kana"}:
        return "JP"
    return "KR" if "Hang" in found else "TC" if "Bopo" in found else "SC"


def find_user_face(user: str) -> Face:
    """The face a user names by path or family.

    Raises:
        SettingsError: not a readable font file, not an installed family.
    """
    path = Path(user).expanduser()
    if path.suffix.lower() in system_fonts.SUFFIXES:
        face = Face(path)
    else:
        bundled = sorted(f for package in BUNDLED for f in (package_folder(package) / "files").glob("*-Regular.otf"))
        found = system_fonts.find_family(user, bundled)
        if found is None:
            raise SettingsError(
                f"no font family called {user!r} is installed",
                where=f"font {user}",
                mend="install it, write its name as the system does, or give a .ttf or .otf file",
            )
        face = Face(found)
    try:
        coverage(face)
        load_font(face, 16.0).getmask("Aa")
    except BROKEN_FONT as error:
        raise SettingsError(
            f"{face.path.name} is not a font that can be read: {error or type(error).__name__}",
            where=str(face.path),
            mend="give a .ttf, .otf or .ttc file",
        ) from error
    return face


def missing_script(script: str) -> FontWarning:
    """The warning for a script that no font here covers."""
    package = "fonts-noto-cjk" if script in HAN_SCRIPTS else "fonts-noto-core"
    name = script_title(script)
    if script == "Zyyy":
        return FontWarning(script, "some symbols are in no font here and were left out", "write them in words")
    return FontWarning(
        script,
        f"no font here has {name} letters, so they were left out",
        f"install one (Debian, Ubuntu: apt install {package}) or name a font that has them",
    )


def missing_shaper(script: str) -> FontWarning:
    """The warning for a script that needs shaping on a machine that cannot shape."""
    return FontWarning(
        script,
        f"{script_title(script)} letters need FriBiDi to be set right, so they were left out",
        "install it (Debian, Ubuntu: apt install libfribidi0)",
    )


PICTOGRAPHS = FontWarning("Zsye", "emoji cannot be set in a text face and were left out", "write them in words")
UNKNOWN = FontWarning("Zzzz", "unknown or private characters were left out", "check the text's encoding")


def fonts_identity(
    texts: Sequence[str],
    roles: Sequence[Role] = ("caption", "title", "subtitle", "note", "note-bold"),
    *,
    user: str | None = None,
    language: str | None = None,
) -> dict[str, str]:
    """Everything about fonts that changes the pixels of `texts`: face name -> SHA-256 of its file, and the engines.

    For cache keys: no paths in it. Keys in order; the same on every machine with the same fonts and Pillow.

    Raises:
        SettingsError: as FontBook.
    """
    book = FontBook(texts, user=user, language=language)
    clusters = sorted({c for text in texts for c in split_clusters(clean_text(text).text)})
    faces = {book.face_for(cluster, role) for cluster in clusters for role in roles}
    found = {f"{face.path.stem}#{face.index}": file_digest(face.path) for face in faces if face is not None}
    engines = {name: str(features.version(name)) for name in ("pil", "freetype2")}
    shaping = {name: str(features.version(name)) for name in ("raqm", "fribidi", "harfbuzz")} if can_shape() else {}
    return dict(sorted({**found, **engines, **shaping, "han_region": book.region}.items()))
