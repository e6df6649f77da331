"""Where a frame of another shape is cut out of a finished picture: about the subject, and still where it can be. Pure.

Boxes are (left, top, right, bottom) in fractions of the picture; windows are in its pixels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mvlocal.schema.edit import Timeline

Box = tuple[float, float, float, float]
HEADROOM = 0.08
"""Of the window's height, kept over the subject where there is room."""
STILL = 0.12
"""A subject that moves less than this share of the window's width is not followed."""
MOST_TRAVEL = 0.16
"""Window widths a second by which a window may travel: more would be seen as a pan."""


@dataclass(frozen=True, slots=True)
class Window:
    """Pixels from (`x`, `y`), `width` by `height`; positions may be fractions of a pixel."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Glide:
    """A shot's window at its first and its last frame; between them it eases from one to the other."""

    start: Window
    end: Window

    def at(self, u: float) -> Window:
        """The window at share `u` of the shot, 0 to 1."""
        u = min(max(u, 0.0), 1.0)
        share = u * u * (3 - 2 * u)
        mixed = [a + (b - a) * share for a, b in zip(_numbers(self.start), _numbers(self.end), strict=True)]
        return Window(*mixed)


def plan_glide(picture: tuple[int, int], target: tuple[int, int], boxes: Sequence[Box], length_s: float) -> Glide:
    """The window of one shot: the largest of the target's shape in a picture of (width, height) pixels.

    `boxes` are the subject's from the shot's start to its end; none: the middle. The whole subject is kept where the
    window can hold it from start to end, its head where not. A subject that hardly moves gets a window that stands.
    """
    width, height = picture
    aspect = target[0] / target[1]
    wide = min(width, height * aspect)
    size = (wide, wide / aspect)
    if not boxes:
        still = Window((width - size[0]) / 2, (height - size[1]) / 2, *size)
        return Glide(still, still)
    places = [_about(box, picture, size) for box in (boxes[0], boxes[-1])]
    travel = max(abs(places[1].x - places[0].x) / size[0], abs(places[1].y - places[0].y) / size[1])
    most = MOST_TRAVEL * length_s
    if travel <= STILL or most <= 0:
        whole = _union(boxes)
        held = _about(whole, picture, size) if (whole[2] - whole[0]) * width <= size[0] else _middle(places)
        return Glide(held, held)
    return Glide(*places) if travel <= most else Glide(*_shortened(places, most / travel))


def window_at(number: int, timeline: Timeline, glides: Mapping[str, Glide]) -> Window:
    """The window of a frame of the video. Where two shots are seen at once it passes from one's to the other's."""
    for join in timeline.joins:
        before = timeline.before(join.shot)
        if join.kind in ("dissolve", "match") and before is not None and join.start <= number < join.end:
            passing = Glide(glides[before.shot].end, glides[join.shot].start)
            return passing.at((number - join.start + 0.5) / (join.end - join.start))
    clip = next(one for one in timeline.clips if one.start <= number < one.end)
    return glides[clip.shot].at((number - clip.start + 0.5) / (clip.end - clip.start))


def _about(box: Box, picture: tuple[int, int], size: tuple[float, float]) -> Window:
    """The window centred on a subject, its head kept where it is too tall, held inside the picture."""
    width, height = picture
    x = (box[0] + box[2]) / 2 * width - size[0] / 2
    top, bottom = box[1] * height, box[3] * height
    y = (top + bottom) / 2 - size[1] / 2
    y = min(y, top - HEADROOM * size[1])
    return Window(min(max(x, 0.0), width - size[0]), min(max(y, 0.0), height - size[1]), *size)


def _shortened(places: Sequence[Window], share: float) -> tuple[Window, Window]:
    """Two windows nearer to their middle, so that the way between them is `share` of what it was."""
    middle = _middle(places)
    first, last = (
        Window(*(m + (n - m) * share for m, n in zip(_numbers(middle), _numbers(one), strict=True))) for one in places
    )
    return first, last


def _middle(places: Sequence[Window]) -> Window:
    a, b = places
    return Window((a.x + b.x) / 2, (a.y + b.y) / 2, a.width, a.height)


def _union(boxes: Sequence[Box]) -> Box:
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _numbers(window: Window) -> tuple[float, float, float, float]:
    return window.x, window.y, window.width, window.height
