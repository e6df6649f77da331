"""A shot's stream from raw pictures to dressed frames: enlarged, cut to a canvas, moved, graded, moved by the music.

It does not know files, models or codecs: whoever runs it passes in what enlarges and what grades.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from mvlocal.edit.finishing.camera import Window, canvas_size, largest_zoom, onto_canvas, shown
from mvlocal.edit.finishing.effects import Box, apply_effects
from mvlocal.edit.finishing.tweening import Anchor, anchors, frames_needed
from mvlocal.timing import FrameRate

Picture = NDArray[np.uint8]
Step = Callable[[Picture], Picture]


@dataclass(frozen=True, slots=True)
class RawPictures:
    """A clip's pictures in order, its rate, how many it has, and the frames before which it jumps."""

    pictures: Iterable[Picture]
    rate: FrameRate
    frames: int
    jumps: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class FramePlan:
    """What every frame of a shot shows: one entry a frame in each list.

    `size` is the frame's (width, height); `places` are positions in the clip; `curves` the music's strengths by
    effect; `heads` boxes in fractions of the canvas; `first` the number of the first frame in the video.
    """

    size: tuple[int, int]
    places: Sequence[Fraction]
    windows: Sequence[Window]
    curves: Mapping[str, Sequence[float]] = field(default_factory=dict[str, Sequence[float]])
    heads: Sequence[Box] = ()
    first: int = 0


def enlarged(clip: RawPictures, plan: FramePlan, enlarge: Step) -> Iterator[Anchor]:
    """The pictures that the clip has and the frames need, each enlarged once and cut to the canvas."""
    zoom = largest_zoom(plan.windows)
    canvas: Picture | None = None
    needed = islice(clip.pictures, frames_needed(plan.places, clip.frames))
    for anchor in anchors(needed, frozenset(clip.jumps), clip.rate):
        if canvas is None or not anchor.still:
            large = enlarge(anchor.picture)
            height, width = large.shape[:2]
            canvas = onto_canvas(large, canvas_size((width, height), plan.size, zoom))
        yield replace(anchor, picture=canvas)


def dressed(canvases: Iterable[Picture], plan: FramePlan, grade: Step) -> Iterator[Picture]:
    """The finished frames, before words: what the camera shows, graded, with what the music does to it."""
    for index, (canvas, window) in enumerate(zip(canvases, plan.windows, strict=True)):
        picture = grade(shown(canvas, window, plan.size))
        strengths = {name: curve[index] for name, curve in plan.curves.items()}
        heads = [window.of_box(box) for box in plan.heads]
        yield apply_effects(picture, strengths, plan.first + index, heads)
