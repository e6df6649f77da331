"""The parts of a diffusers folder (unet, vae, encoders ...) as families ask for them, and pipelines made of them.

It does not know what a part does, nor which parts belong together: families do.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Protocol, cast

from mvlocal.backends.hardware import Dtype, Hardware
from mvlocal.backends.loading import (
    check_once,
    check_part,
    folder_gib,
    frozen,
    load_folder,
    load_plain,
    place,
    pooled,
    quiet,
    reading,
)
from mvlocal.errors import UserError
from mvlocal.weights import LockedWeights, check_weights
from mvlocal.weights.folders import LockedFolder


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

    `classes` names each part's class as `module:class`, imported when it is asked for, or makes it; `set_up` is called
    once with the name and model of each part that was loaded, to switch on what the family wants; `replaced` are
    single files that stand in for the weights of a part (a distilled unet), whose configuration stays the folder's.
    """

    folder: LockedFolder
    hardware: Hardware
    classes: Mapping[str, str | Callable[[], Any]]
    set_up: Callable[[str, Any], None]
    replaced: Mapping[str, LockedWeights]

    def part(self, name: str, dtype: Dtype | None = None) -> Any:
        """As `Parts.part`.

        Raises:
            UserError: a file is not what the lock says, or holds another model.
            MissingError: the folder has no such part.
        """
        kind, other = dtype or self.hardware.dtype, self.replaced.get(name)

        def load() -> Any:
            klass = _class(self.classes[name])
            if other is None:
                model = load_folder(self.folder, klass, kind, name)
            else:
                model = _from_file(klass, self.folder, name, other, kind)
            self.set_up(name, model)
            return place(model, self.hardware, by_layers=True)

        digest = self.folder.digest if other is None else other.sha256
        gib = folder_gib(self.folder, kind, name)
        return pooled(f"{self.folder.place}:{name}", digest, self.hardware, load, gib=gib, more=kind)

    def plain(self, name: str) -> Any:
        """As `Parts.plain`.

        Raises:
            UserError, MissingError: as `part`.
        """
        return load_plain(self.folder, _class(self.classes[name]), name)


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


@contextmanager
def placed(pipeline: Any, hardware: Hardware) -> Generator[Any]:
    """A pipeline of parts whose models move to the device in turn where the hardware says so, and back at the end."""
    moving = hardware.offload == "model" and hardware.device != "cpu"
    if moving:
        pipeline.enable_model_cpu_offload(device=hardware.device)
    pipeline.set_progress_bar_config(disable=True)
    try:
        with quiet():
            yield pipeline
    finally:
        if moving:
            pipeline.maybe_free_model_hooks()
            pipeline.remove_all_hooks()


def _class(named: str | Callable[[], Any]) -> Any:
    if not isinstance(named, str):
        return named()
    module, _, name = named.partition(":")
    return getattr(import_module(module), name)


def _from_file(klass: Any, folder: LockedFolder, name: str, weights: LockedWeights, dtype: Dtype) -> Any:
    import torch
    from accelerate import init_empty_weights
    from safetensors.torch import load_file

    check_part(folder, name, weights=False)
    check_once(weights)
    with reading(weights.path, f"no {name} that {folder.place} describes"), quiet():
        config = klass.load_config(str(folder.path / name), local_files_only=True)
        with init_empty_weights():
            model = klass.from_config(config)
        model.load_state_dict(load_file(str(weights.path)), strict=True, assign=True)
        return frozen(model.to(getattr(torch, dtype)))
