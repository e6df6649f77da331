"""Stills by SDXL: a prompt's embeddings, guides, people's LoRAs, a style or an earlier picture in; pictures out.

It does not know shots, prompts or who asks. The same request gives the same pixels whatever was made before it: each
seed has its own generator, LoRAs and styles of other shots are taken off, and every batch is equally large.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from mvlocal.backends.base import Guide, Preview, Progress, StillRequest
from mvlocal.backends.hardware import Hardware
from mvlocal.backends.sdxl.adapters import picture_words
from mvlocal.backends.sdxl.denoise import Condition, Control, Walk, denoise, first_latents, noise_of
from mvlocal.backends.sdxl.load import on_device, quiet, reading
from mvlocal.backends.sdxl.models import StillModels, Style
from mvlocal.backends.sdxl.parts import Denoiser, LockedNetworks, Networks, StillOptions
from mvlocal.backends.sdxl.pixels import latents_to_picture, picture_to_latents, preview_of
from mvlocal.backends.sdxl.prompts import FIRST_WIDTH, NEGATIVE_POOLED, NEGATIVE_WORDS, POOLED, WORDS
from mvlocal.backends.sdxl.schedules import schedule_of, start_scheduler
from mvlocal.backends.sdxl.sizes import STEP_PX
from mvlocal.errors import MissingError, SettingsError, UserError
from mvlocal.media.frame import Rgb

if TYPE_CHECKING:
    from torch import Generator, Tensor

LATENT_CHANNELS = 4
SCORE, LOW_SCORE = 6.0, 2.5
"""What a refiner is told of the wanted and the unwanted picture's beauty. Source: SDXL's published pipelines."""


@dataclass(frozen=True, slots=True)
class _Embeddings:
    """A prompt's file: tensors by name, and how wide the first encoder's words are."""

    tensors: dict[str, Tensor]
    first_width: int


@dataclass(frozen=True, slots=True)
class _Batch:
    """Stills made at once: their seeds, and where they stand among all (for progress)."""

    seeds: tuple[int, ...]
    first: int
    total: int


class SdxlStills:
    """A `StillMaker`. `take_notes` tells what a request's pictures went through that nobody asked for."""

    name = "sdxl"

    def __init__(self, networks: Networks, options: StillOptions, style: Style | None = None) -> None:
        self._networks = networks
        self._options = options
        self._style = style
        self._schedule = schedule_of(options.schedule, options.steps, options.guidance)
        self._notes: list[str] = []

    def make_stills(self, request: StillRequest, progress: Progress, preview: Preview | None = None) -> Sequence[Rgb]:
        """One picture (height, width, 3) a seed, each the same alone or among others.

        Batches have `options.batch` stills; a last one that is not full is filled up and what is too much thrown away,
        so that a network never runs on another shape.

        Raises:
            NotFinite: a network gave numbers that are not finite, in full precision too.
            UserError: a file is not what the lock says, or a picture of the request has the wrong size.
            MissingError: the settings name no weights for something that the request asks for.
        """
        import torch

        _require_sizes(request)
        embeddings = _read_embeddings(request)
        pictures: list[Rgb] = []
        with torch.inference_mode():
            start = None if request.start is None else self._latents_of(request.start)
            latents = self._denoised(request, embeddings, start, progress, preview)
            vae = self._networks.vae()
            with on_device(self.hardware, vae):
                for one in latents:
                    picture, again = latents_to_picture(vae, one)
                    if again:
                        self._notes.append("decoded again in full precision: half gave numbers that are not finite")
                    pictures.append(picture)
        progress(1.0, "decoded")
        return pictures

    @property
    def hardware(self) -> Hardware:
        """What it runs on."""
        return self._networks.hardware

    def take_notes(self) -> list[str]:
        """Plain facts about what was made since the last call: fp32 decoding, parts of LoRAs that are not used."""
        notes, self._notes = self._notes, []
        return notes

    def _batches(self, seeds: Sequence[int]) -> list[_Batch]:
        size = self._options.batch
        return [_Batch(tuple(seeds[i : i + size]), i, len(seeds)) for i in range(0, len(seeds), size)]

    def _latents_of(self, picture: Rgb) -> Tensor:
        vae = self._networks.vae()
        with on_device(self.hardware, vae):
            return picture_to_latents(vae, picture)

    def _denoised(
        self,
        request: StillRequest,
        embeddings: _Embeddings,
        start: Tensor | None,
        progress: Progress,
        preview: Preview | None,
    ) -> list[Tensor]:
        """Clean latents (1, 4, h, w) of every still, refined where there is a refiner: each network comes once."""
        batches = self._batches(request.seeds)
        dice = [self._dice(batch.seeds) for batch in batches]
        base, controls = self._dressed(request)
        condition = self._condition(request, embeddings, base)
        strength = request.start_strength if start is not None else 1.0
        with on_device(self.hardware, base.unet, *(control.network for control in controls)):
            made = [
                self._walk(base, condition, start, own, request, strength, controls, _teller(batch, progress, preview))
                for batch, own in zip(batches, dice, strict=True)
            ]
        refiner = self._networks.refiner()
        if refiner is not None:
            refined = self._condition(request, embeddings, refiner)
            strength = self._options.refiner_strength
            with on_device(self.hardware, refiner.unet):
                made = [
                    self._walk(refiner, refined, rough, own, request, strength, (), None)
                    for rough, own in zip(made, dice, strict=True)
                ]
        return [
            one for batch, latents in zip(batches, made, strict=True) for one in latents[: len(batch.seeds)].split(1)
        ]

    def _dice(self, seeds: Sequence[int]) -> list[Generator]:
        """A generator a still, and more of them where the batch is not full."""
        import torch

        filled = [*seeds, *[seeds[-1]] * (self._options.batch - len(seeds))]
        return [torch.Generator("cpu").manual_seed(seed) for seed in filled]

    def _dressed(self, request: StillRequest) -> tuple[Denoiser, list[Control]]:
        """The base with what the request has it wear, and the ControlNets of its guides."""
        base = self._networks.denoiser()
        if request.style is not None and self._style is None:
            raise MissingError(
                "a style picture needs an IP-Adapter, and none is set",
                where="keyframes.style_model",
                mend="name one, or set keyframes.style_from to nothing",
            )
        base.wardrobe.wear_style(self._style if request.style is not None else None, request.style_weight)
        base.wardrobe.wear_loras(request.loras)
        self._notes += base.wardrobe.notes
        base.wardrobe.notes.clear()
        controls = [
            Control(self._networks.control(name), _guide_tensor(guide, self.hardware.device), guide.weight)
            for name, guide in sorted(request.guides.items())
            if guide.weight > 0
        ]
        return base, controls

    def _condition(self, request: StillRequest, embeddings: _Embeddings, denoiser: Denoiser) -> Condition:
        import torch

        device, guided = self.hardware.device, self._schedule.guidance > 1
        tensors = embeddings.tensors
        # A refiner looks at the second encoder's words alone.
        words, unwanted = (
            tensors[name][..., embeddings.first_width if denoiser.scored else 0 :] for name in (WORDS, NEGATIVE_WORDS)
        )
        size = [float(request.height), float(request.width), 0.0, 0.0]
        last = ([LOW_SCORE], [SCORE]) if denoiser.scored else (size[:2], size[:2])
        times = torch.tensor([[*size, *last[0]], [*size, *last[1]]], device=device)
        pooled = torch.cat([tensors[NEGATIVE_POOLED], tensors[POOLED]])
        picture = None
        if request.style is not None and self._style is not None and not denoiser.scored:
            picture = picture_words(self._style, denoiser.unet, request.style, self.hardware, guided=guided)
        first = 0 if guided else 1
        return Condition(
            torch.cat([unwanted, words])[first:].to(device), pooled[first:].to(device), times[first:], picture
        )

    def _walk(
        self,
        denoiser: Denoiser,
        condition: Condition,
        start: Tensor | None,
        dice: Sequence[Generator],
        request: StillRequest,
        strength: float,
        controls: Sequence[Control],
        told: Callable[[int, int, Tensor], None] | None,
    ) -> Tensor:
        schedule, device = self._schedule, self.hardware.device
        with quiet():
            scheduler, timesteps = start_scheduler(schedule, denoiser.scheduler, device, strength)
        steps = len(timesteps)
        walk = Walk(scheduler, timesteps, schedule.guidance, _controlled(steps, self._options.guide_until))
        shape = (LATENT_CHANNELS, request.height // STEP_PX, request.width // STEP_PX)
        latents = first_latents(scheduler, timesteps, noise_of(dice, shape, device), start)

        def on_step(done: int, seen: Tensor) -> None:
            if told is not None:
                told(done, steps, seen)

        return denoise(denoiser.unet, latents, condition, walk, dice, controls=controls, on_step=on_step)


def make(
    models: StillModels | Mapping[str, Any], hardware: Hardware, options: StillOptions | Mapping[str, Any]
) -> SdxlStills:
    """The backend, from values or from the plain JSON that they write.

    Raises:
        SettingsError: options that do not go together.
    """
    if not isinstance(models, StillModels):
        models = StillModels.from_json(models)
    if not isinstance(options, StillOptions):
        options = StillOptions.from_json(options)
    if models.refiner is not None and options.schedule != "base":
        raise SettingsError(
            f"a refiner cannot follow the schedule {options.schedule}",
            where="keyframes.refiner",
            mend="use the schedule base, or no refiner",
        )
    return SdxlStills(LockedNetworks(models, hardware, options), options, models.style)


def _controlled(steps: int, until: float) -> int:
    """How many steps guides steer: at least one, so that few steps are steered too."""
    return max(1, round(steps * until)) if until > 0 else 0


def _teller(batch: _Batch, progress: Progress, preview: Preview | None) -> Callable[[int, int, Tensor], None]:
    def told(done: int, steps: int, seen: Tensor) -> None:
        share = (batch.first + len(batch.seeds) * done / steps) / batch.total
        progress(0.95 * share, f"still {batch.first + 1} of {batch.total}, step {done} of {steps}")
        if preview is not None:
            preview(preview_of(seen[0]), done, steps)

    return told


def _read_embeddings(request: StillRequest) -> _Embeddings:
    from safetensors import safe_open

    path = request.embeddings
    with reading(path, "no encoded prompt"), safe_open(str(path), framework="pt") as file:
        tensors: dict[str, Any] = {
            name: file.get_tensor(name) for name in (WORDS, POOLED, NEGATIVE_WORDS, NEGATIVE_POOLED)
        }
        return _Embeddings(tensors, int((file.metadata() or {})[FIRST_WIDTH]))


def _require_sizes(request: StillRequest) -> None:
    """Raises unless every picture of the request has the still's size, and that is one that latents can have."""
    wanted = (request.height, request.width)
    if request.height % STEP_PX or request.width % STEP_PX:
        raise UserError(
            f"a still cannot be {request.width} x {request.height}",
            where="keyframes.width, keyframes.height",
            mend=f"use multiples of {STEP_PX}",
        )
    given: dict[str, Any] = {name: guide.picture for name, guide in request.guides.items()}
    if request.start is not None:
        given["start"] = request.start
    for name, picture in given.items():
        if picture.shape[:2] != wanted:
            high, wide = picture.shape[:2]
            raise UserError(
                f"the picture for {name} is {wide} x {high}, and the still {request.width} x {request.height}",
                where=name,
                mend="bring it to the still's size",
            )


def _guide_tensor(guide: Guide, device: str) -> Tensor:
    """(1, 3, H, W) in [0, 1]; a grey picture is the same in all three."""
    import torch

    picture = guide.picture if guide.picture.ndim == 3 else np.repeat(guide.picture[..., None], 3, axis=2)
    return torch.from_numpy(np.ascontiguousarray(picture)).permute(2, 0, 1)[None].float().to(device) / 255
