"""Likeness by DINOv2: the vector of a picture's whole, from a folder as transformers lays it out.

It does not know who or what is in the pictures, and knows no faces in particular.

Source: Oquab and others, "DINOv2: Learning Robust Visual Features without Supervision" (2023): the class token of the
last layer, whose cosine ranks pictures of the same thing nearest.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mvlocal.backends.hardware import Hardware
from mvlocal.backends.picture_inputs import PictureInput, prepare, read_picture_input
from mvlocal.backends.vision_folders import load_vision_model
from mvlocal.weights.folders import LockedFolder


class Dinov2Likeness:
    """An `Embedder`. Pictures are looked at one by one, so that no vector depends on its neighbours."""

    name = "dinov2"

    def __init__(self, folder: LockedFolder, hardware: Hardware) -> None:
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
        model = load_vision_model(self._folder, self._hardware, "Dinov2Model")
        asked = self._input = self._input or read_picture_input(self._folder.path)
        rows: list[Any] = []
        with torch.inference_mode():
            for picture in pictures:
                pixels = torch.from_numpy(prepare(picture, asked))[None].to(model.device, model.dtype)
                vector = model(pixel_values=pixels).pooler_output[0].float()  # (d,)
                rows.append(torch.nn.functional.normalize(vector, dim=0).cpu().numpy())
        return np.stack(rows)


def make(folder: LockedFolder, hardware: Hardware) -> Dinov2Likeness:
    """The registry's factory."""
    return Dinov2Likeness(folder, hardware)
