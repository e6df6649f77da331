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
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mvlocal.backends.base import LinkRequest
from mvlocal.backends.diffusers_motion import Denoised, DiffusersMotion, Frames, Watch, set_up_transformer
from mvlocal.backends.diffusers_parts import FolderParts, Parts, read_config, require_class
from mvlocal.backends.frame_rules import frames_to_make
from mvlocal.backends.hardware import Dtype, Hardware
from mvlocal.backends.latents import to_pictures, to_preview
from mvlocal.backends.loading import on_device
from mvlocal.backends.motion_options import MotionOptions, require_length, require_range, require_sizes
from mvlocal.backends.t5_words import PairEncoder
from mvlocal.engine.task import Json
from mvlocal.errors import UserError
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


class WanMotion(DiffusersMotion):
    """A `MotionMaker`. `parts` are those of a diffusers folder; `index` is what its `model_index.json` says."""

    name = "wan"
    denoiser = "Wan's transformer"
    decodes_in_full = True

    def __init__(
        self, parts: Parts, hardware: Hardware, options: MotionOptions, index: Mapping[str, Any], *, takes_last: bool
    ) -> None:
        super().__init__(parts, hardware, options)
        self.takes_last = takes_last
        self._index = index
        self._words = PairEncoder(parts, hardware, TOKENS, blank=True)

    def _denoise(self, request: LinkRequest, dice: Any, watch: Watch) -> Denoised:
        """Latents (1, C, F, h, w), normalised as the transformer knows them."""
        from diffusers.pipelines.wan.pipeline_wan_i2v import WanImageToVideoPipeline
        from PIL import Image

        parts, has = self.parts, self._has
        words = self._words.encode(request.prompt, request.negative)
        build: Any = WanImageToVideoPipeline
        pipeline = build(
            tokenizer=None,  # the words are encoded already
            text_encoder=None,
            vae=parts.part("vae", "float32"),
            scheduler=parts.plain("scheduler"),
            image_encoder=parts.part("image_encoder") if has("image_encoder") else None,
            image_processor=parts.plain("image_processor") if has("image_processor") else None,
            transformer=parts.part("transformer") if has("transformer") else None,
            transformer_2=parts.part("transformer_2") if has("transformer_2") else None,
            boundary_ratio=self._index.get("boundary_ratio"),
            expand_timesteps=bool(self._index.get("expand_timesteps", False)),
        )
        states = words.states.to(self.hardware.device)
        made = frames_to_make(request.frames, FRAME_STEP)
        self.notes |= {"made": made, "words_cut": words.cut[0]}
        latents = self._ask(
            pipeline,
            dice,
            watch,
            _picture,
            image=Image.fromarray(request.image),
            last_image=None if request.last is None else Image.fromarray(request.last),
            num_frames=made,
            guidance_scale=self.options.guidance_max,
            prompt_embeds=states[:1],
            negative_prompt_embeds=states[1:],
            max_sequence_length=TOKENS,
        )
        return Denoised(latents, partial(self._decode, latents))

    def _has(self, name: str) -> bool:
        """Whether the model has a part; the index writes `[null, null]` for one it has not."""
        return bool((self._index.get(name) or [None])[0])

    def _decode(self, latents: Any, dtype: Dtype) -> Frames:
        import torch

        vae, kind, device = self.parts.part("vae", dtype), getattr(torch, dtype), self.hardware.device
        with on_device(self.hardware, vae):
            shape = (1, vae.config.z_dim, 1, 1, 1)
            mean = torch.tensor(vae.config.latents_mean, device=device).view(shape)
            spread = torch.tensor(vae.config.latents_std, device=device).view(shape)
            video: Any = vae.decode(latents.to(device, kind) * spread + mean).sample
            return to_pictures(video[0].permute(1, 0, 2, 3))


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
    multiple = int(vae.get("scale_factor_spatial", 8)) * int(transformer["patch_size"][-1])
    require_sizes(chosen, multiple, "this Wan")
    require_length(chosen, FRAME_STEP, "Wan")
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
        set_up=lambda name, part: set_up_transformer(name, part, chosen),
        replaced={},
    )
    # Wan 2.1 sees its picture through CLIP, which has room for one; the 5B model holds on to the first frame only.
    takes_last = not by_token and transformer.get("image_dim") is None
    return WanMotion(parts, hardware, chosen, index, takes_last=takes_last)


def _picture(latents: Any) -> NDArray[np.uint8]:
    """A rough grey picture of the middle frame: the mean over channels tells light from dark, no more."""
    middle = latents[0, :, latents.shape[2] // 2]
    grey = middle.float().mean(dim=0, keepdim=True)
    return to_preview(grey, ((PREVIEW_GREY,) * 3,), (0.0, 0.0, 0.0))
