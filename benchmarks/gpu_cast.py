"""What `gpu.py cast` measures: seconds a step and peak memory of training a LoRA as each profile does.

The UNet is SDXL's (or a tiny one) with random weights, written once as a diffusers folder that the trainer loads.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

import torch
from full_size import random_weights, sdxl_unet
from gpu import Bench, limit_memory, peak_gib, reset_peak, sync

from mvlocal.backends.base import LoraTraining
from mvlocal.backends.hardware import Hardware
from mvlocal.backends.pool import worker_pool
from mvlocal.backends.sdxl.models import Checkpoint
from mvlocal.backends.sdxl_lora.cache import Base, Cached, Example, Words
from mvlocal.backends.sdxl_lora.trainer import Run
from mvlocal.cast.training.stage import recipe_of
from mvlocal.settings import load_profile
from mvlocal.weights.folders import LockedFolder
from mvlocal.weights.places import LockedWeights
from mvlocal.weights.sound import measure

PROFILES = {"rtx-8gb": 8, "rtx-12gb": 12, "rtx-16gb": 16, "rtx-24gb": 24}
WARM, TIMED = 2, 5


def measure_training(bench: Bench) -> None:
    """Steps under each profile's settings and limit: whether they fit, how long they take, and their peak."""
    with tempfile.TemporaryDirectory() as temporary:
        checkpoint = _write_base(bench, Path(temporary))
        for name, gib in PROFILES.items():
            if not bench.has_time():
                return
            worker_pool().clear()
            limit_memory(bench, gib)
            reset_peak(bench)
            try:
                bench.keep(f"lora {name}, {gib} GiB", _steps(bench, checkpoint, name, Path(temporary)))
            except torch.OutOfMemoryError as error:
                bench.keep(f"lora {name}, {gib} GiB", {"fits": False, "said": str(error)[:200]})
    limit_memory(bench, float("inf"))


def _write_base(bench: Bench, folder: Path) -> Checkpoint:
    """A diffusers folder with a random UNet and a scheduler: all that training reads once its inputs are cached."""
    from diffusers import DDPMScheduler

    random_weights(sdxl_unet(bench.size), 2, "cpu", bench.torch_dtype).save_pretrained(folder / "base" / "unet")
    DDPMScheduler(beta_schedule="scaled_linear", beta_start=0.00085, beta_end=0.012).save_pretrained(
        folder / "base" / "scheduler"
    )
    files = sorted(path for path in (folder / "base").rglob("*") if path.is_file())
    sizes = {path: measure(path, "made by benchmarks/gpu.py") for path in files}
    locked = [LockedWeights(path, path.name, size.size_bytes, size.sha256) for path, size in sizes.items()]
    return Checkpoint(LockedFolder(folder / "base", "checkpoints/base", tuple(locked)))


def _steps(bench: Bench, checkpoint: Checkpoint, profile: str, folder: Path) -> dict[str, Any]:
    settings = load_profile(profile).train
    side = 64 if bench.small else settings.resolution
    recipe = recipe_of(settings, "mvlbench", bench.device)
    hardware = Hardware(bench.device, bench.dtype, threads=torch.get_num_threads())
    training = LoraTraining("bench", "mvlbench", recipe, (), folder / profile, 1)
    run = Run(training, Base(checkpoint, None, hardware), _inputs(bench, side, recipe.batch), lambda _part, _note: None)
    try:
        for step in range(1, WARM + 1):
            run.make_step(step)
        sync(bench.device)
        began_s = time.perf_counter()
        for step in range(WARM + 1, WARM + TIMED + 1):
            run.make_step(step)
        sync(bench.device)
        seconds = (time.perf_counter() - began_s) / TIMED
    finally:
        run.close()
    return {
        "fits": True,
        "seconds_a_step": round(seconds, 4),
        "minutes_in_all": round(seconds * settings.steps / 60, 1),
        "peak_gib": round(peak_gib(bench), 2),
        "side_px": side,
        "rank": settings.rank,
        "batch": settings.batch,
        "optimizer": recipe.optimizer,
    }


def _inputs(bench: Bench, side: int, count: int) -> Cached:
    """Random latents and words of the sizes that a cache would hold."""
    size, chance = bench.size, torch.Generator().manual_seed(0)
    words = torch.randn(1, 77, size.words, generator=chance)
    pooled = torch.randn(1, size.pooled, generator=chance)
    text = Words(words, pooled, torch.zeros_like(words), torch.zeros_like(pooled))
    sizes = torch.tensor([[side, side, 0, 0, side, side]], dtype=torch.float32)
    latents = [torch.randn(1, 4, side // 8, side // 8, generator=chance) for _ in range(max(2, count))]
    return Cached(tuple(Example(one, text, sizes) for one in latents), (), (), ())
