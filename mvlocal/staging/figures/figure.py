"""A posed figure as cut paper: trunk, limbs, head, hair and clothes from far to near, key points and grips.

It knows no place, no camera and no light.
"""

from __future__ import annotations

from math import atan2, degrees

import numpy as np

from mvlocal.schema.staging import FigureStaging
from mvlocal.staging.figures.body import Flat, Limbs, flat_of, hand, limbs, neck, shoe, trunk, yoke
from mvlocal.staging.figures.clothes import collar, scarf, skirt
from mvlocal.staging.figures.drawing import FigureDrawing, Grip, Shape
from mvlocal.staging.figures.hair import beard, bun, face_lines, fall_of, glasses, hair_back, hair_front, hair_under
from mvlocal.staging.figures.head import View, chin_shade, ear_fold, ear_outline, head_outline, view_of
from mvlocal.staging.figures.headwear import headwear, hood_lining
from mvlocal.staging.figures.keypoints import keypoints_of
from mvlocal.staging.rig.pose import Pose

_FLOOR = 0.004
"""Nothing hangs lower than this under the ground, whatever it is made of."""


def draw_figure(figure: FigureStaging, pose: Pose) -> FigureDrawing:
    """The figure's outlines in the drawing plane, its 18 key points, its grips and its head's box."""
    flat, view = flat_of(pose, figure.traits), view_of(pose)
    drawn = limbs(flat)
    shapes = [*_legs(flat, drawn), *_trunk(flat), *_arms(flat, drawn), *_head(flat, view)]
    for shape in shapes:
        np.minimum(shape.outline[:, 1], _FLOOR, out=shape.outline[:, 1])
    shapes.sort(key=lambda shape: shape.depth)
    points, visible = keypoints_of(flat, view)
    skull = head_outline(view, 0.0)
    low, high = skull.min(axis=0), skull.max(axis=0)
    return FigureDrawing(
        tuple(shapes),
        points,
        visible,
        (_grip(flat, "l"), _grip(flat, "r")),
        (float(low[0]), float(low[1]), float(high[0]), float(high[1])),
    )


def _leg_depth(flat: Flat, name: str) -> float:
    knee, hip, middle = (flat.depth(joint) for joint in (f"{name}_knee", f"{name}_hip", "pelvis"))
    depth = -0.02 + 0.2 * (knee - middle) + 0.05 * (hip - middle)
    return min(depth, -0.005) if flat.hanging > 0.5 else depth


def _legs(flat: Flat, drawn: Limbs) -> list[Shape]:
    shapes: list[Shape] = []
    bare = flat.traits.garment in ("dress", "skirt")
    for side, name in enumerate("lr"):
        thigh, shank = drawn.thigh[side], drawn.shank[side]
        rear, front = shoe(flat, name)
        depth = _leg_depth(flat, name)
        tone = "skin" if bare else "legs"
        shapes += [Shape(rear, "shoes", depth + 0.0005), Shape(front, "shoes", depth + 0.0005)]
        shapes += [Shape(shank, tone, depth), Shape(thigh, tone, depth + 0.001)]
        if not bare:
            shapes[-4], shapes[-3], shapes[-2] = shapes[-2], shapes[-4], shapes[-3]
    hem = max(0.002, max(_leg_depth(flat, name) for name in "lr") + 0.002)
    shapes += [Shape(piece, "garment", hem) for piece in skirt(flat)]
    return shapes


def _trunk(flat: Flat) -> list[Shape]:
    ahead = flat.pose.chest_axes[2][2]
    shapes = [Shape(trunk(flat), "garment", 0.0), Shape(yoke(flat), "garment", 0.0005)]
    shapes += [Shape(neck(flat), "skin", 0.004 if ahead > -0.3 else -0.004)]
    shapes += [Shape(piece, "garment_dark", 0.006 if ahead < 0.3 else -0.006) for piece in collar(flat)]
    if flat.traits.scarf:
        wound, tail = scarf(flat)
        shapes += [Shape(wound, "accent", 0.028), Shape(tail, "accent", 0.015 if ahead > 0.2 else 0.029)]
    return shapes


def _arms(flat: Flat, drawn: Limbs) -> list[Shape]:
    shapes: list[Shape] = []
    for side, name in enumerate("lr"):
        upper, fore = drawn.upper_arm[side], drawn.forearm[side]
        chest = flat.depth("chest")
        reach = 0.5 * (flat.depth(f"{name}_elbow") + flat.depth(f"{name}_wrist")) - chest
        near = reach + 0.3 * (flat.depth(f"{name}_shoulder") - chest)
        depth = 0.1 + 0.1 * near if near > 0.0 else -0.1 + 0.1 * near
        tone = "garment" if near > 0 else "garment_dark"
        shapes += [
            Shape(hand(flat, name), "skin", depth),
            Shape(upper, tone, depth + 0.001),
            Shape(fore, tone, depth + 0.002),
        ]
    return shapes


def _head(flat: Flat, view: View) -> list[Shape]:
    traits, pose = flat.traits, flat.pose
    fall = fall_of(pose, view)
    shapes = [Shape(head_outline(view, pose.mouth), "skin", 0.030)]
    if view.near_ahead > -0.2:
        shapes.append(Shape(chin_shade(view), "mark", 0.0045))
    shapes += [Shape(line, "mark", 0.031) for line in face_lines(view, pose.mouth, pose.blink)]
    back, front = hair_back(view, fall, traits.hair), hair_front(view, fall, traits.hair)
    if back is not None:
        shapes.append(Shape(back, "hair", -0.003 if view.near_ahead > 0 else 0.029))
    whiskers = beard(view, fall) if traits.beard else None
    if whiskers is not None:
        shapes.append(Shape(whiskers, "hair", 0.0305))
    under = hair_under(view, fall, traits.hair)
    if under is not None:
        shapes.append(Shape(under, "hair", 0.0295 if back is None else -0.0031))
    if front is not None:
        shapes.append(Shape(front, "hair", 0.034))
    if traits.hair == "bun" and traits.headwear != "hood":
        shapes.append(Shape(bun(view), "hair", 0.029 if view.near_ahead > 0 else 0.036))
    if traits.hair in ("short", "bun", "bald") and traits.headwear != "hood":
        for side in (1.0, -1.0):
            if view.towards(side, -0.1) > -0.35:
                shapes += [Shape(ear_outline(view, side), "skin", 0.035), Shape(ear_fold(view, side), "mark", 0.0351)]
    if traits.headwear == "hood" and view.near_ahead > 0:
        shapes.append(Shape(hood_lining(view), "shoes", 0.0292))
    if traits.glasses:
        shapes += [Shape(part, "shoes", 0.0355) for part in glasses(view)]
    shapes += [
        Shape(
            part,
            "garment_dark" if traits.headwear == "hood" else "shoes" if traits.headwear != "crown" else "accent",
            0.037 + 0.0001 * place,
        )
        for place, part in enumerate(headwear(view, traits.headwear))
    ]
    return shapes


def _grip(flat: Flat, name: str) -> Grip:
    wrist, palm = flat.at(f"{name}_wrist"), flat.at(f"{name}_hand")
    way = palm - wrist
    depth = flat.depth(f"{name}_wrist") - flat.depth("chest")
    return Grip((float(palm[0]), float(palm[1])), degrees(atan2(way[1], way[0])), 0.1 + 0.1 * depth)
