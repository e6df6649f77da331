"""A small SDXL for tests: its models, prompts, LoRAs, and the same weights as one file in the publisher's layout."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from song_models import make_small_models

from mvlocal.backends.hardware import Hardware
from mvlocal.backends.sdxl.models import Checkpoint, StillModels, Style
from mvlocal.backends.sdxl.prompts import SdxlPrompts
from mvlocal.media.frame import Rgb
from mvlocal.weights import locked_weights
from mvlocal.weights.folders import locked_folder

WIDTH, HEIGHT = 128, 64
CPU = Hardware(threads=1)
TEXT = "a woman walks through the rain in a red coat"
NEGATIVE = "blurry, text"


def quiet(_fraction: float, _note: str) -> None:
    """Progress that nobody looks at."""


def make_sdxl(folder: Path) -> None:
    """Makes the small SDXL in a models folder."""
    make_small_models(folder, ("sdxl",))


def checkpoint(name: str = "tiny-sdxl") -> Checkpoint:
    """The small SDXL as a diffusers folder."""
    return Checkpoint(locked_folder("checkpoints", name, where="keyframes.model", index="model_index.json"))


def models(**more: Any) -> StillModels:
    """All small weights: three ControlNets and an IP-Adapter too."""
    given: dict[str, Any] = {
        "checkpoint": checkpoint(),
        "controls": {
            name: locked_folder("controlnet", f"tiny-{name}", where="x") for name in ("pose", "depth", "lines")
        },
        "style": Style(
            locked_weights("ipadapter", "tiny", where="x"), locked_folder("clip_vision", "tiny-ip", where="x")
        ),
    }
    return StillModels(**{**given, **more})


def encode(out: Path, text: str = TEXT, negative: str = NEGATIVE, hardware: Hardware = CPU) -> Path:
    """A prompt, encoded into a file."""
    SdxlPrompts(checkpoint(), hardware).encode_prompts([(text, negative)], [out], quiet)
    return out


def noise_picture(seed: int, width: int = WIDTH, height: int = HEIGHT) -> Rgb:
    """A picture of noise."""
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def write_lora(path: Path, seed: int, *, layout: str = "diffusers", rank: int = 4, strength: float = 2.0) -> Path:
    """A LoRA for the small UNet's attention, with random weights: in diffusers' layout, or in kohya's."""
    from diffusers import UNet2DConditionModel

    folder = checkpoint().folder.path / "unet"
    unet = UNet2DConditionModel.from_pretrained(str(folder), local_files_only=True, use_safetensors=True)
    dice = torch.Generator().manual_seed(seed)
    tensors: dict[str, torch.Tensor] = {}
    for name, layer in unet.named_modules():
        if not re.search(r"attn[12]\.to_[qkv]$", name):
            continue
        down = torch.randn((rank, layer.in_features), generator=dice) / layer.in_features**0.5
        up = torch.randn((layer.out_features, rank), generator=dice) * strength / rank**0.5
        if layout == "diffusers":
            tensors |= {f"unet.{name}.lora_A.weight": down, f"unet.{name}.lora_B.weight": up}
        else:
            key = f"lora_unet_{name.replace('.', '_')}"
            tensors |= {f"{key}.lora_down.weight": down, f"{key}.lora_up.weight": up}
            tensors[f"{key}.alpha"] = torch.tensor(float(rank))
    save_file(tensors, path)
    return path


# --- one file with everything ----------------------------------------------------------------------------


def write_single_file(target: Path, folder: Path) -> None:
    """The weights of a diffusers folder as one file in the layout of SDXL's publisher."""
    unet = load_file(folder / "unet" / "diffusion_pytorch_model.safetensors")
    vae = load_file(folder / "vae" / "diffusion_pytorch_model.safetensors")
    first = load_file(folder / "text_encoder" / "model.safetensors")
    second = load_file(folder / "text_encoder_2" / "model.safetensors")
    every = {
        **{f"model.diffusion_model.{_unet_name(name)}": value for name, value in unet.items()},
        **{f"first_stage_model.{_vae_name(name)}": _vae_value(name, value) for name, value in vae.items()},
        **{
            f"conditioner.embedders.0.transformer.text_model.{name.removeprefix('text_model.')}": value
            for name, value in first.items()
        },
        **{f"conditioner.embedders.1.model.{name}": value for name, value in _open_clip(second).items()},
    }
    target.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: value.contiguous() for name, value in every.items()}, target)


