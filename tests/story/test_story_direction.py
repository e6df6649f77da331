from __future__ import annotations

import pytest
from story_planted import LIMITS, Story, story

from mvlocal.schema.story import Presence
from mvlocal.story.checks.direction import CENTRE, LEFT, RIGHT, Placing, placing, travel_way
from mvlocal.story.verify import verify


def _monotony(told: Story) -> list[str]:
    return [p.message for p in verify(told.bible, told.shots, told.song, LIMITS) if p.rule == "monotony"]


def _two(told: Story, n: int, left: str, right: str) -> Story:
    a, b = told.shots[n].characters[0], Presence(id=told.b, wardrobe="plain")
    both = (a.model_copy(update={"position": left}), b.model_copy(update={"position": right}))
    return told.with_shot(n, characters=both)


@pytest.mark.parametrize(
    ("position", "expected"),
    [
        ("left third", Placing(LEFT, None)),
        ("left third, looking right", Placing(LEFT, RIGHT)),
        ("at the right-hand edge, facing left", Placing(RIGHT, LEFT)),
        ("facing right, left foreground", Placing(LEFT, RIGHT)),
        ("centre", Placing(CENTRE, None)),
        ("by the door", Placing(None, None)),
        ("", Placing(None, None)),
    ],
)
def test_a_position_tells_side_and_facing(position: str, expected: Placing) -> None:
    assert placing(Presence(id="mara", wardrobe="first", position=position)) == expected


def test_two_who_change_sides_cross_the_line_unless_a_neutral_shot_lies_between() -> None:
    told = story(0)
    n = told.scene(0)
    crossed = _two(_two(told, n - 1, "left third", "right third"), n, "right third", "left third")
    assert [m for m in _monotony(crossed) if "the line is crossed" in m]
    centred = _two(crossed, n, "centre", "centre")
    assert not [m for m in _monotony(centred) if "the line is crossed" in m]
    above = crossed.with_shot(n, camera=crossed.shots[n].camera.model_copy(update={"angle": "overhead"}))
    assert not [m for m in _monotony(above) if "the line is crossed" in m]


def test_a_shot_of_one_of_them_does_not_let_the_line_go() -> None:
    told = story(0)
    n = next(
        k for k in range(1, len(told.shots) - 1)
        if told.shots[k - 1].section == told.shots[k + 1].section and told.has_a(k - 1) and told.shots[k - 1].location
        == told.shots[k + 1].location
    )  # fmt: skip
    a = story(0).shots[story(0).scene(0)].characters[0]
    single = told.with_shot(n, characters=(a,)).with_shot(n + 1, characters=(a,))
    crossed = _two(_two(single, n - 1, "left third", "right third"), n + 1, "right third", "left third")
    assert [m for m in _monotony(crossed) if "the line is crossed" in m]
    empty = crossed.with_shot(n, characters=())
    assert not [m for m in _monotony(empty) if "the line is crossed" in m]


def test_eyes_that_look_the_same_way_do_not_meet() -> None:
    told = story(0)
    n = told.scene(0)
    a, b = told.shots[n].characters[0], Presence(id=told.b, wardrobe="plain")
    one = told.with_shot(n - 1, characters=(a.model_copy(update={"position": "left third, looking right"}),))
    for way, expected in (("right", 1), ("left", 0)):
        two = one.with_shot(
            n, visual="A face.", characters=(b.model_copy(update={"position": f"right third, looking {way}"}),)
        )
        assert len([m for m in _monotony(two) if "do not meet" in m]) == expected


def test_two_who_face_each_other_in_one_shot_look_opposite_ways() -> None:
    told = story(0)
    n = told.scene(0)
    facing = f"{told.tale.a} and {told.tale.b} face each other."
    for way, expected in (("right", 1), ("left", 0)):
        two = _two(told, n, "left, looking right", f"right, looking {way}").with_shot(n, visual=facing)
        assert len([m for m in _monotony(two) if "has them face each other" in m]) == expected


def test_the_way_is_kept_across_a_cut_unless_it_is_shown_to_turn() -> None:
    told = story(0)
    n = told.scene(0)
    there = told.with_shot(n - 1, visual="Mara walks from left to right.")
    assert travel_way(there.shots[n - 1]) == RIGHT
    back = there.with_shot(n, visual="Mara walks from right to left.")
    assert travel_way(back.shots[n]) == LEFT
    assert [m for m in _monotony(back) if "the other way" in m]
    turned = there.with_shot(n, visual="Mara turns round and walks from right to left.")
    assert not [m for m in _monotony(turned) if "the other way" in m]
    still = there.with_shot(n, visual="A lamp to the left.")
    assert travel_way(still.shots[n]) is None
