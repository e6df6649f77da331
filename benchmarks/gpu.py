"""Speed and memory of full-size SDXL and SVD-XT on this machine's GPU: stock diffusers against ours, lever by lever.

Both sides use the same random weights, so the largest difference between their pictures can be told. Peaks are
measured under a limit of 8, 12, 16 and 24 GiB as each profile places its models. Nothing is downloaded.
Usage: benchmarks/gpu.py shots|cast [--small] [--minutes M] [--out FILE]   (--small: tiny sizes, starts on a CPU)
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from diffusers.utils import logging as diffusers_logging
from facts import machine
from full_size import FULL, SMALL, Size, random_weights, sdxl_unet, sdxl_vae, svd_eyes, svd_unet, svd_vae
from PIL import Image
from torch.utils.flop_counter import FlopCounterMode

from mvlocal.backends.base import LinkRequest, StillRequest
from mvlocal.backends.hardware import Dtype, Hardware
from mvlocal.timing import FrameRate

LIMITS = {8: "group", 12: "model", 16: "none", 24: "none"}
"""GiB of a card, and where weights rest in the profile made for it."""
STEPS = {"sdxl": 30, "svd": 25}


@dataclass(slots=True)
class Bench:
    """Where it runs, at which sizes, until when, and what was measured so far."""

    device: str
    dtype: Dtype
    size: Size
    ends_s: float
    out: Path
    rows: dict[str, Any] = field(default_factory=dict[str, Any])

    @property
    def small(self) -> bool:
        return self.size is SMALL

    @property
    def torch_dtype(self) -> torch.dtype:
        return getattr(torch, self.dtype)

    def hardware(self, offload: Any = "none") -> Hardware:
        return Hardware(self.device, self.dtype, 0.0, offload, threads=torch.get_num_threads())

    def keep(self, name: str, row: Mapping[str, Any]) -> None:
        """Writes what is known after each row, so that a run cut short leaves its figures."""
        self.rows[name] = dict(row)
        self.out.parent.mkdir(parents=True, exist_ok=True)
        self.out.write_text(json.dumps(self.rows, indent=1) + "\n")
        print(name, json.dumps(row), flush=True)

    def has_time(self) -> bool:
        return time.monotonic() < self.ends_s


def sync(device: str) -> None:
    if device != "cpu":
        torch.cuda.synchronize()


def timed(bench: Bench, work: Callable[[], Any], repeats: int = 2) -> tuple[float, Any]:
    """The least of some runs' seconds, after one that warms up, and the last result."""
    result = work()
    best = float("inf")
    for _ in range(1 if bench.small else repeats):
        sync(bench.device)
        began = time.perf_counter()
        result = work()
        sync(bench.device)
        best = min(best, time.perf_counter() - began)
    return best, result


def peak_gib(bench: Bench) -> float:
    return torch.cuda.max_memory_reserved() / 2**30 if bench.device != "cpu" else 0.0


def reset_peak(bench: Bench) -> None:
    if bench.device != "cpu":
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()


def measured_peak_tflops(bench: Bench) -> float:
    """The card's own peak: one large matrix product in the dtype used."""
    n = 512 if bench.small else 8192
    a = torch.randn(n, n, device=bench.device, dtype=bench.torch_dtype)
    seconds, _ = timed(bench, lambda: [a @ a for _ in range(10)], repeats=3)
    return 10 * 2 * n**3 / seconds / 1e12


def flops_of(work: Callable[[], Any]) -> float:
    """Floating-point operations of one call."""
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        work()
    return float(counter.get_total_flops())


def difference(ours: Any, stock: Any) -> int:
    """The largest difference in levels of 255."""
    return int(np.abs(np.asarray(ours, np.int16) - np.asarray(stock, np.int16)).max())


# --- stills ----------------------------------------------------------------------------------------------


class GivenNetworks:
    """Networks for our still maker out of models made here: the same that the stock pipeline holds."""

    def __init__(self, unet: Any, vae: Any, hardware: Hardware) -> None:
        self.hardware = hardware
        self._unet = unet
        self._vae = vae

    def denoiser(self) -> Any:
        """As `Networks.denoiser`."""
        from mvlocal.backends.sdxl.adapters import Wardrobe
        from mvlocal.backends.sdxl.networks import BASE_SCHEDULER, Denoiser

        return Denoiser(self._unet, Wardrobe(self._unet, self.hardware), BASE_SCHEDULER)

    def refiner(self) -> None:
        """None."""
        return

    def vae(self) -> Any:
        """As `Networks.vae`."""
        return self._vae

    def control(self, guide: str) -> Any:
        """There is none here."""
        raise LookupError(guide)


