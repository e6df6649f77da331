"""Reads the small drawing language of props.yaml: one line, one or two closed outlines with a tone.

It does not know what is drawn. Points are x to the right and y up; outlines come out with y down.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, cast, get_args

import numpy as np
from numpy.typing import NDArray

Tone = Literal["ink", "mid", "pale", "accent", "lamp"]
Points = NDArray[np.float64]
_STEPS = 6
_TONES: tuple[str, ...] = get_args(Tone)


@dataclass(frozen=True, slots=True)
class Stroke:
    """One line read: outlines (n, 2) in the drawing's own units, y down, and when they show.

    `when` names a state that brings the stroke in, `unless` one that takes it away; empty: always there.
    """

    outlines: tuple[Points, ...]
    tone: Tone
    when: str = ""
    unless: str = ""


def read_stroke(line: str) -> Stroke:
    """Reads `tone[&] [?state|!state] verb numbers`; `&` draws it mirrored (x to -x) as well.

    Raises:
        ValueError: not such a line.
    """
    tone, *words = line.split()
    twice = tone.endswith("&")
    tone = tone.removesuffix("&")
    when = unless = ""
    if words and words[0][0] in "?!":
        state = words.pop(0)
        when, unless = (state[1:], "") if state[0] == "?" else ("", state[1:])
    if tone not in _TONES or not words or words[0] not in _VERBS:
        raise ValueError(f"cannot draw {line!r}")
    outline = _VERBS[words[0]](words[1:]) * (1.0, -1.0)
    both = (outline, outline * (-1.0, 1.0)) if twice else (outline,)
    return Stroke(both, cast("Tone", tone), when, unless)


def smooth(points: Points, *, closed: bool) -> Points:
    """A Catmull-Rom curve through `points` (n, 2). A point that stands twice in a row is a corner.

    Source: Catmull and Rom, "A class of local interpolating splines", 1974.
    """
    if closed:
        before, after, far = np.roll(points, 1, 0), np.roll(points, -1, 0), np.roll(points, -2, 0)
    else:
        padded = np.vstack([points[:1], points, points[-1:]])
        before, points, after, far = padded[:-3], padded[1:-2], padded[2:-1], padded[3:]
    u = np.linspace(0, 1, _STEPS, endpoint=False)[None, :, None]
    a, b, c, d = (part[:, None, :] for part in (before, points, after, far))
    curve = 0.5 * (2 * b + (c - a) * u + (2 * a - 5 * b + 4 * c - d) * u**2 + (3 * b - a - 3 * c + d) * u**3)
    kept = np.any(points != after, axis=1)
    run = curve[kept].reshape(-1, 2)
    return run if closed else np.vstack([run, after[-1:]])


def _points(words: Sequence[str]) -> Points:
    """`x,y` each; `x,y!` is a corner."""
    found: list[tuple[float, float]] = []
    for word in words:
        x, y = word.removesuffix("!").split(",")
        found.extend([(float(x), float(y))] * (2 if word.endswith("!") else 1))
    return np.array(found, dtype=np.float64)


def _curve(words: Sequence[str]) -> Points:
    return smooth(_points(words), closed=True)


def _half(words: Sequence[str]) -> Points:
    """The right half from top to bottom, mirrored."""
    right = _points(words)
    left = right[::-1] * (-1.0, 1.0)
    middle = right[-1, 0] == 0, right[0, 0] == 0
    left = left[1 if middle[0] else 0 : len(left) - (1 if middle[1] else 0)]
    return smooth(np.vstack([right, left]), closed=True)


def _poly(words: Sequence[str]) -> Points:
    return _points(words)


def _widths(word: str, count: int) -> Points:
    first, _, last = word.partition(">")
    return np.linspace(float(first), float(last or first), count)[:, None]


def _line(words: Sequence[str]) -> Points:
    return _stroked(_points(words[1:]), words[0])


def _wire(words: Sequence[str]) -> Points:
    return _stroked(smooth(_points(words[1:]), closed=False), words[0])


def _stroked(path: Points, width: str) -> Points:
    """The outline of a stroke along `path`; `width` is one number or `first>last`."""
    step = np.gradient(path, axis=0)
    step /= np.maximum(np.linalg.norm(step, axis=1, keepdims=True), 1e-9)
    across = step[:, ::-1] * (-1.0, 1.0) * _widths(width, len(path)) / 2
    return np.vstack([path + across, (path - across)[::-1]])


def _disc(words: Sequence[str]) -> Points:
    centre = _points(words[:1])[0]
    radii = (float(words[1]), float(words[-1]))
    return centre + _circle(0, 360)[:-1] * radii


def _ring(words: Sequence[str]) -> Points:
    """A ring as one outline that runs round the rim and back round the hole."""
    centre, radius, width = _points(words[:1])[0], float(words[1]), float(words[2])
    turn = _circle(0, 360)
    return centre + np.vstack([turn * radius, turn[::-1] * (radius - width)])


def _arc(words: Sequence[str]) -> Points:
    """`x,y radius from_deg to_deg width`, counted from the right, anticlockwise."""
    radius, start, end = (float(word) for word in words[1:4])
    return _stroked(_points(words[:1])[0] + _circle(start, end) * radius, words[4])


def _circle(start_deg: float, end_deg: float) -> Points:
    count = max(7, round(abs(end_deg - start_deg) / 9) + 1)
    angles = np.radians(np.linspace(start_deg, end_deg, count))
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)


def _box(words: Sequence[str]) -> Points:
    """`left,bottom right,top [corner radius]`."""
    (left, bottom), (right, top) = _points(words[:2])
    radius = float(words[2]) if len(words) > 2 else 0.0
    if radius == 0:
        return np.array([(left, bottom), (right, bottom), (right, top), (left, top)], dtype=np.float64)
    quarter = _circle(0, 90) * radius
    corners = [
        ((right - radius, top - radius), 0), ((left + radius, top - radius), 90),
        ((left + radius, bottom + radius), 180), ((right - radius, bottom + radius), 270),
    ]  # fmt: skip
    return np.vstack([np.array(corner) + _turned(quarter, deg) for corner, deg in corners])


def _turned(points: Points, deg: float) -> Points:
    c, s = math.cos(math.radians(deg)), math.sin(math.radians(deg))
    return points @ np.array([[c, s], [-s, c]])


def _star(words: Sequence[str]) -> Points:
    """`x,y points outer inner`."""
    count, outer, inner = int(words[1]), float(words[2]), float(words[3])
    angles = math.pi / 2 + np.arange(2 * count) * math.pi / count
    radii = np.where(np.arange(2 * count) % 2 == 0, outer, inner)
    return _points(words[:1])[0] + np.stack([np.cos(angles) * radii, np.sin(angles) * radii], axis=1)


_VERBS: dict[str, Callable[[Sequence[str]], Points]] = {
    "curve": _curve, "half": _half, "poly": _poly, "line": _line, "wire": _wire, "disc": _disc, "ring": _ring,
    "arc": _arc, "box": _box, "star": _star,
}  # fmt: skip
