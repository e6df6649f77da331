"""Cutting layers into painted rectangles."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from mvlocal.staging.theatre.patches import cut_patches


@st.composite
def coverages(draw: st.DrawFn) -> NDArray[np.uint8]:
    height, width = draw(st.integers(8, 200)) * 2, draw(st.integers(8, 200)) * 2
    alpha = np.zeros((height, width), np.uint8)
    for _ in range(draw(st.integers(0, 6))):
        x0, y0 = draw(st.integers(0, width - 1)), draw(st.integers(0, height - 1))
        x1, y1 = draw(st.integers(x0 + 1, width)), draw(st.integers(y0 + 1, height))
        alpha[y0:y1, x0:x1] = draw(st.sampled_from([1, 128, 255]))
    if draw(st.booleans()):
        alpha[int(height * 0.7) :] = 255
    return alpha


@settings(max_examples=120, deadline=None)
@given(coverages())
def test_patches_hold_all_paint_once(alpha: NDArray[np.uint8]) -> None:
    count = np.zeros(alpha.shape, int)
    for patch in cut_patches(alpha):
        assert all(value % 2 == 0 for value in (patch.x0, patch.y0, patch.x1, patch.y1))
        area = slice(patch.y0, patch.y1), slice(patch.x0, patch.x1)
        count[area] += 1
        if patch.solid:
            assert alpha[area].min() == 255
            assert (patch.x0, patch.x1) == (0, alpha.shape[1])
    assert count.max(initial=0) <= 1
    assert np.all(count[alpha > 0] == 1)


def test_two_posts_are_two_patches() -> None:
    alpha = np.zeros((512, 1024), np.uint8)
    alpha[:, 40:80] = alpha[:, 900:960] = 255
    assert len(cut_patches(alpha)) == 2
