"""Where people's heads are: in the upper part of whoever stands there, nowhere where nobody does."""

from __future__ import annotations

import pytest
from staging_support import place, shot, staged

from mvlocal.schema.story import ShotSize
from mvlocal.staging.theatre.head_boxes import head_boxes


@pytest.mark.parametrize("size", ["wide", "medium", "close-up"])
def test_a_head_is_in_the_frame_and_larger_when_nearer(size: ShotSize) -> None:
    staging = staged(shot(size=size), place())
    boxes = head_boxes(staging, place())
    assert len(boxes) == len(staging.figures) == 1
    left, top, right, bottom = boxes[0]
    assert left < right
    assert top < bottom
    assert 0 < (left + right) / 2 < 1
    assert 0 < (top + bottom) / 2 < 0.75
    least, most = {"wide": (0.01, 0.25), "medium": (0.08, 0.6), "close-up": (0.25, 1.3)}[size]
    assert least < bottom - top < most


def test_nobody_has_no_head() -> None:
    staging = staged(shot(size="wide"), place()).model_copy(update={"figures": ()})
    assert head_boxes(staging, place()) == []
