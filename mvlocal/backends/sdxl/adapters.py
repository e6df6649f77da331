"""What a UNet wears for one shot: LoRAs of the people in it, and a picture whose look is taken over (IP-Adapter).

It does not know who anybody is. What one shot wore leaves nothing behind for the next.

Source: Hu and others, LoRA, arXiv 2106.09685; Ye and others, IP-Adapter, arXiv 2308.06721.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from mvlocal.backends.base import LoraUse
from mvlocal.backends.hardware import Hardware
from mvlocal.backends.loading import folder_gib, load_folder, load_plain, on_device, place, pooled, quiet, reading
from mvlocal.backends.sdxl.load import read_tensors
from mvlocal.backends.sdxl.models import Style
from mvlocal.errors import UserError
from mvlocal.media.frame import Rgb
from mvlocal.weights.sound import measure

if TYPE_CHECKING:
    from torch import Tensor

KEPT = 4
"""LoRAs that stay loaded beside each other, so that people who take turns are not loaded again for every shot."""
_HEADER_KEY = "lora_adapter_metadata"
"""Where diffusers writes rank and alpha in a file's header."""


class Wardrobe:
    """The LoRAs and the IP-Adapter of one UNet. `notes` says what of a file is not used."""

    def __init__(self, unet: Any, hardware: Hardware) -> None:
        self.unet = unet
        self.notes: list[str] = []
        self._hardware = hardware
        self._loras: dict[str, str] = {}
        self._style: str = ""

    def wear_loras(self, loras: Sequence[LoraUse]) -> None:
        """Puts on exactly these; their order does not matter.

        Raises:
            UserError: a file is no LoRA for SDXL's UNet, or one is named twice.
        """
        wanted = {digest_of_lora(use.path): use for use in loras}
        if len(wanted) < len(loras):
            raise UserError(
                "the same LoRA is worn twice", where=str(loras[-1].path), mend="name it once, with one weight"
            )
        self._forget(wanted)
        for digest, use in sorted(wanted.items()):
            self._load(digest, use.path)
        if wanted:
            with quiet():
                self.unet.enable_lora()
                names = sorted(self._loras[digest] for digest in wanted)
                weights = {self._loras[digest]: use.weight for digest, use in wanted.items()}
                self.unet.set_adapters(names, [weights[name] for name in names])
        elif self._loras:
            self.unet.unload_lora()
            self._loras.clear()
            self._changed()

    def wear_style(self, style: Style | None, weight: float) -> None:
        """Puts on this IP-Adapter, or none.

        Raises:
            UserError: its file is not what the lock says, or none for this UNet.
        """
        if style is None:
            if self._style:
                _take_off_style(self.unet)
                self._style = ""
                self._changed()
            return
        if self._style != style.digest:
            groups = _groups(read_tensors(style.adapter))
            with reading(style.adapter.path, "no IP-Adapter for SDXL"), quiet():
                # The way of `load_ip_adapter`, which only a whole pipeline has.
                self.unet._load_ip_adapter_weights([groups], low_cpu_mem_usage=False)  # noqa: SLF001
            self._style = style.digest
            self._changed()
        for processor in self.unet.attn_processors.values():
            if hasattr(processor, "scale"):
                processor.scale = [weight]

    def _load(self, digest: str, path: Path) -> None:
        if digest in self._loras:
            self._loras[digest] = self._loras.pop(digest)  # the last one is the one worn last
            return
        name = f"lora_{digest[:16]}"
        self.notes += load_lora(self.unet, path, name)
        self._loras[digest] = name
        self._changed()

    def _forget(self, wanted: Mapping[str, LoraUse]) -> None:
        """Makes room: LoRAs of other shots go, the longest unused first."""
        others = [digest for digest in self._loras if digest not in wanted]
        going = others[: max(0, len(others) + len(wanted) - KEPT)]
        if going:
            self.unet.delete_adapters([self._loras.pop(digest) for digest in going])
            self._changed()

    def _changed(self) -> None:
        """Group offload holds on to tensors: it is set up again after the network has changed."""
        from diffusers.hooks.group_offloading import (
            _maybe_remove_and_reapply_group_offloading,  # pyright: ignore[reportPrivateUsage]
        )

        _maybe_remove_and_reapply_group_offloading(self.unet)


