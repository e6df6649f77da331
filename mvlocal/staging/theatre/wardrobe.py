"""The colours that people and things are cut from, by the look, the hour and how far away they stand.

It knows nothing of shapes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp

from mvlocal.schema.staging import Look, Staging
from mvlocal.schema.story import Colours
from mvlocal.staging.paint.palette import Floats, Tones, hex_to_rgb, mix

Garb = int | str

_SHADOW: Mapping[str, tuple[str, float]] = {
    "skin": ("near", 0.22),
    "hair": ("near", 0.0),
    "garment": ("near", 0.16),
    "garment_dark": ("near", 0.06),
    "legs": ("near", 0.05),
    "shoes": ("near", 0.0),
    "accent": ("accent", 0.42),
    "mark": ("near", 0.0),
    "ink": ("near", 0.0),
    "mid": ("mid", 0.45),
    "pale": ("horizon", 0.5),
    "lamp": ("lamp", 0.9),
}
"""In shadow nearly all is ink: each tone leans a little towards one of the place's."""

_PAPER: Mapping[str, tuple[str, float]] = {
    "hair": ("near", 0.1),
    "legs": ("near", 0.55),
    "shoes": ("near", 0.05),
    "accent": ("accent", 0.95),
    "ink": ("near", 0.15),
    "mid": ("mid", 0.85),
    "pale": ("pale", 0.85),
    "lamp": ("lamp", 0.95),
}
_SKIN = hex_to_rgb("#cf9672")
"""Skin in coloured paper before the place's light is on it."""

_HAZE = {"clear": 0.34, "wind": 0.36, "cloudy": 0.42, "rain": 0.55, "snow": 0.55, "fog": 0.8}
_DIM = {"night": 0.42, "dusk": 0.24, "dawn": 0.16}


@dataclass(frozen=True, slots=True)
class Papers:
    """What a staged shot's people and things are cut from."""

    look: Look
    tones: Tones
    palette: Colours
    haze: float
    dim: float

    def of(self, tone: str, garment: Garb, far: float) -> Floats:
        """The colour (3,) of `tone` for somebody who wears `garment` (a palette colour's number, or a colour of its
        own), `far` times the stand's distance away (1 at the stand, larger beyond)."""
        colour = self._coloured(tone, garment) if self.look in ("paper", "mixed") else self._shadow(tone)
        share = self.haze * (1 - exp(-max(far - 1, 0) / 2.5))
        return mix(colour, self.tones.haze, share) if share > 0.01 else colour

    def _shadow(self, tone: str) -> Floats:
        name, share = _SHADOW[tone]
        return mix(self.tones.ink, getattr(self.tones, name), share)

    def _coloured(self, tone: str, garment: Garb) -> Floats:
        if tone in ("skin", "mark"):
            skin = mix(_SKIN, mix(self.tones.pale, self.tones.accent, 0.4), 0.3)
            colour = skin if tone == "skin" else mix(skin, self.tones.ink, 0.55)
        elif tone in ("garment", "garment_dark"):
            own = hex_to_rgb(self.palette[garment] if isinstance(garment, int) else garment)
            colour = mix(own, self.tones.mid, 0.15)
            colour = mix(colour, self.tones.ink, 0.38) if tone == "garment_dark" else colour
        else:
            name, share = _PAPER[tone]
            colour = mix(self.tones.ink, getattr(self.tones, name), share)
        return mix(colour, self.tones.ink, self.dim) if tone != "lamp" else colour


def papers_of(staging: Staging, tones: Tones, palette: Colours) -> Papers:
    """The papers of a staged shot."""
    return Papers(staging.look, tones, palette, _HAZE[staging.weather], _DIM.get(staging.time_of_day, 0.0))
