"""Turns a text into clusters with fonts and directions, and rows of clusters into coverage masks.

It does not know where rows break or where they stand on a frame.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from mvlocal.lettering import faces, fonts
from mvlocal.lettering.bidi import base_level, bidi_levels, visual_order
from mvlocal.lettering.faces import Face, Role
from mvlocal.lettering.fonts import FontBook, FontWarning
from mvlocal.lettering.kerning import pair_kern_em
from mvlocal.lettering.text import clean_text, is_mark, script_of, split_clusters

Coverage = NDArray[np.uint8]
"""(H, W) share of each pixel that ink covers, 0 to 255."""

OVERSAMPLING = 4
"""Glyphs are drawn this much larger and averaged down: positions and stems fall between pixels as they should."""

ASCENT, DESCENT = 1.35, 0.75
"""Room above and below a baseline in ems that no row's ink may leave; tall scripts included."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A base with its marks, the face it is set in, and its bidirectional level (odd runs right to left)."""

    text: str
    face: Face
    level: int

    @property
    def is_space(self) -> bool:
        return self.text == " "


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Clusters in reading order; `base` is 1 when the paragraph runs right to left."""

    clusters: tuple[Cluster, ...]
    base: int

    @property
    def text(self) -> str:
        return "".join(cluster.text for cluster in self.clusters)


@dataclass(frozen=True, slots=True)
class SetText:
    """A paragraph and what of its text could not be set."""

    paragraph: Paragraph
    warnings: tuple[FontWarning, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """Clusters `start` to `end` of a paragraph in one face and level, placed `x` pixels from the row's left."""

    start: int
    end: int
    text: str
    face: Face
    level: int
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Row:
    """Runs from left to right, and the row's width in pixels at em `size_px`."""

    runs: tuple[Run, ...]
    width: float
    size_px: float


def set_paragraph(text: str, book: FontBook, role: Role) -> SetText:
    """Cleans `text`, gives every cluster a face and a direction, and leaves out what cannot be set right."""
    clean = clean_text(text)
    warnings = [fonts.PICTOGRAPHS] * clean.dropped_pictographs + [fonts.UNKNOWN] * clean.dropped_unknown
    faced: list[tuple[str, Face]] = []
    for cluster, face in _with_faces(split_clusters(clean.text), book, role):
        if not _can_set(cluster):
            warnings.append(fonts.missing_shaper(script_of(cluster)))
        elif face is None:
            warnings.append(fonts.missing_script(script_of(cluster)))
        elif cluster != " " or (faced and faced[-1][0] != " "):
            faced.append((cluster, face))
    while faced and faced[-1][0] == " ":
        faced.pop()
    plain = "".join(cluster for cluster, _ in faced)
    base = base_level(plain)
    levels = bidi_levels(plain, base)
    starts = np.cumsum([0, *(len(cluster) for cluster, _ in faced)])
    clusters = tuple(Cluster(c, face, levels[int(starts[i])]) for i, (c, face) in enumerate(faced))
    return SetText(Paragraph(clusters, base), tuple(dict.fromkeys(warnings)))


def _can_set(cluster: str) -> bool:
    if faces.can_shape():
        return True
    return script_of(cluster) in fonts.PLAIN_SCRIPTS and not any(map(is_mark, cluster))


def _with_faces(clusters: Sequence[str], book: FontBook, role: Role) -> Iterator[tuple[str, Face | None]]:
    """Faces by coverage; spaces, digits and punctuation go with the letters beside them where those have them."""
    first = next((c for c in clusters if script_of(c) != "Zyyy"), None)
    near = book.face_for(first, role) if first else None
    for cluster in clusters:
        if script_of(cluster) == "Zyyy":
            takes_near = near is not None and faces.covers(near, cluster)
            yield cluster, near if takes_near else book.face_for(cluster, role, near)
        else:
            face = book.face_for(cluster, role, near)
            near = face or near
            yield cluster, face


