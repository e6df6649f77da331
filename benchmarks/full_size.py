"""SDXL and SVD-XT of the published sizes (or tiny ones), built from their configurations with random weights.

Speed and memory do not depend on what the weights are; pictures do, and mean nothing here. Nothing is downloaded.
Source: the `config.json` files of stabilityai/stable-diffusion-xl-base-1.0 and stable-video-diffusion-img2vid-xt.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from diffusers import (
    AutoencoderKL,
    AutoencoderKLTemporalDecoder,
    UNet2DConditionModel,
    UNetSpatioTemporalConditionModel,
)
from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection

SPREAD = 0.02
"""Standard deviation of the random weights: small enough that half precision stays finite."""


@dataclass(frozen=True, slots=True)
class Size:
    """Sizes of both families: widths of the blocks, and what is made."""

    unet: tuple[int, ...]
    heads: tuple[int, ...]
    deep: tuple[int, ...]
    words: int
    pooled: int
    vae: tuple[int, ...]
    video_unet: tuple[int, ...]
    video_heads: tuple[int, ...]
    seen: int
    still: tuple[int, int]
    clip: tuple[int, int, int]


FULL = Size(
    unet=(320, 640, 1280),
    heads=(5, 10, 20),
    deep=(1, 2, 10),
    words=2048,
    pooled=1280,
    vae=(128, 256, 512, 512),
    video_unet=(320, 640, 1280, 1280),
    video_heads=(5, 10, 20, 20),
    seen=1024,
    still=(1344, 768),
    clip=(1024, 576, 25),
)
SMALL = Size(
    unet=(32, 32, 64),
    heads=(2, 4, 4),
    deep=(1, 1, 1),
    words=64,
    pooled=32,
    vae=(32, 32, 32, 32),
    video_unet=(32, 32, 32, 32),
    video_heads=(2, 2, 2, 2),
    seen=32,
    still=(64, 64),
    clip=(64, 64, 3),
)


def random_weights(model: Any, seed: int, device: str, dtype: torch.dtype) -> Any:
    """A model that was built on the meta device, with normal random weights of the given dtype on the device."""
    model = model.to(dtype).to_empty(device=device)
    generator = torch.Generator(device).manual_seed(seed)
    with torch.no_grad():
        for name, tensor in (*model.named_parameters(), *model.named_buffers()):
            if tensor.is_floating_point():
                norm = "norm" in name and name.endswith("weight")
                tensor.fill_(1.0) if norm else tensor.normal_(0.0, SPREAD, generator=generator)
            else:
                tensor.copy_(torch.arange(tensor.numel(), device=device).view(tensor.shape))  # position ids
    return model.eval()


def sdxl_unet(size: Size) -> Any:
    """The UNet, on the meta device."""
    with torch.device("meta"):
        return UNet2DConditionModel(
            sample_size=128,
            down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
            up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
            block_out_channels=size.unet,
            layers_per_block=2,
            cross_attention_dim=size.words,
            transformer_layers_per_block=size.deep,
            attention_head_dim=size.heads,
            use_linear_projection=True,
            addition_embed_type="text_time",
            addition_time_embed_dim=256,
            projection_class_embeddings_input_dim=size.pooled + 6 * 256,
        )


def sdxl_vae(size: Size) -> Any:
    """The VAE, on the meta device."""
    with torch.device("meta"):
        return AutoencoderKL(
            down_block_types=("DownEncoderBlock2D",) * 4,
            up_block_types=("UpDecoderBlock2D",) * 4,
            block_out_channels=size.vae,
            layers_per_block=2,
            latent_channels=4,
            scaling_factor=0.13025,
            sample_size=1024,
            force_upcast=False,  # as the fp16-fix VAE
        )


def sdxl_words(size: Size, device: str, dtype: torch.dtype) -> dict[str, Any]:
    """Embeddings of one prompt and one negative prompt, as a pipeline takes them."""
    generator = torch.Generator("cpu").manual_seed(3)
    shapes = {"prompt_embeds": (1, 77, size.words), "pooled_prompt_embeds": (1, size.pooled)}
    words = {name: torch.randn(shape, generator=generator).to(device, dtype) for name, shape in shapes.items()}
    return {**words, **{f"negative_{name}": torch.zeros_like(value) for name, value in words.items()}}


def svd_unet(size: Size) -> Any:
    """The video UNet, on the meta device."""
    with torch.device("meta"):
        return UNetSpatioTemporalConditionModel(
            sample_size=96,
            in_channels=8,
            out_channels=4,
            down_block_types=("CrossAttnDownBlockSpatioTemporal",) * 3 + ("DownBlockSpatioTemporal",),
            up_block_types=("UpBlockSpatioTemporal",) + ("CrossAttnUpBlockSpatioTemporal",) * 3,
            block_out_channels=size.video_unet,
            addition_time_embed_dim=256,
            projection_class_embeddings_input_dim=768,
            layers_per_block=2,
            cross_attention_dim=size.seen,
            transformer_layers_per_block=1,
            num_attention_heads=size.video_heads,
            num_frames=size.clip[2],
        )


def svd_vae(size: Size) -> Any:
    """The VAE with the temporal decoder, on the meta device."""
    with torch.device("meta"):
        return AutoencoderKLTemporalDecoder(
            down_block_types=("DownEncoderBlock2D",) * 4,
            block_out_channels=size.vae,
            layers_per_block=2,
            latent_channels=4,
            scaling_factor=0.18215,
            sample_size=768,
            force_upcast=False,
        )


def svd_eyes(size: Size) -> Any:
    """The image encoder (CLIP ViT-H/14, or a small one), on the meta device."""
    full = size is FULL
    config = CLIPVisionConfig(
        hidden_size=1280 if full else 32,
        intermediate_size=5120 if full else 64,
        num_hidden_layers=32 if full else 1,
        num_attention_heads=16 if full else 2,
        image_size=224,
        patch_size=14 if full else 56,
        projection_dim=size.seen,
        hidden_act="gelu",
    )
    with torch.device("meta"):
        return CLIPVisionModelWithProjection(config)
