#!/usr/bin/env python
"""Whether training learns a likeness, in miniature: a small SDXL that draws figures, and four it has never drawn.

Measured, for each figure: the loss on held-out pictures of it (fixed noise and times, in a plain diffusers pipeline)
under the base, a LoRA of that figure and a control LoRA, which is the next figure's; how near pictures made with the
trigger word come to it. And what caching saves. The base is trained on drawn figures
(`scripts/tiny_models/figures.py`), so this says nothing about photographs.
Usage: benchmarks/cast.py [--models DIR] [--quick]   (DIR: where the base is put; default: a cache folder)
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from facts import ROOT, write_result
from PIL import Image

sys.path.insert(0, str(ROOT / "scripts"))

PACKAGES = ("torch", "diffusers", "transformers", "peft", "accelerate", "safetensors")
TRAINED, HELD_OUT, DRAWN = 15, 8, 12
STEPS, EVERY = 500, 100
RANK, BATCH, RATE = 8, 4, 2e-3
LOWER_BY, CONTROL_SHARE = 0.25, 1 / 3
"""What is asked: the loss falls by so much, and under the control by less than this share of it."""
TIMES = 8
"""Noise levels at which the loss is measured, evenly spread."""
SEED = 5
TIMED = 20


@dataclass(frozen=True)
class Shown:
    """Pictures of one figure with their captions."""

    pictures: list[Any]
    captions: list[str]


def new_figures() -> dict[str, Any]:
    """Figures in colours that the base has never drawn: two that were thought up, and two by chance (seeds 1, 2)."""
    from tiny_models.figure_pictures import NOVA, OTHER

    return {"nova": NOVA, "other": OTHER, "first": _figure_by_chance(1), "second": _figure_by_chance(2)}


def _figure_by_chance(seed: int) -> Any:
    from tiny_models.figure_pictures import HATS, SKINS, Figure

    random = np.random.default_rng(seed)

    def colour() -> tuple[int, int, int]:
        red, green, blue = (int(value) for value in random.integers(10, 246, 3))
        return red, green, blue

    skin, hat = SKINS[random.integers(3)], HATS[1 + random.integers(3)]
    return Figure(skin, hat, colour(), colour(), colour(), colour(), bool(random.integers(2)))


def trigger_of(name: str) -> str:
    """The word that calls a figure."""
    return f"mvl{name}"


def show(figure: Any, trigger: str, count: int, seed: int) -> Shown:
    """`count` pictures of a figure in scenes by chance; captions say the trigger and the scene, never the figure."""
    from tiny_models.figure_pictures import draw_figure, scene_words, some_scene
    from tiny_models.figures import SIDE_PX

    random = np.random.default_rng(seed)
    scenes = [some_scene(random) for _ in range(count)]
    return Shown(
        [draw_figure(figure, scene, SIDE_PX) for scene in scenes],
        [f"{trigger}, {scene_words(scene)}" for scene in scenes],
    )


def base_in(models: Path) -> Any:
    """The small SDXL in `models`, made there unless it is."""
    from make_tiny_models import make_tiny_models

    from mvlocal.backends.sdxl.models import Checkpoint
    from mvlocal.weights.folders import locked_folder

    models.mkdir(parents=True, exist_ok=True)
    os.environ["MVLOCAL_MODELS"] = str(models)
    make_tiny_models(models, ("figures",))
    return Checkpoint(locked_folder("checkpoints", "figures-sdxl", where="benchmark", index="model_index.json"))


def settings_of(**given: Any) -> Any:
    """Settings that suit a small model."""
    from mvlocal.config import TrainSettings

    small = {
        "steps": STEPS,
        "every": EVERY,
        "rank": RANK,
        "layers": "transformer",
        "resolution": 128,
        "batch": BATCH,
        "learning_rate": RATE,
        "warmup": 20,
        "min_snr_gamma": 0,
        "checkpointing": False,
        "sample_prompts": ("{trigger}, near, middle, greysky, greenfloor",),
        "sample_seeds": 2,
        "sample_steps": 20,
        "sample_guidance": 3,
    }
    return TrainSettings.model_validate(small | given)


def train(name: str, trained: Shown, held_out: Shown, base: Any, folder: Path, **given: Any) -> tuple[Any, Path]:
    """Trains by the task's own function; its record and its folder of outputs."""
    from mvlocal.backends.hardware import Hardware
    from mvlocal.cast.training.stage import TrainingPhoto, TrainingRequest, run_training, training_task
    from mvlocal.engine.task import TaskContext
    from mvlocal.schema.cast import CropPlan

    photos: list[Any] = []
    pictures, captions = [*trained.pictures, *held_out.pictures], [*trained.captions, *held_out.captions]
    for number, (picture, caption) in enumerate(zip(pictures, captions, strict=True)):
        path = folder / name / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture).save(path)
        side = picture.shape[0]
        crop = CropPlan(left=0, top=0, width=side, height=side, bucket_width=1024, bucket_height=1024)
        photos.append(TrainingPhoto(path, crop, caption, number >= len(trained.pictures)))
    hardware = Hardware(threads=1)
    request = TrainingRequest(
        name, trigger_of(name), photos, settings_of(**given), base, hardware, folder / "training", SEED
    )
    task = training_task(request)
    out = folder / f"{name}-out"
    out.mkdir()
    inputs = {key: getattr(value, "path", Path()) for key, value in task.inputs.items()}
    shown_s = [0.0]

    def progress(done: float, note: str) -> None:
        if time.monotonic() - shown_s[0] > 10:
            shown_s[0] = time.monotonic()
            print(f"{name}: {done:.0%} {note}", flush=True)

    context = TaskContext(task.id, task.params, inputs, task.seed, out, progress, task.placement)
    return run_training(context), out


