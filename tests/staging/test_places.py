"""Every place: drawn at every hour, in every weather and shape, the same each time, with ground to stand on."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from mvlocal.schema.story import PlaceKind, TimeOfDay, Weather
from mvlocal.staging.paint.canvas import View
from mvlocal.staging.paint.palette import place_tones
from mvlocal.staging.plates.registry import PLACES
from mvlocal.staging.plates.scene import Plate, Scene, Stand
from mvlocal.staging.plates.state_words import STATES, State, state_of, unknown_words

KINDS: tuple[PlaceKind, ...] = get_args(PlaceKind)
HOURS: tuple[TimeOfDay, ...] = get_args(TimeOfDay)
PALETTE = ("#0b1026", "#27335e", "#6f7fae", "#f2a65a", "#f7e9d7")


def scene(
    kind: PlaceKind,
    time: TimeOfDay = "dusk",
    weather: Weather = "clear",
    aspect: float = 16 / 9,
    *,
    side: int = 1,
    height: int = 54,
    state: tuple[str, ...] = (),
) -> Scene:
    place = PLACES[kind]
    horizon = 0.62 + place.horizon
    width = round(height * aspect)
    return Scene(
        view=View(width, height, height, (width / 2, 0.0)),
        aspect=aspect,
        horizon=horizon,
        tones=place_tones(PALETTE, time, weather),
        time=time,
        weather=weather,
        seed=5,
        side=side,
        stand=Stand(side * aspect / 2 * 0.36 * place.thirds, horizon + place.below, place.height),
        frame_px=height,
        state=state,
    )


def drawn(of: Scene, kind: PlaceKind) -> Plate:
    return PLACES[kind].draw(of)


def flat(plate: Plate) -> NDArray[np.float32]:
    """The layers over each other, (3, H, W)."""
    picture = plate.back.colour
    for layer in (plate.mid, plate.near):
        if layer is not None:
            picture = picture * (1 - layer.alpha) + layer.colour
    return picture


@lru_cache(maxsize=128)
def plate_of(kind: PlaceKind, aspect: float = 16 / 9) -> Plate:
    """The place at dusk; read only."""
    return drawn(scene(kind, aspect=aspect), kind)


@lru_cache(maxsize=1024)
def picture(
    kind: PlaceKind, time: TimeOfDay = "dusk", weather: Weather = "clear", aspect: float = 16 / 9
) -> NDArray[np.float32]:
    if (time, weather) == ("dusk", "clear"):
        return flat(plate_of(kind, aspect))
    return flat(drawn(scene(kind, time, weather, aspect), kind))


def test_there_are_thirty_two_places() -> None:
    assert len(KINDS) == 32
    assert set(PLACES) == set(KINDS)


@pytest.mark.parametrize("aspect", [16 / 9, 1.0, 9 / 16])
@pytest.mark.parametrize("kind", KINDS)
def test_every_place_has_contrast_at_every_hour_and_in_every_shape(kind: PlaceKind, aspect: float) -> None:
    for time in HOURS if aspect > 1 else HOURS[-2:-1]:
        made = picture(kind, time, "clear", aspect)
        assert np.isfinite(made).all()
        assert made.min() >= -1e-4
        assert made.max() <= 1 + 1e-4
        luma = made.mean(axis=0)
        assert luma.std() > 0.03, f"{time}: flat"
        assert np.percentile(luma, 99) - np.percentile(luma, 1) > 0.14, f"{time}: no light and shade"


@pytest.mark.parametrize("kind", KINDS)
def test_night_is_darker_than_noon_and_a_veiled_night_is_not_black(kind: PlaceKind) -> None:
    if kind not in ("stage", "void"):
        assert picture(kind, "night").mean() < 0.85 * picture(kind, "noon").mean()
    rainy = picture(kind, "night", "rain").mean(axis=0)
    assert rainy.std() > 0.028
    assert np.percentile(rainy, 90) > 0.16


@pytest.mark.parametrize("kind", KINDS)
def test_a_place_returns_the_same_and_another_seed_or_side_differs(kind: PlaceKind) -> None:
    assert np.array_equal(picture(kind), flat(drawn(scene(kind), kind)))
    assert not np.array_equal(picture(kind), flat(drawn(scene(kind, side=-1), kind)))


@pytest.mark.parametrize("kind", ["street", "sea", "lake", "highway", "rooftop", "harbour", "car", "airport", "road"])
def test_every_weather_shows(kind: PlaceKind) -> None:
    for one, other in pairwise([picture(kind, "night", weather) for weather in get_args(Weather)]):
        assert np.abs(one - other).mean() > 0.001


@pytest.mark.parametrize("aspect", [16 / 9, 9 / 16])
@pytest.mark.parametrize("kind", KINDS)
def test_the_stand_lies_in_the_frame_on_painted_ground(kind: PlaceKind, aspect: float) -> None:
    of = scene(kind, aspect=aspect)
    plate = plate_of(kind, aspect)
    stand = of.stand
    assert abs(stand.x) < aspect / 2 - 0.03
    assert stand.y - stand.height > 0.03
    if kind != "window":
        assert of.horizon < stand.y < 1.0
    (x, y), *_ = of.view.px([(stand.x, min(stand.y, 0.97))]).astype(int).tolist()
    ground = plate.mid.alpha[y, x] + (1 - plate.mid.alpha[y, x]) * plate.back.alpha[y, x]
    assert ground > 0.99
    if plate.ground_y is not None and kind != "window":
        assert of.horizon <= plate.ground_y <= stand.y


@pytest.mark.parametrize("kind", KINDS)
def test_the_facts_of_a_place_lie_where_the_picture_is(kind: PlaceKind) -> None:
    of, plate = scene(kind), plate_of(kind)
    assert 0 <= plate.clouds <= 1
    assert all(np.isfinite(light).all() and light[2] > 0 for light in plate.lights)
    if plate.water is not None:
        assert of.horizon - 0.01 <= plate.water[0] < plate.water[1]
    if plate.surface is not None:
        (ax, ay), (bx, by), (cx, cy), (dx, dy) = plate.surface.corners
        assert ax < bx
        assert dx < cx
        assert ay < dy
        assert by < cy
        assert any(abs(x) < of.aspect / 2 and 0 < y < 1 for x, y in plate.surface.corners)


def test_enough_places_have_somewhere_for_a_photo() -> None:
    shown = {kind for kind in KINDS if plate_of(kind).surface is not None}
    assert {"alley", "rooftop", "highway", "kitchen", "hall", "stairwell", "bar", "fairground", "airport"} <= shown
    assert {"street", "station", "room"} <= shown


@pytest.mark.parametrize("state", STATES)
def test_a_state_changes_the_picture_and_nothing_else_does(state: State) -> None:
    kinds: tuple[PlaceKind, ...] = ("bar", "church") if state == "empty" else ("street", "bar", "rooftop")
    for kind in kinds:
        before, after = picture(kind), flat(drawn(scene(kind, state=(state,)), kind))
        assert np.abs(after - before).max() > 0.04, kind
        assert np.isfinite(after).all()
    again = drawn(scene("street", state=("melancholy",)), "street")
    assert np.array_equal(flat(again), picture("street"))
    assert again.remarks == ("a state that cannot be drawn: melancholy",)


def test_lights_go_out_and_on() -> None:
    noon, night = scene("street", "noon"), scene("street", "night")
    assert night.lit == 1
    assert scene("street", "night", state=("the lights are out",)).lit == 0
    assert noon.lit == 0
    assert scene("street", "noon", state=("lit",)).lit == 1
    assert drawn(scene("harbour", "night", state=("dark",)), "harbour").lights == ()
    dark = flat(drawn(scene("harbour", "night", state=("dark",)), "harbour"))
    assert dark.mean() < picture("harbour", "night").mean()


@pytest.mark.parametrize(
    ("words", "state"),
    [
        ("flooded", "flooded"),
        ("half under water", "flooded"),
        ("lightning", None),
        ("fireworks", "decorated"),
        ("the lamps are off", "dark"),
        ("The platform is FLOODED", "flooded"),
        ("on fire", "burning"),
        ("power cut, lights out", "dark"),
        ("lit", "lit"),
        ("snowed_in", "snowed-in"),
        ("overgrown with ivy", "overgrown"),
        ("windows smashed", "broken"),
        ("cleared of everything", "empty"),
        ("hung with lanterns", "decorated"),
        ("slippery", None),
        ("", None),
    ],
)
def test_words_are_matched_leniently(words: str, state: State | None) -> None:
    assert state_of(words) == state


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=40), max_size=4))
def test_any_words_at_all_are_taken(words: list[str]) -> None:
    known = {word for word in words if state_of(word) is not None}
    assert set(unknown_words(words)) | known == set(words)
