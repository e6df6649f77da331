from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lettering_support import NEEDS_SHAPER, SHAPES, grey, inside, line, planes, timed

from mvlocal.lettering.captions import CaptionPlan, Captions, caption_size_px, plan_captions
from mvlocal.lettering.cues import cue_opacity, place_cues, plan_cues
from mvlocal.lettering.fonts import FontBook
from mvlocal.lettering.layout import safe_area
from mvlocal.lettering.styles import FAINT
from mvlocal.schema.song import LyricLine, LyricWord
from mvlocal.timing import FrameRate

SIZES = [(320, 180), (640, 360), (854, 480), (1080, 1920), (360, 640), (480, 480), (1234, 694), (640, 268), (384, 480)]
LONG = "And every window in the town remembers what we said that night before the sea came in"


def plan(lines: list[LyricLine], width: int = 640, height: int = 360) -> CaptionPlan:
    return plan_captions(width, height, lines, FontBook([x.text for x in lines]))


def drawn(captions: Captions, t: float, width: int = 640, height: int = 360) -> bytes:
    frame = grey(width, height)
    captions.draw(frame, t)
    return planes(frame)


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("text", ["home", LONG, "Ånd gjøtépq, Ży Ę", "W" * 60])
def test_ink_stays_in_the_safe_area(width: int, height: int, text: str) -> None:
    captions = plan([timed(text, 1, 9)], width, height).captions
    boxes = captions.ink_boxes(3)
    assert boxes
    assert all(inside(box, safe_area(width, height)) for box in boxes)
    assert all(box.width > 0 for box in boxes)


def test_rows_stand_in_the_middle_and_low() -> None:
    (box,) = plan([line("The harbour lights", 1, 4)]).captions.ink_boxes(2)
    assert abs(box.left + box.right - 640) <= 2
    assert box.top > 0.8 * 360


def test_a_tower_of_marks_stays_in_the_safe_area() -> None:
    if not SHAPES:
        pytest.skip(NEEDS_SHAPER)
    for box in plan([line("z" + "\u0323\u0301" * 40 + "algo", 1, 4)]).captions.ink_boxes(2):
        assert inside(box, safe_area(640, 360))


def test_type_is_44_thousandths_of_the_height_and_smaller_on_narrow_frames() -> None:
    assert caption_size_px(1920, 1080) == pytest.approx(47.52)
    assert caption_size_px(1080, 1920) == pytest.approx(60.48)


def test_nothing_is_drawn_before_between_or_after() -> None:
    captions = plan([line("one", 2, 3), line("two", 10, 11)]).captions
    untouched = planes(grey(640, 360))
    for t in (0.0, 1.8, 5.0, 9.8, 12.0, 1e6, -1.0):
        assert drawn(captions, t) == untouched
    assert drawn(captions, 2.5) != untouched


def test_only_the_box_around_the_words_is_touched() -> None:
    frame = grey(640, 360)
    plan([line("home", 1, 4)]).captions.draw(frame, 2)
    assert (frame.y[:280] == 120).all()
    assert (frame.y[:, :200] == 120).all()
    assert frame.y.max() > 225
    assert frame.y.min() < 70
    assert (frame.u[:140] == 90).all()


def test_words_light_up_one_by_one_and_never_fade_while_the_line_stands() -> None:
    captions = plan([timed("one two three four", 1, 5)]).captions
    (box,) = captions.ink_boxes(2)
    before = np.zeros((360, 640), np.uint8)
    halves: list[tuple[int, int]] = []
    for t in np.arange(1.0, 5.0, 0.1):
        frame = grey(640, 360)
        captions.draw(frame, float(t))
        assert (frame.y[box.top : box.bottom].astype(int) >= before[box.top : box.bottom].astype(int) - 1).all()
        before = frame.y.copy()
        middle = (box.left + box.right) // 2
        halves.append((int(frame.y[:, box.left : middle].max()), int(frame.y[:, middle : box.right].max())))
    assert halves[0][0] < 200
    assert halves[14][0] > 225
    assert halves[14][1] < 200
    assert halves[-1][1] > 225


@pytest.mark.skipif(not SHAPES, reason=NEEDS_SHAPER)
def test_right_to_left_words_light_up_from_the_right() -> None:
    captions = plan([timed("אור הירח על הים", 1, 5)]).captions
    (box,) = captions.ink_boxes(2)
    frame = grey(640, 360)
    captions.draw(frame, 3.0)
    middle = (box.left + box.right) // 2
    assert frame.y[:, middle + 10 : box.right].max() > 225
    assert frame.y[:, box.left : middle - 10].max() < 200


def test_unsung_words_are_faint_but_there() -> None:
    captions = plan([timed("one two", 1, 5)]).captions
    frame = grey(640, 360)
    captions.draw(frame, 1.0)
    (box,) = captions.ink_boxes(1.0)
    assert 0.6 * FAINT * 235 < frame.y[box.top : box.bottom].max() < 200


def test_words_that_are_not_the_line_light_it_as_a_whole() -> None:
    words = tuple(LyricWord(text=w, start_s=s, end_s=s + 1) for s, w in enumerate(("nothing", "like", "it")))
    odd = LyricLine(text="one two three", start_s=0.5, end_s=4, confidence=1, words=words)
    plain = line("one two three", 0.5, 4)
    assert drawn(plan([odd]).captions, 1.5) == drawn(plan([plain]).captions, 1.5)


