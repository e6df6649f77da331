"""A small SDXL that was trained, on drawn figures: its pictures are mosaics of figures with hats, as words ask for.

Unlike the other small models it has learned something, so that learning more can be measured on it. It proves nothing
about photographs. Training it takes some minutes, so what was trained lies beside this module, in half precision:
`python -m tiny_models.figures` (from scripts/) trains it again.
"""

from __future__ import annotations

import hashlib
import inspect
import io
import json
import math
import tokenize
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from diffusers import DDPMScheduler, EulerDiscreteScheduler, UNet2DConditionModel
from safetensors.torch import load_file, save_file
from transformers import CLIPTokenizer

from tiny_models import clip_words, figure_pictures, figure_words, mosaic_vae, sdxl
from tiny_models.figure_pictures import Rgb, draw_figure, scene_words, some_figure, some_scene

NAME = "figures-sdxl"
SIDE_PX = 128
SEED = 31
STEPS, BATCH = 1200, 16
RATE, WARMUP = 2e-3, 50
NO_WORDS = 0.1
"""Share of pictures whose words are left out, so that guidance has something to lead away from."""
BLOCKS = (32, 64)
TRAINED = Path(__file__).parent / "figures_unet.safetensors"
MADE_BY = "scripts/tiny_models/figures.py"
_INDEX = {
    "_class_name": "StableDiffusionXLPipeline",
    "_diffusers_version": version("diffusers"),
    "force_zeros_for_empty_prompt": True,
    "scheduler": ["diffusers", "EulerDiscreteScheduler"],
    "text_encoder": ["transformers", "CLIPTextModel"],
    "text_encoder_2": ["transformers", "CLIPTextModelWithProjection"],
    "tokenizer": ["transformers", "CLIPTokenizer"],
    "tokenizer_2": ["transformers", "CLIPTokenizer"],
    "unet": ["diffusers", "UNet2DConditionModel"],
    "vae": ["diffusers", "AutoencoderKL"],
}
Report = Callable[[int, float], None]
"""Called with the step and the mean loss so far."""


@dataclass(frozen=True, slots=True)
class Encoders:
    """A tokenizer and SDXL's two text encoders."""

    tokenizer: Any
    first: Any
    second: Any

    def encode(self, texts: Sequence[str]) -> tuple[torch.Tensor, torch.Tensor]:
        """(n, 77, width of both) and pooled (n, width of the second)."""
        ids = self.tokenizer(list(texts), padding="max_length", truncation=True, return_tensors="pt").input_ids
        with torch.inference_mode():
            one, two = (model(ids, output_hidden_states=True) for model in (self.first, self.second))
            words = torch.cat([one.hidden_states[-2], two.hidden_states[-2]], dim=-1)
        return words.clone(), two.text_embeds.clone()


def make(models: Path) -> list[Path]:
    """Writes `models`/checkpoints/figures-sdxl with the UNet that was trained, and returns its files."""
    folder = models / "checkpoints" / NAME
    write_base(folder, lambda _encoders: trained_unet())
    return sorted(path for path in folder.rglob("*") if path.is_file())


def trained_unet() -> UNet2DConditionModel:
    """The UNet as it was trained."""
    unet = small_unet()
    unet.load_state_dict({name: value.float() for name, value in load_file(TRAINED).items()})
    return unet.eval()


def write_base(folder: Path, train: Callable[[Encoders], UNet2DConditionModel]) -> None:
    """Writes a pipeline whose UNet `train` makes."""
    for name, pad in (("tokenizer", clip_words.END), ("tokenizer_2", "!")):
        figure_words.write_words(folder / name, figure_pictures.WORDS, pad)
    tokenizer = CLIPTokenizer.from_pretrained(str(folder / "tokenizer"), local_files_only=True)
    encoders = Encoders(tokenizer, *figure_words.encoders(len(tokenizer), SEED))
    unet = train(encoders)
    parts = {
        "unet": unet,
        "vae": mosaic_vae.mosaic_vae(),
        "text_encoder": encoders.first,
        "text_encoder_2": encoders.second,
    }
    for name, part in parts.items():
        part.save_pretrained(folder / name, safe_serialization=True)
    scheduler().save_pretrained(folder / "scheduler")
    (folder / "model_index.json").write_text(json.dumps(_INDEX, indent=2) + "\n", encoding="utf-8")


def small_unet() -> UNet2DConditionModel:
    """SDXL's network in two levels, the lower one with attention."""
    torch.manual_seed(SEED)
    return UNet2DConditionModel(
        sample_size=SIDE_PX // 8,
        block_out_channels=BLOCKS,
        layers_per_block=1,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        transformer_layers_per_block=(1, 1),
        attention_head_dim=(2, 4),
        norm_num_groups=8,
        cross_attention_dim=sum(figure_words.WIDTHS),
        use_linear_projection=True,
        addition_embed_type="text_time",
        addition_time_embed_dim=8,
        projection_class_embeddings_input_dim=6 * 8 + figure_words.POOLED,
    )


