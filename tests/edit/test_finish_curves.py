"""Music as curves: drivers, the envelope follower, thresholds, sections; the same across cuts."""

from __future__ import annotations

from math import exp

import numpy as np
import pytest

from mvlocal.edit.finishing.curves import Bands, Response, bands_of, driver_curve, envelope, follow, shot_curves
from mvlocal.schema.song import EnergyCurve, Section, SongMap, Span
from mvlocal.timing import FrameRate, FrameSpan

RATE = FrameRate.parse("24")
SONG = SongMap(
    duration_s=8, tempo_bpm=60, beats_per_bar=4, beats=tuple(range(8)), downbeats=(0, 4),
    sections=(
        Section(start_s=0, end_s=4, label="verse", energy=0.3),
        Section(start_s=4, end_s=8, label="chorus", energy=0.9),
    ),
    energy=EnergyCurve(step_s=1, values=(0, 0, 0, 0, 1, 1, 1, 1, 1)),
    vocals=(Span(start_s=1, end_s=2),),
)  # fmt: skip


def test_the_follower_rises_by_attack_and_falls_by_decay() -> None:
    values = np.array([0.0, 1, 1, 1, 0, 0, 0])
    out = follow(values, 0.1, 0.2, 0.5)
    rise, fall = 1 - exp(-0.5), 1 - exp(-0.2)
    assert out[1] == pytest.approx(rise)
    assert out[2] == pytest.approx(rise + (1 - rise) * rise)
    assert out[4] == pytest.approx(out[3] * (1 - fall))
    assert out[6] == pytest.approx(out[3] * (1 - fall) ** 3)
    # One time constant after a step, it has risen to 1 - 1/e.
    assert follow(np.ones(3), 0.1, 0.2, 0.5)[1] == pytest.approx(1 - exp(-1))


def test_no_attack_and_no_decay_follow_at_once() -> None:
    values = np.array([0.0, 1, 0.5, 0])
    assert follow(values, 0.04, 0, 0).tolist() == values.tolist()


def test_beats_pulse_on_the_nearest_frame_and_for_as_long_as_the_attack_needs() -> None:
    curve = driver_curve(SONG, Response("beats", attack_s=0.02), RATE, 60)
    assert [n for n in range(60) if curve[n]] == [0, 24, 48]
    longer = driver_curve(SONG, Response("downbeats", attack_s=0.1), RATE, 120)
    assert [n for n in range(120) if longer[n]] == [0, 1, 2, 3, 4, 96, 97, 98, 99, 100]


def test_energy_and_vocals_drive() -> None:
    assert driver_curve(SONG, Response("energy"), RATE, 120)[[48, 84, 96]].tolist() == pytest.approx([0, 0.5, 1])
    voice = driver_curve(SONG, Response("vocals"), RATE, 72)
    assert voice[23] == 0
    assert voice[24:48].all()
    assert voice[48] == 0


def test_only_what_is_over_the_threshold_counts() -> None:
    response = Response("energy", threshold=0.5, attack_s=0, decay_s=0)
    curve = envelope(SONG, response, RATE, 100)
    assert curve[84] == 0
    assert curve[90] == pytest.approx(0.5)
    assert curve[96] == pytest.approx(1)


def test_sections_that_are_not_named_stay_calm() -> None:
    response = Response("beats", threshold=0, attack_s=0.01, decay_s=0.05, sections=("chorus",))
    curve = envelope(SONG, response, RATE, 190)
    assert not curve[:96].any()
    assert curve[96] > 0.9


def test_a_curve_crosses_a_cut_unbroken() -> None:
    response = Response("beats", decay_s=2.0)
    whole = shot_curves({"glow": 0.8}, SONG, response, (RATE, FrameSpan(0, 120)))["glow"]
    first = shot_curves({"glow": 0.8}, SONG, response, (RATE, FrameSpan(0, 50)))["glow"]
    then = shot_curves({"glow": 0.8}, SONG, response, (RATE, FrameSpan(50, 120)))["glow"]
    assert first + then == whole
    assert max(whole) <= 0.8


def test_effects_without_an_amount_have_no_curve() -> None:
    assert shot_curves({"glow": 0.0}, SONG, Response(), (RATE, FrameSpan(0, 10))) == {}


def test_bands_tell_low_from_high_notes_and_survive_json() -> None:
    rate_hz = 22_050
    t = np.arange(2 * rate_hz) / rate_hz
    low, high = np.sin(2 * np.pi * 60 * t) * (t < 1), np.sin(2 * np.pi * 5000 * t) * (t >= 1)
    bands = bands_of((0.5 * low + 0.5 * high).astype(np.float32), rate_hz)
    bass, treble = np.array(bands.bass), np.array(bands.high)
    middle = len(bass) // 2
    assert bass[5 : middle - 5].min() > 0.95
    assert bass[middle + 5 :].max() < 0.2
    assert treble[middle + 5 : -5].min() > 0.95
    assert treble[: middle - 5].max() < 0.2
    assert Bands.of_json(bands.to_json()) == bands
    curve = driver_curve(SONG, Response("bass"), RATE, 47, bands)
    assert curve[12] > 0.95
    assert curve[40] < 0.2


def test_silence_has_bands_of_nothing_and_bands_that_were_not_measured_are_asked_for() -> None:
    assert set(bands_of(np.zeros(22_050, np.float32), 22_050).mid) == {0.0}
    with pytest.raises(ValueError, match="not measured"):
        driver_curve(SONG, Response("bass"), RATE, 10)
