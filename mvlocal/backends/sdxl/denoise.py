"""SDXL's denoising: noise and conditions in, clean latents out. It knows no files, prompts or pixels.

With the same inputs it gives what the pipelines of diffusers give (a test compares them), in one loop for all of them:
from noise or from an earlier picture, with or without ControlNets, an IP-Adapter or a refiner's network. Latents are
kept in float32 between steps, whatever the networks run in.

Source: Podell and others, SDXL, arXiv 2307.01952; Ho and Salimans, classifier-free guidance, arXiv 2207.12598; Zhang
and others, ControlNet, arXiv 2302.05543.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Generator, Tensor


@dataclass(frozen=True, slots=True)
class Condition:
    """What stills are conditioned on, a row for each. Where there is guidance, and each step asks twice, axis 0 holds
    what is unwanted in every still before what is wanted in them, else the wanted alone: `words` (rows, n, d), `pooled`
    (rows, d), `times` (rows, 6), `picture` (rows, 1, ...)."""

    words: Tensor
    pooled: Tensor
    times: Tensor
    guided: bool
    picture: Tensor | None = None


@dataclass(frozen=True, slots=True)
class Control:
    """A ControlNet, the picture (1, 3, H, W) in [0, 1] that it follows, and how strongly."""

    network: Any
    picture: Tensor
    weight: float


@dataclass(frozen=True, slots=True)
class Walk:
    """A fresh scheduler, its timesteps, the guidance, and how many of the steps the controls steer."""

    scheduler: Any
    timesteps: Tensor
    guidance: float
    controlled_steps: int


def noise_of(generators: Sequence[Generator], shape: tuple[int, int, int], device: str) -> Tensor:
    """Noise (n, C, h, w), each sample from its own generator on the CPU: every device and dtype gets the same."""
    import torch

    drawn = [torch.randn((1, *shape), generator=generator, dtype=torch.float32) for generator in generators]
    return torch.cat(drawn).to(device)


def first_latents(scheduler: Any, timesteps: Tensor, noise: Tensor, start: Tensor | None) -> Tensor:
    """Where the walk begins: noise alone, or an earlier picture's latents with as much noise as the first step has."""
    if start is None:
        return noise * scheduler.init_noise_sigma
    return scheduler.add_noise(start.expand_as(noise), noise, timesteps[:1].repeat(noise.shape[0]))


def denoise(
    unet: Any,
    latents: Tensor,
    condition: Condition,
    walk: Walk,
    generators: Sequence[Generator],
    *,
    controls: Sequence[Control] = (),
    on_step: Callable[[int, Tensor], None] | None = None,
) -> Tensor:
    """Walks `latents` (n, C, h, w) through every timestep. `on_step` is told how many are done, and shown latents of
    about unit scale. `generators` are for samplers that add noise on the way."""
    import torch

    dtype = unet.dtype
    words = condition.words.to(dtype)
    added: dict[str, Any] = {"text_embeds": condition.pooled.to(dtype), "time_ids": condition.times.to(dtype)}
    steered = dict(added)
    if condition.picture is not None:
        added["image_embeds"] = [condition.picture.to(dtype)]
    for done, timestep in enumerate(walk.timesteps):
        twice = torch.cat([latents, latents]) if condition.guided else latents
        given = walk.scheduler.scale_model_input(twice, timestep).to(dtype)
        down, middle = (
            _steered(controls, given, timestep, words, steered) if done < walk.controlled_steps else (None, None)
        )
        told = unet(
            given,
            timestep,
            encoder_hidden_states=words,
            added_cond_kwargs=added,
            down_block_additional_residuals=down,
            mid_block_additional_residual=middle,
            return_dict=False,
        )[0].float()
        if condition.guided:
            unwanted, wanted = told.chunk(2)
            told = unwanted + walk.guidance * (wanted - unwanted)
        latents = walk.scheduler.step(told, timestep, latents, generator=list(generators), return_dict=False)[0]
        if on_step is not None:
            on_step(done + 1, _unit_scale(walk.scheduler, latents))
    return latents


def _steered(
    controls: Sequence[Control], given: Tensor, timestep: Tensor, words: Tensor, added: dict[str, Any]
) -> tuple[list[Tensor] | None, Tensor | None]:
    """What the ControlNets add to the network's way down and to its middle, summed."""
    down: list[Tensor] | None = None
    middle: Tensor | None = None
    for control in controls:
        own_down, own_middle = control.network(
            given,
            timestep,
            encoder_hidden_states=words,
            controlnet_cond=control.picture.to(given.dtype).expand(given.shape[0], -1, -1, -1),
            conditioning_scale=control.weight,
            added_cond_kwargs=added,
            return_dict=False,
        )
        down = own_down if down is None else [a + b for a, b in zip(down, own_down, strict=True)]
        middle = own_middle if middle is None else middle + own_middle
    return down, middle


def _unit_scale(scheduler: Any, latents: Tensor) -> Tensor:
    """Latents as the networks see them: samplers of Euler's kind let noise grow with sigma."""
    sigmas = getattr(scheduler, "sigmas", None)
    if sigmas is None:
        return latents
    sigma = sigmas[scheduler.step_index]
    return latents / float(sigma * sigma + 1) ** 0.5
