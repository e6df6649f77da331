"""Grades a photo towards a place: its palette in shadows and lights, the hour's exposure, skin kept believable.

It knows nothing of framing.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from mvlocal.schema.story import TimeOfDay
from mvlocal.staging.paint.palette import Tones, oklab_to_rgb, rgb_to_oklab

Picture = NDArray[np.uint8]

TONING = 0.46
"""Share of the palette in a picture's colour; on skin-like colours 0.38 of that."""

_GRID = 25

_EXPOSURE: dict[TimeOfDay, tuple[float, float]] = {
    "dawn": (0.98, 0.030),
    "morning": (1.02, 0.015),
    "noon": (1.03, 0.0),
    "afternoon": (1.0, 0.01),
    "dusk": (0.94, 0.015),
    "night": (0.84, 0.005),
}
"""Lightness is multiplied by the first, and blacks are lifted by the second."""


def graded(rgb: Picture, tones: Tones, time: TimeOfDay) -> Picture:
    """The photo (h, w, 3) in the place's colours, with a soft bloom round what is bright."""
    toned = np.asarray(Image.fromarray(rgb).filter(_table(tones, time)), np.uint8)
    return bloom(toned, tones)


def _table(tones: Tones, time: TimeOfDay) -> ImageFilter.Color3DLUT:
    axis = np.linspace(0, 1, _GRID)
    blue, green, red = np.meshgrid(axis, axis, axis, indexing="ij")
    colours = toned_colours(np.stack([red, green, blue], axis=-1).reshape(-1, 3), tones, time)
    return ImageFilter.Color3DLUT(_GRID, colours.reshape(-1).tolist())


def toned_colours(rgb: NDArray[np.float64], tones: Tones, time: TimeOfDay) -> NDArray[np.float32]:
    """Colours (n, 3) in [0, 1] after grading."""
    lab = rgb_to_oklab(rgb)
    light = lab[:, 0]
    scale, lifted = _EXPOSURE[time]
    curve = light + 0.10 * (light - 0.5) * (1 - np.abs(2 * light - 1)) * 2
    curve = lifted + (1 - lifted) * np.clip(curve, 0, 1) * scale
    steps = np.stack(
        [rgb_to_oklab(c) for c in (tones.ink, tones.near, tones.mid, tones.sky, tones.horizon, tones.light)]
    )
    at = [0.0, 0.22, 0.42, 0.62, 0.82, 1.0]
    palette = np.stack([np.interp(light, at, steps[:, i]) for i in (1, 2)], axis=1)
    share = (TONING * (1 - 0.62 * _skin_likeness(lab)))[:, None]
    vivid = np.hypot(lab[:, 1], lab[:, 2])[:, None]
    share = share * np.clip(1.15 - 2.2 * vivid, 0.55, 1)
    mixed = lab[:, 1:] * (1 - share) * 0.97 + palette * share
    return oklab_to_rgb(np.concatenate([curve[:, None], mixed], axis=1))


def _skin_likeness(lab: NDArray[np.float64]) -> NDArray[np.float64]:
    """Nearness to the hues of skin, 0 to 1."""
    chroma, hue = np.hypot(lab[:, 1], lab[:, 2]), np.degrees(np.arctan2(lab[:, 2], lab[:, 1]))
    by_hue = np.exp(-(((hue - 52) / 24) ** 2))
    by_chroma = np.exp(-(((chroma - 0.085) / 0.06) ** 2))
    by_light = np.clip((lab[:, 0] - 0.25) / 0.2, 0, 1)
    return by_hue * by_chroma * by_light


def bloom(rgb: Picture, tones: Tones, strength: float = 0.30) -> Picture:
    """Light that spills softly from the brightest parts, in the colour of the place's light."""
    height, width = rgb.shape[:2]
    small = cv2.resize(rgb, (max(width // 4, 2), max(height // 4, 2)), interpolation=cv2.INTER_AREA)
    bright = np.clip((small.astype(np.float32) / 255 - 0.70) / 0.30, 0, 1) ** 1.5
    spill = cv2.GaussianBlur(bright, (0, 0), 0.014 * max(small.shape[:2]))
    spill += 0.5 * cv2.GaussianBlur(bright, (0, 0), 0.05 * max(small.shape[:2]))
    glow = np.clip(spill * (0.5 + 0.5 * tones.light) * strength * 255, 0, 255).astype(np.uint8)
    wide = cv2.resize(glow, (width, height), interpolation=cv2.INTER_LINEAR)
    kept = cv2.multiply(cv2.bitwise_not(rgb), cv2.bitwise_not(wide), scale=1 / 255)
    return np.asarray(cv2.bitwise_not(kept), np.uint8)
