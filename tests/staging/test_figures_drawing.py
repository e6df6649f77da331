"""Outlines of posed figures: whole from every side, true to the skeleton, with faces where faces are."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mvlocal.schema.staging import FigureStaging, HeldProp, Mark, Pulse, Traits
from mvlocal.staging.figures import FigureDrawing, draw_figure
from mvlocal.staging.figures.head import head_outline, view_of
from mvlocal.staging.figures.keypoints import KEYPOINTS
from mvlocal.staging.rig import ACTIONS, Moment, Pose, Travel, pose_figure

HERE = Travel((0.0, 0.0), (0.0, 0.0))
MOMENT = Moment(1.7, 4.0, Pulse(first_s=0.1, beat_s=0.5), 0.6)

ANY_TRAITS = st.builds(
    Traits,
    height=st.floats(0.55, 1.15),
    build=st.sampled_from(["slim", "medium", "broad"]),
    hair=st.sampled_from(["short", "bob", "long", "bun", "curly", "bald"]),
    garment=st.sampled_from(["jacket", "coat", "dress", "skirt", "shirt", "suit", "hoodie"]),
    headwear=st.sampled_from(["none", "hat", "cap", "hood", "crown"]),
    scarf=st.booleans(),
    glasses=st.booleans(),
    beard=st.booleans(),
)


def figure(action: str = "stand", facing: float = 0.0, traits: Traits | None = None) -> FigureStaging:
    mark = Mark(x=0, body=0.3)
    return FigureStaging(
        character="ilse", traits=traits or Traits(), action=action, start=mark, end=mark, facing_deg=facing
    )


def posed(action: str = "stand", facing: float = 0.0, traits: Traits | None = None) -> tuple[Pose, FigureDrawing]:
    one = figure(action, facing, traits)
    pose = pose_figure(one, HERE, MOMENT)
    return pose, draw_figure(one, pose)


def bounds(drawing: FigureDrawing) -> tuple[float, float, float, float]:
    points = np.concatenate([shape.outline for shape in drawing.shapes])
    return (*points.min(axis=0).tolist(), *points.max(axis=0).tolist())


def inked(drawing: FigureDrawing, size: int = 400) -> np.ndarray:
    """The silhouette as pixels, 260 to a body, feet at the middle below."""
    picture = np.zeros((size, size), np.uint8)
    for shape in drawing.shapes:
        cv2.fillPoly(picture, [np.round(shape.outline * 260 + (size / 2, size - 40)).astype(np.int32)], 255)
    return picture


@settings(max_examples=80, deadline=None)
@given(ANY_TRAITS, st.sampled_from(list(ACTIONS)), st.floats(-180, 180), st.floats(0, 4))
def test_every_figure_is_whole_ordered_and_near_its_ground(
    traits: Traits, action: str, facing: float, t_s: float
) -> None:
    one = figure(action, facing, traits)
    drawing = draw_figure(one, pose_figure(one, HERE, replace(MOMENT, t_s=t_s)))
    assert all(np.isfinite(shape.outline).all() and len(shape.outline) >= 3 for shape in drawing.shapes)
    depths = [shape.depth for shape in drawing.shapes]
    assert depths == sorted(depths)
    left, top, right, bottom = bounds(drawing)
    assert bottom < 0.03
    assert right - left < 1.75 * traits.height
    assert top > -2.2 * traits.height
    assert np.isfinite(drawing.keypoints).all()


@pytest.mark.parametrize("facing", range(-180, 180, 30))
def test_somebody_standing_is_as_tall_as_they_are_from_every_side(facing: int) -> None:
    pose, drawing = posed(facing=facing, traits=Traits(hair="bald"))
    left, top, right, bottom = bounds(drawing)
    assert top == pytest.approx(-1.0, abs=0.03)
    assert abs(bottom) < 0.012
    assert 0.12 < right - left < 0.42
    count, labels = cv2.connectedComponents(inked(drawing))
    assert count == 2, "one body in one piece"
    assert labels.any()
    assert drawing.head[1] == pytest.approx(-float(pose.at("crown")[1]), abs=0.02)


@pytest.mark.parametrize("facing", [0.0, 60.0, 180.0, -90.0])
def test_key_points_are_the_joints_and_a_face_turned_away_has_none(facing: float) -> None:
    pose, drawing = posed("wave", facing)
    for row, name in enumerate(KEYPOINTS):
        if name.split("_")[-1] in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle"):
            joint = pose.at(name)
            assert drawing.keypoints[row] == pytest.approx((joint[0] - pose.root[0], -joint[1]))
    seen = {name for name, here in zip(KEYPOINTS, drawing.visible, strict=True) if here}
    face = {"nose", "r_eye", "l_eye", "r_ear", "l_ear"}
    expected = {
        0.0: face,
        60.0: face - {"l_ear"},
        180.0: {"r_ear", "l_ear"},
        -90.0: {"nose", "l_eye", "l_ear"},
    }[facing]
    assert seen & face == expected
    assert seen >= set(KEYPOINTS) - face


def test_right_and_left_are_the_figures_own() -> None:
    _, drawing = posed(facing=0.0)
    points = dict(zip(KEYPOINTS, drawing.keypoints, strict=True))
    assert points["r_shoulder"][0] < 0 < points["l_shoulder"][0]
    assert drawing.hands[0].point[0] > 0 > drawing.hands[1].point[0]


def test_a_profile_has_brow_nose_lips_and_chin() -> None:
    one = figure(facing=90.0, traits=Traits(hair="bald"))
    view = view_of(pose_figure(one, HERE, MOMENT))
    outline = head_outline(view, 0.0)
    front = outline[outline[:, 0] > view.pivot[0]]
    order = np.argsort(front[:, 1])
    y, x = front[order, 1], front[order, 0]
    inner = [i for i in range(1, len(x) - 1) if x[i] >= x[i - 1] and x[i] > x[i + 1]]
    assert len(inner) >= 5, "brow, nose, two lips, chin stand out"
    nose = int(np.argmax(x))
    share = (y[nose] - y[0]) / (y[-1] - y[0])
    assert 0.6 < share < 0.72


def test_the_mouth_opens_in_profile_and_from_the_front() -> None:
    side = view_of(pose_figure(figure(facing=90.0), HERE, MOMENT))
    closed, opened = head_outline(side, 0.0), head_outline(side, 1.0)
    assert opened[:, 1].max() > closed[:, 1].max() + 0.005, "the jaw goes down"
    lips = opened[(opened[:, 0] > side.pivot[0]) & (np.abs(opened[:, 1] - side.point(0.19, 0, 0)[1]) < 0.004)]
    assert lips[:, 0].min() < side.point(0.19, 0, 0.28)[0], "and leaves a gap between the lips"
    pose = pose_figure(figure(), HERE, MOMENT)
    marks = [
        [shape.outline for shape in draw_figure(figure(), replace(pose, mouth=m)).shapes if shape.tone == "mark"]
        for m in (0.0, 1.0)
    ]
    taller = [float(np.ptp(b[:, 1]) - np.ptp(a[:, 1])) for a, b in zip(*marks, strict=True)]
    assert max(taller) > 0.004


def test_hair_coat_and_scarf_trail_behind_a_walker() -> None:
    traits = Traits(hair="long", garment="coat", scarf=True)
    one = figure("walk", 90.0, traits)
    still = draw_figure(one, pose_figure(one, HERE, MOMENT))
    moving = draw_figure(one, pose_figure(one, Travel((0, 0), (3.6, 0)), MOMENT))

    def trailing(drawing: FigureDrawing, tone: str) -> float:
        return min(float(shape.outline[:, 0].min()) for shape in drawing.shapes if shape.tone == tone)

    assert trailing(moving, "accent") < trailing(still, "accent") - 0.05
    assert trailing(moving, "hair") < trailing(still, "hair") - 0.01


def test_a_held_microphone_is_at_the_mouth() -> None:
    held = figure("sing", 40.0).model_copy(update={"holds": (HeldProp(thing="microphone", hand="right"),)})
    drawing = draw_figure(held, pose_figure(held, HERE, MOMENT))
    left, top, right, bottom = drawing.head
    x, y = drawing.hands[1].point
    assert left - 0.06 < x < right + 0.08
    assert (top + bottom) / 2 < y < bottom + 0.08


def test_traits_change_the_silhouette() -> None:
    pictures = {
        name: inked(posed(facing=40.0, traits=traits)[1])
        for name, traits in {
            "plain": Traits(),
            "coat": Traits(garment="coat"),
            "dress": Traits(garment="dress"),
            "long": Traits(hair="long"),
            "curly": Traits(hair="curly"),
            "bun": Traits(hair="bun"),
            "hat": Traits(headwear="hat"),
            "broad": Traits(build="broad"),
            "child": Traits(height=0.65),
        }.items()
    }
    names = list(pictures)
    for n, first in enumerate(names):
        for second in names[n + 1 :]:
            assert np.count_nonzero(pictures[first] != pictures[second]) > 60, (first, second)


def test_the_same_moment_is_the_same_drawing() -> None:
    (_, first), (_, again) = (posed("dance", 35.0, Traits(hair="curly", garment="skirt")) for _ in range(2))
    assert all((a.outline == b.outline).all() for a, b in zip(first.shapes, again.shapes, strict=True))