def load_lora(unet: Any, path: Path, name: str) -> list[str]:
    """Loads a LoRA file (in any layout that diffusers reads) into `unet` as the adapter `name`; notes what is not used.

    Raises:
        UserError: it is no LoRA for this UNet.
    """
    from diffusers.loaders.lora_pipeline import StableDiffusionXLLoraLoaderMixin as Loader

    tensors, metadata = _read_lora(path)
    notes: list[str] = []
    with reading(path, "no LoRA for SDXL's UNet"), quiet():
        state, alphas = cast("tuple[Any, Any]", Loader.lora_state_dict(dict(tensors), unet_config=unet.config))
        rest = [key for key in state if not key.startswith("unet.")]
        if len(rest) == len(state) or not all("lora" in key for key in state):
            raise ValueError("no layer of it is for the UNet")
        if rest:
            notes.append(f"the text encoder's part of the LoRA {path.name} is not used ({len(rest)} tensors)")
        Loader.load_lora_into_unet(state, alphas, unet, adapter_name=name, metadata=metadata)
    return notes


def fuse_lora(unet: Any, path: Path) -> None:
    """Adds a LoRA to the UNet's own weights for good: for a schedule's, which every still wears.

    Raises:
        UserError: it is no LoRA for this UNet.
    """
    load_lora(unet, path, "schedule")
    unet.fuse_lora(adapter_names=["schedule"])
    unet.unload_lora()


def digest_of_lora(path: Path) -> str:
    """SHA-256 of a LoRA file, read once while it does not change.

    Raises:
        UserError: it is pickled, or no whole safetensors file.
    """
    state = path.stat()
    return _digest(path, (state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns))


def picture_words(style: Style, unet: Any, picture: Rgb, hardware: Hardware, *, guided: bool) -> Tensor:
    """What the IP-Adapter conditions on: (1 or 2, 1, ...), that of no picture first where there is guidance.

    Raises:
        UserError: the image encoder's files are not what the lock says.
    """
    import torch
    from diffusers.models.embeddings import ImageProjection
    from PIL import Image

    def load() -> tuple[Any, Any]:
        from transformers import CLIPVisionModelWithProjection

        model = place(load_folder(style.encoder, CLIPVisionModelWithProjection, hardware.dtype), hardware)
        return model, _picture_processor(style, model)

    gib = folder_gib(style.encoder, hardware.dtype)
    model, processor = pooled("sdxl.style", style.encoder.digest, hardware, load, gib=gib)
    pooled_only = isinstance(unet.encoder_hid_proj.image_projection_layers[0], ImageProjection)
    pixels = processor(Image.fromarray(picture), return_tensors="pt").pixel_values.to(hardware.device, model.dtype)
    with on_device(hardware, model):
        if pooled_only:
            seen = model(pixels).image_embeds
            nothing = torch.zeros_like(seen)
        else:
            seen = model(pixels, output_hidden_states=True).hidden_states[-2]
            nothing = model(torch.zeros_like(pixels), output_hidden_states=True).hidden_states[-2]
    return (torch.cat([nothing, seen]) if guided else seen)[:, None]


def _picture_processor(style: Style, model: Any) -> Any:
    """As the folder says, or (the published one says nothing) CLIP's own at the encoder's size."""
    from transformers import CLIPImageProcessor

    if (style.encoder.path / "preprocessor_config.json").is_file():
        return load_plain(style.encoder, CLIPImageProcessor)
    side = model.config.image_size
    return CLIPImageProcessor(size={"shortest_edge": side}, crop_size={"height": side, "width": side})


def _take_off_style(unet: Any) -> None:
    from diffusers.models.attention_processor import AttnProcessor2_0

    unet.encoder_hid_proj = None
    unet.config.encoder_hid_dim_type = None
    unet.set_attn_processor(AttnProcessor2_0())


def _groups(tensors: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The adapter's two groups of tensors, from the names in its file."""
    groups: dict[str, dict[str, Any]] = {"image_proj": {}, "ip_adapter": {}}
    for name, tensor in tensors.items():
        group, _, rest = name.partition(".")
        if group in groups:
            groups[group][rest] = tensor
    return groups


def _read_lora(path: Path) -> tuple[dict[str, Any], dict[str, Any] | None]:
    from safetensors import safe_open

    with reading(path, "no safetensors file"), safe_open(str(path), framework="pt") as file:
        said = (file.metadata() or {}).get(_HEADER_KEY)
        metadata = json.loads(said) if said else None
        return {name: file.get_tensor(name) for name in file.keys()}, metadata  # noqa: SIM118 - not a mapping


@cache
def _digest(path: Path, _state: tuple[int, ...]) -> str:
    return measure(path).sha256