def pipeline_with(base: Any, lora: Path | None) -> Any:
    """A plain diffusers pipeline, with a LoRA file loaded as its users would."""
    import torch
    from diffusers import StableDiffusionXLPipeline
    from diffusers.utils import logging

    torch.set_num_threads(1)  # so small a network gains nothing by more
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    pipeline: Any = StableDiffusionXLPipeline.from_pretrained(str(base.folder.path), local_files_only=True)
    pipeline.set_progress_bar_config(disable=True)
    if lora is not None:
        pipeline.load_lora_weights(str(lora.parent), weight_name=lora.name, local_files_only=True)
    return pipeline


def draw_with(pipeline: Any, captions: Sequence[str]) -> list[Any]:
    """A picture a caption, each with a seed of its own."""
    import torch

    return [
        np.asarray(
            pipeline(
                caption,
                height=128,
                width=128,
                num_inference_steps=25,
                guidance_scale=3.0,
                generator=torch.Generator().manual_seed(1000 + number),
            ).images[0]
        )
        for number, caption in enumerate(captions)
    ]


def loss_on(pipeline: Any, shown: Shown) -> float:
    """How far the network's guess of the noise is from it, squared, over pictures and `TIMES` levels of fixed noise."""
    import torch
    from diffusers import DDPMScheduler
    from tiny_models.figures import mosaic_of

    kept = DDPMScheduler.from_config(pipeline.scheduler.config).alphas_cumprod
    latents = mosaic_of(shown.pictures)
    sizes = torch.tensor([[128.0, 128, 0, 0, 128, 128]] * len(latents))
    losses: list[float] = []
    with torch.inference_mode():
        words, _, pooled, _ = pipeline.encode_prompt(shown.captions, do_classifier_free_guidance=False)
        for level in range(TIMES):
            time_step = int((level + 0.5) / TIMES * len(kept))
            noise = torch.randn(latents.shape, generator=torch.Generator().manual_seed(77 + level))
            noisy = kept[time_step].sqrt() * latents + (1 - kept[time_step]).sqrt() * noise
            times = torch.tensor([time_step] * len(latents))
            known = {"text_embeds": pooled, "time_ids": sizes}
            said = pipeline.unet(noisy, times, words, added_cond_kwargs=known).sample
            losses.append(float((said - noise).square().mean()))
    return sum(losses) / len(losses)


def distances(made: Sequence[Any], wanted: Sequence[Any]) -> dict[str, float]:
    """Mean distances of pictures from what they should show: in latents, and between histograms of colours."""
    from tiny_models.figures import mosaic_of

    latents = (mosaic_of(list(made)) - mosaic_of(list(wanted))).square().mean(dim=(1, 2, 3)).sqrt().mean()
    colours = [_histogram_distance(one, other) for one, other in zip(made, wanted, strict=True)]
    return {"latents": round(float(latents), 4), "colours": round(float(np.mean(colours)), 4)}


