"""From shots in song time to clips and transitions on frames. It does not know codecs."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor

from mvlocal.errors import PlanError
from mvlocal.schema.edit import Timeline, TimelineClip, TimelineJoin
from mvlocal.schema.story import Shot
from mvlocal.schema.transitions import MOST_OF_SHOT, beat_near, transition_s
from mvlocal.timing import FrameRate, FrameSpan, Seconds

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
