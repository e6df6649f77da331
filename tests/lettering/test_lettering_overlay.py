from __future__ import annotations

import random
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lettering_support import SHAPES, grey, inside, line, paragraph, planes, timed

from mvlocal.errors import SettingsError
from mvlocal.lettering.cards import Card
from mvlocal.lettering.faces import bundled_face
from mvlocal.lettering.fonts import FontBook, fonts_identity
from mvlocal.lettering.ink import BLACK, Ink, dim, lay_ink, place_mask
from mvlocal.lettering.layout import Box, safe_area
from mvlocal.lettering.notes import Note, clock, plan_notes
from mvlocal.lettering.overlay import Lettering, build_overlays
from mvlocal.lettering.shaping import place_row
from mvlocal.lettering.titles import end_span, head_span, plan_end_card, plan_head_card
from mvlocal.lettering.tracking import draw_tracked, track_row
from mvlocal.media.frame import Yuv420

SIZES = [(640, 360), (360, 640), (480, 480), (854, 480), (640, 180), (320, 180)]
TITLES = ["Ты", "The Harbour Lights", "W" * 70, "A very long title " * 12, "x" * 10_000]


def head(title: str, artist: str, width: int = 640, height: int = 360) -> Card:
    return plan_head_card((width, height), title, artist, (0.5, 5.5), FontBook([title, artist])).card


def painted(card: Card, t: float, width: int = 640, height: int = 360) -> Yuv420:
    frame = grey(width, height)
    card.draw(frame, t)
    return frame


def test_colours_are_bt709_limited() -> None:
    assert Ink.of_rgb(255, 255, 255) == Ink(235, 128, 128)
    assert Ink.of_rgb(0, 0, 0) == BLACK
    assert Ink.of_rgb(255, 0, 0) == Ink(63, 102, 240)


def test_ink_is_exact_where_it_covers_all_or_nothing() -> None:
    frame = grey(64, 32)
    mask = place_mask(np.full((6, 8), 255, np.uint8), 10, 4, 64, 32)
    lay_ink(frame, mask, Ink(200, 100, 50))
    assert (frame.y[4:10, 10:18] == 200).all()
    assert (frame.u[2:5, 5:9] == 100).all()
    assert frame.y.sum() == 120 * (64 * 32 - 48) + 200 * 48
    assert mask.box == Box(10, 4, 18, 10)


@settings(max_examples=60, deadline=None)
@given(st.integers(-30, 80), st.integers(-30, 50), st.integers(1, 40), st.integers(1, 30))
def test_masks_are_cut_to_the_frame(left: int, top: int, width: int, height: int) -> None:
    frame = grey(64, 32)
    lay_ink(frame, place_mask(np.full((height, width), 255, np.uint8), left, top, 64, 32), Ink(200, 128, 128))
    expected = np.full((32, 64), 120)
    expected[max(top, 0) : max(top + height, 0), max(left, 0) : max(left + width, 0)] = 200
    assert (frame.y == expected).all()


def test_dimming_keeps_black_and_halves_the_rest() -> None:
    frame = grey(64, 32)
    frame.y[0, 0] = 16
    dim(frame, 0.5)
    assert frame.y[0, 0] == 16
    assert frame.y[5, 5] == 68
    assert frame.u[3, 3] == 109


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("title", TITLES)
def test_cards_stay_in_the_safe_area_while_they_move(width: int, height: int, title: str) -> None:
    card = head(title, "An Orchestra of Some Length & Friends", width, height)
    boxes = [box for t in (0.8, 3.0, 5.4) for box in card.ink_boxes(t)]
    assert boxes
    assert all(inside(box, safe_area(width, height)) for box in boxes)


def test_rows_of_a_card_do_not_touch() -> None:
    boxes = head("A very long title, long enough for two rows of it", "Artist").ink_boxes(4)
    assert len(boxes) == 3
    assert all(above.bottom < below.top for above, below in pairwise(boxes))


def test_a_card_comes_stays_and_goes() -> None:
    card = head("Home", "Someone")
    untouched = planes(grey(640, 360))
    assert planes(painted(card, 0.49)) == untouched
    assert planes(painted(card, 5.5)) == untouched
    peaks = [int(painted(card, t).y.max()) for t in (0.7, 1.0, 2.0, 4.0, 5.2)]
    assert peaks[0] < peaks[1] < peaks[2] == peaks[3] > peaks[4]


