"""How unlike each other photos are in colour, light and angle, and what a set of them lacks.

Only what was measured counts: whether a place is indoors, or who is in a photo, is not known here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mvlocal.cast.views import distance_of, view_of
from mvlocal.schema.cast import CropPlan, PhotoMeasures

_ALIKE = 0.25
"""A set whose surroundings lie on average nearer than this to each other (Hellinger, 0 to 1) has one background."""
_SAME_LIGHT = 0.06
"""Brightness that varies by less than this (standard deviation, 0 to 1) is one light."""
_LEAST_TO_TELL = 4
"""Of fewer photos nothing is said: a small set has a warning of its own."""

Look = tuple[PhotoMeasures, CropPlan]


def farthest_first(photos: Sequence[PhotoMeasures], first: int) -> list[int]:
    """All indices, each next photo the one least like those before it; `first` begins, ties go to the lower index.

    Source: Gonzalez, "Clustering to minimize the maximum intercluster distance" (1985).
    """
    points = np.array([_features(photo) for photo in photos])
    order = [first]
    nearest = np.linalg.norm(points - points[first], axis=1)
    while len(order) < len(photos):
        nearest[order] = -1.0
        order.append(int(nearest.argmax()))
        nearest = np.minimum(nearest, np.linalg.norm(points - points[order[-1]], axis=1))
    return order


def _features(photo: PhotoMeasures) -> list[float]:
    """Square roots of colour shares (so that distances are Hellinger's), light, and the face's turn and size."""
    face = photo.faces[0] if photo.faces else None
    turned = face.yaw_deg / 60 if face else 0.0
    size = float(np.log2(max(face.box[3] - face.box[1], 0.02))) / 3 if face else 0.0
    colours = np.sqrt([*photo.subject_colours, *photo.surround_colours])
    return [*(float(value) for value in colours), 1.5 * photo.brightness, photo.warmth / 40, turned, size]


def what_is_missing(looks: Sequence[Look]) -> tuple[str, ...]:
    """What the set lacks, in plain words, as far as it was measured."""
    if len(looks) < _LEAST_TO_TELL:
        return ()
    return (*_missing_views(looks), *_missing_variety([photo for photo, _ in looks]))


def _missing_views(looks: Sequence[Look]) -> list[str]:
    faces = [(photo.faces[0], distance_of(photo, crop)) for photo, crop in looks if photo.faces]
    if len(faces) < len(looks):
        return []  # of a photo without a known face, nobody can say how it is turned
    views = Counter(view_of(face.yaw_deg) for face, _ in faces)
    distances = Counter(distance for _, distance in faces)
    missing: list[str] = []
    missing += ["no profile (a face seen from the side)"] if not views["profile"] else []
    missing += ["no face half turned away"] if not views["three-quarter"] else []
    missing += ["no face towards the camera"] if not views["front"] else []
    if len(distances) == 1:
        missing.append(f"every photo is taken from the same distance ({next(iter(distances))})")
    return missing


def _missing_variety(photos: Sequence[PhotoMeasures]) -> list[str]:
    missing: list[str] = []
    if _mean_distance([photo.surround_colours for photo in photos]) < _ALIKE:
        missing.append("the surroundings are much alike in colour")
    if float(np.std([photo.brightness for photo in photos])) < _SAME_LIGHT:
        missing.append("the photos are all about as bright as each other")
    clothes = [photo.clothes_colour for photo in photos]
    if all(clothes) and len(set(clothes)) == 1:
        missing.append(f"the clothes are {clothes[0]} in every photo")
    return missing


def _mean_distance(shares: Sequence[Sequence[float]]) -> float:
    """Mean Hellinger distance between all pairs, 0 (the same) to 1 (nothing in common)."""
    roots: NDArray[np.float64] = np.sqrt(np.asarray(shares, np.float64))
    squared = ((roots[:, None, :] - roots[None, :, :]) ** 2).sum(axis=2) / 2
    pairs = np.triu_indices(len(shares), 1)
    return float(np.sqrt(np.minimum(squared[pairs], 1.0)).mean())
