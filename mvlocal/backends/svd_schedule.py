"""SVD's two noise schedules: the one it was trained with, and the 4-step one of its distilled unet.

They know no model; both remember the clean clip that was guessed last, for previews.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

FEW_TRAINED = 40
"""Noise levels that the distilled unet was trained on, evenly along Karras's curve."""
RHO = 7.0


@cache
def full_schedule() -> Any:
    """The class of Euler's method on the noise levels that SVD's own configuration gives.

    Its `guess` is the clean clip (1, F, C, h, w) that the last step guessed.
    """
    from diffusers.schedulers.scheduling_euler_discrete import EulerDiscreteScheduler

    class FullSchedule(EulerDiscreteScheduler):
        guess: Any = None

        def step(self, model_output: Any, timestep: Any, sample: Any, *_given: Any, **_named: Any) -> Any:
            done: Any = super().step(model_output, timestep, sample)
            self.guess = done.pred_original_sample
            return done

    return FullSchedule


@cache
def few_schedule() -> Any:
    """The class of multistep consistency sampling: guess the clean clip, add the next level's fresh noise, again.

    Its `noise` is the generator that fresh noise comes from, to be set before the first step.

    Source: Song et al., Consistency Models, arXiv 2303.01469, algorithm 1; noise levels as the authors of AnimateLCM
    (arXiv 2402.00769) publish them for their SVD: every (40 // steps)th of 40 on Karras's curve from 700 to 0.002.
    """
    import torch
    from diffusers.utils.torch_utils import randn_tensor

    class FewSchedule(full_schedule()):
        noise: Any = None

        def set_timesteps(self, num_inference_steps: int | None = None, device: Any = None, **_other: Any) -> None:
            sigmas = torch.from_numpy(
                few_levels(num_inference_steps or 0, self.config.sigma_max, self.config.sigma_min)
            ).float()
            self.num_inference_steps = num_inference_steps
            self.timesteps = (0.25 * sigmas.log()).to(device)
            self.sigmas = torch.cat([sigmas, torch.zeros(1)])
            self._step_index = None
            self._begin_index = None

        def step(self, model_output: Any, timestep: Any, sample: Any, *_given: Any, **_named: Any) -> Any:
            done = super().step(model_output, timestep, sample)
            level, guess = float(self.sigmas[self.step_index]), done.pred_original_sample
            spread = max(0.0, level**2 - self.config.sigma_min**2) ** 0.5
            if spread > 0:
                fresh = randn_tensor(guess.shape, generator=self.noise, device=guess.device, dtype=torch.float32)
                guess = guess + spread * fresh
            done.prev_sample = guess.to(model_output.dtype)
            return done

    return FewSchedule


def few_levels(steps: int, highest: float, lowest: float) -> Any:
    """The noise levels (steps,) of a few steps, falling.

    Raises:
        ValueError: not 1 to 40 steps.
    """
    if not 1 <= steps <= FEW_TRAINED:
        raise ValueError(f"this schedule takes 1 to {FEW_TRAINED} steps, not {steps}")
    ramp = np.arange(steps) * (FEW_TRAINED // steps) / (FEW_TRAINED - 1)
    high, low = highest ** (1 / RHO), lowest ** (1 / RHO)
    return (high + ramp * (low - high)) ** RHO
