"""Faces by YuNet, which OpenCV runs: their boxes and how far they are turned. It does not know whose they are.

Source: Wu and others, "YuNet: A Tiny Millisecond-level Face Detector" (2023); the meaning of a row of its output is
that of OpenCV's FaceDetectorYN.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import atan2, degrees
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from mvlocal.errors import UserError
from mvlocal.schema.cast import FaceSeen, SubjectSeen
from mvlocal.weights import LockedWeights, check_weights

LOOKED_AT_PX = (640, 320)
"""Longer sides at which a photo is looked at: the network knows faces of about 10 to 300 pixels, so close-ups are found
in the smaller one."""
LEAST_SCORE = 0.8
_OVERLAP = 0.35
_MOST = 200
_NOSE_DEPTH = 0.6
"""How far a nose's tip stands out from the eyes, in distances between the eyes."""


class YunetFaces:
    """A face finder; the same photo and weights give the same faces."""

    name = "yunet"

    def __init__(self, weights: LockedWeights) -> None:
        self._weights = weights
        self._detector: Any = None

    def find_faces(self, rgb: NDArray[np.uint8]) -> SubjectSeen:
        """Faces in (H, W, 3), largest first; no box where none is found.

        Raises:
            UserError: the weights are not what the lock says, or not those of a face detector.
        """
        if self._detector is None:
            self._detector = _load(self._weights)
        found: list[FaceSeen] = []
        for side in LOOKED_AT_PX:
            small = _resized(rgb, side)
            rows = self._detect(small)
            found += rows_to_faces(rows, small.shape[1], small.shape[0])
        faces = largest_first(without_doubles(found))
        return SubjectSeen(faces=faces, box=None)

    def _detect(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        try:
            self._detector.setInputSize((rgb.shape[1], rgb.shape[0]))
            _, rows = self._detector.detect(cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR))
        except cv2.error as error:
            raise _not_a_detector(self._weights, error) from error
        return np.zeros((0, 15), np.float32) if rows is None else np.asarray(rows, np.float32)


def rows_to_faces(rows: NDArray[np.float32], width: int, height: int) -> list[FaceSeen]:
    """Faces from the detector's rows (n, 15), in pixels of a picture of `width` by `height`.

    A row is left, top, width, height of the box, then x and y of right eye, left eye, nose, right and left corner of
    the mouth (right and left of the person, so the right eye lies left in the picture), then the score. Boxes are cut
    at the picture's edges; one that lies outside is no face.
    """
    faces: list[FaceSeen] = []
    for row in rows:
        left, top = max(float(row[0]), 0.0), max(float(row[1]), 0.0)
        right, bottom = min(float(row[0] + row[2]), float(width)), min(float(row[1] + row[3]), float(height))
        if right - left < 1 or bottom - top < 1:
            continue
        box = (left / width, top / height, right / width, bottom / height)
        faces.append(FaceSeen(box=box, score=min(max(float(row[14]), 0.0), 1.0), yaw_deg=yaw_of(row[4:10])))
    return faces


def yaw_of(points: Sequence[float] | NDArray[np.floating]) -> float:
    """How far a face is turned, in degrees from -90 to 90: positive to the picture's right; 0 is to the camera.

    `points` are x, y of right eye, left eye and nose. From where the nose's tip lies between the eyes, along the line
    through them, so that a tilted head is not taken for a turned one. An estimate: noses differ.
    """
    right, left, nose = (np.asarray(points[start : start + 2], np.float64) for start in (0, 2, 4))
    across = left - right
    apart = float(np.hypot(*across))
    if apart < 1e-6:
        return 90.0 if nose[0] >= right[0] else -90.0
    aside = float((nose - (left + right) / 2) @ across) / apart
    return round(degrees(atan2(aside, _NOSE_DEPTH * apart)), 1)


def without_doubles(faces: Sequence[FaceSeen]) -> list[FaceSeen]:
    """Each face once: of boxes that overlap, the one with the best score stays."""
    kept: list[FaceSeen] = []
    for face in sorted(faces, key=lambda face: (-face.score, face.box)):
        if all(_overlap(face, other) < _OVERLAP for other in kept):
            kept.append(face)
    return kept


def largest_first(faces: Sequence[FaceSeen]) -> tuple[FaceSeen, ...]:
    """The faces by height, largest first."""
    return tuple(sorted(faces, key=lambda face: (face.box[1] - face.box[3], face.box)))


def _overlap(one: FaceSeen, other: FaceSeen) -> float:
    """Intersection over union of two boxes."""
    wide = min(one.box[2], other.box[2]) - max(one.box[0], other.box[0])
    tall = min(one.box[3], other.box[3]) - max(one.box[1], other.box[1])
    shared = max(wide, 0.0) * max(tall, 0.0)
    areas = sum((face.box[2] - face.box[0]) * (face.box[3] - face.box[1]) for face in (one, other))
    return shared / max(areas - shared, 1e-12)


def _resized(rgb: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """The picture with a longer side of at most `side` pixels."""
    shrink = min(side / max(rgb.shape[:2]), 1.0)
    size = (max(round(rgb.shape[1] * shrink), 1), max(round(rgb.shape[0] * shrink), 1))
    return np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)


def _load(weights: LockedWeights) -> Any:
    check_weights(weights)
    content, no_config = np.frombuffer(weights.path.read_bytes(), np.uint8), np.zeros(0, np.uint8)
    level = cv2.utils.logging.getLogLevel()
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)  # it warns of where it runs, which is as it should
    try:
        return cv2.FaceDetectorYN.create("onnx", content, no_config, (320, 320), LEAST_SCORE, _OVERLAP, _MOST)
    except cv2.error as error:
        raise _not_a_detector(weights, error) from error
    finally:
        cv2.utils.logging.setLogLevel(level)


def _not_a_detector(weights: LockedWeights, error: cv2.error) -> UserError:
    return UserError(
        f"{weights.path.name} does not work as a face detector: {' '.join(str(error).split())[:200]}",
        where=f"photos.faces_model: {weights.path}",
        mend="use the file that is made for it: mvlocal models fetch yunet, or photos.faces: none",
    )


def make(weights: LockedWeights) -> YunetFaces:
    """The registry's factory."""
    return YunetFaces(weights)
