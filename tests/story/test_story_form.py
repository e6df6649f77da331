from __future__ import annotations

from story_plans import plan_song, song_named
from story_songs import NIGHT_TRAIN, song_of

from mvlocal.schema.song import Section
from mvlocal.story.form import form_of


def test_a_song_whose_sections_are_right_keeps_them() -> None:
    song = song_of(NIGHT_TRAIN)
    assert form_of(song).sections == song.sections


def test_lines_that_come_back_divide_a_section_that_holds_verse_and_chorus() -> None:
    right = song_of(NIGHT_TRAIN)
    first, last = right.sections[1], right.sections[5]
    glued = Section(start_s=first.start_s, end_s=last.end_s, label="verse", energy=0.6)
    song = right.model_copy(update={"sections": (right.sections[0], glued, *right.sections[6:])})
    form = form_of(song)
    labels = [section.label for section in form.sections]
    assert labels == ["intro", "verse", "chorus", "verse", "chorus", "bridge", "chorus", "outro"]
    assert [section.start_s for section in form.sections[2:5]] == [right.sections[n].start_s for n in (3, 4, 5)]
    assert form.sections[0].start_s == 0
    assert form.sections[-1].end_s == song.duration_s


def test_a_plan_over_glued_sections_holds_together_and_counts_in_the_songs_own() -> None:
    right = song_of(NIGHT_TRAIN)
    whole = Section(start_s=0.0, end_s=right.duration_s, label="verse", energy=0.6)
    plan = plan_song(right.model_copy(update={"sections": (whole,)}))
    assert {shot.section for shot in plan.shots.shots} == {0}
    assert {act.last_section for act in plan.bible.acts} == {0}
    assert len({shot.location for shot in plan.shots.shots}) >= 3


def test_a_photo_goes_where_its_name_belongs() -> None:
    names = ("letter.jpg", "lighthouse.jpg", "portrait.jpg")
    shots = plan_song(song_named("night-train"), photos=names).shots.shots
    at = {name: [shot for shot in shots if shot.photo == name] for name in names}
    assert all(at.values())
    assert all(shot.location == "harbour" for shot in at["lighthouse.jpg"])
    assert all("letter" in shot.visual for shot in at["letter.jpg"])
