"""One pass over the sound for all that later steps measure: onsets by band, chroma, timbre, loudness.

It does not know what a beat or a section is. All arrays are float32; time runs along the last axis.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from librosa import filters
from numpy.typing import NDArray
from scipy import fft, ndimage, signal

Floats = NDArray[np.float32]
Advance = Callable[[float], None]

ANALYSIS_RATE_HZ = 22050
FRAME_HOP = 220
"""Samples between frames of the onset envelopes: about 10 ms."""
SLOW_HOP = 2205
"""Samples between frames of chroma and timbre: 0.1 s."""

FRAME_RATE_HZ = ANALYSIS_RATE_HZ / FRAME_HOP
SLOW_RATE_HZ = ANALYSIS_RATE_HZ / SLOW_HOP

BAND_EDGES_HZ = (30.0, 160.0, 600.0, 2400.0, 6000.0, 11000.0)
"""Borders of the onset bands: kick and bass, low middle, voice and snare body, snare noise, hats."""
LOW, LOW_MID, MID, HIGH, AIR = range(5)

_CHUNK = 4096


@dataclass(frozen=True, slots=True)
class SongFeatures:
    """What the song room measures of a song of n frames (~100 Hz) and m slow frames (10 Hz).

    onsets: (5, n), half-wave rises of log magnitude in the bands of BAND_EDGES_HZ, 0 and up.
    tonal: (n,), rises in fine log-frequency bins: new notes without drums.
    chroma: (12, m), from C, each frame at most 1. bass: (12, m), the same below 260 Hz.
    timbre: (13, m), MFCC from coefficient 0. bands_db: (5, m), level of the bands of BAND_EDGES_HZ.
    loudness_db: (n,), frequency-weighted level, floor at -80 below full scale.
    """

    duration_s: float
    onsets: Floats
    tonal: Floats
    loudness_db: Floats
    chroma: Floats
    bass: Floats
    timbre: Floats
    bands_db: Floats

    @property
    def silent(self) -> bool:
        """Whether nothing in the song rises above about -70 dB."""
        return bool(self.loudness_db.max(initial=-80.0) < -70.0)


def resample_for_analysis(samples: Floats, sample_rate_hz: int) -> Floats:
    """Mono samples (n,) at ANALYSIS_RATE_HZ; the same array when it is there already."""
    if sample_rate_hz == ANALYSIS_RATE_HZ:
        return samples
    common = int(np.gcd(sample_rate_hz, ANALYSIS_RATE_HZ))
    up, down = ANALYSIS_RATE_HZ // common, sample_rate_hz // common
    return np.asarray(signal.resample_poly(samples, up, down), np.float32)


def measure_song(samples: Floats, sample_rate_hz: int, advance: Advance | None = None) -> SongFeatures:
    """Measures mono `samples` (n,) in [-1, 1]; memory and time grow linearly, spectra are never kept whole.

    `advance` is called with the fraction done.
    """
    tell: Advance = advance or (lambda _fraction: None)
    sound = resample_for_analysis(samples, sample_rate_hz)
    tell(0.1)
    onsets, loudness = _measure_onsets(sound)
    tell(0.5)
    slow = _measure_slow(sound)
    tell(0.7)
    tonal = _measure_tonal(sound, onsets.shape[-1])
    tell(1.0)
    return SongFeatures(
        duration_s=len(samples) / sample_rate_hz,
        onsets=onsets,
        tonal=tonal,
        loudness_db=loudness,
        chroma=slow.chroma,
        bass=slow.bass,
        timbre=slow.timbre,
        bands_db=slow.bands_db,
    )


def magnitudes(sound: Floats, window: int, hop: int) -> Iterator[Floats]:
    """Chunks (frames, window // 2 + 1) of Hann magnitudes; frame i is centred on sample i * hop.

    A full-scale sine reads about 1.
    """
    count = 1 + len(sound) // hop
    half = window // 2
    taper = np.hanning(window + 1)[:-1].astype(np.float32)
    taper *= 2.0 / taper.sum()
    for first in range(0, count, _CHUNK):
        last = min(first + _CHUNK, count)
        begin, end = first * hop - half, (last - 1) * hop + half
        piece = sound[max(begin, 0) : min(end, len(sound))]
        piece = np.pad(piece, (max(-begin, 0), max(end - len(sound), 0)))
        frames = np.lib.stride_tricks.sliding_window_view(piece, window)[::hop]
        yield np.abs(np.asarray(fft.rfft(frames * taper, axis=1)))


def _measure_onsets(sound: Floats) -> tuple[Floats, Floats]:
    """Band onsets (5, n) and loudness (n,) from short windows (46 ms)."""
    window, lag = 1024, 3
    mel = filters.mel(sr=ANALYSIS_RATE_HZ, n_fft=window, n_mels=64, fmin=30, fmax=11000, norm=None)
    mel = mel.astype(np.float32)
    mel /= np.maximum(mel.sum(axis=1, keepdims=True), 1.0)
    centres_hz = _mel_centres(mel, window)
    groups = np.clip(np.searchsorted(BAND_EDGES_HZ, centres_hz) - 1, 0, 4)
    weights = _loudness_weights(window)
    gain = _level_gain(sound)
    past: Floats | None = None
    rises: list[Floats] = []
    levels: list[Floats] = []
    for chunk in magnitudes(sound, window, FRAME_HOP):
        levels.append(10 * np.log10((chunk * chunk) @ weights + 1e-8))
        log = np.log1p(300.0 * gain * (chunk @ mel.T))
        before = log[:1].repeat(lag, axis=0) if past is None else past
        joined = np.concatenate([before, log])
        past = joined[-lag:]
        wide = ndimage.maximum_filter1d(joined[: len(log)], 3, axis=1)
        rise = np.maximum(log - wide, 0.0)
        rises.append(np.stack([rise[:, groups == band].mean(axis=1) for band in range(5)]))
    return np.concatenate(rises, axis=1).astype(np.float32), np.concatenate(levels).astype(np.float32)


def _mel_centres(mel: Floats, window: int) -> NDArray[np.float64]:
    return np.argmax(mel, axis=1) * (ANALYSIS_RATE_HZ / window)


def _level_gain(sound: Floats) -> float:
    """Brings the louder parts of any song to the same level, so that quiet masters measure alike."""
    block = ANALYSIS_RATE_HZ // 2
    count = max(len(sound) // block, 1)
    power = [float(np.mean(np.square(sound[i * block : (i + 1) * block]))) for i in range(count)]
    rms = float(np.sqrt(np.percentile(power, 90))) if power else 0.0
    return 0.1 / max(rms, 1e-4)


def _loudness_weights(window: int) -> Floats:
    """Power weights a bin: A-weighting at half strength, which follows music at listening level."""
    hz = np.maximum(np.fft.rfftfreq(window, 1 / ANALYSIS_RATE_HZ), 20.0)
    squared = hz**2
    top = 12194.0**2 * squared**2
    bottom = (squared + 20.6**2) * np.sqrt((squared + 107.7**2) * (squared + 737.9**2)) * (squared + 12194.0**2)
    return (0.5 * top / bottom).astype(np.float32)


def _measure_tonal(sound: Floats, frames: int) -> Floats:
    """New notes (frames,) from 93 ms windows 20 ms apart.

    New notes are rises in quarter tones from 90 Hz to 5 kHz.
    """
    window, lag = 2048, 2
    bank = _quarter_tones(window, 90.0, 5000.0)
    gain = _level_gain(sound)
    past: Floats | None = None
    rises: list[Floats] = []
    for chunk in magnitudes(sound, window, 2 * FRAME_HOP):
        log = np.log1p(300.0 * gain * (chunk @ bank.T))
        before = log[:1].repeat(lag, axis=0) if past is None else past
        joined = np.concatenate([before, log])
        past = joined[-lag:]
        rise = np.maximum(log - ndimage.maximum_filter1d(joined[: len(log)], 3, axis=1), 0.0)
        rises.append(rise.mean(axis=1))
    coarse = np.concatenate(rises)
    return np.interp(np.arange(frames) / 2, np.arange(len(coarse)), coarse).astype(np.float32)


def _quarter_tones(window: int, low_hz: float, high_hz: float) -> Floats:
    """Triangles (bins, window // 2 + 1) a quarter tone apart, at least one FFT bin each."""
    count = int(24 * np.log2(high_hz / low_hz))
    step_hz = ANALYSIS_RATE_HZ / window
    centres = np.unique(np.round(low_hz * 2 ** (np.arange(count + 2) / 24) / step_hz)).astype(int)
    bank = np.zeros((len(centres) - 2, window // 2 + 1), np.float32)
    for row, (left, mid, right) in enumerate(zip(centres, centres[1:], centres[2:], strict=False)):
        bank[row, left : mid + 1] = np.linspace(0, 1, mid - left + 1)
        bank[row, mid : right + 1] = np.linspace(1, 0, right - mid + 1)
        bank[row] /= bank[row].sum()
    return bank


@dataclass(frozen=True, slots=True)
class _Slow:
    chroma: Floats
    bass: Floats
    timbre: Floats
    bands_db: Floats


def _measure_slow(sound: Floats) -> _Slow:
    """Chroma, bass chroma, timbre and band levels from long windows (186 ms), every 0.1 s."""
    window = 4096
    mel = filters.mel(sr=ANALYSIS_RATE_HZ, n_fft=window, n_mels=40, fmin=30, fmax=11000)
    pitch = _pitch_classes(window, 160.0, 2500.0)
    low = _pitch_classes(window, 40.0, 260.0)
    hz = np.fft.rfftfreq(window, 1 / ANALYSIS_RATE_HZ)
    edges = np.searchsorted(hz, BAND_EDGES_HZ)
    cosines = _cosines(13, 40)
    parts: list[tuple[Floats, Floats, Floats, Floats]] = []
    for chunk in magnitudes(sound, window, SLOW_HOP):
        power = chunk * chunk
        timbre = 10 * np.log10(power @ mel.T.astype(np.float32) + 1e-9) @ cosines.T
        sums = np.add.reduceat(power, edges[:-1], axis=1)
        sums[:, -1] = power[:, edges[-2] : edges[-1]].sum(axis=1)
        parts.append(
            (
                _unit(_peaks(chunk) @ pitch.T),
                _unit(_peaks(chunk) @ low.T),
                timbre,
                10 * np.log10(sums + 1e-9),
            )
        )
    chroma, bass, timbre, bands = (np.concatenate(p).astype(np.float32) for p in zip(*parts, strict=True))
    return _Slow(chroma.T, bass.T, timbre.T, bands.T)


def _peaks(chunk: Floats) -> Floats:
    """Only local maxima along frequency: chroma then hears notes rather than noise."""
    middle = chunk[:, 1:-1]
    keep = (middle > chunk[:, :-2]) & (middle >= chunk[:, 2:])
    return np.pad(np.where(keep, np.sqrt(middle), 0.0), ((0, 0), (1, 1))).astype(np.float32)


def _unit(rows: Floats) -> Floats:
    top = rows.max(axis=1, keepdims=True)
    return rows / np.maximum(top, 1e-3)


def _pitch_classes(window: int, low_hz: float, high_hz: float) -> Floats:
    """(12, bins) that sums FFT bins by pitch class from C, for A at 440 Hz."""
    hz = np.fft.rfftfreq(window, 1 / ANALYSIS_RATE_HZ)
    inside = (hz >= low_hz) & (hz <= high_hz)
    midi = 69 + 12 * np.log2(np.maximum(hz, 1.0) / 440.0)
    distance = (midi[None, :] - np.arange(12)[:, None] + 6) % 12 - 6
    return (np.exp(-0.5 * (distance / 0.35) ** 2) * inside).astype(np.float32)


def _cosines(count: int, bands: int) -> Floats:
    """Orthonormal DCT-II rows (count, bands)."""
    return np.asarray(fft.dct(np.eye(bands), type=2, norm="ortho", axis=0), np.float32)[:count]
