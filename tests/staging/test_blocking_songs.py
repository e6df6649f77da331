"""Blocking of twenty planned songs: every line has its reason, everybody is in the frame, nothing is unknown."""

from __future__ import annotations

import time
from itertools import combinations

import pytest
from blocking_songs import Planned, bible_of, shot_of, song_of, twenty_songs

from mvlocal.schema.staging import FigureStaging, Mark, Staging
from mvlocal.staging.blocking.frame import Frame
from mvlocal.staging.blocking.plan import block_plan
from mvlocal.staging.blocking.roles import TOGETHER
from mvlocal.staging.blocking.words import language_of, read_text
from mvlocal.staging.geometry import CLOSE, geometry_of
from mvlocal.staging.plates.registry import PLACES
from mvlocal.staging.props.vocabulary import PROPS
from mvlocal.staging.rig.actions import ACTIONS

WIDE, SQUARE, UPRIGHT = 16 / 9, 1.0, 9 / 16
CAPTIONS = 0.86
SONGS = twenty_songs()


def blocked(song: Planned, aspect: float = WIDE) -> tuple[Staging, ...]:
    return block_plan(song.bible, song.shots, song.song, aspect=aspect)


@pytest.mark.parametrize("song", SONGS, ids=lambda song: song.name)
def test_every_lyric_line_has_a_staging_that_names_its_reason(song: Planned) -> None:
    stagings = blocked(song)
    for n in range(len(song.lines)):
        shown = [staging for shot, staging in zip(song.shots, stagings, strict=True) if n in shot.lyric_lines]
        assert shown, song.lines[n]
        for staging in shown:
            assert len(staging.why) >= 2
            assert staging.why[0].startswith(f"{staging.location}: ")
            for figure in staging.figures:
                assert figure.why.startswith(f"{figure.action}: ")
                assert any(mark in figure.why for mark in ("in line", "in the visual", "performance", "plan", "with ",
                                                           "seats", " is '", "heard over it"))  # fmt: skip
            if not staging.figures:
                assert any(why.startswith("nobody: ") for why in staging.why)


@pytest.mark.parametrize("aspect", [WIDE, SQUARE, UPRIGHT])
@pytest.mark.parametrize("song", SONGS, ids=lambda song: song.name)
def test_everybody_is_in_the_frame_and_nothing_is_unknown(song: Planned, aspect: float) -> None:
    for staging in blocked(song, aspect):
        assert_holds(staging)


def assert_holds(staging: Staging) -> None:
    """Actions and things exist; heads (and, not close, feet) are inside, out of the captions; nobody is too near."""
    assert {prop.thing for prop in staging.props} | {p.thing for f in staging.figures for p in f.holds} <= set(PROPS)
    for figure in staging.figures:
        assert figure.action in ACTIONS
        for mark in (figure.start, figure.end):
            assert_inside(staging, figure, mark)
    frame = Frame(staging.camera.size, staging.aspect, PLACES[staging.place], len(staging.figures))
    for a, b in combinations(staging.figures, 2):
        if a.partner == b.character and a.action in TOGETHER:
            assert frame.apart(a.start, b.start) >= 0.15
        else:
            assert frame.apart(a.start, b.start) >= 0.25, (a, b)
            assert frame.apart(a.end, b.end) >= 0.25, (a, b)


def assert_inside(staging: Staging, figure: FigureStaging, mark: Mark) -> None:
    half = staging.aspect / 2
    wide = 0.075 if staging.camera.size in CLOSE else 0.13
    assert abs(mark.x) + wide * mark.body / half <= 1.0, (staging.shot, figure.action, mark)
    if staging.camera.size in CLOSE:
        return
    geometry = geometry_of(staging)
    spot = geometry.spot(geometry.ground(mark))
    _, foot = geometry.in_frame(spot.x, spot.y)
    _, chin = geometry.in_frame(spot.x, spot.y - 0.86 * figure.traits.height * spot.scale)
    _, crown = geometry.in_frame(spot.x, spot.y - figure.traits.height * spot.scale)
    assert foot <= 1.0
    assert crown >= -0.02
    assert chin <= CAPTIONS


def test_english_lines_with_a_filmable_verb_are_read_for_it() -> None:
    wrong: list[str] = []
    total = 0
    for song in SONGS:
        for line, seen in zip(song.lines, song.seen, strict=True):
            if song.language == "en" and seen:
                total += 1
                wrong += [line] if not seen & {deed.action for deed in read_text(line).deeds} else []
    assert total > 60
    assert len(wrong) <= 0.05 * total, wrong


def test_lines_without_a_filmable_verb_are_not_made_into_an_action() -> None:
    for song in SONGS:
        for line, seen in zip(song.lines, song.seen, strict=True):
            if song.language == "en" and not seen:
                deeds = {deed.action for deed in read_text(line).deeds}
                assert deeds <= {"stand", "breathe"}, (line, deeds)


