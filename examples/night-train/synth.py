"""The band: drums, bass, keys, strings and sea made from sines and noise, and the desk's effects.

Knows sound; nothing of the song. Mono signals are (samples,), stereo (2, samples), around -1..1.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy import ndimage, signal

SAMPLE_RATE_HZ = 48_000
Audio = npt.NDArray[np.float64]


def note_hz(midi: float) -> float:
    """Frequency of a MIDI note, A4 = 69 = 440 Hz."""
    return 440.0 * 2.0 ** ((midi - 69.0) / 12.0)


def seconds(duration_s: float) -> Audio:
    """Sample times 0 up to duration_s."""
    return np.arange(int(duration_s * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ


def filtered(audio: Audio, kind: str, hz: float | tuple[float, float], order: int = 2) -> Audio:
    """Butterworth filter along the last axis; kind is lowpass, highpass or bandpass."""
    return signal.sosfilt(signal.butter(order, hz, kind, fs=SAMPLE_RATE_HZ, output="sos"), audio)


def band_noise(rng: np.random.Generator, duration_s: float, band_hz: tuple[float, float]) -> Audio:
    """Noise between two frequencies, about unit peak."""
    noise = filtered(rng.standard_normal(int((duration_s + 0.01) * SAMPLE_RATE_HZ)), "bandpass", band_hz)
    noise = noise[int(0.01 * SAMPLE_RATE_HZ) :]
    return noise / (np.abs(noise).max() + 1e-9)


@lru_cache
def kick() -> Audio:
    """A round kick with a little click."""
    t = seconds(0.42)
    body = np.sin(2 * np.pi * (47.0 * t + 0.021 * 95.0 * (1 - np.exp(-t / 0.021)))) * np.exp(-t / 0.13)
    click = band_noise(np.random.default_rng(1), 0.42, (1800.0, 6000.0)) * np.exp(-t / 0.004)
    return np.tanh(1.5 * body) * np.minimum(1.0, (0.42 - t) / 0.05) + 0.16 * click


@lru_cache
def snare() -> Audio:
    """A dry, woody snare."""
    t = seconds(0.32)
    shell = np.sin(2 * np.pi * 186 * t) * np.exp(-t / 0.055) + 0.5 * np.sin(2 * np.pi * 331 * t) * np.exp(-t / 0.035)
    wires = band_noise(np.random.default_rng(2), 0.32, (1400.0, 9500.0)) * np.exp(-t / 0.085)
    return 0.55 * shell + 0.75 * wires


@lru_cache(maxsize=64)
def brush(variant: int) -> Audio:
    """A stroke of a wire brush; variants differ slightly."""
    t = seconds(0.13)
    noise = band_noise(np.random.default_rng(30 + variant), 0.13, (1700.0, 7500.0))
    return noise * np.exp(-t / 0.034) * np.minimum(1.0, t / 0.004)


@lru_cache(maxsize=64)
def hat(decay_ms: int, variant: int) -> Audio:
    """A hi-hat: clustered square partials and air, open or closed by its decay."""
    t = seconds(min(0.9, decay_ms / 1000 * 6))
    metal = sum(np.sign(np.sin(2 * np.pi * hz * t + variant)) for hz in (4021, 5393, 6713, 8117, 9341))
    air = np.random.default_rng(60 + variant).standard_normal(len(t))
    return filtered(0.16 * metal + 0.35 * air, "highpass", 7200.0, 4) * np.exp(-t / (decay_ms / 1000))


@lru_cache
def crash() -> Audio:
    """A soft crash cymbal, stereo."""
    t = seconds(2.6)
    wash = np.random.default_rng(5).standard_normal((2, len(t)))
    wash = filtered(filtered(wash, "highpass", 2600.0), "lowpass", 13_000.0)
    return 0.5 * wash * (0.75 * np.exp(-t / 0.55) + 0.25 * np.exp(-t / 0.06)) * np.minimum(1, t / 0.002)


@lru_cache(maxsize=16)
def tom(hz: float) -> Audio:
    """A tuned tom."""
    t = seconds(0.5)
    body = np.sin(2 * np.pi * (hz * t + 0.03 * hz * 0.6 * (1 - np.exp(-t / 0.03)))) * np.exp(-t / 0.16)
    skin = band_noise(np.random.default_rng(6), 0.5, (400.0, 3000.0)) * np.exp(-t / 0.02)
    return body + 0.2 * skin


@lru_cache
def clap() -> Audio:
    """Three hands not quite together."""
    out = np.zeros(int(0.3 * SAMPLE_RATE_HZ))
    for number, late_s in enumerate((0.0, 0.011, 0.019)):
        t = seconds(0.22)
        part = band_noise(np.random.default_rng(70 + number), 0.22, (900.0, 5200.0)) * np.exp(
            -t / (0.012 + 0.03 * (number == 2))
        )
        start = int(late_s * SAMPLE_RATE_HZ)
        out[start : start + len(part)] += 0.6 * part
    return out


@lru_cache(maxsize=128)
def bass(midi: int, duration_s: float, bite: float) -> Audio:
    """A bass guitar of sorts: a filtered saw that closes, over its own sine."""
    t = seconds(duration_s + 0.06)
    hz = note_hz(midi)
    partials = np.arange(1, 19)
    opening = 2.0 + 7.0 * bite * np.exp(-t / 0.16)
    saw = sum(np.sin(2 * np.pi * hz * n * t) / n * np.exp(-((n / opening) ** 2)) for n in partials)
    shape = np.minimum(1, t / 0.006) * np.exp(-t / 1.6) * np.clip((duration_s + 0.05 - t) / 0.05, 0, 1)
    return np.tanh(1.25 * (saw + 0.5 * np.sin(2 * np.pi * hz * t))) * shape


@lru_cache(maxsize=256)
def electric_piano(midi: int, duration_s: float, velocity: float) -> Audio:
    """A tine piano by frequency modulation."""
    t = seconds(duration_s + 0.4)
    hz = note_hz(midi)
    bark = (0.5 + 1.5 * velocity) * np.exp(-t / 0.5)
    tine = 0.22 * velocity * np.exp(-t / 0.09) * np.sin(2 * np.pi * 14.0 * hz * t)
    tone = np.sin(2 * np.pi * hz * t + bark * np.sin(2 * np.pi * hz * t + 0.3) + tine)
    tone = 0.8 * tone + 0.2 * np.sin(2 * np.pi * 2.001 * hz * t) * np.exp(-t / 0.6)
    release = np.clip((duration_s + 0.38 - t) / 0.38, 0, 1) ** 2
    return velocity * tone * np.minimum(1, t / 0.003) * np.exp(-t / 1.5) * release


@lru_cache(maxsize=256)
def pluck(midi: int, ring_s: float, seed: int) -> Audio:
    """A plucked steel string (Karplus and Strong, 1983), tuned by an all-pass in its loop."""
    period = SAMPLE_RATE_HZ / note_hz(midi) - 0.5
    whole = int(period)
    fraction = period - whole
    rng = np.random.default_rng(seed)
    excite = np.zeros(int(ring_s * SAMPLE_RATE_HZ))
    excite[:whole] = filtered(rng.uniform(-1, 1, whole), "lowpass", 5200.0, 1)
    loss = 10 ** (-3.0 / (note_hz(midi) * 2.4))
    loop = np.zeros(whole + 3)
    loop[0] = 1.0
    loop[whole : whole + 3] -= loss * 0.5 * np.array([1 - fraction, 1.0, fraction])
    tone = signal.lfilter([1.0], loop, excite)
    fade = np.clip((len(tone) - np.arange(len(tone))) / 4800.0, 0, 1)
    return filtered(tone, "highpass", 90.0) * fade


@lru_cache(maxsize=64)
def bell(midi: int) -> Audio:
    """A glockenspiel bar, far away."""
    t = seconds(1.8)
    hz = note_hz(midi)
    partials = ((1.0, 1.0, 0.7), (2.76, 0.35, 0.25), (5.40, 0.16, 0.10))
    tone = sum(level * np.sin(2 * np.pi * hz * ratio * t) * np.exp(-t / decay) for ratio, level, decay in partials)
    return tone * np.minimum(1, t / 0.002)


def strings(midi: int, duration_s: float, cutoff_hz: float, attack_s: float, seed: int) -> Audio:
    """Six detuned bowed voices across the stage, stereo."""
    rng = np.random.default_rng(seed)
    t = seconds(duration_s + 0.7)
    out = np.zeros((2, len(t)))
    for pan in np.linspace(-1.0, 1.0, 6):
        hz = note_hz(midi + rng.normal(0, 0.07))
        wander = 0.0025 * np.sin(2 * np.pi * rng.uniform(4.4, 5.6) * t + rng.uniform(0, 6.28))
        phase = 2 * np.pi * (hz * t + hz * np.cumsum(wander) / SAMPLE_RATE_HZ) + rng.uniform(0, 6.28)
        voice = sum(np.sin(n * phase) / n for n in range(1, min(24, int(9000 / hz)) + 1))
        angle = (pan + 1) * np.pi / 4
        out += voice * np.array([[np.cos(angle)], [np.sin(angle)]])
    shape = np.clip(t / attack_s, 0, 1) ** 1.5 * np.clip((duration_s + 0.65 - t) / 0.65, 0, 1) ** 1.5
    return 0.22 * filtered(out, "lowpass", cutoff_hz) * shape


def horn(duration_s: float) -> Audio:
    """A train's horn, three reeds, far off."""
    t = seconds(duration_s)
    out = np.zeros(len(t))
    for hz in (311.1, 370.0, 466.2):
        bend = hz * (1 - 0.012 * np.exp(-t / 0.12))
        phase = 2 * np.pi * np.cumsum(bend) / SAMPLE_RATE_HZ
        out += sum(np.sin(n * phase) / n**1.3 for n in range(1, 9))
    shape = np.clip(t / 0.12, 0, 1) * np.clip((duration_s - t) / 0.5, 0, 1)
    return filtered(out, "lowpass", 1500.0) * shape


