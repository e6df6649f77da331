"""LTX-Video: moves a still as its words say, and arrives at a second picture where one is given.

It does not know shots or chains. Links have 8k + 1 frames; what is asked for beyond that rule is made and left out.
`strength` is how much noise the still gets on the way, which its authors have so that links do not stand still.

Source: HaCohen et al., LTX-Video, arXiv 2501.00103; the condition pipeline of diffusers, and its documentation's values
for decoding (timestep 0.05, noise 0.025).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mvlocal.backends.base import LinkRequest
from mvlocal.backends.diffusers_motion import Denoised, DiffusersMotion, Frames, Watch, set_up_transformer
from mvlocal.backends.diffusers_parts import FolderParts, Parts, require_class
from mvlocal.backends.frame_rules import frames_to_make
from mvlocal.backends.hardware import Dtype, Hardware
from mvlocal.backends.latents import to_pictures, to_preview
from mvlocal.backends.loading import on_device
from mvlocal.backends.motion_options import MotionOptions, require_length, require_range, require_sizes
from mvlocal.backends.t5_words import PairEncoder
from mvlocal.engine.task import Json
from mvlocal.weights.folders import LockedFolder

OWN = MotionOptions(width=768, height=512, frames=121, fps=24, steps=40, guidance_max=3.0)
FRAME_STEP = 8
MULTIPLE = 32
TOKENS = 256
DECODE_TIMESTEP, DECODE_NOISE = 0.05, 0.025
NOISE_CALM, NOISE_LIVELY = 0.05, 0.25
"""Noise on the still at strength 0 and 1; in the middle lies its authors' 0.15."""
CLASSES = {
    "transformer": "diffusers:LTXVideoTransformer3DModel",
    "vae": "diffusers:AutoencoderKLLTXVideo",
    "text_encoder": "transformers:T5EncoderModel",
    "tokenizer": "transformers:AutoTokenizer",
    "scheduler": "diffusers:FlowMatchEulerDiscreteScheduler",
}
PREVIEW_GREY = 0.3


class LtxMotion(DiffusersMotion):
    """A `MotionMaker`. `parts` are those of a diffusers folder."""

    name = "ltx"
    denoiser = "LTX's transformer"

    def __init__(self, parts: Parts, hardware: Hardware, options: MotionOptions) -> None:
        super().__init__(parts, hardware, options)
        self._words = PairEncoder(parts, hardware, TOKENS, blank=False)

    def _denoise(self, request: LinkRequest, dice: Any, watch: Watch) -> Denoised:
        """Latents (1, C, F, h, w), normalised as the transformer knows them."""
        import torch
        from diffusers.pipelines.ltx.pipeline_ltx_condition import LTXConditionPipeline, LTXVideoCondition
        from PIL import Image

        words = self._words.encode(request.prompt, request.negative)
        made = frames_to_make(request.frames, FRAME_STEP)
        self.notes |= {"made": made, "words_cut": words.cut[0]}
        conditions = [LTXVideoCondition(image=Image.fromarray(request.image), frame_index=0)]
        if request.last is not None:
            conditions.append(LTXVideoCondition(image=Image.fromarray(request.last), frame_index=made - 1))
        build: Any = LTXConditionPipeline
        pipeline = build(
            scheduler=self.parts.plain("scheduler"),
            vae=self.parts.part("vae"),
            text_encoder=None,  # the words are encoded already
            tokenizer=None,
            transformer=self.parts.part("transformer"),
        )
        states, mask = words.states.to(self.hardware.device), words.mask.to(self.hardware.device)
        latents = self._ask(
            pipeline,
            dice,
            watch,
            partial(_picture, tall=self.height // MULTIPLE, wide=self.width // MULTIPLE),
            conditions=conditions,
            num_frames=made,
            frame_rate=round(self.options.fps),
            guidance_scale=self.options.guidance_max,
            image_cond_noise_scale=noise_of(request.strength),
            prompt_embeds=states[:1],
            prompt_attention_mask=mask[:1],
            negative_prompt_embeds=states[1:],
            negative_prompt_attention_mask=mask[1:],
            max_sequence_length=TOKENS,
        )
        return Denoised(latents, partial(self._decode, latents, torch.randn(latents.shape, generator=dice)))

    def _decode(self, latents: Any, noise: Any, dtype: Dtype) -> Frames:
        import torch

        vae, kind, device = self.parts.part("vae", dtype), getattr(torch, dtype), self.hardware.device
        with on_device(self.hardware, vae):
            mean, spread = (one.view(1, -1, 1, 1, 1).to(device, kind) for one in (vae.latents_mean, vae.latents_std))
            given = latents.to(device, kind) * spread / vae.config.scaling_factor + mean
            timestep = None
            if vae.config.timestep_conditioning:
                given = (1 - DECODE_NOISE) * given + DECODE_NOISE * noise.to(device, kind)
                timestep = torch.tensor([DECODE_TIMESTEP], device=device, dtype=kind)
            video: Any = vae.decode(given, timestep).sample
            return to_pictures(video[0].permute(1, 0, 2, 3))


def noise_of(strength: float) -> float:
    """Noise on the still for a strength from 0 to 1: straight from calm to lively."""
    return NOISE_CALM + strength * (NOISE_LIVELY - NOISE_CALM)


def make(model: LockedFolder, hardware: Hardware, options: Mapping[str, Json]) -> LtxMotion:
    """The registry's factory.

    Raises:
        UserError: options that this model cannot follow, or a folder that holds another kind of model.
    """
    require_range(hardware, "LTX-Video")
    require_class(model, "transformer", "LTXVideoTransformer3DModel", "LTX-Video")
    require_class(model, "vae", "AutoencoderKLLTXVideo", "LTX-Video")
    chosen = MotionOptions.of(options, OWN)
    require_sizes(chosen, MULTIPLE, "LTX-Video")
    require_length(chosen, FRAME_STEP, "LTX-Video")
    parts = FolderParts(
        model,
        hardware,
        CLASSES,
        set_up=lambda name, part: set_up_transformer(name, part, chosen),
        replaced={},
    )
    return LtxMotion(parts, hardware, chosen)


def _picture(latents: Any, tall: int, wide: int) -> NDArray[np.uint8]:
    """A rough grey picture of the middle frame of packed latents (1, tokens, C); conditions lie before the frames."""
    here = latents[0].float().mean(dim=-1)
    frames = len(here) // (tall * wide)
    shown = here[len(here) - frames * tall * wide :].reshape(frames, 1, tall, wide)
    return to_preview(shown[frames // 2], ((PREVIEW_GREY,) * 3,), (0.0, 0.0, 0.0))