def _histogram_distance(one: Any, other: Any) -> float:
    """Half the sum of differences between shares of 6x6x6 colours of the tiles: 0 the same colours, 1 none shared."""
    shares: list[Any] = []
    for picture in (one, other):
        tiles = np.asarray(picture, np.float64).reshape(16, 8, 16, 8, 3).mean(axis=(1, 3)).reshape(-1, 3)
        counts = np.histogramdd(tiles, bins=(6, 6, 6), range=((0, 256),) * 3)[0]
        shares.append(counts / counts.sum())
    return float(np.abs(shares[0] - shares[1]).sum() / 2)


@dataclass(frozen=True)
class Learned:
    """A figure's LoRA, and what its training said."""

    lora: Path
    facts: dict[str, Any]


def measure_learning(base: Any, folder: Path, names: Sequence[str] = ()) -> dict[str, Any]:
    """Every figure under the base, its own LoRA and the next figure's; `names`: those figures alone."""
    figures = {name: figure for name, figure in new_figures().items() if not names or name in names}
    held_out = {
        name: show(figure, trigger_of(name), HELD_OUT, 20 + number)
        for number, (name, figure) in enumerate(figures.items())
    }
    learned = {
        name: learn(name, show(figure, trigger_of(name), TRAINED, 10 + number), held_out[name], base, folder)
        for number, (name, figure) in enumerate(figures.items())
    }
    rows: dict[str, Any] = {}
    order = list(figures)
    for number, (name, figure) in enumerate(figures.items()):
        other = order[(number + 1) % len(order)]
        asked = show(figure, trigger_of(name), DRAWN, 40 + number)
        loras = {"base": None, "lora": learned[name].lora, "control": learned[other].lora}
        rows[name] = {"control_is": other, **compare(base, loras, held_out[name], asked, folder / f"{name}.png")}
        rows[name]["training"] = learned[name].facts
        print(name, rows[name]["held_out_loss"], rows[name]["met"], flush=True)
    return {
        "pictures": {"trained": TRAINED, "held_out": HELD_OUT, "drawn": DRAWN},
        "settings": settings_of().model_dump(exclude={"sample_prompts"}),
        "figures": rows,
        "met_by_all_figures": {what: all(row["met"][what] for row in rows.values()) for what in rows[order[0]]["met"]},
    }


def learn(name: str, trained: Shown, held_out: Shown, base: Any, folder: Path) -> Learned:
    """Trains a figure's LoRA."""
    began_s = time.perf_counter()
    done, out = train(name, trained, held_out, base, folder)
    before, by_step = done.notes["base_held_out"], done.notes["held_out"]
    lora = out / f"step-{STEPS}.safetensors"
    facts = {
        "seconds": round(time.perf_counter() - began_s, 1),
        "seconds_a_step": done.notes["seconds_a_step"],
        "lora_bytes": lora.stat().st_size,
        "held_out_loss_of_the_trainer": {"0": round(before, 5)}
        | {step: round(value, 5) for step, value in by_step.items()},
    }
    return Learned(lora, facts)


def compare(base: Any, loras: dict[str, Path | None], held_out: Shown, asked: Shown, sheet: Path) -> dict[str, Any]:
    """Losses and distances of one figure under the base, its LoRA and the control, and whether they are as asked."""
    losses: dict[str, float] = {}
    drawn: dict[str, list[Any]] = {}
    for name, lora in loras.items():
        pipeline = pipeline_with(base, lora)
        losses[name], drawn[name] = loss_on(pipeline, held_out), draw_with(pipeline, asked.captions)
    Image.fromarray(np.vstack([np.hstack(row) for row in (asked.pictures, *drawn.values())])).save(sheet)
    lower = {name: 1 - losses[name] / losses["base"] for name in ("lora", "control")}
    near = {name: distances(pictures, asked.pictures) for name, pictures in drawn.items()}

    def nearer(than: str, by: str) -> bool:
        return near["lora"][by] < near[than][by]

    return {
        "held_out_loss": {
            **{name: round(value, 5) for name, value in losses.items()},
            **{f"{name}_lower_by": round(value, 4) for name, value in lower.items()},
        },
        "distance_from_the_figure": near,
        "met": {
            "loss_at_least_25_percent_lower": lower["lora"] >= LOWER_BY,
            "control_less_than_a_third_of_that": lower["control"] < CONTROL_SHARE * lower["lora"],
            "nearer_than_the_base_in_latents": nearer("base", "latents"),
            "nearer_than_the_base_in_colours": nearer("base", "colours"),
            "nearer_than_the_control_in_latents": nearer("control", "latents"),
            "nearer_than_the_control_in_colours": nearer("control", "colours"),
        },
    }


