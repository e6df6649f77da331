"""What a transition looks like: one frame out of two, from the planes of both shots. It does not know where it stands.

Planes are Y (H, W), U and V (H/2, W/2), uint8, BT.709 limited range. `u` runs from 0 (all of the shot that goes) to
1 (all of the one that comes); its middle is the cut.
"""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np
from numpy.typing import NDArray

from mvlocal.schema.story import Transition

Plane = NDArray[np.uint8]
Planes = tuple[Plane, Plane, Plane]
Point = tuple[float, float]
"""A place in the frame, across and down, as fractions from 0 to 1."""

WHIP_REACH = 1.0
"""Frame widths that the camera sweeps over in a whip, before and after the cut together."""
WHIP_TAPS = 17
BLACK = (16, 128, 128)
CENTRE: Point = (0.5, 0.5)


def times_of(frames: int) -> list[float]:
    """`u` for each of the frames of a transition: even steps that leave both ends to the shots themselves."""
    return [(number + 0.5) / frames for number in range(frames)]


def blend(kind: Transition, gone: Planes, come: Planes, u: float, subjects: tuple[Point, Point]) -> Planes:
    """One frame of a transition; `subjects` are where the eye rests in the shot that goes and in the one that comes.

    Raises:
        ValueError: a cut has no frame between.
    """
    match kind:
        case "dissolve":
            return mixed(gone, come, eased(u))
        case "dip":
            return dipped(gone, come, u)
        case "whip":
            return whipped(gone, come, u)
        case "match":
            return matched(gone, come, u, subjects)
        case "cut":
            raise ValueError("a cut has no frame between its shots")


def eased(u: float) -> float:
    """0 to 1 with soft ends, and nearly even between."""
    return 0.5 * u + 0.5 * u * u * (3 - 2 * u)


def mixed(gone: Planes, come: Planes, share: float) -> Planes:
    """A dissolve: `share` of the shot that comes over the one that goes."""
    return _each(
        np.asarray(cv2.addWeighted(a, 1 - share, b, share, 0), np.uint8) for a, b in zip(gone, come, strict=True)
    )


def dipped(gone: Planes, come: Planes, u: float) -> Planes:
    """A dip: down to black by the cut, and up from it."""
    planes, light = (gone, 1 - 2 * u) if u < 0.5 else (come, 2 * u - 1)
    share = light * light * (3 - 2 * light)
    return _each(_towards(plane, black, share) for plane, black in zip(planes, BLACK, strict=True))


def whipped(gone: Planes, come: Planes, u: float) -> Planes:
    """A whip pan: the camera tears away and lands in the next shot, fastest and most smeared at the cut.

    The picture beyond a frame's edge is its mirror, so that no border is seen.
    """
    planes = gone if u < 0.5 else come
    # Away from rest up to the cut, and from full speed to rest after it.
    way = (2 * u) ** 3 / 2 if u < 0.5 else -((2 - 2 * u) ** 3) / 2
    speed = (2 * min(u, 1 - u)) ** 2
    return _each(_swept(plane, WHIP_REACH * way * plane.shape[1], 0.3 * speed * plane.shape[1]) for plane in planes)


def matched(gone: Planes, come: Planes, u: float, subjects: tuple[Point, Point]) -> Planes:
    """A match: the eye is led from one subject to the other while one shot turns into the next.

    Both pictures move so that their subjects lie on one another; each is enlarged as much as it must be to fill the
    frame.
    """
    share = eased(u)
    at = tuple(a + (b - a) * share for a, b in zip(*subjects, strict=True))
    height, width = gone[0].shape
    moved = [
        _shifted(planes, (at[0] - subject[0]) * width, (at[1] - subject[1]) * height)
        for planes, subject in zip((gone, come), subjects, strict=True)
    ]
    return mixed(moved[0], moved[1], share)


def black_like(planes: Planes) -> Planes:
    """A black frame of the same size."""
    return _each(np.full_like(plane, value) for plane, value in zip(planes, BLACK, strict=True))


def _each(planes: Iterable[Plane]) -> Planes:
    y, u, v = planes
    return y, u, v


def _towards(plane: Plane, black: int, share: float) -> Plane:
    """plane = black + (plane - black) * share."""
    table = np.rint(black + (np.arange(256) - black) * share).clip(0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(plane, table), np.uint8)


def _swept(plane: Plane, offset: float, smear: float) -> Plane:
    """The plane `offset` pixels to the left, smeared over `smear` pixels, mirrored at its edges."""
    height, width = plane.shape
    room = min(int(abs(offset) + smear / 2) + 2, width - 1)
    wide = cv2.copyMakeBorder(plane, 0, 0, room, room, cv2.BORDER_REFLECT_101)
    taps = max(int(smear), 1)
    if taps > 1:
        wide = cv2.blur(wide, (taps, 1), borderType=cv2.BORDER_REFLECT_101)
    matrix = np.array([[1, 0, room + offset], [0, 1, 0]], np.float64)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(
        cv2.warpAffine(wide, matrix, (width, height), flags=flags, borderMode=cv2.BORDER_REFLECT_101), np.uint8
    )


def _shifted(planes: Planes, dx: float, dy: float) -> Planes:
    """The frame `dx`, `dy` pixels to the right and down, enlarged about where it is so that it still fills itself."""
    height, width = planes[0].shape
    zoom = 1 + 2 * max(abs(dx) / width, abs(dy) / height)
    result: list[Plane] = []
    for plane, scale in zip(planes, (1.0, 0.5, 0.5), strict=True):
        rows, columns = plane.shape
        middle = ((columns - 1) / 2, (rows - 1) / 2)
        # Reading goes from the frame back into the picture.
        matrix = np.array(
            [
                [1 / zoom, 0, middle[0] - (middle[0] + dx * scale) / zoom],
                [0, 1 / zoom, middle[1] - (middle[1] + dy * scale) / zoom],
            ],
            np.float64,
        )
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        moved = cv2.warpAffine(plane, matrix, (columns, rows), flags=flags, borderMode=cv2.BORDER_REPLICATE)
        result.append(np.asarray(moved, np.uint8))
    return _each(result)
