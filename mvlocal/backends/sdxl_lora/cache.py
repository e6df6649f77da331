"""What a training reads at every step, made once: latents of the pictures, words of their captions, and of samples.

It does not know what is done with them. The cache is a safetensors file in the training's folder with a hash beside
it; one that has changed is made again.

Source: Podell and others, SDXL, arXiv 2307.01952, section 2.2 (conditioning on sizes and on cropping).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mvlocal.backends.base import LoraPicture, LoraTraining, Progress
from mvlocal.backends.hardware import Hardware
from mvlocal.backends.latents import require_finite
from mvlocal.backends.loading import pooled
from mvlocal.backends.sdxl.load import load_model, load_single, part_gib
from mvlocal.backends.sdxl.models import Checkpoint
from mvlocal.backends.sdxl.pixels import picture_to_latents
from mvlocal.backends.sdxl.prompts import NEGATIVE_POOLED, NEGATIVE_WORDS, POOLED, WORDS, SdxlPrompts
from mvlocal.cast.training.buckets import square_side
from mvlocal.errors import InputError
from mvlocal.files import fresh_file, write_atomically
from mvlocal.weights import LockedWeights

if TYPE_CHECKING:
    from torch import Tensor

FILE, HASH = "cache.safetensors", "cache.sha256"
_TENSORS = {"words": WORDS, "pooled": POOLED, "nothing": NEGATIVE_WORDS, "nothing_pooled": NEGATIVE_POOLED}
"""Names in the cache, and in the files of a prompt encoder."""


@dataclass(frozen=True, slots=True)
class Base:
    """The base's weights, a VAE that stands in for its own, and what they run on."""

    checkpoint: Checkpoint
    vae: LockedWeights | None
    hardware: Hardware


@dataclass(frozen=True, slots=True)
class Words:
    """One text as SDXL takes it: (1, tokens, width) and the pooled vector (1, width of the second encoder); and the
    same of no words, which guidance leads away from."""

    words: Tensor
    pooled: Tensor
    nothing: Tensor
    nothing_pooled: Tensor


@dataclass(frozen=True, slots=True)
class Example:
    """A picture as it is trained on: latents (1, 4, h, w) in float32, its words, and SDXL's six sizes (1, 6)."""

    latents: Tensor
    text: Words
    sizes: Tensor

    @property
    def shape(self) -> tuple[int, ...]:
        """Examples of one shape can be in one batch."""
        return (*self.latents.shape[1:], self.text.words.shape[1])


@dataclass(frozen=True, slots=True)
class Cached:
    """What a training reads: examples to train on, held out, and of the class; and the words of samples."""

    trained: tuple[Example, ...]
    held_out: tuple[Example, ...]
    prior: tuple[Example, ...]
    samples: tuple[Words, ...]


def cached_inputs(
    training: LoraTraining, base: Base, make_prior: Callable[[Words], Sequence[Tensor]], progress: Progress
) -> Cached:
    """Everything from the cache, which is made now unless it is there and whole.

    `make_prior` makes the latents of the class's pictures from its words.
    """
    path = training.folder / FILE
    tensors = _read(path)
    if tensors is None:
        tensors = _make(training, base, make_prior, progress)
        _write(path, tensors)
    return _sorted_out(training, tensors)


def load_vae(base: Base) -> Any:
    """The VAE on the device, in full precision unless it is one that works in half."""
    hardware = base.hardware
    dtype = hardware.dtype if base.vae is not None else "float32"

    def load() -> Any:
        vae = _load_vae(base, dtype)
        vae.enable_slicing()
        if hardware.device != "cpu":
            vae.enable_tiling()
        return vae.to(hardware.device)

    digest = base.vae.sha256 if base.vae is not None else base.checkpoint.digest
    gib = part_gib(base.checkpoint, "vae", dtype)
    return pooled("sdxl.vae", digest, hardware, load, gib=gib, more=f"training-{dtype}")


def latents_of(vae: Any, picture: LoraPicture) -> Tensor:
    """A picture's latents (1, 4, h, w) in float32, on the CPU.

    Raises:
        InputError: its pixels are not of the size it says.
        NotFinite: the VAE gave numbers that are not finite.
    """
    import torch

    rgb = picture.load()
    if rgb.shape != (picture.height, picture.width, 3):
        raise InputError(f"a picture to train on is {rgb.shape[1]}x{rgb.shape[0]}, not its size", where=picture.caption)
    with torch.inference_mode():
        latents = picture_to_latents(vae, rgb)
    require_finite(latents, "the VAE")
    return latents.cpu().clone()


