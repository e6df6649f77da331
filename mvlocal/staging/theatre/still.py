"""The still of a shot: its layers laid over each other at the home framing.

It knows nothing of motion or music.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from mvlocal.staging.paint.grain import add_grain
from mvlocal.staging.paint.vignette import vignette
from mvlocal.staging.theatre.camera import Framing, Pose
from mvlocal.staging.theatre.drawn import DrawnShot

Picture = NDArray[np.uint8]

HOME = Pose(0.0, 0.0, 1.0)


def still_of(drawn: DrawnShot, framing: Framing) -> Picture:
    """The RGB still (height, width, 3) of a drawn shot."""
    picture = np.zeros((framing.height, framing.width, 3), np.uint8)
    for number, (name, depth) in enumerate(drawn.order):
        seen = _seen(drawn.layers[name], framing, depth, drawn.slide if number == 0 else 0)
        picture = seen if seen.shape[2] == 3 else _over(picture, seen)
    picture = add_grain(picture)
    fall = cv2.merge([vignette(framing.width, framing.height)] * 3)
    return np.asarray(cv2.multiply(picture, fall, scale=1 / 255), np.uint8)


def _seen(layer: Picture, framing: Framing, depth: float, offset: int) -> Picture:
    window = framing.window(HOME, depth)
    matrix = np.array([[window.scale, 0, window.x + offset], [0, window.scale, window.y]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    size = (framing.width, framing.height)
    return np.asarray(cv2.warpAffine(layer, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def _over(under: Picture, over: Picture) -> Picture:
    alpha = cv2.merge([over[..., 3]] * 3)
    colour = np.ascontiguousarray(over[..., :3])
    kept = cv2.multiply(under, cv2.bitwise_not(alpha), scale=1 / 255)
    return np.asarray(cv2.add(kept, cv2.multiply(colour, alpha, scale=1 / 255)), np.uint8)
