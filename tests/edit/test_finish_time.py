"""Time within a shot: exact positions for any two rates, repeats, jumps, retiming."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from mvlocal.edit.finishing.retime import (
    CATCH_UP,
    MOST_CHANGE,
    PLAIN,
    Warp,
    before_drop,
    drops_of,
    joined,
    motion_peak,
    onto_downbeat,
)
from mvlocal.edit.finishing.tweening import Anchor, alike, anchors, frames_needed, positions, tween
from mvlocal.schema.song import EnergyCurve, Section, SongMap
from mvlocal.timing import FrameRate, FrameSpan

Picture = NDArray[np.uint8]
RATES = ("6", "7", "8", "12", "16", "24", "30000/1001", "25")
VIDEO = ("24", "25", "30", "60", "24000/1001", "48")


def grey(value: float) -> Picture:
    return np.full((8, 8, 3), round(value), np.uint8)


def blend(before: Picture, after: Picture, times: Sequence[float]) -> list[Picture]:
    return [np.rint(before * (1 - t) + after * t).astype(np.uint8) for t in times]


def shown(pictures: list[Picture], rate: str, video: str, frames: int, jumps: Sequence[int] = ()) -> list[float]:
    """Grey values that a clip's frames of grey pictures are shown as."""
    clip, span = FrameRate.parse(rate), FrameSpan(0, frames)
    places = positions(span, span, FrameRate.parse(video), clip, PLAIN)
    needed = pictures[: frames_needed(places, len(pictures))]
    out = tween(anchors(needed, frozenset(jumps), clip), places, blend)
    return [float(picture.mean()) for picture in out]


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("video", VIDEO)
def test_every_ratio_of_rates_gives_each_frame_its_exact_moment(rate: str, video: str) -> None:
    # Grey grows by 2 levels a clip frame, so a frame's grey says which moment it shows.
    pictures = [grey(2 * i) for i in range(25)]
    frames = int(Fraction(24) / FrameRate.parse(rate).value * FrameRate.parse(video).value)
    values = shown(pictures, rate, video, frames)
    assert len(values) == frames
    truth = [2 * float(Fraction(n) / FrameRate.parse(video).value * FrameRate.parse(rate).value) for n in range(frames)]
    assert np.abs(np.array(values) - truth).max() <= 0.5


def test_positions_are_exact_fractions_counted_from_the_shot() -> None:
    places = positions(FrameSpan(10, 14), FrameSpan(8, 15), FrameRate.parse("24"), FrameRate.parse("7"), PLAIN)
    assert places == [Fraction(7 * n, 24) for n in range(-2, 5)]


def test_a_clip_that_is_too_short_holds_its_last_picture_and_handles_before_it_the_first() -> None:
    values = shown([grey(0), grey(100)], "6", "24", 10)
    assert values == [0, 25, 50, 75, 100, 100, 100, 100, 100, 100]
    clip = FrameRate.parse("6")
    places = positions(FrameSpan(4, 8), FrameSpan(2, 8), FrameRate.parse("24"), clip, PLAIN)
    out = tween(anchors([grey(0), grey(100)], frozenset(), clip), places, blend)
    assert [float(p.mean()) for p in out] == [0, 0, 0, 25, 50, 75]


def test_only_the_pictures_that_are_needed_are_read() -> None:
    places = positions(FrameSpan(0, 24), FrameSpan(0, 24), FrameRate.parse("24"), FrameRate.parse("7"), PLAIN)
    assert frames_needed(places, 25) == 8
    assert frames_needed([Fraction(-1)], 25) == 1


def test_nothing_is_made_across_a_jump() -> None:
    values = shown([grey(0), grey(40), grey(200), grey(240)], "6", "24", 16, jumps=[2])
    assert values[:8] == [0, 10, 20, 30, 40, 40, 40, 40]
    assert values[8:] == [200, 210, 220, 230, 240, 240, 240, 240]


@given(
    st.lists(st.tuples(st.integers(0, 120), st.booleans()), min_size=2, max_size=14),
    st.sampled_from(RATES),
    st.sampled_from(VIDEO),
)
def test_no_made_picture_ever_mixes_two_sides_of_a_jump(steps: list[tuple[int, bool]], rate: str, video: str) -> None:
    # Each side of a jump has its own range of greys, with a gap that only a mix could fall into.
    jumps, pictures, side = [], [], 0
    for index, (value, jump) in enumerate(steps):
        if jump and index:
            jumps.append(index)
            side = 1 - side
        pictures.append(grey(value / 2 + 190 * side))
    frames = int(Fraction(len(steps)) / FrameRate.parse(rate).value * FrameRate.parse(video).value) + 3
    for value in shown(pictures, rate, video, frames, jumps):
        assert value <= 61 or value >= 189


def test_a_repeated_picture_is_not_taken_for_two_moments() -> None:
    # On twos: 0 0 40 40 80 80. The motion runs evenly from one true picture to the next.
    pictures = [grey(value) for value in (0, 0, 40, 40, 80, 80)]
    values = shown(pictures, "12", "24", 8)
    assert values == [0, 10, 20, 30, 40, 50, 60, 70]


