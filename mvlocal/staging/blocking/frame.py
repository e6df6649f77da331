"""How large people are in a shot, where in the frame they may stand, and how far apart: for any aspect.

It does not know what they do. A narrow frame is composed for itself: closer together, staggered in depth, larger.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot, sqrt

from mvlocal.schema.staging import Mark
from mvlocal.schema.story import ShotSize
from mvlocal.staging.geometry import CLOSE, FOCAL
from mvlocal.staging.plates.registry import Place

ZOOM: dict[ShotSize, float] = {
    "extreme-wide": 0.86, "wide": 1.0, "full": 1.3, "medium": 1.55, "close-up": 2.1, "extreme-close-up": 2.9,
}  # fmt: skip
"""About the lens of each size: enough to say how far a mark is from another."""
_BROAD: dict[ShotSize, tuple[float, float, float, float]] = {
    "extreme-wide": (0.18, 0.18, 0.18, 0.18),
    "wide": (0.34, 0.34, 0.33, 0.32),
    "full": (0.76, 0.74, 0.70, 0.66),
    "medium": (1.7, 1.55, 1.35, 1.2),
    "close-up": (3.3, 2.6, 2.0, 1.7),
    "extreme-close-up": (6.0, 3.3, 2.4, 2.0),
}
"""Grown body in frame heights by the number of people, in a frame at least 1.5 wide."""
_NARROW: dict[ShotSize, tuple[float, float, float, float]] = {
    "extreme-wide": (0.22, 0.22, 0.21, 0.2),
    "wide": (0.42, 0.40, 0.36, 0.33),
    "full": (0.78, 0.70, 0.58, 0.5),
    "medium": (1.45, 1.2, 1.0, 0.9),
    "close-up": (2.6, 1.7, 1.35, 1.2),
    "extreme-close-up": (3.5, 2.2, 1.6, 1.4),
}
"""The same in an upright frame of 9:16."""
_ALONE: dict[ShotSize, float] = {
    "extreme-wide": 0.36, "wide": 0.36, "full": 0.34, "medium": 0.26, "close-up": 0.15, "extreme-close-up": 0.06,
}  # fmt: skip
_ROWS: dict[int, tuple[float, ...]] = {2: (-0.42, 0.42), 3: (-0.56, 0.0, 0.56), 4: (-0.66, -0.22, 0.22, 0.66)}
LEAST_APART = 0.34
"""Grown bodies between any two who do not touch."""
HEAD_HALF = 0.075
_TALLEST = 0.86
"""Grown body that a frame holds from head to foot."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A shot's frame for blocking."""

    size: ShotSize
    aspect: float
    place: Place
    people: int

    @property
    def half(self) -> float:
        """Half its width in frame heights."""
        return self.aspect / 2

    @property
    def breadth(self) -> float:
        """0 for 9:16 upright and narrower, 1 from 3:2 on."""
        return min(max((self.aspect - 0.5625) / (1.5 - 0.5625), 0.0), 1.0)

    @property
    def body(self) -> float:
        """The height of a grown body in frame heights. Indoors nobody stands beyond the wall."""
        n = min(max(self.people, 1), 4) - 1
        narrow, broad = _NARROW[self.size][n], _BROAD[self.size][n]
        body = narrow + (broad - narrow) * self.breadth
        if self.size in CLOSE:
            return max(body, self.place.height) if self.place.indoors else body
        if self.place.indoors:
            return min(max(body, self.place.height * min(ZOOM[self.size], 1.0) * 0.92), _TALLEST)
        if self.size == "full":
            return body
        return max(min(body, self.place.height * 1.25), self.place.height * 0.6)

    @property
    def shallow(self) -> bool:
        """Whether there is little ground beyond the place where people stand."""
        return self.place.indoors or self.place.seated

    def reach(self, body: float, half_width: float, swing: float = 0.0) -> float:
        """How far from the middle somebody `half_width` grown bodies wide to each side may stand. Close, only the head
        must be in the picture, which comes `swing` bodies to a side."""
        width = HEAD_HALF + swing if self.size in CLOSE else half_width
        return max(0.97 - width * body / self.half, 0.0)

    def ground(self, mark: Mark) -> tuple[float, float]:
        """About where a mark is, in grown bodies: across, and away from the camera."""
        return mark.x * self.half / mark.body, FOCAL * ZOOM[self.size] / mark.body

    def apart(self, a: Mark, b: Mark) -> float:
        """Grown bodies between two marks."""
        (ax, az), (bx, bz) = self.ground(a), self.ground(b)
        return hypot(ax - bx, az - bz)

    def farther(self, mark: Mark, steps: float) -> Mark:
        """The mark moved straight away from the camera by `steps` grown bodies (towards it if negative)."""
        x, z = self.ground(mark)
        body = FOCAL * ZOOM[self.size] / max(z + steps, 0.05)
        return Mark(x=min(max(x * body / self.half, -2.0), 2.0), body=min(body, 16.0))

    def behind(self, mark: Mark, others: Sequence[Mark]) -> Mark:
        """The mark moved back until nobody in `others` is too near."""
        for _ in range(12):
            near = [other for other in others if self.apart(mark, other) < LEAST_APART - 1e-6]
            if not near:
                return mark
            x, z = self.ground(mark)
            back = max(
                other_z + sqrt(max(LEAST_APART**2 - (x - other_x) ** 2, 0.0)) - z
                for other_x, other_z in map(self.ground, near)
            )
            body = FOCAL * ZOOM[self.size] / (z + back + 1e-6)
            mark = Mark(x=mark.x, body=body)
        return mark


def places_across(frame: Frame, sides: Sequence[float | None], weight: int) -> tuple[float, ...]:
    """Where across the frame each of up to four people or pairs stands. `sides`: where the scene had them (None: not
    seen yet); `weight`: the side on which the place has its weight."""
    count = len(sides)
    spread = 0.82 + 0.18 * frame.breadth
    if count == 1:
        side = weight if sides[0] is None or sides[0] == 0 else (1 if sides[0] > 0 else -1)
        return (side * _ALONE[frame.size] * spread,)
    row = _ROWS[count]
    taken = [side for side in sides if side is not None]
    free = iter([-0.01, 0.02, -0.03, 0.04] if not taken or sum(taken) >= 0 else [0.01, -0.02, 0.03, -0.04])
    wanted = [side if side is not None else next(free) for side in sides]
    order = sorted(range(count), key=lambda n: (wanted[n], n))
    found = [0.0] * count
    for place, n in zip(row, order, strict=True):
        found[n] = place * spread
    return tuple(found)
