"""Where the people of a staged shot are in its frame from its start to its end. It draws nothing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mvlocal.backends.base import FrameSpec
from mvlocal.schema.staging import Staging
from mvlocal.schema.story import Location
from mvlocal.staging.geometry import CLOSE, geometry_of
from mvlocal.staging.theatre.actors import Actors, Cut
from mvlocal.staging.theatre.plate_shot import Box, scene_of
from mvlocal.staging.theatre.wardrobe import papers_of
from mvlocal.timing import FrameRate

SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
_HEIGHT_PX = 270


def subject_track(staging: Staging, location: Location, shares: Sequence[float] = SHARES) -> list[Box]:
    """A box a moment (`shares` of the shot's length) about everybody, or about their heads when they are close.

    Left, top, right, bottom in fractions of the frame with the camera at home. Things stand for people where nobody
    is; empty where there is neither, or where a photo fills the frame.
    """
    fills = staging.photo is not None and staging.photo.stands_as == "picture"
    if fills or not (staging.figures or staging.props):
        return []
    geometry = geometry_of(staging)
    frame = FrameSpec(round(_HEIGHT_PX * staging.aspect / 2) * 2, _HEIGHT_PX, FrameRate.parse("24"))
    tones = scene_of(staging, location, frame, geometry).tones
    actors = Actors(staging, geometry, papers_of(staging, tones, location.palette))
    close = staging.camera.size in CLOSE
    found: list[Box] = []
    for share in shares:
        cuts = actors.at(share * staging.length_s)
        people = [cut for cut in cuts if cut.head is not None]
        corners = [
            geometry.in_frame(x, y) for cut in people or cuts for x, y in _corners(cut, heads=close and bool(people))
        ]
        low, high = np.clip(np.min(corners, axis=0), 0, 1), np.clip(np.max(corners, axis=0), 0, 1)
        if (high - low).min() > 0:
            found.append((float(low[0]), float(low[1]), float(high[0]), float(high[1])))
    return found


def _corners(cut: Cut, *, heads: bool) -> list[tuple[float, float]]:
    left, top, right, bottom = cut.head if heads and cut.head is not None else cut.box
    return [(left, top), (right, bottom)]
