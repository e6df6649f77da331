"""What stills look like while they are made: rough colours of their latents, or small pictures by a small decoder.

It changes no still, and fails for no numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from mvlocal.backends.hardware import Hardware
from mvlocal.backends.latents import to_pictures
from mvlocal.backends.loading import folder_gib, load_folder, on_device, place, pooled
from mvlocal.media.frame import Rgb
from mvlocal.weights.folders import LockedFolder

if TYPE_CHECKING:
    from torch import Tensor

Show = Callable[["Tensor"], Rgb]
"""A picture of latents (4, h, w) of about unit scale."""

_TO_RGB = ((60.0, -60.0, 25.0, -70.0), (60.0, -5.0, 15.0, -50.0), (60.0, 10.0, -5.0, -35.0))
_OFFSET = (150.0, 140.0, 130.0)
"""Red, green and blue (0 to 255) from the four latent channels. Source: T. A. Vass, "Explaining the SDXL latent space"
(2024), where they are fitted."""
_SIDE = 64
"""Latents are made this small before they are decoded, which is 512 pixels: previews are shown no larger."""


def rough_preview(latents: Tensor) -> Rgb:
    """A rough picture (h, w, 3), an eighth of the still's size."""
    import torch

    plan = torch.tensor(_TO_RGB)
    rgb = torch.einsum("chw,rc->hwr", latents.detach().float().cpu(), plan) + torch.tensor(_OFFSET)
    return torch.nan_to_num(rgb).clamp(0, 255).round().byte().numpy()


def decoded_previews(folder: LockedFolder, hardware: Hardware) -> Show:
    """Previews by the small decoder in `folder`, loaded when the first one is wanted: at most 512 pixels a side.

    Source: O. B. Bohan, TAESD, whose decoders take latents as the networks see them.
    """
    import torch

    def load() -> Any:
        from diffusers.models.autoencoders.autoencoder_tiny import AutoencoderTiny

        return place(load_folder(folder, AutoencoderTiny, hardware.dtype), hardware)

    def show(latents: Tensor) -> Rgb:
        vae = pooled("sdxl.preview", folder.digest, hardware, load, gib=folder_gib(folder, hardware.dtype))
        share = min(1.0, _SIDE / max(latents.shape[1:]))
        some = torch.nan_to_num(latents[None].float())
        if share < 1:
            some = torch.nn.functional.interpolate(some, scale_factor=share, mode="area")
        with torch.inference_mode(), on_device(hardware, vae):
            return to_pictures(torch.nan_to_num(vae.decode(some.to(vae.device, vae.dtype)).sample))[0]

    return show
