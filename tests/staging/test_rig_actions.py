"""Every action at every moment: bones keep their lengths, joints their limits, planted feet their place."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from math import cos, degrees, radians, sin

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from mvlocal.errors import PlanError
from mvlocal.schema.staging import FigureStaging, HeldProp, Mark, Pulse, Traits
from mvlocal.staging.rig import ACTIONS, Moment, Pose, Travel, pose_figure, require_action
from mvlocal.staging.rig.skeleton import INDEX, JOINTS, LIMITS_DEG, skeleton_of

WANTED = {
    "stand", "breathe", "walk", "walk-away", "walk-towards", "run", "turn",
    "sit", "lie", "kneel", "reach", "wave", "point", "embrace",
    "hold-hands", "dance", "dance-slow", "sing", "play-guitar", "play-piano", "drum",
    "drive", "open-door", "read-letter", "look-up", "look-back", "fall", "float",
    "climb", "row", "carry", "throw", "cry", "phone", "drink",
    "light-candle", "write", "lean",
}  # fmt: skip
HERE = Travel((0.0, 0.0), (0.0, 0.0))
PULSE = Pulse(first_s=0.1, beat_s=0.5)


def figure(action: str, facing: float = 0.0, height: float = 1.0, phase: float = 0.0) -> FigureStaging:
    mark = Mark(x=0, body=0.3)
    held = (HeldProp(thing="microphone"),) if action == "sing" else ()
    return FigureStaging(
        character="ilse", traits=Traits(height=height), action=action, start=mark, end=mark, facing_deg=facing,
        phase=phase, holds=held,
    )  # fmt: skip


def going(speed: float, towards_deg: float, length_s: float) -> Travel:
    far = speed * length_s
    return Travel((0.3, -0.2), (0.3 + far * sin(radians(towards_deg)), -0.2 + far * cos(radians(towards_deg))))


@st.composite
def staged(draw: st.DrawFn) -> tuple[FigureStaging, Travel, Moment, tuple[float, float] | None]:
    action = draw(st.sampled_from(list(ACTIONS)))
    facing = draw(st.floats(-180, 180))
    height = draw(st.sampled_from([0.6, 0.85, 1.0, 1.1]))
    length_s = draw(st.floats(1.0, 9.0))
    speed = draw(st.sampled_from([0.0, 0.0, 0.05, 0.4, 0.9, 1.4, 3.0]))
    pulse = Pulse(first_s=draw(st.floats(-1, 1)), beat_s=draw(st.sampled_from([0.0, 0.31, 0.5, 0.9])))
    moment = Moment(draw(st.floats(-0.5, 9.5)), length_s, pulse, draw(st.floats(0, 1)))
    partner = draw(st.sampled_from([None, (0.5, 0.1), (-0.1, 0.2)]))
    one = figure(action, facing, height, draw(st.floats(0, 1)))
    return one, going(speed, draw(st.floats(-180, 180)), length_s), moment, partner


def angle(pose: Pose, a: str, b: str, c: str) -> float:
    """How far the joint `b` is bent, 0 is straight."""
    first, second = pose.at(b) - pose.at(a), pose.at(c) - pose.at(b)
    cosine = first @ second / (np.linalg.norm(first) * np.linalg.norm(second))
    return degrees(np.arccos(np.clip(cosine, -1, 1)))


def distance(pose: Pose, a: str, b: str) -> float:
    return float(np.linalg.norm(pose.at(a) - pose.at(b)))


def test_all_wanted_actions_are_there_and_say_what_they_are() -> None:
    assert set(ACTIONS) >= WANTED
    assert len(ACTIONS) >= 34
    assert all(action.about for action in ACTIONS.values())


@pytest.mark.parametrize(("name", "near"), [("wlak", "walk"), ("play guitar", "play-guitar"), ("Look_Up", "look-up")])
def test_an_unknown_action_is_refused_with_the_nearest(name: str, near: str) -> None:
    with pytest.raises(PlanError) as caught:
        require_action(name, "shot 3")
    assert caught.value.mend == f"did you mean {near}?"
    assert caught.value.where == "shot 3"


@settings(max_examples=150, deadline=None)
@given(staged())
def test_bones_keep_their_lengths_and_joints_their_limits(
    case: tuple[FigureStaging, Travel, Moment, tuple[float, float] | None],
) -> None:
    one, travel, moment, partner = case
    pose = pose_figure(one, travel, moment, partner)
    bones = skeleton_of(one.traits.height, one.traits.build)
    assert pose.joints.shape == (len(JOINTS), 3)
    assert np.isfinite(pose.joints).all()
    for side in "lr":
        assert distance(pose, f"{side}_hip", f"{side}_knee") == pytest.approx(bones.thigh, abs=1e-6)
        assert distance(pose, f"{side}_knee", f"{side}_ankle") == pytest.approx(bones.shank, abs=0.004 * bones.height)
        assert distance(pose, f"{side}_shoulder", f"{side}_elbow") == pytest.approx(bones.upper_arm, abs=1e-6)
        assert distance(pose, f"{side}_elbow", f"{side}_wrist") == pytest.approx(bones.forearm, abs=1e-6)
        assert angle(pose, f"{side}_hip", f"{side}_knee", f"{side}_ankle") <= LIMITS_DEG["knee"][1] + 0.01
        assert angle(pose, f"{side}_shoulder", f"{side}_elbow", f"{side}_wrist") <= LIMITS_DEG["elbow"][1] + 0.01
        _knee_bends_forwards(pose, side)
        _hip_within_limits(pose, side)
    nod = np.degrees(np.arccos(np.clip(np.dot(pose.head_axes[1], pose.chest_axes[1]), -1, 1)))
    assert nod <= 75


def _knee_bends_forwards(pose: Pose, side: str) -> None:
    """The knee lies before the line from hip to ankle, as hips and foot face."""
    hip, knee, ankle = (pose.at(f"{side}_{joint}") for joint in ("hip", "knee", "ankle"))
    line = (ankle - hip) / np.linalg.norm(ankle - hip)
    out = (knee - hip) - line * ((knee - hip) @ line)
    toes = pose.at(f"{side}_ball") - pose.at(f"{side}_heel")
    ahead = np.array(pose.hips_axes[2]) * 0.6 + toes / np.linalg.norm(toes) * 0.8
    if np.linalg.norm(out) > 0.01:
        assert out @ ahead > -0.02


def _hip_within_limits(pose: Pose, side: str) -> None:
    thigh = pose.at(f"{side}_knee") - pose.at(f"{side}_hip")
    thigh /= np.linalg.norm(thigh)
    left, up, ahead = (float(thigh @ np.array(axis)) for axis in pose.hips_axes)
    flexion = degrees(np.arctan2(ahead, -up))
    out = degrees(np.arcsin(left if side == "l" else -left))
    assert LIMITS_DEG["hip_flexion"][0] <= flexion <= LIMITS_DEG["hip_flexion"][1]
    assert LIMITS_DEG["hip_abduction"][0] <= out <= LIMITS_DEG["hip_abduction"][1]


def contact_moved(a: Pose, b: Pose, side: str) -> float:
    """How far the part of the foot that touches the ground moved."""
    return min(float(np.linalg.norm(a.at(f"{side}_{part}") - b.at(f"{side}_{part}"))) for part in ("heel", "ball"))


@pytest.mark.parametrize("action", list(ACTIONS))
def test_planted_feet_stay_on_the_ground_where_they_are(action: str) -> None:
    worst, planted_frames = 0.0, 0
    for number, (speed, towards, beat_s) in enumerate(
        [(0.0, 0, 0.5), (0.12, 90, 0.0), (0.7, 90, 0.5), (1.1, -60, 0.44), (2.6, 170, 0.37), (0.5, 0, 0.61)]
    ):
        one = figure(action, facing=towards if number % 2 else 20.0, height=(1.0, 0.7)[number % 2], phase=0.3)
        travel, base = going(speed, towards, 3.0), Moment(0.0, 3.0, Pulse(first_s=0.2, beat_s=beat_s), 0.7)
        poses = [pose_figure(one, travel, replace(base, t_s=frame / 24)) for frame in range(32)]
        for before, after in pairwise(poses):
            for place, side in enumerate("lr"):
                if before.planted[place] and after.planted[place]:
                    planted_frames += 1
                    worst = max(worst, contact_moved(before, after, side) / one.traits.height)
                    low = min(after.at(f"{side}_heel")[1], after.at(f"{side}_ball")[1])
                    assert abs(low) < 0.012 * one.traits.height
    assert worst < 0.01
    if not ACTIONS[action].carried:
        assert planted_frames > 30


def largest_step(frames: NDArray[np.float64]) -> float:
    return float(np.linalg.norm(np.diff(frames, axis=0), axis=2).max())


@pytest.mark.parametrize("action", list(ACTIONS))
def test_nothing_is_frozen_and_nothing_jumps(action: str) -> None:
    one, base = figure(action, 30.0), Moment(0.0, 5.0, PULSE, 0.6)
    joints = np.array([pose_figure(one, HERE, replace(base, t_s=frame / 24)).joints for frame in range(75)])
    assert largest_step(joints) < (0.30 if action in ("throw", "run") else 0.16)
    head = joints[:, INDEX["crown"]]
    assert all(np.ptp(part, axis=0).max() > 0.0008 for part in np.split(head, 3))


@settings(max_examples=30, deadline=None)
@given(staged())
def test_the_same_moment_is_the_same_pose(
    case: tuple[FigureStaging, Travel, Moment, tuple[float, float] | None],
) -> None:
    first, again = pose_figure(*case), pose_figure(*case)
    assert (first.joints == again.joints).all()
    assert first.drag == again.drag


@pytest.mark.parametrize("beat_s", [0.46, 0.5, 0.56])
def test_walking_steps_land_on_the_beat(beat_s: float) -> None:
    one, travel = figure("walk", 90.0), going(0.72, 90.0, 4.0)
    pulse = Pulse(first_s=0.15, beat_s=beat_s)
    times = np.arange(0, 4, 0.01)
    down = [pose_figure(one, travel, Moment(float(t), 4.0, pulse, 0.5)).planted[0] for t in times]
    landings = [times[i] for i in range(1, len(times)) if down[i] and not down[i - 1]]
    assert len(landings) >= 3
    off = [abs((t - 0.15) / beat_s - round((t - 0.15) / beat_s)) * beat_s for t in landings]
    assert max(off) < 0.021


def test_a_single_gesture_peaks_on_a_downbeat() -> None:
    one = figure("point", 90.0)
    reach = {
        t: pose_figure(one, HERE, Moment(t, 4.0, PULSE, 0.5)).at("r_wrist")[0] for t in np.arange(0, 3, 1 / 24).tolist()
    }
    best = max(reach.values())
    first = next(t for t, x in reach.items() if x > 0.97 * best)
    assert abs(first - 2.1) < 0.2  # downbeats at 0.1, 2.1 ...


def test_hands_that_are_held_meet() -> None:
    left, right = (-0.2, 0.0), (0.2, 0.0)
    moment = Moment(1.3, 4.0, PULSE, 0.5)
    a = pose_figure(figure("hold-hands"), Travel(left, left), moment, right)
    b = pose_figure(figure("hold-hands"), Travel(right, right), moment, left)
    assert np.linalg.norm(a.at("l_hand") - b.at("r_hand")) < 0.03


def test_children_have_larger_heads_and_shorter_legs() -> None:
    child, grown = skeleton_of(0.6, "medium"), skeleton_of(1.0, "medium")
    assert child.head / child.height > 1.2 * grown.head
    assert child.leg / child.height < grown.leg
    total = grown.hip_height + grown.waist + grown.chest + grown.neck + grown.skull
    assert total == pytest.approx(1.0)
