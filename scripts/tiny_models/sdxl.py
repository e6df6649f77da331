"""A small SDXL of the real classes with random weights, its ControlNets and its IP-Adapter. It draws noise.

Laid out as diffusers lays out pipelines (`checkpoints/tiny-sdxl/`), and the parts beside it as their publishers do.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderKL, AutoencoderTiny, ControlNetModel, EulerDiscreteScheduler, UNet2DConditionModel
from transformers import (
    CLIPImageProcessor,
    CLIPTextConfig,
    CLIPTextModel,
    CLIPTextModelWithProjection,
    CLIPVisionConfig,
    CLIPVisionModelWithProjection,
)
from transformers.utils import logging as transformers_logging

from mvlocal.weights.load import write_model_state
from tiny_models.clip_words import END, vocabulary, write_tokenizer

NAME = "tiny-sdxl"
SEED = 11
TEXT_SIZES, POOLED = (32, 48), 48
"""Widths of the two text encoders; the second one's is that of its pooled vector too."""
UNET_BLOCKS = (16, 32, 48)
VAE_BLOCKS = (8, 8, 16, 16)
IMAGE_SIDE, IMAGE_WORDS = 32, 4
CONTROLS = ("pose", "depth", "lines")


def make(models: Path) -> list[Path]:
    """Writes the small models under `models`, the same bytes each time, and returns every file."""
    folder = models / "checkpoints" / NAME
    unet = small_unet(SEED)
    parts: dict[str, Any] = {
        "text_encoder": _text_encoder(CLIPTextModel, TEXT_SIZES[0], SEED + 1, layers=2),
        "text_encoder_2": _text_encoder(CLIPTextModelWithProjection, TEXT_SIZES[1], SEED + 2, layers=3),
        "unet": unet,
        "vae": small_vae(SEED + 3),
    }
    transformers_logging.disable_progress_bar()
    for name, part in parts.items():
        part.save_pretrained(folder / name, safe_serialization=True)
    scheduler().save_pretrained(folder / "scheduler")
    refiner = models / "checkpoints" / f"{NAME}-refiner"
    small_refiner(SEED + 4).save_pretrained(refiner / "unet", safe_serialization=True)
    (refiner / "model_index.json").write_text(_REFINER_INDEX, encoding="utf-8")
    write_tokenizer(folder / "tokenizer", END)
    write_tokenizer(folder / "tokenizer_2", "!")
    (folder / "model_index.json").write_text(_INDEX, encoding="utf-8")
    for number, control in enumerate(CONTROLS):
        small_control(unet, SEED + 10 + number).save_pretrained(models / "controlnet" / f"tiny-{control}")
    controls = [models / "controlnet" / f"tiny-{control}" for control in CONTROLS]
    preview = models / "vae" / "tiny-preview"
    small_preview(SEED + 5).save_pretrained(preview, safe_serialization=True)
    return [*_files([folder, refiner, preview, *controls]), *_ip_adapter(models, unet)]


def small_unet(seed: int, width: int = sum(TEXT_SIZES), times: int = 6) -> UNet2DConditionModel:
    """SDXL's network in three levels, as the large one is built, with random weights.

    `width` is that of the words it looks at; `times` how many numbers on size and crop it is told.
    """
    torch.manual_seed(seed)
    return UNet2DConditionModel(
        sample_size=32,
        block_out_channels=UNET_BLOCKS,
        layers_per_block=1,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        transformer_layers_per_block=(1, 1, 2),
        attention_head_dim=(2, 4, 4),
        norm_num_groups=8,
        cross_attention_dim=width,
        use_linear_projection=True,
        addition_embed_type="text_time",
        addition_time_embed_dim=8,
        projection_class_embeddings_input_dim=times * 8 + POOLED,
    )


def small_refiner(seed: int) -> UNet2DConditionModel:
    """A refiner's network: it looks at the second encoder's words alone, and is told a score instead of a size."""
    return small_unet(seed, width=TEXT_SIZES[1], times=5)


def small_vae(seed: int) -> AutoencoderKL:
    """Makes each side eight times smaller, and large again. Its last layer is loud, so that pictures are not grey."""
    torch.manual_seed(seed)
    blocks = len(VAE_BLOCKS)
    vae = AutoencoderKL(
        block_out_channels=VAE_BLOCKS,
        down_block_types=("DownEncoderBlock2D",) * blocks,
        up_block_types=("UpDecoderBlock2D",) * blocks,
        layers_per_block=1,
        norm_num_groups=4,
        latent_channels=4,
        sample_size=256,
        scaling_factor=0.13025,
        force_upcast=True,
    )
    with torch.no_grad():
        vae.decoder.conv_out.weight.mul_(2.0)
    return vae


