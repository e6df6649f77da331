"""Between pictures and SDXL's latents: encoding, and decoding that finds numbers which are not finite.

It does not know how latents come about.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from mvlocal.backends.latents import require_finite, to_pictures
from mvlocal.backends.loading import quiet
from mvlocal.media.frame import Rgb

if TYPE_CHECKING:
    from torch import Tensor


def picture_to_latents(vae: Any, picture: Rgb) -> Tensor:
    """The latents (1, 4, h, w) in float32 of a picture (H, W, 3): the mean, so that nothing is left to chance."""
    import torch

    pixels = torch.from_numpy(np.ascontiguousarray(picture)).permute(2, 0, 1)[None].float() / 127.5 - 1
    mean = vae.encode(pixels.to(vae.device, vae.dtype)).latent_dist.mode()
    return mean.float() * vae.config.scaling_factor


def latents_to_picture(vae: Any, latents: Tensor) -> tuple[Rgb, bool]:
    """The picture (H, W, 3) of latents (1, 4, h, w), and whether full precision was needed to decode it.

    A half precision decoder that gives numbers which are not finite is asked again in float32.

    Raises:
        NotFinite: they are not finite even then, or the latents are not.
    """
    import torch

    require_finite(latents, "the denoiser")
    decoded = _decoded(vae, latents)
    again = vae.dtype != torch.float32 and not bool(decoded.isfinite().all())
    if again:
        with in_float32(vae):
            decoded = _decoded(vae, latents)
    return to_pictures(decoded)[0], again


@contextmanager
def in_float32(vae: Any) -> Generator[None]:
    """While it lasts, the decoder runs in full precision."""
    import torch

    before = vae.dtype
    with quiet():
        vae.to(dtype=torch.float32)
    try:
        yield
    finally:
        with quiet():
            vae.to(dtype=before)


def _decoded(vae: Any, latents: Tensor) -> Tensor:
    return vae.decode((latents / vae.config.scaling_factor).to(vae.device, vae.dtype), return_dict=False)[0]
