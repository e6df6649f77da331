"""Wan 2.1 and 2.2: moves a still as its words say, and arrives at a second picture where the model can.

It does not know shots or chains. Links have 4k + 1 frames; what is asked for beyond that rule is made and left out.
`strength` says nothing to it: how much moves is for the words to say. Its VAE always works in full precision, as its
authors have it, so there is no second try.

Source: Wan team, Wan, arXiv 2503.20314; the pipeline of diffusers. Wan 2.2's pair of 14B takes a last picture; its 5B
model, which has one timestep a token, and Wan 2.1's image-to-video models do not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mvlocal.backends.base import LinkRequest, Preview, Progress
from mvlocal.backends.diffusers_parts import (
    FolderParts,
    Parts,
    at_work,
    every_step,
    generator_of,
    placed,
    read_config,
    require_class,
    require_finite,
    show,
    to_bytes,
)
from mvlocal.backends.frame_rules import frames_to_make, kept
from mvlocal.backends.hardware import Hardware
from mvlocal.backends.motion_options import MotionOptions, require_fit, require_range
from mvlocal.backends.t5_words import Words, encode_words
from mvlocal.engine.task import Json
from mvlocal.errors import UserError
from mvlocal.timing import FrameRate
from mvlocal.weights.folders import LockedFolder

OWN = MotionOptions(width=832, height=480, frames=81, fps=16, steps=40, guidance_max=5.0)
OWN_PAIR = replace(OWN, guidance_max=3.5)
"""Of Wan 2.2's two networks of 14B, one for much noise and one for little."""
OWN_5B = MotionOptions(width=1280, height=704, frames=121, fps=24, steps=50, guidance_max=5.0)
FRAME_STEP = 4
TOKENS = 512
CLASSES = {
    "transformer": "diffusers:WanTransformer3DModel",
    "transformer_2": "diffusers:WanTransformer3DModel",
    "vae": "diffusers:AutoencoderKLWan",
    "text_encoder": "transformers:UMT5EncoderModel",
    "tokenizer": "transformers:AutoTokenizer",
    "image_encoder": "transformers:CLIPVisionModel",
    "image_processor": "transformers:CLIPImageProcessor",
}
SCHEDULERS = ("UniPCMultistepScheduler", "FlowMatchEulerDiscreteScheduler")
PREVIEW_GREY = 0.3


class WanMotion:
    """A `MotionMaker`. `parts` are those of a diffusers folder; `index` is what its `model_index.json` says."""

    name = "wan"
    takes_words = True

    def __init__(
        self, parts: Parts, hardware: Hardware, options: MotionOptions, index: Mapping[str, Any], *, takes_last: bool
    ) -> None:
        self._parts = parts
        self._hardware = hardware
        self._options = options
        self._index = index
        self._words: tuple[tuple[str, str], Words] | None = None
        self.takes_last = takes_last
        self.frames: int = options.frames
        self.width: int = options.width
        self.height: int = options.height
        self.rate: FrameRate = options.rate
        self.rates: tuple[FrameRate, ...] = (options.rate,)
        self.notes: dict[str, Json] = {}

    def make_link(self, request: LinkRequest, progress: Progress, preview: Preview | None = None) -> NDArray[np.uint8]:
        """(request.frames, H, W, 3); the same request gives the same pixels.

        Raises:
            ValueError: another size or more frames than this family takes, or a last picture that it cannot arrive at.
            NotFinite: the transformer's or the decoder's numbers are not finite.
        """
        import torch

        require_fit(request, self._options)
        if request.last is not None and not self.takes_last:
            raise ValueError("this model takes no last picture")
        made = frames_to_make(request.frames, FRAME_STEP)
        words = self._encoded(request)
        self.notes = {"steps": self._options.steps, "made": made, "words_cut": words.cut[0], "decoded_in": "float32"}
        with torch.inference_mode():
            latents = self._denoise(request, made, words, progress, preview)
            require_finite(latents, "Wan's transformer")
            frames = self._decode(latents)
        progress(1.0, f"{request.frames} frames")
        return kept(frames, request.frames, to_the_end=request.last is not None)

    def _encoded(self, request: LinkRequest) -> Words:
        """The words and what to avoid; kept for the next link, which mostly has the same."""
        asked = (request.prompt, request.negative)
        if self._words is None or self._words[0] != asked:
            self._words = (asked, encode_words(self._parts, self._hardware, asked, TOKENS, blank=True))
        return self._words[1]

    def _denoise(
        self, request: LinkRequest, frames: int, words: Words, progress: Progress, preview: Preview | None
    ) -> Any:
        """Latents (1, C, F, h, w), normalised as the transformer knows them."""
        from diffusers.pipelines.wan.pipeline_wan_i2v import WanImageToVideoPipeline
        from PIL import Image

        options, has = self._options, self._has
        build: Any = WanImageToVideoPipeline
        pipeline = build(
            tokenizer=None,  # the words are encoded already
            text_encoder=None,
            vae=self._parts.part("vae", "float32"),
            scheduler=self._parts.plain("scheduler"),
            image_encoder=self._parts.part("image_encoder") if has("image_encoder") else None,
            image_processor=self._parts.plain("image_processor") if has("image_processor") else None,
            transformer=self._parts.part("transformer") if has("transformer") else None,
            transformer_2=self._parts.part("transformer_2") if has("transformer_2") else None,
            boundary_ratio=self._index.get("boundary_ratio"),
            expand_timesteps=bool(self._index.get("expand_timesteps", False)),
        )
        states = words.states.to(self._hardware.device)
        last = {} if request.last is None else {"last_image": Image.fromarray(request.last)}
        with placed(pipeline, self._hardware) as ready:
            made: Any = ready(
                Image.fromarray(request.image),
                height=options.height,
                width=options.width,
                num_frames=frames,
                num_inference_steps=options.steps,
                guidance_scale=options.guidance_max,
                prompt_embeds=states[:1],
                negative_prompt_embeds=states[1:],
                generator=generator_of(request.seed),
                output_type="latent",
                callback_on_step_end=every_step(progress, options.steps, preview, _picture),
                max_sequence_length=TOKENS,
                **last,
            )
        return made.frames

    def _has(self, name: str) -> bool:
        """Whether the model has a part; the index writes `[null, null]` for one it has not."""
        return bool((self._index.get(name) or [None])[0])

    def _decode(self, latents: Any) -> NDArray[np.uint8]:
        import torch

        with at_work(self._parts.part("vae", "float32"), self._hardware) as vae:
            shape = (1, vae.config.z_dim, 1, 1, 1)
            mean = torch.tensor(vae.config.latents_mean, device=self._hardware.device).view(shape)
            spread = torch.tensor(vae.config.latents_std, device=self._hardware.device).view(shape)
            video: Any = vae.decode(latents.to(self._hardware.device, torch.float32) * spread + mean).sample
            return to_bytes(video[0].permute(1, 0, 2, 3))


