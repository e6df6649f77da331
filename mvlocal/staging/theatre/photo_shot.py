"""A shot of a photo: framed for its size, graded to its place, as layers for the camera.

It knows nothing of music. The photo fills the frame where it can; otherwise it stands in it, over its own blur.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from mvlocal.backends.base import FrameSpec
from mvlocal.media.photos import load_photo
from mvlocal.schema.staging import Staging
from mvlocal.schema.story import Location
from mvlocal.staging.geometry import side_of
from mvlocal.staging.paint.noise import rng_of
from mvlocal.staging.paint.palette import Tones, place_tones
from mvlocal.staging.theatre.drawn import DENSITY, DrawnShot, even, margins_for
from mvlocal.staging.theatre.grade import graded
from mvlocal.staging.theatre.photo_framing import (
    Box,
    CardPlan,
    Crop,
    PhotoSize,
    fills,
    frame_crop,
    plan_card,
)
from mvlocal.staging.theatre.subject import estimate_subject

Picture = NDArray[np.uint8]

SMALLEST_PX = 32

REACH = 0.12
"""Photo kept beyond the frame on each side for the camera, in fractions of the frame."""


@dataclass(frozen=True, slots=True)
class PhotoShot:
    """A shot whose picture is a photo. `subject`: who must stay in frame, in fractions of the photo; None: guessed."""

    staging: Staging
    location: Location
    frame: FrameSpec
    subject: Box | None = None

    @property
    def side(self) -> int:
        """Where a photo that stands in the frame stands: -1 left, 1 right."""
        return side_of(self.location.seed)


def draw_photo(request: PhotoShot, path: Path) -> DrawnShot:
    """Loads, frames and grades the shot's photo.

    Raises:
        InputError: the photo cannot be read.
    """
    longest = max(request.frame.width, request.frame.height)
    return photo_layers(request, load_photo(path, max_side_px=min(longest * 3, 5000)))


def photo_layers(request: PhotoShot, rgb: Picture) -> DrawnShot:
    """The layers of a shot of the picture `rgb` (h, w, 3)."""
    location, staging, frame = request.location, request.staging, request.frame
    rgb = _at_least(rgb, SMALLEST_PX)
    tones = place_tones(location.palette, staging.time_of_day, staging.weather)
    guessed = request.subject is None
    photo = PhotoSize(rgb.shape[1], rgb.shape[0], request.subject or estimate_subject(rgb))
    look = _Look(request, tones)
    aspect = frame.width / frame.height
    if fills(photo, aspect, staging.camera.size, staging.camera.move):
        crop = frame_crop(photo, frame.width, aspect, staging.camera.size, staging.camera.move)
        drawn = _filling(look, rgb, photo, crop)
    else:
        drawn = _standing(look, rgb, photo, plan_card(photo, aspect, staging.camera.size, request.side))
    return _remarked(drawn, guessed)


def _at_least(rgb: Picture, side: int) -> Picture:
    """A picture too small to be cut, enlarged until its shorter side is `side` pixels."""
    enlarged = side / min(rgb.shape[:2])
    if enlarged <= 1:
        return rgb
    size = (round(rgb.shape[1] * enlarged), round(rgb.shape[0] * enlarged))
    return np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_CUBIC), np.uint8)


@dataclass(frozen=True, slots=True)
class _Look:
    """A request with its tones."""

    request: PhotoShot
    tones: Tones

    def grade(self, picture: Picture) -> Picture:
        return graded(picture, self.tones, self.request.staging.time_of_day)


def _remarked(drawn: DrawnShot, guessed: bool) -> DrawnShot:
    if not guessed:
        return drawn
    remark = "the subject's place in the photo is an estimate"
    return replace(drawn, remarks=(remark,))


def _filling(look: _Look, rgb: Picture, photo: PhotoSize, crop: Crop) -> DrawnShot:
    """The photo over the whole frame, with what lies around the crop kept for the camera."""
    frame = look.request.frame
    x0, x1 = _reached(crop.x, crop.width, photo.width)
    y0, y1 = _reached(crop.y, crop.height, photo.height)
    scale = DENSITY * frame.width / crop.width
    size = (max(even((x1 - x0) * scale), 2), max(even((y1 - y0) * scale), 2))
    picture = look.grade(scaled(rgb[y0:y1, x0:x1], size))
    home = (
        (crop.x + crop.width / 2 - x0) * size[0] / (x1 - x0) - 0.5,
        (crop.y + crop.height / 2 - y0) * size[1] / (y1 - y0) - 0.5,
    )
    subject = _clipped(crop.box_within(photo.subject_px()))
    return DrawnShot({"picture": picture}, home, subject)


def _reached(start: float, length: float, limit: int) -> tuple[int, int]:
    """Whole photo pixels from `start` on, with `REACH` more on both sides where the photo has it."""
    return max(int(start - REACH * length), 0), min(int(np.ceil(start + length * (1 + REACH))), limit)


def _clipped(box: Box) -> Box:
    left, top, right, bottom = (min(max(value, 0.0), 1.0) for value in box)
    return left, top, right, bottom


def scaled(rgb: Picture, size: tuple[int, int]) -> Picture:
    """`rgb` at another size (width, height): averaged down, or enlarged without ringing."""
    smaller = size[0] < rgb.shape[1]
    method = cv2.INTER_AREA if smaller else cv2.INTER_CUBIC
    resized = cv2.resize(rgb, size, interpolation=method)
    enlarged = size[0] / rgb.shape[1]
    if enlarged > 2:
        resized = cv2.GaussianBlur(resized, (0, 0), 0.28 * enlarged)
    return np.asarray(resized, np.uint8)


def _standing(look: _Look, rgb: Picture, photo: PhotoSize, plan: CardPlan) -> DrawnShot:
    """The photo as a card or a panel over a dark blur of itself."""
    frame, margins = look.request.frame, margins_for(look.request.staging.camera.move)
    width = even(frame.width * DENSITY * (1 + 2 * margins.x))
    height = even(frame.height * DENSITY * (1 + 2 * margins.y))
    home = ((width - 1) / 2, (height - 1) / 2)
    back = _surround(look, rgb, (width, height))
    card = _card(look, rgb, plan, _Sheet(width, height, home))
    left, top, right, bottom = plan.crop.box_within(photo.subject_px())
    x0, y0, x1, y1 = plan.box
    subject = (x0 + left * (x1 - x0), y0 + top * (y1 - y0), x0 + right * (x1 - x0), y0 + bottom * (y1 - y0))
    return DrawnShot({"back": back, "card": card}, home, _clipped(subject))


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A layer's size and the pixel under the middle of the frame."""

    width: int
    height: int
    home: tuple[float, float]


