"""A figure at a moment: its action's motion, alive with breath and sway, solved into a pose.

A pure function of figure, travel and moment. It knows no outline.
"""

from __future__ import annotations

from dataclasses import replace
from math import atan2, degrees, sin

import numpy as np

from mvlocal.schema.staging import FigureStaging
from mvlocal.staging.rig.actions import Action, require_action
from mvlocal.staging.rig.attitude import Attitude
from mvlocal.staging.rig.cue import MOVING, Cue, Moment, Travel
from mvlocal.staging.rig.pose import Pose
from mvlocal.staging.rig.skeleton import JOINTS, skeleton_of
from mvlocal.staging.rig.solve import Solved, pitch_of, solve, yaw_of
from mvlocal.staging.rig.space import Vec, clamped, ramp, scaled, sub
from mvlocal.staging.rig.steps import Line

_TRAIL_S = 0.14
"""How long what hangs loose takes to follow."""


def pose_figure(
    figure: FigureStaging, travel: Travel, moment: Moment, partner: tuple[float, float] | None = None
) -> Pose:
    """The figure's pose at `moment`; `partner` is the partner's ground point (x, z).

    Any time gives a pose, also before the shot's start and after its end: the way goes on straight.

    Raises:
        PlanError: the figure's action is unknown.
    """
    action = require_action(figure.action, where=f"figure {figure.character}")
    now = _solved(figure, action, travel, moment, partner)
    before = _solved(figure, action, travel, replace(moment, t_s=moment.t_s - _TRAIL_S), partner)
    solved, wish, root, yaw = now
    frames, points = solved.frames, solved.points
    height = skeleton_of(figure.traits.height, figure.traits.build).height
    return Pose(
        joints=np.array([points[name] for name in JOINTS]),
        root=root,
        yaw_deg=yaw,
        head_yaw_deg=yaw_of(frames.head[2]),
        head_pitch_deg=pitch_of(frames.head),
        hips_axes=frames.hips,
        chest_axes=frames.chest,
        head_axes=frames.head,
        skeleton=skeleton_of(figure.traits.height, figure.traits.build),
        planted=_planted(action, wish, travel),
        grasp=wish.grasp,
        mouth=wish.mouth,
        blink=_blink(moment.t_s + 17.3 * figure.phase),
        drag=(
            _trail(points["crown"], before[0].points["crown"], height),
            _trail(points["pelvis"], before[0].points["pelvis"], height),
        ),
        gust=moment.t_s / 2.6 + figure.phase,
    )


_Moved = tuple[Solved, Attitude, tuple[float, float], float]


def _solved(
    figure: FigureStaging, action: Action, travel: Travel, moment: Moment, partner: tuple[float, float] | None
) -> _Moved:
    bones = skeleton_of(figure.traits.height, figure.traits.build)
    span = moment.length_s if moment.length_s > 0 else 1.0
    goal = travel.start if action.stays else travel.end
    velocity = ((goal[0] - travel.start[0]) / span, (goal[1] - travel.start[1]) / span)
    way = Line(travel.start, velocity)
    cue = Cue(
        moment,
        bones,
        way,
        figure.facing_deg if action.carried else _faced(figure.facing_deg, way, bones.height),
        figure.phase,
        dict(action.values),
        partner,
        tuple(any(held.hand in (hand, "both") for held in figure.holds) for hand in ("left", "right")),  # pyright: ignore[reportArgumentType]
    )
    motion = action.move(cue)
    wish = _alive(cue, motion.attitude, action.lively)
    root = cue.way.at(moment.t_s) if cue.moving else travel.start
    return solve(bones, wish, root, motion.yaw_deg), wish, root, motion.yaw_deg


def _faced(facing_deg: float, way: Line, height: float) -> float:
    """The facing, turned towards the way as far as its speed asks: nobody strides sideways."""
    speed = way.speed / height
    if speed <= MOVING:
        return facing_deg
    way_deg = degrees(atan2(way.velocity[0], way.velocity[1]))
    most = 85 - 50 * ramp(speed, 0.1, 0.35)
    return way_deg + clamped((facing_deg - way_deg + 180) % 360 - 180, -most, most)


def _alive(cue: Cue, wish: Attitude, amount: float) -> Attitude:
    """Breath and small movements of the head, over everything."""
    breath = sin(2 * np.pi * cue.loose_s / (4.2 - 1.4 * cue.energy))
    return replace(
        wish,
        bend=wish.bend - 0.9 * breath * amount,
        shrug=wish.shrug + 0.10 * breath * amount,
        head_pitch=wish.head_pitch + (0.6 * breath + 1.8 * cue.drift(5.3, 0.15)) * amount,
        head_yaw=wish.head_yaw + 4.0 * cue.drift(7.7, 0.55) * amount,
        head_roll=wish.head_roll + 1.6 * cue.drift(6.7, 0.85) * amount,
    )


def _planted(action: Action, wish: Attitude, travel: Travel) -> tuple[bool, bool]:
    if wish.feet is None or (action.carried and travel.start != travel.end):
        return (False, False)
    return (wish.feet[0].planted, wish.feet[1].planted)


def _blink(t_s: float) -> float:
    """0 open to 1 closed: a blink of 0.16 s every few seconds."""
    beat = t_s / 3.7
    inside = (beat - np.floor(beat)) * 3.7 - 1.1 - 1.2 * abs(sin(12.9 * np.floor(beat)))
    return clamped(1 - abs(inside) / 0.08)


def _trail(now: Vec, before: Vec, height: float) -> Vec:
    """Towards where the part was, at most a seventh of the body."""
    back = sub(before, now)
    size = max(abs(back[0]), abs(back[1]), abs(back[2]), 1e-9) / height
    return scaled(back, 0.14 * np.tanh(size / 0.14) / size)
