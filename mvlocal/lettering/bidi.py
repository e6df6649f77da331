"""Directions of a text: embedding levels and the left-to-right order of its runs on a row.

It does not know fonts or shaping. Needed beside FriBiDi because a row may mix fonts, and rows are broken first.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

_STRONG = {"L": 0, "R": 1, "AL": 1}
_NUMBERS = ("EN", "AN")
_BRACKETS = dict(zip("([{（［｛｢「『【〈《〔", ")]}）］｝｣」』】〉》〕", strict=True))
_MAX_NESTING = 63


def base_level(text: str) -> int:
    """0 when the first strong character runs left to right (or none is strong), 1 when right to left.

    Source: Unicode Annex 9, rules P2 and P3.
    """
    for char in text:
        kind = unicodedata.bidirectional(char)
        if kind in _STRONG:
            return _STRONG[kind]
    return 0


def bidi_levels(text: str, base: int) -> list[int]:
    """Embedding level of every character of one paragraph without explicit direction marks.

    Source: Unicode Annex 9, rules W1-W7, N0-N2, I1-I2, L1.
    """
    kinds = _weak_kinds([unicodedata.bidirectional(char) for char in text], base)
    kinds = _neutral_kinds(_bracket_kinds(text, kinds, base), base)
    levels = [base + _rise(kind, base) for kind in kinds]
    for i in range(len(text) - 1, -1, -1):
        if not text[i].isspace():
            break
        levels[i] = base
    return levels


def _rise(kind: str, base: int) -> int:
    if base == 0:
        return {"L": 0, "R": 1}.get(kind, 2)
    return 0 if kind == "R" else 1


def _weak_kinds(kinds: list[str], base: int) -> list[str]:
    start = "R" if base else "L"
    return _separated(_with_letters(kinds, start), start)


def _with_letters(kinds: list[str], start: str) -> list[str]:
    """W1 to W3: marks take the kind before them, digits after Arabic letters are Arabic numbers."""
    result: list[str] = []
    before = strong = start
    for kind in kinds:
        now = before if kind in ("NSM", "BN") else kind
        if now in _STRONG:
            strong = now
        before = now
        result.append("AN" if now == "EN" and strong == "AL" else now)
    return ["R" if kind == "AL" else kind for kind in result]


def _separated(kinds: list[str], start: str) -> list[str]:
    """W4 to W7: separators and signs join the numbers they belong to; numbers after Latin letters are Latin."""
    for i in range(1, len(kinds) - 1):
        before, after = kinds[i - 1], kinds[i + 1]
        if before == after and (kinds[i], before) in (("ES", "EN"), ("CS", "EN"), ("CS", "AN")):
            kinds[i] = before
    for order in (range(len(kinds)), range(len(kinds) - 1, -1, -1)):
        previous = ""
        for i in order:
            if kinds[i] == "ET" and previous == "EN":
                kinds[i] = "EN"
            previous = kinds[i]
    strong = start
    for i, kind in enumerate(kinds):
        if kind in ("L", "R"):
            strong = kind
        elif kind == "EN" and strong == "L":
            kinds[i] = "L"
        elif kind not in _NUMBERS:
            kinds[i] = "ON"
    return kinds


def _bracket_kinds(text: str, kinds: list[str], base: int) -> list[str]:
    """N0: a pair of brackets takes one direction, that of the letters inside or of what stands before."""
    own = "R" if base else "L"
    for opening, closing in _bracket_pairs(text, kinds):
        inside = {_as_letter(kind) for kind in kinds[opening + 1 : closing]} - {"ON"}
        if not inside:
            continue
        before = next((k for k in map(_as_letter, reversed(kinds[:opening])) if k != "ON"), own)
        taken = own if own in inside else before
        for i in (opening, closing):
            kinds[i] = taken
            for j in range(i + 1, len(kinds)):
                if unicodedata.bidirectional(text[j]) != "NSM":
                    break
                kinds[j] = taken
    return kinds


def _bracket_pairs(text: str, kinds: list[str]) -> list[tuple[int, int]]:
    """Positions of brackets that open and close each other, by opening. Source: Unicode Annex 9, BD16."""
    pairs: list[tuple[int, int]] = []
    waiting: list[tuple[str, int]] = []
    for i, char in enumerate(text):
        if kinds[i] != "ON":
            continue
        if char in _BRACKETS:
            if len(waiting) == _MAX_NESTING:
                break
            waiting.append((_BRACKETS[char], i))
        elif any(closing == char for closing, _ in waiting):
            while waiting[-1][0] != char:
                waiting.pop()
            pairs.append((waiting.pop()[1], i))
    return sorted(pairs)


def _neutral_kinds(kinds: list[str], base: int) -> list[str]:
    """N1 and N2: neutrals between two like directions take it, others take the paragraph's."""
    start = "R" if base else "L"
    i = 0
    while i < len(kinds):
        if kinds[i] != "ON":
            i += 1
            continue
        end = i
        while end < len(kinds) and kinds[end] == "ON":
            end += 1
        before = start if i == 0 else _as_letter(kinds[i - 1])
        after = start if end == len(kinds) else _as_letter(kinds[end])
        kinds[i:end] = [before if before == after else start] * (end - i)
        i = end
    return kinds


def _as_letter(kind: str) -> str:
    return "R" if kind in _NUMBERS else kind


def visual_order(levels: Sequence[int]) -> list[int]:
    """Indices of runs from left to right, given the level of each run in reading order.

    Source: Unicode Annex 9, rule L2.
    """
    order = list(range(len(levels)))
    for level in range(max(levels, default=0), 0, -1):
        i = 0
        while i < len(order):
            end = i
            while end < len(order) and levels[order[end]] >= level:
                end += 1
            order[i:end] = reversed(order[i:end])
            i = max(end, i + 1)
    return order
