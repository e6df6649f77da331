"""Which candidate of a shot is best, by figures that are stated: agreement, likeness, framing, soundness.

It does not know how they were measured, except for the last two.

A candidate's score is the weighted mean of the parts that could be measured, each from 0 to 1:

    part        weight  what it is
    agreement   0.40    cosine of picture and words, from 0.12 (nothing of it) to 0.34 (all of it)
    likeness    0.40    mean over the people present of likeness to their photos, over that of the photos to each other
    framing     0.15    how near the subject's height is to what the shot size asks: 1 the same, 0.5 at twice or half
    soundness   0.05    sharpness, less the share of pixels that are clipped

One with a hard fault (black, flat, not finite) scores 0. Equal scores: the earlier candidate.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import log2
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from mvlocal.schema.cast import PictureBox, SubjectSeen
from mvlocal.schema.staging import Staging
from mvlocal.shots.gates import Fault

WEIGHTS: Mapping[str, float] = MappingProxyType(
    {"agreement": 0.40, "likeness": 0.40, "framing": 0.15, "soundness": 0.05}
)
AGREEMENT_RANGE = (0.12, 0.34)
"""Cosines of CLIP ViT-L/14 for pictures that have nothing to do with a text and for good ones: a rule of thumb."""
SHARP = 120.0
"""Variance of the Laplacian of luma at which a picture counts as half sharp."""
HEAD = 0.14
"""A head's share of a grown body's height."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What is known of one candidate: `agreement` a cosine, `likeness` by person from 0 to 1; None: not measured."""

    agreement: float | None = None
    likeness: Mapping[str, float] = field(default_factory=dict[str, float])
    framing: float | None = None
    soundness: float = 0.0
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Score:
    """A candidate's score and the parts (0 to 1) that it is made of."""

    total: float
    parts: Mapping[str, float]


def score_of(measured: Measured) -> Score:
    """The score, by the table above."""
    parts: dict[str, float] = {}
    if measured.agreement is not None:
        low, high = AGREEMENT_RANGE
        parts["agreement"] = min(max((measured.agreement - low) / (high - low), 0.0), 1.0)
    if measured.likeness:
        parts["likeness"] = sum(min(max(one, 0.0), 1.0) for one in measured.likeness.values()) / len(measured.likeness)
    if measured.framing is not None:
        parts["framing"] = measured.framing
    parts["soundness"] = measured.soundness
    if any(fault.hard for fault in measured.faults):
        return Score(0.0, parts)
    weight = sum(WEIGHTS[name] for name in parts)
    return Score(sum(WEIGHTS[name] * value for name, value in parts.items()) / weight, parts)


def best_of(totals: Sequence[float]) -> int:
    """The place of the best score; the first of equal ones."""
    return max(range(len(totals)), key=lambda place: (round(totals[place], 6), -place))


def soundness_of(rgb: NDArray[np.uint8]) -> float:
    """Sharpness (0 to 1), less the share of pixels that are fully black or white, of (H, W, 3)."""
    import cv2

    shrink = 512 / max(rgb.shape[:2])
    small = cv2.resize(rgb, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA) if shrink < 1 else rgb
    luma = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
    edges = float(cv2.Laplacian(luma, cv2.CV_64F).var())
    clipped = float(((luma <= 2) | (luma >= 253)).mean())
    return max(edges / (edges + SHARP) - clipped, 0.0)


def framing_of(staging: Staging, seen: SubjectSeen) -> float | None:
    """How near the size of who is seen is to what was staged; None without people, or where nobody looked for faces.

    The nearest figure's head stands for the shot size: with a face found, its height is compared with the staged
    head's; where faces were looked for and none was found although someone faces the camera close by, it is 0.
    """
    if not staging.figures or seen.faces is None:
        return None
    nearest = max(staging.figures, key=lambda figure: figure.start.body)
    staged = nearest.start.body * nearest.traits.height * HEAD
    if not seen.faces:
        return 0.0 if abs(nearest.facing_deg) <= 45 and staged >= 0.15 else None
    return nearness(_height(seen.faces[0].box), min(staged, 1.0))


def nearness(found: float, wanted: float) -> float:
    """1 where two sizes are the same, 0.5 at twice or half, 0.25 at four times or a quarter."""
    if found <= 0 or wanted <= 0:
        return 0.0
    return 2.0 ** -abs(log2(found / wanted))


def _height(box: PictureBox) -> float:
    return box[3] - box[1]
