"""Camera paths: where the frame stands in its plate at every frame of a shot, eased and kept inside.

It knows nothing of pixels' colours. Offsets are in frame pixels from the home framing, x right and y down; zoom is
1 at home and larger when pushed in. A layer's `depth` scales both: 1 is where the subject stands, less is farther.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, pi

import numpy as np
from numpy.typing import NDArray

from mvlocal.schema.story import CameraMove
from mvlocal.staging.theatre.sample import Window

SOFTNESS = 0.4
"""Share of a move that eases in and out; the rest runs at constant speed, so that a cut finds it in progress."""

BREATH_S = 11.0
"""Seconds in which a static camera sways once to and fro."""

MAX_ZOOM = 0.11
MAX_TRAVEL = 0.12
"""Largest change of zoom, and largest travel in frame widths, within one shot."""


@dataclass(frozen=True, slots=True)
class Pose:
    """Where the camera stands: offset in frame pixels, zoom."""

    x: float
    y: float
    zoom: float


@dataclass(frozen=True, slots=True)
class Framing:
    """How the frame lies in its plates.

    `width`, `height`: the frame; `plate_width`, `plate_height`: every layer's pixels; `density`: plate pixels a frame
    pixel at home; `home`: plate pixel under the middle of the frame at home; `focus`: the frame point (in pixels from
    its middle) that a push goes to; `depths`: of the layers; `subject`: (left, top, right, bottom) in fractions of
    the frame at home, or None.
    """

    width: int
    height: int
    plate_width: int
    plate_height: int
    density: float
    home: tuple[float, float]
    focus: tuple[float, float]
    depths: tuple[float, ...]
    subject: tuple[float, float, float, float] | None

    def window(self, pose: Pose, depth: float) -> Window:
        """The part of a layer at `depth` that fills the frame."""
        scale = self.density * pose.zoom**-depth
        x = self._start(self.home[0], pose.x, self.focus[0], self.width, depth, scale)
        y = self._start(self.home[1], pose.y, self.focus[1], self.height, depth, scale)
        return Window(x, y, scale)

    def _start(self, home: float, offset: float, focus: float, size: int, depth: float, scale: float) -> float:
        return home + (depth * offset + focus) * self.density - ((size - 1) / 2 + focus) * scale

    def inside(self, pose: Pose) -> bool:
        """Whether the frame lies within every layer."""
        return all(self._inside(self.window(pose, depth)) for depth in self.depths)

    def _inside(self, window: Window) -> bool:
        right = window.x + (self.width - 1) * window.scale
        bottom = window.y + (self.height - 1) * window.scale
        # A pixel of room on each side, for bilinear reading and for chroma at half the size.
        return window.x >= 1 and window.y >= 1 and right <= self.plate_width - 3 and bottom <= self.plate_height - 3

    def shows_subject(self, pose: Pose) -> bool:
        """Whether the subject, which stands at depth 1, lies wholly in the frame (true where there is none)."""
        if self.subject is None:
            return True
        left, top, right, bottom = self.subject_at(pose)
        return left >= -1e-9 and top >= -1e-9 and right <= 1 + 1e-9 and bottom <= 1 + 1e-9

    def subject_at(self, pose: Pose) -> tuple[float, float, float, float]:
        """The subject's box in fractions of the frame under `pose`."""
        left, top, right, bottom = self.subject or (0.0, 0.0, 1.0, 1.0)

        def seen(at: float, offset: float, focus: float, size: int) -> float:
            from_focus = (at - 0.5) * size - focus - offset
            return (from_focus * pose.zoom + focus) / size + 0.5

        return (
            seen(left, pose.x, self.focus[0], self.width),
            seen(top, pose.y, self.focus[1], self.height),
            seen(right, pose.x, self.focus[0], self.width),
            seen(bottom, pose.y, self.focus[1], self.height),
        )


@dataclass(frozen=True, slots=True)
class Motion:
    """What moves the camera: the move, the shot's length, its section's energy (0 to 1) and a side (-1 or 1)."""

    move: CameraMove
    length_s: float
    energy: float
    side: int = 1


@dataclass(frozen=True, slots=True)
class Wide:
    """Frames of a shot, and those shown before and after them while it comes and goes."""

    before: int
    frames: int
    after: int


