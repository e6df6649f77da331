"""Vectors, axes and easing in plain floats, quick for the few dozen points of one body. It knows nothing of bodies.

World: x to the frame's right, y up, z towards the camera. Body: left, up, forward.
"""

from __future__ import annotations

from math import cos, exp, log, pi, radians, sin, sqrt

Vec = tuple[float, float, float]
Axes = tuple[Vec, Vec, Vec]
"""Left, up and forward of a body part as world vectors."""

WORLD: Axes = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))


def add(a: Vec, b: Vec) -> Vec:
    return (a[0] + b[0], a[1] + b[1], a[2] + b[2])


def sub(a: Vec, b: Vec) -> Vec:
    return (a[0] - b[0], a[1] - b[1], a[2] - b[2])


def scaled(a: Vec, by: float) -> Vec:
    return (a[0] * by, a[1] * by, a[2] * by)


def along(a: Vec, direction: Vec, by: float) -> Vec:
    """`a` moved `by` times `direction`."""
    return (a[0] + direction[0] * by, a[1] + direction[1] * by, a[2] + direction[2] * by)


def dot(a: Vec, b: Vec) -> float:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def cross(a: Vec, b: Vec) -> Vec:
    return (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])


def length(a: Vec) -> float:
    return sqrt(a[0] * a[0] + a[1] * a[1] + a[2] * a[2])


def unit(a: Vec) -> Vec:
    """`a` with length 1; straight down where it has none."""
    size = length(a)
    return (a[0] / size, a[1] / size, a[2] / size) if size > 1e-9 else (0.0, -1.0, 0.0)


def mixed(a: Vec, b: Vec, share: float) -> Vec:
    """From `a` (0) to `b` (1)."""
    rest = 1 - share
    return (a[0] * rest + b[0] * share, a[1] * rest + b[1] * share, a[2] * rest + b[2] * share)


def swung(a: Vec, b: Vec, share: float) -> Vec:
    """A direction between the directions `a` (0) and `b` (1)."""
    return unit(mixed(a, b, share))


def outward(axes: Axes, local: Vec) -> Vec:
    """A vector in a part's axes (left, up, forward) as a world vector."""
    left, up, forward = axes
    x, y, z = local
    return (
        left[0] * x + up[0] * y + forward[0] * z,
        left[1] * x + up[1] * y + forward[1] * z,
        left[2] * x + up[2] * y + forward[2] * z,
    )


def inward(axes: Axes, world: Vec) -> Vec:
    """A world vector in a part's axes."""
    return (dot(axes[0], world), dot(axes[1], world), dot(axes[2], world))


def yawed(axes: Axes, deg: float) -> Axes:
    """Turned about its own up: positive to its left."""
    c, s = cos(radians(deg)), sin(radians(deg))
    left, up, forward = axes
    return (
        (left[0] * c - forward[0] * s, left[1] * c - forward[1] * s, left[2] * c - forward[2] * s),
        up,
        (forward[0] * c + left[0] * s, forward[1] * c + left[1] * s, forward[2] * c + left[2] * s),
    )


def pitched(axes: Axes, deg: float) -> Axes:
    """Leant about its own left: positive forwards."""
    c, s = cos(radians(deg)), sin(radians(deg))
    left, up, forward = axes
    return (
        left,
        (up[0] * c + forward[0] * s, up[1] * c + forward[1] * s, up[2] * c + forward[2] * s),
        (forward[0] * c - up[0] * s, forward[1] * c - up[1] * s, forward[2] * c - up[2] * s),
    )


def rolled(axes: Axes, deg: float) -> Axes:
    """Leant about its own forward: positive to its left."""
    c, s = cos(radians(deg)), sin(radians(deg))
    left, up, forward = axes
    return (
        (left[0] * c - up[0] * s, left[1] * c - up[1] * s, left[2] * c - up[2] * s),
        (up[0] * c + left[0] * s, up[1] * c + left[1] * s, up[2] * c + left[2] * s),
        forward,
    )


def clamped(value: float, low: float = 0.0, high: float = 1.0) -> float:
    return low if value < low else high if value > high else value


def ease(share: float) -> float:
    """0 to 1 with no jerk at either end; holds outside."""
    x = clamped(share)
    return x * x * x * (x * (6 * x - 15) + 10)


def ramp(t_s: float, start_s: float, end_s: float) -> float:
    """Eased from 0 at `start_s` to 1 at `end_s`."""
    return ease((t_s - start_s) / max(end_s - start_s, 1e-6))


def wave(t_s: float, period_s: float, phase: float = 0.0) -> float:
    """A sine in [-1, 1]."""
    return sin(2 * pi * (t_s / period_s + phase))


def drift(t_s: float, period_s: float, phase: float = 0.0) -> float:
    """A slow wander in [-1, 1] that does not seem to repeat."""
    turn = 2 * pi * (t_s / period_s + phase)
    return 0.55 * sin(turn) + 0.3 * sin(1.618 * turn + 1.3 + 5 * phase) + 0.15 * sin(2.71 * turn + 4.1 * phase)


def soft_min(values: tuple[float, ...], softness: float) -> float:
    """At most the least of `values`, without corners; within `softness` times log(n) of it."""
    least = min(values)
    return least - softness * log(sum(exp((least - value) / softness) for value in values))


def hump(share: float) -> float:
    """0 at 0 and 1, 1 in the middle, level at both ends."""
    x = clamped(share)
    return 16 * x * x * (1 - x) * (1 - x)