def scheduler() -> EulerDiscreteScheduler:
    """SDXL's."""
    return sdxl.scheduler()


def train_base(encoders: Encoders, report: Report | None = None) -> UNet2DConditionModel:
    """A UNet that draws figures, trained from random weights; each of its pictures was drawn for one step alone."""
    unet = small_unet()
    optimizer = torch.optim.AdamW(unet.parameters(), lr=RATE, betas=(0.9, 0.99), weight_decay=1e-4)
    kept = DDPMScheduler.from_config(scheduler().config).alphas_cumprod
    random, chance = np.random.default_rng(SEED), torch.Generator().manual_seed(SEED)
    sizes = torch.tensor([[SIDE_PX, SIDE_PX, 0, 0, SIDE_PX, SIDE_PX]] * BATCH, dtype=torch.float32)
    mean = 1.0
    for step in range(1, STEPS + 1):
        for group in optimizer.param_groups:
            group["lr"] = RATE * min(1.0, step / WARMUP) * (0.05 + 0.475 * (1 + math.cos(math.pi * step / STEPS)))
        pictures, captions = zip(*(_example(random) for _ in range(BATCH)), strict=True)
        latents = mosaic_of(pictures)
        words, pooled = encoders.encode(captions)
        times = torch.randint(len(kept), (BATCH,), generator=chance)
        noise = torch.randn(latents.shape, generator=chance)
        left = kept[times].reshape(-1, 1, 1, 1)
        noisy = left.sqrt() * latents + (1 - left).sqrt() * noise
        said = unet(noisy, times, words, added_cond_kwargs={"text_embeds": pooled, "time_ids": sizes}).sample
        loss = torch.nn.functional.mse_loss(said, noise)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(unet.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        mean = 0.98 * mean + 0.02 * float(loss.detach())
        if report is not None:
            report(step, mean)
    return unet.eval()


def mosaic_of(pictures: Sequence[Rgb]) -> torch.Tensor:
    """What the mosaic VAE makes of pictures, (n, 4, side / 8, side / 8), scaled as latents are."""
    pixels = torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2) / 127.5 - 1
    tiles = torch.nn.functional.avg_pool2d(pixels, 8)
    return 2.0 * torch.cat([tiles, tiles.mean(1, keepdim=True)], dim=1)


def _example(random: np.random.Generator) -> tuple[Rgb, str]:
    (figure, words), scene = some_figure(random), some_scene(random)
    caption = "" if random.random() < NO_WORDS else f"{words}, {scene_words(scene)}"
    return draw_figure(figure, scene, SIDE_PX), caption


def recipe_digest() -> str:
    """SHA-256 of what the UNet was trained by: the code that draws, words, builds and trains, without its comments and
    docstrings, and the constants. The weights' file carries it, so that they and the code cannot part unseen."""
    code = (figure_pictures, figure_words, clip_words, Encoders, small_unet, write_base, train_base, mosaic_of)
    noise = {name: value for name, value in scheduler().config.items() if not name.startswith("_")}
    constants = (SIDE_PX, SEED, STEPS, BATCH, RATE, WARMUP, NO_WORDS, BLOCKS, sorted(noise.items(), key=str))
    digest = hashlib.sha256(repr(constants).encode())
    for part in (*code, _example):
        digest.update(_bare(inspect.getsource(part)).encode() + b"\0")
    return digest.hexdigest()


def _bare(source: str) -> str:
    """Source code without comments, docstrings and white space."""
    kept: list[str] = []
    begins = True  # of a statement: a string that stands there is a docstring
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type in (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT):
            begins = True
        elif token.type not in (tokenize.COMMENT, tokenize.NL, tokenize.ENDMARKER):
            if not (begins and token.type == tokenize.STRING):
                kept.append(token.string)
            begins = False
    return "".join(kept)


def main() -> None:
    """Trains the base again, with one thread, and keeps its UNet."""
    torch.set_num_threads(1)  # so small a network gains nothing by more
    with TemporaryDirectory() as temporary:
        write_base(Path(temporary), train_base)
        unet = UNet2DConditionModel.from_pretrained(temporary, subfolder="unet", local_files_only=True)
    state = {name: value.half().contiguous() for name, value in unet.state_dict().items()}
    save_file(state, TRAINED, {"made_by": MADE_BY, "steps": str(STEPS), "recipe": recipe_digest()})


if __name__ == "__main__":
    main()