def small_preview(seed: int) -> AutoencoderTiny:
    """A decoder for previews, as small as they come: the same size in, eight times the size out."""
    torch.manual_seed(seed)
    widths = (8, 8, 8, 8)
    return AutoencoderTiny(
        encoder_block_out_channels=widths,
        decoder_block_out_channels=widths,
        num_encoder_blocks=(1, 1, 1, 1),
        num_decoder_blocks=(1, 1, 1, 1),
    )


def small_control(unet: UNet2DConditionModel, seed: int) -> ControlNetModel:
    """A ControlNet for `unet`. The real ones start silent and are trained; this one's outputs are random, not zero."""
    torch.manual_seed(seed)
    control = ControlNetModel.from_unet(unet, conditioning_embedding_out_channels=(8, 8, 16, 16))
    silent = [*control.controlnet_down_blocks, control.controlnet_mid_block, control.controlnet_cond_embedding.conv_out]
    with torch.no_grad():
        for layer in silent:
            layer.weight.normal_(0.0, 0.2)
    return control


def scheduler() -> EulerDiscreteScheduler:
    """SDXL's own, as its folder has it."""
    return EulerDiscreteScheduler(
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        timestep_spacing="leading",
        steps_offset=1,
    )


def _text_encoder(kind: Any, width: int, seed: int, *, layers: int) -> Any:
    torch.manual_seed(seed)
    words = vocabulary()
    return kind(
        CLIPTextConfig(
            vocab_size=len(words),
            hidden_size=width,
            intermediate_size=2 * width,
            projection_dim=POOLED,
            num_hidden_layers=layers,
            num_attention_heads=4,
            max_position_embeddings=77,
            hidden_act="quick_gelu",
            bos_token_id=words["<|startoftext|>"],
            eos_token_id=words[END],
            pad_token_id=words[END],
        )
    )


def _ip_adapter(models: Path, unet: UNet2DConditionModel) -> list[Path]:
    """The image encoder, and the file of the adapter: how picture words are made, and keys and values a layer."""
    torch.manual_seed(SEED + 20)
    encoder = CLIPVisionModelWithProjection(
        CLIPVisionConfig(
            hidden_size=32,
            intermediate_size=64,
            num_hidden_layers=2,
            num_attention_heads=4,
            image_size=IMAGE_SIDE,
            patch_size=8,
            projection_dim=24,
        )
    )
    folder = models / "clip_vision" / "tiny-ip"
    encoder.save_pretrained(folder, safe_serialization=True)
    side = {"height": IMAGE_SIDE, "width": IMAGE_SIDE}
    CLIPImageProcessor(size={"shortest_edge": IMAGE_SIDE}, crop_size=side).save_pretrained(folder)
    width = sum(TEXT_SIZES)
    tensors = {
        "image_proj.proj.weight": torch.randn(IMAGE_WORDS * width, 24) / 24**0.5,
        "image_proj.proj.bias": torch.zeros(IMAGE_WORDS * width),
        "image_proj.norm.weight": torch.ones(width),
        "image_proj.norm.bias": torch.zeros(width),
    }
    for number, size in _cross_layers(unet):
        for letter in "kv":
            tensors[f"ip_adapter.{number}.to_{letter}_ip.weight"] = torch.randn(size, width) / width**0.5
    path = models / "ipadapter" / "tiny.safetensors"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_model_state(path, tensors, {"format": "pt"})
    return [*_files([folder]), path]


def _cross_layers(unet: UNet2DConditionModel) -> Iterable[tuple[int, int]]:
    """Number (odd, counting every attention) and width of each layer that looks at words, as the format has them."""
    names = [name for name in unet.attn_processors if not name.endswith("attn1.processor")]
    for index, name in enumerate(names):
        yield 2 * index + 1, unet.get_submodule(name.removesuffix(".processor")).to_k.out_features


def _files(folders: Iterable[Path]) -> list[Path]:
    return sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())


_INDEX = """{
  "_class_name": "StableDiffusionXLPipeline",
  "_diffusers_version": "0.42.1",
  "force_zeros_for_empty_prompt": true,
  "scheduler": ["diffusers", "EulerDiscreteScheduler"],
  "text_encoder": ["transformers", "CLIPTextModel"],
  "text_encoder_2": ["transformers", "CLIPTextModelWithProjection"],
  "tokenizer": ["transformers", "CLIPTokenizer"],
  "tokenizer_2": ["transformers", "CLIPTokenizer"],
  "unet": ["diffusers", "UNet2DConditionModel"],
  "vae": ["diffusers", "AutoencoderKL"]
}
"""
_REFINER_INDEX = """{
  "_class_name": "StableDiffusionXLImg2ImgPipeline",
  "_diffusers_version": "0.42.1",
  "force_zeros_for_empty_prompt": false,
  "requires_aesthetics_score": true,
  "unet": ["diffusers", "UNet2DConditionModel"]
}
"""
