"""Reads .cube look-up tables (1D and 3D) and applies them to colours. It does not know pictures.

Source: Adobe, "Cube LUT Specification" version 1.0 (2013); `LUT_1D_INPUT_RANGE` and `LUT_3D_INPUT_RANGE` as DaVinci
Resolve writes them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mvlocal.errors import InputError

Colours = NDArray[np.float64]
"""(n, 3) red, green, blue; 0 to 1 within range."""

_MOST_BYTES = 64_000_000
_SIZES = {"LUT_1D_SIZE": (2, 65_536), "LUT_3D_SIZE": (2, 129)}
_RANGES = {"DOMAIN_MIN": 3, "DOMAIN_MAX": 3, "LUT_1D_INPUT_RANGE": 2, "LUT_3D_INPUT_RANGE": 2}
_MEND = "export it again as a .cube file with a 3D table of 17, 33 or 65 points a side"


@dataclass(frozen=True, slots=True)
class Cube:
    """A table of output colours. `table` is (n, 3), one curve a channel, or (n, n, n, 3), indexed [blue, green, red].

    Inputs run from `low` to `high` in each channel.
    """

    table: NDArray[np.float64]
    low: tuple[float, float, float] = (0.0, 0.0, 0.0)
    high: tuple[float, float, float] = (1.0, 1.0, 1.0)

    @property
    def points(self) -> int:
        """Points a side."""
        return len(self.table)

    def apply(self, colours: Colours) -> Colours:
        """The table's colours, linear between its points; inputs beyond its range take its borders."""
        low, high = np.asarray(self.low), np.asarray(self.high)
        at = np.clip((colours - low) / (high - low), 0, 1) * (self.points - 1)
        if self.table.ndim == 2:
            curves = [np.interp(at[:, i], np.arange(self.points), self.table[:, i]) for i in range(3)]
            return np.stack(curves, axis=1)
        return _trilinear(self.table, at)


def read_cube(path: Path) -> Cube:
    """Reads a .cube file.

    Raises:
        InputError: it is not one, or holds a fault; names the line.
    """
    try:
        size = path.stat().st_size
        if size > _MOST_BYTES:
            raise _refused(path, f"is {size / 1e6:.0f} MB, too large for a LUT")
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise _refused(path, f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise _refused(path, "is not a text file") from error
    return parse_cube(text, path)


def parse_cube(text: str, path: Path) -> Cube:
    """As `read_cube`, from its text; `path` is named in errors."""
    heads: dict[str, tuple[float, ...]] = {}
    rows: list[tuple[float, ...]] = []
    for number, words in _lines(text):
        if words[0] in _SIZES or words[0] in _RANGES:
            if words[0] in heads:
                raise _refused(path, f"says {words[0]} twice", number)
            heads[words[0]] = _numbers(path, number, words[1:], _RANGES.get(words[0], 1))
        elif words[0] == "TITLE":
            continue
        elif words[0][0].isalpha() and words[0].lower() not in ("nan", "inf", "infinity"):
            raise _refused(path, f"has an unknown keyword {words[0][:40]!r}", number)
        else:
            rows.append(_numbers(path, number, words, 3))
    return _built(path, heads, rows)


def _built(path: Path, heads: dict[str, tuple[float, ...]], rows: list[tuple[float, ...]]) -> Cube:
    kinds = [name for name in _SIZES if name in heads]
    if len(kinds) != 1:
        why = "holds both a 1D and a 3D table" if kinds else "does not say LUT_3D_SIZE or LUT_1D_SIZE"
        raise _refused(path, why)
    least, most = _SIZES[kinds[0]]
    points = heads[kinds[0]][0]
    if points != int(points) or not least <= points <= most:
        raise _refused(path, f"has a table of {points:g} points a side; {least} to {most} can be used")
    side = int(points)
    due = side if kinds[0] == "LUT_1D_SIZE" else side**3
    if len(rows) != due:
        raise _refused(path, f"holds {len(rows)} colours, not {due}")
    table = np.asarray(rows, np.float64)
    low, high = _domain(path, heads)
    return Cube(table if due == side else table.reshape(side, side, side, 3), low, high)


def _domain(
    path: Path, heads: dict[str, tuple[float, ...]]
) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    ranges = heads.get("LUT_1D_INPUT_RANGE") or heads.get("LUT_3D_INPUT_RANGE")
    a, b, c = heads.get("DOMAIN_MIN", (ranges[0],) * 3 if ranges else (0.0, 0.0, 0.0))
    d, e, f = heads.get("DOMAIN_MAX", (ranges[1],) * 3 if ranges else (1.0, 1.0, 1.0))
    if not (a < d and b < e and c < f):
        raise _refused(path, "has a DOMAIN_MAX that is not above its DOMAIN_MIN")
    return (a, b, c), (d, e, f)


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.split()
        if words and not words[0].startswith("#"):
            yield number, words


def _numbers(path: Path, number: int, words: list[str], due: int) -> tuple[float, ...]:
    try:
        values = tuple(float(word) for word in words)
    except ValueError as error:
        raise _refused(path, "holds something that is not a number", number) from error
    if len(values) != due:
        raise _refused(path, f"has {len(values)} numbers where {due} are due", number)
    if not all(isfinite(value) and abs(value) < 1e6 for value in values):
        raise _refused(path, "holds a number that is no colour", number)
    return values


def _trilinear(table: NDArray[np.float64], at: Colours) -> Colours:
    low = np.minimum(at.astype(int), len(table) - 2)
    share = at - low
    out = np.zeros_like(at)
    for corner in range(8):
        up = np.array([corner & 1, corner >> 1 & 1, corner >> 2 & 1])
        weight = np.where(up, share, 1 - share).prod(axis=1, keepdims=True)
        red, green, blue = (low + up).T
        out += weight * table[blue, green, red]
    return out


def _refused(path: Path, why: str, line: int | None = None) -> InputError:
    where = f"{path}:{line}" if line else str(path)
    return InputError(f"the LUT {path.name!r} {why}", where=where, mend=_MEND)
