"""Where a story is told by more than a cut: few transitions, each for a reason that the story or the song gives.

It does not know frames or how a transition looks. Nearly every cut stays a cut: they are what keeps time.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from mvlocal.schema.song import Section, SongMap
from mvlocal.schema.story import Shot, ShotList, Transition

APART_S = 12.0
"""Two transitions stand at least this far apart."""
SHORTEST_SHOT_S = 1.6
"""Both shots must be at least this long, so that each is seen by itself."""
ONE_IN = 5
"""At most one cut in so many is a transition."""
QUIETER, LOUDER = -0.12, 0.15
"""A section counts as quieter or louder than the one before by this much energy."""
_WEIGHT: dict[Transition, int] = {"dissolve": 0, "dip": 1, "match": 2, "whip": 3, "cut": 4}


def place_transitions(shots: ShotList, song: SongMap) -> ShotList:
    """The shots with transitions where the story asks for one; those that already have one keep it.

    Into a memory or a dream, out of it, and over a jump in time: a dissolve. Into a quieter section: a dip, from a
    loud one; into a louder section with somebody in both shots: a whip. The same person in the same size at another
    place: a match. Reasons of the story come first, then those of the song; the last shot is never led into by a
    whip, and a shot that goes on from the one before is always a cut.
    """
    kinds: list[Transition] = ["cut", *(_asked(shots.shots, n, song) for n in range(1, len(shots.shots)))]
    kept: dict[int, Transition] = {
        number: shot.transition for number, shot in enumerate(shots.shots) if shot.transition != "cut"
    }
    starts = sorted(shots.shots[number].start_s for number in kept)
    for number in sorted(range(len(kinds)), key=lambda number: (_WEIGHT[kinds[number]], number)):
        start = shots.shots[number].start_s
        at = bisect_left(starts, start)
        if (
            kinds[number] == "cut"
            or number in kept
            or any(abs(near - start) < APART_S for near in starts[max(at - 1, 0) : at + 1])
            or len(kept) >= len(shots.shots) // ONE_IN
        ):
            continue
        kept[number] = kinds[number]
        starts.insert(at, start)
    placed = [shot.model_copy(update={"transition": kept.get(n, "cut")}) for n, shot in enumerate(shots.shots)]
    return shots.model_copy(update={"shots": tuple(placed)})


def _asked(shots: Sequence[Shot], number: int, song: SongMap) -> Transition:
    """The transition that shot `number` asks for: nearly always a cut."""
    before, shot = shots[number - 1], shots[number]
    if shot.continues or shot.free_cut or min(before.length_s, shot.length_s) < SHORTEST_SHOT_S:
        return "cut"
    if before.level != shot.level or shot.jump:
        return "dissolve"
    sections = _turn(before, shot, song)
    if sections is not None:
        change = sections[1].energy - sections[0].energy
        if change <= QUIETER and sections[0].energy >= 0.5:
            return "dip"
        if change >= LOUDER and sections[1].label == "chorus" and number < len(shots) - 1 and _shared(before, shot):
            return "whip"
    if _shared(before, shot) and before.location != shot.location and before.camera.size == shot.camera.size:
        return "match"
    return "cut"


def _turn(before: Shot, shot: Shot, song: SongMap) -> tuple[Section, Section] | None:
    """The sections on both sides of the cut, where it lies between two."""
    if before.section == shot.section or max(before.section, shot.section) >= len(song.sections):
        return None
    return song.sections[before.section], song.sections[shot.section]


def _shared(before: Shot, shot: Shot) -> bool:
    """Whether somebody is in both shots."""
    return bool({one.id for one in before.characters} & {one.id for one in shot.characters})
