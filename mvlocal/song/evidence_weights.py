"""Weights of the evidence for a reading of the pulse, fitted by benchmarks/fit_song.py. It holds no code."""

from __future__ import annotations

WEIGHTS: dict[str, float] = {
    "air_crumbs": -0.476,
    "air_half_quarter": 1.417,
    "air_on": 1.262,
    "air_on_half": 1.276,
    "air_on_third": 1.689,
    "harmony_one_of_3": 5.123,
    "harmony_one_of_4": 5.689,
    "harmony_three": -0.558,
    "harmony_wide_one_of_3": 3.301,
    "harmony_wide_one_of_4": 1.868,
    "harmony_wide_three": -1.301,
    "kick_one_of_3": 2.092,
    "kick_one_of_4": 3.576,
    "low_crumbs": -1.093,
    "low_on": 0.599,
    "low_on_half": 3.798,
    "low_on_third": 2.186,
    "snare_crumbs": -0.110,
    "snare_on": 1.741,
    "snare_on_half": 2.735,
    "snare_on_third": 1.591,
    "tempo_off": -1.640,
    "tone_crumbs": -0.406,
    "tone_half_quarter": 1.951,
    "tone_on": 1.406,
    "tone_on_half": 1.031,
    "tone_on_third": 1.929,
    "too_slow": -7.302,
}
