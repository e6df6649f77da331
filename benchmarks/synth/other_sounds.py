"""Sounds of the held-out bands, made in other ways than the first: plucked strings, FM, filtered saws, skins, rooms.

It plays no music and shares no instrument with synth.sounds.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from synth.sounds import RATE_HZ, Sound

Reals = NDArray[np.float64]


def _time(length_s: float) -> Reals:
    return np.arange(max(int(length_s * RATE_HZ), 2)) / RATE_HZ


def _hz(midi: float) -> float:
    return 440.0 * 2 ** ((midi - 69) / 12)


def _hiss(length_s: float, seed: int, low_hz: float, high_hz: float) -> Reals:
    white = np.random.default_rng(seed).standard_normal(len(_time(length_s)))
    sos = signal.butter(3, [low_hz, min(high_hz, 10800)], "bandpass", fs=RATE_HZ, output="sos")
    return np.asarray(signal.sosfilt(sos, white))


def _shape(sound: Reals, attack_s: float, release_s: float) -> Sound:
    rise, fall = max(int(attack_s * RATE_HZ), 2), max(int(release_s * RATE_HZ), 2)
    rise, fall = min(rise, len(sound)), min(fall, len(sound))
    out = sound.copy()
    out[:rise] *= np.sin(np.linspace(0, np.pi / 2, rise)) ** 2
    out[-fall:] *= np.cos(np.linspace(0, np.pi / 2, fall)) ** 2
    return out.astype(np.float32)


@lru_cache(maxsize=4096)
def string(midi: int, length_ms: int, bright: float = 0.5) -> Sound:
    """A plucked string after Karplus and Strong (1983); `bright` 0 to 1."""
    period = RATE_HZ / _hz(midi)
    size = int(period - 0.5)
    burst = np.random.default_rng(midi).uniform(-1, 1, size)
    burst = signal.lfilter([bright], [1, bright - 1], burst)
    source = np.concatenate([burst, np.zeros(int(length_ms / 1000 * RATE_HZ))])
    part = period - 0.5 - size
    feedback = np.zeros(size + 3)
    feedback[0] = 1.0
    feedback[size:] -= (0.996 if midi > 50 else 0.999) * np.convolve([0.5, 0.5], [1 - part, part])
    out = np.asarray(signal.lfilter([1.0], feedback, source))
    return _shape(out / max(float(np.abs(out).max()), 1e-6), 0.001, 0.02)


@lru_cache(maxsize=4096)
def bell(midi: int, length_ms: int, ratio: float = 2.0, index: float = 2.0, tau_s: float = 0.8) -> Sound:
    """Two-operator FM: electric pianos, bells, mallets."""
    t = _time(length_ms / 1000 + 0.1)
    phase = 2 * np.pi * _hz(midi) * t
    out = np.sin(phase + index * np.exp(-t / (0.4 * tau_s)) * np.sin(ratio * phase)) * np.exp(-t / tau_s)
    return _shape(out, 0.002, 0.08)


@lru_cache(maxsize=4096)
def saw(midi: int, length_ms: int, cutoff_hz: float = 2500.0, attack_ms: int = 10, spread: float = 0.004) -> Sound:
    """Three detuned saws through a low-pass filter: synth bass, string machines, leads."""
    t = _time(length_ms / 1000 + 0.05)
    out = np.zeros(len(t))
    for detune in (-spread, 0.0, 0.7 * spread):
        out += signal.sawtooth(2 * np.pi * _hz(midi) * (1 + detune) * t + 7 * detune / max(spread, 1e-6))
    sos = signal.butter(2, min(cutoff_hz, 10000), "lowpass", fs=RATE_HZ, output="sos")
    return _shape(np.asarray(signal.sosfilt(sos, out)) / 3, attack_ms / 1000, 0.05)


@lru_cache(maxsize=4096)
def reed(midi: int, length_ms: int, odd: float = 0.6, breath: float = 0.03, attack_ms: int = 25) -> Sound:
    """A blown tone with breath: clarinet (odd near 1), accordion, horn (odd near 0)."""
    t = _time(length_ms / 1000 + 0.06)
    shake = 0.004 * np.sin(2 * np.pi * 5.3 * t) * np.clip(t / 0.3, 0, 1)
    phase = 2 * np.pi * _hz(midi) * (t + np.cumsum(shake) / RATE_HZ)
    out = np.zeros(len(t))
    for number in range(1, 14):
        if number * _hz(midi) < 9500:
            out += (1 - odd * (number % 2 == 0)) / number**1.1 * np.sin(number * phase)
    out = out / 2 + breath * _hiss(len(t) / RATE_HZ, midi, 1500, 7000)[: len(t)]
    return _shape(out, attack_ms / 1000, 0.06)


@lru_cache(maxsize=4096)
def bowed(midi: int, length_ms: int, attack_ms: int = 60) -> Sound:
    """A section of strings: many slightly mistuned players."""
    rng = np.random.default_rng(midi * 7)
    t = _time(length_ms / 1000 + 0.15)
    out = np.zeros(len(t))
    for _ in range(5):
        tuned = _hz(midi) * (1 + rng.normal(0, 0.002))
        wander = 0.003 * np.sin(2 * np.pi * rng.uniform(4.5, 6) * t + rng.uniform(0, 6)) / 5
        out += signal.sawtooth(2 * np.pi * tuned * (t + wander) + rng.uniform(0, 6))
    sos = signal.butter(1, min(3.5 * _hz(midi) + 800, 9000), "lowpass", fs=RATE_HZ, output="sos")
    return _shape(np.asarray(signal.sosfilt(sos, out)) / 4, attack_ms / 1000, 0.15)


def _modes(t: Reals, modes: tuple[tuple[float, float, float], ...]) -> Reals:
    """Sum of (hertz, weight, decay in seconds)."""
    return np.sum([w * np.sin(2 * np.pi * f * t + f) * np.exp(-t / d) for f, w, d in modes], axis=0)


def _metal(length_s: float, tau_s: float, base_hz: float) -> Reals:
    t = _time(length_s)
    ratios = (1.0, 1.342, 1.2312, 1.6532, 1.9523, 2.1523)
    out = np.sum([np.sign(np.sin(2 * np.pi * base_hz * r * t + i)) for i, r in enumerate(ratios)], axis=0)
    sos = signal.butter(3, 5000, "highpass", fs=RATE_HZ, output="sos")
    return np.asarray(signal.sosfilt(sos, out)) * np.exp(-t / tau_s) / 3


@lru_cache(maxsize=64)
def skin(kind: str) -> Sound:
    """One hit: room kit (boom, crack, tip, wash, bell), machine (eight, snap, tick), orchestra, hands and wood."""
    t = _time(0.5)
    if kind == "boom":
        out = _modes(t, ((62, 1.0, 0.13), (118, 0.5, 0.05), (190, 0.25, 0.03))) + 0.15 * _hiss(0.5, 3, 200, 5000) * (
            np.exp(-t / 0.012)
        )
    elif kind == "crack":
        out = _modes(t, ((205, 0.6, 0.06), (340, 0.4, 0.04))) + 0.5 * _hiss(0.5, 4, 1200, 9500) * np.exp(-t / 0.11)
    elif kind == "ghost":
        out = 0.5 * _hiss(0.5, 5, 1500, 8000) * np.exp(-t / 0.035)
    elif kind == "tip":
        out = _metal(0.5, 0.03, 540)
    elif kind == "wash":
        out = _metal(0.5, 0.2, 500) + 0.2 * _hiss(0.5, 6, 4000, 10500) * np.exp(-t / 0.2)
    elif kind == "plate":
        out = 0.4 * _metal(0.5, 0.25, 410) + 0.5 * _modes(t, ((2900, 0.5, 0.1), (4100, 0.4, 0.08)))
    elif kind == "eight":
        t = _time(0.9)
        out = np.sin(2 * np.pi * np.cumsum(46 + 60 * np.exp(-t / 0.015)) / RATE_HZ) * np.exp(-t / 0.4)
    elif kind == "snap":
        bursts = sum(np.roll(np.exp(-t / 0.008), int(d * RATE_HZ)) * (t >= d) for d in (0.0, 0.011, 0.024))
        out = _hiss(0.5, 7, 700, 3500) * (bursts + 0.5 * np.exp(-t / 0.09))
    elif kind == "tick":
        out = _hiss(0.5, 8, 7000, 10800) * np.exp(-t / 0.012) * 1.6
    elif kind == "drumroll":
        out = sum(
            np.roll(_hiss(0.5, 30 + i, 1000, 8000) * np.exp(-t / 0.03), int(i * 0.04 * RATE_HZ)) for i in range(6)
        )
    elif kind == "timpani":
        out = _modes(t, ((98, 1.0, 0.35), (147, 0.6, 0.25), (196, 0.4, 0.2), (245, 0.2, 0.15)))
    elif kind == "palm":
        out = _modes(t, ((95, 0.8, 0.07), (210, 0.5, 0.04))) + 0.3 * _hiss(0.5, 9, 500, 4000) * np.exp(-t / 0.015)
    elif kind == "wood":
        out = _modes(t, ((1250, 0.8, 0.02), (2480, 0.4, 0.012)))
    elif kind == "cow":
        out = 0.5 * (np.sign(_modes(t, ((560, 1, 1),))) + np.sign(_modes(t, ((845, 1, 1),)))) * np.exp(-t / 0.06)
    else:
        raise KeyError(kind)
    return _shape(np.asarray(out), 0.0008, 0.02)


def room(sound: Sound, seed: int, tail_s: float, wet: float) -> Sound:
    """The sound in a room whose echoes die away by e in `tail_s` seconds; `wet` is their share."""
    t = _time(4 * tail_s)
    echo = np.random.default_rng(seed).standard_normal(len(t)) * np.exp(-t / tail_s)
    echo = signal.sosfilt(signal.butter(1, [200, 5000], "bandpass", fs=RATE_HZ, output="sos"), echo)
    tail = signal.fftconvolve(sound, echo / np.sqrt(np.sum(echo**2)))[: len(sound)]
    return (sound * (1 - wet) + wet * tail).astype(np.float32)
