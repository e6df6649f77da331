"""Stable Video Diffusion: moves a still for 14 or 25 frames, in one go. It follows no words.

It does not know shots, chains or colours. A link is always denoised at the model's full length, which is what it was
trained on, and cut to the frames asked for: a shorter link is the beginning of the longer one. Its first frame is near
the still it starts from, but not equal to it; whoever joins links has to see to that.

Source: Blattmann et al., Stable Video Diffusion, arXiv 2311.15127; the published pipeline, whose unet is told fps - 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mvlocal.backends.base import LinkRequest
from mvlocal.backends.diffusers_motion import Denoised, DiffusersMotion, Frames, Watch
from mvlocal.backends.diffusers_parts import FolderParts, Parts, require_class
from mvlocal.backends.hardware import Dtype, Hardware
from mvlocal.backends.latents import to_pictures, to_preview
from mvlocal.backends.loading import on_device
from mvlocal.backends.motion_options import MotionOptions, bucket_of, require_sizes
from mvlocal.backends.svd_schedule import few_schedule, full_schedule
from mvlocal.engine.task import Json
from mvlocal.errors import UserError
from mvlocal.timing import FrameRate
from mvlocal.weights import LockedWeights
from mvlocal.weights.folders import LockedFolder

OWN = MotionOptions(
    width=1024,
    height=576,
    fps=7,
    steps=25,
    noise_aug=0.02,
    guidance_min=1.0,
    guidance_max=3.0,
    decode_chunk=8,
)
OWN_FEW = MotionOptions(
    width=1024, height=576, fps=7, steps=4, schedule="few", noise_aug=0.02, guidance_min=1.0, guidance_max=1.0,
    decode_chunk=8,
)  # fmt: skip
"""The distilled unet needs no guidance, which halves each step once more."""
CLASSES = {
    "unet": "diffusers:UNetSpatioTemporalConditionModel",
    "vae": "diffusers:AutoencoderKLTemporalDecoder",
    "image_encoder": "transformers:CLIPVisionModelWithProjection",
    "feature_extractor": "transformers:CLIPImageProcessor",
}
SCHEDULES = {"full": full_schedule, "few": few_schedule}
SLOWEST = 6
"""Frames a second: clips of 6 and 7 were what the model was trained on last."""
PREVIEW = ((0.3512, 0.2297, 0.3227), (0.3250, 0.4974, 0.2350), (-0.2829, 0.1762, 0.2721), (-0.2120, -0.2616, -0.7177))
"""From the four channels of a Stable Diffusion latent to rough colours in [-1, 1].

Source: the linear fit that keturn published for Stable Diffusion 1; SVD's VAE encodes as that one does.
"""


class SvdMotion(DiffusersMotion):
    """A `MotionMaker`. `parts` gives `image_encoder`, `unet`, `vae`, `scheduler` and `feature_extractor`."""

    name = "svd"
    denoiser = "SVD's unet"
    takes_words = False
    takes_last = False

    def __init__(self, parts: Parts, hardware: Hardware, options: MotionOptions) -> None:
        super().__init__(parts, hardware, options)
        self.rates = (options.rate, FrameRate(Fraction(min(options.fps, SLOWEST))))

    def _denoise(self, request: LinkRequest, dice: Any, watch: Watch) -> Denoised:
        """Latents (1, F, C, h, w) of the family's full length, scaled as the unet knows them."""
        from diffusers.pipelines.stable_video_diffusion.pipeline_stable_video_diffusion import (
            StableVideoDiffusionPipeline,
        )
        from PIL import Image

        options, scheduler = self.options, self.parts.plain("scheduler")
        if options.schedule == "few":
            scheduler.noise = dice
        pipeline = StableVideoDiffusionPipeline(
            vae=self.parts.part("vae"),
            image_encoder=self.parts.part("image_encoder"),
            unet=self.parts.part("unet"),
            scheduler=scheduler,
            feature_extractor=self.parts.plain("feature_extractor"),
        )

        def picture(_latents: Any) -> NDArray[np.uint8]:
            return to_preview(scheduler.guess[0, options.frames // 2], PREVIEW, (0.0, 0.0, 0.0))

        bucket = bucket_of(request.strength, options)
        self.notes["bucket"] = bucket
        latents = self._ask(
            pipeline,
            dice,
            watch,
            picture,
            image=Image.fromarray(request.image),
            num_frames=options.frames,
            min_guidance_scale=options.guidance_min,
            max_guidance_scale=options.guidance_max,
            fps=round(request.rate.value),
            motion_bucket_id=bucket,
            noise_aug_strength=options.noise_aug,
        )
        # Whole chunks of frames, since those of a chunk depend on each other.
        shown = -(-request.frames // options.decode_chunk) * options.decode_chunk
        return Denoised(latents, partial(self._decode, latents[0, :shown]))

    def _decode(self, latents: Any, dtype: Dtype) -> Frames:
        """Pictures of latents (n, C, h, w), some frames at a time."""
        import torch

        chunk = self.options.decode_chunk
        pieces: list[Frames] = []
        vae = self.parts.part("vae", dtype)
        with on_device(self.hardware, vae):
            scaled = latents.to(self.hardware.device, getattr(torch, dtype)) / vae.config.scaling_factor
            for first in range(0, len(scaled), chunk):
                some = scaled[first : first + chunk]
                pieces.append(to_pictures(vae.decode(some, num_frames=len(some)).sample))
        return np.concatenate(pieces)


def make(
    model: LockedFolder, hardware: Hardware, options: Mapping[str, Json], few: LockedWeights | None = None
) -> SvdMotion:
    """The registry's factory. `few` is the distilled unet that the 4-step schedule needs, in diffusers' own names.

    Raises:
        UserError: options that this model cannot follow, or a folder that holds another kind of model.
    """
    schedule = str(options.get("schedule", "full"))
    if schedule == "few" and few is None:
        raise UserError(
            "the 4-step schedule needs its own unet", where="clips.few_model", mend="name it, or clips.schedule=full"
        )
    config = require_class(model, "unet", "UNetSpatioTemporalConditionModel", "SVD")
    trained = int(config.get("num_frames") or 25)
    chosen = MotionOptions.of({"frames": trained, **_meant(options)}, OWN_FEW if schedule == "few" else OWN)
    _require_possible(chosen, trained)
    parts = FolderParts(
        model,
        hardware,
        {**CLASSES, "scheduler": SCHEDULES[schedule]},
        set_up=lambda name, part: _set_up(name, part, chosen),
        replaced={"unet": few} if few is not None and schedule == "few" else {},
    )
    return SvdMotion(parts, hardware, chosen)


def _meant(options: Mapping[str, Json]) -> dict[str, Json]:
    """The options without a zero of `frames`, which would hide the trained number."""
    return {name: value for name, value in options.items() if name != "frames" or value}


def _require_possible(options: MotionOptions, trained: int) -> None:
    if options.frames > trained:
        raise UserError(
            f"this SVD makes {trained} frames at once, not {options.frames}",
            where="clips.frames",
            mend=f"at most {trained}, or 0 for all of them",
        )
    require_sizes(options, 64, "SVD")


def _set_up(name: str, part: Any, options: MotionOptions) -> None:
    if name != "unet":
        return
    if options.channels_last:
        import torch

        part.to(memory_format=torch.channels_last)
    if options.forward_chunk:
        part.enable_forward_chunking(options.forward_chunk)
    if options.compile:
        part.compile()
