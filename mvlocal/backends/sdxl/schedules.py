"""The ways of denoising that SDXL's families publish: scheduler, steps, guidance and the weights that go with them.

It does not load those weights.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args

from mvlocal.errors import SettingsError

Name = Literal["base", "lightning", "lcm", "dmd2"]
Sampler = Literal["euler", "lcm"]


@dataclass(frozen=True, slots=True)
class Schedule:
    """How a still is denoised. `guidance` at or below 1 means none: half the work. `times` are fixed timesteps, or
    none: the scheduler's own, spaced as `spacing` says."""

    name: Name
    sampler: Sampler
    steps: int
    guidance: float
    spacing: str = "leading"
    times: tuple[int, ...] = ()


_OWN: Mapping[Name, Schedule] = {
    "base": Schedule("base", "euler", 30, 6.0),
    # Lin and others, SDXL-Lightning, arXiv 2402.13929, and its model card.
    "lightning": Schedule("lightning", "euler", 4, 0.0, spacing="trailing"),
    # Luo and others, LCM-LoRA, arXiv 2311.05556, and its model card.
    "lcm": Schedule("lcm", "lcm", 4, 1.0),
    # Yin and others, DMD2, arXiv 2405.14867, and its model card.
    "dmd2": Schedule("dmd2", "lcm", 4, 0.0, times=(999, 749, 499, 249)),
}
_STEPS: Mapping[Name, tuple[int, ...]] = {"lightning": (2, 4, 8), "lcm": tuple(range(1, 17)), "dmd2": (4,)}


def schedule_of(name: str, steps: int = 0, guidance: float = 0.0) -> Schedule:
    """A family's way, with other steps or guidance where they are not 0.

    Raises:
        SettingsError: there is no such family, or it was not made for so many steps.
    """
    if name not in get_args(Name):
        raise SettingsError(
            f"there is no schedule {name!r}", where="keyframes.schedule", mend=f"use one of {', '.join(get_args(Name))}"
        )
    own = _OWN[cast("Name", name)]
    allowed = _STEPS.get(own.name)
    if steps and allowed is not None and steps not in allowed:
        raise SettingsError(
            f"the schedule {name} is not made for {steps} steps",
            where="keyframes.steps",
            mend=f"use {', '.join(map(str, allowed))}, or 0 for its own",
        )
    return Schedule(own.name, own.sampler, steps or own.steps, guidance or own.guidance, own.spacing, own.times)


def start_scheduler(schedule: Schedule, config: Mapping[str, Any], device: str, left: float = 1.0) -> tuple[Any, Any]:
    """A fresh scheduler and the timesteps to walk. `config` is that of the checkpoint's own scheduler.

    `left` is the share of the way that is gone: 1 from pure noise, less from an earlier picture (one step at least).
    """
    from diffusers.schedulers.scheduling_euler_discrete import EulerDiscreteScheduler
    from diffusers.schedulers.scheduling_lcm import LCMScheduler

    if schedule.sampler == "euler":
        scheduler: Any = EulerDiscreteScheduler.from_config(dict(config), timestep_spacing=schedule.spacing)
    else:
        scheduler = LCMScheduler.from_config(dict(config), timestep_spacing=schedule.spacing)
    if schedule.times:
        scheduler.set_timesteps(timesteps=list(schedule.times), device=device)
    else:
        scheduler.set_timesteps(schedule.steps, device=device)
    first = schedule.steps - max(1, min(schedule.steps, int(schedule.steps * left)))
    scheduler.set_begin_index(first)
    return scheduler, scheduler.timesteps[first:]
