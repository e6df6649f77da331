"""SDXL's UNet with a LoRA that learns: loaded once, frozen but for the LoRA, which starts silent.

It does not know what it learns.

Source: Hu and others, LoRA, arXiv 2106.09685, section 4.1 (one matrix random, the other zero).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mvlocal.backends.base import LoraRecipe
from mvlocal.backends.loading import pooled, quiet
from mvlocal.backends.sdxl.load import load_model, part_gib
from mvlocal.backends.sdxl_lora.cache import Base
from mvlocal.errors import InputError

if TYPE_CHECKING:
    from torch import Tensor

UNET = "sdxl.unet-training"
"""How the pool calls it: this network is not one that others may draw with."""
ADAPTER = "person"


def load_unet(base: Base) -> Any:
    """The UNet on the device, frozen, without a LoRA."""
    hardware = base.hardware
    gib = part_gib(base.checkpoint, "unet", hardware.dtype)
    return pooled(
        UNET,
        base.checkpoint.digest,
        hardware,
        lambda: load_model(base.checkpoint, "unet", hardware.dtype).to(hardware.device),
        gib=gib,
    )


def add_lora(unet: Any, recipe: LoraRecipe, seed: int) -> dict[str, Any]:
    """Adds a silent LoRA to the UNet and returns its parameters by name, in float32; all else stays frozen.

    Raises:
        InputError: the base has no such layers.
    """
    import torch
    from peft import LoraConfig

    if ADAPTER in getattr(unet, "peft_config", {}):
        unet.delete_adapters(ADAPTER)  # what an attempt that failed left behind
    kind: Any = LoraConfig  # its alpha may be any number, whatever its types say
    config = kind(r=recipe.rank, lora_alpha=recipe.alpha, target_modules=list(recipe.targets), init_lora_weights=True)
    try:
        with quiet(), torch.random.fork_rng(devices=[]):
            unet.add_adapter(config, adapter_name=ADAPTER)
    except ValueError as error:
        raise InputError(
            f"the base has none of the layers that a LoRA is trained on: {error}",
            where="train.layers",
            mend="use an SDXL as the base",
        ) from error
    if recipe.checkpointing:
        unet.enable_gradient_checkpointing()
    generator = torch.Generator("cpu").manual_seed(seed)
    found = {name: value for name, value in unet.named_parameters() if value.requires_grad}
    for name, value in sorted(found.items()):
        value.data = value.data.float()
        if ".lora_A." in name:
            value.data.copy_(torch.randn(value.shape, generator=generator) / recipe.rank)
        else:
            value.data.zero_()
    return dict(sorted(found.items()))


def lora_to_layers(parameters: Mapping[str, Any]) -> dict[str, Tensor]:
    """The LoRA's tensors on the CPU by layer, as `<layer>.lora_A` and `<layer>.lora_B`."""
    return {_layer_name(name): value.detach().cpu().clone() for name, value in parameters.items()}


def layers_to_lora(tensors: Mapping[str, Tensor], parameters: Mapping[str, Any]) -> None:
    """Gives the LoRA the values that `lora_to_layers` took.

    Raises:
        KeyError, RuntimeError: they are not of this LoRA.
    """
    for name, value in parameters.items():
        value.data.copy_(tensors[_layer_name(name)])


def _layer_name(parameter: str) -> str:
    """`down.to_q.lora_A.person.weight` is `down.to_q.lora_A`."""
    return parameter.removesuffix(f".{ADAPTER}.weight")
