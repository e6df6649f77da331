"""Draws a thing: its outlines with tones, in grown body heights, in the state that the story left it in.

It does not know who holds it, where it stands or what colour a tone is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from mvlocal.staging.props.outline import Points, Tone
from mvlocal.staging.props.vocabulary import PROPS, PropFacts, facts_of, states_in

_APART_DEG = 13.0


@dataclass(frozen=True, slots=True)
class PropShape:
    """A filled outline (n, 2): grown body heights, x right, y down; holes are part of the one outline (even-odd)."""

    outline: Points
    tone: Tone


@dataclass(frozen=True, slots=True)
class PropDrawing:
    """Shapes from far to near. `glow`: x, y and radius of the light it gives, or None."""

    shapes: tuple[PropShape, ...]
    glow: tuple[float, float, float] | None


def draw_prop(thing: str, *, held: bool, state: str = "") -> PropDrawing:
    """The drawing of `thing`, its origin at the grip (held) or at the foot (not held; middle of its ground line).

    `state` is free words; those known (`open`, `closed`, `lit`, `out`, `broken`, `empty`, `upside down` and words
    that mean them) change the drawing, others do not.

    Raises:
        PlanError: no such thing; names the nearest.
    """
    facts_of(thing)
    return _drawn(thing, held, states_in(state))


@lru_cache(maxsize=512)
def _drawn(thing: str, held: bool, states: frozenset[str]) -> PropDrawing:
    facts = PROPS[thing]
    states = states | facts.usual - {opposite for opposite in _OPPOSITE if _OPPOSITE[opposite] in states}
    states |= {"held"} if held else set[str]()
    shapes = [
        PropShape(outline * facts.scale, stroke.tone)
        for stroke in facts.strokes
        if (not stroke.when or stroke.when in states) and stroke.unless not in states
        for outline in stroke.outlines
    ]
    glow = tuple(value * facts.scale for value in facts.glow) if facts.glow and _shines(facts, states) else None
    if "broken" in states:
        shapes = _cracked(shapes) if facts.breaks == "crack" else _in_two(shapes)
    if "upside-down" in states:
        shapes = _moved(shapes, 180.0, (0.0, -facts.height / 2))
        glow = (-glow[0], -facts.height - glow[1], glow[2]) if glow else None
    if held:
        shapes = [PropShape(shape.outline - facts.grip, shape.tone) for shape in shapes]
        shapes = _moved(shapes, facts.tilt_deg, (0.0, 0.0)) if facts.tilt_deg else shapes
        glow = (glow[0] - facts.grip[0], glow[1] - facts.grip[1], glow[2]) if glow else None
    return PropDrawing(tuple(shapes), (glow[0], glow[1], glow[2]) if glow else None)


_OPPOSITE = {"open": "closed", "closed": "open", "lit": "out", "out": "lit", "empty": "full", "full": "empty"}


def _shines(facts: PropFacts, states: frozenset[str]) -> bool:
    """A lamp shines while it is lit, a door while it is open, the moon always."""
    return all(state in states for state in ("lit", "open") if state in facts.states)


def _moved(shapes: list[PropShape], deg: float, about: tuple[float, float]) -> list[PropShape]:
    c, s = math.cos(math.radians(deg)), math.sin(math.radians(deg))
    turn = np.array([[c, s], [-s, c]])
    return [PropShape((shape.outline - about) @ turn + about, shape.tone) for shape in shapes]


def _bounds(shapes: list[PropShape]) -> tuple[Points, Points]:
    points = np.vstack([shape.outline for shape in shapes])
    return points.min(axis=0), points.max(axis=0)


def _cracked(shapes: list[PropShape]) -> list[PropShape]:
    """Cracks run from one point to the rim."""
    low, high = _bounds(shapes)
    size = float((high - low).min())
    heart = low + (high - low) * (0.58, 0.42)
    cracks: list[PropShape] = []
    for n, deg in enumerate((20, 95, 160, 215, 290, 335)):
        reach = size * (0.46 if n % 2 else 0.36)
        a = math.radians(deg)
        along, across = np.array([math.cos(a), math.sin(a)]), np.array([-math.sin(a), math.cos(a)])
        knee = heart + along * reach * 0.5 + across * size * 0.05
        width = size * 0.014
        points = [heart + across * width, knee + across * width, heart + along * reach, knee - across * width,
                  heart - across * width]  # fmt: skip
        cracks.append(PropShape(np.array(points), "pale" if n % 2 == 0 else "ink"))
    return [*shapes, *cracks]


def _in_two(shapes: list[PropShape]) -> list[PropShape]:
    """Cut along a slant through the middle; the upper part has slipped and leans."""
    low, high = _bounds(shapes)
    middle, size = (low + high) / 2, high - low
    tall = size[1] > size[0]
    along = np.array([1.0, -0.22]) if tall else np.array([0.22, -1.0])
    normal = np.array([-along[1], along[0]]) if tall else np.array([along[1], -along[0]])
    normal = normal if (normal[1] < 0 if tall else normal[0] < 0) else -normal
    slip = normal * float(size.min()) * 0.05
    kept, broken = (
        [PropShape(cut, shape.tone) for shape in shapes if len(cut := _clipped(shape.outline, middle, way)) > 2]
        for way in (-normal, normal)
    )
    leaning = _moved(broken, _APART_DEG if tall else -_APART_DEG, (float(middle[0]), float(middle[1])))
    return [*kept, *(PropShape(shape.outline + slip, shape.tone) for shape in leaning)]


def _clipped(outline: Points, at: Points, normal: Points) -> Points:
    """The part of a polygon on the side of the line through `at` that `normal` points to.

    Source: Sutherland and Hodgman, "Reentrant polygon clipping", 1974.
    """
    side = (outline - at) @ normal
    found: list[Points] = []
    for n in range(len(outline)):
        here, there = outline[n], outline[(n + 1) % len(outline)]
        a, b = side[n], side[(n + 1) % len(outline)]
        if a >= 0:
            found.append(here)
        if (a >= 0) != (b >= 0):
            found.append(here + (there - here) * (a / (a - b)))
    return np.array(found) if found else np.empty((0, 2))
