"""Latent walks by SDXL: pictures on the way from one look to another, by slerp of noise and lerp of words.

It does not know shots or beats: whoever asks says how far along the way each picture is. Pictures are made one by one,
each from scratch, so that one alone is the same as among others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mvlocal.backends.base import Preview, Progress
from mvlocal.backends.hardware import Hardware
from mvlocal.backends.sdxl.denoise import Condition, Walk, denoise, noise_of
from mvlocal.backends.sdxl.load import on_device, quiet, reading
from mvlocal.backends.sdxl.models import StillModels
from mvlocal.backends.sdxl.parts import LockedNetworks, Networks, StillOptions
from mvlocal.backends.sdxl.pixels import latents_to_picture, preview_of
from mvlocal.backends.sdxl.prompts import NEGATIVE_POOLED, NEGATIVE_WORDS, POOLED, WORDS
from mvlocal.backends.sdxl.schedules import schedule_of, start_scheduler
from mvlocal.backends.sdxl.sizes import STEP_PX
from mvlocal.media.frame import Rgb
from mvlocal.shots.walk import slerp

if TYPE_CHECKING:
    from torch import Tensor

_TENSORS = (WORDS, POOLED, NEGATIVE_WORDS, NEGATIVE_POOLED)
_CHANNELS = 4


@dataclass(frozen=True, slots=True)
class WalkRequest:
    """A walk between two looks, each an encoded prompt and a seed; `shares` (0 to 1) say how far each picture is."""

    width: int
    height: int
    first: Path
    second: Path
    seeds: tuple[int, int]
    shares: Sequence[float]


class SdxlWalk:
    """Makes the pictures of a walk. It wears no LoRAs and follows no guides: abstract shots show nobody."""

    name = "sdxl"

    def __init__(self, networks: Networks, options: StillOptions) -> None:
        self._networks = networks
        self._schedule = schedule_of(options.schedule, options.steps, options.guidance)

    @property
    def hardware(self) -> Hardware:
        """What it runs on."""
        return self._networks.hardware

    def walk(self, request: WalkRequest, progress: Progress, preview: Preview | None = None) -> Iterator[Rgb]:
        """One picture (height, width, 3) a share, in order; the same request gives the same pixels.

        Raises:
            NotFinite: a network gave numbers that are not finite.
            UserError: a file of embeddings or weights is not what it should be.
        """
        import torch

        looks = _read(request.first), _read(request.second)
        noises = [self._noise(seed, request) for seed in request.seeds]
        total = len(request.shares)
        for index, share in enumerate(request.shares):
            with torch.inference_mode():
                noise = torch.from_numpy(slerp(noises[0], noises[1], share)).to(self.hardware.device)
                latents = self._denoised(noise, _between(looks, share), request)
                vae = self._networks.vae()
                with on_device(self.hardware, vae):
                    picture, _ = latents_to_picture(vae, latents)
            progress((index + 1) / total, f"picture {index + 1} of {total}")
            if preview is not None:
                preview(preview_of(latents), index + 1, total)
            yield picture

    def _noise(self, seed: int, request: WalkRequest) -> NDArray[np.float32]:
        import torch

        shape = (_CHANNELS, request.height // STEP_PX, request.width // STEP_PX)
        return noise_of([torch.Generator("cpu").manual_seed(seed)], shape, "cpu").numpy()

    def _denoised(self, noise: Tensor, words: dict[str, Tensor], request: WalkRequest) -> Tensor:
        import torch

        denoiser, schedule, device = self._networks.denoiser(), self._schedule, self.hardware.device
        denoiser.wardrobe.wear_style(None, 0.0)
        denoiser.wardrobe.wear_loras(())
        with quiet():
            scheduler, timesteps = start_scheduler(schedule, denoiser.scheduler, device)
        size = [float(request.height), float(request.width)]
        first = 0 if schedule.guidance > 1 else 1
        condition = Condition(
            torch.cat([words[NEGATIVE_WORDS], words[WORDS]])[first:].to(device),
            torch.cat([words[NEGATIVE_POOLED], words[POOLED]])[first:].to(device),
            torch.tensor([[*size, 0.0, 0.0, *size]] * 2, device=device)[first:],
        )
        # Samplers that add noise on the way add the same noise to every picture, so that the walk stays smooth.
        dice = [torch.Generator("cpu").manual_seed(request.seeds[0])]
        with on_device(self.hardware, denoiser.unet):
            return denoise(
                denoiser.unet,
                noise * scheduler.init_noise_sigma,
                condition,
                Walk(scheduler, timesteps, schedule.guidance, 0),
                dice,
            )


def _read(path: Path) -> dict[str, Tensor]:
    from safetensors import safe_open

    with reading(path, "no encoded prompt"), safe_open(str(path), framework="pt") as file:
        return {name: file.get_tensor(name) for name in _TENSORS}


def _between(looks: tuple[dict[str, Tensor], dict[str, Tensor]], share: float) -> dict[str, Tensor]:
    """Embeddings `share` of the way; the shorter words of the two are filled up with nothing."""
    import torch

    mixed: dict[str, Any] = {}
    for name in _TENSORS:
        first, second = looks[0][name].float(), looks[1][name].float()
        if first.ndim == 3 and first.shape[1] != second.shape[1]:
            longest = max(first.shape[1], second.shape[1])
            first, second = (torch.nn.functional.pad(one, (0, 0, 0, longest - one.shape[1])) for one in (first, second))
        mixed[name] = torch.lerp(first, second, share)
    return mixed


def make(models: StillModels, hardware: Hardware, options: StillOptions) -> SdxlWalk:
    """The factory, from a still maker's weights and options."""
    return SdxlWalk(LockedNetworks(models, hardware, options), options)