def test_by_word_can_be_turned_off() -> None:
    sung = timed("one two three", 1, 4)
    whole = plan_captions(640, 360, [sung], FontBook([]), by_word=False).captions
    assert drawn(whole, 1.5) == drawn(plan([line(sung.text, 1, 4)]).captions, 1.5)


def test_a_line_that_crosses_a_cut_is_the_same_in_both_shots() -> None:
    """Two overlays, each drawing one shot, against one that draws all."""
    lines = [timed("Before the sea came in", 1, 3), timed("and after it had gone", 3.2, 6)]
    rate = FrameRate.parse("30000/1001")
    times = [rate.time_of(frame) for frame in range(20, 180, 3)]
    whole = plan(lines).captions
    first, second = plan(lines).captions, plan(lines).captions
    for t in times:
        shot = first if t < 4.1 else second
        assert drawn(shot, t) == drawn(whole, t)


def test_frames_do_not_depend_on_the_order_they_are_drawn_in() -> None:
    lines = [timed(f"line number {i} of the song", i * 2, i * 2 + 1.8) for i in range(8)]
    forward, backward = plan(lines).captions, plan(lines).captions
    times = [0.3 + 0.7 * i for i in range(20)]
    expected = [drawn(forward, t) for t in times]
    assert [drawn(backward, t) for t in reversed(times)] == expected[::-1]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 20), st.floats(0, 6), st.booleans()), min_size=1, max_size=8),
)
def test_cues_never_overlap_whatever_the_lines_say(times: list[tuple[float, float, bool]]) -> None:
    lines = [(timed if words else line)("one two", start, start + length) for start, length, words in times]
    cues = place_cues(plan_cues(lines, FontBook([]), by_word=True).cues)
    for before, after in pairwise(cues):
        assert before.in_s <= before.out_s <= after.in_s
    for cue in cues:
        assert cue_opacity(cue, cue.in_s) == 0
        assert cue_opacity(cue, cue.out_s) == 0
        if cue.out_s - cue.in_s > 0.5:
            assert cue_opacity(cue, (cue.in_s + cue.out_s) / 2) == 1


def test_lines_hold_over_short_gaps_and_leave_in_long_ones() -> None:
    cues = place_cues(plan_cues([line("a", 1, 3), line("b", 4, 5), line("c", 20, 21)], FontBook([]), by_word=True).cues)
    assert cues[0].out_s == cues[1].in_s == pytest.approx(3.85)
    assert cues[1].out_s == pytest.approx(5.8)


def test_a_line_and_its_translation_stand_together() -> None:
    captions = plan([line("Moonlight on the sea", 1, 3), line("Лунный свет на море", 1, 3)]).captions
    upper, lower = captions.ink_boxes(2)
    assert upper.bottom <= lower.top
    twice = plan([line("home", 1, 3), line("home", 1, 3)]).captions
    assert len(twice.ink_boxes(2)) == 1


def test_a_very_long_line_turns_pages_while_it_is_sung() -> None:
    captions = plan([timed(LONG + " " + LONG + " " + LONG, 1, 13)]).captions
    seen = {drawn(captions, t) for t in (2.0, 6.0, 12.0)}
    assert len(seen) == 3
    assert all(1 <= len(captions.ink_boxes(t)) <= 2 for t in (2.0, 6.0, 12.0))


def test_a_line_too_long_to_be_read_is_cut_with_a_warning() -> None:
    long = LyricLine.model_construct(text="la " * 3400, start_s=1.0, end_s=3.0, confidence=1.0, words=())
    result = plan([long])
    assert [w.what for w in result.warnings if "too long" in w.what]
    assert all(inside(box, safe_area(640, 360)) for box in result.captions.ink_boxes(2))


def test_an_endless_word_is_cut_with_a_warning() -> None:
    long = LyricLine.model_construct(text="x" * 10_000, start_s=1.0, end_s=3.0, confidence=1.0, words=())
    assert plan([long]).warnings


@pytest.mark.parametrize("text", ["", "   ", "\x00\x1b\u202e", "😀😀", "\u0301"])
def test_lines_with_nothing_to_draw_draw_nothing(text: str) -> None:
    captions = plan([line(text, 1, 3)]).captions
    assert captions.ink_boxes(2) == [] or text == "\u0301"
    drawn(captions, 2)


def test_control_characters_leave_no_trace() -> None:
    clean = drawn(plan([line("home again", 1, 3)]).captions, 2)
    assert drawn(plan([line("ho\x00me\x07 \u202eagain\u2069", 1, 3)]).captions, 2) == clean


def test_missing_scripts_are_named_once() -> None:
    warnings = plan([line(f"夜明け {i}", i, i + 1) for i in range(5)]).warnings
    assert len(warnings) == len({w.script for w in warnings})
    assert any("apt install fonts-noto-cjk" in str(w) for w in warnings)


def test_frames_too_small_for_type_say_so() -> None:
    result = plan([line("home", 1, 3)], 64, 36)
    assert "too small" in result.warnings[0].what
    assert drawn(result.captions, 2, 64, 36) == planes(grey(64, 36))


@pytest.mark.usefixtures("no_shaper")
def test_captions_without_a_shaper() -> None:
    captions = plan([timed("The harbour lights, Свет", 1, 4)]).captions
    (box,) = captions.ink_boxes(2)
    assert inside(box, safe_area(640, 360))
