"""Parts of a diffusers folder (unet, vae, encoders ...), each checked against the lock, loaded once, placed as asked.

It does not know what a part does, nor which parts belong together: families do.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from mvlocal.backends.base import Preview
from mvlocal.backends.hardware import Dtype, Hardware
from mvlocal.backends.pool import worker_pool
from mvlocal.engine.task import Json
from mvlocal.errors import MissingError, NotFinite, UserError
from mvlocal.weights import LockedWeights, check_weights
from mvlocal.weights.folders import LockedFolder

BYTES = {"float32": 4, "float16": 2, "bfloat16": 2}


class Parts(Protocol):
    """Gives a family its parts by their names in a diffusers folder."""

    def part(self, name: str, dtype: Dtype | None = None) -> Any:
        """The model called `name` (`unet`), in the hardware's dtype or the one given, ready for `placed`."""
        ...

    def plain(self, name: str) -> Any:
        """What has no weights: a scheduler, a tokenizer, an image processor. A fresh one each time."""
        ...


@dataclass(frozen=True, slots=True)
class FolderParts:
    """Parts of one folder of the models folder, held by the worker's pool.

    `classes` names each part's class as `module:class`, imported when it is asked for, or makes it; `replaced` are
    single files that stand in for the weights of a part (a distilled unet), whose configuration stays the folder's.
    """

    folder: LockedFolder
    hardware: Hardware
    classes: Mapping[str, str | Callable[[], Any]]
    replaced: Mapping[str, LockedWeights]
    prepare: Callable[[str, Any], None]
    """Called once with the name and model of each part that was loaded, to switch on what the family wants."""

    def part(self, name: str, dtype: Dtype | None = None) -> Any:
        """As `Parts.part`.

        Raises:
            UserError: a file is not what the lock says.
            MissingError: the folder has no such part.
        """
        kind = dtype or self.hardware.dtype
        files = self._files(name)
        digest = self._digest(name)
        title = ":".join((self.folder.place, name, digest[:16], kind, self.hardware.device, self.hardware.offload))
        return worker_pool().use(title, lambda: self._load(name, kind, files), gib=self._gib(name, kind))

    def plain(self, name: str) -> Any:
        """As `Parts.plain`.

        Raises:
            UserError, MissingError: as `part`.
        """
        for file in self._files(name):
            check_weights(file)
        with _quiet():
            return _class(self.classes[name]).from_pretrained(str(self.folder.path / name), local_files_only=True)

    def _files(self, name: str) -> tuple[LockedWeights, ...]:
        inside = self.folder.path / name
        found = tuple(file for file in self.folder.files if inside in file.path.parents)
        if not found:
            raise MissingError(
                f"the model {self.folder.path.name!r} has no {name}",
                where=str(inside),
                mend="fetch the whole model again: mvlocal models list names its files",
            )
        return found

    def _digest(self, name: str) -> str:
        other = self.replaced.get(name)
        return other.sha256 if other is not None else self.folder.digest

    def _gib(self, name: str, dtype: Dtype) -> float:
        """What the part takes on the device; nothing where it rests elsewhere."""
        if resting_device(self.hardware) == "cpu":
            return 0.0
        stored = sum(file.size_bytes for file in _weights(self._files(name)))
        return stored * BYTES[dtype] / 2 / 2**30  # published folders hold two bytes a weight

    def _load(self, name: str, dtype: Dtype, files: Sequence[LockedWeights]) -> Any:
        import torch

        other = self.replaced.get(name)
        plain = tuple(file for file in files if file.path.suffix != ".safetensors")
        for file in (*plain, other) if other is not None else (*plain, *_weights(files)):
            check_weights(file)
        if self.hardware.device == "cpu":
            torch.set_num_threads(self.hardware.threads)
        klass = _class(self.classes[name])
        kind = getattr(torch, dtype)
        with _quiet():
            if other is not None:
                model = _from_file(klass, self.folder, name, other, kind)
            else:
                model = klass.from_pretrained(
                    str(self.folder.path / name),
                    local_files_only=True,
                    use_safetensors=True,
                    variant=_variant(_weights(files)),
                    **{"dtype" if klass.__module__.startswith("transformers") else "torch_dtype": kind},
                )
        model.eval().requires_grad_(False)
        self.prepare(name, model)
        return rest(model, self.hardware)