def surf(duration_s: float, seed: int) -> Audio:
    """Waves on shingle, stereo."""
    rng = np.random.default_rng(seed)
    t = seconds(duration_s)
    noise = filtered(rng.standard_normal((2, len(t))), "bandpass", (260.0, 5200.0), 1)
    swell = 0.25 + 0.75 * np.sin(np.pi * ((t / 4.2 + 0.1) % 1.0)) ** 3
    return 0.4 * noise * swell


def riser(duration_s: float, seed: int) -> Audio:
    """Air that brightens and grows toward its end, stereo."""
    noise = np.random.default_rng(seed).standard_normal((2, int(duration_s * SAMPLE_RATE_HZ)))
    ramp = np.linspace(0, 1, noise.shape[1])
    dark, bright = filtered(noise, "bandpass", (500.0, 2500.0)), filtered(noise, "bandpass", (3500.0, 9000.0))
    return (dark * (1 - ramp) + bright * ramp) * ramp**2.4 * np.clip((1 - ramp) * 80, 0, 1)


def hall(seed: int, decay_s: float, damp_hz: float) -> Audio:
    """A room as an impulse response: decaying noise, darker as it dies; stereo, unit energy."""
    rng = np.random.default_rng(seed)
    t = seconds(decay_s * 1.25)
    noise = rng.standard_normal((2, len(t))) * 10 ** (-3.0 * t / decay_s)
    dark = filtered(noise, "lowpass", damp_hz)
    blend = np.clip(t / (0.4 * decay_s), 0, 1)
    tail = filtered(noise * (1 - blend) * 0.5 + dark * (0.5 + 0.5 * blend), "highpass", 220.0)
    tail *= np.clip(t / 0.012, 0, 1)
    tail = np.concatenate([np.zeros((2, int(0.022 * SAMPLE_RATE_HZ))), tail], axis=1)
    return tail / np.sqrt((tail**2).sum(axis=1, keepdims=True))


