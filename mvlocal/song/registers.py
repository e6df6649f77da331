"""Which of two singers sings each line, the low or the high one. It knows neither words nor where someone sings.

One singer's lines lie within a few semitones of each other; two singers leave a gap between theirs.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mvlocal.schema.song import LyricLine, Register
from mvlocal.song.features import SLOW_RATE_HZ
from mvlocal.song.singing import SINGING_RATE_HZ, Singing

Reals = NDArray[np.float64]

_LEAST_LINES, _LEAST_SHARE = 2, 0.1
_LEAST_APART = 6.0
"""Semitones between the middles of two singers: less is one singer's verse and chorus."""
_LEAST_GAP = 0.4
"""Share of the way between two singers' middles that neither of them fills, but for a tenth of their lines."""
_HEARD_S = 0.3


def add_registers(lines: Sequence[LyricLine], singing: Singing, activity: Reals) -> tuple[LyricLine, ...]:
    """The lines with the register each is sung in, where the song's own pitches fall into two groups.

    `activity` (m,) in [0, 1] at 10 Hz says where someone sings. Lines whose pitch is not heard have no register.
    """
    pitches = np.asarray([line_pitch(line, singing, activity) for line in lines])
    registers = split_registers(pitches)
    pairs = zip(lines, registers, strict=True)
    return tuple(line.model_copy(update={"sung_register": register}) for line, register in pairs)


def line_pitch(line: LyricLine, singing: Singing, activity: Reals) -> float:
    """The median sung pitch of a line in MIDI note numbers, weighted by how clearly it is heard; NaN if it is not."""
    first, last = int(line.start_s * SINGING_RATE_HZ), int(np.ceil(line.end_s * SINGING_RATE_HZ))
    frames = np.arange(first, min(last, len(singing.pitch_hz)))
    sung = np.interp(frames / SINGING_RATE_HZ, np.arange(len(activity)) / SLOW_RATE_HZ, activity, left=0, right=0)
    weight = singing.pitch_weight[frames] * (sung > 0.5)
    if np.count_nonzero(weight > 0) < _HEARD_S * SINGING_RATE_HZ:
        return float("nan")
    notes = 69 + 12 * np.log2(singing.pitch_hz[frames] / 440)
    order = np.argsort(notes)
    middle = np.searchsorted(np.cumsum(weight[order]), weight.sum() / 2)
    return float(notes[order][min(int(middle), len(frames) - 1)])


def split_registers(notes: Reals) -> list[Register | None]:
    """`low` or `high` for each median pitch (n,) in semitones; all None where they form one group.

    The border is the one that parts the pitches best (least squares); it counts only if each side holds at least two
    lines and a tenth of them, the middles lie six semitones apart, and a good part of that lies bare.
    """
    heard = np.sort(notes[np.isfinite(notes)])
    border = _border(heard)
    if border is None:
        return [None] * len(notes)
    return [None if not np.isfinite(note) else "low" if note < border else "high" for note in notes]


def _border(heard: Reals) -> float | None:
    """The pitch between two groups of sorted pitches, or None."""
    least = max(_LEAST_LINES, int(np.ceil(_LEAST_SHARE * len(heard))))
    if len(heard) < 2 * least:
        return None
    cuts = range(least, len(heard) - least + 1)
    cost = [len(heard[:cut]) * heard[:cut].var() + len(heard[cut:]) * heard[cut:].var() for cut in cuts]
    cut = cuts[int(np.argmin(cost))]
    low, high = heard[:cut], heard[cut:]
    apart = float(np.median(high) - np.median(low))
    bare = float(np.percentile(high, 10) - np.percentile(low, 90))
    if apart < _LEAST_APART or bare < _LEAST_GAP * apart:
        return None
    return float((low[-1] + high[0]) / 2)
