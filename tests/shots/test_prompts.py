"""Shots in the words that models follow: what is said, what is left out and told, and the same words every time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mvlocal.schema.story import (
    Camera,
    Character,
    Level,
    Location,
    PlaceKind,
    Presence,
    Shot,
    ShotSize,
    StoryBible,
    Wardrobe,
    Weather,
)
from mvlocal.shots.colour_words import colour_words, palette_words
from mvlocal.shots.prompts import Wording, about_tokens, motion_prompt, shot_prompt

STYLE = "Screen-printed poster, few inks; warm, close and unhurried; soft side light. No legible writing in frame."
ILSE = Character(
    id="ilse-marren",
    name="Ilse Marren",
    appearance="The artist of the song, as in the photos; short dark hair.",
    age="adult",
    wardrobe=(Wardrobe(id="first", description="a red coat over a charcoal jumper, dark trousers and worn boots"),),
)
GREY = Character(
    id="other",
    name="the grey figure",
    appearance="Seen from behind, slim",
    wardrobe=(Wardrobe(id="grey", description="a long pale grey coat"),),
)
STATION = Location(
    id="station",
    name="the station platform",
    kind="station",
    description="A small old railway station, one long platform, a round clock on a bracket.",
    light="yellow platform lamps against blue dark",
    palette=("#10161f", "#26384b", "#586a76", "#e6b84f", "#efe6d0"),
    seed=1,
)


def bible(kind: PlaceKind = "station") -> StoryBible:
    place = STATION.model_copy(update={"kind": kind})
    return StoryBible(
        title="t", logline="l", style=STYLE, acts=(), characters=(ILSE, GREY), locations=(place,), motifs=()
    )


def shot(
    visual: str = "Ilse drops the keys in the letterbox.",
    *,
    size: ShotSize = "medium",
    people: tuple[str, ...] = ("ilse-marren",),
    weather: Weather = "clear",
    level: Level = "present",
    motion: str = "",
) -> Shot:
    wear = {"ilse-marren": "first", "other": "grey"}
    present = tuple(
        Presence(id=one, wardrobe=wear[one], position="left third", emotion="tender", props=("letter",))
        for one in people
    )
    return Shot(
        id="s01", start_s=0, end_s=2, section=0, kind="narrative", visual=visual, characters=present,
        location="station", time_of_day="dusk", weather=weather, camera=Camera(size=size, angle="low", move="push-in"),
        level=level, motion=motion,
    )  # fmt: skip


def wording(budget: int = 200, **more: object) -> Wording:
    return Wording(**{"count": about_tokens, "budget": budget, "called": {"ilse-marren": "mvlilse"}, **more})  # pyright: ignore[reportArgumentType]


def test_a_prompt_says_style_framing_action_person_place_time_and_light() -> None:
    made = shot_prompt(bible(), shot(weather="rain"), wording())
    wanted = [
        "Screen-printed poster, few inks",
        "medium shot, from the waist up, seen from below, low angle",
        "mvlilse drops the keys in the letterbox",
        "mvlilse wearing a red coat over a charcoal jumper",
        "short dark hair",
        "looking tender",
        "in the left third of the frame",
        "a letter",
        "the station platform",
        "A small old railway station",
        "at dusk, last light",
        "in the rain",
        "yellow platform lamps",
        "soft side light",
        "amber accents",
    ]
    places = [made.prompt.find(part) for part in wanted]
    assert -1 not in places, dict(zip(wanted, places, strict=True))
    assert places == sorted(places)
    assert "Ilse" not in made.prompt
    assert "  " not in made.prompt
    assert ", ," not in made.prompt


def test_who_has_no_lora_is_described_and_what_compares_has_no_trigger_words() -> None:
    made = shot_prompt(
        bible(), shot("Ilse Marren waves to the grey figure.", people=("ilse-marren", "other")), wording()
    )
    assert "mvlilse waves to the grey figure" in made.prompt
    assert "the grey figure wearing a long pale grey coat" in made.prompt
    assert made.shows == "The person waves to the grey figure."
    nobody = shot_prompt(bible(), shot(), wording(called={}))
    assert "The person drops the keys" in nobody.prompt
    assert "an adult wearing a red coat" in nobody.prompt
    assert "mvlilse" not in nobody.prompt


def test_a_close_up_wears_no_boots_and_nobody_wears_nothing() -> None:
    near, far = (shot_prompt(bible(), shot(size=size), wording()).prompt for size in ("close-up", "full"))
    assert "red coat" in near
    assert "boots" not in near
    assert "trousers" not in near
    assert "worn boots" in far
    empty = shot_prompt(bible(), shot("A clock ticks.", size="full", people=()), wording()).prompt
    assert "whole body" not in empty
    assert "wearing" not in empty
    macro = shot_prompt(bible(), shot(size="extreme-close-up"), wording()).prompt
    assert "the station platform out of focus behind" in macro
    assert "railway station" not in macro


def test_what_has_no_room_goes_by_rank_and_is_told() -> None:
    counted = [shot_prompt(bible(), shot(weather="rain"), wording(budget)) for budget in (400, 90, 60, 40)]
    lengths = [about_tokens(made.prompt) for made in counted]
    assert all(length <= budget for length, budget in zip(lengths, (400, 90, 60, 40), strict=True))
    assert lengths == sorted(lengths, reverse=True)
    whole, less, few, least = counted
    assert not any("no room" in note for note in whole.notes)
    assert any("palette" in note for note in less.notes)
    assert "mvlilse drops the keys" in least.prompt
    assert "at dusk" in few.prompt
    assert "the station platform" in few.prompt
    said = "; ".join(least.notes)
    for part in whole.prompt.split(", "):
        assert part in least.prompt or part in said, part


def test_action_and_framing_stay_whatever_the_budget_and_that_is_told() -> None:
    made = shot_prompt(bible(), shot(), wording(5))
    assert "mvlilse drops the keys in the letterbox" in made.prompt
    assert "medium shot" in made.prompt
    assert any("more than 5" in note for note in made.notes)


def test_clauses_for_readers_show_nothing_and_are_told() -> None:
    made = shot_prompt(bible(), shot(), wording())
    assert "photos" not in made.prompt
    assert any("as in the photos" in note for note in made.notes)


def test_what_is_kept_out_stands_in_the_negative_prompt_once() -> None:
    made = shot_prompt(bible(), shot(), wording(negative="blurry, text", avoid=("cars", "blurry")))
    assert made.negative == "blurry, text, cars, legible writing"
    assert "legible" not in made.prompt


@pytest.mark.parametrize(("level", "word"), [("memory", "a memory"), ("dream", "a dream"), ("present", "")])
def test_memories_and_dreams_look_so(level: Level, word: str) -> None:
    prompt = shot_prompt(bible(), shot(level=level), wording()).prompt
    assert (word in prompt) == bool(word) or level == "present"
    assert ("surreal" in prompt) == (level == "dream")


def test_rain_stays_outside_of_rooms() -> None:
    inside = shot_prompt(bible("train"), shot(weather="rain"), wording()).prompt
    assert "rain on the windows" in inside
    assert "in the rain" not in inside
    assert motion_prompt(bible("train"), shot(weather="rain")).endswith("Rain runs down the glass.")
    assert motion_prompt(bible(), shot(weather="rain")).endswith("Rain falls steadily.")


def test_a_place_that_changed_is_said_so() -> None:
    assert "flooded" in shot_prompt(bible(), shot(), wording(), state=("flooded",)).prompt


def test_motion_speaks_of_motion_alone() -> None:
    made = motion_prompt(bible(), shot(motion="the camera eases in; one clear action"))
    assert made == "The person drops the keys in the letterbox. The camera eases in; one clear action."
    assert motion_prompt(bible(), shot()).endswith("The camera slowly moves in.")
    for word in ("coat", "mvlilse", "Ilse", "hair", "poster"):
        assert word not in made


def test_names_within_words_are_left_alone() -> None:
    prompt = shot_prompt(bible(), shot("Ilse's hands; Ilsenburg in the distance."), wording()).prompt
    assert "mvlilse's hands; Ilsenburg in the distance" in prompt


@given(st.text(max_size=200), st.integers(1, 300))
def test_any_words_make_a_prompt_and_the_same_ones_the_same(visual: str, budget: int) -> None:
    one = shot_prompt(bible(), shot(visual), wording(budget))
    assert one == shot_prompt(bible(), shot(visual), wording(budget))
    assert "medium shot" in one.prompt


@pytest.mark.parametrize(
    ("colour", "word"),
    [
        ("#10161f", "black"),
        ("#e6b84f", "amber"),
        ("#efe6d0", "cream"),
        ("#ff0000", "red"),
        ("#0000ff", "blue"),
        ("#ffffff", "white"),
        ("#7f7f7f", "grey"),
        ("#0c260c", "near-black green"),
        ("#1f6f3f", "dark green"),
        ("#a0c8e8", "light sky blue"),
    ],
)
def test_colours_have_plain_words(colour: str, word: str) -> None:
    assert colour_words(colour) == word


def test_a_palette_names_its_accent() -> None:
    assert palette_words(STATION.palette).endswith("with amber accents")


def test_tokens_are_counted_roughly() -> None:
    assert about_tokens("") == 0
    assert about_tokens("a red coat, 1920s") == 9
    assert about_tokens("extraordinarily") == 2
