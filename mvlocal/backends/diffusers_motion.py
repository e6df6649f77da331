"""What the motion families of diffusers have in common: one link asked of a pipeline, checked, decoded, cut to length.

It does not know any family: each says how it denoises and decodes.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from mvlocal.backends.base import LinkRequest, Preview, Progress
from mvlocal.backends.diffusers_parts import Parts, placed
from mvlocal.backends.frame_rules import kept
from mvlocal.backends.hardware import Dtype, Hardware
from mvlocal.backends.latents import require_finite
from mvlocal.backends.motion_options import MotionOptions, require_fit
from mvlocal.engine.task import Json
from mvlocal.errors import NotFinite
from mvlocal.timing import FrameRate

Frames = NDArray[np.uint8]
"""(n, H, W, 3)."""


@dataclass(frozen=True, slots=True)
class Watch:
    """Who is told how far a link is, and shown what it looks like so far."""

    progress: Progress
    preview: Preview | None


@dataclass(frozen=True, slots=True)
class Denoised:
    """What a pipeline made: `latents`, and how they are decoded in a given dtype, twice the same if asked twice."""

    latents: Any
    decode: Callable[[Dtype], Frames]


class DiffusersMotion(ABC):
    """A `MotionMaker` whose links come from a pipeline of diffusers, made of `parts`."""

    name: str
    denoiser: ClassVar[str]
    """What the network is called in words."""
    takes_words = True
    takes_last = True
    decodes_in_full = False
    """Whether its decoder always works in full precision."""

    def __init__(self, parts: Parts, hardware: Hardware, options: MotionOptions) -> None:
        self.parts = parts
        self.hardware = hardware
        self.options = options
        self.frames: int = options.frames
        self.width: int = options.width
        self.height: int = options.height
        self.rate: FrameRate = options.rate
        self.rates: tuple[FrameRate, ...] = (options.rate,)
        self.notes: dict[str, Json] = {}

    def make_link(self, request: LinkRequest, progress: Progress, preview: Preview | None = None) -> Frames:
        """(request.frames, H, W, 3); the same request gives the same pixels.

        Raises:
            ValueError: another size, more frames or another strength than this family takes, or a last picture that it
                cannot arrive at.
            NotFinite: the network's or, in full precision too, the decoder's numbers are not finite.
        """
        import torch

        require_fit(request, self.options, takes_last=self.takes_last)
        self.notes = {"steps": self.options.steps}
        dice = torch.Generator("cpu").manual_seed(request.seed)  # every device draws the same noise
        with torch.inference_mode():
            made = self._denoise(request, dice, Watch(progress, preview))
            require_finite(made.latents, self.denoiser)
            frames = self._decoded(made.decode, precise=request.precise)
        progress(1.0, f"{request.frames} frames")
        return kept(frames, request.frames, to_the_end=request.last is not None)

    @abstractmethod
    def _denoise(self, request: LinkRequest, dice: Any, watch: Watch) -> Denoised:
        """As many frames as the family makes for this request, or more, as latents."""

    def _ask(
        self, pipeline: Any, dice: Any, watch: Watch, picture: Callable[[Any], NDArray[np.uint8]], **given: Any
    ) -> Any:
        """The latents that a pipeline makes of what is `given`; `picture` makes a preview of latents."""
        steps = self.options.steps

        def tell(_pipeline: Any, step: int, _timestep: Any, now: dict[str, Any]) -> dict[str, Any]:
            watch.progress(0.9 * (step + 1) / steps, f"step {step + 1} of {steps}")
            if watch.preview is not None:
                watch.preview(partial(picture, now["latents"]), step + 1, steps)
            return {}

        with placed(pipeline, self.hardware) as ready:
            return ready(
                height=self.height,
                width=self.width,
                num_inference_steps=steps,
                generator=dice,
                output_type="latent",
                callback_on_step_end=tell,
                **given,
            ).frames

    def _decoded(self, decode: Callable[[Dtype], Frames], *, precise: bool) -> Frames:
        """What `decode` makes; once more in full precision where a number is not finite. The notes say which it was.

        Raises:
            NotFinite: in full precision too.
        """
        asked: Dtype = "float32" if precise or self.decodes_in_full else self.hardware.dtype
        self.notes["decoded_in"] = asked
        try:
            return decode(asked)
        except NotFinite:
            if asked == "float32":
                raise
        self.notes |= {"decoded_in": "float32", "decoded_again": True}
        return decode("float32")


def set_up_transformer(name: str, part: Any, options: MotionOptions) -> None:
    """Switches on what families with a transformer can do: decoding in tiles, compiled blocks."""
    if name == "vae" and options.tiling:
        part.enable_tiling()
    if name.startswith("transformer") and options.compile:
        part.compile_repeated_blocks()
