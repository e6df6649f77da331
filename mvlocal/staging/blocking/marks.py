"""Where everybody stands when the shot begins and ends, and whom they face.

People keep the side of the frame where the scene first put them, unless they are seen to cross. It draws nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import atan2, degrees

from mvlocal.schema.staging import Mark
from mvlocal.schema.story import Shot
from mvlocal.staging.blocking.frame import HEAD_HALF, Frame, places_across
from mvlocal.staging.blocking.roles import TOGETHER, Role
from mvlocal.staging.geometry import CLOSE, side_of

_WALK, _RUN = 0.74, 1.9
"""Grown bodies a second: an easy walk (1.25 m/s) and a run."""
_PAIR_APART: Mapping[str, tuple[float, float]] = {
    "embrace": (0.2, 0.18), "dance-slow": (0.3, 0.27), "hold-hands": (0.42, 0.28),
}  # fmt: skip
"""Grown bodies between two who touch: as they would stand, and at least, where the frame is narrow."""
_HALF_WIDTH: Mapping[str, float] = {
    "drive": 1.3, "play-piano": 0.66, "lie": 0.56, "float": 0.5, "dance": 0.36, "row": 1.08, "wave": 0.3,
    "point": 0.42, "reach": 0.36, "throw": 0.4, "run": 0.34, "fall": 0.4, "drum": 0.36, "cheer": 0.36, "sit": 0.3,
    "kneel": 0.28, "open-door": 0.5, "play-guitar": 0.34, "bow": 0.34,
}  # fmt: skip
"""Grown bodies to each side that an action, with what it needs, takes up; others take 0.22."""
_FACES: Mapping[str, float] = {
    "sing": 24, "play-guitar": 22, "dance": 18, "drum": 6, "wave": 20, "cheer": 12, "clap": 14, "bow": 10, "stand": 38,
    "breathe": 30, "sit": 48, "lean": 50, "lie": 80, "kneel": 62, "cry": 52, "look-up": 44, "look-back": 128,
    "turn": 30, "read-letter": 36, "phone": 34, "drink": 42, "write": 62, "light-candle": 64, "open-door": 84,
    "reach": 72, "point": 66, "throw": 74, "carry": 60, "play-piano": 86, "drive": 82, "row": 84, "climb": 140,
    "float": 62, "fall": 60, "embrace": 82, "hold-hands": 40, "dance-slow": 78, "walk-away": 180, "walk-towards": 0,
}  # fmt: skip
"""Degrees from the camera towards the open side of the frame."""
_GREETING = 74.0
"""Two people who face each other stand nearly in profile."""
_SPEAKING = frozenset({"stand", "breathe", "lean", "sit", "reach", "point", "drink", "cry", "read-letter", "throw"})
_STILL = frozenset({
    "stand", "breathe", "sing", "cry", "look-up", "look-back", "lean", "sit", "read-letter", "phone", "drink",
    "embrace", "hold-hands", "write", "light-candle", "kneel", "lie", "turn",
})  # fmt: skip
"""What keeps the head where it is; in the rest of the actions it would swing out of a very close frame."""
_SWING: Mapping[str, float] = {
    "lie": 0.62, "fall": 0.55, "row": 0.19, "throw": 0.15, "dance": 0.12, "dance-slow": 0.12, "kneel": 0.12,
    "cry": 0.09, "reach": 0.09, "hold-hands": 0.09, "run": 0.07, "float": 0.07, "bow": 0.07, "look-up": 0.06,
    "read-letter": 0.05, "play-guitar": 0.05, "drive": 0.04,
}  # fmt: skip
"""Grown bodies to a side of its mark that the head comes in an action, as measured; in others 0.03."""
_LIVELY: Mapping[str, float] = {"medium": 1.7, "close-up": 2.7, "extreme-close-up": 3.6}
_FOR_THE_CAMERA = frozenset({"sing", "play-guitar", "play-piano", "drum", "dance", "bow", "cheer"})
"""Performers alone in the frame stand nearer its middle."""
_CROSSES = re.compile(
    r"\b(cross(es|ed|ing)?|across|from (one side|left|right) to|left to right|right to left|whole width|full width|"
    r"passes (by|through)|out of (the )?frame)\b"
)
_RIGHTWARD = re.compile(r"\b(left to right|to the right|off right)\b")
_LEFTWARD = re.compile(r"\b(right to left|to the left|off left)\b")
_SMALLEST = 1 / 2.6
"""How small, against the start, somebody who walks off may become."""


@dataclass(frozen=True, slots=True)
class Way:
    """Where one person is at the start and the end, and whom they face (degrees, as FigureStaging); `behind`: one of
    the group at the back."""

    start: Mark
    end: Mark
    facing_deg: float
    behind: bool = False


def mark_out(shot: Shot, roles: Sequence[Role], frame: Frame, sides: Mapping[str, float], seed: int) -> tuple[Way, ...]:
    """The ways of all roles, in their order; from the fifth on people form a group at the back.

    `sides`: where the scene has had people so far; `seed`: the place's.
    """
    main, extras = roles[:4], roles[4:]
    if not main:
        return ()
    units = _units(main)
    wanted = [_side(shot, [main[n] for n in unit], sides) for unit in units]
    centres = places_across(frame, wanted, side_of(seed))
    starts = _starts(main, units, centres, frame)
    moved = [_moved(shot, role, start, frame, len(main) == 1) for role, start in zip(main, starts, strict=True)]
    ways = _kept_apart(main, moved, frame)
    faced = [Way(way[0], way[1], _facing(n, main, ways, frame)) for n, way in enumerate(ways)]
    return (*faced, *_group(extras, faced, frame))


def sides_after(roles: Sequence[Role], ways: Sequence[Way], sides: Mapping[str, float]) -> dict[str, float]:
    """Where the scene has people once the shot is over: where it first put them, unless they were seen to cross.
    Pairs who touch, people in the middle and the group at the back settle nothing."""
    found = dict(sides)
    for role, way in zip(roles, ways, strict=True):
        start, end = way.start.x, way.end.x
        if role.action in TOGETHER or way.behind or max(abs(start), abs(end)) < 0.03:
            continue
        if role.character.id not in found or start * end < 0:
            found[role.character.id] = end if abs(end) >= 0.03 else start
    return found


def _units(roles: Sequence[Role]) -> list[list[int]]:
    """People who touch stand as one."""
    found: list[list[int]] = []
    for n, role in enumerate(roles):
        pair = next((unit for unit in found if roles[unit[0]].partner == role.character.id), None)
        if pair is not None and role.partner == roles[pair[0]].character.id:
            pair.append(n)
        else:
            found.append([n])
    return found


def _side(shot: Shot, roles: Sequence[Role], sides: Mapping[str, float]) -> float | None:
    """Where the scene had them; else where the plan's words put them; else opposite whom the scene has already."""
    known = [sides[role.character.id] for role in roles if role.character.id in sides]
    if known:
        return sum(known) / len(known)
    for role in roles:
        words = role.presence.position.lower()
        middle = 0.3 if "centre" in words or "center" in words else 0.6
        if "left" in words or "right" in words:
            return -middle if "left" in words else middle
    if sides and len(shot.characters) == 1:
        return -0.3 if sum(sides.values()) > 0 else 0.3
    return None


