"""Real-ESRGAN and its kin on torch, in whatever architecture spandrel recognises in the weights.

It does not know video: each picture is enlarged by itself, tile by tile.

Source: X. Wang et al., "Real-ESRGAN" (2021).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mvlocal.backends.hardware import Hardware
from mvlocal.backends.pool import worker_pool
from mvlocal.backends.processor import ready_processor
from mvlocal.backends.tiles import enlarge_by_tiles
from mvlocal.errors import TaskError, UserError
from mvlocal.media.frame import Rgb
from mvlocal.weights import LockedWeights, check_weights


class TorchUpscaler:
    """Enlarges with a model that spandrel loads. It is loaded when it is first asked; `scale` is known from then on."""

    name = "realesrgan"

    def __init__(self, weights: LockedWeights, hardware: Hardware, tile: int, overlap: int) -> None:
        self._weights, self._hardware = weights, hardware
        self._tile, self._overlap = tile, overlap

    @property
    def scale(self) -> int:
        """How many times larger pictures become."""
        return int(self._model().scale)

    def enlarge(self, picture: Rgb) -> Rgb:
        """(H, W, 3) to (scale * H, scale * W, 3)."""
        model = self._model()
        return enlarge_by_tiles(picture, int(model.scale), self._tile, self._overlap, partial(_run, model))

    def _model(self) -> Any:
        hardware = self._hardware
        name = f"realesrgan/{self._weights.sha256}/{hardware.dtype}/{hardware.device}"
        return worker_pool().use(name, self._load, gib=1.0)

    def _load(self) -> Any:
        import torch
        from safetensors.torch import load_file
        from spandrel import ImageModelDescriptor, ModelLoader, UnsupportedModelError

        check_weights(self._weights)
        hardware = self._hardware
        if hardware.device == "cpu":
            ready_processor(hardware.threads)
        try:
            model = ModelLoader(device="cpu").load_from_state_dict(load_file(self._weights.path))
        except UnsupportedModelError as error:
            raise _not_an_upscaler(self._weights, "no architecture that is known") from error
        if not isinstance(model, ImageModelDescriptor):
            raise _not_an_upscaler(self._weights, f"{model.architecture.name}, which fills in, not enlarges")
        if (model.input_channels, model.output_channels) != (3, 3):
            raise _not_an_upscaler(self._weights, f"a model for {model.input_channels} channels")
        if hardware.dtype == "float16" and not model.supports_half:
            raise _not_an_upscaler(self._weights, f"{model.architecture.name}, which cannot run in half precision")
        return model.to(hardware.device, dtype=getattr(torch, hardware.dtype)).eval()


def make(*, weights: Sequence[LockedWeights], hardware: Hardware, tile: int = 0, overlap: int = 32) -> TorchUpscaler:
    """The backend, for the registry. `weights` is one file; `tile` 0 is whole pictures at once."""
    return TorchUpscaler(weights[0], hardware, tile, overlap)


def _run(model: Any, picture: Rgb) -> NDArray[np.uint8]:
    """One tile through the model."""
    import torch

    with torch.inference_mode():
        values = torch.from_numpy(picture).to(model.device).permute(2, 0, 1)[None]  # (1, C, H, W)
        large = model(values.to(model.dtype) / 255)[0].float().clamp(0, 1).mul(255).round()
        if not torch.isfinite(large).all():
            raise TaskError(
                "the enlarged picture holds values that are no numbers",
                mend="run it in full precision: set machine.dtype to float32",
            )
        return large.permute(1, 2, 0).to(torch.uint8).cpu().numpy()


def _not_an_upscaler(weights: LockedWeights, what: str) -> UserError:
    return UserError(
        f"the weights {weights.path.name} cannot enlarge pictures here: they hold {what}",
        where=str(weights.path),
        mend="set finish.upscale_model to one such as RealESRGAN_x2plus: mvlocal models fetch realesrgan-x2plus",
    )