def read_config(folder: LockedFolder, name: str) -> dict[str, Any]:
    """The configuration of the part called `name`, or the folder's own (`model_index.json`) where that is empty.

    Raises:
        UserError: it is not there, or not what the lock says.
    """
    inside = folder.path / name / "config.json" if name else folder.path / "model_index.json"
    file = next((file for file in folder.files if file.path == inside), None)
    if file is None:
        raise UserError(
            f"the model {folder.path.name!r} has no {name or 'model_index.json'}",
            where=str(inside),
            mend="name a diffusers folder of the family in clips.model",
        )
    check_weights(file)
    return cast("dict[str, Any]", json.loads(inside.read_text(encoding="utf-8")))


def require_class(folder: LockedFolder, name: str, wanted: str, family: str) -> dict[str, Any]:
    """The configuration of a part that must be of the class `wanted`.

    Raises:
        UserError: it is another one, or not there.
    """
    config = read_config(folder, name)
    if config.get("_class_name") != wanted:
        raise UserError(
            f"the model {folder.path.name!r} is no {family}: its {name} is a {config.get('_class_name')}",
            where=str(folder.path),
            mend=f"name {family}'s diffusers folder in clips.model, or another clips.backend",
        )
    return config


def resting_device(hardware: Hardware) -> str:
    """Where weights lie while they are not used."""
    return hardware.device if hardware.offload == "none" else "cpu"


def rest(model: Any, hardware: Hardware) -> Any:
    """Puts a loaded model where it rests; with group offload its layers move to the device one by one as they run.

    On a CPU there is nothing to offload.
    """
    import torch

    if hardware.device == "cpu" or hardware.offload == "none":
        return model.to(hardware.device)
    if hardware.offload == "group":
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
def placed(pipeline: Any, hardware: Hardware) -> Generator[Any]:
    """A pipeline of parts whose models move to the device in turn where the hardware says so, and back at the end."""
    moving = hardware.offload == "model" and hardware.device != "cpu"
    if moving:
        pipeline.enable_model_cpu_offload(device=hardware.device)
    pipeline.set_progress_bar_config(disable=True)
    try:
        with _quiet(), warnings.catch_warnings():  # how its schedulers hand tensors to numpy
            warnings.filterwarnings("ignore", message="__array__ implementation", category=DeprecationWarning)
            yield pipeline
    finally:
        if moving:
            pipeline.maybe_free_model_hooks()
            pipeline.remove_all_hooks()


def generator_of(seed: int) -> Any:
    """A generator of its own for one sample, on the CPU, so that every device draws the same noise."""
    import torch

    return torch.Generator("cpu").manual_seed(seed)


def decoded(asked: Dtype, decode: Callable[[Dtype], NDArray[np.uint8]], notes: dict[str, Json]) -> NDArray[np.uint8]:
    """What `decode` makes in the dtype asked for; once more in full precision where a number is not finite.

    `notes` are told in which precision it was made (`decoded_in`), and that it was made again (`decoded_again`).

    Raises:
        NotFinite: in full precision too.
    """
    notes["decoded_in"] = asked
    try:
        return decode(asked)
    except NotFinite:
        if asked == "float32":
            raise
    notes.update({"decoded_in": "float32", "decoded_again": True})
    return decode("float32")


@contextmanager
def at_work(model: Any, hardware: Hardware) -> Generator[Any]:
    """One model on the device while it works, where whole models move there in turn."""
    moving = hardware.offload == "model" and hardware.device != "cpu"
    if moving:
        model.to(hardware.device)
    try:
        yield model
    finally:
        if moving:
            model.to("cpu")


