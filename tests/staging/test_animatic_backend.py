"""Keyframes and clips: every place, exact counts, the same pixels each time, no borders, steady motion."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import get_args

import cv2
import numpy as np
import pytest
from staging_support import clip_request, frames_of, music, place, shift_between, shot, still_request

from mvlocal.backends.animatic import create
from mvlocal.backends.base import Keyframe
from mvlocal.errors import PlanError
from mvlocal.schema.story import CameraAngle, CameraMove, PlaceKind, ShotSize, TimeOfDay, Weather
from mvlocal.staging.paint.palette import hex_to_rgb, rgb_to_oklab
from mvlocal.staging.plates.registry import PLACES
from mvlocal.staging.theatre.drawn import DEPTHS
from mvlocal.timing import FrameSpan

KINDS: tuple[PlaceKind, ...] = get_args(PlaceKind)
HOURS: tuple[TimeOfDay, ...] = get_args(TimeOfDay)


def test_every_kind_of_place_can_be_drawn() -> None:
    assert set(PLACES) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_place_is_drawn_at_every_hour(kind: PlaceKind) -> None:
    seen: set[str] = set()
    for time in HOURS:
        keyframe = create().make_keyframe(still_request(shot(time=time), place(kind), width=128, height=72))
        assert keyframe.image.shape == (72, 128, 3)
        assert keyframe.image.std() > 6, "a plate must not be flat"
        assert set(keyframe.layers) <= set(DEPTHS)
        seen.add(hashlib.sha256(keyframe.image.tobytes()).hexdigest())
    assert len(seen) == len(HOURS)


@pytest.mark.parametrize("size", get_args(ShotSize))
@pytest.mark.parametrize("angle", get_args(CameraAngle))
def test_every_size_and_angle_is_drawn_with_nobody_and_with_three(size: ShotSize, angle: CameraAngle) -> None:
    for people in (0, 3):
        request = still_request(shot(size=size, angle=angle, people=people), place("street"), width=128, height=72)
        notes = create().make_keyframe(request).notes
        assert ("subject" in notes) == bool(people)


def test_a_place_looks_the_same_when_it_returns() -> None:
    first = create().make_keyframe(still_request(shot(), seed=1)).image
    again = create().make_keyframe(still_request(shot(), seed=99)).image
    other = create().make_keyframe(still_request(shot(), place(seed=8))).image
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_views_of_an_empty_place_differ_a_little() -> None:
    empty = shot(people=0)
    first, other = (
        create().make_keyframe(still_request(empty.model_copy(update={"id": name}))).image for name in ("s01", "s02")
    )
    assert not np.array_equal(first, other)
    assert abs(float(first.mean()) - float(other.mean())) < 12


def test_a_close_shot_of_an_empty_place_looks_at_a_detail() -> None:
    for kind in KINDS:
        assert PLACES[kind].details
        close = create().make_keyframe(
            still_request(shot(size="close-up", people=0), place(kind), width=128, height=72)
        )
        wide = create().make_keyframe(still_request(shot(size="wide", people=0), place(kind), width=128, height=72))
        assert not np.array_equal(close.image, wide.image)


def test_a_plate_keeps_to_its_palette() -> None:
    picture = create().make_keyframe(still_request(shot(time="dusk"))).image.reshape(-1, 3) / 255
    lab = rgb_to_oklab(picture)
    own = rgb_to_oklab(np.stack([hex_to_rgb(c) for c in place().palette]))
    chroma = np.hypot(lab[:, 1], lab[:, 2])
    assert np.percentile(chroma, 99) < np.hypot(own[:, 1], own[:, 2]).max() * 1.25


@pytest.mark.parametrize("weather", get_args(Weather))
def test_clips_have_exactly_their_frames(weather: Weather) -> None:
    for count in (1, 2, 13):
        made = frames_of(still_request(shot(weather=weather), width=128, height=72), count)
        assert len(made) == count
        assert all(f.y.shape == (72, 128) and f.u.shape == f.v.shape == (36, 64) for f in made)


def digest(seed: int) -> str:
    made = frames_of(
        still_request(shot(weather="snow", move="drift"), place("street"), width=256, height=144, seed=seed), 6
    )
    return hashlib.sha256(b"".join(f.y.tobytes() + f.u.tobytes() + f.v.tobytes() for f in made)).hexdigest()


def test_the_same_request_gives_the_same_pixels_in_any_process_and_with_any_threads() -> None:
    here = digest(3)
    before = cv2.getNumThreads()
    try:
        cv2.setNumThreads(1)
        assert digest(3) == here
    finally:
        cv2.setNumThreads(before)
    code = "import test_animatic_backend as t; print(t.digest(3))"
    there = subprocess.run(
        [sys.executable, "-c", code], cwd=Path(__file__).parent, capture_output=True, text=True, check=True
    )
    assert there.stdout.strip() == here
    assert digest(4) != here


@pytest.mark.parametrize("move", get_args(CameraMove))
def test_no_border_ever_shows(move: CameraMove) -> None:
    """Layers whose outermost pixels are glaring: they must never be seen."""
    request = still_request(shot(move=move, people=0), width=320, height=180)
    keyframe = create().make_keyframe(request)
    height, width = keyframe.layers["back"].shape[:2]
    marked = np.zeros((height, width, 3), np.uint8)
    marked[1:-1, 1:-1] = 40
    marked[0], marked[-1], marked[:, 0], marked[:, -1] = 255, 255, 255, 255
    clip = clip_request(request, replace(keyframe, layers={"back": marked}), 24, music(24, energy=1.0))
    for frame in create().animate(clip):
        assert int(frame.y.max()) < 90


@pytest.mark.parametrize("move", ["push-in", "pan-right", "drift"])
def test_motion_is_steady_to_a_twentieth_of_a_pixel(move: CameraMove) -> None:
    request = still_request(shot(move=move, people=0), width=480, height=270)
    keyframe = create().make_keyframe(request)
    noise = np.random.default_rng(0).integers(0, 255, keyframe.layers["back"].shape[:2], dtype=np.uint8)
    cloud = cv2.normalize(cv2.GaussianBlur(noise, (0, 0), 2.5), None, 40, 200, cv2.NORM_MINMAX)
    back = {"back": np.ascontiguousarray(np.repeat(np.asarray(cloud, np.uint8)[..., None], 3, axis=2))}
    clip = clip_request(request, replace(keyframe, layers=back), 48, music(48, energy=0.0, downbeats=[]))
    frames = [f.y[60:200, 20:220].astype(np.float32) for f in create().animate(clip)]
    moved = np.array([shift_between(a, b) for a, b in pairwise(frames)])
    trend = np.stack([np.convolve(np.pad(c, 3, mode="reflect"), np.ones(7) / 7, mode="valid") for c in moved.T], 1)
    assert np.abs(moved - trend).max() < 0.05


def test_light_swells_on_a_downbeat() -> None:
    request = still_request(shot(move="static"), width=160, height=90)
    made = frames_of(request, 48, music(48, energy=1.0, downbeats=[1.0]))
    mean = np.array([f.y.mean() - 16 for f in made])
    assert mean[24] > 1.02 * mean[10]
    assert mean[40] < mean[24]


@pytest.mark.parametrize(
    ("kind", "weather", "move"),
    [
        ("street", "rain", "pan-right"),
        ("train", "clear", "static"),
        ("field", "fog", "push-in"),
        ("sea", "snow", "drift"),
    ],
)
def test_a_clip_goes_on_before_and_after_its_own_frames(kind: PlaceKind, weather: Weather, move: CameraMove) -> None:
    request = still_request(shot(weather=weather, move=move), place(kind), width=192, height=108)
    keyframe = create().make_keyframe(request)
    own = replace(clip_request(request, keyframe, 30), span=FrameSpan(40, 70))
    plain = [f.y.copy() for f in create().animate(own)]
    wide = [f.y.copy() for f in create().animate(replace(own, before=12, after=14))]
    assert len(wide) == 12 + 30 + 14
    assert all(np.array_equal(a, b) for a, b in zip(wide[12:42], plain, strict=True))
    assert not np.array_equal(wide[0], wide[11])
    steps = [np.abs(a.astype(int) - b).mean() for a, b in pairwise(wide)]
    assert max(steps[:11] + steps[42:]) < 2 * max(steps[12:41]) + 1


def test_a_frame_may_be_drawn_on() -> None:
    request = still_request(shot(), width=160, height=90)
    keyframe = create().make_keyframe(request)
    clean = frames_of(request, 5)
    for number, frame in enumerate(create().animate(clip_request(request, keyframe, 5))):
        assert np.array_equal(frame.y, clean[number].y)
        assert np.array_equal(frame.u, clean[number].u)
        frame.y[:] = frame.u[:] = frame.v[:] = 77


def test_luma_stays_in_limited_range() -> None:
    for kind in ("sea", "stage"):
        for frame in frames_of(still_request(shot(weather="rain"), place(kind), width=160, height=90), 4):
            assert frame.y.min() >= 16
            assert frame.y.max() <= 245


def test_foreign_keyframes_are_refused() -> None:
    request = still_request(shot(), width=160, height=90)
    foreign = Keyframe(np.zeros((90, 160, 3), np.uint8))
    with pytest.raises(PlanError, match="no layers"):
        next(create().animate(clip_request(request, foreign, 3)))
    small = create().make_keyframe(still_request(shot(), width=80, height=44))
    with pytest.raises(PlanError, match="80x44"):
        next(create().animate(clip_request(request, small, 3)))


@pytest.mark.parametrize("frame", [(180, 320), (200, 200), (478, 200), (2, 2), (34, 18)])
def test_any_even_frame_is_drawn(frame: tuple[int, int]) -> None:
    made = frames_of(still_request(shot(), place("bridge"), width=frame[0], height=frame[1]), 2)
    assert made[1].y.shape == (frame[1], frame[0])
