"""Pictures made during a training: samples of the trigger's prompts, and pictures of the class made by the base.

They are made by a plain diffusers pipeline of the parts in the pool. It does not judge them.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import numpy as np

from mvlocal.backends.base import LoraRecipe
from mvlocal.backends.loading import load_plain, quiet
from mvlocal.backends.sdxl.pixels import latents_to_picture
from mvlocal.backends.sdxl_lora.cache import Base, Words
from mvlocal.cast.training.buckets import square_side
from mvlocal.cast.training.schedule import seed_of
from mvlocal.media.frame import Rgb

if TYPE_CHECKING:
    from torch import Tensor


def make_latents(unet: Any, scheduler: Any, words: Words, seeds: Sequence[int], recipe: LoraRecipe) -> list[Tensor]:
    """The latents (1, 4, h, w) of one picture a seed, each made alone with a generator of its own, on the CPU."""
    import torch
    from diffusers.pipelines.stable_diffusion_xl.pipeline_stable_diffusion_xl import StableDiffusionXLPipeline

    pipeline: Any = StableDiffusionXLPipeline(
        vae=None,  # pyright: ignore[reportArgumentType]
        text_encoder=None,  # pyright: ignore[reportArgumentType]
        text_encoder_2=None,  # pyright: ignore[reportArgumentType]
        tokenizer=None,  # pyright: ignore[reportArgumentType]
        tokenizer_2=None,  # pyright: ignore[reportArgumentType]
        unet=unet,
        scheduler=scheduler,
        add_watermarker=False,
    )
    pipeline.set_progress_bar_config(disable=True)
    device, dtype = unet.device, unet.dtype
    given = {
        "prompt_embeds": words.words,
        "pooled_prompt_embeds": words.pooled,
        "negative_prompt_embeds": words.nothing,
        "negative_pooled_prompt_embeds": words.nothing_pooled,
    }
    given = {name: tensor.to(device, dtype) for name, tensor in given.items()}
    cast = nullcontext() if dtype == torch.float32 else torch.autocast(device.type, dtype)
    made: list[Tensor] = []
    side = square_side(recipe.resolution)
    for seed in seeds:
        with quiet(), cast, torch.inference_mode():
            found = pipeline(
                **given,
                height=side,
                width=side,
                num_inference_steps=recipe.sample_steps,
                guidance_scale=recipe.sample_guidance,
                generator=torch.Generator("cpu").manual_seed(seed),
                output_type="latent",
            ).images
        made.append(found.float().cpu().clone())
    return made


def sample_seeds(seed: int, count: int) -> list[int]:
    """The seeds of a prompt's samples: the same ones at every checkpoint and for every prompt."""
    return [seed_of(seed, "sample", number) for number in range(count)]


def draw_sheet(vae: Any, rows: Sequence[Sequence[Tensor]]) -> Rgb:
    """One picture (H, W, 3) of all samples side by side, a row a prompt, with nothing between them."""
    import torch

    with torch.inference_mode():
        pictures = [[latents_to_picture(vae, latents.to(vae.device))[0] for latents in row] for row in rows]
    return np.vstack([np.hstack(row) for row in pictures])


def load_scheduler(base: Base) -> Any:
    """The base's own scheduler, a fresh one each time."""
    from diffusers.schedulers.scheduling_euler_discrete import EulerDiscreteScheduler

    return load_plain(base.checkpoint.folder, EulerDiscreteScheduler, "scheduler")
