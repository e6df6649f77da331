"""A tape, a clock and a score of bars: what every synthetic band plays on. It knows no style."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from synth.sounds import RATE_HZ, Sound, drum, note


@dataclass(frozen=True)
class SongSpec:
    """What to play: style, tempo and how the tempo moves."""

    name: str
    style: str
    bpm: float
    seed: int
    drift: float = 0.0
    tempo_change: float = 1.0
    headers: bool = True


@dataclass(frozen=True)
class SynthSong:
    """The sound (n,) and the truth about it, in seconds."""

    spec: SongSpec
    samples: Sound
    beats: NDArray[np.float64]
    downbeats: NDArray[np.float64]
    beats_per_bar: int
    sections: list[tuple[float, float, str]]
    lines: list[tuple[float, float, str]]
    lyrics_text: str
    vocals: list[tuple[float, float]]

    @property
    def duration_s(self) -> float:
        return len(self.samples) / RATE_HZ


@dataclass
class Band:
    """A tape and a clock: everything is placed by beat, with a human hand."""

    spec: SongSpec
    per_bar: int
    total_beats: int
    rng: np.random.Generator
    clock_s: NDArray[np.float64] = field(init=False)
    tape: Sound = field(init=False)
    swing: float = 0.5
    loose_s: float = 0.005
    rubato: float = 0.0

    def __post_init__(self) -> None:
        self.clock_s = _clock(self.spec, self.total_beats + 8, self.rng, self.rubato, 4 * self.per_bar)
        self.tape = np.zeros(int((self.clock_s[self.total_beats] + 3.0) * RATE_HZ), np.float32)

    def at(self, beat: float) -> float:
        """Second of a beat; off-beats are swung."""
        whole, part = int(np.floor(beat)), beat - np.floor(beat)
        if self.swing != 0.5:
            part = part / 0.5 * self.swing if part < 0.5 else self.swing + (part - 0.5) / 0.5 * (1 - self.swing)
        return float(self.clock_s[whole] + part * (self.clock_s[whole + 1] - self.clock_s[whole]))

    def put(self, sound: Sound, at_s: float, gain: float) -> None:
        start = max(int((at_s + self.rng.normal(0, self.loose_s)) * RATE_HZ), 0)
        stop = min(start + len(sound), len(self.tape))
        if stop > start:
            self.tape[start:stop] += gain * self.rng.uniform(0.88, 1.1) * sound[: stop - start]

    def hit(self, kind: str, beat: float, gain: float = 1.0) -> None:
        self.put(drum(kind), self.at(beat), gain)

    def play(self, kind: str, midi: int, beat: float, beats: float, gain: float) -> None:
        length_ms = max(round((self.at(beat + beats) - self.at(beat)) * 100) * 10, 40)
        self.put(note(kind, midi, length_ms), self.at(beat), gain)

    def chord(self, kind: str, root: int, minor: bool, beat: float, beats: float, gain: float) -> None:
        for step in (0, 3 if minor else 4, 7):
            midi = 60 + (root + step) % 12
            self.play(kind, midi, beat, beats, gain)


def _clock(
    spec: SongSpec, beats: int, rng: np.random.Generator, rubato: float, phrase_beats: int
) -> NDArray[np.float64]:
    """Seconds of every beat: slow drift, a change of tempo at six tenths, and phrases that start and end slower."""
    position = np.linspace(0, 1, beats)
    wander = spec.drift * np.sin(2 * np.pi * (position * rng.uniform(0.8, 1.8) + rng.uniform()))
    bpm = spec.bpm * (1 + wander)
    bpm[int(0.6 * beats) // 12 * 12 :] *= spec.tempo_change
    if rubato:
        phrase = np.arange(beats) % phrase_beats / phrase_beats
        bpm *= 1 + rubato * (np.sin(np.pi * phrase) - 0.6) + rng.normal(0, 0.25 * rubato, beats)
    return np.concatenate([[0.0], np.cumsum(60 / bpm)]) + rng.uniform(0.2, 0.8)


@dataclass(frozen=True)
class Bar:
    """Where in the song a bar stands."""

    beat: int
    root: int
    minor: bool
    following: int
    label: str
    index: int
    last: bool
    first: bool


Player = Callable[[Band, Bar], None]


def full(bar: Bar) -> bool:
    return bar.label in ("chorus", "inst")


Chords = tuple[tuple[int, bool], ...]
"""Scale steps in semitones, and whether minor."""


def _dry(samples: Sound) -> Sound:
    return samples


@dataclass(frozen=True)
class Style:
    player: Player
    per_bar: int = 4
    swing: float = 0.5
    loose_s: float = 0.005
    form: tuple[tuple[str, int], ...] = (
        ("intro", 4),
        ("verse", 8),
        ("chorus", 8),
        ("verse", 8),
        ("chorus", 8),
        ("outro", 4),
    )
    chords: Mapping[str, Chords] | None = None
    bars_per_chord: int = 1
    rubato: float = 0.0
    sings: bool = True
    finish: Callable[[Sound], Sound] = _dry


LONG = (("intro", 8), ("verse", 16), ("chorus", 8), ("verse", 16), ("bridge", 8), ("chorus", 16), ("outro", 4))
SHORT = (("intro", 2), ("verse", 8), ("chorus", 4), ("verse", 8), ("chorus", 4), ("outro", 2))
DANCE = (("intro", 8), ("verse", 8), ("chorus", 8), ("break", 8), ("chorus", 8), ("outro", 4))
