"""LoRA files of SDXL in the two layouts that are about: kohya's and diffusers'; read, converted both ways, written.

It does not know how a LoRA was trained. Names of layers here are diffusers': `unet.` (or `text_encoder.`,
`text_encoder_2.`), then the module's path.

Source: the ModelSpec standard 1.0.1 (github.com/Stability-AI/ModelSpec) for `modelspec.` metadata.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self, cast

from mvlocal.backends.base import LoraTraining
from mvlocal.backends.lora_names import PARTS, SDXL_LAYERS_PER_BLOCK, kohya_to_name, name_to_kohya
from mvlocal.errors import InputError, UserError
from mvlocal.weights.sound import require_plain_format

if TYPE_CHECKING:
    from torch import Tensor

Layout = Literal["kohya", "diffusers"]
ADAPTER_KEY = "lora_adapter_metadata"
"""Where diffusers keeps ranks and alphas in a file's header, as JSON."""
_DOWN, _UP, _ALPHA = ".lora_down.weight", ".lora_up.weight", ".alpha"
_A, _B = ".lora_A.weight", ".lora_B.weight"
_MEND = "use a LoRA for SDXL in safetensors, in the layout of kohya's trainer, ComfyUI, A1111 or diffusers"


@dataclass(frozen=True, slots=True)
class LoraModule:
    """One layer's change: `up` @ `down` * `alpha` / rank; `down` is (rank, in, ...), `up` (out, rank, ...)."""

    down: Tensor
    up: Tensor
    alpha: float

    @property
    def rank(self) -> int:
        return self.down.shape[0]


@dataclass(frozen=True, slots=True)
class LoraLayers:
    """A LoRA: its modules by the name of the layer that each changes."""

    modules: Mapping[str, LoraModule]

    @classmethod
    def from_parts(cls, parts: Mapping[str, Tensor], alpha: float, dtype: str) -> Self:
        """From a UNet's `<layer>.lora_A` and `<layer>.lora_B`, in `dtype`."""
        import torch

        kind = getattr(torch, dtype)
        names = sorted(name.removesuffix(".lora_A") for name in parts if name.endswith(".lora_A"))
        return cls(
            {
                f"unet.{name}": LoraModule(parts[f"{name}.lora_A"].to(kind), parts[f"{name}.lora_B"].to(kind), alpha)
                for name in names
            }
        )


@dataclass(frozen=True, slots=True)
class LoraFile:
    """A LoRA that was read: its layers, the layout it came in, and its metadata (text that nobody has checked)."""

    layers: LoraLayers
    layout: Layout
    metadata: Mapping[str, str]

    @property
    def ranks(self) -> tuple[int, ...]:
        """The ranks that occur, rising."""
        return tuple(sorted({module.rank for module in self.layers.modules.values()}))


def read_lora(path: Path, layers_per_block: int = SDXL_LAYERS_PER_BLOCK) -> LoraFile:
    """Reads a LoRA of SDXL in either layout. `layers_per_block` is the UNet's.

    Raises:
        InputError: it is pickled, cut, no LoRA, one for another model, or of another kind (LoHa, LoKr, DoRA).
    """
    from safetensors import SafetensorError, safe_open

    if path.suffix != ".safetensors":
        raise InputError(
            f"{path.name} is no safetensors file, and others are never loaded", where=str(path), mend=_MEND
        )
    try:
        require_plain_format(path)
        with safe_open(str(path), framework="pt") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a mapping
            metadata = dict(file.metadata() or {})
    except (OSError, SafetensorError, UserError) as error:
        raise InputError(f"{path.name} cannot be read: {error}", where=str(path), mend=_MEND) from error
    try:
        if any(name.startswith("lora_") for name in tensors):
            return LoraFile(kohya_to_layers(tensors, layers_per_block), "kohya", metadata)
        return LoraFile(diffusers_to_layers(tensors, metadata), "diffusers", metadata)
    except ValueError as error:
        raise InputError(f"{path.name} is no LoRA for SDXL: {error}", where=str(path), mend=_MEND) from error


