"""A Stable Video Diffusion with few, random weights, as a diffusers folder. What it shows means nothing.

Its VAE has four blocks (8x) and its image encoder takes 224 pixels, as the real ones do: the pipeline relies on both.
"""

from __future__ import annotations

from pathlib import Path

import torch
from diffusers import (
    AutoencoderKLTemporalDecoder,
    EulerDiscreteScheduler,
    StableVideoDiffusionPipeline,
    UNetSpatioTemporalConditionModel,
)
from safetensors.torch import save_file
from transformers import CLIPImageProcessor, CLIPVisionConfig, CLIPVisionModelWithProjection
from transformers.utils import logging

FRAMES = 25
SEED = 5
STILL_GAIN, UNET_GAIN = 20.0, 20.0
CONTRAST = 2.0
"""How much the random decoder's last layer is raised, so that its pictures are neither flat nor burnt out."""


def make(models: Path) -> list[Path]:
    """Writes `models`/diffusers/tiny-svd and its 4-step UNet, the same bytes each time; returns every file."""
    logging.disable_progress_bar()
    torch.manual_seed(SEED)
    pipeline = StableVideoDiffusionPipeline(
        vae=_vae(), image_encoder=_image_encoder(), unet=_unet(), scheduler=_scheduler(), feature_extractor=_extractor()
    )
    folder = models / "diffusers" / "tiny-svd"
    pipeline.save_pretrained(folder, safe_serialization=True)
    few_steps = models / "diffusion_models" / "tiny-svd-lcm.safetensors"
    few_steps.parent.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(SEED + 1)
    save_file(_unet().state_dict(), few_steps, {"format": "pt"})
    return [*sorted(path for path in folder.rglob("*") if path.is_file()), few_steps]


def _vae() -> AutoencoderKLTemporalDecoder:
    vae = AutoencoderKLTemporalDecoder(
        down_block_types=("DownEncoderBlock2D",) * 4,
        block_out_channels=(32, 32, 32, 32),
        layers_per_block=1,
        latent_channels=4,
        sample_size=128,
    )
    with torch.no_grad():
        vae.decoder.conv_out.weight.mul_(CONTRAST)
    return vae


def _image_encoder() -> CLIPVisionModelWithProjection:
    return CLIPVisionModelWithProjection(
        CLIPVisionConfig(
            hidden_size=32,
            intermediate_size=64,
            projection_dim=32,
            num_hidden_layers=2,
            num_attention_heads=2,
            image_size=224,
            patch_size=32,
        )
    )


def _unet() -> UNetSpatioTemporalConditionModel:
    """Such that its clips follow the still more than the noise, and so do not flicker from frame to frame."""
    unet = UNetSpatioTemporalConditionModel(
        block_out_channels=(32, 64),
        down_block_types=("CrossAttnDownBlockSpatioTemporal", "DownBlockSpatioTemporal"),
        up_block_types=("UpBlockSpatioTemporal", "CrossAttnUpBlockSpatioTemporal"),
        layers_per_block=1,
        num_attention_heads=(2, 4),
        cross_attention_dim=32,
        addition_time_embed_dim=32,
        projection_class_embeddings_input_dim=96,
        num_frames=FRAMES,
        sample_size=16,
    )
    with torch.no_grad():
        unet.conv_in.weight[:, :4].mul_(0.05)  # noisy latents
        unet.conv_in.weight[:, 4:].mul_(STILL_GAIN)  # the still's
        unet.conv_out.weight.mul_(UNET_GAIN)
    return unet


def _scheduler() -> EulerDiscreteScheduler:
    """The real model's own settings."""
    return EulerDiscreteScheduler(
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        prediction_type="v_prediction",
        interpolation_type="linear",
        use_karras_sigmas=True,
        sigma_min=0.002,
        sigma_max=700.0,
        timestep_spacing="leading",
        timestep_type="continuous",
        steps_offset=1,
    )


def _extractor() -> CLIPImageProcessor:
    return CLIPImageProcessor(crop_size=224, size={"shortest_edge": 224})
