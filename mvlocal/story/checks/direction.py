"""Screen direction within a scene: the 180-degree line, eyelines that meet, and travel that keeps its way.

It does not know framing or story; it reads positions (`left third, looking right`) and what the visual says of the way.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

from mvlocal.schema.story import Presence, Shot
from mvlocal.story.checks.case import Case, Found, problem
from mvlocal.story.senses import among, phrases_in, sentences_of, words_of

LEFT, CENTRE, RIGHT = -1, 0, 1
_RULE = "monotony"
_FACING = re.compile(r"^(fac|look|gaz|turn|eye|star|glanc|profile|head|toward)")
_TOGETHER = re.compile(
    r"\b(?:fac(?:e|es|ing)|look(?:s|ing)? at|stares? at|watch(?:es|ing)?) (?:each other|one another)\b"
)
_ABOUT = re.compile(r"\b(?:turn(?:s|ing|ed)? (?:round|around|back|about)|doubl(?:es|ing) back|comes? back|returns?)\b")


@dataclass(frozen=True, slots=True)
class Placing:
    """Where somebody is in the frame and which way they look (-1 left, 0 centre or ahead, 1 right); None: not said."""

    side: int | None
    facing: int | None


def placing(presence: Presence) -> Placing:
    """Reads a position such as `left third, looking right`."""
    side: int | None = None
    facing: int | None = None
    for part in re.split(r"[,;/]", presence.position):
        words = words_of(part)
        looks = any(_FACING.match(word) for word in words)
        way = _way(words)
        if way is None:
            continue
        if looks and facing is None:
            facing = way
        elif not looks and side is None:
            side = way
    return Placing(side, facing)


def _way(words: tuple[str, ...]) -> int | None:
    for word in words:
        if word.startswith("left") or word.endswith("-left"):
            return LEFT
        if word.startswith("right") or word.endswith("-right"):
            return RIGHT
        if word in {"centre", "center", "middle", "central", "ahead", "lens", "camera-on"}:
            return CENTRE
    return None


def screen_direction(case: Case) -> Found:
    """The line crossed, eyelines that miss each other, and a way that turns round unseen, within one scene."""
    yield from _line_crossed(case)
    for before, shot in case.pairs():
        if before.level == shot.level and not shot.jump and before.section == shot.section:
            yield from _way_turned(before, shot)
            if before.location == shot.location:
                yield from _eyelines(before, shot)
    for shot in case.shots:
        yield from _not_face_to_face(shot)


def _line_crossed(case: Case) -> Found:
    """Two people change sides; a shot of nobody, a centred or an overhead one is neutral and lets the line go."""
    known: dict[tuple[str, str], tuple[Shot, int]] = {}
    last: Shot | None = None
    for shot in case.shots:
        if last is None or not case.same_scene(last, shot) or not shot.characters or shot.camera.angle == "overhead":
            known = {}
        last = shot
        for pair, order in _orders(shot).items():
            before = known.get(pair)
            if order == CENTRE:
                known.pop(pair, None)
                continue
            if before is not None and before[1] != order:
                yield problem(
                    _RULE, "warning", [before[0], shot],
                    f"{pair[0]} and {pair[1]} change sides between {before[0].id} and {shot.id}: the line is crossed",
                    "keep each on the side where the scene began, or put a neutral shot (head-on, of neither) between",
                )  # fmt: skip
            known[pair] = shot, order


def _orders(shot: Shot) -> Mapping[tuple[str, str], int]:
    """For each two whose sides are told: -1 where the first (by name) is to the left of the second."""
    sides = {p.id: side for p in shot.characters if (side := placing(p).side) is not None}
    return {
        (one, other): (sides[one] > sides[other]) - (sides[one] < sides[other])
        for one, other in combinations(sorted(sides), 2)
    }


def _eyelines(before: Shot, shot: Shot) -> Found:
    """One alone looks at where the other stands; cut to the other alone, who looks the same way."""
    if len(before.characters) != 1 or len(shot.characters) != 1:
        return
    one, other = before.characters[0], shot.characters[0]
    if one.id == other.id:
        return
    a, b = placing(one), placing(other)
    facing_away = a.facing == b.facing and a.facing in {LEFT, RIGHT}
    if facing_away and a.side != b.side:
        way = "left" if b.facing == RIGHT else "right"
        yield problem(
            _RULE, "warning", [before, shot],
            f"{one.id} in {before.id} and {other.id} in {shot.id} look the same way: their eyes do not meet",
            f"if they look at each other, let {other.id} look {way}",
        )  # fmt: skip


def _not_face_to_face(shot: Shot) -> Found:
    if len(shot.characters) != 2 or not _TOGETHER.search(shot.visual.lower()):
        return
    one, other = (placing(p) for p in shot.characters)
    if one.facing is not None and one.facing == other.facing:
        yield problem(
            _RULE, "warning", [shot], f"in {shot.id} both look the same way, and the visual has them face each other",
            "let one look left and one look right",
        )  # fmt: skip


def travel_way(shot: Shot) -> int | None:
    """The way somebody goes across the frame, as the visual or the motion tells it; None where neither does."""
    for text in (shot.visual, shot.motion):
        for sentence in sentences_of(text):
            if set(among("travel", sentence)) - {"left"}:  # a side here, not a leaving
                right, left = phrases_in("right_phrases", sentence), phrases_in("left_phrases", sentence)
                if bool(right) != bool(left):
                    return RIGHT if right else LEFT
    return None


def _way_turned(before: Shot, shot: Shot) -> Found:
    who = {p.id for p in before.characters} & {p.id for p in shot.characters}
    was, now = travel_way(before), travel_way(shot)
    if not who or was is None or now is None or was == now or _ABOUT.search(f"{before.visual} {shot.visual}".lower()):
        return
    name = sorted(who)[0]
    yield problem(
        _RULE, "warning", [before, shot],
        f"{name} goes {'right' if was == RIGHT else 'left'} in {before.id} and the other way in {shot.id}, unshown",
        "keep the way across the cut, show the turn, or put a neutral shot between",
    )  # fmt: skip
