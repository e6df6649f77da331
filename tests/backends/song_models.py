"""Small models of the real classes, made once for all tests of a run, and sounds to give them."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).parent.parent.parent


def make_small_models(folder: Path, families: tuple[str, ...]) -> None:
    """Makes small models in `folder` with the script that users have, and records them."""
    if str(ROOT / "scripts") not in sys.path:
        sys.path.insert(0, str(ROOT / "scripts"))
    from make_tiny_models import make_tiny_models

    make_tiny_models(folder, families)


@cache
def clicks(duration_s: float, bpm: float, sample_rate_hz: int) -> NDArray[np.float32]:
    """A click on every beat, louder on each fourth, over a soft tone: mono (n,) in [-1, 1]."""
    n = round(duration_s * sample_rate_hz)
    t = np.arange(n) / sample_rate_hz
    song = 0.05 * np.sin(2 * np.pi * 220 * t)
    for index in range(int(duration_s * bpm / 60)):
        start = round(index * 60 / bpm * sample_rate_hz)
        tail = t[: min(round(0.1 * sample_rate_hz), n - start)]
        song[start : start + len(tail)] += (0.8 if index % 4 == 0 else 0.5) * np.exp(-40 * tail) * np.sin(900 * tail)
    return song.astype(np.float32)
