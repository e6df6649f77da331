"""How many syllables a line of lyrics is sung on, in any script, well enough to share time out. No dictionaries."""

from __future__ import annotations

import re
import unicodedata

_VOWELS = re.compile(r"[aeiouyæœøı]+|[аеиоуыэюяієαεηοω]|[ιυ]")
_SILENT_E = re.compile(r"[^aeiouyl]e$|[^aeiouytd]ed$")
_SMALL_KANA = "ゃゅょぁぃぅぇぉャュョァィゥェォ"


def count_syllables(text: str) -> int:
    """Syllables of a line, at least 1."""
    return max(sum(_word_syllables(word) for word in re.findall(r"[^\W_]+(?:['’][^\W_]+)?", text)), 1)


def _word_syllables(word: str) -> int:
    plain = "".join(c for c in unicodedata.normalize("NFD", word.casefold()) if not unicodedata.combining(c))
    if not plain:
        return 0
    kind = unicodedata.name(plain[0], "").split(" ")[0]
    if kind in ("HIRAGANA", "KATAKANA", "CJK"):
        return sum(c not in _SMALL_KANA for c in word)
    if kind == "HANGUL":
        return len(unicodedata.normalize("NFC", word))
    if kind in ("LATIN", "CYRILLIC", "GREEK"):
        groups = len(_VOWELS.findall(plain))
        silent = kind == "LATIN" and groups > 1 and _SILENT_E.search(plain) is not None
        return max(groups - silent, 1)
    if kind == "DIGIT":
        return len(plain) * 2
    return max(round(len(plain) / 2), 1)