def _surround(look: _Look, rgb: Picture, size: tuple[int, int]) -> Picture:
    """The photo large, blurred and dark in the place's colours, so that the card has somewhere to stand."""
    width, height = size
    cover = max(width / rgb.shape[1], height / rgb.shape[0])
    part_w, part_h = min(int(width / cover), rgb.shape[1]), min(int(height / cover), rgb.shape[0])
    x, y = (rgb.shape[1] - part_w) // 2, (rgb.shape[0] - part_h) // 3
    small = cv2.resize(rgb[y : y + part_h, x : x + part_w], (width // 8, height // 8), interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(small, (0, 0), 0.045 * max(small.shape[:2]), borderType=cv2.BORDER_REFLECT)
    toned = look.grade(np.asarray(soft, np.uint8)).astype(np.float32) / 255
    wide = np.asarray(cv2.resize(toned, size, interpolation=cv2.INTER_CUBIC), np.float32)
    tones = look.tones
    low = np.linspace(0.30, 0.62, height, dtype=np.float32)[:, None, None]
    mixed = wide * (1 - low) * 0.72 + (0.65 * tones.near + 0.35 * tones.ink) * low
    dither = rng_of(look.request.location.seed, "surround").random((height, width, 1), np.float32)
    return np.clip(mixed * 255 + dither, 0, 255).astype(np.uint8)


def _card(look: _Look, rgb: Picture, plan: CardPlan, sheet: _Sheet) -> Picture:
    """The picture with its keyline and its shadow, on a clear layer."""
    frame = look.request.frame
    x0, y0, x1, y1 = _card_pixels(plan, sheet, (frame.width * DENSITY, frame.height * DENSITY))
    crop = plan.crop
    part = rgb[int(crop.y) : int(np.ceil(crop.y + crop.height)), int(crop.x) : int(np.ceil(crop.x + crop.width))]
    picture = look.grade(scaled(part, (x1 - x0, y1 - y0)))
    layer = np.zeros((sheet.height, sheet.width, 4), np.uint8)
    layer[..., :3] = np.rint(look.tones.ink * 60).astype(np.uint8)
    layer[..., 3] = _shadow((sheet.height, sheet.width), (x0, y0, x1, y1), frame.height * DENSITY)
    line = max(round(frame.height * DENSITY * 0.0028), 1)
    if not plan.panel:
        layer[max(y0 - line, 0) : y1 + line, max(x0 - line, 0) : x1 + line] = _keyline(look.tones)
    window = layer[max(y0, 0) : y1, max(x0, 0) : x1]
    window[..., :3] = picture[max(-y0, 0) :, max(-x0, 0) :][: window.shape[0], : window.shape[1]]
    window[..., 3] = 255
    if plan.panel:
        _edge_line(layer, (x0, y0, x1, y1), line, look.tones)
    return layer


def _keyline(tones: Tones) -> NDArray[np.uint8]:
    return np.array([*np.rint(tones.pale * 240), 255], np.uint8)


def _edge_line(layer: Picture, box: tuple[int, int, int, int], line: int, tones: Tones) -> None:
    """A thin line where a panel meets the rest of the frame."""
    x0, y0, x1, y1 = box
    height, width = layer.shape[:2]
    if x0 > 0:
        layer[:, x0 - line : x0] = _keyline(tones)
    if x1 < width:
        layer[:, x1 : x1 + line] = _keyline(tones)
    if y0 <= 0 and y1 < height and x0 <= 0 and x1 >= width:
        layer[y1 : y1 + line] = _keyline(tones)


def _card_pixels(plan: CardPlan, sheet: _Sheet, frame: tuple[float, float]) -> tuple[int, int, int, int]:
    """The card's box on the layer; a panel runs on beyond the frame to the layer's edges."""
    spots = [
        round(home + (share - 0.5) * size)
        for home, share, size in zip(
            (sheet.home[0], sheet.home[1]) * 2, plan.box, (frame[0], frame[1]) * 2, strict=True
        )
    ]
    x0, y0, x1, y1 = spots
    if plan.panel:
        x0, x1 = (x0 if plan.box[0] > 0 else 0), (x1 if plan.box[2] < 1 else sheet.width)
        y0, y1 = (y0 if plan.box[1] > 0 else 0), (y1 if plan.box[3] < 1 else sheet.height)
    return x0, y0, x1, y1


def _shadow(shape: tuple[int, int], box: tuple[int, int, int, int], unit: float) -> NDArray[np.uint8]:
    """A wide soft shadow under the card and a tight one at its foot, as alpha."""
    shrink = 4
    small = np.zeros((shape[0] // shrink + 1, shape[1] // shrink + 1), np.float32)
    drop = round(0.018 * unit / shrink)
    x0, y0, x1, y1 = (value // shrink for value in box)
    small[max(y0 + drop, 0) : max(y1 + drop, 0), max(x0, 0) : max(x1, 0)] = 1
    wide = cv2.GaussianBlur(small, (0, 0), 0.045 * unit / shrink)
    tight = cv2.GaussianBlur(small, (0, 0), 0.010 * unit / shrink)
    alpha = np.clip(0.45 * wide + 0.30 * tight, 0, 1) * 255
    return np.asarray(cv2.resize(alpha, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR), np.float32).astype(
        np.uint8
    )
