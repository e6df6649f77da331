from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mvlocal.shots.walk import GLIDE, plan_walk, slerp
from mvlocal.timing import FrameRate

SIX = FrameRate(Fraction(6))


@given(
    st.fractions(Fraction(1, 24), 30, max_denominator=1001),
    st.lists(st.floats(-2, 32, allow_nan=False), max_size=40),
)
@example(Fraction(1, 24), [0.0, 2.3e-313])
@settings(max_examples=200, deadline=None)
def test_a_walk_goes_from_start_to_end_and_never_back(length_s: Fraction, beats: list[float]) -> None:
    plan = plan_walk(length_s, SIX, beats)
    assert (len(plan.shares) - 1) / plan.rate.value == length_s
    assert plan.shares[0] == 0
    assert plan.shares[-1] == pytest.approx(1)
    assert list(plan.shares) == sorted(plan.shares)


def test_steps_fall_on_beats() -> None:
    plan = plan_walk(Fraction(4), FrameRate(Fraction(24)), [0.0, 1.0, 2.0, 3.0, 5.0])
    speed = np.diff(plan.shares) * 24
    times = (np.arange(len(speed)) + 0.5) / 24
    after = (times % 1.0) < 0.4
    assert speed[after].mean() > 5 * speed[~after].mean()
    assert speed[~after].mean() == pytest.approx(GLIDE / 4, rel=0.05)
    assert plan.shares[24] == pytest.approx(0.25)


def test_without_beats_the_walk_is_even() -> None:
    assert np.diff(plan_walk(Fraction(2), SIX, ()).shares) == pytest.approx([1 / 12] * 12)


def test_no_length_is_refused() -> None:
    with pytest.raises(ValueError, match="no walk"):
        plan_walk(Fraction(0), SIX, ())


def test_slerp_keeps_the_spread_of_noise() -> None:
    random = np.random.default_rng(1)
    first, second = (random.normal(size=(1, 4, 32, 32)).astype(np.float32) for _ in range(2))
    assert np.allclose(slerp(first, second, 0.0), first)
    assert np.allclose(slerp(first, second, 1.0), second)
    for share in (0.25, 0.5, 0.75):
        mixed = slerp(first, second, share)
        assert mixed.dtype == np.float32
        assert mixed.std() == pytest.approx(1.0, abs=0.03)
        assert (first + (second - first) * share).std() < 0.85
    assert np.allclose(slerp(first, first, 0.4), first, atol=1e-6)
