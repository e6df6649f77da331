"""The bible's words as silhouettes, and a cast whose members are told apart."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mvlocal.schema.staging import Traits
from mvlocal.schema.story import Character, Wardrobe
from mvlocal.staging.figures import tell_apart, traits_of
from mvlocal.staging.figures.traits import unlikeness


def somebody(appearance: str, age: str = "", wears: str = "", name: str = "Somebody", id_: str = "ilse") -> Traits:
    wardrobe = (Wardrobe(id="first", description=wears),) if wears else ()
    return traits_of(Character(id=id_, name=name, appearance=appearance, age=age, wardrobe=wardrobe), None)


@pytest.mark.parametrize(
    ("appearance", "age", "wears", "expected"),
    [
        ("a tall woman with long dark hair", "", "a red dress", {"height": 1.06, "hair": "long", "garment": "dress"}),
        ("old man, beard, cap", "", "", {"beard": True, "headwear": "cap", "height": 1.0, "hair": "short"}),
        ("a girl of nine", "", "", {"height": 0.78, "garment": "dress"}),
        ("A seven-year-old boy", "", "striped shirt", {"height": 0.715, "garment": "shirt"}),
        ("", "7", "raincoat", {"height": 0.715, "garment": "coat"}),
        ("teenager in a hoodie", "fifteen", "", {"height": 0.955, "garment": "hoodie"}),
        ("broad-shouldered, bald, no beard", "60", "a suit", {"build": "broad", "hair": "bald", "beard": False}),
        ("short curly hair, round glasses, slim", "34", "", {"hair": "curly", "glasses": True, "height": 1.0}),
        ("short woman, hair tied back", "", "coat, no hat", {"height": 0.93, "hair": "bun", "headwear": "none"}),
        ("hair cut short", "about 40", "", {"height": 1.0}),
        ("her grandmother, a bun and a scarf", "", "skirt", {"hair": "bun", "scarf": True, "garment": "skirt"}),
        ("a young queen with a crown", "20", "gown", {"headwear": "crown", "garment": "dress"}),
        ("black bob", "", "leather jacket and woolly hat", {"hair": "bob", "garment": "jacket", "headwear": "cap"}),
        ("a stranger in a wide hat", "", "long coat", {"headwear": "hat", "garment": "coat"}),
        ("clean-shaven, big eyes", "", "", {"beard": False, "build": "medium"}),
    ],
)
def test_words_decide(appearance: str, age: str, wears: str, expected: dict[str, object]) -> None:
    found = somebody(appearance, age, wears).model_dump()
    assert {key: found[key] for key in expected} == expected


def test_a_name_decides_nothing() -> None:
    looks = [somebody("slim, grey eyes", name=name) for name in ("Maria", "Boris", "Cap", "Long Coat")]
    assert all(traits == looks[0] for traits in looks)


def test_clothes_of_the_shot_go_before_the_first_ones() -> None:
    one = Character(id="a", name="A", appearance="", wardrobe=(Wardrobe(id="x", description="a coat"),))
    assert traits_of(one, None).garment == "coat"
    assert traits_of(one, Wardrobe(id="y", description="white dress")).garment == "dress"


def test_the_colour_of_clothes_picks_a_tone() -> None:
    tones = [somebody("", "", f"a {colour} coat").tone for colour in ("red", "white", "black", "grey")]
    assert tones == [3, 4, 1, 2]


ANY = st.builds(
    Traits,
    height=st.sampled_from([0.7, 1.0, 1.0, 1.06]),
    hair=st.sampled_from(["short", "bob", "long", "bald"]),
    garment=st.sampled_from(["jacket", "coat", "dress"]),
    headwear=st.sampled_from(["none", "none", "hat"]),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(ANY, max_size=5))
def test_any_two_of_a_cast_differ_at_a_glance(cast: list[Traits]) -> None:
    told = tell_apart(cast)
    assert len(told) == len(cast)
    assert all(unlikeness(a, b) >= 1 for a, b in combinations(told, 2))
    if cast:
        assert told[0] == cast[0]


def test_those_who_differ_are_left_as_they_are() -> None:
    cast = [Traits(hair="long", garment="dress"), Traits(headwear="hat"), Traits(height=0.7)]
    assert tell_apart(cast) == tuple(cast)
