"""Guesses where the subject of a photo is. An estimate from contrast, skin-like colour and habit: no face model.

It knows nothing of frames. Where it is wrong, a subject box given with the photo settles it.

Source: Hou and Zhang, "Saliency Detection: A Spectral Residual Approach" (2007); Itti, Koch and Niebur (1998) for
centre-surround differences; the skin range in YCrCb after Chai and Ngan (1999), softened.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Box = tuple[float, float, float, float]

_SIDE = 160
"""Longer side in pixels at which the picture is judged."""

_SMALLEST = 0.22
"""A subject is taken to be at least this share of each side."""


def estimate_subject(rgb: NDArray[np.uint8]) -> Box:
    """The likely subject's box (left, top, right, bottom) in fractions of the picture (H, W, 3)."""
    height, width = rgb.shape[:2]
    shrink = _SIDE / max(height, width)
    size = (max(round(width * shrink), 8), max(round(height * shrink), 8))
    small = np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)
    interest = interest_map(small)
    return _grown(_box_of(interest), 0.04)


def interest_map(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """How much each pixel of a small picture (h, w, 3) draws the eye, 0 to 1."""
    lab = cv2.cvtColor(rgb, cv2.COLOR_RGB2Lab).astype(np.float32)
    residual = _spectral_residual(lab[..., 0])
    contrast = _centre_surround(lab)
    skin = _skin(rgb)
    height, width = rgb.shape[:2]
    y, x = np.mgrid[0:height, 0:width]
    prior = np.exp(-(((x / width - 0.5) / 0.33) ** 2 + ((y / height - 0.44) / 0.36) ** 2))
    drawn = (0.35 * residual + 0.65 * contrast + 0.9 * skin * (0.3 + 0.7 * contrast)) * (0.25 + 0.75 * prior)
    soft = cv2.GaussianBlur(drawn.astype(np.float32), (0, 0), 0.03 * max(height, width))
    return _unit(soft)


def _unit(values: NDArray[np.floating]) -> NDArray[np.float32]:
    low, high = float(values.min()), float(values.max())
    return ((values - low) / max(high - low, 1e-6)).astype(np.float32)


def _spectral_residual(light: NDArray[np.float32]) -> NDArray[np.float32]:
    small = cv2.resize(light, (64, 64), interpolation=cv2.INTER_AREA)
    spectrum = np.fft.fft2(small)
    log = np.log(np.abs(spectrum) + 1e-6).astype(np.float32)
    residual = log - cv2.blur(log, (3, 3))
    power = np.abs(np.fft.ifft2(np.exp(residual + 1j * np.angle(spectrum)))) ** 2
    soft = cv2.GaussianBlur(power.astype(np.float32), (0, 0), 2.5)
    size = (light.shape[1], light.shape[0])
    return _unit(np.asarray(cv2.resize(soft, size, interpolation=cv2.INTER_LINEAR), np.float32))


def _centre_surround(lab: NDArray[np.float32]) -> NDArray[np.float32]:
    longest = max(lab.shape[:2])
    total = np.zeros(lab.shape[:2], np.float32)
    for centre, surround in ((0.015, 0.12), (0.04, 0.3)):
        near = cv2.GaussianBlur(lab, (0, 0), centre * longest, borderType=cv2.BORDER_REPLICATE)
        wide = cv2.GaussianBlur(lab, (0, 0), surround * longest, borderType=cv2.BORDER_REPLICATE)
        total += np.linalg.norm(near - wide, axis=2)
    return _unit(total)


def _skin(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Likeness to skin under ordinary light, 0 to 1; nothing in a picture without colour."""
    _, red, blue = cv2.split(cv2.cvtColor(rgb, cv2.COLOR_RGB2YCrCb).astype(np.float32))
    return np.exp(-(((red - 152) / 11) ** 2 + ((blue - 108) / 13) ** 2)).astype(np.float32)


def _box_of(interest: NDArray[np.float32]) -> Box:
    """The box of the heaviest connected part above 45 percent of the peak."""
    height, width = interest.shape
    _, labels, stats, _ = cv2.connectedComponentsWithStats((interest > 0.45).astype(np.uint8), connectivity=8)
    weights = np.bincount(labels.ravel(), weights=interest.ravel(), minlength=len(stats))
    weights[0] = 0
    left, top, wide, tall = (int(v) for v in stats[int(weights.argmax())][:4])
    return left / width, top / height, (left + wide) / width, (top + tall) / height


def _grown(box: Box, by: float) -> Box:
    left, right = _at_least(box[0] - by, box[2] + by)
    top, bottom = _at_least(box[1] - by, box[3] + by)
    return left, top, right, bottom


def _at_least(low: float, high: float) -> tuple[float, float]:
    short = max(_SMALLEST - (high - low), 0) / 2
    return max(low - short, 0.0), min(high + short, 1.0)
