"""Light that answers the music."""

from __future__ import annotations

import numpy as np
import pytest
from staging_support import RATE, music

from mvlocal.backends.base import ShotMusic
from mvlocal.staging.theatre.light import pulses, shot_light, smoothed
from mvlocal.timing import FrameSpan


def test_a_downbeat_lifts_the_light_and_lets_it_fall() -> None:
    light = shot_light(music(96, downbeats=[2.0]), FrameSpan(0, 96), RATE, "cut")
    peak = int(light.gain.argmax())
    assert abs(peak - 48) <= 1
    assert 1.02 < light.gain[peak] < 1.06
    assert light.gain[peak + 24] < 1.005
    assert np.all(light.fade == 1)


def test_loud_sections_pulse_more() -> None:
    quiet, loud = (
        shot_light(music(48, energy=e, downbeats=[1.0]), FrameSpan(0, 48), RATE, "cut").gain.max() for e in (0.05, 1.0)
    )
    assert 1.005 < quiet < loud < 1.06


def test_light_never_flickers() -> None:
    rng = np.random.default_rng(2)
    sound = ShotMusic("chorus", 0.9, [], [], rng.random(240).astype(np.float32), ())
    gain = shot_light(sound, FrameSpan(0, 240), RATE, "cut").gain
    assert np.abs(np.diff(gain)).max() < 0.008


def test_pulses_cross_a_cut_unbroken() -> None:
    before, after = np.arange(0, 24) / 24, np.arange(24, 48) / 24
    both = np.concatenate([pulses(before, [0.9]), pulses(after, [0.9])])
    assert both == pytest.approx(pulses(np.arange(48) / 24, [0.9]))


def test_a_dip_comes_up_from_black() -> None:
    fade = shot_light(music(96), FrameSpan(0, 96), RATE, "dip").fade
    assert fade[0] == 0
    assert np.all(np.diff(fade) >= 0)
    assert fade[13:].min() == 1


def test_energy_that_is_missing_is_refused_and_short_energy_is_held() -> None:
    empty = ShotMusic("verse", 0.5, [], [], np.zeros(0, np.float32), ())
    with pytest.raises(ValueError, match="empty"):
        shot_light(empty, FrameSpan(0, 5), RATE, "cut")
    assert len(smoothed(np.ones(7), 3)) == 7
