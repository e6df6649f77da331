"""Hands: outlines by what they do, laid along the forearm. It knows no arm."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from mvlocal.staging.figures.outline import Points
from mvlocal.staging.paint.curves import closed_curve
from mvlocal.staging.rig.attitude import Grasp

# Along from the wrist (0) to the fingertips of a flat hand (1); across, the thumb's side positive.
_OUTLINES: dict[Grasp, list[tuple[float, float]]] = {
    "relaxed": [
        (-0.10, 0.135), (0.04, 0.150), (0.14, 0.190), (0.26, 0.262), (0.40, 0.330), (0.53, 0.345), (0.575, 0.305),
        (0.53, 0.262), (0.44, 0.215), (0.46, 0.185), (0.60, 0.185), (0.74, 0.195), (0.88, 0.180), (0.925, 0.130),
        (0.88, 0.085), (0.91, 0.070), (0.955, 0.020), (0.92, -0.035), (0.885, -0.055), (0.90, -0.100),
        (0.86, -0.135), (0.80, -0.140), (0.79, -0.185), (0.73, -0.205), (0.60, -0.195), (0.42, -0.205),
        (0.22, -0.190), (0.06, -0.150), (-0.10, -0.135),
    ],
    "flat": [
        (-0.10, 0.135), (0.05, 0.155), (0.18, 0.225), (0.30, 0.325), (0.42, 0.425), (0.51, 0.470), (0.555, 0.440),
        (0.52, 0.375), (0.42, 0.265), (0.46, 0.215), (0.58, 0.235), (0.74, 0.285), (0.88, 0.325), (0.935, 0.295),
        (0.90, 0.235), (0.76, 0.180), (0.61, 0.120), (0.62, 0.100), (0.80, 0.115), (0.97, 0.115), (1.005, 0.070),
        (0.97, 0.030), (0.80, 0.025), (0.61, 0.015), (0.61, -0.005), (0.78, -0.030), (0.93, -0.070), (0.955, -0.120),
        (0.91, -0.145), (0.76, -0.115), (0.59, -0.090), (0.58, -0.115), (0.69, -0.165), (0.795, -0.225),
        (0.805, -0.275), (0.755, -0.285), (0.62, -0.225), (0.47, -0.200), (0.25, -0.190), (0.06, -0.150),
        (-0.10, -0.135),
    ],
    "fist": [
        (-0.10, 0.135), (0.05, 0.155), (0.18, 0.215), (0.31, 0.245), (0.43, 0.255), (0.53, 0.235), (0.60, 0.180),
        (0.615, 0.090), (0.605, 0.000), (0.59, -0.090), (0.555, -0.165), (0.48, -0.210), (0.34, -0.220),
        (0.18, -0.195), (0.06, -0.150), (-0.10, -0.135),
    ],
    "grip": [
        (-0.10, 0.135), (0.05, 0.155), (0.17, 0.215), (0.29, 0.275), (0.42, 0.310), (0.52, 0.295), (0.545, 0.245),
        (0.585, 0.215), (0.635, 0.150), (0.645, 0.070), (0.635, -0.010), (0.61, -0.090), (0.57, -0.160),
        (0.48, -0.205), (0.34, -0.215), (0.18, -0.190), (0.06, -0.150), (-0.10, -0.135),
    ],
    "point": [
        (-0.10, 0.135), (0.05, 0.155), (0.18, 0.210), (0.30, 0.250), (0.42, 0.275), (0.50, 0.255), (0.53, 0.215),
        (0.66, 0.210), (0.84, 0.200), (0.99, 0.190), (1.025, 0.150), (0.99, 0.112), (0.82, 0.105), (0.64, 0.100),
        (0.625, 0.020), (0.61, -0.070), (0.57, -0.150), (0.48, -0.205), (0.34, -0.215), (0.18, -0.190),
        (0.06, -0.150), (-0.10, -0.135),
    ],
}  # fmt: skip


@cache
def _curve(grasp: Grasp) -> NDArray[np.float64]:
    return closed_curve(_OUTLINES[grasp], 4)


def hand_outline(wrist: Points, along: Points, across: Points, size: float, grasp: Grasp) -> Points:
    """The hand at `wrist`: `along` and `across` are what is seen of its length and of the thumb's side (vectors of
    length 1 where they lie in the paper). A hand seen edge-on keeps its thickness."""
    reach = float(np.hypot(along[0], along[1]))
    way = along / reach if reach > 1e-6 else np.array([0.0, 1.0])
    normal = np.array([-way[1], way[0]])
    width = float(across @ normal)
    shown = (1.0 if width >= 0 else -1.0) * max(abs(width), 0.52)
    curve = _curve(grasp)
    stretch = max(reach, 0.5)
    return wrist + size * (curve[:, :1] * way * stretch + curve[:, 1:] * normal * shown)
