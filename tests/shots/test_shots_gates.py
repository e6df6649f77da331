"""Gates: what is no picture, and what is no clip; planned darkness and planned stillness pass."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from mvlocal.schema.story import Camera, Location, Shot
from mvlocal.shots.gates import (
    clip_faults,
    finite_faults,
    flicker_of,
    is_dark_on_purpose,
    likeness_faults,
    still_faults,
)

RNG = np.random.default_rng(3)
PICTURE = np.kron(RNG.integers(20, 230, (9, 16, 3), np.uint8), np.ones((10, 10, 1), np.uint8))
BLACK = np.zeros_like(PICTURE)
GREY = np.full_like(PICTURE, 90)


def moving(n: int = 12, step: int = 3) -> NDArray[np.uint8]:
    return np.stack([np.roll(PICTURE, step * i, axis=1) for i in range(n)])


def kinds(faults: object) -> list[str]:
    return [fault.kind for fault in faults]  # type: ignore[attr-defined]


def test_pictures_and_moving_clips_pass() -> None:
    assert still_faults(PICTURE) == []
    assert clip_faults(moving()) == []
    assert finite_faults(np.ones((2, 2))) == []


def test_a_night_picture_with_one_lamp_passes() -> None:
    night = np.full((400, 600, 3), 6, np.uint8)
    night[100:130, 300:330] = 220
    assert still_faults(night) == []


@pytest.mark.parametrize(("rgb", "kind"), [(BLACK, "black"), (BLACK + 9, "black"), (GREY, "flat")])
def test_no_picture_is_found(rgb: NDArray[np.uint8], kind: str) -> None:
    faults = still_faults(rgb)
    assert kinds(faults) == [kind]
    assert faults[0].hard
    assert still_faults(rgb, dark=True) == []


def test_not_finite_says_how_much() -> None:
    values = np.ones((4, 4))
    values[0] = np.nan
    (fault,) = finite_faults(values)
    assert (fault.kind, fault.value, fault.hard) == ("not-finite", 0.25, True)


def test_one_black_frame_in_a_clip_is_black() -> None:
    clip = moving()
    clip[5] = 0
    assert kinds(clip_faults(clip)) == ["black"]
    assert "black" not in kinds(clip_faults(clip, dark=True))


def test_stuck_duplicates_and_planned_stillness() -> None:
    stuck = np.stack([PICTURE] * 8)
    assert kinds(clip_faults(stuck)) == ["stuck"]
    assert clip_faults(stuck, still=True) == []
    twice = np.repeat(moving(6), 2, axis=0)
    assert kinds(clip_faults(twice)) == ["duplicates"]
    assert not clip_faults(twice)[0].hard


def test_flicker_is_found_and_fades_are_not() -> None:
    clip = moving().astype(int)
    strobe = np.clip(clip + 25 * (np.arange(len(clip)) % 2)[:, None, None, None], 0, 255).astype(np.uint8)
    assert kinds(clip_faults(strobe)) == ["flicker"]
    fade = (clip * np.linspace(1, 0.2, len(clip))[:, None, None, None]).astype(np.uint8)
    assert clip_faults(fade) == []
    assert flicker_of(np.linspace(0, 200, 9)) == pytest.approx(0)
    assert flicker_of(np.array([1.0])) == 0


def test_likeness_lost_is_a_fault_that_is_told_and_not_refused() -> None:
    assert likeness_faults(0.9, [0.85, 0.8, 0.7]) == []
    (fault,) = likeness_faults(0.9, [0.5, 0.4, 0.6])
    assert not fault.hard
    assert fault.words == "lost 0.40 of the likeness of its still"
    assert likeness_faults(0.9, []) == []


@pytest.mark.parametrize(
    ("visual", "kind", "dark"),
    [
        ("A street in the rain.", "street", False),
        ("The screen goes black.", "street", True),
        ("Nothing but stars.", "void", True),
    ],
)
def test_the_plan_may_want_black(visual: str, kind: str, dark: bool) -> None:
    place = Location.model_validate(
        {
            "id": "here",
            "name": "here",
            "kind": kind,
            "description": "d",
            "light": "l",
            "palette": ["#000000", "#111111", "#222222", "#333333", "#444444"],
            "seed": 1,
        }
    )
    shot = Shot(
        id="s01",
        start_s=0,
        end_s=2,
        section=0,
        kind="narrative",
        visual=visual,
        location="here",
        time_of_day="night",
        camera=Camera(size="wide"),
    )
    assert is_dark_on_purpose(shot, place) is dark
