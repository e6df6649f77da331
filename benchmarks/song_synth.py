"""Songs with exactly known beats, downbeats, sections and sung lines, played by simple synthetic bands.

It knows nothing of how mvlocal hears them. Everything follows from the seeds; sound is mono at 22050 Hz.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import signal

Sound = NDArray[np.float32]
RATE_HZ = 22050


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


# --- instruments: one note each, cached ------------------------------------------------------------------


def _decay(length_s: float, tau_s: float) -> Sound:
    t = np.arange(int(length_s * RATE_HZ)) / RATE_HZ
    return np.exp(-t / tau_s).astype(np.float32)


def _fade(sound: Sound, attack_s: float, release_s: float) -> Sound:
    sound = sound.copy()
    rise, fall = max(int(attack_s * RATE_HZ), 1), max(int(release_s * RATE_HZ), 1)
    rise, fall = min(rise, len(sound)), min(fall, len(sound))
    sound[:rise] *= np.linspace(0, 1, rise, dtype=np.float32)
    sound[-fall:] *= np.linspace(1, 0, fall, dtype=np.float32)
    return sound


def _noise(length_s: float, low_hz: float, high_hz: float, seed: int) -> Sound:
    white = np.random.default_rng(seed).standard_normal(int(length_s * RATE_HZ))
    sos = signal.butter(2, [low_hz, min(high_hz, 10900)], "bandpass", fs=RATE_HZ, output="sos")
    return np.asarray(signal.sosfilt(sos, white), np.float32)


@lru_cache(maxsize=64)
def drum(kind: str) -> Sound:
    """One hit of a drum."""
    t = np.arange(int(0.4 * RATE_HZ)) / RATE_HZ
    if kind == "kick":
        sweep = 2 * np.pi * np.cumsum(48 + 110 * np.exp(-t / 0.03)) / RATE_HZ
        return (np.sin(sweep) * np.exp(-t / 0.11)).astype(np.float32) + 0.25 * np.pad(
            _noise(0.02, 800, 4000, 1) * _decay(0.02, 0.005), (0, len(t) - int(0.02 * RATE_HZ))
        )
    if kind == "snare":
        body = 0.5 * np.sin(2 * np.pi * 190 * t) * np.exp(-t / 0.05)
        return (body + 0.7 * _noise(0.4, 900, 8000, 2) * np.exp(-t / 0.08)).astype(np.float32)
    if kind == "brush":
        return 0.5 * _noise(0.3, 1500, 9000, 3) * _fade(_decay(0.3, 0.08), 0.02, 0.02)
    if kind == "clap":
        return 0.9 * _noise(0.25, 900, 5000, 4) * _decay(0.25, 0.06)
    if kind == "rim":
        return (np.sin(2 * np.pi * 1700 * t[:2000]) * np.exp(-t[:2000] / 0.012)).astype(np.float32)
    if kind == "tom":
        sweep = 2 * np.pi * np.cumsum(110 + 60 * np.exp(-t / 0.05)) / RATE_HZ
        return (np.sin(sweep) * np.exp(-t / 0.15)).astype(np.float32)
    lengths = {"hat": (0.08, 0.02), "open": (0.3, 0.1), "ride": (0.5, 0.18), "crash": (1.6, 0.5), "shaker": (0.1, 0.03)}
    length_s, tau_s = lengths[kind]
    low = 3500 if kind in ("crash", "ride") else 6500
    hit = _noise(length_s, low, 10900, 5) * _decay(length_s, tau_s)
    return _fade(hit, 0.012, 0.01) if kind == "shaker" else hit


_PARTIALS = {
    "bass": [1, 0.6, 0.35, 0.2, 0.1],
    "sub": [1, 0.15],
    "piano": [1, 0.55, 0.4, 0.25, 0.18, 0.1, 0.06],
    "guitar": [1, 0.8, 0.5, 0.4, 0.25, 0.2, 0.12, 0.08],
    "dist": [1, 0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.45, 0.4, 0.3],
    "organ": [1, 0.8, 0.1, 0.5, 0, 0.3],
    "strings": [1, 0.7, 0.5, 0.4, 0.3, 0.22, 0.15, 0.1],
    "pad": [1, 0.5, 0.35, 0.2, 0.1],
    "pluck": [1, 0.3, 0.5, 0.1, 0.2],
    "brass": [1, 0.9, 0.8, 0.6, 0.5, 0.4, 0.3, 0.2],
}
_SHAPES = {  # attack, decay (0: held), release
    "bass": (0.006, 0.5, 0.03),
    "sub": (0.008, 0.0, 0.03),
    "piano": (0.004, 0.6, 0.08),
    "guitar": (0.003, 0.45, 0.05),
    "dist": (0.004, 0.0, 0.03),
    "organ": (0.012, 0.0, 0.03),
    "strings": (0.09, 0.0, 0.12),
    "pad": (0.35, 0.0, 0.4),
    "pluck": (0.002, 0.18, 0.02),
    "brass": (0.03, 0.0, 0.05),
}


@lru_cache(maxsize=4096)
def note(kind: str, midi: int, length_ms: int) -> Sound:
    """One pitched note of `length_ms` (plus its release)."""
    attack, decay, release = _SHAPES[kind]
    t = np.arange(int((length_ms / 1000 + release) * RATE_HZ)) / RATE_HZ
    f0 = 440 * 2 ** ((midi - 69) / 12)
    out = np.zeros(len(t))
    for number, weight in enumerate(_PARTIALS[kind], start=1):
        if weight and f0 * number < 10000:
            damp = np.exp(-t * number**0.6 / decay) if decay else 1.0
            detune = 1.003 if kind in ("pad", "strings") and number % 2 else 1.0
            out += weight * damp * np.sin(2 * np.pi * f0 * number * detune * t + number * 1.3)
    return _fade((out / sum(_PARTIALS[kind])).astype(np.float32), attack, release)


_VOWELS = ((730, 1090, 2440), (270, 2290, 3010), (570, 840, 2410), (530, 1840, 2480), (300, 870, 2240))


def sung(midi: int, length_s: float, vowel: int, rng: np.random.Generator) -> Sound:
    """One sung syllable: formants, a scoop into the note, vibrato and a consonant."""
    t = np.arange(int((length_s + 0.04) * RATE_HZ)) / RATE_HZ
    vibrato = 0.35 * np.clip((t - 0.12) / 0.2, 0, 1) * np.sin(2 * np.pi * rng.uniform(5, 6) * t + rng.uniform(0, 6))
    scoop = -1.2 * np.exp(-t / 0.035)
    f0 = 440 * 2 ** ((midi - 69 + vibrato + scoop) / 12)
    phase = 2 * np.pi * np.cumsum(f0) / RATE_HZ
    out = np.zeros(len(t))
    formants = _VOWELS[vowel % len(_VOWELS)]
    for number in range(1, 25):
        hz = f0.mean() * number
        if hz > 6000:
            break
        gain = sum(g / (1 + ((hz - f) / 110) ** 2) for f, g in zip(formants, (1, 0.6, 0.35), strict=True))
        out += (0.02 + gain) / number**0.5 * np.sin(phase * number)
    voice = _fade((out * 0.5).astype(np.float32), 0.03, 0.05)
    hiss = _noise(0.05, 3000, 9000, int(rng.integers(1000))) * _decay(0.05, 0.02) * rng.uniform(0.05, 0.3)
    voice[: len(hiss)] += hiss[: len(voice)]
    return voice


# --- the band --------------------------------------------------------------------------------------------


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

    def __post_init__(self) -> None:
        self.clock_s = _clock(self.spec, self.total_beats + 8, self.rng)
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


def _clock(spec: SongSpec, beats: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Seconds of every beat, with slow drift and a change of tempo at six tenths of the song."""
    position = np.linspace(0, 1, beats)
    wander = spec.drift * np.sin(2 * np.pi * (position * rng.uniform(0.8, 1.8) + rng.uniform()))
    bpm = spec.bpm * (1 + wander)
    bpm[int(0.6 * beats) // 12 * 12 :] *= spec.tempo_change
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


def _full(bar: Bar) -> bool:
    return bar.label in ("chorus", "inst")


def _rock(band: Band, bar: Bar) -> None:
    b = bar.beat
    if bar.first and _full(bar):
        band.hit("crash", b, 0.4)
    if bar.label != "intro" or bar.index >= 2:
        for x in (0, 2, 2.5) if _full(bar) else (0, 2):
            band.hit("kick", b + x, 0.9)
        for x in (1, 3):
            band.hit("snare", b + x, 0.7)
        if bar.last:
            for i in range(4):
                band.hit("tom", b + 3 + i / 4, 0.5)
    for i in range(8):
        band.hit("open" if _full(bar) else "hat", b + i / 2, 0.22)
        band.play("bass", 36 + bar.root % 12, b + i / 2, 0.45, 0.5)
    kind = "dist" if _full(bar) else "guitar"
    for x in (0, 1.5, 2.5):
        band.chord(kind, bar.root, bar.minor, b + x, 1.0, 0.22)


def _house(band: Band, bar: Bar) -> None:
    b = bar.beat
    if bar.label != "break":
        for i in range(4):
            band.hit("kick", b + i, 1.0)
            band.hit("open", b + i + 0.5, 0.3)
        for x in (1, 3):
            band.hit("clap", b + x, 0.45 if bar.label != "intro" else 0.0)
    for i in range(8):
        band.play("bass", 36 + bar.root % 12, b + i / 2 + 0.25, 0.2, 0.4 if bar.label != "break" else 0.15)
    if _full(bar):
        for x in (0, 0.75, 1.5, 2.25, 3):
            band.chord("pluck", bar.root, bar.minor, b + x, 0.4, 0.35)
    band.chord("pad", bar.root, bar.minor, b, 4, 0.16)


def _ballad(band: Band, bar: Bar) -> None:
    b = bar.beat
    tones = [0, 7, 12, 15 if bar.minor else 16]
    for i in range(8):
        band.play("piano", 48 + bar.root % 12 + tones[(0, 1, 2, 3, 2, 1, 2, 1)[i]], b + i / 2, 0.9, 0.3)
    band.play("bass", 36 + bar.root % 12, b, 1.9, 0.5)
    band.play("bass", 36 + bar.root % 12, b + 2, 1.9, 0.35)
    if bar.label != "intro":
        band.hit("kick", b, 0.7)
        band.hit("kick", b + 2.5, 0.5)
        for x in (1, 3):
            band.hit("snare" if _full(bar) else "rim", b + x, 0.5)
        for i in range(8):
            band.hit("hat", b + i / 2, 0.14)
    if _full(bar):
        band.chord("strings", bar.root, bar.minor, b, 4, 0.25)


def _waltz(band: Band, bar: Bar) -> None:
    b = bar.beat
    band.play("bass", 36 + bar.root % 12, b, 0.9, 0.6)
    for x in (1, 2):
        band.chord("guitar", bar.root, bar.minor, b + x, 0.5, 0.25)
    if bar.label != "intro":
        band.hit("kick", b, 0.7)
        for x in (1, 2):
            band.hit("brush", b + x, 0.4)
    if _full(bar):
        band.chord("organ", bar.root, bar.minor, b, 3, 0.14)


def _swing(band: Band, bar: Bar) -> None:
    b = bar.beat
    walk = [0, 4, 7, 9 if bar.index % 2 else 10]
    for i in range(4):
        band.play("bass", 36 + (bar.root + walk[i]) % 12, b + i, 0.9, 0.55)
    for x in (0, 1, 1.5, 2, 3, 3.5):
        band.hit("ride", b + x, 0.3)
    for x in (1, 3):
        band.hit("hat", b + x, 0.35)
    for x in ((0, 1.5), (0.5, 2.5), (1.5, 3.5))[int(band.rng.integers(3))]:
        band.chord("piano", bar.root, bar.minor, b + x, 0.5, 0.22)
    if _full(bar):
        for x in (0, 1.5, 2.5):
            band.play("brass", 60 + (bar.root + 4) % 12, b + x, 0.7, 0.3)


def _folk(band: Band, bar: Bar) -> None:
    b = bar.beat
    third = 3 if bar.minor else 4
    pattern = (0, 12, 7, 12 + third, 0, 12, 7, 12 + third) if bar.index % 2 else (0, 7, 12, 7, 0, 12 + third, 12, 7)
    for i, step in enumerate(pattern):
        band.play("guitar", 45 + bar.root % 12 + step, b + i / 2, 1.2, 0.42 if i in (0, 4) else 0.24)
    if _full(bar):
        for x in (0, 1, 1.5, 2, 3, 3.5):
            band.chord("guitar", bar.root, bar.minor, b + x, 0.7, 0.14 + 0.06 * (x in (0, 2)))


def _arp(band: Band, bar: Bar) -> None:
    b = bar.beat
    third = 3 if bar.minor else 4
    tones = (0, third, 7, 12)
    band.chord("pad", bar.root, bar.minor, b, 4, 0.2)
    for i in range(16):
        step = tones[(i * 3 + bar.index) % 4]
        band.play("pluck", 60 + bar.root % 12 + step, b + i / 4, 0.22, 0.34 if i % 4 == 0 else 0.2)
    band.play("sub", 36 + bar.root % 12, b, 3.8, 0.4)
    if _full(bar):
        band.hit("kick", b, 0.5)
        band.hit("shaker", b + 2, 0.3)


def _dnb(band: Band, bar: Bar) -> None:
    b = bar.beat
    if bar.label not in ("intro", "break") or bar.index >= 4:
        for x in (0, 2.5):
            band.hit("kick", b + x, 0.95)
        for x in (1, 3):
            band.hit("snare", b + x, 0.8)
        for x in (1.75, 2.25) if bar.index % 2 else (3.5, 3.75):
            band.hit("snare", b + x, 0.2)
    for i in range(8):
        band.hit("hat", b + i / 2, 0.25)
    band.play("sub", 31 + bar.root % 12, b, 1.4, 0.6)
    band.play("sub", 31 + bar.root % 12, b + 2.5, 1.4, 0.6)
    band.chord("pad", bar.root, bar.minor, b, 4, 0.18 if not _full(bar) else 0.28)
    if _full(bar):
        for x in (0, 1.5, 3):
            band.chord("pluck", bar.root, bar.minor, b + x, 0.5, 0.25)


def _hiphop(band: Band, bar: Bar) -> None:
    b = bar.beat
    for x in (0, 1.75, 2.5) if bar.index % 2 else (0, 0.75, 2.5):
        band.hit("kick", b + x, 0.95)
    for x in (1, 3):
        band.hit("clap", b + x, 0.7)
    late = 0.08
    for i in range(16):
        if bar.label == "chorus" or i % 2 == 0 or i in (7, 15):
            band.hit("hat", b + i / 4 + (late if i % 2 else 0.0), 0.2)
    band.play("sub", 31 + bar.root % 12, b, 1.6, 0.6)
    band.play("sub", 31 + bar.root % 12, b + 2.5, 1.2, 0.5)
    band.chord("piano", bar.root, bar.minor, b, 1.5, 0.3)
    band.chord("piano", bar.root, bar.minor, b + 1.75, 1.0, 0.2)


def _bossa(band: Band, bar: Bar) -> None:
    b = bar.beat
    for x in (0, 1.5, 2, 3.5):
        band.play("bass", 36 + (bar.root + (7 if x >= 2 else 0)) % 12, b + x, 0.6 if x in (1.5, 3.5) else 1.3, 0.5)
    clave = (0, 1.5, 3) if bar.index % 2 else (1, 2.5)
    for x in clave:
        band.hit("rim", b + x, 0.45)
    for i in range(8):
        band.hit("shaker", b + i / 2, 0.28 if i % 2 == 0 else 0.2)
    for x in (0, 1, 2.5) if bar.index % 2 else (0.5, 1.5, 3):
        band.chord("guitar", bar.root, bar.minor, b + x, 0.6, 0.22)
    if bar.label != "intro":
        for x in (0, 2):
            band.hit("kick", b + x, 0.45)
    if _full(bar):
        band.chord("strings", bar.root, bar.minor, b, 4, 0.2)


def _reggae(band: Band, bar: Bar) -> None:
    b = bar.beat
    band.hit("kick", b + 2, 0.9)
    band.hit("rim", b + 2, 0.6)
    if _full(bar):
        band.hit("kick", b, 0.8)
    for i in range(8):
        band.hit("hat", b + i / 2, 0.26 if i % 2 == 0 else 0.16)
    for x in (1, 3):
        band.chord("guitar", bar.root, bar.minor, b + x, 0.25, 0.4)
    for x in (0, 0.75, 1.5, 2, 3):
        band.play("bass", 33 + (bar.root + (7 if x == 1.5 else 0)) % 12, b + x, 0.5, 0.6)
    for i in range(4):
        band.chord("organ", bar.root, bar.minor, b + i + 0.5, 0.2, 0.1)


def _orchestra(band: Band, bar: Bar) -> None:
    b = bar.beat
    band.play("strings", 36 + bar.root % 12, b, 0.9, 0.6)
    for x in (1, 2):
        band.chord("strings", bar.root, bar.minor, b + x, 0.6, 0.22)
    third = 3 if bar.minor else 4
    line = (12, 7, 12 + third) if bar.index % 2 else (7, 12, 7)
    for i, step in enumerate(line):
        band.play("strings", 60 + bar.root % 12 + step, b + i, 0.95, 0.2)
    if _full(bar):
        band.play("brass", 60 + bar.root % 12, b, 2.8, 0.35)


def _metal(band: Band, bar: Bar) -> None:
    b = bar.beat
    if bar.first:
        band.hit("crash", b, 0.5)
    fast = _full(bar) or bar.index % 4 == 3
    for i in range(16 if fast else 8):
        band.hit("kick", b + (i / 4 if fast else i / 2), 0.6)
    for x in (1, 3):
        band.hit("snare", b + x, 0.9)
    for i in range(4):
        band.hit("open", b + i, 0.35)
    gallop = (0, 0.5, 0.75, 1, 1.5, 1.75, 2, 2.5, 2.75, 3, 3.5, 3.75)
    for x in gallop:
        band.play("dist", 40 + bar.root % 12, b + x, 0.22, 0.35)
        band.play("bass", 28 + bar.root % 12, b + x, 0.22, 0.4)


def _funk(band: Band, bar: Bar) -> None:
    b = bar.beat
    for x in (0, 0.75, 2.25, 2.5) if bar.index % 2 else (0, 1.75, 2.5):
        band.hit("kick", b + x, 0.9)
    for x in (1, 3):
        band.hit("snare", b + x, 0.75)
    for x in (1.75, 2.75):
        band.hit("snare", b + x, 0.18)
    for i in range(16):
        band.hit("hat", b + i / 4, 0.24 if i % 4 == 0 else 0.14)
    for x, step in ((0, 0), (0.75, 0), (1.5, 7), (2.25, 10), (2.75, 0), (3.5, 5)):
        band.play("bass", 36 + (bar.root + step) % 12, b + x, 0.3, 0.55)
    for x in (0.5, 1.25, 1.75, 3.25) if bar.index % 2 else (0.5, 1.25, 2.75):
        band.chord("guitar", bar.root, bar.minor, b + x, 0.15, 0.3)
    if _full(bar):
        for x in (0, 1.5):
            band.chord("brass", bar.root, bar.minor, b + x, 0.4, 0.25)


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


_LONG = (("intro", 8), ("verse", 16), ("chorus", 8), ("verse", 16), ("bridge", 8), ("chorus", 16), ("outro", 4))
_SHORT = (("intro", 2), ("verse", 8), ("chorus", 4), ("verse", 8), ("chorus", 4), ("outro", 2))
_DANCE = (("intro", 8), ("verse", 8), ("chorus", 8), ("break", 8), ("chorus", 8), ("outro", 4))

TUNING_STYLES = {
    "rock": Style(_rock),
    "house": Style(_house, loose_s=0.001, form=_DANCE),
    "ballad": Style(_ballad, form=_SHORT),
    "waltz": Style(_waltz, per_bar=3, form=_LONG),
    "swing": Style(_swing, swing=0.66),
    "folk": Style(_folk, loose_s=0.009),
    "arp": Style(_arp, loose_s=0.002),
}
HELD_OUT_STYLES = {
    "dnb": Style(_dnb, loose_s=0.002, form=_LONG),
    "hiphop": Style(_hiphop, loose_s=0.006, form=_SHORT),
    "bossa": Style(_bossa, loose_s=0.007),
    "reggae": Style(_reggae, loose_s=0.006, form=_SHORT),
    "orchestra": Style(_orchestra, per_bar=3, loose_s=0.012, form=_LONG),
    "metal": Style(_metal, loose_s=0.004, form=_LONG),
    "funk": Style(_funk, loose_s=0.005),
}

TUNING_SONGS = (
    SongSpec("rock-120", "rock", 120, 1),
    SongSpec("rock-144-change", "rock", 144, 2, tempo_change=0.8, headers=False),
    SongSpec("house-126", "house", 126, 3, headers=False),
    SongSpec("house-118-drift", "house", 118, 4, drift=0.02),
    SongSpec("ballad-64", "ballad", 64, 5),
    SongSpec("ballad-72-drift", "ballad", 72, 6, drift=0.03, headers=False),
    SongSpec("waltz-150", "waltz", 150, 7),
    SongSpec("waltz-96-drift", "waltz", 96, 8, drift=0.03, headers=False),
    SongSpec("swing-160", "swing", 160, 9),
    SongSpec("swing-112-change", "swing", 112, 10, tempo_change=1.2, headers=False),
    SongSpec("folk-96", "folk", 96, 11),
    SongSpec("folk-82-drift", "folk", 82, 12, drift=0.05, headers=False),
    SongSpec("arp-104", "arp", 104, 13),
    SongSpec("arp-132", "arp", 132, 14, headers=False),
)
HELD_OUT_SONGS = (
    SongSpec("dnb-174", "dnb", 174, 21),
    SongSpec("dnb-168-drift", "dnb", 168, 22, drift=0.015, headers=False),
    SongSpec("hiphop-89", "hiphop", 89, 23),
    SongSpec("hiphop-76", "hiphop", 76, 24, headers=False),
    SongSpec("bossa-130", "bossa", 130, 25),
    SongSpec("bossa-116-drift", "bossa", 116, 26, drift=0.03, headers=False),
    SongSpec("reggae-74", "reggae", 74, 27),
    SongSpec("reggae-82-change", "reggae", 82, 28, tempo_change=1.15, headers=False),
    SongSpec("orchestra-108-drift", "orchestra", 108, 29, drift=0.06),
    SongSpec("orchestra-138", "orchestra", 138, 30, drift=0.02, headers=False),
    SongSpec("metal-180", "metal", 180, 31),
    SongSpec("metal-140-change", "metal", 140, 32, tempo_change=1.25, headers=False),
    SongSpec("funk-104", "funk", 104, 33),
    SongSpec("funk-98-drift", "funk", 98, 34, drift=0.02, headers=False),
)

_CHORDS = {  # scale steps (semitones, minor) a bar
    "verse": ((0, False), (9, True), (5, False), (7, False)),
    "chorus": ((5, False), (7, False), (0, False), (9, True)),
    "bridge": ((2, True), (4, True), (5, False), (7, False)),
    "break": ((9, True), (9, True), (5, False), (5, False)),
}
_WORDS = (
    *("river", "light", "under", "the", "morning", "window", "shadow", "burning", "hollow", "never", "running"),
    *("home", "silver", "letter", "over", "ocean", "slowly", "garden", "winter", "fire", "falling", "open"),
    *("train", "of", "paper", "summer", "rain"),
)
_SYLLABLES = {"the": 1, "light": 1, "home": 1, "of": 1, "train": 1, "rain": 1, "fire": 1}


def make_song(spec: SongSpec) -> SynthSong:
    """Plays one song; the same spec always gives the same samples."""
    style = (TUNING_STYLES | HELD_OUT_STYLES)[spec.style]
    rng = np.random.default_rng(spec.seed)
    bars = sum(count for _, count in style.form)
    band = Band(spec, style.per_bar, bars * style.per_bar, rng, swing=style.swing, loose_s=style.loose_s)
    key = int(rng.integers(12))
    starts: list[tuple[int, str]] = []
    lines: list[tuple[float, float, str]] = []
    stanzas: list[tuple[str, list[str]]] = []
    chorus = _write_words(rng, 4)
    bar_no = 0
    for label, count in style.form:
        starts.append((bar_no, label))
        chords = _CHORDS.get(label, _CHORDS["verse"])
        for index in range(count):
            root, minor = chords[index % 4]
            following = chords[(index + 1) % 4][0]
            beat = (bar_no + index) * style.per_bar
            place = Bar(beat, key + root, minor, key + following, label, index, index == count - 1, index == 0)
            style.player(band, place)
        if label in ("verse", "chorus", "bridge"):
            words = chorus if label == "chorus" else _write_words(rng, max(count // 2, 1))
            sung_lines = _sing(band, words, bar_no, count, key + (5 if label == "chorus" else 0), label == "chorus")
            lines += sung_lines
            stanzas.append((label, [text for _, _, text in sung_lines]))
        bar_no += count
    band.put(note("piano", 48 + key, 1500), band.at(band.total_beats), 0.4)
    beats = band.clock_s[: band.total_beats + 1]
    borders = [band.clock_s[bar * style.per_bar] for bar, _ in starts]
    end_s = len(band.tape) / RATE_HZ
    edges = [0.0, *borders[1:], end_s]
    samples = band.tape / max(float(np.abs(band.tape).max()), 1e-6) * 0.9
    return SynthSong(
        spec=spec,
        samples=samples.astype(np.float32),
        beats=beats,
        downbeats=beats[:: style.per_bar],
        beats_per_bar=style.per_bar,
        sections=[(edges[i], edges[i + 1], label) for i, (_, label) in enumerate(starts)],
        lines=lines,
        lyrics_text=_write_lyrics(stanzas, headers=spec.headers),
        vocals=[(start, end) for start, end, _ in lines],
    )


def _write_words(rng: np.random.Generator, count: int) -> list[str]:
    return [" ".join(rng.choice(_WORDS, size=int(rng.integers(4, 7)))) for _ in range(count)]


def _sing(band: Band, words: list[str], bar: int, bars: int, key: int, high: bool) -> list[tuple[float, float, str]]:
    """Lines of two bars each, entering on, before or after the bar; returns (start, end, text)."""
    out: list[tuple[float, float, str]] = []
    scale = (0, 2, 4, 7, 9)
    entry = float(band.rng.choice([0.0, 0.5, 1.0, -0.5]))
    for number in range(bars // 2):
        text = words[number % len(words)]
        beat = (bar + 2 * number) * band.per_bar + entry
        syllables = sum(_SYLLABLES.get(word, 2) for word in text.split())
        span = 2 * band.per_bar - 1.5
        step = min(1.0, max(0.5, np.floor(span / syllables * 2) / 2))
        start_s = band.at(max(beat, 0))
        degree = int(band.rng.integers(3))
        for index in range(syllables):
            at = max(beat + index * step, 0)
            held = step * (1.8 if index == syllables - 1 else 0.9)
            length_s = band.at(at + held) - band.at(at)
            degree = int(np.clip(degree + band.rng.integers(-1, 2), 0, 4))
            midi = (64 if high else 57) + (key % 12) % 7 + scale[degree]
            band.put(sung(midi, length_s, int(band.rng.integers(5)), band.rng), band.at(at), 0.33)
        end_s = band.at(max(beat + (syllables - 1) * step, 0) + 1.8 * step)
        out.append((start_s, end_s, text))
    return out


def _write_lyrics(stanzas: list[tuple[str, list[str]]], *, headers: bool) -> str:
    parts = []
    for label, rows in stanzas:
        head = [f"[{label.title()}]"] if headers else []
        parts.append("\n".join([*head, *rows]))
    return "\n\n".join(parts) + "\n"