def test_a_picture_that_stands_for_long_is_held_and_not_dragged_along() -> None:
    pictures = [grey(0)] * 6 + [grey(60)]
    found = list(anchors(pictures, frozenset(), FrameRate.parse("6")))
    assert [(a.index, a.still) for a in found] == [(0, False), (5, True), (6, False)]
    values = shown(pictures, "6", "24", 25)
    assert values[:21] == [0] * 21
    assert values[21:25] == [15, 30, 45, 60]


def test_a_clip_that_never_moves_is_one_picture() -> None:
    found = list(anchors([grey(9)] * 4, frozenset(), FrameRate.parse("6")))
    assert [a.index for a in found] == [0, 3]
    assert found[1].still
    assert shown([grey(9)] * 4, "6", "24", 12) == [9] * 12


def test_coding_noise_is_no_motion_and_one_small_thing_that_moves_is() -> None:
    picture = np.full((64, 64, 3), 100, np.uint8)
    noisy, moved = picture.copy(), picture.copy()
    noisy[8, 8] += 1
    moved[8:16, 8:16] += 40
    assert alike(picture, noisy)
    assert not alike(picture, moved)


def test_between_is_asked_once_a_pair_and_never_for_a_pair_s_own_moments() -> None:
    asked: list[list[float]] = []

    def between(before: Picture, after: Picture, times: Sequence[float]) -> list[Picture]:
        asked.append(list(times))
        return blend(before, after, times)

    shots = iter([Anchor(0, grey(0)), Anchor(1, grey(80)), Anchor(2, grey(160))])
    places = [Fraction(n, 4) for n in range(9)]
    values = [float(p.mean()) for p in tween(shots, places, between)]
    assert values == [20 * n for n in range(9)]
    assert asked == [[0.25, 0.5, 0.75], [0.25, 0.5, 0.75]]


def test_without_an_interpolator_frames_are_held() -> None:
    shots = iter([Anchor(0, grey(0)), Anchor(1, grey(80))])
    values = [float(p.mean()) for p in tween(shots, [Fraction(n, 4) for n in range(6)], None)]
    assert values == [0, 0, 0, 0, 80, 80]


# --- retiming ----------------------------------------------------------------------------------------------


def test_a_motion_peak_is_found_where_it_stands_out() -> None:
    calm = np.ones(20)
    assert motion_peak(calm, 6) is None
    calm[9] = 8
    assert motion_peak(calm, 6) == pytest.approx(9.5 / 6)
    assert motion_peak(np.ones(3), 6) is None


def test_the_peak_lands_on_the_downbeat_that_asks_for_least_and_ends_stay() -> None:
    warp = onto_downbeat(1.9, [0.5, 2.0, 3.5], 4.0)
    assert warp.at(2.0) == pytest.approx(1.9)
    assert warp.at(0) == 0
    assert warp.at(4.0) == 4.0
    assert onto_downbeat(1.0, [2.0], 4.0).plain  # twice the speed would show
    assert onto_downbeat(1.9, [], 4.0).plain


@given(st.floats(0.05, 5), st.lists(st.floats(0, 6), max_size=6), st.floats(0.2, 6))
def test_retiming_stays_within_its_limits(peak_s: float, downbeats: list[float], length_s: float) -> None:
    warp = onto_downbeat(peak_s, downbeats, length_s)
    speeds = np.diff(warp.clip) / np.diff(warp.shot)
    assert (np.abs(speeds - 1) <= MOST_CHANGE + 1e-9).all()


@given(st.floats(-1, 8), st.floats(0.2, 7), st.floats(0, 1), st.floats(0, 1))
def test_a_drop_slows_and_holds_but_never_runs_ahead_or_back(
    drop_s: float, length_s: float, ramp: float, hold_s: float
) -> None:
    warp = before_drop(drop_s, length_s, ramp, hold_s)
    times = np.linspace(-0.5, length_s + 0.5, 400)
    clip = np.array([warp.at(float(t)) for t in times])
    assert (np.diff(clip) >= -1e-9).all()
    assert (clip <= times + 1e-9).all()
    assert (np.diff(clip) <= CATCH_UP * np.diff(times) + 1e-9).all()


def test_a_hold_stands_still_and_then_catches_up() -> None:
    warp = before_drop(2.0, 5.0, 0, 0.4)
    assert warp.at(1.6) == warp.at(2.0) == pytest.approx(1.6)
    assert warp.at(2.4) == pytest.approx(2.4)
    assert warp.at(5.0) == pytest.approx(5.0)


def test_two_warps_join_into_one() -> None:
    first, then = onto_downbeat(1.9, [2.0], 4.0), before_drop(3.0, 4.0, 0.5, 0.2)
    both = joined(first, then)
    for t in np.linspace(0, 4, 60):
        assert both.at(float(t)) == pytest.approx(first.at(then.at(float(t))), abs=1e-9)
    assert joined(PLAIN, then) is then
    assert joined(first, PLAIN) is first
    assert Warp((0.0, 2.0), (0.0, 2.0)).plain


def test_drops_are_where_a_section_begins_much_louder() -> None:
    def section(start: float, end: float, energy: float) -> Section:
        return Section(start_s=start, end_s=end, label="verse", energy=energy)

    song = SongMap(
        duration_s=30, tempo_bpm=120, beats_per_bar=4, beats=(), downbeats=(),
        sections=(section(0, 10, 0.4), section(10, 20, 0.5), section(20, 30, 0.9)),
        energy=EnergyCurve(step_s=1, values=(0.5,)),
    )  # fmt: skip
    assert drops_of(song) == [20]