def sizes_of(width: int, height: int, original: tuple[int, int]) -> Tensor:
    """SDXL's six numbers (1, 6): original height and width, crop from the top and left, target height and width.

    Crops here are composed, with the head whole, and are pictures of their own: they count as uncropped, which is how
    pictures are asked for later.
    """
    import torch

    return torch.tensor([[original[1], original[0], 0, 0, height, width]], dtype=torch.float32)


def _load_vae(base: Base, dtype: Any) -> Any:
    if base.vae is None:
        return load_model(base.checkpoint, "vae", dtype)
    return load_single(base.vae, "vae", base.checkpoint.folder, dtype)


def _make(
    training: LoraTraining, base: Base, make_prior: Callable[[Words], Sequence[Tensor]], progress: Progress
) -> dict[str, Tensor]:
    recipe = training.recipe
    texts = [*(picture.caption for picture in training.pictures), *recipe.sample_prompts, recipe.class_words]
    tensors = encode_texts(texts, base, training.folder, lambda done, note: progress(0.2 * done, note))
    vae = load_vae(base)
    for number, picture in enumerate(training.pictures):
        progress(0.2 + 0.6 * number / len(training.pictures), f"picture {number + 1} of {len(training.pictures)}")
        tensors[f"latents.{number}"] = latents_of(vae, picture)
    if recipe.prior:
        progress(0.8, f"{recipe.prior} pictures of {recipe.class_words!r}, made by the base")
        made = make_prior(_words_in(tensors, len(texts) - 1))
        tensors |= {f"prior.{number}": latents for number, latents in enumerate(made)}
    return tensors


def encode_texts(texts: Sequence[str], base: Base, folder: Path, progress: Progress) -> dict[str, Tensor]:
    """The tensors of every text n, as `<name>.<n>`."""
    from safetensors.torch import load_file

    folder.mkdir(parents=True, exist_ok=True)
    outs = [folder / f".words-{number}.safetensors" for number in range(len(texts))]
    try:
        SdxlPrompts(base.checkpoint, base.hardware).encode_prompts([(text, "") for text in texts], outs, progress)
        tensors: dict[str, Tensor] = {}
        for number, out in enumerate(outs):
            found = load_file(str(out))
            tensors |= {f"{name}.{number}": found[theirs].float() for name, theirs in _TENSORS.items()}
        return tensors
    finally:
        for out in outs:
            out.unlink(missing_ok=True)


def _sorted_out(training: LoraTraining, tensors: Mapping[str, Tensor]) -> Cached:
    pictures, recipe = training.pictures, training.recipe
    examples = [
        Example(tensors[f"latents.{n}"], _words_in(tensors, n), sizes_of(one.width, one.height, one.original))
        for n, one in enumerate(pictures)
    ]
    first_sample = len(pictures)
    about = _words_in(tensors, first_sample + len(recipe.sample_prompts))
    side = square_side(recipe.resolution)
    square = sizes_of(side, side, (side, side))
    return Cached(
        trained=tuple(e for e, one in zip(examples, pictures, strict=True) if not one.held_out),
        held_out=tuple(e for e, one in zip(examples, pictures, strict=True) if one.held_out),
        prior=tuple(Example(tensors[f"prior.{n}"], about, square) for n in range(recipe.prior)),
        samples=tuple(_words_in(tensors, first_sample + n) for n in range(len(recipe.sample_prompts))),
    )


def _words_in(tensors: Mapping[str, Tensor], number: int) -> Words:
    return Words(**{name: tensors[f"{name}.{number}"] for name in _TENSORS})


def _write(path: Path, tensors: Mapping[str, Tensor]) -> None:
    from safetensors.torch import save

    data = save({name: tensor.contiguous() for name, tensor in tensors.items()})
    with fresh_file(path) as temporary:
        temporary.write_bytes(data)
    write_atomically(path.with_name(HASH), hashlib.sha256(data).hexdigest() + "\n")


def _read(path: Path) -> dict[str, Tensor] | None:
    """The cache, or None where it is not there or not what was written."""
    from safetensors.torch import load

    try:
        data = path.read_bytes()
        wanted = path.with_name(HASH).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return load(data) if hashlib.sha256(data).hexdigest() == wanted else None