def reverberate(send: Audio, room: Audio) -> Audio:
    """Convolve a stereo send with a stereo room; same length as the send."""
    return signal.oaconvolve(send, room, axes=1)[:, : send.shape[1]]


def echo(send: Audio, delay_s: float, feedback: float, repeats: int) -> Audio:
    """Echoes that cross from side to side and lose their top; stereo."""
    out = np.zeros_like(send)
    tap = send
    step = int(delay_s * SAMPLE_RATE_HZ)
    for _ in range(repeats):
        tap = feedback * filtered(np.pad(tap[::-1], ((0, 0), (step, 0)))[:, : send.shape[1]], "lowpass", 3400.0, 1)
        out += tap
    return out


def pan(mono: Audio, position: float) -> Audio:
    """Constant-power pan, -1 left to 1 right: stereo."""
    angle = (position + 1) * np.pi / 4
    return np.stack([mono * np.cos(angle), mono * np.sin(angle)]) * np.sqrt(2)


def limit(audio: Audio, ceiling: float) -> Audio:
    """Soft knee, then a look-ahead limiter that holds every sample under the ceiling."""
    soft = np.tanh(audio * 0.8) / 0.8
    window = int(0.005 * SAMPLE_RATE_HZ)
    need = np.minimum(1.0, ceiling / np.maximum(np.abs(soft).max(axis=0), 1e-9))
    held = ndimage.minimum_filter1d(need, 2 * window + 1)
    return soft * ndimage.uniform_filter1d(held, window)


def loudness_lufs(audio: Audio) -> float:
    """Integrated loudness of 48 kHz stereo. Source: ITU-R BS.1770-4, gating and 48 kHz coefficients."""
    shelf = (
        [1.53512485958697, -2.69169618940638, 1.19839281085285],
        [1.0, -1.69065929318241, 0.73248077421585],
    )
    high = ([1.0, -2.0, 1.0], [1.0, -1.99004745483398, 0.99007225036621])
    weighted = signal.lfilter(*high, signal.lfilter(*shelf, audio))
    block, hop = int(0.4 * SAMPLE_RATE_HZ), int(0.1 * SAMPLE_RATE_HZ)
    starts = range(0, audio.shape[1] - block, hop)
    power = np.array([(weighted[:, s : s + block] ** 2).mean(axis=1).sum() for s in starts])
    loud = power[-0.691 + 10 * np.log10(power + 1e-12) > -70.0]
    gate = 10 * np.log10(loud.mean()) - 0.691 - 10.0
    return float(-0.691 + 10 * np.log10(loud[-0.691 + 10 * np.log10(loud) > gate].mean()))
