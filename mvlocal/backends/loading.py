"""Loads models from folders as diffusers and transformers lay them out: checked, offline, once a worker, placed.

It does not know what a model is for. Nothing here pickles, fetches or runs code of a model's folder.
"""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from functools import cache
from math import prod
from pathlib import Path
from typing import Any, TypeVar

from mvlocal.backends.gpu_faults import fault_of
from mvlocal.backends.hardware import Dtype, Hardware
from mvlocal.backends.pool import worker_pool
from mvlocal.backends.processor import ready_processor
from mvlocal.errors import MissingError, MvlocalError, UserError
from mvlocal.files import stamp_of
from mvlocal.weights import LockedWeights, check_weights
from mvlocal.weights.folders import LockedFolder

T = TypeVar("T")
WORKING_GIB = 2.5
"""What a GPU is left with beside weights, for what networks compute: about that of a still of one megapixel."""
_BYTES = {"float32": 4, "float16": 2, "bfloat16": 2}
_HALF = ".fp16."
_WRONG = (OSError, ValueError, KeyError, IndexError, TypeError, AttributeError, RuntimeError, AssertionError)


# --- one load a worker, and where it rests ---------------------------------------------------------------


def pooled(name: str, digest: str, hardware: Hardware, load: Callable[[], T], *, gib: float, more: str = "") -> T:
    """A model from the worker's pool, by all that makes it what it is. Those that rest on the CPU take no VRAM."""
    title = "/".join((name, digest[:24], hardware.dtype, hardware.device, hardware.offload, more))
    pool = worker_pool()
    if hardware.device == "cpu":
        return pool.use(title, lambda: _on_processor(hardware.threads, load))
    if hardware.vram_gib > 0:
        pool.budget_gib = max(hardware.vram_gib - WORKING_GIB, WORKING_GIB)
    return pool.use(title, load, gib=gib if hardware.offload == "none" else 0.0)


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


# --- reading folders -------------------------------------------------------------------------------------


def load_folder(folder: LockedFolder, kind: Any, dtype: Dtype, part: str = "") -> Any:
    """A model of the class `kind` from a folder (or its subfolder `part`) of configuration and safetensors.

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
            variant="fp16" if _is_half(folder, part) else None,
            output_loading_info=True,
            **{named: getattr(torch, dtype)},
        )
        wrong = [*told["missing_keys"], *told["mismatched_keys"], *told.get("error_msgs", ())]
        if wrong:
            raise ValueError(f"{len(wrong)} tensors are missing or of another shape, {wrong[0]} among them")
    return frozen(model)


def load_plain(folder: LockedFolder, kind: Any, part: str = "") -> Any:
    """What has no weights (a tokenizer, a scheduler, an image processor) from a folder or its subfolder `part`.

    Raises:
        UserError: a file is not what the lock says, or they are not those of a `kind`.
    """
    check_part(folder, part, weights=False)
    path = folder.path / part
    with reading(path, f"no {kind.__name__}"), quiet():
        return kind.from_pretrained(str(path), local_files_only=True)


def frozen(model: Any) -> Any:
    """The model, ready to be asked and never to learn."""
    return model.eval().requires_grad_(False)


def folder_gib(folder: LockedFolder, dtype: Dtype, part: str = "") -> float:
    """What a model in a folder takes in `dtype`, in GiB."""
    return gib_of([file.path for file in _weights(folder, part)], dtype)


def gib_of(files: Sequence[Path], dtype: Dtype, prefixes: Sequence[str] = ("",)) -> float:
    """What the tensors of these safetensors files (those whose names begin so) take in `dtype`, in GiB."""
    numbers = sum(prod(shape) for path in files for name, shape in _shapes(path) if name.startswith(tuple(prefixes)))
    return numbers * _BYTES[dtype] / 2**30


def check_part(folder: LockedFolder, part: str = "", *, weights: bool = True) -> None:
    """Compares with the lock every file that loading the subfolder `part` (or all of the folder) reads.

    Raises:
        UserError: a file is not what the lock says.
        MissingError: the part is not there.
    """
    files = _files(folder, part)
    if part and not files:
        raise MissingError(
            f"the model {folder.path.name!r} has no {part}",
            where=str(folder.path / part),
            mend="put the whole model there: mvlocal models list names its files",
        )
    read = _weights(folder, part) if weights else []
    for file in (*(file for file in files if file.path.suffix != ".safetensors"), *read):
        check_once(file)


def check_once(weights: LockedWeights) -> None:
    """As `check_weights`; a file that has not been touched since this process read it is not read again."""
    _checked(weights, stamp_of(weights.path))


# --- libraries at work -----------------------------------------------------------------------------------


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


def _on_processor(threads: int, load: Callable[[], T]) -> T:
    ready_processor(threads)
    return load()


@cache
def _checked(weights: LockedWeights, _stamp: tuple[int, ...]) -> None:
    check_weights(weights)


@cache
def _shapes(path: Path) -> tuple[tuple[str, tuple[int, ...]], ...]:
    with path.open("rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    return tuple((name, tuple(row["shape"])) for name, row in header.items() if name != "__metadata__")


def _files(folder: LockedFolder, part: str) -> list[LockedWeights]:
    inside = folder.path / part
    return [file for file in folder.files if not part or file.path.is_relative_to(inside)]


def _weights(folder: LockedFolder, part: str) -> list[LockedWeights]:
    """The files of weights that are read: half precision ones where there are no others."""
    every = [file for file in _files(folder, part) if file.path.suffix == ".safetensors"]
    half = _is_half(folder, part)
    return [file for file in every if (_HALF in file.path.name) == half]


def _is_half(folder: LockedFolder, part: str) -> bool:
    names = [file.path.name for file in _files(folder, part) if file.path.suffix == ".safetensors"]
    return bool(names) and all(_HALF in name for name in names)
