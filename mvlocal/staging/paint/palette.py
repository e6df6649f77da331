"""Colour of a place: its five palette colours turned into the tones of a time of day and a weather.

It knows nothing of shapes. Colours are float32 sRGB-coded in [0, 1], shape (3,); mixing is done in OKLab.

Source: Björn Ottosson, "A perceptual color space for image processing" (2020), for OKLab and its matrices.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from mvlocal.schema.story import Colours, TimeOfDay, Weather

Floats = NDArray[np.float32]

_LMS_OF_RGB = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    np.float64,
)
_LAB_OF_LMS = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ],
    np.float64,
)
_RGB_OF_LMS = np.linalg.inv(_LMS_OF_RGB)
_LMS_OF_LAB = np.linalg.inv(_LAB_OF_LMS)


def hex_to_rgb(colour: str) -> Floats:
    """`#rrggbb` as sRGB-coded floats."""
    return np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)], np.float32)


def rgb_to_oklab(rgb: NDArray[np.floating]) -> NDArray[np.float64]:
    """sRGB-coded (..., 3) in [0, 1] to OKLab (..., 3): L in [0, 1], a and b about -0.4 to 0.4."""
    coded = np.asarray(rgb, np.float64)
    linear = np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)
    return np.cbrt(linear @ _LMS_OF_RGB.T) @ _LAB_OF_LMS.T


def oklab_to_rgb(lab: NDArray[np.floating]) -> Floats:
    """OKLab (..., 3) to sRGB-coded (..., 3), clipped to the gamut."""
    linear = np.clip(((np.asarray(lab, np.float64) @ _LMS_OF_LAB.T) ** 3) @ _RGB_OF_LMS.T, 0, 1)
    coded = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return coded.astype(np.float32)


def mix(a: Floats, b: Floats, t: float) -> Floats:
    """The colour a share `t` of the way from `a` to `b`."""
    return oklab_to_rgb(rgb_to_oklab(a) * (1 - t) + rgb_to_oklab(b) * t)


def lift(colour: Floats, lightness: float, amount: float = 1.0, chroma: float = 1.0) -> Floats:
    """`colour` moved by share `amount` toward OKLab `lightness`, its chroma scaled by `chroma`."""
    lab = rgb_to_oklab(colour)
    lab[0] += (lightness - lab[0]) * amount
    lab[1:] *= chroma
    return oklab_to_rgb(lab)


def gradient(stops: Sequence[tuple[float, Floats]], at: NDArray[np.floating]) -> Floats:
    """Colours at positions `at` (n,) of a gradient through `stops` (position, colour), as (n, 3)."""
    positions = [position for position, _ in stops]
    lab = np.stack([rgb_to_oklab(colour) for _, colour in stops])
    return oklab_to_rgb(np.stack([np.interp(at, positions, lab[:, i]) for i in range(3)], axis=-1))


@dataclass(frozen=True, slots=True)
class Tones:
    """The colours a plate is painted with, from the air down to the ink.

    `zenith`, `sky`, `horizon`: the air; `light`: sun, moon and their glow; `haze`: what distance turns into;
    `far`, `mid`, `near`, `ink`: ground and bodies by distance; `lamp`: windows and lamps; `accent`: the fourth
    colour; `pale`: the lightest.
    """

    zenith: Floats
    sky: Floats
    horizon: Floats
    light: Floats
    haze: Floats
    far: Floats
    mid: Floats
    near: Floats
    ink: Floats
    lamp: Floats
    accent: Floats
    pale: Floats


@dataclass(frozen=True, slots=True)
class _Hour:
    """How a time of day lights a palette: OKLab lightness of the tones, the accent's share in the air,
    and the lightest colour's share in haze."""

    zenith: float
    sky: float
    horizon: float
    far: float
    mid: float
    near: float
    ink: float
    warm_sky: float
    warm_horizon: float
    lamp: float
    pale_haze: float


