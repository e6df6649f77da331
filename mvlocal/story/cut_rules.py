"""What is asked of the cuts, and whether it can be had in this song.

It does not choose cuts.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np

from mvlocal.errors import SettingsError
from mvlocal.schema.song import SongMap
from mvlocal.timing import FrameRate


@dataclass(frozen=True, slots=True)
class CutRules:
    """What the user and the video backend ask of the cuts.

    No shot is longer than `max_s`; shots shorter than `min_s` come only where hand-set cuts leave no choice.
    `every_beats` cuts like a metronome, counted from the first downbeat. `hold_on_drops`: no cut in the bar
    after a drop. `hand_cuts` (seconds) are always cut.
    """

    min_s: float = 1.2
    max_s: float = 6.0
    every_beats: int | None = None
    hold_on_drops: bool = False
    hand_cuts: tuple[float, ...] = ()


def check_rules(song: SongMap, rules: CutRules, rate: FrameRate) -> None:
    if not 0 < rules.min_s <= rules.max_s:
        raise SettingsError(
            f"shots of {rules.min_s:g} s at the least and {rules.max_s:g} s at the most are not possible",
            where="cuts",
            mend="change the shortest or the longest shot",
        )
    if rules.max_s < 2 * rate.frame_s:
        raise SettingsError("the longest shot is under two frames", where="cuts", mend="allow longer shots")
    for cut in rules.hand_cuts:
        if not 0 < cut < song.duration_s:
            raise SettingsError(
                f"the hand-set cut at {cut:g} s lies outside the song (0 to {song.duration_s:.3f} s)",
                where="cuts.at",
                mend="remove it or correct the time",
            )
    _check_every(song, rules)


def _check_every(song: SongMap, rules: CutRules) -> None:
    count = rules.every_beats
    if count is None:
        return
    if len(song.beats) < 2:
        raise SettingsError(
            "no beat was found in this song, so it cannot be cut every so many beats",
            where="cuts.every_beats",
            mend="leave cuts.every_beats out, or give beats in a markers file",
        )
    length = count * float(np.median(np.diff(song.beats)))
    if count < 1 or length > rules.max_s + 1e-6 or length < rules.min_s - 1e-6:
        beat = length / max(count, 1)
        low, high = max(1, ceil(rules.min_s / beat - 1e-6)), int(rules.max_s / beat + 1e-6)
        raise SettingsError(
            f"{count} beats last {length:.2f} s here; shots may last {rules.min_s:g} to {rules.max_s:g} s",
            where="cuts.every_beats",
            mend=f"choose from {low} to {high}" if low <= high else "allow shorter or longer shots",
        )
