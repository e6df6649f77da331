from __future__ import annotations

import random
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lettering_support import NEEDS_SHAPER, SHAPES, paragraph
from PIL import Image, ImageDraw

from mvlocal.lettering.bidi import base_level, bidi_levels
from mvlocal.lettering.faces import bundled_face, dejavu_faces, load_font
from mvlocal.lettering.layout import (
    Box,
    balanced_rows,
    break_points,
    fit_rows,
    greedy_rows,
    row_width,
    safe_area,
)
from mvlocal.lettering.shaping import OVERSAMPLING, Cluster, Paragraph, cluster_edges, draw_row, place_row


def rows_of(text: str, size: float, width: float) -> list[str]:
    par = paragraph(text)
    return [par.text[a:b].strip() for a, b in balanced_rows(par, size, width)]


def han(text: str) -> Paragraph:
    """Chinese or Japanese text in a face that lacks it: breaking looks at letters only."""
    return Paragraph(tuple(Cluster(char, bundled_face("caption"), 0) for char in text), 0)


def test_safe_areas() -> None:
    assert safe_area(1920, 1080) == Box(96, 54, 1824, 1026)
    assert safe_area(1080, 1920) == Box(108, 384, 972, 1536)
    assert safe_area(1080, 1080) == Box(54, 54, 1026, 1026)


def test_a_short_line_stays_on_one_row_and_a_long_one_is_balanced() -> None:
    assert rows_of("The harbour lights", 30, 700) == ["The harbour lights"]
    text = "And every window in the town remembers what we said"
    first, second = rows_of(text, 30, 600)
    par = paragraph(text)
    widths = [row_width(par, a, b, 30) for a, b in balanced_rows(par, 30, 600)]
    assert f"{first} {second}" == text
    assert max(widths) < 1.35 * min(widths)


def test_a_comma_is_a_good_place_to_break() -> None:
    first, _ = rows_of("I walked the shore all night, and you were sleeping on", 30, 600)
    assert first == "I walked the shore all night,"


def test_a_word_wider_than_a_row_is_broken_rather_than_lost() -> None:
    par = paragraph("Donaudampfschifffahrtsgesellschaftskapitän")
    rows = greedy_rows(par, 30, 200)
    assert "".join(par.text[a:b] for a, b in rows) == par.text
    assert all(row_width(par, a, b, 30) <= 200 for a, b in rows)


def test_japanese_rows_do_not_begin_or_end_with_what_belongs_to_the_other() -> None:
    text = "夜明けの街に、君の声が「聞こえる」気がした。ずっと、ちょっと。"
    par = han(text)
    for cut in break_points(par)[1:-1]:
        assert text[cut] not in "、。」ゃゅょっー"
        assert text[cut - 1] != "「"
    assert len(break_points(par)) > len(text) // 2


def test_korean_and_latin_break_at_spaces_only() -> None:
    assert break_points(han("달빛이 바다 위로")) == [0, 4, 7, 9]
    assert break_points(han("half-way home")) == [0, 5, 9, 13]


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet="abc WAV,.'éж- ", min_size=1, max_size=120), st.integers(60, 400))
def test_rows_hold_all_letters_in_order_and_fit(text: str, width: int) -> None:
    par = paragraph(text)
    for rows in (greedy_rows(par, 20, width), balanced_rows(par, 20, width)):
        assert [i for a, b in rows for i in range(a, b)] == list(range(len(par.clusters)))
        assert all(row_width(par, a, b, 20) <= width or b - a == 1 for a, b in rows)


def test_titles_shrink_and_only_then_are_cut() -> None:
    long = fit_rows(paragraph("A Song With a Fairly Long Title for Its Card"), 70, 30, 600, 2)
    assert long.whole
    assert 30 <= long.size_px < 70
    assert len(long.rows) == 2
    endless = fit_rows(paragraph("word " * 3000), 70, 30, 600, 2)
    assert not endless.whole
    assert len(endless.rows) == 2
    assert endless.paragraph.text.endswith("…")
    assert max(row.width for row in endless.rows) <= 600


def test_an_endless_word_is_cut() -> None:
    endless = fit_rows(paragraph("x" * 10_000), 70, 30, 600, 2)
    assert not endless.whole
    assert max(row.width for row in endless.rows) <= 600


def test_edges_of_letters_are_in_reading_order_and_fill_the_row() -> None:
    par = paragraph("Wave home")
    row = place_row(par, 0, len(par.clusters), 40)
    edges = cluster_edges(par, row)
    lefts = [edges[i][0] for i in range(len(par.clusters))]
    assert lefts == sorted(lefts)
    assert edges[len(edges) - 1][1] == pytest.approx(row.width)


@pytest.mark.skipif(not SHAPES, reason=NEEDS_SHAPER)
@pytest.mark.parametrize("text", ["אור הירח על הים", "ضوء القمر على البحر"])
def test_right_to_left_words_stand_right_to_left(text: str) -> None:
    par = paragraph(text)
    edges = cluster_edges(par, place_row(par, 0, len(par.clusters), 40))
    centres = [sum(edges[i]) for i in range(len(par.clusters))]
    assert par.base == 1
    assert all(a > b for a, b in pairwise(centres))


@pytest.mark.skipif(not SHAPES, reason=NEEDS_SHAPER)
def test_latin_words_and_numbers_read_on_inside_hebrew() -> None:
    text = "לי (home) 12 לחזור"
    par = paragraph(text)
    edges = cluster_edges(par, place_row(par, 0, len(par.clusters), 40))
    in_sight = "".join(text[i] for i in sorted(edges, key=lambda i: edges[i][0]))
    assert in_sight == "רוזחל 12 )home( יל"  # the brackets are mirrored when drawn


@pytest.mark.skipif(not SHAPES, reason=NEEDS_SHAPER)
def test_rows_look_as_fribidi_orders_them() -> None:
    """Random mixed texts in one face: our runs and raqm's own paragraph give the same picture."""
    face = dejavu_faces("note")[1]
    font = load_font(face, 16.0 * OVERSAMPLING)
    rng = random.Random(4)
    for _ in range(150):
        text = " ".join("".join(rng.choices("אבגabc12() -,.+[]/%ضب", k=rng.randint(2, 14))).split())
        base = base_level(text)
        levels = bidi_levels(text, base)
        par = Paragraph(tuple(Cluster(c, face, n) for c, n in zip(text, levels, strict=True)), base)
        ours = draw_row(place_row(par, 0, len(text), 16.0))
        canvas = Image.new("L", (ours.coverage.shape[1] * OVERSAMPLING, ours.coverage.shape[0] * OVERSAMPLING))
        at = (ours.origin_x * OVERSAMPLING, ours.baseline * OVERSAMPLING)
        direction = "rtl" if base else "ltr"
        ImageDraw.Draw(canvas).text(at, text, fill=255, font=font, anchor="ls", direction=direction)
        theirs = np.asarray(canvas.resize(ours.coverage.shape[::-1], Image.Resampling.BOX)).astype(int)
        assert np.abs(theirs - ours.coverage).mean() < 2, text