def _half_width(role: Role) -> float:
    return _HALF_WIDTH.get(role.action, 0.22)


def _swing(role: Role) -> float:
    return _SWING.get(role.action, 0.03)


def _body(roles: Sequence[Role], frame: Frame) -> float:
    """The size of people, smaller where somebody lies, drives or rows, so that all of it is in the picture; close, so
    that the head stays in it.
    """
    body = frame.body
    if frame.size in CLOSE:
        lively = any(role.action not in _STILL for role in roles)
        head = HEAD_HALF + max(map(_swing, roles), default=0.0)
        return min(body, 0.95 * frame.half / head, _LIVELY[frame.size] if lively else body)
    widest = max(map(_half_width, roles), default=0.22)
    return min(body, max(frame.half * 0.92 / widest, body * 0.55))


def _starts(
    roles: Sequence[Role], units: Sequence[Sequence[int]], centres: Sequence[float], frame: Frame
) -> list[Mark]:
    whole = _body(roles, frame)
    found = [Mark(x=0.0, body=whole)] * len(roles)
    width = HEAD_HALF if frame.size in CLOSE else 0.17
    for k, (unit, centre) in enumerate(zip(units, centres, strict=True)):
        body = whole * ((1.0, 0.95, 1.0, 0.92)[k] if len(units) > 1 else 1.0)
        alone = len(units) == 1
        if len(unit) == 2:
            wanted, least = _PAIR_APART[roles[unit[0]].action]
            wanted = min(wanted, 0.31) if frame.size in CLOSE else wanted
            body = min(body, 0.95 * frame.half / (least / 2 + width))
            gap = min(wanted / 2, max(0.95 * frame.half / body - width, least / 2)) * body / frame.half
            room = max(frame.reach(body, width) - gap, 0.0)
            centre = min(max(centre * (0.4 if alone else 1.0), -room), room)
            for n, way in zip(sorted(unit, key=lambda n: _order(roles[n], n)), (-1, 1), strict=True):
                found[n] = Mark(x=centre + way * gap, body=body)
        else:
            role = roles[unit[0]]
            centre *= 0.6 if alone and role.action in _FOR_THE_CAMERA else 1.0
            room = frame.reach(body, _half_width(role), _swing(role))
            shift = 0.32 * body / frame.half if role.action == "play-piano" else 0.0
            found[unit[0]] = Mark(x=min(max(centre - shift, -room), room), body=body)
    return found


def _order(role: Role, n: int) -> tuple[int, int]:
    """In a pair, whom the plan puts to the left is left."""
    words = role.presence.position.lower()
    return (-1 if "left" in words else 1 if "right" in words else 0), n