def measure_caching(base: Any, folder: Path) -> dict[str, Any]:
    """Steps from the cache, and the same steps with the pictures and captions encoded again for each."""
    from tiny_models.figure_pictures import NOVA

    from mvlocal.backends.base import LoraPicture, LoraRecipe, LoraTraining
    from mvlocal.backends.hardware import Hardware
    from mvlocal.backends.sdxl_lora import cache as caches
    from mvlocal.backends.sdxl_lora import trainer as trainers
    from mvlocal.cast.training.schedule import batch_at
    from mvlocal.cast.training.stage import recipe_of

    shown = show(NOVA, trigger_of("nova"), TRAINED, 1)
    pictures = [
        LoraPicture(caption, 128, 128, (128, 128), lambda picture=picture: picture)
        for picture, caption in zip(shown.pictures, shown.captions, strict=True)
    ]
    recipe: LoraRecipe = recipe_of(settings_of(), trigger_of("nova"), "cpu")
    training = LoraTraining("nova", "mvlnova", recipe, pictures, folder / "caching", SEED)
    where = caches.Base(base, None, Hardware(threads=1))
    cached = caches.cached_inputs(training, where, lambda _words: [], lambda *_: None)
    run: Any = trainers.Run(training, where, cached, lambda *_: None)
    groups = trainers.grouped(cached.trained)
    vae = caches.load_vae(where)
    own = folder / "caching" / "again"

    def encode_again(step: int) -> None:
        for number in batch_at(groups, BATCH, step - 1, SEED):
            caches.latents_of(vae, pictures[number])
            caches.encode_texts([pictures[number].caption], where, own, lambda *_: None)

    def seconds(encode: bool) -> float:
        began_s = time.perf_counter()
        for step in range(1, TIMED + 1):
            if encode:
                encode_again(step)
            run.make_step(step)
        return time.perf_counter() - began_s

    for warm in (False, True):
        run.make_step(1)
        if warm:
            encode_again(1)
    rounds = [(seconds(encode=False), seconds(encode=True)) for _ in range(3)]
    run.close()
    kept, again = min(one for one, _ in rounds), min(other for _, other in rounds)
    return {
        "steps": TIMED,
        "cached_seconds": round(kept, 3),
        "encoding_every_step_seconds": round(again, 3),
        "ratio": round(again / kept, 3),
    }


def main() -> None:
    """The script."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    cache = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "mvlocal" / "models"
    parser.add_argument("--models", type=Path, default=cache, metavar="DIR", help="where the small base lies")
    parser.add_argument("--keep", type=Path, default=None, metavar="DIR", help="where to leave what was made")
    parser.add_argument("--quick", action="store_true", help="two figures and few steps; nothing is kept")
    given = parser.parse_args()
    if given.quick:
        globals().update(STEPS=60, EVERY=60, DRAWN=2, TIMED=3)
    began_s = time.perf_counter()
    base = base_in(given.models.absolute())
    base_seconds = time.perf_counter() - began_s
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        learning = measure_learning(base, folder, ("nova", "other") if given.quick else ())
        caching = measure_caching(base, folder)
    figures = {
        "libraries": {name: version(name) for name in PACKAGES},
        "base": {"name": "figures-sdxl", "seconds_to_make_or_find": round(base_seconds, 1)},
        "learning": learning,
        "caching": caching,
    }
    print(json.dumps(figures, indent=1) if given.quick else write_result("cast", figures).read_text())


if __name__ == "__main__":
    main()
