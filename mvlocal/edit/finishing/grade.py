"""The standing grade of a shot: blacks, middle tones and whites, colour, the place's palette, a LUT.

It does not know time; what the music does to a picture is in `effects`. A grade that changes nothing touches no pixel.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from mvlocal.edit.finishing.cube import Cube

Picture = NDArray[np.uint8]
Colours = NDArray[np.float64]
"""(n, 3) red, green, blue, 0 to 1."""

LUMA = np.array([0.2126, 0.7152, 0.0722])
"""Source: ITU-R BT.709-6."""
_POINTS, _MOST_POINTS = 33, 65


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade. `palette` are colours as `#rrggbb`; `palette_amount` and `cube_amount` are 0 to 1."""

    lift: float = 0.0
    gamma: float = 1.0
    gain: float = 1.0
    saturation: float = 1.0
    palette: Sequence[str] = ()
    palette_amount: float = 0.0
    cube: Cube | None = None
    cube_amount: float = 1.0

    @property
    def bends_tones(self) -> bool:
        """Whether it changes each channel by itself."""
        return (self.lift, self.gamma, self.gain) != (0.0, 1.0, 1.0)

    @property
    def mixes_colours(self) -> bool:
        """Whether a channel depends on the others."""
        by_palette = bool(self.palette) and self.palette_amount > 0
        return self.saturation != 1 or by_palette or (self.cube is not None and self.cube_amount > 0)


def grader(grade: Grade) -> Callable[[Picture], Picture]:
    """A function that grades pictures (H, W, 3), through one table made now."""
    if grade.mixes_colours:
        points = min(max(_POINTS, grade.cube.points if grade.cube else 0), _MOST_POINTS)
        axis = np.linspace(0, 1, points)
        blue, green, red = np.meshgrid(axis, axis, axis, indexing="ij")
        graded = graded_colours(np.stack([red, green, blue], axis=-1).reshape(-1, 3), grade)
        table = ImageFilter.Color3DLUT(points, graded.reshape(-1).tolist())
        return lambda picture: np.asarray(Image.fromarray(picture).filter(table), np.uint8)
    if grade.bends_tones:
        levels = np.arange(256)[:, None] / 255 * np.ones(3)
        curve = np.rint(toned(levels, grade)[:, 0] * 255).astype(np.uint8)
        return lambda picture: np.asarray(cv2.LUT(picture, curve), np.uint8)
    return lambda picture: picture


def graded_colours(colours: Colours, grade: Grade) -> Colours:
    """Colours after tones, palette, saturation and LUT, in this order."""
    out = toned(colours, grade)
    if grade.palette and grade.palette_amount > 0:
        out = np.clip(out + grade.palette_amount * palette_tint(out @ LUMA, grade.palette), 0, 1)
    if grade.saturation != 1:
        grey = (out @ LUMA)[:, None]
        out = np.clip(grey + grade.saturation * (out - grey), 0, 1)
    if grade.cube is not None and grade.cube_amount > 0:
        out = out + grade.cube_amount * (grade.cube.apply(out) - out)
    return np.clip(out, 0, 1)


def toned(colours: Colours, grade: Grade) -> Colours:
    """Colours after lift, gamma and gain: 0 goes to `lift`, 1 to `gain`, what lies between bends by `gamma`."""
    return np.clip(grade.lift + (grade.gain - grade.lift) * np.clip(colours, 0, 1) ** (1 / grade.gamma), 0, 1)


def palette_tint(luma: NDArray[np.float64], palette: Sequence[str]) -> Colours:
    """What half of the palette's colour at each lightness adds: (n, 3), of no lightness of its own."""
    colours = np.array([[int(one[i : i + 2], 16) / 255 for i in (1, 3, 5)] for one in palette])
    own = colours @ LUMA
    order = np.argsort(own, kind="stable")
    tint = 0.5 * (colours - own[:, None])[order]
    return np.stack([np.interp(luma, own[order], tint[:, i]) for i in range(3)], axis=1)
