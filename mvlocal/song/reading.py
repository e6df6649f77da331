"""Ways to read a pulse as beats and bars, and the evidence for each. It does not choose weights or place beats.

A reading is a grid at one metrical level, a metre and a phase of the bar. What sounds on the beats, between them
and at each place of the bar speaks for it or against it; a log-linear model weighs all of that at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mvlocal.song.evidence_weights import WEIGHTS
from mvlocal.song.features import FRAME_RATE_HZ, SongFeatures
from mvlocal.song.level import strike_levels
from mvlocal.song.metre import CUES, change_on_and_between, count_bars, describe_beats

Reals = NDArray[np.float64]

_SIMPLE_METRES, _COMPOUND_METRES = (4, 3), (4, 3, 2)
"""Beats a bar; two only where beats split in three (six-eight), for two of the plain kind are half of four."""
_BACK_BEATS = {4: (1, 3), 3: (1, 2), 2: (1,)}
_GROUPS = {"low": (0,), "snare": (2, 3), "air": (4,), "tone": (1, 5)}
"""Rows of the levelled onsets (bands, then tonal) that speak together."""
_HARMONY_CUES = ("harmony", "bass", "harmony_wide")
_ONE_CUES = ("kick", "crash", "root", *_HARMONY_CUES)
_PLACES = {
    "on": 0.0,
    "half": 1 / 2,
    "early_third": 1 / 3,
    "late_third": 2 / 3,
    "early_quarter": 1 / 4,
    "late_quarter": 3 / 4,
}
"""Parts of a beat at which onsets are heard."""
_USUAL_BPM, _USUAL_BAR_S = 110.0, 2.0
_SLOW_EDGE_BPM = 60.0


@dataclass(frozen=True, slots=True)
class Reading:
    """Beat frames (k,), the indices of those that are downbeats, and the evidence by name."""

    grid: Reals
    beats_per_bar: int
    downbeats: NDArray[np.intp]
    evidence: dict[str, float]

    @property
    def score(self) -> float:
        """Log-odds up to a constant of the song; higher is likelier."""
        return sum(WEIGHTS.get(name, 0.0) * value for name, value in self.evidence.items())


def read_grid(grid: Reals, rows: Reals, features: SongFeatures) -> list[Reading]:
    """Every metre and phase of a grid of beat frames (k,), at least five, given levelled onsets (6, n)."""
    bpm = float(60 * FRAME_RATE_HZ / np.median(np.diff(grid)))
    struck = {name: _struck(grid, rows, part) for name, part in _PLACES.items()}
    level = _tempo_evidence(bpm) | _level_evidence(struck)
    level["bass_on_half"] = _contrast(*change_on_and_between(features.bass, grid), 0.02)
    thirds = np.minimum(struck["early_third"], struck["late_third"])  # swung eighths have but the later one
    compound = _contrast(float(thirds.mean()), float(struck["half"].mean()))
    cues = describe_beats(grid, rows, features)
    found: list[Reading] = []
    for per_bar in _COMPOUND_METRES if compound > 0 else _SIMPLE_METRES:
        counted = count_bars(cues, per_bar)
        for turn in range(per_bar):
            place = (counted + turn) % per_bar
            evidence = level | _bar_evidence(cues, place, per_bar, bpm, max(compound, 0.0))
            found.append(Reading(grid, per_bar, np.flatnonzero(place == 0), evidence))
    return found


def _tempo_evidence(bpm: float) -> dict[str, float]:
    return {
        "tempo_off": float(np.log2(bpm / _USUAL_BPM)) ** 2,
        "too_slow": max(0.0, np.log2(_SLOW_EDGE_BPM / bpm)),
    }


def _level_evidence(struck: dict[str, Reals]) -> dict[str, float]:
    """What speaks for or against this metrical level and phase: beats outweigh what lies between them.

    Notes between beats lead into the next beat more than they trail the last: swung eighths and pick-ups come late.
    """
    out: dict[str, float] = {}
    for name, group in _GROUPS.items():
        at = {place: float(levels[list(group)].mean()) for place, levels in struck.items()}
        third = (at["early_third"] + at["late_third"]) / 2
        quarter = (at["early_quarter"] + at["late_quarter"]) / 2
        out |= {
            f"{name}_on": float(np.log(at["on"] + 0.1)),
            f"{name}_on_half": _contrast(at["on"], at["half"]),
            f"{name}_on_third": _contrast(at["on"], third),
            f"{name}_half_quarter": _contrast(at["half"], quarter),
            f"{name}_late_third": _contrast(at["late_third"], at["early_third"]),
            f"{name}_late_quarter": _contrast(at["late_quarter"], at["early_quarter"]),
        }
    return out


def _bar_evidence(cues: Reals, place: NDArray[np.intp], per_bar: int, bpm: float, compound: float) -> dict[str, float]:
    """How each cue stands out on the one, the snare on the back beats, and harmony in four on the three.

    Harmony that changes on the three speaks for half the bar, the more so where beats split in three.
    """
    kind = "three" if per_bar == 3 else "even"
    out = {
        "triple": float(per_bar == 3),
        "bar_off": float(np.log2(per_bar * 60 / bpm / _USUAL_BAR_S)) ** 2,
        "compound": compound if per_bar == 2 else 0.0,
    }
    for name, cue in zip(CUES, cues, strict=True):
        if name in _ONE_CUES:
            out[f"{name}_one_of_{kind}"] = _mean(cue[place == 0])
        if name in _HARMONY_CUES and per_bar == 4:
            out[f"{name}_middle"] = _mean(cue[place == 2])
            out[f"{name}_middle_compound"] = compound * max(_mean(cue[place == 2]), 0.0)
    snare = cues[CUES.index("snare")]
    out[f"snare_back_of_{kind}"] = _mean(snare[np.isin(place, _BACK_BEATS[per_bar])])
    return out


def _mean(values: Reals) -> float:
    return float(values.mean()) if len(values) else 0.0


def _struck(grid: Reals, rows: Reals, part: float) -> Reals:
    """Mean strength a band at this part of every beat, each at most 1.2: (6,)."""
    return np.minimum(strike_levels(rows, grid[:-1] + np.diff(grid) * part), 1.2).mean(axis=1)


def _contrast(strong: float, weak: float, floor: float = 0.15) -> float:
    return (strong - weak) / (strong + weak + floor)