def test_letters_move_in_steps_too_small_to_see() -> None:
    """The last letter's centre of gravity follows the tracking within the eighth of a pixel it is drawn at."""
    par = paragraph("A H")
    tracked = track_row(par, place_row(par, 0, 3, 60))
    centres: list[float] = []
    trackings = np.linspace(0.0, 0.04, 60)
    for tracking in trackings:
        patch = draw_tracked(tracked, float(tracking), 300.0, 100)
        x = patch.left + np.arange(patch.coverage.shape[1])
        ink = patch.coverage.astype(float).sum(axis=0) * (x > 305)
        centres.append(float((ink * x).sum() / ink.sum()))
    moved = np.array(centres) - centres[0]
    assert moved[-1] == pytest.approx(0.04 * 60, abs=0.15)
    assert np.abs(moved - trackings * 60).max() < 0.15


def test_tracking_keeps_kerning_and_grows_the_row() -> None:
    par = paragraph("AVA")
    row = place_row(par, 0, 3, 60)
    tracked = track_row(par, row)
    assert tracked.width_at(0.0) == row.width
    assert tracked.width_at(0.1) == pytest.approx(row.width + 12)
    narrow, wide = (draw_tracked(tracked, em, 300, 100) for em in (0.0, 0.1))
    assert wide.coverage.shape[1] - narrow.coverage.shape[1] in (11, 12, 13)


@pytest.mark.skipif(not SHAPES, reason="needs FriBiDi")
def test_joined_scripts_are_not_pulled_apart() -> None:
    par = paragraph("ضوء القمر")
    assert len(track_row(par, place_row(par, 0, len(par.clusters), 60)).letters) == 1


@pytest.mark.parametrize("title", ["", " \x00", "😀"])
def test_a_card_with_nothing_to_say_draws_nothing(title: str) -> None:
    assert planes(painted(head(title, ""), 3.0)) == planes(grey(640, 360))


def test_a_title_too_long_for_any_size_is_cut_with_a_warning() -> None:
    plan = plan_head_card((640, 360), "word " * 300, "", (0, 5), FontBook([]))
    assert any("too long" in w.what for w in plan.warnings)
    assert not plan_head_card((640, 360), "A title", "", (0, 5), FontBook([])).warnings


@pytest.mark.parametrize("count", [6, 7, 9, 13, 20])
@pytest.mark.parametrize(("width", "height"), [(640, 360), (1920, 1080), (1080, 1920), (1080, 1080)])
def test_the_end_card_holds_all_credits_inside_the_safe_area(width: int, height: int, count: int) -> None:
    people = tuple(f"Somebody Longname: instrument {i}" for i in range(count))
    plan = plan_end_card((width, height), "Home", "Someone", people, (10, 15), FontBook([]))
    assert plan.fits
    assert not plan.warnings
    boxes = plan.card.ink_boxes(13)
    safe = safe_area(width, height)
    assert all(inside(box, safe) for box in boxes)
    assert all(above.bottom <= below.top for above, below in pairwise(boxes))
    rows = len(boxes) - 3  # title, artist, and what it was made with
    assert rows == count if count <= 6 else -(-count // 4) <= rows <= count


def test_credits_that_no_size_holds_are_refused_and_one_too_long_is_cut() -> None:
    people = tuple("Someone with a very long part " * 12 + str(i) for i in range(20))
    with pytest.raises(SettingsError, match="20 credits do not fit an end card of 640x360") as caught:
        plan_end_card((640, 360), "Home", "Someone", people, (10, 15), FontBook([]))
    assert caught.value.where == "master.credits"
    plan = plan_end_card((640, 360), "Home", "Someone", ["word " * 300], (10, 15), FontBook([]))
    assert "too long for a card" in plan.warnings[-1].what


def test_spans_of_cards_fit_songs_of_any_length() -> None:
    for duration in (0.5, 3.0, 20.0, 600.0):
        for credits_ in (0, 6, 20):
            (a, b), (c, d) = head_span(duration), end_span(duration, credits_)
            assert 0 <= a < b < c < d == duration
    assert end_span(300.0, 6) == end_span(300.0) == (295.0, 300.0)
    assert end_span(300.0, 10) == (293.0, 300.0)
    assert end_span(300.0, 20) == (288.0, 300.0)


def test_a_card_in_a_song_of_half_a_second() -> None:
    card = plan_head_card((640, 360), "Home", "", head_span(0.5), FontBook([])).card
    assert painted(card, 0.06).y.max() > 200


def test_clock() -> None:
    assert [clock(t) for t in (0, 3.999, 59.999, 60, 725.25, -1)] == [
        "0:00.00",
        "0:03.99",
        "0:59.99",
        "1:00.00",
        "12:05.25",
        "0:00.00",
    ]


@pytest.mark.parametrize(("width", "height"), [(640, 360), (360, 640), (480, 480), (96, 54), (2, 2), (30, 600)])
def test_notes_stay_in_their_band(width: int, height: int) -> None:
    notes = [Note(1, 4, "s03", "Night street by the harbour " * 3, "walks, stops, looks " * 60, "medium, push-in")]
    bar = plan_notes((width, height), notes, FontBook([])).bar
    frame = grey(width, height)
    bar.draw(frame, 2.0)
    assert (frame.y[bar.box.bottom :] == 120).all()
    assert (frame.y[: bar.box.bottom] != 120).any()
    before, after = grey(width, height), grey(width, height)
    bar.draw(before, 0.99)
    bar.draw(after, 4.0)
    assert planes(before) == planes(after) == planes(grey(width, height))


def test_notes_run_the_clock_and_nothing_else() -> None:
    bar = plan_notes((640, 360), [Note(0, 4, "s01", "Room", "sits", "wide")], FontBook([])).bar
    one, two = grey(640, 360), grey(640, 360)
    bar.draw(one, 1.11)
    bar.draw(two, 2.22)
    assert planes(one) != planes(two)
    assert (one.y[:, :520] == two.y[:, :520]).all()


def test_the_action_gives_way_to_place_and_camera() -> None:
    bar = plan_notes((640, 360), [], FontBook([])).bar
    text = bar.joined("Quay", "she walks along the quay and stops " * 5, "wide, push-in", 400)
    assert text.startswith("Quay · she walks")
    assert text.endswith("… · wide, push-in")


WORDS = Lettering(
    lines=(timed("The harbour lights are calling", 1, 4), line("Свет луны", 5, 7)),
    title="The Harbour Lights",
    artist="Mara",
    head=(0.5, 5),
    end=(8, 12),
    credits=("Words: M. L.",),
    notes=(Note(0, 6, "s01", "Quay", "walks", "wide"),),
)


def test_everything_together_is_the_same_every_time() -> None:
    one, two = build_overlays(640, 360, WORDS), build_overlays(640, 360, WORDS)
    for t in (0.7, 2.0, 2.04, 5.5, 9.0, 11.9):
        first, second = grey(640, 360), grey(640, 360)
        one.overlay.draw(first, t)
        two.overlay.draw(second, t)
        assert planes(first) == planes(second) != planes(grey(640, 360))
    assert one.warnings == two.warnings == ()


def test_nothing_asked_nothing_drawn() -> None:
    frame = grey(640, 360)
    build_overlays(640, 360, Lettering(title="unused")).overlay.draw(frame, 1.0)
    assert planes(frame) == planes(grey(640, 360))


@pytest.mark.parametrize(("width", "height"), [(641, 360), (640, 361), (0, 2), (-2, 4)])
def test_odd_or_empty_frames_are_refused(width: int, height: int) -> None:
    with pytest.raises(ValueError, match="even"):
        build_overlays(width, height, WORDS)


def test_a_frame_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="640x360"):
        build_overlays(640, 360, WORDS).overlay.draw(grey(320, 180), 1.0)


