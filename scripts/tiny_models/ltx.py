"""An LTX-Video with few, random weights, as a diffusers folder. What it shows means nothing.

Its VAE is 32x in space and 8x in time, and told at which noise level it decodes, as the real ones since 0.9.1.
"""

from __future__ import annotations

from pathlib import Path

import torch
from diffusers import (
    AutoencoderKLLTXVideo,
    FlowMatchEulerDiscreteScheduler,
    LTXConditionPipeline,
    LTXVideoTransformer3DModel,
)
from transformers.utils import logging

from tiny_models.t5_words import WIDTH, t5_encoder, tokenizer

SEED = 9
LATENTS = 8
CONTRAST = 1.2


def make(models: Path) -> list[Path]:
    """Writes `models`/diffusers/tiny-ltx, the same bytes each time; returns every file."""
    logging.disable_progress_bar()
    torch.manual_seed(SEED)
    folder = models / "diffusers" / "tiny-ltx"
    LTXConditionPipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(),
        vae=_vae(),
        text_encoder=t5_encoder(),
        tokenizer=tokenizer(),
        transformer=LTXVideoTransformer3DModel(
            in_channels=LATENTS,
            out_channels=LATENTS,
            num_attention_heads=2,
            attention_head_dim=16,
            cross_attention_dim=32,
            num_layers=2,
            caption_channels=WIDTH,
        ),
    ).save_pretrained(folder, safe_serialization=True)
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _vae() -> AutoencoderKLLTXVideo:
    vae = AutoencoderKLLTXVideo(
        latent_channels=LATENTS,
        block_out_channels=(8, 8, 8, 8),
        decoder_block_out_channels=(8, 8, 8, 8),
        layers_per_block=(1, 1, 1, 1, 1),
        decoder_layers_per_block=(1, 1, 1, 1, 1),
        spatio_temporal_scaling=(True, True, True, False),
        decoder_spatio_temporal_scaling=(True, True, True, False),
        decoder_inject_noise=(False,) * 5,
        upsample_residual=(False,) * 4,
        upsample_factor=(1,) * 4,
        timestep_conditioning=True,
        patch_size=4,
        patch_size_t=1,
        encoder_causal=True,
        decoder_causal=False,
    )
    with torch.no_grad():
        vae.decoder.conv_out.conv.weight.mul_(CONTRAST)
    return vae
