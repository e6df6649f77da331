"""What all motion families can be told, as plain values, and what a family does when it is told nothing.

It knows no model.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from typing import Any, Literal, Self

from mvlocal.backends.base import LinkRequest
from mvlocal.backends.frame_rules import frames_to_make
from mvlocal.backends.hardware import Hardware
from mvlocal.errors import UserError
from mvlocal.timing import FrameRate

Schedule = Literal["full", "few"]


@dataclass(frozen=True, slots=True)
class MotionOptions:
    """How links are made. A 0 (or -1 where 0 means something) stands for the family's own value.

    `fps` is the rate that the model is told and its frames are shown at; `motion_min` and `motion_max` are SVD's
    motion bucket (0 to 255) at strength 0 and 1; guidance rises from `guidance_min` in the first frame to
    `guidance_max` in the last. `decode_chunk` frames are decoded at once, and feed-forward layers work on
    `forward_chunk` of them (0: all). `tiling` decodes in tiles, `compile` compiles the denoiser,
    `channels_last` lays its pictures out as convolutions on a GPU like them.
    """

    width: int = 0
    height: int = 0
    frames: int = 0
    fps: int = 0
    steps: int = 0
    schedule: Schedule = "full"
    motion_min: int = 40
    motion_max: int = 200
    noise_aug: float = -1.0
    guidance_min: float = 0.0
    guidance_max: float = 0.0
    decode_chunk: int = 0
    forward_chunk: int = 0
    tiling: bool = False
    compile: bool = False
    channels_last: bool = False

    @classmethod
    def of(cls, given: Mapping[str, Any], own: Self) -> Self:
        """The options in `given` (others in it are not ours); `own` stands in where one is 0 or -1."""
        known = {field.name: given[field.name] for field in fields(cls) if field.name in given}
        meant = {name: value for name, value in known.items() if isinstance(value, bool | str) or value > 0}
        zero_means = {name: known[name] for name in ("noise_aug", "motion_min") if known.get(name) == 0}
        return replace(own, **meant, **zero_means)

    @property
    def rate(self) -> FrameRate:
        """The rate that links are shown at."""
        return FrameRate(Fraction(self.fps))


def bucket_of(strength: float, options: MotionOptions) -> int:
    """SVD's motion bucket for a strength from 0 to 1: straight from `motion_min` to `motion_max`, rounded."""
    return round(options.motion_min + strength * (options.motion_max - options.motion_min))


def require_range(hardware: Hardware, family: str) -> None:
    """Raises for half precision where a family's numbers are too large for it.

    Raises:
        UserError: the hardware's dtype is float16.
    """
    if hardware.dtype == "float16":
        raise UserError(
            f"{family} was trained in bfloat16, whose numbers are too large for float16",
            where="machine.dtype",
            mend="machine.dtype: bfloat16",
        )


def require_sizes(options: MotionOptions, multiple: int, family: str) -> None:
    """Raises unless width and height are what a family's networks can halve as often as they do.

    Raises:
        UserError: they are no multiples of `multiple`.
    """
    if options.width % multiple or options.height % multiple:
        near = "x".join(str(max(1, round(side / multiple)) * multiple) for side in (options.width, options.height))
        raise UserError(
            f"sizes of {family} are multiples of {multiple}, not {options.width}x{options.height}",
            where="clips.width, clips.height",
            mend=f"the nearest are {near}; 0: its own",
        )


def require_length(options: MotionOptions, step: int, family: str) -> None:
    """Raises unless the number of frames is one that a family makes.

    Raises:
        UserError: it is not of the form k * `step` + 1.
    """
    possible = frames_to_make(options.frames, step)
    if possible != options.frames:
        raise UserError(
            f"{family} makes {step}k + 1 frames at once, not {options.frames}",
            where="clips.frames",
            mend=f"write {possible}, or 0 for its own number",
        )


def require_fit(request: LinkRequest, options: MotionOptions, *, takes_last: bool) -> None:
    """Raises unless the request is one that the family can make.

    Raises:
        ValueError: another size than the family's, no frames, too many, a strength outside 0 to 1, or a last picture
            where the family takes none.
    """
    if request.last is not None and not takes_last:
        raise ValueError("this model takes no last picture")
    size = (options.height, options.width, 3)
    for picture in (request.image, request.last):
        if picture is not None and picture.shape != size:
            raise ValueError(f"a link of this family starts from a picture of {size}, not {picture.shape}")
    if not 1 <= request.frames <= options.frames:
        raise ValueError(f"a link of this family has 1 to {options.frames} frames, not {request.frames}")
    if not 0 <= request.strength <= 1:
        raise ValueError(f"strength is from 0 to 1, not {request.strength}")