def test_a_plan_that_leaves_the_action_to_the_line_gets_it() -> None:
    hits = total = 0
    for song in SONGS:
        if song.language != "en":
            continue
        both = [presence for shot in song.shots for presence in shot.characters if presence.id == "other"][:1]
        for number, seen in enumerate(song.seen):
            shot = next(shot for shot in song.shots if number in shot.lyric_lines)
            singer = next(p for s in song.shots for p in s.characters if p.id == "mara-lund")
            people = (singer.model_copy(update={"emotion": ""}), *both)
            plain = shot.model_copy(
                update={"visual": "In the place.", "kind": "narrative", "characters": people, "lyric_lines": (number,)}
            )
            (staging,) = block_plan(song.bible, [plain], song.song, aspect=WIDE)
            if seen:
                total += 1
                hits += bool(seen & {figure.action for figure in staging.figures})
    assert hits >= 0.85 * total, (hits, total)


def test_planned_shots_of_people_do_what_their_line_says() -> None:
    """The planner may show something else for a line; where it shows people, most do what the line says."""
    hits = total = 0
    for song in SONGS:
        for shot, staging in zip(song.shots, blocked(song), strict=True):
            for n in shot.lyric_lines:
                if song.language == "en" and song.seen[n] and staging.figures and shot.kind != "performance":
                    total += 1
                    hits += bool(song.seen[n] & {figure.action for figure in staging.figures})
    assert total > 30
    assert hits >= 0.6 * total, (hits, total)


@pytest.mark.parametrize("language", ["es", "fr", "de", "pt"])
def test_four_more_languages_are_read_a_little(language: str) -> None:
    song = next(song for song in SONGS if song.language == language)
    for line, seen in zip(song.lines, song.seen, strict=True):
        deeds = {deed.action for deed in read_text(line, language_of(line, language)).deeds}
        assert bool(deeds & seen) == bool(seen), (line, deeds)


@pytest.mark.parametrize("language", ["ja", "ko", "hi", "ar"])
def test_other_languages_become_performance_or_the_place(language: str) -> None:
    song = next(song for song in SONGS if song.language == language)
    for line in song.lines:
        assert language_of(line, None) == "" == language_of(line, language)
    stagings = blocked(song)
    assert any(figure.action == "sing" for staging in stagings for figure in staging.figures)


def test_language_is_told_by_small_words() -> None:
    assert language_of("Ich tanze mit dir durch die leere Stadt", None) == "de"
    assert language_of("I come to you with a pie", "en") == "en"
    assert language_of("Tú te vas y yo me quedo en la estación", "en") == "es"
    assert language_of("la la la", "en") == "en"


def test_the_same_plan_gives_the_same_stagings() -> None:
    for song in SONGS[:5]:
        assert [one.to_json() for one in blocked(song)] == [one.to_json() for one in blocked(song)]


def test_upright_is_staged_anew() -> None:
    changed = 0
    for song in SONGS:
        for wide, tall in zip(blocked(song), blocked(song, UPRIGHT), strict=True):
            assert [f.action for f in wide.figures] == [f.action for f in tall.figures]
            changed += bool(wide.figures) and [f.start for f in wide.figures] != [f.start for f in tall.figures]
    assert changed > 80


def test_people_keep_their_side_of_the_frame_through_a_scene() -> None:
    checked = 0
    for song in SONGS:
        sides: dict[str, int] = {}
        for n, (shot, staging) in enumerate(zip(song.shots, blocked(song), strict=True)):
            if n and (song.shots[n - 1].location != shot.location or shot.jump):
                sides = {}
            for figure in staging.figures:
                start, end = figure.start.x, figure.end.x
                if figure.action in TOGETHER or max(abs(start), abs(end)) < 0.03:
                    continue
                side = 1 if start > 0 else -1
                known = sides.get(figure.character)
                crosses = start * end < 0
                assert known is None or crosses or known == side, (song.name, shot.id)
                checked += known is not None and not crosses
                if known is None or crosses:
                    sides[figure.character] = 1 if end > 0 else -1
    assert checked > 40


def test_three_hundred_shots_take_well_under_a_second() -> None:
    song = song_of(["I walk along the river", "We dance all night", "You wave goodbye"] * 20)
    shots = [
        shot_of(f"Mara walks with a lantern past door number {n} and waves to Jon.", ("mara", "jon"), number=n + 1,
                lyric_lines=(n % 60,))
        for n in range(300)
    ]  # fmt: skip
    bible = bible_of()
    block_plan(bible, shots[:1], song, aspect=WIDE)
    start = time.perf_counter()
    assert len(block_plan(bible, shots, song, aspect=WIDE)) == 300
    assert time.perf_counter() - start < 1.5