def copy_configuration(source: Path, target: Path) -> list[Path]:
    """The folder of a checkpoint without its weights; returns the files."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("*.safetensors"))
    return [path for path in target.rglob("*") if path.is_file()]


_RESNET = {
    "norm1": "in_layers.0", "conv1": "in_layers.2", "time_emb_proj": "emb_layers.1", "norm2": "out_layers.0",
    "conv2": "out_layers.3", "conv_shortcut": "skip_connection",
}  # fmt: skip
_UNET = {
    "conv_in": "input_blocks.0.0", "time_embedding.linear_1": "time_embed.0", "time_embedding.linear_2": "time_embed.2",
    "add_embedding.linear_1": "label_emb.0.0", "add_embedding.linear_2": "label_emb.0.2", "conv_norm_out": "out.0",
    "conv_out": "out.2", "mid_block.resnets.0": "middle_block.0", "mid_block.attentions.0": "middle_block.1",
    "mid_block.resnets.1": "middle_block.2",
}  # fmt: skip
_LEVELS, _LAYERS = 3, 1


def _unet_name(name: str) -> str:
    for ours, theirs in _UNET.items():
        if name.startswith(f"{ours}."):
            return theirs + _inside(name.removeprefix(ours))
    found = re.fullmatch(r"(down|up)_blocks\.(\d)\.(resnets|attentions|downsamplers|upsamplers)\.(\d)(\..+)", name)
    assert found, name
    way, level, kind, layer, rest = found[1], int(found[2]), found[3], int(found[4]), found[5]
    if way == "down":
        first = 1 + level * (_LAYERS + 1)
        if kind == "downsamplers":
            return f"input_blocks.{first + _LAYERS}.0{rest.replace('.conv.', '.op.')}"
        return f"input_blocks.{first + layer}.{0 if kind == 'resnets' else 1}{_inside(rest)}"
    first = level * (_LAYERS + 1)
    if kind == "upsamplers":  # after the attention, which all levels that have one of these have
        return f"output_blocks.{first + _LAYERS}.2{rest}"
    return f"output_blocks.{first + layer}.{0 if kind == 'resnets' else 1}{_inside(rest)}"


def _inside(rest: str) -> str:
    """Names within a resnet; those within attention are the same."""
    head = rest.lstrip(".").split(".")[0]
    return rest.replace(f".{head}.", f".{_RESNET[head]}.", 1) if head in _RESNET else rest


_ATTENTION = {"group_norm": "norm", "to_q": "q", "to_k": "k", "to_v": "v", "to_out.0": "proj_out"}


def _vae_name(name: str) -> str:
    name = name.replace("conv_shortcut", "nin_shortcut").replace("conv_norm_out", "norm_out")
    name = re.sub(r"mid_block\.resnets\.(\d)", lambda m: f"mid.block_{int(m[1]) + 1}", name)
    name = re.sub(
        r"mid_block\.attentions\.0\.(group_norm|to_q|to_k|to_v|to_out\.0)",
        lambda m: f"mid.attn_1.{_ATTENTION[m[1]]}",
        name,
    )
    name = re.sub(r"down_blocks\.(\d)\.resnets", r"down.\1.block", name)
    name = re.sub(r"down_blocks\.(\d)\.downsamplers\.0", r"down.\1.downsample", name)
    name = re.sub(r"up_blocks\.(\d)\.resnets", lambda m: f"up.{3 - int(m[1])}.block", name)
    return re.sub(r"up_blocks\.(\d)\.upsamplers\.0", lambda m: f"up.{3 - int(m[1])}.upsample", name)


def _vae_value(name: str, value: torch.Tensor) -> torch.Tensor:
    """Attention is written as 1 x 1 convolutions."""
    linear = re.search(r"attentions\.0\.to_\w+(\.0)?\.weight", name)
    return value[..., None, None] if linear else value


def _open_clip(state: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    made = {
        "token_embedding.weight": state["text_model.embeddings.token_embedding.weight"],
        "positional_embedding": state["text_model.embeddings.position_embedding.weight"],
        "ln_final.weight": state["text_model.final_layer_norm.weight"],
        "ln_final.bias": state["text_model.final_layer_norm.bias"],
        "text_projection": state["text_projection.weight"].T,
    }
    names = {"layer_norm1": "ln_1", "layer_norm2": "ln_2", "mlp.fc1": "mlp.c_fc", "mlp.fc2": "mlp.c_proj",
             "self_attn.out_proj": "attn.out_proj"}  # fmt: skip
    for layer in range(sum(name.endswith("layer_norm1.weight") for name in state)):
        inside = f"text_model.encoder.layers.{layer}"
        for kind in ("weight", "bias"):
            for ours, theirs in names.items():
                made[f"transformer.resblocks.{layer}.{theirs}.{kind}"] = state[f"{inside}.{ours}.{kind}"]
            parts = [state[f"{inside}.self_attn.{letter}_proj.{kind}"] for letter in "qkv"]
            made[f"transformer.resblocks.{layer}.attn.in_proj_{kind}"] = torch.cat(parts)
    return made
