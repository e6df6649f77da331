"""What each stanza of the lyrics is: verse, chorus and so on, by headers or by words that come back.

It knows no times.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import islice

from mvlocal.schema.song import SectionLabel
from mvlocal.song.lyrics.model import Lyrics

_MOST_HOMES = 64
"""Stanzas looked at for a line that comes back again and again."""


def block_labels(lyrics: Lyrics) -> list[SectionLabel | None]:
    """Each stanza's label: its header's, else `chorus` where the same words come back, else `verse` beside one."""
    words: list[list[str]] = [[] for _ in lyrics.blocks]
    for line in lyrics.lines:
        words[line.block].append(plain_words(line.text))
    headed = any(block.label for block in lyrics.blocks)
    labels: list[SectionLabel | None] = []
    repeats = _repeats(words)
    for block, again in zip(lyrics.blocks, repeats, strict=True):
        if headed or block.label:
            labels.append(block.label)
        else:
            labels.append("chorus" if again else "verse" if any(repeats) else None)
    return labels


def plain_words(text: str) -> str:
    """A line's words for comparing: one space between them, no capitals."""
    return " ".join(text.casefold().split())


def _repeats(words: Sequence[Sequence[str]]) -> list[bool]:
    """Whether at least six tenths of each stanza's lines come back in one other stanza of about its size."""
    homes: dict[str, set[int]] = {}
    for index, rows in enumerate(words):
        for row in set(rows):
            homes.setdefault(row, set()).add(index)
    sizes = [len(set(rows)) for rows in words]
    out: list[bool] = []
    for index, rows in enumerate(words):
        shared = Counter(other for row in set(rows) for other in islice(homes[row], _MOST_HOMES) if other != index)
        out.append(any(count >= 0.6 * max(sizes[index], sizes[other]) for other, count in shared.items()))
    return out
