from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from story_songs import NIGHT_TRAIN, song_of

from mvlocal.errors import SettingsError
from mvlocal.schema.song import EnergyCurve, Section, SongMap
from mvlocal.story.cuts import CutRules, drops, free_cuts, plan_cuts, rhythm
from mvlocal.timing import FrameRate

RATE = FrameRate.parse(24)


def _tiles(spans: tuple[tuple[float, float], ...], song: SongMap) -> None:
    assert spans[0][0] == 0.0
    assert spans[-1][1] == song.duration_s
    assert all(a[1] == b[0] for a, b in pairwise(spans))
    assert all(end > start for start, end in spans)


def test_the_example_is_cut_at_every_section_border_and_never_like_a_metronome() -> None:
    song = song_of(NIGHT_TRAIN)
    spans = plan_cuts(song, CutRules(max_s=7.5), RATE)
    _tiles(spans, song)
    starts = {start for start, _ in spans}
    assert {section.start_s for section in song.sections} <= starts
    assert not any(free_cuts(spans, song))
    assert rhythm(spans) > 0.4
    lengths = [round(end - start, 3) for start, end in spans]
    assert not any(lengths[n] == lengths[n + 1] == lengths[n + 2] for n in range(len(lengths) - 2))


def test_choruses_are_cut_faster_than_intros() -> None:
    song = song_of(NIGHT_TRAIN)
    spans = plan_cuts(song, CutRules(max_s=7.5), RATE)

    def mean(label: str) -> float:
        lengths = [b - a for a, b in spans if song.sections[song.section_at((a + b) / 2)].label == label]
        return sum(lengths) / len(lengths)

    assert mean("chorus") < mean("verse") < mean("intro")


@settings(max_examples=30, deadline=None)
@given(
    bpm=st.floats(50, 200), bars=st.integers(2, 24), meter=st.sampled_from([3, 4, 7]),
    lead=st.floats(0, 20), tail=st.floats(0.05, 20), min_s=st.floats(0.3, 2.0), more=st.floats(1.6, 6.0),
    rate=st.sampled_from(["24", "25", "30000/1001", "30"]),
)  # fmt: skip
def test_spans_tile_the_song_on_beats_within_the_longest_length(
    bpm: float, bars: int, meter: int, lead: float, tail: float, min_s: float, more: float, rate: str
) -> None:
    song = song_of([("verse", bars, 0.4, ("a line of words",)), ("chorus", bars, 0.9, ())], bpm=bpm, lead_s=lead,
                   tail_s=tail, beats_per_bar=meter)  # fmt: skip
    rules = CutRules(min_s=min_s, max_s=min_s + more)
    frames = FrameRate.parse(rate)
    spans = plan_cuts(song, rules, frames)
    _tiles(spans, song)
    beats = set(song.beats)
    longest_gap = max(b - a for a, b in zip([0.0, *song.beats], [*song.beats, song.duration_s], strict=True))
    for start, end in spans:
        assert end - start <= rules.max_s + 1e-6
        assert frames.frame_at(end) > frames.frame_at(start)
        if longest_gap <= 0.98 * rules.max_s:
            assert start == 0.0 or start in beats


def test_a_song_without_a_pulse_is_cut_free_at_its_sections() -> None:
    sections = tuple(
        Section(start_s=a, end_s=b, label="inst", energy=0.5) for a, b in ((0.0, 20.0), (20.0, 41.5), (41.5, 60.0))
    )
    song = SongMap(duration_s=60.0, tempo_bpm=0, beats_per_bar=4, beats=(), downbeats=(), sections=sections,
                   energy=EnergyCurve(step_s=1.0, values=(0.5,) * 60))  # fmt: skip
    spans = plan_cuts(song, CutRules(), RATE)
    _tiles(spans, song)
    assert {20.0, 41.5} <= {start for start, _ in spans}
    assert free_cuts(spans, song) == (False, *([True] * (len(spans) - 1)))


def test_every_beats_is_a_metronome_from_the_first_downbeat() -> None:
    song = song_of(NIGHT_TRAIN)
    spans = plan_cuts(song, CutRules(every_beats=4), RATE)
    _tiles(spans, song)
    assert [start for start, _ in spans[1:]] == [beat for beat in song.beats[4::4] if song.duration_s - beat >= 1.2]


@pytest.mark.parametrize("count", [1, 30])
def test_every_beats_outside_the_shot_lengths_is_refused_with_what_fits(count: int) -> None:
    with pytest.raises(SettingsError) as raised:
        plan_cuts(song_of(NIGHT_TRAIN), CutRules(every_beats=count), RATE)
    assert raised.value.mend == "choose from 2 to 9"


def test_hand_set_cuts_are_kept_and_snap_to_a_beat_only_when_very_near() -> None:
    song = song_of(NIGHT_TRAIN)
    near, off = song.beats[10] + 0.03, song.beats[30] + 0.21
    spans = plan_cuts(song, CutRules(hand_cuts=(off, near)), RATE)
    starts = [start for start, _ in spans]
    assert song.beats[10] in starts
    assert off in starts
    assert [start for start, free in zip(starts, free_cuts(spans, song), strict=True) if free] == [off]


@pytest.mark.parametrize("cut", [0.0, -1.0, 500.0])
def test_a_hand_set_cut_outside_the_song_is_refused(cut: float) -> None:
    with pytest.raises(SettingsError, match="outside the song"):
        plan_cuts(song_of(NIGHT_TRAIN), CutRules(hand_cuts=(cut,)), RATE)


def test_holding_on_drops_leaves_the_bar_after_a_drop_uncut() -> None:
    song = song_of([("verse", 8, 0.3, ()), ("chorus", 8, 0.95, ()), ("verse", 8, 0.3, ())], bpm=120)
    assert drops(song) == (song.sections[1].start_s,)
    spans = plan_cuts(song, CutRules(hold_on_drops=True, min_s=0.4, max_s=6.0), RATE)
    at = next((a, b) for a, b in spans if a == drops(song)[0])
    assert at[1] - at[0] >= 2.0 - 1e-9


def test_a_short_song_is_one_shot() -> None:
    song = song_of([("verse", 1, 0.5, ())], bpm=200, lead_s=0.0, tail_s=0.1)
    assert plan_cuts(song, CutRules(), RATE) == ((0.0, song.duration_s),)


def test_ten_minutes_take_under_two_seconds() -> None:
    song = song_of([("verse", 16, 0.4, ()), ("chorus", 16, 0.8, ())] * 13, bpm=170)
    assert song.duration_s > 580
    begun = time.perf_counter()
    plan_cuts(song, CutRules(max_s=7.5), RATE)
    assert time.perf_counter() - begun < 2.0
