"""What a shot is drawn from as it was blocked: its still, and its frames. It knows no theatre."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from mvlocal.engine.task import Json
from mvlocal.media.frame import Rgb, Yuv420
from mvlocal.schema.song import LyricLine, SectionLabel
from mvlocal.schema.staging import Staging
from mvlocal.schema.story import Character, Location, Shot
from mvlocal.timing import FrameRate, FrameSpan


@dataclass(frozen=True, slots=True)
class FrameSpec:
    """Size in pixels (both even) and rate of the finished video."""

    width: int
    height: int
    rate: FrameRate


@dataclass(frozen=True, slots=True)
class Guide:
    """A picture of the frame's size, (H, W, 3) or (H, W), that a generator is held to, and how strongly (0 to 1)."""

    picture: NDArray[np.uint8]
    weight: float


@dataclass(frozen=True, slots=True)
class KeyframeRequest:
    """One shot to make a still of, as it was blocked. `seed` follows from project, place, shot and purpose.

    `guides` are the staging's `pose`, `depth` and `lines` with the profile's weights; those of no weight are left out.
    """

    frame: FrameSpec
    shot: Shot
    staging: Staging
    location: Location
    characters: Sequence[Character]
    seed: int
    photo: Path | None = None
    subject: tuple[float, float, float, float] | None = None
    guides: Mapping[str, Guide] = field(default_factory=dict[str, Guide])
    options: Mapping[str, Json] = field(default_factory=dict[str, Json])


@dataclass(frozen=True, slots=True)
class Keyframe:
    """A shot's still and what its animator needs beside it.

    `image` (H, W, 3) is what sheets show; `layers` are named RGBA or RGB pictures for the animator;
    `notes` are plain facts (`subject` box in fractions of the image, warnings).
    """

    image: Rgb
    layers: Mapping[str, NDArray[np.uint8]] = field(default_factory=dict[str, NDArray[np.uint8]])
    notes: Mapping[str, Json] = field(default_factory=dict[str, Json])


class KeyframeMaker(Protocol):
    """Makes the still of a shot."""

    name: str

    def make_keyframe(self, request: KeyframeRequest) -> Keyframe:
        """Makes one still; the same request always gives the same pixels."""
        ...


@dataclass(frozen=True, slots=True)
class ShotMusic:
    """What sounds during a shot, in song seconds. `energy[i]` (0 to 1) belongs to the shot's frame i."""

    section: SectionLabel
    section_energy: float
    beats: Sequence[float]
    downbeats: Sequence[float]
    energy: NDArray[np.float32]
    lyrics: Sequence[LyricLine]


@dataclass(frozen=True, slots=True)
class ClipRequest:
    """One shot to animate over exactly `span` frames of the song, and `before` and `after` more for its transitions.

    `layers` are those of the shot's keyframe, or its image as the only one (`image`) where it has none; `notes` are
    the keyframe's.
    """

    frame: FrameSpec
    span: FrameSpan
    shot: Shot
    staging: Staging
    location: Location
    layers: Mapping[str, NDArray[np.uint8]]
    notes: Mapping[str, Json]
    music: ShotMusic
    seed: int
    options: Mapping[str, Json] = field(default_factory=dict[str, Json])
    before: int = 0
    after: int = 0


class Animator(Protocol):
    """Makes a still move."""

    name: str

    def animate(self, request: ClipRequest) -> Iterator[Yuv420]:
        """Yields exactly `request.before + len(request.span) + request.after` frames of `request.frame`'s size.

        A yielded frame belongs to the caller, who may draw on it, until the next one is asked for.
        """
        ...
