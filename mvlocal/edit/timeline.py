"""From shots in song time to clips on frames. It does not know codecs."""

from __future__ import annotations

from collections.abc import Sequence

from mvlocal.errors import PlanError
from mvlocal.schema.edit import Timeline, TimelineClip
from mvlocal.schema.story import Shot
from mvlocal.timing import FrameRate, FrameSpan


def shots_to_timeline(shots: Sequence[Shot], rate: FrameRate) -> Timeline:
    """Lays shots (in song order, tiling the song) on frames: every border is the frame nearest to its cut.

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
    return Timeline(fps=str(rate), clips=tuple(clips))
