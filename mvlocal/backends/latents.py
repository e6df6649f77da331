"""From a network's numbers to pictures: whether they are finite, decoded frames as bytes, rough previews of latents.

It does not know which network they come from.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mvlocal.errors import NotFinite

if TYPE_CHECKING:
    from torch import Tensor


def require_finite(numbers: Tensor, what: str) -> None:
    """Raises unless every number is finite: no decoder mends what a denoiser broke.

    Raises:
        NotFinite: with `what` in its words.
    """
    if not bool(numbers.isfinite().all()):
        raise NotFinite(f"{what} gave numbers that are not finite", mend="use another seed, or machine.dtype: bfloat16")


def to_pictures(decoded: Tensor) -> NDArray[np.uint8]:
    """Decoded pictures (n, 3, H, W) in [-1, 1] as (n, H, W, 3).

    Raises:
        NotFinite: a number among them is not finite.
    """
    require_finite(decoded, "the decoder")
    levels = ((decoded.float() / 2 + 0.5).clamp(0, 1) * 255).round().byte()
    return np.ascontiguousarray(levels.permute(0, 2, 3, 1).cpu().numpy())


def to_preview(latents: Tensor, matrix: Sequence[Sequence[float]], offset: Sequence[float]) -> NDArray[np.uint8]:
    """A rough picture (h, w, 3) of latents (C, h, w), by a linear map (C, 3) and an offset (3,) to [-1, 1]."""
    import torch

    plan = torch.tensor(matrix, dtype=torch.float32)
    rgb = torch.einsum("chw,cr->hwr", latents.detach().float().cpu(), plan) + torch.tensor(offset)
    return ((torch.nan_to_num(rgb) / 2 + 0.5).clamp(0, 1) * 255).round().byte().numpy()
