"""Chooses the few seconds that loop, and how their seam is closed: by a crossfade, or there and back. Pure.

A step is the mean difference of two pictures that follow each other, in levels of 255.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from mvlocal.schema.edit import Timeline
from mvlocal.schema.song import SongMap
from mvlocal.timing import FrameRate, FrameSpan

Way = Literal["crossfade", "there and back"]
FADE_S = 0.75
"""A crossfade at the seam lasts this long, or a third of what there is."""
GHOST = 2.0
"""A crossfade may change pictures this many times as fast as they move by themselves."""
Luma = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class LoopSpan:
    """Frames `span` of the video, with `fade` more before them for the seam; why they were chosen."""

    span: FrameSpan
    fade: int
    why: tuple[str, ...]

    @property
    def source(self) -> FrameSpan:
        """All frames that the loop is made from."""
        return FrameSpan(self.span.start - self.fade, self.span.end)


def choose_loop(song: SongMap, timeline: Timeline, peopled: Sequence[str], longest_s: float) -> LoopSpan:
    """The shot to loop: long enough for 3 s and a seam, energetic, with somebody in it (`peopled` lists such shots).

    Where every shot is shorter, bars of the most energetic section loop across their cuts.
    """
    rate = FrameRate.parse(timeline.fps)
    shortest, longest = rate.frame_at(3.0) + 1, int(longest_s * rate.value)
    best: tuple[float, LoopSpan] | None = None
    for clip in timeline.clips:
        handles = timeline.handles_of(clip.shot)
        start = handles.head.end if handles.head else clip.start
        end = handles.tail.start if handles.tail else clip.end
        fade = min(round(FADE_S * rate.value), (end - start) // 3)
        fade = min(fade, max(end - start - shortest, 0))
        if fade < round(0.25 * rate.value):
            continue
        length = min(end - start - fade, longest)
        span = FrameSpan(start + fade, start + fade + length)
        energy = _energy(song, rate.time_of(span.start), rate.time_of(span.end))
        section = song.sections[song.section_at(rate.time_of(span.start))].label
        score = energy + 0.5 * (section == "chorus") + 0.4 * (clip.shot in peopled) + 0.05 * length / float(rate.value)
        why = (f"shot {clip.shot} of the {section}, {length / float(rate.value):.1f} s", f"energy {energy:.2f}")
        if best is None or score > best[0]:
            best = (score, LoopSpan(span, fade, why))
    return best[1] if best is not None else _bars(song, timeline.frames, rate, shortest, longest)


def _bars(song: SongMap, frames: int, rate: FrameRate, shortest: int, longest: int) -> LoopSpan:
    """Whole bars, or the middle of the song, across cuts."""
    fade = max(1, min(round(FADE_S * rate.value), (frames - shortest) // 2))
    marks = [rate.frame_at(t) for t in song.downbeats]
    spans = [
        FrameSpan(a, b) for a in marks for b in marks if shortest <= b - a <= longest and a >= fade and b <= frames
    ]
    if not spans:
        length = max(min(longest, frames - fade), 1)
        start = max((frames - length) // 2, fade)
        spans = [FrameSpan(start, min(start + length, frames))]
    best = max(spans, key=lambda s: (_energy(song, rate.time_of(s.start), rate.time_of(s.end)), len(s)))
    return LoopSpan(best, fade, ("no shot is long enough to loop alone, so bars do",))


def _energy(song: SongMap, start: float, end: float) -> float:
    at = np.linspace(start, end, 9)
    return float(np.mean([song.energy.at(float(t)) for t in at]))


def step(before: Luma, after: Luma) -> float:
    """Mean difference of two pictures in levels."""
    return float(np.abs(before.astype(np.int16) - after.astype(np.int16)).mean())


def choose_way(pictures: Sequence[Luma], fade: int) -> tuple[Way, str]:
    """How to close the seam of `pictures`: the `fade` ones before the loop, then the loop's own.

    A crossfade is taken unless it would change pictures much faster than they move by themselves; then the loop runs
    there and back, whose seam is a step like any other.
    """
    lead, own = pictures[:fade], pictures[fade:]
    moves = [step(a, b) for a, b in pairwise(pictures)]
    usual = float(np.median(moves)) if moves else 0.0
    apart = float(np.mean([step(a, b) for a, b in zip(lead, own[-fade:], strict=True)])) / fade if fade else 255.0
    if apart <= GHOST * max(usual, 0.5):
        return "crossfade", f"a crossfade changes {apart:.2f} levels a frame, the shot itself {usual:.2f}"
    return "there and back", f"a crossfade would change {apart:.2f} levels a frame, the shot itself {usual:.2f}"


def fade_weights(fade: int) -> NDArray[np.float64]:
    """Shares of the lead in the last `fade` pictures: rising, the last nearly all."""
    u = (np.arange(fade) + 1) / (fade + 1)
    return u * u * (3 - 2 * u)


def there_and_back(count: int) -> list[int]:
    """Numbers of pictures forth and back, without standing still at either end."""
    return [*range(count), *range(count - 2, 0, -1)]


def seam_holds(pictures: Sequence[Luma]) -> bool:
    """Whether the step from the last picture to the first is no larger than the largest between neighbours."""
    steps = [step(a, b) for a, b in pairwise(pictures)]
    return step(pictures[-1], pictures[0]) <= max(steps) + 1e-9 if steps else False
