"""Cleans a text for drawing and cuts it into clusters that must stay together.

It does not know fonts, sizes or places on a frame.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from fontTools import unicodedata as scripts

JOINERS = "\u200c\u200d"
"""Zero-width non-joiner and joiner: invisible, but they steer shaping, so they stay."""

_MAX_MARKS = 6
"""Marks on one base beyond which a text is decoration that would climb out of its line."""

_NO_SCRIPT = frozenset({"Zyyy", "Zinh", "Zzzz"})


@dataclass(frozen=True, slots=True)
class CleanText:
    """A text ready to be drawn, and whether pictographs (emoji) or unknown characters had to go."""

    text: str
    dropped_pictographs: bool
    dropped_unknown: bool


def clean_text(text: str) -> CleanText:
    """Composes (NFC), turns every white space into one space, and drops what has no shape of its own.

    Control and format characters vanish quietly; pictographs, private and unassigned characters are reported.
    """
    kept: list[str] = []
    pictographs = unknown = False
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
    for char in composed:
        category = unicodedata.category(char)
        if char.isspace():
            kept.append(" ")
        elif is_pictograph(char):
            pictographs = True
        elif category in ("Co", "Cn", "Cs") or char == "\ufffd":
            unknown = True
        elif category == "Cc" or (category == "Cf" and char not in JOINERS) or _is_selector(char):
            continue
        else:
            kept.append(char)
    return CleanText(" ".join("".join(kept).split()), pictographs, unknown)


def is_pictograph(char: str) -> bool:
    """True for emoji and their parts: drawn in colour elsewhere, and never by a text face."""
    point = ord(char)
    return 0x1F000 <= point <= 0x1FAFF or point == 0x20E3 or 0xE0000 <= point <= 0xE007F


def _is_selector(char: str) -> bool:
    return "\ufe00" <= char <= "\ufe0f" or 0xE0100 <= ord(char) <= 0xE01EF


def split_clusters(text: str) -> list[str]:
    """Cuts `text` into bases with their combining marks and joiners, in reading order.

    A simple form of the grapheme clusters of Unicode Annex 29, enough to keep a mark with its base's font.
    """
    clusters: list[str] = []
    for char in text:
        joined = bool(clusters) and (is_mark(char) or char in JOINERS or _joins(clusters[-1]))
        if not joined or clusters[-1] == " ":
            clusters.append(char)
        elif sum(map(is_mark, clusters[-1])) < _MAX_MARKS or not is_mark(char):
            clusters[-1] += char
    return clusters


def is_mark(char: str) -> bool:
    """True for combining marks of any kind."""
    return unicodedata.category(char) in ("Mn", "Mc", "Me")


def _joins(cluster: str) -> bool:
    """True when the next letter belongs to `cluster`: after a joiner, or after a virama."""
    return cluster[-1] == "\u200d" or unicodedata.combining(cluster[-1]) == 9


@lru_cache(maxsize=4096)
def script_of(cluster: str) -> str:
    """ISO 15924 code of the first character that has a script of its own; `Zyyy` for punctuation and digits."""
    for char in cluster:
        code = scripts.script(char)
        if code not in _NO_SCRIPT:
            return code
    return "Zyyy"


def script_title(code: str) -> str:
    """English name of a script code: `Deva` -> `Devanagari`, `Zyyy` -> `symbols`."""
    return "symbols" if code in _NO_SCRIPT else scripts.script_name(code).replace("_", " ")
