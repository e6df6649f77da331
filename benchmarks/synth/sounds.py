"""Notes, drums and sung syllables from numpy: the sounds of the first bands, mono at 22050 Hz. It plays no music."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import signal

Sound = NDArray[np.float32]
RATE_HZ = 22050


def decay(length_s: float, tau_s: float) -> Sound:
    t = np.arange(int(length_s * RATE_HZ)) / RATE_HZ
    return np.exp(-t / tau_s).astype(np.float32)


def fade(sound: Sound, attack_s: float, release_s: float) -> Sound:
    sound = sound.copy()
    rise, fall = max(int(attack_s * RATE_HZ), 1), max(int(release_s * RATE_HZ), 1)
    rise, fall = min(rise, len(sound)), min(fall, len(sound))
    sound[:rise] *= np.linspace(0, 1, rise, dtype=np.float32)
    sound[-fall:] *= np.linspace(1, 0, fall, dtype=np.float32)
    return sound


def noise(length_s: float, low_hz: float, high_hz: float, seed: int) -> Sound:
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
            noise(0.02, 800, 4000, 1) * decay(0.02, 0.005), (0, len(t) - int(0.02 * RATE_HZ))
        )
    if kind == "snare":
        body = 0.5 * np.sin(2 * np.pi * 190 * t) * np.exp(-t / 0.05)
        return (body + 0.7 * noise(0.4, 900, 8000, 2) * np.exp(-t / 0.08)).astype(np.float32)
    if kind == "brush":
        return 0.5 * noise(0.3, 1500, 9000, 3) * fade(decay(0.3, 0.08), 0.02, 0.02)
    if kind == "clap":
        return 0.9 * noise(0.25, 900, 5000, 4) * decay(0.25, 0.06)
    if kind == "rim":
        return (np.sin(2 * np.pi * 1700 * t[:2000]) * np.exp(-t[:2000] / 0.012)).astype(np.float32)
    if kind == "tom":
        sweep = 2 * np.pi * np.cumsum(110 + 60 * np.exp(-t / 0.05)) / RATE_HZ
        return (np.sin(sweep) * np.exp(-t / 0.15)).astype(np.float32)
    lengths = {"hat": (0.08, 0.02), "open": (0.3, 0.1), "ride": (0.5, 0.18), "crash": (1.6, 0.5), "shaker": (0.1, 0.03)}
    length_s, tau_s = lengths[kind]
    low = 3500 if kind in ("crash", "ride") else 6500
    hit = noise(length_s, low, 10900, 5) * decay(length_s, tau_s)
    return fade(hit, 0.012, 0.01) if kind == "shaker" else hit


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
    return fade((out / sum(_PARTIALS[kind])).astype(np.float32), attack, release)


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
    voice = fade((out * 0.5).astype(np.float32), 0.03, 0.05)
    hiss = noise(0.05, 3000, 9000, int(rng.integers(1000))) * decay(0.05, 0.02) * rng.uniform(0.05, 0.3)
    voice[: len(hiss)] += hiss[: len(voice)]
    return voice