def make(model: LockedFolder, hardware: Hardware, options: Mapping[str, Json]) -> WanMotion:
    """The registry's factory.

    Raises:
        UserError: options that this model cannot follow, or a folder that holds another kind of model.
    """
    require_range(hardware, "Wan")
    index = read_config(model, "")
    transformer = require_class(model, "transformer", "WanTransformer3DModel", "Wan")
    vae = require_class(model, "vae", "AutoencoderKLWan", "Wan")
    by_token = bool(index.get("expand_timesteps", False))
    paired = index.get("boundary_ratio") is not None
    chosen = MotionOptions.of(options, OWN_5B if by_token else OWN_PAIR if paired else OWN)
    _require_possible(chosen, int(vae.get("scale_factor_spatial", 8)) * int(transformer["patch_size"][-1]))
    scheduler = (index.get("scheduler") or [None, ""])[1]
    if scheduler not in SCHEDULERS:
        raise UserError(
            f"the model {model.path.name!r} has a scheduler that is not known here: {scheduler}",
            where=str(model.path),
            mend="name a Wan folder as its authors publish it",
        )
    if transformer.get("pos_embed_seq_len") is not None:
        raise UserError(
            f"the model {model.path.name!r} always wants a first and a last picture, and most shots have only one",
            where=str(model.path),
            mend="name Wan 2.2's image-to-video model, which takes one or two",
        )
    parts = FolderParts(
        model,
        hardware,
        {**CLASSES, "scheduler": f"diffusers:{scheduler}"},
        {},
        lambda name, part: _prepare(name, part, chosen),
    )
    # Wan 2.1 sees its picture through CLIP, which has room for one; the 5B model holds on to the first frame only.
    takes_last = not by_token and transformer.get("image_dim") is None
    return WanMotion(parts, hardware, chosen, index, takes_last=takes_last)


def _require_possible(options: MotionOptions, multiple: int) -> None:
    if options.width % multiple or options.height % multiple:
        raise UserError(
            f"this Wan's sizes are multiples of {multiple}, not {options.width}x{options.height}",
            where="clips.width, clips.height",
            mend=f"the nearest are {_near(options.width, multiple)}x{_near(options.height, multiple)}; 0: its own",
        )
    if frames_to_make(options.frames, FRAME_STEP) != options.frames:
        raise UserError(
            f"Wan makes 4k + 1 frames at once, not {options.frames}",
            where="clips.frames",
            mend=f"write {frames_to_make(options.frames, FRAME_STEP)}, or 0 for its own number",
        )


def _near(side: int, multiple: int) -> int:
    return max(1, round(side / multiple)) * multiple


def _prepare(name: str, part: Any, options: MotionOptions) -> None:
    if name == "vae" and options.tiling:
        part.enable_tiling()
    if name.startswith("transformer") and options.compile:
        part.compile_repeated_blocks()


def _picture(latents: Any) -> NDArray[np.uint8]:
    """A rough grey picture of the middle frame: the mean over channels tells light from dark, no more."""
    middle = latents[0, :, latents.shape[2] // 2]
    grey = middle.float().mean(dim=0, keepdim=True)
    return show(grey, ((PREVIEW_GREY,) * 3,), (0.0, 0.0, 0.0))