def write_words(path: Path, words: Mapping[str, torch.Tensor]) -> None:
    """Random embeddings, as our prompt encoder would have written them."""
    from safetensors.torch import save_file

    from mvlocal.backends.sdxl.prompts import FIRST_WIDTH, NEGATIVE_POOLED, NEGATIVE_WORDS, POOLED, WORDS

    names = {
        WORDS: "prompt_embeds",
        POOLED: "pooled_prompt_embeds",
        NEGATIVE_WORDS: "negative_prompt_embeds",
        NEGATIVE_POOLED: "negative_pooled_prompt_embeds",
    }
    tensors = {ours: words[theirs].float().cpu().contiguous() for ours, theirs in names.items()}
    save_file(tensors, str(path), {FIRST_WIDTH: str(tensors[WORDS].shape[-1] * 3 // 8)})


def measure_stills(bench: Bench, folder: Path) -> None:
    """SDXL: stock, then ours, then each lever added in turn."""
    from diffusers import EulerDiscreteScheduler, StableDiffusionXLPipeline
    from full_size import sdxl_words

    from mvlocal.backends.sdxl.networks import BASE_SCHEDULER, StillOptions
    from mvlocal.backends.sdxl.stills import SdxlStills

    size, steps = bench.size, 2 if bench.small else STEPS["sdxl"]
    width, height = size.still
    unet = random_weights(sdxl_unet(size), 2, bench.device, bench.torch_dtype)
    vae = random_weights(sdxl_vae(size), 1, bench.device, bench.torch_dtype)
    words = sdxl_words(size, bench.device, bench.torch_dtype)
    file = folder / "words.safetensors"
    write_words(file, words)
    scheduler = EulerDiscreteScheduler.from_config({**BASE_SCHEDULER, "timestep_spacing": "leading"})
    stock = StableDiffusionXLPipeline(
        vae=vae,
        text_encoder=None,
        text_encoder_2=None,
        tokenizer=None,
        tokenizer_2=None,
        unet=unet,
        scheduler=scheduler,
    )
    stock.set_progress_bar_config(disable=True)
    asked = StillRequest(width, height, file, seeds=(7,))

    def by_stock() -> Any:
        dice = torch.Generator("cpu").manual_seed(7)
        made = stock(
            **words,
            width=width,
            height=height,
            num_inference_steps=steps,
            guidance_scale=6.0,
            generator=dice,
            output_type="np",
        )
        return (np.asarray(made.images[0]) * 255).round().astype(np.uint8)

    def by_ours(options: StillOptions) -> Callable[[], Any]:
        maker = SdxlStills(GivenNetworks(unet, vae, bench.hardware()), options)
        return lambda: maker.make_stills(asked, lambda _part, _note: None)[0]

    latents = torch.randn(2, 4, height // 8, width // 8, device=bench.device, dtype=bench.torch_dtype)
    times = torch.zeros(2, 6, device=bench.device, dtype=bench.torch_dtype)
    two = {
        "encoder_hidden_states": words["prompt_embeds"].repeat(2, 1, 1),
        "added_cond_kwargs": {"text_embeds": words["pooled_prompt_embeds"].repeat(2, 1), "time_ids": times},
    }
    flops = flops_of(lambda: unet(latents, 1.0, **two))
    reset_peak(bench)
    stock_s, stock_picture = timed(bench, by_stock)
    bench.keep("sdxl stock diffusers", _row(stock_s, stock_s, flops * steps, bench))
    exact = StillOptions(steps=steps, guidance=6.0)
    levers: list[tuple[str, Any, Callable[[], None]]] = [
        ("ours", exact, lambda: None),
        ("+ channels_last", exact, lambda: unet.to(memory_format=torch.channels_last)),
        ("+ compiled blocks", exact, unet.compile_repeated_blocks),
    ]
    for name, options, switch_on in levers:
        if not bench.has_time() or (name == "+ compiled blocks" and bench.device == "cpu"):
            continue
        switch_on()
        seconds, picture = timed(bench, by_ours(options))
        row = _row(seconds, stock_s, flops * steps, bench)
        bench.keep(f"sdxl {name} (exact)", {**row, "largest_difference": difference(picture, stock_picture)})
    for schedule in ("lightning", "lcm"):
        if bench.has_time():
            few = replace(exact, schedule=schedule, steps=0, guidance=0.0)
            seconds, picture = timed(bench, by_ours(few))
            row = _row(seconds, stock_s, 0.0, bench)
            bench.keep(
                f"sdxl {schedule} (approximate)", {**row, "largest_difference": difference(picture, stock_picture)}
            )


def _row(seconds: float, stock_s: float, flops: float, bench: Bench) -> dict[str, Any]:
    row: dict[str, Any] = {
        "seconds": round(seconds, 4),
        "times_stock": round(stock_s / seconds, 3),
        "peak_gib": round(peak_gib(bench), 2),
    }
    return {**row, "unet_tflops": round(flops / seconds / 1e12, 2)} if flops else row


# --- clips -----------------------------------------------------------------------------------------------


class GivenParts:
    """Parts for our motion maker out of models made here."""

    def __init__(self, models: Mapping[str, Any], few: bool = False) -> None:
        self._models = models
        self._few = few

    def part(self, name: str, dtype: Dtype | None = None) -> Any:
        """As `Parts.part`; all are of one dtype here."""
        del dtype
        return self._models[name]

    def plain(self, name: str) -> Any:
        """As `Parts.plain`."""
        from transformers import CLIPImageProcessor

        from mvlocal.backends.svd_schedule import few_schedule, full_schedule

        if name == "feature_extractor":
            return CLIPImageProcessor()
        return (few_schedule if self._few else full_schedule)()(**SVD_NOISE)


SVD_NOISE: dict[str, Any] = {
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "interpolation_type": "linear",
    "prediction_type": "v_prediction",
    "timestep_type": "continuous",
    "use_karras_sigmas": True,
    "sigma_min": 0.002,
    "sigma_max": 700.0,
}
"""Source: the scheduler configuration of SVD-XT's published folder."""


def measure_clips(bench: Bench) -> None:
    """SVD-XT: stock, then ours, then each lever; and the decoder on its own."""
    from diffusers import EulerDiscreteScheduler, StableVideoDiffusionPipeline
    from transformers import CLIPImageProcessor

    from mvlocal.backends.motion_options import MotionOptions
    from mvlocal.backends.svd import OWN, OWN_FEW, SvdMotion

    size, steps = bench.size, 2 if bench.small else STEPS["svd"]
    width, height, frames = size.clip
    models = {
        "vae": random_weights(svd_vae(size), 4, bench.device, bench.torch_dtype),
        "image_encoder": random_weights(svd_eyes(size), 5, bench.device, bench.torch_dtype),
        "unet": random_weights(svd_unet(size), 6, bench.device, bench.torch_dtype),
    }
    picture = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
    stock = StableVideoDiffusionPipeline(
        **models, scheduler=EulerDiscreteScheduler(**SVD_NOISE), feature_extractor=CLIPImageProcessor()
    )
    stock.set_progress_bar_config(disable=True)
    rate = FrameRate(Fraction(7))

    def by_stock() -> Any:
        dice = torch.Generator("cpu").manual_seed(7)
        made = stock(
            Image.fromarray(picture),
            width=width,
            height=height,
            num_frames=frames,
            num_inference_steps=steps,
            fps=7,
            motion_bucket_id=120,
            noise_aug_strength=0.02,
            decode_chunk_size=8,
            generator=dice,
            output_type="np",
        )
        return (np.asarray(made.frames[0]) * 255).round().astype(np.uint8)

    def by_ours(options: MotionOptions, *, few: bool = False) -> Callable[[], Any]:
        maker = SvdMotion(GivenParts(models, few), bench.hardware(), options)
        link = LinkRequest(picture, frames, rate, strength=0.5, seed=7)
        return lambda: maker.make_link(link, lambda _part, _note: None)

    shape = (2, frames, 8, height // 8, width // 8)
    latents = torch.randn(shape, device=bench.device, dtype=bench.torch_dtype)
    seen = torch.randn(2, 1, size.seen, device=bench.device, dtype=bench.torch_dtype)
    told = torch.zeros(2, 3, device=bench.device, dtype=bench.torch_dtype)
    flops = flops_of(lambda: models["unet"](latents, 1.0, encoder_hidden_states=seen, added_time_ids=told))
    with torch.inference_mode():
        once_s, _ = timed(
            bench, lambda: models["unet"](latents, 1.0, encoder_hidden_states=seen, added_time_ids=told), repeats=3
        )
        bench.keep(
            "svd unet, one guided pass", {"seconds": round(once_s, 4), "tflops": round(flops / once_s / 1e12, 2)}
        )
        flat = torch.randn(frames, 4, height // 8, width // 8, device=bench.device, dtype=bench.torch_dtype)
        decode_s, _ = timed(
            bench, lambda: [models["vae"].decode(part, num_frames=len(part)) for part in flat.split(8)], repeats=2
        )
        bench.keep("svd vae, all frames", {"seconds": round(decode_s, 4), "frames": frames})
    reset_peak(bench)
    stock_s, stock_frames = timed(bench, by_stock, repeats=1)
    seconds_of_clip = frames / 7
    bench.keep(
        "svd stock diffusers",
        {**_row(stock_s, stock_s, flops * steps, bench), "seconds_a_second": round(stock_s / seconds_of_clip, 3)},
    )
    exact = replace(OWN, width=width, height=height, frames=frames, steps=steps, motion_min=40, motion_max=200)
    levers: list[tuple[str, Callable[[], None]]] = [
        ("ours", lambda: None),
        ("+ compiled", lambda: models["unet"].compile()),
    ]
    for name, switch_on in levers:
        if not bench.has_time() or (name == "+ compiled" and bench.device == "cpu"):
            continue
        switch_on()
        seconds, made = timed(bench, by_ours(exact), repeats=1)
        row = _row(seconds, stock_s, flops * steps, bench)
        bench.keep(f"svd {name} (exact)", {**row, "largest_difference": difference(made, stock_frames)})
    if bench.has_time():
        few = replace(OWN_FEW, width=width, height=height, frames=frames, steps=4)
        seconds, _ = timed(bench, by_ours(few, few=True), repeats=1)
        row = _row(seconds, stock_s, 0.0, bench)
        bench.keep("svd 4 steps (approximate)", {**row, "seconds_a_second": round(seconds / seconds_of_clip, 3)})


# --- running it ------------------------------------------------------------------------------------------


def limit_memory(bench: Bench, gib: float) -> None:
    """Lets this process have no more of the card than a card of `gib` GiB would give."""
    if bench.device != "cpu":
        total = torch.cuda.get_device_properties(0).total_memory / 2**30
        torch.cuda.set_per_process_memory_fraction(min(1.0, gib / total))


def measure_limits(bench: Bench) -> None:
    """A link and its decoding under each profile's limit: whether it fits, and its peak."""
    from mvlocal.backends.loading import place
    from mvlocal.backends.svd import OWN, SvdMotion

    width, height, frames = bench.size.clip
    steps = 1 if bench.small else 3
    picture = np.zeros((height, width, 3), np.uint8)
    for gib, offload in LIMITS.items():
        if not bench.has_time():
            return
        limit_memory(bench, gib)
        hardware = bench.hardware(offload)
        chunk = 2 if gib <= 8 else 8
        options = replace(OWN, width=width, height=height, frames=frames, steps=steps, decode_chunk=chunk)
        built = {"vae": svd_vae, "image_encoder": svd_eyes, "unet": svd_unet}
        models = {
            part: place(random_weights(make(bench.size), 9, "cpu", bench.torch_dtype), hardware, by_layers=True)
            for part, make in built.items()
        }
        reset_peak(bench)
        try:
            began = time.perf_counter()
            SvdMotion(GivenParts(models), hardware, options).make_link(
                LinkRequest(picture, frames, FrameRate(Fraction(7)), 0.5, 7), lambda _part, _note: None
            )
            bench.keep(
                f"svd within {gib} GiB",
                {
                    "fits": True,
                    "peak_gib": round(peak_gib(bench), 2),
                    "offload": offload,
                    "steps": steps,
                    "seconds": round(time.perf_counter() - began, 2),
                },
            )
        except torch.OutOfMemoryError as error:
            bench.keep(f"svd within {gib} GiB", {"fits": False, "offload": offload, "said": str(error)[:200]})
        del models
    limit_memory(bench, float("inf"))


def main() -> None:
    """The script."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("what", choices=["shots", "cast"])
    parser.add_argument("--small", action="store_true", help="tiny sizes; also on a CPU")
    parser.add_argument("--minutes", type=float, default=9.0, help="no new row is begun after this")
    parser.add_argument("--out", type=Path, default=None)
    given = parser.parse_args()
    if not torch.cuda.is_available() and not given.small:
        sys.exit("no GPU is here; --small starts on a CPU")
    diffusers_logging.set_verbosity_error()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    if given.small:
        torch.set_num_threads(1)
    name = torch.cuda.get_device_name() if device == "cuda" else "no GPU"
    out = given.out or Path(__file__).parent / "results" / f"gpu_{given.what}.json"
    bench = Bench(
        device,
        "float16" if device == "cuda" else "float32",
        SMALL if given.small else FULL,
        time.monotonic() + given.minutes * 60,
        out,
    )
    bench.rows["machine"] = {**machine(), "gpu": name, "torch": torch.__version__}
    bench.rows["sizes"] = {"still": bench.size.still, "clip": bench.size.clip, "small": given.small}
    bench.keep("peak", {"tflops": round(measured_peak_tflops(bench), 1), "dtype": bench.dtype})
    if given.what == "shots":
        with TemporaryDirectory() as folder:
            measure_stills(bench, Path(folder))
        measure_clips(bench)
        measure_limits(bench)
    else:
        from gpu_cast import measure_training

        measure_training(bench)


if __name__ == "__main__":
    main()