def kohya_to_layers(tensors: Mapping[str, Tensor], layers_per_block: int = SDXL_LAYERS_PER_BLOCK) -> LoraLayers:
    """Layers from a kohya file's tensors.

    Raises:
        ValueError: they are not those of a LoRA for SDXL.
    """
    found: dict[str, LoraModule] = {}
    for stem in _stems(tensors, (_DOWN, _UP, _ALPHA)):
        down, up = _pair(tensors, stem, _DOWN, _UP)
        alpha = float(tensors[f"{stem}{_ALPHA}"]) if f"{stem}{_ALPHA}" in tensors else float(down.shape[0])
        found[kohya_to_name(stem, layers_per_block)] = LoraModule(down, up, alpha)
    return LoraLayers(found)


def layers_to_kohya(layers: LoraLayers, layers_per_block: int = SDXL_LAYERS_PER_BLOCK) -> dict[str, Tensor]:
    """The tensors of a kohya file."""
    import torch

    tensors: dict[str, Tensor] = {}
    for name, module in layers.modules.items():
        stem = name_to_kohya(name, layers_per_block)
        tensors[f"{stem}{_DOWN}"], tensors[f"{stem}{_UP}"] = module.down, module.up
        tensors[f"{stem}{_ALPHA}"] = torch.tensor(module.alpha, dtype=module.down.dtype)
    return tensors


def diffusers_to_layers(tensors: Mapping[str, Tensor], metadata: Mapping[str, str]) -> LoraLayers:
    """Layers from a diffusers file's tensors; alphas are in its metadata, else they equal the ranks.

    Raises:
        ValueError: they are not those of a LoRA for SDXL.
    """
    said = json.loads(metadata.get(ADAPTER_KEY, "{}"))
    if not isinstance(said, dict):
        raise ValueError(f"what it says under {ADAPTER_KEY} is no mapping")  # noqa: TRY004 - told as what the file is
    found: dict[str, LoraModule] = {}
    for stem in _stems(tensors, (_A, _B)):
        part, _, path = stem.partition(".")
        if f"{part}." not in PARTS.values():
            raise ValueError(f"{stem} is no layer of it")
        name_to_kohya(stem)  # raises where SDXL has no such layer
        down, up = _pair(tensors, stem, _A, _B)
        found[stem] = LoraModule(down, up, _alpha_said(cast("dict[str, Any]", said), part, path, down.shape[0]))
    return LoraLayers(found)


def layers_to_diffusers(layers: LoraLayers) -> tuple[dict[str, Tensor], dict[str, str]]:
    """The tensors and the metadata of a diffusers file."""
    tensors: dict[str, Tensor] = {}
    for name, module in layers.modules.items():
        tensors[f"{name}{_A}"], tensors[f"{name}{_B}"] = module.down, module.up
    said: dict[str, Any] = {}
    for prefix in sorted({name.partition(".")[0] for name in layers.modules}):
        of_part = {
            name.partition(".")[2]: module for name, module in layers.modules.items() if name.startswith(f"{prefix}.")
        }
        first = next(iter(of_part.values()))
        said[f"{prefix}.r"], said[f"{prefix}.lora_alpha"] = first.rank, first.alpha
        said[f"{prefix}.target_modules"] = sorted(of_part)
        said[f"{prefix}.rank_pattern"] = {name: m.rank for name, m in of_part.items() if m.rank != first.rank}
        said[f"{prefix}.alpha_pattern"] = {name: m.alpha for name, m in of_part.items() if m.alpha != first.alpha}
    return tensors, {"format": "pt", ADAPTER_KEY: json.dumps(said, sort_keys=True)}


def save_kohya(
    path: Path, layers: LoraLayers, metadata: Mapping[str, str], layers_per_block: int = SDXL_LAYERS_PER_BLOCK
) -> None:
    """Writes a kohya file, which diffusers, ComfyUI and A1111 load as it is; the same arguments, the same bytes."""
    _save(path, layers_to_kohya(layers, layers_per_block), metadata)


def save_diffusers(path: Path, layers: LoraLayers, metadata: Mapping[str, str]) -> None:
    """Writes a diffusers file; the same arguments give the same bytes."""
    tensors, own = layers_to_diffusers(layers)
    _save(path, tensors, {**metadata, **own})


