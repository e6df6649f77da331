"""Loads the parts of an SDXL, from a diffusers folder or from one file with everything in it.

It does not know what the parts are used for.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mvlocal.backends.hardware import Dtype
from mvlocal.backends.loading import check_once, check_part, folder_gib, frozen, gib_of, load_folder, quiet, reading
from mvlocal.backends.sdxl.models import Checkpoint
from mvlocal.weights import LockedWeights
from mvlocal.weights.folders import LockedFolder

PREFIXES = {
    "unet": ("model.diffusion_model.",),
    "vae": ("first_stage_model.",),
    "text_encoder": ("conditioner.embedders.0.",),
    "text_encoder_2": ("conditioner.embedders.1.",),
}
"""How names of each part's tensors begin in one file with everything, as the model's publisher lays it out."""


def load_model(checkpoint: Checkpoint, part: str, dtype: Dtype) -> Any:
    """The UNet, VAE or text encoder of a checkpoint, in `dtype`, on the CPU and ready to be placed.

    Raises:
        UserError: a file is not what the lock says, or holds no such part.
    """
    if checkpoint.file is None:
        return load_folder(checkpoint.folder, _class_of(part), dtype, part)
    return load_single(checkpoint.file, part, checkpoint.folder, dtype, PREFIXES[part])


def load_single(
    weights: LockedWeights, part: str, config: LockedFolder, dtype: Dtype, prefixes: Sequence[str] = ("",)
) -> Any:
    """A part made of the tensors of one file (those whose names begin so), as the folder `config` describes it.

    Raises:
        UserError: the file is not what the lock says, or its tensors are not those of this part.
    """
    tensors = read_tensors(weights, prefixes)
    check_part(config, part, weights=False)
    with reading(weights.path, f"no {part} of an SDXL that {config.place} describes"), quiet():
        return frozen(_from_tensors(tensors, part, config.path, dtype))


def read_tensors(weights: LockedWeights, prefixes: Sequence[str] = ("",)) -> dict[str, Any]:
    """The tensors of a checked file whose names begin with one of `prefixes`.

    Raises:
        UserError: the file is not what the lock says.
    """
    from safetensors import safe_open

    check_once(weights)
    with reading(weights.path, "no safetensors file"), safe_open(str(weights.path), framework="pt") as file:
        names = [name for name in file.keys() if name.startswith(tuple(prefixes))]  # noqa: SIM118 - not a mapping
        return {name: file.get_tensor(name) for name in names}


def part_gib(checkpoint: Checkpoint, part: str, dtype: Dtype) -> float:
    """What a part of a checkpoint takes in `dtype`, in GiB."""
    if checkpoint.file is not None:
        return gib_of([checkpoint.file.path], dtype, PREFIXES[part])
    return folder_gib(checkpoint.folder, dtype, part)


def _from_tensors(tensors: dict[str, Any], part: str, config: Path, dtype: Dtype) -> Any:
    import torch

    if not tensors:
        raise ValueError("none of its tensors are there")
    kind = _class_of(part)
    given: dict[str, Any] = {
        "config": str(config),
        "subfolder": part,
        "local_files_only": True,
        "torch_dtype": getattr(torch, dtype),
    }
    if part.startswith("text_encoder"):
        # The library's own way to a text encoder in such a file; it has no method of a class for it.
        from diffusers.loaders.single_file_utils import create_diffusers_clip_model_from_ldm

        model = create_diffusers_clip_model_from_ldm(kind, tensors, **given)
    else:
        model = kind.from_single_file(tensors, **given)
    unset = [name for name, value in model.named_parameters() if value.is_meta]
    if unset:
        raise ValueError(f"{len(unset)} tensors are missing, {unset[0]} among them")
    return model


def _class_of(part: str) -> Any:
    from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
    from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
    from transformers import CLIPTextModel, CLIPTextModelWithProjection

    return {
        "unet": UNet2DConditionModel,
        "vae": AutoencoderKL,
        "text_encoder": CLIPTextModel,
        "text_encoder_2": CLIPTextModelWithProjection,
    }[part]
