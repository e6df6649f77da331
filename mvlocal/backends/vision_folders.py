"""Vision models and tokenizers of transformers from checked folders, each loaded once, and pictures embedded by them.

It does not know which vector of a model stands for a picture: families do.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from mvlocal.backends.hardware import Hardware
from mvlocal.backends.picture_inputs import PictureInput, prepare, read_picture_input
from mvlocal.backends.pool import worker_pool
from mvlocal.errors import UserError
from mvlocal.weights.folders import LockedFolder, check_folder

Klass = Literal["Dinov2Model", "CLIPModel"]
_TYPES = {"Dinov2Model": "dinov2", "CLIPModel": "clip"}
_SPARE = 1.3
"""What a model takes over its weights while it looks at one picture."""


class PictureEmbedder:
    """An `Embedder`. Pictures are looked at one by one, so that no vector depends on its neighbours.

    `vector_of` is the vector (1, d) that a model of `klass` has for prepared pixels (1, 3, h, w).
    """

    def __init__(
        self, name: str, klass: Klass, vector_of: Callable[[Any, Any], Any], folder: LockedFolder, hardware: Hardware
    ) -> None:
        self.name = name
        self._klass: Klass = klass
        self._vector_of = vector_of
        self._folder = folder
        self._hardware = hardware
        self._input: PictureInput | None = None

    def embed_pictures(self, pictures: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """One row of unit length a picture (H, W, 3), (n, d); none for no pictures, (0, 0).

        Raises:
            UserError: the folder is not what the lock says, or holds another model.
        """
        import torch

        if not pictures:
            return np.zeros((0, 0), np.float32)
        model = load_vision_model(self._folder, self._hardware, self._klass)
        asked = self._input = self._input or read_picture_input(self._folder.path)
        rows: list[Any] = []
        with torch.inference_mode():
            for picture in pictures:
                pixels = torch.from_numpy(prepare(picture, asked))[None].to(model.device, model.dtype)
                vector = self._vector_of(model, pixels)[0].float()
                rows.append(torch.nn.functional.normalize(vector, dim=0).cpu().numpy())
        return np.stack(rows)


def load_vision_model(folder: LockedFolder, hardware: Hardware, klass: Klass) -> Any:
    """The model of `folder` on its device, ready to be asked: from the pool, or loaded after its files were checked.

    Raises:
        UserError: a file is not what the lock says, or the folder holds another model than `klass`.
    """
    name = f"{_TYPES[klass]}:{folder.digest[:16]}:{hardware.dtype}:{hardware.device}"
    return worker_pool().use(name, lambda: _load(folder, hardware, klass), gib=_size_gib(folder))


def load_tokenizer(folder: LockedFolder) -> Any:
    """The tokenizer of `folder`, from the pool or read now.

    Raises:
        UserError: as `load_vision_model`.
    """
    return worker_pool().use(f"tokenizer:{folder.digest[:16]}", lambda: _read_tokenizer(folder))


def _size_gib(folder: LockedFolder) -> float:
    """About what the model takes on its device."""
    stored = sum(file.size_bytes for file in folder.files if file.path.suffix == ".safetensors")
    return stored * _SPARE / 2**30


def _load(folder: LockedFolder, hardware: Hardware, klass: Klass) -> Any:
    import torch
    import transformers

    check_folder(folder)
    _require_type(folder, klass)
    if hardware.device == "cpu":
        torch.set_num_threads(hardware.threads)
    with _offline():
        try:
            model = getattr(transformers, klass).from_pretrained(
                str(folder.path), local_files_only=True, use_safetensors=True, dtype=getattr(torch, hardware.dtype)
            )
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise _not_loading(folder, error) from error
    return model.to(hardware.device).eval().requires_grad_(requires_grad=False)


def _require_type(folder: LockedFolder, klass: Klass) -> None:
    from transformers import PretrainedConfig

    said, _ = PretrainedConfig.get_config_dict(str(folder.path), local_files_only=True)
    if said.get("model_type") != _TYPES[klass]:
        raise UserError(
            f"{folder.path.name} holds no {_TYPES[klass]} model (it says {said.get('model_type', 'nothing')!r})",
            where=str(folder.path),
            mend="name the right folder, or fetch the model: mvlocal models list",
        )


def _read_tokenizer(folder: LockedFolder) -> Any:
    from transformers import CLIPTokenizer

    check_folder(folder)
    with _offline():
        try:
            return CLIPTokenizer.from_pretrained(str(folder.path), local_files_only=True)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise _not_loading(folder, error) from error


@contextmanager
def _offline() -> Generator[None]:
    """Nothing is looked up on a network while this lasts, and no bar is drawn over ours."""
    from transformers.utils import logging

    before = os.environ.get("HF_HUB_OFFLINE")
    os.environ["HF_HUB_OFFLINE"] = "1"
    drawn = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if drawn:
            logging.enable_progress_bar()
        if before is None:
            del os.environ["HF_HUB_OFFLINE"]
        else:
            os.environ["HF_HUB_OFFLINE"] = before


def _not_loading(folder: LockedFolder, error: BaseException) -> UserError:
    return UserError(
        f"the model in {folder.path.name} does not load: {' '.join(str(error).split())[:200]}",
        where=str(folder.path),
        mend="remove it and fetch it again: mvlocal models list says how",
    )
