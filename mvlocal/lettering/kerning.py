"""Kerning of letter pairs read from a font, for machines where no shaping engine can apply it.

It does not know scripts that need more than pairs.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from fontTools.ttLib import TTFont

from mvlocal.lettering.faces import BROKEN_FONT, Face, damaged

_FIRST_EAST_ASIAN = 0x2E80


@lru_cache(maxsize=4096)
def pair_kern_em(face: Face, left: str, right: str) -> float:
    """How far `right` moves towards (negative) or away from `left`, in ems; 0 when the font says nothing."""
    if max(ord(left), ord(right)) >= _FIRST_EAST_ASIAN:
        return 0.0  # set on a grid; their pair tables are huge and change nothing here
    try:
        return _kern_em(_pair_table(face), left, right)
    except BROKEN_FONT as error:
        raise damaged(face, error) from error


def _kern_em(table: _PairTable, left: str, right: str) -> float:
    first, second = table.glyphs.get(ord(left)), table.glyphs.get(ord(right))
    if first is None or second is None:
        return 0.0
    for lookup in table.lookups:
        units = _units_in(lookup, first, second)
        if units is not None:
            return units / table.units_per_em
    return 0.0


class _PairTable:
    """The pair lookups of a font's `kern` feature, in the order in which they are tried."""

    def __init__(self, font: TTFont) -> None:
        head: Any = font["head"]
        self.units_per_em: int = head.unitsPerEm
        self.glyphs: dict[int, str] = font.getBestCmap() or {}
        self.lookups: list[Any] = []
        if "GPOS" in font:
            gpos = font["GPOS"].table
            features = gpos.FeatureList.FeatureRecord if gpos.FeatureList else []
            wanted = sorted({i for f in features if f.FeatureTag == "kern" for i in f.Feature.LookupListIndex})
            tables = [table for i in wanted for table in gpos.LookupList.Lookup[i].SubTable]
            inner = [table.ExtSubTable if table.LookupType == 9 else table for table in tables]
            self.lookups = [table for table in inner if table.LookupType == 2]


@lru_cache(maxsize=16)
def _pair_table(face: Face) -> _PairTable:
    with face.path.open("rb") as file:
        return _PairTable(TTFont(file, fontNumber=face.index, lazy=False))


def _units_in(lookup: Any, first: str, second: str) -> int | None:
    """Adjustment in font units, or none when this subtable does not cover the pair. Source: OpenType GPOS type 2."""
    if first not in lookup.Coverage.glyphs:
        return None
    if lookup.Format == 1:
        pairs = lookup.PairSet[lookup.Coverage.glyphs.index(first)].PairValueRecord
        return next((_advance(pair.Value1) for pair in pairs if pair.SecondGlyph == second), None)
    row = lookup.Class1Record[lookup.ClassDef1.classDefs.get(first, 0)]
    return _advance(row.Class2Record[lookup.ClassDef2.classDefs.get(second, 0)].Value1)


def _advance(value: Any) -> int:
    return int(getattr(value, "XAdvance", 0) or 0) if value is not None else 0
