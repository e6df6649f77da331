"""Loads the parts of an SDXL, each once, from a diffusers folder or one file of weights: checked, offline, placed.

It does not know what the parts are used for. Nothing here pickles, fetches or runs code of a model's folder.
"""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from math import prod
from pathlib import Path
from typing import Any, TypeVar

from mvlocal.backends.gpu_faults import fault_of
from mvlocal.backends.hardware import Dtype, Hardware
from mvlocal.backends.pool import worker_pool
from mvlocal.backends.sdxl.models import Checkpoint
from mvlocal.errors import MvlocalError, UserError
from mvlocal.weights import LockedWeights, check_weights
from mvlocal.weights.folders import LockedFolder

T = TypeVar("T")
BYTES = {"float32": 4, "float16": 2, "bfloat16": 2}
WORKING_GIB = 2.5
"""What a GPU is left with beside weights, for what networks compute: about that of a still of one megapixel."""
PREFIXES = {
    "unet": ("model.diffusion_model.",),
    "vae": ("first_stage_model.",),
    "text_encoder": ("conditioner.embedders.0.",),
    "text_encoder_2": ("conditioner.embedders.1.",),
}
"""How names of each part's tensors begin in one file with everything, as the model's publisher lays it out."""
_WRONG = (OSError, ValueError, KeyError, IndexError, TypeError, AttributeError, RuntimeError, AssertionError)


def pooled(kind: str, digest: str, hardware: Hardware, load: Callable[[], T], *, gib: float, more: str = "") -> T:
    """A part from the worker's pool, by all that makes it what it is. Parts that rest on the CPU take no VRAM."""
    name = "/".join((f"sdxl.{kind}", digest[:24], hardware.dtype, hardware.device, hardware.offload, more))
    resting = hardware.offload != "none" or hardware.device == "cpu"
    pool = worker_pool()
    if hardware.device != "cpu" and hardware.vram_gib > 0:
        pool.budget_gib = max(hardware.vram_gib - WORKING_GIB, WORKING_GIB)
    return pool.use(name, load, gib=0.0 if resting else gib)


def load_model(checkpoint: Checkpoint, part: str, hardware: Hardware, dtype: Dtype | None = None) -> Any:
    """The UNet, VAE or text encoder of a checkpoint, in `dtype` (the hardware's), on the CPU and ready to be placed.

    Raises:
        UserError: a file is not what the lock says, or holds no such part.
    """
    _prepare(hardware)
    folder, file = checkpoint.folder, checkpoint.file
    if file is None:
        return load_folder(folder, _class_of(part), dtype or hardware.dtype, part)
    tensors = read_tensors(file, PREFIXES[part])
    return from_tensors(tensors, part, folder, dtype or hardware.dtype, file.path)


def from_tensors(tensors: dict[str, Any], part: str, config: LockedFolder, dtype: Dtype, path: Path) -> Any:
    """A part made of the tensors of one file, as the folder `config` describes it.

    Raises:
        UserError: they are not those of this part.
    """
    import torch

    check_part(config, part)
    place: dict[str, Any] = {"config": str(config.path), "subfolder": part, "local_files_only": True}
    kind = _class_of(part)
    with reading(path, f"no {part} of an SDXL that {config.place} describes"), quiet():
        if not tensors:
            raise ValueError("none of its tensors are there")
        if part.startswith("text_encoder"):
            # The library's own way to a text encoder in such a file; it has no method of a class for it.
            from diffusers.loaders.single_file_utils import create_diffusers_clip_model_from_ldm

            model = create_diffusers_clip_model_from_ldm(kind, tensors, torch_dtype=getattr(torch, dtype), **place)
        else:
            model = kind.from_single_file(tensors, torch_dtype=getattr(torch, dtype), **place)
        unset = [name for name, value in model.named_parameters() if value.is_meta]
        if unset:
            raise ValueError(f"{len(unset)} tensors are missing, {unset[0]} among them")
    return _still(model)


def load_folder(folder: LockedFolder, kind: Any, dtype: Dtype, part: str = "") -> Any:
    """A model from a folder (or its subfolder `part`) that holds configuration and safetensors.

    Raises:
        UserError: a file is not what the lock says, or the weights are not this model's.
    """
    import torch

    check_part(folder, part)
    path = folder.path / part
    named = "dtype" if kind.__module__.startswith("transformers.") else "torch_dtype"
    with reading(path, f"no {kind.__name__}"), quiet():
        model, told = kind.from_pretrained(
            str(path),
            local_files_only=True,
            use_safetensors=True,
            variant=_variant(path),
            output_loading_info=True,
            **{named: getattr(torch, dtype)},
        )
        wrong = [*told["missing_keys"], *told["mismatched_keys"], *told.get("error_msgs", ())]
        if wrong:
            raise ValueError(f"{len(wrong)} tensors are missing or of another shape, {wrong[0]} among them")
    return _still(model)


def read_tensors(weights: LockedWeights, prefixes: Sequence[str] = ("",)) -> dict[str, Any]:
    """The tensors of a checked file whose names begin with one of `prefixes`.

    Raises:
        UserError: the file is not what the lock says.
    """
    from safetensors import safe_open

    check_once(weights)
    with reading(weights.path, "no safetensors file"), safe_open(str(weights.path), framework="pt") as file:
        names = [name for name in file.keys() if name.startswith(tuple(prefixes))]  # noqa: SIM118 - not a mapping
        return {name: file.get_tensor(name) for name in names}


def gib_of(files: Sequence[Path], dtype: Dtype, prefixes: Sequence[str] = ("",)) -> float:
    """What the tensors of these safetensors files (those whose names begin so) take in `dtype`, in GiB."""
    numbers = sum(prod(shape) for path in files for name, shape in _shapes(path) if name.startswith(tuple(prefixes)))
    return numbers * BYTES[dtype] / 2**30


