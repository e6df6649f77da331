"""Stills by SDXL: a prompt's embeddings, guides, people's LoRAs, a style or an earlier picture in; pictures out.

It does not know shots, prompts or who asks. The same request gives the same pixels whatever was made before it: each
seed has its own generator, LoRAs and styles of other shots are taken off, and every batch is equally large.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from mvlocal.backends.base import Preview, Progress, StillRequest, WalkRequest
from mvlocal.backends.hardware import Hardware
from mvlocal.backends.loading import on_device, quiet
from mvlocal.backends.sdxl.adapters import picture_words
from mvlocal.backends.sdxl.denoise import Condition, Control, Walk, denoise, first_latents, noise_of
from mvlocal.backends.sdxl.looks import Look, looks_between, read_embeddings
from mvlocal.backends.sdxl.models import StillModels, Style
from mvlocal.backends.sdxl.networks import Denoiser, LockedNetworks, Networks, StillOptions
from mvlocal.backends.sdxl.pixels import latents_to_picture, picture_to_latents
from mvlocal.backends.sdxl.previews import Show, decoded_previews, rough_preview
from mvlocal.backends.sdxl.prompts import NEGATIVE_POOLED, NEGATIVE_WORDS, POOLED, WORDS
from mvlocal.backends.sdxl.requests import guide_to_tensor, require_sizes
from mvlocal.backends.sdxl.schedules import schedule_of, start_scheduler
from mvlocal.backends.sdxl.sizes import STEP_PX
from mvlocal.errors import MissingError, SettingsError
from mvlocal.media.frame import Rgb

if TYPE_CHECKING:
    from torch import Generator, Tensor

LATENT_CHANNELS = 4
SCORE, LOW_SCORE = 6.0, 2.5
"""What a refiner is told of the wanted and the unwanted picture's beauty. Source: SDXL's published pipelines."""


@dataclass(frozen=True, slots=True)
class _Batch:
    """Stills made at once: their looks, and where they stand among all (for progress)."""

    looks: tuple[Look, ...]
    first: int
    total: int


@dataclass(frozen=True, slots=True)
class _Begin:
    """Where denoising begins: noise (1, 4, h, w) of each still, or earlier latents, left as far as `strength` says."""

    noise: Sequence[Tensor]
    start: Tensor | None
    strength: float


class SdxlStills:
    """A `StillMaker` and `StillWalker`. `take_notes` tells what pictures went through that nobody asked for."""

    name = "sdxl"

    def __init__(
        self, networks: Networks, options: StillOptions, style: Style | None = None, show: Show = rough_preview
    ) -> None:
        self._networks = networks
        self._show = show
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
        embeddings = read_embeddings(request.embeddings)
        pictures = list(self._pictures(request, [Look(embeddings, seed) for seed in request.seeds], progress, preview))
        progress(1.0, "decoded")
        return pictures

    def walk(self, request: WalkRequest, progress: Progress, preview: Preview | None = None) -> Iterator[Rgb]:
        """As `StillWalker.walk`.

        Raises:
            NotFinite, UserError, MissingError: as `make_stills`.
        """
        first, second = read_embeddings(request.first.embeddings), read_embeddings(request.embeddings)
        looks = looks_between((first, request.first.seeds[0]), (second, request.seed), request.shares)
        for made, picture in enumerate(self._pictures(request.first, looks, progress, preview), start=1):
            progress(0.95 + 0.05 * made / len(looks), f"picture {made} of {len(looks)}")
            yield picture

    def _pictures(
        self, request: StillRequest, looks: Sequence[Look], progress: Progress, preview: Preview | None
    ) -> Iterator[Rgb]:
        """A picture a look: all of them denoised, so that each network comes once, then decoded one by one."""
        import torch

        require_sizes(request)
        with torch.inference_mode():
            start = None if request.start is None else self._latents_of(request.start)
            latents = self._denoised(request, looks, start, progress, preview)
            vae = self._networks.vae()
        for one in latents:
            with torch.inference_mode(), on_device(self.hardware, vae):
                picture, again = latents_to_picture(vae, one)
            if again:
                self._notes.append("decoded again in full precision: half gave numbers that are not finite")
            yield picture

    @property
    def hardware(self) -> Hardware:
        """What it runs on."""
        return self._networks.hardware

    def take_notes(self) -> list[str]:
        """Plain facts about what was made since the last call: fp32 decoding, parts of LoRAs that are not used."""
        notes, self._notes = self._notes, []
        return notes

    def _batches(self, looks: Sequence[Look]) -> list[_Batch]:
        """The looks, `options.batch` at once; the last one is repeated where they are fewer."""
        size = self._options.batch
        groups = [looks[i : i + size] for i in range(0, len(looks), size)]
        return [
            _Batch((*group, *[group[-1]] * (size - len(group))), i * size, len(looks)) for i, group in enumerate(groups)
        ]

    def _latents_of(self, picture: Rgb) -> Tensor:
        vae = self._networks.vae()
        with on_device(self.hardware, vae):
            return picture_to_latents(vae, picture)

    def _denoised(
        self,
        request: StillRequest,
        looks: Sequence[Look],
        start: Tensor | None,
        progress: Progress,
        preview: Preview | None,
    ) -> list[Tensor]:
        """Clean latents (1, 4, h, w) of every look, refined where there is a refiner: each network comes once."""
        shape = (LATENT_CHANNELS, request.height // STEP_PX, request.width // STEP_PX)
        batches = self._batches(looks)
        drawn = [[look.noise(shape) for look in batch.looks] for batch in batches]
        dice = [[generator for _, generator in own] for own in drawn]
        base, controls = self._dressed(request)
        picture = self._styled(request, base)
        strength = request.start_strength if start is not None else 1.0
        with on_device(self.hardware, base.unet, *(control.network for control in controls)):
            made = [
                self._walk(
                    base,
                    self._condition(request, batch.looks, base, picture),
                    _Begin([noise for noise, _ in own], start, strength),
                    generators,
                    controls,
                    self._teller(batch, progress, preview),
                )
                for batch, own, generators in zip(batches, drawn, dice, strict=True)
            ]
        refiner = self._networks.refiner()
        if refiner is not None:
            strength = self._options.refiner_strength
            with on_device(self.hardware, refiner.unet):
                made = [
                    self._walk(
                        refiner,
                        self._condition(request, batch.looks, refiner),
                        _Begin([noise_of([one], shape, "cpu") for one in generators], rough, strength),
                        generators,
                    )
                    for batch, rough, generators in zip(batches, made, dice, strict=True)
                ]
        return [one for latents in made for one in latents.split(1)][: len(looks)]

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
            Control(self._networks.control(name), guide_to_tensor(guide, self.hardware.device), guide.weight)
            for name, guide in sorted(request.guides.items())
            if guide.weight > 0
        ]
        return base, controls

    def _styled(self, request: StillRequest, denoiser: Denoiser) -> Tensor | None:
        """What a style picture adds to the words; None without one."""
        if request.style is None or self._style is None:
            return None
        guided = self._schedule.guidance > 1
        return picture_words(self._style, denoiser.unet, request.style, self.hardware, guided=guided)

    def _condition(
        self, request: StillRequest, looks: Sequence[Look], denoiser: Denoiser, picture: Tensor | None = None
    ) -> Condition:
        import torch

        device, guided, count = self.hardware.device, self._schedule.guidance > 1, len(looks)
        tensors = [look.words() for look in looks]
        # A refiner looks at the second encoder's words alone.
        skipped = looks[0].embeddings.first_width if denoiser.scored else 0
        words, unwanted = ([one[name][..., skipped:] for one in tensors] for name in (WORDS, NEGATIVE_WORDS))
        pooled, unwanted_pooled = ([one[name] for one in tensors] for name in (POOLED, NEGATIVE_POOLED))
        size = [float(request.height), float(request.width), 0.0, 0.0]
        last = ([LOW_SCORE], [SCORE]) if denoiser.scored else (size[:2], size[:2])
        times = torch.tensor([[*size, *last[0]]] * count + [[*size, *last[1]]] * count, device=device)
        first = 0 if guided else count
        return Condition(
            torch.cat([*unwanted, *words])[first:].to(device),
            torch.cat([*unwanted_pooled, *pooled])[first:].to(device),
            times[first:],
            guided,
            picture.repeat_interleave(count, dim=0) if picture is not None else None,
        )

    def _walk(
        self,
        denoiser: Denoiser,
        condition: Condition,
        begin: _Begin,
        dice: Sequence[Generator],
        controls: Sequence[Control] = (),
        told: Callable[[int, int, Tensor], None] | None = None,
    ) -> Tensor:
        import torch

        schedule, device = self._schedule, self.hardware.device
        with quiet():
            scheduler, timesteps = start_scheduler(schedule, denoiser.scheduler, device, begin.strength)
        steps = len(timesteps)
        walk = Walk(scheduler, timesteps, schedule.guidance, _controlled(steps, self._options.guide_until))
        latents = first_latents(scheduler, timesteps, torch.cat([*begin.noise]).to(device), begin.start)

        def on_step(done: int, seen: Tensor) -> None:
            if told is not None:
                told(done, steps, seen)

        return denoise(denoiser.unet, latents, condition, walk, dice, controls=controls, on_step=on_step)

    def _teller(self, batch: _Batch, progress: Progress, preview: Preview | None) -> Callable[[int, int, Tensor], None]:
        def told(done: int, steps: int, seen: Tensor) -> None:
            share = (batch.first + min(len(batch.looks), batch.total - batch.first) * done / steps) / batch.total
            progress(0.95 * share, f"still {batch.first + 1} of {batch.total}, step {done} of {steps}")
            if preview is not None:
                preview(partial(self._show, seen[0]), done, steps)

        return told


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
    show = decoded_previews(models.preview, hardware) if models.preview is not None else rough_preview
    return SdxlStills(LockedNetworks(models, hardware, options), options, models.style, show)


def _controlled(steps: int, until: float) -> int:
    """How many steps guides steer: at least one, so that few steps are steered too."""
    return max(1, round(steps * until)) if until > 0 else 0
