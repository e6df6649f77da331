"""From shots in song time to clips and transitions on frames. It does not know codecs."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import floor
from statistics import median

from mvlocal.errors import PlanError
from mvlocal.schema.edit import Timeline, TimelineClip, TimelineJoin
from mvlocal.schema.story import Shot, Transition
from mvlocal.timing import FrameRate, FrameSpan, Seconds

LONGEST_S: dict[Transition, float] = {"dissolve": 1.0, "dip": 1.0, "whip": 0.45, "match": 0.6}
"""A transition lasts a beat, or as many halves of it as fit this."""
SHORTEST_S: dict[Transition, float] = {"dissolve": 0.3, "dip": 0.3, "whip": 0.2, "match": 0.2}
MOST_OF_SHOT = 1 / 3
"""A transition takes at most this share of either of its shots, so that each is seen by itself."""
USUAL_BEAT_S = 0.5
FEWEST_FRAMES = 2


def shots_to_timeline(shots: Sequence[Shot], rate: FrameRate, beats: Sequence[Seconds] = ()) -> Timeline:
    """Lays shots (in song order, tiling the song) on frames: every border is the frame nearest to its cut.

    A transition is centred on its cut and as long as `transition_s` says for the song's `beats`; between short
    shots it is shorter, and between shots of a few frames each it is a cut.

    Raises:
        PlanError: a shot is shorter than one frame.
    """
    clips: list[TimelineClip] = []
    for shot in shots:
        span = FrameSpan.of_seconds(shot.start_s, shot.end_s, rate)
        if len(span) == 0:
            raise PlanError(
                f"shot {shot.id} is shorter than one frame",
                where=f"{shot.start_s:.3f} s to {shot.end_s:.3f} s",
                mend="lengthen it or remove it",
            )
        clips.append(TimelineClip(shot=shot.id, start=span.start, end=span.end))
    joins = [_join(shots, clips, number, rate, beats) for number in range(len(shots))]
    return Timeline(fps=str(rate), clips=tuple(clips), joins=tuple(join for join in joins if join is not None))


def transition_s(kind: Transition, beat_s: Seconds) -> Seconds:
    """How long a transition lasts at a tempo: a beat, halved or doubled until it lies within its kind's limits."""
    length = beat_s
    while length > LONGEST_S[kind]:
        length /= 2
    while length < SHORTEST_S[kind]:
        length *= 2
    return length


def beat_near(beats: Sequence[Seconds], t: Seconds) -> Seconds:
    """Seconds from beat to beat about song second `t`: the median of the nearest few; half a second where none is."""
    steps = [(abs(a - t), b - a) for a, b in pairwise(beats)]
    return median(step for _, step in sorted(steps)[:5]) if steps else USUAL_BEAT_S


def _join(
    shots: Sequence[Shot], clips: Sequence[TimelineClip], number: int, rate: FrameRate, beats: Sequence[Seconds]
) -> TimelineJoin | None:
    """The transition into a shot, or None for a cut. The first shot can only come out of black."""
    shot, clip = shots[number], clips[number]
    if shot.transition == "cut" or (number == 0 and shot.transition not in ("dip", "dissolve")):
        return None
    wanted = round(transition_s(shot.transition, beat_near(beats, shot.start_s)) * rate.value)
    room = _room(clip)
    if number == 0:
        length = min(wanted, room)
        start = 0
    else:
        room = min(room, _room(clips[number - 1]))
        before = min(wanted // 2, room)
        length = before + min(wanted - wanted // 2, room)
        start = clip.start - before
    if length < FEWEST_FRAMES or start == clip.start > 0:
        return None
    return TimelineJoin(shot=shot.id, kind=shot.transition, start=start, end=start + length)


def _room(clip: TimelineClip) -> int:
    """Frames of a clip that a transition at one of its ends may take."""
    return floor((clip.end - clip.start) * MOST_OF_SHOT)
