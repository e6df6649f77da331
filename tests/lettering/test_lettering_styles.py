"""Caption styles: what they look like, where they stand, and how words light up in every direction of writing."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
from lettering_support import NEEDS_SHAPER, SHAPES, grey, inside, line, planes, timed

from mvlocal.lettering import system_fonts
from mvlocal.lettering.captions import CaptionPlan, plan_captions
from mvlocal.lettering.cues import plan_cues
from mvlocal.lettering.fonts import FontBook
from mvlocal.lettering.ink import WARM_WHITE
from mvlocal.lettering.layout import Box, safe_area
from mvlocal.lettering.overlay import Lettering, build_overlays
from mvlocal.lettering.shot_words import lettering_of
from mvlocal.lettering.styles import PLAIN, CaptionStyle, Look, Mode, Position
from mvlocal.schema.song import LyricLine, LyricWord

FRAMES = [(1280, 720), (1080, 1080), (1080, 1920), (360, 640), (640, 268)]
LONG = "And every window in the town remembers what we said that night before the sea came in"
ARABIC = "كل نافذة في المدينة تتذكر ما قلناه"
HEBREW = "כל חלון בעיר זוכר את מה שאמרנו"
KARAOKE = CaptionStyle(look="karaoke")
ALL_FONTS = system_fonts.font_files


@pytest.fixture
def fonts_of_this_machine(no_system_fonts: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """No dependency brings Japanese letters: a machine that has some shows them."""
    monkeypatch.setattr(system_fonts, "font_files", ALL_FONTS)
    system_fonts.find_covering.cache_clear()


def japanese() -> LyricLine:
    parts = ["街の", "窓は", "みんな", "僕らの", "言葉を", "覚えて", "いる"]
    words = tuple(LyricWord(text=p, start_s=1 + n, end_s=2 + n) for n, p in enumerate(parts))
    return LyricLine(text="街の窓はみんな 僕らの言葉を覚えている", start_s=1, end_s=8, confidence=1, words=words)


def plan(lines: list[LyricLine], style: CaptionStyle, width: int = 640, height: int = 360) -> CaptionPlan:
    return plan_captions(width, height, lines, FontBook([x.text for x in lines]), style=style)


def covered(text: str) -> bool:
    return not plan_cues([line(text, 1, 2)], FontBook([text]), by_word=False).warnings


@pytest.mark.parametrize("look", get_args(Look))
@pytest.mark.parametrize("mode", get_args(Mode))
@pytest.mark.parametrize("position", get_args(Position))
@pytest.mark.parametrize(("width", "height"), FRAMES)
def test_every_style_keeps_its_ink_in_the_safe_area(
    look: Look, mode: Mode, position: Position, width: int, height: int
) -> None:
    style = CaptionStyle(look, mode, position, scale=1.3)
    captions = plan([timed(LONG, 1, 9)], style, width, height).captions
    shown = [box for t in (2, 4, 6, 8) for box in captions.ink_boxes(t)]
    assert shown
    assert all(inside(box, safe_area(width, height)) for box in shown)


def test_upright_words_keep_clear_of_a_phones_buttons() -> None:
    assert safe_area(1080, 1920) == Box(108, 384, 972, 1536)
    for mode in get_args(Mode):
        for box in plan([timed(LONG, 1, 9)], CaptionStyle(mode=mode), 1080, 1920).captions.ink_boxes(3):
            assert box.left >= 108
            assert box.right <= 972
            assert box.top >= 384
            assert box.bottom <= 1536


def test_positions_are_low_in_the_middle_and_high() -> None:
    tops = {}
    for position in get_args(Position):
        (box,) = plan([line("The harbour lights", 1, 4)], CaptionStyle(position=position)).captions.ink_boxes(2)
        tops[position] = (box.top + box.bottom) / 2
    assert tops["high"] < 0.15 * 360 < 0.45 * 360 < tops["middle"] < 0.55 * 360 < 0.85 * 360 < tops["low"]


def test_lyric_video_words_are_large_and_the_picture_behind_them_dark_without_flicker() -> None:
    lines = [timed("The harbour lights", 1, 3), timed("go out one by one", 3, 5), timed("at last", 12, 14)]
    captions = plan(lines, CaptionStyle(mode="lyrics")).captions
    small = plan(lines, PLAIN).captions
    assert captions.ink_boxes(2)[0].height > 2 * small.ink_boxes(2)[0].height
    corner = []
    for t in np.arange(0.0, 16.0, 0.05):
        frame = grey(640, 360)
        captions.draw(frame, float(t))
        corner.append(int(frame.y[4, 4]))
    dark = [value for t, value in zip(np.arange(0.0, 16.0, 0.05), corner, strict=True) if 1.2 < t < 5.2]
    assert len(set(dark)) == 1
    assert dark[0] < 0.7 * 120
    assert corner[0] == corner[160] == corner[-1] == 120
    assert np.abs(np.diff(corner)).max() <= 10


def test_a_word_longer_than_a_row_makes_the_line_smaller_instead_of_breaking() -> None:
    word = "Straßenbahnhaltestelle"
    large = plan([line(word, 1, 4)], CaptionStyle(mode="lyrics"), 1080, 1920).captions
    assert len(large.ink_boxes(2)) == 1


def test_words_beside_a_title_stand_below_it_as_captions() -> None:
    words = Lettering(
        lines=[timed("The harbour lights", 1, 3), timed("go out one by one", 8, 10)],
        title="Harbour", artist="Nobody", head=(0.5, 5.5), style=CaptionStyle(mode="lyrics"),
    )  # fmt: skip
    overlay = build_overlays(640, 360, words).overlay
    early, late = grey(640, 360), grey(640, 360)
    overlay.draw(early, 2.5)
    overlay.draw(late, 9.0)
    white = [np.flatnonzero((frame.y > 225).any(axis=1)) for frame in (early, late)]
    assert white[0].max() > 0.85 * 360  # below the card
    assert 0.4 * 360 < white[1].min() < white[1].max() < 0.62 * 360


def test_karaoke_is_white_before_a_word_and_coloured_after_it() -> None:
    text = timed("home again tonight", 1, 4)
    captions = plan([text], KARAOKE).captions
    (box,) = captions.ink_boxes(2)
    middle = (box.left + box.right) // 2

    def blue(t: float, left: int, right: int) -> float:
        frame = grey(640, 360)
        captions.draw(frame, t)
        part = np.s_[box.top // 2 : box.bottom // 2, left // 2 : right // 2]
        bright = frame.y[box.top : box.bottom, left:right][::2, ::2][: frame.u[part].shape[0], : frame.u[part].shape[1]]
        return float(frame.u[part][bright > 180].mean())

    assert blue(1.0, box.left, box.right) > 115  # not sung yet: white
    assert blue(2.5, box.left, box.left + 30) < 90  # its first word: amber
    assert blue(2.5, middle + 20, box.right) > 115
    assert blue(4.2, box.left, box.right) < 90
    untimed = plan([line("home again tonight", 1, 4)], KARAOKE).captions
    frame = grey(640, 360)
    untimed.draw(frame, 4.1)
    assert frame.u[box.top // 2 : box.bottom // 2, box.left // 2 : box.right // 2].min() > 85
    assert int(frame.y.max()) >= WARM_WHITE.y - 3


def sung_share(text: LyricLine, t: float) -> tuple[float, float]:
    """How much of the left and of the right half of a line is in karaoke's colour at second `t`."""
    captions = plan([text], KARAOKE, 960, 540).captions
    (box,) = captions.ink_boxes(t)
    frame = grey(960, 540)
    captions.draw(frame, t)
    u = frame.u[box.top // 2 : box.bottom // 2, box.left // 2 : box.right // 2]
    half = u.shape[1] // 2
    return float((u[:, :half] < 70).mean()), float((u[:, half:] < 70).mean())


@pytest.mark.parametrize("text", [ARABIC, HEBREW])
def test_karaoke_runs_from_right_to_left_where_the_words_do(text: str) -> None:
    if not SHAPES or not covered(text):
        pytest.skip(NEEDS_SHAPER if not SHAPES else "no font here has these letters")
    left, right = sung_share(timed(text, 1, 8), 4.5)
    assert right > 0.03
    assert left < 0.2 * right
    both = sung_share(timed(text, 1, 8), 8.2)
    assert min(both) > 0.03


def test_karaoke_runs_through_japanese_by_its_words(fonts_of_this_machine: None) -> None:
    if not covered("街の窓"):
        pytest.skip("no font here has these letters")
    left, right = sung_share(japanese(), 4.5)
    assert left > 0.03
    assert right < 0.2 * left


def test_japanese_rows_break_at_a_breath(fonts_of_this_machine: None) -> None:
    if not covered("街の窓"):
        pytest.skip("no font here has these letters")
    captions = plan([japanese()], CaptionStyle(mode="lyrics"), 640, 360).captions
    first, second = captions.ink_boxes(3)
    assert first.width / second.width == pytest.approx(7 / 11, abs=0.06)


def test_grounds_differ_and_a_box_has_round_corners() -> None:
    drawn = {}
    for look in get_args(Look):
        frame = grey(640, 360)
        plan([line("The harbour lights", 1, 4)], CaptionStyle(look=look)).captions.draw(frame, 2)
        drawn[look] = frame
    assert len({planes(frame) for frame in drawn.values()}) == 3  # untimed karaoke is plain
    box = drawn["box"].y < 60
    rows, columns = np.flatnonzero(box.any(axis=1)), np.flatnonzero(box.any(axis=0))
    assert box[rows[0] + 8, columns[0] + 2 : columns[0] + 8].all()
    assert not box[rows[0], columns[0]]
    (ink,) = plan([line("The harbour lights", 1, 4)], PLAIN).captions.ink_boxes(2)
    assert rows[0] < ink.top - 2
    assert rows[-1] > ink.bottom + 2


def test_styles_cross_a_task_as_plain_json() -> None:
    words = {
        "captions": True, "title": "", "artist": "", "credits": ["Written by Ada"], "head": None, "end": None,
        "note": None, "font": "", "language": None,
        "style": {"look": "box", "mode": "lyrics", "position": "high", "scale": 1.5, "colour": [1, 2, 3]},
    }  # fmt: skip
    made = lettering_of(words, [])
    assert made.style == CaptionStyle("box", "lyrics", "high", 1.5, (1, 2, 3))
    assert list(made.credits) == ["Written by Ada"]
