"""Light that answers the music."""

from __future__ import annotations

import numpy as np
import pytest
from staging_support import RATE, music

from mvlocal.backends.base import ShotMusic
from mvlocal.staging.theatre.light import pulses, shot_light, smoothed
from mvlocal.timing import FrameSpan


def test_a_downbeat_lifts_the_light_and_lets_it_fall() -> None:
    light = shot_light(music(96, downbeats=[2.0]), FrameSpan(0, 96), RATE)
    peak = int(light.gain.argmax())
    assert abs(peak - 48) <= 1
    assert 1.02 < light.gain[peak] < 1.06
    assert light.gain[peak + 24] < 1.005


def test_loud_sections_pulse_more() -> None:
    quiet, loud = (
        shot_light(music(48, energy=e, downbeats=[1.0]), FrameSpan(0, 48), RATE).gain.max() for e in (0.05, 1.0)
    )
    assert 1.005 < quiet < loud < 1.06


def test_light_never_flickers() -> None:
    rng = np.random.default_rng(2)
    sound = ShotMusic("chorus", 0.9, [], [], rng.random(240).astype(np.float32), ())
    gain = shot_light(sound, FrameSpan(0, 240), RATE).gain
    assert np.abs(np.diff(gain)).max() < 0.008


def test_pulses_cross_a_cut_unbroken() -> None:
    before, after = np.arange(0, 24) / 24, np.arange(24, 48) / 24
    both = np.concatenate([pulses(before, [0.9]), pulses(after, [0.9])])
    assert both == pytest.approx(pulses(np.arange(48) / 24, [0.9]))


def test_light_goes_on_before_and_after_the_shot() -> None:
    sound = ShotMusic("chorus", 0.9, [2.2], [0.8, 2.2], np.linspace(0, 1, 48, dtype=np.float32), ())
    plain = shot_light(sound, FrameSpan(24, 72), RATE)
    wide = shot_light(sound, FrameSpan(24, 72), RATE, 6, 9)
    assert len(wide.gain) == 6 + 48 + 9
    assert np.array_equal(wide.gain[6:54], plain.gain)
    assert np.array_equal(wide.glow[6:54], plain.glow)


def test_energy_that_is_missing_is_refused_and_short_energy_is_held() -> None:
    empty = ShotMusic("verse", 0.5, [], [], np.zeros(0, np.float32), ())
    with pytest.raises(ValueError, match="empty"):
        shot_light(empty, FrameSpan(0, 5), RATE)
    assert len(smoothed(np.ones(7), 3)) == 7
