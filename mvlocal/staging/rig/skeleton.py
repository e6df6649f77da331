"""Bones: how long they are for somebody's height and build, what the joints are called, and how far they may turn.

It knows no action. Lengths are in grown body heights.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from mvlocal.schema.staging import Build

JOINTS = (
    "pelvis", "waist", "chest", "neck", "head", "crown",
    "l_shoulder", "l_elbow", "l_wrist", "l_hand", "r_shoulder", "r_elbow", "r_wrist", "r_hand",
    "l_hip", "l_knee", "l_ankle", "l_heel", "l_ball", "l_toe",
    "r_hip", "r_knee", "r_ankle", "r_heel", "r_ball", "r_toe",
)  # fmt: skip
"""Rows of `Pose.joints`. `neck` is where it leaves the shoulders, `head` where the skull sits on it, `hand` the
middle of the palm; the rest lie at the joints that they are named for."""
INDEX = {name: row for row, name in enumerate(JOINTS)}

LIMITS_DEG: dict[str, tuple[float, float]] = {
    "knee": (0.0, 150.0),
    "elbow": (0.0, 150.0),
    "hip_flexion": (-30.0, 130.0),
    "hip_abduction": (-35.0, 60.0),
    "shoulder_from_down": (0.0, 180.0),
    "spine_flexion": (-35.0, 95.0),
    "spine_side": (-40.0, 40.0),
    "spine_twist": (-50.0, 50.0),
    "neck_flexion": (-65.0, 60.0),
    "neck_turn": (-85.0, 85.0),
    "ankle": (-35.0, 70.0),
}
"""Least and greatest angle of each joint; 0 is standing straight with the arms down.

Source: American Academy of Orthopaedic Surgeons, "Joint Motion: Method of Measuring and Recording" (1965), rounded to
5 degrees; the knee's and hip's ends a little wider for kneeling on the heels; the spine's with the pelvis' share of a
bow; `ankle` includes the bend at the ball of the foot.
"""


@dataclass(frozen=True, slots=True)
class Skeleton:
    """Bone lengths of one body. `height` is the body's own; all others are lengths or half widths."""

    height: float
    head: float
    """Chin to crown."""
    skull: float
    """From the top of the neck to the crown."""
    neck: float
    chest: float
    """From the middle of the back to where the neck begins."""
    waist: float
    """From the hips to the middle of the back."""
    shoulder: float
    hip: float
    upper_arm: float
    forearm: float
    hand: float
    thigh: float
    shank: float
    ankle: float
    """The ankle over the ground."""
    heel: float
    """The heel behind the ankle."""
    ball: float
    """The ball of the foot before the ankle."""
    toe: float
    """The tip of the toes before the ball."""

    @property
    def leg(self) -> float:
        return self.thigh + self.shank

    @property
    def arm(self) -> float:
        return self.upper_arm + self.forearm

    @property
    def hip_height(self) -> float:
        return self.leg + self.ankle


@lru_cache(maxsize=64)
def skeleton_of(height: float, build: Build) -> Skeleton:
    """The skeleton of a body `height` tall (1 is grown).

    Small bodies are children's: a larger head, shorter legs, narrower shoulders.

    Source: Drillis and Contini, "Body Segment Parameters" (1966), as in Winter, "Biomechanics and Motor Control of
    Human Movement" (4th edition, figure 4.1); head share of children after Stratz, "Der Körper des Kindes" (1903).
    """
    young = min(max((1 - height) / 0.4, 0.0), 1.0)
    head = 0.139 + 0.048 * young
    hip_height = 0.530 - 0.035 * young
    shoulders = 0.818 - 0.055 * young
    legs = (hip_height - 0.039) / 0.491
    wide = {"slim": 0.94, "medium": 1.0, "broad": 1.1}[build]
    trunk = shoulders + 0.018 - hip_height
    h = height
    return Skeleton(
        height=h,
        head=head * h,
        skull=(head * 0.86) * h,
        neck=(1 - head * 0.86 - hip_height - trunk) * h,
        chest=trunk * 0.60 * h,
        waist=trunk * 0.40 * h,
        shoulder=(0.098 - 0.008 * young) * wide * h,
        hip=0.050 * (0.5 + 0.5 * wide) * h,
        upper_arm=(0.180 - 0.014 * young) * h,
        forearm=(0.148 - 0.010 * young) * h,
        hand=0.100 * h,
        thigh=0.245 * legs * h,
        shank=0.246 * legs * h,
        ankle=0.039 * h,
        heel=0.036 * h,
        ball=0.072 * h,
        toe=0.040 * h,
    )
