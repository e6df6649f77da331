"""Trains a LoRA for SDXL's UNet: caches, frees the encoders, then steps, with checkpoints that a kill cannot spoil.

It does not know whose likeness it is. The text encoders are not trained.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mvlocal.backends.base import LoraRecipe, LoraTraining, Progress, TrainedLora
from mvlocal.backends.hardware import Hardware
from mvlocal.backends.lora_layouts import LoraLayers, describe, save_kohya
from mvlocal.backends.pool import worker_pool
from mvlocal.backends.sdxl.models import Checkpoint as Weights
from mvlocal.backends.sdxl_lora.cache import Base, Cached, Example, Words, cached_inputs, load_vae
from mvlocal.backends.sdxl_lora.network import UNET, add_lora, layers_to_lora, load_unet, lora_to_layers
from mvlocal.backends.sdxl_lora.noise import NoiseSchedule, draw, schedule_from, spread_times
from mvlocal.backends.sdxl_lora.optimizers import make_optimizer
from mvlocal.backends.sdxl_lora.samples import draw_sheet, load_scheduler, make_latents, sample_seeds
from mvlocal.backends.sdxl_lora.state import read_state, write_state
from mvlocal.cast.training.checkpoints import (
    LOG,
    LORA,
    SHEET,
    STATE,
    Checkpoint,
    commit_checkpoint,
    file_of,
    find_checkpoint,
    write_file,
)
from mvlocal.cast.training.log import LogRow, csv_to_rows, rows_to_csv
from mvlocal.cast.training.schedule import batch_at, checkpoint_steps, learning_rate_factor, seed_of
from mvlocal.errors import InputError, NotFinite
from mvlocal.media.image import save_png
from mvlocal.weights import LockedWeights

if TYPE_CHECKING:
    from torch import Tensor

VAE, ENCODERS = "sdxl.vae", "sdxl.text_encoder"
HELD_OUT_TIMES = 8
"""Noise levels, spread evenly, at which the loss of each held-out picture is measured."""
CACHING, LOADING = 0.06, 0.08
"""Shares of the progress that is over when inputs are cached, and when the UNet is there."""
_MIXED = {"float32": "no", "float16": "fp16", "bfloat16": "bf16"}
_LARGEST_GRADIENT = 1.0
log = logging.getLogger(__name__)


class SdxlLoraTrainer:
    """A `LoraTrainer`."""

    name = "sdxl"

    def __init__(self, base: Base) -> None:
        self._base = base

    def train(self, training: LoraTraining, progress: Progress) -> TrainedLora:
        """Trains to the recipe's last step, from the last whole checkpoint in the training's folder.

        Raises:
            InputError: nothing to train on, or a base without the layers that are trained.
            MissingError: the optimizer's package is not installed.
            NotFinite: the loss is no longer a number.
            ExhaustedError, DiskError: a checkpoint cannot be written; the one before is whole.
        """
        if all(picture.held_out for picture in training.pictures):
            raise InputError("there are no photos to train on", where=training.title, mend="add photos")
        recipe = training.recipe
        steps = checkpoint_steps(recipe.steps, recipe.every)
        found = find_checkpoint(training.folder, steps)
        for what in found.set_aside:
            log.warning("%s", what)
        cached = self._cached(training, progress)
        worker_pool().keep_only(UNET)
        run = Run(training, self._base, cached, progress)
        try:
            if found.last is not None:
                run.resume(found.last)
            run.to_the_end(steps)
            notes = run.notes(steps)
        finally:
            run.close()
        return TrainedLora(
            loras={step: file_of(training.folder, LORA, step) for step in steps},
            sheets={step: file_of(training.folder, SHEET, step) for step in steps},
            log=file_of(training.folder, LOG, steps[-1]),
            notes=notes,
            warnings=tuple((what, training.title, "nothing to do: it was trained again") for what in found.set_aside),
        )

    def _cached(self, training: LoraTraining, progress: Progress) -> Cached:
        def make_prior(about: Words) -> list[Tensor]:
            worker_pool().keep_only(UNET)  # encoders and VAE make room first
            seeds = [seed_of(training.seed, "prior", number) for number in range(training.recipe.prior)]
            return make_latents(load_unet(self._base), load_scheduler(self._base), about, seeds, training.recipe)

        return cached_inputs(
            training, self._base, make_prior, lambda done, note: progress(CACHING * done, f"caching: {note}")
        )


def make(base: Weights, vae: LockedWeights | None, hardware: Hardware) -> SdxlLoraTrainer:
    """The backend. Training needs the UNet whole on the device, so that nothing is offloaded."""
    return SdxlLoraTrainer(Base(base, vae, replace(hardware, offload="none")))


@dataclass(slots=True)
class _Clock:
    """Seconds of the steps made in this run, for the speed and the time left."""

    steps: int = 0
    seconds: float = 0.0

    def note(self, step: int, last: int, loss: float) -> str:
        """`step 12 of 400, loss 0.081, 2.10 it/s, 3 min left`."""
        speed = self.steps / self.seconds if self.seconds else 0.0
        left = (last - step) / speed if speed else 0.0
        told = f"{left / 60:.0f} min left" if left >= 90 else f"{left:.0f} s left"
        return f"step {step} of {last}, loss {loss:.4f}, {speed:.2f} it/s, {told}"


class Run:
    """One run of a training: the UNet with its LoRA, the optimizer, and the log so far."""

    def __init__(self, training: LoraTraining, base: Base, cached: Cached, progress: Progress) -> None:
        recipe = training.recipe
        progress(CACHING, "loading the UNet")
        self._training, self._base, self._cached, self._progress = training, base, cached, progress
        self._scheduler = load_scheduler(base)
        self._schedule: NoiseSchedule = schedule_from(self._scheduler.config)
        self._unet: Any = load_unet(base)
        self._parameters = add_lora(self._unet, recipe, seed_of(training.seed, "lora"))
        self._accelerator = _accelerator(base.hardware)
        self._optimizer: Any = self._accelerator.prepare(
            make_optimizer(recipe.optimizer, list(self._parameters.values()), recipe.learning_rate)
        )
        self._groups = grouped(cached.trained)
        self._rows: list[LogRow] = []
        self._clock = _Clock()
        self._step = self._resumed = 0
        self._began_s = time.monotonic()
        _start_watching_memory(base.hardware)

    def resume(self, checkpoint: Checkpoint) -> None:
        """Takes up a checkpoint of this training."""
        state = read_state(checkpoint.files[STATE])
        layers_to_lora(state.lora, self._parameters)
        state.give_to(self._optimizer.optimizer, self._accelerator.scaler)
        self._rows = csv_to_rows(checkpoint.files[LOG].read_text(encoding="utf-8"))
        self._step = self._resumed = checkpoint.step

    def to_the_end(self, steps: Sequence[int]) -> None:
        """All steps that are left, and their checkpoints."""
        if self._step == 0:
            self._rows.append(LogRow(0, None, 0.0, 0.0, self._held_out_loss()))
        last = steps[-1]
        while self._step < last:
            began_s = time.perf_counter()
            loss, rate = self.make_step(self._step + 1)
            seconds = time.perf_counter() - began_s
            self._step += 1
            self._clock.steps, self._clock.seconds = self._clock.steps + 1, self._clock.seconds + seconds
            done = LOADING + (1 - LOADING) * self._step / last
            self._progress(min(done, 0.999), self._clock.note(self._step, last, loss))
            at_checkpoint = self._step in steps
            held_out = self._held_out_loss() if at_checkpoint else None
            self._rows.append(LogRow(self._step, loss, rate, seconds, held_out))
            if at_checkpoint:
                self._keep()

    def notes(self, steps: Sequence[int]) -> dict[str, Any]:
        """Plain facts of the training."""
        by_step = {row.step: row for row in self._rows}
        recipe = self._training.recipe
        pool = worker_pool()
        return {
            "optimizer": recipe.optimizer,
            "learning_rate": recipe.learning_rate,
            "trained_on": len(self._cached.trained),
            "resumed_from": self._resumed,
            "seconds": round(time.monotonic() - self._began_s, 3),
            "seconds_a_step": round(self._clock.seconds / self._clock.steps, 4) if self._clock.steps else None,
            "peak_gib": _peak_gib(self._base.hardware),
            "losses": {str(step): by_step[step].loss for step in steps},
            "held_out": {str(step): by_step[step].held_out_loss for step in steps},
            "base_held_out": by_step[0].held_out_loss if 0 in by_step else None,
            "pool": pool.take_notes(),
        }

    def close(self) -> None:
        """Drops the network: nothing else may draw with one that wears this LoRA."""
        self._accelerator.free_memory()
        self._optimizer = self._unet = None
        self._parameters = {}
        worker_pool().drop(UNET)

    def make_step(self, step: int) -> tuple[float, float]:
        """One step of the optimizer: its mean loss, and its learning rate."""
        recipe = self._training.recipe
        rate = recipe.learning_rate * learning_rate_factor(step, recipe.steps, recipe.warmup, _schedule_of(recipe))
        for group in self._optimizer.param_groups:
            group["lr"] = rate
        self._unet.train()  # which gradient checkpointing asks for
        total = 0.0
        for part in range(recipe.accumulate):
            number = (step - 1) * recipe.accumulate + part
            trained = batch_at(self._groups, recipe.batch, number, self._training.seed)
            total += self._backward([self._cached.trained[n] for n in trained], ("step", number), 1.0)
            if self._cached.prior:
                kept = batch_at([range(len(self._cached.prior))], recipe.batch, number, self._training.seed)
                self._backward([self._cached.prior[n] for n in kept], ("prior", number), recipe.prior_weight)
        loss = total / recipe.accumulate
        self._accelerator.clip_grad_norm_(list(self._parameters.values()), _LARGEST_GRADIENT)
        self._optimizer.step()
        self._optimizer.zero_grad(set_to_none=True)
        return loss, rate

    def _backward(self, examples: Sequence[Example], purpose: tuple[str, int], share: float) -> float:
        """Adds the gradients of a batch, weighed by `share` of a step; its loss.

        Raises:
            NotFinite: the loss is no number.
        """
        recipe = self._training.recipe
        latents = _stacked([one.latents for one in examples])
        drawn = draw(latents.shape, len(self._schedule.kept), seed_of(self._training.seed, *purpose))
        errors = self._errors(examples, latents, drawn.noise, drawn.times)
        weights = self._schedule.weights(drawn.times, recipe.min_snr_gamma).to(errors.device)
        loss = (errors * weights).mean()
        value = float(loss.detach())
        if value != value or value in (float("inf"), float("-inf")):
            raise NotFinite(
                f"the loss of step {self._step + 1} is {value}: the training has come apart",
                where=self._training.title,
                mend="lower train.learning_rate, or use bfloat16 or float32 instead of float16; "
                "it goes on from the last checkpoint",
            )
        self._accelerator.backward(loss * (share / recipe.accumulate))
        return value

    def _errors(self, examples: Sequence[Example], latents: Tensor, noise: Tensor, times: Tensor) -> Tensor:
        """The squared error of the UNet for each of a batch, (B,), in float32."""
        device, dtype = self._unet.device, self._unet.dtype
        noisy = self._schedule.noised(latents, noise, times)
        target = self._schedule.target(latents, noise, times).to(device)
        words = _stacked([one.text.words for one in examples])
        more = {
            "text_embeds": _stacked([one.text.pooled for one in examples]).to(device, dtype),
            "time_ids": _stacked([one.sizes for one in examples]).to(device, dtype),
        }
        with self._accelerator.autocast():
            said = self._unet(
                noisy.to(device, dtype), times.to(device), words.to(device, dtype), added_cond_kwargs=more
            ).sample
        return (said.float() - target).square().mean(dim=(1, 2, 3))

    def _held_out_loss(self) -> float | None:
        """The mean loss of the held-out pictures at fixed noise and times, unweighted; None where there are none."""
        import torch

        if not self._cached.held_out:
            return None
        self._unet.eval()
        total = 0.0
        times = spread_times(HELD_OUT_TIMES, len(self._schedule.kept))
        with torch.inference_mode():
            for number, example in enumerate(self._cached.held_out):
                for time_now in times:
                    seed = seed_of(self._training.seed, "held-out", number, time_now)
                    noise = draw(example.latents.shape, len(self._schedule.kept), seed).noise
                    total += float(self._errors([example], example.latents, noise, torch.tensor([time_now])))
        return total / (len(self._cached.held_out) * len(times))

    def _keep(self) -> None:
        """Writes a checkpoint: LoRA, samples, state and log first, then the record that makes them one."""
        folder, step, training = self._training.folder, self._step, self._training
        layers = lora_to_layers(self._parameters)
        dtype = self._base.hardware.dtype
        per_block = int(self._unet.config.layers_per_block)
        saved = LoraLayers.from_parts(layers, training.recipe.alpha, dtype)
        said = describe(training, step, training.about)

        def write_log(path: Path) -> None:
            path.write_text(rows_to_csv(self._rows), encoding="utf-8")

        files: Mapping[str, Callable[[Path], None]] = {
            LORA: lambda path: save_kohya(path, saved, said, layers_per_block=per_block),
            SHEET: self._draw_samples,
            STATE: lambda path: write_state(path, step, layers, self._optimizer.optimizer, self._accelerator.scaler),
            LOG: write_log,
        }
        written = {kind: write_file(folder, kind, step, write) for kind, write in files.items()}
        commit_checkpoint(folder, step, written)

    def _draw_samples(self, path: Path) -> None:
        """Samples of the LoRA as it is now; the VAE is in the pool for as long as this takes."""
        training = self._training
        self._unet.eval()
        seeds = sample_seeds(training.seed, training.recipe.sample_seeds)
        rows = [
            make_latents(self._unet, load_scheduler(self._base), words, seeds, training.recipe)
            for words in self._cached.samples
        ]
        save_png(path, draw_sheet(load_vae(self._base), rows))
        worker_pool().drop(VAE)


def _accelerator(hardware: Hardware) -> Any:
    """Half precision and its scaler, as the hardware asks. What an earlier training of this worker set is forgotten."""
    from accelerate import Accelerator
    from accelerate.state import AcceleratorState

    # The library's only way to another dtype.
    AcceleratorState._reset_state(reset_partial_state=True)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
    return Accelerator(mixed_precision=_MIXED[hardware.dtype], cpu=hardware.device == "cpu")


def grouped(examples: Sequence[Example]) -> list[list[int]]:
    """The numbers of the examples that can be in one batch, by shape."""
    groups: dict[tuple[int, ...], list[int]] = {}
    for number, example in enumerate(examples):
        groups.setdefault(example.shape, []).append(number)
    return [groups[shape] for shape in sorted(groups)]


def _stacked(tensors: Sequence[Tensor]) -> Tensor:
    import torch

    return torch.cat(list(tensors))


def _schedule_of(recipe: LoraRecipe) -> Any:
    return recipe.schedule


def _start_watching_memory(hardware: Hardware) -> None:
    import torch

    if hardware.device.startswith("cuda"):
        torch.cuda.reset_peak_memory_stats(hardware.device)


def _peak_gib(hardware: Hardware) -> float | None:
    """The most memory that tensors took on the GPU, or None on a CPU."""
    import torch

    if not hardware.device.startswith("cuda"):
        return None
    return round(torch.cuda.max_memory_allocated(hardware.device) / 2**30, 3)
