"""Seconds to frames: exact at every rate, with no drift."""

from __future__ import annotations

import itertools
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mvlocal.timing import FrameRate, FrameSpan

RATES = [FrameRate.parse(text) for text in ("24", "25", "30000/1001", "30", "23.976", "60")]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("24", Fraction(24)),
        (25, Fraction(25)),
        ("29.97", Fraction(30000, 1001)),
        (23.976, Fraction(24000, 1001)),
        ("30000/1001", Fraction(30000, 1001)),
        ("12.5", Fraction(25, 2)),
    ],
)
def test_rates_are_read_exactly(text: str | float, value: Fraction) -> None:
    assert FrameRate.parse(text).value == value


@pytest.mark.parametrize("text", ["", "fast", "0", "-24", "24/0", "nan"])
def test_other_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"frame rate|must be positive"):
        FrameRate.parse(text)


@given(st.sampled_from(RATES), st.floats(0, 7200))
def test_the_nearest_boundary_is_within_half_a_frame(rate: FrameRate, t: float) -> None:
    assert abs(Fraction(t) - Fraction(rate.frame_at(t)) / rate.value) <= Fraction(1, 2) / rate.value


@given(st.sampled_from(RATES), st.integers(0, 500_000))
def test_frames_survive_the_trip_through_seconds(rate: FrameRate, frame: int) -> None:
    assert rate.frame_at(rate.time_of(frame)) == frame


@given(st.sampled_from(RATES), st.lists(st.floats(0.05, 9), min_size=1, max_size=60))
def test_spans_of_neighbouring_seconds_tile(rate: FrameRate, lengths: list[float]) -> None:
    borders = [0.0]
    for length in lengths:
        borders.append(borders[-1] + length)
    spans = [FrameSpan.of_seconds(a, b, rate) for a, b in itertools.pairwise(borders)]
    assert spans[0].start == 0
    assert all(a.end == b.start for a, b in itertools.pairwise(spans))
    assert sum(map(len, spans)) == rate.frame_at(borders[-1])


def test_a_span_cannot_run_backwards() -> None:
    with pytest.raises(ValueError, match="not a frame span"):
        FrameSpan(5, 4)
