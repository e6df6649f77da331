"""The 18 key points of COCO in OpenPose's order, from the same joints that the outline is drawn from.

It knows no picture format.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mvlocal.staging.figures.body import Flat
from mvlocal.staging.figures.head import View
from mvlocal.staging.figures.outline import Points

KEYPOINTS = (
    "nose", "neck", "r_shoulder", "r_elbow", "r_wrist", "l_shoulder", "l_elbow", "l_wrist",
    "r_hip", "r_knee", "r_ankle", "l_hip", "l_knee", "l_ankle", "r_eye", "l_eye", "r_ear", "l_ear",
)  # fmt: skip
"""Source: OpenPose, output format of the COCO model (18 points)."""

# height over the chin, left, forward (head units)
_FACE = {
    "nose": (0.335, 0.0, 0.49),
    "r_eye": (0.475, -0.14, 0.34),
    "l_eye": (0.475, 0.14, 0.34),
    "r_ear": (0.41, -0.32, -0.04),
    "l_ear": (0.41, 0.32, -0.04),
}


def keypoints_of(flat: Flat, view: View) -> tuple[Points, NDArray[np.bool_]]:
    """Points (18, 2) in the drawing plane and which can be seen: a face turned away hides its points."""
    points, visible = np.empty((18, 2)), np.ones(18, np.bool_)
    for row, name in enumerate(KEYPOINTS):
        if name == "neck":
            points[row] = (flat.at("l_shoulder") + flat.at("r_shoulder")) / 2
        elif name in _FACE:
            u, left, forward = _FACE[name]
            points[row] = view.point(u, left, forward)
            visible[row] = view.towards(left, forward) > (-0.26 if "ear" in name else 0.02 if "eye" in name else -0.12)
        else:
            points[row] = flat.at(name)
    return points, visible
