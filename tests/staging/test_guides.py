"""Guides: pose against the rig's own projection, depth in the order of layers, masks and boxes as the frame shows."""

from __future__ import annotations

from typing import get_args

import cv2
import numpy as np
import pytest
from staging_support import RATE, place, shot, staged

from mvlocal.backends.base import FrameSpec
from mvlocal.schema.staging import Mark, PropStaging, Staging
from mvlocal.schema.story import PlaceKind, ShotSize
from mvlocal.shots.stills.stage import guides_of
from mvlocal.staging.geometry import geometry_of
from mvlocal.staging.guides import Guides, draw_guides
from mvlocal.staging.guides.pose import COLOURS, NAMES, SeenSkeleton, draw_pose
from mvlocal.staging.theatre.players import placed
from mvlocal.staging.theatre.show import HOME, Show, show_of

FRAME = FrameSpec(640, 360, RATE)


def show(staging: Staging, kind: PlaceKind = "street", frame: FrameSpec = FRAME) -> Show:
    return show_of(staging, place(kind), frame)


def guides(staging: Staging, kind: PlaceKind = "street", t_s: float = 1.0) -> Guides:
    return draw_guides(show(staging, kind), t_s)


@pytest.mark.parametrize("size", ["wide", "full", "medium", "close-up"])
@pytest.mark.parametrize("facing", [0.0, 60.0, -90.0])
def test_the_pose_picture_is_the_rigs_projection_to_a_pixel(size: ShotSize, facing: float) -> None:
    staging = staged(shot(size=size), place("street"), facing_deg=facing)
    one = show(staging, frame=FrameSpec(1920, 1080, RATE))
    company = one.company()
    assert company is not None
    cut = company.actors.at(1.0)[0]
    assert cut.keypoints is not None
    assert cut.visible is not None
    points = placed(cut.keypoints, company.sight, one.framing().window(HOME, cut.depth))
    picture = draw_guides(one, 1.0).pose
    found = 0
    for index, (name, colour) in enumerate(zip(NAMES, COLOURS, strict=True)):
        point = points[index]
        apart = np.hypot(*(points[cut.visible & (np.arange(18) != index)] - point).T)
        inside = (point > 10).all() and point[0] < 1910 and point[1] < 1070
        if not cut.visible[index] or not inside or apart.min() < 18:
            continue  # hidden, outside, or partly under another point
        ys, xs = np.nonzero((picture == colour).all(axis=2))
        own = np.hypot(xs - point[0], ys - point[1]) < 12
        assert own.any(), name
        assert np.hypot(xs[own].mean() - point[0], ys[own].mean() - point[1]) <= 1.0, name
        found += 1
    small_profile = size == "wide" and facing == -90.0  # left and right limbs lie over each other
    assert found >= (0 if small_profile else 2 if size == "close-up" or facing == -90.0 else 4)


def test_limbs_have_openpose_colours() -> None:
    points = np.zeros((18, 2))
    points[1], points[2] = (20, 50), (80, 50)
    visible = np.zeros(18, bool)
    visible[[1, 2]] = True
    picture = draw_pose([SeenSkeleton(points, visible)], 100, 100)
    assert tuple(picture[50, 50]) == (153, 0, 0)
    assert tuple(picture[50, 20]) == (255, 85, 0)
    assert tuple(picture[50, 80]) == (255, 170, 0)
    assert not picture[10].any()


def test_depth_keeps_the_order_of_layers_and_of_people() -> None:
    of = shot(size="wide", people=2)
    staging = staged(of, place("street"))
    first, second = staging.figures
    apart = staging.model_copy(
        update={
            "figures": (
                first.model_copy(update={"start": Mark(x=0.4, body=0.34), "end": Mark(x=0.4, body=0.34)}),
                second.model_copy(update={"start": Mark(x=-0.2, body=0.17), "end": Mark(x=-0.2, body=0.17)}),
            )
        }
    )
    made = guides(apart)
    near = np.median(made.depth[made.masks[first.character] > 0])
    far = np.median(made.depth[made.masks[second.character] > 0])
    sky = np.median(made.depth[:20])
    assert sky < far < near


