"""Section headers in lyrics (`[Chorus x2]`, `Verse 1:`) and the section labels they mean.

It does not know where sections lie in the song.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mvlocal.schema.song import SectionLabel

_NAMES: dict[str, SectionLabel] = {
    "intro": "intro",
    "opening": "intro",
    "verse": "verse",
    "strophe": "verse",
    "couplet": "verse",
    "vers": "verse",
    "verso": "verse",
    "estrofa": "verse",
    "prechorus": "prechorus",
    "pre chorus": "prechorus",
    "pre refrain": "prechorus",
    "pre hook": "prechorus",
    "build": "prechorus",
    "lift": "prechorus",
    "chorus": "chorus",
    "final chorus": "chorus",
    "last chorus": "chorus",
    "post chorus": "chorus",
    "postchorus": "chorus",
    "refrain": "chorus",
    "hook": "chorus",
    "drop": "chorus",
    "estribillo": "chorus",
    "coro": "chorus",
    "ritornello": "chorus",
    "bridge": "bridge",
    "middle 8": "bridge",
    "middle eight": "bridge",
    "pont": "bridge",
    "puente": "bridge",
    "solo": "solo",
    "guitar solo": "solo",
    "piano solo": "solo",
    "sax solo": "solo",
    "drum solo": "solo",
    "break": "break",
    "breakdown": "break",
    "outro": "outro",
    "ending": "outro",
    "coda": "outro",
    "inst": "inst",
    "instrumental": "inst",
    "instrumental break": "inst",
    "interlude": "inst",
}
_BRACKETED = re.compile(r"^\s*[\[(【]\s*([^\[\]()【】]{1,80}?)\s*[\])】]\s*:?\s*$")
_COLON = re.compile(r"^\s*([\w \-]{1,40}?)\s*:\s*$")
_TIMES = re.compile(r"\s*[(\[]?\s*(?:[x×]\s*(\d{1,2})|(\d{1,2})\s*[x×])\s*[)\]]?\s*$", re.IGNORECASE)
_NUMBER = re.compile(r"\s+(?:#?\d{1,2}|[ivx]{1,4}|one|two|three|four|five|[a-d])$")


@dataclass(frozen=True, slots=True)
class Header:
    """A header as written, its label where the name is known, and how often its stanza is sung."""

    title: str
    label: SectionLabel | None
    times: int = 1


def read_header(row: str) -> Header | None:
    """The header that a whole line is, or None for sung text.

    Square brackets always make a header; round ones and `Name:` only with a known section name, since singers
    sing in brackets too.
    """
    bracketed = _BRACKETED.match(row)
    found = bracketed or _COLON.match(row)
    if not found:
        return None
    title = found.group(1)
    times = _TIMES.search(title)
    name = title[: times.start()] if times else title
    label = section_label_of(name)
    if label is None and not (bracketed and row.lstrip()[0] in "[【"):
        return None
    count = int(times.group(1) or times.group(2)) if times else 1
    return Header(title, label, max(count, 1))


def section_label_of(name: str) -> SectionLabel | None:
    """The label that a section name such as `Verse 2 - Anna` or `Pre-Chorus` means, or None."""
    plain = re.split(r"[:|–—]|\s-\s", name.casefold(), maxsplit=1)[0]
    plain = re.sub(r"[\s_\-]+", " ", plain).strip()
    bare = _NUMBER.sub("", plain).strip()
    bare = re.sub(r"\s*\d{1,2}$", "", bare)
    return _NAMES.get(plain) or _NAMES.get(bare)
