"""Likeness by CLIP's picture half: nearer for the same kind of scene than DINOv2, and less strict about who it is.

It does not know who or what is in the pictures, and knows no faces in particular.

Source: Radford and others, "Learning Transferable Visual Models From Natural Language Supervision" (2021).
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


class ClipLikeness:
    """An `Embedder`. Pictures are looked at one by one, so that no vector depends on its neighbours."""

    name = "clip"

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
        model = load_vision_model(self._folder, self._hardware, "CLIPModel")
        asked = self._input = self._input or read_picture_input(self._folder.path)
        rows: list[Any] = []
        with torch.inference_mode():
            for picture in pictures:
                pixels = torch.from_numpy(prepare(picture, asked))[None].to(model.device, model.dtype)
                vector = model.visual_projection(model.vision_model(pixel_values=pixels).pooler_output)[0].float()
                rows.append(torch.nn.functional.normalize(vector, dim=0).cpu().numpy())
        return np.stack(rows)


def make(folder: LockedFolder, hardware: Hardware) -> ClipLikeness:
    """The registry's factory."""
    return ClipLikeness(folder, hardware)