def test_a_font_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError):
        build_overlays(640, 360, Lettering(title="x", head=(0, 1), font=str(tmp_path / "none.otf")))


def test_a_plane_that_is_a_view_is_drawn_in_place() -> None:
    """Planes are often slices of one buffer with a stride of their own."""
    whole = np.full((400, 704), 120, np.uint8)
    frame = Yuv420(whole[:360, :640], np.full((180, 320), 90, np.uint8), np.full((180, 320), 160, np.uint8))
    contiguous = grey(640, 360)
    overlay = build_overlays(640, 360, WORDS).overlay
    overlay.draw(frame, 2.0)
    overlay.draw(contiguous, 2.0)
    assert (frame.y == contiguous.y).all()
    assert (whole[360:] == 120).all()


def test_all_texts_count_for_the_cache_key() -> None:
    plain, arabic = WORDS, Lettering(lines=(line("ضوء", 1, 2),))
    assert "made with mvlocal" in plain.texts()
    assert fonts_identity(plain.texts()) != fonts_identity(arabic.texts())


def test_damaged_fonts_are_refused_or_set_and_nothing_else(tmp_path: Path) -> None:
    whole = bundled_face("caption").path.with_suffix(".ttf").read_bytes()
    rng = random.Random(7)
    refused: list[tuple[str, SettingsError]] = []
    for n in range(30):
        damaged = bytearray(whole)
        for _ in range(60):
            damaged[rng.randrange(800 if n % 3 else len(damaged))] = rng.randrange(256)
        path = tmp_path / f"{n}.ttf"
        path.write_bytes(damaged)
        try:
            words = Lettering(lines=(timed("The harbour Ж éß", 0.5, 4),), font=str(path))
            build_overlays(320, 180, words).overlay.draw(grey(320, 180), 2.0)
        except SettingsError as error:
            refused.append((path.name, error))
    assert len(refused) >= 10
    assert all(name in error.what and error.mend for name, error in refused)
