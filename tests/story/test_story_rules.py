from __future__ import annotations

import re
from itertools import pairwise

import pytest
from story_lyrics import NAMES
from story_plans import LIMITS, PHOTOS, plan_named, plan_song, song_named

from mvlocal.backends.base import PlanRequest
from mvlocal.backends.rules_planner import RulesPlanner
from mvlocal.schema.story import Brief
from mvlocal.story.rules import assign_lines, section_of
from mvlocal.story.verify import approve_or_report, report

EVERY = ("night-train", *NAMES)


@pytest.mark.parametrize("name", EVERY)
def test_a_plan_passes_the_verifier_at_the_first_try(name: str) -> None:
    plan = plan_named(name)
    verdict = approve_or_report(plan.bible, plan.shots, plan.song, LIMITS)
    assert verdict.plan is not None, report(verdict.problems)
    assert report(verdict.problems) == ""


@pytest.mark.parametrize("name", EVERY)
def test_no_sentence_is_said_twice_and_each_reads_as_one(name: str) -> None:
    shots = plan_named(name).shots.shots
    assert len({shot.visual for shot in shots}) == len(shots)
    for shot in shots:
        assert re.fullmatch(r"[A-ZÀ-ÝА-Я雨ل].*\.", shot.visual), shot.visual
        assert "{" not in shot.visual
        assert "  " not in shot.visual
        assert len(shot.visual) < 220


@pytest.mark.parametrize("name", EVERY)
def test_every_line_is_depicted_or_its_skipping_explained(name: str) -> None:
    plan = plan_named(name)
    covered = {line for shot in plan.shots.shots for line in shot.lyric_lines}
    skipped = {skip.line for skip in plan.shots.skipped if skip.why}
    assert covered | skipped == set(range(len(plan.song.lyrics)))


@pytest.mark.parametrize("name", EVERY)
def test_performance_only_where_somebody_sings_and_each_shot_says_why(name: str) -> None:
    for shot in plan_named(name).shots.shots:
        assert shot.why
        if shot.kind == "performance":
            assert shot.lyric_lines
            assert shot.characters


@pytest.mark.parametrize("name", EVERY)
def test_photos_are_spread_and_come_back_framed_anew(name: str) -> None:
    shots = plan_named(name).shots.shots
    sizes: dict[str, str] = {}
    for before, shot in pairwise(shots):
        assert shot.photo is None or shot.photo != before.photo
    for shot in shots:
        if shot.photo is None:
            continue
        assert shot.kind in {"performance", "narrative"}
        assert sizes.get(shot.photo) != shot.camera.size
        sizes[shot.photo] = shot.camera.size
    assert set(sizes) == set(PHOTOS)


def test_the_example_follows_its_words() -> None:
    plan = plan_named("night-train")
    told = {plan.song.lyrics[n].text: shot for shot in plan.shots.shots for n in shot.lyric_lines}
    assert "drops the keys in the letterbox" in told["I dropped my keys in the letterbox"].visual
    assert told["Rain on the yellow station clock,"].location == "station"
    assert told["a lighthouse blinks on the harbour wall,"].location == "harbour"
    assert told["Night train, here is the water,"].section != told["Night train, take me to water,"].section
    assert plan.bible.characters[0].wardrobe[0].description.startswith("a red coat")
    assert "letter" in plan.bible.characters[0].props
    hours = [shot.time_of_day for shot in plan.shots.shots]
    assert hours[0] == "dusk"
    assert hours[-1] == "dawn"
    changes = plan.bible.motifs[0].changes
    assert len(set(changes)) == 3


def test_a_place_is_shown_wide_when_it_is_new() -> None:
    for name in EVERY:
        seen: set[str] = set()
        for shot in plan_named(name).shots.shots:
            if shot.location not in seen:
                assert shot.camera.size in {"wide", "extreme-wide"}
            seen.add(shot.location)


def test_the_same_seed_gives_the_same_plan_and_another_seed_another() -> None:
    song = song_named("sea")
    one, two, other = plan_song(song), plan_song(song), plan_song(song, seed=8)
    assert (one.bible, one.shots) == (two.bible, two.shots)
    assert one.shots != other.shots


def test_a_dropped_thing_is_not_held_later() -> None:
    shots = plan_named("night-train").shots.shots
    at = next(n for n, shot in enumerate(shots) if "ilse-marren drops key" in shot.changes)
    assert all("key" not in shot.visual for shot in shots[at + 1 :])


def test_what_the_brief_avoids_does_not_appear() -> None:
    brief = Brief(avoid=("letter", "train"))
    visuals = " ".join(shot.visual.lower() for shot in plan_song(song_named("night-train"), brief=brief).shots.shots)
    assert "letter " not in visuals
    assert "train" not in re.findall(r"[a-z]+", visuals)


def test_literalness_moves_the_plan_between_the_line_and_its_image() -> None:
    song = song_named("night-train")
    literal = plan_song(song, brief=Brief(literalness=1.0)).shots.shots
    free = plan_song(song, brief=Brief(literalness=0.0)).shots.shots
    count = [sum("shown as stated" in shot.why for shot in shots) for shots in (literal, free)]
    assert count[0] > 2 * count[1]


@pytest.mark.parametrize(
    "artist", ["", "ليلى", "雨宮 光", "{S} \x07 $(rm -rf /)", "The " + "Very Long " * 30, "Émile", "2 Unlimited"]
)
def test_any_artist_name_is_data(artist: str) -> None:
    plan = plan_song(song_named("one-section"), artist=artist)
    verdict = approve_or_report(plan.bible, plan.shots, plan.song, LIMITS)
    assert verdict.plan is not None, report(verdict.problems)


def test_injected_lyrics_change_only_text() -> None:
    for shot in plan_named("injected").shots.shots:
        assert shot.photo in {None, *PHOTOS}
        assert "passwd" not in shot.visual


def test_lines_are_assigned_in_order_and_at_their_time() -> None:
    song = song_named("summer")
    spans = tuple((shot.start_s, shot.end_s) for shot in plan_named("summer").shots.shots)
    lines = assign_lines(song, spans)
    flat = [n for part in lines for n in part]
    assert flat == sorted(flat)
    for span, part in zip(spans, lines, strict=True):
        assert 0 <= section_of(song, span) < len(song.sections)
        for n in part:
            assert song.lyrics[n].start_s < span[1]
            assert span[0] < song.lyrics[n].end_s


def test_the_backend_makes_one_shot_a_span() -> None:
    song = song_named("city")
    spans = [(shot.start_s, shot.end_s) for shot in plan_named("city").shots.shots]
    request = PlanRequest(title="City", artist="Teo Marsh", brief=Brief(), song=song, spans=spans, photos=[], seed=1)
    heard: list[float] = []
    bible, shots = RulesPlanner().plan_story(request, lambda fraction, note: heard.append(fraction))
    assert [(shot.start_s, shot.end_s) for shot in shots.shots] == spans
    assert bible.artist == "Teo Marsh"
    assert heard[-1] == 1.0
    assert all(shot.photo is None for shot in shots.shots)
