"""Vision models and tokenizers of transformers from checked folders, each loaded once, and pictures embedded by them.

It does not know which vector of a model stands for a picture: families do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from mvlocal.backends.hardware import Hardware
from mvlocal.backends.loading import check_part, folder_gib, load_folder, load_plain, on_device, place, pooled
from mvlocal.backends.picture_inputs import PictureInput, prepare, read_picture_input
from mvlocal.backends.pool import worker_pool
from mvlocal.errors import UserError
from mvlocal.weights.folders import LockedFolder

Klass = Literal["Dinov2Model", "CLIPModel", "BlipForConditionalGeneration"]
Words = Literal["CLIPTokenizer", "BertTokenizer"]
_TYPES = {"Dinov2Model": "dinov2", "CLIPModel": "clip", "BlipForConditionalGeneration": "blip"}
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
        with torch.inference_mode(), on_device(self._hardware, model):
            for picture in pictures:
                pixels = torch.from_numpy(prepare(picture, asked))[None].to(model.device, model.dtype)
                vector = self._vector_of(model, pixels)[0].float()
                rows.append(torch.nn.functional.normalize(vector, dim=0).cpu().numpy())
        return np.stack(rows)


def load_vision_model(folder: LockedFolder, hardware: Hardware, klass: Klass) -> Any:
    """The model of `folder`, where it rests: from the pool, or loaded after its files were checked.

    Raises:
        UserError: a file is not what the lock says, or the folder holds another model than `klass`.
    """

    def load() -> Any:
        import transformers

        _require_type(folder, klass)
        return place(load_folder(folder, getattr(transformers, klass), hardware.dtype), hardware)

    return pooled(_TYPES[klass], folder.digest, hardware, load, gib=folder_gib(folder, hardware.dtype) * _SPARE)


def load_tokenizer(folder: LockedFolder, klass: Words = "CLIPTokenizer") -> Any:
    """The tokenizer of `folder`, from the pool or read now.

    Raises:
        UserError: as `load_vision_model`.
    """
    import transformers

    kind = getattr(transformers, klass)
    return worker_pool().use(f"tokenizer/{folder.digest[:24]}", lambda: load_plain(folder, kind))


def _require_type(folder: LockedFolder, klass: Klass) -> None:
    from transformers import PretrainedConfig

    check_part(folder, weights=False)
    said, _ = PretrainedConfig.get_config_dict(str(folder.path), local_files_only=True)
    if said.get("model_type") != _TYPES[klass]:
        raise UserError(
            f"{folder.path.name} holds no {_TYPES[klass]} model (it says {said.get('model_type', 'nothing')!r})",
            where=str(folder.path),
            mend="name the right folder, or fetch the model: mvlocal models list",
        )
