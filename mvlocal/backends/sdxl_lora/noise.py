"""The mathematics of one step: noise by seed, what the UNet should say, and how much each noise level counts.

It does not know what is learned.

Source: Ho and others, DDPM, arXiv 2006.11239, algorithm 1; Salimans and Ho, arXiv 2202.00512 (v-prediction); Hang and
others, "Efficient Diffusion Training via Min-SNR Weighting Strategy", arXiv 2303.09556.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from torch import Tensor

Prediction = Literal["epsilon", "v_prediction"]


@dataclass(frozen=True, slots=True)
class NoiseSchedule:
    """`kept[t]` is the share of the picture's power that is left at time t (alpha-bar), (T,), falling."""

    kept: Tensor
    prediction: Prediction

    def noised(self, latents: Tensor, noise: Tensor, times: Tensor) -> Tensor:
        """Latents (B, C, H, W) at `times` (B,)."""
        kept = self._at(times, latents)
        return kept.sqrt() * latents + (1 - kept).sqrt() * noise

    def target(self, latents: Tensor, noise: Tensor, times: Tensor) -> Tensor:
        """What the UNet should say, (B, C, H, W)."""
        if self.prediction == "epsilon":
            return noise
        kept = self._at(times, latents)
        return kept.sqrt() * noise - (1 - kept).sqrt() * latents

    def weights(self, times: Tensor, gamma: float) -> Tensor:
        """How much the loss at `times` (B,) counts: min(SNR, gamma) over what the target implies; 1 for gamma 0."""
        import torch

        if not gamma:
            return torch.ones(len(times))
        kept = self.kept[times]
        snr = kept / (1 - kept)
        capped = snr.clamp(max=gamma)
        return capped / snr if self.prediction == "epsilon" else capped / (snr + 1)

    def _at(self, times: Tensor, like: Tensor) -> Tensor:
        return self.kept[times].to(like).reshape(-1, 1, 1, 1)


@dataclass(frozen=True, slots=True)
class Draw:
    """What chance decides for one batch, on the CPU: noise (B, C, H, W) and times (B,)."""

    noise: Tensor
    times: Tensor


def schedule_from(config: Any) -> NoiseSchedule:
    """The noise schedule that a scheduler's configuration describes.

    Raises:
        ValueError: it predicts something else than noise or velocity.
    """
    from diffusers.schedulers.scheduling_ddpm import DDPMScheduler

    prediction = config.get("prediction_type", "epsilon")
    if prediction not in ("epsilon", "v_prediction"):
        raise ValueError(f"the base predicts {prediction}, which is not trained here")
    scheduler: Any = DDPMScheduler.from_config(config)
    return NoiseSchedule(scheduler.alphas_cumprod.float(), prediction)


def draw(shape: Sequence[int], times: int, seed: int) -> Draw:
    """Noise and times from 0 to `times` - 1 for a batch of `shape`, the same ones for the same seed."""
    import torch

    generator = torch.Generator("cpu").manual_seed(seed)
    noise = torch.randn(tuple(shape), generator=generator)
    return Draw(noise, torch.randint(0, times, (shape[0],), generator=generator))


def spread_times(count: int, times: int) -> list[int]:
    """`count` times spread evenly over all of them."""
    return [int((n + 0.5) / count * times) for n in range(count)]
