"""The networks that stills are made with, each loaded once and set up as asked.

It does not know how they are used together.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol, cast

from mvlocal.backends.hardware import Dtype, Hardware
from mvlocal.backends.loading import check_once, check_part, folder_gib, gib_of, load_folder, place, pooled
from mvlocal.backends.sdxl.adapters import Wardrobe, fuse_lora
from mvlocal.backends.sdxl.load import load_model, load_single, part_gib
from mvlocal.backends.sdxl.models import Checkpoint, StillModels
from mvlocal.engine.task import Json
from mvlocal.errors import MissingError, SettingsError

BASE_SCHEDULER: Mapping[str, Any] = {
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "num_train_timesteps": 1000,
    "prediction_type": "epsilon",
    "steps_offset": 1,
}
"""The noise that SDXL was trained with. Source: the scheduler configuration of its published folder."""
ATTENTION = "scaled_dot_product"
"""How attention is computed: torch's own fused kernels, always."""


@dataclass(frozen=True, slots=True)
class StillOptions:
    """All that changes pixels beside weights and hardware. `steps` and `guidance` 0: the schedule's own.

    `refiner_strength`: how far a refiner leaves the picture. `guide_until`: the share of the steps that guides steer.
    `batch`: stills made at once. `tiles`: decode in tiles. `compile` and `channels_last`: how networks are run.
    """

    schedule: str = "base"
    steps: int = 0
    guidance: float = 0.0
    refiner_strength: float = 0.25
    guide_until: float = 0.8
    batch: int = 1
    tiles: bool = False
    compile: bool = False
    channels_last: bool = False

    def to_json(self) -> dict[str, Json]:
        """As plain JSON, for a task's parameters."""
        return cast("dict[str, Json]", {**asdict(self), "attention": ATTENTION})

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> StillOptions:
        """What `to_json` wrote."""
        return cls(**{key: value for key, value in data.items() if key != "attention"})


@dataclass(frozen=True, slots=True)
class Denoiser:
    """A network that removes noise, what it wears, and the configuration of its scheduler."""

    unet: Any
    wardrobe: Wardrobe
    scheduler: Mapping[str, Any]
    scored: bool = False
    """Whether it is told a score of beauty instead of the picture's full size, as refiners are."""


class Networks(Protocol):
    """Gives the networks of an SDXL, placed by `hardware`."""

    hardware: Hardware

    def denoiser(self) -> Denoiser:
        """The base's."""
        ...

    def refiner(self) -> Denoiser | None:
        """The refiner's, where there is one."""
        ...

    def vae(self) -> Any:
        """The autoencoder."""
        ...

    def control(self, guide: str) -> Any:
        """The ControlNet that follows `guide`."""
        ...