def describe(training: LoraTraining, step: int, about: Mapping[str, str]) -> dict[str, str]:
    """The metadata of a checkpoint, without its hash: what other programs show. No path, and no name of a photo."""
    recipe = training.recipe
    return {
        **about,
        "ss_output_name": f"{training.title}-{step}",
        "ss_base_model_version": "sdxl_base_v1-0",
        "ss_network_module": "networks.lora",
        "ss_network_dim": str(recipe.rank),
        "ss_network_alpha": f"{recipe.alpha:g}",
        "ss_resolution": f"({recipe.resolution}, {recipe.resolution})",
        "ss_seed": str(training.seed),
        "ss_steps": str(step),
        "ss_max_train_steps": str(recipe.steps),
        "ss_learning_rate": f"{recipe.learning_rate:g}",
        "ss_optimizer": recipe.optimizer,
        "ss_lr_scheduler": recipe.schedule,
        "ss_min_snr_gamma": f"{recipe.min_snr_gamma:g}",
        "ss_gradient_accumulation_steps": str(recipe.accumulate),
        "ss_num_train_images": str(sum(not picture.held_out for picture in training.pictures)),
        "modelspec.sai_model_spec": "1.0.1",
        "modelspec.architecture": "stable-diffusion-xl-v1-base/lora",
        "modelspec.implementation": "https://github.com/Stability-AI/generative-models",
        "modelspec.title": f"{training.title}, step {step}",
        "modelspec.trigger_phrase": training.trigger,
        "modelspec.usage_hint": f"Trigger word: {training.trigger}",
        "modelspec.resolution": f"{recipe.resolution}x{recipe.resolution}",
        "modelspec.date": datetime.now(UTC).date().isoformat(),
    }


def _stems(tensors: Mapping[str, Tensor], endings: tuple[str, ...]) -> Iterator[str]:
    """Names of the layers that tensors belong to, each once.

    Raises:
        ValueError: there are none, or a tensor is something else.
    """
    seen: dict[str, None] = {}
    for name in sorted(tensors):
        ending = next((ending for ending in endings if name.endswith(ending)), None)
        if ending is None:
            raise ValueError(f"it holds {name}, which a plain LoRA has not")
        seen[name.removesuffix(ending)] = None
    if not seen:
        raise ValueError("it holds nothing")
    return iter(seen)


def _alpha_said(said: Mapping[str, Any], part: str, path: str, rank: int) -> float:
    """A module's alpha by a diffusers header, which nobody has checked."""
    pattern = said.get(f"{part}.alpha_pattern")
    own = cast("dict[str, Any]", pattern) if isinstance(pattern, dict) else {}
    alpha = own.get(path, said.get(f"{part}.lora_alpha", rank))
    if not isinstance(pattern, dict | None) or not isinstance(alpha, int | float):
        raise ValueError("its alphas are no numbers")  # noqa: TRY004 - told as what the file is
    return float(alpha)


def _pair(tensors: Mapping[str, Tensor], stem: str, first: str, second: str) -> tuple[Tensor, Tensor]:
    down, up = tensors.get(f"{stem}{first}"), tensors.get(f"{stem}{second}")
    if down is None or up is None:
        raise ValueError(f"{stem} has one of its two tensors only")
    if down.ndim < 2 or up.ndim < 2 or down.shape[0] != up.shape[1]:
        raise ValueError(f"the tensors of {stem} do not fit together: {tuple(down.shape)} and {tuple(up.shape)}")
    return down, up


def _save(path: Path, tensors: Mapping[str, Tensor], metadata: Mapping[str, str]) -> None:
    """Writes tensors with metadata and the hash of the tensors' bytes, as ModelSpec and A1111 want it."""
    from safetensors.torch import save

    clean = {name: tensors[name].detach().cpu().contiguous() for name in sorted(tensors)}
    sha256 = hashlib.sha256(_content_of(save(clean))).hexdigest()
    hashes = {"modelspec.hash_sha256": f"0x{sha256}", "sshs_model_hash": sha256}
    said = dict(sorted({**metadata, **hashes}.items()))
    data = save(clean, said)
    # The library writes the metadata's keys in an order of chance: the header is put in order here.
    header = json.loads(data[8 : 8 + _header_bytes(data)])
    header["__metadata__"] = said
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode().ljust(_header_bytes(data))
    if len(text) != _header_bytes(data):
        raise ValueError(f"the header of {path.name} is {len(text)} bytes, not {_header_bytes(data)}")
    with path.open("wb") as file:
        for part in (data[:8], text, _content_of(data)):
            file.write(part)


def _header_bytes(data: bytes) -> int:
    return int.from_bytes(data[:8], "little")


def _content_of(data: bytes) -> bytes:
    return data[8 + _header_bytes(data) :]
