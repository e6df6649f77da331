"""A solved body: where every joint is, and what the drawing must know besides. It knows no action and no outline."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mvlocal.staging.rig.attitude import Grasp
from mvlocal.staging.rig.skeleton import INDEX, Skeleton
from mvlocal.staging.rig.space import Axes, Vec


@dataclass(frozen=True, slots=True)
class Pose:
    """A body at one moment.

    `joints` (J, 3): world points of `skeleton.JOINTS`. `root`: the ground point (x, z) under the hips. Yaws are 0
    towards the camera and 90 to the frame's right; `head_pitch_deg` is positive looking down. The axes are left, up
    and forward of hips, chest and head. `planted`: left and right foot stand on the ground and do not move. `drag`:
    how far what hangs loose trails behind, a world vector for head and hips. `gust` is a slow phase in turns that
    moves cloth a little.
    """

    joints: NDArray[np.float64]
    root: tuple[float, float]
    yaw_deg: float
    head_yaw_deg: float
    head_pitch_deg: float
    hips_axes: Axes
    chest_axes: Axes
    head_axes: Axes
    skeleton: Skeleton
    planted: tuple[bool, bool]
    grasp: tuple[Grasp, Grasp]
    mouth: float = 0.0
    blink: float = 0.0
    drag: tuple[Vec, Vec] = ((0.0, 0.0, 0.0), (0.0, 0.0, 0.0))
    gust: float = 0.0

    def at(self, joint: str) -> NDArray[np.float64]:
        """World point (3,) of a joint by its name."""
        return self.joints[INDEX[joint]]