def ease(u: NDArray[np.float64]) -> NDArray[np.float64]:
    """Progress 0 to 1 over time 0 to 1: constant speed with soft ends, never at rest; beyond, it goes on evenly.

    Source: K. Perlin, "Improving Noise" (2002), for the quintic blended in.
    """
    held = np.clip(u, 0, 1)
    return (1 - SOFTNESS) * u + SOFTNESS * (held**3 * (held * (held * 6 - 15) + 10))


def plan_path(framing: Framing, motion: Motion, wide: Wide) -> list[Pose]:
    """One pose a frame. The move is made as small as it must be to stay in the plate and keep the subject whole.

    The subject is kept whole where the home framing shows it whole. Before and after the shot's own frames the move
    goes on as far as the plate lasts; its own poses are the same whatever is asked for beside them.
    """
    u = (np.arange(-wide.before, wide.frames + wide.after) + 0.5) / max(wide.frames, 1)
    keep = framing.shows_subject(Pose(0, 0, 1))
    amount = _largest_amount(framing, motion, keep=keep)
    poses = _poses(framing, motion, u, amount)
    last = wide.before + wide.frames
    for number in (*range(wide.before - 1, -1, -1), *range(last, last + wide.after)):
        if not framing.inside(poses[number]):
            poses[number] = poses[number + (1 if number < wide.before else -1)]
    return poses


def _largest_amount(framing: Framing, motion: Motion, *, keep: bool) -> float:
    """The largest share of the wanted move, 0 to 1, that holds throughout the shot, by bisection."""
    turns = 24 if motion.move == "static" else 0
    moments = np.linspace(0, 1, 9 + ceil(turns * motion.length_s / BREATH_S))

    def holds(amount: float) -> bool:
        poses = _poses(framing, motion, moments, amount)
        return all(framing.inside(pose) and (not keep or framing.shows_subject(pose)) for pose in poses)

    if holds(1.0):
        return 1.0
    low, high = 0.0, 1.0
    for _ in range(12):
        middle = (low + high) / 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low * (0.96 if turns else 1.0)  # a turn may reach a little further between two moments


def _poses(framing: Framing, motion: Motion, u: NDArray[np.float64], amount: float) -> list[Pose]:
    path = _Path(framing, motion, amount)
    progress = ease(u) - 0.5
    if motion.move == "static":
        return [path.breathing(float(at)) for at in u]
    return [path.moved(float(at)) for at in progress]


@dataclass(frozen=True, slots=True)
class _Path:
    framing: Framing
    motion: Motion
    amount: float

    def breathing(self, u: float) -> Pose:
        """Hardly a movement: what a camera on a tripod does when somebody stands beside it."""
        turn = 2 * pi * u * self.motion.length_s / BREATH_S
        sway = 0.0012 * self.framing.width * self.amount
        zoom = 1 + 0.0035 * self.amount * np.sin(turn + 1.1)
        return Pose(float(sway * np.sin(turn) * self.motion.side), float(sway * 0.6 * np.cos(turn)), float(zoom))

    def moved(self, at: float) -> Pose:
        """The pose at progress `at`, -0.5 to 0.5."""
        travel = _wanted(0.018, 0.028, self.motion, MAX_TRAVEL) * self.amount
        zoom = _wanted(0.012, 0.022, self.motion, MAX_ZOOM) * self.amount
        x, y, z = _DIRECTIONS[self.motion.move]
        if self.motion.move == "drift":
            x *= self.motion.side
        return Pose(
            x * travel * self.framing.width * at,
            y * travel * self.framing.height * at,
            float(np.exp(z * zoom * at)),
        )


_DIRECTIONS: dict[CameraMove, tuple[float, float, float]] = {
    "push-in": (0, 0, 1),
    "pull-out": (0, 0, -1),
    "pan-left": (-1, 0, 0.12),
    "pan-right": (1, 0, 0.12),
    "tilt-up": (0, -1, 0),
    "tilt-down": (0, 1, 0),
    "drift": (0.5, -0.12, 0.3),
    "static": (0, 0, 0),
}


def _wanted(calm: float, lively: float, motion: Motion, most: float) -> float:
    """Change over the whole shot: so much a second by energy, levelling off at `most`."""
    rate = calm + (lively - calm) * motion.energy
    return most * float(np.tanh(rate * motion.length_s / most))
