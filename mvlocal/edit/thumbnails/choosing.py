"""Chooses stills for thumbnails: sharp, with somebody large in them, bright enough, and unlike each other. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Rgb = NDArray[np.uint8]
Box = tuple[float, float, float, float]
_SIDE = 320


@dataclass(frozen=True, slots=True)
class StillFacts:
    """A still of a shot: its small picture (h, w, 3), and the subject's box in fractions of it, if there is one."""

    shot: str
    small: Rgb
    subject: Box | None
    chorus: bool


@dataclass(frozen=True, slots=True)
class ScoredStill:
    """A still, its score (higher is better) and what it was scored on."""

    shot: str
    score: float
    why: str


def shrunk(rgb: Rgb) -> Rgb:
    """The picture at the size that stills are judged at."""
    height, width = rgb.shape[:2]
    size = (_SIDE, max(round(_SIDE * height / width), 1))
    return np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)


def choose_thumbnails(stills: Sequence[StillFacts], count: int = 3) -> list[ScoredStill]:
    """The best `count` stills, best first; each next one is also judged by how unlike the chosen ones it is."""
    scored = [(still, *_score(still)) for still in stills]
    chosen: list[tuple[StillFacts, ScoredStill]] = []
    while len(chosen) < min(count, len(scored)):
        left = [(still, score, why) for still, score, why in scored if all(still is not one for one, _ in chosen)]
        best = max(left, key=lambda item: item[1] + 1.2 * _unlike(item[0], [one for one, _ in chosen]))
        chosen.append((best[0], ScoredStill(best[0].shot, round(best[1], 3), best[2])))
    return [scored_still for _, scored_still in chosen]


def _score(still: StillFacts) -> tuple[float, str]:
    grey = cv2.cvtColor(still.small, cv2.COLOR_RGB2GRAY)
    sharp = min(float(np.log1p(cv2.Laplacian(grey, cv2.CV_64F).var())) / 8, 1.0)
    low, high = np.percentile(grey, (5, 95))
    contrast = min(float(high - low) / 160, 1.0)
    light = 1 - min(abs(float(grey.mean()) - 110) / 110, 1.0)
    colour = min(float(cv2.cvtColor(still.small, cv2.COLOR_RGB2HSV)[..., 1].mean()) / 110, 1.0)
    size = _size_of(still.subject)
    score = 1.4 * size + 0.7 * sharp + 0.6 * contrast + 0.5 * light + 0.3 * colour + 0.15 * still.chorus
    return score, f"subject {size:.2f}, sharpness {sharp:.2f}, contrast {contrast:.2f}, light {light:.2f}"


def _size_of(box: Box | None) -> float:
    """How well a subject fills a thumbnail: best at half the height and more, none at all 0."""
    if box is None:
        return 0.0
    return min(max(box[3] - box[1], box[2] - box[0]) / 0.55, 1.0)


def _unlike(still: StillFacts, others: Sequence[StillFacts]) -> float:
    """Mean difference from the likest of the others, 0 to about 0.5; 0.5 without others."""
    if not others:
        return 0.5
    mine = cv2.resize(still.small, (16, 9), interpolation=cv2.INTER_AREA).astype(np.float32)
    theirs = [cv2.resize(one.small, (16, 9), interpolation=cv2.INTER_AREA).astype(np.float32) for one in others]
    return min(float(np.abs(mine - other).mean()) / 255 * 2 for other in theirs)
