"""A sung voice by additive synthesis: harmonics of the note, weighted by the vowel's formants.

Knows syllables and notes; nothing of words, chords or the mix.
Source: formant frequencies after Peterson and Barney (1952), women's averages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage, signal
from score import Syllable, beat_to_s
from synth import SAMPLE_RATE_HZ, Audio, band_noise

_FRAME_HZ = 250
_TOP_HZ = 11_000.0
_FormantHz = tuple[float, float, float]

_VOWELS: dict[str, tuple[_FormantHz, _FormantHz]] = {
    "AA": ((850, 1220, 2810), (850, 1220, 2810)),
    "AE": ((860, 2000, 2850), (820, 1950, 2800)),
    "AH": ((760, 1400, 2780), (760, 1400, 2780)),
    "AX": ((600, 1450, 2750), (600, 1450, 2750)),
    "AO": ((620, 960, 2710), (600, 950, 2710)),
    "EH": ((640, 2250, 2990), (640, 2200, 2990)),
    "ER": ((520, 1600, 2050), (500, 1560, 1950)),
    "IH": ((450, 2400, 3070), (450, 2350, 3070)),
    "IY": ((340, 2750, 3310), (330, 2790, 3310)),
    "UW": ((400, 1000, 2670), (380, 950, 2670)),
    "AY": ((850, 1300, 2800), (480, 2300, 3000)),
    "AW": ((850, 1300, 2800), (480, 1050, 2700)),
    "EY": ((600, 2250, 2950), (380, 2650, 3200)),
    "OW": ((600, 1050, 2700), (430, 900, 2650)),
}


@dataclass(frozen=True, slots=True)
class _Consonant:
    """Voiced level 0-1, formants while it lasts (None: the vowel's own), and its noise."""

    duration_s: float
    voicing: float
    formants: _FormantHz | None = None
    noise_hz: tuple[float, float] | None = None
    noise_level: float = 0.0


_CONSONANTS = {
    "m": _Consonant(0.065, 0.42, (290, 1100, 2400)),
    "n": _Consonant(0.060, 0.42, (290, 1700, 2650)),
    "ng": _Consonant(0.060, 0.40, (290, 2100, 2700)),
    "l": _Consonant(0.060, 0.62, (400, 1150, 2850)),
    "r": _Consonant(0.065, 0.62, (430, 1350, 1750)),
    "w": _Consonant(0.070, 0.55, (350, 750, 2400)),
    "y": _Consonant(0.060, 0.55, (320, 2650, 3200)),
    "v": _Consonant(0.050, 0.30, (350, 1300, 2500), (1500, 8000), 0.05),
    "dh": _Consonant(0.045, 0.32, (350, 1500, 2600), (2500, 8000), 0.04),
    "z": _Consonant(0.070, 0.22, (330, 1700, 2600), (4500, 11000), 0.14),
    "jh": _Consonant(0.070, 0.15, (330, 1900, 2600), (2500, 7500), 0.22),
    "b": _Consonant(0.045, 0.14, (300, 900, 2300), (300, 1800), 0.10),
    "d": _Consonant(0.040, 0.14, (300, 1750, 2700), (2800, 7000), 0.12),
    "g": _Consonant(0.045, 0.14, (300, 2000, 2500), (1400, 3200), 0.12),
    "s": _Consonant(0.095, 0.0, None, (4800, 11500), 0.22),
    "sh": _Consonant(0.095, 0.0, None, (2200, 7000), 0.24),
    "ch": _Consonant(0.085, 0.0, None, (2400, 7500), 0.30),
    "f": _Consonant(0.080, 0.0, None, (1500, 9000), 0.10),
    "h": _Consonant(0.065, 0.0, None, (700, 4500), 0.12),
    "t": _Consonant(0.055, 0.0, None, (3000, 9000), 0.26),
    "k": _Consonant(0.060, 0.0, None, (1500, 4500), 0.24),
    "p": _Consonant(0.055, 0.0, None, (400, 2500), 0.20),
}
_STOPS = frozenset("bdgptk")


@dataclass(frozen=True, slots=True)
class Take:
    """How a line is sung: transposition per note is added to the written notes."""

    seed: int
    level: float = 1.0
    breath: float = 0.04
    brightness: float = 1.0
    detune_cents: float = 0.0
    late_s: float = 0.0
    consonants: float = 0.7


@dataclass(frozen=True, slots=True)
class _Key:
    """A point of the voice's control track."""

    time_s: float
    voicing: float
    formants: _FormantHz


@dataclass(frozen=True, slots=True)
class _Burst:
    time_s: float
    duration_s: float
    band_hz: tuple[float, float]
    level: float
    stop: bool


def sing(syllables: Sequence[Syllable], take: Take, samples: int) -> Audio:
    """One sung line, mono (samples,), at its place in the song."""
    rng = np.random.default_rng(take.seed)
    keys, bursts = _articulate(syllables)
    start_s = keys[0].time_s - 0.1
    frames = int((keys[-1].time_s + 0.3 - start_s) * _FRAME_HZ)
    times = start_s + np.arange(frames) / _FRAME_HZ
    notes = _glide(syllables, times, rng) + take.detune_cents / 100.0
    voicing = _voicing(keys, times, rng)
    voice = _harmonics(440.0 * 2.0 ** ((notes - 69.0) / 12.0), voicing, _formants(keys, times), take)
    voice += take.breath * _breath(voicing, len(voice), rng)
    out = np.zeros(samples)
    _add(out, voice, start_s + take.late_s, take.level)
    for burst in bursts:
        noise = band_noise(rng, burst.duration_s, burst.band_hz)
        _add(
            out,
            noise * _burst_shape(len(noise), burst.stop),
            burst.time_s + take.late_s,
            take.level * take.consonants * burst.level,
        )
    return out


def _articulate(syllables: Sequence[Syllable]) -> tuple[list[_Key], list[_Burst]]:
    """Control points and noises: the vowel falls on the beat, consonants lead into it and close it."""
    keys: list[_Key] = []
    bursts: list[_Burst] = []
    for syllable in syllables:
        start_s, end_s = beat_to_s(syllable.notes[0][0]), beat_to_s(syllable.end_beat)
        first, last = _VOWELS[syllable.vowel]
        lead_s = sum(_CONSONANTS[c].duration_s for c in syllable.onset)
        squeeze = min(1.0, 0.45 * (end_s - start_s) / max(lead_s, 1e-6))
        now_s = start_s - lead_s * squeeze
        now_s = _close(syllable.onset, now_s, squeeze, first, keys, bursts)
        tail_s = sum(_CONSONANTS[c].duration_s for c in syllable.coda)
        squeeze = min(1.0, 0.40 * (end_s - start_s) / max(tail_s, 1e-6))
        vowel_end_s = end_s - tail_s * squeeze - 0.012
        keys.append(_Key(start_s + 0.02, 1.0, first))
        keys.append(_Key(start_s + 0.55 * (vowel_end_s - start_s), 0.96, first))
        keys.append(_Key(vowel_end_s, 0.78, last))
        now_s = _close(syllable.coda, vowel_end_s, squeeze, last, keys, bursts)
        keys.append(_Key(now_s + 0.03, 0.25 if syllable is not syllables[-1] else 0.0, last))
    ordered = sorted(keys, key=lambda key: key.time_s)
    return [
        _Key(ordered[0].time_s - 0.04, 0.0, ordered[0].formants),
        *ordered,
        _Key(ordered[-1].time_s + 0.05, 0.0, ordered[-1].formants),
    ], bursts


def _close(
    phones: Sequence[str],
    now_s: float,
    squeeze: float,
    vowel: _FormantHz,
    keys: list[_Key],
    bursts: list[_Burst],
) -> float:
    for phone in phones:
        consonant = _CONSONANTS[phone]
        length_s = consonant.duration_s * squeeze
        keys.append(_Key(now_s + 0.3 * length_s, consonant.voicing, consonant.formants or vowel))
        keys.append(_Key(now_s + 0.8 * length_s, consonant.voicing, consonant.formants or vowel))
        if consonant.noise_hz is not None:
            stop = phone in _STOPS
            at_s = now_s + (0.45 * length_s if stop else 0.0)
            noise_s = 0.045 if stop else length_s + 0.02
            bursts.append(_Burst(at_s, noise_s, consonant.noise_hz, consonant.noise_level, stop))
        now_s += length_s
    return now_s


def _glide(syllables: Sequence[Syllable], times: Audio, rng: np.random.Generator) -> Audio:
    """MIDI note at each frame: glides between notes, a scoop into the line, late vibrato, slow drift."""
    notes = [(beat_to_s(beat), note) for syllable in syllables for beat, note in syllable.notes]
    starts = np.array([start for start, _ in notes])
    pitch = np.array([note for _, note in notes])
    index = np.clip(np.searchsorted(starts, times + 0.03, side="right") - 1, 0, len(notes) - 1)
    line = ndimage.gaussian_filter1d(pitch[index], 0.024 * _FRAME_HZ)
    ends = np.array([*starts[1:], beat_to_s(syllables[-1].end_beat)])
    age, long = times - starts[index], (ends - starts)[index] > 0.5
    depth = 0.28 * np.clip((age - 0.28) / 0.35, 0.0, 1.0) * long
    vibrato = ndimage.gaussian_filter1d(depth, 12) * np.sin(2 * np.pi * 5.4 * times + rng.uniform(0, 6.28))
    drift = ndimage.gaussian_filter1d(rng.standard_normal(len(times)), 40) * 0.35
    scoop = -0.9 * np.exp(-np.clip(times - starts[0], 0.0, None) / 0.05)
    return line + vibrato + drift + scoop


def _voicing(keys: Sequence[_Key], times: Audio, rng: np.random.Generator) -> Audio:
    level = np.interp(times, [key.time_s for key in keys], [key.voicing for key in keys])
    flutter = 1.0 + 0.06 * ndimage.gaussian_filter1d(rng.standard_normal(len(times)), 6)
    phrase = 0.9 + 0.1 * np.sin(np.pi * np.linspace(0.0, 1.0, len(times)))
    return ndimage.gaussian_filter1d(level, 0.011 * _FRAME_HZ) * flutter * phrase


def _formants(keys: Sequence[_Key], times: Audio) -> Audio:
    at = [key.time_s for key in keys]
    tracks = [np.interp(times, at, [key.formants[i] for key in keys]) for i in range(3)]
    return np.stack([ndimage.gaussian_filter1d(track, 0.014 * _FRAME_HZ) for track in tracks])


def _harmonics(f0_hz: Audio, voicing: Audio, formants_hz: Audio, take: Take) -> Audio:
    samples = int(len(f0_hz) / _FRAME_HZ * SAMPLE_RATE_HZ)
    at = np.arange(samples) * (_FRAME_HZ / SAMPLE_RATE_HZ)
    frames = np.arange(len(f0_hz))
    phase = 2 * np.pi * np.cumsum(np.interp(at, frames, f0_hz)) / SAMPLE_RATE_HZ
    out = np.zeros(samples)
    for number in range(1, int(_TOP_HZ / f0_hz.min()) + 1):
        hz = number * f0_hz
        weight = _tract(hz, formants_hz) * number ** (-0.85 / take.brightness)
        weight *= voicing * np.clip((_TOP_HZ - hz) / 2000.0, 0.0, 1.0)
        out += np.interp(at, frames, weight) * np.sin(number * phase + 0.4 * number * number)
    return 0.12 * out


def _tract(hz: Audio, formants_hz: Audio) -> Audio:
    """Gain of the vocal tract: resonances in parallel, with a singer's brightness near 3-4 kHz."""
    centres = [*formants_hz, np.full_like(hz, 3900.0), np.full_like(hz, 5000.0)]
    widths, gains = (110.0, 130.0, 190.0, 280.0, 380.0), (1.0, 0.85, 0.60, 0.42, 0.20)
    power = np.full_like(hz, 0.0016)
    for centre, width, gain in zip(centres, widths, gains, strict=True):
        power = power + (gain / (1.0 + ((hz - centre) / width) ** 2) ** 0.75) ** 2
    fundamental = 0.28 * np.exp(-(((hz - 300.0) / 260.0) ** 2))
    return np.sqrt(power) + fundamental


def _breath(voicing: Audio, samples: int, rng: np.random.Generator) -> Audio:
    noise = rng.standard_normal(samples)
    sos = signal.butter(2, [1800.0, 9000.0], "bandpass", fs=SAMPLE_RATE_HZ, output="sos")
    level = np.interp(np.arange(samples) * (_FRAME_HZ / SAMPLE_RATE_HZ), np.arange(len(voicing)), voicing)
    return signal.sosfilt(sos, noise) * level


def _burst_shape(samples: int, stop: bool) -> Audio:
    ramp = np.linspace(0.0, 1.0, samples)
    return np.exp(-5.0 * ramp) * np.minimum(1.0, ramp * 40) if stop else np.sin(np.pi * ramp) ** 0.8


def _add(out: npt.NDArray[np.float64], part: Audio, at_s: float, level: float) -> None:
    start = round(at_s * SAMPLE_RATE_HZ)
    stop = min(len(out), start + len(part))
    out[max(start, 0) : stop] += level * part[max(-start, 0) : stop - start]