@pytest.mark.parametrize("kind", get_args(PlaceKind))
def test_depth_of_open_ground_grows_towards_the_camera(kind: PlaceKind) -> None:
    made = guides(staged(shot(size="wide", people=0), place(kind)), kind)
    column = np.median(made.depth.astype(float), axis=1)
    assert column[-1] >= column[len(column) // 3]
    assert column[-1] > column.min()


def test_masks_and_boxes_agree_with_the_frame() -> None:
    staging = staged(shot(size="full", time="noon"), place("street"), look="paper")
    with_her = show(staging)
    alone = show(staging.model_copy(update={"figures": ()}))
    # The same layers with and without her: where the frames differ, she (or her shadow and light) is.
    empty = Show(alone.staging, alone.location, with_her.drawn, FRAME, 0)
    made = draw_guides(with_her, 1.0)
    difference = np.abs(made.frame.astype(int) - draw_guides(empty, 1.0).frame.astype(int)).max(axis=2) > 6
    mask = made.masks["mara"] > 0
    assert difference[mask].mean() > 0.8
    near = np.asarray(cv2.dilate(mask.astype(np.uint8), np.ones((7, 7), np.uint8)), bool)
    upper = np.arange(FRAME.height)[:, None] < 0.7 * FRAME.height  # below, there is her shadow
    assert (difference & ~near & upper).sum() < 0.02 * mask.sum()
    left, top, right, bottom = made.boxes["mara"]
    ys, xs = np.nonzero(mask)
    assert (left, top) == (xs.min() / FRAME.width, ys.min() / FRAME.height)
    assert (right, bottom) == ((xs.max() + 1) / FRAME.width, (ys.max() + 1) / FRAME.height)


def test_a_nearer_person_hides_a_farther_one() -> None:
    staging = staged(shot(size="wide", people=2), place("street"))
    first, second = staging.figures
    behind = second.model_copy(update={"start": Mark(x=0.4, body=0.2), "end": Mark(x=0.4, body=0.2)})
    made = guides(staging.model_copy(update={"figures": (first, behind)}))
    both = (made.masks[first.character] > 0) & (made.masks[second.character] > 0)
    assert not both.any()
    assert (made.masks[first.character] > 0).sum() > (made.masks[second.character] > 0).sum()


def test_things_have_masks_too() -> None:
    lantern = PropStaging(thing="lantern", at=Mark(x=-0.3, body=0.3))
    made = guides(staged(shot(size="wide", people=0), place("street"), props=[lantern]))
    assert made.masks["lantern"].any()
    assert "lantern" in made.boxes


def test_guides_are_the_same_every_time_and_follow_time() -> None:
    staging = staged(shot(size="full"), place("field"), action="walk")
    first, again, later = guides(staging, "field"), guides(staging, "field"), guides(staging, "field", 1.5)
    for name in ("frame", "pose", "depth", "edges", "soft_lines"):
        assert np.array_equal(getattr(first, name), getattr(again, name)), name
    assert not np.array_equal(first.pose, later.pose)


@pytest.mark.parametrize("frame", [(360, 640), (400, 400), (640, 272)])
def test_any_aspect_is_staged_and_guided(frame: tuple[int, int]) -> None:
    staging = staged(shot(size="full"), place("station"), aspect=frame[0] / frame[1])
    made = draw_guides(show(staging, "station", FrameSpec(*frame, RATE)), 0.5)
    assert made.pose.shape == (frame[1], frame[0], 3)
    left, top, right, bottom = made.boxes["mara"]
    assert 0 <= left < right <= 1
    assert 0 <= top < bottom <= 1


def test_marks_and_ground_agree() -> None:
    staging = staged(shot(size="wide"), place("street"))
    geometry = geometry_of(staging)
    mark = staging.figures[0].start
    spot = geometry.spot(geometry.ground(mark))
    x, _ = geometry.in_frame(spot.x, spot.y)
    assert x * 2 - 1 == pytest.approx(mark.x)
    assert spot.scale * geometry.lens.zoom == pytest.approx(mark.body)


def test_keyframes_are_handed_the_guides_that_have_a_weight() -> None:
    of, where = shot(size="full"), place("street")
    frame = FrameSpec(320, 180, RATE)
    made = guides_of(staged(of, where), where, frame, {"pose": 0.8, "depth": 0.5, "lines": 0.0})
    assert {name: guide.weight for name, guide in made.items()} == {"pose": 0.8, "depth": 0.5}
    assert made["pose"].picture.shape == (180, 320, 3)
    assert made["depth"].picture.shape == (180, 320)
    assert made["pose"].picture.any()
    assert guides_of(staged(of, where), where, frame, {}) == {}
