"""LTX-Video: moves a still as its words say, and arrives at a second picture where one is given.

It does not know shots or chains. Links have 8k + 1 frames; what is asked for beyond that rule is made and left out.
`strength` is how much noise the still gets on the way, which its authors have so that links do not stand still.

Source: HaCohen et al., LTX-Video, arXiv 2501.00103; the condition pipeline of diffusers, and its documentation's values
for decoding (timestep 0.05, noise 0.025).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mvlocal.backends.base import LinkRequest, Preview, Progress
from mvlocal.backends.diffusers_parts import (
    FolderParts,
    Parts,
    at_work,
    decoded,
    every_step,
    generator_of,
    placed,
    require_class,
    require_finite,
    show,
    to_bytes,
)
from mvlocal.backends.frame_rules import frames_to_make, kept
from mvlocal.backends.hardware import Dtype, Hardware
from mvlocal.backends.motion_options import MotionOptions, require_fit, require_range
from mvlocal.backends.t5_words import Words, encode_words
from mvlocal.engine.task import Json
from mvlocal.errors import UserError
from mvlocal.timing import FrameRate
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


class LtxMotion:
    """A `MotionMaker`. `parts` are those of a diffusers folder."""

    name = "ltx"
    takes_words = True
    takes_last = True

    def __init__(self, parts: Parts, hardware: Hardware, options: MotionOptions) -> None:
        self._parts = parts
        self._hardware = hardware
        self._options = options
        self._words: tuple[tuple[str, str], Words] | None = None
        self.frames: int = options.frames
        self.width: int = options.width
        self.height: int = options.height
        self.rate: FrameRate = options.rate
        self.rates: tuple[FrameRate, ...] = (options.rate,)
        self.notes: dict[str, Json] = {}

    def make_link(self, request: LinkRequest, progress: Progress, preview: Preview | None = None) -> NDArray[np.uint8]:
        """(request.frames, H, W, 3); the same request gives the same pixels.

        Raises:
            ValueError: another size, more frames or another strength than this family takes.
            NotFinite: the transformer's or, in full precision too, the decoder's numbers are not finite.
        """
        import torch

        require_fit(request, self._options)
        made = frames_to_make(request.frames, FRAME_STEP)
        words = self._encoded(request)
        self.notes = {"steps": self._options.steps, "made": made, "words_cut": words.cut[0]}
        generator = generator_of(request.seed)
        with torch.inference_mode():
            latents = self._denoise(request, made, words, generator, progress, preview)
            require_finite(latents, "LTX's transformer")
            noise = torch.randn(latents.shape, generator=generator)
            asked: Dtype = "float32" if request.precise else self._hardware.dtype
            frames = decoded(asked, lambda dtype: self._decode(latents, noise, dtype), self.notes)
        progress(1.0, f"{request.frames} frames")
        return kept(frames, request.frames, to_the_end=request.last is not None)

    def _encoded(self, request: LinkRequest) -> Words:
        """The words and what to avoid; kept for the next link, which mostly has the same."""
        asked = (request.prompt, request.negative)
        if self._words is None or self._words[0] != asked:
            self._words = (asked, encode_words(self._parts, self._hardware, asked, TOKENS, blank=False))
        return self._words[1]

    def _denoise(
        self,
        request: LinkRequest,
        frames: int,
        words: Words,
        generator: Any,
        progress: Progress,
        preview: Preview | None,
    ) -> Any:
        """Latents (1, C, F, h, w), normalised as the transformer knows them."""
        from diffusers.pipelines.ltx.pipeline_ltx_condition import LTXConditionPipeline, LTXVideoCondition
        from PIL import Image

        options, device = self._options, self._hardware.device
        conditions = [LTXVideoCondition(image=Image.fromarray(request.image), frame_index=0)]
        if request.last is not None:
            conditions.append(LTXVideoCondition(image=Image.fromarray(request.last), frame_index=frames - 1))
        build: Any = LTXConditionPipeline
        pipeline = build(
            scheduler=self._parts.plain("scheduler"),
            vae=self._parts.part("vae"),
            text_encoder=None,  # the words are encoded already
            tokenizer=None,
            transformer=self._parts.part("transformer"),
        )
        states, mask = words.states.to(device), words.mask.to(device)
        tall, wide = options.height // MULTIPLE, options.width // MULTIPLE

        def picture(latents: Any) -> NDArray[np.uint8]:
            return _picture(latents, tall, wide)

        with placed(pipeline, self._hardware) as ready:
            made: Any = ready(
                conditions=conditions,
                height=options.height,
                width=options.width,
                num_frames=frames,
                frame_rate=round(options.fps),
                num_inference_steps=options.steps,
                guidance_scale=options.guidance_max,
                image_cond_noise_scale=noise_of(request.strength),
                generator=generator,
                prompt_embeds=states[:1],
                prompt_attention_mask=mask[:1],
                negative_prompt_embeds=states[1:],
                negative_prompt_attention_mask=mask[1:],
                output_type="latent",
                callback_on_step_end=every_step(progress, options.steps, preview, picture),
                max_sequence_length=TOKENS,
            )
        return made.frames

    def _decode(self, latents: Any, noise: Any, dtype: Dtype) -> NDArray[np.uint8]:
        import torch

        kind, device = getattr(torch, dtype), self._hardware.device
        with at_work(self._parts.part("vae", dtype), self._hardware) as vae:
            mean, spread = (one.view(1, -1, 1, 1, 1).to(device, kind) for one in (vae.latents_mean, vae.latents_std))
            given = latents.to(device, kind) * spread / vae.config.scaling_factor + mean
            timestep = None
            if vae.config.timestep_conditioning:
                given = (1 - DECODE_NOISE) * given + DECODE_NOISE * noise.to(device, kind)
                timestep = torch.tensor([DECODE_TIMESTEP], device=device, dtype=kind)
            video: Any = vae.decode(given, timestep).sample
            return to_bytes(video[0].permute(1, 0, 2, 3))


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
    if chosen.width % MULTIPLE or chosen.height % MULTIPLE:
        raise UserError(
            f"LTX-Video's sizes are multiples of {MULTIPLE}, not {chosen.width}x{chosen.height}",
            where="clips.width, clips.height",
            mend="768x512 is its own; 0 stands for it",
        )
    if frames_to_make(chosen.frames, FRAME_STEP) != chosen.frames:
        raise UserError(
            f"LTX-Video makes 8k + 1 frames at once, not {chosen.frames}",
            where="clips.frames",
            mend=f"write {frames_to_make(chosen.frames, FRAME_STEP)}, or 0 for its own number",
        )
    return LtxMotion(
        FolderParts(model, hardware, CLASSES, {}, lambda name, part: _prepare(name, part, chosen)), hardware, chosen
    )


def _prepare(name: str, part: Any, options: MotionOptions) -> None:
    if name == "vae" and options.tiling:
        part.enable_tiling()
    if name == "transformer" and options.compile:
        part.compile_repeated_blocks()


def _picture(latents: Any, tall: int, wide: int) -> NDArray[np.uint8]:
    """A rough grey picture of the middle frame of packed latents (1, tokens, C); conditions lie before the frames."""
    here = latents[0].float().mean(dim=-1)
    frames = len(here) // (tall * wide)
    shown = here[len(here) - frames * tall * wide :].reshape(frames, 1, tall, wide)
    return show(shown[frames // 2], ((PREVIEW_GREY,) * 3,), (0.0, 0.0, 0.0))
