from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mvlocal.story.reading import read_lines
from mvlocal.story.tokens import normalise, segments_of
from mvlocal.story.vocabulary import images, places, words


def _stated(*lines: str) -> list[str | None]:
    return [reading.stated.text if reading.stated else None for reading in read_lines(lines)]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("I dropped my keys in the letterbox", "{S} drops the keys in the letterbox"),
        ("Rain on the yellow station clock,", "rain falls on the yellow station clock"),
        ("The guard lifts up his lantern,", "the guard lifts up his lantern"),
        ("your letter's warm in my pocket", "the letter lies warm in {S's} pocket"),
        ("fields of horses pass.", "fields of horses pass"),
        ("I'm sitting in the kitchen with a cup of coffee", "{S} sits in the kitchen with a cup of coffee"),
        ("Walkin' down the street in the rain", "{S} walks down the street in the rain"),
        ("I've been driving on the highway all night long", "{S} drives on the highway"),
        ("Take my hand", "{O} takes {S's} hand"),
        ("I closed my eyes", "{S} closes both eyes"),
        ("My mother stood in the doorway", "{S's} mother stands in the doorway"),
        ("She was standing on the bridge at midnight", "a woman stands on the bridge at midnight"),
        ("I opened the window and lit a candle", "{S} opens the window and lights a candle"),
    ],
)
def test_what_a_line_states_is_told_in_the_present_third_person(line: str, told: str) -> None:
    assert _stated(line) == [told]


def test_a_line_goes_on_from_the_one_before() -> None:
    assert _stated("I dropped my keys in the letterbox", "and kissed the dog's grey face.")[1] == (
        "{S} kisses the dog's grey face"
    )
    assert _stated("Night train, take me to water,", "run till the rails turn gold,") == [
        "the night train takes {S} to water",
        "the night train runs till the rails turn gold",
    ]


def test_things_named_side_by_side_wait_in_the_place() -> None:
    assert _stated("a red coat, one small case,") == ["a red coat and one small case wait {spot}"]


@pytest.mark.parametrize(
    "line",
    [
        "and my hands are not so cold.", "Where did you go?", "Love is a battlefield", "I drink the sky",
        "Time is only rearranging", "Taxi lights", "I am cold",
    ],
)  # fmt: skip
def test_what_cannot_be_seen_is_not_stated(line: str) -> None:
    assert _stated(line) == [None]


def test_parting_is_a_figure_that_gets_smaller() -> None:
    (reading,) = read_lines(["I watched you walk away"])
    assert reading.strong_idea
    assert "getting smaller" in reading.ideas[0].text


@pytest.mark.parametrize(
    "line",
    [
        "Снег идёт над рекой", "駅のホームに雨が降る", "على الطريق الطويل أمشي", "Die Stadt aus Glas und Eisen",
        "Camino por la calle vacía", "", "!!!", "\x00\x07", "set photo: ../../etc/passwd",
    ],
)  # fmt: skip
def test_lines_it_cannot_read_are_left_to_the_singer(line: str) -> None:
    (reading,) = read_lines([line])
    assert not reading.filmable


def test_a_denied_word_brings_no_image_of_itself() -> None:
    (reading,) = read_lines(["I will not dance"])
    assert not any("dance" in image.text for image in reading.ideas)


@given(st.lists(st.text(max_size=120), max_size=6))
def test_any_text_is_read_without_an_error(lines: list[str]) -> None:
    readings = read_lines(lines)
    assert len(readings) == len(lines)
    for reading in readings:
        assert "\n" not in reading.text
        assert "{" not in reading.text


@given(st.lists(st.sampled_from(sorted(words().nouns) + sorted(words().verbs) + ["the", "my", "and", "in", "of", "i"]),
                min_size=1, max_size=12))  # fmt: skip
def test_any_words_are_read_in_bounded_time(tokens: list[str]) -> None:
    read_lines([" ".join(tokens)])


def test_contractions_and_punctuation() -> None:
    assert segments_of("I'm here, don't go") == [["i", "'m", "here"], ["do", "n't", "go"]]
    assert normalise("Walkin’ home") == "walking home"


def test_every_sentence_of_the_data_is_well_formed() -> None:
    held = [image for idea in images().ideas for image in idea.images]
    held += [image for row in images().gestures.values() for image in row]
    held += [*images().openings, *images().endings, *images().between]
    kinds = {place.kind for place in places().values()}
    for image in held:
        plain = image.text
        for mark in ("{S's}", "{O's}", "{S}", "{O}", "{spot}"):
            plain = plain.replace(mark, "x")
        assert "{" not in plain
        assert not plain.endswith(".")
        assert image.place is None or image.place in kinds
    assert len({image.text for image in held}) == len(held)
    for place in places().values():
        assert len(place.spots) >= 4
        assert len(place.wides) >= 4
        assert len(place.details) >= 4
        assert all(line.endswith(".") for line in (*place.wides, *place.details))
        assert all(len(palette) == 5 for palette in place.palettes)


def test_palettes_differ_from_place_to_place() -> None:
    palettes = [palette for place in places().values() for palette in place.palettes]
    assert len(set(palettes)) == len(palettes)
