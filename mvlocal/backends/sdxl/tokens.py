"""Cuts a long text's tokens into pieces that a CLIP encoder takes, losing none and splitting no word where it can.

It knows no tokenizer and no tensor library.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

PIECE = 75
"""Tokens of text that fit between the begin and the end mark of one piece (77 in all)."""


@dataclass(frozen=True, slots=True)
class Marks:
    """The ids that begin and end a piece, and the one that fills it up."""

    begin: int
    end: int
    pad: int


def cut_into_pieces(ids: Sequence[int], ends_word: Sequence[bool], piece: int = PIECE) -> list[list[int]]:
    """Pieces of at most `piece` ids, together all of `ids`; at least one, maybe empty.

    `ends_word[i]` says whether token i is the last of its word. A piece ends with a word unless one word fills it.
    """
    pieces: list[list[int]] = []
    start = 0
    while start < len(ids):
        stop = min(start + piece, len(ids))
        if stop < len(ids):
            whole = next((i + 1 for i in range(stop - 1, start - 1, -1) if ends_word[i]), stop)
            stop = whole
        pieces.append(list(ids[start:stop]))
        start = stop
    return pieces or [[]]


def filled(piece: Sequence[int], marks: Marks, length: int = PIECE) -> list[int]:
    """A piece as the encoder takes it: begin, its ids, end, then padding to `length` + 2."""
    return [marks.begin, *piece, marks.end, *[marks.pad] * (length - len(piece))]
