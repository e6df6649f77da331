"""What a request for stills holds, as networks take it: sizes that fit, guides as tensors. It knows no network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from mvlocal.backends.base import Guide, StillRequest
from mvlocal.backends.sdxl.sizes import STEP_PX
from mvlocal.errors import UserError

if TYPE_CHECKING:
    from torch import Tensor


def require_sizes(request: StillRequest) -> None:
    """Raises unless every picture of the request has the still's size, and that is one that latents can have.

    Raises:
        UserError: names what has another size.
    """
    wanted = (request.height, request.width)
    if request.height % STEP_PX or request.width % STEP_PX:
        raise UserError(
            f"a still cannot be {request.width} x {request.height}",
            where="keyframes.width, keyframes.height",
            mend=f"use multiples of {STEP_PX}",
        )
    given: dict[str, Any] = {name: guide.picture for name, guide in request.guides.items()}
    if request.start is not None:
        given["start"] = request.start
    for name, picture in given.items():
        if picture.shape[:2] != wanted:
            high, wide = picture.shape[:2]
            raise UserError(
                f"the picture for {name} is {wide} x {high}, and the still {request.width} x {request.height}",
                where=name,
                mend="bring it to the still's size",
            )


def guide_to_tensor(guide: Guide, device: str) -> Tensor:
    """(1, 3, H, W) in [0, 1]; a grey picture is the same in all three."""
    import torch

    picture = guide.picture if guide.picture.ndim == 3 else np.repeat(guide.picture[..., None], 3, axis=2)
    return torch.from_numpy(np.ascontiguousarray(picture)).permute(2, 0, 1)[None].float().to(device) / 255
