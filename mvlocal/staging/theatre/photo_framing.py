"""Where the frame lies on a photo: how close, around what, and when the photo stands in the frame instead.

It knows nothing of colours or files: only sizes and boxes. Boxes are (left, top, right, bottom).
"""

from __future__ import annotations

from dataclasses import dataclass

from mvlocal.schema.story import CameraMove, ShotSize

Box = tuple[float, float, float, float]

_CLOSENESS: dict[ShotSize, float] = {
    "extreme-wide": 1.0,
    "wide": 1.0,
    "full": 0.72,
    "medium": 0.42,
    "close-up": 0.10,
    "extreme-close-up": 0.0,
}
"""From the subject filling the frame (0) to as much of the photo as fits (1)."""

_ROOM: dict[CameraMove, float] = {
    "static": 0.985,
    "pan-left": 0.88,
    "pan-right": 0.88,
    "tilt-up": 0.88,
    "tilt-down": 0.88,
}
"""Share of the widest crop that the frame takes, so that the camera has somewhere to go; 0.94 for other moves."""

LARGEST_ENLARGEMENT = 2.6
"""A close framing shows at most this many frame pixels a photo pixel, where the photo has a choice."""


@dataclass(frozen=True, slots=True)
class PhotoSize:
    """A photo's pixels and its subject's box in fractions."""

    width: int
    height: int
    subject: Box

    @property
    def aspect(self) -> float:
        return self.width / self.height

    def subject_px(self) -> Box:
        """The subject's box in photo pixels."""
        left, top, right, bottom = self.subject
        return left * self.width, top * self.height, right * self.width, bottom * self.height


@dataclass(frozen=True, slots=True)
class Crop:
    """What the frame shows of a photo, in photo pixels."""

    x: float
    y: float
    width: float
    height: float

    def box_within(self, box: Box) -> Box:
        """A box in photo pixels as fractions of the crop."""
        return (
            (box[0] - self.x) / self.width,
            (box[1] - self.y) / self.height,
            (box[2] - self.x) / self.width,
            (box[3] - self.y) / self.height,
        )

    def holds(self, box: Box, slack: float = 1e-6) -> bool:
        """Whether a box in photo pixels lies wholly inside."""
        left, top, right, bottom = self.box_within(box)
        return left >= -slack and top >= -slack and right <= 1 + slack and bottom <= 1 + slack


def widest_crop(photo: PhotoSize, aspect: float) -> tuple[float, float]:
    """Width and height in photo pixels of the largest crop of `aspect`."""
    width = min(float(photo.width), photo.height * aspect)
    return width, width / aspect


def fills(photo: PhotoSize, aspect: float, size: ShotSize, move: CameraMove) -> bool:
    """Whether the photo should fill a frame of `aspect`: its subject fits whole, and enough of it shows.

    A wide shot shows most of the picture; a photo nearly of the frame's shape fills it in any case.
    """
    kept = _kept(photo, aspect)
    if kept >= 0.72:
        return True
    width, height = (side * room_for(move) for side in widest_crop(photo, aspect))
    left, top, right, bottom = photo.subject_px()
    if right - left > width or bottom - top > height:
        return False
    strip = photo.aspect > 2.4 or photo.aspect < 1 / 2.4
    return strip or kept >= (0.62 if size in ("wide", "extreme-wide") else 0.5)


def _kept(photo: PhotoSize, aspect: float) -> float:
    """Share of the photo that the widest crop shows."""
    return min(photo.aspect, aspect) / max(photo.aspect, aspect)


def room_for(move: CameraMove) -> float:
    """Share of the widest crop that the frame takes at most."""
    return _ROOM.get(move, 0.94)


def frame_crop(photo: PhotoSize, frame_width: int, aspect: float, size: ShotSize, move: CameraMove) -> Crop:
    """The crop that a frame of `aspect` and `frame_width` pixels shows at home: closer for closer shot sizes.

    The subject lies whole inside it where it fits at all; otherwise its upper part does.
    """
    widest, _ = widest_crop(photo, aspect)
    left, top, right, bottom = photo.subject_px()
    tightest = max((right - left) / 0.80, (bottom - top) / 0.84 * aspect, widest * 0.30)
    tightest = min(max(tightest, frame_width / LARGEST_ENLARGEMENT), widest * room_for(move))
    width = tightest + (widest * room_for(move) - tightest) * _CLOSENESS[size]
    height = width / aspect
    x = _placed(left, right, width, photo.width, _balance((left + right) / 2 / photo.width))
    y = _placed_down(top, bottom, height, photo.height)
    return Crop(x, y, width, height)


def _balance(across: float) -> float:
    """Where in the frame the subject's middle goes: a little towards the side it is on in the photo."""
    return 0.5 + max(min((across - 0.5) * 0.5, 0.13), -0.13)


def _placed(low: float, high: float, size: float, limit: float, at: float) -> float:
    """Start of a window of `size` within 0..`limit` with the middle of low..high at share `at`, holding it whole."""
    start = (low + high) / 2 - at * size
    if high - low <= size:
        start = min(max(start, high - size), low)
    return min(max(start, 0.0), limit - size)


def _placed_down(top: float, bottom: float, size: float, limit: float) -> float:
    if bottom - top > size:
        return min(max(top - 0.04 * size, 0.0), limit - size)
    return _placed(top, bottom, size, limit, 0.47)


@dataclass(frozen=True, slots=True)
class CardPlan:
    """A photo standing in the frame: the crop it shows and its box in fractions of the frame."""

    crop: Crop
    box: Box
    panel: bool


def plan_card(photo: PhotoSize, aspect: float, size: ShotSize, side: int) -> CardPlan:
    """A photo whose shape does not suit the frame: standing whole on a third, or, closer, as a panel to the edge."""
    panel = _panel(photo, aspect, side) if size in ("medium", "close-up", "extreme-close-up") else None
    return panel or _standing(photo, aspect, side)


def _standing(photo: PhotoSize, aspect: float, side: int) -> CardPlan:
    """The whole picture (its longest strips cut) off the middle, with room under it."""
    shape = min(max(photo.aspect, 0.5), 2.6)
    crop = frame_crop_of_shape(photo, shape)
    tall = min(0.80, 0.86 * aspect / shape)
    wide = tall * shape / aspect
    shift = side * min(0.5 - wide / 2 - 0.05, 0.17) if aspect >= 1 else 0.0
    centre_y = 0.475 if aspect >= 1 else 0.42
    left, top = 0.5 + shift - wide / 2, centre_y - tall / 2
    return CardPlan(crop, (left, top, left + wide, top + tall), panel=False)


def _panel(photo: PhotoSize, aspect: float, side: int) -> CardPlan | None:
    """A crop that runs off three edges of the frame; None where the subject does not fit into it."""
    along = 0.56
    shape = aspect * along if aspect >= 1 else aspect / along
    crop = frame_crop_of_shape(photo, shape)
    if not crop.holds(photo.subject_px()):
        return None
    if aspect >= 1:
        box = (1 - along, 0.0, 1.0, 1.0) if side > 0 else (0.0, 0.0, along, 1.0)
    else:
        box = (0.0, 0.0, 1.0, along)
    return CardPlan(crop, box, panel=True)


def frame_crop_of_shape(photo: PhotoSize, shape: float) -> Crop:
    """The widest crop of an aspect, about the subject."""
    width, height = widest_crop(photo, shape)
    left, top, right, bottom = photo.subject_px()
    x = _placed(left, right, width, photo.width, 0.5)
    return Crop(x, _placed_down(top, bottom, height, photo.height), width, height)