def _moved(shot: Shot, role: Role, mark: Mark, frame: Frame, alone: bool) -> tuple[Mark, Mark]:
    """Start and end: people go as far as a walk or a run takes them in the time, and stay in the frame."""
    steps = (_RUN if role.action == "run" else _WALK) * max(shot.length_s, 0.5)
    if role.action == "walk-away":
        return _leaving(mark, steps, frame)
    if role.action == "walk-towards":
        far, near = _leaving(mark, steps, frame)[::-1]
        return far, near
    if role.action in ("walk", "run"):
        return _passing(role, mark, steps, frame, alone)
    return mark, mark


def _leaving(mark: Mark, steps: float, frame: Frame) -> tuple[Mark, Mark]:
    """Straight away from the camera; where there is no depth, towards the near edge of the frame and a little away."""
    close = frame.size in CLOSE
    goal = frame.farther(mark, steps)
    body = max(goal.body, mark.body * (0.72 if close else 0.85 if frame.shallow else _SMALLEST))
    if not frame.shallow or close:
        return mark, Mark(x=mark.x * body / mark.body, body=body)
    side = 1 if mark.x >= 0 else -1
    room = frame.reach(mark.body, 0.24)
    start = side * min(0.06, room)
    way = min(steps * mark.body / frame.half, max(room - abs(start), 0.0))
    return Mark(x=start, body=mark.body), Mark(x=start + side * way, body=body)


def _passing(role: Role, mark: Mark, steps: float, frame: Frame, alone: bool) -> tuple[Mark, Mark]:
    """Across the frame, or within one's own side of it; an upright frame has little width, so one comes nearer."""
    side = 1 if mark.x >= 0 else -1
    told = role.told.lower()
    way = 1 if _RIGHTWARD.search(told) else -1 if _LEFTWARD.search(told) else -side
    room = frame.reach(mark.body, _half_width(role))
    most = steps * mark.body / frame.half
    own = max(room - 0.08, 0.0)
    crosses = bool(_CROSSES.search(told)) or way == side or (alone and own < 0.5 * most)
    if frame.breadth < 0.35 and not frame.shallow and frame.size not in CLOSE and not _CROSSES.search(told):
        start, end = _leaving(Mark(x=side * min(abs(mark.x), room), body=mark.body), steps * 0.8, frame)
        return end, start
    if crosses:
        reach = min(room, most / 2)
        return Mark(x=-way * reach, body=mark.body), Mark(x=way * reach, body=mark.body)
    reach = min(own, most)
    return Mark(x=side * room, body=mark.body), Mark(x=side * (room - reach), body=mark.body)


def _kept_apart(roles: Sequence[Role], moved: Sequence[tuple[Mark, Mark]], frame: Frame) -> list[tuple[Mark, Mark]]:
    """Where two would stand in one spot at the start or the end, the later one stands farther back."""
    found: list[tuple[Mark, Mark]] = []
    for role, (start, end) in zip(roles, moved, strict=True):
        others = [n for n in range(len(found)) if roles[n].partner != role.character.id]
        starts = frame.behind(start, [found[n][0] for n in others])
        ends = frame.behind(end, [found[n][1] for n in others])
        found.append((starts, starts if start == end and starts == ends else _same(start, end, starts, ends)))
    return found


def _same(start: Mark, end: Mark, starts: Mark, ends: Mark) -> Mark:
    """Somebody who stays and is moved back, stays there."""
    return min(starts, ends, key=lambda mark: mark.body) if start == end else ends


def _facing(n: int, roles: Sequence[Role], ways: Sequence[tuple[Mark, Mark]], frame: Frame) -> float:
    """Degrees: along the way, towards the partner, or as the action asks, into the open side of the frame."""
    role, (start, end) = roles[n], ways[n]
    if start != end:
        (x0, far0), (x1, far1) = frame.ground(start), frame.ground(end)
        return round(degrees(atan2(x1 - x0, far0 - far1)), 1)
    partner = next((k for k, other in enumerate(roles) if other.character.id == role.partner), None)
    if partner is not None:
        towards = 1 if ways[partner][0].x > start.x else -1
        return towards * (22.0 if role.action == "hold-hands" else _FACES[role.action])
    if role.action == "play-piano":
        return _FACES["play-piano"]
    others = [k for k in range(len(roles)) if k != n]
    if others and role.action in _SPEAKING:
        near = min(others, key=lambda k: abs(ways[k][1].x - start.x))
        towards = 1 if ways[near][1].x > start.x else -1
        leaves = roles[near].action == "walk-away"
        return towards * (128.0 if leaves else _GREETING if frame.size not in CLOSE else 52.0)
    return (-1 if start.x > 0 else 1) * _FACES.get(role.action, 34.0)


def _group(extras: Sequence[Role], ways: Sequence[Way], frame: Frame) -> list[Way]:
    """A small group at the back: spread over the width, each clear of everybody."""
    found: list[Way] = []
    for k in range(len(extras)):
        body = max(0.6 * min(way.start.body for way in ways), 0.05)
        room = frame.reach(body, 0.2)
        x = ((k * 0.618 + 0.21) % 1.0 * 2 - 1) * room
        mark = frame.behind(Mark(x=x, body=body), [way.start for way in (*ways, *found)])
        found.append(Way(mark, mark, (-1 if x > 0 else 1) * 40.0, behind=True))
    return found