class LockedNetworks:
    """`Networks` from locked weights, held by the worker's pool."""

    def __init__(self, models: StillModels, hardware: Hardware, options: StillOptions) -> None:
        if options.compile and hardware.device == "cpu":
            raise SettingsError("compiling is for a GPU", where="machine.compile", mend="set it to false")
        self.hardware = hardware
        self._models = models
        self._options = options

    def denoiser(self) -> Denoiser:
        """As `Networks.denoiser`, with a schedule's LoRA fused into it.

        Raises:
            UserError: a file is not what the lock says, or holds no UNet of SDXL.
        """
        models = self._models
        digest = "+".join(w.sha256[:12] for w in (models.unet, models.lora) if w) + models.checkpoint.digest

        def load() -> Denoiser:
            unet = self._base_unet()
            if models.lora is not None:
                check_once(models.lora)
                fuse_lora(unet, models.lora.path)
            return _denoiser(unet, _scheduler_of(models.checkpoint), self.hardware, self._options)

        gib = part_gib(models.checkpoint, "unet", self.hardware.dtype)
        return pooled("sdxl.unet", digest, self.hardware, load, gib=gib, more=self._run)

    def refiner(self) -> Denoiser | None:
        """As `Networks.refiner`.

        Raises:
            UserError: as `denoiser`.
        """
        checkpoint = self._models.refiner
        if checkpoint is None:
            return None

        def load() -> Denoiser:
            unet = load_model(checkpoint, "unet", self.hardware.dtype)
            return _denoiser(unet, _scheduler_of(self._models.checkpoint), self.hardware, self._options, scored=True)

        gib = part_gib(checkpoint, "unet", self.hardware.dtype)
        return pooled("sdxl.refiner", checkpoint.digest, self.hardware, load, gib=gib, more=self._run)

    def vae(self) -> Any:
        """As `Networks.vae`: in full precision where it would overflow in half.

        Raises:
            UserError: as `denoiser`.
        """
        models, other = self._models, self._models.vae
        dtype = self._vae_dtype()

        def load() -> Any:
            if other is None:
                model = load_model(models.checkpoint, "vae", dtype)
            else:
                model = load_single(other, "vae", models.checkpoint.folder, dtype)
            return _set_up_vae(place(model, self.hardware), self._options)

        gib = gib_of([other.path], dtype) if other else part_gib(models.checkpoint, "vae", dtype)
        digest = (other.sha256[:12] if other else "") + models.checkpoint.digest
        return pooled("sdxl.vae", digest, self.hardware, load, gib=gib, more=f"{dtype},tiles={self._options.tiles}")

    def control(self, guide: str) -> Any:
        """As `Networks.control`.

        Raises:
            MissingError: the settings name no ControlNet for this guide.
            UserError: as `denoiser`.
        """
        folder = self._models.controls.get(guide)
        if folder is None:
            raise MissingError(
                f"no ControlNet is set that follows {guide}",
                where=f"keyframes.{guide}_model",
                mend=f"name one, or set keyframes.guide_{guide} to 0",
            )

        def load() -> Any:
            from diffusers.models.controlnets.controlnet import ControlNetModel

            network = load_folder(folder, ControlNetModel, self.hardware.dtype)
            return _set_up(network, self.hardware, self._options)

        gib = folder_gib(folder, self.hardware.dtype)
        return pooled(f"sdxl.control-{guide}", folder.digest, self.hardware, load, gib=gib, more=self._run)

    @property
    def _run(self) -> str:
        return f"compile={self._options.compile},channels_last={self._options.channels_last}"

    def _base_unet(self) -> Any:
        models, other = self._models, self._models.unet
        if other is None:
            return load_model(models.checkpoint, "unet", self.hardware.dtype)
        return load_single(other, "unet", models.checkpoint.folder, self.hardware.dtype)

    def _vae_dtype(self) -> Dtype:
        """SDXL's own decoder overflows in float16, and its configuration says so (`force_upcast`)."""
        folder = self._models.checkpoint.folder
        check_part(folder, "vae", weights=False)
        upcast = _config(folder.path / "vae" / "config.json").get("force_upcast", True)
        own = self._models.vae is None
        return "float32" if own and upcast and self.hardware.dtype == "float16" else self.hardware.dtype


def _denoiser(
    unet: Any, scheduler: Mapping[str, Any], hardware: Hardware, options: StillOptions, *, scored: bool = False
) -> Denoiser:
    unet = _set_up(unet, hardware, options)
    return Denoiser(unet, Wardrobe(unet, hardware), scheduler, scored)


def _set_up(network: Any, hardware: Hardware, options: StillOptions) -> Any:
    """Attention, memory format, place and compilation of a UNet or ControlNet."""
    import torch
    from diffusers.models.attention_processor import AttnProcessor2_0

    network.set_attn_processor(AttnProcessor2_0())
    if options.channels_last:
        network.to(memory_format=torch.channels_last)
    network = place(network, hardware, by_layers=True)
    if options.compile and getattr(network, "_repeated_blocks", None):  # a ControlNet names none
        network.compile_repeated_blocks()
    return network


def _set_up_vae(vae: Any, options: StillOptions) -> Any:
    import torch

    if options.channels_last:
        vae.to(memory_format=torch.channels_last)
    if options.tiles:
        vae.enable_tiling()
    return vae


def _scheduler_of(checkpoint: Checkpoint) -> Mapping[str, Any]:
    check_part(checkpoint.folder, "scheduler")
    return _config(checkpoint.folder.path / "scheduler" / "scheduler_config.json")


def _config(path: Path) -> dict[str, Any]:
    return cast("dict[str, Any]", json.loads(path.read_text(encoding="utf-8")))