_HOURS: dict[TimeOfDay, _Hour] = {
    "dawn": _Hour(0.56, 0.72, 0.90, 0.66, 0.46, 0.30, 0.17, 0.14, 0.42, 0.88, 0.4),
    "morning": _Hour(0.68, 0.80, 0.93, 0.71, 0.51, 0.34, 0.19, 0.02, 0.14, 0.93, 0.4),
    "noon": _Hour(0.70, 0.82, 0.94, 0.70, 0.52, 0.36, 0.20, 0.00, 0.04, 0.95, 0.4),
    "afternoon": _Hour(0.64, 0.78, 0.91, 0.66, 0.47, 0.31, 0.18, 0.08, 0.30, 0.92, 0.38),
    "dusk": _Hour(0.33, 0.52, 0.80, 0.45, 0.31, 0.21, 0.12, 0.34, 0.76, 0.87, 0.28),
    "night": _Hour(0.145, 0.25, 0.44, 0.32, 0.24, 0.17, 0.09, 0.0, 0.07, 0.88, 0.06),
}


def hour_tones(palette: Colours, time: TimeOfDay) -> Tones:
    """Tones of a clear day's `time` painted with the five colours of `palette`."""
    hour = _HOURS[time]
    c0, c1, c2, accent, pale = (hex_to_rgb(colour) for colour in palette)
    air = mix(c1, c2, 0.6)
    horizon = mix(mix(c2, pale, min(2 * hour.pale_haze, 0.75)), accent, hour.warm_horizon)
    keep = 0.86
    vivid = 1 + 0.45 * hour.warm_horizon
    return Tones(
        zenith=lift(mix(c1, air, 0.35), hour.zenith, keep),
        sky=lift(mix(air, accent, hour.warm_sky), hour.sky, keep, vivid),
        horizon=lift(horizon, hour.horizon, keep, vivid),
        light=lift(mix(pale, accent, 0.15 + 0.5 * hour.warm_horizon), 0.95, 0.8),
        haze=lift(mix(mix(air, pale, hour.pale_haze), accent, hour.warm_horizon * 0.55), hour.horizon - 0.06, 0.8),
        far=lift(mix(c2, accent, hour.warm_horizon * 0.28), hour.far, keep),
        mid=lift(mix(c1, c2, 0.35), hour.mid, keep),
        near=lift(mix(c0, c1, 0.6), hour.near, keep),
        ink=lift(c0, hour.ink, keep),
        lamp=lift(mix(accent, pale, 0.45), hour.lamp, 0.9),
        accent=lift(accent, 0.62, 0.35),
        pale=pale,
    )


_GREYED: dict[Weather, tuple[float, float, float]] = {
    "clear": (0.0, 1.0, 1.0),
    "wind": (0.06, 0.96, 1.0),
    "cloudy": (0.30, 0.78, 0.95),
    "rain": (0.42, 0.72, 0.88),
    "snow": (0.36, 0.62, 1.02),
    "fog": (0.62, 0.70, 0.98),
}
"""Share of haze in the air, chroma, and lightness of the air, for each weather."""


def weather_tones(tones: Tones, weather: Weather, *, night: bool = False) -> Tones:
    """`tones` under `weather`: the air evens out towards haze and greys; the dark end stays. At night half as much."""
    share, chroma, lightness = _GREYED[weather]
    if night:
        share, chroma, lightness = share * 0.6, (1 + chroma) / 2, 1.0
    haze = _dimmed(tones.haze, lightness, chroma)
    changed = {
        name: _dimmed(mix(getattr(tones, name), haze, share * weight), lightness, chroma)
        for name, weight in _AIRY.items()
    }
    if weather == "snow":
        changed |= {name: mix(changed[name], changed["horizon"], share) for name, share in _SNOWED.items()}
    return replace(tones, haze=haze, **changed)


_AIRY = {"zenith": 0.8, "sky": 0.9, "horizon": 0.55, "far": 0.6, "mid": 0.34, "near": 0.16}
"""How much of the weather's haze each tone takes on."""

_SNOWED = {"far": 0.25, "mid": 0.24, "near": 0.15}
"""How far fallen snow lightens the ground."""


def _dimmed(colour: Floats, lightness: float, chroma: float) -> Floats:
    lab = rgb_to_oklab(colour)
    return oklab_to_rgb(lab * np.array([lightness, chroma, chroma]))


def place_tones(palette: Colours, time: TimeOfDay, weather: Weather) -> Tones:
    """The tones a place is painted with at `time` in `weather`."""
    return weather_tones(hour_tones(palette, time), weather, night=time == "night")


def tones_as_rows(tones: Tones) -> Floats:
    """All tones as (n, 3), for swatches and tests."""
    return np.stack([getattr(tones, f.name) for f in fields(tones)])
