"""Small songs with exactly known beats for the song room's tests: drums, bass and chords from numpy alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 22050


@dataclass(frozen=True)
class TestSong:
    """Samples (n,) and the truth in seconds; `sections` are (start_s, loud)."""

    __test__ = False

    samples: NDArray[np.float32]
    beats: NDArray[np.float64]
    downbeats: NDArray[np.float64]
    sections: tuple[tuple[float, bool], ...]

    @property
    def duration_s(self) -> float:
        return len(self.samples) / RATE_HZ


def _hit(length_s: float, tau_s: float, low: bool, rng: np.random.Generator) -> NDArray[np.float64]:
    t = np.arange(int(length_s * RATE_HZ)) / RATE_HZ
    if low:
        return np.sin(2 * np.pi * np.cumsum(50 + 90 * np.exp(-t / 0.03)) / RATE_HZ) * np.exp(-t / tau_s)
    return np.diff(rng.standard_normal(len(t) + 1)) * 0.5 * np.exp(-t / tau_s)


def _tone(midi: float, length_s: float, tau_s: float) -> NDArray[np.float64]:
    t = np.arange(int(length_s * RATE_HZ)) / RATE_HZ
    hz = 440 * 2 ** ((midi - 69) / 12)
    tone = sum(np.sin(2 * np.pi * hz * k * t) / k**1.2 for k in range(1, 6) if hz * k < 9000)
    return np.asarray(tone) * np.exp(-t / tau_s) * np.minimum(t / 0.004, 1)


def play_song(
    bpm: float,
    bars: int = 16,
    per_bar: int = 4,
    *,
    drums: bool = True,
    drift: float = 0.0,
    change: float = 1.0,
    lead_s: float = 0.4,
    between: tuple[float, ...] = (0.5,),
    seed: int = 0,
) -> TestSong:
    """A song whose second half is louder and fuller; one chord a bar, backbeat or waltz, notes `between` beats."""
    rng = np.random.default_rng(seed)
    count = bars * per_bar
    tempo = bpm * (1 + drift * np.sin(np.linspace(0, 2 * np.pi, count)))
    tempo[count // 2 :] *= change
    beats = lead_s + np.concatenate([[0.0], np.cumsum(60 / tempo)])
    tape = np.zeros(int((beats[-1] + 0.5) * RATE_HZ))

    def put(sound: NDArray[np.float64], at_s: float, gain: float) -> None:
        start = round((at_s + rng.normal(0, 0.003)) * RATE_HZ)
        stop = min(start + len(sound), len(tape))
        tape[start:stop] += gain * sound[: stop - start]

    kick, snare, hat = (_hit(0.3, 0.1, True, rng), _hit(0.25, 0.06, False, rng), _hit(0.08, 0.015, False, rng))
    for beat in range(count):
        place, bar = beat % per_bar, beat // per_bar
        loud = bar >= bars // 2
        step = beats[beat + 1] - beats[beat]
        root = (0, 9, 5, 7)[bar % 4]
        if place == 0:
            put(_tone(36 + root, step * per_bar, 0.8), beats[beat], 0.5)
        for interval in (0, 4, 7):
            put(_tone(60 + root + interval, step, 0.3), beats[beat], 0.22 if place == 0 else 0.1)
        for part in between:
            put(_tone(72 + root, step / 2, 0.15), beats[beat] + part * step, 0.08)
        if drums:
            put(kick, beats[beat], 0.9 if place in ((0, 2) if per_bar == 4 else (0,)) else 0.0)
            put(snare, beats[beat], 0.6 if place in {4: (1, 3), 3: (), 2: (1,)}[per_bar] else 0.0)
            put(hat, beats[beat], 0.25)
            for part in between:
                put(hat, beats[beat] + part * step, 0.2 if loud and per_bar != 3 else 0.0)
        if loud:
            put(_tone(76 + root, step, 1.0), beats[beat], 0.25)
    half_s = float(beats[count // 2])
    samples = (tape / np.abs(tape).max() * 0.8).astype(np.float32)
    return TestSong(samples, beats[:-1], beats[:-1:per_bar], ((0.0, False), (half_s, True)))
