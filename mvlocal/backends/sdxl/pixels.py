"""Between pictures and SDXL's latents: encoding, decoding that finds numbers which are not finite, and previews.

It does not know how latents come about.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from mvlocal.backends.sdxl.load import quiet
from mvlocal.errors import NotFinite
from mvlocal.media.frame import Rgb

if TYPE_CHECKING:
    from torch import Tensor

_TO_RGB = ((60.0, -60.0, 25.0, -70.0), (60.0, -5.0, 15.0, -50.0), (60.0, 10.0, -5.0, -35.0))
_OFFSET = (150.0, 140.0, 130.0)
"""Red, green and blue (0 to 255) from the four latent channels. Source: T. A. Vass, "Explaining the SDXL latent space"
(2024), where they are fitted."""


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
    require_finite(decoded, "the decoder")
    pixels = ((decoded.float() / 2 + 0.5).clamp(0, 1) * 255).round().byte()
    return np.ascontiguousarray(pixels[0].permute(1, 2, 0).cpu().numpy()), again


def require_finite(numbers: Tensor, what: str) -> None:
    """Raises unless every number is finite.

    Raises:
        NotFinite: with `what` in its words.
    """
    if not bool(numbers.isfinite().all()):
        raise NotFinite(f"{what} gave numbers that are not finite", mend="use another seed, or machine.dtype: bfloat16")


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


def preview_of(latents: Tensor) -> Rgb:
    """A rough picture (h, w, 3), an eighth of the size, of latents (4, h, w) of about unit scale."""
    import torch

    plan = torch.tensor(_TO_RGB)
    rgb = torch.einsum("chw,rc->hwr", latents.detach().float().cpu(), plan) + torch.tensor(_OFFSET)
    return torch.nan_to_num(rgb).clamp(0, 255).round().byte().numpy()


def _decoded(vae: Any, latents: Tensor) -> Tensor:
    return vae.decode((latents / vae.config.scaling_factor).to(vae.device, vae.dtype), return_dict=False)[0]
