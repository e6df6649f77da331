"""Time within a shot: a motion peak moved onto its downbeat, a ramp or a hold before a drop.

It does not know pictures. A warp says which second of the clip is shown at each second of the shot.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mvlocal.schema.song import SongMap

MOST_CHANGE = 0.12
"""A shot runs at most so much faster or slower than it was made: more shows in how people walk."""
STANDS_OUT = 1.4
"""A motion peak counts when it is so many times the median motion."""
DROP_RISE = 0.2
"""A section is a drop when it is so much louder (0 to 1) than the one before."""
CATCH_UP = 2.0
"""After a hold or a ramp a shot runs at most this fast, until it has caught up."""


@dataclass(frozen=True, slots=True)
class Warp:
    """Knots: at second `shot[i]` of the shot, second `clip[i]` of the clip. Linear between; beyond them at its pace."""

    shot: tuple[float, ...] = (0.0,)
    clip: tuple[float, ...] = (0.0,)

    @property
    def plain(self) -> bool:
        """Whether nothing is changed."""
        return self.shot == self.clip

    def at(self, t: float) -> float:
        """The clip's second at the shot's second `t`."""
        if t <= self.shot[0]:
            return t - self.shot[0] + self.clip[0]
        if t >= self.shot[-1]:
            return t - self.shot[-1] + self.clip[-1]
        return float(np.interp(t, self.shot, self.clip))


PLAIN = Warp()


def motion_peak(motion: NDArray[np.float64], rate_hz: float) -> float | None:
    """The second at which most moves; None where nothing stands out.

    `motion[i]` is how much changes between frames i and i + 1.
    """
    if len(motion) < 4:
        return None
    smooth = np.convolve(np.pad(motion, 1, mode="edge"), [0.25, 0.5, 0.25], mode="valid")
    peak = int(smooth[1:-1].argmax()) + 1
    if smooth[peak] <= STANDS_OUT * np.median(smooth):
        return None
    return (peak + 0.5) / rate_hz


def onto_downbeat(peak_s: float, downbeats_s: Sequence[float], length_s: float, most: float = MOST_CHANGE) -> Warp:
    """Runs the shot before and after a downbeat so that the clip's `peak_s` is shown on it; both its ends stay.

    The downbeat that asks for the least change is taken; where every one asks for more than `most`, nothing changes.
    Times are seconds from the shot's start.
    """
    best, least = PLAIN, most
    for downbeat_s in downbeats_s:
        if not 0 < downbeat_s < length_s or not 0 < peak_s < length_s:
            continue
        before, after = peak_s / downbeat_s, (length_s - peak_s) / (length_s - downbeat_s)
        change = max(abs(before - 1), abs(after - 1))
        if change <= least:
            best, least = Warp((0.0, downbeat_s, length_s), (0.0, peak_s, length_s)), change
    return best


def before_drop(drop_s: float, length_s: float, ramp: float, hold_s: float) -> Warp:
    """Slows the shot before a drop by `ramp` (0 to 1) and holds it for `hold_s`; from the drop on it catches up.

    It never runs ahead of the clip. Where there is too little room before the drop, ramp and hold are shorter.
    """
    hold = min(hold_s, drop_s / 2)
    run_up = min(0.6, (drop_s - hold) / 2) if ramp > 0 else 0.0
    if drop_s <= 0 or drop_s >= length_s or hold + run_up <= 0:
        return PLAIN
    shot = [0.0, drop_s - hold - run_up]
    clip = list(shot)
    steps = 8
    for step in range(steps if run_up else 0):
        speed = 1 - 0.7 * ramp * (step + 1) / steps
        shot.append(shot[-1] + run_up / steps)
        clip.append(clip[-1] + speed * run_up / steps)
    if hold > 0:
        shot.append(drop_s)
        clip.append(clip[-1])
    lag = shot[-1] - clip[-1]
    catching = min(lag / (CATCH_UP - 1), length_s - drop_s)
    shot.append(drop_s + catching)
    clip.append(clip[-1] + CATCH_UP * catching)
    return Warp(tuple(shot), tuple(clip))


def joined(first: Warp, then: Warp) -> Warp:
    """The warp that shows, at each moment, what `then` shows of what `first` made."""
    if then.plain or first.plain:
        return first if then.plain else then
    knots = sorted({*then.shot, *(_earlier(then, t) for t in first.shot)})
    return Warp(tuple(knots), tuple(first.at(then.at(t)) for t in knots))


def drops_of(song: SongMap) -> list[float]:
    """Seconds at which the song drops: where a section begins that is much louder than the one before."""
    pairs = zip(song.sections, song.sections[1:], strict=False)
    return [after.start_s for before, after in pairs if after.energy - before.energy >= DROP_RISE]


def _earlier(warp: Warp, clip_s: float) -> float:
    """The first second of the shot at which the clip's second is shown."""
    if clip_s <= warp.clip[0]:
        return clip_s - warp.clip[0] + warp.shot[0]
    if clip_s >= warp.clip[-1]:
        return clip_s - warp.clip[-1] + warp.shot[-1]
    right = int(np.searchsorted(warp.clip, clip_s, side="left"))
    low, high = warp.clip[right - 1], warp.clip[right]
    share = (clip_s - low) / (high - low) if high > low else 0.0
    return warp.shot[right - 1] + share * (warp.shot[right] - warp.shot[right - 1])
