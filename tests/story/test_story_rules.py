from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from itertools import cycle, pairwise, takewhile
from pathlib import Path

import pytest
from story_lyrics import NAMES, song_parts
from story_plans import LIMITS, PHOTOS, plan_named, plan_song, song_named
from story_songs import NIGHT_TRAIN, Block, song_of

from mvlocal.backends.base import PlanRequest
from mvlocal.backends.registry import digest_of_data, identity_of
from mvlocal.backends.rules_planner import RulesPlanner
from mvlocal.schema.song import SectionLabel, SongMap
from mvlocal.schema.story import Brief, CameraMove
from mvlocal.story.moves import moves_of
from mvlocal.story.retelling import told_again
from mvlocal.story.rules import StoryInput, assign_lines, plan_by_rules, section_of
from mvlocal.story.scenery import Scene
from mvlocal.story.senses import among, phrases_in
from mvlocal.story.verify import approve_or_report, report
from mvlocal.story.vocabulary import Place, images, places

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


def test_only_moves_that_the_backend_can_do_are_planned() -> None:
    song = song_named("city")
    spans = [(shot.start_s, shot.end_s) for shot in plan_named("city").shots.shots]
    still: frozenset[CameraMove] = frozenset({"static"})
    for moves in (still, moves_of("svd")):
        given = StoryInput("A Song", "Teo Marsh", Brief(), song, spans, seed=7, moves=moves)
        bible, shots = plan_by_rules(given)
        assert {shot.camera.move for shot in shots.shots} <= moves
        assert approve_or_report(bible, shots, song, replace(LIMITS, moves=moves)).plan is not None


def test_the_end_answers_the_beginning() -> None:
    for name in EVERY:
        shots = plan_named(name).shots.shots
        assert shots[-1].camera.size in {shots[0].camera.size, "wide", "extreme-wide"}
        assert shots[-1].characters


def test_every_chorus_is_told_by_a_shot_of_its_own() -> None:
    plan = plan_named("night-train")
    motif = plan.bible.motifs[0]
    visuals = {shot.visual.rstrip(".") for shot in plan.shots.shots}
    assert [change.split(": ", 2)[2] in visuals for change in motif.changes] == [True, True, True]


def test_a_word_list_that_changes_is_another_planner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "wordy"
    (package / "data").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "data" / "words.yaml").write_text("nouns: dog")
    monkeypatch.syspath_prepend(tmp_path)
    before = digest_of_data("wordy:data")
    assert identity_of("planner", "rules")["data"] == digest_of_data("mvlocal.story:data") != before
    (package / "data" / "words.yaml").write_text("nouns: cat")
    digest_of_data.cache_clear()
    assert digest_of_data("wordy:data") != before


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
    planned = RulesPlanner().plan_story(request, lambda fraction, note: heard.append(fraction))
    bible, shots = planned.bible, planned.shots
    assert [(shot.start_s, shot.end_s) for shot in shots.shots] == spans
    assert bible.artist == "Teo Marsh"
    assert heard[-1] == 1.0
    assert all(shot.photo is None for shot in shots.shots)


@pytest.mark.parametrize("place", places().values(), ids=lambda place: place.id)
def test_no_place_sings_by_itself(place: Place) -> None:
    """What the planner says of a place may stand in an instrumental, where a voice would be a contradiction."""
    for words in (place.description, place.light, *place.spots, *place.tails, *place.wides, *place.details):
        assert {*among("singing", words)} <= {"microphone"}, words  # a thing of the stage, which may stand there unused
        assert not phrases_in("singing_phrases", words), words


_FORMS: Mapping[str, tuple[SectionLabel, ...]] = {
    "song": ("intro", "verse", "chorus", "verse", "chorus", "bridge", "chorus", "solo", "break", "outro"),
    "refrain": ("verse", "chorus"),
    "endless": ("inst",),
}


def _instrumental(form: str, minutes: float) -> SongMap:
    labels = cycle(_FORMS[form])
    blocks: list[Block] = [(next(labels), 4, (0.35, 0.8, 0.6)[n % 3], ()) for n in range(int(minutes * 60 / 9.6))]
    return song_of(blocks, bpm=100.0)


@pytest.mark.parametrize("form", _FORMS)
def test_an_hour_without_words_is_told_without_saying_anything_twice(form: str) -> None:
    song = _instrumental(form, 62.0)
    plan = plan_song(song)
    assert approve_or_report(plan.bible, plan.shots, song, LIMITS).errors == ()
    shots = plan.shots.shots
    assert len(shots) > 600
    assert len({shot.visual for shot in shots}) == len(shots)
    assert all(shot.kind != "performance" for shot in shots)
    returns = [change.split(": ", 1)[1] for motif in plan.bible.motifs for change in motif.changes]
    assert len(returns) == sum(section.label == "chorus" for section in song.sections) == len(set(returns))


@pytest.mark.parametrize(("name", "times"), [("night-train", 20), ("russian", 20)])
def test_a_song_sung_over_and_over_is_told_anew_each_time(name: str, times: int) -> None:
    blocks = NIGHT_TRAIN if name == "night-train" else song_parts(name)[2]
    song = song_of(list(blocks) * times)
    plan = plan_song(song)
    assert approve_or_report(plan.bible, plan.shots, song, LIMITS).errors == ()
    assert len({shot.visual for shot in plan.shots.shots}) == len(plan.shots.shots)
    assert any("returns to" in motif.description for motif in plan.bible.motifs)


def test_what_comes_back_comes_back_changed_and_in_turn() -> None:
    place = places()["kitchen"]
    scene = Scene(place.id, "night", "rain", 1, "longing")
    between = [image for image in images().between if "{S}" in image.text]
    again = list(takewhile(lambda one: one.lap == 0, told_again([("the place", between)], place, scene)))
    texts = [f"{one.image.text}, {one.clause}" for one in again]
    assert len(set(texts)) == len(texts) > 2000
    assert not any("{spot}" in text for text in texts)
    for one, other in pairwise(again):
        assert one.image != other.image
        assert one.clause != other.clause
    clauses_of_close = {one.clause for one in again if one.image.hint == "close" and ", " not in one.clause}
    assert clauses_of_close == {*images().lights}


def test_choruses_too_short_for_a_shot_are_not_counted_as_returns() -> None:
    blocks: list[Block] = [("verse", 4, 0.4, ()), ("chorus", 1, 0.9, ()), ("verse", 4, 0.4, ())] * 4
    song = song_of(blocks, bpm=240.0)
    spans = ((0.0, 8.0), (8.0, 16.0), (16.0, song.duration_s))
    bible, _ = plan_by_rules(StoryInput("A Song", "Teo Marsh", Brief(), song, spans, seed=7))
    changes = [change for motif in bible.motifs for change in motif.changes]
    assert len(changes) == len(set(changes)) < 4
    assert all("passed over" not in change for change in changes)


def test_a_brief_that_avoids_nearly_everything_still_gives_a_plan() -> None:
    """Words that stand in every sentence there is: the shots are still made, and the verifier says what they break."""
    song = song_named("one-section")
    plan = plan_song(song, brief=Brief(avoid=("s the a and", "in on of to")))
    assert plan.shots.shots[-1].end_s == song.duration_s
