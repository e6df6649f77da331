"""Where people's heads are in a staged shot's frame, over its whole length. It draws nothing."""

from __future__ import annotations

from mvlocal.backends.base import FrameSpec
from mvlocal.schema.staging import Staging
from mvlocal.schema.story import Location
from mvlocal.staging.geometry import geometry_of
from mvlocal.staging.theatre.actors import Actors
from mvlocal.staging.theatre.plate_shot import Box, scene_of
from mvlocal.staging.theatre.wardrobe import papers_of
from mvlocal.timing import FrameRate

_MOMENTS = (0.0, 0.25, 0.5, 0.75, 1.0)
_HEIGHT_PX = 270


def head_boxes(staging: Staging, location: Location) -> list[Box]:
    """A box a person about where their head is at the shot's start, end and between.

    Left, top, right, bottom in fractions of the frame with the camera at home; they may reach beyond it. Empty where
    nobody is, or where a photo fills the frame.
    """
    if not staging.figures or (staging.photo is not None and staging.photo.stands_as == "picture"):
        return []
    geometry = geometry_of(staging)
    frame = FrameSpec(round(_HEIGHT_PX * staging.aspect / 2) * 2, _HEIGHT_PX, FrameRate.parse("24"))
    tones = scene_of(staging, location, frame, geometry).tones
    actors = Actors(staging, geometry, papers_of(staging, tones, location.palette))
    moments = [[cut.head for cut in actors.at(share * staging.length_s) if cut.head is not None] for share in _MOMENTS]
    boxes: list[Box] = []
    for heads in zip(*moments, strict=False):
        corners = [
            geometry.in_frame(x, y) for left, top, right, bottom in heads for x, y in ((left, top), (right, bottom))
        ]
        across, down = zip(*corners, strict=True)
        boxes.append((float(min(across)), float(min(down)), float(max(across)), float(max(down))))
    return boxes
