"""Camera paths: inside the plate, subject whole, smooth."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mvlocal.schema.story import CameraMove
from mvlocal.staging.theatre.camera import Framing, Motion, Pose, Wide, ease, plan_path

MOVES: tuple[CameraMove, ...] = get_args(CameraMove)


def framing(**changes: object) -> Framing:
    values: dict[str, object] = {
        "width": 640,
        "height": 360,
        "plate_width": 840,
        "plate_height": 464,
        "density": 1.16,
        "home": (419.5, 231.5),
        "focus": (40.0, -20.0),
        "depths": (0.5, 1.0, 1.55),
        "subject": None,
    }
    return Framing(**(values | changes))  # type: ignore[arg-type]


shares = st.floats(0.02, 0.98)


@settings(max_examples=80, deadline=None)
@given(
    move=st.sampled_from(MOVES),
    length_s=st.floats(0.2, 30),
    energy=st.floats(0, 1),
    side=st.sampled_from([-1, 1]),
    room=st.tuples(st.floats(1.012, 1.5), st.floats(1.012, 1.5)),
    box=st.tuples(shares, shares, shares, shares),
    off=st.tuples(st.floats(-0.4, 0.4), st.floats(-0.4, 0.4)),
)
def test_a_path_stays_in_its_plate_and_keeps_the_subject_whole(
    move: CameraMove,
    length_s: float,
    energy: float,
    side: int,
    room: tuple[float, float],
    box: tuple[float, float, float, float],
    off: tuple[float, float],
) -> None:
    left, right = sorted(box[:2])
    top, bottom = sorted(box[2:])
    size = (round(640 * 1.16 * room[0]), round(360 * 1.16 * room[1]))
    spare = (size[0] - 640 * 1.16 - 8, size[1] - 360 * 1.16 - 8)
    home = ((size[0] - 1) / 2 + off[0] * max(spare[0], 0), (size[1] - 1) / 2 + off[1] * max(spare[1], 0))
    lies = framing(plate_width=size[0], plate_height=size[1], home=home, subject=(left, top, right, bottom))
    poses = plan_path(lies, Motion(move, length_s, energy, side), Wide(0, 48, 0))
    assert len(poses) == 48
    if not lies.inside(Pose(0, 0, 1)):
        return
    for pose in poses:
        assert lies.inside(pose)
        assert lies.shows_subject(pose)


@pytest.mark.parametrize("move", MOVES)
def test_a_path_is_smooth_and_never_turns_back(move: CameraMove) -> None:
    poses = plan_path(framing(), Motion(move, 4.0, 0.7), Wide(0, 96, 0))
    x = np.array([[p.x, p.y, 300 * np.log(p.zoom)] for p in poses])
    speed = np.diff(x, axis=0)
    assert np.abs(np.diff(speed, axis=0)).max() < 0.05
    if move != "static":
        along = speed @ (x[-1] - x[0])
        assert along.min() > 0.3 * along.max(), "a cut must find the move in progress, not at rest"


@pytest.mark.parametrize("move", MOVES)
def test_a_move_goes_on_where_a_transition_asks_for_more(move: CameraMove) -> None:
    plain = plan_path(framing(), Motion(move, 4.0, 0.7), Wide(0, 96, 0))
    wide = plan_path(framing(), Motion(move, 4.0, 0.7), Wide(9, 96, 12))
    assert wide[9:105] == plain
    x = np.array([[p.x, p.y, 300 * np.log(p.zoom)] for p in wide])
    rest = np.abs(np.diff(x, axis=0)).sum(axis=1) == 0  # where the plate ends
    assert np.abs(np.diff(x, 2, axis=0)[~(rest[1:] | rest[:-1])]).max() < 0.05
    assert not rest[9:104].any()
    assert all(framing().inside(pose) for pose in wide)


def test_moves_go_where_they_say() -> None:
    def travel(move: CameraMove) -> Pose:
        poses = plan_path(framing(), Motion(move, 4.0, 0.5), Wide(0, 96, 0))
        return Pose(poses[-1].x - poses[0].x, poses[-1].y - poses[0].y, poses[-1].zoom / poses[0].zoom)

    assert travel("push-in").zoom > 1.03
    assert travel("pull-out").zoom < 0.97
    assert travel("pan-left").x < -8 < 8 < travel("pan-right").x
    assert travel("tilt-up").y < -4 < 4 < travel("tilt-down").y
    assert abs(travel("static").x) < 2


def test_near_layers_move_more_than_far_ones() -> None:
    lies = framing()
    shift = [lies.window(Pose(20, 0, 1), d).x - lies.window(Pose(0, 0, 1), d).x for d in (0.5, 1.0, 1.55)]
    assert shift == pytest.approx([11.6, 23.2, 35.96])


def test_energy_and_length_widen_a_move_up_to_a_limit() -> None:
    def zoom(length_s: float, energy: float) -> float:
        poses = plan_path(
            framing(plate_width=1400, plate_height=900, home=(699.5, 449.5)),
            Motion("push-in", length_s, energy),
            Wide(0, 96, 0),
        )
        return poses[-1].zoom / poses[0].zoom

    assert 1 < zoom(4, 0.0) < zoom(4, 1.0) < zoom(60, 1.0) < 1.13


def test_easing_runs_from_nought_to_one_at_a_steady_pace() -> None:
    u = np.linspace(0, 1, 201)
    speed = np.diff(ease(u)) * 200
    assert ease(u)[[0, 100, 200]] == pytest.approx([0, 0.5, 1])
    assert 0.55 < speed.min() < speed.max() < 1.5