def to_bytes(frames: Any) -> NDArray[np.uint8]:
    """Decoded frames (n, 3, H, W) in [-1, 1] as pictures (n, H, W, 3).

    Raises:
        NotFinite: a number among them is not finite.
    """
    if not bool(frames.isfinite().all()):
        raise NotFinite(
            "a decoder gave numbers that are not finite", mend="use another seed, or decode in full precision"
        )
    levels = ((frames.float() / 2 + 0.5).clamp(0, 1) * 255).round().byte()
    return np.ascontiguousarray(levels.permute(0, 2, 3, 1).cpu().numpy())


def require_finite(latents: Any, what: str) -> None:
    """Raises unless every number is finite: no decoder mends what the denoiser broke.

    Raises:
        NotFinite: with `what` in its words.
    """
    if not bool(latents.isfinite().all()):
        raise NotFinite(f"{what} gave numbers that are not finite", mend="use another seed, or machine.dtype=bfloat16")


def show(latents: Any, matrix: Sequence[Sequence[float]], offset: Sequence[float]) -> NDArray[np.uint8]:
    """A rough picture (h, w, 3) of latents (C, h, w), by a linear map (C, 3) and an offset (3,) to [-1, 1]."""
    import torch

    plan = torch.tensor(matrix, dtype=torch.float32)
    rgb = torch.einsum("chw,cr->hwr", latents.detach().float().cpu(), plan) + torch.tensor(offset)
    return ((torch.nan_to_num(rgb) / 2 + 0.5).clamp(0, 1) * 255).round().byte().numpy()


def every_step(
    progress: Callable[[float, str], None], steps: int, preview: Preview | None, picture: Callable[..., Any]
) -> Any:
    """A diffusers step callback that reports progress and, where wanted, a preview made by `picture(latents)`."""

    def tell(_pipeline: Any, step: int, _timestep: Any, given: dict[str, Any]) -> dict[str, Any]:
        progress(0.9 * (step + 1) / steps, f"step {step + 1} of {steps}")
        if preview is not None:
            preview(picture(given["latents"]), step + 1, steps)
        return {}

    return tell


def _class(named: str | Callable[[], Any]) -> Any:
    if not isinstance(named, str):
        return named()
    module, _, name = named.partition(":")
    return getattr(import_module(module), name)


def _weights(files: Sequence[LockedWeights]) -> tuple[LockedWeights, ...]:
    """The files of weights that are read: half precision ones where there are such, as `variant` says."""
    every = tuple(file for file in files if file.path.suffix == ".safetensors")
    half = tuple(file for file in every if ".fp16" in file.path.name)
    return half or every


def _variant(files: Sequence[LockedWeights]) -> str | None:
    return "fp16" if any(".fp16" in file.path.name for file in files) else None


def _from_file(klass: Any, folder: LockedFolder, name: str, weights: LockedWeights, dtype: Any) -> Any:
    from accelerate import init_empty_weights
    from safetensors.torch import load_file

    config = klass.load_config(str(folder.path / name), local_files_only=True)
    with init_empty_weights():
        model = klass.from_config(config)
    model.load_state_dict(load_file(str(weights.path)), strict=True, assign=True)
    return model.to(dtype)


@contextmanager
def _quiet() -> Generator[None]:
    """No progress bars and no advice from the libraries: library code never prints."""
    from diffusers.utils import logging as theirs
    from transformers.utils import logging as others

    shown, said = others.is_progress_bar_enabled(), theirs.get_verbosity()
    theirs.disable_progress_bar()
    others.disable_progress_bar()
    theirs.set_verbosity_error()
    try:
        yield
    finally:
        theirs.set_verbosity(said)
        if shown:
            others.enable_progress_bar()
            theirs.enable_progress_bar()