def place_row(paragraph: Paragraph, start: int, end: int, size_px: float) -> Row:
    """Sets clusters `start` to `end` as one row; spaces at its ends are dropped."""
    while start < end and paragraph.clusters[start].is_space:
        start += 1
    while end > start and paragraph.clusters[end - 1].is_space:
        end -= 1
    spans = _level_spans(paragraph.clusters, start, end)
    order = visual_order([paragraph.clusters[a].level for a, _ in spans])
    runs: list[Run] = []
    x = 0.0
    for a, b in (spans[i] for i in order):
        text = "".join(cluster.text for cluster in paragraph.clusters[a:b])
        first = paragraph.clusters[a]
        width = text_length(text, first.face, first.level, size_px)
        runs.append(Run(a, b, text, first.face, first.level, x, width))
        x += width
    return Row(tuple(runs), x, size_px)


def _level_spans(clusters: Sequence[Cluster], start: int, end: int) -> list[tuple[int, int]]:
    """Longest stretches of one face and one level."""
    spans: list[tuple[int, int]] = []
    for i in range(start, end):
        same = spans and (clusters[i - 1].face, clusters[i - 1].level) == (clusters[i].face, clusters[i].level)
        spans[-1:] = [(spans[-1][0], i + 1)] if same else [*spans[-1:], (i, i + 1)]
    return spans


@lru_cache(maxsize=8192)
def text_length(text: str, face: Face, level: int, size_px: float) -> float:
    """Advance width in pixels of `text` set in one face and direction."""
    font = faces.load_font(face, size_px * OVERSAMPLING)
    with faces.reading(face):
        if faces.can_shape():
            return font.getlength(text, direction=_direction(level)) / OVERSAMPLING
        kern = sum(pair_kern_em(face, a, b) for a, b in pairwise(text))
        return sum(map(font.getlength, text)) / OVERSAMPLING + kern * face.scale * size_px


def _direction(level: int) -> str:
    return "rtl" if level % 2 else "ltr"


def cluster_edges(paragraph: Paragraph, row: Row) -> dict[int, tuple[float, float]]:
    """Left and right border in pixels of every cluster of a row, by its index in the paragraph."""
    edges: dict[int, tuple[float, float]] = {}
    for run in row.runs:
        done, before = "", 0.0
        for i in range(run.start, run.end):
            done += paragraph.clusters[i].text
            after = min(text_length(done, run.face, run.level, row.size_px), run.width)
            after = max(after, before)
            left, right = (run.width - after, run.width - before) if run.level % 2 else (before, after)
            edges[i] = (run.x + left, run.x + right)
            before = after
    return edges


@dataclass(frozen=True, slots=True)
class RowMask:
    """A row's coverage; its baseline starts `origin_x` pixels from the left and `baseline` from the top."""

    coverage: Coverage
    origin_x: float
    baseline: float


def draw_row(row: Row, shift_x: float = 0.0) -> RowMask:
    """Draws a row with its start `shift_x` pixels (0 to 1) right of a pixel's border."""
    n, size = OVERSAMPLING, row.size_px
    pad = int(np.ceil(size * 0.5)) + 1
    up, down = int(np.ceil(size * ASCENT)), int(np.ceil(size * DESCENT))
    canvas = Image.new("L", ((int(np.ceil(row.width)) + 1 + 2 * pad) * n, (up + down) * n))
    pen = ImageDraw.Draw(canvas)
    for run in row.runs:
        with faces.reading(run.face):
            _draw_run(pen, run, ((pad + shift_x + run.x) * n, up * n), size)
    big = np.asarray(canvas)
    coverage = cv2.resize(big, (big.shape[1] // n, big.shape[0] // n), interpolation=cv2.INTER_AREA)
    return RowMask(coverage.astype(np.uint8, copy=False), pad + shift_x, up)


def _draw_run(pen: ImageDraw.ImageDraw, run: Run, at: tuple[float, float], size_px: float) -> None:
    """Draws a run from `at` (oversampled pixels); letter by letter where nothing here can shape it."""
    font = faces.load_font(run.face, size_px * OVERSAMPLING)
    if faces.can_shape():
        pen.text(at, run.text, fill=255, font=font, anchor="ls", direction=_direction(run.level))
        return
    for i, letter in enumerate(run.text):
        before = text_length(run.text[: i + 1], run.face, run.level, size_px)
        x = before - text_length(letter, run.face, run.level, size_px)
        pen.text((at[0] + x * OVERSAMPLING, at[1]), letter, fill=255, font=font, anchor="ls")
