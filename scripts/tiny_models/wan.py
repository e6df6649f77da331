"""Three Wans with few, random weights, as diffusers folders. What they show means nothing.

`tiny-wan` is built as Wan 2.2's 5B model is (a timestep a token, a VAE of 16x), `tiny-wan-pair` as its pair of 14B (two
transformers, a last picture, a VAE of 8x), `tiny-wan-clip` as Wan 2.1's (one transformer and CLIP vision).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from diffusers import (
    AutoencoderKLWan,
    FlowMatchEulerDiscreteScheduler,
    UniPCMultistepScheduler,
    WanImageToVideoPipeline,
    WanTransformer3DModel,
)
from transformers import CLIPImageProcessor, CLIPVisionConfig, CLIPVisionModel
from transformers.utils import logging

from tiny_models.t5_words import WIDTH, tokenizer, umt5_encoder

SEED = 7
SEEN = 16
CONTRAST = 1.2


def make(models: Path) -> list[Path]:
    """Writes the three to `models`/diffusers, the same bytes each time; returns every file."""
    logging.disable_progress_bar()
    made: list[Path] = []
    for name, pipeline in (("tiny-wan", _five_b()), ("tiny-wan-pair", _pair()), ("tiny-wan-clip", _seeing())):
        folder = models / "diffusers" / name
        pipeline.save_pretrained(folder, safe_serialization=True)
        made += sorted(path for path in folder.rglob("*") if path.is_file())
    return made


def _five_b() -> WanImageToVideoPipeline:
    torch.manual_seed(SEED)
    vae = _vae(8, in_channels=12, out_channels=12, patch_size=2, scale_factor_spatial=16, is_residual=True)
    return WanImageToVideoPipeline(
        tokenizer=tokenizer(),
        text_encoder=umt5_encoder(),
        vae=vae,
        scheduler=UniPCMultistepScheduler(
            prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=5.0, num_train_timesteps=1000
        ),
        transformer=_transformer(in_channels=8, out_channels=8),
        expand_timesteps=True,
    )


def _pair() -> WanImageToVideoPipeline:
    torch.manual_seed(SEED + 1)
    channels = {"in_channels": 4 + 4 + 4, "out_channels": 4}
    return WanImageToVideoPipeline(
        tokenizer=tokenizer(),
        text_encoder=umt5_encoder(),
        vae=_vae(4),
        scheduler=UniPCMultistepScheduler(
            prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=3.0, num_train_timesteps=1000
        ),
        transformer=_transformer(**channels),
        transformer_2=_transformer(**channels),
        boundary_ratio=0.9,
    )


def _seeing() -> WanImageToVideoPipeline:
    torch.manual_seed(SEED + 2)
    return WanImageToVideoPipeline(
        tokenizer=tokenizer(),
        text_encoder=umt5_encoder(),
        vae=_vae(4),
        scheduler=FlowMatchEulerDiscreteScheduler(shift=3.0),
        transformer=_transformer(in_channels=4 + 4 + 4, out_channels=4, image_dim=SEEN, added_kv_proj_dim=24),
        image_encoder=CLIPVisionModel(
            CLIPVisionConfig(
                hidden_size=SEEN,
                intermediate_size=32,
                num_hidden_layers=2,
                num_attention_heads=2,
                image_size=32,
                patch_size=8,
            )
        ),
        image_processor=CLIPImageProcessor(crop_size={"height": 32, "width": 32}, size={"shortest_edge": 32}),
    )


def _vae(latents: int, **more: Any) -> AutoencoderKLWan:
    vae = AutoencoderKLWan(
        base_dim=8,
        z_dim=latents,
        dim_mult=[1, 1, 1, 1],
        num_res_blocks=1,
        temperal_downsample=[False, True, True],
        latents_mean=[0.0] * latents,
        latents_std=[1.0] * latents,
        **more,
    )
    with torch.no_grad():
        vae.decoder.conv_out.weight.mul_(CONTRAST)
    return vae


def _transformer(**channels: Any) -> WanTransformer3DModel:
    return WanTransformer3DModel(
        patch_size=(1, 2, 2),
        num_attention_heads=2,
        attention_head_dim=12,
        text_dim=WIDTH,
        freq_dim=32,
        ffn_dim=48,
        num_layers=2,
        rope_max_seq_len=64,
        **channels,
    )