def part_gib(checkpoint: Checkpoint, part: str, dtype: Dtype) -> float:
    """What a part of a checkpoint takes in `dtype`, in GiB."""
    if checkpoint.file is not None:
        return gib_of([checkpoint.file.path], dtype, PREFIXES[part])
    return folder_gib(checkpoint.folder, dtype, part)


def folder_gib(folder: LockedFolder, dtype: Dtype, part: str = "") -> float:
    """What a model in a folder takes in `dtype`, in GiB."""
    half = _variant(folder.path / part) is not None
    files = [file.path for file in _files(folder, part) if file.path.suffix == ".safetensors"]
    return gib_of([path for path in files if (".fp16." in path.name) == half], dtype)


def place(model: Any, hardware: Hardware, *, by_layers: bool = False) -> Any:
    """Puts a loaded model where it rests. With group offload, a model used `by_layers` brings them in one by one."""
    import torch

    if hardware.offload == "none":
        return model.to(hardware.device)
    if hardware.offload == "group" and by_layers:
        from diffusers.hooks.group_offloading import apply_group_offloading

        apply_group_offloading(
            model,
            onload_device=torch.device(hardware.device),
            offload_device=torch.device("cpu"),
            offload_type="leaf_level",
            use_stream=hardware.device.startswith("cuda"),
        )
    return model


@contextmanager
def on_device(hardware: Hardware, *models: Any) -> Generator[None]:
    """While it lasts, models that rest on the CPU are on the device, unless their layers come one by one."""
    moved = [] if hardware.offload == "none" else [model for model in models if not comes_by_layers(model)]
    try:
        for model in moved:
            model.to(hardware.device)
        yield
    finally:
        for model in moved:
            model.to("cpu")


def comes_by_layers(model: Any) -> bool:
    """Whether group offload is on for the model."""
    return any(
        hook is not None and hook.get_hook("group_offloading") is not None
        for hook in (getattr(layer, "_diffusers_hook", None) for layer in model.modules())
    )


def check_part(folder: LockedFolder, part: str = "") -> None:
    """Compares with the lock every file that loading the subfolder `part` (or all of the folder) may read.

    Raises:
        UserError: a file is not what the lock says, or the part is not there.
    """
    files = list(_files(folder, part))
    if part and not files:
        raise UserError(
            f"{folder.path.name} has no {part}",
            where=str(folder.path),
            mend="put a whole SDXL there: mvlocal models list names its files",
        )
    for file in files:
        check_once(file)


def check_once(weights: LockedWeights) -> None:
    """As `check_weights`; a file that has not been touched since this process read it is not read again."""
    state = weights.path.stat()
    _checked(weights, (state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns))


@contextmanager
def reading(path: Path, what: str) -> Generator[None]:
    """Tells a wrong file from a fault of the device: the former is the user's to mend.

    Raises:
        UserError: `path` is `what`, in the library's words.
    """
    from safetensors import SafetensorError

    try:
        yield
    except MvlocalError:
        raise
    except (*_WRONG, SafetensorError) as error:
        if fault_of(error) is not None:
            raise
        said = " ".join(str(error).split())[:300] or type(error).__name__
        raise UserError(
            f"{path.name} holds {what}: {said}",
            where=str(path),
            mend="put the model's own files there (mvlocal models list names them), or name another one",
        ) from error


@contextmanager
def quiet() -> Generator[None]:
    """Libraries stay silent (their errors are raised), never look at the network, and known warnings are not shown."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    from diffusers.utils import logging as diffusers_logging
    from transformers.utils import logging as transformers_logging

    diffusers_logging.disable_progress_bar()
    transformers_logging.disable_progress_bar()
    levels = diffusers_logging.get_verbosity(), transformers_logging.get_verbosity()
    diffusers_logging.set_verbosity_error()
    transformers_logging.set_verbosity_error()
    try:
        with warnings.catch_warnings():
            # torch's tensors under numpy 2: `np.array(tensor)` in the schedulers
            warnings.filterwarnings("ignore", message="__array__ implementation doesn't accept a copy keyword")
            # several LoRAs beside each other are what is wanted
            warnings.filterwarnings("ignore", message="Already found a `peft_config` attribute")
            yield
    finally:
        diffusers_logging.set_verbosity(levels[0])
        transformers_logging.set_verbosity(levels[1])


@cache
def _checked(weights: LockedWeights, _state: tuple[int, ...]) -> None:
    check_weights(weights)


@cache
def _shapes(path: Path) -> tuple[tuple[str, tuple[int, ...]], ...]:
    with path.open("rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    return tuple((name, tuple(row["shape"])) for name, row in header.items() if name != "__metadata__")


def _files(folder: LockedFolder, part: str) -> Iterator[LockedWeights]:
    inside = folder.path / part
    return (file for file in folder.files if not part or file.path.is_relative_to(inside))


def _variant(folder: Path) -> str | None:
    """Half precision files are read where there are no others."""
    names = [path.name for path in folder.glob("*.safetensors")]
    return "fp16" if names and all(".fp16." in name for name in names) else None


def _class_of(part: str) -> Any:
    from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
    from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
    from transformers import CLIPTextModel, CLIPTextModelWithProjection

    return {
        "unet": UNet2DConditionModel,
        "vae": AutoencoderKL,
        "text_encoder": CLIPTextModel,
        "text_encoder_2": CLIPTextModelWithProjection,
    }[part]


def _prepare(hardware: Hardware) -> None:
    import torch

    if hardware.device == "cpu":
        torch.set_num_threads(hardware.threads)


def _still(model: Any) -> Any:
    return model.eval().requires_grad_(False)
