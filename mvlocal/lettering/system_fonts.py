"""Finds fonts that are installed on this machine, only when asked, and in an order that never varies.

It does not know which text they are for.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path

from fontTools.ttLib import TTFont, TTLibError

SUFFIXES = (".ttf", ".otf", ".ttc", ".otc")

_NEVER = ("lastresort", "adobeblank", "notocoloremoji", "applecoloremoji", "seguiemj", "emoji")
"""Fonts that claim letters they do not draw, or draw them in colour."""

_SERIF: dict[str, tuple[str, ...]] = {
    "Arab": ("NotoNaskhArabic", "Amiri", "ScheherazadeNew", "NotoSansArabic", "GeezaPro", "Arial"),
    "Hebr": ("NotoSerifHebrew", "FrankRuehlCLM", "NotoSansHebrew", "ArialHB", "David", "Arial"),
    "Thai": ("NotoSerifThai", "NotoSansThai", "Thonburi", "LeelawUI", "Tahoma"),
    "Deva": ("NotoSerifDevanagari", "NotoSansDevanagari", "KohinoorDevanagari", "Nirmala", "Lohit-Devanagari"),
    "Hani": ("NotoSerifCJK", "NotoSerif{r}", "SourceHanSerif", "NotoSansCJK", "NotoSans{r}", "SourceHanSans"),
}  # fmt: skip
_SMALL_ON_BODY = ("notonaskh", "notosansarabic", "amiri", "scheherazade")
_HAN_BY_REGION = {
    "JP": ("HiraginoMincho", "YuMincho", "yumin", "YuGoth", "ipaexm", "TakaoPMincho", "msgothic", "meiryo"),
    "KR": ("AppleMyungjo", "NanumMyeongjo", "batang", "malgun", "AppleSDGothicNeo", "NanumGothic"),
    "SC": ("Songti", "simsun", "msyh", "PingFang", "STHeiti", "wqy-zenhei", "wqy-microhei", "DroidSansFallback"),
    "TC": ("Songti", "mingliu", "msjh", "PingFang", "STHeiti", "uming", "DroidSansFallback"),
    "HK": ("Songti", "mingliu", "msjh", "PingFang", "STHeiti", "uming", "DroidSansFallback"),
}
_WEIGHTS = {
    "thin": 100, "extralight": 200, "light": 300, "demilight": 350, "regular": 400, "": 400, "roman": 400,
    "book": 400, "vf": 400, "variable": 400, "medium": 500, "semibold": 600, "demibold": 600, "bold": 700,
    "extrabold": 800, "black": 900, "heavy": 900,
}  # fmt: skip


def font_folders() -> tuple[Path, ...]:
    """Where this kind of system keeps fonts."""
    home = Path.home()
    if sys.platform == "darwin":
        return Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library/Fonts"
    if sys.platform == "win32":
        local = Path(os.environ.get("LOCALAPPDATA", str(home))) / "Microsoft/Windows/Fonts"
        return Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts", local
    data = Path(os.environ.get("XDG_DATA_HOME") or home / ".local/share") / "fonts"
    return Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), data, home / ".fonts"


@cache
def font_files() -> tuple[Path, ...]:
    """Every font file of this system, sorted by name."""
    found = {
        path
        for folder in font_folders()
        for path in (folder.rglob("*") if folder.is_dir() else ())
        if path.suffix.lower() in SUFFIXES and not any(name in _plain(path.stem) for name in _NEVER)
    }
    return tuple(sorted(found, key=lambda path: (path.name, str(path))))


@lru_cache(maxsize=128)
def preferred_files(script: str, title: str, serif: bool, weight: int, region: str) -> tuple[Path, ...]:
    """Files of well-known families for a script, best first: by family, then by nearness of weight.

    `title` is the script's English name, `region` whose Han forms are wanted (empty outside Han type).
    """
    found: dict[Path, None] = {}
    for family in _families(script, title, serif, region):
        matches = [(abs(w - weight), p.name, p) for p in font_files() if (w := _weight_in(p, family)) is not None]
        found |= {path: None for _, _, path in sorted(matches)}
    return tuple(found)


def optical_scale(path: Path) -> float:
    """How much larger a family is set beside Latin type of the same em to look as large."""
    return 1.18 if _plain(path.stem).startswith(_SMALL_ON_BODY) else 1.0


def _families(script: str, title: str, serif: bool, region: str) -> list[str]:
    if region:
        wide = [name.format(r=region) for name in _SERIF["Hani"]]
        families = [*wide, *_HAN_BY_REGION[region]]
    else:
        name = title.replace(" ", "")
        families = [*_SERIF.get(script, ()), f"NotoSerif{name}", f"NotoSans{name}"]
    return families if serif else sorted(families, key=lambda family: "Serif" in family)


def _weight_in(path: Path, family: str) -> int | None:
    """Weight a file's name tells, or none when it is not of that family (or slanted or narrow)."""
    stem, start = _plain(path.stem.partition("[")[0]), _plain(family)
    if not stem.startswith(start):
        return None
    rest = stem[len(start) :]
    for suffix in ("jp", "kr", "sc", "tc", "hk", "pro", "pron", "new"):
        rest = rest.removeprefix(suffix)
    return _WEIGHTS.get(rest)


@lru_cache(maxsize=16384)
def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


@lru_cache(maxsize=256)
def find_covering(cluster: str) -> Path | None:
    """The first file by name (upright text faces before others) that has every character of `cluster`."""
    from matplotlib.ft2font import FT2Font

    for path in sorted(font_files(), key=lambda path: (_is_special(path), path.name)):
        try:
            font = FT2Font(str(path))
            if all(font.get_char_index(ord(char)) for char in cluster):
                return path
        except (OSError, RuntimeError, ValueError):
            continue
    return None


def _is_special(path: Path) -> bool:
    name = _plain(path.stem)
    return any(word in name for word in ("italic", "oblique", "mono", "condensed", "narrow", "ui", "light", "thin"))


def find_family(family: str, first: Sequence[Path]) -> Path | None:
    """The most regular file whose family is `family`, letter case and spaces apart; `first` is searched before."""
    wanted = _plain(family)
    if not wanted:
        return None
    likely = [path for path in (*first, *font_files()) if _plain(path.stem).startswith(wanted[:4])]
    named = [path for path in likely if wanted in (_plain(name) for name in _family_names(path))]
    return min(named, key=lambda path: (_is_special(path), _regularity(path, wanted), path.name), default=None)


def _regularity(path: Path, family: str) -> int:
    weight = _WEIGHTS.get(_plain(path.stem).removeprefix(family))
    return 1000 if weight is None else abs(weight - 400)


def _family_names(path: Path) -> set[str]:
    try:
        with TTFont(path, fontNumber=0, lazy=True) as font:
            return {font["name"].getDebugName(i) or "" for i in (1, 16)} - {""}
    except (OSError, TTLibError, KeyError, AssertionError):
        return set()
