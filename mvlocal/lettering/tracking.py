"""Rows whose letters move apart or together smoothly, in steps too small to see.

It does not know when a row moves or what it says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil

import cv2

from mvlocal.lettering.faces import Face
from mvlocal.lettering.fonts import PLAIN_SCRIPTS
from mvlocal.lettering.ink import Patch, merged
from mvlocal.lettering.shaping import ASCENT, Cluster, Coverage, Paragraph, Row, Run, draw_row, text_length
from mvlocal.lettering.text import script_of

PHASES = 8
"""Letters are kept at this many positions between two pixels."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What tracking moves as one: a cluster, or a whole run whose letters join. `x` is its place untracked."""

    run: Run
    x: float


@dataclass(frozen=True, slots=True)
class TrackedRow:
    """Letters from left to right, spaces included; `width` and `size_px` in pixels, untracked."""

    letters: tuple[Letter, ...]
    width: float
    size_px: float

    def width_at(self, tracking_em: float) -> float:
        """Width in pixels with `tracking_em` between the letters."""
        return self.width + tracking_em * self.size_px * (len(self.letters) - 1)


def track_row(paragraph: Paragraph, row: Row) -> TrackedRow:
    """Cuts a row where its letters may move apart. Kerning stays; letters of joining scripts stay together."""
    letters: list[Letter] = []
    for run in row.runs:
        clusters = paragraph.clusters[run.start : run.end]
        if run.level % 2 or any(script_of(cluster.text) not in PLAIN_SCRIPTS for cluster in clusters):
            letters.append(Letter(run, run.x))
        else:
            letters += _letters_of(run, clusters, row.size_px)
    return TrackedRow(tuple(letters), row.width, row.size_px)


def _letters_of(run: Run, clusters: Sequence[Cluster], size_px: float) -> list[Letter]:
    letters: list[Letter] = []
    so_far = ""
    for i, cluster in enumerate(clusters):
        so_far += cluster.text
        own = text_length(cluster.text, run.face, run.level, size_px)
        x = run.x + text_length(so_far, run.face, run.level, size_px) - own
        at = run.start + i
        letters.append(Letter(Run(at, at + 1, cluster.text, run.face, run.level, 0.0, own), x))
    return letters


def draw_tracked(row: TrackedRow, tracking_em: float, centre_x: float, baseline: int) -> Patch:
    """The row's coverage with `tracking_em` between its letters, its middle at `centre_x` of the frame."""
    step = tracking_em * row.size_px
    start = centre_x - row.width_at(tracking_em) / 2
    patches: list[Patch] = []
    for i, letter in enumerate(row.letters):
        if letter.run.text == " ":
            continue
        pixel, phase = divmod(round((start + letter.x + i * step) * PHASES), PHASES)
        glyph = _glyph(letter.run.text, letter.run.face, letter.run.level, row.size_px, phase)
        patches.append(Patch(glyph.coverage, pixel + glyph.left, baseline + glyph.top))
    return merged(patches, 0)


@lru_cache(maxsize=1024)
def _glyph(text: str, face: Face, level: int, size_px: float, phase: int) -> Patch:
    """A letter `phase` steps right of a pixel's border, cut to its ink; placed from its origin on the baseline."""
    run = Run(0, 1, text, face, level, 0.0, text_length(text, face, level, size_px))
    drawn = draw_row(Row((run,), run.width, size_px), phase / PHASES)
    x, y, width, height = cv2.boundingRect(drawn.coverage)
    ink: Coverage = drawn.coverage[y : y + height, x : x + width].copy()
    return Patch(ink, x - int(drawn.origin_x), y - ceil(size_px * ASCENT))
