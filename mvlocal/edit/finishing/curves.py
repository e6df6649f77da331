"""Music as curves: what drives a video effect, how fast it takes hold and lets go, and where it may.

It does not know what an effect looks like. A curve is followed from the song's first frame on, so that it crosses a
cut unbroken.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import exp
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

from mvlocal.schema.song import SectionLabel, SongMap
from mvlocal.timing import FrameRate, FrameSpan

Driver = Literal["energy", "beats", "downbeats", "vocals", "bass", "mid", "high"]
Curve = NDArray[np.float64]

BAND_EDGES_HZ = {"bass": (30.0, 150.0), "mid": (150.0, 2500.0), "high": (2500.0, 10_000.0)}
BAND_STEP_S = 0.02
_WINDOW_S = 0.08
_FLOOR_DB, _DIGITS = -45.0, 4
"""A band this far under its loudest moment counts as silent; curves are kept to so many digits."""


@dataclass(frozen=True, slots=True)
class Bands:
    """How loud low, middle and high notes are, 0 to 1 of each one's loudest, every `step_s` seconds from 0."""

    step_s: float
    bass: tuple[float, ...]
    mid: tuple[float, ...]
    high: tuple[float, ...]

    def to_json(self) -> str:
        """As JSON text."""
        return json.dumps(asdict(self))

    @classmethod
    def of_json(cls, text: str) -> Self:
        """What `to_json` wrote."""
        given = json.loads(text)
        return cls(given["step_s"], tuple(given["bass"]), tuple(given["mid"]), tuple(given["high"]))


@dataclass(frozen=True, slots=True)
class Response:
    """How an effect answers the music: from `threshold` (0 to 1) on, within `attack_s`, and out within `decay_s`.

    Only in `sections`, where any are named.
    """

    driver: Driver = "energy"
    threshold: float = 0.5
    attack_s: float = 0.03
    decay_s: float = 0.35
    sections: tuple[SectionLabel, ...] = ()


def bands_of(samples: NDArray[np.float32], sample_rate_hz: int) -> Bands:
    """The bands of mono `samples` (n,), in decibels under each band's loudest moment."""
    step, size = round(BAND_STEP_S * sample_rate_hz), round(_WINDOW_S * sample_rate_hz)
    padded = np.pad(samples, (size // 2, size))
    starts = np.arange(0, len(samples), step)
    bins_hz = np.fft.rfftfreq(size, 1 / sample_rate_hz)
    power = np.empty((len(starts), len(BAND_EDGES_HZ)))
    masks = [(bins_hz >= low) & (bins_hz < high) for low, high in BAND_EDGES_HZ.values()]
    window = np.hanning(size)
    for first in range(0, len(starts), 2048):  # a few seconds at a time: memory stays flat
        rows = starts[first : first + 2048, None] + np.arange(size)
        spectrum = np.abs(np.fft.rfft(padded[rows] * window, axis=1)) ** 2
        for index, mask in enumerate(masks):
            power[first : first + 2048, index] = spectrum[:, mask].sum(axis=1)
    level = 10 * np.log10(np.maximum(power / np.maximum(power.max(axis=0, initial=0), 1e-12), 1e-12))
    values = np.round(np.clip(1 - level / _FLOOR_DB, 0, 1), _DIGITS)
    bass, mid, high = (tuple(float(value) for value in values[:, index]) for index in range(3))
    return Bands(step / sample_rate_hz, bass, mid, high)


def driver_curve(song: SongMap, response: Response, rate: FrameRate, frames: int, bands: Bands | None = None) -> Curve:
    """What drives an effect at each of the song's first `frames` frames, 0 to 1, before threshold and following.

    Raises:
        ValueError: a band is asked for, and `bands` are not given.
    """
    times = np.array([rate.time_of(n) for n in range(frames)])
    driver = response.driver
    if driver == "energy":
        return np.array([song.energy.at(float(t)) for t in times])
    if driver in ("beats", "downbeats"):
        length_s = max(1.001 * rate.frame_s, 2 * response.attack_s)
        return _pulses(times, song.beats if driver == "beats" else song.downbeats, length_s)
    if driver == "vocals":
        return np.array([float(any(span.start_s <= t < span.end_s for span in song.vocals)) for t in times])
    if bands is None:
        raise ValueError(f"the song's {driver} was not measured")
    values: tuple[float, ...] = getattr(bands, driver)
    return np.interp(times, np.arange(len(values)) * bands.step_s, values)


def follow(values: Curve, step_s: float, attack_s: float, decay_s: float) -> Curve:
    """Follows `values` with one time constant upwards and another downwards, from 0.

    Source: the one-pole envelope follower of dynamics processors (U. Zoelzer, "DAFX", chapter 4).
    """
    rise = 1 - exp(-step_s / attack_s) if attack_s > 0 else 1.0
    fall = 1 - exp(-step_s / decay_s) if decay_s > 0 else 1.0
    out = np.empty_like(values)
    level = 0.0
    for index, value in enumerate(values):
        level += (value - level) * (rise if value > level else fall)
        out[index] = level
    return out


def envelope(song: SongMap, response: Response, rate: FrameRate, frames: int, bands: Bands | None = None) -> Curve:
    """How strongly the music acts at each of the song's first `frames` frames, 0 to 1."""
    values = driver_curve(song, response, rate, frames, bands)
    over = np.clip((values - response.threshold) / (1 - response.threshold), 0, 1)
    if response.sections:
        labels = [song.sections[song.section_at(rate.time_of(n))].label for n in range(frames)]
        over = over * np.array([label in response.sections for label in labels])
    return follow(over, rate.frame_s, response.attack_s, response.decay_s)


def shot_curves(
    amounts: Mapping[str, float],
    song: SongMap,
    response: Response,
    frames: tuple[FrameRate, FrameSpan],
    bands: Bands | None = None,
) -> dict[str, list[float]]:
    """Each effect's strength, 0 to 1, at each frame of a shot: one curve, by each effect's amount (0 to 1).

    `frames` are the video's rate and the shot's frames. Effects without an amount have no curve.
    """
    rate, span = frames
    on = {name: amount for name, amount in amounts.items() if amount > 0}
    if not on:
        return {}
    curve = envelope(song, response, rate, span.end, bands)[span.start :]
    return {name: [round(float(value), _DIGITS) for value in curve * amount] for name, amount in on.items()}


def _pulses(times: Curve, moments: Sequence[float], length_s: float) -> Curve:
    """1 for `length_s` from each moment on."""
    if not moments:
        return np.zeros_like(times)
    at = np.asarray(moments)
    # A moment between two frames belongs to the nearer one, as a cut does.
    half = (times[1] - times[0]) / 2 if len(times) > 1 else 0.0
    last = np.searchsorted(at, times + half, side="right") - 1
    since = np.where(last >= 0, times + half - at[np.maximum(last, 0)], np.inf)
    return ((since >= 0) & (since < length_s)).astype(float)
