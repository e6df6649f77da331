"""Where a title stands on a still: where it covers nobody's face. Pure; it does not know type.

Boxes are (left, top, right, bottom); a still's own in fractions of it, those of words and areas in pixels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mvlocal.edit.deliveries.windows import Box, Window

PLACES: dict[str, Box] = {
    "middle": (0.0, 0.0, 1.0, 1.0),
    "left": (0.0, 0.0, 0.46, 1.0),
    "right": (0.54, 0.0, 1.0, 1.0),
    "below": (0.0, 0.58, 1.0, 1.0),
    "above": (0.0, 0.0, 1.0, 0.42),
}
"""Parts of the safe area in which a title is centred, the best looking first."""
AROUND = 0.15
"""Of its size, kept free about a face."""
_ALIKE = 0.02
_CUT_SHORT = 10.0
"""A place too small for the words is worse than any face."""


def part_of(area: Box, place: str) -> Box:
    """A place's part of an area."""
    left, top, right, bottom = PLACES[place]
    width, height = area[2] - area[0], area[3] - area[1]
    return area[0] + left * width, area[1] + top * height, area[0] + right * width, area[1] + bottom * height


def in_window(box: Box, picture: tuple[int, int], window: Window) -> Box:
    """A box of a picture of (width, height) pixels, as fractions of what a window shows of it; it may reach beyond."""
    width, height = picture
    return (
        (box[0] * width - window.x) / window.width,
        (box[1] * height - window.y) / window.height,
        (box[2] * width - window.x) / window.width,
        (box[3] * height - window.y) / window.height,
    )


def freest(words: Mapping[str, Sequence[Box]], cut_short: Mapping[str, bool], heads: Sequence[Box]) -> str:
    """The place whose words cover least of the heads; among those alike, the first of `PLACES`.

    `words` are the boxes of the rows at each place, `heads` those of heads, all in one unit.
    """
    costs = {
        place: sum(_covered(_grown(head), words[place]) for head in heads) + _CUT_SHORT * cut_short[place]
        for place in PLACES
    }
    least = min(costs.values())
    return next(place for place in PLACES if costs[place] <= least + _ALIKE)


def _grown(box: Box) -> Box:
    across, down = AROUND * (box[2] - box[0]), AROUND * (box[3] - box[1])
    return box[0] - across, box[1] - down, box[2] + across, box[3] + down


def _covered(box: Box, rows: Sequence[Box]) -> float:
    """The share of a box that rows, which do not overlap, lie over."""
    area = max((box[2] - box[0]) * (box[3] - box[1]), 1e-9)
    shared = sum(
        max(min(box[2], row[2]) - max(box[0], row[0]), 0.0) * max(min(box[3], row[3]) - max(box[1], row[1]), 0.0)
        for row in rows
    )
    return shared / area
